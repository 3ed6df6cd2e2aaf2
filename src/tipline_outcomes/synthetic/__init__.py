"""Invented worlds of tips, for demonstrations, documentation and tests. No number here is a finding.

`invent` lives through what truly happens to every tip, then forgets what no agency would ever report, then
breaks a few records on purpose. What was planted is kept beside the result, so that a count can be held
against it. `write_year` does the same for a whole year of a clearinghouse, and writes it in parts.
"""

from tipline_outcomes.synthetic.assumptions import Ending, Provider, Recipient, Step
from tipline_outcomes.synthetic.parameters import Parameters
from tipline_outcomes.synthetic.refused import BrokenLine, broken_lines
from tipline_outcomes.synthetic.world import Planted, World, invent
from tipline_outcomes.synthetic.year.parameters import YEAR
from tipline_outcomes.synthetic.year.writing import PLANTED, write_year

__all__ = [
    "PLANTED",
    "YEAR",
    "BrokenLine",
    "Ending",
    "Parameters",
    "Planted",
    "Provider",
    "Recipient",
    "Step",
    "World",
    "broken_lines",
    "invent",
    "write_year",
]
