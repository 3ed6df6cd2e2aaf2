"""The same counts in Polars, as a good programmer writes them: whole columns, sorted rows, no class.

Rows are sorted by referral and number once. After that "the event before" is a shift and "the stage so far" a
forward fill, words are small integers, and what concerns few referrals (charges, links) is cut out first.
"""

from collections.abc import Mapping, Sized
from datetime import date
from pathlib import Path

import polars as pl
from peers import rules

ACTIONS = tuple(rules.ACTIONS)
ACTION = {word: code for code, word in enumerate(ACTIONS, 1)}
STAGE = {word: code for code, word in enumerate(rules.STAGES)}  # 0 is outside
KIND = {word: code for code, word in enumerate(rules.KINDS, 1)}
REASON = {word: code for code, word in enumerate(rules.REASONS, 1)}
PLACE = {word: code for code, word in enumerate(rules.PLACES)}
SKIPPED = len(PLACE)
NO, REOPENABLE, WATCHED, UNWATCHED = 0, 1, 2, 3
OPEN = ("no", "reopenable", "watched", "unwatched")
NEVER, NO_LONGER, OUT = "never_watched", "no_longer_watched", "transferred_out"
INCOMPLETE = "incomplete"

Answers = dict[str, dict[str, int] | list[tuple[object, ...]]]

# What can stand in the column "reason" of the result, in the order of the texts.
TEXTS = sorted(
    {
        *rules.REASONS,
        *rules.STAGES,
        *(f"unlinked:{reason}" for reason in (*rules.SURVIVED, "transferred")),
        *(f"set_aside:{rule}" for rule in rules.SETS_ASIDE),
        *(NEVER, NO_LONGER, OUT, INCOMPLETE),
    }
)
TEXT = {text: code for code, text in enumerate(TEXTS)}

_PAIRS = [
    (a, r, k, reason)
    for a, pairs in rules.CARRIES.items()
    for k, reason in pairs
    for r in (REASON.get(reason or "", 0),)
]


def _table(size: int, values: dict[int, int], default: int = 0) -> pl.Expr:
    """Make a table that codes are looked up in by position."""
    return pl.lit(pl.Series([values.get(code, default) for code in range(size)], dtype=pl.Int16))


_PACKED = (len(ACTIONS) + 1) * 64
LANDS = _table(
    _PACKED,
    {
        ACTION[a] * 64 + r: STAGE[to]
        for a, r, _, reason in _PAIRS
        if (to := rules.leads_to(a, reason)) is not None
    },
)
RUNG = _table(_PACKED, {ACTION[a] * 64 + r: rules.shows(a, reason) for a, r, _, reason in _PAIRS})
CARRIED = _table(_PACKED * 4, {(ACTION[a] * 64 + r) * 4 + KIND.get(k or "", 0): 1 for a, r, k, _ in _PAIRS})
ALLOWED = _table(
    len(STAGE) * 32,
    {STAGE[stage] * 32 + ACTION[a]: 1 for stage, actions in rules.ALLOWED.items() for a in actions},
)
REASON_TEXT = _table(64, {code: TEXT[word] for word, code in REASON.items()})
STAGE_TEXT = _table(len(STAGE), {code: TEXT[word] for word, code in STAGE.items()})
CLOSED_AS = _table(
    64,
    {REASON[reason]: PLACE["administrative"] for reason in rules.ADMINISTRATIVE_ENDINGS}
    | {REASON[reason]: PLACE["excluded"] for reason in rules.ELSEWHERE},
    default=PLACE["closed"],
)
UNLINKED_TEXT = _table(
    len(TEXTS), {TEXT[reason]: TEXT[f"unlinked:{reason}"] for reason in (*rules.SURVIVED, "transferred")}
)


def _code(column: str, words: tuple[str, ...]) -> pl.Expr:
    """Give 1, 2, ... for words in their order, 0 for none, null for an unknown one."""
    known = pl.col(column).cast(pl.Enum(words), strict=False).to_physical().cast(pl.Int16) + 1
    return pl.when(pl.col(column).is_null()).then(0).otherwise(known).cast(pl.Int16).alias(column)


def road(referrals: pl.LazyFrame, events: pl.LazyFrame, as_of: date, *, by: str = "territory") -> Answers:
    """Go from two tables to violations by rule, standing by family and movements by referral."""
    units, found = _referrals(referrals, by)
    coded, orphans = _events(events, units)
    return counted(units, coded, {**found, "event_without_referral": orphans}, as_of)


def counted(
    referrals: pl.DataFrame, events: pl.DataFrame, found: dict[str, pl.Series], as_of: date
) -> Answers:
    """Check and count.

    Args:
        referrals: One row a referral: ``rid`` (the row's number), ``referral_id``, ``parent_id``, ``watch``
            (its last watched day, null: never), ``incomplete``, ``group`` (what is counted by).
        events: One row an event, in order: ``rid``, ``key`` (ascending; equal where two share a number),
            ``day``, ``action``, ``kind``, ``reason``, ``level`` (codes; 0 for none), ``subject_id``,
            ``charge_id``, ``other_id``.
        found: The row numbers of referrals that break a rule of form, by rule.
        as_of: The day of the count.
    """
    walk = _checked(referrals, events, found)
    return _counted(*walk, as_of)


def kept(referrals: pl.LazyFrame, events: pl.LazyFrame, *, by: str = "territory") -> dict[str, pl.DataFrame]:
    """Make what can be counted from again: `again` takes it."""
    units, found = _referrals(referrals, by)
    coded, orphans = _events(events, units)
    units, coded, rows, found = _checked(units, coded, {**found, "event_without_referral": orphans})
    violations = pl.DataFrame(
        [(rule, len(of)) for rule, of in found.items()], schema=["rule", "n"], orient="row"
    )
    return {"referrals": units, "events": coded, "rows": rows, "violations": violations}


def again(folder: Path, as_of: date) -> Answers:
    """Count from what `kept` gave, written as Parquet: only what is needed of it is read."""
    units, rows, violations = (
        pl.read_parquet(folder / f"{name}.parquet") for name in ("referrals", "rows", "violations")
    )
    # Of the events themselves: torn histories, of which there may be none, charges, and who survives whom.
    events = (
        pl.scan_parquet(folder / "events.parquet")
        .filter(
            pl.col("other_id").is_not_null()
            | (pl.col("kind") == KIND["charge"])
            | pl.lit(rows["date_backwards"].any())
        )
        .collect()
    )
    found = {rule: range(n) for rule, n in violations.iter_rows()}
    return _counted(units, events, rows, found, as_of)


def _checked(
    referrals: pl.DataFrame, events: pl.DataFrame, found: dict[str, pl.Series]
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, dict[str, pl.Series]]:
    first = events.filter(pl.col("rid") != pl.col("rid").shift(1, fill_value=-1)).select(
        "rid", first_day="day"
    )
    referrals = referrals.join(first, on="rid", how="left", maintain_order="left")
    found = found | _form(events) | {"no_events": referrals.join(first, on="rid", how="anti")["rid"]}
    ill = pl.concat([rows.cast(pl.Int64) for rows in found.values()]).drop_nulls().unique()

    found["incomplete"] = referrals.filter("incomplete")["rid"]
    rows = _walked(events if ill.is_empty() else events.filter(~pl.col("rid").is_in(ill.implode())))
    for rule in ("illegal_transition", "charge_not_filed", "date_backwards"):
        found[rule] = rows["rid"].filter(rows[rule])
    referrals, links = _links(referrals, events)
    found |= {rule: of.filter(~of.is_in(ill.implode())) for rule, of in links.items()}

    aside = pl.concat(
        [
            pl.DataFrame(
                {"rid": found[rule].cast(pl.Int64), "aside": [rank] * len(found[rule])},
                schema_overrides={"aside": pl.Int16},
            )
            for rank, rule in enumerate(rules.SETS_ASIDE)
            if rule in found
        ]
    )
    aside = aside.group_by("rid").agg(pl.col("aside").min())
    return referrals.join(aside, on="rid", how="left", maintain_order="left"), events, rows, found


def _counted(
    referrals: pl.DataFrame,
    events: pl.DataFrame,
    rows: pl.DataFrame,
    found: Mapping[str, Sized],
    as_of: date,
) -> Answers:
    day = (as_of - date(1970, 1, 1)).days
    received = referrals.filter(pl.col("first_day").is_null() | (pl.col("first_day") <= day))
    rows = _until(rows, events, referrals, day)
    placed = _placed(received, rows, events, day)
    return {
        "violations": {rule: len(of) for rule, of in found.items() if len(of)},
        "standing": _standing(_families(placed), referrals).rows(),
        "movements": _movements(rows, placed, referrals).rows(),
    }


def _referrals(referrals: pl.LazyFrame, by: str) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    if "incomplete" not in referrals.collect_schema():
        referrals = referrals.with_columns(incomplete=pl.lit(value=False))
    units = referrals.select(
        "referral_id",
        "parent_id",
        "incomplete",
        group=by,
        watch=pl.when(~pl.col("incomplete")).then(pl.col("observed_through").to_physical()),
    ).collect()
    doubled = pl.Series(dtype=pl.String)
    if units["referral_id"].n_unique() < units.height:
        doubled = units.filter(pl.col("referral_id").is_duplicated())["referral_id"].unique()
        of_all = (pl.all().exclude("incomplete").min(), pl.col("incomplete").max())
        units = units.group_by("referral_id", maintain_order=True).agg(*of_all)
    units = units.with_row_index("rid").with_columns(pl.col("rid").cast(pl.Int64))
    twice = units.filter(pl.col("referral_id").is_in(doubled.implode()))["rid"]
    return units, {"duplicate_referral": twice}


def _events(events: pl.LazyFrame, referrals: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Read live events, coded, sorted by referral and number; and those of no referral."""
    coded = (
        events.filter(pl.col("superseded_on").is_null())
        .select(
            "referral_id",
            "seq",
            _code("action", ACTIONS),
            _code("disposition", rules.KINDS).alias("kind"),
            _code("reason", rules.REASONS),
            _code("level", rules.LEVELS),
            "subject_id",
            "charge_id",
            "other_id",
            day=pl.col("on").to_physical(),
        )
        .join(
            referrals.lazy().select("referral_id", "rid"), on="referral_id", how="left", maintain_order="left"
        )
        .drop("referral_id")
        .collect()
    )
    orphans = coded.filter(pl.col("rid").is_null())["rid"]
    if len(orphans):
        coded = coded.filter(pl.col("rid").is_not_null())
    span = pl.col("seq").max() - pl.col("seq").min() + 1
    coded = coded.with_columns(key=pl.col("rid") * span + pl.col("seq") - pl.col("seq").min())
    if not coded["key"].is_sorted():
        coded = coded.sort("key")
    if (coded["key"] == coded["key"].shift(1)).any():
        coded = coded.sort("key", "day", nulls_last=True)
    return coded.drop("seq"), orphans


def _form(events: pl.DataFrame) -> dict[str, pl.Series]:
    unknown = (
        pl.any_horizontal(pl.col("action", "kind", "reason", "level").is_null()) | (pl.col("action") == 0)
    ).fill_null(value=True)
    packed = (pl.col("action").cast(pl.Int32) * 64 + pl.col("reason")) * 4 + pl.col("kind")
    charge = pl.col("kind") == KIND["charge"]
    misfit = (
        (CARRIED.gather(packed.fill_null(0)) == 0)
        | ((pl.col("action") == ACTION["decide_subject"]) & pl.col("subject_id").is_null())
        | (~charge & ((pl.col("level") > 0) | pl.col("charge_id").is_not_null()))
        | (
            ~pl.col("action").is_in([ACTION[a] for a in rules.NAMES_ANOTHER])
            & pl.col("other_id").is_not_null()
        )
    )
    flags = events.select(
        "rid",
        "key",
        again=(pl.col("key") == pl.col("key").shift(1)).fill_null(value=False),
        date_missing=pl.col("day").is_null(),
        unknown_word=unknown,
        event_misfit=misfit & ~unknown,
    ).filter(pl.any_horizontal("again", "date_missing", "unknown_word", "event_misfit"))
    return {
        "duplicate_seq": flags.filter("again").unique("key")["rid"],
        **{rule: flags.filter(rule)["rid"] for rule in ("date_missing", "unknown_word", "event_misfit")},
    }


def _walked(events: pl.DataFrame) -> pl.DataFrame:
    """Give every event the stage before and after it, and what the pipeline does not allow."""
    packed = pl.col("action").cast(pl.Int32) * 64 + pl.col("reason")
    first = pl.col("rid") != pl.col("rid").shift(1, fill_value=-1)
    return (
        events.lazy()
        .with_row_index("i")
        .join(_charges(events.with_row_index("i")).lazy(), on="i", how="left", maintain_order="left")
        .with_columns(first=first, lands=LANDS.gather(packed), rung=RUNG.gather(packed))
        .with_columns(
            lands=pl.when((pl.col("action") == ACTION["charge_result"]) & (pl.col("running") == 0))
            .then(pl.lit(STAGE["concluded"], dtype=pl.Int16))
            .otherwise("lands")
        )
        .with_columns(moves=pl.col("lands") > 0)
        .with_columns(after=pl.when(pl.col("moves") | pl.col("first")).then("lands").forward_fill())
        .with_columns(
            before=pl.when(pl.col("first"))
            .then(pl.lit(0, dtype=pl.Int16))
            .otherwise(pl.col("after").shift(1))
        )
        .with_columns(
            illegal_transition=ALLOWED.gather(pl.col("before").cast(pl.Int32) * 32 + pl.col("action")) == 0,
            charge_not_filed=pl.col("charge_not_filed").fill_null(value=False),
            date_backwards=~pl.col("first") & (pl.col("day") < pl.col("day").shift(1)),
        )
        .drop("i", "first", "lands", "running", "key", "level", "subject_id", "charge_id", "other_id")
        .collect()
    )


def _charges(events: pl.DataFrame) -> pl.DataFrame:
    """Follow the charges of every referral: how many run, and whether one was never filed."""
    charges = events.lazy().filter(pl.col("kind") == KIND["charge"])
    runs = pl.col("reason").is_in([REASON[status] for status in rules.CHARGE_RUNS]).cast(pl.Int32)
    charges = charges.select("i", "rid", "action", "subject_id", "charge_id", runs=runs).collect().lazy()
    subject = ("rid", "subject_id")
    # Sorted by charge, "the same charge before" is the row above; no window has to look for it.
    first = pl.col("rid") != pl.col("rid").shift(1, fill_value=-1)
    return (
        _named(charges)
        .sort(*subject, "charge", "i")
        .with_columns(
            again=pl.all_horizontal(
                pl.col(column).eq_missing(pl.col(column).shift(1)) for column in (*subject, "charge")
            )
        )
        .with_columns(change=pl.col("runs") - pl.when("again").then(pl.col("runs").shift(1)).otherwise(0))
        .sort("i")
        .with_columns(running=pl.col("change").cum_sum())
        .select(
            "i",
            running=pl.col("running")
            - pl.when(first).then(pl.col("running") - pl.col("change")).forward_fill(),
            charge_not_filed=~pl.col("again") & (pl.col("action") == ACTION["charge_result"]),
        )
        .collect()
    )


def _named(charges: pl.LazyFrame) -> pl.LazyFrame:
    """Name every charge: one without an id is the subject's one charge, and takes the first that turns up."""
    subject = ("rid", "subject_id")
    named = charges.filter(pl.col("charge_id").is_not_null()).unique(
        subject, keep="first", maintain_order=True
    )
    named = named.select(*subject, name="charge_id")
    return charges.join(named, on=subject, how="left", nulls_equal=True, maintain_order="left").with_columns(
        charge=pl.coalesce("charge_id", "name")
    )


def _spoken_for(events: pl.DataFrame, day: int) -> pl.LazyFrame:
    """Give what a referral's charges came to: the latest conviction that stands, or else the latest."""
    charges = events.lazy().filter((pl.col("kind") == KIND["charge"]) & (pl.col("day") <= day))
    last = _named(charges).with_row_index("at")
    last = last.unique(("rid", "subject_id", "charge"), keep="last", maintain_order=True)
    stands = pl.col("reason").is_in([REASON[status] for status in rules.STANDS])
    spoken = last.sort("rid", stands, "at").unique("rid", keep="last", maintain_order=True)
    return spoken.select("rid", status="reason", charged_on="day")


def _ends(links: pl.DataFrame) -> pl.DataFrame:
    """Follow links (node, to) to their ends; null where they never end. Each round looks twice as far."""
    ahead = links.rename({"to": "end"})
    for _ in range(links.height.bit_length() + 1):
        ahead = ahead.join(ahead.select(end="node", further="end"), on="end", how="left")
        if ahead["further"].null_count() == ahead.height:
            return ahead.drop("further")
        ahead = ahead.select("node", end=pl.coalesce("further", "end"))
    going_on = pl.col("end").is_in(links["node"].implode())
    return ahead.select("node", end=pl.when(~going_on).then("end"))


def _links(referrals: pl.DataFrame, events: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    """Find every referral's parent and root, and the links that cannot be."""
    parents = referrals.select(parent_id="referral_id", parent="rid", parent_day="first_day")
    linked = referrals.filter(pl.col("parent_id").is_not_null()).join(parents, on="parent_id", how="inner")
    ends = _ends(linked.select(node="rid", to="parent"))
    linked = linked.join(ends.select(rid="node", end="end"), on="rid", how="left")
    referrals = referrals.join(
        linked.select("rid", "parent", root="end"), on="rid", how="left", maintain_order="left"
    )

    named = _survivors(events).join(referrals.select("rid", "referral_id"), on="rid")
    survivors = _ends(named.select(node="referral_id", to="other_id")).filter(pl.col("end").is_null())
    return referrals.with_columns(root=pl.coalesce("root", "rid")), {
        "transfer_cycle": linked.filter(pl.col("end").is_null())["rid"],
        "survivor_cycle": named.filter(pl.col("referral_id").is_in(survivors["node"].implode()))["rid"],
        "child_without_parent": _stray(referrals, events),
        "child_before_parent": linked.filter(pl.col("first_day") < pl.col("parent_day"))["rid"],
    }


def _stray(referrals: pl.DataFrame, events: pl.DataFrame) -> pl.Series:
    """Find the transfers that name a referral which came from elsewhere, or from nowhere."""
    transfers = events.filter(pl.col("action") == ACTION["transfer"]).select("rid", "other_id")
    last = transfers.unique("rid", keep="last", maintain_order=True)
    named = last.join(referrals.select(other_id="referral_id", from_="parent"), on="other_id")
    return named.filter(pl.col("from_").is_null() | (pl.col("from_") != pl.col("rid")))["rid"]


def _survivors(events: pl.DataFrame) -> pl.DataFrame:
    """Give the one that carries on what a closed referral was, as far as it is named."""
    survived = pl.col("reason").is_in([REASON[reason] for reason in rules.SURVIVED])
    return (
        events.filter((pl.col("action") == ACTION["close"]) & survived & pl.col("other_id").is_not_null())
        .select("rid", "other_id")
        .unique("rid", keep="last", maintain_order=True)
    )


def _until(rows: pl.DataFrame, events: pl.DataFrame, referrals: pl.DataFrame, day: int) -> pl.DataFrame:
    """Cut at a day, and leave out what is set aside.

    Histories whose dates run backwards across the cut are walked again: it tears holes into them.
    """
    # Row numbers are positions: a referral's mark is looked up, not joined.
    trusted = pl.lit(referrals["aside"].is_null()).gather("rid")
    late = rows["rid"].filter(rows["day"] > day)
    torn = rows.filter("date_backwards", pl.col("rid").is_in(late.implode()), trusted)["rid"]
    kept = rows.filter(trusted & (pl.col("day") <= day) & ~pl.col("rid").is_in(torn.implode()))
    if torn.is_empty():
        return kept
    again = events.filter(pl.col("rid").is_in(torn.implode()) & (pl.col("day") <= day))
    return pl.concat([kept, _walked(again)])


def _placed(received: pl.DataFrame, rows: pl.DataFrame, events: pl.DataFrame, day: int) -> pl.DataFrame:
    """Say of every referral received where it stands: place, reason (code of `TEXTS`), since, open, peak."""
    moved = (
        rows.lazy().filter("moves").filter((pl.col("rid") != pl.col("rid").shift(-1)).fill_null(value=True))
    )
    untold = pl.col("reason") == REASON["charge_disposed_unspecified"]
    peaks = (
        rows.lazy()
        .filter(pl.col("rung") > 0)
        .group_by("rid")
        .agg(peak=pl.col("rung").max(), untold=untold.any())
    )

    aside = pl.col("aside").is_not_null()
    incomplete = pl.col("incomplete")
    charged = pl.col("peak") >= rules.CHARGED
    passed_on = pl.col("stage") == STAGE["transferred"]
    is_open = pl.col("stage").is_in([STAGE[stage] for stage in rules.OPEN_STAGES])
    watched = (pl.col("watch") >= day).fill_null(value=False)
    runs = (charged & (pl.col("stage") == STAGE["charged"])) | (~charged & is_open)
    untold_of_conviction = pl.col("untold").fill_null(value=False) & (pl.col("peak") < rules.CONVICTED)
    set_aside = _table(
        len(rules.SETS_ASIDE), {n: TEXT[f"set_aside:{rule}"] for n, rule in enumerate(rules.SETS_ASIDE)}
    )

    placed = (
        received.lazy()
        .join(moved.select("rid", stage="after", moved_for="reason", moved_on="day"), on="rid", how="left")
        .join(_spoken_for(events, day), on="rid", how="left")
        .join(peaks, on="rid", how="left")
        .with_columns(pl.col("peak").fill_null(0), pl.col("stage").fill_null(0))
        .select(
            "rid",
            "root",
            "parent",
            "referral_id",
            "first_day",
            "aside",
            "peak",
            place=pl.when(aside)
            .then(PLACE["unknown"])
            .when(charged)
            .then(PLACE["charge"])
            .when(incomplete)
            .then(PLACE["unknown"])
            .when(passed_on)
            .then(PLACE["transferred_out"])
            .when(is_open & watched)
            .then(PLACE["pending"])
            .when(is_open)
            .then(PLACE["unknown"])
            .otherwise(CLOSED_AS.gather(pl.col("moved_for").fill_null(0))),
            reason=pl.when(aside)
            .then(set_aside.gather(pl.col("aside").fill_null(0)))
            .when(charged)
            .then(REASON_TEXT.gather(pl.col("status").fill_null(0)))
            .when(incomplete)
            .then(TEXT[INCOMPLETE])
            .when(passed_on)
            .then(TEXT["transferred"])
            .when(is_open & watched)
            .then(STAGE_TEXT.gather("stage"))
            .when(is_open & pl.col("watch").is_null())
            .then(TEXT[NEVER])
            .when(is_open)
            .then(TEXT[NO_LONGER])
            .otherwise(REASON_TEXT.gather(pl.col("moved_for").fill_null(0))),
            since=pl.when(aside).then("first_day").when(charged).then("charged_on").otherwise("moved_on"),
            open=pl.when(aside | incomplete | (runs & ~watched) | untold_of_conviction)
            .then(UNWATCHED)
            .when(runs)
            .then(WATCHED)
            .when(pl.col("stage") == STAGE["closed"])
            .then(REOPENABLE)
            .otherwise(NO),
        )
        .collect()
    )
    lost = pl.concat([_childless(placed), _without_survivor(placed, events)])
    return placed.with_columns(
        reason=pl.when(pl.col("rid").is_in(lost.implode()))
        .then(UNLINKED_TEXT.gather("reason"))
        .otherwise("reason")
    )


def _childless(placed: pl.DataFrame) -> pl.Series:
    gone = placed.filter((pl.col("place") == PLACE["transferred_out"]) & pl.col("aside").is_null())
    return gone.filter(~pl.col("rid").is_in(placed["parent"].drop_nulls().implode()))["rid"]


def _without_survivor(placed: pl.DataFrame, events: pl.DataFrame) -> pl.Series:
    survived = pl.col("reason").is_in([TEXT[reason] for reason in rules.SURVIVED])
    excluded = (pl.col("place") == PLACE["excluded"]) & survived
    nodes = placed.filter(excluded).select("rid", "referral_id")
    ends = _ends(nodes.join(_survivors(events), on="rid").select(node="referral_id", to="other_id"))
    standing = placed.filter(~excluded).select(end="referral_id")
    there = ends.join(standing, on="end", how="semi").select(referral_id="node")
    return nodes.join(there, on="referral_id", how="anti")["rid"]


def _families(placed: pl.DataFrame) -> pl.DataFrame:
    """Roll referrals that belong together up to their root; most stand alone, and are passed through."""
    out = pl.col("place") == PLACE["transferred_out"]
    gone = out & (pl.col("reason") == TEXT["unlinked:transferred"])
    members = placed.select(
        "root",
        "peak",
        "since",
        place=pl.when(gone).then(PLACE["unknown"]).when(out).then(SKIPPED).otherwise("place"),
        reason=pl.when(gone).then(TEXT[OUT]).otherwise("reason"),
        open=pl.when(gone).then(UNWATCHED).otherwise("open"),
    )
    shape = ("root", "peak", "place", "reason", "open")
    roots = placed.filter(pl.col("root") != pl.col("rid"))["root"].unique()
    several = pl.col("root").is_in(roots.implode())
    families = (
        members.filter(several)
        .with_columns(stands=pl.col("reason").is_in([TEXT[status] for status in rules.STANDS]))
        .sort("place", "stands", "since", "reason", descending=[False, True, True, True], nulls_last=True)
        .group_by("root")
        .agg(pl.col("peak").max(), pl.col("place", "reason").first(), pl.col("open").max())
    )
    return pl.concat([members.filter(~several).select(shape), families.select(shape)])


def _standing(units: pl.DataFrame, referrals: pl.DataFrame) -> pl.DataFrame:
    """Count units: group, peak, place, reason, open, n."""
    keys = ("group", "peak", "place", "reason", "open")
    return (
        units.lazy()
        .with_columns(group=pl.lit(referrals["group"].cast(pl.Categorical)).gather("root"))
        .group_by(keys)
        .agg(n=pl.len())
        .select(
            pl.col("group").cast(pl.String),
            pl.col("peak").replace_strict(dict(enumerate(rules.MILESTONES)), return_dtype=pl.String),
            pl.col("place").replace_strict(dict(enumerate(rules.PLACES)), return_dtype=pl.String),
            pl.col("reason").replace_strict(dict(enumerate(TEXTS)), return_dtype=pl.String),
            pl.col("open").replace_strict(dict(enumerate(OPEN)), return_dtype=pl.String),
            "n",
        )
        .collect()
    )


def _movements(rows: pl.DataFrame, placed: pl.DataFrame, referrals: pl.DataFrame) -> pl.DataFrame:
    """Count moves: group, quarter, from, to, n. What is set aside enters once, and moves no further."""
    aside = len(STAGE)
    entered = placed.lazy().filter(pl.col("aside").is_not_null())
    moves = pl.concat(
        [
            rows.lazy().filter("moves").select("rid", "day", "before", "after"),
            entered.select(
                "rid", day="first_day", before=pl.lit(0, dtype=pl.Int16), after=pl.lit(aside, dtype=pl.Int16)
            ),
        ]
    )
    names = {**dict(enumerate(rules.STAGES)), aside: "set_aside"}
    keys = ("group", "before", "after")
    return (
        moves.with_columns(group=pl.lit(referrals["group"].cast(pl.Categorical)).gather("rid"))
        .group_by(*keys, "day")
        .agg(n=pl.len())
        .group_by(*keys, period=pl.col("day").cast(pl.Date).dt.truncate("1q"))
        .agg(pl.col("n").sum())
        .select(
            pl.col("group").cast(pl.String),
            "period",
            pl.col("before").replace_strict(names, return_dtype=pl.String),
            pl.col("after").replace_strict(names, return_dtype=pl.String),
            "n",
        )
        .collect()
    )
