"""The United States' task forces on Internet Crimes Against Children (ICAC), each with how it is backed.

The programme counts 61 of them. A list of its own that a machine can read was not found, so the rows come
from a public script that names each by state and lead agency, and most have no second source.
"""

import csv
from functools import cache
from importlib.resources import files

from attrs import frozen

from tipline_outcomes.model import AgencyId
from tipline_outcomes.model.vocabulary import Word

__all__ = ["Backing", "TaskForce", "task_forces"]


class Backing(Word):
    """How well a row of the list is backed.

    >>> Backing.SINGLE_SOURCE.meaning
    'not verified: one source says so, and no other was found'
    """

    CORROBORATED = (
        "corroborated",
        "an independent source names the same lead agency",
        "the row's evidence",
    )
    PARTLY_CORROBORATED = (
        "partly_corroborated",
        "an independent source names the task force, and no lead agency",
        "the row's evidence",
    )
    SINGLE_SOURCE = (
        "single_source",
        "not verified: one source says so, and no other was found",
        "the row's source",
    )


@frozen(kw_only=True)
class TaskForce:
    """A task force, as far as is known.

    Attributes:
        id: This package's own name for it, usable as the agency of a jurisdiction; no official id was found.
        name: State and, where a state has several, region or agency.
        territories: The states in which it works, by ISO 3166-2; not every task force covers its whole state.
        lead_agency: The agency that leads it. Its level does not follow from the task force.
        backing: How well the row is backed.
        evidence: What backs it beside the source, or None.
        source: Where the row comes from.

    >>> arizona = next(force for force in task_forces() if "US-AZ" in force.territories)
    >>> print(arizona)
    Arizona ICAC (US-AZ), led by Phoenix Police Department; corroborated
    >>> arizona.verified, arizona.evidence
    (True, 'azicac.org names the same lead agency')
    """

    id: AgencyId
    name: str
    territories: tuple[str, ...]
    lead_agency: str
    backing: Backing
    evidence: str | None
    source: str

    @property
    def verified(self) -> bool:
        """Whether an independent source names the same lead agency."""
        return self.backing is Backing.CORROBORATED

    def __str__(self) -> str:
        """Write it as one line, which says how well it is backed."""
        where, backed = " ".join(self.territories), self.backing.replace("_", " ")
        return f"{self.name} ({where}), led by {self.lead_agency}; {backed}"


@cache
def task_forces() -> tuple[TaskForce, ...]:
    """Give every task force of the list, by state. No extra is needed.

    >>> len(task_forces()), sum(force.verified for force in task_forces())
    (61, 2)
    >>> [force.name for force in task_forces() if "US-TX" in force.territories]
    ['Texas - Attorney General ICAC', 'Texas - Dallas ICAC', 'Texas - Houston ICAC']
    """
    text = files("tipline_outcomes.geo").joinpath("task_forces.csv").read_text(encoding="utf-8")
    return tuple(
        TaskForce(
            id=AgencyId(row["id"]),
            name=row["name"],
            territories=tuple(row["territories"].split()),
            lead_agency=row["lead_agency"],
            backing=Backing(row["backing"]),
            evidence=row["evidence"] or None,
            source=row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    )
