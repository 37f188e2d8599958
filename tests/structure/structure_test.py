#!/usr/bin/env python3
"""The shape of the source: includes go down the floors only, probe folders are complete, tests assert something."""
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else ".").resolve()
SRC = ROOT / "src"

# What each floor may include besides itself; docs/architecture.md has the picture.
DOWN = {
    "base": set(),
    "data": {"base"},
    "crypto": {"base"},
    "net": {"base", "crypto"},
    "model": {"data"},
    "rules": {"model"},
    "report": {"model", "crypto"},
    "store": {"model", "crypto"},
    "probe": {"model", "net"},
    "flow": {"probe", "net", "crypto"},
    "random": {"base", "crypto", "data"},
    "firmware": {"base", "crypto", "data"},
    "probes": {"probe", "flow", "net", "crypto", "random", "firmware"},
    "scan": {"rules", "store", "probe", "probes", "net"},
    "cli": {"scan", "report", "rules", "store", "probe", "flow", "random", "firmware"},
}


def closure(floor):
    reached, todo = set(), [floor]
    while todo:
        for below in DOWN[todo.pop()]:
            if below not in reached:
                reached.add(below)
                todo.append(below)
    return reached | {floor}


def sources():
    return sorted(p for p in SRC.rglob("*") if p.suffix in (".cc", ".h"))


class Structure(unittest.TestCase):
    def test_includes_go_down(self):
        wrong = []
        for path in sources():
            parts = path.relative_to(SRC).parts
            if len(parts) < 2:
                continue
            floor = parts[0]
            self.assertIn(floor, DOWN, f"{path}: a folder that is no floor")
            allowed = closure(floor)
            for number, line in enumerate(path.read_text().splitlines(), 1):
                found = re.match(r'\s*#include "([^"]+)"', line)
                if not found:
                    continue
                target = found[1].split("/")
                if len(target) < 2 or target[0] not in allowed:
                    wrong.append(f"{path.relative_to(ROOT)}:{number}: {floor} includes {found[1]}")
                elif floor == "probes" and target[0] == "probes" and target[1] != parts[1]:
                    wrong.append(f"{path.relative_to(ROOT)}:{number}: one probe includes another")
        self.assertEqual([], wrong)

    def test_probe_folders_are_complete(self):
        folders = [p for p in (SRC / "probes").iterdir() if p.is_dir()]
        self.assertGreaterEqual(len(folders), 5)
        missing = []
        for folder in folders:
            name = folder.name
            for needed in (f"{name}.cc", f"{name}_test.cc", "facts.schema.json", "params.schema.json", "README.md"):
                if not (folder / needed).exists():
                    missing.append(f"{name}/{needed}")
            parses = any("Cursor" in p.read_text() or "parse_" in p.name for p in folder.glob("*.cc"))
            if parses and not list(folder.glob("*_fuzz.cc")):
                missing.append(f"{name}: parses bytes and has no fuzz target")
        self.assertEqual([], missing)

    def test_every_test_file_asserts(self):
        empty = [str(p.relative_to(ROOT)) for p in SRC.rglob("*_test.cc")
                 if not re.search(r"\b(CHECK|REQUIRE|CHECK_\w+|REQUIRE_\w+)\(", p.read_text())]
        self.assertEqual([], empty)

    def test_forbidden_things(self):
        wrong = []
        for path in sources():
            text = path.read_text()
            for pattern, why in ((r"#include <regex>", "RE2, never std::regex"), (r"\bco_await\b", "no coroutines"),
                                 (r"std::views", "no views"), (r"\bsystem\(", "no shell")):
                if re.search(pattern, text) and not (why == "no shell" and path.name.endswith("_test.cc")):
                    wrong.append(f"{path.relative_to(ROOT)}: {why}")
            if not text.lstrip().startswith("//") and path.suffix == ".h":
                wrong.append(f"{path.relative_to(ROOT)}: a header begins with what it is for")
        self.assertEqual([], wrong)

    def test_cli11_and_doctest_stay_in_their_place(self):
        users = [p.relative_to(SRC).as_posix() for p in sources() if "CLI/CLI.hpp" in p.read_text() and p.parent != SRC / "cli" / "arguments"]
        # What describes the options (option_list.h), puts them into Chinese and finds where they were set walks them as CLI11 holds them.
        self.assertEqual(["cli/arguments.cc", "cli/option_list.h", "cli/option_sources.cc", "cli/translate.cc"], users)


if __name__ == "__main__":
    unittest.main()
