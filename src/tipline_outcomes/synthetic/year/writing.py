"""Writing the invented year: a folder for each part, every one a whole log, so that no family lies in two."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import narwhals.stable.v2 as nw
from attrs import asdict

from tipline_outcomes._dates import EPOCH
from tipline_outcomes._engine import Eager, Frame, eager, frame_of, write_table
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.eventlog import codes
from tipline_outcomes.eventlog.columns import REPORT_COLUMNS
from tipline_outcomes.eventlog.told import Told
from tipline_outcomes.model import Action, ClosedReason
from tipline_outcomes.synthetic.parameters import Parameters
from tipline_outcomes.synthetic.world import Planted
from tipline_outcomes.synthetic.year.agencies import Agencies
from tipline_outcomes.synthetic.year.lives import Lives, lived
from tipline_outcomes.synthetic.year.parameters import YEAR
from tipline_outcomes.synthetic.year.shown import shown
from tipline_outcomes.synthetic.year.tips import tips_of

__all__ = ["PLANTED", "write_year"]

PLANTED: Final = "planted.json"
"""The file that tells what was planted; it is written last."""

_PART: Final = 200_000
_DUPLICATE: Final = codes.REASON_CODES[ClosedReason.DUPLICATE.value]


def write_year(
    folder: Path | str,
    parameters: Parameters = YEAR,
    *,
    parts: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Planted:
    """Invent a year and write it as Parquet, part by part: memory is that of one part, however long the year.

    Every part is a folder with ``events``, ``referrals``, ``reports`` and ``links``, which
    `tipline_outcomes.EventLog.from_folder` reads; with every family whole, and with every survivor that a
    duplicate of it names. The same parameters and number of parts give the same bytes, on every machine with
    the same Polars. What was planted is in ``planted.json``, of the whole and of every part; it is taken from
    what was drawn, not from what was written.

    Args:
        folder: Where the parts go; it must be new or empty.
        parameters: What the year assumes. ``referrals`` is the number that the clearinghouse makes available.
        parts: How many parts; one for every 200,000 referrals where it is not said.
        progress: Called before the first part and after each with how many are done, and of how many.

    Returns:
        What was planted.

    Raises:
        InvalidValueError: If the parameters break records on purpose, if fewer than two agencies have a
            weight, if there are more parts than pairs of referrals, or if the folder holds something.

    >>> from attrs import evolve
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     planted = write_year(folder, evolve(YEAR, referrals=500), parts=2)
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['part-0000', 'part-0001', 'planted.json']
    >>> planted.families, planted.broken
    (500, ())
    """
    if parameters.broken:
        message = f"Parameters.broken is {parameters.broken}; a year is lawful: evolve(parameters, broken=0)"
        raise InvalidValueError(message)
    number = -(-parameters.referrals // _PART) if parts is None else parts
    if not 1 <= number <= -(-parameters.referrals // 2):
        most = f"at most one for two of the {parameters.referrals:,} referrals"
        message = f"parts is {number}; give 1 or more, and {most}"
        raise InvalidValueError(message)
    agencies = Agencies.of(parameters)
    where = Path(folder)
    where.mkdir(parents=True, exist_ok=True)
    if any(where.iterdir()):
        message = f"{str(where)!r} is not empty; name a new folder"
        raise InvalidValueError(message)
    done: list[Planted] = []
    tell = progress or _nobody
    tell(0, number)
    for part in range(number):
        done.append(_write_part(where / f"part-{part:04}", parameters, agencies, part, number))
        tell(part + 1, number)
    planted = _together(done)
    asked = {name: str(getattr(parameters, name)) for name in ("first_received", "last_received", "as_of")}
    content = {"seed": parameters.seed, **asked, "parts": number, "planted": asdict(planted)}
    (where / PLANTED).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return planted


def _nobody(done: int, of: int) -> None:
    """Tell nobody how far it has come."""


def _write_part(folder: Path, p: Parameters, agencies: Agencies, part: int, parts: int) -> Planted:
    first, end = (_even(p.referrals * n // parts, p.referrals) for n in (part, part + 1))
    numbers = eager(frame_of(((n,) for n in range(first, end)), {"number": int}))
    as_of = (p.as_of - EPOCH).days
    tips = tips_of(numbers, agencies, p, (p.first_received - EPOCH).days)
    lives = lived(tips.roots, agencies, p, as_of)
    referrals, told = shown(lives, p)
    reports = tips.reports.with_row_index("n").with_columns(report_id=_report_id(part))
    links = referrals.select("rid", "referral_id", "tip").join(
        reports.filter(~nw.col("nth").is_null()).select("tip", "nth", "report_id"), on="tip", how="inner"
    )
    table = _referral_table(referrals, agencies)
    folder.mkdir()
    write_table(table, folder / "referrals.parquet")
    write_table(told.table(table), folder / "events.parquet")
    write_table(_report_table(reports, agencies), folder / "reports.parquet")
    links = links.sort("rid", "nth").select("report_id", "referral_id")
    write_table(links.to_polars(), folder / "links.parquet")
    planted = _planted(lives, referrals, told, table=eager(table), reports=reports, as_of=as_of)
    (folder / PLANTED).write_text(json.dumps(asdict(planted), indent=2) + "\n", encoding="utf-8")
    return planted


def _even(number: int, most: int) -> int:
    """Let a part begin at an even number: two referrals of one tip are neighbours, the first of them even."""
    return number if number == most else number - number % 2


def _report_id(part: int) -> nw.Expr:
    return nw.concat_str(nw.lit(f"rep-{part:04}-"), nw.col("n").cast(nw.String).str.zfill(7))


def _referral_table(referrals: Eager, agencies: Agencies) -> Frame:
    places = agencies.table.select("agency", "territory", "level", "name")
    table = referrals.join(places, on="agency", how="left").sort("rid")
    return table.select(
        *("referral_id", "parent_id", "territory", "level"),
        agency="name",
        observed_through=nw.col("through").cast(nw.Int32).cast(nw.Date),
        **{name: nw.col(name) for name in ("source", "incident_type", "classification")},
    ).to_polars()


def _report_table(reports: Eager, agencies: Agencies) -> Frame:
    table = reports.join(agencies.table.select("agency", "territory"), on="agency", how="left").sort("n")
    table = table.with_columns(
        received_on=nw.col("day").cast(nw.Int32).cast(nw.Date), source="kind", batched=nw.lit(value=False)
    )
    return table.select(*REPORT_COLUMNS).to_polars()


def _planted(
    lives: Lives, referrals: Eager, told: Told, *, table: Eager, reports: Eager, as_of: int
) -> Planted:
    live = told.live
    filed, passed_on, reopened = (
        live.filter(nw.col("action") == codes.ACTIONS[action.value])
        for action in (Action.FILE_CHARGE, Action.TRANSFER, Action.REOPEN)
    )
    away = referrals.select("rid", "outside").join(passed_on.select("rid"), on="rid", how="semi")
    late = referrals.filter("late").select("rid", "through")
    heard = live.filter(nw.col("seq") > 0).join(late, on="rid", how="inner")
    heard = heard.filter(nw.col("through").is_null() | (nw.col("day") > nw.col("through")))
    roots = referrals.filter(nw.col("depth") == 0)
    truly = lives.events.filter(nw.col("action") == codes.ACTIONS[Action.FILE_CHARGE.value])
    places = table.group_by("territory").agg(n=nw.len()).sort("territory")
    return Planted(
        reports=len(reports),
        unreferred=int(reports["nth"].is_null().sum()),
        referrals=len(referrals),
        families=len(roots),
        events=len(told.rows),
        came_in=int((~roots["parent_id"].is_null()).sum()),
        by_territory=tuple(places.rows()),
        never_watched=len(referrals.filter(nw.col("through").is_null())),
        no_longer_watched=len(referrals.filter(nw.col("through") < as_of)),
        known_late=len(heard.select("rid").unique()),
        transfers=len(away),
        transfers_unlinked=len(away.filter("outside")),
        reopenings=len(reopened),
        duplicates=len(live.filter(nw.col("reason") == _DUPLICATE)),
        amended=len(told.rows) - len(live),
        charged=_families(filed, referrals),
        charged_in_truth=_families(truly, lives.referrals),
        excluded_in_truth=lives.excluded,
        broken=(),
    )


def _families(events: Eager, referrals: Eager) -> int:
    """Count the families that have one of some events."""
    of = referrals.select("rid", "root").join(events.select("rid"), on="rid", how="semi")
    return len(of.select("root").unique())


def _together(parts: Iterable[Planted]) -> Planted:
    """Add up what was planted in the parts."""
    territories, counts = Counter[str](), Counter[str]()
    for planted in parts:
        territories.update(dict(planted.by_territory))
        counts.update({name: n for name, n in asdict(planted).items() if isinstance(n, int)})
    return Planted(by_territory=tuple(sorted(territories.items())), broken=(), **counts)
