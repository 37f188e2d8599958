"""Encryption at rest (AES-256-GCM under a key of this installation) and masking."""

import base64
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from flaws import flaw

_key: AESGCM | None = None


def load_key(path: str) -> None:
    global _key  # one key a process, set once before the first request
    with open(path, "rb") as file:
        _key = AESGCM(bytes.fromhex(file.read().decode()))


def seal(content: bytes) -> bytes:
    nonce = os.urandom(12)
    return nonce + _key.encrypt(nonce, content, None)


def unseal(content: bytes) -> bytes:
    return _key.decrypt(content[:12], content[12:], None)


def seal_text(value: str) -> str:
    if flaw("6.3.5.c"):
        return value
    return "sealed:" + base64.b64encode(seal(value.encode())).decode()


def unseal_text(value: str) -> str:
    return unseal(base64.b64decode(value[7:])).decode() if value.startswith("sealed:") else value


def mask(phone: str) -> str:
    return phone[:3] + "****" + phone[-4:]
