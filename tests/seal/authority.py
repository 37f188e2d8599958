"""Keys, certificates, and openssl as a time-stamping authority behind a small HTTP server on loopback; for tests only."""
import datetime
import http.server
import pathlib
import subprocess
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
DAY = datetime.timedelta(days=1)
MAKE = {"rsa": lambda: rsa.generate_private_key(65537, 2048), "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
        "p384": lambda: ec.generate_private_key(ec.SECP384R1()), "ed25519": ed25519.Ed25519PrivateKey.generate}


class Identity:
    """A key and its certificate, as NAME.key and NAME.pem in a folder."""

    def __init__(self, folder, name, issuer=None, kind="ec", usage=("digital_signature",), authority=False, stamps=False, since=-DAY, until=30 * DAY):
        self.name, self.private = name, MAKE[kind]()
        self.key, self.pem = pathlib.Path(folder, name + ".key"), pathlib.Path(folder, name + ".pem")
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        by = issuer or self
        wanted = ("key_cert_sign", "crl_sign") if authority else usage
        uses = "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign encipher_only decipher_only"
        builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.certificate.subject if issuer else subject)
                   .public_key(self.private.public_key()).serial_number(x509.random_serial_number())
                   .not_valid_before(NOW + since).not_valid_after(NOW + until)
                   .add_extension(x509.BasicConstraints(authority, None), True)
                   .add_extension(x509.KeyUsage(**{use: use in wanted for use in uses.split()}), True)
                   .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.private.public_key()), False))
        if stamps:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
        self.certificate = builder.sign(by.private, None if isinstance(by.private, ed25519.Ed25519PrivateKey) else hashes.SHA256())
        self.key.write_bytes(self.private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        self.pem.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def encrypt(self, path, passphrase):
        path.write_bytes(self.private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                                    serialization.BestAvailableEncryption(passphrase.encode())))

    def revoked_list(self, path, *revoked, issued=-DAY, on=-DAY, reason=None):
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject).last_update(NOW + issued).next_update(NOW + 30 * DAY)
        for one in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number).revocation_date(NOW + on)
            if reason:
                entry = entry.add_extension(x509.CRLReason(reason), False)
            builder = builder.add_revoked_certificate(entry.build())
        path.write_bytes(builder.sign(self.private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


CONFIGURATION = """[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class Stamper:
    """openssl's authority. `answer` may be replaced: it gets the request and gives (status, body)."""

    def __init__(self, folder, identity):
        self.folder, self.identity, self.asked = pathlib.Path(folder), identity, []
        (self.folder / "serial").write_text("01\n")
        (self.folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder))
        self.answer = lambda request: (200, self.reply(request))
        stamper = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stamper.asked.append((self.path, self.headers["Content-Type"], body))
                status, answer = stamper.answer(body)
                self.send_response(status)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/tsr"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def reply(self, request, token=False):
        query, answer = self.folder / "query", self.folder / "reply"
        query.write_bytes(request)
        subprocess.run(["openssl", "ts", "-reply", "-config", self.folder / "tsa.cnf", "-queryfile", query, "-signer", self.identity.pem,
                        "-inkey", self.identity.key, "-out", answer, *(["-token_out"] if token else [])], check=True, capture_output=True)
        return answer.read_bytes()

    def stamp(self, data):
        """A token over data."""
        (self.folder / "data").write_bytes(data)
        subprocess.run(["openssl", "ts", "-query", "-data", self.folder / "data", "-sha256", "-cert", "-out", self.folder / "asked"], check=True, capture_output=True)
        return self.reply((self.folder / "asked").read_bytes(), token=True)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


# Just enough DER to take a CMS signature apart and put it together again.
def element(data, at=0):
    """Tag, where the content begins, where it ends."""
    size, begin = data[at + 1], at + 2
    if size & 0x80:
        begin += size & 0x7F
        size = int.from_bytes(data[at + 2: begin], "big")
    return data[at], begin, begin + size


def children(data):
    parts, (_, at, end) = [], element(data)
    while at < end:
        after = element(data, at)[2]
        parts.append(data[at:after])
        at = after
    return parts


def build(tag, *parts):
    content = b"".join(parts)
    size = len(content)
    width = (size.bit_length() + 7) // 8
    return bytes([tag]) + (bytes([size]) if size < 128 else bytes([0x80 + width]) + size.to_bytes(width, "big")) + content


class Cms:
    """signer: the parts of SignerInfo; [5] is the signature, [6], when there, the unsigned attributes."""

    def __init__(self, der):
        self.kind, wrapped = children(der)
        self.parts = children(children(wrapped)[0])
        self.signer = children(children(self.parts[-1])[0])

    @property
    def signature(self):
        _, begin, end = element(self.signer[5])
        return self.signer[5][begin:end]

    @property
    def token(self):
        return children(children(children(self.signer[6])[0])[1])[0]

    def with_token(self, token):
        oid = bytes.fromhex("060b2a864886f70d010910020e")
        return self.encode(self.signer[:6] + ([build(0xA1, build(0x30, oid, build(0x31, token)))] if token else []))

    def encode(self, signer):
        return build(0x30, self.kind, build(0xA0, build(0x30, *self.parts[:-1], build(0x31, build(0x30, *signer)))))
