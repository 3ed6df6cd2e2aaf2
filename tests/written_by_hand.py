"""Records as somebody would write them in JSON, with everything in them that is common."""

import json

__all__ = ["HEADER", "REFERRAL", "REPORT", "line"]

HEADER = {"record": "cohort", "version": 1}
REPORT = {
    "record": "report",
    "id": "r-1",
    "received_on": "2024-01-02",
    "source": {"kind": "provider", "provider": "example-photos"},
    "classification": "referral",
    "incident_type": "enticement",
    "incident_count": 3,
    "batched": True,
    "links": [{"kind": "related", "report_id": "r-0"}],
}
REFERRAL = {
    "record": "referral",
    "id": "f-1",
    "jurisdiction": {"territory": "US-CA", "level": "local", "agency": "CA0194200"},
    "history": [
        {"on": "2024-01-05", "action": "made_available"},
        {"on": "2024-01-09", "action": "accept"},
        {
            "on": "2024-02-01",
            "action": "close",
            "disposition": {"kind": "closed", "reason": "duplicate"},
            "other_id": "f-0",
        },
    ],
    "report_ids": ["r-1"],
    "observed_through": "2024-12-31",
    "dimensions": {"source": "provider"},
}


def line(record: object, **changes: object) -> str:
    """Give a record as a line, with other fields; what is no record as it is."""
    return json.dumps({**record, **changes} if isinstance(record, dict) else record)
