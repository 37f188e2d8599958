"""A browser, an app, a device or a partner in front of the sample platform, for the tests: real HTTPS through nginx."""

import hashlib
import hmac
import http.client
import json
import os
import secrets
import socket
import ssl
import time
import urllib.parse

LAMP, NEIGHBOUR, SPARE, HUB = ("01A1B2C300A0015F3C9A7100", "01A1B2C300A001C81E047D00", "01A1B2C300A00192D6B3FA00",
                               "01A1B2C300A002E70B94C600")


class Response:
    def __init__(self, answer, body):
        self.status, self.headers, self.body = answer.status, answer.headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")


class Client:
    def __init__(self, home, source="127.0.0.1", port=8443, certificate=None, cookie=""):
        self.home, self.source, self.port, self.cookie = home, source, port, cookie
        self.context = ssl.create_default_context(cafile=home.path("pki/ca.pem"))
        if certificate:
            self.context.load_cert_chain(home.path(f"pki/{certificate}.pem"), home.path(f"pki/{certificate}.key"))
        self.connection = None

    def connect(self):
        self.close()
        raw = socket.create_connection(("127.0.10.1", self.port), timeout=20, source_address=(self.source, 0))
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection = http.client.HTTPConnection("home.example", self.port)
        self.connection.sock = self.context.wrap_socket(raw, server_hostname="home.example")
        self.connection.auto_open = 0

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def call(self, method, path, body=None, form=None, headers=None, raw=None):
        """One request; keeps the cookie SID as a browser does."""
        headers = dict(headers or {})
        if body is not None:
            raw, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        if form is not None:
            raw, headers["Content-Type"] = urllib.parse.urlencode(form).encode(), "application/x-www-form-urlencoded"
        if self.cookie:
            headers["Cookie"] = f"SID={self.cookie}"
        if self.connection is None:
            self.connect()
        self.connection.request(method, path, raw, headers)
        answer = self.connection.getresponse()
        response = Response(answer, answer.read())
        if answer.will_close:
            self.close()
        for value in answer.headers.get_all("Set-Cookie", []):
            self.cookie = value.partition(";")[0].removeprefix("SID=")
        return response

    def get(self, path, **options):
        return self.call("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.call("POST", path, body, **options)

    def login(self, user, password=None):
        return self.post("/login", form={"user": user, "password": password or self.home.password(user)})

    def command(self, device="lamp", identifier=LAMP, on=True, brightness=50, at=None, nonce=None, signature=None, message=None):
        """A command as the app sends it; what is not given is right."""
        if message is None:
            message = command_body(identifier, on, brightness, at, nonce)
        if signature is None:
            signature = sign(self.home.key(device), message)
        headers = {"X-Signature": signature} if signature else {}
        return self.call("POST", f"/api/devices/{identifier}/commands", headers={**headers, "Content-Type": "application/json"}, raw=message)

    def upload(self, name, kind, content):
        head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'.encode()
        return self.call("POST", "/api/files", headers={"Content-Type": "multipart/form-data; boundary=b"}, raw=head + content + b"\r\n--b--\r\n")

    def as_device(self, method, path, device="lamp", identifier=LAMP, token=None, message=None):
        headers = {"X-Device": identifier, "Authorization": "Bearer " + (token or self.home.read(f"devices/{device}.token"))}
        if message is not None:
            headers |= {"X-Signature": sign(self.home.key(device), message), "Content-Type": "application/json"}
        return self.call(method, path, headers=headers, raw=message)

    def report(self, **members):
        body = {"device": LAMP, "at": int(time.time()), "nonce": secrets.token_hex(16), "on": False, "brightness": 0, "cpu": 5, **members}
        return self.as_device("POST", "/api/device/report", message=json.dumps(body).encode())


def command_body(identifier=LAMP, on=True, brightness=50, at=None, nonce=None):
    return json.dumps({"device": identifier, "at": at or int(time.time()), "nonce": nonce or secrets.token_hex(16), "on": on,
                       "brightness": brightness}).encode()


def sign(key, message):
    return hmac.new(key, message, hashlib.sha256).hexdigest()


class Home:
    """The run directory of a home, and who lives there."""

    def __init__(self, directory):
        self.directory, self.clients, self.sources = directory, [], 0

    def path(self, name):
        return os.path.join(self.directory, name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def password(self, user):
        return self.read("password" if user == "tester" else f"users/{user}.password")

    def key(self, device):
        return self.read(f"devices/{device}.key").encode()

    def client(self, user=None, **options):
        """A new client, logged in when a user is named."""
        client = Client(self, **options)
        self.clients.append(client)
        if user:
            answer = client.login(user)
            assert answer.status == 200, answer.text
        return client

    def stranger(self, **options):
        """A client at an address that nobody had before, so that no limit is used up yet."""
        self.sources += 1
        return self.client(source=f"127.0.{1 + self.sources // 250}.{1 + self.sources % 250}", **options)

    def close(self):
        for client in self.clients:
            client.close()
        self.clients.clear()

    def audit(self, **wanted):
        """Audit records whose members are as wanted."""
        lines = self.client("audrey").get("/api/audit").text.splitlines()
        return [r for r in map(json.loads, lines) if all(r.get(name.rstrip("_")) == value for name, value in wanted.items())]

    def alarms(self, kind):
        """Alarms of a type; those that lack theirs count as any."""
        return [alarm for alarm in self.client("audrey").get("/api/alarms").json if alarm["type"] in (kind, "")]

    def code(self, phone):
        return self.read(f"outbox/{phone}").split()[-1]
