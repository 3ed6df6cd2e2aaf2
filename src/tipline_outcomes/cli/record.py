"""The command about the published record: what others have counted, and what follows from it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, Token

from tipline_outcomes._show import plain
from tipline_outcomes.cli.writing import must_take
from tipline_outcomes.cli.writing import write as write_file
from tipline_outcomes.errors import InvalidValueError
from tipline_outcomes.evidence import Topic, closing, in_short, question
from tipline_outcomes.model.vocabulary import member
from tipline_outcomes.present import record_document

__all__ = ["evidence"]


def _topic(kind: object, tokens: Sequence[Token]) -> Topic:
    """Read a topic; charges have none of their own."""
    del kind
    word = tokens[0].value.lower()
    if word in {"charge", "charges"}:
        message = f"there is no topic {word!r}; convictions has charges, too, and outcomes everything"
        raise InvalidValueError(message)
    return member(Topic, word, "topic")


def evidence(
    topic: Annotated[Topic, Parameter(converter=_topic, name_transform=str.lower)] = Topic.OUTCOMES,
    /,
    *,
    json_file: Annotated[Path | None, Parameter(name="--json")] = None,
) -> int:
    """Show what is published on the outcomes of tips, and what may honestly be computed from it.

    For example: tipline-outcomes evidence convictions --json convictions.json

    Args:
        topic: The question: outcomes (all of it), classification, triage or convictions.
        json_file: Also write the answers into this file, as JSON, with assumptions, figures and sources.
    """
    if json_file is not None:
        must_take(json_file)
    answers, gaps = question(topic), closing()
    print(f"{answers.topic.meaning.capitalize()}\n")
    if topic is Topic.OUTCOMES:
        print("\n\n".join(in_short()[:4]), end="\n\n")
    print(f"{answers}\n\n{gaps}\n")
    print("known: the bounds, under the assumptions named. as quoted: at least, at most and about read away.")
    print("No source follows tips to their outcomes. The figures and sources of each number: --json FILE.")
    if json_file is not None:
        content = record_document(answers, gaps)
        write_file(json_file, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
        print(f"\nWritten: {plain(str(json_file))}")
    return 0
