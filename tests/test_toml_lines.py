"""Lines: where in its text a document says something."""

import tomllib

from hypothesis import given

from tipline_outcomes.exchange.extracts.toml_lines import line_of, statement_lines
from toml_writing import documents, written


def says(document: object, path: tuple[str | int, ...]) -> bool:
    for step in path:
        place = step - 1 if isinstance(step, int) else step
        there = range(len(document)) if isinstance(step, int) else document
        if place not in there:
            return False
        document = document[place]
    return True


def parsed(text: str) -> object | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


@given(documents)
def test_a_line_is_where_the_statement_begins_in_which_a_path_first_appears(document):
    text = written(document)
    assert tomllib.loads(text) == document
    lines = text.split("\n")
    prefixes = [parsed("\n".join(lines[:end])) for end in range(len(lines) + 1)]
    for path, line in statement_lines(text).items():
        assert prefixes[line - 1] is not None
        assert path == () or not says(prefixes[line - 1], path)
        assert says(next(prefix for prefix in prefixes[line:] if prefix is not None), path)


@given(documents)
def test_everything_in_a_document_has_a_line(document):
    def paths(value: object) -> list[tuple[str | int, ...]]:
        steps = (
            value.items()
            if isinstance(value, dict)
            else enumerate(value, 1)
            if isinstance(value, list)
            else ()
        )
        return [(), *((step, *path) for step, inside in steps for path in paths(inside))]

    assert set(statement_lines(written(document))) == set(paths(document))


def test_what_is_missing_has_the_line_of_what_lacks_it():
    lines = statement_lines("\n[a]\nb = 1\n[[c]]\n[[c]]\n")
    assert line_of(("a", "x", 3), lines) == 2
    assert line_of(("c", 2, "x"), lines) == 5
    assert line_of(("z",), lines) == 1
