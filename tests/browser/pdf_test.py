"""The PDF report as a reader sees it: python3 pdf_test.py REPORT_SAMPLES OUT_FOLDER. Exit 77: skipped, with the reason."""
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

OUT = pathlib.Path()


def tool(*arguments):
    return subprocess.run(arguments, check=True, capture_output=True, text=True, timeout=60).stdout


class Pdf(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.path = str(OUT / "home.pdf")
        cls.text = tool("pdftotext", "-layout", cls.path, "-")
        cls.pages = cls.text.split("\f")[:-1]

    def test_chinese_comes_back(self):
        flat = "".join(self.text.split())
        for words in ("检测报告", "示例家庭", "物联网智能家居安全技术要求", "不符合", "未声明而开放：2323", "未签名的安装包被拒绝。",
                      "本报告的结果仅与所列被测对象有关"):
            self.assertIn(words, flat)

    def test_fonts_are_embedded_and_are_noto_cjk(self):
        rows = tool("pdffonts", self.path).splitlines()[2:]
        self.assertTrue(any("Noto-Sans-CJK-SC" in row.split()[0] for row in rows))
        for row in rows:
            self.assertRegex(row, r" yes yes yes ", "embedded, subset, with Unicode table")

    def test_every_page_has_its_number_and_the_report_number(self):
        self.assertGreater(len(self.pages), 4)
        for number, page in enumerate(self.pages, 1):
            self.assertIn("page %d of %d" % (number, len(self.pages)), page)
            self.assertIn("LAB-2026-0001", page)
        self.assertIn("第 2 页 共 %d 页" % len(self.pages), self.pages[1])

    def test_contents_point_to_the_right_pages(self):
        contents = [line for line in self.pages[1].splitlines() if line.strip().endswith(tuple("0123456789"))]
        found = 0
        for line in contents:
            words, _, number = line.strip().rpartition(" ")
            title = words.strip()
            if not number.isdigit() or not title or title.startswith(("第", "page")):
                continue
            self.assertIn("".join(title.split()), "".join(self.pages[int(number) - 1].split()))
            found += 1
        self.assertGreater(found, 10)

    def test_clause_details_and_end_mark(self):
        flat = " ".join(self.text.split())
        self.assertIn("SSL 3.0 is accepted with TLS_RSA_WITH_RC4_128_SHA", flat)
        self.assertIn("Evidence register", flat)
        self.assertIn("End of report", self.pages[-1])

    def test_typical_report_of_153_clauses_is_made_in_time(self):
        folder = OUT / "typical"
        folder.mkdir(exist_ok=True)
        begin = time.monotonic()
        subprocess.run([sys.argv[1], "typical", str(folder)], check=True, timeout=240)
        print("153 clauses: %.1f s" % (time.monotonic() - begin))
        self.assertIn("153", tool("pdftotext", str(folder / "home.pdf"), "-"))


def main():
    global OUT
    for name, package in (("weasyprint", "weasyprint"), ("pdftotext", "poppler-utils"), ("pdffonts", "poppler-utils")):
        if not shutil.which(name):
            print("SKIPPED: %s is not installed (Debian package %s)" % (name, package))
            return 77
    OUT = pathlib.Path(sys.argv[2]).resolve()
    OUT.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.argv[1], "pdf", str(OUT)], check=True, timeout=240)
    result = unittest.main(argv=sys.argv[:1], exit=False, verbosity=2).result
    return 0 if result.wasSuccessful() and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
