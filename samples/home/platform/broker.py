"""The platform's side of MQTT: commands out, results and reports in. Debian's paho client, TLS with the platform's certificate."""

import queue
import threading

import paho.mqtt.client as mqtt

import audit
import signed
import store
import web

ANSWER_WITHIN = 3.0  # seconds
_waiting: dict[tuple[str, str], queue.SimpleQueue] = {}
_lock = threading.Lock()
_client: mqtt.Client | None = None
_verifier = signed.Verifier()


def start(address: str, port: int, password: str) -> None:
    """Connects in the background, and again whenever the broker goes away."""
    global _client
    _client = mqtt.Client("platform", protocol=mqtt.MQTTv311)
    _client.tls_set("pki/ca.pem", "pki/platform-client.pem", "pki/platform-client.key")
    _client.username_pw_set("platform", password)
    _client.on_connect = lambda client, *_: client.subscribe([("home/+/state", 1), ("home/+/result", 1)])
    _client.on_subscribe = lambda *_: open("tmp/platform.online", "w", encoding="ascii").close()
    _client.on_message = _received
    _client.reconnect_delay_set(1, 2)
    _client.connect_async(address, port)
    _client.loop_start()


def command(name: str, nonce: str, payload: bytes) -> dict | None:
    """What the device answered to the command with this nonce; None when it did not."""
    box = queue.SimpleQueue()
    with _lock:
        _waiting[name, nonce] = box
    try:
        _client.publish(f"home/{name}/command", payload, qos=1)
        return box.get(timeout=ANSWER_WITHIN)
    except queue.Empty:
        return None
    finally:
        with _lock:
            _waiting.pop((name, nonce), None)


def _received(_client, _data, message) -> None:
    import devices  # it needs us to send commands
    _, name, kind = message.topic.split("/")
    row = store.one("SELECT * FROM devices WHERE name = ?", name)
    signature, _, body = message.payload.partition(b"\n")
    text = signature.decode("ascii", "replace")
    if row is None:
        return
    try:
        if kind == "state":
            devices.take_report(row, body, text, "mqtt")
        else:
            answer = _verifier.check(row["id"], devices.key_of(row), body, text)
            if not answer.get("ok"):
                audit.record("device_command", "refused", device=row["id"], source="mqtt", why=str(answer.get("why", "")))
            with _lock:
                box = _waiting.get((name, str(answer.get("reply_to"))))
            if box:
                box.put(answer)
    except (signed.BadMessage, web.Refused) as bad:
        audit.record("device_message", "refused", device=row["id"], source="mqtt", why=str(bad))
