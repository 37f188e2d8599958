#!/usr/bin/env python3
"""The sample platform, duty by duty, over real HTTPS; then each break: the duty it spoils is neglected, its neighbours are not.

A duty is a function that does what a client would do and tells whether the platform behaved. Its name is that of the break."""

import hashlib
import json
import os
import pathlib
import re
import secrets
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

from home_test import SAMPLES, run_inside_a_private_network
from platform_client import HUB, LAMP, NEIGHBOUR, SPARE, Home, command_body, sign

from parts import hosts, material, services  # found where home_test looks

DUTIES = {}  # group -> break -> function
SLOW = ("7.j", "6.1.5.a")  # tried when conforming and when broken themselves
SPOILS = {"7.d": ("mqtt",)}  # a message that may come twice may do so on both ways


def duty(group, name):
    def keep(function):
        DUTIES.setdefault(group, {})[name] = function
        return function
    return keep


# ---- sessions

@duty("sessions", "7.g")
def bound_to_the_address(home):
    owner = home.client("alice")
    return home.stranger(cookie=owner.cookie).get("/home").status == 401 and owner.get("/home").status == 200


@duty("sessions", "7.h")
def id_never_shown(home):
    owner = home.client("alice")
    answers = [owner.get(path) for path in ("/", "/home", "/devices", "/nowhere", "/api/devices")]
    shown = [a for a in answers if owner.cookie in a.text or owner.cookie in str(a.headers)]
    return not shown and owner.cookie not in home.read("logs/access.log") + home.read("audit.jsonl")


@duty("sessions", "7.i")
def logout_ends(home):
    owner = home.client("alice")
    pages = [owner.get(path).text for path in ("/home", "/devices", "/files", "/account", "/notice")]
    before = owner.cookie
    ended = owner.post("/logout").status == 200 and owner.cookie == ""
    return all('action="/logout"' in page for page in pages) and ended and home.client(cookie=before).get("/home").status == 401


@duty("sessions", "7.j")
def idling_ends(home):
    """Another session, used all the while, tells that the time is over."""
    idle, busy = home.client("alice"), home.client("alice")
    end = time.monotonic() + 4.3
    while time.monotonic() < end:
        if busy.get("/home").status != 200:
            return False
    return idle.get("/home").status == 401


@duty("sessions", "8.2.2.r")
def changed_at_login(home):
    browser = home.client()
    browser.get("/login")
    before, planted = browser.cookie, home.client(cookie=secrets.token_hex(16))
    value = planted.cookie
    browser.login("alice")
    planted.login("alice")
    return len(before) == 32 and browser.cookie != before and planted.cookie != value and home.client(cookie=before).get("/home").status == 401


@duty("sessions", "6.2.5.a")
def not_from_the_clock(home):
    found = [home.client("alice").cookie for _ in range(4)]
    return len({identifier[:24] for identifier in found}) == 4


@duty("sessions", "7.f")
def not_linear(home):
    identifier = home.client("alice").cookie
    words = [int(identifier[i:i + 8], 16) for i in (0, 8, 16, 24)]
    return any((1103515245 * a + 12345) % 2**31 != b for a, b in zip(words, words[1:]))


@duty("sessions", "6.2.3.b")
def user_name_is_no_session(home):
    return home.client(cookie="alice").get("/api/devices").status == 401


# ---- accounts

@duty("accounts", "6.2.1.a")
def registration_is_limited(home):
    robot, made = home.stranger(), 0
    for number in range(6):
        phone = f"139{secrets.randbelow(10**8):08d}"
        robot.post("/api/register/challenge", {"phone": phone})
        body = {"user": f"robot{secrets.token_hex(4)}", "password": "long enough 1", "phone": phone}
        blind = robot.post("/api/register", {**body, "code": "000000"}).status if number == 0 else 403
        made += blind == 201 or robot.post("/api/register", {**body, "code": home.code(phone)}).status == 201
        if blind == 201:
            return False
    return made == 3


@duty("accounts", "6.2.1.b")
def no_clear_login(home):
    form = f"user=alice&password={home.password('alice')}".encode()
    with socket.create_connection(("127.0.10.1", 8443), timeout=10) as peer:
        peer.sendall(b"POST /login HTTP/1.1\r\nHost: home.example\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                     b"Content-Length: %d\r\n\r\n%s" % (len(form), form))
        answer = peer.recv(65536)
    return answer.startswith(b"HTTP/1.1 400") and b"SID=" not in answer


@duty("accounts", "6.2.1.c")
def codes_can_not_be_guessed(home):
    guesser = home.stranger()
    guesser.post("/api/reset/begin", {"user": "sam"})
    code = home.code("13800138003")
    wrong = [f"{n:06d}" for n in range(8) if f"{n:06d}" != code]
    for guess in wrong[:7]:
        guesser.post("/api/reset/finish", {"user": "sam", "code": guess, "password": "a new password"})
    return guesser.post("/api/reset/finish", {"user": "sam", "code": code, "password": home.password("sam")}).status == 429


@duty("accounts", "8.2.2.p")
def client_flag_means_nothing(home):
    return home.stranger().post("/login", {"user": "bob", "password": "wrong", "authenticated": True}).status == 401


@duty("accounts", "lock-out")
def login_locks(home):
    guesser = home.stranger()
    answers = [guesser.login("victor", "wrong").status for _ in range(6)]
    return answers == [401] * 5 + [429] and home.stranger().login("victor").status == 429


@duty("accounts", "reset and recovery")
def reset_and_recovery_work(home):
    forgetful = home.stranger()
    forgetful.post("/api/recover/begin", {"phone": "13800138002"})
    answer = forgetful.post("/api/recover/finish", {"phone": "13800138002", "code": home.code("13800138002")})
    if answer.json != {"ok": True, "user": "bob"}:
        return False
    signed_in = home.client("bob")
    forgetful.post("/api/reset/begin", {"user": "bob"})
    body = {"user": "bob", "code": home.code("13800138002"), "password": home.password("bob")}
    return (forgetful.post("/api/reset/finish", body).status == 200 and forgetful.post("/api/reset/finish", body).status == 403
            and signed_in.get("/home").status == 401 and forgetful.login("bob").status == 200)


# ---- rights

@duty("rights", "8.2.2.o")
def calls_want_a_session(home):
    return all(home.client().get(path).status == 401
               for path in (f"/api/devices/{LAMP}", "/api/devices", "/home", "/api/files", "/api/admin/accounts", "/api/audit", "/api/alarms"))


@duty("rights", "roles")
def calls_want_a_role(home):
    owner, admin = home.client("alice"), home.client("root")
    return (all(owner.get(path).status == 403 for path in ("/api/admin/accounts", "/api/audit", "/api/alarms"))
            and admin.get("/api/admin/accounts").status == 200 and admin.get("/api/audit").status == 403)


@duty("rights", "6.3.4.a")
def personal_data_is_personal(home):
    paths = ("/api/people/alice/data", "/api/people/alice/export", "/api/people/alice/replica")
    return (all(home.client().get(path).status == 401 for path in paths)
            and all(home.client("bob").get(path).status == 403 for path in paths)
            and all(home.client("alice").get(path).status == 200 for path in paths))


@duty("rights", "6.2.3.c")
def devices_obey_their_owner(home):
    other = home.client("bob")
    return (other.get(f"/api/devices/{LAMP}").status == 403 and other.command().status == 403
            and other.command("neighbour", NEIGHBOUR).status == 200)


@duty("rights", "6.2.3.a")
def device_id_is_no_token(home):
    device = home.client()
    return (device.as_device("GET", "/api/device/offer?version=2.4.1").status == 200
            and device.as_device("GET", "/api/device/offer?version=2.4.1", token=LAMP).status == 401)


@duty("rights", "6.2.2.b")
def binding_tokens_work_once(home):
    owner, other = home.client("sam"), home.client("bob")

    def bind(client, token, key="spare"):
        return client.call("POST", "/api/bindings", {"device": SPARE, "token": token}, headers={"X-Signature": sign(home.key(key), token.encode())}).status

    token = owner.post("/api/bindings/token", {"device": SPARE}).json["token"]
    answers = [bind(other, token), bind(owner, token), bind(owner, token)]
    second = owner.post("/api/bindings/token", {"device": SPARE}).json["token"]
    answers.append(bind(owner, second, key="lamp"))
    owner.call("DELETE", f"/api/bindings/{SPARE}")
    return answers == [403, 201, 403, 403]


@duty("rights", "6.2.5.c")
def partners_keep_to_their_scope(home):
    lamps = home.client(port=8444, certificate="partner-lamps")
    return ([d["id"] for d in lamps.get("/partner/devices").json] == [LAMP] and lamps.get(f"/partner/devices/{LAMP}").status == 200
            and lamps.get(f"/partner/devices/{HUB}").status == 403 and lamps.get(f"/partner/devices/{NEIGHBOUR}").status == 403
            and home.client(port=8444, certificate="lamp-client").get("/partner/devices").status == 403
            and home.client("alice").get("/partner/devices", headers={"X-Partner": "CN=partner-lamps,O=Sample Home,C=CN"}).status == 403)


@duty("rights", "6.2.5.b")
def partners_have_certificates(home):
    return home.client(port=8444).get("/partner/devices").status == 400


@duty("rights", "6.1.4.b")
def partners_come_from_agreed_addresses(home):
    return (home.stranger(port=8444, certificate="partner-lamps").get("/partner/devices").status == 403
            and home.client(port=8444, certificate="partner-lamps").get("/partner/devices").status == 200)


# ---- messages

@duty("messages", "7.d")
def commands_are_fresh(home):
    owner, nonce = home.client("alice"), secrets.token_hex(16)
    return ([owner.command(nonce=nonce).status, owner.command(nonce=nonce).status, owner.command(at=int(time.time()) - 60).status]
            == [200, 403, 403])


@duty("messages", "6.3.3.f")
def commands_are_whole(home):
    owner, message = home.client("alice"), command_body()
    signature = sign(home.key("lamp"), message)
    changed = message.replace(b'"brightness": 50', b'"brightness": 51')
    return owner.command(message=changed, signature=signature).status == owner.command("neighbour").status == 403


@duty("messages", "wrong commands")
def other_wrong_commands(home):
    owner = home.client("alice")
    for_hub = command_body(HUB)
    statuses = [owner.command(signature="").status, owner.command(message=for_hub).status]
    return statuses == [403, 403] and owner.command(brightness=20).json == {"ok": True, "on": True, "brightness": 20}


@duty("messages", "mqtt")
def commands_over_mqtt(home):
    """The hub may command the lamp; the lamp refuses what it has seen, and the platform audits that."""
    message = command_body(brightness=33)
    payload = sign(home.key("lamp"), message).encode() + b"\n" + message
    argv = ["mosquitto_pub", "-h", "127.0.10.1", "-p", "8883", "--cafile", home.path("pki/ca.pem"), "--cert", home.path("pki/hub-client.pem"), "--key",
            home.path("pki/hub-client.key"), "-u", "hub", "-P", home.read("hub.password"), "-t", "home/lamp/command", "-q", "1", "-s"]
    owner = home.client("alice")

    def send():
        subprocess.run(argv, input=payload, check=True, timeout=20)

    send()
    wait_until(lambda: owner.get(f"/api/devices/{LAMP}").json["brightness"] == 33)
    send()
    wait_until(lambda: home.audit(type="device_command", why="seen before"))
    return True


def wait_until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("waited in vain")


# ---- input

@duty("input", "6.2.1.d")
def tampered_user(home):
    owner, data = home.client("alice"), {"phone": "13800138001", "nickname": "x", "address": ""}
    return (owner.call("PUT", "/api/people/alice/data", {**data, "user": "bob"}).status == 403
            and owner.call("PUT", "/api/people/alice/data", {**data, "user": "alice"}).status == 200)


@duty("input", "8.2.2.q")
def output_is_encoded(home):
    page = home.client("alice").get("/devices?find=%3Cscript%3Ealert(1)%3C/script%3E").text
    return "<script>" not in page and "&lt;script&gt;" in page


@duty("input", "8.2.2.s")
def uploads_are_harmless(home):
    owner, image = home.client("alice"), b"\x89PNG\r\n\x1a\n" + bytes(64)
    bad = [("a.php", "application/x-php", b"<?php"), ("a.php.png", "image/png", image), ("a.PHP", "image/png", image), ("a.svg", "image/svg+xml", b"<svg/>"),
           ("a.png", "text/html", image), ("a.png", "image/png", b"<?php"), ("a.php%00.png", "image/png", image), ("../a.png", "image/png", image)]
    return [owner.upload(*file).status for file in bad] == [415] * len(bad) and owner.upload("a.png", "image/png", image).status == 201


@duty("input", "6.3.4.b")
def no_traversal(home):
    owner = home.client("alice")
    owner.upload("b.txt", "text/plain", b"hello")
    names = ["../seed.json", "..%2fseed.json", "..%252fseed.json", "/etc/passwd", "%2fetc%2fpasswd", "..\\seed.json", "b.txt%00"]
    return all(owner.get("/api/files/content?name=" + name).status in (400, 404) for name in names) and owner.get("/api/files/content?name=b.txt").body == b"hello"


@duty("input", "malformed")
def malformed_is_refused(home):
    owner, admin = home.client("alice"), home.client()
    refused = [admin.post("/login", [1]), admin.post("/login", {"user": ["alice"], "password": "x"}), admin.post("/login", {"user": "alice"}),
               admin.call("POST", "/login", headers={"Content-Type": "application/json"}, raw=b'{"user":"a","user":"b","password":"c"}'),
               admin.call("POST", "/login", headers={"Content-Type": "application/json"}, raw=b"[" * 5000), owner.get("/devices?find=a&find=b"),
               owner.get("/api/devices?x=1"), owner.command(message=b"{}"), owner.command(brightness=10**30), owner.get("/devices?find=" + "x" * 200)]
    large = home.client().call("POST", "/login", raw=b"x" * 70000)
    return [r.status for r in refused] == [400] * len(refused) and large.status == 413


# ---- personal data

@duty("privacy", "6.3.2.b")
def only_declared_members(home):
    return set(home.client("alice").get("/api/people/alice/data").json) == {"user", "phone", "nickname", "address"}


@duty("privacy", "6.3.2.c")
def there_is_a_notice(home):
    notice = home.client().get("/notice")
    return notice.status == 200 and all(word in notice.text for word in ("collect", "Why", "How long", "rights", "Contact"))


@duty("privacy", "6.3.3.b")
def phones_are_masked(home):
    return re.fullmatch(r"138\*{4}\d{4}", home.client("alice").get("/api/people/alice/data").json["phone"]) is not None


def planted(home):
    marker, subject = "marker" + secrets.token_hex(8), home.client("sam")
    subject.call("PUT", "/api/people/sam/data", {"user": "sam", "phone": "13800138003", "nickname": marker, "address": marker})
    return marker, subject


@duty("privacy", "6.3.2.d")
def four_rights(home):
    marker, subject = planted(home)
    seen = marker in subject.get("/api/people/sam/data").text and subject.get("/api/people/sam/export").json["person"]["address"] == marker
    erased = subject.call("DELETE", "/api/people/sam/data").status == 200
    return seen and erased and all(subject.get("/api/people/sam/" + what).status == 404 for what in ("data", "export"))


@duty("privacy", "6.3.6.b")
def replica_follows(home):
    marker, subject = planted(home)
    seen = marker in subject.get("/api/people/sam/replica").text
    subject.call("DELETE", "/api/people/sam/data")
    return seen and subject.get("/api/people/sam/replica").status == 404


@duty("privacy", "6.3.5.b")
def files_are_sealed(home):
    home.client("alice").upload("c.jpg", "image/jpeg", b"\xff\xd8\xff" + b"plain picture" * 20)
    contents = []
    for name in os.listdir(home.path("files")):
        with open(home.path("files/" + name), "rb") as file:
            contents.append(file.read())
    return contents and not any(b"plain picture" in content for content in contents)


@duty("privacy", "6.3.5.c")
def text_is_sealed(home):
    marker, _ = planted(home)
    found = []
    for name in ("platform.db", "platform.db-wal", "replica.db", "replica.db-wal"):
        with open(home.path(name), "rb") as file:
            found.append(marker.encode() in file.read())
    return not any(found)


@duty("privacy", "6.3.5.d")
def phone_column_is_masked(home):
    with sqlite3.connect(home.path("platform.db")) as database:
        return all(re.fullmatch(r"\d{3}\*{4}\d{4}", phone) for (phone,) in database.execute("SELECT phone FROM people"))


# ---- audit and alarms

@duty("audit", "6.1.6.a")
def actions_are_audited(home):
    owner = home.stranger()
    owner.login("alice", "wrong")
    owner.login("alice")
    owner.command(brightness=77)
    owner.post("/logout")
    if [r["brightness"] for r in home.audit(from_=owner.source, type="command")] != [77]:
        return False
    found = [(r["type"], r.get("result", "?"), r["user"], r["device"]) for r in home.audit(from_=owner.source)]
    return found in ([("login", "refused", "alice", ""), ("login", "ok", "alice", ""), ("command", "ok", "alice", LAMP), ("logout", "ok", "alice", "")],
                     [("login", "?", "alice", ""), ("login", "?", "alice", ""), ("command", "?", "alice", LAMP), ("logout", "?", "alice", "")])


@duty("audit", "6.1.6.b")
def records_are_complete(home):
    return all(r.get(name) is not None for r in home.audit() for name in ("at", "user", "type", "result", "device", "from"))


def changed_by(home, method):
    auditor, number = home.client("audrey"), home.audit()[3]["number"]
    before = home.audit(number=number)
    status = auditor.call(method, f"/api/audit/{number}").status
    noted = home.audit(type="audit_delete" if method == "DELETE" else "audit_change")
    return status == 405 and home.audit(number=number) == before and home.client("alice").call(method, f"/api/audit/{number}").status == 403 and noted


@duty("audit", "6.1.6.c")
def records_stay(home):
    return bool(changed_by(home, "DELETE")) and chain_holds(home)


@duty("audit", "6.2.6.c")
def records_stay_as_they_are(home):
    return bool(changed_by(home, "PUT")) and bool(changed_by(home, "PATCH"))


def chain_holds(home):
    previous = None
    for record in home.audit():
        rest = json.dumps({name: value for name, value in record.items() if name != "hash"}, sort_keys=True).encode()
        if record["hash"] != hashlib.sha256(rest).hexdigest() or previous not in (None, record["previous"]):
            return False
        previous = record["hash"]
    return home.read("audit.jsonl") == home.read("backup/audit.jsonl")


@duty("audit", "6.1.6.d")
def records_are_kept_half_a_year(home):
    return home.audit()[0]["at"] < time.strftime("%Y-%m-%d", time.gmtime(time.time() - 182 * 86400))


@duty("audit", "6.1.5.a")
def bursts_raise_an_alarm(home):
    device = home.stranger()
    for _ in range(160):
        device.get("/notice")
    return [a["source"] for a in home.alarms("request_burst") if a["source"] == device.source] == [device.source]


@duty("audit", "6.1.5.b")
def alarms_name_the_attack(home):
    scanner = home.stranger()
    for number in range(31):
        scanner.get(f"/admin{number}.php")
    found = [a for a in home.alarms("path_scan") if a["source"] == scanner.source]
    return len(found) == 1 and all(found[0][member] for member in ("type", "source", "target", "at"))


@duty("audit", "6.1.5.d")
def guessing_raises_an_alarm(home):
    guesser = home.stranger()
    for _ in range(11):
        guesser.login("victor", "wrong")
    return [a["target"] for a in home.alarms("password_guessing") if a["source"] == guesser.source] == ["victor"]


@duty("audit", "6.2.6.a")
def abnormal_parameters_raise_an_alarm(home):
    owner = home.client("alice")
    statuses = [owner.command(brightness=900).status for _ in range(3)]
    return statuses == [400] * 3 and bool(home.alarms("abnormal_parameters"))


@duty("audit", "6.2.6.b")
def flapping_raises_an_alarm(home):
    device = home.client()
    statuses = [device.report(on=number % 2 == 0).status for number in range(8)]
    return statuses == [200] * 8 and bool(home.alarms("flapping"))


@duty("audit", "resources")
def busy_devices_raise_an_alarm(home):
    home.client().report(cpu=100)
    return bool(home.alarms("resources")) and bool(home.audit(type="resources", cpu=100))


@duty("load", "6.1.2.a")
def peak_load_is_served(home):
    browser = home.client("alice")
    return all(browser.get("/account").status == 200 for _ in range(150))


# ---- the tests

class Platform(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home(os.path.realpath(tempfile.mkdtemp(prefix="lintel-platform-")))
        cls.addClassCleanup(shutil.rmtree, cls.home.directory)
        os.umask(0o077)
        cls.addClassCleanup(services.stop, cls.home.directory)
        material.make(SAMPLES, cls.home.directory, None, hosts.LOOPBACK)
        own = "".join(path.read_text("utf-8") for path in pathlib.Path(SAMPLES, "platform").iterdir() if path.name != "signed.py")  # that one is the devices' too
        cls.breaks_of_the_platform = {None, *re.findall(r'flaw\("([^"]+)"\)', own)}
        cls.rest_conforms = False

    def start(self, flaw):
        """The same files for all breaks: those here spoil what runs, not what it is made of. Where the platform alone is spoilt it alone is
        started anew, and begins with an empty store; broker, devices and nginx go on."""
        self.addCleanup(self.home.close)
        rest_conforms, type(self).rest_conforms = self.rest_conforms, False  # until all of it is up
        if flaw in self.breaks_of_the_platform and rest_conforms:
            self.start_platform(flaw)
        else:
            services.stop(self.home.directory)
            services.start(SAMPLES, self.home.directory, flaw, hosts.LOOPBACK)
        type(self).rest_conforms = flaw in self.breaks_of_the_platform

    def start_platform(self, flaw):
        directory = self.home.directory
        services.end(dict(services.running(directory))["platform"])
        for name in ("platform.sock", "tmp/platform.online"):
            services.remove(self.home.path(name))
        [argv] = [argv for _, name, argv in services.commands(SAMPLES, directory, flaw, hosts.LOOPBACK) if name == "platform"]
        platform = services.spawn(directory, "platform", argv, flaw)
        services.wait_for(directory, [platform], time.monotonic() + services.START_DEADLINE, "the platform",
                          lambda: services.connect_unix(directory, "platform.sock") and services.everybody_is_there(directory))

    def test_conforming(self):
        self.start(None)
        for group in DUTIES.values():
            for name, function in group.items():
                with self.subTest(name):
                    self.assertTrue(function(self.home))
        self.assertEqual("".join(self.home.read(f"logs/{name}.out") for name in ("platform", "lamp", "hub", "neighbour")), "")

    def test_every_break_of_the_platform_is_tried(self):
        sources = "".join(path.read_text("utf-8") for folder in ("platform", "devices") for path in pathlib.Path(SAMPLES, folder).iterdir())
        flaws = set(re.findall(r'flaw\("([^"]+)"\)', sources))
        self.assertEqual(flaws - {name for group in DUTIES.values() for name in group}, {"7.a-coap", "7.f-counter", "6.3.3.a"}, "home_test has these")


def broken(group, name):
    def test(self):
        self.start(name)
        others = [n for n in DUTIES[group] if n not in (name, *SLOW, *SPOILS.get(name, ()))]
        self.assertEqual([n for n in others if not DUTIES[group][n](self.home)], [], "these are as ever")
        self.assertFalse(DUTIES[group][name](self.home), "the break shows")
    return test


for each_group, duties in DUTIES.items():
    for each in duties:
        if re.fullmatch(r"[678]\.[\w.]+", each):
            setattr(Platform, "test_break_" + each.replace(".", "_"), broken(each_group, each))

if __name__ == "__main__":
    run_inside_a_private_network()
    unittest.main(verbosity=2, warnings="ignore")  # the home's processes outlive the objects that started them
