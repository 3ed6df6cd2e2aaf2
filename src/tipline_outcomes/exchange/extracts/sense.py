"""What a profile says must make sense: facts that are given once, codes that are explained, steps in order.

Every function notes all that is wrong with its part of the profile, and where.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import PurePath
from posixpath import normpath
from typing import Final

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.eventlog.columns import REFERRAL_COLUMNS
from tipline_outcomes.exchange.crosswalks.packaged import crosswalk_names
from tipline_outcomes.exchange.extracts.meaning import NOTHING, Meaning
from tipline_outcomes.exchange.extracts.parts import Codes, Dates, EventMap, ReferralMap, TableForm
from tipline_outcomes.exchange.extracts.shape import Notes, ask_for, written_fields
from tipline_outcomes.exchange.extracts.text_file import form_faults
from tipline_outcomes.model import (
    UNKNOWN_TERRITORY,
    Action,
    AgencyId,
    Jurisdiction,
    Level,
    Stage,
    allowed_actions,
    parse_day,
)
from tipline_outcomes.model.pipeline import NEEDS_SUBJECT, REASONS, TABLE, target

__all__ = ["check_dates", "check_event", "check_form", "check_place", "check_referral", "explain_misplaced"]

_FORMAT_MARK: Final = re.compile(r"%[-_0#:.\d]*(.)")
_FORMAT_KNOWN: Final = frozenset("YymdbBhejHIMSpfTRDFaA%")
_FORMAT_WORD: Final = re.compile(r"%[-_0]?(.)")
_DAY_PARTS: Final[Mapping[str, str]] = {"year": "YyFD", "month": "mbBhjFD", "day": "dejFD"}
_STEPS: Final = tuple(
    action
    for action in Action
    if all(reason is None for reason in REASONS[action])
    and target(action, None, charges_open=False) is not None
    and action is not Action.MADE_AVAILABLE
)
"""What can have happened without a word about how: moving actions that carry no disposition."""


def check_dates(dates: Dates, notes: Notes) -> None:
    """Note formats that do not name a day, and a window that ends before it begins."""
    if not dates.formats:
        notes.add('is empty; give at least one form of a day, such as "%Y-%m-%d"', "formats")
    _check_formats(dates.formats, notes.below("formats"))
    if dates.earliest and dates.latest and dates.latest < dates.earliest:
        notes.add(f"{dates.latest} is before the earliest day, {dates.earliest}", "latest")


def check_form(table: str, form: TableForm, notes: Notes) -> None:
    """Note what no file can be written in."""
    _check_file(table, notes)
    for key, message in form_faults(form):
        notes.add(message, key)
    _check_formats(form.formats, notes.below("formats"))


def explain_misplaced(notes: Notes) -> None:
    """Say of a key that stands among constants by mistake where it belongs: no table ends by itself."""
    for path, message in notes.found.items():
        owner = ReferralMap if path[0] == "referral" else EventMap
        if path[-2:-1] == ("constants",) and path[-1] in written_fields(owner):
            above = "[referral]" if owner is ReferralMap else "[[event]]"
            below = f"[{path[0]}.constants]"
            notes.found[path] = f"{message}; keys of {above} stand above {below}"


def check_referral(referral: ReferralMap, notes: Notes) -> None:
    """Note facts of the referrals that are not given, given twice, or can never be right."""
    constants = referral.constants
    _check_given(notes, table=referral.table, id=referral.id, received_on=referral.received_on)
    _check_file(referral.table, notes, "table")
    _check_once(notes, "territory", referral.territory, constants.territory)
    _check_once(notes, "level", referral.level, constants.level)
    _check_once(notes, "agency", referral.agency, constants.agency, needed=False)
    if constants.territory is not None:
        check_place(notes.below("constants", "territory"), territory=constants.territory)
    if constants.agency is not None:
        check_place(notes.below("constants", "agency"), agency=constants.agency)
    for column in referral.observed_through if isinstance(referral.observed_through, tuple) else ():
        if _is_day(column):
            message = f"{column!r} in quotes names a column; write the day without quotes"
            notes.add(message, "observed_through")
    _check_implied(referral.implied, notes.below("implied"))
    _check_dimensions([name for name, _ in referral.dimensions], notes.below("dimensions"))


def check_event(event: EventMap, codes: Codes, notes: Notes) -> None:
    """Note what is missing for an event to be known, and what is said in two ways."""
    _check_given(notes, table=event.table, referral=event.referral, on=event.on)
    _check_file(event.table, notes, "table")
    _check_once(notes, "level", event.level, event.constants.level, needed=False)
    if notes.clear("code") and notes.clear("action"):
        if event.code and event.action:
            notes.add("`code` says already what happened; leave one of the two out", "action")
        if not event.code and not event.action:
            message = "is missing: name the column that says what happened, or say it yourself with `action`"
            notes.add(message, "code")
    if event.codes and not event.code:
        notes.add("there is no `code` whose values this could explain", "codes")
    if event.action == Meaning():
        notes.add("an event that says nothing is none; leave this table out", "action")
    for name in event.explained_by if notes.clear("codes") else ():
        _check_explained(name, codes, notes, asked_for=bool(event.codes))
    if not event.subject:
        for action in sorted(NEEDS_SUBJECT & _actions(event, codes)):
            notes.add(f"is missing: {action} is about one of several subjects, and must say which", "subject")


def check_place(notes: Notes, *, territory: str = UNKNOWN_TERRITORY, agency: str | None = None) -> None:
    """Note a territory or an agency that no jurisdiction can have."""
    code = None if agency is None else AgencyId(agency)
    try:
        Jurisdiction(territory=territory, level=Level.LOCAL, agency=code)
    except InvalidValueError as error:
        notes.add(str(error))


def _check_formats(formats: Iterable[str], notes: Notes) -> None:
    for number, form in enumerate(formats, start=1):
        words = set(_FORMAT_WORD.findall(form))
        lacking = [part for part, letters in _DAY_PARTS.items() if words.isdisjoint(letters)]
        if lacking:
            message = f"{form!r} does not tell the {' and the '.join(lacking)}"
            notes.add(f'{message}; a day is written as in "%Y-%m-%d"', number)
        elif unknown := sorted(set(_FORMAT_MARK.findall(form)) - _FORMAT_KNOWN):
            message = f"{form!r} has %{unknown[0]}, which cannot be read here"
            notes.add(f"{message}: a day is told in the agency's own calendar, without a zone", number)
        elif words & set("HI") and "M" not in words:
            notes.add(f"{form!r} tells the hour without the minute, %M", number)


def _check_file(table: str, notes: Notes, *steps: str) -> None:
    """Hold a file to one name: by two it would be two tables, and its rows counted twice."""
    plain = normpath(PurePath(table).as_posix())
    if table and table != plain:
        notes.add(
            f"{table!r} is one of several names of a file; write {plain!r}, wherever it is meant", *steps
        )


def _check_given(notes: Notes, **facts: Collection[str]) -> None:
    for name, value in facts.items():
        if not value and notes.clear(name):
            notes.add("is empty", name)


def _check_once(
    notes: Notes, name: str, columns: Collection[str], constant: str | None, *, needed: bool = True
) -> None:
    """Hold a fact to one of the two ways in which it can be given."""
    if notes.clear(name) and notes.clear("constants", name):
        if columns and constant is not None:
            notes.add(f"a column gives the {name} already; leave one of the two out", "constants", name)
        if needed and not columns and constant is None:
            notes.add("is missing: name its column, or give it to all under `constants`", name)


def _check_implied(implied: Collection[Action], notes: Notes) -> None:
    for number, action in enumerate(implied, start=1):
        if action not in _STEPS:
            notes.add(f"{action} cannot be implied; what can is {', '.join(_STEPS)}", number)
    stage = Stage.MADE_AVAILABLE
    for number, action in enumerate(implied if set(implied) <= set(_STEPS) else (), start=1):
        if (stage, action) not in TABLE:
            possible = [step for step in allowed_actions(stage) if step in _STEPS]
            message = f"{action} is not possible in stage {stage}; possible there: {', '.join(possible)}"
            notes.add(message, number)
            break
        (stage,) = TABLE[stage, action].to


def _check_dimensions(names: list[str], notes: Notes) -> None:
    for number, name in enumerate(names):
        if name in REFERRAL_COLUMNS:
            message = f"every referral has a {name} of its own; give the dimension another name"
            notes.add(f'{message}, as in dimensions = {{ "source {name}" = "{name}" }}', name)
        elif not name.strip() or not name.isprintable():
            notes.add(f"{name!r} cannot be the name of a dimension; use printable text", name)
        elif name in names[:number]:
            notes.add(f"{name!r} is there already", name)


def _actions(event: EventMap, codes: Codes) -> set[Action | None]:
    """Tell which actions an event can say; a code that cannot be understood says none."""
    if event.action is not None:
        return {event.action.action}
    said = (text for name in event.explained_by for text in codes.get(name, {}).values())
    words = {text.split(" ")[0] for text in said}
    return {action for action in Action if action in words}


def _check_explained(name: str, codes: Codes, notes: Notes, *, asked_for: bool) -> None:
    """Note codes that nothing explains. A crosswalk has to be asked for; a column's name alone does not."""
    if name in codes or (asked_for and name in crosswalk_names()):
        return
    add = f'add it, with lines such as "CODE" = "{NOTHING}"'
    if asked_for:
        ask = ask_for(name, codes) or ask_for(name, crosswalk_names()) or add
        notes.add(f"there is no table [codes.{name}], and no crosswalk of that name; {ask}", "codes")
    else:
        ask = ask_for(name, codes) or add
        notes.add(f"there is no table [codes.{name}]; {ask}", "code")


def _is_day(text: str) -> bool:
    try:
        parse_day(text)
    except InvalidValueError:
        return False
    return True
