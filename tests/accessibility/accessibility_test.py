"""The HTML report, and the pages of diff and history, under axe-core in Chromium, in every language, light and dark:
python3 accessibility_test.py REPORT_SAMPLES LINTEL OUT_FOLDER.
Exit 77: skipped, with the reason."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "browser"))
from webdriver import Browser  # noqa: E402

OUT = pathlib.Path()
AXE = ""
# Returns what axe finds, shortly. Everything is opened first: what is closed is not looked at.
LOOK = """
document.querySelectorAll('details').forEach(each => each.open = true);
return axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.map(
    rule => rule.id + ': ' + rule.nodes.length + ' x ' + rule.nodes.slice(0, 3).map(node => node.target.join(' ') + ' ' + node.failureSummary).join(' | ')));
"""


class Accessible(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        cls.browser = Browser(cls.profile.name, ["--lang=en-US", "--window-size=1280,1000"])

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.profile.cleanup()

    def look(self, page, *choices):
        self.browser.open((OUT / page).as_uri())
        for choice in choices:
            self.browser.run("document.getElementById(arguments[0]).click()", choice)
        self.browser.run(AXE)
        self.assertTrue(self.browser.run("return axe.version.length > 0"))
        self.assertEqual(self.browser.run(LOOK), [], "%s %s" % (page, choices))

    def test_one_page_in_each_language_light_and_dark(self):
        for language in ("zh", "en", "both"):
            for theme in ("light", "dark"):
                with self.subTest(language=language, theme=theme):
                    self.look("home.html", "language-" + language, "theme-" + theme)

    def test_reports_of_one_language_and_short_views(self):
        for page in ("home.en.html", "home.zh.html", "home.summary.html", "home.manager.html"):
            with self.subTest(page=page):
                self.look(page, "theme-light")
                self.look(page, "theme-dark")

    def test_on_a_telephone(self):
        self.browser.resize(500, 900)
        try:
            self.look("home.html", "language-both", "theme-light")
        finally:
            self.browser.resize(1280, 1000)

    def test_the_keyboard_reaches_everything_that_can_be_used(self):
        self.browser.open((OUT / "home.html").as_uri())
        # Nothing takes itself out of the order of tabulation, nothing forces an order of its own.
        self.assertEqual(self.browser.run("return [...document.querySelectorAll('[tabindex]')].filter(e => e.tabIndex > 0 || (e.tabIndex < 0 && e.matches('a, button, input, select, summary'))).length"), 0)
        self.assertGreater(self.browser.run("return [...document.querySelectorAll('a, button, input, select, summary')].filter(e => e.tabIndex === 0).length"), 40)

    def test_every_element_with_a_language_says_one_that_the_report_has(self):
        for page, wanted in (("home.html", ["en", "zh", "zh-CN"]), ("home.en.html", ["en"]), ("home.zh.html", ["zh-CN"])):
            self.browser.open((OUT / page).as_uri())
            self.assertEqual(self.browser.run("return [...new Set([...document.querySelectorAll('[lang]')].map(e => e.lang))].sort()"), wanted)


class Trend(Accessible):
    """The pages of `lintel diff` and `lintel history`, of runs with hostile text."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        subprocess.run([sys.argv[1], "edges", str(OUT)], check=True, timeout=240)
        runs = OUT / "runs"
        shutil.rmtree(runs, ignore_errors=True)
        runs.mkdir()
        for number, name in enumerate(("lab", "hostile", "interrupted")):
            run = json.loads((OUT / f"{name}.json").read_text(encoding="utf-8"))
            run.update(id=f"{number:016x}", started=f"2026-1{number}-01T00:00:00Z")
            (runs / f"{number}.json").write_text(json.dumps(run), encoding="utf-8")
        for language in ("zh", "en"):
            for name, arguments in (("diff", ("diff", runs / "0.json", runs / "1.json")), ("history", ("history", runs))):
                done = subprocess.run([sys.argv[2], "--language", language, *map(str, arguments), "--format", "html", "--out", str(OUT / f"{name}.{language}.html")],
                                      stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
                assert done.returncode in (0, 1), done.stderr

    # Those of the report: not once more.
    test_one_page_in_each_language_light_and_dark = test_reports_of_one_language_and_short_views = test_on_a_telephone = None
    test_the_keyboard_reaches_everything_that_can_be_used = test_every_element_with_a_language_says_one_that_the_report_has = None

    def quiet(self):
        self.assertEqual([line["message"] for line in self.browser.log() if line["level"] == "SEVERE"], [])

    def test_axe_finds_nothing_in_either_language_light_and_dark(self):
        for name in ("diff", "history"):
            for first in ("zh", "en"):
                for language in ("zh", "en", "both"):
                    for theme in ("light", "dark"):
                        with self.subTest(page=name, first=first, language=language, theme=theme):
                            self.look(f"{name}.{first}.html", "language-" + language, "theme-" + theme)
                            self.quiet()

    def test_the_chosen_language_is_shown_and_the_other_is_not(self):
        for name in ("diff", "history"):
            for language, other in (("zh", "en"), ("en", "zh")):
                self.browser.open((OUT / f"{name}.{language}.html").as_uri())
                self.assertGreater(self.browser.shown(f"main span[lang={language}]"), 3)
                self.assertEqual(self.browser.shown(f"main span[lang={other}]"), 0)
                self.quiet()

    def test_the_chart_is_to_be_seen(self):
        self.browser.open((OUT / "history.en.html").as_uri())
        box = self.browser.run("const b = document.querySelector('svg.chart').getBoundingClientRect(); return [b.width, b.height]")
        self.assertGreater(box[0], 400)
        self.assertGreater(box[1], 150)
        bars = self.browser.run("return [...document.querySelectorAll('svg.chart rect')].filter(r => r.getBoundingClientRect().height > 0).length")
        self.assertGreaterEqual(bars, 3)
        self.assertEqual(self.browser.run("return document.querySelectorAll('table tbody tr').length"), 3)

    def test_hostile_text_stays_text(self):
        for name in ("diff.en", "history.en"):
            self.browser.open((OUT / f"{name}.html").as_uri())
            self.assertEqual(self.browser.run("return document.scripts.length + document.images.length"), 0)


def fetch_axe():
    """The text of axe-core, or why it isn't there."""
    if not shutil.which("npm"):
        return None, "npm is not installed"
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], cwd=folder, capture_output=True, text=True, timeout=180)
        file = pathlib.Path(folder) / "node_modules/axe-core/axe.min.js"
        return (file.read_text(), "") if done.returncode == 0 and file.is_file() else (None, "npm ci: " + (done.stderr.strip().splitlines() or ["?"])[-1])


def main():
    global OUT, AXE
    for tool in ("chromium", "chromedriver"):
        if not shutil.which(tool):
            print("SKIPPED: %s is not installed (Debian packages chromium, chromium-driver)" % tool)
            return 77
    AXE, trouble = fetch_axe()
    if AXE is None:
        print("SKIPPED: axe-core can't be had: " + trouble)
        return 77
    OUT = pathlib.Path(sys.argv[3]).resolve()
    OUT.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.argv[1], "html", str(OUT)], check=True, timeout=120)
    result = unittest.main(argv=sys.argv[:1], exit=False, verbosity=2).result
    return 0 if result.wasSuccessful() and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
