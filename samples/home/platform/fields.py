"""What a parameter may look like. A route names its parameters with one of these; anything missing, unknown, repeated or
of another form is answered with 400."""

import json
import re
from typing import Any, Callable

from web import Refused

Kind = Callable[[Any], bool]


def text(pattern: str) -> Kind:
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def integer(least: int, most: int) -> Kind:
    return lambda value: type(value) is int and least <= value <= most


def boolean(value: Any) -> bool:
    return isinstance(value, bool)


def FLAG(value: Any) -> bool:
    return value in (True, False, "true", "false")


USER = text(r"[a-z][a-z0-9]{2,31}")
PASSWORD = text(r"[\x20-\x7e]{1,128}")
NEW_PASSWORD = text(r"[\x20-\x7e]{10,128}")
PHONE = text(r"1[0-9]{10}")
CODE = text(r"[0-9]{6}")
DEVICE = text(r"[0-9A-F]{24}")
TOKEN = text(r"[0-9a-f]{32}")
LINE = text(r"[^\x00-\x1f\x7f]{0,80}")
PATH = text(r"[^\x00-\x1f\x7f]{1,256}")
VERSION = text(r"[0-9]{1,3}(\.[0-9]{1,3}){1,3}")
MODEL = text(r"[A-Z0-9-]{1,16}")
NUMBER = text(r"[0-9]{1,9}")  # in a path or query, where everything is text
PERCENT = integer(0, 100)
MOMENT = integer(0, 2**40)


def check(wanted: dict[str, Kind], pairs: list[tuple[str, Any]], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name not in wanted or name in found or not wanted[name](value):
            raise Refused(400, "a parameter is unknown, repeated or not of the form that is wanted")
        found[name] = value
    if set(wanted) - set(optional) - set(found):
        raise Refused(400, "a parameter is missing")
    return found


def check_json(wanted: dict[str, Kind], raw: bytes) -> dict[str, Any]:
    """For messages, whose bytes are signed as they are."""
    try:
        pairs = json.loads(raw.decode("utf-8"), object_pairs_hook=list)
    except (ValueError, RecursionError):
        pairs = None
    if not isinstance(pairs, list) or not all(isinstance(pair, tuple) for pair in pairs):
        raise Refused(400, "a JSON object is wanted")
    return check(wanted, pairs)
