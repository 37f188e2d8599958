#!/usr/bin/env python3
"""Kills a scan with SIGKILL at 20 moments and resumes it: what was committed must stay, byte for byte, and nothing may be done twice.
Then interrupts one with SIGINT. The peer is slow, on loopback, in this process. Usage: resume_test.py LINTEL [SEED]"""
import json
import os
import random
import selectors
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

LINTEL = sys.argv[1]
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 20261121
HERE = Path(__file__).resolve().parent
SERVICES = 20
KILLS = 20


class SlowPeer(threading.Thread):
    """Listens on several ports. On the first `fast` ones a connection is answered with what is no TLS after `delay` seconds, on the
    others never: those keep a scan busy for as long as a test needs."""

    def __init__(self, services, fast, delay):
        super().__init__(daemon=True)
        self.delay, self.selector, self.waiting, self.quit = delay, selectors.DefaultSelector(), [], socket.socketpair()
        self.ports, self.fast = [], set()
        for number in range(services):
            listener = socket.create_server(("127.0.0.1", 0), backlog=64)
            listener.setblocking(False)
            self.ports.append(listener.getsockname()[1])
            if number < fast:
                self.fast.add(self.ports[-1])
            self.selector.register(listener, selectors.EVENT_READ, "listener")
        self.selector.register(self.quit[0], selectors.EVENT_READ, "quit")

    def run(self):
        open_ones = []
        while True:
            wait = max(0, self.waiting[0][0] - time.monotonic()) if self.waiting else None
            for key, _ in self.selector.select(wait):
                if key.data == "quit":
                    for connection in open_ones:
                        connection.close()
                    return
                connection, _ = key.fileobj.accept()
                open_ones.append(connection)
                if key.fileobj.getsockname()[1] in self.fast:
                    self.waiting.append((time.monotonic() + self.delay, connection))
            while self.waiting and self.waiting[0][0] <= time.monotonic():
                _, connection = self.waiting.pop(0)
                try:
                    connection.send(b"SSH-2.0-slow\r\n")
                except OSError:
                    pass
                connection.close()
                open_ones.remove(connection)

    def stop(self):
        self.quit[1].send(b"q")
        self.join()


def check(condition, message):
    if not condition:
        sys.exit(f"resume_test (seed {SEED}): {message}")


def write_target(folder, ports, connections):
    services = "\n".join(f"    - {{port: {port}, transport: tcp, protocol: https, tls: required}}" for port in ports)
    (folder / "target.yaml").write_text(f"""lintel: target/1
id: slow
name: {{zh: 慢, en: Slow}}
profile: {HERE / 'profile' / 'profile.yaml'}
limits: {{connections: {connections}, gap: 0ms, deadline: 5m}}
assets:
- id: cloud
  role: platform
  name: {{zh: 云, en: Cloud}}
  hosts:
  - id: edge
    address: 127.0.0.1
    services:
{services}
""")


class Scan:
    """A running `lintel scan`; `done` is what its progress lines said."""

    def __init__(self, folder):
        self.file = folder / "slow.lintel"
        command = [LINTEL, "scan", str(folder / "target.yaml"), "--report", "json", "--out", str(folder / "slow")]
        if self.file.exists():
            command += ["--resume", str(self.file)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=folder,
                                        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "120"})
        self.lines, self.done, self.ended, self.news = [], set(), False, threading.Condition()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stderr:
            with self.news:
                self.lines.append(line)
                words = line.split()
                if line.startswith("[") and len(words) == 4:
                    self.done.add(words[3])
                self.news.notify_all()
        with self.news:
            self.ended = True
            self.news.notify_all()

    def wait_for_done(self, count):
        """Until so many jobs are done in this scan, or it ended."""
        with self.news:
            self.news.wait_for(lambda: len(self.done) >= count or self.ended, timeout=60)

    def end(self):
        code = self.process.wait(timeout=120)
        self.reader.join()
        return code

    def text(self):
        return "".join(self.lines)


def read_file(path):
    """job key → (item, status, size, data), read by SQLite itself from a copy, so that Lintel's own opening is tested untouched."""
    with tempfile.TemporaryDirectory() as folder:
        for suffix in ("", "-wal", "-journal"):
            if Path(f"{path}{suffix}").exists():
                shutil.copy(f"{path}{suffix}", Path(folder) / f"copy{suffix}")
        database = sqlite3.connect(Path(folder) / "copy")
        check(database.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "the file is damaged")
        rows = database.execute("SELECT j.key, j.item, o.status, o.size, o.data FROM job j LEFT JOIN observation o ON o.job = j.key").fetchall()
        blobs = {row[0] for row in database.execute("SELECT sha256 FROM blob")}
        complete = database.execute("SELECT value FROM meta WHERE key = 'complete'").fetchone()[0]
        database.close()
    return {row[0]: row[1:] for row in rows}, blobs, complete


def lasting(jobs):
    return {key: row for key, row in jobs.items() if row[1] not in (None, "interrupted")}


def test_kill(folder):
    chance = random.Random(SEED)
    peer = SlowPeer(SERVICES, SERVICES, 0.005)
    peer.start()
    kept, kills, completed, resumed, ended = {}, 0, 0, 0, False
    while kills < KILLS or not ended:
        if not (folder / "slow.lintel").exists():
            write_target(folder, peer.ports, 3)
            kept = {}
        else:
            resumed += 1
        scan = Scan(folder)
        if kills < KILLS:
            # Some die before the file is there, some between two commits, some in one, some while judging and closing.
            scan.wait_for_done(chance.choice([0, 0, 1, 1, 2, 3, 5]))
            time.sleep(chance.random() * 0.03)
            scan.process.kill()
        code = scan.end()
        killed = code == -signal.SIGKILL
        ended = not killed
        kills += killed
        check(killed or code in (0, 1, 3), f"exit {code}: {scan.text()}")
        if not scan.file.exists():
            check(not scan.done, "jobs were done, but there is no file")
            continue
        jobs, _, complete = read_file(scan.file)
        check(len(jobs) == SERVICES, f"{len(jobs)} jobs instead of {SERVICES}")
        now = lasting(jobs)
        said = {row[0] for row in now.values()}
        check(scan.done <= said, f"said to be done, but lost: {scan.done - said}")
        for key, row in kept.items():
            check(now.get(key) == row, f"{row[0]} was committed and is now lost or done again")
        check(not {row[0] for row in kept.values()} & scan.done, "a finished job was run again")
        kept = now
        if not killed:
            check(len(now) == SERVICES and complete == "1", "the scan ended, but the run is not complete")
            check(sorted(path.name for path in folder.glob("slow.lintel*")) == ["slow.lintel"], "files are left beside the run file")
            completed += 1
            if kills < KILLS:
                scan.file.unlink()
    # The last file came through kills and resumes; the program itself reads it, evidence included.
    exported = subprocess.run([LINTEL, "export", str(folder / "slow.lintel"), str(folder / "export")], capture_output=True, text=True)
    check(exported.returncode == 0, exported.stderr)
    peer.stop()
    check(resumed >= 5, f"only {resumed} resumes")
    print(f"killed {kills} times, resumed {resumed} times, {completed} runs complete, nothing lost or done twice")


def test_interrupt(folder):
    peer = SlowPeer(SERVICES, 6, 0.01)  # 18 services never answer
    peer.start()
    write_target(folder, peer.ports, 64)
    scan = Scan(folder)
    scan.wait_for_done(6)
    begun = time.monotonic()
    scan.process.send_signal(signal.SIGINT)
    code = scan.end()
    took = time.monotonic() - begun
    check(code == 130, f"exit {code} after SIGINT: {scan.text()}")
    check(took < 2, f"took {took:.2f} s to end after SIGINT")
    jobs, _, complete = read_file(scan.file)
    check(complete == "0", "an interrupted run says that it is complete")
    check(sorted(path.name for path in folder.glob("slow.lintel*")) == ["slow.lintel"], "files are left beside the run file")
    before = lasting(jobs)
    check(len(before) >= 6 and scan.done >= {row[0] for row in before.values()}, "the finished jobs are not in the file")
    run = json.loads((folder / "slow.json").read_text())
    check(run["complete"] is False, "the report says that the run is complete")
    peer.fast.update(peer.ports)  # now all answer
    rest = Scan(folder)
    check(rest.end() in (0, 1, 3), rest.text())
    jobs, _, complete = read_file(scan.file)
    check(complete == "1" and len(lasting(jobs)) == SERVICES, "resume did not complete the run")
    for key, row in before.items():
        check(jobs[key] == row, f"{row[0]} was done again")
    peer.stop()
    print(f"interrupted within {took:.2f} s, exit 130, {len(before)} of {SERVICES} jobs kept, completed by resume")


with tempfile.TemporaryDirectory() as kill_folder:
    test_kill(Path(kill_folder))
with tempfile.TemporaryDirectory() as interrupt_folder:
    test_interrupt(Path(interrupt_folder))
