"""Alarms: what is raised when events come in bursts or values are not of this world. Each is stored, and audited."""

import collections
import threading
import time

import audit
import store
from flaws import flaw
from web import Answer, Call

REPEAT = 10.0  # seconds in which the same alarm is not raised again


class Burst:
    """Counts events by key; tells when there have been `limit` of them within `seconds`."""

    def __init__(self, limit: int, seconds: float):
        self.limit, self.seconds, self.lock = limit, seconds, threading.Lock()
        self.seen: dict[tuple, collections.deque] = {}

    def reached(self, *key: str) -> bool:
        moment = time.monotonic()
        with self.lock:
            if key not in self.seen and len(self.seen) > 10_000:
                self.seen.clear()  # a flood of keys must not fill the memory
            times = self.seen.setdefault(key, collections.deque(maxlen=self.limit))
            times.append(moment)
            return len(times) == self.limit and times[0] >= moment - self.seconds


requests = Burst(150, 10)        # from one address: more than any household sends
unknown_paths = Burst(30, 10)    # from one address
guesses = Burst(10, 60)          # wrong passwords or codes, by address and account
abnormal_values = Burst(3, 60)   # by device
flapping = Burst(6, 10)          # changes between on and off, by device
_raised: dict[tuple, float] = {}
_lock = threading.Lock()


def raise_alarm(kind: str, source: str, target: str, detail: str, action: str = "recorded") -> None:
    with _lock:
        if time.monotonic() - _raised.get((kind, source, target), -REPEAT) < REPEAT:
            return
        _raised[kind, source, target] = time.monotonic()
    shown = "" if flaw("6.1.5.b") else kind
    store.run("INSERT INTO alarms (at, type, source, target, detail, action) VALUES (?, ?, ?, ?, ?, ?)",
              audit.now().isoformat(timespec="milliseconds"), shown, source, target, detail, action)
    audit.record("alarm", "raised", device=target if len(target) == 24 else "", source=source, alarm=shown)


def watch(call: Call, status: int) -> None:
    """Sees every request with its outcome."""
    if requests.reached(call.address) and not flaw("6.1.5.a"):
        raise_alarm("request_burst", call.address, "home.example", "150 requests within 10 s")
    if status == 404 and unknown_paths.reached(call.address):
        raise_alarm("path_scan", call.address, "home.example", "30 unknown paths within 10 s")


def wrong_guess(address: str, account: str) -> None:
    if guesses.reached(address, account) and not flaw("6.1.5.d"):
        raise_alarm("password_guessing", address, account, "10 wrong tries within 60 s", "account locked")


def abnormal_value(address: str, device: str, detail: str) -> None:
    if abnormal_values.reached(device) and not flaw("6.2.6.a"):
        raise_alarm("abnormal_parameters", address, device, detail, "refused")


def switched(device: str) -> None:
    if flapping.reached(device) and not flaw("6.2.6.b"):
        raise_alarm("flapping", device, device, "6 changes of state within 10 s")


def export(_: Call) -> Answer:
    return Answer([dict(row) for row in store.run("SELECT * FROM alarms ORDER BY number")])
