"""What keeps two figures apart, read off their fields. No pair of figures is known by name."""

from collections.abc import Mapping

from tipline_outcomes.evidence.figure import Figure, plural
from tipline_outcomes.evidence.measures import FigureUnit
from tipline_outcomes.model.territory import UNKNOWN_TERRITORY, encloses
from tipline_outcomes.model.vocabulary import Word

__all__ = ["Mismatch", "mismatches"]


class Mismatch(Word):
    """A field in which two figures do not agree, so that one is no part of the other.

    >>> Mismatch("cohort").meaning
    'no source says that the one counts a part of what the other counts'
    """

    UNIT = ("unit", "they count different things, or a source does not say what", "this package")
    POPULATION = ("population", "they count the things of different bodies or streams", "this package")
    TERRITORY = ("territory", "the one is not of a place within the other's", "this package")
    PERIOD = ("period", "their periods differ, in their days or in what is meant by them", "this package")
    COHORT = (
        "cohort",
        "no source says that the one counts a part of what the other counts",
        "this package",
    )
    ORDER = ("order", "the second is a part of the first", "this package")
    SIBLINGS = ("siblings", "both are parts of one whole, side by side", "this package")
    WHOLE = ("whole", "a share of something whose number is not in the record", "this package")


def mismatches(part: Figure, whole: Figure) -> Mapping[Mismatch, str]:
    """Tell in which fields two figures do not agree, each with a clause that says how.

    >>> from tipline_outcomes.evidence import catalogue
    >>> known = catalogue()
    >>> for field, how in mismatches(known["icac-us-arrests-fy2024"], known["ncmec-reports-2023"]).items():
    ...     print(f"{field}: {how}")
    unit: persons, not reports
    population: icac-us, not cybertipline-global
    period: FY2024, not 2023
    cohort: no source says that these persons are a part of those reports, or come of them
    >>> dict(mismatches(known["de-relevant-2022"], known["de-reports-2022"]))
    {}
    """
    found: dict[Mismatch, str] = {}
    if part.unit is not whole.unit or part.unit is FigureUnit.UNSTATED:
        found[Mismatch.UNIT] = f"{plural(part.unit)}, not {plural(whole.unit)}"
    if part.population is not whole.population:
        found[Mismatch.POPULATION] = f"{part.population}, not {whole.population}"
    if whole.territory != UNKNOWN_TERRITORY and not encloses(whole.territory, part.territory):
        found[Mismatch.TERRITORY] = f"{part.territory} is not within {whole.territory}"
    if part.span != whole.span:
        found[Mismatch.PERIOD] = f"{part.span}, not {whole.span}"
    if part in whole.wholes:
        found[Mismatch.ORDER] = "the second is a part of the first; divide the other way round"
    elif part is not whole and part.part_of is not None and part.part_of is whole.part_of:
        found[Mismatch.SIBLINGS] = f"both are parts of {part.part_of.id}; divide each by that"
    elif whole not in (part, *part.wholes):
        things, others = plural(part.unit), plural(whole.unit)
        found[Mismatch.COHORT] = (
            f"no source says that these {things} are a part of those {others}, or come of them"
        )
    if lonely := [figure for figure in (part, whole) if figure.amount is None]:
        names = " and ".join(dict.fromkeys(figure.id for figure in lonely))
        found[Mismatch.WHOLE] = f"of what {names} is a share is not in the record"
    return found
