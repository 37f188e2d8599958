#!/usr/bin/env python3
"""Runs of the sample home against one another: diff, history, --baseline, --fail-on, waivers, and the shell lines of samples/ci.

The target is the home's cloud cut down to its ports, so that a scan takes seconds: conforming; with the break 7.c (an undeclared port); with that
and one more port."""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/schemas"))
from fits import misfits  # noqa: E402

HOME = ROOT / "samples/home/home"
EXTRA_PORT = 9191
CI = ("github-actions.yml", "gitlab-ci.yml", "Jenkinsfile")


def call(*argv, **options):
    return subprocess.run([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300,
                          check=False, **options)


def shell_lines(name):
    """The lines of a sample that scan, as its system would hand them to a shell."""
    text = (ROOT / "samples/ci" / name).read_text(encoding="utf-8")
    if name == "Jenkinsfile":
        return next(block for block in re.findall(r"'''(.*?)'''", text, re.S) if "lintel --language" in block)
    document = yaml.safe_load(text)
    if name == "gitlab-ci.yml":
        return "\n".join(document["lintel"]["script"])
    return next(step["run"] for step in document["jobs"]["scan"]["steps"] if step.get("name") == "Scan")


def run_ci(name, lintel, folder):
    """Runs the sample's lines in `folder`, which holds lintel/; gives the exit status of each."""
    (folder / ".lintel/build/release").mkdir(parents=True, exist_ok=True)
    program = folder / ".lintel/build/release/lintel"
    if not program.exists():
        program.symlink_to(lintel)
    done = call("sh", "-e", "-c", shell_lines(name), cwd=folder)
    return {"status": done.returncode, "files": sorted(p.name for p in (folder / "lintel-out").iterdir()), "output": done.stdout + done.stderr}


def inside(lintel, folder, break_name):
    """Runs within `home run`: what needs the home. Results go to files of `folder`."""
    folder = pathlib.Path(folder)
    target = yaml.safe_load(pathlib.Path(os.environ["HOME_TARGET"]).read_text(encoding="utf-8"))
    cloud = next(a for a in target["assets"] if a["id"] == "cloud")
    host = next(h for h in cloud["hosts"] if h.get("id") == "edge")
    for service in host["services"]:
        service.pop("ca", None)
    target = {key: target[key] for key in ("lintel", "id", "name", "profile")}
    target["assets"] = [{"id": "cloud", "role": "platform", "name": cloud["name"], "hosts": [host]}]
    (folder / "lintel").mkdir(exist_ok=True)
    path = folder / "lintel/target.yaml"
    path.write_text(yaml.safe_dump(target, allow_unicode=True), encoding="utf-8")

    def scan(name, *options):
        done = call(lintel, "--language", "en", "scan", path, "--report", "json", "--out", folder / name, "--overwrite", *options)
        (folder / f"{name}.status").write_text(json.dumps({"status": done.returncode, "output": done.stdout + done.stderr}))

    if break_name == "none":
        scan("good")
        return
    scan("bad", "--baseline", folder / "good.lintel", "--allow-open")
    scan("known", "--baseline", folder / "bad.json", "--allow-open")
    results = {}
    shutil.copy(folder / "good.json", folder / "lintel/baseline.json")
    results["new"] = run_ci(CI[0], lintel, folder)
    shutil.copy(folder / "bad.json", folder / "lintel/baseline.json")
    for name in CI:
        results[name] = run_ci(name, lintel, folder)
    (folder / "ci.json").write_text(json.dumps(results))
    with socket.create_server((host["address"], EXTRA_PORT)):
        scan("worse", "--baseline", folder / "bad.lintel", "--allow-open")


class Compare(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="lintel-compare-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        for flaw in ("none", "7.c"):
            done = call(HOME, "run", "--loopback", "--dir", cls.folder / "home", *([] if flaw == "none" else ["--break", flaw]), "--",
                        sys.executable, "-B", __file__, "--inside", LINTEL, cls.folder, flaw)
            assert done.returncode == 0, done.stdout + done.stderr

    def lintel(self, *argv):
        return call(LINTEL, "--language", "en", *argv)

    def diff(self, then, now):
        done = self.lintel("diff", self.folder / then, self.folder / now, "--json")
        self.assertIn(done.returncode, (0, 1), done.stderr)
        result = json.loads(done.stdout)
        self.assertEqual(1 if result["worse"] else 0, done.returncode)
        self.assertEqual([], misfits(result))
        return result

    def scanned(self, name):
        result = json.loads((self.folder / f"{name}.status").read_text())
        return result["status"], result["output"]

    def test_conforming_against_broken(self):
        found = self.diff("good.lintel", "bad.lintel")
        self.assertTrue(found["worse"])
        worse = {row["clause"] for row in found["rows"] if row["move"] == "worse"}
        self.assertLessEqual({"6.1.3.a", "6.1.4.a", "6.1.4.c", "7.c"}, worse)
        self.assertEqual(0, found["findings"]["incomparable"])
        self.assertEqual([[9090]], [fact["added"] for fact in found["facts"] if fact["path"] == "open_tcp"])
        back = self.diff("bad.json", "good.lintel")  # an export does as well
        self.assertFalse(back["worse"])
        self.assertEqual(found["findings"]["new"], back["findings"]["closed"])

    def test_the_same_failure_with_another_port(self):
        found = self.diff("bad.lintel", "worse.lintel")
        self.assertTrue(found["worse"], "a further open port is worse, though the clause failed before")
        self.assertEqual((0, 0), (found["findings"]["new"], found["findings"]["closed"]))
        self.assertGreaterEqual(found["findings"]["changed"], 4)
        self.assertEqual([[EXTRA_PORT]], [fact["added"] for fact in found["facts"] if fact["path"] == "open_tcp"])
        self.assertFalse(self.diff("worse.lintel", "bad.lintel")["worse"])
        self.assertFalse(self.diff("bad.lintel", "known.lintel")["worse"])

    def test_text_and_page(self):
        text = self.lintel("diff", self.folder / "good.lintel", self.folder / "bad.lintel")
        self.assertEqual(1, text.returncode)
        self.assertIn("Something got worse", text.stdout)
        self.assertRegex(text.stdout, r"open_tcp +\+ \[9090\]")
        page = self.folder / "changes.html"
        for _ in range(2):
            done = self.lintel("diff", self.folder / "good.lintel", self.folder / "bad.lintel", "--format", "html", "--out", page)
            self.assertEqual((1, f"{page}\n"), (done.returncode, done.stdout))
            before = page.read_bytes()
        self.assertEqual(before, page.read_bytes())
        self.assertNotIn(b"<script", before)

    def test_refused(self):
        (self.folder / "torn.json").write_text('{"lintel": "run/1", "id": 7}')
        for other in ("torn.json", "none.lintel", "lintel/target.yaml"):
            done = self.lintel("diff", self.folder / "good.lintel", self.folder / other)
            self.assertEqual(2, done.returncode, done.stdout)
            self.assertIn(pathlib.Path(other).name, done.stderr)

    def test_gate_of_scan(self):
        status, output = self.scanned("good")
        self.assertEqual(3, status, output)
        status, output = self.scanned("bad")
        self.assertEqual(1, status, output)
        self.assertRegex(output, r"new failures \(\d+\): .*7\.c")
        status, output = self.scanned("known")
        self.assertEqual(0, status, output)
        self.assertRegex(output, r"known failures, which do not count \(\d+\): .*7\.c")
        status, output = self.scanned("worse")
        self.assertEqual(1, status, output)

    def judge(self, *options, run="bad.lintel"):
        return self.lintel("judge", self.folder / run, *options)

    def test_gate_of_judge(self):
        baseline = self.folder / "bad.lintel"
        self.assertEqual(1, self.judge().returncode)
        self.assertEqual(0, self.judge("--fail-on", "never").returncode)
        self.assertEqual(1, self.judge("--fail-on", "should").returncode)
        self.assertEqual(3, self.judge("--baseline", baseline).returncode, "open clauses are open")
        self.assertEqual(0, self.judge("--baseline", baseline, "--allow-open").returncode)
        self.assertEqual(2, self.judge("--baseline", self.folder / "none.lintel").returncode)
        other = json.loads((self.folder / "bad.json").read_text())
        other["target"]["id"] = "office"
        (self.folder / "office.json").write_text(json.dumps(other))
        refused = self.judge("--baseline", self.folder / "office.json")
        self.assertEqual(2, refused.returncode)
        self.assertIn('"office"', refused.stderr)
        newer = json.loads((self.folder / "bad.json").read_text())
        newer["profile"]["version"] = "1999.1"
        (self.folder / "newer.json").write_text(json.dumps(newer))
        done = self.judge("--baseline", self.folder / "newer.json", "--allow-open")
        self.assertEqual(1, done.returncode)
        self.assertIn("can't be compared", done.stdout)

    def test_gate_as_json(self):
        for options, run in (((), "bad.lintel"), (("--fail-on", "never"), "bad.lintel"), (("--baseline", self.folder / "bad.lintel"), "bad.lintel"), ((), "good.json")):
            done = self.judge("--json", *options, run=run) if run.endswith(".lintel") else self.judge("--json", run="good.lintel")
            found = json.loads(done.stdout)  # the words about the baseline do not stand in it
            self.assertEqual([], misfits(found))
            self.assertEqual(done.returncode, found["exit_code"])
        for spoil in ({"gate": "green"}, {"exit_code": "1"}, {"extra": 1}, {"lintel": "summary/2"}):
            self.assertNotEqual([], misfits({**found, **spoil}))

    def exported(self, name, format_, *options):
        done = self.lintel("export", self.folder / f"{name}.lintel", "--format", format_, "--out", "-", *options)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout

    def test_junit_and_sarif_follow_the_gate(self):
        def red(*options):
            junit = self.exported("bad", "junit", *options)
            sarif = json.loads(self.exported("bad", "sarif", *options))
            failed = set(re.findall(r'classname="smart-home\.([^"]*)"[^>]*><failure ', junit))
            self.assertEqual(failed, {r["ruleId"].split("/")[1] for r in sarif["runs"][0]["results"] if r["level"] == "error" and not r["suppressions"]})
            return failed
        self.assertLessEqual({"6.1.4.a", "7.c"}, red())
        self.assertEqual(set(), red("--fail-on", "never"))
        self.assertEqual(set(), red("--baseline", self.folder / "bad.lintel"))
        new = red("--baseline", self.folder / "good.lintel")
        self.assertLessEqual({"6.1.4.a", "7.c"}, new)
        self.assertLessEqual(new, red("--fail-on", "should"))
        self.assertLessEqual(red(), red("--fail-on", "should"))

    def waive(self, expires):
        path = self.folder / "waivers.yaml"
        path.write_text("lintel: waivers/1\nwaivers:\n" + "".join(
            f"- {{clause: \"{clause}\", reason: moves out, approved_by: Zhang, approved_on: 2025-01-01T00:00:00+08:00, expires: {expires}, ticket: LAB-1}}\n"
            for clause in ("6.1.3.a", "6.1.4.a", "6.1.4.c", "7.c")), encoding="utf-8")
        return path

    def test_waivers(self):
        in_force = self.judge("--waivers", self.waive("2099-01-01T00:00:00+08:00"), "--allow-open")
        self.assertEqual(0, in_force.returncode, in_force.stdout)
        expired = self.judge("--waivers", self.waive("2025-06-01T00:00:00+08:00"), "--allow-open")
        self.assertEqual(1, expired.returncode)
        self.assertIn("waiver expired", expired.stdout)
        expired = self.judge("--waivers", self.waive("2025-06-01T00:00:00+08:00"), "--allow-open", "--baseline", self.folder / "bad.lintel")
        self.assertEqual(1, expired.returncode, "an expired waiver gates again although the baseline has the failure")
        for form in ("2099-01-01", "2099-01-01T00:00:00", "never"):
            refused = self.judge("--waivers", self.waive(form))
            self.assertEqual(2, refused.returncode, form)
            self.assertIn("expires", refused.stderr)

    def test_history(self):
        runs = self.folder / "runs"
        runs.mkdir()
        self.addCleanup(shutil.rmtree, runs)
        for name in ("good", "bad", "worse"):
            shutil.copy(self.folder / f"{name}.lintel", runs)
        shutil.copy(self.folder / "bad.json", runs)
        shutil.copy(self.folder / "office.json" if (self.folder / "office.json").exists() else self.folder / "bad.json", runs / "other.json")
        (runs / "damaged.lintel").write_bytes((self.folder / "good.lintel").read_bytes()[:5000])
        (runs / "notes\x1b[31m.txt").write_text("mine")
        (runs / "deeper").mkdir()
        done = self.lintel("history", runs, "--json")
        self.assertEqual(0, done.returncode, done.stderr)
        found = json.loads(done.stdout)
        self.assertEqual([], misfits(found))
        self.assertEqual(3, len(found["runs"]))
        self.assertEqual([True, True], [run["against_previous"]["worse"] for run in found["runs"][1:]])
        self.assertNotIn("against_previous", found["runs"][0])
        self.assertEqual(5, len(found["skipped"]), found["skipped"])
        # A run judged once more after its export: the run file counts, and that the two differ is said.
        self.assertIn(self.lintel("judge", runs / "bad.lintel", "--write", "--now", "2099-01-01T00:00:00Z").returncode, (1, 3))
        again = json.loads(self.lintel("history", runs, "--json").stdout)
        files = [pathlib.Path(run["file"]).name for run in again["runs"]]
        self.assertIn("bad.lintel", files)
        self.assertEqual("2099-01-01T00:00:00Z", again["runs"][files.index("bad.lintel")]["judged_at"])
        text = self.lintel("history", runs)
        self.assertIn("damaged.lintel", text.stdout)
        self.assertNotIn("\x1b", text.stdout)
        page = self.lintel("history", runs, "--format", "html", "--out", self.folder / "trend.html")
        self.assertEqual(0, page.returncode, page.stderr)
        self.assertIn("<svg", (self.folder / "trend.html").read_text())
        nothing = self.lintel("history", runs / "deeper")
        self.assertEqual(2, nothing.returncode)

    def test_ci_samples(self):
        results = json.loads((self.folder / "ci.json").read_text())
        self.assertEqual(1, results["new"]["status"], results["new"]["output"])
        # GitHub's takes open clauses as they are, the others make a warning of exit code 3.
        self.assertEqual([0, 3, 3], [results[name]["status"] for name in CI], [results[name]["output"] for name in CI])
        for name in CI:
            self.assertLessEqual({"run.lintel", "run.html", "run.json", "run.sarif", "run.junit.xml"}, set(results[name]["files"]))
        # The pipeline shows what its exit code says: the last ran against a baseline that has the failures.
        self.assertEqual(0, len(re.findall("<failure ", (self.folder / "lintel-out/run.junit.xml").read_text())))

    def test_every_other_line_of_the_ci_samples_that_calls_lintel(self):
        lines = []
        for path in sorted((ROOT / "samples/ci").iterdir()):
            lines += [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if re.search(r"(^|[;{&|] *)lintel (--\w+ \w+ )*[a-z]+ ", line.strip())]
        lines = [line for line in lines if ' scan "$@"' not in line]  # run_ci() runs those
        self.assertEqual(2, len(lines), lines)  # diff in GitHub's summary, report in the read me
        folder = self.folder / "lines"
        (folder / "lintel").mkdir(parents=True)
        (folder / "lintel-out").mkdir()
        (folder / "bin").mkdir()
        (folder / "bin/lintel").symlink_to(LINTEL)
        shutil.copy(self.folder / "good.json", folder / "lintel/baseline.json")
        shutil.copy(self.folder / "bad.lintel", folder / "lintel-out/run.lintel")
        shutil.copy(self.folder / "good.lintel", folder / "accepted.lintel")
        for line in lines:
            done = call("sh", "-e", "-c", line, cwd=folder, env={**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "GITHUB_STEP_SUMMARY": str(folder / "summary.md")})
            self.assertEqual((0, ""), (done.returncode, done.stderr), line)
        self.assertIn("got worse", (folder / "summary.md").read_text())
        self.assertEqual("run/1", json.loads((folder / "lintel/baseline.json").read_text())["lintel"])

    def test_ci_samples_are_sound(self):
        github = yaml.safe_load((ROOT / "samples/ci/github-actions.yml").read_text(encoding="utf-8"))
        for step in github["jobs"]["scan"]["steps"]:
            self.assertEqual(1, len({"run", "uses"} & set(step)), step)
            if "run" in step:
                self.assertEqual(0, call("sh", "-n", "-c", step["run"]).returncode, step["run"])
        gitlab = yaml.safe_load((ROOT / "samples/ci/gitlab-ci.yml").read_text(encoding="utf-8"))
        for job in ("build-lintel", "lintel"):
            self.assertTrue(all(isinstance(line, str) for line in gitlab[job]["script"]), "YAML took a line for a map")
            self.assertEqual(0, call("sh", "-n", "-c", "\n".join(gitlab[job]["script"])).returncode)
        jenkins = (ROOT / "samples/ci/Jenkinsfile").read_text(encoding="utf-8")
        bare = re.sub(r"'''.*?'''|'[^'\n]*'|\"[^\"\n]*\"|//[^\n]*", "", jenkins, flags=re.S)
        for opening, closing in ("{}", "()", "[]"):
            self.assertEqual(bare.count(opening), bare.count(closing), "brackets of the Jenkinsfile")
        for block in re.findall(r"'''(.*?)'''", jenkins, re.S):
            self.assertEqual(0, call("sh", "-n", "-c", block).returncode, block)

    def test_help(self):
        for command in ("diff", "history"):
            done = self.lintel(command, "--help")
            self.assertEqual(0, done.returncode)
            self.assertIn(f"  lintel {command} ", done.stdout)


if __name__ == "__main__":
    if sys.argv[1] == "--inside":
        inside(*sys.argv[2:])
    else:
        LINTEL = pathlib.Path(sys.argv.pop(1)).resolve()
        unittest.main()
