#!/usr/bin/env python3
"""How many weak samples of identifiers are refuted, with the right attack named, and that no strong one is: score_test.py LINTEL [--all].

First samples that make_ids.py makes, with fresh seeds each time. Then the collected ones beside the project, where they are: a third of them, or with
--all every one."""
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import make_ids  # noqa: E402

LINTEL = sys.argv.pop(1)
ALL = "--all" in sys.argv
if ALL:
    sys.argv.remove("--all")
CORPUS = pathlib.Path(__file__).resolve().parents[2] / ".." / "shared/corpus/random"
COUNT = 2000

# The manifest's classes of attack, as they begin, and the names that are right for each. What several rules hit is right by any of them.
RIGHT = {
    "sequential": ("sequential", "linear", "timestamp"),
    "linear": ("sequential", "linear"),
    "hash-preimage": ("hash-preimage", "seed-bruteforce"),
    "duplicates": ("duplicates",),
    "seed-bruteforce": ("seed-bruteforce", "hash-preimage"),
    "timestamp": ("timestamp", "uuid1", "sequential"),
    "constant": ("sequential", "linear", "timestamp"),
    "short": ("short", "timestamp"),
    "stuck": ("short", "stuck-bits"),
    "uuid1": ("uuid1", "timestamp"),
    "uuid3": ("uuid3", "hash-preimage"),
    "mt19937": ("mt19937",),
    "time-seed": ("time-seed", "duplicates"),
    "bias": ("bias", "uneven"),
    "position correlation": ("linear-dependency", "GF2"),
    "GF(2) linear dependency": ("linear-dependency", "GF2"),
    "GF2 linear": ("GF2", "linear-dependency"),
    "serial correlation": ("serial-correlation",),
    "appendix A": ("sequential", "linear", "short", "timestamp"),
    "jwt": ("jwt",),
    "php mt_rand": ("php mt_rand", "mt19937"),
    "php mt_rand via shuffle": ("shuffle",),
    "xorshift128+": ("xorshift128+",),
    "xorshift64*": ("xorshift64*",),
    "lcg": ("lcg",),
    "combined LCG": ("combined LCG", "timestamp"),
    "splitmix64": ("splitmix64",),
    "glibc": ("glibc",),
    "lagged": ("lagged",),
    "pcg32": ("pcg32",),
    "hash of 31-bit value": ("hash-preimage", "seed-bruteforce"),
    "deep": ("hash-preimage",),
}


def right_for(attack):
    names = ()
    for part in [attack, *attack.split(",")]:
        for beginning, right in RIGHT.items():
            if part.strip().startswith(beginning):
                names += right
    return names


def judged(path, *options):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LINTEL_")}
    done = subprocess.run([LINTEL, "random", "judge", path, "--json", *options], capture_output=True, text=True, env=environment, timeout=600)
    if done.returncode not in (0, 1, 3):
        raise AssertionError(f"{path}: exit code {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def judge_all(paths):
    with concurrent.futures.ThreadPoolExecutor(max(1, (os.cpu_count() or 1) // 2)) as pool:
        return dict(zip(paths, pool.map(judged, paths)))


def named(result, names):
    return any(finding["attack"].startswith(name) for finding in result["findings"] for name in names)


def told(result):
    return f"{result['verdict']} {[finding['attack'] for finding in result['findings']]} {result['bits']}"


class Score(unittest.TestCase):
    maxDiff = None

    def test_samples_of_our_own(self):
        expected = {name: worth for name, worth in make_ids.SETS.items()}
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for name in list(make_ids.MAKERS) + list(make_ids.OTHERS):
                path = pathlib.Path(folder) / f"{name}.tsv"
                if name in make_ids.MAKERS:
                    text = make_ids.sample(name, COUNT)
                else:
                    text, why = make_ids.other(name, COUNT)
                    expected[name] = make_ids.OTHERS[name][2:]
                    if text is None:
                        print(f"skipped {name}: {why}")
                        continue
                path.write_text(text)
                paths.append(path)
            results = {path.stem: result for path, result in judge_all(paths).items()}
        wrong = []
        for name, result in results.items():
            verdict, attacks = expected[name]
            if result["verdict"] != verdict or (attacks and not named(result, attacks)):
                wrong.append(f"{name}: {verdict} {attacks}, got {told(result)}")
        print(f"samples of our own: {len(results) - len(wrong)} of {len(results)} as they should be")
        self.assertGreaterEqual(len(results), 50)
        self.assertEqual([], wrong)

    def test_collected_samples(self):
        manifest = CORPUS / "ids/manifest.json"
        if not manifest.exists():
            self.skipTest("no collected samples beside the project")
        entries = sorted(json.loads(manifest.read_text()).items())
        if not ALL:
            entries = entries[::3]
        results = judge_all([CORPUS / "ids" / f"{name}.tsv" for name, _ in entries])
        counts = {"fail": [0, 0], "warn": [0, 0], "pass": [0, 0]}
        missed, unnamed, alarms = [], [], []
        for name, entry in entries:
            result, verdict = results[CORPUS / "ids" / f"{name}.tsv"], entry["verdict"]
            # What is not found at once may take a search through the seeds; for strong ones that only takes long.
            found = result["verdict"] == "refuted" and named(result, right_for(entry["attack"]))
            if verdict == "fail" and not found and entry["detectable"].startswith("attack"):
                result = judged(CORPUS / "ids" / f"{name}.tsv", "--depth", "deep")
            counts[verdict][1] += 1
            good = {"fail": result["verdict"] == "refuted", "warn": result["verdict"] == "warned", "pass": result["verdict"] != "refuted"}[verdict]
            counts[verdict][0] += good
            if verdict == "fail" and not good:
                missed.append((name, entry["detectable"], told(result)))
            elif verdict == "fail" and not named(result, right_for(entry["attack"])):
                unnamed.append(f"{name}: {entry['attack']}: {told(result)}")
            elif not good:
                alarms.append(f"{name}: {verdict}, got {told(result)}")
        print(f"collected samples: {counts['fail'][0]} of {counts['fail'][1]} weak ones refuted, {counts['warn'][0]} of {counts['warn'][1]} warned of, "
              f"{counts['pass'][1] - counts['pass'][0]} of {counts['pass'][1]} strong ones refuted")
        for name, detectable, what in missed:
            print(f"  missed {name} ({detectable}): {what}")
        self.assertEqual([], alarms)
        self.assertEqual([], unnamed)
        self.assertLessEqual(len(missed), 5)

    def test_samples_of_real_servers(self):
        manifest = CORPUS / "real-ids/manifest.json"
        if not manifest.exists():
            self.skipTest("no samples of real servers beside the project")
        entries = json.loads(manifest.read_text())
        results = judge_all([CORPUS / "real-ids" / f"{name}.tsv" for name in entries])
        refuted = {path.stem for path, result in results.items() if result["verdict"] == "refuted"}
        strong = {name for name, entry in entries.items() if entry["verdict"] in ("pass", "warn")}
        print(f"real servers: {len(refuted)} of {len(entries)} refuted: {', '.join(sorted(refuted))}")
        self.assertEqual(set(), refuted & strong)
        for name in ("real_uid_cookie", "real_express_session_genid_uid"):
            self.assertEqual("refuted", results[CORPUS / "real-ids" / f"{name}.tsv"]["verdict"])
            self.assertTrue(named(results[CORPUS / "real-ids" / f"{name}.tsv"], ("overlap",)), name)


if __name__ == "__main__":
    unittest.main()
