"""Writes down what the README tells a new user to do: the files into a folder, the commands on the output.

.venv/bin/python .ci/new_user.py FOLDER > commands.sh
"""
# ruff: noqa: INP001, T201 - a script of the full check, not a package

import re
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
sys.path.append(str(ROOT / "tests"))

from page_files import files_of  # noqa: E402 - it stands beside the tests that use it

text = (ROOT / "README.md").read_text(encoding="utf-8")
for name, content in files_of(text).items():
    path = Path(sys.argv[1], name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
print("".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL)), end="")
