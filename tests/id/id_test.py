#!/usr/bin/env python3
"""lintel id check, explain and generate: a list that conforms, lists that break exactly one thing each, hostile files, and lists made by generate."""
import hashlib
import json
import os
import pathlib
import pty
import random
import re
import subprocess
import sys
import tempfile
import unittest
import zlib

LINTEL = sys.argv.pop(1)
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "schemas"))
from fits import misfits  # noqa: E402

CHINESE = re.compile("[\u4e00-\u9fff]")
DECLARED = ["--vendor", "A1B2C3", "--product", "00A001", "--extensions", "00,01"]
SOURCE = random.Random(6)
NUMBERS = [SOURCE.getrandbits(32) for _ in range(60)]


def lintel(*argv, stdin=b"", language="en"):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LINTEL_") or key == "LINTEL_DATA"} | {"LANG": "C.UTF-8"}
    return subprocess.run([LINTEL, *argv, "--lang", language], input=stdin, capture_output=True, timeout=120, env=environment)


def listed(numbers, upper="01A1B2C300A001", extension="00"):
    return [f"{upper}{number:08X}{extension}" for number in numbers]


def check(lines, *argv, language="en"):
    data = lines if isinstance(lines, bytes) else ("\n".join(lines) + "\n").encode()
    return lintel("id", "check", "-", *(argv or DECLARED), stdin=data, language=language)


def verdicts(lines, *argv):
    """{clause: verdict} and the whole result, which has to fit its schema."""
    done = check(lines, *(argv or DECLARED), "--json")
    result = json.loads(done.stdout)
    assert misfits(result) == [], misfits(result)
    assert result["exit_code"] == done.returncode
    return {one["clause"]: one["verdict"] for one in result["clauses"]}, result


def lcg(count, state=12345):
    values = []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        values.append(state)
    return values


GOOD = listed(NUMBERS)
# What is broken, and the clauses that fail; all others of annex A pass.
BROKEN = {
    "counter": (listed(range(1, 61)), {"A.d"}),
    "counter, shuffled": (SOURCE.sample(listed(range(1, 61)), 60), {"A.d"}),
    "constant step": (listed((7 + i * 0x9E3779B1) % 2**32 for i in range(60)), {"A.d"}),
    "times": (listed(1_760_000_000 + i * 37 + SOURCE.randrange(37) for i in range(60)), {"A.d"}),
    "MD5 of a serial number": (listed(int(hashlib.md5(str(i).encode()).hexdigest()[:8], 16) for i in range(500, 560)), {"A.d"}),
    "LCG": (listed(lcg(60)), {"A.d"}),
    "Mersenne Twister": (listed(SOURCE.getrandbits(32) for _ in range(1300)), {"A.d"}),
    "CRC-32 of a serial number, shuffled": (SOURCE.sample(listed(zlib.crc32(b"%d" % i) for i in range(1, 61)), 60), {"A.d"}),
    "low half constant": (listed(number & 0xFFFF0000 | 0xBEEF for number in NUMBERS), {"A.d"}),
    "repeated identity": (GOOD + GOOD[:1], {"A", "A.d"}),
    "repeated in small letters": (GOOD + [GOOD[0].lower()], {"A", "A.d"}),
    "random used with two extensions": (GOOD + [GOOD[0][:-2] + "01"], {"A.d"}),
    "foreign vendor": (GOOD + listed([7], "01D4E5F600A001"), {"A.b"}),
    "foreign product": (GOOD + listed([7], "01A1B2C300A002"), {"A.c"}),
    "cloned generator": (GOOD + listed(NUMBERS, "01A1B2C300A002"), {"A.c", "A.d"}),
    "version 02": (GOOD + listed([7], "02A1B2C300A001"), {"A.a"}),
    "extension": (GOOD + listed([7], extension="7F"), {"A.e"}),
    "order": (GOOD + ["01A1B2C300AXXX1234ABCD00"], {"A"}),
    "placeholder at the end": (GOOD + ["01A1B2C300A0011234ABCDXX"], {"A"}),
    "23 characters": (GOOD + [GOOD[0][:-1]], {"A"}),
    "a letter above F": (GOOD + ["01A1B2C300A0011234ABCG00"], {"A"}),
    "NULs": (("\n".join(GOOD) + "\n").encode() + b"01A1B2\0C300A0011234ABCD\n\0\0\n", {"A"}),
    "a line of 10 MB": (("\n".join(GOOD) + "\n").encode() + b"A" * 10_000_000 + b"\n", {"A"}),
    "not UTF-8": (("\n".join(GOOD) + "\n").encode() + b"\xff\xfe\xfa\n", {"A"}),
}


class Check(unittest.TestCase):
    def test_a_good_list(self):
        many = sorted(listed(random.SystemRandom().sample(range(2**32), 2000)))
        many[10], many[1500] = many[1500], many[10]
        for lines in (GOOD, SOURCE.sample(GOOD, 60), sorted(GOOD), many, ["# batch 7", "", *(line + "\r" for line in GOOD)]):
            found, result = verdicts(lines)
            self.assertEqual({"A", "A.a", "A.b", "A.c", "A.d", "A.e"}, set(found))
            self.assertEqual({"pass"}, set(found.values()), result["facts"])
            self.assertEqual(("conformant", 0), (result["gate"], result["exit_code"]))
            self.assertEqual(["A.d"], [one["clause"] for one in result["clauses"] if one["asked_too"]])
            self.assertIn("no credential", result["notes"][-1])

    def test_each_break_alone(self):
        for name, (lines, clauses) in BROKEN.items():
            with self.subTest(name):
                found, result = verdicts(lines)
                self.assertEqual(clauses, {clause for clause, verdict in found.items() if verdict == "fail"}, result["facts"])
                self.assertEqual({"pass"}, {verdict for clause, verdict in found.items() if clause not in clauses})
                self.assertEqual(1, result["exit_code"])

    def test_mixed_case_is_a_note(self):
        _, result = verdicts(GOOD[:-1] + [GOOD[-1].lower()])
        self.assertEqual(0, result["exit_code"])
        self.assertTrue(any("letter case" in note for note in result["notes"]))

    def test_what_is_not_known_stays_open(self):
        found, result = verdicts(GOOD, "--vendor", "A1B2C3")
        self.assertEqual({"A.c", "A.e"}, {clause for clause, verdict in found.items() if verdict == "inconclusive"})
        self.assertEqual(3, result["exit_code"])
        self.assertEqual(0, check(GOOD, "--vendor", "A1B2C3", "--allow-open").returncode)
        found, _ = verdicts(GOOD[:19])
        self.assertEqual("inconclusive", found["A.d"])
        found, result = verdicts([])
        self.assertEqual(({"inconclusive"}, 3), (set(found.values()), result["exit_code"]))

    def test_half_a_list_decides_nothing(self):
        found, result = verdicts("\n".join(GOOD).encode("utf-16"))
        self.assertEqual(({"inconclusive"}, 5), (set(found.values()), result["exit_code"]))
        self.assertEqual("stdin: the list is UTF-16; save it as UTF-8", result["message"])
        page = check("\n".join(GOOD).encode("utf-16"), language="zh").stdout.decode()
        self.assertIn("UTF-16", page)
        self.assertIn("未能读完", page)

    def test_mistakes_of_the_command_line(self):
        with tempfile.TemporaryDirectory() as folder:
            for argv in (["check", folder + "/none"], ["check", folder], ["check", "-", "--vendor", "A1B2C"], ["check", "-", "--extensions", "00,1"], ["check", "-", "--profile", "none"],
                         ["generate", "--vendor", "A1B2C3", "--product", "00A00G"], ["generate", "--vendor", "A1B2C3", "--product", "00A001", "--count", "0"], ["explain"]):
                done = lintel("id", *argv, language="zh")
                self.assertEqual((2, b""), (done.returncode, done.stdout), argv)
                self.assertTrue(CHINESE.search(done.stderr.decode()), done.stderr)

    def test_the_page(self):
        for language in ("en", "zh"):
            done = check(BROKEN["order"][0] + GOOD[:2], language=language)
            page = done.stdout.decode()
            self.assertEqual((1, b""), (done.returncode, done.stderr))
            self.assertNotIn("\x1b", page)
            lines = page.splitlines()
            at = next(i for i, line in enumerate(lines) if line.strip() == "01A1B2C300AXXX1234ABCD00")
            self.assertEqual(lines[at].index("XXX"), lines[at + 1].index("^"))
            self.assertIn(GOOD[0], page)
            self.assertIn("77,163", page)
            self.assertEqual(language == "zh", bool(CHINESE.search(page)))
            self.assertLess(max(len(line) for line in lines), 101)
        self.assertIn("Not refuted", check(GOOD).stdout.decode())
        hostile = check(GOOD + ["\x1b[31m\u202e" + "x" * 21 + "`|=cmd"]).stdout.decode()
        self.assertNotIn("\x1b", hostile)
        self.assertNotIn("\u202e", hostile)

    def test_colour_and_progress_on_a_terminal_alone(self):
        master, slave = pty.openpty()
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "ids.txt"
            path.write_text("\n".join(GOOD) + "\n")
            done = subprocess.run([LINTEL, "id", "check", path, *DECLARED, "--lang", "en"], stdout=slave, stderr=slave, stdin=subprocess.DEVNULL, timeout=60, env={**os.environ, "TERM": "xterm"})
        os.close(slave)
        shown = b""
        try:
            while piece := os.read(master, 65536):
                shown += piece
        except OSError:
            pass
        os.close(master)
        self.assertEqual(0, done.returncode, shown)
        self.assertIn(b"\x1b[32m", shown)
        self.assertIn(b"reading 100 %", shown)


class Explain(unittest.TestCase):
    def test_fields(self):
        done = lintel("id", "explain", "01a1b2c300a0011234abcd00")
        self.assertEqual(0, done.returncode)
        for value in ("a1b2c3", "00a001", "1234abcd", "no credential", "77,163"):
            self.assertIn(value, done.stdout.decode())
        done = lintel("id", "explain", "01a1b2c300a0011234abcd00", "x", "--json")
        result = json.loads(done.stdout)
        self.assertEqual([], misfits(result))
        self.assertEqual(1, done.returncode)
        self.assertEqual({"version": "01", "vendor": "A1B2C3", "product": "00A001", "random": "1234ABCD", "extension": "00"}, result["ids"][0]["fields"])
        self.assertEqual({"reason": "length", "at": 2}, result["ids"][1]["mistake"])

    def test_the_arrow_stands_under_the_mistake(self):
        for text, at in (("01A1B2C300A0011234ABCG00", 21), ("01A1B2C300A00X1234ABCD00", 13), ("01A1", 4), ("01A1B2C300A0011234ABCD0000", 24), ("01A1\u706f", 4), ("01A1B2C300A001??????????", 14)):
            for language in ("en", "zh"):
                done = lintel("id", "explain", text, language=language)
                lines = done.stdout.decode().splitlines()
                self.assertEqual(1, done.returncode)
                self.assertEqual(2 + at, lines[1].index("^"), lines)
                self.assertEqual(language == "zh", bool(CHINESE.search(lines[1])))


class Generate(unittest.TestCase):
    def made(self, count, *argv):
        done = lintel("id", "generate", "--vendor", "a1b2c3", "--product", "00A001", "--count", str(count), *argv)
        self.assertEqual((0, b""), (done.returncode, done.stderr))
        return done.stdout.decode().split()

    def test_what_it_makes_passes(self):
        ids = self.made(1000)
        found, result = verdicts(ids)
        self.assertEqual(({"pass"}, 0), (set(found.values()), result["exit_code"]))
        self.assertTrue(all(re.fullmatch("01A1B2C300A001[0-9A-F]{8}00", one) for one in ids))
        self.assertNotEqual(ids, sorted(ids), "in order of value one would tell the next")
        self.assertNotEqual(ids, self.made(1000))
        self.assertEqual({"01"}, {one[-2:] for one in self.made(5, "--extension", "01")})
        result = json.loads(lintel("id", "generate", "--vendor", "A1B2C3", "--product", "00A001", "--count", "3", "--json").stdout)
        self.assertEqual([], misfits(result))
        self.assertEqual(3, len(result["ids"]))

    def test_none_comes_twice(self):
        """By chance 400,000 hold 19 repeats, and 200,000 more meet 19 of them."""
        old = self.made(400_000)
        self.assertEqual(400_000, len(set(old)))
        with tempfile.TemporaryDirectory() as folder:
            half = [pathlib.Path(folder) / name for name in ("a.txt", "b.txt")]
            half[0].write_text("\n".join(old[:200_000]) + "\n")
            half[1].write_text("# with another extension the value is used all the same\n" + "\n".join(one[:-2] + "7F" for one in old[200_000:]) + "\n")
            new = self.made(200_000, "--avoid", half[0], "--avoid", half[1])
            self.assertEqual(200_000, len(set(new)))
            self.assertFalse(set(old) & set(new))
            half[0].write_text("01A1B2C300A001\n")
            done = lintel("id", "generate", "--vendor", "A1B2C3", "--product", "00A001", "--avoid", half[0])
            self.assertEqual((2, b""), (done.returncode, done.stdout))
            self.assertIn("line 1 is no identity: 01A1B2C300A001", done.stderr.decode())

    def test_a_full_product_is_refused(self):
        done = lintel("id", "generate", "--vendor", "A1B2C3", "--product", "00A001", "--count", str(2**26 + 1))
        self.assertEqual((2, b""), (done.returncode, done.stdout))
        self.assertIn("too many", done.stderr.decode())


if __name__ == "__main__":
    unittest.main()
