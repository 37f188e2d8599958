#!/usr/bin/env python3
"""The reports that people wait for: the page of 50,000 results in Chromium, and the PDF of one device.

Usage: bench/report/run.py [build-folder]      (default build/release; builds report_samples there)
Medians of five runs. The page: size, and time to the end of its load event in a Chromium without a window. The PDF: CPU time of the renderer (user and
system, of all its processes), which other work on the machine makes no longer, and the time on the clock. What is not installed is left out, and said.
Ends 1 when a bar is missed.
"""
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 5
PAGE_SECONDS, PAGE_MB, PDF_SECONDS = 2.0, 15.0, 5.0
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests/browser"))
from webdriver import Browser  # noqa: E402


def verdict(name, value, bar, unit):
    print(f"  {name:<10} {value:8.2f} {unit:<4}bar {bar:g} {unit}: {'ok' if value <= bar else 'OVER'}")
    return value <= bar


def page(program, folder):
    subprocess.run([program, "big", str(folder)], check=True)
    file = folder / "big.html"
    fine = verdict("size", file.stat().st_size / 1e6, PAGE_MB, "MB")
    times = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile, ["--window-size=1280,1000"])
        try:
            for number in range(RUNS + 1):  # the first warms up
                browser.open(f"{file.as_uri()}?{number}")
                times.append(browser.run("const t = performance.getEntriesByType('navigation')[0]; return t.loadEventEnd - t.startTime") / 1e3)
        finally:
            browser.close()
    return verdict("opened", statistics.median(times[1:]), PAGE_SECONDS, "s") and fine


def children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def pdf(program, folder):
    clock, cpu = [], []
    for _ in range(RUNS):
        begun, used = time.monotonic(), children()
        subprocess.run([program, "device", str(folder)], check=True)
        clock.append(time.monotonic() - begun)
        cpu.append(children() - used)
    print(f"  {'on the clock':<12} {statistics.median(clock):6.2f} s    load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return verdict("CPU time", statistics.median(cpu), PDF_SECONDS, "s")


def main():
    build = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build/release"
    if not (build / "build.ninja").exists():
        sys.exit(f"{build} is not configured; run: cmake --preset release")
    subprocess.run(["ninja", "-C", str(build), "report_samples"], check=True, stdout=subprocess.DEVNULL)
    program = str(build / "tests/browser/report_samples")
    fine = True
    with tempfile.TemporaryDirectory() as name:
        for title, what, needs in (("page of 200 clauses on 250 devices", page, ("chromium", "chromedriver")), ("PDF of one device, 153 clauses", pdf, ("weasyprint",))):
            print(f"{title}:")
            missing = [tool for tool in needs if shutil.which(tool) is None]
            if missing:
                print(f"  left out: {', '.join(missing)} is not installed")
            else:
                fine = what(program, Path(name)) and fine
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
