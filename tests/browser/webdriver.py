"""The little of the WebDriver protocol that these tests need, over plain HTTP to chromedriver on loopback."""
import base64
import json
import re
import subprocess
import urllib.request

CHROMIUM_FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
]


class Browser:
    def __init__(self, profile, flags=(), preferences=None):
        self.session = None
        self._start()
        try:
            options = {"binary": "/usr/bin/chromium", "args": [*CHROMIUM_FLAGS, "--user-data-dir=" + profile, *flags]}
            if preferences:
                options["prefs"] = preferences
            answer = self._call("POST", "/session", {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}})
            self.session = answer["sessionId"]
        except BaseException:
            self.close()
            raise

    def _start(self):
        # It takes a free port of IPv6 and then wants the same of IPv4, which another program may have by then.
        for _ in range(5):
            self.driver = subprocess.Popen(
                ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            said = ""
            for line in self.driver.stdout:
                said += line
                found = re.search(r"started successfully on port (\d+)", line)
                if found:
                    self.base = "http://127.0.0.1:" + found.group(1)
                    return
            self.close()
        raise RuntimeError("chromedriver did not start: " + said)

    def _call(self, method, path, body=None):
        prefix = "/session/" + self.session if self.session else ""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + prefix + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["value"]

    def open(self, url):
        self._call("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        return self._call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, selector):
        return next(iter(self._call("POST", "/element", {"using": "css selector", "value": selector}).values()))

    def click(self, selector):
        self._call("POST", "/element/%s/click" % self.find(selector), {})

    def type(self, selector, text):
        self._call("POST", "/element/%s/value" % self.find(selector), {"text": text})

    def shown(self, selector):
        """How many elements of the page take up room."""
        return self.run("return [...document.querySelectorAll(arguments[0])].filter(e => e.getClientRects().length).length", selector)

    def screenshot(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self._call("GET", "/screenshot")))

    def resize(self, width, height):
        self._call("POST", "/window/rect", {"width": width, "height": height})

    def log(self):
        return self._call("POST", "/se/log", {"type": "browser"})

    def close(self):
        try:
            if self.session:
                self._call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait(timeout=20)
