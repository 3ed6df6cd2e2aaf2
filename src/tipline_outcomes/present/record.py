"""What the published record answers, as one JSON document, each number with its figures and sources."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from tipline_outcomes.evidence import Answer, Answers, Closing, Figure, Gap, Source, Topic
from tipline_outcomes.metrics import Assumption
from tipline_outcomes.present.document import JSON, exact

__all__ = ["record_document"]


def record_document(answers: Answers, closing: Closing) -> dict[str, JSON]:
    """Put the answers together.

    Args:
        answers: What the record answers.
        closing: What would close the gap.

    Returns:
        ``question``; ``topics``, the labels by further question; ``answers`` and ``closing``, by label, each
        with its ends as exact fractions ("n/d") and as decimals, null where none is known, and the names of
        its ``assumptions``, ``figures`` and ``sources``; and these three themselves, by name.

    >>> from tipline_outcomes.evidence import closing, question
    >>> content = record_document(question(), closing())
    >>> content["answers"]["germany.2022.relevant"]["value"]
    '29948/45479'
    """
    used = [answer.figures for answer in answers.answers] + [gap.figures for gap in closing.gaps]
    figures = {figure.id: figure for group in used for figure in group}
    believed = [answer.bounds.assumptions for answer in answers.answers]
    believed += [gap.narrows.assumptions for gap in closing.gaps]
    return {
        "question": answers.topic.meaning,
        "topics": {
            topic.value: [answer.label for answer in answers.answers if answer.step in topic.steps]
            for topic in Topic
            if topic is not Topic.OUTCOMES
        },
        "answers": {answer.label: _answer(answer) for answer in answers.answers},
        "closing": {gap.label: _gap(gap) for gap in closing.gaps},
        "assumptions": {each.name: _assumption(each) for group in believed for each in group},
        "figures": {name: _figure(figure) for name, figure in figures.items()},
        "sources": {figure.source.key: _source(figure.source) for figure in figures.values()},
    }


def _answer(answer: Answer) -> dict[str, JSON]:
    face = answer.at_face_value
    return {
        "step": answer.step.value,
        "territory": answer.territory,
        "what": answer.what,
        "form": answer.form.value,
        "unit": answer.unit,
        **exact("value", answer.value),
        **_ends("", answer.bounds.lower, answer.bounds.upper),
        **_ends("quoted_", face.lower if face else None, face.upper if face else None),
        **_from(answer.bounds.assumptions, answer.figures),
    }


def _gap(gap: Gap) -> dict[str, JSON]:
    return {
        "party": gap.party,
        "fields": list(gap.fields),
        "tells": gap.tells,
        **_ends("narrows_", gap.narrows.lower, gap.narrows.upper),
        **exact("quoted", gap.at_face_value),
        **_from(gap.narrows.assumptions, gap.figures),
    }


def _ends(name: str, lower: Fraction | None, upper: Fraction | None) -> dict[str, JSON]:
    return {**exact(f"{name}lower", lower), **exact(f"{name}upper", upper)}


def _from(assumptions: Iterable[Assumption], figures: Iterable[Figure]) -> Mapping[str, JSON]:
    used = tuple(figures)
    return {
        "assumptions": [assumption.name for assumption in assumptions],
        "figures": [figure.id for figure in used],
        "sources": list(dict.fromkeys(figure.source.key for figure in used)),
    }


def _assumption(assumption: Assumption) -> dict[str, JSON]:
    return {"statement": assumption.statement, "formula": assumption.formula}


def _figure(figure: Figure) -> dict[str, JSON]:
    value = figure.value
    return {
        "measure": figure.measure.value,
        "unit": figure.unit.value,
        "kind": "share" if figure.is_share else "count",
        "value": value if isinstance(value, int) else str(value),
        "qualifier": figure.qualifier.value,
        "part_of": None if figure.part_of is None else figure.part_of.id,
        "population": figure.population.value,
        "territory": figure.territory,
        "start": figure.span.start.isoformat(),
        "end": figure.span.end.isoformat(),
        "period": figure.span.kind.value,
        "counted_by": figure.counted_by,
        "source": figure.source.key,
        "verification": figure.verification.value,
        "contradicts": figure.contradicts,
        "note": figure.note,
        "rule": figure.rule,
    }


def _source(source: Source) -> dict[str, JSON]:
    return {
        "title": source.title,
        "publisher": source.publisher,
        "url": source.url,
        "published": source.published,
        "licence": source.licence,
        "attribution": source.attribution,
    }
