"""The files that a page of the docs shows, as a reader would save them."""

import re
from typing import Final

__all__ = ["files_of"]

FENCE: Final = re.compile(r"```(?P<kind>csv|toml)\n(?P<content>.*?)```", re.DOTALL)


def files_of(text: str) -> dict[str, str]:
    """Give the content of every file that is shown under its name, by its path.

    The name is the last of its kind that stands, as code, before the block. Tables go into the folder
    ``extract``.
    """
    files = {}
    for fence in FENCE.finditer(text):
        kind = fence["kind"]
        (*_, name) = re.findall(rf"`([\w-]+\.{kind})`", text[: fence.start()]) or [None]
        if name is not None:
            files[f"extract/{name}" if kind == "csv" else name] = fence["content"]
    return files
