"""The road from records to a ledger: what goes in, what comes out, and that a date of the count is needed.

Read by type checkers, never run: a line that must not pass has an ignore, which is an error if unused.
"""
# pyright: reportUnnecessaryTypeIgnoreComment=true

from datetime import date
from pathlib import Path
from typing import assert_type

import polars as pl

from tipline_outcomes import (
    Cohort,
    Event,
    EventLog,
    Extract,
    Ledger,
    Loaded,
    Profile,
    Referral,
    Refusal,
    Report,
    Unit,
    Violation,
    dumps_record,
    read_extract,
    read_jsonl,
)

DAY = date(2024, 12, 31)


def objects_and_frames_give_a_log(cohort: Cohort, events: pl.DataFrame, referrals: pl.LazyFrame) -> None:
    assert_type(EventLog.of(cohort), EventLog)
    assert_type(EventLog.from_frames(events, referrals), EventLog)
    assert_type(EventLog.of(cohort).to_cohort(), Cohort)
    assert_type(EventLog.of(cohort).filled(), EventLog)
    EventLog.of(cohort.referrals)  # type: ignore[arg-type]
    EventLog.from_frames(events)  # type: ignore[call-arg]
    EventLog.from_frames(events, [{"referral_id": "f-1"}])  # type: ignore[arg-type]


def a_ledger_is_of_a_log_as_of_a_day(log: EventLog, cohort: Cohort) -> None:
    assert_type(Ledger.of(log, as_of=DAY), Ledger)
    assert_type(Ledger.of(log, as_of=DAY, unit=Unit.REFERRAL, by=["territory"]), Ledger)
    assert_type(Ledger.of(log, as_of=DAY) + Ledger.of(log, as_of=DAY), Ledger)
    assert_type(Ledger.of(log, as_of=DAY).received, int)
    Ledger.of(log)  # type: ignore[call-arg]
    Ledger.of(log, DAY)  # type: ignore[call-arg]
    Ledger.of(log, as_of="2024-12-31")  # type: ignore[arg-type]
    Ledger.of(log, as_of=None)  # type: ignore[arg-type]
    Ledger.of(cohort, as_of=DAY)  # type: ignore[arg-type]
    Ledger.of(log, as_of=DAY) + 1  # type: ignore[operator]


def an_extract_keeps_what_it_refused(folder: Path, profile: Profile) -> None:
    assert_type(read_extract(folder, profile), Extract)
    assert_type(read_extract("extract", "profile.toml"), Extract)
    read_extract(folder)  # type: ignore[call-arg]
    read_extract(folder, {"version": 1})  # type: ignore[arg-type]


def lines_keep_what_they_refused(lines: list[str], referral: Referral, event: Event) -> None:
    assert_type(read_jsonl(lines), Loaded)
    assert_type(read_jsonl(lines).cohort, Cohort)
    assert_type(read_jsonl(lines).refused, tuple[Refusal, ...])
    assert_type(dumps_record(referral), str)
    dumps_record(event)  # type: ignore[arg-type]


def checks_are_values_and_recording_gives_another(cohort: Cohort, referral: Referral, event: Event) -> None:
    assert_type(cohort.check(), tuple[Violation, ...])
    assert_type(referral.record(event), Referral)
    Cohort(referrals=[referral])  # type: ignore[arg-type]
    Cohort(reports=(referral,))  # type: ignore[arg-type]
    cohort.referrals = ()  # type: ignore[misc]
    referral.record(referral)  # type: ignore[arg-type]


def a_report_is_no_referral(report: Report) -> None:
    report.history  # type: ignore[attr-defined]
    Cohort(referrals=(report,))  # type: ignore[arg-type]
