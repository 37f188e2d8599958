"""The platform's calls: one table, and the way every request goes through it: find, admit, check, handle, audit."""

import dataclasses
import re
import traceback
from typing import Callable

import accounts
import alarms
import audit
import binding
import devices
import fields
import files
import ota
import pages
import partner
import privacy
import sessions
import store
from fields import CODE, DEVICE, FLAG, LINE, NEW_PASSWORD, NUMBER, PASSWORD, PATH, PHONE, TOKEN, USER, VERSION
from flaws import flaw
from web import Answer, Call, Refused

ANYONE, LOGGED_IN, AUDITOR, ADMIN, DEVICE_ITSELF, PARTNER = "anyone", "logged in", "auditor", "admin", "device", "partner"


@dataclasses.dataclass(frozen=True)
class Route:
    method: str
    path: str                    # {name} stands for one segment
    who: str
    handler: Callable[[Call], Answer]
    event: str = ""              # type of the audit record; "" for what is only looked at
    body: dict | None = None     # None: the handler reads the bytes itself
    query: dict = dataclasses.field(default_factory=dict)  # all optional but `version` and `name`


LOGIN = {"user": USER, "password": PASSWORD, "authenticated": FLAG}  # what a client says of itself changes nothing
PERSON = "/api/people/{user}/data"
ROUTES = [
    Route("GET", "/", ANYONE, pages.root),
    Route("GET", "/login", ANYONE, pages.sign_in),
    Route("GET", "/notice", ANYONE, pages.notice),
    Route("GET", "/home", LOGGED_IN, pages.home),
    Route("GET", "/devices", LOGGED_IN, pages.device_list, query={"find": LINE}),
    Route("GET", "/files", LOGGED_IN, pages.file_list),
    Route("GET", "/account", LOGGED_IN, pages.account),
    Route("POST", "/login", ANYONE, accounts.login, "login", LOGIN),
    Route("POST", "/logout", LOGGED_IN, accounts.logout, "logout", {}),
    Route("POST", "/api/register/challenge", ANYONE, accounts.challenge, "register_challenge", {"phone": PHONE}),
    Route("POST", "/api/register", ANYONE, accounts.register, "register",
          {"user": USER, "password": NEW_PASSWORD, "phone": PHONE, "code": CODE}),
    Route("POST", "/api/reset/begin", ANYONE, accounts.reset_begin, "reset_begin", {"user": USER}),
    Route("POST", "/api/reset/finish", ANYONE, accounts.reset_finish, "reset", {"user": USER, "code": CODE, "password": NEW_PASSWORD}),
    Route("POST", "/api/recover/begin", ANYONE, accounts.recover_begin, "recover_begin", {"phone": PHONE}),
    Route("POST", "/api/recover/finish", ANYONE, accounts.recover_finish, "recover", {"phone": PHONE, "code": CODE}),
    Route("GET", "/api/devices", LOGGED_IN, devices.listing),
    Route("GET", "/api/devices/{device}", LOGGED_IN, devices.show),
    Route("POST", "/api/devices/{device}/commands", LOGGED_IN, devices.command, "command"),
    Route("POST", "/api/bindings/token", LOGGED_IN, binding.token, "bind_token", {"device": DEVICE}),
    Route("POST", "/api/bindings", LOGGED_IN, binding.bind, "bind", {"device": DEVICE, "token": TOKEN}),
    Route("DELETE", "/api/bindings/{device}", LOGGED_IN, binding.unbind, "unbind", {}),
    Route("POST", "/api/device/report", DEVICE_ITSELF, devices.report, "report"),
    Route("GET", "/api/device/offer", DEVICE_ITSELF, ota.offer, "offer", query={"version": VERSION}),
    Route("GET", "/api/device/firmware/{version}", DEVICE_ITSELF, ota.image, "firmware"),
    Route("GET", "/partner/devices", PARTNER, partner.listing, "partner_read"),
    Route("GET", "/partner/devices/{device}", PARTNER, partner.show, "partner_read"),
    Route("GET", PERSON, LOGGED_IN, privacy.show, "data_access"),
    Route("PUT", PERSON, LOGGED_IN, privacy.correct, "data_correct", {"user": USER, "phone": PHONE, "nickname": LINE, "address": LINE}),
    Route("DELETE", PERSON, LOGGED_IN, privacy.erase, "data_erase", {}),
    Route("GET", "/api/people/{user}/export", LOGGED_IN, privacy.export, "data_export"),
    Route("GET", "/api/people/{user}/replica", LOGGED_IN, privacy.show_replica, "data_access"),
    Route("GET", "/api/files", LOGGED_IN, files.listing),
    Route("POST", "/api/files", LOGGED_IN, files.upload, "upload"),
    Route("GET", "/api/files/content", LOGGED_IN, files.download, "download", query={"name": PATH}),
    Route("GET", "/api/admin/accounts", ADMIN, accounts.listing, "account_list"),
    Route("GET", "/api/alarms", AUDITOR, alarms.export),
    Route("GET", "/api/audit", AUDITOR, audit.export, query={"since": NUMBER, "limit": NUMBER}),
    Route("DELETE", "/api/audit/{number}", AUDITOR, audit.remove, "audit_delete", {}),
    Route("PUT", "/api/audit/{number}", AUDITOR, audit.change, "audit_change"),
    Route("PATCH", "/api/audit/{number}", AUDITOR, audit.change, "audit_change"),
]
SEGMENTS = {"device": "[0-9A-F]{24}", "user": "[a-z][a-z0-9]{2,31}", "number": "[0-9]{1,9}", "version": r"[0-9.]{1,15}"}
PATTERNS = [(re.compile(re.sub(r"\{(\w+)\}", lambda m: f"(?P<{m[1]}>{SEGMENTS[m[1]]})", route.path)), route) for route in ROUTES]


def find(call: Call) -> Route:
    fitting = [(match, route) for pattern, route in PATTERNS if (match := pattern.fullmatch(call.path))]
    for match, route in fitting:
        if route.method == call.method or (route.method, call.method) == ("GET", "HEAD"):
            call.arguments = match.groupdict()
            return route
    raise Refused(405 if fitting else 404, "not done here" if fitting else "not found")


def admit(route: Route, call: Call) -> None:
    """Whether this caller may make this call. Every call comes through here, and nowhere else is a session looked at."""
    call.session = sessions.find(call.cookie(), call.address)
    call.user = call.session.user if call.session else ""
    if route.who == DEVICE_ITSELF:
        call.device = devices.authenticate(call)
    elif route.who == PARTNER:
        if call.partner not in partner.SCOPES:
            raise Refused(403, "for partners with a certificate")
    elif route.who != ANYONE and not call.user:
        open_by_flaw = (flaw("8.2.2.o") and route.handler is devices.show) or (flaw("6.3.4.a") and route.handler is privacy.show)
        if not open_by_flaw:
            raise Refused(401, "log in first")
    elif route.who in (AUDITOR, ADMIN) and call.session.role != route.who:
        raise Refused(403, "not for your role")


def serve(call: Call) -> Answer:
    route = None
    try:
        route = find(call)
        admit(route, call)
        call.query = fields.check(route.query, call.query_pairs, ("find", "since", "limit"))
        if route.body is not None:
            call.body = fields.check(route.body, call.pairs(), ("authenticated",))
        answer = route.handler(call)
    except Refused as refused:
        answer = refused.answer
    except Exception:  # an answer is owed, and its text says nothing of the inside
        traceback.print_exc()
        answer = Answer({"error": "something went wrong here"}, 500)
    note(route, call, answer.status)
    return answer


def note(route: Route | None, call: Call, status: int) -> None:
    alarms.watch(call, status)
    refused = status >= 400
    if route is None or not (route.event or status in (401, 403)):
        return
    if flaw("6.1.6.a") and route.event == "login" and refused:
        return
    device = call.arguments.get("device") or call.body.get("device") or (call.device["id"] if call.device else "")
    user = call.note.pop("user", "") or call.user or call.partner
    audit.record(route.event or "look", "refused" if refused else "ok", user, device, call.address, status=status, **call.note)
