"""Starts, watches and stops the sample home's processes: nginx, mosquitto and small Python servers, each on its host, all as the
caller, with every path under one directory. A pid file holds the process id and its start time, so a reused id is never killed.
Addresses are written without their beginning (`10.1`), which says where the hosts are (see hosts.py)."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time

from . import hosts
from .tools import Problem, find

LISTENERS = [("cloud https", "10.1", 8443), ("cloud 2 https", "10.4", 8443), ("partner https", "10.1", 8444), ("cloud mqtt", "10.1", 8883),
             ("lamp https", "10.2", 8443), ("hub https", "10.3", 8443)]
EXTRA = {"7.c": ("extra port", "10.1", 9090), "6.1.3.c": ("management", "10.1", 9100),
         "6.1.1": ("abroad https", "20.1", 8443), "6.3.5.e": ("abroad https", "20.1", 8443), "6.3.3.a": ("clear mqtt", "10.1", 1883)}
SOCKETS = ("platform.sock", "lamp.sock", "hub.sock", "cloud.sock", "management.sock")
START_DEADLINE, STOP_DEADLINE = 20.0, 5.0  # seconds


# ---- starting

def start(here, directory, flaw, network):
    """Returns when every listener answers. On any failure everything is stopped again. network: how all addresses begin."""
    listeners = [(name, network + last, port) for name, last, port in LISTENERS + [EXTRA[name] for name in EXTRA if name == flaw]]
    if network == hosts.LOOPBACK:
        for name, address, port in listeners:
            check_free(name, address, port)
    configure(here, directory, flaw, network)
    os.makedirs(os.path.join(directory, "pids"), exist_ok=True)
    for name in SOCKETS:
        remove(os.path.join(directory, name))
    with open(os.path.join(directory, "state.json"), "w", encoding="utf-8") as file:
        json.dump({"break": flaw, "namespace": os.readlink("/proc/self/ns/net"), "network": network}, file)
    try:
        deadline, inside = time.monotonic() + START_DEADLINE, dict.fromkeys(hosts.HOSTS, [])
        if network == hosts.BENCH:
            holders = {host: spawn(directory, f"host-{host}", hosts.holder(), flaw) for host in hosts.HOSTS}
            for host, (_, process) in holders.items():
                wait_for(directory, holders.values(), deadline, f"host {host}", lambda pid=process.pid: hosts.has_own_network(pid))
            hosts.connect({host: process.pid for host, (_, process) in holders.items()})
            inside = {host: hosts.inside(process.pid) for host, (_, process) in holders.items()}
        processes = [spawn(directory, name, [*inside[host], *argv], flaw) for host, name, argv in commands(here, directory, flaw, network)]
        for name in ("platform.sock", "lamp.sock", "hub.sock") + (("cloud.sock",) if flaw == "7.e" else ()):
            wait_for(directory, processes, deadline, name, lambda name=name: connect_unix(directory, name))
        wait_for(directory, processes, deadline, "the devices' sessions at the broker", lambda: everybody_is_there(directory))
        for name, address, port in listeners:
            wait_for(directory, processes, deadline, f"{name} on {address}:{port}", lambda: connect(address, port))
    except BaseException:
        stop(directory)
        raise


def commands(here, directory, flaw, network):
    """Host, name and command line of each server."""
    def python(folder, script, *arguments):  # Debian's, which has the packages that the platform needs
        return ["/usr/bin/python3", "-B", os.path.join(here, folder, script), *arguments]

    def nginx(name):
        return [find("nginx"), "-e", f"logs/{name}.log", "-p", directory, "-c", os.path.join(directory, f"{name}.conf")]

    cloud, broker = network + "10.1", [network + "10.1", "8883"]
    found = [("cloud", "mosquitto", [find("mosquitto"), "-c", "mosquitto.conf"]),
             ("cloud", "platform", python("platform", "main.py", "platform.sock", *broker)),
             ("cloud", "names", python("parts", "names.py", cloud, "5353", *zone(flaw, network))),
             ("cloud", "cloud-web", nginx("cloud-web"))]
    for device in ("lamp", "hub", "neighbour"):
        found.append((device, device, python("devices", "simulator.py", device, network + hosts.HOSTS[device][0], *broker)))
    found += [(device, f"{device}-web", nginx(f"{device}-web")) for device in ("lamp", "hub")]
    if flaw == "7.e":
        found.append(("cloud", "front", python("parts", "ssl3_front.py", cloud, "8443", "cloud.sock", "pki/cloud.pem")))
    if flaw == "7.c":
        found.append(("cloud", "extra", python("parts", "extra_port.py", cloud, str(EXTRA[flaw][2]))))
    return found


def zone(flaw, network):
    """What the home's names resolve to: the platform, and where it stores files."""
    platform, storage = ["10.1", "10.4"], ["10.1", "10.4"]
    if flaw == "6.1.2.c":
        platform = platform[:1]
    if flaw == "6.1.1":
        platform.append("20.1")
    if flaw == "6.3.5.e":
        storage.append("20.1")
    return [f"{name}={','.join(network + last for last in addresses)}"
            for name, addresses in (("home.example", platform), ("files.home.example", storage))]


def configure(here, directory, flaw, network):
    root = os.geteuid() == 0
    marks = {
        "@USER@": "user root;" if root else "",  # the caller, whoever that is: no change of user
        "@CLOUD_LISTEN@": "@NET@10.1:8443",
        "@ABROAD@": "",
        "@PROTOCOLS@": "TLSv1.2 TLSv1.3",
        "@OLD_SUITES@": "",
        "@CLEAR_HTTP@": "",
        "@LIMIT@": "",
        "@PARTNER_CERTIFICATE@": "on",
        "@PARTNER_SOURCES@": "allow @NET@0.1; deny all;",
        "@MANAGEMENT@": "unix:management.sock",
        "@ANONYMOUS@": "false",
        "@CLEAR_MQTT@": "",
    } | {
        "7.e": {"@CLOUD_LISTEN@": "unix:cloud.sock proxy_protocol"},
        "6.1.1": {"@ABROAD@": "listen @NET@20.1:8443 ssl;"},
        "6.3.5.e": {"@ABROAD@": "listen @NET@20.1:8443 ssl;"},
        "7.d-old-tls": {"@PROTOCOLS@": "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3", "@OLD_SUITES@": ":ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"},
        "6.2.1.b": {"@CLEAR_HTTP@": "error_page 497 = @platform;"},
        "6.1.2.a": {"@LIMIT@": "limit_req zone=reads burst=40 nodelay;"},
        "6.2.5.b": {"@PARTNER_CERTIFICATE@": "optional"},
        "6.1.4.b": {"@PARTNER_SOURCES@": "allow all;"},
        "6.1.3.c": {"@MANAGEMENT@": "@NET@10.1:9100"},
        "7.a": {"@ANONYMOUS@": "true"},
        "6.3.3.a": {"@CLEAR_MQTT@": "listener 1883 @NET@10.1"},
    }.get(flaw, {}) | {"@NET@": network}  # last, since the others hold it
    fill(here, directory, "mosquitto.conf", "mosquitto.conf", marks)
    fill(here, directory, "cloud-web.conf", "cloud-web.conf", marks)
    for device in ("lamp", "hub"):
        ssl = "" if (flaw, device) == ("7.d-plain-http", "lamp") else "ssl"
        fill(here, directory, "device-web.conf", f"{device}-web.conf",
             {"@USER@": marks["@USER@"], "@SSL@": ssl, "@DEVICE@": device, "@ADDRESS@": network + hosts.HOSTS[device][0]})
    if root:
        with open(os.path.join(directory, "mosquitto.conf"), "a", encoding="utf-8") as file:
            file.write("user root\n")


def fill(here, directory, template, name, marks):
    with open(os.path.join(here, "conf", template), encoding="utf-8") as file:
        text = file.read()
    for mark, value in marks.items():
        text = text.replace(mark, value)
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
    """Complete, with the same break, and in the network namespace of this process."""
    known = state(directory)
    return (known.get("namespace") == os.readlink("/proc/self/ns/net") and known.get("break") == flaw
            and len(running(directory)) == len(os.listdir(os.path.join(directory, "pids")))
            and all(connect(known["network"] + last, port) for _, last, port in LISTENERS))


def stop(directory):
    """Ends what the pid files name, politely first, then the rest of each process group. Returns how many there were."""
    found = running(directory)
    for name, pid in reversed(found):
        end(pid)
        remove(pid_file(directory, name))
    known = state(directory)
    if known.get("network") == hosts.BENCH and known["namespace"] == os.readlink("/proc/self/ns/net"):
        hosts.disconnect()
    for name in ("state.json", *SOCKETS):
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
    if known.get("namespace") != os.readlink("/proc/self/ns/net"):
        return lines + ["  listeners are in a private network, not reachable from here"], True
    complete = True
    for name, last, port in LISTENERS:
        address = known["network"] + last
        answers = connect(address, port)
        complete = complete and answers
        lines.append(f"  {name:<12} {address}:{port} {'answers' if answers else 'does not answer'}")
    return lines, complete
