"""Charts of results, drawn by Plotly (extra ``plot``). Titles and axes say unit, date and denominator.

Every chart is made of the numbers of one result. What is pending and what is unknown are always to be seen,
each in a colour and a pattern of its own, told apart with every kind of colour vision.
"""

from tipline_outcomes.present.charts.chart import Chart
from tipline_outcomes.present.charts.rates import forest
from tipline_outcomes.present.charts.stages import flow, ladder, multiples
from tipline_outcomes.present.charts.time import caseload, incidence

__all__ = ["Chart", "caseload", "flow", "forest", "incidence", "ladder", "multiples"]
