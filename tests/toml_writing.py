"""Documents of TOML, drawn and written, for the tests of what reads them."""

import json
from datetime import date

from hypothesis import strategies as st

words = st.sampled_from(["a", "b", "c d", "e.f", 'g"', "-", "Größe", ""])
texts = st.sampled_from(["", "x", "[a]", "# no", "a = 1", '\'"""', "two\nlines"])
scalars = st.one_of(st.integers(-9, 9), st.booleans(), st.dates(), texts)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3)
)
documents = st.dictionaries(words, values | st.lists(st.dictionaries(words, values), max_size=3), max_size=4)


def inline(value: object) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{json.dumps(k)} = {inline(v)}" for k, v in value.items()) + "}"
        case list():
            return "[\n  # as long as it takes\n" + "".join(f"  {inline(v)},\n" for v in value) + "]"
        case bool():
            return str(value).lower()
        case date():
            return value.isoformat()
        case str() if "\n" in value and '"' not in value:
            return f'"""\n{value}"""'
        case _:
            return json.dumps(value)


def written(table: dict[str, object], path: tuple[str, ...] = ()) -> str:
    """Write a table as people do: values first, then tables under headers, with remarks in between."""
    lists = [k for k, v in table.items() if isinstance(v, list) and v and all(isinstance(x, dict) for x in v)]
    tables = [k for k, v in table.items() if isinstance(v, dict)]
    text = "".join(
        f"{json.dumps(k)} = {inline(v)} # so\n\n" for k, v in table.items() if k not in [*lists, *tables]
    )
    for key in tables:
        name = ".".join(map(json.dumps, (*path, key)))
        text += f"# [remark]\n[{name}]\n{written(table[key], (*path, key))}"
    for key in lists:
        name = ".".join(map(json.dumps, (*path, key)))
        text += "".join(f"  [[{name}]]\n{written(each, (*path, key))}" for each in table[key])
    return text
