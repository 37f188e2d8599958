"""Names of suites and groups, taken from the source of the program under test: the numbers are compared, the names only shown."""

import pathlib
import re

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "src/probes/tls"
GROUPS = {int(number): name for number, name in re.findall(r'\{(\d+), "([^"]+)", \d+', (FOLDER / "groups.cc").read_text())}
SUITES = {int(number, 16): name for path in sorted(FOLDER.glob("suites.*"))
          for number, name in re.findall(r'\{0x([0-9A-Fa-f]+), "([^"]+)"', path.read_text())}


def suite(number):
    return SUITES.get(number, f"{number:#06x}")


def group(number):
    return GROUPS.get(number, f"{number:#06x}")
