"""The extract of Cook County, counted from its own tables: intake and dispositions, row by row.

It shares nothing with the package, nor with the profile: the codes stand here once more, as the source
has them. It leans on what this extract lacks: transfers, survivors that are named, referrals that
nobody watches.
"""

import csv
from collections import Counter, defaultdict
from datetime import date, datetime

__all__ = ["AS_OF", "PARTS", "PLACES", "count", "uses"]

AS_OF = date(2019, 12, 2)
WATCHED_TO = date(2019, 12, 2)
BELIEVED = (date(2015, 1, 1), date(2019, 12, 31))

PLACES = ("charge", "administrative", "closed", "pending", "unknown", "excluded")
PARTS = ("reached", "implied", "lost", "pending", "unknown")

# What a decision at intake leads to; a blank or idle code leaves the person where they were.
STATUS = {
    "Approved": "charge",
    "Approved/Misdemeanor": "charge",
    "Rejected": "closed",
    "Not Charged": "closed",
    "Defendant Deceased": "closed",
    "Juvenile": "excluded",
    "Co-Defendant/See Related Case": "excluded",
    "Split Case/See Related Case": "excluded",
    "Merged with Another Case/See Related Case": "excluded",
    "Defendant Dispo'd/See Related Case": "excluded",
    "Trf to DDPP/See Related Case": "administrative",
    "Continued Investigation": "returned",
    "BFW/See Related Case": "nothing",
    "Pending Warrant": "nothing",
    "PH Cont/See Related Case": "nothing",
}
REVIEW = {
    "Approved": "charge",
    "Rejected": "closed",
    "Disregard": "excluded",
    "Continued Investigation": "returned",
    "Felony Review": "nothing",
    "Victim Sensitive Interview": "nothing",
    "VICTIM SENSITIVE INT": "nothing",
    "Advice": "nothing",
}
RESULT = {
    "Plea Of Guilty": "convicted",
    "Plea of Guilty - Amended Charge": "convicted",
    "Plea of Guilty - Lesser Included": "convicted",
    "Finding Guilty": "convicted",
    "Finding Guilty - Lesser Included": "convicted",
    "Verdict Guilty": "convicted",
    "BFW": "running",
    "Mistrial Declared": "running",
    "Nolle Prosecution": "ended",
    "Charge Rejected": "ended",
    "FNPC": "ended",
    "Case Dismissed": "ended",
    "FNG": "ended",
    "Verdict-Not Guilty": "ended",
    "FNG Reason Insanity": "ended",
    "Death Suggested-Cause Abated": "ended",
    "Superseded by Indictment": "ended",
    "Transferred - Misd Crt": "ended",
}


def rows(folder, name):
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def decision_of(row) -> tuple[date, str]:
    """What intake decided on a person, and when."""
    status, review = row["participant_status"], row["felony_review_result"]
    word = STATUS[status] if status else REVIEW[review] if review else "blank"
    return date.fromisoformat(row["felony_review_date"] or row["received_date"]), word


def american(text: str) -> date:
    return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").date()  # noqa: DTZ007


def believed(day: date) -> bool:
    return BELIEVED[0] <= day <= BELIEVED[1]


def uses(folder) -> dict[str, Counter[str]]:
    """Account for every row that is read: once as a referral or a result, and once more as a decision."""
    intake, results = rows(folder, "intake.csv"), rows(folder, "dispositions.csv")
    found = {"referral": Counter(), "decision": Counter(), "result": Counter()}
    assert len({row["case_participant_id"] for row in intake}) == len(intake)
    for row in intake:
        assert believed(date.fromisoformat(row["received_date"]))
        found["referral"]["made"] += 1
        day, word = decision_of(row)
        assert believed(day)
        found["decision"][word if word in {"nothing", "blank"} else "made"] += 1
    for row in results:
        assert RESULT[row["charge_disposition"]]
        found["result"]["made" if believed(american(row["disposition_date"])) else "refused"] += 1
    return found


def count(folder) -> dict[str, Counter[str]]:
    """Count per offence category: the places, and the parts of conversion to charged and to convicted."""
    results, incomplete = defaultdict(list), set()
    for row in rows(folder, "dispositions.csv"):
        person, day = row["case_participant_id"], american(row["disposition_date"])
        if believed(day):
            results[person].append((day, row["charge_version_id"], RESULT[row["charge_disposition"]]))
        else:
            incomplete.add(person)

    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows(folder, "intake.csv"):
        person = row["case_participant_id"]
        # Sorting is stable: of results of one day, the later row is the later word.
        ordered = sorted(results[person], key=lambda result: result[0])
        counts[row["offense_category"]].update(one_person(row, ordered, known=person not in incomplete))
    return counts


def one_person(row, results, *, known: bool) -> list[str]:
    """Name everything that one person is counted in."""
    received, (decided, word) = date.fromisoformat(row["received_date"]), decision_of(row)
    assert received <= AS_OF <= WATCHED_TO
    if word in {"closed", "excluded", "administrative"} and results:
        # Closed, and then a court ends charges: nobody can tell which of the two is true.
        return ["received", "set_aside", "unknown", "charged.unknown", "convicted.unknown"]

    days = [received, *([decided] if word not in {"nothing", "blank"} else []), *(day for day, *_ in results)]
    results = [result for result in results if result[0] <= AS_OF]
    if decided > AS_OF:
        word = "nothing"
    place = place_of(word, results, known=known)
    counted = ["received", place, *(["undated"] if days != sorted(days) else [])]
    if place == "excluded":
        return counted

    still = "pending" if known else "unknown"
    convicted = any(status == "convicted" for *_, status in results)
    last = {charge: status for _, charge, status in results}
    running = place == still or (place == "charge" and (not last or "running" in last.values()))
    counted += ["convicted_ever"] if convicted else []
    counted.append("charged." + ("reached" if place == "charge" else still if place == still else "lost"))
    if convicted:
        return [*counted, "convicted.reached"]
    return [*counted, "convicted." + (still if running or not known else "lost")]


def place_of(word: str, results, *, known: bool) -> str:
    """Tell where a person stands whom nobody sets aside."""
    if results or word == "charge":
        return "charge"
    if not known:
        return "unknown"
    return word if word in {"closed", "excluded", "administrative"} else "pending"
