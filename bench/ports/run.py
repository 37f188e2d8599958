#!/usr/bin/env python3
"""Sweeps the 65,535 TCP ports of loopback with nmap -sT and with Lintel, five alternating runs each.

Usage: bench/ports/run.py [build-folder]      (default build/release; builds ports_bench there)
Times whole processes. Ends 1 when the ratio of the medians (ours / nmap) is above 1, or when the two disagree on a port
that was open all the time.
"""
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 5
NMAP = ["nmap", "-sT", "-p-", "-n", "-Pn", "127.0.0.1"]


def timed(command):
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    seconds = time.monotonic() - started
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed: {done.stderr or done.stdout}")
    return seconds, done.stdout


def main():
    root = Path(__file__).resolve().parents[2]
    build = Path(sys.argv[1]) if len(sys.argv) > 1 else root / "build/release"
    if not (build / "build.ninja").exists():
        sys.exit(f"{build} is not configured; run: cmake --preset release")
    subprocess.run(["ninja", "-C", str(build), "ports_bench"], check=True, stdout=subprocess.DEVNULL)
    ours_command = [str(next(build.rglob("ports_bench")))]
    ours, theirs, counts = [], [], set()
    for number in range(1, RUNS + 1):
        seconds, text = timed(NMAP)
        theirs.append(seconds)
        nmap_open = len(re.findall(r"^\d+/tcp\s+open", text, re.M))
        seconds, text = timed(ours_command)
        ours.append(seconds)
        our_open = int(re.search(r"(\d+) open", text).group(1))
        counts.add((nmap_open, our_open))
        print(f"run {number}: nmap {theirs[-1]:.3f} s, {nmap_open} open; lintel {ours[-1]:.3f} s, {our_open} open")
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"median: nmap {statistics.median(theirs):.3f} s, lintel {statistics.median(ours):.3f} s, ratio {ratio:.2f} (bar: 1.00)")
    agreed = any(a == b for a, b in counts)
    if not agreed:
        print(f"open ports never agreed: {sorted(counts)}")
    sys.exit(0 if ratio <= 1 and agreed else 1)


if __name__ == "__main__":
    main()
