"""What the package promises to those who import it."""

import inspect
import subprocess
import sys
from importlib import import_module

import pytest

import tipline_outcomes

ROOMS = ("errors", "model", "eventlog", "ledger", "metrics", "exchange")


def test_the_package_offers_what_its_rooms_offer_and_nothing_else():
    offered = [name for room in ROOMS for name in import_module(f"tipline_outcomes.{room}").__all__]
    assert sorted([*offered, "__version__"]) == sorted(tipline_outcomes.__all__)


def test_every_name_can_be_had_and_is_the_one_of_its_room():
    for room in ROOMS:
        module = import_module(f"tipline_outcomes.{room}")
        for name in module.__all__:
            assert getattr(tipline_outcomes, name) is getattr(module, name)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = tipline_outcomes.no_such_name


def test_importing_the_package_loads_no_engine_and_no_model():
    heavy = {"attrs", "polars", "cattrs", "pendulum"}
    code = f"import sys, tipline_outcomes; print(*sorted({heavy} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("first", ["hypothesis", "tipline_outcomes.strategies"])
def test_the_strategies_and_hypothesis_are_imported_in_any_order(first):
    code = f"import {first}, hypothesis, tipline_outcomes.strategies, tipline_outcomes.model as m; "
    code += "print(hypothesis.find(hypothesis.strategies.from_type(m.Referral), lambda _: True).check())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "()"


@pytest.mark.parametrize("name", tipline_outcomes.__all__)
def test_every_public_name_is_documented_with_an_example_or_is_a_vocabulary_or_an_error(name):
    value = getattr(tipline_outcomes, name)
    if not (inspect.isclass(value) or inspect.isfunction(value)):
        return  # constants and unions carry their docstring in the source
    doc = inspect.getdoc(value) or ""
    assert doc, name
    own = inspect.isclass(value) and issubclass(value, tipline_outcomes.TiplineError)
    vocabulary = inspect.isclass(value) and issubclass(value, str)
    if not (own or vocabulary):
        pieces = [doc, *(inspect.getdoc(m) or "" for _, m in inspect.getmembers(value, inspect.isroutine))]
        assert any(">>>" in piece for piece in pieces), f"{name} has no example"
