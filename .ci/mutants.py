"""Breaks the model on purpose, in a seeded sample of places, and counts the changes that no test notices.

    .venv/bin/python -m pip install --group mutants
    .venv/bin/python .ci/mutants.py [--sample 300] [--seed 1] [--only NUMBER ...]

The changes are those of mutmut, one at a time, also where mutmut by itself does not look: in properties and
in the tables outside of functions, of which one member at a time is left out as well. Names and meanings of
the vocabularies are left alone, because the pages that are made from them are held to them. A change with
which the package cannot be imported says nothing about the tests, and is not among the sample.
"""
# ruff: noqa: INP001, T201, S311 - a script that prints, and draws a sample

import argparse
import difflib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import NamedTuple

# The strategies register themselves as soon as Hypothesis is imported: here the model has to come after it.
os.environ["HYPOTHESIS_NO_PLUGINS"] = "1"

import hypothesis
import libcst as cst
import narwhals.stable.v2
import polars as pl
import pytest
import sybil
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import MutationVisitor, deep_replace
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

PRELOADED: Sequence[ModuleType] = (narwhals.stable.v2, pl, sybil)
"""What every child finds in memory. The package itself is not among it."""
ROOM = Path("src/tipline_outcomes/model")
MODULES = ("cohort", "disposition", "event", "history", "paths", "pipeline", "referral", "rules")
TESTS = (
    "tests/test_pipeline.py",
    "tests/test_history.py",
    "tests/test_model.py",
    "tests/test_vocabulary.py",
    str(ROOM),
    "tests/property/test_filling_laws.py::test_a_path_is_the_shortest_of_all",
    "tests/property/test_lawful_laws.py",
    "tests/property/test_model_laws.py",
    "tests/property/test_life_of_a_referral.py",
    "tests/test_oracle_charges.py",
    "tests/test_oracle_links.py",
    "tests/test_oracle_self.py",
)
CPU_SECONDS = 120
NOT_IMPORTED = 70


class Mutant(NamedTuple):
    """One change of one module, and the line where it begins."""

    module: str
    line: int
    before: str
    after: str

    @property
    def shown(self) -> str:
        """The changed lines."""
        lines = difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), n=0, lineterm="")
        return "\n".join(f"    {line}" for line in lines if not line.startswith(("---", "+++", "@@")))


class Everywhere(MutationVisitor):
    """mutmut's visitor, which also enters decorated functions, and passes over words and their meanings."""

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        match node:
            case cst.FunctionDef(decorators=[_, *_]):
                return False
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Name("__all__"))]):
                return True
            case cst.SimpleStatementLine(body=[cst.Assign(value=cst.Tuple(elements=told))]):
                # A member of a vocabulary: its value, its meaning, its source.
                texts = (cst.SimpleString, cst.ConcatenatedString)
                return len(told) == 3 and all(isinstance(each.value, texts) for each in told)  # noqa: PLR2004
            case _:
                return super()._skip_node_and_children(node)


def one_left_out(node: cst.Tuple | cst.Set | cst.Dict) -> Iterator[cst.CSTNode]:
    """Leave out one member of a table, unless it is the only one."""
    members = list(node.elements)
    if len(members) > 1:
        for at in range(len(members)):
            yield node.with_changes(elements=[*members[:at], *members[at + 1 :]])


def mutants_of(module: str) -> Iterator[Mutant]:
    """Give every change of a module."""
    before = (ROOM / f"{module}.py").read_text(encoding="utf-8")
    wrapper = MetadataWrapper(cst.parse_module(before))
    tables = [(kind, one_left_out) for kind in (cst.Tuple, cst.Set, cst.Dict)]
    visitor = Everywhere([*mutation_operators, *tables], IgnoredCode(set(), set(), set()))
    tree = wrapper.visit(visitor)
    where = wrapper.resolve(PositionProvider)
    for mutation in visitor.mutations:
        after = deep_replace(tree, mutation.original_node, mutation.mutated_node)
        place = where.get(mutation.original_node)
        if isinstance(after, cst.Module) and after.code != before:
            yield Mutant(module, place.start.line if place else 0, before, after.code)


class Changed(importlib.machinery.SourceFileLoader):
    """Loads a module from another text than its file's."""

    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self._text = text

    def get_code(self, fullname: str) -> CodeType:
        """Compile the text."""
        return self.source_to_code(self._text.encode(), self.get_filename(fullname))


class Finder(importlib.abc.MetaPathFinder):
    """Finds the changed module before anybody finds the file."""

    def __init__(self, mutant: Mutant) -> None:
        self._name = f"tipline_outcomes.model.{mutant.module}"
        path = str((ROOM / f"{mutant.module}.py").resolve())
        self._loader = Changed(self._name, path, mutant.after)

    def find_spec(
        self, name: str, path: object, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Give the changed module's spec, and nothing for others."""
        del path, target
        return importlib.util.spec_from_loader(name, self._loader) if name == self._name else None


class Registered:
    """Registers the strategies, as Hypothesis does where plugins are allowed."""

    def pytest_configure(self) -> None:
        """Do so before any test is collected."""
        importlib.import_module("tipline_outcomes.strategies").register()


def tested(mutant: Mutant | None) -> int:
    """Run the tests on a changed package, up to the first that fails; give pytest's exit code."""
    if mutant is not None:
        sys.meta_path.insert(0, Finder(mutant))
    try:
        importlib.import_module("tipline_outcomes.model")
    except Exception:  # noqa: BLE001 - however it fails, nothing was tested
        return NOT_IMPORTED
    # That a test fails is enough; with which example does not matter.
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    settings = hypothesis.settings(deadline=None, database=None, max_examples=60, phases=phases)
    hypothesis.settings.register_profile("mutants", settings)
    profile = ("--hypothesis-profile", "mutants", "--hypothesis-seed", "1")
    # Hypothesis stands in memory already, as it is meant to.
    loaded = ("-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
    asked = ["-x", "-q", "-m", "not slow", *loaded, *profile, *TESTS]
    return int(pytest.main(asked, plugins=[Registered()]))


def in_a_child(work: Callable[[], int]) -> int:
    """Run in a process of its own, within limits; give its exit code, negative for a signal."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        code = work()
    finally:
        os._exit(code)


def main() -> None:
    """Draw the sample, run the tests on each, and name the survivors."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, nargs="*", help="these numbers of the whole list")
    asked = parser.parse_args()
    if in_a_child(lambda: tested(None)) != 0:
        sys.exit("the tests fail as things stand; mend that first")
    everything = [mutant for module in MODULES for mutant in mutants_of(module)]
    order = random.Random(asked.seed).sample(range(len(everything)), len(everything))
    wanted = order if asked.only is None else asked.only
    print(f"{len(everything):,} mutants of {len(MODULES)} modules")
    tried, survived, unimported = 0, 0, 0
    for number in wanted:
        mutant = everything[number]
        code = in_a_child(lambda mutant=mutant: tested(mutant))
        unimported += code == NOT_IMPORTED
        tried += code != NOT_IMPORTED
        if code == 0:
            survived += 1
            told = f"{number} survived, after {tried}: {mutant.module}.py, line {mutant.line}"
            print(f"{told}\n{mutant.shown}", flush=True)
        if tried == asked.sample:
            break
    print(
        f"{tried - survived} of {tried} killed; {unimported} more cannot be imported, and are not among them"
    )


if __name__ == "__main__":
    main()
