"""The audit log: JSON lines, each holding the hash of the one before, appended to a file and to its backup. Nothing changes or
removes a record before its retention has run out; the calls that would are refused, and that is recorded."""

import datetime
import hashlib
import json
import threading

from flaws import flaw
from web import Answer, Call, Refused

FILES = ("audit.jsonl", "backup/audit.jsonl")
RETENTION = datetime.timedelta(days=30 if flaw("6.1.6.d") else 190)  # the Cybersecurity Law asks for six months
_lock = threading.Lock()
_records: list[dict] = []


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def begin() -> None:
    """A home made today has no past, so it gets one: a self-check a week for longer than the retention, then pruned as any history."""
    history: list[dict] = []
    for week in range(30, 0, -1):
        previous = history[-1]["hash"] if history else "0" * 64
        history.append(make(len(history) + 1, previous, now() - datetime.timedelta(weeks=week), "self_check", "ok", "system"))
    oldest = now() - RETENTION
    _records[:] = [r for r in history if datetime.datetime.fromisoformat(r["at"]) >= oldest]
    _rewrite()


def digest(record: dict) -> str:
    return hashlib.sha256(json.dumps({k: v for k, v in record.items() if k != "hash"}, sort_keys=True).encode()).hexdigest()


def make(number: int, previous: str, at: datetime.datetime, kind: str, result: str, user="", device="", source="", **detail) -> dict:
    record = {"number": number, "at": at.isoformat(timespec="milliseconds"), "user": user, "device": device, "type": kind,
              "result": result, "from": source, **detail, "previous": previous}
    if flaw("6.1.6.b"):
        del record["result"]
    return {**record, "hash": digest(record)}


def record(kind: str, result: str, user="", device="", source="", **detail) -> None:
    with _lock:
        last = _records[-1] if _records else {"number": 0, "hash": "0" * 64}
        _records.append(make(last["number"] + 1, last["hash"], now(), kind, result, user, device, source, **detail))
        for name in FILES:
            with open(name, "a", encoding="utf-8") as file:
                file.write(json.dumps(_records[-1]) + "\n")


def _rewrite() -> None:
    for name in FILES:
        with open(name, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(r) + "\n" for r in _records)


def export(call: Call) -> Answer:
    """Records from number `since` on, `limit` at most, as JSON lines."""
    since, limit = int(call.query.get("since", "0")), int(call.query.get("limit", "100000"))
    with _lock:
        chosen = [r for r in _records if r["number"] >= since][:limit]
    return Answer("".join(json.dumps(r) + "\n" for r in chosen).encode(), kind="application/x-ndjson")


def remove(call: Call) -> Answer:
    if flaw("6.1.6.c"):
        with _lock:
            _records[:] = [r for r in _records if r["number"] != int(call.arguments["number"])]
            _rewrite()
        return Answer({"ok": True})
    raise Refused(405, "audit records stay")


def change(call: Call) -> Answer:
    if flaw("6.2.6.c"):
        with _lock:
            for r in _records:
                if r["number"] == int(call.arguments["number"]):
                    r["result"] = "changed"
            _rewrite()
        return Answer({"ok": True})
    raise Refused(405, "audit records stay as they are")
