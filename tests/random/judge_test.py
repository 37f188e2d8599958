#!/usr/bin/env python3
"""lintel random judge: verdicts and exit codes, the JSON against its schema, both languages, files that are none."""
import base64
import gzip
import json
import os
import pathlib
import re
import resource
import secrets
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "schemas"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import make_ids  # noqa: E402
from fits import misfits  # noqa: E402

LINTEL = sys.argv.pop(1)
CHINESE = re.compile("[\u4e00-\u9fff]")
START = 1_795_248_543_719_814


def lintel(*argv):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LINTEL_")}
    return subprocess.run([LINTEL, *map(str, argv)], capture_output=True, env=environment, timeout=100)


def timed(ids):
    return "".join(f"{START + 700 * i}\t{value}\n" for i, value in enumerate(ids))


class Judge(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "ids.tsv"

    def judged(self, content, code, *options):
        self.file.write_bytes(content if isinstance(content, bytes) else content.encode())
        done = lintel("random", "judge", self.file, "--json", *options)
        self.assertEqual(code, done.returncode, done.stderr)
        result = json.loads(done.stdout)
        self.assertEqual([], misfits(result))
        return result

    def refused(self, content):
        self.file.write_bytes(content)
        done = lintel("--language", "en", "random", "judge", self.file)
        self.assertEqual(2, done.returncode)
        self.assertEqual(b"", done.stdout)
        return done.stderr.decode().strip().removeprefix(f"lintel: {self.file}: ")

    def test_strong_ones_are_not_refuted(self):
        result = self.judged(timed(secrets.token_hex(16) for _ in range(2000)), 0)
        self.assertEqual("not_refuted", result["verdict"])
        self.assertEqual(128, result["bits"]["at_most"])
        self.assertAlmostEqual(19.35, result["bits"]["at_least"], 2)
        self.assertEqual([], result["findings"])

    def test_a_counter_is_refuted(self):
        result = self.judged(timed(f"{0x7000 + 3 * i:016x}" for i in range(300)), 1)
        self.assertEqual("refuted", result["verdict"])
        self.assertEqual("refutes", result["findings"][0]["weight"])
        self.assertLess(result["bits"]["at_most"], 2)

    def test_a_clock_beside_enough_is_a_warning(self):
        result = self.judged(timed(f"{(START + 700 * i) // 1000:012x}" + secrets.token_hex(10) for i in range(500)), 0)
        self.assertEqual("warned", result["verdict"])
        self.assertEqual("timestamp", result["findings"][0]["attack"])

    def test_a_twister_shows_by_few_bits_of_few_outputs(self):
        # 19,937 unknown bits: as many seen ones are enough, and some to foretell.
        for name, count in (("mersenne_getrandbits_4", 170), ("mersenne_getrandbits_8", 170), ("mersenne_low_16", 170), ("mersenne_low_4", 250), ("mersenne_31", 200),
                            ("mersenne_choices_hex", 170), ("mersenne_choices_base64url", 170), ("mersenne_choices_base36", 800), ("mersenne_uuid4_of_low_16", 220)):
            with self.subTest(name):
                result = self.judged(make_ids.sample(name, count), 1)
                self.assertEqual("mt19937", result["findings"][0]["attack"])
                self.assertGreaterEqual(result["findings"][0]["predicted_bits"], 64)

    def test_of_few_or_sealed_ones_nothing_is_decided(self):
        self.assertEqual("too_few", self.judged("abc\ndef\n", 3)["reason"])
        self.assertEqual("one_value", self.judged("a", 3)["reason"])
        self.assertEqual("sealed", self.judged("".join(f"Fe26.2**{secrets.token_hex(32)}\n" for _ in range(300)), 3)["reason"])

    def test_mixed_alphabets(self):
        kinds = [lambda: secrets.token_hex(16), lambda: secrets.token_urlsafe(16), lambda: str(secrets.randbelow(10**20))]
        self.assertNotEqual("refuted", self.judged("".join(kinds[i % 3]() + "\n" for i in range(900)), 0)["verdict"])

    def test_the_page_in_both_languages(self):
        self.file.write_text(timed(secrets.token_hex(16) for _ in range(300)))
        english = lintel("--language", "en", "random", "judge", self.file).stdout.decode()
        self.assertIn("not refuted", english)
        self.assertIn("Not refuted is no proof", english)
        self.assertFalse(CHINESE.search(english))
        chinese = lintel("--language", "zh", "random", "judge", self.file).stdout.decode()
        self.assertIn("未证伪不是证明", chinese)
        self.assertFalse(re.search("[a-z]{4,} [a-z]{4,}", chinese.replace(str(self.file), "").replace("--depth deep", "")))
        # The same bytes each time.
        self.assertEqual(english, lintel("--language", "en", "random", "judge", self.file).stdout.decode())

    def test_generators_have_chinese_names(self):
        for name, said in (("mersenne_low_4", "梅森旋转（MT19937），每个输出 4 位"), ("md5_of_counter", "逐个递增的十进制序号的 MD5"), ("sliding_window", "滑动窗口"),
                           ("jwt_with_a_usual_key", "用常见密钥"), ("java_random_ints", "java.util.Random 或 drand48()（48 位线性同余）")):
            self.file.write_text(make_ids.sample(name, 500))
            page = lintel("--language", "zh", "random", "judge", self.file).stdout.decode()
            self.assertIn(said, page)
            self.assertFalse(re.search("[a-z]{4,} [a-z]{4,}", page.replace(str(self.file), "")), page)

    def test_files_that_are_no_sample(self):
        self.assertEqual("no identifier in the file: it takes one a line, or `unix_us TAB id`", self.refused(b""))
        self.assertEqual("line 1: a NUL byte; identifiers are text, write bytes in hexadecimal", self.refused(b"\0"))
        self.assertEqual("line 2: a NUL byte; identifiers are text, write bytes in hexadecimal", self.refused(b"ab\ncd\0ef\n"))
        self.assertEqual("line 1: bytes that are no UTF-8; identifiers are text, write bytes in hexadecimal", self.refused(b"\xff\xfe" * 20))
        self.assertEqual("line 1: 10000000 bytes; an identifier may have 65536", self.refused(b"a" * 10_000_000))
        self.assertEqual("the file is compressed; unpack it first", self.refused(gzip.compress(b"abc\n" * 500)[:40]))
        self.assertEqual("line 2: no time before the identifier, unlike the first line", self.refused(b"17\ta\nb\n"))
        self.assertEqual(2, lintel("random", "judge", self.file.parent / "none").returncode)

    def test_hostile_text_breaks_neither_page_nor_json(self):
        odd = "".join(f"\x1b[31m{i}]]>\x07|=cmd\u202e{secrets.token_hex(8)}\n" for i in range(250))
        self.judged(odd, self.verdict_code(odd))
        page = lintel("random", "judge", self.file).stdout
        self.assertNotIn(b"\x07", page)
        self.assertNotIn(b"\x1b[31m", page)
        nasty = base64.b64encode(b'{"a\x1b":"\xff"}').decode()
        self.assertIn(self.verdict_code(f"{nasty}\n" * 3 + "x\n"), (0, 1, 3))

    def verdict_code(self, content):
        self.file.write_text(content)
        return lintel("random", "judge", self.file, "--json").returncode

    def test_two_thousand_in_a_second_and_64_MiB(self):
        self.file.write_text(timed(secrets.token_hex(16) for _ in range(2000)))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        lintel("random", "judge", self.file)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"2,000 identifiers: {spent:.2f} s of processor time")
        if "sanitize" not in LINTEL and "asan" not in LINTEL:
            self.assertLess(spent, 1.5)  # the aim is 1 s; slow machines get half as much again


if __name__ == "__main__":
    unittest.main()
