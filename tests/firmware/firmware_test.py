#!/usr/bin/env python3
"""lintel firmware inspect, tree and cat on images made with Debian's tools (make_fixtures), and on hostile ones: however an image holds the
planted tree, the same files come out; however it is broken, the answer is bounded and what was read stays."""
import base64
import gzip
import json
import os
import pathlib
import pty
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "schemas"))
from fits import misfits  # noqa: E402

LINTEL = sys.argv.pop(1)
FOLDER = None
TRUTH = {}


def setUpModule():
    global FOLDER
    FOLDER = tempfile.TemporaryDirectory(prefix="lintel-firmware-")
    subprocess.run([HERE / "make_fixtures", FOLDER.name], check=True, timeout=300)
    for name, why in json.loads((pathlib.Path(FOLDER.name) / "skipped.json").read_text()).items():
        print(f"skipped: {name}: {why}", file=sys.stderr)
    TRUTH.update(truth())


def tearDownModule():
    FOLDER.cleanup()


def image(name):
    return pathlib.Path(FOLDER.name) / "images" / name


def lintel(*argv, timeout=60, **variables):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LINTEL_")} | {"LANG": "en_GB.UTF-8", **variables}
    return subprocess.run([LINTEL, "firmware", *map(str, argv)], stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, env=environment)


def answer(command, path, expected=0):
    done = lintel(command, path, "--json")
    assert done.returncode == expected, (done.returncode, done.stderr)
    result = json.loads(done.stdout)
    assert misfits(result) == [], misfits(result)
    return result


def raw(row, name):
    return bytes.fromhex(row[name + "_bytes"]) if name + "_bytes" in row else row[name].encode()


def truth():
    """path: (kind, mode, size, target), as bytes."""
    root = os.fsencode(pathlib.Path(FOLDER.name) / "root")
    found = {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            kind = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "symlink"}[stat.S_IFMT(status.st_mode)]
            found[os.path.relpath(path, root)] = (kind, None if kind == "symlink" else stat.S_IMODE(status.st_mode), status.st_size if kind == "file" else 0, os.readlink(path) if kind == "symlink" else None)
    return found


def rows(volume):
    return {raw(row, "path"): (row["kind"], None if row["kind"] == "symlink" else int(row["mode"], 8), row["size"] if row["kind"] == "file" else 0, raw(row, "target") if row["kind"] == "symlink" else None) for row in volume["files"]}


class SameTree(unittest.TestCase):
    maxDiff = None

    def test_every_image_has_the_same_files(self):
        names = sorted(path.name for path in image("").iterdir())
        self.assertGreater(len(names), 0)
        for name in names:
            with self.subTest(name):
                tree = answer("tree", image(name))
                self.assertEqual(1, len(tree["volumes"]))
                self.assertEqual([], tree["ended_early"])
                seen, truth_here = rows(tree["volumes"][0]), TRUTH
                if name.startswith("ext"):
                    self.assertEqual(("folder", 0o700, 0, None), seen.pop(b"lost+found"))  # mke2fs makes one
                if name == "romfs":  # keeps of the mode whether one may execute
                    truth_here = {path: (kind, mode if mode is None else 0o755 if mode & 0o111 else 0o644, *rest) for path, (kind, mode, *rest) in TRUTH.items()}
                self.assertEqual(truth_here, seen)
                if os.getuid() == 0 or not name.startswith(("ext", "cramfs")):  # those keep the owner that the tree has here
                    self.assertEqual({(0, 0)}, {(row["uid"], row["gid"]) for row in tree["volumes"][0]["files"]})

    def test_every_image_is_understood(self):
        for path in sorted(image("").iterdir()):
            with self.subTest(path.name):
                found = answer("inspect", path)
                coverage = found["coverage"]
                self.assertEqual(path.stat().st_size, coverage["bytes"])
                self.assertEqual(coverage["bytes"], sum(value for name, value in coverage.items() if name != "bytes"))
                self.assertEqual([], [problem for part in found["parts"] for problem in part.get("problems", [])])
                noise = path.name in ("flash", "nested")  # 64 KiB of noise stand for an encrypted part
                if noise:
                    self.assertGreater(coverage["high_entropy"], 0)
                    self.assertEqual(["unknown", "squashfs", "unknown"], [part["format"] for part in found["parts"] if part["format"] != "gzip"])
                    self.assertGreater(found["parts"][-1]["entropy"], 7.9)
                else:  # the file with noise in it is a file that nobody can understand
                    self.assertGreaterEqual(coverage["parsed"] + coverage["padding"] + coverage["high_entropy"], 0.999 * coverage["bytes"])

    def test_content(self):
        for name in ("ubi", "ext4", "cramfs", "romfs", "squashfs-xz", "squashfs-lzo", "jffs2-little", "jffs2-big", "jffs2-lzo", "jffs2-rtime", "cpio-newc", "tar.zst", "uimage", "fit", "nested"):
            if not image(name).exists():
                continue
            for path in ("etc/shadow", "usr/share/noise", "usr/share/text", "usr/share/empty", "bin/tool", "/abs_link"):
                with self.subTest(image=name, path=path):
                    done = lintel("cat", image(name), path)
                    self.assertEqual((0, b""), (done.returncode, done.stderr))
                    inside = {"/abs_link": "etc/passwd", "bin/tool": "usr/bin/tool"}.get(path, path)
                    self.assertEqual((pathlib.Path(FOLDER.name) / "root" / inside).read_bytes(), done.stdout)

    def test_escaping_links_stay_inside(self):
        done = lintel("cat", image("squashfs-gzip"), "etc/escape_link")
        self.assertEqual((pathlib.Path(FOLDER.name) / "root/etc/shadow").read_bytes(), done.stdout)
        for path in ("loop", "nowhere", "../../etc/hostname", "etc"):
            done = lintel("cat", image("squashfs-gzip"), path)
            self.assertEqual((2, b""), (done.returncode, done.stdout), path)

    def test_a_part_itself(self):
        number = next(part["number"] for part in answer("inspect", image("flash"))["parts"] if part["format"] == "squashfs")
        done = lintel("cat", image("flash"), f"{number}:")
        self.assertEqual(image("squashfs-xz").read_bytes()[:len(done.stdout)], done.stdout)
        self.assertGreater(len(done.stdout), 100_000)

    def test_as_json(self):
        found = json.loads(lintel("cat", image("tar"), "etc/inittab", "--json").stdout)
        self.assertEqual([], misfits(found))
        self.assertEqual((pathlib.Path(FOLDER.name) / "root/etc/inittab").read_bytes(), base64.b64decode(found["base64"]))


class Shown(unittest.TestCase):
    def test_pages_in_both_languages(self):
        for language, words in (("en", ("understood", "SHA-256", "entropy")), ("zh", ("已理解", "SHA-256", "每字节熵"))):
            done = lintel("inspect", image("flash"), "--language", language)
            self.assertEqual(0, done.returncode)
            for word in words:
                self.assertIn(word, done.stdout.decode())
        text = lintel("tree", image("squashfs-xz")).stdout.decode()
        self.assertIn("-rwsr-xr-x         0:0       4000  usr/bin/tool\n", text)
        self.assertIn("drwxrwxrwt         0:0          -  var/tmp/\n", text)
        self.assertIn("lrwxrwxrwx         0:0          -  etc/escape_link -> ../../../../etc/shadow\n", text)

    def test_no_name_reaches_a_terminal_as_it_is(self):
        for command in ("tree", "inspect"):
            self.assertNotIn(b"\x1b", lintel(command, image("cpio-newc"), "--colour", "never").stdout)
        self.assertEqual(1, sum("odd " in line for line in lintel("tree", image("cpio-newc")).stdout.decode().splitlines()))

    def test_cat_on_a_terminal(self):
        def to_a_terminal(path):
            terminal, other = pty.openpty()
            child = subprocess.Popen([LINTEL, "firmware", "cat", image("tar"), path], stdin=subprocess.DEVNULL, stdout=other, stderr=subprocess.DEVNULL)
            os.close(other)
            seen = b""
            try:
                while piece := os.read(terminal, 65536):
                    seen += piece
            except OSError:
                pass
            child.wait(timeout=30)
            os.close(terminal)
            return seen
        self.assertEqual((pathlib.Path(FOLDER.name) / "root/etc/inittab").read_bytes(), to_a_terminal("etc/inittab").replace(b"\r\n", b"\n"))
        noise = to_a_terminal("usr/share/noise")
        self.assertGreater(len(noise), 10_000)
        self.assertEqual(set(), {byte for byte in noise if byte < 32} - {9, 10, 13})
        self.assertNotIn(b"\x1b", noise)


class Wrong(unittest.TestCase):
    def said(self, code, *argv, **variables):
        done = lintel(*argv, **variables)
        self.assertEqual((code, b""), (done.returncode, done.stdout), argv)
        return done.stderr.decode()

    def test_what_can_not_be_read(self):
        self.assertIn("No such file", self.said(2, "inspect", "/nonexistent"))
        self.assertIn("is not a regular file", self.said(2, "tree", "/"))
        self.assertIn("is not a regular file", self.said(2, "cat", "/dev/zero", "x"))
        self.assertIn("不是普通文件", self.said(2, "inspect", "/", "--language", "zh"))
        self.assertIn("lintel firmware tree", self.said(2, "cat", image("tar"), "etc/nothing"))
        self.assertIn("没有文件 etc/nothing", self.said(2, "cat", image("tar"), "etc/nothing", "--language", "zh"))
        self.assertIn("has 1 parts, and no 9", self.said(2, "cat", image("tar"), "9:etc/passwd"))

    def test_an_empty_file_and_one_of_no_format(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "file"
            for content in (b"", b"just words\n" * 1000):
                path.write_bytes(content)
                self.assertEqual(len(content), answer("inspect", path)["coverage"]["bytes"])
                self.assertEqual([], answer("tree", path)["volumes"])

    def test_the_child_alone_gives_no_more_than_an_error(self):
        for argv in ([], ["x"], ["{}", "/etc/hostname"], ['{"what":"parts","name":"","seconds":5}', "/nonexistent"]):
            done = subprocess.run([LINTEL, "firmware-child", *argv], stdin=subprocess.DEVNULL, capture_output=True, timeout=30)
            self.assertEqual(0, done.returncode)
            self.assertIn("error", json.loads(done.stdout))


def main():
    unittest.main(verbosity=2)


main()
