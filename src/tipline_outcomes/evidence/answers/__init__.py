"""What the record answers, step by step, in the United States and elsewhere; and what it does not."""

from tipline_outcomes.evidence.answers.answer import Answer, Form, Step, Topic
from tipline_outcomes.evidence.answers.question import Answers, question
from tipline_outcomes.evidence.answers.short import in_short

__all__ = ["Answer", "Answers", "Form", "Step", "Topic", "in_short", "question"]
