"""The command `evidence`, in a process of its own: what it prints, what it writes, what it refuses."""

import json
import subprocess
import sys
from fractions import Fraction

import pytest

from tipline_outcomes.evidence import question


def run(*arguments, cwd=None):
    command = [sys.executable, "-c", "from tipline_outcomes.cli import main; main()", "evidence", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, cwd=cwd)


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    out = tmp_path_factory.mktemp("evidence") / "answers.json"
    done = run("--json", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Written: {out}" in done.stdout
    return json.loads(out.read_text(encoding="utf-8"))


def test_the_file_holds_every_answer_with_its_numbers_unit_assumptions_and_sources(content):
    answers = question()
    assert content["answers"].keys() == answers.keys()
    for label, written in content["answers"].items():
        answer = answers[label]
        assert (written["what"], written["step"]) == (answer.what, answer.step)
        assert written["unit"]
        for name, end in (("lower", answer.bounds.lower), ("upper", answer.bounds.upper)):
            assert written[name] == (None if end is None else f"{end.numerator}/{end.denominator}")
            assert (written[f"{name}_decimal"] is None) == (end is None)
        assert (written["value"] is not None) == (answer.bounds.width == 0)
        assert written["sources"]
        assert set(written["assumptions"]) <= content["assumptions"].keys()
        assert set(written["figures"]) <= content["figures"].keys()
        assert set(written["sources"]) <= content["sources"].keys()


def test_a_number_of_the_file_is_exact(content):
    answer = content["answers"]["south_carolina.eventually_convicted"]
    assert (Fraction(answer["lower"]), Fraction(answer["upper"])) == (
        Fraction(1271, 2430),
        Fraction(2071, 2430),
    )
    assert (answer["value"], answer["unit"]) == (None, "share of persons")
    assert content["answers"]["germany.2022.relevant"]["value"] == "29948/45479"
    assert content["answers"]["us.icac.fy2024.arrests_per_investigation"]["upper"] is None


def test_figures_and_sources_of_the_file_are_whole(content):
    for figure in content["figures"].values():
        assert all(figure[name] for name in ("unit", "population", "territory", "start", "end", "period"))
        assert all(figure[name] for name in ("counted_by", "source", "verification", "qualifier"))
        assert figure["source"] in content["sources"]
    assert content["figures"]["bjs-declined-share-2004-13"]["value"] == "9/25"
    for source in content["sources"].values():
        assert source["url"]
        assert source["title"] in source["attribution"]
    assert content["closing"]["every_end"]["fields"]
    assert set(content["topics"]) == {"classification", "triage", "convictions"}
    assert "us.icac.2023.informational" in content["topics"]["classification"]


def test_the_answer_in_short_stands_first():
    lines = run().stdout.splitlines()
    assert lines[2].startswith("How many reports end in a charge by a local prosecutor is not known;")
    text = " ".join(lines[:20])
    for number in ("at most 34.4 %", "26.2 %", "1.9 %", "2.3 % (3 of 129)", "84.2 % (16 of 19)"):
        assert number in text
    assert "{" not in text


def test_a_topic_is_a_part(tmp_path):
    done = run("Convictions", "--json", "out.json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "sweden.dalarna.2011_18.convicted" in done.stdout
    assert "switzerland" not in done.stdout
    written = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert written["answers"].keys() == question("convictions").keys()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("conviction",), "did you mean 'convictions'"),
        (("charges",), "there is no topic 'charges'; convictions has charges, too, and outcomes everything"),
        (("--json", "nowhere/out.json"), "cannot be written: No such file or directory"),
    ],
)
def test_what_goes_wrong_is_told_in_a_sentence(tmp_path, arguments, told):
    done = run(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
