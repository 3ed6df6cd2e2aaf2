"""A first profile of an agency's tables: TOML that loads, and waits for somebody who knows them to finish it.

What can be seen is written down. What has to be known is marked DECIDE. No code is given a meaning.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from re import fullmatch
from textwrap import wrap
from typing import Final

from tipline_outcomes._show import Grid, count, percent, plain
from tipline_outcomes.eventlog.columns import REFERRAL_COLUMNS
from tipline_outcomes.exchange.extracts.guessing import EventGuess, Guess, guess
from tipline_outcomes.exchange.extracts.looking import FAR, FEW, ColumnLook, DayLook, TableLook, look_at
from tipline_outcomes.exchange.extracts.meaning import NOTHING, Meaning
from tipline_outcomes.exchange.extracts.parts import Dates, TableForm
from tipline_outcomes.exchange.extracts.profile import VERSION
from tipline_outcomes.model import Action, AdministrativeReason, ChargeStatus, ClosedReason
from tipline_outcomes.model.pipeline import NEEDS_SUBJECT, REASONS

__all__ = ["draft_profile"]

_DECIDE: Final = "DECIDE"
_WIDTH: Final = 110
_USUAL: Final = TableForm()
_USUAL_FORMATS: Final = Dates().formats


def draft_profile(files: Iterable[Path]) -> str:
    r"""Look at an agency's tables, and write a first profile of them.

    `Profile.loads` reads it as it stands. Where nothing that is there could be named, it names a column
    ``DECIDE``, which no table has. It shows no value of a column with more than 60 different ones.

    Args:
        files: The tables, in one folder, in the order of the pipeline; the one with one row a referral first.

    Returns:
        TOML, with much to read in its comments.

    Raises:
        ExtractError: If no table is named, one cannot be read, or they are not in one folder.

    >>> from tempfile import TemporaryDirectory
    >>> lines = ["no;came;status", *(f"{n};0{n}.03.2024;Closed" for n in range(1, 9))]
    >>> with TemporaryDirectory() as folder:
    ...     tips = Path(folder, "tips.csv")
    ...     _ = tips.write_text("\n".join(lines))
    ...     draft = draft_profile([tips])
    >>> print(draft[draft.index("[tables") : draft.index("# The last day")], end="")
    [tables."tips.csv"]
    separator = ";"
    <BLANKLINE>
    [referral]
    table = "tips.csv" # one row a referral
    id = "no" # DECIDE
    received_on = "came" # DECIDE
    >>> print(draft[draft.index("[codes") :], end="")
    [codes.status] # tips.csv
    # "Closed" = "..." # 8 rows
    """
    guessed = guess(look_at(files))
    parts = [_head(guessed.tables), _top(), _dates(guessed)]
    for table in guessed.tables:
        parts += [_described(table), _form(table, guessed)]
    parts.append(_referral(guessed))
    parts += [_event(event, guessed.received) for event in guessed.events]
    parts += [_said(f"No [[event]] for {_quoted(name)}: {why}.") for name, why in guessed.silent]
    parts += _codes(guessed)
    return "\n".join("\n".join(part) + "\n" for part in parts if part)


# --- how it is written ----------------------------------------------------------------------------


def _quoted(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if plain(c) == c else f"\\U{ord(c):08X}" for c in text) + '"'


def _key(text: str) -> str:
    return text if fullmatch(r"[A-Za-z0-9_-]+", text) else _quoted(text)


def _listed(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _names(columns: Iterable[ColumnLook]) -> str:
    return ", ".join(_quoted(column.name) for column in columns)


def _decide(line: str, others: Iterable[ColumnLook] = ()) -> str:
    names = _names(others)
    return f"{line} # {_DECIDE}: or {names}" if names else f"{line} # {_DECIDE}"


def _said(text: str, indent: str = "") -> list[str]:
    """Write a sentence as comments."""
    lines = wrap(text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return [f"# {line}" for line in lines]


def _out(lines: Iterable[str]) -> list[str]:
    """Comment out; what is a comment already stays as it is."""
    return [line if line.startswith("#") else f"# {line}" for line in lines]


def _rows(n: int) -> str:
    return "1 row" if n == 1 else f"{count(n)} rows"


# --- what to do with it ---------------------------------------------------------------------------


def _head(tables: Sequence[TableLook]) -> list[str]:
    return [
        *_said(f"A first profile, drafted from every row of {', '.join(_quoted(t.name) for t in tables)}."),
        "#",
        "# To finish it:",
        f"# 1. Settle every line that says {_DECIDE}, and take that word away. Leave out what is of no use.",
        *_said(
            "2. Say what each code means, at the end: take away the #, and put words of the list below for"
            ' "...". A code of an [[event]] without a line is unmapped, its referral incomplete: it never'
            " counts as a no. A value of a dimension without a line is kept as it is written.",
            indent="   ",
        ),
        "# 3. tipline-outcomes profile check profile.toml FOLDER",
        "# 4. tipline-outcomes report FOLDER --profile profile.toml --as-of YYYY-MM-DD",
        "#",
        *_said(
            f"Values are shown of columns with at most {FEW} different ones that repeat themselves. A rare"
            " one may be what somebody typed about a person: look through them before you pass this file on."
        ),
        "#",
        "# What a code can say:",
        *_words(),
    ]


def _words() -> Iterator[str]:
    """List all that a code can say, with its meaning."""
    reasons = (*ChargeStatus, *AdministrativeReason, *ClosedReason)
    said = [(NOTHING, "it is known, and says nothing")]
    for action in Action:
        own = [reason for reason in reasons if reason in REASONS[action]]
        if action is Action.MADE_AVAILABLE:
            continue
        if action in NEEDS_SUBJECT:
            said.append((f"{action} ...", f"{action.meaning} (the reasons of {Action.CLOSE})"))
        elif len(REASONS[action]) == 1:
            said.append((action.value, action.meaning))
        else:
            said.append((action.value if None in REASONS[action] else f"{action} ...", action.meaning))
            said += [(str(Meaning(action=action, reason=reason)), reason.meaning) for reason in own]
    width = max(len(words) for words, _ in said)
    yield from (f"#   {words:<{width}}  {meaning}" for words, meaning in said)


def _top() -> list[str]:
    return [
        f"version = {VERSION}",
        "",
        *_said(
            "In which order a referral's events stand: by the order of the [[event]] tables below, then by"
            ' date; or, with "dates", by date first.'
        ),
        _decide('order = "tables"'),
        *_said(
            "Whether steps that nobody recorded are filled in (a result implies that a charge was filed)."
            " They are marked as implied, and counted apart."
        ),
        _decide("fill_gaps = false"),
    ]


# --- the days -------------------------------------------------------------------------------------


def _dates(guessed: Guess) -> list[str]:
    first = guessed.tables[0]
    lines = ["[dates]", *_doubts(first), f"formats = {_listed(_formats(first) or _USUAL_FORMATS)}"]
    days = _days_read(guessed)
    if days is None:
        return lines
    rows, near = Counter(dict(days.rows)), days.near
    far = rows.total() - sum(n for _, n in near)
    return [
        *lines,
        *_said(
            f"The days of the columns read below go from {days.rows[0][0]} to {days.rows[-1][0]}."
            f" {count(far)} of {count(rows.total())} are more than {FAR} years off the middle, {days.middle};"
            f" the others go from {near[0][0]} to {near[-1][0]}. Days outside this window are refused:"
        ),
        _decide(f"earliest = {near[0][0].replace(month=1, day=1)}"),
        _decide(f"latest = {near[-1][0].replace(month=12, day=31)}"),
    ]


def _days_read(guessed: Guess) -> DayLook | None:
    """Put the days of all columns that are read together."""
    used = [guessed.received, *(event.on for event in guessed.events if event.code)]
    looks = {id(column): column.days for column in used if column is not None}
    rows = Counter[date]()
    for look in looks.values():
        rows.update(dict(() if look is None else look.rows))
    return DayLook(rows=tuple(sorted(rows.items()))) if rows else None


def _formats(table: TableLook) -> tuple[str, ...]:
    """Give the forms of a table's days; what one column leaves open, another may settle."""
    looks = [column.days for column in table.days if column.days is not None]
    sure = {form for days in looks if not days.undecided for form in days.formats}
    forms = [form for days in looks for form in days.formats if form in sure or sure.isdisjoint(days.formats)]
    return tuple(dict.fromkeys(forms))


def _doubts(table: TableLook) -> list[str]:
    formats = set(_formats(table))
    unsettled = [
        column
        for column in table.days
        if column.days is not None and column.days.undecided and formats.issuperset(column.days.formats[:2])
    ]
    if not unsettled:
        return []
    return _said(
        f"{_DECIDE}: every day of {_names(unsettled)} can be read with the day first, and with the month"
        " first. Leave one of the two forms; until then, what they read as two days is refused as ambiguous."
    )


# --- the tables -----------------------------------------------------------------------------------


def _described(table: TableLook) -> list[str]:
    grid = Grid(
        caption=f"--- {table.name}: {_rows(table.rows)}, column by column ---",
        headers=("column", "looks like", "blank", "different"),
        rows=tuple(
            (
                column.name,
                _looks_like(column),
                _share(table.blank(column), table.good),
                count(column.distinct),
            )
            for column in table.columns
        ),
        texts=2,
    )
    lines = [f"# {line}" for line in grid.text().split("\n")]
    if table.bad:
        lines += _said(f"Refused: {', '.join(f'{_rows(n)} ({rule})' for rule, n in table.bad)}.")
    if table.unread:
        lines += _said(f"Columns that cannot be read: {', '.join(map(_quoted, table.unread))}.")
    return lines


def _share(part: int, whole: int) -> str:
    return percent(Fraction(part, whole) if whole else None)


def _looks_like(column: ColumnLook) -> str:
    if column.days is not None:
        forms, near, unread = column.days.formats, column.days.near, column.days.unread
        years = dict.fromkeys([str(near[0][0].year), str(near[-1][0].year)])
        text = f"days{' as ' if forms else ''}{' or '.join(forms)}, {' to '.join(years)}"
        return f"{text}, and {_rows(unread)} of none" if unread else text
    seen: list[str] = []
    if column.tells_apart:
        seen.append("unique" if column.distinct == column.filled else "nearly unique")
    seen += [
        f"{percent(key.share)} of its values are in {key.table}: {key.column}" for key in column.keys[:1]
    ]
    if column.codes:
        seen.append("codes")
    return ", ".join(seen) or ("text" if column.filled else "nothing")


def _form(table: TableLook, guessed: Guess) -> list[str]:
    """Write how a file is written, where that is not as usual."""
    first, lines = guessed.tables[0], list[str]()
    if table.form.encoding != _USUAL.encoding:
        lines.append(f"encoding = {_quoted(table.form.encoding)}")
    if table.form.separator != _USUAL.separator:
        lines.append(f"separator = {_quoted(table.form.separator)}")
    formats = _formats(table)
    if table is not first and formats and formats != (_formats(first) or _USUAL_FORMATS):
        lines += [*_doubts(table), f"formats = {_listed(formats)}"]
    if odd := [column for column in table.days if column.days is not None and column.days.unread]:
        lines.append(f'# blank = ["n/a"] # {_DECIDE}: what stands for no day in {_names(odd)}')
    if lines:
        lines.insert(0, f"[tables.{_key(table.name)}]")
    return lines if table.name in guessed.read else _out(lines)


# --- the referrals and events ---------------------------------------------------------------------


def _referral(guessed: Guess) -> list[str]:
    first, known, received = guessed.tables[0], guessed.id, guessed.received
    ids = [column for column in first.columns if column.tells_apart and column is not known]
    days = [column for column in first.days if column is not received]
    read = _days_read(guessed)
    last = "2024-12-31" if read is None else read.near[-1][0]
    names = [column.name for column in guessed.dimensions]
    names = [name for name in names if name not in REFERRAL_COLUMNS and name.strip() and name.isprintable()]
    doubt = (
        ["# No column tells all rows apart, and an id that occurs again is refused."]
        if known is None or not known.tells_apart
        else []
    )
    return [
        "[referral]",
        f"table = {_quoted(first.name)} # one row a referral",
        *doubt,
        _decide(f"id = {_quoted(_DECIDE if known is None else known.name)}", ids),
        _decide(f"received_on = {_quoted(_DECIDE if received is None else received.name)}", days),
        *_said(
            "The last day to which the source would have told of an event, or a column with that day: say"
            " the day on which the extract was drawn. Without it, nobody is known to watch: whatever has not"
            " ended is unknown."
        ),
        _decide(f"# observed_through = {last}"),
        "# Steps that no column tells of, and that every referral has behind it when it comes in:",
        _decide('# implied = ["accept", "open_investigation"]'),
        *[_decide(f"# parent = {_quoted(column.name)}") for column in guessed.parents],
        *([_decide(f"# dimensions = {_listed(names)}")] if names else []),
        "",
        "[referral.constants]",
        "# Each of these can be a column in [referral] instead.",
        f'territory = "ZZ" # {_DECIDE}: such as "US-IL"; "ZZ" is unknown',
        f'level = "local" # {_DECIDE}: the level of the agency',
        f'# agency = "..." # {_DECIDE}: its ORI or another stable id',
    ]


def _event(event: EventGuess, received: ColumnLook | None) -> list[str]:
    lines = [
        "[[event]]",
        f"table = {_quoted(event.table.name)}",
        _decide(f"referral = {_quoted(event.referral.name)}"),
        f'action = "..." # {_DECIDE}: what every row with a day says'
        if event.code is None
        else _decide(f"code = {_quoted(event.code.name)}", event.other_codes),
        *_on(event, received),
        _decide(f"on = {_quoted(event.on.name)}", event.other_days),
        f'# subject = "..." # {_DECIDE}: the column that tells subjects apart, if they are',
    ]
    if event.charges:
        lines.append(_decide(f"# charge = {_quoted(event.charges[0].name)}", event.charges[1:]))
    lines += [
        "# [event.constants]",
        f'# level = "local" # {_DECIDE}: of the authority that files the charges',
    ]
    return lines if event.code is not None else _out(lines)


def _on(event: EventGuess, received: ColumnLook | None) -> list[str]:
    """Say what becomes of a code without a day, and of one with the only day that there is."""
    if event.code is None:
        return []
    lines = _said(
        "The day on which it happened. A row with a code and without this day is refused (missing_date), and"
        " its referral incomplete. A code that only says that it is still open needs no day: it is"
        f' "{NOTHING}".'
    )
    if event.on is received:
        lines += _said(
            "No other column could be this day: whatever the codes say is put on the day received."
        )
    return lines


# --- the codes ------------------------------------------------------------------------------------


def _codes(guessed: Guess) -> Iterator[list[str]]:
    """Write the codes of the columns that are read, then, commented out, those of the others."""
    read: dict[str, list[tuple[TableLook, ColumnLook]]] = {}
    others: dict[str, list[tuple[TableLook, ColumnLook]]] = {}
    for event in guessed.events:
        if event.code is not None:
            read.setdefault(event.code.name, []).append((event.table, event.code))
    for table in guessed.tables:
        for column in table.columns:
            if column.codes and column.name not in read:
                others.setdefault(column.name, []).append((table, column))
    for name, found in read.items():
        yield _code_lines(name, found)
    if others:
        yield ["# Other columns of codes. To read one, name it above, and uncomment its [codes] as well."]
    for name, found in others.items():
        yield _out(_code_lines(name, found))


def _code_lines(name: str, found: Sequence[tuple[TableLook, ColumnLook]]) -> list[str]:
    rows = Counter[str]()
    for _, column in found:
        rows.update(dict(column.codes))
    blank = sum(table.blank(column) for table, column in found)
    lines = [f"[codes.{_key(name)}] # {', '.join(plain(table.name) for table, _ in found)}"]
    lines += [f'# {_quoted(code)} = "..." # {_rows(n)}' for code, n in rows.most_common()]
    if blank:
        lines.append(f'# "" = "..." # {_rows(blank)}: blank, which says nothing without this line')
    return lines
