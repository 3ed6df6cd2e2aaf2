"""Counting: from an event log to a ledger whose accounts balance.

Read in this order: `spec` (the question), `placing` (where each referral stands), `units` (families),
`reports` and `subjects` (the other two units), `states`, `clocks` and `waits` (when what happened),
`flows` (the calendar), `count` (all five tables), `laws` (what must balance), `ledger` (the result) and
`saved` (as a document); for what lies on disk in parts, `folder`, with `kept` (results of parts) and `apart`
(nobody is in two).
"""

from tipline_outcomes.ledger.clocks import Clock
from tipline_outcomes.ledger.flows import CaseloadFlow
from tipline_outcomes.ledger.folder import FolderCount, count_folder
from tipline_outcomes.ledger.ledger import Ledger
from tipline_outcomes.ledger.spec import HORIZONS, VOCABULARY_EDITION, LedgerSpec, Unit

__all__ = [
    "HORIZONS",
    "VOCABULARY_EDITION",
    "CaseloadFlow",
    "Clock",
    "FolderCount",
    "Ledger",
    "LedgerSpec",
    "Unit",
    "count_folder",
]
