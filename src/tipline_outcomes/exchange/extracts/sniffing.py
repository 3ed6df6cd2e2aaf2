"""How a text file seems to be written: its encoding, and what stands between its fields."""

import codecs
import csv
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Final

from tipline_outcomes.exchange.extracts.parts import TableForm

__all__ = ["sniffed"]

_SEPARATORS: Final = ",;\t|"
_TABLES: Final = (".csv", ".tsv", ".txt")
_TEXTS: Final = (*_TABLES, ".jsonl", ".ndjson")
_HEAD: Final = 200
_ODD_LINES: Final = 10_000


def sniffed(path: Path) -> TableForm:
    r"""Tell how a file seems to be written; as usual, if it is no text, or not there.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "tips.csv")
    ...     _ = file.write_bytes("Az|Behörde\n7|Köln\n".encode("cp1252"))
    ...     form = sniffed(file)
    >>> form.encoding, form.separator
    ('cp1252', '|')
    """
    suffix = path.suffix.lower()
    if suffix not in _TEXTS or not path.is_file():
        return TableForm()
    encoding = _encoding(path)
    return TableForm(encoding=encoding, separator=_separator(path, encoding) if suffix in _TABLES else ",")


def _encoding(path: Path) -> str:
    """Take the first encoding that most of the lines beyond plain English are in."""
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        file.seek(0)
        odd = list(islice((line for line in file if not line.isascii()), _ODD_LINES))
    for encoding in ("utf-8", "cp1252"):
        if 2 * sum(_is_in(line, encoding) for line in odd) >= len(odd):
            return encoding
    return "utf-8"


def _is_in(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeError:
        return False
    return True


def _separator(path: Path, encoding: str) -> str:
    """Take the separator that gives records most often as many fields as the header, and most fields."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        head = list(islice(file, _HEAD))

    def fit(separator: str) -> tuple[Fraction, int]:
        try:
            widths = [len(record) for record in csv.reader(head, delimiter=separator) if record]
        except csv.Error:
            widths = []
        if not widths or widths[0] == 1:
            return Fraction(0), 0
        return Fraction(widths.count(widths[0]), len(widths)), widths[0]

    return max(_SEPARATORS, key=fit)
