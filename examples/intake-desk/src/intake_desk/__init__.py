"""The intake desk of a small task force, built on the types of tipline_outcomes.

`priority` is the desk's own dimension, `desk` its book and its queue, `outcomes` what it tells others.
"""

from intake_desk.desk import Waiting, open_book, queue, record, save_book, take_in
from intake_desk.outcomes import charged_by_priority, in_words
from intake_desk.priority import PRIORITY, Priority, priority_of, priority_set

__all__ = [
    "PRIORITY",
    "Priority",
    "Waiting",
    "charged_by_priority",
    "in_words",
    "open_book",
    "priority_of",
    "priority_set",
    "queue",
    "record",
    "save_book",
    "take_in",
]
