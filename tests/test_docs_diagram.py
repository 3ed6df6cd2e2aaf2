"""What the docs show of the code is generated from the code. A stale page fails; refresh all of them with:

.venv/bin/python tests/test_docs_diagram.py
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

import coverage_of_crosswalks as coverage
import evidence_pages as record
from tipline_outcomes import (
    TABLE,
    Action,
    Milestone,
    Question,
    RefusalRule,
    RowRule,
    Stage,
    Transition,
    Unit,
    is_final,
    profile_schema,
)
from tipline_outcomes.eventlog import EVENT_COLUMNS, LINK_COLUMNS, REFERRAL_COLUMNS, REPORT_COLUMNS
from tipline_outcomes.evidence import FigureUnit, FoundIn, Measure, Mismatch, Population, Qualifier, SpanKind
from tipline_outcomes.model import (
    Actor,
    AdministrativeReason,
    ChargeStatus,
    Classification,
    ClosedReason,
    IncidentType,
    Level,
    LinkKind,
    Place,
    Rule,
    SourceKind,
)
from tipline_outcomes.model.pipeline import NAMES_ANOTHER, NEEDS_SUBJECT, OPEN_STAGES, REASONS, RUNGS

DOCS: Final = Path(__file__).parent.parent / "docs"
PICTURE: Final = DOCS / "pipeline.svg"
MERMAID: Final = DOCS / "pipeline.mmd"
REFRESH: Final = "refresh it with: .venv/bin/python tests/test_docs_diagram.py"
PART: Final = re.compile(r"(<!-- generated: (?P<name>[\w-]+) -->\n).*?(<!-- end of generated -->)", re.DOTALL)
AT_THE_TOP: Final = ("version", "order", "fill_gaps", "codes")
VOCABULARIES: Final = (
    *(Stage, Action, Actor, Milestone, Place, Level),
    *(ChargeStatus, AdministrativeReason, ClosedReason, Rule),
    *(Classification, IncidentType, SourceKind, LinkKind),
)
RECORD: Final = (Population, Measure, FigureUnit, SpanKind, Qualifier, FoundIn, Mismatch)


def picture() -> str:
    """The moving actions as an SVG file: a line for each stage, a column with arrows for each action."""
    left, top, right, down = 170, 150, 56, 34
    across = {action: left + right * n for n, action in enumerate(filter(moves, Action), 1)}
    along = {stage: top + down * n for n, stage in enumerate((None, *Stage))}
    width, height = left + right * (len(across) + 1) + 40, top + down * len(along)
    parts = []
    for stage, y in along.items():
        final = stage is not None and not any(
            line.stage is stage and moves(line.action) for line in TABLE.values()
        )
        name = "(not there yet)" if stage is None else f"{stage} (end)" if final else stage
        parts.append(f'<text class="stage" x="{left}" y="{y + 4}">{name}</text>')
        parts.append(f'<path class="stage" d="M{left + 12} {y}H{width - 40}"/>')
    for action, x in across.items():
        starts = [line.stage for line in TABLE.values() if line.action is action]
        # An action leads to the same stages wherever it is taken; one column could not show otherwise.
        (ends,) = {line.to for line in TABLE.values() if line.action is action}
        ys = [along[stage] for stage in (*starts, *ends)]
        parts.append(f'<text transform="translate({x + 4} {top - 18}) rotate(-40)">{action}</text>')
        parts.append(f'<path class="move" d="M{x} {min(ys)}V{max(ys)}"/>')
        for stage in dict.fromkeys((*starts, *ends)):
            y, stays = along[stage], stage in starts
            for side in sorted({(along[s] > y) - (along[s] < y) for s in starts if stage in ends} - {0}):
                tip = y + 6 * side if stays else y
                parts.append(f'<path class="to" d="M{x} {tip}l-5 {9 * side}h10z"/>')
            if stays:
                parts.append(f'<circle class="from" cx="{x}" cy="{y}" r="5"/>')
            if stays and stage in ends:
                parts.append(f'<circle class="to" cx="{x}" cy="{y}" r="2"/>')
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}">',
            "<title>The stages of a referral, and the actions that move it</title>",
            "<style>",
            "text { font: 13px sans-serif; fill: #222 } text.stage { text-anchor: end }",
            "path { fill: none; stroke: #3949ab; stroke-width: 1.5 }",
            "path.stage { stroke: #ccc; stroke-width: 1 }",
            ".to { fill: #3949ab; stroke: none } .from { fill: #fff; stroke: #3949ab; stroke-width: 1.5 }",
            "</style>",
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            *parts,
            "</svg>\n",
        )
    )


def mermaid() -> str:
    """The same as a state diagram in Mermaid's language: an arrow for each line of the table that moves."""
    arrows = [
        f"    {line.stage or '[*]'} --> {to}: {line.action}"
        for line in in_order()
        if moves(line.action)
        for to in line.to
    ]
    ends = [
        f"    {stage} --> [*]" for stage in Stage if not any(a.startswith(f"    {stage} ") for a in arrows)
    ]
    return "\n".join(("stateDiagram-v2", *arrows, *ends)) + "\n"


def in_order() -> list[Transition]:
    stages = [None, *Stage]
    return sorted(
        TABLE.values(), key=lambda line: (stages.index(line.stage), list(Action).index(line.action))
    )


def moves(action: Action) -> bool:
    """Whether an action leads elsewhere from any stage."""
    return any(line.to != (line.stage,) for line in TABLE.values() if line.action is action)


def moving() -> str:
    return table(
        ("in the stage", "action", "leads to", "who"),
        (
            (code(line.stage or "(not there yet)"), code(line.action), ", ".join(map(code, line.to)), line.by)
            for line in in_order()
            if moves(line.action)
        ),
    )


def beside() -> str:
    stages: dict[Action, dict[Stage | None, Actor]] = {}
    for line in TABLE.values():
        if not moves(line.action):
            stages.setdefault(line.action, {})[line.stage] = line.by
    return table(
        ("action", "who", "in the stages"),
        (
            (
                code(action),
                ", ".join(dict.fromkeys(by.values())),
                "all" if set(by) == set(Stage) else ", ".join(code(stage) for stage in by),
            )
            for action, by in stages.items()
        ),
    )


def carries() -> str:
    def what(action: Action) -> str:
        reasons = REASONS[action]
        kinds = {type(reason).__name__ for reason in reasons if reason is not None}
        names = " or ".join(f"a reason of `{kind}`" for kind in sorted(kinds))
        if len(reasons - {None}) == 1:
            names = code(next(r for r in reasons if r is not None))
        return f"{names}, or nothing" if names and None in reasons else names or "nothing"

    def besides(action: Action) -> Iterator[str]:
        if action in NEEDS_SUBJECT:
            yield "`subject_id`, needed"
        if action in NAMES_ANOTHER:
            yield "`other_id`, optional"

    return table(
        ("action", "its disposition", "and", "shows at least the milestone"),
        ((code(a), what(a), ", ".join(besides(a)), RUNGS[a]) for a in Action),
    )


def words(vocabulary, **columns: Callable) -> str:
    """One vocabulary, with what else its members tell."""
    return table(
        ("word", "meaning", *(name.replace("_", " ") for name in columns), "source"),
        ((code(w), w.meaning, *(answer(tell(w)) for tell in columns.values()), w.source) for w in vocabulary),
    )


def answer(value: object) -> str:
    return {True: "yes", False: ""}.get(value, str(value)) if isinstance(value, bool) else str(value)


def columns(named: Mapping) -> str:
    kinds = {str: "text", int: "whole number", bool: "true or false"}
    return table(
        ("column", "type", "needed", "meaning"),
        ((code(n), kinds.get(c.kind, "day"), answer(c.required), c.meaning) for n, c in named.items()),
    )


def profile_keys() -> str:
    """Every key of a profile, from its schema."""
    schema = profile_schema()
    parts = schema["$defs"]
    sections = {
        "": schema,
        "[dates]": parts["Dates"],
        '[tables."FILE"]': parts["TableForm"],
        "[referral]": parts["ReferralMap"],
        "[referral.constants]": parts["ReferralConstants"],
        "[[event]]": parts["EventMap"],
        "[event.constants]": parts["EventConstants"],
    }
    rows = [
        (
            code(section) if section else "(at the top)",
            code(key),
            answer(key in keys.get("required", ())),
            said,
        )
        for section, keys in sections.items()
        for key, value in keys["properties"].items()
        if (said := value["description"]) and key != "constants" and (section or key in AT_THE_TOP)
    ]
    return table(("section", "key", "needed", "meaning"), rows)


def questions() -> str:
    """Which question takes which unit."""
    return table(
        ("question", *(code(unit) for unit in Unit), "why"),
        ((q, *(answer(unit in q.units) or "no" for unit in Unit), q.why) for q in Question),
    )


def code(word: object) -> str:
    return f"`{word}`"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    cells = [tuple(head), *map(tuple, rows)]
    cells.insert(1, ("---",) * len(cells[0]))
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "moving": moving,
    "beside": beside,
    "carries": carries,
    "Stage": lambda: words(Stage, still_open=lambda w: w in OPEN_STAGES),
    "Action": lambda: words(Action, moves=moves),
    "Milestone": lambda: words(Milestone, rung=lambda w: w.rung),
    "ChargeStatus": lambda: words(
        ChargeStatus,
        case_is_open=lambda w: w.opens,
        was_a_conviction=lambda w: "not known" if w.may_convict else w.convicts,
    ),
    "AdministrativeReason": lambda: words(
        AdministrativeReason, ends_the_matter=lambda w: w.ends, final=lambda w: w.ends and is_final(w)
    ),
    "ClosedReason": lambda: words(
        ClosedReason,
        final=is_final,
        counted_elsewhere=lambda w: w.elsewhere,
        names_a_survivor=lambda w: w.has_survivor,
    ),
    "Rule": lambda: words(Rule, a_breach=lambda w: w.breach.replace("_", " ")),
    **{v.__name__: (lambda v=v: words(v)) for v in (Actor, Place, Level)},
    **{v.__name__: (lambda v=v: words(v)) for v in (Classification, IncidentType, SourceKind, LinkKind)},
    "event-columns": lambda: columns(EVENT_COLUMNS),
    "referral-columns": lambda: columns(REFERRAL_COLUMNS),
    "report-columns": lambda: columns(REPORT_COLUMNS),
    "link-columns": lambda: columns(LINK_COLUMNS),
    "profile-keys": profile_keys,
    "questions": questions,
    "crosswalks": lambda: table(*coverage.lists()),
    "crosswalks-reach": lambda: table(*coverage.reach()),
    "crosswalks-gaps": lambda: table(*coverage.gaps()),
    **{v.__name__: (lambda v=v: words(v)) for v in RECORD},
    **record.TEXTS,
    **{name: (lambda rows=rows: table(*rows())) for name, rows in record.TABLES.items()},
}
DRAWN: Final[Mapping[Path, Callable[[], str]]] = {
    PICTURE: picture,
    MERMAID: mermaid,
    **{DOCS / name: draw for name, draw in record.CHARTS.items()},
}


def refreshed(text: str) -> str:
    """The text of a page, with every generated part as the code has it now."""
    return PART.sub(lambda found: f"{found[1]}\n{PARTS[found['name']]()}\n\n{found[3]}", text)


def pages() -> list[Path]:
    return sorted(path for path in DOCS.rglob("*.md") if PART.search(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_a_page_shows_what_the_code_says(page):
    text = page.read_text(encoding="utf-8")
    assert text == refreshed(text), f"docs/{page.name} is stale; {REFRESH}"


@pytest.mark.parametrize(("file", "drawn"), DRAWN.items(), ids=lambda each: getattr(each, "name", ""))
def test_the_picture_shows_what_the_code_says(file, drawn):
    assert file.read_text(encoding="utf-8") == drawn(), f"docs/{file.name} is stale; {REFRESH}"


def test_every_stage_is_told_in_the_words_of_those_who_work_there():
    page = (DOCS / "pipeline.md").read_text(encoding="utf-8")
    _, _, told = page.partition("## In your words")
    told, _, _ = told.partition("\n## ")
    assert [stage for stage in Stage if f"| `{stage}` |" not in told] == []


# What is loaded from elsewhere tells elsewhere who reads these pages; Material fetches Mermaid so.
@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.stem)
def test_reading_a_page_tells_nobody(page):
    text = page.read_text(encoding="utf-8")
    assert (
        re.findall(r"```\s*mermaid|!\[[^\]]*\]\(\s*<?(?:https?:)?//|<(?:script|img|iframe|link)\b", text)
        == []
    )


def test_everything_that_is_generated_stands_on_a_page():
    shown = {found["name"] for page in pages() for found in PART.finditer(page.read_text(encoding="utf-8"))}
    assert shown == set(PARTS)


def test_every_vocabulary_is_generated():
    assert {vocabulary.__name__ for vocabulary in VOCABULARIES} <= set(PARTS)


def test_every_refusal_is_explained():
    explained = (DOCS / "data.md").read_text(encoding="utf-8")
    assert [rule for rule in RefusalRule if f"| `{rule}` |" not in explained] == []


def test_every_rule_about_rows_is_explained():
    explained = (DOCS / "extract.md").read_text(encoding="utf-8")
    assert [rule for rule in RowRule if f"| `{rule}` |" not in explained] == []


def test_every_source_of_the_vocabulary_is_explained():
    page = (DOCS / "sources.md").read_text(encoding="utf-8")
    known = tuple(re.findall(r"^\| \*\*(.+?)\*\* \|", page, re.MULTILINE))
    named = {part.strip() for v in VOCABULARIES if v is not Rule for w in v for part in w.source.split(";")}
    assert sorted(name for name in named if not name.startswith(known)) == []


if __name__ == "__main__":
    for file, drawn in DRAWN.items():
        file.write_text(drawn(), encoding="utf-8")
    for stale in pages():
        stale.write_text(refreshed(stale.read_text(encoding="utf-8")), encoding="utf-8")
