"""Binding a device to a user: the platform hands the user a one-time token for one device, the device signs it with its key."""

import hashlib
import hmac
import secrets
import time

import devices
import signed
import store
from flaws import flaw
from web import Answer, Call, Refused

LIFETIME = 60.0  # seconds


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def token(call: Call) -> Answer:
    value = secrets.token_hex(16)
    store.run("DELETE FROM bind_tokens WHERE ends < ?", time.time())
    store.run("INSERT INTO bind_tokens VALUES (?, ?, ?, ?)", _digest(value), call.user, call.body["device"], time.time() + LIFETIME)
    return Answer({"token": value, "expires_in": LIFETIME}, 201)


def bind(call: Call) -> Answer:
    """X-Signature is the device's HMAC-SHA256 over the token: without the device in hand nobody binds it."""
    device, value = call.body["device"], call.body["token"]
    row = store.one("SELECT * FROM devices WHERE id = ?", device)
    take = "SELECT 1 FROM bind_tokens" if flaw("6.2.2.b") else "DELETE FROM bind_tokens"
    found = store.one(take + " WHERE token = ? AND user = ? AND device = ? AND ends > ?" + ("" if take[0] == "S" else " RETURNING 1"),
                      _digest(value), call.user, device, time.time())
    if not found or row is None:
        raise Refused(403, "no token of yours for this device, or used, or expired")
    wanted = signed.sign(devices.key_of(row), value.encode()).encode()
    if not hmac.compare_digest(call.headers.get("X-Signature", "").encode("utf-8", "replace"), wanted):
        raise Refused(403, "the device has not signed the token")
    if store.one("UPDATE devices SET owner = ? WHERE id = ? AND owner IN ('', ?) RETURNING id", call.user, device, call.user) is None:
        raise Refused(409, "the device is bound already")
    return Answer({"ok": True}, 201)


def unbind(call: Call) -> Answer:
    store.run("UPDATE devices SET owner = '' WHERE id = ?", devices.owned(call)["id"])
    return Answer({"ok": True})
