#!/usr/bin/env python3
"""Software that nobody here wrote, described by samples/targets/: each is started with its own defaults, linted, tried and scanned, and the verdicts
that must come are asserted. What is not installed is skipped with a reason. Usage: clients_test.py LINTEL [CLASS]...

Runs in a network namespace of its own; where the machine allows none everything is skipped, since the ports are the usual ones."""

import http.client
import json
import os
import pathlib
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGETS = ROOT / "samples/targets"
LINTEL = str(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/ci/lintel").resolve())
NODE_RED = pathlib.Path(os.environ.get("NODE_RED_DIR", "/opt/node-red")) / "node_modules/node-red/red.js"
INSIDE = "LINTEL_CLIENTS_TEST_INSIDE"
IN_CLEAR = "6.2.1.b 6.3.3.a 7.d"  # what fails where TLS is declared and not spoken
START_SECONDS = 60  # far more than any needs; a slow machine must not fail


def call(*argv, **options):
    return subprocess.run(list(map(str, argv)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=120, text=True,
                          errors="replace", check=False, **options)


class Client(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lintel-clients-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.secrets = {}

    def secret(self, name):
        self.secrets[name] = secrets.token_hex(8)
        return self.secrets[name]

    def start(self, port, *argv, **options):
        """Runs a server until the test ends; returns when it listens."""
        log = open(self.folder / f"{port}.log", "wb")
        server = subprocess.Popen(list(map(str, argv)), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **options)
        log.close()
        self.addCleanup(self.stop, server)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                return
            except OSError:
                text = (self.folder / f"{port}.log").read_text(errors="replace")
                self.assertIsNone(server.poll(), text)
                self.assertLess(time.monotonic(), deadline, text)
                call("true")

    def stop(self, server):
        server.terminate()
        try:
            server.wait(timeout=5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()

    def lintel(self, *argv):
        return call(LINTEL, *argv, cwd=ROOT, env=os.environ | self.secrets)

    def lint(self, name):
        done = self.lintel("target", "lint", TARGETS / f"{name}.yaml")
        self.assertEqual(done.returncode, 0, done.stdout)

    def tried(self, name, *flows):
        done = self.lintel("target", "try", TARGETS / f"{name}.yaml", *flows)
        self.assertNotIn(next(iter(self.secrets.values())), done.stdout)
        return done

    def scan(self, name, intrusive=False):
        """{clause: verdict} of the target."""
        text = (TARGETS / f"{name}.yaml").read_text()
        target = self.folder / f"{name}.yaml"
        target.write_text(text.replace("intrusive: false", "intrusive: true") if intrusive else text)
        done = self.lintel("scan", target, "--overwrite", "--report", "json", "--out", self.folder / name, "--allow-open", "--quiet")
        report = self.folder / f"{name}.json"
        self.assertTrue(report.exists(), done.stdout)
        text = report.read_text()
        for value in self.secrets.values():
            self.assertNotIn(value, text)
        run = json.loads(text)
        self.endings = {(seen["job"]["probe"], *seen["job"]["params"].get("ways", [])): seen["status"] for seen in run["observations"]}
        return {clause["clause"]: clause["verdict"] for clause in run["verdicts"]["clauses"]}

    def expect(self, verdicts, fails, clean):
        """These clauses are FAIL, and those are not."""
        found = {clause for clause, verdict in verdicts.items() if verdict == "fail"}
        self.assertEqual((set(fails.split()) - found, set(clean.split()) & found), (set(), set()), f"(missed, false alarms); all FAIL: {sorted(found)}")

    def looked(self, *endings):
        """The probe finished these looks: what is not FAIL was seen to be right, not missed."""
        for ending in endings:
            self.assertEqual(self.endings.get(ending), "ok", ending)


class Mosquitto(Client):
    def test_defaults_let_everybody_in(self):
        program = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin")
        if not program:
            self.skipTest("mosquitto is not installed (package mosquitto)")
        self.secret("LAMP_PASSWORD"), self.secret("PLUG_PASSWORD")
        self.start(1883, program, cwd=self.folder)
        self.lint("mosquitto")
        self.expect(self.scan("mosquitto"), f"{IN_CLEAR} 7.a 6.2.3.a 6.2.3.c", "6.1.3.a 6.1.4.a 7.c 7.e")
        self.looked(("ports",), ("tls",), ("mqtt",))


class Nginx(Client):
    def test_default_site_is_open_and_in_clear(self):
        program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        site = pathlib.Path("/etc/nginx/sites-available/default")
        if not program or not site.exists() or os.geteuid() != 0:
            self.skipTest("nginx with Debian's default site is not installed (package nginx-light), or port 80 may not be used")
        (self.folder / "nginx.conf").write_text(f"user root; pid {self.folder}/nginx.pid; daemon off; events {{}} http {{ access_log off; include {site}; }}\n")
        self.secret("SITE_PASSWORD")
        self.start(80, program, "-e", "stderr", "-p", self.folder, "-c", self.folder / "nginx.conf")
        self.lint("nginx")
        self.expect(self.scan("nginx"), f"{IN_CLEAR} 6.3.4.a", "6.1.3.a 6.1.4.a 7.c 7.e")
        self.looked(("ports",), ("tls",), ("web_authz", "nobody", "altered", "ended"))


# All that is changed in Django: a hundred log-ins take seconds, and an answer does not wait 40 ms between head and body.
FAST = """
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
import socketserver
socketserver.StreamRequestHandler.disable_nagle_algorithm = True
"""


class Django(Client):
    def test_administration(self):
        admin = shutil.which("django-admin")
        if not admin:
            self.skipTest("Django is not installed (package python3-django)")
        site = self.folder / "site"
        site.mkdir()
        user = """from django.contrib.auth.models import User; import os
User.objects.create_superuser("alice", "", os.environ["OWNER_PASSWORD"]); User.objects.create_superuser("victor", "", os.environ["VICTIM_PASSWORD"]); User.objects.create_user("bob", "", os.environ["OTHER_PASSWORD"], is_staff=True)"""
        self.secret("OWNER_PASSWORD"), self.secret("OTHER_PASSWORD"), self.secret("VICTIM_PASSWORD")
        environment = os.environ | self.secrets
        python = "/usr/bin/python3"  # Debian's, which has the package
        done = call(python, "-m", "django", "startproject", "site_of_the_test", site, cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stdout)
        with open(site / "site_of_the_test/settings.py", "a", encoding="utf-8") as settings:
            settings.write(FAST)
        for argv in ([site / "manage.py", "migrate", "-v", "0"], [site / "manage.py", "shell", "-c", user]):
            done = call(python, *argv, cwd=self.folder, env=environment)
            self.assertEqual(done.returncode, 0, done.stdout)
        self.start(8000, python, site / "manage.py", "runserver", "--noreload", "127.0.0.1:8000", cwd=site)
        self.lint("django-admin")
        done = self.tried("django-admin", "login", "users", "logout")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(self.tried("django-admin", "login", "users", "--as", "other").returncode, 1)
        # Its sessions work from every address, and nothing stops who guesses passwords.
        self.expect(self.scan("django-admin", intrusive=True), f"{IN_CLEAR} 6.2.1.c 7.g", "6.1.3.a 6.1.4.a 6.2.3.b 6.2.3.c 6.3.4.a 7.c 7.e 7.h 7.i")
        self.looked(("ports",), ("tls",), ("web_session",), ("web_auth",), ("web_authz", "nobody", "altered", "ended"), ("web_authz", "other"))


class NodeRed(Client):
    def serve(self, port, settings):
        node = shutil.which("node")
        if not node or not NODE_RED.exists():
            self.skipTest(f"Node-RED is not installed (npm install --prefix {NODE_RED.parents[2]} node-red; another place: NODE_RED_DIR)")
        folder = self.folder / str(port)
        folder.mkdir()
        (folder / "settings.js").write_text(f"module.exports = {{uiHost: '127.0.0.1', uiPort: {port}, telemetry: {{enabled: false, updateNotification: false}}, {settings}}};\n")
        self.start(port, node, NODE_RED, "--userDir", folder, "--settings", folder / "settings.js", cwd=folder)
        deadline = time.monotonic() + START_SECONDS  # it listens before it answers
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
            connection.request("GET", "/flows")
            status = connection.getresponse().status
            connection.close()
            if status in (200, 401):
                return
            self.assertLess(time.monotonic(), deadline)
            call("true")

    def test_without_log_in(self):
        self.secret("TOKEN")
        self.serve(1881, "")
        self.lint("node-red-open")
        self.assertEqual(self.tried("node-red-open", "flows").returncode, 0)
        self.expect(self.scan("node-red-open"), f"{IN_CLEAR} 6.3.4.a", "6.2.3.a 6.2.3.c 7.g")
        self.looked(("web_authz", "nobody", "altered", "ended"))

    def test_with_log_in(self):
        users = []
        for name, secret, may in (("alice", "OWNER_PASSWORD", "*"), ("bob", "OTHER_PASSWORD", "read"), ("victor", "VICTIM_PASSWORD", "read")):
            hashed = f"require({json.dumps(str(NODE_RED.parents[1] / 'bcryptjs'))}).hashSync({json.dumps(self.secret(secret))}, 4)"
            users.append(f"{{username: '{name}', password: {hashed}, permissions: '{may}'}}")
        self.serve(1880, f"adminAuth: {{type: 'credentials', users: [{', '.join(users)}]}}")
        self.lint("node-red")
        done = self.tried("node-red", "login", "flows", "logout")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(self.tried("node-red", "login", "deploy", "--as", "other").returncode, 1)
        # Its tokens work from every address. Who guesses is stopped, though with a 500, which proves nothing.
        self.expect(self.scan("node-red", intrusive=True), f"{IN_CLEAR} 7.g", "6.2.1.c 6.2.3.b 6.2.3.c 6.3.4.a 7.h 7.i")
        self.looked(("ports",), ("web_session",), ("web_auth",), ("web_authz", "nobody", "altered", "ended"), ("web_authz", "other"))


def enter_a_private_network():
    """Starts this program again in a network namespace of its own, once; false where the machine allows none."""
    unshare = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
    if INSIDE not in os.environ:
        if call(*unshare, "ip", "link", "set", "lo", "up").returncode != 0:
            return False
        os.environ[INSIDE] = "1"
        sys.stdout.flush()
        os.execvp("unshare", [*unshare, "sh", "-c", 'ip link set lo up && exec "$@"', "sh", sys.executable, *sys.argv])
    return True


if __name__ == "__main__":
    if not enter_a_private_network():
        print("skipped: no private network on this machine")
        sys.exit(0)
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=2)
