"""The answer in a few sentences, each number taken from an answer by its label."""

import re
from collections.abc import Mapping
from typing import Final

from tipline_outcomes.evidence.answers.answer import Answer
from tipline_outcomes.evidence.answers.question import question

__all__ = ["SHORT", "in_short", "sentence"]

SHORT: Final = (
    (
        "How many reports end in a charge by a local prosecutor is"
        " {us.icac.charged_by_a_local_prosecutor}; nor is it how many end otherwise. Of what"
        " was made available to the United States' task forces in 2023, {us.icac.2023.feedback} has any"
        " feedback, published as one sum, without outcomes."
    ),
    (
        "Of the same reports {us.icac.2023.referral} were classed as worth considering, and"
        " {us.icac.2023.informational} as informational. In 2021 {us.icac.2021.informational} were;"
        " the class may have been used otherwise then."
    ),
    (
        "Arrests per report classed as a referral are quoted as"
        " {us.icac.fy2024.arrests_per_referral!q}, and per investigation as"
        " {us.icac.fy2024.arrests_per_investigation!q}. Both set arrests from all sources beside tips:"
        " neither is a share of tips that led to an arrest."
    ),
    (
        "In Norway, after one national screening, the share of tips that became a criminal case was"
        " {norway.2022.agder.cases} ({norway.2022.agder.cases!n}) in one police district and"
        " {norway.2022.finnmark.cases} ({norway.2022.finnmark.cases!n}) in another."
    ),
    (
        "Of the reports that the German police received in 2023, {germany.2023.relevant} may be an"
        " offence under German law; in 2022 it was {germany.2022.relevant}. The number of relevant"
        " reports hardly changed: more came in."
    ),
    (
        "Where police and court files were linked, in Canada, {canada.2014_21.completed_court_case} of"
        " recorded incidents had a completed court case. That begins with an incident that police recorded,"
        " not with a tip."
    ),
)
"""A label stands for what is known; with ``!q`` for what is quoted, with ``!n`` for the two counts."""

_LABEL: Final = re.compile(r"\{(?P<label>[^!}]+)(?:!(?P<form>[qn]))?\}")


def in_short() -> tuple[str, ...]:
    """Answer in a few sentences.

    >>> print(in_short()[3])
    In Norway, ... was 2.3 % (3 of 129) in one police district and 84.2 % (16 of 19) in another.
    """
    return tuple(sentence(text, question()) for text in SHORT)


def sentence(text: str, answers: Mapping[str, Answer], *, mark: str = "") -> str:
    """Put the numbers of answers into a sentence, each between two marks."""

    def number(found: re.Match[str]) -> str:
        answer = answers[found["label"]]
        if found["form"] == "n":
            part, whole = answer.figures
            return f"{part.value} of {whole.value}"
        return f"{mark}{answer.quoted if found['form'] else answer.known}{mark}"

    return _LABEL.sub(number, text)
