"""What a profile's codes say must be understood, and asked for: a table that nobody reads is a slip."""

from collections.abc import Iterable, Mapping

from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.exchange.extracts.meaning import Meaning
from tipline_outcomes.exchange.extracts.parts import Codes, EventMap, ReferralMap, TableForm
from tipline_outcomes.exchange.extracts.sense import check_place
from tipline_outcomes.exchange.extracts.shape import Notes, ask_for
from tipline_outcomes.model import Level
from tipline_outcomes.model.vocabulary import meant

__all__ = ["check_codes", "check_use"]


def check_codes(codes: Codes, referral: ReferralMap, events: Iterable[EventMap], notes: Notes) -> None:
    """Note codes that can never be met, and what they say that cannot be understood."""
    explained = _explained(events)
    levels = {*referral.level, *(column for event in events for column in event.level)}
    for name, said in codes.items():
        for code, text in said.items():
            here = notes.below(name, code)
            if code != code.strip():
                here.add(f"codes are read without the white space around them; write {code.strip()!r}")
            if name in explained:
                _check_meaning(text, here)
                continue
            if name in levels and text not in list(Level):
                here.add(f"{text!r} is no level; {meant(text, Level)}")
            if name in referral.territory:
                check_place(here, territory=text)
            if name in referral.agency:
                check_place(here, agency=text)
            if not text.strip():
                here.add("a code stands for something; leave it out where it stands for itself")


def check_use(
    codes: Codes,
    tables: Mapping[str, TableForm],
    referral: ReferralMap,
    events: Iterable[EventMap],
    notes: Notes,
) -> None:
    """Note tables of codes and forms of files that nobody reads, and codes that count as blank."""
    charged = (column for event in events for column in event.level)
    read = {*_explained(events), *referral.translated, *charged}
    files = {referral.table, *(event.table for event in events)}
    for key, names, used in (("codes", codes, read), ("tables", tables, files)):
        for name in names:
            if name not in used:
                ask = ask_for(name, used) or "leave it out, or correct its name"
                notes.add(f"nothing that is read has this name; {ask}", key, name)
    for event in events:
        form = tables.get(event.table, TableForm())
        for name in event.explained_by:
            for code in codes.get(name, ()):
                if code in form.blank:
                    message = (
                        f'this text is blank in {event.table!r}, so that it is never met; write "" for it'
                    )
                    notes.add(message, "codes", name, code)


def _explained(events: Iterable[EventMap]) -> set[str]:
    """Give the tables of codes that say what happened."""
    return {name for event in events for name in event.explained_by}


def _check_meaning(text: str, notes: Notes) -> None:
    try:
        Meaning.parse(text)
    except InvalidValueError as error:
        notes.add(str(error))
