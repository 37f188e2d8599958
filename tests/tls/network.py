"""A network of one's own: nothing listens outside of it, and its counters count nobody else."""

import os
import subprocess
import sys

INSIDE = "LINTEL_TLS_TEST_INSIDE"


def enter():
    """Starts this program anew in a network of its own where the machine allows one; elsewhere it goes on where it is."""
    own = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
    if INSIDE in os.environ:
        return
    os.environ[INSIDE] = "1"
    if subprocess.run([*own, "ip", "link", "set", "lo", "up"], capture_output=True, check=False).returncode == 0:
        sys.stdout.flush()
        os.execvp("unshare", [*own, "sh", "-c", 'ip link set lo up && exec "$@"', "sh", sys.executable, *sys.argv])
