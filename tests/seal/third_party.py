#!/usr/bin/env python3
"""Checks the seal of a run with nothing of Lintel: Python's own library and openssl. docs/sealing.md says what is done here and why.

Usage: third_party.py RUN [CA.pem]      without CA.pem, whose key signed is not judged. SM2 and Ed25519 signatures need another CMS tool.
"""
import hashlib
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile

TABLES = "meta document job observation blob attestation waiver verdict".split()
PLAIN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/@+-"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def read_seal(data):
    """Where the database ends, the manifest, the CMS signature."""
    end = re.fullmatch(rb"end (\d{20}) ([0-9a-f]{64})\n", data[-90:])
    begin = len(data) - int(end[1])
    block = data[begin:]
    assert sha256(block[:-90]).encode() == end[2], "the block is damaged"
    first, rest = block[:-90].split(b"\n", 1)
    assert first == b"LINTEL-SEAL/1"
    sections = []
    for name in (b"manifest", b"cms"):
        line, rest = rest.split(b"\n", 1)
        word, size, digest = line.split(b" ")
        assert word == name and sha256(rest[: int(size)]).encode() == digest, name
        sections.append(rest[: int(size)])
        rest = rest[int(size):]
    assert rest == b""
    return begin, *sections


def write_seal(database, manifest, cms):
    block = b"LINTEL-SEAL/1\n"
    for name, content in (("manifest", manifest), ("cms", cms)):
        block += f"{name} {len(content)} {sha256(content)}\n".encode() + content
    return database + block + f"end {len(block) + 90:020} {sha256(block)}\n".encode()


def escape(key):
    return "".join(chr(c) if c in PLAIN else f"%{c:02X}" for c in key.encode())


def column(value):
    if value is None:
        return b"n,"
    if isinstance(value, int):
        return b"i%d," % value
    if isinstance(value, str):
        value = value.encode()
        return b"t%d:%s," % (len(value), value)
    return b"b%d:%s," % (len(value), value)


def content_lines(database):
    """The lines of the manifest that are about the file: database-bytes, database-sha256, page, row."""
    lines = [f"database-bytes {len(database)}", f"database-sha256 {sha256(database)}"]
    lines += [f"page {at // 4096 + 1:010} {sha256(database[at:at + 4096])}" for at in range(0, len(database), 4096)]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "run.db")
        path.write_bytes(database)
        connection = sqlite3.connect(path)
        for table in TABLES:
            for row in connection.execute(f"SELECT * FROM {table}"):
                key = str(row[0]) if isinstance(row[0], int) else escape(row[0])
                lines.append(f"row {table} {key} {sha256(b''.join(column(value) for value in row))}")
        connection.close()
    return lines


def head_lines(manifest):
    """The others."""
    return [line for line in manifest.decode().splitlines()[1:] if not re.match("database-bytes|database-sha256|page|row ", line)]


def make_manifest(head, content):
    return ("lintel-seal/1\n" + "".join(line + "\n" for line in sorted(head + content, key=str.encode))).encode()


def openssl_verifies(manifest, cms, ca=None):
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "manifest").write_bytes(manifest)
        pathlib.Path(folder, "cms").write_bytes(cms)
        trust = ["-CAfile", ca] if ca else ["-noverify"]
        return subprocess.run(["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", f"{folder}/cms", "-content", f"{folder}/manifest",
                               "-purpose", "any", "-out", "/dev/null", *trust], capture_output=True, text=True, check=False)


def main():
    data = pathlib.Path(sys.argv[1]).read_bytes()
    begin, manifest, cms = read_seal(data)
    signed = openssl_verifies(manifest, cms, sys.argv[2] if len(sys.argv) > 2 else None)
    same = make_manifest(head_lines(manifest), content_lines(data[:begin])) == manifest
    print(f"signature: {signed.stderr.strip()}\ncontent: {'as sealed' if same else 'CHANGED'}")
    return 0 if same and signed.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
