"""Runs a command beside the sample home, in a network namespace of its own where the machine allows that: the sweep of all ports
then sees the sample's servers only, and nothing that listens on the machine's own loopback."""

import os
import signal
import subprocess
import sys

from .tools import Problem, find


def enter_private_network(argv):
    """Starts this script again inside a new network namespace; returns only when the machine does not allow one."""
    tools = find("unshare"), find("ip")
    if all(tools):
        unshare = [tools[0], "--net"] if os.geteuid() == 0 else [tools[0], "--user", "--map-root-user", "--net"]
        trial = subprocess.run([*unshare, tools[1], "link", "set", "lo", "up"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, check=False)
        if trial.returncode == 0:
            sys.stdout.flush()
            again = [argv[0] if os.path.isabs(argv[0]) else os.path.abspath(argv[0]), "run", "--inside", "private", *argv[2:]]
            os.execv(unshare[0], [*unshare, sys.executable, *again])
    print("home: no private network here, using the shared loopback: other programs' open ports may show up", flush=True)


def raise_loopback():
    if subprocess.run([find("ip"), "link", "set", "lo", "up"], check=False).returncode != 0:
        raise Problem("can't bring up loopback inside the private network")


def run_command(argv, mask):
    """Runs the command to its end and returns its exit status the way a shell gives it (128 + signal number).

    Ctrl-C reaches the command from the terminal itself, so it is left alone here and the home stays up until the command
    has wound up; a signal that somebody sends to this process alone is passed on."""
    signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        try:
            command = subprocess.Popen(argv, umask=mask, preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_SETMASK, before))
        except OSError as error:
            print(f"home: can't run {argv[0]}: {error.strerror}", file=sys.stderr)
            return 127 if isinstance(error, FileNotFoundError) else 126
        while command.poll() is None:
            info = signal.sigwaitinfo(signals)
            from_somebody = info.si_code <= 0  # the kernel's own (a terminal's) are above zero
            if info.si_signo != signal.SIGCHLD and from_somebody:
                command.send_signal(info.si_signo)
        return command.returncode if command.returncode >= 0 else 128 - command.returncode
    finally:
        while signal.sigtimedwait(signals, 0) is not None:
            pass  # what came too late to matter
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
