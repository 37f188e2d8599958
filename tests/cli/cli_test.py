#!/usr/bin/env python3
"""The command line itself: every command has help with an example, in both languages; the manual page is clean; shells complete."""
import json
import os
import pathlib
import pty
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

LINTEL = sys.argv.pop(1)
CHINESE = re.compile("[\u4e00-\u9fff]")


def lintel(*argv, **variables):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LINTEL_")} | {"LANG": "C.UTF-8", **variables}
    return subprocess.run([LINTEL, *argv], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, env=environment)


def commands():
    """The words of every command, by its own help."""
    found, todo = [], [()]
    while todo:
        path = todo.pop()
        found.append(path)
        text = lintel(*path, "--help", "--lang", "en").stdout
        listed = text.partition("Subcommands:\n")[2].partition("\n\n")[0]
        todo += [(*path, line.split()[0]) for line in listed.splitlines() if re.match(r"  \S", line)]
    return sorted(found)


class Help(unittest.TestCase):
    def test_every_command_has_help_with_an_example(self):
        paths = commands()
        self.assertGreater(len(paths), 15)
        for path in paths:
            for language, example in (("en", "Example"), ("zh", "示例")):
                done = lintel(*path, "--help", "--lang", language)
                self.assertEqual(0, done.returncode, path)
                self.assertIn(example, done.stdout, (path, language))
                self.assertIn("lintel " + " ".join(path), done.stdout, (path, language))

    def test_the_chinese_help_is_chinese_and_its_columns_stand_under_each_other(self):
        for path in commands():
            help_text = lintel(*path, "--help", "--lang", "zh").stdout
            self.assertNotRegex(help_text, "TEXT|Subcommands|Options|Usage|Excludes|Needs", path)
            for line in re.split("\n(?:参数|选项|命令):\n", help_text.partition("\n示例")[0], maxsplit=1)[-1].splitlines():
                self.assertRegex(line, r"^(  \S|( ){30}\S|\S+:$|$)", (path, line))
                cell = re.match(r"  \S.*?  +(?=\S)", line)
                if cell is not None:
                    self.assertEqual(30, len(cell.group()) + len(CHINESE.findall(cell.group())), (path, line))

    def test_every_example_parses(self):
        """An example runs in a bare folder: it may fail for want of a file, never for the way it is written."""
        seen = set()
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "lamp.yaml").touch()  # init stops at once, and looks at no address
            for path in commands():
                for line in lintel(*path, "--help", "--lang", "en").stdout.splitlines():
                    match = re.match(r"  (?:source <\()?(lintel .*?)(?:\)|  .*| \|.*| > .*)?$", line)
                    if match is None or match.group(1) in seen:
                        continue
                    seen.add(match.group(1))
                    environment = {key: value for key, value in os.environ.items() if not key.startswith("LINTEL_")} | {"LANG": "en_GB.UTF-8"}
                    argv = shlex.split(match.group(1))[1:]
                    if argv[:2] == ["probe", "tls"]:
                        argv[2] = "127.0.0.1:1"  # nobody's; the examples name hosts that a test must not ask
                    done = subprocess.run([LINTEL, *argv], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, env=environment)
                    self.assertNotIn("--help`", done.stderr, line)
                    self.assertNotIn("no command", done.stderr, line)
                    self.assertIn(done.returncode, (0, 1, 2) if argv[:2] == ["probe", "tls"] else (0, 2), (line, done.stderr))
        self.assertGreater(len(seen), 40)
        self.assertIn("--help`", lintel("scan", "--lang", "en", "--no-such").stderr, "which is how a wrong way of writing is told")

    def test_every_option_is_in_the_manual(self):
        page = lintel("man", "--lang", "en").stdout.replace("\\-", "-")
        for path in commands():
            text = lintel(*path, "--help", "--lang", "en").stdout
            section = page.partition(".SS lintel " + " ".join(path))[2].partition(".SS ")[0] if path else page
            self.assertTrue(section, path)
            for option in re.findall(r"(?m)^  (?:-\w,)?(--[a-z-]+)", text):
                if option != "--help":
                    self.assertIn(option, section, path)

    def test_every_text_is_there_in_chinese(self):
        page = lintel("man", "--lang", "zh").stdout.splitlines()
        texts = [(page[i + 1], page[i + 2]) for i, line in enumerate(page) if line == ".TP"]
        texts += [(page[i], page[i + 1]) for i, line in enumerate(page) if line.startswith(".SS ")]
        self.assertGreater(len(texts), 60)
        self.assertEqual([], [pair for pair in texts if not CHINESE.search(pair[1])])

    def test_the_language_is_the_option_s_then_the_variable_s_then_the_locale_s(self):
        self.assertTrue(CHINESE.search(lintel("--help").stdout))
        self.assertFalse(CHINESE.search(lintel("--help", LANG="en_GB.UTF-8").stdout))
        self.assertTrue(CHINESE.search(lintel("--help", LANG="en_GB.UTF-8", LINTEL_LANGUAGE="zh").stdout))
        self.assertFalse(CHINESE.search(lintel("--lang=en", "--help", LINTEL_LANGUAGE="zh").stdout))

    def test_the_manual_page(self):
        if shutil.which("man") is None:
            self.skipTest("no man here to read the page with")
        for language in ("en", "zh"):
            page = lintel("man", "--lang", language).stdout
            done = subprocess.run(["man", "--warnings=all", "-l", "-"], input=page, capture_output=True, text=True, timeout=60, env={**os.environ, "MANWIDTH": "100", "LANG": "C.UTF-8"})
            self.assertEqual((0, ""), (done.returncode, done.stderr))
            self.assertIn("lintel scan", done.stdout)


def drain(terminal):
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:
        pass


class Completion(unittest.TestCase):
    def bash(self, *words):
        script = 'source <("$LINTEL" completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lintel; printf "%s\\n" "${COMPREPLY[@]}"'
        done = subprocess.run(["bash", "-c", script, "bash", *words], capture_output=True, text=True, timeout=30, env={**os.environ, "LINTEL": LINTEL})
        self.assertEqual("", done.stderr)
        return done.stdout.split()

    def test_bash(self):
        self.assertEqual(["scan"], self.bash("lintel", "sc"))
        self.assertIn("coverage", self.bash("lintel", "profile", ""))
        self.assertEqual(["--json"], self.bash("lintel", "profile", "show", "--j"))
        self.assertEqual(["zh", "en"], self.bash("lintel", "scan", "--language", ""))
        self.assertEqual(["--overwrite"], self.bash("lintel", "scan", "home.yaml", "--over"))
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "home.yaml").touch()
            self.assertEqual([folder + "/home.yaml"], self.bash("lintel", "scan", folder + "/ho"))
            self.assertEqual([folder + "/home.yaml"], self.bash("lintel", "scan", "--waivers", folder + "/ho"))
            (pathlib.Path(folder) / "my home.yaml").touch()
            self.assertEqual([folder + "/my", "home.yaml"], self.bash("lintel", "scan", folder + "/my"))
        self.assertEqual(["summary", "manager", "lab"], self.bash("lintel", "report", "x", "--view", ""))
        self.assertEqual(["summary"], self.bash("lintel", "report", "x", "--view", "=", "su"))
        self.assertEqual(["summary", "manager", "lab"], self.bash("lintel", "report", "x", "--view", "="))
        self.assertEqual(["html,pdf"], self.bash("lintel", "scan", "x", "--report", "html,pd"))
        self.assertEqual(["csaf", "csv"], sorted(self.bash("lintel", "export", "x", "--format", "cs")))

    def test_fish(self):
        if shutil.which("fish") is None:
            self.skipTest("no fish here")
        script = f"{LINTEL} completion fish | source; complete -C'lintel pro'; complete -C'lintel profile '; complete -C'lintel scan --over'; complete -C'lintel report x --view s'; complete -C'lintel scan --report html,pd'"
        done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True, timeout=30, env={**os.environ, "HOME": tempfile.gettempdir()})
        words = [line.split("\t")[0] for line in done.stdout.splitlines()]
        self.assertEqual({"probe", "profile", "coverage", "--overwrite", "summary", "html,pdf"} - set(words), set(), done.stderr)
        self.assertNotIn("scan", words)

    def test_zsh(self):
        if shutil.which("zsh") is None:
            self.skipTest("no zsh here")
        for typed, wanted in (("lintel profile co", "coverage"), ("lintel scan --over", "--overwrite"), ("lintel report x --view su", "summary"), ("lintel report x --report html,mark", "html,markdown"),
                              ("lintel scan ho", "home.yaml"), ("lintel scan --waivers ho", "home.yaml")):
            self.assertIn(typed[:typed.rindex(" ") + 1] + wanted, self.zsh(typed), typed)
        done = subprocess.run(["zsh", "-f", "-n"], input=lintel("completion", "zsh").stdout, capture_output=True, text=True, timeout=30)
        self.assertEqual((0, ""), (done.returncode, done.stderr))

    def zsh(self, typed):
        """What stands on the command line after Tab."""
        with tempfile.TemporaryDirectory() as folder:
            here = pathlib.Path(folder)
            (here / "home.yaml").touch()
            (here / "_lintel").write_text(lintel("completion", "zsh", "--lang", "en").stdout)
            (here / "keep").write_text(f"""PS1='' PS2='' RPS1=''
cd {folder}
autoload -Uz compinit && compinit -D -u
source {folder}/_lintel
show() {{ print -r -- "LINE<$BUFFER>" > {folder}/line; zle .send-break }}
zle -N show
bindkey '^I' expand-or-complete
bindkey '^X' show
print ready > {folder}/ready
""")
            os.mkfifo(here / "line")
            os.mkfifo(here / "ready")
            pid, terminal = pty.fork()
            if pid == 0:
                os.execve(shutil.which("zsh"), ["zsh", "-f", "-i"], {**os.environ, "TERM": "dumb", "HOME": folder})
            try:
                threading.Thread(target=drain, args=(terminal,), daemon=True).start()  # else the shell waits for its screen
                os.write(terminal, f"source {folder}/keep\n".encode())
                (here / "ready").read_text()
                os.write(terminal, typed.encode() + b"\t\x18")
                return (here / "line").read_text()
            finally:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)

    def test_another_shell(self):
        self.assertEqual(2, lintel("completion", "csh").returncode)


class Options(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "lintel.toml"

    def title(self, *argv, **variables):
        return bool(CHINESE.search(lintel(*argv, "probe", "list", **variables).stdout))

    def test_by_file(self):
        self.file.write_text('language = "en"\n[probe]\n')
        self.assertFalse(self.title("--config", str(self.file)))
        self.assertFalse(self.title(LINTEL_CONFIG=str(self.file)))
        self.assertTrue(self.title("--config", str(self.file), "--language", "zh"), "the command line is stronger")
        self.assertTrue(self.title("--config", str(self.file), LINTEL_LANGUAGE="zh"), "and so is a variable")

    def test_a_wrong_file_is_refused(self):
        self.file.write_text('langage = "en"\n')
        done = lintel("--config", str(self.file), "probe", "list")
        self.assertEqual(2, done.returncode)
        self.assertIn(f"lintel: {self.file}:1: ", done.stderr)
        self.assertIn("langage", done.stderr)
        for text, said in (('# a comment\nlanguage = "fr"\n', ":2: language: fr is none of zh, en"), ('language = "en"\n\n[scan]\nalow-open = true\n', ":4: lintel scan has no option alow-open; did you mean allow-open?"),
                           ("[scna]\nallow-open = true\n", ":1: there is no command scna; did you mean scan?"), ('[scan]\nreport = ["html", "docx"]\n', ":2: report: docx is none of "),
                           ("[scan]\nallow-open = maybe\n", ":2: allow-open: maybe is neither true nor false"), ("[profile.show]\njsn = true\n", ":2: lintel profile show has no option jsn")):
            self.file.write_text(text)
            done = lintel("--lang", "en", "--config", str(self.file), "probe", "list")
            self.assertEqual(2, done.returncode)
            self.assertIn(f"lintel: {self.file}{said}", done.stderr)
        for variables in ({"LINTEL_CONFIG": str(self.file) + ".not"}, {"LINTEL_LANGUAGE": "fr"}, {"LINTEL_COLOUR": "green"}):
            done = lintel("probe", "list", **variables)
            self.assertEqual(2, done.returncode, variables)
            self.assertIn(next(iter(variables)), done.stderr)
        self.file.write_text("[scan]\nallow-open = true\n")
        self.assertEqual("", lintel("--config", str(self.file), "probe", "list").stderr)
        near = lintel("--lang", "en", "probe", "list", LINTEL_LANGAUGE="en", LINTEL_MY_OWN_SECRET="x", LINTEL_HOME=os.environ.get("LINTEL_HOME", ""))
        self.assertEqual((0, "lintel: no option reads LINTEL_LANGAUGE; did you mean LINTEL_LANGUAGE?\n"), (near.returncode, near.stderr))

    def test_by_variable(self):
        self.assertFalse(self.title(LINTEL_LANGUAGE="en"))
        self.assertTrue(self.title("--language", "zh", LINTEL_LANGUAGE="en"))
        done = lintel("profile", "show", "smart-home", LINTEL_PROFILE_SHOW_JSON="true")
        self.assertTrue(done.stdout.startswith("{"), done.stderr)


class Results(unittest.TestCase):
    def result(self, status, *argv):
        done = lintel(*argv, "--json")
        self.assertEqual(status, done.returncode, done.stderr)
        return json.loads(done.stdout)

    def test_json_of_documents_and_probes(self):
        for profile, rows in (("smart-home", 500), ("tls-baseline", 150)):
            self.assertEqual([], self.result(0, "profile", "lint", profile)["diagnostics"])
            tested = self.result(0, "profile", "test", profile)
            self.assertEqual([], tested["wrong"])
            self.assertGreater(tested["rows"], rows)
        self.assertEqual(19, len(self.result(0, "profile", "coverage", "tls-baseline")["clauses"]))
        self.assertEqual(153, len(self.result(0, "profile", "coverage", "smart-home")["clauses"]))
        self.assertIn("tls", [one["name"] for one in self.result(0, "probe", "list")["probes"]])
        self.assertIn("versions", self.result(0, "probe", "show", "tls")["facts"]["properties"])

    def test_json_of_a_scan_and_of_judging_it_again(self):
        with tempfile.TemporaryDirectory() as folder:
            target = pathlib.Path(folder) / "target.yaml"
            lintel("init", str(target), "--name", "x", "--id", "x", "--role", "device", "--level", "1", "--address", "127.0.0.1")
            target.write_text(target.read_text(encoding="utf-8").replace('"1-65535"', '"1-3"'), encoding="utf-8")
            checked = self.result(0, "target", "lint", str(target))
            self.assertEqual(0, checked["errors"])
            scanned = self.result(3, "scan", str(target), "--report", "json", "--out", folder + "/run")
            self.assertEqual(("open", 153), (scanned["gate"], len(scanned["clauses"])))
            self.assertEqual(sorted(scanned["files"]), [folder + "/run.json", folder + "/run.lintel"])
            judged = self.result(3, "judge", folder + "/run.lintel")
            self.assertEqual(scanned | {"files": []}, judged)
            target.write_text("lintel: target/1\nid: 7 up\n", encoding="utf-8")
            wrong = self.result(2, "target", "lint", str(target))
            self.assertGreater(wrong["errors"], 0)
            self.assertTrue(all(one["line"] > 0 or one["message"] for one in wrong["diagnostics"]))


class Init(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "target.yaml"

    def init(self, answers, *options):
        environment = {**os.environ, "LANG": "en_GB.UTF-8"}
        return subprocess.run([LINTEL, "init", str(self.file), *options], input=answers, capture_output=True, text=True, timeout=60, env=environment)

    def test_answers_become_a_target_that_lints(self):
        done = self.init("Lamp 灯\n\n\n2\n192.0.2.7\n")
        self.assertEqual((0, str(self.file)), (done.returncode, done.stdout.strip()), done.stderr)
        text = self.file.read_text(encoding="utf-8")
        for part in ('id: "lamp"', "role: device", "level: 2", 'address: "192.0.2.7"', "intrusive: false"):
            self.assertIn(part, text)
        self.assertEqual(0, lintel("target", "lint", str(self.file)).returncode)
        self.assertEqual(2, self.init("x\n\n\n\n192.0.2.7\n").returncode, "never over a file")

    def test_each_role_in_both_languages(self):
        for role in ("platform", "gateway", "device", "app", "line"):
            for language in ("zh", "en"):
                self.file.unlink(missing_ok=True)
                done = self.init("1\n", "--name", "云", "--id", "c1", "--role", role, "--address", "cloud.example", "--lang", language)
                self.assertEqual(0, done.returncode, done.stderr)
                self.assertEqual(0, lintel("target", "lint", str(self.file)).returncode, role)

    def test_wrong_answers_write_nothing(self):
        for answers in ("", "x\n", "x\n\nrobot\n", "x\n\n\n9\n192.0.2.7\n", "x\n\n\n1\nno address\n", "x\nno id!\n\n1\n192.0.2.7\n", "y" * 5000 + "\n"):
            done = self.init(answers)
            self.assertEqual(2, done.returncode, answers[:40])
            self.assertFalse(self.file.exists(), answers[:40])

    def test_a_wrong_answer_is_told_at_once_and_asked_again(self):
        done = self.init(" \u3000 \nLamp\x07\nLamp\nno id!\n\nrobot\ndevice\n9\n2\nno address\n192.0.2.7\n")
        self.assertEqual(0, done.returncode, done.stderr)
        for question, times in (("Name of what", 3), ("Short id", 2), ("Role", 2), ("Claimed level", 2), ("Address", 2)):
            self.assertEqual(times, done.stderr.count(question), (question, done.stderr))
        for reason in ("a name is needed", "control characters", "a letter or digit first", "one of platform, gateway, device, app", "1, 2 or 3", "an IPv4 or IPv6 address"):
            self.assertIn(reason, done.stderr)
        self.assertEqual(0, lintel("target", "lint", str(self.file)).returncode)

    def test_a_wrong_option_is_refused_before_anything_is_asked(self):
        for option, value in (("--id", "no id!"), ("--name", " "), ("--address", "no address")):
            done = self.init("", option, value, *(() if option == "--name" else ("--name", "x")))
            self.assertEqual(2, done.returncode)
            self.assertIn(option + ": ", done.stderr)
            self.assertFalse(self.file.exists())

    def test_as_json(self):
        done = self.init("", "--name", "x", "--id", "x", "--role", "app", "--json")
        self.assertEqual({"file": str(self.file), "target": "x", "open": [], "services": []}, json.loads(done.stdout), done.stderr)

    def test_of_what_is_open_only_what_a_person_means_is_declared(self):
        with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
            port, second = one.getsockname()[1], other.getsockname()[1]
            for given, answers, declared in (("none", "", []), ("", "\n", []), (str(port), "", [port]), ("", f"x\n65536\n{second},1\n{port}, {second}\n", [port, second])):
                self.file.unlink(missing_ok=True)
                done = self.init(answers, "--name", "x", "--id", "x", "--role", "device", "--level", "1", "--address", "127.0.0.1", "--look", "--json", *(("--services", given) if given else ()))
                self.assertEqual(0, done.returncode, done.stderr)
                made = json.loads(done.stdout)
                self.assertEqual(declared, made["services"])
                self.assertLessEqual({port, second}, set(made["open"]))
                text = self.file.read_text(encoding="utf-8")
                for each in (port, second):
                    self.assertIn(f"\n    - {{port: {each}," if each in declared else f"\n    # - {{port: {each},", text)
                self.assertEqual(0, lintel("target", "lint", str(self.file)).returncode)
            wrong = self.init("", "--name", "x", "--id", "y", "--role", "device", "--level", "1", "--address", "127.0.0.1", "--look", "--services", "1")
            self.assertEqual(2, wrong.returncode)


unittest.main(verbosity=2)
