#!/usr/bin/env python3
"""The program where its surroundings are hostile: full and closed outputs, outputs that are inputs, documents that play tricks on a
terminal. Usage: hostile_test.py LINTEL"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

LINTEL = str(pathlib.Path(sys.argv.pop(1)).resolve())
TARGET = """lintel: target/1
id: few
name: {zh: 少, en: few}
profile: smart-home
limits: {deadline: 60s}
assets:
- id: cloud
  role: platform
  name: {zh: 云, en: cloud}
  hosts: [{address: 127.0.0.1, ports: "1-3"}]
"""


def call(folder, redirection, *argv):
    return subprocess.run(["bash", "-c", f'"$@" {redirection}', "lintel", LINTEL, "--language", "en", *argv], cwd=folder, timeout=120,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)


class Hostile(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="lintel-hostile-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        (self.folder / "few.yaml").write_text(TARGET)

    def scan(self, redirection=""):
        return call(self.folder, redirection, "scan", "few.yaml", "--overwrite", "--report", "json")

    def test_full_and_closed_outputs(self):
        verdict = self.scan().returncode
        self.assertIn(verdict, (1, 3))
        spoiled = 1 if verdict == 1 else 2  # a failure stays one
        rows = [(("--version",), 2), (("probe", "list"), 2), (("probe", "show", "tls"), 2), (("profile", "show", "smart-home", "--json"), 2),
                (("profile", "lint", "smart-home"), 2), (("judge", "few.lintel"), spoiled),
                (("scan", "few.yaml", "--overwrite", "--report", "json"), spoiled)]
        for argv, code in rows:
            for redirection in (">/dev/full", ">&-"):
                with self.subTest(argv=argv, redirection=redirection):
                    done = call(self.folder, redirection, *argv)
                    self.assertIn("lintel: standard output can't be written", done.stderr)
                    self.assertNotIn("internal error", done.stderr)
                    self.assertEqual(code, done.returncode)
        for redirection in ("2>/dev/full", "2>&-", "<&- 2>&-"):
            with self.subTest(redirection=redirection):
                self.assertEqual(verdict, self.scan(redirection).returncode, "what can't be told changes no verdict")
                self.assertEqual(2, call(self.folder, redirection, "judge", "none.lintel").returncode)
        self.assertEqual(verdict, call(self.folder, "", "judge", "few.lintel").returncode, "the run file came through")

    def test_outputs_that_are_inputs(self):
        self.scan()
        run = (self.folder / "few.lintel").rename(self.folder / "run.json")
        before = run.read_bytes()
        done = call(self.folder, "", "report", "run.json", "--report", "json")
        self.assertEqual((2, "lintel: run.json is the run file; name the report with --out\n"), (done.returncode, done.stderr))
        self.assertEqual(before, run.read_bytes())
        target = (self.folder / "few.yaml").rename(self.folder / "few.json")
        done = call(self.folder, "", "scan", "few.json", "--report", "json")
        self.assertEqual((2, "lintel: the json report would replace few.json; name the outputs with --out\n"), (done.returncode, done.stderr))
        self.assertEqual(TARGET, target.read_text())
        self.assertFalse((self.folder / "few.lintel").exists())

    def test_resume_is_the_same_question(self):
        self.scan()
        for option in ("--profile", "--attestations", "--waivers"):
            done = call(self.folder, "", "scan", "few.yaml", "--resume", "few.lintel", option, "other")
            self.assertEqual(2, done.returncode)
            self.assertIn("--resume goes on with the profile and the answers in few.lintel", done.stderr)
        (self.folder / "few.yaml").write_text(TARGET.replace("1-3", "1-4"))
        done = call(self.folder, "", "scan", "few.yaml", "--resume", "few.lintel")
        self.assertEqual(2, done.returncode)
        self.assertIn("the target has changed", done.stderr)

    def test_no_trick_reaches_the_terminal(self):
        for trick in ('"\\e[31mplatform"', '"\u202eplatform"', '"\u2066platform"', '"\\u009b31m"'):
            (self.folder / "few.yaml").write_text(TARGET.replace("role: platform", "role: " + trick), encoding="utf-8")
            done = call(self.folder, "", "scan", "few.yaml")
            self.assertEqual(2, done.returncode)
            self.assertIn("few.yaml:8:9: error", done.stderr)
            self.assertTrue(all(c == "\n" or c.isprintable() for c in done.stderr), done.stderr.encode())


if __name__ == "__main__":
    unittest.main()
