#!/usr/bin/env python3
"""Installs the program into a folder of its own and uses it from there, and from a build folder that was moved with its source: both where
the source that it was built from is hidden, so that nothing is found by the path that was compiled in."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

CMAKE, BUILD, SOURCE = sys.argv[1:4]
del sys.argv[1:4]
# An empty folder over the source, for this process and its children alone.
HIDDEN = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
HIDDEN += ["sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"', SOURCE]
TARGET = """lintel: target/1
id: lamp
name: {zh: 灯, en: Lamp}
profile: PROFILE
assets:
- {id: lamp, role: device, level: 1, name: {zh: 灯, en: Lamp}, hosts: [{address: 127.0.0.1, services: []}]}
"""


class Used:
    """What each way of laying the program out has to do."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="lintel-install-")))
        cls.program = cls.lay_out()
        (cls.folder / "elsewhere").mkdir()

    def lintel(self, *argv, codes=(0,)):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("LINTEL_")} | {"LANG": "C.UTF-8"}
        done = subprocess.run([*HIDDEN, self.program, *argv], cwd=self.folder / "elsewhere", env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        self.assertIn(done.returncode, codes, (argv, done.stdout[-500:], done.stderr[-500:]))
        return done.stdout

    def test_the_source_is_hidden(self):
        self.assertEqual(b"", subprocess.run([*HIDDEN, "ls", "-A", SOURCE], capture_output=True, check=True).stdout)

    def test_profiles_are_found_by_name(self):
        for name in ("smart-home", "tls-baseline"):
            with self.subTest(name):
                self.assertIn("0", self.lintel("profile", "lint", name))
                self.assertTrue(json.loads(self.lintel("profile", "show", name, "--json")))
                self.lintel("profile", "test", name)
                self.lintel("profile", "coverage", name, codes=(0, 1))

    def test_a_scan_and_what_follows_it(self):
        for name in ("smart-home", "tls-baseline"):
            with self.subTest(name):
                here = self.folder / "elsewhere"
                (here / "lamp.yaml").write_text(TARGET.replace("PROFILE", name), encoding="utf-8")
                self.lintel("target", "lint", "lamp.yaml")
                self.lintel("scan", "lamp.yaml", "--report", "html,json", "--out", name, "--overwrite", codes=(0, 1, 3, 5))
                page = (here / f"{name}.html").read_text(encoding="utf-8")
                self.assertIn("</html>", page)
                self.lintel("judge", f"{name}.lintel", codes=(0, 1, 3, 5))
                self.lintel("report", f"{name}.lintel", "--report", "html", "--out", f"{name}-again")
                self.assertEqual(page, (here / f"{name}-again.html").read_text(encoding="utf-8"))

    def test_words(self):
        self.assertIn("示例", self.lintel("scan", "--help", "--language", "zh"))
        self.assertIn("没有", self.lintel("probe", "tls", "no.such.invalid", "--language", "zh", codes=(1,)))
        self.assertIn("lintel scan", self.lintel("man", "--language", "en"))


class Installed(Used, unittest.TestCase):
    @classmethod
    def lay_out(cls):
        done = subprocess.run([CMAKE, "--install", BUILD, "--prefix", cls.folder / "prefix"], capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)
        return cls.folder / "prefix/bin/lintel"

    def test_what_is_laid_down(self):
        prefix = self.folder / "prefix"
        for name, word in (("share/man/man1/lintel.1", "lintel scan"), ("share/man/zh_CN/man1/lintel.1", "检测"), ("share/bash-completion/completions/lintel", "-F _lintel lintel"),
                           ("share/zsh/site-functions/_lintel", "#compdef lintel"), ("share/fish/vendor_completions.d/lintel.fish", "complete -c lintel"),
                           ("share/lintel/profiles/tls-baseline/profile.yaml", "tls-baseline"), ("share/doc/lintel/docs/target.md", "lintel")):
            with self.subTest(name):
                self.assertIn(word, (prefix / name).read_text(encoding="utf-8"))
        self.assertEqual([], [str(path) for path in prefix.rglob("*") if path.is_symlink() or "__pycache__" in path.parts])


class Moved(Used, unittest.TestCase):
    @classmethod
    def lay_out(cls):
        tree = cls.folder / "tree"
        (tree / "build/some").mkdir(parents=True)
        for name in ("lintel", "CMakeCache.txt"):
            shutil.copy2(pathlib.Path(BUILD) / name, tree / "build/some" / name)
        for name in ("profiles", "checks"):
            shutil.copytree(pathlib.Path(SOURCE) / name, tree / name)
        return tree / "build/some/lintel"


if __name__ == "__main__":
    if subprocess.run([*HIDDEN, "true"], capture_output=True).returncode != 0:
        print("skipped: no mount namespace here to hide the source in")
        sys.exit(77)
    unittest.main(verbosity=2)
