"""One of the home's devices: lamp, hub or the neighbour's lamp. It keeps real state, takes signed commands over MQTT, reports over MQTT
and answers local control over HTTP on a unix socket behind nginx, the lamp over CoAP, too.
Usage: simulator.py NAME OWN_ADDRESS BROKER_ADDRESS BROKER_PORT"""

import http.server
import json
import os
import socketserver
import sys
import threading

import paho.mqtt.client as mqtt

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "platform"))

import coap  # noqa: E402
import signed  # noqa: E402
from flaws import flaw  # noqa: E402


class Device:
    def __init__(self, seed: dict, address: str, port: int):
        self.id, self.name, self.key = seed["id"], seed["name"], seed["key"].encode()
        self.state = {"on": False, "brightness": 0}
        self.lock, self.verifier = threading.Lock(), signed.Verifier()
        self.client = mqtt.Client(self.name, protocol=mqtt.MQTTv311)
        if self.name == "lamp" and flaw("6.3.3.a"):
            port = 1883
        else:
            self.client.tls_set("pki/ca.pem", f"pki/{self.name}-client.pem", f"pki/{self.name}-client.key")
        self.client.username_pw_set(self.name, seed["broker_password"])
        self.client.on_connect = lambda client, *_: client.subscribe(f"home/{self.name}/command", 1)
        self.client.on_subscribe = lambda *_: open(f"tmp/{self.name}.online", "w", encoding="ascii").close()
        self.client.on_message = lambda _client, _data, message: self.commanded(message.payload)
        self.client.reconnect_delay_set(1, 2)
        self.client.connect_async(address, port)
        self.client.loop_start()

    def change(self, wanted: dict) -> bool:
        """Takes over on and brightness; False, and nothing changes, when they make no sense."""
        on, brightness = wanted.get("on"), wanted.get("brightness")
        if not isinstance(on, bool) or type(brightness) is not int or not 0 <= brightness <= 100:
            return False
        with self.lock:
            self.state = {"on": on, "brightness": brightness}
        self.send("state", **self.state, cpu=7)
        return True

    def commanded(self, payload: bytes) -> None:
        signature, _, body = payload.partition(b"\n")
        try:
            wanted = self.verifier.check(self.id, self.key, body, signature.decode("ascii", "replace"))
        except signed.BadMessage as bad:
            self.send("result", ok=False, why=str(bad), reply_to="")
            return
        self.send("result", ok=self.change(wanted), reply_to=wanted["nonce"])

    def send(self, topic: str, **members) -> None:
        self.client.publish(f"home/{self.name}/{topic}", signed.make(self.key, self.id, **members), qos=1)


def local_control(path: str, device: Device) -> None:
    """GET / tells the state, PUT / changes it. nginx has asked for name and password."""

    class Handler(http.server.BaseHTTPRequestHandler):
        server_version, sys_version, timeout, wbufsize = "home", "", 75, -1

        def do_GET(self) -> None:
            self.answer(200, {"device": device.name, "power": "on" if device.state["on"] else "off", **device.state})

        def do_PUT(self) -> None:
            length = self.headers.get("Content-Length", "")
            try:
                wanted = json.loads(self.rfile.read(int(length) if length.isdecimal() and int(length) <= 1024 else 0))
            except (ValueError, RecursionError):
                wanted = None
            taken = isinstance(wanted, dict) and device.change(wanted)
            self.answer(200 if taken else 400, {"ok": taken})

        def answer(self, status: int, value: dict) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def address_string(self) -> str:
            return "nginx"

        def log_message(self, *_) -> None:
            """Nothing to tell."""

    class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
        daemon_threads = True

    threading.Thread(target=Server(path, Handler).serve_forever, daemon=True).start()


def main() -> None:
    name, own_address, broker, port = sys.argv[1:]
    with open("seed.json", encoding="utf-8") as file:
        seed = next(device for device in json.load(file)["devices"] if device["name"] == name)
    device = Device(seed, broker, int(port))
    if name in ("lamp", "hub"):
        local_control(f"{name}.sock", device)
    if name == "lamp":
        coap.serve(own_address, seed["coap_key"].encode(), lambda: device.state, device.change)
    threading.Event().wait()


if __name__ == "__main__":
    main()
