"""An invented world: reports and referrals as the data would show them, and what was planted in them."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from attrs import define, evolve, field, frozen

from tipline_outcomes.model import (
    Action,
    Breach,
    Classification,
    Closed,
    ClosedReason,
    Cohort,
    Event,
    LinkKind,
    Referral,
    ReferralId,
    Report,
    ReportId,
    ReportLink,
    Rule,
    Source,
    SourceKind,
    Stage,
)
from tipline_outcomes.synthetic.assumptions import Provider, Recipient
from tipline_outcomes.synthetic.breaks import break_some
from tipline_outcomes.synthetic.chance import PER_CENT, Chance
from tipline_outcomes.synthetic.parameters import Parameters
from tipline_outcomes.synthetic.story import Story, live
from tipline_outcomes.synthetic.telling import amended, observed_through, told

__all__ = ["Planted", "World", "invent"]


@frozen(kw_only=True)
class Planted:
    """What was put into a world, to hold counts against. Numbers are of referrals unless it says otherwise.

    Attributes:
        reports: Reports.
        unreferred: Reports among them that were made available to nobody.
        referrals: Referrals in the data.
        families: Those of them that came of no other referral of the data.
        events: Events in the data, amended ones included.
        came_in: Families whose first referral names a parent that is not in the data.
        by_territory: Referrals by territory, in the order of the codes.
        never_watched: Referrals to an agency that never reports back.
        no_longer_watched: Referrals to an agency that fell silent.
        known_late: Referrals with an event that is known although nobody would have told of it.
        transfers: Referrals that the data show as transferred.
        transfers_unlinked: Those of them whose child is not in the data.
        reopenings: Reopenings in the data (events).
        duplicates: Closures as duplicate in the data (events).
        amended: Events that were amended, and are kept beside their replacement.
        charged: Families of which the data show a charge, in a record that no broken rule sets aside.
        charged_in_truth: Families in which a charge was filed by the end of the recorded time, told or not.
        excluded_in_truth: Families that truly ended with a reason that says: count me elsewhere.
        broken: The rules broken on purpose, each with the referral; all other referrals are lawful.
    """

    reports: int
    unreferred: int
    referrals: int
    families: int
    events: int
    came_in: int
    by_territory: tuple[tuple[str, int], ...]
    never_watched: int
    no_longer_watched: int
    known_late: int
    transfers: int
    transfers_unlinked: int
    reopenings: int
    duplicates: int
    amended: int
    charged: int
    charged_in_truth: int
    excluded_in_truth: int
    broken: tuple[tuple[ReferralId, Rule], ...]

    @property
    def lawful(self) -> int:
        """Referrals that break no rule."""
        return self.referrals - len({referral_id for referral_id, _ in self.broken})

    @property
    def broken_by_rule(self) -> tuple[tuple[Rule, int], ...]:
        """How often each rule is broken, in the rules' own order."""
        counts = Counter(rule for _, rule in self.broken)
        return tuple((rule, counts[rule]) for rule in Rule if rule in counts)


@frozen(kw_only=True)
class World:
    """An invented world.

    Attributes:
        parameters: What it was made from.
        cohort: Its reports and referrals, as the data show them.
        planted: What was put into it.
    """

    parameters: Parameters
    cohort: Cohort
    planted: Planted


def invent(parameters: Parameters = Parameters()) -> World:
    """Invent a world. The same parameters give the same world, on every Python.

    >>> world = invent(Parameters(referrals=200))
    >>> len(world.cohort.referrals) == world.planted.referrals
    True
    >>> world == invent(Parameters(referrals=200))
    True
    """
    return _Inventor(parameters, Chance(parameters.seed)).world()


@frozen
class _Tip:
    """One matter that comes in: its reports, and the agencies that they are made available to."""

    day: date
    reports: tuple[Report, ...]
    recipients: tuple[Recipient, ...]


@define
class _Inventor:
    """Everything that is invented so far."""

    parameters: Parameters
    chance: Chance
    reports: list[Report] = field(factory=list[Report])
    referrals: list[Referral] = field(factory=list[Referral])
    root_of: dict[ReferralId, ReferralId] = field(factory=dict[ReferralId, ReferralId])
    roots_at: dict[Recipient, list[ReferralId]] = field(factory=dict[Recipient, list[ReferralId]])
    counts: Counter[str] = field(factory=Counter[str])

    def world(self) -> World:
        families = 0
        for tip in self._tips():
            for recipient in tip.recipients:
                families += 1
                self._family(tip, recipient, ReferralId(f"ref-{families:05}"))
        broken = break_some(self.referrals, each=self.parameters.broken, chance=self.chance)
        counts = self.counts
        planted = Planted(
            reports=len(self.reports),
            unreferred=counts["unreferred"],
            referrals=len(self.referrals),
            families=families,
            events=sum(len(referral.history) for referral in self.referrals),
            came_in=counts["came_in"],
            by_territory=tuple(sorted(Counter(r.jurisdiction.territory for r in self.referrals).items())),
            never_watched=counts["never_watched"],
            no_longer_watched=counts["no_longer_watched"],
            known_late=counts["known_late"],
            transfers=counts["transfers"],
            transfers_unlinked=counts["transfers_unlinked"],
            reopenings=counts["reopenings"],
            duplicates=counts["duplicates"],
            amended=counts["amended"],
            charged=self._charged(broken),
            charged_in_truth=counts["charged_in_truth"],
            excluded_in_truth=counts["excluded_in_truth"],
            broken=broken,
        )
        cohort = Cohort(referrals=tuple(self.referrals), reports=tuple(self.reports))
        return World(parameters=self.parameters, cohort=cohort, planted=planted)

    def _charged(self, broken: tuple[tuple[ReferralId, Rule], ...]) -> int:
        set_aside = {name for name, rule in broken if rule.breach is Breach.SETS_ASIDE}
        return len(
            {
                self.root_of[referral.id]
                for referral in self.referrals
                if referral.id not in set_aside
                and any(event.action is Action.FILE_CHARGE for event in referral.history)
            }
        )

    # What comes in

    def _tips(self) -> Iterator[_Tip]:
        """Draw what comes in, day by day, until as many referrals as asked for are made available."""
        p, chance = self.parameters, self.chance
        left, numbers = p.referrals, list[int]()
        while left > 0:
            numbers.append(
                min(left, 2 if len(p.recipients) > 1 and chance.happens(p.second_recipient) else 1)
            )
            left -= numbers[-1]
        span = (p.last_received - p.first_received).days + 1
        days = sorted(chance.below(span) for _ in numbers)
        for offset, number in zip(days, numbers, strict=True):
            day = p.first_received + timedelta(days=offset)
            recipients = self._recipients(number)
            yield _Tip(day, self._reports(day, recipients[0]), recipients)
            if chance.happens(p.unreferred):
                self.counts["unreferred"] += 1
                self._report(
                    day, chance.pick((x, x.weight) for x in p.providers), Classification.UNCLASSIFIED, None
                )

    def _recipients(self, number: int) -> tuple[Recipient, ...]:
        first = self.chance.pick((r, r.weight) for r in self.parameters.recipients)
        return (first,) if number == 1 else (first, self._other(first))

    def _other(self, recipient: Recipient) -> Recipient:
        """Draw another agency; one of weight 0 gets something only when nobody else is left."""
        others = [r for r in self.parameters.recipients if r is not recipient] or [recipient]
        some = any(other.weight for other in others)
        return self.chance.pick((other, other.weight if some else 1) for other in others)

    def _reports(self, day: date, recipient: Recipient) -> tuple[Report, ...]:
        chance = self.chance
        provider = chance.pick((x, x.weight) for x in self.parameters.providers)
        number = 2 + chance.below(2) if chance.happens(self.parameters.several_reports) else 1
        thin = chance.happens(provider.informational)
        classification = Classification.INFORMATIONAL if thin else Classification.REFERRAL
        first = self._report(day, provider, classification, recipient.jurisdiction.territory)
        return (first, *(self._report_like(first) for _ in range(number - 1)))

    def _report(
        self, day: date, provider: Provider, classification: Classification, territory: str | None
    ) -> Report:
        p, chance = self.parameters, self.chance
        kind = SourceKind.PUBLIC if provider.name is None else SourceKind.PROVIDER
        bundled = chance.happens(provider.bundling)
        report = Report(
            id=ReportId(f"rep-{len(self.reports) + 1:05}"),
            received_on=day,
            source=Source(kind=kind, provider=provider.name),
            classification=classification,
            incident_type=chance.pick(p.incident_types),
            territory=territory,
            incident_count=2 + chance.days(4) if bundled else 1,
            escalated=chance.happens(p.escalated),
        )
        self.reports.append(report)
        return report

    def _report_like(self, first: Report) -> Report:
        link = ReportLink(kind=LinkKind.SUPPLEMENTS, report_id=first.id)
        report = evolve(
            first, id=ReportId(f"rep-{len(self.reports) + 1:05}"), incident_count=1, links=(link,)
        )
        self.reports.append(report)
        return report

    # What becomes of it

    def _family(self, tip: _Tip, recipient: Recipient, root: ReferralId) -> None:
        """Live through a referral and all that comes of it by transfer; keep what the data would show."""
        first = tip.reports[0]
        thin = first.classification is Classification.INFORMATIONAL
        vigour = self.parameters.informational_vigour if thin else PER_CENT
        dimensions = {
            "source": first.source.provider or first.source.kind.value,
            "incident_type": first.incident_type.value,
            "classification": first.classification.value,
        }
        parent: ReferralId | None = None
        if self.chance.happens(self.parameters.came_in):
            parent = ReferralId(f"elsewhere-{root}")
            self.counts["came_in"] += 1
        first_recipient, name, day, shown = recipient, root, tip.day, True
        while True:
            story = Story(name, recipient, vigour, self.roots_at.get(recipient, ()))
            live(story, day, chance=self.chance, parameters=self.parameters)
            if shown:
                referral = Referral(
                    id=name,
                    jurisdiction=recipient.jurisdiction,
                    history=self._told(story),
                    report_ids=tuple(report.id for report in tip.reports),
                    parent_id=parent,
                    observed_through=observed_through(recipient, self.parameters.as_of),
                    dimensions=dimensions,
                )
                self.referrals.append(referral)
                self.root_of[name] = root
                shown = self._child_shown(referral)
            if story.stage is not Stage.TRANSFERRED:
                break
            day = next(event.on for event in story.events if event.action is Action.TRANSFER)
            parent, name, recipient = name, ReferralId(f"{name}-t"), self._other(recipient)
        self.roots_at.setdefault(first_recipient, []).append(root)
        self.counts["charged_in_truth"] += story.charged
        self.counts["excluded_in_truth"] += story.excluded

    def _told(self, story: Story) -> tuple[Event, ...]:
        """Give the history as the data show it, and count what it shows."""
        p, counts = self.parameters, self.counts
        through = observed_through(story.recipient, p.as_of)
        history = told(story.events, through)
        if through != p.as_of:
            counts["never_watched" if through is None else "no_longer_watched"] += 1
            if self.chance.happens(p.late_feedback) and len(story.events) > len(history):
                history, through = tuple(story.events), p.as_of
                counts["known_late"] += 1
        for event in history:
            duplicate = (
                isinstance(event.disposition, Closed) and event.disposition.reason is ClosedReason.DUPLICATE
            )
            counts["duplicates"] += duplicate and event.action is Action.CLOSE
            counts["reopenings"] += event.action is Action.REOPEN
        if through is not None and len(history) > 1 and self.chance.happens(p.amended):
            counts["amended"] += 1
            history = amended(history, through, self.chance)
        return history

    def _child_shown(self, referral: Referral) -> bool:
        """Tell whether the data show the referral's child, if it has one; draw whether it went outside."""
        if referral.stage is not Stage.TRANSFERRED:
            return False
        outside = self.chance.happens(self.parameters.transfer_outside)
        self.counts["transfers"] += 1
        self.counts["transfers_unlinked"] += outside
        return not outside
