"""What the docs show of the record: sentences, tables and charts, made from answers, with their sources."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from html import escape
from typing import Final

from tipline_outcomes._show import count, percent
from tipline_outcomes.evidence import (
    Answer,
    Figure,
    Form,
    FoundIn,
    Qualifier,
    Source,
    Step,
    catalogue,
    closing,
    question,
    states_needed,
)
from tipline_outcomes.evidence.answers.short import SHORT, sentence

__all__ = ["CHARTS", "TABLES", "TEXTS"]

YEARS: Final = (2020, 2021, 2022, 2023)
RECIPIENTS: Final = {
    "us.icac": "task forces (ICAC), United States",
    "us.local": "local agencies, United States",
    "us.federal": "federal agencies, United States",
    "abroad": "agencies in other countries",
}
SHARES: Final = tuple(Fraction(n, 20) for n in (5, 10, 15, 18, 20))
ANSWERS: Final = question()

PARTIES: Final = (
    (
        "**Most of it lies between the task forces and the clearinghouse, or in one register.** Of the"
        " reports {us.icac.2023.not_known} have no feedback. A register of all charges that names"
        " the referrals"
        " behind each would tell the share that was charged exactly, by itself: what is not in it was not"
        " charged. It would not tell how the others ended."
    ),
    (
        "**The clearinghouse could tell some of it by itself.** Its recipients have entered feedback of"
        " {us.icac.2023.feedback} of the reports; it is published as one sum. As a share of reports"
        " it needs the number of distinct referrals"
        " behind it."
    ),
    (
        "**A class is known, and what it led to is not.** That {us.icac.2023.informational} were"
        " informational is published. That none of them led to a charge is a belief; to share the"
        " class of each referral"
        " lets it be tested."
    ),
)
"""What the parties could tell."""

CONVICTED: Final = tuple(
    answer for answer in ANSWERS.answers if answer.step in {Step.CHARGED, Step.CONVICTED}
)
TRIAGE: Final = (Step.TRIAGED, Step.FORWARDED, Step.INVESTIGATED)


def short() -> str:
    return "\n".join(f"- {told}" for told in map(_sentence, SHORT))


def parties() -> str:
    arrests = [gap for gap in closing().gaps if gap.label.startswith("charges_")]
    points = " or ".join(percent(gap.at_face_value).removesuffix(" %") for gap in arrests)
    beliefs = (
        f"**What prosecutors narrow by arrests rests on beliefs.** That it is {points} points believes that"
        " every charge follows an arrest that is counted there, and that a prosecutor's silence tells"
        " nothing. Whoever believes that, and how many tips an arrest accounts for, has no more"
        " than this share"
        " charged today already; what prosecutors then add is which of them."
        f" ({sources(figure for gap in arrests for figure in gap.figures)})"
    )
    return "\n".join(f"- {told}" for told in (*map(_sentence, PARTIES), beliefs))


def nowhere() -> str:
    without = catalogue()["ncmec-state-unspecified-2023"]
    return (
        f"Of the country's reports of {without.span}, {count(int(without.value))} name no state. All states"
        f" together cover {percent(_of_all(states_needed(Fraction(1))))} of them. ({sources((without,))})"
    )


def _sentence(text: str) -> str:
    labels = re.findall(r"\{([^!}]+)", text)
    told = sentence(text, ANSWERS, mark="**")
    return f"{told} ({sources(figure for label in labels for figure in ANSWERS[label].figures)})"


def sources(figures: Iterable[Figure]) -> str:
    """The sources of figures, each once, as links; what somebody else quotes is marked."""
    links = {
        figure.source.key: f"[{name(figure.source)}]({figure.source.url})"
        + (", second-hand" if figure.verification is FoundIn.SECONDARY else "")
        for figure in figures
    }
    return "; ".join(links.values())


def name(source: Source) -> str:
    return f"{source.publisher.removesuffix(', reposted')} {source.published[:4]}"


def table_of(answers: Iterable[Answer]) -> tuple[tuple[str, ...], Iterator[tuple[str, ...]]]:
    """A row an answer: where and when, what, the number, what it assumes, and whence it is."""
    head = ("label", "what", "known", "as quoted", "if", "source")
    return head, (
        (
            f"`{answer.label}`",
            answer.what if answer.form is Form.SHARE else f"{answer.what} ({answer.unit})",
            answer.known,
            answer.quoted,
            "; ".join(assumption.name for assumption in answer.bounds.assumptions) or "-",
            sources(answer.figures),
        )
        for answer in answers
    )


def at(*steps: Step) -> tuple[Answer, ...]:
    return tuple(answer for answer in ANSWERS.answers if answer.step in steps)


def by_year(kind: str) -> tuple[tuple[str, ...], Iterator[tuple[str, ...]]]:
    head = ("made available to", *map(str, YEARS), "source")
    return head, (
        (
            who,
            *(ANSWERS[f"{place}.{year}.{kind}"].known for year in YEARS),
            sources(figure for year in YEARS for figure in ANSWERS[f"{place}.{year}.{kind}"].figures),
        )
        for place, who in RECIPIENTS.items()
    )


def contradictions() -> tuple[tuple[str, ...], Iterator[tuple[str, ...]]]:
    head = ("what", "one number", "another number", "can both hold?", "source")
    return head, (
        (
            f"{figure.measure.replace('_', ' ')}, {figure.population}, {figure.span}",
            number(other),
            number(figure),
            _both(figure, other),
            sources((other, figure)),
        )
        for figure, other in catalogue().contradictions
    )


def _both(figure: Figure, other: Figure) -> str:
    """Whether some number is in the ranges of both figures."""
    if figure.qualifier is other.qualifier is Qualifier.ESTIMATE:
        return "yes: two ends of one guess"
    one, two = figure.range, other.range
    meet = (two.upper is None or one.lower <= two.upper) and (one.upper is None or two.lower <= one.upper)
    told = " and ".join(each.qualifier.replace("_", " ") for each in (other, figure))
    return f"yes: {told}" if meet else "no"


def number(figure: Figure) -> str:
    """The number as it is told, with its note."""
    told = str(figure).partition(": ")[2].rpartition(" (")[0]
    return f"{told}: {figure.note}" if figure.note else told


def assumptions() -> tuple[tuple[str, ...], Iterator[tuple[str, ...]]]:
    believed = {a.name: a for answer in ANSWERS.answers for a in answer.bounds.assumptions}
    head = ("if", "what is believed", "formula")
    return head, ((a.name, a.statement, f"`{a.formula}`") for a in believed.values())


def source_list() -> tuple[tuple[str, ...], Iterator[tuple[str, ...]]]:
    head = ("source", "licence, as far as it was seen", "figures")
    listed = catalogue()
    many = {source.key: sum(f.source.key == source.key for f in listed) for source in listed.sources}
    return head, (
        (
            f"[{plain(source.attribution)}]({source.url})",
            source.licence or "none seen; only numbers are taken",
            str(many[source.key]),
        )
        for source in listed.sources
    )


def plain(text: str) -> str:
    """Text that may stand in a link of a table."""
    return text.replace("|", "/").replace("[", "(").replace("]", ")")


def gaps() -> tuple[tuple[str, ...], Iterator[tuple[str, ...]]]:
    head = ("who", "fields", "what they tell", "narrows by", "if", "source")
    return head, (
        (
            gap.party,
            ", ".join(f"`{field}`" for field in gap.fields),
            gap.tells,
            gap.points,
            "; ".join(assumption.name for assumption in gap.narrows.assumptions),
            sources(gap.figures),
        )
        for gap in closing().gaps
    )


def states() -> tuple[tuple[str, ...], Iterator[tuple[str, ...]]]:
    head = (
        "to cover this share of reports with a state",
        "so many states have to report",
        "which is of all reports of the United States",
        "the largest",
        "source",
    )
    return head, (
        (
            f"{int(share * 100)} %",
            str(len(states_needed(share))),
            percent(_of_all(states_needed(share))),
            ", ".join(state.territory.removeprefix("US-") for state in states_needed(share)[:5]),
            sources((*states_needed(share), catalogue()["ncmec-state-unspecified-2023"])),
        )
        for share in SHARES
    )


def _of_all(states: Sequence[Figure]) -> Fraction:
    """The states' share of all reports of the country, also of those that name no state."""
    nowhere = catalogue()["ncmec-state-unspecified-2023"]
    every = (*states_needed(Fraction(1)), nowhere)
    some, total = (
        sum((Fraction(each.value) for each in figures), Fraction(0)) for figures in (states, every)
    )
    return some / total


def chart(title: str, rows: Iterable[tuple[str, Fraction, Fraction, str]], whence: str) -> str:
    """Bars from 0 to 100 per cent: dark up to the lower end, and pale from there to the upper one."""
    left, top, wide, down = 250, 44, 440, 26
    lines = list(rows)
    height = top + down * len(lines) + 56
    parts = []
    for mark in range(0, 101, 20):
        x = left + wide * mark // 100
        parts.append(f'<path class="rule" d="M{x} {top - 8}V{height - 48}"/>')
        parts.append(f'<text class="axis" x="{x}" y="{height - 32}">{mark} %</text>')
    for n, (label, lower, upper, told) in enumerate(lines):
        y, known = top + down * n, float(lower) * wide
        parts.append(f'<text class="name" x="{left - 10}" y="{y + 13}">{escape(label)}</text>')
        parts.append(f'<rect class="known" x="{left}" y="{y}" width="{known:.1f}" height="18"/>')
        if upper > lower:
            open_ = float(upper - lower) * wide
            parts.append(
                f'<rect class="open" x="{left + known:.1f}" y="{y}" width="{open_:.1f}" height="18"/>'
            )
        parts.append(f'<text x="{left + wide + 10}" y="{y + 13}">{escape(told)}</text>')
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {left + wide + 130} {height}">',
            f"<title>{escape(title)}</title>",
            "<style>",
            "text { font: 13px sans-serif; fill: #222 } .title { font-weight: bold }",
            ".name { text-anchor: end } .axis { text-anchor: middle } .axis, .whence { fill: #666 }",
            ".known { fill: #3949ab } .open { fill: #c5cae9 } .rule { stroke: #ddd }",
            "</style>",
            f'<rect width="{left + wide + 130}" height="{height}" fill="#fff"/>',
            f'<text class="title" x="10" y="20">{escape(title)}</text>',
            *parts,
            f'<text class="whence" x="10" y="{height - 8}">Sources: {escape(whence)}</text>',
            "</svg>\n",
        )
    )


def bars(title: str, labels: Mapping[str, str]) -> str:
    """A chart of answers, by their labels."""
    return chart(
        title,
        (
            (words, bounds.lower or Fraction(0), bounds.upper or Fraction(1), ANSWERS[label].known)
            for label, words in labels.items()
            for bounds in (ANSWERS[label].bounds,)
        ),
        "; ".join(dict.fromkeys(name(source) for label in labels for source in ANSWERS[label].sources)),
    )


def informational() -> str:
    return bars(
        "Informational, of all reports made available",
        {
            f"{place}.{year}.informational": f"{who.partition(',')[0]} {year}"
            for place, who in RECIPIENTS.items()
            if place != "us.local"
            for year in YEARS
        },
    )


def not_known() -> str:
    return bars(
        "Reports without feedback: dark, at the least; pale, what feedback may cover",
        {f"us.icac.{year}.not_known": f"task forces {year}" for year in YEARS}
        | {
            "us.federal.2023.not_known": "federal agencies 2023",
            "abroad.2023.not_known": "other countries 2023",
        },
    )


def districts() -> str:
    names = ("agder", "oslo", "finnmark", "three_districts")
    return bars(
        "Norway 2022: tips sent to a district on which a criminal case was opened",
        {f"norway.2022.{name}.cases": name.replace("_", " ").capitalize() for name in names},
    )


def cantons() -> str:
    return bars(
        "Switzerland, reports that went into a package: dark, at the least; pale, open",
        {f"switzerland.{year}.forwarded": str(year) for year in range(2017, 2025)},
    )


TEXTS: Final = {"known-short": short, "gap-parties": parties, "gap-nowhere": nowhere}
TABLES: Final = {
    "known-feedback": lambda: by_year("feedback"),
    "known-classes": lambda: by_year("informational"),
    "known-arrests": lambda: table_of(at(Step.ARRESTED)),
    "known-triage": lambda: table_of(at(*TRIAGE)),
    "known-convictions": lambda: table_of(CONVICTED),
    "known-counts": lambda: table_of(at(Step.COUNTED)),
    "known-contradictions": contradictions,
    "known-assumptions": assumptions,
    "known-sources": source_list,
    "gap-fields": gaps,
    "gap-states": states,
}
CHARTS: Final = {
    "known-informational.svg": informational,
    "known-feedback.svg": not_known,
    "known-districts.svg": districts,
    "known-cantons.svg": cantons,
}
