"""The one thing that `home --break NAME` spoils. Every flaw is asked for at exactly one place, so that nothing else changes."""

import os

ACTIVE = os.environ.get("HOME_FLAW", "")


def flaw(name: str) -> bool:
    return name == ACTIVE
