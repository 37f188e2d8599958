#!/usr/bin/env python3
"""Every message that the program can print has its Chinese: the templates are collected from the source, each must stand in
reports/messages.json, and each that stands there must be in the source. Then errors of all kinds are made at a Chinese terminal."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT, LINTEL = pathlib.Path(sys.argv[1]), sys.argv[2]
del sys.argv[1:3]
# What a person meets on the terminal.
FLOORS = ("base", "data", "model", "crypto", "rules", "report", "store", "scan", "random", "firmware/unpack", "firmware/image", "firmware/formats", "firmware/child", "cli")
# Their sentences become messages, notes and anomalies of observations, so every text of two words counts, but for what goes to the peer, into
# transcripts or into facts.
LOOKING = ("net", "flow", "probes")
ELSEWHERE = re.compile(r"(?:(?<=transcript\(\) \+= fmt::format)|\.ask|\b(?:note_?|remember|ask_choice|encode_publish|visit|visit_secured|put_replies|shake_hands|refused|pseudo_random|"
                       r"matches|send|call))\(")  # whose arguments are no sentences
# Names of generators and what was made of them; classes of attacks, which are for machines, have names of lower case; views are composed of words that the page knows.
GENERATORS = "src/random/attacks"
NO_GENERATOR = re.compile(r"(jwt|lcg|lcg64|GF2|combined|glibc|lagged) [\w ]+|(lowest byte first, )?(first|last) one first|, in sevens, lowest first|words of 32 bits, \{\}|JSON Web Token")
NO_SENTENCES = re.compile(r"src/(flow/wire|probes/(session_ids/evidence|web_input/(files|markers|place|signs)|tls/mutual))\.cc")
NO_SENTENCE = re.compile("|".join((
    r"version .*suite .*", r"malformed: ", r"alert \{\}", r"\{\}alert .*", r"not TLS \(\{\}\)", r"\{\} hello, \{\} suites", r"CONNECT .*", r", (user .*|with a password|no success)",  # transcripts
    r"multipart/.*", r".* && (value|content)\.back.*", r"Lintel \{digits\}", r"lintel ", r"a1 ok", r"changed by a test",  # sent
    r"with(out credentials| a wrong key): ", r"not asked: .*", r"CoAP answers", r"resets only", r"\{\} session", r"declared without TLS, and answers",  # facts
    r".*\[tls\] \{\} \{\}", r"\{\} with \{\}", r" or ", r"no ", r"(account|flow|call|input) (\{\})?")), re.DOTALL)  # parts that the catalogue's words know
WHOLE_TEXTS = ("src/crypto/chain.cc", "src/crypto/cms.cc", "src/crypto/revocation.cc", "src/crypto/timestamp.cc",  # what verify says of a signature
               "src/rules/judge_check.cc", "src/scan/runner.cc", "src/cli/probe_tls.cc")
CALL = re.compile(r"\b(fail|Error|add_context|add_error|add_warning|error|warning|problem|refuse|print_error|complain|wrong|trouble|stop|damaged|error_at_key|unexpected|found(?:\.|->)problems\.push_back)\s*[({]|\.problems = \{|\{\s*ErrorCode::")
LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*')
PLACE = re.compile(r"\{(?:\d*|:[^{}]*)\}")
CHINESE = re.compile("[\u4e00-\u9fff]")
WHOLE_FILES = ("src/cli/arguments.cc", "src/cli/option_sources.cc")  # all of their formatted texts are messages


def arguments_of_call(text, at):
    depth = 0
    for match in re.compile(r'"(?:[^"\\\n]|\\.)*"|[(){}]').finditer(text, at):
        depth += match.group() in "({"
        depth -= match.group() in ")}"
        if depth == 0:
            return text[at:match.end()]
    return ""


def unescaped(literal):
    text = "".join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', literal))
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match.group(1), match.group(1)), text)


def is_message(text):
    return " " in text and re.search("[a-z]{2}", PLACE.sub("", text)) and not text.startswith("/") and "\n" not in text


def templates():
    """template: where it stands first"""
    found = {}
    for floor in FLOORS:
        for path in sorted((ROOT / "src" / floor).rglob("*.cc")):
            if path.name.endswith(("_test.cc", "_fuzz.cc")):
                continue
            name = str(path.relative_to(ROOT))
            text = re.sub(r"(?m)^\s*//.*$", "", path.read_text(encoding="utf-8"))
            call = re.compile(CALL.pattern + r"|fmt::format\(") if name in WHOLE_FILES else CALL
            for match in call.finditer(text):
                for literal in LITERAL.findall(arguments_of_call(text, match.start() + re.search("[({]", match.group()).start())):
                    if is_message(unescaped(literal)):
                        found.setdefault(unescaped(literal), name)
    for path in sorted((ROOT / GENERATORS).glob("*.cc")):
        if not path.name.endswith("_test.cc") and path.name != "words.cc":  # keys that people take
            text = re.sub(r"(?m)(^|(?<=[;{},]))\s*//.*$", "", path.read_text(encoding="utf-8"))
            for template in map(unescaped, LITERAL.findall(text)):
                if is_message(template) and not NO_GENERATOR.fullmatch(template):
                    found.setdefault(template, str(path.relative_to(ROOT)))
    for path in [ROOT / name for name in WHOLE_TEXTS] + [path for floor in LOOKING for path in sorted((ROOT / "src" / floor).rglob("*.cc"))]:
        name = str(path.relative_to(ROOT))
        if name.endswith(("_test.cc", "_fuzz.cc")) or NO_SENTENCES.fullmatch(name):
            continue
        text = re.sub(r'(?m)(^|(?<=[;{},]))\s*//.*$|\.title_(zh|en) = ".*"', "", path.read_text(encoding="utf-8"))
        if any(part in path.parts for part in LOOKING):
            for argument in {arguments_of_call(text, match.end() - 1) for match in ELSEWHERE.finditer(text)}:
                text = text.replace(argument, LITERAL.sub("''", argument))
        for literal in LITERAL.findall(text):
            template = unescaped(literal)
            if is_message(template) and not NO_SENTENCE.fullmatch(template):
                found.setdefault(template.removeprefix(": ").removesuffix(": "), name)
    return found


def places(template):
    return len(PLACE.findall(template.replace("{{", "").replace("}}", "") if "{{" in template else template))


class Catalogue(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.catalogue = json.loads((ROOT / "reports/messages.json").read_text(encoding="utf-8"))

    def test_every_message_of_the_source_is_there(self):
        found = templates()
        self.assertGreater(len(found), 450)
        known = {**self.catalogue["message"], **self.catalogue["word"]}
        missing = [f"{where}: {template}" for template, where in found.items() if template not in known]
        self.assertEqual([], missing, "give each its Chinese in reports/messages.json (message)")

    def test_nothing_is_there_that_the_source_lost(self):
        self.assertEqual([], sorted(self.catalogue["message"].keys() - templates().keys()))

    def test_hints_and_names_of_the_schemas_are_there(self):
        known = {**self.catalogue["message"], **self.catalogue["word"]}
        missing = []

        def walk(value):
            for one in value if isinstance(value, list) else []:
                walk(one)
            for key, one in value.items() if isinstance(value, dict) else []:
                walk(one)
                if not isinstance(one, str) or (key == "title" and "$schema" in value and one == "run"):
                    continue
                told = key == "title" or (key == "description" and one[:1].islower())
                if told and not one.startswith("`") and one not in known and not re.fullmatch(r"\d+ hexadecimal characters", one):
                    missing.append(one)

        for path in sorted((ROOT / "docs/schemas").glob("*.schema.json")):
            if path.name.split(".")[0] not in ("run", "comparison", "history", "summary", "seal", "verification", "random-test", "identifiers", "identity-check", "identity-explanation", "identity-list"):  # written and never checked by us
                walk(json.loads(path.read_text(encoding="utf-8")))
        self.assertEqual([], sorted(set(missing)), "give each its Chinese in reports/messages.json (word)")

    def test_the_chinese_is_chinese_and_takes_what_the_english_has(self):
        for part in self.catalogue.values():
            for english, chinese in part.items():
                if re.search("[a-z]{3}", PLACE.sub("", english)) and english not in ("run_command", "text"):
                    self.assertTrue(CHINESE.search(chinese) or "`" in english or "{" in chinese, english)
                taken = [int(each) if each else None for each in re.findall(r"\{(\d*)\}", chinese.replace("{{", "").replace("}}", "") if "{{" in chinese else chinese)]
                self.assertTrue(all(each is None or each < places(english) for each in taken), english)
                self.assertLessEqual(len(taken), places(english), english)


class AtATerminal(unittest.TestCase):
    def said(self, *argv, status=2, **variables):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("LINTEL_")} | {"LANG": "zh_CN.UTF-8", **variables}
        done = subprocess.run([LINTEL, *map(str, argv)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, env=environment, cwd=self.folder)
        self.assertEqual(status, done.returncode, done.stderr)
        return done.stderr

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_every_line_is_chinese(self):
        (self.folder / "bad.yaml").write_text("lintel: target/1\nid: a b\nnaem: 1\nassets: []\n")
        (self.folder / "typo.toml").write_text("[scan]\nalow-open = true\n")
        (self.folder / "no.lintel").write_text("not a run\n")
        for argv in (["scan"], ["scna"], [], ["scan", "bad.yaml"], ["scan", "none.yaml"], ["scan", "bad.yaml", "--report", "docx"], ["scan", "bad.yaml", "--resume"], ["scan", "a", "b", "c"],
                     ["judge", "none.lintel"], ["judge", "no.lintel"], ["judge", "no.lintel", "--break-seal"], ["report", "no.lintel", "--view", "x"], ["verify", "no.lintel"],
                     ["assess", "no.lintel"], ["assess", "no.lintel", "--answers", "a", "--template", "b"], ["export", "no.lintel"], ["diff", "no.lintel", "none.lintel"],
                     ["history", "."], ["seal", "no.lintel"], ["seal", "no.lintel", "--key", "k", "--cert", "c"], ["profile", "lint", "none"], ["profile", "show", "smart-home", "9.99"],
                     ["probe", "show", "tsl"], ["probe"], ["init", "bad.yaml"], ["init", "x.yaml", "--id", "a b"], ["completion", "csh"], ["target", "lint", "bad.yaml"],
                     ["--config", "typo.toml", "probe", "list"], ["--config", "none.toml", "probe", "list"], ["--lang", "fr", "probe", "list"]):
            for line in self.said(*argv).splitlines():
                self.assertTrue(CHINESE.search(line), (argv, line))
                self.assertRegex(line, r"^(lintel: |\S+: (错误|警告) [EW]\d+: |\S+:\d+:\d+: (错误|警告) [EW]\d+: )", argv)
        environment = {**os.environ, "LANG": "zh_CN.UTF-8"}
        for argv in (["profile", "lint", "smart-home"], ["target", "lint", ROOT / "tests/messages/lamp.yaml"]):
            done = subprocess.run([LINTEL, *map(str, argv)], capture_output=True, text=True, timeout=60, env=environment)
            self.assertTrue(CHINESE.search(done.stdout), (argv, done.stdout, done.stderr))
        self.assertRegex(self.said("probe", "list", LINTEL_COLOUR="green"), "^lintel: LINTEL_COLOUR: green 不是以下之一")

    def test_english_where_it_is_asked_for(self):
        self.assertIn("lintel: target is required; see `lintel scan --help`", self.said("scan", LANG="en_GB.UTF-8"))
        self.assertFalse(CHINESE.search(self.said("--lang", "en", "judge", "none.lintel")))
        self.assertTrue(CHINESE.search(self.said("--lang", "zh", "judge", "none.lintel", LANG="en_GB.UTF-8")))


unittest.main(verbosity=2)
