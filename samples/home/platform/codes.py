"""One-time codes "sent" to a phone: they are written to outbox/PHONE, where an SMS gateway would fetch them."""

import hashlib
import hmac
import os
import secrets
import time

import store
from flaws import flaw
from web import Refused

LIFETIME = 300.0  # seconds
MOST_TRIES = 5


def send(purpose: str, subject: str, phone: str) -> None:
    """A new code for this purpose; the one before is void."""
    code = f"{secrets.randbelow(10**6):06d}"
    store.run("INSERT OR REPLACE INTO codes (purpose, subject, code, ends) VALUES (?, ?, ?, ?)", purpose, subject,
              _digest(code), time.time() + LIFETIME)
    with open(f"outbox/{phone}.new", "w", encoding="ascii") as file:
        file.write(f"{purpose} code {code}\n")
    os.replace(f"outbox/{phone}.new", f"outbox/{phone}")


def take(purpose: str, subject: str, code: str) -> None:
    """Uses the code up, or refuses; the fifth wrong try ends it."""
    row = store.one("UPDATE codes SET tries = tries + 1 WHERE purpose = ? AND subject = ? RETURNING code, ends, tries", purpose, subject)
    if row and row["tries"] > MOST_TRIES and not flaw("6.2.1.c"):
        raise Refused(429, "too many wrong tries; ask for a new code later")
    if row is None or row["ends"] < time.time() or not hmac.compare_digest(row["code"], _digest(code)):
        raise Refused(403, "wrong or expired code")
    store.run("DELETE FROM codes WHERE purpose = ? AND subject = ?", purpose, subject)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
