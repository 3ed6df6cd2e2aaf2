"""Territories by name, by country and against ISO 3166, and the task forces of the United States.

What needs the standard's own list says so, and needs ``pip install 'tipline-outcomes[geo]'``; everything else
here, and all counting, works without it. Nothing is ever counted differently because it is installed.
"""

from tipline_outcomes.geo.codes import TerritoryProblem, territory_name, unknown_territories
from tipline_outcomes.geo.logs import check_territories, rolled_up
from tipline_outcomes.geo.task_forces import Backing, TaskForce, task_forces
from tipline_outcomes.model.territory import Extent, roll_up, same_place

__all__ = [
    "Backing",
    "Extent",
    "TaskForce",
    "TerritoryProblem",
    "check_territories",
    "roll_up",
    "rolled_up",
    "same_place",
    "task_forces",
    "territory_name",
    "unknown_territories",
]
