"""Firmware for devices: the offer that fits the device's model, with digests and signature, and the image itself."""

import base64
import json

from web import Answer, Call, Refused

NAME = "offer"  # files of the one image that there is: offer.bin, offer.manifest.json, offer.sig


def _manifest() -> dict:
    with open(f"{NAME}.manifest.json", encoding="utf-8") as file:
        return json.load(file)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def offer(call: Call) -> Answer:
    """The next version for a device of this model, 204 when there is none. Never an older one."""
    manifest = _manifest()
    if call.device["model"] != "LAMP-1" or _numbers(call.query["version"]) >= _numbers(manifest["version"]):
        return Answer(b"", 204, "text/plain")
    with open(f"{NAME}.sig", "rb") as file:
        signature = base64.b64encode(file.read()).decode()
    return Answer({**manifest, "url": f"/api/device/firmware/{manifest['version']}", "signature": signature,
                   "signature_algorithm": "rsa-pkcs1-sha256"})


def image(call: Call) -> Answer:
    if call.arguments["version"] != _manifest()["version"]:
        raise Refused(404, "no such version")
    with open(f"{NAME}.bin", "rb") as file:
        return Answer(file.read(), kind="application/octet-stream")
