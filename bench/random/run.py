#!/usr/bin/env python3
"""Times the randomness suites on a million fair bits (SP 800-22, GM/T 0005) and a megabyte (SP 800-90B), beside the heaviest of the tests written
plainly (plain.cc, ours too) and the small testers that Debian has: ent and rngtest, which do far less.

Usage: bench/random/run.py [build-folder]      (default build/release; builds suites_bench and lintel there)
CPU seconds, so that other work on the machine counts little. Ends 1 when a bar is missed or the plain way finds something else.
"""
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 5
# SP 800-22 and GM/T 0005 after planning, planning, SP 800-90B
BARS = {"sp800_22": 0.040, "entropy_seconds": 3.0, "entropy_mib": 220}


def bench(program, what):
    return json.loads(subprocess.run([program, what], check=True, capture_output=True, text=True).stdout)


def median(program, what):
    runs = [bench(program, what) for _ in range(RUNS)]
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def cpu_of(command, stdin):
    """CPU seconds of a whole process, the median."""
    seconds = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with open(stdin, "rb") as file:
            subprocess.run(command, stdin=file, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(seconds)


def main():
    root = Path(__file__).resolve().parents[2]
    build = Path(sys.argv[1]) if len(sys.argv) > 1 else root / "build/release"
    if not (build / "build.ninja").exists():
        sys.exit(f"{build} is not configured; run: cmake --preset release")
    subprocess.run(["ninja", "-C", str(build), "suites_bench", "lintel"], check=True, stdout=subprocess.DEVNULL)
    program = str(next(path for path in build.rglob("suites_bench") if path.is_file()))
    fine = True

    def told(name, value, unit, bar):
        nonlocal fine
        fine = fine and value <= bar
        print(f"  {name:<42} {value:8.3f} {unit:<4} bar {bar:g} {unit}: {'ok' if value <= bar else 'OVER'}")

    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; CPU seconds, medians of {RUNS}")
    suites, entropy = median(program, "suites"), median(program, "entropy")
    told("SP 800-22, 15 tests, 10^6 bits", suites["sp800_22"], "s", BARS["sp800_22"])
    print(f"  {'GM/T 0005, 15 tests, 10^6 bits':<42} {suites['gmt_0005']:8.3f} s")
    print(f"  {'planning the transform, once a length':<42} {suites['plan']:8.3f} s")
    told("SP 800-90B, both tracks, 10^6 bytes", entropy["sp800_90b"], "s", BARS["entropy_seconds"])
    told("memory of that", entropy["peak_mib"], "MiB", BARS["entropy_mib"])

    print("ours / written plainly (one run; the predictors on 50,000 bytes):")
    for name, row in bench(program, "plain").items():
        if name == "peak_mib":
            continue
        fine = fine and row["equal"]
        print(f"  {name:<28} {row['ours']:8.4f} s / {row['plain']:8.4f} s: {row['plain'] / row['ours']:6.0f} times{'' if row['equal'] else '  BUT THEY DIFFER'}")

    print("whole processes on 125,000 bytes:")
    with tempfile.NamedTemporaryFile() as file:
        file.write(os.urandom(125000))
        file.flush()
        lintel = str(build / "lintel")
        for name, command in (("lintel random test --suite sp800-22", [lintel, "random", "test", file.name, "--suite", "sp800-22"]), ("ent -b (6 figures, no verdict)", ["ent", "-b"]),
                              ("rngtest (FIPS 140-2, 50 blocks)", ["rngtest", "--blockcount=49"])):
            if shutil.which(command[0]) is None:
                print(f"  {name:<42} not installed")
                continue
            print(f"  {name:<42} {cpu_of(command, file.name):8.3f} s")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
