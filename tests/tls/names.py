"""Names of suites and groups, taken from the source of the program under test: the numbers are compared, the names only shown."""

import pathlib
import re

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "src/probes/tls"
GROUPS = {1: "sect163k1", 23: "secp256r1", 24: "secp384r1", 25: "secp521r1", 26: "brainpoolP256r1", 27: "brainpoolP384r1", 28: "brainpoolP512r1",
          22: "secp256k1", 29: "x25519", 30: "x448", 41: "curveSM2", 256: "ffdhe2048", 257: "ffdhe3072", 258: "ffdhe4096", 259: "ffdhe6144",
          260: "ffdhe8192", 0x11EB: "SecP256r1MLKEM768", 0x11EC: "X25519MLKEM768", 0x11ED: "SecP384r1MLKEM1024", 0x11EE: "curveSM2MLKEM768"}
SUITES = {int(number, 16): name for path in sorted(FOLDER.glob("suites.*"))
          for number, name in re.findall(r'\{0x([0-9A-Fa-f]+), "([^"]+)"', path.read_text())}


def suite(number):
    return SUITES.get(number, f"{number:#06x}")


def group(number):
    return GROUPS.get(number, f"{number:#06x}")
