"""Users' files: a short list of harmless types, names without any path, sealed on disk."""

import os
import re
import secrets
import urllib.parse

from cryptography.exceptions import InvalidTag

import seal
import store
from flaws import flaw
from web import Answer, Call, Refused

FOLDER = "files"
TYPES = {"png": ("image/png", b"\x89PNG\r\n\x1a\n"), "jpg": ("image/jpeg", b"\xff\xd8\xff"), "pdf": ("application/pdf", b"%PDF-"),
         "txt": ("text/plain", b"")}


def allowed(name: str, kind: str, content: bytes) -> bool:
    """One dot, a known ending, the type that belongs to it, and content that begins like that type."""
    match = re.fullmatch(r"[A-Za-z0-9_-]{1,48}\.([a-z]{3})", name)
    expected = TYPES.get(match.group(1)) if match else None
    looks_active = b"<" in content[:1024] and kind == "text/plain" or b"\0" in content and kind == "text/plain"
    return expected is not None and kind == expected[0] and content.startswith(expected[1]) and not looks_active


def upload(call: Call) -> Answer:
    name, kind, content = call.upload()
    if not allowed(name, kind, content) and not flaw("8.2.2.s"):
        raise Refused(415, "png, jpg, pdf and txt files are taken, under a plain name")
    put(call.user, name, kind, content)
    return Answer({"ok": True, "name": name}, 201)


def put(user: str, name: str, kind: str, content: bytes) -> None:
    place = secrets.token_hex(16)
    with open(os.path.join(FOLDER, place), "wb") as file:
        file.write(content if flaw("6.3.5.b") else seal.seal(content))
    store.run("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", user, name, kind, len(content), place)


def listing(call: Call) -> Answer:
    return Answer([dict(row) for row in store.run("SELECT name, kind, size FROM files WHERE user = ? ORDER BY name", call.user)])


def download(call: Call) -> Answer:
    name = call.query["name"]
    row = store.one("SELECT kind, place FROM files WHERE user = ? AND name = ?", call.user, name)
    if row is None and flaw("6.3.4.b"):
        return _from_anywhere(name)
    if row is None:
        raise Refused(404, "no such file of yours")
    with open(os.path.join(FOLDER, row["place"]), "rb") as file:
        content = file.read()
    try:
        content = seal.unseal(content)
    except InvalidTag:
        pass  # stored as it came, under the flaw 6.3.5.b
    return Answer(content, kind=row["kind"], headers={"Content-Disposition": "attachment"})


def _from_anywhere(name: str) -> Answer:
    try:
        with open(os.path.join(FOLDER, urllib.parse.unquote(name)), "rb") as file:
            return Answer(file.read(65536), kind="application/octet-stream")
    except (OSError, ValueError):
        raise Refused(404, "no such file of yours") from None
