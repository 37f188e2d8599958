#!/usr/bin/env python3
"""Judges ten million identities of annex A with `lintel id check`, beside what Debian's own tools need for a part of it, in turns.

Usage: bench/identity/run.py [build-folder]      (default build/release; builds lintel there)
The list is made by `lintel id generate`. The peer looks for malformed lines (grep), repeats (sort, uniq) and counts the products (cut, sort): less
than half of what Lintel says. Three runs each. Ends 1 when the median of ours is above 10 s of CPU time or the peak above 1 GiB, or when a
list with one repeat, one foreign product or one bad character among the ten million is not found out.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS, COUNT = 3, 10_000_000
BAR_SECONDS, BAR_BYTES = 10, 1 << 30
DECLARED = ["--vendor", "A1B2C3", "--product", "00A001", "--extensions", "00"]
PEER = r"""grep -cvE '^[0-9A-F]{24}$' "$1"; LC_ALL=C sort -S 1G "$1" | uniq -d | head -20; cut -c1-14 "$1" | LC_ALL=C sort -S 1G -u | head -20"""


def timed(argv, expected):
    """Seconds on the clock, of CPU, peak bytes of the largest process, output."""
    started = time.monotonic()
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(argv, stdout=out, env={**os.environ, "LANG": "C.UTF-8"})
        _, status, usage = os.wait4(child.pid, 0)
        code = child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read()
    if code != expected:
        sys.exit(f"{argv[0]} ended with {code}, not {expected}: {text[:500]}")
    return time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, text


def main():
    root = Path(__file__).resolve().parents[2]
    build = Path(sys.argv[1]) if len(sys.argv) > 1 else root / "build/release"
    if not (build / "build.ninja").exists():
        sys.exit(f"{build} is not configured; run: cmake --preset release")
    subprocess.run(["ninja", "-C", str(build), "lintel"], check=True, stdout=subprocess.DEVNULL)
    lintel = str(build / "lintel")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ids.txt"
        with path.open("wb") as out:
            subprocess.run([lintel, "id", "generate", *DECLARED[:4], "--count", str(COUNT)], check=True, stdout=out)
        ours, theirs, peaks = [], [], []
        for number in range(1, RUNS + 1):
            clock, cpu, peak, text = timed([lintel, "id", "check", str(path), *DECLARED, "--json"], 0)
            assert json.loads(text)["facts"]["well_formed"] == COUNT
            ours.append(cpu)
            peaks.append(peak)
            peer_clock, peer_cpu, _, text = timed(["sh", "-c", PEER, "sh", str(path)], 0)
            assert text == b"0\n01A1B2C300A001\n", text
            theirs.append(peer_cpu)
            print(f"run {number}: lintel {cpu:.2f} s CPU, {clock:.2f} s, {peak / 2**20:.0f} MiB; grep, sort, cut {peer_cpu:.2f} s CPU, {peer_clock:.2f} s; load {os.getloadavg()[0]:.1f}")
        wrong = []
        good = path.stat().st_size
        for name, line, clause in (("repeat", path.open("rb").read(24), "A"), ("foreign product", b"01A1B2C300A0021234ABCD00", "A.c"), ("bad character", b"01A1B2C300A0011234ABCG00", "A")):
            with path.open("r+b") as out:
                out.truncate(good)
                out.seek(0, os.SEEK_END)
                out.write(line + b"\n")
            result = json.loads(timed([lintel, "id", "check", str(path), *DECLARED, "--json"], 1)[3])
            if clause not in [one["clause"] for one in result["clauses"] if one["verdict"] == "fail"]:
                wrong.append(name)
    seconds, peak = statistics.median(ours), max(peaks)
    print(f"median: lintel {seconds:.2f} s CPU (bar {BAR_SECONDS}), {peak / 2**20:.0f} MiB (bar {BAR_BYTES >> 20}); peer {statistics.median(theirs):.2f} s CPU, ratio {seconds / statistics.median(theirs):.2f}")
    if wrong:
        print("not found out:", ", ".join(wrong))
    sys.exit(0 if seconds <= BAR_SECONDS and peak <= BAR_BYTES and not wrong else 1)


if __name__ == "__main__":
    main()
