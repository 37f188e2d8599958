#!/usr/bin/env python3
"""The whole program: scan the sample home, take the network away, spoil the documents. What breaks turn is in tests/matrix."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINTEL = str(pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else ROOT / "build/ci/lintel").resolve())
HOME = ROOT / "samples/home/home"


def call(*argv, **options):
    return subprocess.run([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=240, check=False, **options)


def can_isolate():
    return call("unshare", *([] if os.getuid() == 0 else ["--user", "--map-root-user"]), "--net", "true").returncode == 0


ISOLATE = ["unshare", *([] if os.getuid() == 0 else ["--user", "--map-root-user"]), "--net"]


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lintel-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def scan_home(self):
        """Scans the sample home; gives the finished process and {clause: verdict}."""
        argv = [HOME, "run", "--dir", self.folder / "run", "--", LINTEL, "scan",
                self.folder / "run/target.yaml", "--report", "html,pdf,json", "--out", self.folder / "home"]
        done = call(*argv)
        report = self.folder / "home.json"
        self.assertTrue(report.exists(), done.stderr)
        if "LINTEL_KEEP_REPORT" in os.environ:  # for tests/matrix
            shutil.copy(report, os.environ["LINTEL_KEEP_REPORT"])
        self.run_document = json.loads(report.read_text())
        return done, {c["clause"]: c["verdict"] for c in self.run_document["verdicts"]["clauses"]}


class Home(Folder):
    def test_conforming_home(self):
        done, verdicts = self.scan_home()
        self.assertEqual(153, len(verdicts))
        self.assertEqual([], [c for c, v in verdicts.items() if v == "fail"], done.stdout)
        self.assertEqual(3, done.returncode, "open clauses are open")
        self.assertEqual("pass", verdicts["7.e"])
        self.assertEqual("pass", verdicts["A"])
        self.assertEqual("pass", verdicts["7.f"])
        cloud = next(a for c in self.run_document["verdicts"]["clauses"] if c["clause"] == "7.f" for a in c["assets"] if a["asset"] == "cloud")
        self.assertIn("attestation", cloud, "randomness is never proven from outside: the vendor's evidence decides beside the probe")
        self.assertEqual("pass", verdicts["8.2.2.o"])
        self.assertEqual([("not_applicable_seen", "7.e", "cloud", "pass")],
                         [(c["kind"], c["clause"], c["asset"], c["observed"]) for c in self.run_document["verdicts"]["contradictions"]])
        self.assertIn("由委托方提供", (self.folder / "home.html").read_text())
        self.assertEqual("not_tested", verdicts["8.2.2.a"], "nobody was asked about the app")
        self.assertTrue(all(o["status"] in ("ok", "not_applicable") for o in self.run_document["observations"]),
                        [(o["job"]["probe"], o["job"]["item"], o["status"], o.get("message")) for o in self.run_document["observations"]])
        for kind in ("lintel", "html", "pdf", "json"):
            path = self.folder / f"home.{kind}"
            self.assertTrue(path.stat().st_size > 1000, path)
            self.assertIn(str(path), done.stdout)
        self.assertEqual(b"%PDF", (self.folder / "home.pdf").read_bytes()[:4])
        self.judge_again(self.folder / "home.lintel")
        self.export(self.folder / "home.lintel")
        self.signed_reports(self.folder / "home.lintel")
        self.no_secret_left(self.folder / "home.lintel")

    def judge_again(self, run):
        before = (self.folder / "home.json").read_bytes()
        judged = call(LINTEL, "judge", run)
        self.assertEqual(3, judged.returncode, judged.stderr)
        self.assertEqual(0, call(LINTEL, "judge", run, "--allow-open").returncode)
        again = call(LINTEL, "judge", run, "--write")
        self.assertEqual(3, again.returncode, again.stderr)
        self.assertEqual(0, call(LINTEL, "report", run, "--report", "json", "--out", self.folder / "again").returncode)
        self.assertEqual(before, (self.folder / "again.json").read_bytes(), "judging again gives the same bytes")

    def export(self, run):
        done = call(LINTEL, "export", run, self.folder / "export")
        self.assertEqual(0, done.returncode, done.stderr)
        files = {p.name.split(".")[0] for p in (self.folder / "export" / "evidence").iterdir()}
        wanted = {e["sha256"] for o in self.run_document["observations"] for e in o["evidence"]}
        self.assertTrue(wanted)
        self.assertEqual(set(), wanted - files)

    def signed_reports(self, run):
        """What the laboratory gave was stored at the scan; another document replaces it, for one report or for good."""
        page = (self.folder / "home.html").read_text()
        self.assertIn("SL-2026-0042", page)
        self.assertEqual(2, page.count('src="data:image/png;base64,'))
        self.assertEqual(2, page.count('src="data:image/svg+xml;base64,'))
        files = {p.name.split(".")[0] for p in (self.folder / "export" / "evidence").iterdir()}
        self.assertIn(self.run_document["lab"]["laboratory"]["logo"]["file"]["sha256"], files)
        other = self.write("other.yaml", "lintel: lab/1\nreport: {number: ANOTHER-7}\n")
        out = self.folder / "view"

        def view(*options):
            done = call(LINTEL, "report", run, "--report", "html", "--out", out, *options)
            self.assertEqual(0, done.returncode, done.stderr)
            return out.with_suffix(".html").read_text()

        self.assertIn("ANOTHER-7", view("--lab", other))
        summary = view("--view", "summary", "--language", "en")
        self.assertIn("Summary view", summary)
        self.assertNotIn("<details class=\"clause", summary)
        lamp = view("--asset", "lamp", "--only", "not_tested,fail")
        self.assertIn('id="c-8.1.4.a"', lamp)
        self.assertNotIn('id="c-7.e"', lamp)
        wrong = call(LINTEL, "--language", "en", "report", run, "--asset", "lmap")
        self.assertEqual(2, wrong.returncode)
        self.assertIn('did you mean "lamp"?', wrong.stderr)
        self.assertEqual(2, call(LINTEL, "report", run, "--lab", self.write("bad.yaml", "lintel: lab/1\nreport: {number: a b}\n")).returncode)
        self.assertEqual(2, call(LINTEL, "judge", run, "--lab", other).returncode, "without --write it would have no effect")
        before = {c["clause"]: c["verdict"] for c in self.run_document["verdicts"]["clauses"]}
        self.assertEqual(3, call(LINTEL, "judge", run, "--lab", other, "--write").returncode)
        self.assertEqual(0, call(LINTEL, "report", run, "--report", "json", "--out", self.folder / "relabelled").returncode)
        after = json.loads((self.folder / "relabelled.json").read_text())
        self.assertEqual("ANOTHER-7", after["lab"]["report"]["number"])
        self.assertEqual(before, {c["clause"]: c["verdict"] for c in after["verdicts"]["clauses"]})

    def no_secret_left(self, run):
        password = (self.folder / "run" / "password").read_text().strip()
        self.assertTrue(len(password) >= 8)
        for path in [run, *(self.folder / "export").rglob("*")]:
            if path.is_file():
                self.assertNotIn(password.encode(), path.read_bytes(), path)

    def test_an_existing_run_is_not_replaced(self):
        self.write("home.lintel", "mine")
        target = self.write("gone.yaml", NETWORK_ONLY)
        done = call(LINTEL, "scan", target, "--out", self.folder / "home")
        self.assertEqual(2, done.returncode)
        self.assertIn("--overwrite", done.stderr)
        done = call(LINTEL, "scan", target, "--out", self.folder / "home", "--overwrite")
        self.assertEqual(2, done.returncode, "what is no run file is not deleted")
        self.assertEqual("mine", (self.folder / "home.lintel").read_text())


NETWORK_ONLY = """
lintel: target/1
id: gone
name: {zh: 不在, en: gone}
profile: smart-home
limits: {deadline: 60s}
assets:
- id: cloud
  role: platform
  name: {zh: 云, en: cloud}
  hosts:
  - address: 127.0.10.1
    ports: "1-100"
    services: [{port: 8443, transport: tcp, protocol: https, tls: required}]
  sessions:
  - {id: login, url: "https://127.0.10.1:8443/login", method: GET, id_in: {cookie: SID}}
"""


class Nothing(Folder):
    @unittest.skipUnless(can_isolate(), "skipped: no network namespace on this machine")
    def test_unreachable_target(self):
        """In a network namespace without loopback every address is unreachable."""
        target = self.write("gone.yaml", NETWORK_ONLY)
        done = call(*ISOLATE, LINTEL, "scan", target, "--report", "json", "--out", self.folder / "gone", "--allow-open")
        self.assertEqual(5, done.returncode, done.stderr)
        run = json.loads((self.folder / "gone.json").read_text())
        self.assertTrue(run["observations"])
        for observation in run["observations"]:
            self.assertEqual("unreachable", observation["status"], observation)
        judged = {c["clause"]: c for c in run["verdicts"]["clauses"]}
        for clause in ("7.e", "6.1.4.a", "6.1.4.c"):
            self.assertEqual(("inconclusive", "unreachable"), (judged[clause]["verdict"], judged[clause]["reason"]), clause)
        self.assertEqual([], [c for c, v in judged.items() if v["verdict"] == "pass"])

    def test_bad_target_sends_and_writes_nothing(self):
        target = self.write("bad.yaml", NETWORK_ONLY.replace("role: platform", "role: platfrom"))
        done = call(LINTEL, "--language", "en", "scan", target, "--out", self.folder / "bad")
        self.assertEqual(2, done.returncode)
        self.assertRegex(done.stderr, r"bad\.yaml:9:9: error E\d+: .*platform")
        self.assertEqual(["bad.yaml"], sorted(p.name for p in self.folder.iterdir()))

    def test_usage(self):
        self.assertEqual(2, call(LINTEL).returncode)
        self.assertEqual(2, call(LINTEL, "scan").returncode)
        for argv, hint in ((["scna", "x"], "scan"), (["profile", "lnt"], "lint")):
            done = call(LINTEL, "--language", "en", *argv)
            self.assertEqual(2, done.returncode)
            self.assertIn(f'did you mean "{hint}"?', done.stderr)
        self.assertEqual(2, call(LINTEL, "scan", self.folder / "none.yaml").returncode)
        self.assertEqual(2, call(LINTEL, "judge", self.folder / "none.lintel").returncode)
        self.assertEqual(2, call(LINTEL, "probe", "show", "tsl").returncode)
        for command in ([], ["scan"], ["judge"], ["report"], ["export"], ["profile"], ["profile", "lint"],
                        ["profile", "coverage"], ["target", "lint"], ["probe", "show"], ["assess"], ["ics", "init"], ["ics", "check"]):
            done = call(LINTEL, *command, "--help")
            self.assertEqual(0, done.returncode, command)
            self.assertIn("  lintel " + " ".join(command), done.stdout)  # an example of its own

    def test_unwritable_output(self):
        target = self.write("gone.yaml", NETWORK_ONLY)
        done = call(LINTEL, "scan", target, "--out", self.folder / "no/such/folder/run")
        self.assertEqual(2, done.returncode)
        self.assertIn("no/such/folder", done.stderr)


class Profile(Folder):
    def test_coverage_is_complete(self):
        done = call(LINTEL, "profile", "coverage", ROOT / "profiles/smart-home")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("153", done.stdout)

    def test_a_missing_clause_is_noticed(self):
        shutil.copytree(ROOT / "profiles", self.folder / "profiles")
        shutil.copytree(ROOT / "checks", self.folder / "checks")
        part = self.folder / "profiles/smart-home/communication.yaml"
        text = part.read_text()
        at, end = text.index('- id: "7.e"'), text.index('- id: "7.f"')
        part.write_text(text[:at] + text[end:])
        done = call(LINTEL, "profile", "coverage", self.folder / "profiles/smart-home")
        self.assertEqual(1, done.returncode, done.stdout)
        self.assertIn("7.e", done.stdout + done.stderr)

    def test_lint_show_and_test(self):
        done = call(LINTEL, "profile", "lint", "smart-home")
        self.assertEqual(0, done.returncode, done.stderr)
        done = call(LINTEL, "profile", "test", "smart-home")
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        done = call(LINTEL, "--language", "en", "profile", "show", "smart-home", "7.e")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("SSL 3.0", done.stdout)
        self.assertEqual(153, len(json.loads(call(LINTEL, "profile", "show", "smart-home", "--json").stdout)["clauses"]))

    def test_the_list_is_that_of_the_standard(self):
        source = ROOT.parent / "shared/standard/clauses.yaml"
        if not source.exists():
            self.skipTest(f"skipped: {source} is not here")
        wanted = [line.split('"')[1] for line in source.read_text().splitlines() if line.startswith("- {id:")]
        shown = json.loads(call(LINTEL, "profile", "show", "smart-home", "--json").stdout)
        self.assertEqual(wanted, [c["id"] for c in shown["clauses"]])


if __name__ == "__main__":
    unittest.main(verbosity=2)
