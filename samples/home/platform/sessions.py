"""Sessions: 128 random bits, changed at log-in, bound to the client's address, gone after idling or log-out. They live in memory."""

import collections
import dataclasses
import random
import secrets
import threading
import time

import store
from flaws import flaw

IDLE = 4.0  # seconds; short, so that a test needn't wait
MOST = 50_000  # oldest dropped first


@dataclasses.dataclass
class Session:
    id: str
    user: str  # "" before log-in
    role: str
    address: str
    last: float


_live: collections.OrderedDict[str, Session] = collections.OrderedDict()  # least recently used first
_lock = threading.Lock()
_counter, _lcg = 0, 20240229  # of the flaws only


def new_id() -> str:
    global _lcg
    if flaw("7.f-counter"):
        return f"{_following():032x}"
    if flaw("7.f"):
        words = []
        for _ in range(4):
            _lcg = (1103515245 * _lcg + 12345) % 2**31
            words.append(f"{_lcg:08x}")
        return "".join(words)
    if flaw("6.2.5.a"):
        return f"{random.Random(int(time.time())).getrandbits(96):024x}{_following():08x}"
    return secrets.token_hex(16)


def _following() -> int:
    global _counter
    _counter += 1
    return _counter


def begin(user: str, role: str, address: str, before: str = "") -> Session:
    """A new session in place of the one that the client had before."""
    with _lock:
        _live.pop(before, None)
        identifier = before if before and flaw("8.2.2.r") else new_id()
        session = _live[identifier] = Session(identifier, user, role, address, time.monotonic())
        while len(_live) > MOST or next(iter(_live.values())).last < time.monotonic() - 100 * IDLE:
            _live.popitem(last=False)
    return session


def find(identifier: str, address: str) -> Session | None:
    """The live session of this id for this client; using it ends its idling."""
    with _lock:
        session = _live.get(identifier)
        if session and time.monotonic() - session.last > IDLE and not flaw("7.j"):
            del _live[identifier]
            session = None
        if session and session.address != address and not flaw("7.g"):
            return None
        if session:
            session.last = time.monotonic()
            _live.move_to_end(identifier)
            return session
    if flaw("6.2.3.b"):
        row = store.one("SELECT role FROM accounts WHERE user = ?", identifier)
        return Session(identifier, identifier, row["role"], address, time.monotonic()) if row else None
    return None


def end(identifier: str) -> None:
    if flaw("7.i"):
        return
    with _lock:
        _live.pop(identifier, None)


def end_all_of(user: str) -> None:
    with _lock:
        for identifier in [s.id for s in _live.values() if s.user == user]:
            del _live[identifier]


def cookie(session: Session) -> str:
    return f"SID={session.id}; Path=/; HttpOnly; Secure; SameSite=Strict"


NO_COOKIE = "SID=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict"
