"""The few pages for people. Each page of somebody who is logged in has the log-out button."""

import html

import devices
import sessions
import store
from flaws import flaw
from web import Answer, Call

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sample home: %s</title><h1>%s</h1>
%s</html>"""
LOG_OUT = """<nav><a href="/home">Home</a> <a href="/devices">Devices</a> <a href="/files">Files</a> <a href="/account">Account</a>
<a href="/notice">Privacy</a></nav><form method="post" action="/logout"><button>Log out</button></form>"""
SIGN_IN = """<form method="post" action="/login"><label>User <input name="user"></label>
<label>Password <input name="password" type="password"></label><button>Log in</button></form><a href="/notice">Privacy</a>"""
NOTICE = """<p>We are the sample home's platform; this notice is for everybody who registers.</p><dl>
<dt>What we collect</dt><dd>user name, phone, nickname, address, state of your devices, your files</dd>
<dt>Why</dt><dd>to run your home and to recover your account</dd><dt>How long</dt><dd>until you erase it; audit records 190 days</dd>
<dt>Who else</dt><dd>partners that you allow, device state only</dd>
<dt>Your rights</dt><dd>access, correction, export, erasure: under Account</dd><dt>Contact</dt><dd>privacy@home.example</dd></dl>"""


def _page(call: Call, title: str, content: str, status: int = 200, cookie: str | None = None) -> Answer:
    body = PAGE % (title, title, (LOG_OUT if call.user else "") + content)
    return Answer(body.encode(), status, "text/html; charset=utf-8", cookie, {"Content-Security-Policy": "default-src 'none'; form-action 'self'"})


def root(call: Call) -> Answer:
    where = "/home" if call.user else "/login"
    if call.user and flaw("7.h"):
        where += "?sid=" + call.session.id
    return Answer(b"", 303, "text/plain", headers={"Location": where})


def sign_in(call: Call) -> Answer:
    """Hands out a session before log-in, which log-in replaces."""
    if call.session:
        return _page(call, "Log in", SIGN_IN)
    return _page(call, "Log in", SIGN_IN, cookie=sessions.cookie(sessions.begin("", "", call.address)))


def home(call: Call) -> Answer:
    return _page(call, "Home", f"<p>You are logged in, {html.escape(call.user)}.</p>")


def device_list(call: Call) -> Answer:
    wanted = call.query.get("find", "")
    rows = [row for row in store.run(devices.SHOWN + "WHERE owner = ?", call.user) if wanted.lower() in row["name"]]
    items = "".join(f"<li>{html.escape(row['name'])} {'on' if row['power'] else 'off'}</li>" for row in rows)
    echo = wanted if flaw("8.2.2.q") else html.escape(wanted)
    return _page(call, "Devices", f"<form><input name='find' value=''></form><p>Named like: {echo}</p><ul>{items}</ul>")


def file_list(call: Call) -> Answer:
    rows = store.run("SELECT name FROM files WHERE user = ?", call.user)
    return _page(call, "Files", "<ul>" + "".join(f"<li>{html.escape(row['name'])}</li>" for row in rows) + "</ul>")


def account(call: Call) -> Answer:
    return _page(call, "Account", f"<p>Your data: <code>/api/people/{html.escape(call.user)}/data</code></p>")


def notice(call: Call) -> Answer:
    if flaw("6.3.2.c"):
        return _page(call, "Not found", "", 404)
    return _page(call, "Privacy notice", NOTICE)
