#!/usr/bin/env python3
"""lintel random test: known answers, forms of files, two-level rules, exit codes, and files that are none."""
import base64
import gzip
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "schemas")]
import constants  # noqa: E402
import fits  # noqa: E402

LINTEL = sys.argv.pop(1)
KNOWN = json.loads((HERE / "known.json").read_text())
NEAR = 1e-9


def lintel(*argv, language="en"):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LINTEL_")}
    return subprocess.run([LINTEL, "random", "test", *map(str, argv), "--lang", language], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, env=environment)


def strong(size, seed=b"lintel"):
    """Bytes that no test may find fault with, the same every time."""
    return b"".join(hashlib.sha256(seed + number.to_bytes(8, "big")).digest() for number in range(size // 32 + 1))[:size]


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, content, name="sample"):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def json(self, *argv, code=0):
        done = lintel(*argv, "--json")
        self.assertEqual(code, done.returncode, done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual([], fits.misfits(answer))
        return answer


def rows(answer, suite):
    [found] = [each for each in answer["suites"] if each["suite"] == suite]
    return {(row["test"], row.get("part", "")): row for row in found["rows"]}


class KnownAnswers(Case):
    def test_sp800_22_on_a_million_digits(self):
        """Reference: NIST STS 2.1.2, all 188 p-values."""
        for name, tests in KNOWN["sp800-22"].items():
            answer = self.json(self.file(constants.packed(name, 1000000)), "--suite", "sp800-22")
            found = rows(answer, "sp800-22")
            self.assertEqual(188, len(found))
            for test, parts in tests.items():
                for part, p in parts.items():
                    self.assertAlmostEqual(p, found[test, part]["p"][0], delta=NEAR, msg=(name, test, part))


    def test_gmt_0005_on_a_million_digits(self):
        """Reference: Trisia's randomness; the spectral test by numpy. P and Q of all 27 statistics."""
        for name, tests in KNOWN["gmt-0005"].items():
            found = rows(self.json(self.file(constants.packed(name, 1000000)), "--suite", "gmt-0005"), "gmt-0005")
            self.assertEqual(27, len(found))
            for test, parts in tests.items():
                for part, (p, q) in parts.items():
                    self.assertAlmostEqual(p, found[test, part]["p"][0], delta=NEAR, msg=(name, test, part))
                    self.assertAlmostEqual(q, found[test, part]["q"][0], delta=NEAR, msg=(name, test, part))


    def test_sp800_90b(self):
        """Reference: NIST ea_non_iid 1.1.7 -i -a."""
        pi, e = constants.digits("pi", 1000000), constants.digits("e", 1000000)
        files = {"pi": constants.packed("pi", 1000000), "e4": bytes(int(e[at:at + 4], 2) for at in range(0, 1000000, 4)), "and": bytes(a == b == "1" for a, b in zip(pi, e))}
        for name, known in KNOWN["sp800-90b"].items():
            answer = self.json(self.file(files[name]), "--suite", "sp800-90b")
            self.assertEqual(("measured", []), (answer["conclusion"], answer["suites"]))
            self.assertAlmostEqual(known["assessed"], answer["entropy"]["assessed"], delta=NEAR, msg=name)
            for track in ("original", "bitstring"):
                found = {each["estimator"]: each["entropy"] for each in answer["entropy"].get(track, {"estimates": []})["estimates"]}
                self.assertEqual(known[track].keys(), found.keys())
                for estimator, entropy in known[track].items():
                    self.assertAlmostEqual(entropy, found[estimator], delta=NEAR, msg=(name, track, estimator))


class Forms(Case):
    def test_the_same_bits_in_every_form_give_the_same_answer(self):
        content = strong(5000)
        digits = "".join(f"{byte:08b}" for byte in content)
        forms = {"binary": content, "hex": content.hex().encode(), "base64": base64.encodebytes(content), "digits": digits.encode(), "octets": bytes(map(int, digits))}
        answers = []
        for form, held in forms.items():
            path = self.file(held)
            answer = self.json(path, "--suite", "sp800-22,gmt-0005")
            self.assertEqual(form, answer.pop("format"))
            self.assertEqual(self.json(path, "--suite", "sp800-22,gmt-0005", "--format", form)["suites"], answer["suites"])
            answers.append(answer)
        self.assertEqual([answers[0]] * 5, answers)

    def test_identifiers_with_times_of_receipt(self):
        lines = "".join(f"{1700000000000000 + i}\t{strong(16, str(i).encode()).hex()}\n" for i in range(500))
        done = lintel(self.file(lines.encode()))
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("64,000 bits, hex text (detected); the times of receipt before each line are left out", done.stdout)


class Conclusions(Case):
    def test_what_each_exit_code_means(self):
        self.assertEqual("nothing_found", self.json(self.file(strong(12500)))["conclusion"])
        self.assertEqual("structure_found", self.json(self.file(b"\x80lintel!" * 2000), code=1)["conclusion"])
        self.assertEqual("not_run", self.json(self.file(b"\xa5"), code=5)["conclusion"])
        self.assertEqual("sample_again", self.json(self.file(bytes(50)), "--suite", "sp800-22", code=3)["conclusion"], "400 bits are too few to say more")
        biased = bytearray(strong(1250))
        for at in range(400):
            biased[at] |= 1 << at * 5 % 8
        self.assertEqual("sample_again", self.json(self.file(bytes(biased)), "--suite", "sp800-22", code=3)["conclusion"])

    def test_a_rule_is_no_evidence(self):
        """SP 800-22 sets the p-value of the runs test to 0 where more than 2/sqrt(n) ones are too many or few: that is so for one fair sequence in 16,000."""
        content = bytearray(strong(1250))
        for at in range(450):
            content[at] |= 1 << at * 5 % 8
        answer = self.json(self.file(bytes(content)), "--suite", "sp800-22", code=3)
        self.assertEqual([0], rows(answer, "sp800-22")["runs", ""]["p"])
        self.assertGreater(answer["smallest_adjusted"], 1e-6)

    def test_single_small_p_values_decide_nothing(self):
        """pi has one template of 148 below 0.01, as one in a hundred is."""
        done = lintel(self.file(constants.packed("pi", 1000000)), "--suite", "sp800-22")
        self.assertEqual(0, done.returncode)
        self.assertIn("of 148 p-values 1 below 0.01", done.stdout)
        self.assertIn("188 p-values, 1 below 0.01; fair coins give about 2.", done.stdout)

    def test_a_test_that_did_not_run_has_a_reason_and_no_number(self):
        found = rows(self.json(self.file(strong(2500)), "--suite", "sp800-22"), "sp800-22")
        self.assertEqual({"reason": "too_short", "needed": 387840, "found": 20000}, found["universal", ""]["not_run"])
        self.assertNotIn("p", found["universal", ""])
        self.assertEqual({"too_short"}, {row["not_run"]["reason"] for row in found.values() if "p" not in row})

    def test_many_sequences(self):
        """NIST's report on 50 sequences of 20,000 digits of pi: passes and spread of the tests that need no more."""
        found = rows(self.json(self.file(constants.packed("pi", 1000000)), "--suite", "sp800-22", "--bits", 20000, "--samples", 50), "sp800-22")
        for key, passed in (("frequency", ""), 49), (("block_frequency", ""), 50), (("cumulative_sums", "forward"), 49), (("runs", ""), 50), (("longest_run", ""), 49), (("spectral", ""), 47):
            self.assertEqual(passed, found[key]["passed"], key)
            self.assertNotIn("uniformity", found[key], "which takes 55 sequences")
        found = rows(self.json(self.file(constants.packed("pi", 1000000)), "--suite", "sp800-22", "--bits", 4096, "--samples", 100), "sp800-22")
        for key, passed, spread in (("frequency", ""), 100, 0.816537), (("block_frequency", ""), 99, 0.401199), (("cumulative_sums", "reverse"), 100, 0.350485), (("runs", ""), 99, 0.455937), (("spectral", ""), 99, 0.249284):
            self.assertEqual(passed, found[key]["passed"], key)
            self.assertAlmostEqual(spread, found[key]["uniformity"], delta=1e-6, msg=key)

    def test_the_rule_of_gmt_0005(self):
        """1,000 sequences need 981 passes, 50 need 48 and 20 need 19; the standard has no rule for one."""
        answer = self.json(self.file(strong(60 * 2500)), "--suite", "gmt-0005", "--bits", 20000, "--samples", 60)
        found = rows(answer, "gmt-0005")
        self.assertTrue(all(row["enough_pass"] and row["even"] for row in found.values() if "p" in row), found)
        self.assertNotIn("own_rule", answer["suites"][0], "rank, linear complexity and Maurer's test did not run")
        bad = strong(18 * 2500) + bytes(2 * 2500)
        answer = self.json(self.file(bad), "--suite", "gmt-0005", "--bits", 20000, "--samples", 20, code=1)
        self.assertEqual("fail", answer["suites"][0]["own_rule"])
        self.assertEqual(18, rows(answer, "gmt-0005")["frequency", ""]["passed"])

    def test_chinese(self):
        done = lintel(self.file(strong(1250)), language="zh")
        self.assertIn("10,000 位", done.stdout)
        self.assertIn("未运行：需 38,912 位，只有 10,000 位", done.stdout)
        self.assertIn("统计检测只能否定发生器", done.stdout)


class Pictures(Case):
    def test_p_values_and_positions(self):
        lines = "".join(f"00{strong(8, str(i).encode()).hex()}<\n" for i in range(300)).replace("<", "")
        path, picture = self.file(lines.encode()), self.folder / "out.svg"
        for language, words in (("en", "Characters by position (300 lines, 16 characters)"), ("zh", "每个位置的字符（300 行，16 种字符）")):
            self.assertEqual(1, lintel(path, "--suite", "sp800-22", "--picture", picture, language=language).returncode)
            first = picture.read_bytes()
            root = xml.etree.ElementTree.fromstring(first)
            texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
            self.assertIn(words, texts)
            self.assertIn("0", texts)
            lintel(path, "--suite", "sp800-22", "--picture", picture, language=language)
            self.assertEqual(first, picture.read_bytes())

    def test_hostile_text_stays_text(self):
        path, picture = self.file(b"<script>\xff&\n]]>\x01\xe4\n" * 50, name="a<b>&.bin"), self.folder / "out.svg"
        lintel(path, "--format", "binary", "--suite", "sp800-22", "--picture", picture)
        root = xml.etree.ElementTree.fromstring(picture.read_bytes())
        self.assertIn("a<b>&.bin", "".join(root.itertext()))

    def test_where_it_can_not_be_written(self):
        done = lintel(self.file(strong(1000)), "--picture", self.folder / "none" / "out.svg")
        self.assertEqual(2, done.returncode)
        self.assertIn("none", done.stderr)


class BadFiles(Case):
    def refused(self, content, words, *options):
        done = lintel(self.file(content), *options)
        self.assertEqual(2, done.returncode, (content[:20], done.stdout))
        self.assertIn(words, done.stderr)
        self.assertEqual("", done.stdout)

    def test_each_is_told_exactly(self):
        self.refused(b"", "the file is empty")
        self.refused(gzip.compress(strong(1000))[:200], "the file is compressed (gzip): unpack it first; --format binary takes it as it is")
        self.refused(b"hello, world\n", "this is text of 9 different characters")
        self.refused(b"0101\n012\n", "line 2, character 3: no digit of digits", "--format", "digits")
        self.refused(strong(10), "80 bits are not enough for 2 times 64 bits", "--samples", "2", "--bits", "64")
        self.refused(b"\xa5", "8 bits are not enough for 9 times 1 bits", "--samples", "9")
        done = lintel(self.folder / "none")
        self.assertEqual((2, ""), (done.returncode, done.stdout))
        done = lintel(self.folder)
        self.assertEqual(2, done.returncode)

    def test_each_is_bounded(self):
        self.assertEqual(1, lintel(self.file(b"0" * 10_000_000)).returncode)
        self.assertEqual(1, lintel(self.file(bytes(100_000))).returncode)
        self.assertEqual(1, lintel(self.file(b"\xff\xfe\x00" * 1000)).returncode)
        self.assertEqual(1, lintel(self.file(b"01" * 500_000)).returncode)


if __name__ == "__main__":
    unittest.main()
