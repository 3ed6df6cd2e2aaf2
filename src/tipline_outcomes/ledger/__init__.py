"""Counting: from an event log to a ledger whose accounts balance.

Read in this order: `spec` (the question), `placing` (where each referral stands), `units` (families),
`reports` and `subjects` (the other two units), `states`, `clocks` and `waits` (when what happened),
`flows` (the calendar), `count` (all five tables), `laws` (what must balance) and `ledger` (the result).
"""

from tipline_outcomes.ledger.clocks import Clock
from tipline_outcomes.ledger.ledger import Ledger
from tipline_outcomes.ledger.spec import HORIZONS, VOCABULARY_EDITION, LedgerSpec, Unit

__all__ = ["HORIZONS", "VOCABULARY_EDITION", "Clock", "Ledger", "LedgerSpec", "Unit"]
