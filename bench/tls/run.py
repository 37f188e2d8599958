#!/usr/bin/python3
"""What a service speaks, found by sslscan, nmap, testssl.sh and Lintel: the same two nginx servers, in turns, in a network of their own.

Usage: bench/tls/run.py [build-folder] [--short]      (default build/release; --short leaves out testssl.sh, which takes minutes)
Then Lintel alone asks 256 addresses of loopback in one process, quick. Medians of five runs, of testssl.sh one. CPU is user + system of the
tool and its children; connections are what the kernel saw accepted.
Ends 1 when a bar is missed: suites and at most the connections of tests/tls/truth, wall clock at most 0.3 of sslscan and 1/500 of
testssl.sh; the 256 in 3 s and 60 MB."""

import dataclasses
import json
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tests/tls"))
import network
import servers

RUNS = 5
NAMES = ("nginx-modern", "nginx-old")
HOSTS = [f"127.0.{number // 128}.{number % 128 + 1}" for number in range(256)]
MOST_SECONDS, MOST_MEGABYTES = 3, 60
OF_SSLSCAN, OF_TESTSSL = 0.3, 1 / 500
CIPHER = re.compile(r"^(?:Preferred|Accepted) +TLS|^\| +TLS_", re.M)  # a line for each suite: sslscan, nmap


def tools(lintel):
    """{name: argv for a port}"""
    found = {"sslscan": lambda port: ["sslscan", "--no-colour", f"127.0.0.1:{port}"],
             "nmap": lambda port: ["nmap", "-n", "-Pn", "-p", str(port), "--script", "+ssl-enum-ciphers", "127.0.0.1"],
             "testssl": lambda port: ["testssl", "--color", "0", "--warnings", "off", "--quiet", f"127.0.0.1:{port}"]}
    if "--short" in sys.argv:
        del found["testssl"]
    for name in [name for name in found if not shutil.which(name)]:
        print(f"{name} is not installed; left out")
        del found[name]
    if "--depth" in subprocess.run([lintel, "probe", "tls", "--help"], capture_output=True, text=True, check=False).stdout:
        found["lintel"] = lambda port: [lintel, "probe", "tls", f"127.0.0.1:{port}", "--json", "--depth", "full", "--pace", "brisk"]
    return found


def accepted():
    names, values = [line.split() for line in pathlib.Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Tcp:")]
    return int(values[names.index("PassiveOpens")])


def measured(argv):
    """(wall seconds, CPU seconds, connections, output)"""
    def used():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime
    connections, cpu, started = accepted(), used(), time.monotonic()
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False)
    return time.monotonic() - started, used() - cpu, accepted() - connections, done.stdout


def suites(facts):
    return {version: sorted(suite["name"] for suite in found["suites"]) for version, found in facts["versions"].items() if found.get("suites")}


def one_server(name, port, found):
    """Prints the table of one server; the bars that were missed."""
    runs = {tool: [] for tool in found}
    for turn in range(RUNS):
        for tool, argv in found.items():
            if tool != "testssl" or turn == 0:
                runs[tool].append(measured(argv(port)))
    wall = {tool: statistics.median(run[0] for run in results) for tool, results in runs.items()}
    print(f"\n{name:14} {'wall s':>8} {'CPU s':>8} {'connections':>12} {'suites':>7} {'lintel / it':>12}")
    for tool, results in runs.items():
        cpu, connections = statistics.median(run[1] for run in results), statistics.median(run[2] for run in results)
        listed = len(CIPHER.findall(results[0][3])) or ""
        if tool == "lintel":
            listed = sum(map(len, suites(facts_of(results[0])).values()))
        ratio = f"{wall['lintel'] / wall[tool]:.4f}" if "lintel" in wall else ""
        print(f"{tool:14} {wall[tool]:8.2f} {cpu:8.2f} {connections:12.0f} {listed:>7} {ratio:>12}")
    return missed(name, runs, wall) if "lintel" in wall else []


def facts_of(run):
    answer = json.loads(run[3])
    return answer.get("facts", answer)


def missed(name, runs, wall):
    wrong = []
    expected = {version: sorted(told["suites"]) for version, told in servers.truth(name)["versions"].items()}
    if any(suites(facts_of(run)) != expected for run in runs["lintel"]):
        wrong.append(f"{name}: the suites are not those of tests/tls/truth/{name}.json")
    connections = max(run[2] for run in runs["lintel"])
    most = servers.truth(name)["most_connections"]
    if connections > most:
        wrong.append(f"{name}: {connections} connections (bar: {most})")
    for tool, bar in (("sslscan", OF_SSLSCAN), ("testssl", OF_TESTSSL)):
        if tool in wall and wall["lintel"] > bar * wall[tool]:
            wrong.append(f"{name}: {wall['lintel'] / wall[tool]:.4f} of the time of {tool} (bar: {bar:.4f})")
    return wrong


def many_hosts(lintel, port):
    """Prints what 256 hosts cost; the bars that were missed."""
    argv = [lintel, "probe", "tls", *(f"{host}:{port}" for host in HOSTS), "--json", "--depth", "quick", "--pace", "brisk"]
    runs = []
    for _ in range(RUNS):
        started = time.monotonic()
        with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
            answered = len(re.findall(r'"spoken": ?"yes"', process.stdout.read()))
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = 0
        runs.append((time.monotonic() - started, usage.ru_maxrss / 1024, answered))
    seconds, megabytes, answered = (statistics.median(column) for column in zip(*runs))
    print(f"\n{len(HOSTS)} hosts in one process: {seconds:.2f} s, {megabytes:.0f} MB, {answered:.0f} speak TLS "
          f"(bars: {MOST_SECONDS} s, {MOST_MEGABYTES} MB)")
    met = seconds <= MOST_SECONDS and megabytes <= MOST_MEGABYTES and answered == len(HOSTS)
    return [] if met else [f"{len(HOSTS)} hosts: {seconds:.2f} s, {megabytes:.0f} MB, {answered:.0f} answered"]


def on_all_hosts(plan):
    """The server on every address of HOSTS."""
    one = "listen 127.0.0.1:{port} ssl backlog=511;"
    config = plan.config.replace(one, " ".join(one.replace("127.0.0.1", host) for host in HOSTS))
    return dataclasses.replace(plan, name="nginx-hosts", config=config.replace("worker_connections 256", "worker_connections 4096"))


def main():
    folders = [word for word in sys.argv[1:] if not word.startswith("--")]
    lintel = str((pathlib.Path(folders[0]) if folders else ROOT / "build/release") / "lintel")
    if not pathlib.Path(lintel).exists():
        sys.exit(f"{lintel} is not built; run: cmake --preset release && ninja -C build/release lintel")
    found = tools(lintel)
    wrong = []
    plans = [plan for plan in servers.PLANS if plan.name in NAMES]
    with servers.Servers([*plans, on_all_hosts(plans[0])]) as running:
        if running.missing:
            sys.exit(f"no server: {running.missing}")
        for plan in plans:
            wrong += one_server(plan.name, running.ports[plan.name], found)
        if "lintel" in found:
            wrong += many_hosts(lintel, running.ports["nginx-hosts"])
    if "lintel" not in found:
        sys.exit("\nlintel has no `probe tls` yet")
    print("\n" + ("\n".join(wrong) or "all bars met"))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    network.enter()
    main()
