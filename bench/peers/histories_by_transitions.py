"""The pipeline as a machine of the library `transitions`, and histories driven through it.

A history comes as plain tuples, so that reading the package's objects is not counted against the library.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from peers import rules
from transitions import Machine, MachineError

Problem = tuple[int, str]
"""The number of an event, and the rule that it breaks."""


Told = tuple[date, str, str | None, bool, str | None, str | None, bool]
"""Of an event: day, action, reason; whether it is about a charge, whose subject and id; whether it counts."""


class Pipeline:
    """The model: the charges of the history so far. Its stage is kept by the machine, in ``state``."""

    def __init__(self) -> None:
        self.open: dict[tuple[str | None, str | None], bool] = {}
        self.first_named: dict[str | None, str] = {}

    def begin(self) -> None:
        """Forget the history before."""
        self.open.clear()
        self.first_named.clear()

    def enter(self, status: str | None, subject: str | None, name: str | None) -> bool:
        """Enter a charge's status; tell whether it was known. The first id names the unnamed charge."""
        if name is not None and subject not in self.first_named:
            self.first_named[subject] = name
            if (subject, None) in self.open:
                self.open[subject, name] = self.open.pop((subject, None))
        key = (subject, name or self.first_named.get(subject))
        known = key in self.open
        self.open[key] = status in rules.CHARGE_RUNS
        return known

    def is_final(self, reason: str | None) -> bool:
        """Tell whether a closure can never be reopened."""
        return reason in rules.FINAL

    def charges_run(self, reason: str | None) -> bool:
        """Tell whether any charge is open."""
        del reason
        return any(self.open.values())


def machine() -> Machine:
    """Make the machine, from the table of the rules written down by hand; it has no model yet."""
    made = Machine(None, states=list(rules.STAGES), initial=rules.STAGES[0], auto_transitions=False)
    for stage, actions in rules.ALLOWED.items():
        for action in actions:
            # The first one whose condition holds is taken.
            if action == "close":
                made.add_transition(action, stage, "closed_final", conditions="is_final")
            if action == "charge_result":
                made.add_transition(action, stage, "charged", conditions="charges_run")
                made.add_transition(action, stage, "concluded")
            else:
                made.add_transition(action, stage, rules.ACTIONS[action][0])
    return made


def checked(histories: Iterable[Sequence[Told]], *, anew: bool) -> list[list[Problem]]:
    """Drive every history through the machine, each with a model *anew* or all with one."""
    made = machine()
    if not anew:
        made.add_model(model := Pipeline())
        return [_problems(made, model, history) for history in histories]
    found = []
    for history in histories:
        made.add_model(model := Pipeline())
        found.append(_problems(made, model, history))
        made.remove_model(model)
    return found


def _problems(made: Machine, model: Pipeline, history: Sequence[Told]) -> list[Problem]:
    made.set_state(rules.STAGES[0], model)
    model.begin()
    problems: list[Problem] = []
    last: date | None = None
    for seq, (on, action, reason, is_charge, subject, charge, live) in enumerate(history):
        if not live:
            continue
        known = model.enter(reason, subject, charge) if is_charge else True
        try:
            model.trigger(action, reason)
        except MachineError:
            problems.append((seq, "illegal_transition"))
            # It goes on as if the step had been lawful.
            stage = rules.leads_to(action, reason)
            if action == "charge_result" and not model.charges_run(reason):
                stage = "concluded"
            if stage is not None:
                made.set_state(stage, model)
        if action == "charge_result" and not known:
            problems.append((seq, "charge_not_filed"))
        if last is not None and on < last:
            problems.append((seq, "date_backwards"))
        last = on
    return problems
