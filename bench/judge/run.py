#!/usr/bin/env python3
"""Loads a profile of 2,000 clauses and 2,000 checks, then judges and renders 200 clauses on 250 devices; five runs each.

Usage: bench/judge/run.py [build-folder]      (default build/release; builds judge_bench there)
Every run is a process of its own. The bars hold for the median time on the clock, so they say something only on a machine with
nothing else to do; CPU time and the machine's load stand beside them. Ends 1 when a bar is missed.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 5
LOAD_CLAUSES, LOAD_SECONDS, LOAD_MIB = 2000, 0.5, 100
JUDGE_CLAUSES, DEVICES, JUDGE_SECONDS, JUDGE_MIB = 200, 250, 5.0, 150


def measured(program, *arguments):
    """The medians of what the program prints, member by member."""
    runs = [json.loads(subprocess.run([program, *map(str, arguments)], check=True, capture_output=True, text=True).stdout)
            for _ in range(RUNS)]
    return {key: statistics.median(run[key] for run in runs) if isinstance(value, (int, float)) else value
            for key, value in runs[0].items()}


def verdict(name, value, bar, unit):
    print(f"  {name:<10} {value:8.2f} {unit:<4}bar {bar:g} {unit}: {'ok' if value <= bar else 'OVER'}")
    return value <= bar


def told(result, seconds, mib):
    fine = verdict("time", result["seconds"], seconds, "s")
    busy = " (busy: the time is not ours alone)" if os.getloadavg()[0] > os.cpu_count() else ""
    print(f"  {'CPU time':<10} {result['cpu_seconds']:8.2f} s    load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores{busy}")
    return verdict("memory", result["peak_kib"] / 1024, mib, "MiB") and fine


def main():
    here = Path(__file__).resolve().parent
    root = here.parents[1]
    build = Path(sys.argv[1]) if len(sys.argv) > 1 else root / "build/release"
    if not (build / "build.ninja").exists():
        sys.exit(f"{build} is not configured; run: cmake --preset release")
    subprocess.run(["ninja", "-C", str(build), "judge_bench"], check=True, stdout=subprocess.DEVNULL)
    program = str(next(path for path in build.rglob("judge_bench") if path.is_file()))
    probes = subprocess.run([program, "probes"], check=True, capture_output=True, text=True).stdout.split()

    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder) / "large", Path(folder) / "small"
        for where, clauses in (large, LOAD_CLAUSES), (small, JUDGE_CLAUSES):
            made = subprocess.run([sys.executable, str(here / "generate.py"), str(where), "--clauses", str(clauses), "--probes",
                                   ",".join(probes)], check=True, capture_output=True, text=True).stdout
            print(f"probes {', '.join(probes)}: {made.strip()}")
        loaded = measured(program, "load", large)
        print(f"load and lint {loaded['clauses']} clauses, {loaded['checks']} checks:")
        fine = told(loaded, LOAD_SECONDS, LOAD_MIB)
        judged = measured(program, "judge", small, DEVICES, folder)
        print(f"judge and render {judged['clauses']} clauses on {judged['devices']} devices, {judged['instances']}:")
        fine = told(judged, JUDGE_SECONDS, JUDGE_MIB) and fine
        for part in "judge", "json", "html":
            size = f", {judged[part + '_bytes'] / 1e6:.1f} MB" if part != "judge" else f", memory then {judged['judged_kib'] / 1024:.0f} MiB"
            print(f"  {part:<10} {judged[part + '_seconds']:8.2f} s{size}")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
