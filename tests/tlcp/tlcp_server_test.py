"""The TLCP server program, asked by its own client: who gets the page, and who is refused with which alert."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv.pop(1)


class TlcpServer(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        subprocess.run([PROGRAM, "make", self.folder], check=True)

    def serve(self, *options):
        server = subprocess.Popen([PROGRAM, "serve", "127.0.0.1:0", self.folder, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait, 20)
        self.addCleanup(server.stdin.close)
        return "127.0.0.1:" + server.stdout.readline().split()[-1]

    def get(self, address, *words):
        done = subprocess.run([PROGRAM, "get", address, *words], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout

    def test_required(self):
        address = self.serve("--client", "required")
        for suite, name in (("E013", "ECC_SM4_CBC_SM3"), ("E053", "ECC_SM4_GCM_SM3"), ("E011", "ECDHE_SM4_CBC_SM3"), ("E051", "ECDHE_SM4_GCM_SM3")):
            code, page = self.get(address, self.folder, "client", "--suites", suite)
            self.assertEqual(code, 0, page)
            self.assertIn(f"HTTP/1.1 200 OK", page)
            self.assertIn(f"suite {name}\nclient CN=client\n", page)
            code, said = self.get(address, self.folder, "stranger", "--suites", suite)
            self.assertEqual(code, 1, said)
            self.assertIn("alert 48", said)
        code, said = self.get(address)
        self.assertEqual(code, 1, said)
        self.assertIn("alert 40", said)

    def test_optional_and_none(self):
        for mode in ("optional", "none"):
            code, page = self.get(self.serve("--client", mode))
            self.assertEqual(code, 0, page)
            self.assertIn("client none\n", page)

    def test_dialect(self):
        address = self.serve("--client", "required", "--dialect", "gmssl", "--suites", "E011,E013")
        self.assertEqual(self.get(address, self.folder, "client")[0], 1)
        code, page = self.get(address, self.folder, "client", "--dialect", "gmssl")
        self.assertEqual(code, 0, page)
        self.assertIn("ECDHE_SM4_CBC_SM3\nclient CN=client\n", page)


if __name__ == "__main__":
    unittest.main()
