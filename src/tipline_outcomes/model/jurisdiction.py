"""Who is responsible: a territory, a level of authority and, where known, an agency.

Three fields, because none follows from another: a state does not tell the task force, and an agency's
identifier does not tell whether it is local, state or federal.
"""

from typing import Self

from attrs import Attribute, field, frozen

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.model._fields import strictly
from tipline_outcomes.model.ids import AgencyId, check_optional_id
from tipline_outcomes.model.territory import TERRITORY, UNKNOWN_TERRITORY, encloses, roll_up
from tipline_outcomes.model.vocabulary import Level, meant

__all__ = ["Jurisdiction"]


def check_territory(instance: object, attribute: "Attribute[str]", value: object) -> None:
    """Refuse what has not the shape of an ISO 3166-1 alpha-2 or 3166-2 code: an attrs validator."""
    if not isinstance(value, str) or TERRITORY.fullmatch(value) is None:
        message = (
            f"{type(instance).__name__}.{attribute.name} is {value!r}; use ISO 3166, "
            f"for example 'US', 'US-CA', or {UNKNOWN_TERRITORY!r} where it is not known"
        )
        raise InvalidValueError(message)


def _check_agency(instance: "Jurisdiction", attribute: "Attribute[AgencyId | None]", value: object) -> None:
    check_optional_id(instance, attribute, value)
    if isinstance(value, str) and "/" in value:
        message = f"Jurisdiction.agency is {value!r}; a slash would not survive writing and parsing"
        raise InvalidValueError(message)


@frozen(kw_only=True)
class Jurisdiction:
    """The territory and level that a referral was made available to, and the agency if known.

    Attributes:
        territory: ISO 3166-1 alpha-2 or 3166-2; ``ZZ`` where not known. Only the shape is checked, and the
            code is kept as it was written, also where a place has two (`tipline_outcomes.geo`).
        level: The sovereign or rank of the authority.
        agency: An ORI or any stable id of the agency.

    Raises:
        InvalidValueError: If the territory has not the shape of a code, or the level is no `Level`.

    >>> california = Jurisdiction.parse("US-CA/state")
    >>> california.country, str(california)
    ('US', 'US-CA/state')
    """

    territory: str = field(validator=check_territory)
    level: Level = field(validator=strictly(Level))
    agency: AgencyId | None = field(default=None, validator=_check_agency)

    @property
    def country(self) -> str:
        """The ISO 3166-1 code of the country that the territory is or lies in.

        A place with two codes has one country: that of ``US-PR`` is ``PR``, as that of ``PR`` is.
        """
        return roll_up(self.territory)

    def contains(self, other: Self) -> bool:
        """Tell whether *other* lies in this territory and, where this one names an agency, is that agency.

        Levels play no part: a federal and a local authority can share a territory. A place with two codes is
        contained in what contains either, so ``US`` contains ``PR`` too. ``ZZ`` contains only ``ZZ``.

        >>> united_states = Jurisdiction(territory="US", level=Level.FEDERAL)
        >>> united_states.contains(Jurisdiction(territory="US-CA", level=Level.LOCAL))
        True
        """
        return encloses(self.territory, other.territory) and self.agency in (None, other.agency)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``territory/level`` or ``territory/level/agency``, as `str` writes it.

        Raises:
            InvalidValueError: If the text is of another form, or a part is not valid.
        """
        match text.split("/"):
            case [territory, level]:
                agency = None
            case [territory, level, name]:
                agency = AgencyId(name)
            case _:
                message = f"{text!r} is not a jurisdiction; write territory/level or territory/level/agency"
                raise InvalidValueError(message)
        if level not in list(Level):
            message = f"{level!r} in {text!r} is not a level; {meant(level, Level)}"
            raise InvalidValueError(message)
        return cls(territory=territory, level=Level(level), agency=agency)

    def __str__(self) -> str:
        """Write ``territory/level`` and the agency where there is one; `parse` reads it back."""
        return "/".join(part for part in (self.territory, self.level.value, self.agency) if part is not None)
