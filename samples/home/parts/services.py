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

LISTENERS = [("cloud https", "127.0.10.1", 8443), ("cloud 2 https", "127.0.10.4", 8443), ("partner https", "127.0.10.1", 8444), ("cloud mqtt", "127.0.10.1", 8883),
             ("lamp https", "127.0.10.2", 8443), ("hub https", "127.0.10.3", 8443)]
EXTRA = {"7.c": ("extra port", "127.0.10.1", 9090), "6.1.3.c": ("management", "127.0.10.1", 9100),
         "6.1.1": ("abroad https", "127.0.20.1", 8443), "6.3.5.e": ("abroad https", "127.0.20.1", 8443), "6.3.3.a": ("clear mqtt", "127.0.10.1", 1883)}
SOCKETS = ("platform.sock", "lamp.sock", "hub.sock", "cloud.sock", "management.sock")
NAMES_AT = ("127.0.10.1", "5353")  # UDP
PYTHON = "/usr/bin/python3"  # Debian's, which has the packages that the platform needs
START_DEADLINE, STOP_DEADLINE = 20.0, 5.0  # seconds


# ---- starting

def start(here, directory, flaw):
    """Returns when every listener answers. On any failure everything is stopped again."""
    listeners = LISTENERS + [EXTRA[name] for name in EXTRA if name == flaw]
    for name, address, port in listeners:
        check_free(name, address, port)
    configure(here, directory, flaw)
    parts, (_, broker, port) = os.path.join(here, "parts"), LISTENERS[3]
    commands = [("mosquitto", [find("mosquitto"), "-c", "mosquitto.conf"]),
                ("platform", [PYTHON, "-B", os.path.join(here, "platform", "main.py"), "platform.sock", broker, str(port)]),
                ("devices", [PYTHON, "-B", os.path.join(here, "devices", "simulators.py"), broker, str(port)]),
                ("names", [PYTHON, "-B", os.path.join(parts, "names.py"), *NAMES_AT, *zone(flaw)]),
                ("nginx", [find("nginx"), "-e", "logs/nginx.log", "-p", directory, "-c", os.path.join(directory, "nginx.conf")])]
    if flaw == "7.e":
        commands.append(("front", [PYTHON, "-B", os.path.join(parts, "ssl3_front.py"), "127.0.10.1", "8443", "cloud.sock",
                                   "pki/cloud.pem"]))
    if flaw == "7.c":
        commands.append(("extra", [PYTHON, "-B", os.path.join(parts, "extra_port.py"), EXTRA[flaw][1], str(EXTRA[flaw][2])]))
    os.makedirs(os.path.join(directory, "pids"), exist_ok=True)
    for name in SOCKETS:
        remove(os.path.join(directory, name))
    try:
        processes = [spawn(directory, name, argv, flaw) for name, argv in commands]
        deadline = time.monotonic() + START_DEADLINE
        for name in ("platform.sock", "lamp.sock", "hub.sock") + (("cloud.sock",) if flaw == "7.e" else ()):
            wait_for(directory, processes, deadline, name, lambda name=name: connect_unix(directory, name))
        wait_for(directory, processes, deadline, "the devices' sessions at the broker", lambda: everybody_is_there(directory))
        for name, address, port in listeners:
            wait_for(directory, processes, deadline, f"{name} on {address}:{port}", lambda: connect(address, port))
    except BaseException:
        stop(directory)
        raise
    with open(os.path.join(directory, "state.json"), "w", encoding="utf-8") as file:
        json.dump({"break": flaw, "network": os.readlink("/proc/self/ns/net")}, file)


def zone(flaw):
    """What the home's names resolve to: the platform, and where it stores files."""
    platform, storage = ["127.0.10.1", "127.0.10.4"], ["127.0.10.1", "127.0.10.4"]
    if flaw == "6.1.2.c":
        platform = platform[:1]
    if flaw == "6.1.1":
        platform.append("127.0.20.1")
    if flaw == "6.3.5.e":
        storage.append("127.0.20.1")
    return [f"home.example={','.join(platform)}", f"files.home.example={','.join(storage)}"]


def configure(here, directory, flaw):
    root = os.geteuid() == 0
    marks = {
        "@USER@": "user root;" if root else "",  # the caller, whoever that is: no change of user
        "@CLOUD_LISTEN@": "127.0.10.1:8443",
        "@ABROAD@": "",
        "@PROTOCOLS@": "TLSv1.2 TLSv1.3",
        "@OLD_SUITES@": "",
        "@LAMP_SSL@": "ssl",
        "@CLEAR_HTTP@": "",
        "@LIMIT@": "",
        "@PARTNER_CERTIFICATE@": "on",
        "@PARTNER_SOURCES@": "allow 127.0.0.1; deny all;",
        "@MANAGEMENT@": "unix:management.sock",
        "@ANONYMOUS@": "false",
        "@CLEAR_MQTT@": "",
    } | {
        "7.e": {"@CLOUD_LISTEN@": "unix:cloud.sock proxy_protocol"},
        "6.1.1": {"@ABROAD@": "listen 127.0.20.1:8443 ssl;"},
        "6.3.5.e": {"@ABROAD@": "listen 127.0.20.1:8443 ssl;"},
        "7.d-old-tls": {"@PROTOCOLS@": "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3", "@OLD_SUITES@": ":ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"},
        "7.d-plain-http": {"@LAMP_SSL@": ""},
        "6.2.1.b": {"@CLEAR_HTTP@": "error_page 497 = @platform;"},
        "6.1.2.a": {"@LIMIT@": "limit_req zone=reads burst=40 nodelay;"},
        "6.2.5.b": {"@PARTNER_CERTIFICATE@": "optional"},
        "6.1.4.b": {"@PARTNER_SOURCES@": "allow all;"},
        "6.1.3.c": {"@MANAGEMENT@": "127.0.10.1:9100"},
        "7.a": {"@ANONYMOUS@": "true"},
        "6.3.3.a": {"@CLEAR_MQTT@": "listener 1883 127.0.10.1"},
    }.get(flaw, {})
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


def spawn(directory, name, argv, flaw):
    """Own session, so that Ctrl-C in the terminal stops the command first and the servers only after it."""
    with open(os.path.join(directory, "logs", f"{name}.out"), "wb") as log:
        process = subprocess.Popen(argv, cwd=directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                   env={**os.environ, "HOME_FLAW": flaw or ""})
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


def everybody_is_there(directory):
    """The platform and the three devices that are switched on have subscribed; each says so with an empty file."""
    return all(os.path.exists(os.path.join(directory, "tmp", f"{name}.online")) for name in ("platform", "lamp", "hub", "neighbour"))


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
    for name in ("platform", "devices", "names", "nginx", "mosquitto", "front", "extra"):
        remove(pid_file(directory, name))
    for name in ("state.json", "nginx.pid", *SOCKETS):
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
