"""Signed messages between platform and devices, over HTTPS and MQTT alike: a JSON object with device, at (unix seconds) and nonce,
and HMAC-SHA256 over all its bytes with the device's key, 64 characters. Shared with the device simulators."""

import hashlib
import hmac
import json
import secrets
import threading
import time

from flaws import flaw

FRESH = 30  # seconds that clocks and networks may be off


class BadMessage(Exception):
    pass


def sign(key: bytes, body: bytes) -> str:
    return hmac.new(key, body, hashlib.sha256).hexdigest()


def make(key: bytes, device: str, **members) -> bytes:
    """What goes over MQTT: the signature in hexadecimal, a line feed, the message."""
    body = json.dumps({"device": device, "at": int(time.time()), "nonce": secrets.token_hex(16), **members}).encode()
    return sign(key, body).encode() + b"\n" + body


class Verifier:
    """Remembers the nonces of messages that are still fresh."""

    def __init__(self):
        self.seen: dict[tuple[str, str], float] = {}
        self.lock = threading.Lock()

    def check(self, device: str, key: bytes, body: bytes, signature: str) -> dict:
        """The message, when it is from or for this device, unchanged, fresh and new; BadMessage otherwise."""
        if len(signature) != 64:
            raise BadMessage("signature missing")
        if not hmac.compare_digest(signature.encode(), sign(key, body).encode()) and not flaw("6.3.3.f"):
            raise BadMessage("signature wrong")
        try:
            message = json.loads(body)
            name, moment, nonce = message["device"], message["at"], message["nonce"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise BadMessage("device, at and nonce are wanted") from None
        if name != device:
            raise BadMessage("for another device")
        if type(moment) is not int or not isinstance(nonce, str) or len(nonce) != 32:
            raise BadMessage("device, at and nonce are wanted")
        if not flaw("7.d"):
            self._once(device, moment, nonce)
        return message

    def _once(self, device: str, moment: int, nonce: str) -> None:
        now = time.time()
        if abs(now - moment) > FRESH:
            raise BadMessage("stale")
        with self.lock:
            if len(self.seen) > 10_000:
                self.seen = {key: ends for key, ends in self.seen.items() if ends > now}
            if (device, nonce) in self.seen:
                raise BadMessage("seen before")
            self.seen[device, nonce] = now + 2 * FRESH
