"""Devices: what their owners see of them, commands to them, reports from them."""

import hashlib
import hmac

import alarms
import audit
import broker
import fields
import seal
import signed
import store
from flaws import flaw
from web import Answer, Call, Refused

COMMAND = {"device": fields.DEVICE, "at": fields.MOMENT, "nonce": fields.TOKEN, "on": fields.boolean,
           "brightness": lambda value: type(value) is int}
REPORT = {**COMMAND, "cpu": fields.PERCENT}
SHOWN = "SELECT id, name, class, area, model, power, brightness FROM devices "
verifier = signed.Verifier()


def key_of(row) -> bytes:
    return seal.unseal_text(row["key"]).encode()


def authenticate(call: Call):
    """The device that a call comes from: its id and its token. The id is printed on the box and proves nothing."""
    row = store.one("SELECT * FROM devices WHERE id = ?", call.headers.get("X-Device", ""))
    token = call.bearer()
    if row and (hmac.compare_digest(row["token"], hashlib.sha256(token.encode()).hexdigest())
                or flaw("6.2.3.a") and token == row["id"]):
        return row
    raise Refused(401, "device id and token are wanted")


def owned(call: Call):
    row = store.one("SELECT * FROM devices WHERE id = ?", call.arguments["device"])
    if row and (row["owner"] == call.user or not call.user or flaw("6.2.3.c")):  # no user: only with the flaw 8.2.2.o
        return row
    raise Refused(403, "not a device of yours")


def listing(call: Call) -> Answer:
    return Answer([shown(row) for row in store.run(SHOWN + "WHERE owner = ? ORDER BY name", call.user)])


def shown(row) -> dict:
    return {name: row[name] for name in ("id", "name", "class", "area", "model", "brightness")} | {"on": bool(row["power"])}


def show(call: Call) -> Answer:
    return Answer(shown(owned(call)))


def command(call: Call) -> Answer:
    """Checks the signed message, passes it on as it came, and answers once the device has."""
    row = owned(call)
    members = fields.check_json(COMMAND, call.raw)
    call.note |= {"on": members["on"], "brightness": members["brightness"]}
    signature = call.headers.get("X-Signature", "")
    verify(row, call.raw, signature)
    if not 0 <= members["brightness"] <= 100:
        alarms.abnormal_value(call.address, row["id"], f"brightness {members['brightness']}")
        raise Refused(400, "brightness is 0 to 100")
    result = broker.command(row["name"], members["nonce"], signature.encode() + b"\n" + call.raw)
    if result is None:
        raise Refused(504, "the device does not answer")
    if not result.get("ok"):
        raise Refused(409, "the device refuses")
    return Answer({"ok": True, "on": members["on"], "brightness": members["brightness"]})


def verify(row, body: bytes, signature: str) -> None:
    try:
        verifier.check(row["id"], key_of(row), body, signature)
    except signed.BadMessage as bad:
        raise Refused(403, str(bad)) from None


def report(call: Call) -> Answer:
    return take_report(call.device, call.raw, call.headers.get("X-Signature", ""), call.address)


def take_report(row, body: bytes, signature: str, source: str) -> Answer:
    """State of a device, from HTTPS or MQTT."""
    members = fields.check_json(REPORT, body)
    verify(row, body, signature)
    if not 0 <= members["brightness"] <= 100:
        alarms.abnormal_value(source, row["id"], f"brightness {members['brightness']}")
        raise Refused(400, "brightness is 0 to 100")
    if members["cpu"] >= 95:
        audit.record("resources", "abnormal", device=row["id"], source=source, cpu=members["cpu"])
        alarms.raise_alarm("resources", source, row["id"], f"CPU {members['cpu']} %")
    before = store.one("SELECT power FROM devices WHERE id = ?", row["id"])
    store.run("UPDATE devices SET power = ?, brightness = ?, cpu = ? WHERE id = ?", members["on"], members["brightness"], members["cpu"],
              row["id"])
    if bool(before["power"]) != members["on"]:
        alarms.switched(row["id"])
    return Answer({"ok": True})
