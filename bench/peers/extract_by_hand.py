"""Cook County's extract in Polars, as a good programmer writes it: two files to events, and then counting.

The mapping of ``examples/cook-county/profile.toml``, written for this extract alone. What an event says is
one small integer, its place among all others a larger one; strings are left as soon as they were matched.
What an extract of this shape does not show is left out: a day of receipt that cannot be believed, and results
for somebody whose case was closed and could have been opened again.
"""

from datetime import date
from pathlib import Path

import polars as pl
from peers import rules
from peers.polars_by_hand import ACTION, KIND, REASON, Answers, counted

OTHERS = "close merged"
STATUS = {
    "Approved": "file_charge charge_pending",
    "Approved/Misdemeanor": "file_charge charge_pending",
    "Rejected": "close prosecution_declined",
    "Not Charged": "close administrative_closure",
    "Continued Investigation": "return_to_investigation",
    "Juvenile": "close prosecuted_elsewhere",
    "Co-Defendant/See Related Case": OTHERS,
    "Split Case/See Related Case": OTHERS,
    "Merged with Another Case/See Related Case": OTHERS,
    "Defendant Dispo'd/See Related Case": OTHERS,
    "Trf to DDPP/See Related Case": "close precharge_diversion",
    "Trf to Deferred Prosecution Program/See Related Case": "close precharge_diversion",
    "Trf to Drug School/See Related Case": "close precharge_diversion",
    "Trf to RAP Court/See Related Case": "close precharge_diversion",
    "Defendant Deceased": "close suspect_deceased",
    "BFW/See Related Case": "",
    "Pending Warrant": "",
    "PH Cont/See Related Case": "",
}
REVIEW = {
    "Approved": "file_charge charge_pending",
    "Rejected": "close prosecution_declined",
    "Continued Investigation": "return_to_investigation",
    "Disregard": "close opened_in_error",
    "Arrest Warrant": "",
    "Felony Review": "",
    "Victim Sensitive Interview": "",
    "VICTIM SENSITIVE INT": "",
    "Advice": "",
}
RESULT = {
    "Plea Of Guilty": "charge_result convicted_plea",
    "Plea of Guilty - Amended Charge": "charge_result convicted_plea",
    "Plea of Guilty - Lesser Included": "charge_result convicted_plea",
    "Finding Guilty": "charge_result convicted_trial",
    "Finding Guilty - Lesser Included": "charge_result convicted_trial",
    "Verdict Guilty": "charge_result convicted_trial",
    "Nolle Prosecution": "charge_result charge_withdrawn",
    "Charge Rejected": "charge_result charge_withdrawn",
    "FNPC": "charge_result charge_dismissed",
    "Case Dismissed": "charge_result charge_dismissed",
    "FNG": "charge_result acquitted",
    "Verdict-Not Guilty": "charge_result acquitted",
    "FNG Reason Insanity": "charge_result acquitted_insanity",
    "Death Suggested-Cause Abated": "charge_result charge_abated_death",
    "BFW": "charge_result charge_stayed",
    "Mistrial Declared": "charge_result charge_stayed",
    "Superseded by Indictment": "charge_result charge_superseded",
    "Transferred - Misd Crt": "charge_result charge_transferred",
}
KINDS = {
    **dict.fromkeys(rules.CHARGE_STATUSES, KIND["charge"]),
    **dict.fromkeys((*rules.MEASURES, *rules.ADMINISTRATIVE_ENDINGS), KIND["administrative"]),
    **dict.fromkeys(rules.CLOSED_REASONS, KIND["closed"]),
}


def _said(meaning: str) -> int:
    """Number what an event says: 64 times its action, and its reason; 0 for nothing."""
    action, _, reason = meaning.partition(" ")
    return ACTION[action] * 64 + REASON.get(reason, 0) if action else 0


FILES = _said("file_charge charge_pending")
# What everybody has behind them on the day they come in.
HEADS = [
    _said(action) for action in ("made_available", "accept", "open_investigation", "present_to_prosecutor")
]
KIND_OF = pl.Series([0, *(KINDS[reason] for reason in rules.REASONS)], dtype=pl.Int16)

EARLIEST, LATEST = ((day - date(1970, 1, 1)).days for day in (date(2015, 1, 1), date(2019, 12, 31)))
OBSERVED = (date(2019, 12, 2) - date(1970, 1, 1)).days

# An event's key: referral, table, day, row, and where it stands beside what the row says; 63 bits in all,
# enough for files of four million rows.
DAYS, ROWS, BESIDE = 1 << 13, 1 << 22, 4
FILES_BEFORE, SAYS, NAMES_AFTER, FILES_AFTER = range(BESIDE)
DECIDED, TRIED = 4, 5
REFERRAL = 8 * DAYS * ROWS * BESIDE


def road(folder: Path, as_of: date) -> Answers:
    """Go from two CSV files to rows refused, violations by rule, standing by family and movements."""
    people, decisions, lost, refused = _intake(folder / "intake.csv")
    results, lost_results, refused_results = _dispositions(folder / "dispositions.csv", people)
    events = _events(people, decisions, results)
    incomplete = pl.concat([lost, lost_results]).unique()
    referrals = people.select(
        "rid",
        "referral_id",
        "group",
        parent_id=pl.lit(None, dtype=pl.String),
        incomplete=pl.col("rid").is_in(incomplete.implode()),
    ).with_columns(watch=pl.when(~pl.col("incomplete")).then(OBSERVED))
    return {
        "refused": {rule: n for rule, n in (refused | refused_results).items() if n},
        **counted(referrals, events, {}, as_of),
    }


def _meant(column: str, codes: dict[str, str]) -> pl.Expr:
    table = pl.Series([_said(meaning) for meaning in codes.values()], dtype=pl.Int16)
    return pl.lit(table).gather(pl.col(column).to_physical())


def _believed() -> pl.Expr:
    return pl.col("day").is_between(EARLIEST, LATEST)


def _key(table: int, beside: int = SAYS) -> pl.Expr:
    place = (pl.col("rid") * 8 + table) * DAYS + (pl.col("day") - EARLIEST)
    return (place * ROWS + pl.col("row")) * BESIDE + beside


def _intake(file: Path) -> tuple[pl.DataFrame, pl.DataFrame, pl.Series, dict[str, int]]:
    """Read people, and what was decided on them; and about whom more is said than can be believed."""
    schema = {
        "case_participant_id": pl.String(),
        "received_date": pl.Date(),
        "offense_category": pl.Categorical(),
        "participant_status": pl.Enum(list(STATUS)),
        "law_enforcement_agency": pl.Categorical(),
        "felony_review_date": pl.Date(),
        "felony_review_result": pl.Enum(list(REVIEW)),
    }
    rows = (
        pl.scan_csv(file, schema_overrides=schema)
        .select(
            referral_id="case_participant_id",
            group="offense_category",
            agency="law_enforcement_agency",
            received=pl.col("received_date").to_physical(),
            said=pl.coalesce(
                _meant("participant_status", STATUS), _meant("felony_review_result", REVIEW)
            ).fill_null(0),
            day=pl.coalesce("felony_review_date", "received_date").to_physical(),
        )
        .with_row_index("row")
        .collect()
    )
    rows = rows.with_columns(pl.col("row").cast(pl.Int64))
    first = rows["referral_id"].is_first_distinct()
    people = rows.filter(first).with_row_index("rid").with_columns(pl.col("rid").cast(pl.Int64))
    facts = ("received", "group", "agency")
    again = rows.filter(~first).join(
        people.select("referral_id", "rid", *(pl.col(fact).alias(f"first {fact}") for fact in facts)),
        on="referral_id",
        how="left",
    )
    same = pl.all_horizontal(pl.col(fact).eq_missing(pl.col(f"first {fact}")) for fact in facts)
    contradicting = again.filter(~same)
    told = ("rid", "row", "day", "said")
    decisions = pl.concat([people.select(told), again.select(told)]).filter(pl.col("said") > 0)
    several = decisions.filter(_believed() & pl.col("rid").is_in(again["rid"].implode()))
    copied = several.filter(~pl.struct("rid", "day", "said").is_first_distinct())["row"]
    made = decisions.filter(_believed() & ~pl.col("row").is_in(copied.implode()))
    strange = decisions.filter(~_believed())
    return (
        people,
        made.select("rid", "day", "said", key=_key(DECIDED)),
        pl.concat([contradicting["rid"], strange["rid"]]),
        {
            "intake.csv: contradicting_key": contradicting.height,
            "intake.csv: duplicate_key": again.height - contradicting.height,
            "intake.csv: unbelievable_date": strange.join(again, on="row", how="anti").height,
        },
    )


def _dispositions(file: Path, people: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series, dict[str, int]]:
    """Read what courts made of charges; and about whom more is said than can be believed."""
    schema = {
        "case_participant_id": pl.String(),
        "charge_version_id": pl.Categorical(),
        "disposition_date": pl.String(),
        "charge_disposition": pl.Enum(list(RESULT)),
    }
    rows = (
        pl.scan_csv(file, schema_overrides=schema)
        .select(
            referral_id="case_participant_id",
            charge_id=pl.col("charge_version_id").to_physical(),
            said=_meant("charge_disposition", RESULT),
            day=pl.col("disposition_date").str.to_date("%m/%d/%Y %I:%M:%S %p").to_physical(),
        )
        .with_row_index("row")
        .with_columns(pl.col("row").cast(pl.Int64))
        .join(people.lazy().select("referral_id", "rid"), on="referral_id", how="left", maintain_order="left")
        .drop("referral_id")
        .collect()
    )
    orphan = pl.col("rid").is_null()
    strange = rows.filter(~orphan & ~_believed())["rid"]
    known = rows.filter(~orphan & _believed())
    several = known.filter(pl.col("charge_id").is_duplicated())
    copied = several.filter(~pl.struct("rid", "charge_id", "day", "said").is_first_distinct())["row"]
    made = known.filter(~pl.col("row").is_in(copied.implode()))
    return (
        made.select("rid", "day", "said", "charge_id", key=_key(TRIED)).sort("key"),
        strange,
        {
            "dispositions.csv: orphan": rows["rid"].null_count(),
            "dispositions.csv: unbelievable_date": len(strange),
            "dispositions.csv: copied_row": len(copied),
        },
    )


def _events(people: pl.DataFrame, decisions: pl.DataFrame, results: pl.DataFrame) -> pl.DataFrame:
    """Put together what is stated and what that implies, in order, in the form in which it is counted."""
    rows = people.lazy().select("rid", day="received")
    heads = [
        rows.with_columns(key=pl.col("rid") * REFERRAL + place, said=pl.lit(said, dtype=pl.Int16))
        for place, said in enumerate(HEADS)
    ]
    filings = _filings(decisions.lazy(), results.lazy()).collect()
    # The filing without a name is that of the first charge that courts name, where others stand beside it.
    named = filings.filter(pl.col("names").is_not_null()).select(key="names", charge_id="charge_id")
    named = decisions.drop("charge_id", strict=False).join(named, on="key", how="left", maintain_order="left")
    stated = [named.lazy(), results.lazy()]
    added = filings.filter(pl.col("names").is_null()).drop("names").lazy()
    kind = pl.lit(KIND_OF).gather(pl.col("said") % 64)
    return (
        pl.concat([*heads, *stated, added], how="diagonal")
        .sort("key")
        .select(
            "rid",
            "day",
            "charge_id",
            key=pl.int_range(pl.len()),
            action=pl.col("said") // 64,
            kind=kind,
            reason=pl.col("said") % 64,
            level=(kind == KIND["charge"]).cast(pl.Int16),
            subject_id=pl.lit(None, dtype=pl.String),
            other_id=pl.lit(None, dtype=pl.String),
        )
        .collect()
    )


def _filings(decisions: pl.LazyFrame, results: pl.LazyFrame) -> pl.LazyFrame:
    """File the charges that courts tell of and nobody filed.

    The one that was filed without a name is the first that courts name: ``names`` is its place. Others were
    filed with it; where nothing was filed, each charge was just before its result.
    """
    filed = decisions.filter(pl.col("said") == FILES).select("rid", filed="key", filed_day="day")
    charge = pl.col("rid") * (1 << 32) + pl.col("charge_id")
    first = pl.col("rid") != pl.col("rid").shift(1, fill_value=-1)
    alone = first & (pl.col("rid") != pl.col("rid").shift(-1, fill_value=-1))
    return (
        results.filter(charge.is_first_distinct())
        .join(filed.sort("filed").unique("rid", keep="last"), on="rid", how="left", maintain_order="left")
        .filter(pl.col("filed").is_null() | ~alone)
        .select(
            "rid",
            "charge_id",
            said=pl.lit(FILES, dtype=pl.Int16),
            day=pl.coalesce("filed_day", "day"),
            names=pl.when(first).then("filed"),
            key=pl.coalesce(pl.col("filed") + FILES_AFTER, pl.col("key") + FILES_BEFORE) - SAYS,
        )
    )
