"""Starts the platform in the run directory, which is the current one. Usage: main.py SOCKET BROKER_ADDRESS BROKER_PORT"""

import hashlib
import json
import os
import shutil
import sys

import accounts
import app
import audit
import broker
import files
import privacy
import seal
import store
import web


def fill(seed: dict) -> None:
    """A new, empty store with the first accounts and the devices that have been made."""
    for name in ("platform.db", privacy.REPLICA):
        for ending in ("", "-wal", "-shm"):
            if os.path.exists(name + ending):
                os.remove(name + ending)
    shutil.rmtree(files.FOLDER, ignore_errors=True)
    os.makedirs(files.FOLDER)
    store.create("platform.db")
    store.create(privacy.REPLICA, store.PEOPLE)
    for account in seed["accounts"]:
        accounts.add(account["user"], account["password"], account["role"], account["phone"])
        files.put(account["user"], "welcome.txt", "text/plain", f"Welcome to the sample home, {account['user']}.\n".encode())
    for device in seed["devices"]:
        store.run("INSERT INTO devices (id, name, class, area, model, key, token, owner) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                  device["id"], device["name"], device["class"], device["area"], device["model"], seal.seal_text(device["key"]),
                  hashlib.sha256(device["token"].encode()).hexdigest(), device["owner"])


def main() -> None:
    path, address, port = sys.argv[1:]
    with open("seed.json", encoding="utf-8") as file:
        seed = json.load(file)
    seal.load_key("keys/platform.seal")
    fill(seed)
    audit.begin()
    broker.start(address, int(port), seed["broker_password"])
    with web.server(path, app.serve) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
