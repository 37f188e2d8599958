#!/usr/bin/env python3
"""Tries samples/home from outside, with curl, openssl, mosquitto_pub and ss: it works, each break shows, nothing stays behind.

Runs in a network namespace of its own where the machine allows that; otherwise on the shared loopback."""

import csv
import datetime
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SAMPLES = os.path.join(ROOT, "samples", "home")
HOME = os.path.join(SAMPLES, "home")
DECLARED = {"127.0.10.1:8443", "127.0.10.1:8444", "127.0.10.4:8443", "127.0.10.1:8883", "127.0.10.2:8443", "127.0.10.3:8443"}
sys.path.insert(0, SAMPLES)
sys.dont_write_bytecode = True
from parts import hosts, material  # noqa: E402

INSIDE = "LINTEL_HOME_TEST_INSIDE"


def call(*argv, **options):
    return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=60, text=True,
                          errors="replace", check=False, **options)


def listeners():
    """Every listening TCP socket on 127.0.10.x."""
    return {line.split()[3] for line in call("ss", "-Hltn").stdout.splitlines() if line.split()[3].startswith("127.0.10.")}


def processes_in(directory):
    """Processes that work in the directory: servers, and workers whose pid files are gone."""
    found = []
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        try:
            if os.readlink(f"/proc/{pid}/cwd") == directory:
                found.append(int(pid))
        except OSError:
            pass
    return found


def wait_until(condition, what):
    deadline = time.monotonic() + 20
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain: {what}")
        call("true")


def ssl3_hello(version=0x0300):
    suites = struct.pack(">4H", 0x0035, 0x002F, 0x000A, 0x00FF)
    body = struct.pack(">H", version) + os.urandom(32) + b"\0" + struct.pack(">H", len(suites)) + suites + b"\x01\x00"
    hello = b"\x01" + len(body).to_bytes(3, "big") + body
    return struct.pack(">BHH", 22, 0x0300, len(hello)) + hello


def ask(address, port, data):
    """Sends bytes and reads until the peer has nothing more to say within the time of a local answer."""
    with socket.create_connection((address, port), timeout=10) as peer:
        peer.sendall(data)
        return peer.recv(65536)


def setUpModule():
    os.environ["HOME_KEYS"] = tempfile.mkdtemp(prefix="lintel-home-keys-")
    unittest.addModuleCleanup(shutil.rmtree, os.environ["HOME_KEYS"])


class HomeCase(unittest.TestCase):
    def setUp(self):
        self.directory = os.path.realpath(tempfile.mkdtemp(prefix="lintel-home-"))
        self.addCleanup(shutil.rmtree, self.directory)
        self.addCleanup(self.down)

    def home(self, *arguments):
        return call(sys.executable, HOME, arguments[0], "--dir", self.directory, *arguments[1:])

    def up(self, flaw=None):
        """On loopback addresses, where the tools below can look at everything from one place."""
        done = self.home("up", "--loopback", *(["--break", flaw] if flaw else []))
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def down(self):
        done = self.home("down")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(processes_in(self.directory), [])
        self.assertEqual(listeners(), set())

    def path(self, name):
        return os.path.join(self.directory, name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def curl(self, *arguments, host="home.example", address="127.0.10.1", where="/login"):
        done = call("curl", "-sS", "-i", "--max-time", "20", "--cacert", self.path("pki/ca.pem"), "--resolve",
                    f"{host}:8443:{address}", *arguments, f"https://{host}:8443{where}")
        return done.stdout

    def login(self, password="@"):
        value = "password@" + self.path("password") if password == "@" else f"password={password}"
        return self.curl("--data-urlencode", "user=tester", "--data-urlencode", value)

    def tls(self, port, *options):
        """True when a TLS handshake completes, by openssl s_client."""
        done = call("openssl", "s_client", "-connect", f"127.0.10.1:{port}", *options)
        return "Cipher is (NONE)" not in done.stdout and re.search(r"^New, .*Cipher is ", done.stdout, re.M) is not None

    def publish(self, *options):
        return call("mosquitto_pub", "-h", "127.0.10.1", "-p", "8883", "--cafile", self.path("pki/ca.pem"), "-t", "home/lamp/state",
                    "-m", "on", "-q", "1", *options).returncode

    def signature_verifies(self, name, algorithm):
        arguments = ["-verify", "-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678", "-pubin", "-inkey",
                     f"{name}.vendor.pem", "-in", f"{name}.bin", "-sigfile", f"{name}.sig"]
        if algorithm != "sm2":
            return call("openssl", "dgst", "-sha256", "-verify", f"{name}.vendor.pem", "-signature", f"{name}.sig", f"{name}.bin",
                        cwd=self.directory).returncode == 0
        return call("openssl", "pkeyutl", *arguments, cwd=self.directory).returncode == 0

    def manifest_fits(self, name):
        with open(self.path(f"{name}.bin"), "rb") as file:
            image = file.read()
        sm3 = call("openssl", "dgst", "-sm3", "-r", self.path(f"{name}.bin")).stdout.split()[0]
        digests = json.loads(self.read(f"{name}.manifest.json"))["digests"]
        return digests == {"sha256": hashlib.sha256(image).hexdigest(), "sm3": sm3}

    def session_ids(self, count):
        """Logs in over one kept-alive connection; a closed one is an error here."""
        context = ssl.create_default_context(cafile=self.path("pki/ca.pem"))
        raw = context.wrap_socket(socket.create_connection(("127.0.10.1", 8443), timeout=20), server_hostname="home.example")
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # head and body go out as two writes
        connection = http.client.HTTPConnection("home.example", 8443)
        connection.sock, connection.auto_open = raw, 0
        body, found = f"user=tester&password={self.read('password')}", []
        for _ in range(count):
            connection.request("POST", "/login", body, {"Content-Type": "application/x-www-form-urlencoded"})
            response = connection.getresponse()
            response.read()
            found.append(re.match(r"SID=([^;]*)", response.headers["Set-Cookie"]).group(1))
        connection.close()
        return found

    def identities(self, name):
        return [line for line in self.read(f"{name}.ids.txt").splitlines() if not line.startswith("#")]


class Conforming(HomeCase):
    def test_it_works_and_leaves_nothing(self):
        self.assertIn("home: up in", self.up())
        before = processes_in(self.directory)
        self.assertIn("already up", self.up())
        self.assertEqual(processes_in(self.directory), before)
        self.assertEqual(self.home("status").returncode, 0)
        self.assertEqual(listeners(), DECLARED)

        answer = self.login()
        self.assertIn("HTTP/1.1 200", answer)
        self.assertRegex(answer, r"Set-Cookie: SID=[0-9a-f]{32};.*HttpOnly; Secure; SameSite=Strict")
        session = re.search(r"SID=([0-9a-f]{32})", answer).group(1)
        self.assertIn("You are logged in", self.curl("--cookie", f"SID={session}", where="/home"))
        self.assertIn("HTTP/1.1 200", self.curl("--cookie", f"SID={session}", "--data", "", where="/logout"))
        self.assertIn("HTTP/1.1 401", self.curl("--cookie", f"SID={session}", where="/home"))
        for status, wrong in ((401, self.login("wrong")), (400, self.curl("--data", "x" * 3000)), (400, self.curl("--json", "[1]"))):
            self.assertIn(f"HTTP/1.1 {status}", wrong)
            self.assertNotIn("Set-Cookie", wrong)

        for name, address in (("lamp", "127.0.10.2"), ("hub", "127.0.10.3")):
            where = {"host": f"{name}.home.example", "address": address, "where": "/"}
            self.assertIn("HTTP/1.1 401", self.curl(**where))
            self.assertIn('"power"', self.curl("--user", f"{name}:{self.read(name + '.password')}", **where))
        self.assertFalse(self.tls(8443, "-tls1", "-cipher", "ALL:@SECLEVEL=0"))
        self.assertFalse(self.tls(8443, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"))
        self.assertTrue(self.tls(8443, "-tls1_2"))
        self.assertTrue(self.tls(8443, "-tls1_3"))
        self.assertEqual(ask("127.0.10.1", 8443, ssl3_hello())[0], 21, "an alert, no ServerHello")
        self.assertEqual(ask("127.0.10.1", 8883, ssl3_hello())[0], 21)

        self.assertEqual(self.home("down").stdout, "home: down\n")
        self.assertEqual(self.home("down").stdout, "home: was not up\n")
        self.assertEqual(self.home("status").returncode, 3)

    def test_one_home(self):
        self.up()
        for part in (self.broker_wants_certificate_and_account, self.files, self.attestations_are_in_date, self.two_thousand_ids_over_one_connection):
            with self.subTest(part.__name__):
                part()

    def broker_wants_certificate_and_account(self):
        certificate = ["--cert", self.path("pki/lamp-client.pem"), "--key", self.path("pki/lamp-client.key")]
        account = ["-u", "lamp", "-P", self.read("lamp.password")]
        self.assertEqual(self.publish(*certificate, *account), 0)
        self.assertNotEqual(self.publish(*account), 0, "no certificate")
        self.assertNotEqual(self.publish(*certificate), 0, "no account")
        self.assertNotEqual(self.publish(*certificate, "-u", "lamp", "-P", "wrong"), 0)
        done = call("openssl", "s_client", "-connect", "127.0.10.1:8883", "-tls1_2", "-CAfile", self.path("pki/ca.pem"))
        self.assertNotEqual(done.returncode, 0, "openssl without a certificate")
        self.assertIn("alert", done.stdout)

    def files(self):
        for folder, name in ((SAMPLES, "target.yaml"), (self.directory, "target.yaml")):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                text = file.read()
            paths = re.findall(r"\b(?:ca|file|image|manifest|public_key|attestations|certificate|key): \"?(?:file:)?([\w./-]+)", text)
            paths += re.findall(r'"file:([^"]+)"', text)
            self.assertGreater(len(paths), 20)
            for path in paths:
                if "outbox/" in path:  # a code that is yet to be sent
                    continue
                path = path.replace("run/", "", 1) if folder == SAMPLES else path
                self.assertTrue(os.path.isfile(self.path(path)), path)
        for name, algorithm in (("lamp", "ecdsa"), ("hub", "sm2"), ("offer", "rsa-pkcs1")):
            self.assertEqual(os.path.getsize(self.path(f"{name}.bin")), 256 * 1024)
            self.assertTrue(self.manifest_fits(name), name)
            self.assertTrue(self.signature_verifies(name, algorithm), name)
        for name, product, count in (("lamp", "00A001", 40), ("hub", "00A002", 40), ("issued", "00A003", 200)):
            found = self.identities(name)
            self.assertEqual(len(set(found)), count)
            for identity in found:
                self.assertRegex(identity, f"^01A1B2C3{product}[0-9A-F]{{8}}00$")
        for name in os.listdir(self.path("pki")) + ["../password"]:
            if name.endswith((".key", "password")):
                self.assertEqual(os.stat(self.path("pki/" + name)).st_mode & 0o077, 0, name)
        for name in ("cloud", "lamp", "hub"):
            done = call("openssl", "verify", "-CAfile", self.path("pki/ca.pem"), "-purpose", "sslserver", self.path(f"pki/{name}.pem"))
            self.assertEqual(done.returncode, 0, done.stdout)

    def attestations_are_in_date(self):
        text, now = self.read("attestations.yaml"), datetime.datetime.now(datetime.timezone.utc)
        given = re.findall(r"\bat: \"([^\"]+)\"", text)
        ends = re.findall(r"valid_until: \"([^\"]+)\"", text)
        self.assertEqual(len(given), len(re.findall(r"tester: Sample Assessor", text)))
        self.assertGreaterEqual(len(given), 8)
        self.assertTrue(ends)
        self.assertTrue(all(datetime.datetime.fromisoformat(moment) < now for moment in given))
        self.assertTrue(all(datetime.datetime.fromisoformat(moment) > now for moment in ends))
        for path in re.findall(r"\{file: ([^}]+)\}", text):
            self.assertIn("SAMPLE", self.read(path))

    def two_thousand_ids_over_one_connection(self):
        begin = time.monotonic()
        found = self.session_ids(2000)
        print(f"  2,000 log-ins over one connection in {time.monotonic() - begin:.2f} s", flush=True)
        self.assertEqual(len(set(found)), 2000)
        self.assertTrue(all(re.fullmatch("[0-9a-f]{32}", identifier) for identifier in found))
        self.assertNotIn(found[7], self.read("logs/access.log") + self.read("logs/platform.out"))


class Broken(HomeCase):
    def test_7_d_old_tls(self):
        self.up("7.d-old-tls")
        for version in ("-tls1", "-tls1_1"):
            self.assertTrue(self.tls(8443, version, "-cipher", "ALL:@SECLEVEL=0"), version)
        for version in ("-tls1_2", "-tls1_3"):
            self.assertTrue(self.tls(8443, version), version)
        self.assertFalse(self.tls(8883, "-tls1", "-cipher", "ALL:@SECLEVEL=0"))
        self.assertEqual(ask("127.0.10.1", 8443, ssl3_hello())[0], 21)
        self.assertEqual(listeners(), DECLARED)

    def test_7_e(self):
        self.up("7.e")
        answer = ask("127.0.10.1", 8443, ssl3_hello())
        kind, version, length = struct.unpack(">BHH", answer[:5])
        self.assertEqual((kind, version), (22, 0x0300))
        self.assertEqual(answer[5], 2, "ServerHello")
        self.assertEqual(int.from_bytes(answer[6:9], "big"), length - 4)
        self.assertEqual(answer[9:11], b"\x03\x00")
        self.assertEqual(length, 4 + 2 + 32 + 1 + answer[43] + 2 + 1)
        self.assertIn(int.from_bytes(answer[44 + answer[43]:46 + answer[43]], "big"), (0x0035, 0x002F, 0x000A))
        self.assertEqual(ask("127.0.10.1", 8443, ssl3_hello(0x0301))[0], 21, "TLS 1.0 is still refused")
        hello = ssl3_hello()
        self.assertEqual(ask("127.0.10.1", 8443, hello[:44] + b"\xff\xff" + hello[46:])[0], 21, "a length that lies: no ServerHello")
        self.assertFalse(self.tls(8443, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"))
        self.assertTrue(self.tls(8443, "-tls1_2"))
        self.assertTrue(self.tls(8443, "-tls1_3"))
        self.assertIn("HTTP/1.1 200", self.login())
        self.assertEqual(len(set(self.session_ids(200))), 200)
        self.assertEqual(listeners(), DECLARED)

    def test_7_c(self):
        self.up("7.c")
        self.assertEqual(listeners(), DECLARED | {"127.0.10.1:9090"})

    def test_7_f_counter(self):
        self.up("7.f-counter")
        found = self.session_ids(50)
        self.assertEqual([int(identifier, 16) for identifier in found], list(range(1, 51)))
        self.assertTrue(all(len(identifier) == 32 for identifier in found))
        self.assertEqual(listeners(), DECLARED)

    def test_6_2_4_b_byte(self):
        self.make("6.2.4.b-byte")
        self.assertFalse(self.manifest_fits("offer"))
        self.assertFalse(self.signature_verifies("offer", "rsa-pkcs1"))
        with open(self.path("offer.bin"), "r+b") as file:
            file.seek(100_000)
            byte = file.read(1)[0]
            file.seek(100_000)
            file.write(bytes([byte ^ 1]))
        self.assertTrue(self.manifest_fits("offer"), "that byte and no other")
        self.assertTrue(self.signature_verifies("offer", "rsa-pkcs1"))
        self.assertTrue(self.manifest_fits("lamp") and self.manifest_fits("hub"))

    def test_A(self):
        self.make("A")
        self.assertEqual(sorted(len(identity) for identity in self.identities("lamp")), [23] + [24] * 39)
        self.assertEqual({len(identity) for name in ("hub", "issued") for identity in self.identities(name)}, {24})

    def test_7_d_plain_http(self):
        self.up("7.d-plain-http")
        self.assertTrue(ask("127.0.10.2", 8443, b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 401"))
        self.assertEqual(ask("127.0.10.3", 8443, b"GET / HTTP/1.0\r\n\r\n")[:12], b"HTTP/1.1 400", "the hub wants TLS")
        self.assertEqual(listeners(), DECLARED)

    def make(self, flaw):
        """The files of a home, with nothing started: enough for what is wrong in files."""
        material.make(SAMPLES, self.directory, flaw, hosts.LOOPBACK)

    def test_identity_fields(self):
        middle = {"A.a": (0, "02"), "A.b": (2, "D4E5F6"), "A.c": (8, "00A009"), "A.e": (22, "7F")}
        for flaw, (position, value) in middle.items():
            self.make(flaw)
            others = [i for i in self.identities("lamp") if not re.fullmatch("01A1B2C300A001[0-9A-F]{8}00", i)]
            self.assertEqual([i[position:position + len(value)] for i in others], [value], flaw)
        for flaw, name in (("A.d", "lamp"), ("6.2.2.a", "issued")):
            self.make(flaw)
            randoms = [int(i[14:22], 16) for i in self.identities(name)]
            self.assertEqual(randoms, list(range(1, len(randoms) + 1)), flaw)

    def test_offered_firmware(self):
        self.make("6.2.4.b")
        self.assertTrue(self.manifest_fits("offer"))
        self.assertFalse(self.signature_verifies("offer", "rsa-pkcs1"))
        self.make("6.2.4.c")
        self.assertEqual(list(json.loads(self.read("offer.manifest.json"))["digests"]), ["md5"])
        self.make("6.2.4.a")
        self.assertEqual(json.loads(self.read("offer.manifest.json"))["model"], "LAMP-2")
        self.make("7.b")
        with open(self.path("offer.bin"), "rb") as file:
            self.assertIn(b"BEGIN PRIVATE KEY", file.read())
        self.assertTrue(self.manifest_fits("offer") and self.signature_verifies("offer", "rsa-pkcs1"))

    def test_one_key_for_two(self):
        self.make("6.3.3.e")
        self.assertEqual(self.read("pki/lamp.key"), self.read("pki/hub.key"))
        digests = [line.split(",")[1] for line in self.read("device-keys.csv").splitlines()[1:]]
        self.assertEqual([2, 1], [len(digests), len(set(digests))])

    def receipts(self, flaw):
        """The rows of the line's receipts, and whether its signature holds."""
        self.make(flaw)
        shown = subprocess.run(["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "receipts.p7s", "-content", "receipts.csv", "-CAfile", "pki/ca.pem",
                                "-purpose", "any", "-out", os.devnull], cwd=self.directory, capture_output=True, check=False)
        with open(self.path("receipts.csv"), encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file)), shown.returncode == 0

    def test_receipts_of_the_line(self):
        rows, signed = self.receipts(None)
        burned = [row["UID"] for row in rows if not row["返工"]]
        self.assertEqual((41, 40, 40, 41, True), (len(rows), len(burned), len(set(burned)), len({row["密钥摘要"] for row in rows}), signed))
        self.assertTrue(all(row["激活时间"] > row["烧录时间"] for row in rows))
        rows, signed = self.receipts("8.1.2.f")
        self.assertEqual((41, 40, True), (len([row for row in rows if not row["返工"]]), len({row["UID"] for row in rows}), signed))
        self.assertFalse(self.receipts("8.1.2.f-signature")[1])
        self.assertEqual(1, sum(row["激活时间"] < row["烧录时间"] for row in self.receipts("8.1.2.f-order")[0]))
        self.assertEqual(40, len({row["密钥摘要"] for row in self.receipts("8.1.2.f-key")[0]}))
        for row in self.receipts("8.1.2.f-clear")[0]:
            self.assertEqual(row["密钥摘要"], "sha256:" + hashlib.sha256(bytes.fromhex(row["根密钥"])).hexdigest())
        made = {row["密钥摘要"] for row in self.receipts("8.1.2.f-made")[0]}
        self.assertIn("sha256:" + hashlib.sha256(hashlib.md5(b"01A1B2C300A0015F3C9A7100").digest()).hexdigest(), made)

    def test_open_ports(self):
        for flaw, port in (("6.1.3.c", 9100), ("6.3.3.a", 1883)):
            self.up(flaw)
            self.assertEqual(listeners(), DECLARED | {f"127.0.10.1:{port}"}, flaw)
        certificate = ["--cert", self.path("pki/lamp-client.pem"), "--key", self.path("pki/lamp-client.key")]
        self.up("7.a")
        self.assertEqual(self.publish(*certificate), 0)

    def resolve(self, name):
        query = struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(10)
            client.sendto(query + b"\0\0\1\0\1", ("127.0.10.1", 5353))
            answer = client.recv(512)
        self.assertEqual(answer[:2] + answer[3:4], b"\0\7\0" if "home" in name else b"\0\7\3")
        records = answer[len(query) + 5:]
        return [socket.inet_ntoa(records[at + 12:at + 16]) for at in range(0, len(records), 16)]

    def test_names_and_countries(self):
        both, abroad = ["127.0.10.1", "127.0.10.4"], "127.0.20.1"
        for flaw, platform, storage in ((None, both, both), ("6.1.1", [*both, abroad], both), ("6.1.2.c", both[:1], both), ("6.3.5.e", both, [*both, abroad])):
            self.up(flaw)
            self.assertEqual((self.resolve("home.example"), self.resolve("files.home.example")), (platform, storage), flaw)
            for address in {*platform, *storage}:
                self.assertIn("HTTP/1.1 200", self.curl(address=address, where="/notice"))
        self.assertEqual(self.resolve("nowhere.example"), [])
        if shutil.which("mmdblookup") is None:
            self.skipTest("no mmdblookup here (package mmdb-bin) to read the country database with")
        for address, country in (("127.0.10.1", "CN"), ("127.0.10.255", "CN"), (abroad, "US"), ("127.0.11.1", None)):
            done = call("mmdblookup", "-f", self.path("countries.mmdb"), "-i", address, "country", "iso_code")
            self.assertEqual(re.findall('"([A-Z]+)"', done.stdout), [country] if country else [], done.stdout)

    def coap(self, method, where, *options, key=None):
        """Payload of the answer; an empty text when there is none."""
        key = key or self.read("devices/lamp.coap")
        return call("coap-client-openssl", "-v", "1", "-B", "1", "-k", key, "-u", "lamp", "-m", method, *options, where).stdout.strip()

    def test_coap(self):
        secure, plain = "coaps://127.0.10.2/light", "coap://127.0.10.2/light"
        self.up()
        self.assertIn('"brightness": 0', self.coap("get", secure))
        self.coap("put", secure, "-e", '{"on": true, "brightness": 12}')
        self.assertIn('"brightness": 12', self.coap("get", secure))
        self.assertIn("4.00", self.coap("put", secure, "-e", '{"on": true, "brightness": 900}'))
        self.assertIn('"brightness": 12', self.coap("get", secure))
        self.assertEqual(self.coap("get", secure, key="0" * 32), "")
        self.assertEqual(self.coap("get", plain), "")
        self.up("7.a-coap")
        self.assertIn('"brightness"', self.coap("get", plain))
        self.assertIn('"brightness"', self.coap("get", secure))

    def test_the_list(self):
        with open(os.path.join(SAMPLES, "breaks.json"), encoding="utf-8") as file:
            breaks = json.load(file)["breaks"]
        with open(os.path.join(ROOT, "profiles", "smart-home", "standard.yaml"), encoding="utf-8") as file:
            clauses = set(re.findall(r"\bid: \"?([^\",]+)", file.read()))
        self.assertEqual({clause for entry in breaks for clause in entry["fails"] + entry["follows"]} - clauses, set())
        names = [name for entry in breaks for name in [entry["name"], *entry.get("also", [])]]
        self.assertEqual(len(names), len(set(names)))
        sources = ""
        for folder in ("parts", "platform", "devices"):
            for name in os.listdir(os.path.join(SAMPLES, folder)):
                with open(os.path.join(SAMPLES, folder, name), encoding="utf-8") as file:
                    sources += file.read()
        for entry in breaks:
            self.assertIn(entry["name"].split("-")[0], clauses)
            self.assertIn(f'"{entry["name"]}"', sources)
            self.assertLessEqual(sources.count(f'flaw("{entry["name"]}")'), 1, entry["name"])
        printed = call(sys.executable, HOME, "breaks").stdout
        self.assertTrue(all(entry["changes"] in printed for entry in breaks))
        self.assertEqual(self.home("up", "--loopback", "--break", "no-such").returncode, 2)
        self.assertIn("broken on purpose: 7.c", self.up("6.1.4.a"), "several names for one break")


class Bench(HomeCase):
    """Hosts in namespaces of their own, on a bridge."""

    def up(self, *arguments):
        done = self.home("up", *arguments)
        if "no network of its own" in done.stdout:
            self.skipTest(done.stdout.splitlines()[0])
        return done

    def on(self, host, *argv):
        with open(self.path(f"pids/host-{host}"), encoding="ascii") as file:
            return call("nsenter", f"--net=/proc/{file.read().split()[0]}/ns/net", *argv).stdout

    def sockets(self, host):
        return {line.split()[3] for line in self.on(host, "ss", "-Hltn").splitlines()}

    def test_each_host_is_on_its_own(self):
        before = call("ip", "-brief", "address").stdout
        done = self.up("--break", "7.c")
        self.assertEqual(done.returncode, 0, done.stdout)
        declared = {address.replace(hosts.LOOPBACK, hosts.BENCH) for address in DECLARED} | {"10.77.10.1:9090"}
        found = {host: self.sockets(host) for host in hosts.HOSTS}
        self.assertEqual(set().union(*found.values()), declared)
        self.assertEqual((found["lamp"], found["hub"], found["neighbour"]), ({"10.77.10.2:8443"}, {"10.77.10.3:8443"}, set()))
        self.assertEqual(listeners(), set())
        for host in hosts.HOSTS:
            cards = self.on(host, "ip", "-brief", "-4", "address").split()
            self.assertEqual([word.partition("/")[0] for word in cards if "10.77." in word], [hosts.BENCH + last for last in hosts.HOSTS[host]])
        self.assertIn("HTTP/1.1 401", self.curl(host="lamp.home.example", address="10.77.10.2", where="/"))
        self.assertEqual(self.home("status").returncode, 0)
        self.assertIn("already up", self.home("up", "--break", "7.c").stdout)
        other = tempfile.mkdtemp(prefix="lintel-home-")
        self.addCleanup(shutil.rmtree, other)
        refused = call(sys.executable, HOME, "up", "--dir", other)
        self.assertEqual((refused.returncode, refused.stdout.count("another home is up here")), (2, 1))
        self.assertIn("10.77.10.1", self.read("target.yaml"))
        self.down()
        self.assertEqual(call("ip", "-brief", "address").stdout, before)

    def test_what_a_killed_one_leaves_is_cleaned_up(self):
        self.up()
        for pid in processes_in(self.directory):
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: processes_in(self.directory) == [], "the end of the killed")
        wait_until(lambda: "home-hub" not in call("ip", "link").stdout, "the end of the cards")
        self.assertIn("home0", call("ip", "link").stdout)
        self.assertEqual(self.home("up").returncode, 0)
        self.down()
        self.assertNotIn("home0", call("ip", "link").stdout)

    def test_a_machine_that_has_such_addresses_is_left_alone(self):
        self.up()
        self.down()
        call("ip", "link", "add", "other", "type", "veth", "peer", "name", "another")
        self.addCleanup(call, "ip", "link", "del", "other")
        call("ip", "address", "add", "10.77.200.1/24", "dev", "other")
        call("ip", "link", "set", "other", "up")
        call("ip", "link", "set", "another", "up")
        done = self.home("up")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("no network of its own (this machine has a route into 10.77.0.0/16)", done.stdout)
        self.assertIn("127.0.10.1", self.read("target.yaml"))
        self.assertEqual(listeners(), DECLARED)

    def test_the_command_of_run_finds_its_target(self):
        for option, address in ((), "10.77.10.1"), (("--loopback",), "127.0.10.1"):
            done = self.home("run", *option, "--", "sh", "-c", 'grep -c "address: $0" "$HOME_TARGET"', address)
            if "no network of its own" not in done.stdout and "shared loopback" not in done.stdout:
                self.assertEqual((done.returncode, done.stdout.strip()), (0, "7"))


class Running(HomeCase):
    def test_status_of_the_command_is_ours(self):
        for command, status in ((("true",), 0), (("sh", "-c", "exit 7"), 7), (("sh", "-c", "kill -KILL $$"), 137),
                                (("/no/such/command",), 127)):
            done = self.home("run", "--", *command)
            self.assertEqual(done.returncode, status, done.stdout)
            self.assertEqual(processes_in(self.directory), [])
        self.assertFalse(os.path.exists(self.path("platform.sock")))

    def test_private_network_shows_only_the_home(self):
        done = self.home("run", "--loopback", "--", "ss", "-Hltn")
        if "shared loopback" in done.stdout:
            self.skipTest("this machine allows no private network")
        self.assertEqual({line.split()[3] for line in done.stdout.splitlines() if line.startswith("LISTEN")}, DECLARED)

    def test_without_private_network_it_says_so(self):
        forbid = 'ip link set lo up && echo 0 > /proc/sys/user/max_net_namespaces && exec "$@"'
        boxed = ["unshare", "--user", "--map-root-user", "--net", "sh", "-c", forbid, "sh"]
        if call(*boxed, "true").returncode != 0:
            self.skipTest("this machine allows no private network to forbid another one in")
        done = call(*boxed, sys.executable, HOME, "run", "--dir", self.directory, "--", "sh", "-c", "exit 3")
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertEqual(done.stdout.count("shared loopback"), 1)
        self.assertEqual(len(done.stdout.splitlines()), 1)

    def begin(self):
        """`home run` in a session of its own, once its command is running."""
        process = subprocess.Popen([sys.executable, HOME, "run", "--dir", self.directory, "--", "sh", "-c", "echo ready; exec cat"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stdin.close)
        lines = []
        while not lines or lines[-1] not in ("ready\n", ""):
            lines.append(process.stdout.readline())
        self.assertEqual(lines[-1], "ready\n", lines)
        return process

    def test_interrupt_stops_everything(self):
        for send, number in ((os.killpg, signal.SIGINT), (os.kill, signal.SIGINT), (os.kill, signal.SIGTERM)):
            process = self.begin()
            self.assertGreaterEqual(len(processes_in(self.directory)), 4)
            send(process.pid, number)
            self.assertEqual(process.wait(timeout=20), 128 + number)
            self.assertEqual(processes_in(self.directory), [])

    def test_a_second_one_is_refused_and_a_killed_one_is_cleaned_up(self):
        process = self.begin()
        refused = self.home("run", "--", "true")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("in use", refused.stdout)
        process.kill()
        process.wait()
        self.assertGreaterEqual(len(processes_in(self.directory)), 4)
        self.assertEqual(self.home("run", "--", "true").returncode, 0)
        self.assertEqual(processes_in(self.directory), [])

    def test_a_taken_port_is_one_line_and_leaves_nothing(self):
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.10.1", 8883))
            taken.listen()
            done = self.home("up", "--loopback")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stdout, "home: 127.0.10.1:8883 (cloud mqtt) can't be used: Address already in use\n")

    def test_a_missing_program_names_its_package(self):
        script = ("import sys; sys.path.insert(0, sys.argv[1]); from parts import tools; "
                  "tools.find = lambda name: None if name == 'nginx' else name; tools.need()")
        done = call(sys.executable, "-B", "-c", script, SAMPLES)
        self.assertIn("Problem: missing: nginx-light; install with: apt-get install nginx-light", done.stdout)

    def test_ordinary_user(self):
        with open("/proc/self/uid_map", encoding="ascii") as file:
            if os.geteuid() != 0 or file.read().split() != ["0", "0", "4294967295"]:
                self.skipTest("not root: every other test here ran as an ordinary user")
        copy = tempfile.mkdtemp(prefix="lintel-home-user-")
        self.addCleanup(shutil.rmtree, copy)
        shutil.copytree(SAMPLES, os.path.join(copy, "home"), ignore=shutil.ignore_patterns("run", "__pycache__"))
        os.chmod(copy, 0o755)
        work = os.path.join(copy, "work")
        os.mkdir(work)
        os.chown(work, 12345, 12345)
        python = shutil.which("python3", path="/usr/bin:/bin")  # one that this user may read
        user = ["setpriv", "--reuid", "12345", "--regid", "12345", "--clear-groups", "env", "-i", "PATH=/usr/bin:/bin", python]
        script = os.path.join(copy, "home", "home")
        for command in (["up"], ["status"], ["down"], ["run"]):
            tail = ["--loopback", "--", "sh", "-c", "test $(ss -Hltn | grep -c 127.0.10) = 6"] if command == ["run"] else []
            done = call(*user, script, *command, "--dir", os.path.join(work, "run"), *tail)
            self.assertEqual(done.returncode, 0, f"{command}: {done.stdout}")
        self.assertEqual(processes_in(os.path.join(work, "run")), [])


def run_inside_a_private_network():
    """Starts this program again in a network namespace of its own, once; goes on here where the machine allows none."""
    unshare = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
    if INSIDE not in os.environ:
        os.environ[INSIDE] = "1"
        if call(*unshare, "ip", "link", "set", "lo", "up").returncode == 0:
            os.execvp("unshare", [*unshare, "sh", "-c", 'ip link set lo up && exec "$@"', "sh", sys.executable, *sys.argv])
        print("no private network on this machine: testing on the shared loopback", flush=True)


if __name__ == "__main__":
    run_inside_a_private_network()
    unittest.main(verbosity=2)
