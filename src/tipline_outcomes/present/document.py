"""A report as one JSON document: the identity and a rate, for all units and by group, with what was read."""

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeAlias

from attrs import field, frozen

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.metrics import (
    Caseload,
    CaseloadTable,
    Contribution,
    ContributionTable,
    Deadline,
    Incidence,
    IncidenceTable,
    Interval,
    IntervalTable,
    MixTable,
    Rate,
    RateTable,
    WithinTable,
)

__all__ = ["JSON", "Reading", "account", "document"]

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
"""What a JSON document is made of."""


@frozen(kw_only=True)
class Reading:
    """What became of the records that were read: ``accepted + refused = read``.

    Attributes:
        source: The name of what was read.
        accepted: How many records were accepted.
        refused: How many were refused, by rule.
        violations: How many rules of the pipeline the accepted ones break, by rule. They are counted.
        unmapped: Codes that nothing maps, by column (of an agency's own tables: table and column) and code.
        tables: Of an agency's own tables, the rows of each: ``read``, ``used``, ``refused``.
        uses: Of an agency's own tables, what became of the rows in each use.
        events: How many events the rows of an agency's own tables became.
        lossy: How many of these came through lossy rows of crosswalks, by crosswalk and code.

    >>> Reading(source="year.jsonl", accepted=8, refused={"not_json": 2}).read
    10
    """

    source: str
    accepted: int
    refused: Mapping[str, int] = field(factory=dict[str, int])
    violations: Mapping[str, int] = field(factory=dict[str, int])
    unmapped: Mapping[str, Mapping[str, int]] = field(factory=dict[str, Mapping[str, int]])
    tables: Mapping[str, Mapping[str, int]] = field(factory=dict[str, Mapping[str, int]])
    uses: tuple[Mapping[str, JSON], ...] = ()
    events: int = 0
    lossy: Mapping[str, Mapping[str, int]] = field(factory=dict[str, Mapping[str, int]])

    @property
    def read(self) -> int:
        """How many records were read."""
        return self.accepted + sum(self.refused.values())


def account(reading: Reading) -> dict[str, JSON]:
    """Put together what became of what was read.

    Returns:
        ``source``, ``read``, ``accepted``, ``refused``, ``violations``, ``unmapped``, ``tables``, ``uses``,
        and ``lossy`` (``events`` ``of`` how many, and their ``codes`` by crosswalk).

    >>> found = account(Reading(source="year.jsonl", accepted=8, refused={"not_json": 2}))
    >>> found["read"], found["refused"]
    (10, {'not_json': 2})
    """
    return {
        "source": reading.source,
        "read": reading.read,
        "accepted": reading.accepted,
        "refused": dict(reading.refused),
        "violations": dict(reading.violations),
        "unmapped": {column: dict(counts) for column, counts in reading.unmapped.items()},
        "tables": {table: dict(counts) for table, counts in reading.tables.items()},
        "uses": [dict(use) for use in reading.uses],
        "lossy": {
            "events": sum(n for counts in reading.lossy.values() for n in counts.values()),
            "of": reading.events,
            "codes": {name: dict(counts) for name, counts in reading.lossy.items()},
        },
    }


def document(
    reading: Reading,
    mix: MixTable,
    rates: RateTable,
    intervals: IntervalTable | None = None,
    *,
    within: WithinTable | None = None,
    incidence: IncidenceTable | None = None,
    contributions: ContributionTable | None = None,
    caseload: CaseloadTable | None = None,
) -> dict[str, JSON]:
    """Put a report together.

    Args:
        reading: What was read.
        mix: Where the units stand.
        rates: A rate of the same units, by the same groups.
        intervals: The intervals of this rate; None: none are asked for.
        within: The rate within a stated time, if there is one.
        incidence: Incidence by day, if there is any; it is told for the days of *within*.
        contributions: Who contributed, where the ledger is covered.
        caseload: The caseload of referrals, which is of a ledger of its own.

    Returns:
        ``as_of``, ``unit``, ``by``, what `account` gives, ``ledger_digest``, ``overall`` and ``groups``.
        Shares are exact fractions as text ("n/d"), with a decimal beside them; what is not defined is null.
        An interval's ends are decimals, and so is incidence, which is estimated. Where they are given,
        ``contributions`` (``overall`` and ``contributors``) and ``caseload`` (``overall`` and ``groups``,
        each with its ``periods``).

    Raises:
        InvalidValueError: If the tables are not of the same ledger and groups.
    """
    tables = [t for t in (mix, rates, intervals, within, incidence) if t is not None]
    if len({(t.overall.ledger_digest, *(result.group for result in t.groups)) for t in tables}) > 1:
        message = "the tables of a report are not of the same ledger by the same dimensions"
        raise InvalidValueError(message)
    around = (
        {} if intervals is None else {r.group: r.interval for r in (intervals.overall, *intervals.groups)}
    )
    question = None if intervals is None else intervals.overall.answers.deadline
    overall = mix.overall
    return {
        "as_of": overall.as_of.isoformat(),
        "unit": overall.unit.value,
        "by": list(mix.by),
        **account(reading),
        "ledger_digest": overall.ledger_digest,
        "overall": _group(rates.overall, question, around.get(rates.overall.group))
        | _timed(within, incidence, None),
        "groups": [
            _group(rate, question, around.get(rate.group)) | _timed(within, incidence, i)
            for i, rate in enumerate(rates.groups)
        ],
        **({} if contributions is None else {"contributions": _contributions(contributions)}),
        **({} if caseload is None else {"caseload": _caseload(caseload)}),
    }


def _contributions(table: ContributionTable) -> dict[str, JSON]:
    def told(one: Contribution) -> dict[str, JSON]:
        names = ("made_available", "first_hand", "came_in", "missing", "more", "expected", "there")
        return {name: getattr(one, name) for name in names}

    return {
        "by": list(table.by),
        "overall": told(table.overall),
        "contributors": [
            {"group": dict(one.group), "status": one.status.value, **told(one)} for one in table.groups
        ],
    }


def _caseload(table: CaseloadTable) -> dict[str, JSON]:
    def told(load: Caseload) -> dict[str, JSON]:
        begun = load.observed_from
        return {
            "group": dict(load.group),
            "received": load.received,
            "observed_from": None if begun is None else begun.isoformat(),
            "unwatched": load.unwatched,
            "periods": [
                {
                    "period": one.label,
                    "start": one.start.isoformat(),
                    "end": one.end.isoformat(),
                    "running": one.running,
                    "partial": one.partial,
                    "opening": one.opening,
                    **one.lines,
                    "closing": one.closing,
                    "listed": one.listed,
                }
                for one in load.periods
            ],
        }

    return {
        "by": list(table.by),
        "unit": table.overall.unit.value,
        "period": table.overall.period.value,
        "ledger_digest": table.overall.ledger_digest,
        "overall": told(table.overall),
        "groups": [told(load) for load in table.groups],
    }


def _timed(
    within: WithinTable | None, incidence: IncidenceTable | None, number: int | None
) -> dict[str, JSON]:
    """Give what there is of one group within a stated time: of all units, or of the group of a number."""
    if within is None:
        return {}
    one = within.overall if number is None else within.groups[number]
    told: dict[str, JSON] = {
        "within": {
            "days": one.days,
            "to": one.milestone.value,
            "clock": one.clock.value,
            "numerator": one.numerator,
            "denominator": one.denominator,
            "known_late": one.known_late,
            "not_reached": one.not_reached,
            "unknown": one.unknown,
            "too_young": one.too_young,
            "unlinked": one.unlinked_on_clock,
            **exact("lower", one.lower),
            **exact("upper", one.upper),
            **exact("resolved", one.resolved),
        }
    }
    if incidence is not None:
        curve = incidence.overall if number is None else incidence.groups[number]
        told["incidence"] = _incidence(curve, one.days)
    return told


def _incidence(curve: Incidence, day: int) -> dict[str, JSON]:
    point, ends = curve.at(day), curve.bounds(day)
    return {
        "day": day,
        "outcome": curve.clock.target,
        "estimate": None if point is None else point.incidence,
        "variance": None if point is None else point.variance,
        "formula": curve.formula.value,
        "band": None if point is None else [point.lower, point.upper],
        "confidence": curve.confidence,
        "least": None if ends.lower is None else float(ends.lower),
        "most": None if ends.upper is None else float(ends.upper),
        "timed": curve.timed,
        "assumptions": {assumption.name: assumption.statement for assumption in curve.assumptions},
    }


def _group(rate: Rate, question: Deadline | None, interval: Interval | None) -> dict[str, JSON]:
    parts = rate.parts
    return {
        "group": dict(rate.group),
        "received": parts.received,
        **{place.value: n for place, n in parts.places.items()},
        **parts.of_them,
        "conversion": {
            "to": rate.milestone.value,
            "level": rate.level.value if rate.level is not None else None,
            "numerator": rate.numerator,
            "denominator": rate.denominator,
            "implied": rate.implied,
            "lost": rate.lost,
            "pending": rate.pending,
            "unknown": rate.unknown,
            "unlinked": rate.unlinked,
            **exact("lower", rate.lower),
            **exact("upper", rate.upper),
            **exact("upper_by_as_of", rate.upper_by_as_of),
            **exact("resolved", rate.resolved),
            "questions": {asked.value: _answers(rate, asked) for asked in (Deadline.EVER, Deadline.BY_AS_OF)},
            "interval": None if interval is None or question is None else _interval(question, interval),
        },
    }


def _answers(rate: Rate, asked: Deadline) -> dict[str, JSON]:
    answers = rate.answers(asked)
    return {
        "asked": answers.asked,
        "yes": answers.yes,
        "no": answers.no,
        "unknown": answers.unknown,
        "undecided": answers.undecided,
        **exact("lower", answers.lower),
        **exact("upper", answers.upper),
    }


def _interval(question: Deadline, interval: Interval) -> dict[str, JSON]:
    return {
        "question": question.value,
        "confidence": interval.confidence,
        "method": interval.method.value,
        "lower": interval.lower,
        "upper": interval.upper,
        "assumptions": {assumption.name: assumption.statement for assumption in interval.assumptions},
    }


def exact(name: str, share: Fraction | None) -> dict[str, JSON]:
    """Write a share as an exact fraction, with a decimal beside it."""
    text = None if share is None else f"{share.numerator}/{share.denominator}"
    return {name: text, f"{name}_decimal": None if share is None else float(share)}
