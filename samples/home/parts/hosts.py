"""The home's hosts and their addresses. Where this process may make networks, each host is a network namespace of its own with one
network card, all on one bridge, as on a test bench; otherwise they are loopback addresses of this machine, with the same last numbers."""

import os
import subprocess

from .tools import Problem, find

BENCH, LOOPBACK = "10.77.", "127.0."  # what every address of the home begins with
BRIDGE = "home0"
HOSTS = {"cloud": ("10.1", "10.4", "20.1"), "lamp": ("10.2",), "hub": ("10.3",), "neighbour": ("10.5",)}
SCANNER = ("0.1", "0.2")  # this side of the bridge: whoever scans, from one source address or two


def choose(loopback):
    """The beginning of all addresses: the bench's where this process may make one and nothing is in the way."""
    if loopback:
        return LOOPBACK
    tools = [find(name) for name in ("ip", "nsenter", "unshare")]
    why = None
    if not all(tools):
        why = "ip, nsenter or unshare is missing"
    elif ip("link", "show", BRIDGE).returncode == 0:
        if ip("link", "show", "master", BRIDGE).stdout.strip():
            raise Problem(f"the bridge {BRIDGE} is in use: another home is up here; stop that one, or use --loopback")
        ip("link", "del", BRIDGE)  # of a home that was killed
    if not why and ip("route", "show", "root", BENCH + "0.0/16").stdout.strip():
        why = f"this machine has a route into {BENCH}0.0/16"
    if not why:
        made = subprocess.run([find("unshare"), "--net", find("true")], capture_output=True, text=True, check=False)
        made = made if made.returncode else ip("link", "add", BRIDGE, "type", "bridge", "forward_delay", "0")
        if made.returncode == 0:
            return BENCH
        why = made.stderr.strip().splitlines()[-1].rpartition(": ")[2]
    print(f"home: no network of its own ({why}): hosts are loopback addresses, scan the target that is named below", flush=True)
    return LOOPBACK


def ip(*arguments, batch=None, inside=()):
    argv = [*inside, find("ip"), *arguments] + (["-batch", "-"] if batch else [])
    return subprocess.run(argv, input="\n".join(batch or []), capture_output=True, text=True, check=False)


def connect(holders):
    """Puts one card into each host and all on the bridge. holders: host -> process id that holds its namespace."""
    batch = [f"addr add {BENCH}{last}/16 dev {BRIDGE}" for last in SCANNER] + [f"link set {BRIDGE} up"]
    for host, pid in holders.items():
        batch += [f"link add home-{host} type veth peer name eth0 netns {pid}", f"link set home-{host} master {BRIDGE} up"]
    done = ip(batch=batch)
    for host, pid in holders.items():
        if done.returncode == 0:
            done = ip(inside=inside(pid), batch=["link set lo up", *(f"addr add {BENCH}{last}/16 dev eth0" for last in HOSTS[host]), "link set eth0 up"])
    if done.returncode != 0:
        raise Problem(f"can't connect the hosts ({done.stderr.strip()}); --loopback does without")


def holder():
    """The command whose process holds a new namespace for as long as it lives."""
    return [find("unshare"), "--net", find("sleep"), "infinity"]


def inside(pid):
    """What to put before a command so that it runs on that host."""
    return [find("nsenter"), f"--net=/proc/{pid}/ns/net"]


def has_own_network(pid):
    return os.readlink(f"/proc/{pid}/ns/net") != os.readlink("/proc/self/ns/net")


def disconnect():
    """Takes the bridge and the cards away at once; with the holders' ends they would go, too, but some time later."""
    ip("-force", batch=[f"link del home-{host}" for host in HOSTS] + [f"link del {BRIDGE}"])
