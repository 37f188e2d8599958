"""Finding and running the programs that the sample home is built from."""

import os
import shutil
import subprocess

PACKAGES = {"nginx": "nginx-light", "mosquitto": "mosquitto", "mosquitto_passwd": "mosquitto", "openssl": "openssl",
            "/usr/bin/python3": "python3", "coap-client-openssl": "libcoap3-bin"}
MODULES = {"cryptography": "python3-cryptography", "paho": "python3-paho-mqtt"}  # of Debian's python3


class Problem(Exception):
    """Something the user can put right; the text is the whole message, one line."""


def find(program):
    """Path of a program. nginx and mosquitto live in /usr/sbin, which an ordinary user's PATH leaves out."""
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/bin:/bin")


def need():
    missing = sorted({package for program, package in PACKAGES.items() if find(program) is None}
                     | {package for module, package in MODULES.items() if not os.path.isdir(f"/usr/lib/python3/dist-packages/{module}")})
    if missing:
        raise Problem(f"missing: {' '.join(missing)}; install with: apt-get install {' '.join(missing)}")


def call(program, *arguments, data=None, directory=None):
    """Runs a program to its end and returns what it printed; a failure becomes a Problem with its last line."""
    done = subprocess.run([find(program), *arguments], input=data, cwd=directory, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60, check=False)
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no message"]
        raise Problem(f"{program} {arguments[0]} failed with status {done.returncode}: {lines[-1]}")
    return done.stdout
