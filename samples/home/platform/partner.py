"""What other platforms may do here, each under its client certificate: read state, within the scope that was agreed, no more."""

import devices
import store
from flaws import flaw
from web import Answer, Call, Refused

SCOPES = {"CN=partner-lamps,O=Sample Home,C=CN": {"class": "lamp", "area": "living", "users": ("alice",)},
          "CN=partner-hubs,O=Sample Home,C=CN": {"class": "hub", "area": "living", "users": ("alice",)}}


def _allowed(call: Call, row) -> bool:
    scope = SCOPES[call.partner]
    return (row["class"] == scope["class"] or flaw("6.2.5.c")) and row["area"] == scope["area"] and row["owner"] in scope["users"]


def listing(call: Call) -> Answer:
    return Answer([devices.shown(row) for row in store.run("SELECT * FROM devices ORDER BY name") if _allowed(call, row)])


def show(call: Call) -> Answer:
    row = store.one("SELECT * FROM devices WHERE id = ?", call.arguments["device"])
    if row is None or not _allowed(call, row):
        raise Refused(403, "outside of what was agreed")
    return Answer(devices.shown(row))
