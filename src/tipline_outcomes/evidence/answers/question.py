"""The question, and everything that the record says to it."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from attrs import frozen

from tipline_outcomes._show import Grid
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.evidence.answers.answer import Answer, Asking, Step, Topic
from tipline_outcomes.evidence.answers.elsewhere import elsewhere
from tipline_outcomes.evidence.answers.united_states import united_states
from tipline_outcomes.evidence.catalogue import Catalogue, catalogue
from tipline_outcomes.model.vocabulary import member

__all__ = ["Answers", "question"]


@frozen(repr=False)
class Answers(Mapping[str, Answer]):
    """Answers by label. Printed, they are tables, one a step.

    Attributes:
        topic: The question that they answer.
        answers: The answers, in the order of the steps.
    """

    topic: Topic
    answers: tuple[Answer, ...]

    def __getitem__(self, label: str) -> Answer:
        """Give the answer of a label."""
        return self._by_label[label]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_label)

    def __len__(self) -> int:
        return len(self.answers)

    def at(self, step: Step | str) -> tuple[Answer, ...]:
        """Give the answers of a step."""
        where = member(Step, step, "step")
        return tuple(answer for answer in self.answers if answer.step is where)

    @property
    def _by_label(self) -> Mapping[str, Answer]:
        return {answer.label: answer for answer in self.answers}

    @property
    def _grids(self) -> tuple[Grid, ...]:
        return tuple(_grid(step, answers) for step in Step if (answers := self.at(step)))

    def __str__(self) -> str:
        return "\n\n".join(grid.text() for grid in self._grids)

    def _repr_html_(self) -> str:
        return "".join(grid.html() for grid in self._grids)

    def __repr__(self) -> str:
        return f"{len(self.answers)} answers to: {self.topic.meaning}"


def question(topic: Topic | str = Topic.OUTCOMES) -> Answers:
    """Answer as the record stands: how often do tips lead to a charge, and how often to something else?

    No source follows tips to their outcomes, so there is no one number. What is known is told step by step,
    in the United States and elsewhere, each with its bounds, its assumptions and its sources.

    Args:
        topic: The question; all steps by default. ``classification``, ``triage`` and ``convictions`` are
            parts of it.

    Raises:
        InvalidValueError: If there is no such topic.

    >>> answers = question()
    >>> print(answers["us.icac.charged_by_a_local_prosecutor"])
    reports made available to the task forces in 2023 that led to a charge by a local prosecutor: not known
    >>> print(answers["us.icac.2023.feedback"])
    reports made available to the task forces with any feedback: at most 34.4 %; if feedback is of one ...
    >>> question("convictions")
    28 answers to: what is known of convictions?
    """
    asked = member(Topic, topic, "topic")
    answers = (answer for answer in _answers(catalogue()) if answer.step in asked.steps)
    return Answers(asked, tuple(sorted(answers, key=lambda answer: list(Step).index(answer.step))))


@lru_cache(maxsize=1)
def _answers(known: Catalogue) -> tuple[Answer, ...]:
    ask = Asking(known)
    answers = (*united_states(ask), *elsewhere(ask))
    if len({answer.label for answer in answers}) < len(answers):
        message = "two answers have one label"
        raise InvalidValueError(message)
    return answers


def _grid(step: Step, answers: tuple[Answer, ...]) -> Grid:
    assumed = {a.name: a for answer in answers for a in answer.bounds.assumptions}
    numbers = {name: n for n, name in enumerate(assumed, 1)}
    return Grid(
        caption=f"{step.replace('_', ' ').capitalize()}: {step.meaning}",
        headers=("label", "if", "known", "as quoted"),
        rows=tuple(
            (
                answer.label,
                " ".join(str(numbers[a.name]) for a in answer.bounds.assumptions),
                answer.known,
                answer.quoted,
            )
            for answer in answers
        ),
        texts=2,
        notes=tuple(f"{numbers[name]} {a.name}: {a.statement}" for name, a in assumed.items()),
    )
