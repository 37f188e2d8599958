#!/usr/bin/env python3
"""lintel firmware on hostile images: bombs, images that contain themselves, names that climb, images that are cut. Every answer comes within its
time and memory, says what ended it, and keeps what was read; nothing is written. hostile_test.py LINTEL CUT (the program made of cut.cc)"""
import gzip
import io
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
import zipfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent
CUT = os.path.abspath(sys.argv.pop(2))
LINTEL = os.path.abspath(sys.argv.pop(1))
MOST_SECONDS = 20
MOST_MIB = 700


def look(content, *more):
    """(inspect's result, exit code, seconds, MiB): in a folder of its own, which must stay as it is."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "image"
        path.write_bytes(content)
        environment = {key: value for key, value in os.environ.items() if not key.startswith("LINTEL_")} | {"LANG": "en_GB.UTF-8"}
        begin = time.monotonic()
        child = subprocess.Popen([LINTEL, "firmware", "inspect", "image", "--json", *more], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
        out, errors = child.stdout.read(), child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        child.stdout.close()
        child.stderr.close()
        seconds = time.monotonic() - begin
        assert [entry.name for entry in pathlib.Path(folder).iterdir()] == ["image"]
        assert path.read_bytes() == content
    assert child.returncode in (0, 3, 5), (child.returncode, errors)
    return json.loads(out) if out else None, child.returncode, seconds, usage.ru_maxrss / 1024


class Bounded(unittest.TestCase):
    def bounded(self, content, *more, most_seconds=MOST_SECONDS, codes=(0, 3)):
        found, code, seconds, mib = look(content, *more)
        self.assertIn(code, codes)
        self.assertLess(seconds, most_seconds)
        self.assertLess(mib, MOST_MIB)
        return found

    def test_streams_of_zeros(self):
        zeros = bytes(64 << 20)
        for name, make in (("gzip", lambda: gzip.compress(zeros * 4, 9, mtime=0)), ("xz", lambda: subprocess.run(["xz", "-c"], input=zeros * 4, stdout=subprocess.PIPE, check=True).stdout),
                           ("bzip2", lambda: subprocess.run(["bzip2", "-c"], input=zeros * 4, stdout=subprocess.PIPE, check=True).stdout)):
            with self.subTest(name):
                found = self.bounded(make())
                self.assertEqual(name, found["parts"][0]["format"])
                self.assertEqual(["unpacked bytes"], found["ended_early"])
                self.assertTrue(any("unpacks to more than" in problem for problem in found["parts"][0]["problems"]))

    def test_streams_in_streams(self):
        inner = bytes(32 << 20)
        for _ in range(3):
            inner = gzip.compress(inner, 9, mtime=0)
        self.bounded(inner)
        deep = b"the end, and some words so that there is something" * 20
        for _ in range(40):
            deep = gzip.compress(deep, 1, mtime=0)
        found = self.bounded(deep)
        self.assertEqual(["depth"], found["ended_early"])

    def test_archives_of_large_zeros(self):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for i in range(50):
                archive.writestr(f"zeros{i}", bytes(16 << 20))
        self.bounded(buffer.getvalue())
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            for i in range(20):
                entry = tarfile.TarInfo(f"zeros{i}")
                entry.size = 16 << 20
                archive.addfile(entry, io.BytesIO(bytes(16 << 20)))
        self.assertEqual(["unpacked bytes"], self.bounded(buffer.getvalue())["ended_early"])

    @unittest.skipUnless(shutil.which("mksquashfs"), "no mksquashfs here")
    def test_a_squashfs_of_holes(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder) / "root"
            root.mkdir()
            (root / "a").write_text("read")
            for i in range(8):
                with open(root / f"hole{i}", "wb") as hole:
                    hole.truncate(40 << 20)
            subprocess.run(["mksquashfs", root, f"{folder}/image", "-quiet", "-no-progress", "-comp", "gzip", "-b", "1048576"], check=True, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            content = (pathlib.Path(folder) / "image").read_bytes()
        found = self.bounded(content)
        self.assertEqual(["unpacked bytes"], found["ended_early"])
        self.assertEqual(9, found["parts"][0]["files"])

    def test_what_contains_itself(self):
        # A device tree of images (FIT) whose data are places in the whole: every image is all of it again.
        def fit(images):
            strings = b"data-position\0data-size\0description\0"
            structure = struct.pack(">I", 1) + b"\0\0\0\0" + struct.pack(">I", 1) + b"images\0\0"
            for i in range(images):
                structure += struct.pack(">I", 1) + b"i%06d\0" % i
                for name, value in ((0, 0), (14, 0x7FFFFFFF)):
                    structure += struct.pack(">IIII", 3, 4, name, value)
                structure += struct.pack(">I", 2)
            structure += struct.pack(">III", 2, 2, 9)
            reserved = bytes(16)
            total = 40 + len(reserved) + len(structure) + len(strings)
            return struct.pack(">10I", 0xD00DFEED, total, 40 + len(reserved), 40 + len(reserved) + len(structure), 40, 17, 16, 0, len(strings), len(structure)) + reserved + structure + strings
        self.bounded(fit(3), most_seconds=60)
        self.bounded(fit(100) + bytes(100_000), most_seconds=120)
        # U-Boot headers one inside another, each right by its own check sum.
        content = b"x" * 5000
        for _ in range(30):
            header = struct.pack(">IIIIIII4B32s", 0x27051956, 0, 0, len(content), 0, 0, zlib.crc32(content), 5, 5, 2, 0, b"again")
            content = header[:4] + struct.pack(">I", zlib.crc32(header)) + header[8:] + content
        self.assertEqual(["depth"], self.bounded(content)["ended_early"])

    def test_magics_everywhere(self):
        for magic in (b"\x5d\0\0\x80\0" + b"\xff" * 8 + b"\0", b"\x1f\x8b\x08\0\0\0\0\0\0\x03", b"\xd0\x0d\xfe\xed\0\1\0\0", b"hsqs", b"\x85\x19\x01\xe0", b"070701" + b"0" * 104, b"BZh91AY&SY",
                      b"\xfd7zXZ\0\0\4\xe6\xd6\xb4\x46", b"\x28\xb5\x2f\xfd\x04\0", b"\x04\x22\x4d\x18\x64\x40\xa7", b"UBI#\1\0\0\0", b"\x45\x3d\xcd\x28", b"-rom1fs-", b"PK\3\4\x14\0", b"\x27\x05\x19\x56", b"HDR0"):
            with self.subTest(magic):
                content = (magic * (1 << 20))[:1 << 20]
                self.bounded(content, most_seconds=60)

    def test_names_that_climb(self):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            for name in ("../../etc/evil", "/etc/absolute", "a/../../b", "fine", "c/./d", "e/.."):
                entry = tarfile.TarInfo(name)
                entry.size = 3
                archive.addfile(entry, io.BytesIO(b"abc"))
        content = buffer.getvalue()
        found = self.bounded(content)
        self.assertEqual(2, sum("climbs" in problem for problem in found["parts"][0]["problems"]) - sum("e/.." in problem for problem in found["parts"][0]["problems"]))
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "image"
            path.write_bytes(content)
            tree = json.loads(subprocess.run([LINTEL, "firmware", "tree", path, "--json"], stdout=subprocess.PIPE, check=True, timeout=60).stdout)
        names = [row["path"] for volume in tree["volumes"] for row in volume["files"]]
        self.assertIn("fine", names)
        self.assertIn("etc/absolute", names)
        self.assertEqual([], [name for name in names if ".." in name.split("/") or name.startswith("/")])

    def test_noise(self):
        for seed in range(3):
            found = self.bounded(random.Random(seed).randbytes(8 << 20))
            self.assertGreater(found["coverage"]["high_entropy"], 0.99 * found["coverage"]["bytes"])


def children_of(pid):
    return [int(word) for word in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Ended(unittest.TestCase):
    def slow(self, folder):
        """A look at an image that takes long (a magic at every place), and its child."""
        path = pathlib.Path(folder) / "image"
        path.write_bytes(b"\x28\xb5\x2f\xfd\x04\0" * (2 << 20))
        parent = subprocess.Popen([LINTEL, "firmware", "inspect", path], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not (found := children_of(parent.pid)) or "firmware-child" not in pathlib.Path(f"/proc/{found[0]}/cmdline").read_text() or self.filters(found[0]) == 0:
            self.assertLess(time.monotonic(), deadline)
            self.assertIsNone(parent.poll())
        return parent, found[0]

    @staticmethod
    def filters(pid):
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        return int(status.partition("Seccomp:")[2].split()[0])

    def gone(self, child):
        deadline = time.monotonic() + 20
        while True:
            try:
                if ") Z " in pathlib.Path(f"/proc/{child}/stat").read_text():
                    return
            except FileNotFoundError:
                return
            self.assertLess(time.monotonic(), deadline, "the child outlives its parent")

    def test_interrupted(self):
        with tempfile.TemporaryDirectory() as folder:
            parent, child = self.slow(folder)
            parent.send_signal(signal.SIGINT)
            self.assertEqual(130, parent.wait(timeout=20))
            self.gone(child)

    def test_the_child_dies_with_its_parent(self):
        with tempfile.TemporaryDirectory() as folder:
            parent, child = self.slow(folder)
            parent.kill()
            parent.wait(timeout=20)
            self.gone(child)

    def test_the_child_is_killed(self):
        with tempfile.TemporaryDirectory() as folder:
            for number, code in ((signal.SIGSEGV, 5), (signal.SIGKILL, 5)):
                parent, child = self.slow(folder)
                os.kill(child, number)
                self.assertEqual(code, parent.wait(timeout=20))


class Cut(unittest.TestCase):
    def test_every_fixture_cut_at_every_64th(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([HERE / "make_fixtures", folder], check=True, timeout=300)
            images = sorted((pathlib.Path(folder) / "images").iterdir())
            self.assertGreater(len(images), 0)
            done = subprocess.run([CUT, *images], capture_output=True, text=True, timeout=1200)
            self.assertEqual((0, f"{128 * len(images)} looks, 0 wrong"), (done.returncode, "\n".join(done.stdout.splitlines()[-12:])), done.stderr[-4000:])
            # And through the child: the cut image answers as the whole one does, with what is there.
            content = (pathlib.Path(folder) / "images/tar").read_bytes()
            found, code, _, _ = look(content[:len(content) // 2])
            self.assertEqual(0, code)
            self.assertGreater(found["parts"][0]["files"], 3)
            self.assertTrue(found["parts"][0]["problems"])


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    unittest.main(verbosity=2)
