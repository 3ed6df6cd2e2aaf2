"""One answer: a number with its bounds, its unit, what it assumes, and the figures that it comes from."""

from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor
from typing import Final

from attrs import frozen

from tipline_outcomes._show import bounds as shown_bounds
from tipline_outcomes._show import count, percent
from tipline_outcomes.evidence.bridge import Bridge
from tipline_outcomes.evidence.catalogue import Catalogue
from tipline_outcomes.evidence.figure import Figure, named, plural
from tipline_outcomes.evidence.range import Range
from tipline_outcomes.evidence.ratio import Ratio, pooled, ratio
from tipline_outcomes.evidence.sources import Source
from tipline_outcomes.metrics import Bounds
from tipline_outcomes.model.vocabulary import Word

__all__ = ["Answer", "Asking", "Form", "Step", "Topic"]

_TIMES: Final = 2
"""From here on a ratio is told as so many times, and not in per cent."""
_NEARLY: Final = Fraction(1, 1000)


class Form(StrEnum):
    """What kind of number an answer is."""

    SHARE = "share"
    """A share of the things named, between 0 and 1."""
    PER = "per"
    """So many per thing named: a ratio of activity, or of two counts. It can exceed 1, and is no share."""
    COUNT = "count"
    """A number of things."""


class Step(Word):
    """At which step of the road an answer stands.

    >>> Step("classified").meaning
    'the clearinghouse sorts reports into referrals and informational ones'
    """

    COUNTED = ("counted", "sender and receiver count what was sent", "this package")
    CLASSIFIED = (
        "classified",
        "the clearinghouse sorts reports into referrals and informational ones",
        "this package",
    )
    TRIAGED = ("triaged", "a national or state unit screens what came in", "this package")
    FORWARDED = ("forwarded", "it sends some of it on to police forces", "this package")
    INVESTIGATED = ("investigated", "an agency opens a case, or an investigation", "this package")
    ARRESTED = ("arrested", "persons are found or arrested", "this package")
    CHARGED = ("charged", "a prosecutor decides", "this package")
    CONVICTED = ("convicted", "a court decides", "this package")
    REPORTED_BACK = ("reported_back", "the agency tells the clearinghouse what became of it", "this package")


class Topic(Word):
    """A question that the record is asked, as a set of steps.

    >>> [step.value for step in Topic("triage").steps]
    ['triaged', 'forwarded', 'investigated']
    """

    OUTCOMES = ("outcomes", "how often does a tip lead to a charge, or to another outcome?", "this package")
    CLASSIFICATION = (
        "classification",
        "which share of reports is informational, and which a referral, by year?",
        "this package",
    )
    TRIAGE = ("triage", "how do agencies triage, and what does local policy change?", "this package")
    CONVICTIONS = ("convictions", "what is known of convictions?", "this package")

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps whose answers belong to it."""
        return {
            Topic.OUTCOMES: tuple(Step),
            Topic.CLASSIFICATION: (Step.CLASSIFIED,),
            Topic.TRIAGE: (Step.TRIAGED, Step.FORWARDED, Step.INVESTIGATED),
            Topic.CONVICTIONS: (Step.CHARGED, Step.CONVICTED),
        }[self]


@frozen(kw_only=True)
class Answer:
    """What the record says, under a label that never changes.

    Attributes:
        label: The place, the period and the matter, with dots between.
        step: At which step it stands.
        what: What the number is of, in words.
        form: What kind of number it is.
        unit: Of which things, in the words of `FigureUnit`.
        bounds: The ends between which the number lies, by what the figures say and under the assumptions.
        at_face_value: The number that one gets by reading *at least* and *about* away, as two ends that are
            as a rule equal: what is usually quoted. None where there is none.
        figures: The figures that it is made from.

    >>> from tipline_outcomes.evidence import question
    >>> print(question()["switzerland.2023.forwarded"])
    NCMEC reports received that went into a package for the cantons: at least 13.1 %; if packages merge tips
    >>> question()["switzerland.2023.forwarded"].unit
    'share of referrals'
    """

    label: str
    step: Step
    what: str
    form: Form
    unit: str
    bounds: Bounds
    at_face_value: Range | None
    figures: tuple[Figure, ...]

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of the figures, each once."""
        return tuple({figure.source.key: figure.source for figure in self.figures}.values())

    @property
    def territory(self) -> str:
        """The territory of the first figure."""
        return self.figures[0].territory

    @property
    def value(self) -> Fraction | None:
        """The number, where it is known: where both ends are one."""
        return self.bounds.lower if self.bounds.width == 0 else None

    @property
    def known(self) -> str:
        """The bounds in words.

        >>> from tipline_outcomes.evidence import question
        >>> answers = question()
        >>> labels = ("germany.2022.relevant", "norway.2022.relevant", "south_carolina.eventually_convicted")
        >>> [answers[label].known for label in labels]
        ['65.9 %', 'at most 50.0 %', '52.3-85.3 %']
        """
        lower, upper = self.bounds.lower, self.bounds.upper
        most = Fraction(1) if self.form is Form.SHARE else None
        if lower is not None and lower == upper:
            return self._end(lower)
        if lower is None or (lower == 0 and upper == most):
            return "not known"
        if upper is None or upper == most:
            return f"at least {self._end(lower)}"
        if lower == 0:
            return f"at most {self._end(upper)}"
        if self.form is Form.COUNT:
            return f"{count(floor(lower))}-{count(ceil(upper))}"
        if self.form is Form.PER and lower >= _TIMES:
            first, last = f"{floor(lower * 100) / 100:.2f}", f"{ceil(upper * 100) / 100:.2f}"
        else:
            first, last = shown_bounds(lower, upper)
        return f"{first.removesuffix(' %')}-{last}"

    @property
    def quoted(self) -> str:
        """The number at face value in words, rounded to the nearest."""
        face = self.at_face_value
        if face is None:
            return "none"
        ends = dict.fromkeys((self._end(face.lower), self._end(face.upper or face.lower)))
        return "-".join(end if n == len(ends) else end.removesuffix(" %") for n, end in enumerate(ends, 1))

    def _end(self, number: Fraction) -> str:
        if self.form is Form.COUNT:
            return count(round(number))
        if self.form is Form.PER and number >= _TIMES:
            return f"{float(number):.1f}"
        # What is nearly nothing is not nothing, and what is nearly all is not all.
        if number and min(abs(number), abs(1 - number)) < _NEARLY and number != 1:
            return f"{float(number):.2%}".replace("%", " %")
        return percent(number)

    def __str__(self) -> str:
        believed = (assumption.name for assumption in self.bounds.assumptions)
        return "; if ".join((f"{self.what}: {self.known}", *believed))


@frozen
class Asking:
    """Answers from one catalogue. Figures are named by their ids."""

    catalogue: Catalogue

    def __call__(self, label: str, step: Step, what: str, part: str, whole: str, *bridges: Bridge) -> Answer:
        """Ask for the ratio of two figures."""
        return self.of(label, step, what, self.ratio(part, whole, *bridges))

    def ratio(self, part: str, whole: str, *bridges: Bridge) -> Ratio:
        """Divide two figures."""
        return ratio(self.catalogue[part], self.catalogue[whole], assuming=bridges)

    def pooled(self, pairs: Iterable[tuple[str, str]], *bridges: Bridge) -> Ratio:
        """Divide a sum of figures by a sum of others."""
        figures = [(self.catalogue[part], self.catalogue[whole]) for part, whole in pairs]
        return pooled(figures, assuming=bridges)

    @staticmethod
    def of(label: str, step: Step, what: str, quotient: Ratio) -> Answer:
        """Give a ratio as an answer."""
        face, part = quotient.at_face_value, quotient.figures[0].unit
        of = (quotient.whole or quotient.figures[1]).unit
        return Answer(
            label=label,
            step=step,
            what=what,
            form=Form.SHARE if quotient.is_share else Form.PER,
            unit=f"share of {plural(of)}" if quotient.is_share else f"{plural(part)} per {named(of)}",
            bounds=quotient,
            at_face_value=None if face is None else Range(lower=face, upper=face),
            figures=quotient.figures,
        )
