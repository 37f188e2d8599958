"""Accounts: registration with a challenge, log-in with lock-out, reset of the password, recovery of the user name."""

import hashlib
import hmac
import secrets
import time

import alarms
import codes
import privacy
import sessions
import store
from flaws import flaw
from web import Answer, Call, Refused

MOST_WRONG, LOCKED_FOR = 5, 60.0  # tries, seconds
COST = 256  # of scrypt: a hundredth of what a real platform takes, since a scan logs in thousands of times
new_accounts = alarms.Burst(4, 60)   # the fourth within a minute from one address is refused
new_codes = alarms.Burst(6, 60)      # by purpose and subject: codes can't be tried in unlimited rounds


def hashed(password: str, salt: str) -> str:
    return hashlib.scrypt(password.encode(), salt=salt.encode(), n=COST, r=8, p=1, dklen=32).hex()


def add(user: str, password: str, role: str, phone: str) -> None:
    salt = secrets.token_hex(16)
    if store.one("INSERT OR IGNORE INTO accounts (user, salt, password, role) VALUES (?, ?, ?, ?) RETURNING user", user, salt,
                 hashed(password, salt), role) is None:
        raise Refused(409, "this user name is taken")
    privacy.write(user, {"phone": phone, "nickname": user, "address": ""})


def challenge(call: Call) -> Answer:
    phone = call.body["phone"]
    if new_codes.reached("register", phone):
        raise Refused(429, "too many codes; try again later")
    codes.send("register", phone, phone)
    return Answer({"ok": True, "phone": phone}, 202)


def register(call: Call) -> Answer:
    user, phone = call.body["user"], call.body["phone"]
    call.note["user"] = user
    if not flaw("6.2.1.a"):
        codes.take("register", phone, call.body["code"])
        if new_accounts.reached(call.address):
            raise Refused(429, "too many new accounts from this address; try again in a minute")
    add(user, call.body["password"], "owner", phone)
    return Answer({"ok": True, "user": user}, 201)


def login(call: Call) -> Answer:
    user = call.note["user"] = call.body["user"]
    row = store.one("SELECT * FROM accounts WHERE user = ?", user)
    if row and row["locked_until"] > time.time():
        alarms.wrong_guess(call.address, user)
        raise Refused(429, "too many wrong tries; try again in a minute")
    salt, wanted = (row["salt"], row["password"]) if row else ("0" * 32, "")  # the same work for users that don't exist
    right = hmac.compare_digest(hashed(call.body["password"], salt), wanted)
    if not right and not (row and flaw("8.2.2.p") and call.body.get("authenticated") in (True, "true")):
        if row:
            store.run("UPDATE accounts SET wrong = wrong + 1 WHERE user = ?", user)
            store.run("UPDATE accounts SET wrong = 0, locked_until = ? WHERE user = ? AND wrong >= ?", time.time() + LOCKED_FOR, user,
                      MOST_WRONG)
        alarms.wrong_guess(call.address, user)
        raise Refused(401, "wrong user or password")
    if row["wrong"]:
        store.run("UPDATE accounts SET wrong = 0 WHERE user = ?", user)
    session = sessions.begin(user, row["role"], call.address, call.cookie())
    return Answer({"ok": True, "user": user, "expires_in": sessions.IDLE}, cookie=sessions.cookie(session))


def logout(call: Call) -> Answer:
    sessions.end(call.session.id)
    return Answer({"ok": True}, cookie=sessions.NO_COOKIE)


def reset_begin(call: Call) -> Answer:
    """The answer is the same whether the user exists or not."""
    user = call.note["user"] = call.body["user"]
    if new_codes.reached("reset", user):
        raise Refused(429, "too many codes; try again later")
    phone = privacy.phone_of(user)
    if phone:
        codes.send("reset", user, phone)
    return Answer({"ok": True}, 202)


def reset_finish(call: Call) -> Answer:
    user = call.note["user"] = call.body["user"]
    _take("reset", user, call)
    salt = secrets.token_hex(16)
    store.run("UPDATE accounts SET salt = ?, password = ?, wrong = 0, locked_until = 0 WHERE user = ?", salt,
              hashed(call.body["password"], salt), user)
    sessions.end_all_of(user)
    return Answer({"ok": True})


def recover_begin(call: Call) -> Answer:
    phone = call.body["phone"]
    if new_codes.reached("recover", phone):
        raise Refused(429, "too many codes; try again later")
    if privacy.user_of_phone(phone):
        codes.send("recover", phone, phone)
    return Answer({"ok": True}, 202)


def recover_finish(call: Call) -> Answer:
    _take("recover", call.body["phone"], call)
    return Answer({"ok": True, "user": privacy.user_of_phone(call.body["phone"])})


def _take(purpose: str, subject: str, call: Call) -> None:
    try:
        codes.take(purpose, subject, call.body["code"])
    except Refused:
        alarms.wrong_guess(call.address, subject)
        raise


def listing(_: Call) -> Answer:
    return Answer([{"user": row["user"], "role": row["role"]} for row in store.run("SELECT user, role FROM accounts ORDER BY user")])
