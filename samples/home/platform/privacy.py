"""Personal data: kept sealed here and in the replica, shown masked; access, correction, export and erasure by the person alone."""

import json

import seal
import store
from flaws import flaw
from web import Answer, Call, Refused

REPLICA = "replica.db"
MEMBERS = ("phone", "nickname", "address")


def write(user: str, values: dict[str, str]) -> None:
    phone = values["phone"] if flaw("6.3.5.d") else seal.mask(values["phone"])
    row = (user, phone, seal.seal_text(values["phone"]), seal.seal_text(values["nickname"]), seal.seal_text(values["address"]))
    for database in ("platform.db", REPLICA):
        store.run("INSERT OR REPLACE INTO people VALUES (?, ?, ?, ?, ?)", *row, database=database)


def phone_of(user: str) -> str:
    row = store.one("SELECT phone_sealed FROM people WHERE user = ?", user)
    return seal.unseal_text(row["phone_sealed"]) if row else ""


def user_of_phone(phone: str) -> str:
    """Sealed values can't be searched for, so the masked column narrows them down first."""
    for row in store.run("SELECT user, phone_sealed FROM people WHERE phone IN (?, ?)", seal.mask(phone), phone):
        if seal.unseal_text(row["phone_sealed"]) == phone:
            return row["user"]
    return ""


def _own(call: Call) -> str:
    if call.user not in ("", call.arguments["user"]):  # "": the flaw 6.3.4.a lets the anonymous pass
        raise Refused(403, "that is somebody else's")
    return call.arguments["user"]


def _read(user: str, database: str) -> dict[str, str]:
    row = store.one("SELECT * FROM people WHERE user = ?", user, database=database)
    if row is None:
        raise Refused(404, "no personal data is kept")
    return {"user": user, "phone": seal.unseal_text(row["phone_sealed"]), "nickname": seal.unseal_text(row["nickname"]),
            "address": seal.unseal_text(row["address"])}


def show(call: Call) -> Answer:
    data = _read(_own(call), "platform.db")
    if not flaw("6.3.3.b"):
        data["phone"] = seal.mask(data["phone"])
    if flaw("6.3.2.b"):
        data["id_number"] = "110101199003070011"
    return Answer(data)


def show_replica(call: Call) -> Answer:
    """What the read replica answers when the main store is away."""
    data = _read(_own(call), REPLICA)
    return Answer({**data, "phone": seal.mask(data["phone"])})


def correct(call: Call) -> Answer:
    user = _own(call)
    if call.body["user"] != user and not flaw("6.2.1.d"):
        raise Refused(403, "that is somebody else's")
    write(call.body["user"], {name: call.body[name] for name in MEMBERS})
    return Answer({"ok": True})


def export(call: Call) -> Answer:
    """Everything we hold about the person, in a form that another platform can read; here the person's own phone is not masked."""
    user = _own(call)
    devices = [row["id"] for row in store.run("SELECT id FROM devices WHERE owner = ?", user)]
    files = [row["name"] for row in store.run("SELECT name FROM files WHERE user = ?", user)]
    value = {"person": _read(user, "platform.db"), "devices": devices, "files": files}
    return Answer(json.dumps(value, ensure_ascii=False).encode(), kind="application/json; charset=utf-8",
                  headers={"Content-Disposition": "attachment; filename=export.json"})


def erase(call: Call) -> Answer:
    user = _own(call)
    if not flaw("6.3.2.d"):
        store.run("DELETE FROM people WHERE user = ?", user)
    if not flaw("6.3.6.b"):
        store.run("DELETE FROM people WHERE user = ?", user, database=REPLICA)
    return Answer({"ok": True})
