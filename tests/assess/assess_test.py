#!/usr/bin/env python3
"""lintel assess at a pseudo-terminal, from documents, and killed; lintel ics and its contradictions. Usage: assess_test.py LINTEL"""
import hashlib
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

LINTEL = str(pathlib.Path(sys.argv.pop(1)).resolve())
HERE = pathlib.Path(__file__).resolve().parent
TARGET = """lintel: target/1
id: home
name: {zh: 家, en: Home}
profile: PROFILE
assets:
- id: lamp
  role: device
  level: 1
  name: {zh: 灯, en: Lamp}
  identities:
  - {values: [01A1B2C300A00112345678FF, 01A1B2C300A00112345679FF, XY], vendor: A1B2C3, product: 00A001, extensions: ["FF"]}
- id: plug
  role: device
  level: 1
  name: {zh: 插座, en: Plug}
  identities:
  - {values: [01A1B2C300A00212345678FF], vendor: A1B2C3, product: 00A002, extensions: ["FF"]}
"""
ICS = """lintel: ics/1
supplied_by: Lamps Ltd., Li Na
supplied_on: 2026-10-20T09:00:00+08:00
rows:
- {clause: "1.a", support: yes, detail: 由密码机产生}
- {clause: "1.b", support: yes}
- {clause: "1.c", support: yes}
- {clause: "1.d", support: yes, asset: plug}
- {clause: "1.d", support: no, asset: lamp, detail: 旧批次}
"""
IXIT = """lintel: ixit/1
supplied_by: Lamps Ltd., Li Na
supplied_on: 2026-10-20T09:00:00+08:00
tables:
- id: Identity
  title: {zh: 身份, en: Identities}
  rows:
  - {id: Identity-1, clauses: ["1.a"], values: {generator: HSM, 位数: 96}}
"""


def call(*argv, **options):
    environment = {**os.environ, "LANG": "en_US.UTF-8", **options.pop("env", {})}
    return subprocess.run([LINTEL, *map(str, argv)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, env=environment, **options)


class Terminal:
    """A command at a pseudo-terminal: type() sends a line once the prompt stands there."""

    def __init__(self, *argv, language="en", env=None):
        self.text, self.at = "", 0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update({"TERM": "xterm", **(env or {})})
            os.environ.pop("NO_COLOR", None)
            os.execv(LINTEL, [LINTEL, "--language", language, *map(str, argv)])

    def expect(self, wanted):
        end = time.monotonic() + 60
        while wanted not in self.text[self.at:]:
            if not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"{wanted!r} did not come; there is {self.text[self.at:]!r}")
            try:
                piece = os.read(self.fd, 65536)
            except OSError:
                piece = b""
            if not piece:
                raise AssertionError(f"{wanted!r} did not come before the end; there is {self.text[self.at:]!r}")
            self.text += piece.decode("utf-8", "replace")
        self.at = self.text.index(wanted, self.at) + len(wanted)

    def type(self, prompt, line):
        self.expect(prompt)
        os.write(self.fd, line.encode() + b"\n")

    def answer(self, verdict, remark="", files=(), tester="", when="", until=""):
        self.type("q quit > ", verdict)
        self.type("> ", remark)
        for file in files:
            self.type("Enter ends) > ", str(file))
        self.type("Enter ends) > ", "")
        self.type("Assessor", tester)
        self.type("Enter for now) > ", when)
        self.type("Valid until", until)
        self.expect("Saved.")

    def end(self):
        """The exit status, after reading what is left."""
        while True:
            try:
                piece = os.read(self.fd, 65536)
            except OSError:
                break
            if not piece:
                break
            self.text += piece.decode("utf-8", "replace")
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lintel-assess-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.run_file = self.folder / "home.lintel"

    def write(self, name, text):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def scan(self, extra="", *options):
        target = self.write("target.yaml", TARGET.replace("PROFILE", str(HERE / "profile")) + extra)
        done = call("scan", target, "--report", "json", "--out", self.folder / "home", "--overwrite", *options)
        self.assertIn(done.returncode, (0, 1, 3), done.stderr)
        return done

    def exported(self):
        done = call("report", self.run_file, "--report", "json", "--out", self.folder / "now")
        self.assertEqual(0, done.returncode, done.stderr)
        return json.loads((self.folder / "now.json").read_text())

    def verdict(self, clause, asset):
        for each in self.exported()["verdicts"]["clauses"]:
            if each["clause"] == clause:
                found = next(a for a in each["assets"] if a["asset"] == asset)
                return found["verdict"], found["reason"]
        raise KeyError(clause)

    def open_ones(self):
        done = call("assess", self.run_file, "--json")
        self.assertNotEqual(2, done.returncode, done.stderr)
        return [(q["clause"], q["asset"], q["state"]) for q in json.loads(done.stdout)["open"]]


class AtTheTerminal(Folder):
    def test_walk_and_resume(self):
        self.scan()
        photo = self.write("photo 1.jpg", b"picture")
        talk = Terminal("assess", self.run_file)
        for part in ("8 questions", "[1/8] 1.a", "Lamp (lamp)", "Identities are unique", "The generator makes sure", "Record of the code review", "Read the generator",
                     "Pass", "No duplicate count (demo.unique)", "identities-1"):
            talk.expect(part)
        self.assertIn("\x1b[1m", talk.text, "the head is strong on a terminal")
        talk.answer("p", "审阅过，见附件", [f"'{photo}'"], tester="王莉 Wang Li", when="2026-11-01T10:00:00+08:00", until="")
        talk.expect("[2/8] 1.a")
        talk.type("q quit > ", "s")
        talk.expect("[3/8] 1.b")
        talk.type("q quit > ", "q")
        self.assertEqual(1, talk.end(), "1.d of the lamp fails")
        self.assertIn("Still open: 7 / 8", talk.text)
        run = self.exported()
        self.assertEqual([("1.a", "lamp", "pass", "审阅过，见附件", "王莉 Wang Li", "2026-11-01T02:00:00Z")],
                         [(a["clause"], a["asset"], a["verdict"], a["remark"], a["tester"], a["at"]) for a in run["attestations"]])
        self.assertEqual(("photo 1.jpg", 7), (run["attestations"][0]["evidence"][0]["name"], run["attestations"][0]["evidence"][0]["size_bytes"]))
        self.assertEqual(("pass", "none"), self.verdict("1.a", "lamp"))

        again = Terminal("assess", self.run_file, language="zh")
        again.expect("[1/7] 1.a")
        again.expect("插座 (plug)")
        again.type("q 结束 > ", "符合")
        again.type("> ", "")
        again.type("> ", "")
        again.expect("评估人员 [王莉 Wang Li]")
        again.type("> ", "")
        again.type("> ", "")
        again.type("> ", "")
        again.expect("已保存")
        again.type("q 结束 > ", "结束")
        again.end()
        self.assertEqual(2, len(self.exported()["attestations"]))
        self.assertEqual("王莉 Wang Li", self.exported()["attestations"][1]["tester"])

    def test_every_mistake_is_told_and_asked_again(self):
        self.scan()
        photo = self.write("photo.jpg", b"picture")
        large = self.folder / "two gigabytes.pcap"
        with open(large, "wb") as file:
            file.truncate(2 << 30)
        talk = Terminal("assess", self.run_file, "--clause", "1.b", "--asset", "lamp")
        talk.type("q quit > ", "x")
        talk.expect("Type p, f, n, i, s, b or q.")
        talk.type("q quit > ", "b")
        talk.expect("This is the first question.")
        talk.type("q quit > ", "n")
        talk.type("Why it does not apply > ", "")
        talk.expect("Not applicable needs a reason.")
        talk.type("Why it does not apply > ", " \u3000 ")
        talk.expect("Not applicable needs a reason.")
        talk.type("Why it does not apply > ", "bell \x16\x07")  # ^V makes the terminal take the next key as it is
        talk.expect("control characters")
        talk.type("Why it does not apply > ", "no case")
        for file, said in ((self.folder / "gone.jpg", "gone.jpg"), (self.folder, "is a folder"), (large, "--reference-large"), ("/dev/null", "/dev/null")):
            talk.type("Enter ends) > ", str(file))
            talk.expect(said)
        for time in range(2):
            talk.type("Enter ends) > ", str(photo))
            talk.expect("attached already" if time else "SHA-256")
        talk.type("Enter ends) > ", "")
        for nobody in ("", " ", "\u3000"):
            talk.type("Assessor > ", nobody)
            talk.expect("An answer needs a name.")
        talk.type("Assessor > ", "Li")
        for when, said in (("2026-11-01T10:00:00", "offset"), ("2026-11-01", "offset"), ("2999-01-01T00:00:00Z", "future")):
            talk.type("Enter for now) > ", when)
            talk.expect(said)
        talk.type("Enter for now) > ", "2026-11-01T10:00:00Z")
        for until in ("2026-10-01T10:00:00Z", "2028-01-01T00:00:00Z"):
            talk.type("Valid until", until)
            talk.expect("no later than the clause allows")
        talk.type("Valid until", "2027-01-01T00:00:00Z")
        talk.expect("Saved.")
        talk.end()
        answer = self.exported()["attestations"][0]
        self.assertEqual(("not_applicable", "no case", "Li", "2027-01-01T00:00:00Z", ["photo.jpg"]),
                         (answer["verdict"], answer["remark"], answer["tester"], answer["valid_until"], [e["name"] for e in answer["evidence"]]))
        self.assertEqual(("not_applicable", "attested"), self.verdict("1.b", "lamp"))

    def test_kill_loses_no_answer(self):
        self.scan()
        talk = Terminal("assess", self.run_file)
        talk.answer("p", "first", tester="Li")
        talk.answer("i", "second")
        talk.type("q quit > ", "f")  # in the middle of a third
        talk.expect("Remark")
        os.kill(talk.pid, signal.SIGKILL)
        self.assertEqual(-signal.SIGKILL, talk.end())
        self.assertEqual(["first", "second"], [a["remark"] for a in self.exported()["attestations"]])
        again = Terminal("assess", self.run_file)
        again.expect("[1/6] 1.b")
        again.type("q quit > ", "q")
        again.end()
        self.assertEqual(("inconclusive", "attested"), self.verdict("1.a", "plug"))
        self.assertFalse((self.folder / "home.lintel-wal").exists(), "one file without neighbours")

    def test_back_redo_and_what_probes_fail(self):
        self.scan()
        talk = Terminal("assess", self.run_file, "--asset", "lamp")
        talk.answer("f", "wrong key", tester="Li")
        talk.type("q quit > ", "b")
        talk.expect("Fail · Li")  # the answer so far
        talk.answer("p", "right key")
        talk.type("q quit > ", "s")
        talk.type("q quit > ", "s")
        talk.expect("The probes already fail this")
        talk.answer("p", "looks fine to me")
        talk.end()
        self.assertEqual([("1.a", "pass", "right key"), ("1.d", "pass", "looks fine to me")],
                         [(a["clause"], a["verdict"], a["remark"]) for a in self.exported()["attestations"]])
        self.assertEqual(("fail", "fail.assert"), self.verdict("1.d", "lamp"), "an answer never turns a probe's FAIL into PASS")
        done = call("assess", self.run_file, "--clause", "1.a", "--asset", "lamp")
        self.assertIn("--redo asks again", done.stdout)
        for more in ((), ("--redo",)):
            done = call("assess", self.run_file, "--clause", "1.e", *more)
            self.assertIn("Nothing that was chosen asks an assessor", done.stdout)
            self.assertNotIn("No question is open", done.stdout)
        redo = Terminal("assess", self.run_file, "--clause", "1.a", "--asset", "lamp", "--redo")
        redo.type("q quit > ", "f")
        redo.type("> ", "second look")
        redo.type("Enter ends) > ", "")
        redo.type("Assessor [Li] > ", "")
        redo.type("Enter for now) > ", "2026-01-01T00:00:00Z")
        redo.expect("There is a later answer already")
        redo.type("Enter for now) > ", "")
        redo.type("Valid until", "")
        redo.expect("Saved.")
        redo.end()
        self.assertEqual(("fail", "fail.attested"), self.verdict("1.a", "lamp"))
        self.assertEqual(3, len(self.exported()["attestations"]), "the earlier answer stays as the record")

    def test_interrupted_and_piped(self):
        self.scan()
        talk = Terminal("assess", self.run_file)
        talk.answer("p", "kept", tester="Li")
        talk.expect("q quit > ")
        os.write(talk.fd, b"\x03")
        self.assertEqual(130, talk.end())
        self.assertEqual(1, len(self.exported()["attestations"]))
        piped = subprocess.run([LINTEL, "--language", "en", "assess", str(self.run_file), "--clause", "1.c", "--asset", "plug"], capture_output=True, text=True, timeout=60,
                               input="pass\nfrom a pipe\n\nWang\n\n\n", check=False)
        self.assertNotIn("\x1b", piped.stdout)
        self.assertEqual(["kept", "from a pipe"], [a["remark"] for a in self.exported()["attestations"]])

    def test_large_evidence_by_reference(self):
        self.scan()
        large = self.folder / "large.pcap"
        with open(large, "wb") as file:
            file.truncate((64 << 20) + 1)
        talk = Terminal("assess", self.run_file, "--clause", "1.b", "--asset", "lamp", "--reference-large")
        talk.answer("p", "captured", [large], tester="Li")
        talk.end()
        evidence = self.exported()["attestations"][0]["evidence"][0]
        self.assertEqual(("large.pcap", (64 << 20) + 1, False), (evidence["name"], evidence["size_bytes"], evidence["kept"]))
        self.assertEqual(64, len(evidence["sha256"]))
        self.assertLess(self.run_file.stat().st_size, 1 << 20)
        self.assertEqual(0, call("export", self.run_file, self.folder / "out").returncode)
        self.assertEqual(0, call("report", self.run_file, "--report", "html", "--out", self.folder / "r").returncode)
        self.assertIn("only its digest is here", (self.folder / "r.html").read_text())

    def test_a_sealed_run_stays_as_it_is(self):
        self.scan()
        key, certificate = self.folder / "key.pem", self.folder / "cert.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate,
                        "-subj", "/CN=lab", "-days", "30"], check=True, capture_output=True, timeout=60)
        self.assertEqual(0, call("seal", self.run_file, "--key", key, "--cert", certificate).returncode)
        sealed = self.run_file.read_bytes()
        answers = self.write("a.yaml", 'lintel: attestations/1\nattestations:\n- {clause: "1.b", verdict: pass, tester: Li, at: 2026-11-01T10:00:00Z}\n')
        refused = call("assess", self.run_file, "--answers", answers)
        self.assertEqual(2, refused.returncode)
        self.assertIn("--break-seal", refused.stderr)
        self.assertEqual(sealed, self.run_file.read_bytes())
        self.assertNotEqual(2, call("assess", self.run_file, "--json").returncode, "looking changes nothing")
        self.assertNotEqual(2, call("assess", self.run_file, "--answers", answers, "--break-seal").returncode)
        self.assertEqual("pass", self.verdict("1.b", "lamp")[0])

    def test_unknown_clause_and_busy_file(self):
        self.scan()
        none = call("assess", self.run_file, "--clause", "9.9")
        self.assertEqual(2, none.returncode)
        self.assertNotIn("did you mean", none.stderr)
        self.assertIn("blank", call("assess", self.run_file, "--tester", " ").stderr)
        done = call("assess", self.run_file, "--clause", "1.bb")
        self.assertEqual(2, done.returncode)
        self.assertIn("did you mean 1.b?", done.stderr)
        talk = Terminal("assess", self.run_file)
        talk.expect("q quit > ")
        self.assertEqual(2, call("assess", self.run_file, "--answers", self.write("a.yaml", "lintel: attestations/1\nattestations: []\n")).returncode,
                         "two assessors at once would lose answers")
        os.write(talk.fd, b"\x04")
        self.assertEqual(1, talk.end())


class FromDocuments(Folder):
    def answers(self, body):
        return self.write("answers.yaml", "lintel: attestations/1\nattestations:\n" + body)

    def test_template_loads_back_as_it_was_filled(self):
        for language, word in (("en", "Does it resist"), ("zh", "外壳防拆")):
            with self.subTest(language):
                self.scan()
                path = self.folder / f"{language}.yaml"
                self.assertEqual(0, call("--language", language, "assess", self.run_file, "--template", path, "--tester", 'Li "Na": #1').returncode)
                text = path.read_text()
                self.assertIn(word, text)
                self.assertEqual(8, text.count("#- clause:"))
                self.assertEqual(2, call("assess", self.run_file, "--template", path).returncode, "an existing file is not replaced")
                untouched = call("assess", self.run_file, "--answers", path)
                self.assertEqual(2, untouched.returncode)
                self.assertIn("take the # off the entries", untouched.stderr)
                text = re.sub(r"(?m)^#(?=- clause:|  \w+:)", "", text)
                self.assertEqual(2, call("assess", self.run_file, "--answers", self.write("empty.yaml", text)).returncode, "an entry without a verdict is no answer")
                filled = text.replace("  verdict:\n", "  verdict: inconclusive\n").replace("  remark:\n", '  remark: "看过: # 一\\t二"\n').replace("  at:\n", "  at: 2026-11-01T10:00:00+08:00\n")
                done = call("assess", self.run_file, "--answers", self.write("filled.yaml", filled))
                self.assertEqual("", done.stderr)
                got = self.exported()["attestations"]
                self.assertEqual({(c, a) for c in ("1.a", "1.b", "1.c", "1.d") for a in ("lamp", "plug")}, {(g["clause"], g["asset"]) for g in got})
                self.assertEqual({("inconclusive", "看过: # 一\t二", 'Li "Na": #1', "2026-11-01T02:00:00Z")}, {(g["verdict"], g["remark"], g["tester"], g["at"]) for g in got})
                self.assertEqual([], self.open_ones())
                before = len(got)
                call("assess", self.run_file, "--answers", self.folder / "filled.yaml")
                self.assertEqual(before, len(self.exported()["attestations"]), "the same answers twice are there once")

    def test_mistakes_name_place_and_next_step(self):
        self.scan()
        good = '- {clause: "1.b", asset: lamp, verdict: pass, tester: Li, at: 2026-11-01T10:00:00Z, remark: fine}\n'
        with open(self.folder / "huge.bin", "wb") as file:
            file.truncate(2 << 30)
        for change, said in ((("fine", '"bell \\a"'), "E100"), (("fine", "fine, evidence: [{file: gone.jpg}]"), "E087"), (("fine", "fine, evidence: [{file: .}]"), "is a folder"),
                             (("fine", "fine, evidence: [{file: huge.bin}]"), "keep: false"), (("10:00:00Z", "10:00:00"), "E028"), (("2026-11-01", "2999-01-01"), "E102"),
                             (("pass, tester", "not_applicable, tester"), ""), (("remark: fine", "valid_until: 2026-10-01T10:00:00Z"), "E086")):
            done = call("assess", self.run_file, "--answers", self.answers(good.replace(*change)))
            if not said:
                self.assertNotEqual(2, done.returncode, done.stderr)
                continue
            self.assertEqual(2, done.returncode, change)
            self.assertIn(said, done.stderr)
            self.assertRegex(done.stderr, r"answers\.yaml:3:\d+: error E\d+: .* \(.+\)")

    def test_an_answer_expires(self):
        self.scan()
        self.assertIn(("1.b", "lamp", "open"), self.open_ones())
        late = call("assess", self.run_file, "--answers", self.answers('- {clause: "1.b", verdict: pass, tester: Li, at: 2020-11-01T09:00:00Z}\n'))
        self.assertRegex(late.stderr, r"answers\.yaml:3:\d+: warning W110: .*1\.b.* out of date since")
        late = Terminal("assess", self.run_file, "--clause", "1.b", "--asset", "plug")
        late.type("q quit > ", "p")
        for prompt, line in (("> ", ""), ("Enter ends) > ", ""), ("Assessor", "Li"), ("Enter for now) > ", "2020-11-02T10:00:00Z"), ("Valid until", "")):
            late.type(prompt, line)
        late.expect("out of date already")
        late.end()
        call("assess", self.run_file, "--answers", self.answers('- {clause: "1.b", verdict: pass, tester: Li, at: 2020-11-01T10:00:00Z}\n'))
        self.assertEqual(("not_tested", "attestation_expired"), self.verdict("1.b", "lamp"))
        self.assertIn(("1.b", "lamp", "expired"), self.open_ones())
        call("assess", self.run_file, "--answers", self.answers('- {clause: "1.b", verdict: pass, tester: Li, at: 2026-11-01T10:00:00Z}\n'))
        self.assertEqual("pass", self.verdict("1.b", "plug")[0])
        judged = call("judge", self.run_file, "--now", "2028-01-01T00:00:00Z")
        self.assertIn("out of date", judged.stdout)
        self.assertIn("Not equal to the verdicts", judged.stdout)
        at = self.exported()["verdicts"]["judged_at"]
        later = call("judge", self.run_file, "--now", "2026-11-30T00:00:00Z").stdout
        self.assertIn(f"Equal to the verdicts in the run file, which was judged at {at}.", later)
        self.assertIn("Equal to the verdicts in the run file.", call("judge", self.run_file).stdout)
        self.assertEqual([], json.loads(call("judge", self.run_file, "--json").stdout)["contradictions"])


class Statements(Folder):
    def scan_with(self, ics=ICS, ixit=None):
        self.write("ics.yaml", ics)
        if ixit:
            self.write("ixit.yaml", ixit)
        return self.scan("ics: ics.yaml\n" + ("ixit: ixit.yaml\n" if ixit else ""))

    def found(self):
        return [(c["kind"], c["clause"], c["asset"]) for c in self.exported()["verdicts"].get("contradictions", [])]

    def test_init_fill_check(self):
        target = self.write("target.yaml", TARGET.replace("PROFILE", str(HERE / "profile")))
        done = call("ics", "init", target, "--ixit", self.folder / "ixit.yaml")
        self.assertEqual(0, done.returncode, done.stderr)
        text = (self.folder / "ics.yaml").read_text()
        for part in ("身份信息唯一", "Identities are unique", "lamp, plug"):
            self.assertIn(part, text)
        self.assertEqual(["1.a", "1.b", "1.c", "1.d"], re.findall(r'clause: "([^"]+)"', text), "no derived clause, no higher level")
        self.assertEqual(2, call("ics", "init", target).returncode, "an existing file is not replaced")
        self.assertIn("ics init", call("ics", "check", target).stderr, "no ICS yet: the next step is named")
        target.write_text(target.read_text() + "ics: ics.yaml\nixit: ixit.yaml\n")
        self.assertIn("`supplied_by` has no value", call("ics", "check", target).stderr)
        for name in ("ics.yaml", "ixit.yaml"):
            path = self.folder / name
            path.write_text(re.sub(r"(?m)^supplied_by:.*", "supplied_by: Lamps", re.sub(r"(?m)^supplied_on:.*", "supplied_on: 2026-11-01T10:00:00Z", path.read_text())))
        self.assertEqual(3, call("ics", "check", target).returncode)
        self.assertEqual(8, len(json.loads(call("ics", "check", target, "--json").stdout)["missing"]))
        (self.folder / "ics.yaml").write_text((self.folder / "ics.yaml").read_text().replace("support: open", "support: yes"))
        self.assertEqual(0, call("ics", "check", target).returncode)

    def test_without_an_ics_nothing_changes(self):
        self.scan()
        before = self.exported()
        self.assertEqual([], [k for k in ("ics", "ixit") if k in before or k in before["target"]])
        self.assertNotIn("contradictions", before["verdicts"])

    def test_rules_in_a_whole_run(self):
        self.scan_with(ixit=IXIT)
        self.assertEqual([], self.found(), "an ICS that fits")
        self.assertEqual(("fail", "fail.assert"), self.verdict("1.d", "lamp"), "a measured failure keeps its reason")
        run = self.exported()
        files = {name: (self.folder / name).read_bytes() for name in ("ics.yaml", "ixit.yaml")}
        for key in ("ics", "ixit"):
            self.assertEqual(hashlib.sha256(files[f"{key}.yaml"]).hexdigest(), run[key]["source"]["sha256"])
        self.assertEqual(0, call("export", self.run_file, self.folder / "out").returncode)
        self.assertEqual(files["ics.yaml"], (self.folder / "out/evidence" / (run["ics"]["source"]["sha256"] + ".yaml")).read_bytes())

    def test_contradictions_are_findings_of_their_own(self):
        ics = ICS.replace('support: no, asset: lamp, detail: 旧批次', 'support: yes, asset: lamp').replace('support: yes, asset: plug', 'support: not_applicable, justification: 无, asset: plug')
        ics = ics.replace('"1.b", support: yes', '"1.b", support: no, detail: 没有做')
        done = self.scan_with(ics.replace('"1.a", support: yes', '"1.a", support: no'), IXIT)
        wanted = [("ixit_disagrees", "1.a", "lamp"), ("ixit_disagrees", "1.a", "plug"), ("supported_fails", "1.d", "lamp"), ("not_applicable_seen", "1.d", "plug")]
        self.assertEqual(wanted, self.found())
        self.assertEqual(("fail", "ics"), self.verdict("1.b", "lamp"))
        self.assertEqual(("fail", "fail.assert"), self.verdict("1.d", "lamp"))
        self.assertIn("Statements that contradict what was found (4)", done.stdout)
        before = (self.folder / "now.json").read_bytes()
        self.assertIn("Equal to the verdicts", call("judge", self.run_file, "--write").stdout)
        judged = json.loads(call("judge", self.run_file, "--json").stdout)
        self.assertEqual(self.exported()["verdicts"]["contradictions"], judged["contradictions"])
        self.exported()
        self.assertEqual(before, (self.folder / "now.json").read_bytes(), "judging again gives the same bytes")
        target = self.folder / "target.yaml"
        checked = call("ics", "check", target, self.run_file)
        self.assertEqual(1, checked.returncode)
        self.assertIn("Identity/Identity-1", checked.stdout)
        self.assertEqual([w[0] for w in wanted], [c["kind"] for c in json.loads(call("ics", "check", target, self.run_file, "--json").stdout)["contradictions"]])
        self.assertEqual(0, call("report", self.run_file, "--report", "html,pdf", "--out", self.folder / "r").returncode)
        html = (self.folder / "r.html").read_text()
        for part in ('id="contradictions"', "supplied by the customer", "由委托方提供", "Identity/Identity-1", "Lamps Ltd., Li Na"):
            self.assertIn(part, html)
        text = subprocess.run(["pdftotext", str(self.folder / "r.pdf"), "-"], capture_output=True, text=True, timeout=60, check=True).stdout
        self.assertIn("声明与实测的矛盾", text)
        self.assertIn("Lamps Ltd., Li Na", text)

    def test_an_answer_against_a_statement(self):
        self.scan_with(ICS)
        body = '- {clause: "1.b", asset: lamp, verdict: fail, tester: Li, at: 2026-11-01T10:00:00Z, remark: opened it}\n'
        call("assess", self.run_file, "--answers", self.write("a.yaml", "lintel: attestations/1\nattestations:\n" + body))
        self.assertEqual([("supported_fails", "1.b", "lamp")], self.found())
        talk = Terminal("assess", self.run_file, "--clause", "1.a", "--asset", "lamp")
        talk.expect("Customer states")
        talk.expect("由密码机产生")
        talk.type("q quit > ", "q")
        talk.end()

    def test_a_wrong_ics_sends_nothing(self):
        self.write("ics.yaml", ICS.replace('"1.c"', '"9.c"'))
        target = self.write("target.yaml", TARGET.replace("PROFILE", str(HERE / "profile")) + "ics: ics.yaml\n")
        for argv in (["scan", target, "--out", self.folder / "x"], ["target", "lint", target], ["ics", "check", target]):
            done = call(*argv)
            self.assertEqual(2, done.returncode)
            self.assertRegex(done.stderr, r"ics\.yaml:7:\d+: error E081")
        self.assertFalse((self.folder / "x.lintel").exists())


unittest.main(verbosity=2)
