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
# # What is known
#
# How often does a tip lead to a charge? No published count follows one tip through, so there is no number for
# it. This notebook asks the published record what it can say, and what it cannot.

# %%
from tipline_outcomes import NotComparableError
from tipline_outcomes.evidence import Bundling, Topic, catalogue, closing, question, ratio

figures = catalogue()
figures.to_frame().select("id", "territory", "measure", "count", "share", "source").head(10)

# %% [markdown]
# ## The answer as the record stands
#
# Step by step, with bounds. Below each table stands what has to be believed for it.

# %%
print(question())

# %% [markdown]
# ## What must not be divided
#
# Most of the numbers that people divide do not belong together. The package says why not, from what the
# figures say of themselves: unit, population, period, who counted.

# %%
try:
    ratio(figures["icac-us-arrests-fy2024"], figures["ncmec-reports-2023"])
except NotComparableError as refused:
    print(refused)

# %% [markdown]
# What belongs together is divided, exactly, and what has to be believed for it stays with the number.

# %%
print(ratio(figures["de-relevant-2022"], figures["de-reports-2022"]))
print(ratio(figures["ch-forwarded-2023"], figures["ch-reports-2023"], assuming=[Bundling()]))

# %% [markdown]
# ## Three further questions

# %%
print(question(Topic.CLASSIFICATION))

# %%
print(question(Topic.TRIAGE))

# %%
print(question(Topic.CONVICTIONS))

# %% [markdown]
# ## What would close the gap
#
# The fields that somebody would have to share, and how much each would narrow the bounds.

# %%
print(closing())
