# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A first table
#
# From tips to a table that can be defended: where everything stands, how often a charge followed, and how
# much of that is not known.
#
# The world below is invented, and no number in it is a finding. Your own data take the same road; only the
# first cell changes:
#
# ```python
# log = read_extract("folder", "profile.toml").log           # an agency's own tables
# log = EventLog.from_frames(events, referrals)              # tables in the package's own form
# log = EventLog.of(read_jsonl("year.jsonl").cohort)         # records
# ```

# %%
from tipline_outcomes import EventLog, Ledger, attrition, conversion, flow, outcome_mix
from tipline_outcomes.present import charts
from tipline_outcomes.synthetic import Parameters, invent

world = invent(Parameters(referrals=2000))
log = EventLog.of(world.cohort)
log

# %% [markdown]
# ## Check before you count
#
# What breaks a rule of the pipeline is counted all the same, under its own name. Look at it first.

# %%
log.check().to_frame().head()

# %% [markdown]
# ## Count once
#
# A ledger is made for a day: what happened later does not exist. It holds counts and no record, so it can be
# kept, added to others of the same question, and sent.

# %%
ledger = Ledger.of(log, as_of=world.parameters.as_of, by=("territory",))
ledger

# %% [markdown]
# ## Where everything stands
#
# Every family of tips stands in exactly one place. *Pending* is not over, and we are told; *unknown* is not
# over as far as anybody said, and nobody would have told us.

# %%
outcome_mix(ledger)

# %%
mix = outcome_mix(ledger).overall
assert sum(mix.parts.places.values()) == mix.received

# %% [markdown]
# ## How far it got

# %%
steps = attrition(ledger)
charts.ladder(steps.overall)

# %% [markdown]
# The same for every territory. Where a panel is hatched, nobody reports back: the lack of charges there says
# nothing.

# %%
charts.multiples(steps)

# %% [markdown]
# ## How often a charge followed
#
# Two numbers first: the least and the most that it can be, whatever is not known.

# %%
rates = conversion(ledger, to="charged")
rates

# %%
charts.forest(rates)

# %% [markdown]
# A point stands under an assumption only, and the assumption has a name. *Resolved* is the share among those
# of whom it is known how they ended. It lies between the bounds, and is right if the others end as those did.

# %%
washington = rates.at(territory="US-WA")
print(washington)
print("resolved:", washington.resolved)

# %% [markdown]
# ## The way through the pipeline

# %%
charts.flow(flow(ledger, by=()).overall)

# %% [markdown]
# ## On to other tools
#
# Every table is a data frame too, with exact counts. pandas, Arrow and DuckDB take the result itself.

# %%
rates.to_frame().select("territory", "reached", "denominator", "lower", "upper")
