"""What a command prints of its source: how much was read, refused and found."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tipline_outcomes._show import plain
from tipline_outcomes.cli.source import Refused, Source
from tipline_outcomes.eventlog import EventLog

__all__ = ["SHOWN", "show_reading"]

SHOWN = 5
"""How many single findings are shown of each kind, before a reader is told how many more there are."""


def show_reading(source: Source, *, shown: int | None = SHOWN, hint: str = "check --all") -> None:
    """Print what was read, refused, unmapped and found."""
    reading = source.reading
    if source.summary is not None:
        print(f"{source.summary}\n")
    unit = "record" if source.summary is None else "row"
    verb = "accepted" if source.summary is None else "used"
    refused = sum(reading.refused.values())
    read = f"{_some(reading.read, unit)} = {reading.accepted:,} {verb} + {refused:,} refused"
    print(f"Read {reading.source}: {read}; {_contents(source.log)}")
    if reading.read == 0:
        print(f"{reading.source} holds no records: there is nothing to check or count")
    title = (
        "Words that no vocabulary has" if source.summary is None else "Codes that the profile does not map"
    )
    _show_unmapped(title, reading.unmapped, shown, hint)
    by_rule = Counter(record.rule for record in source.refused)
    times = f"{by_rule.total():,}"
    if by_rule.total() != refused:
        times = f"{_some(refused, 'row')} ({times} times, once for each use)"
    _show_some(f"Refused: {times}", dict(sorted(by_rule.items())), _first(source.refused, shown), hint)
    found = source.found.to_frame()
    few = found if shown is None else found.group_by("rule", maintain_order=True).head(shown)
    _show_some(
        f"Counted, though they break a rule: {found.height:,}",
        reading.violations,
        [
            f"{referral_id}, event {'-' if seq is None else seq}: {rule} {detail}".rstrip()
            for referral_id, seq, rule, detail in few.select(found.columns).iter_rows()
        ],
        hint,
    )


def _first(records: Iterable[Refused], shown: int | None) -> list[str]:
    """Write the first few records of each rule."""
    seen = Counter[str]()
    texts: list[str] = []
    for record in records:
        seen[record.rule] += 1
        if shown is None or seen[record.rule] <= shown:
            texts.append(str(record))
    return texts


def _contents(log: EventLog) -> str:
    sizes = {"referral": log.referrals.height, "event": log.event_count}
    if log.reports is not None:
        sizes = {"report": log.reports.height, **sizes}
    return ", ".join(_some(size, name) for name, size in sizes.items())


def _some(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def _show_unmapped(
    what: str, unmapped: Mapping[str, Mapping[str, int]], shown: int | None, hint: str
) -> None:
    words = [
        (n, f"{column} {text!r} {n:,}") for column, texts in unmapped.items() for text, n in texts.items()
    ]
    if not words:
        return
    # The most frequent first: to translate it helps the most.
    words.sort(key=lambda word: -word[0])
    listed = ", ".join(text for _, text in words[:shown])
    print(f"\n{what}: {plain(listed)}")
    _show_rest(len(words) - len(words[:shown]), hint)


def _show_some(title: str, by_rule: Mapping[str, int], examples: Sequence[str], hint: str) -> None:
    if not by_rule:
        return
    print(f"\n{title}")
    for rule, n in by_rule.items():
        print(f"  {n:>9,}  {rule}")
    for example in examples:
        print(f"    {plain(example)}")
    _show_rest(sum(by_rule.values()) - len(examples), hint)


def _show_rest(more: int, hint: str) -> None:
    if more:
        print(f"    ... and {more:,} more; {hint} shows every one")
