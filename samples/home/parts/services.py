"""Starts, watches and stops the sample home's processes: nginx, mosquitto and small Python servers, all as the caller, with
every path under one directory. A pid file holds the process id and its start time, so a reused id is never killed."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time

from .tools import Problem, find

LISTENERS = [("cloud https", "127.0.10.1", 8443), ("cloud mqtt", "127.0.10.1", 8883),
             ("lamp https", "127.0.10.2", 8443), ("hub https", "127.0.10.3", 8443)]
EXTRA = ("extra port", "127.0.10.1", 9090)
START_DEADLINE, STOP_DEADLINE = 20.0, 5.0  # seconds


# ---- starting

def start(here, directory, flaw):
    """Returns when every listener answers. On any failure everything is stopped again."""
    listeners = LISTENERS + ([EXTRA] if flaw == "extra-port" else [])
    for name, address, port in listeners:
        check_free(name, address, port)
    configure(here, directory, flaw)
    parts = os.path.join(here, "parts")
    commands = [("backend", [sys.executable, "-B", os.path.join(parts, "login_backend.py"), "backend.sock", "password",
                             "counter" if flaw == "counter-sessions" else "random"]),
                ("nginx", [find("nginx"), "-e", "logs/nginx.log", "-p", directory, "-c", os.path.join(directory, "nginx.conf")]),
                ("mosquitto", [find("mosquitto"), "-c", "mosquitto.conf"])]
    if flaw == "ssl3":
        commands.append(("front", [sys.executable, "-B", os.path.join(parts, "ssl3_front.py"), "127.0.10.1", "8443", "cloud.sock",
                                   "pki/cloud.pem"]))
    if flaw == "extra-port":
        commands.append(("extra", [sys.executable, "-B", os.path.join(parts, "extra_port.py"), EXTRA[1], str(EXTRA[2])]))
    os.makedirs(os.path.join(directory, "pids"), exist_ok=True)
    for name in ("backend.sock", "cloud.sock"):
        remove(os.path.join(directory, name))
    try:
        processes = [spawn(directory, name, argv) for name, argv in commands]
        deadline = time.monotonic() + START_DEADLINE
        wait_for(directory, processes, deadline, "backend.sock", lambda: connect_unix(directory, "backend.sock"))
        if flaw == "ssl3":
            wait_for(directory, processes, deadline, "cloud.sock", lambda: connect_unix(directory, "cloud.sock"))
        for name, address, port in listeners:
            wait_for(directory, processes, deadline, f"{name} on {address}:{port}", lambda: connect(address, port))
    except BaseException:
        stop(directory)
        raise
    with open(os.path.join(directory, "state.json"), "w", encoding="utf-8") as file:
        json.dump({"break": flaw, "network": os.readlink("/proc/self/ns/net")}, file)


def configure(here, directory, flaw):
    root = os.geteuid() == 0
    old = flaw == "old-tls"
    marks = {
        "@USER@": "user root;" if root else "",  # the caller, whoever that is: no change of user
        "@CLOUD_LISTEN@": "unix:cloud.sock" if flaw == "ssl3" else "127.0.10.1:8443",
        "@CLOUD_PROTOCOLS@": "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3" if old else "TLSv1.2 TLSv1.3",
        "@CLOUD_OLD_SUITES@": ":ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0" if old else "",
        "@LAMP_SSL@": "" if flaw == "plain-http" else "ssl",
    }
    for name in ("nginx.conf", "mosquitto.conf"):
        with open(os.path.join(here, "conf", name), encoding="utf-8") as file:
            text = file.read()
        for mark, value in marks.items():
            text = text.replace(mark, value)
        if name == "mosquitto.conf" and root:
            text += "user root\n"
        with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
            file.write(text)


def check_free(name, address, port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
            probe.listen(1)
        except OSError as error:
            raise Problem(f"{address}:{port} ({name}) can't be used: {error.strerror}") from None


def spawn(directory, name, argv):
    """Own session, so that Ctrl-C in the terminal stops the command first and the servers only after it."""
    with open(os.path.join(directory, "logs", f"{name}.out"), "wb") as log:
        process = subprocess.Popen(argv, cwd=directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    with open(pid_file(directory, name), "w", encoding="ascii") as file:
        file.write(f"{process.pid} {start_time(process.pid)}\n")
    return name, process


def wait_for(directory, processes, deadline, what, attempt):
    """Polls connects; between two of them it waits on the processes themselves, so an early death is seen at once."""
    poller = select.poll()
    handles = {os.pidfd_open(process.pid): name for name, process in processes}
    try:
        for handle in handles:
            poller.register(handle, select.POLLIN)
        while not attempt():
            ended = poller.poll(20)
            if ended:
                raise Problem(f"{handles[ended[0][0]]} ended while starting: {last_words(directory, handles[ended[0][0]])}")
            if time.monotonic() > deadline:
                raise Problem(f"{what} does not answer within {START_DEADLINE:.0f} s; logs are in {directory}/logs")
    finally:
        for handle in handles:
            os.close(handle)


def connect(address, port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((address, port)) == 0


def connect_unix(directory, name):
    """A unix socket's path may be 107 bytes only, and ours may be deep: go through the directory's handle."""
    handle = os.open(directory, os.O_PATH)
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            return probe.connect_ex(f"/proc/self/fd/{handle}/{name}") == 0
    finally:
        os.close(handle)


def last_words(directory, name):
    for log in (f"{name}.out", f"{name}.log"):
        try:
            with open(os.path.join(directory, "logs", log), encoding="utf-8", errors="replace") as file:
                lines = file.read().strip().splitlines()
        except OSError:
            continue
        if lines:
            return lines[-1]
    return "no message"


# ---- watching and stopping

def pid_file(directory, name):
    return os.path.join(directory, "pids", name)


def start_time(pid):
    """Clock ticks since boot when the process began; None when there is none, or only what a parent has not collected yet."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def running(directory):
    """Name and process id of each of our processes that lives."""
    found = []
    try:
        names = sorted(os.listdir(os.path.join(directory, "pids")))
    except OSError:
        return found
    for name in names:
        with open(pid_file(directory, name), encoding="ascii", errors="replace") as file:
            fields = file.read().split()
        if len(fields) == 2 and all(field.isdecimal() for field in fields) and start_time(int(fields[0])) == int(fields[1]):
            found.append((name, int(fields[0])))
    return found


def state(directory):
    try:
        with open(os.path.join(directory, "state.json"), encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def already_up(directory, flaw):
    """Complete, with the same break, and in the network of this process."""
    known = state(directory)
    return (known.get("network") == os.readlink("/proc/self/ns/net") and known.get("break") == flaw
            and len(running(directory)) == len(os.listdir(os.path.join(directory, "pids")))
            and all(connect(address, port) for _, address, port in LISTENERS))


def stop(directory):
    """Ends what the pid files name, politely first, then the rest of each process group. Returns how many there were."""
    found = running(directory)
    for name, pid in reversed(found):
        end(pid)
    for name in ("backend", "nginx", "mosquitto", "front", "extra"):
        remove(pid_file(directory, name))
    for name in ("state.json", "backend.sock", "cloud.sock", "nginx.pid"):
        remove(os.path.join(directory, name))
    return len(found)


def end(pid):
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        signal.pidfd_send_signal(handle, signal.SIGTERM)
        poller = select.poll()
        poller.register(handle, select.POLLIN)
        poller.poll(STOP_DEADLINE * 1000)
        os.killpg(pid, signal.SIGKILL)  # each of ours leads a group of its own: this takes workers that stayed behind
        poller.poll(STOP_DEADLINE * 1000)
    except ProcessLookupError:
        pass
    finally:
        os.close(handle)


def remove(path):
    try:
        os.remove(path)
    except FileNotFoundError:
        pass


def describe(directory):
    known, alive = state(directory), running(directory)
    if not alive:
        return ["home: down"], False
    lines = [f"home: up in {directory}, break: {known.get('break') or 'none'}"]
    lines += [f"  {name:<12} pid {pid}" for name, pid in alive]
    if known.get("network") != os.readlink("/proc/self/ns/net"):
        return lines + ["  listeners are in a private network, not reachable from here"], True
    complete = True
    for name, address, port in LISTENERS:
        answers = connect(address, port)
        complete = complete and answers
        lines.append(f"  {name:<12} {address}:{port} {'answers' if answers else 'does not answer'}")
    return lines, complete
