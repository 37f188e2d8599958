#!/usr/bin/env python3
"""Seals: made and checked by Lintel, by openssl, and by third_party.py; tampered with; and profiles that are pinned and signed.
Usage: seal_test.py LINTEL SOURCE"""
import json
import os
import pathlib
import random
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import hashes

import sqlite_pages
import third_party
from authority import DAY, NOW, Cms, Identity, Stamper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "schemas"))
from fits import misfits  # noqa: E402

SOURCE = pathlib.Path(sys.argv.pop(2)).resolve()
LINTEL = str(pathlib.Path(sys.argv.pop(1)).resolve())
TARGET = """lintel: target/1
id: few
name: {zh: 少, en: few}
profile: smart-home
limits: {deadline: 60s}
assets:
- id: cloud
  role: platform
  name: {zh: 云, en: cloud}
  hosts: [{address: 127.0.0.1, ports: "1-3"}]
"""
ANSWERS = """lintel: attestations/1
attestations:
- {clause: "%s", asset: cloud, verdict: pass, tester: A. Tester, at: "2026-11-01T00:00:00Z", evidence: [{file: one.txt}, {file: two.txt}]}
"""


def at(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


class Seal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="lintel-seal-")
        cls.addClassCleanup(holder.cleanup)
        cls.folder = pathlib.Path(holder.name)
        cls.root = Identity(cls.folder, "root", authority=True)
        cls.lab = Identity(cls.folder, "lab", cls.root)
        cls.clock = Identity(cls.folder, "clock", cls.root, kind="rsa", stamps=True, until=900 * DAY)
        cls.stamper = Stamper(cls.folder, cls.clock)
        cls.addClassCleanup(cls.stamper.close)
        (cls.folder / "few.yaml").write_text(TARGET)
        cls.call("scan", "few.yaml", "--report", "json", codes=(1, 3))
        cls.answer()
        cls.fresh = (cls.folder / "few.lintel").read_bytes()

    @classmethod
    def call(cls, *argv, codes=(0,), env=None, preexec_fn=None):
        done = subprocess.run([LINTEL, "--language", "en", *map(str, argv)], cwd=cls.folder, timeout=120, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, check=False, env={**os.environ, **(env or {})}, preexec_fn=preexec_fn)
        if done.returncode not in codes:
            raise AssertionError(f"lintel {' '.join(map(str, argv))}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    @classmethod
    def answer(cls):
        """Two pieces of evidence in the run."""
        run = json.loads((cls.folder / "few.json").read_text())
        clause = next(c["id"] for c in run["profile"]["clauses"] if c.get("attest") and c.get("subject") == "platform")
        for name in ("one", "two"):
            (cls.folder / f"{name}.txt").write_text(f"photograph {name}")
        (cls.folder / "answers.yaml").write_text(ANSWERS % clause)
        cls.call("judge", "few.lintel", "--attestations", "answers.yaml", "--write", codes=(1, 3))

    def run_file(self, content=None):
        path = self.folder / f"{self.id().split('.')[-1]}.lintel"
        path.write_bytes(content or self.fresh)
        return path

    def seal(self, *options, by=None, codes=(0,), path=None):
        path = path or self.run_file()
        by = by or self.lab
        self.call("seal", path, "--key", by.key, "--cert", by.pem, *options, codes=codes)
        return path

    def verify(self, path, *options, ca=None, code=0):
        done = self.call("verify", path, "--json", "--ca", (ca or self.root).pem, *options, codes=(code,))
        report = json.loads(done.stdout)
        self.assertEqual([], misfits(report))
        return report

    def check(self, report, name):
        return next(c for c in report["checks"] if c["check"] == name)

    def bad(self, report):
        return {c["check"]: c["code"] for c in report["checks"] if c["state"] == "bad"}

    # ---- both ways with openssl

    def test_openssl_takes_our_seals(self):
        for kind in ("rsa", "ec", "p384"):
            with self.subTest(kind=kind):
                lab = Identity(self.folder, "lab-" + kind, self.root, kind=kind)
                path = self.seal(by=lab)
                report = self.verify(path)
                self.assertEqual(("good", "CN=lab-" + kind), (report["result"], report["signer"]["subject"]))
                begin, manifest, cms = third_party.read_seal(path.read_bytes())
                done = third_party.openssl_verifies(manifest, cms, self.root.pem)
                self.assertEqual(0, done.returncode, done.stderr)
                self.assertNotEqual(0, third_party.openssl_verifies(manifest + b"\n", cms, self.root.pem).returncode)
                self.assertEqual(manifest, third_party.make_manifest(third_party.head_lines(manifest), third_party.content_lines(path.read_bytes()[:begin])))
                self.assertEqual(0, third_party_main(path, self.root.pem))

    def test_ed25519_and_sm2(self):
        path = self.seal(by=Identity(self.folder, "lab-ed", self.root, kind="ed25519"))
        self.assertIn("ed25519 with sha512", self.check(self.verify(path), "signature")["text"]["en"])
        key, pem = self.folder / "sm2.key", self.folder / "sm2.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "SM2", "-out", key], check=True, capture_output=True)
        subprocess.run(["openssl", "req", "-x509", "-new", "-key", key, "-sm3", "-sigopt", "distid:1234567812345678", "-subj", "/CN=SM2 lab", "-days", "9",
                        "-out", pem], check=True, capture_output=True)
        lab = type("Lab", (), {"key": key, "pem": pem})
        path = self.run_file()
        self.seal(by=lab, path=path)
        self.assertIn("sm2 with sm3", self.check(self.verify(path, ca=lab), "signature")["text"]["en"])

    def test_we_take_seals_of_openssl(self):
        path = self.seal()
        begin, manifest, _ = third_party.read_seal(path.read_bytes())
        for kind, options in (("ec", []), ("rsa", []), ("rsa", ["-keyopt", "rsa_padding_mode:pss"]), ("ec", ["-cades"]), ("p384", ["-md", "sha384"])):
            with self.subTest(kind=kind, options=options):
                lab = Identity(self.folder, "other", self.root, kind=kind)
                cms, manifest_of_lab = self.signed_by_openssl(manifest, lab, options)
                path.write_bytes(third_party.write_seal(path.read_bytes()[:begin], manifest_of_lab, cms))
                self.assertEqual("good", self.verify(path)["result"])

    def signed_by_openssl(self, manifest, lab, options=()):
        head = [line for line in third_party.head_lines(manifest) if not line.startswith(("signer ", "certificate "))]
        content = [line for line in manifest.decode().splitlines()[1:] if line not in head and not line.startswith(("signer ", "certificate "))]
        manifest = third_party.make_manifest(head + ["signer " + lab.certificate.fingerprint(hashes.SHA256()).hex()], content)
        (self.folder / "manifest").write_bytes(manifest)
        subprocess.run(["openssl", "cms", "-sign", "-binary", "-in", self.folder / "manifest", "-signer", lab.pem, "-inkey", lab.key, "-outform", "DER",
                        "-out", self.folder / "cms", *options], check=True, capture_output=True)
        return (self.folder / "cms").read_bytes(), manifest

    def test_time_stamps(self):
        self.stamper.asked.clear()
        path = self.seal("--tsa", self.stamper.url)
        (asked,) = self.stamper.asked
        self.assertEqual(("/tsr", "application/timestamp-query"), asked[:2])
        _, _, cms = third_party.read_seal(path.read_bytes())
        parts = Cms(cms)
        (self.folder / "token").write_bytes(parts.token)
        (self.folder / "signature").write_bytes(parts.signature)
        verify = ["openssl", "ts", "-verify", "-in", self.folder / "token", "-token_in", "-CAfile", self.root.pem, "-data"]
        self.assertIn("Verification: OK", subprocess.run([*verify, self.folder / "signature"], capture_output=True, text=True, check=True).stdout)
        self.assertNotEqual(0, subprocess.run([*verify, self.folder / "token"], capture_output=True, check=False).returncode)
        report = self.verify(path)
        self.assertEqual(("good", "CN=clock"), (report["result"], report["time_stamp"]["authority"]))
        # The lab's certificate ends after 30 days, the root too; with a root that lasts the time stamp keeps the seal good.
        later = at(NOW + 20 * DAY)
        self.assertEqual("good", self.verify(path, "--at", later)["result"])
        self.assertEqual({"time_stamp": "later"}, self.bad(self.verify(path, "--at", at(NOW - DAY / 2), code=1)))
        stranger = Identity(self.folder, "stranger", authority=True)
        report = self.verify(path, "--tsa-ca", stranger.pem, code=1)
        self.assertEqual({"time_stamp": "unknown_authority"}, self.bad(report))

    def test_time_stamp_outlives_the_certificate(self):
        root = Identity(self.folder, "long-root", authority=True, until=2000 * DAY)
        lab = Identity(self.folder, "short-lab", root, until=DAY)
        self.stamper.identity = Identity(self.folder, "long-clock", root, kind="rsa", stamps=True, until=1000 * DAY)
        path = self.seal("--tsa", self.stamper.url, by=lab)
        self.stamper.identity = self.clock
        self.assertEqual("good", self.verify(path, "--at", at(NOW + 500 * DAY), ca=root)["result"])
        self.assertEqual({"time_stamp": "expired", "certificate": "expired"}, self.bad(self.verify(path, "--at", at(NOW + 1500 * DAY), ca=root, code=1)))
        plain = self.seal(by=lab)
        report = self.verify(plain, "--at", at(NOW + 2 * DAY), ca=root, code=1)
        self.assertEqual({"certificate": "expired"}, self.bad(report))
        self.assertIn("no trusted time stamp", self.check(report, "certificate")["text"]["en"])

    def test_revoked_after_the_time_stamp(self):
        stamped = self.seal("--tsa", self.stamper.url)
        plain = self.folder / "plain.lintel"
        plain.write_bytes(self.fresh)
        self.seal(path=plain)
        options = ("--crl", "crl.pem", "--at", at(NOW + 2 * DAY))
        self.root.revoked_list(self.folder / "crl.pem", issued=DAY)
        self.assertEqual("good", self.verify(stamped, *options)["result"], "the list is newer than the time stamp")
        self.root.revoked_list(self.folder / "crl.pem", self.lab, issued=DAY, on=DAY, reason=x509.ReasonFlags.superseded)
        report = self.verify(stamped, *options)
        self.assertEqual(("good", "revoked_later"), (report["result"], self.check(report, "revocation")["code"]))
        self.assertIn(f"revoked at {at(NOW + DAY)}, superseded", self.check(report, "revocation")["text"]["en"])
        self.assertEqual({"certificate": "revoked"}, self.bad(self.verify(plain, *options, code=1)), "nothing shows that it was sealed before")
        self.root.revoked_list(self.folder / "crl.pem", self.lab, issued=DAY, on=DAY, reason=x509.ReasonFlags.key_compromise)
        report = self.verify(stamped, *options, code=1)
        self.assertEqual({"certificate": "revoked"}, self.bad(report))
        self.assertIn("key compromise, without the date since when", self.check(report, "certificate")["text"]["en"])
        self.root.revoked_list(self.folder / "crl.pem", self.lab, issued=DAY, on=-DAY / 2)
        self.assertEqual({"certificate": "revoked"}, self.bad(self.verify(stamped, *options, code=1)))

    def test_authorities_that_misbehave(self):
        path = self.run_file()
        normal = self.stamper.answer
        self.addCleanup(setattr, self.stamper, "answer", normal)
        other = lambda request: (200, self.stamper.reply(subprocess.run(["openssl", "ts", "-query", "-digest", "00" * 32, "-sha256", "-cert"],
                                                                         check=True, capture_output=True).stdout))
        for answer, words in ((lambda request: (500, b""), "HTTP status 500"), (lambda request: (200, b"<html>"), "no RFC 3161"),
                              (lambda request: (200, b"0" * (2 << 20)), "larger than"), (other, "not for this request"), (lambda request: (302, b""), "HTTP status 302")):
            with self.subTest(words=words):
                self.stamper.answer = answer
                done = self.call("seal", path, "--key", self.lab.key, "--cert", self.lab.pem, "--tsa", self.stamper.url, codes=(2,))
                self.assertIn(words, done.stderr)
                self.assertEqual(self.fresh, path.read_bytes(), "a seal that fails leaves no trace")
                self.assertEqual("not_sealed", self.verify(path, code=1)["result"])
        done = self.call("seal", path, "--key", self.lab.key, "--cert", self.lab.pem, "--tsa", "http://127.0.0.1:1/", codes=(2,))
        self.assertIn("time stamp of http://127.0.0.1:1/", done.stderr)
        self.assertEqual([], list(self.folder.glob(path.name + "?*")))

    def test_time_stamps_taken_away_and_exchanged(self):
        path = self.seal("--tsa", self.stamper.url)
        data = path.read_bytes()
        begin, manifest, cms = third_party.read_seal(data)
        put = lambda token: path.write_bytes(third_party.write_seal(data[:begin], manifest, Cms(cms).with_token(token)))
        put(Cms(cms).token)
        self.assertEqual("good", self.verify(path)["result"])
        put(None)
        self.assertEqual({"time_stamp": "removed"}, self.bad(self.verify(path, code=1)))
        put(self.stamper.stamp(b"something else"))
        report = self.verify(path, code=1)
        self.assertEqual({"time_stamp": "broken"}, self.bad(report))
        self.assertIn("it is for something else", self.check(report, "time_stamp")["text"]["en"])
        self.stamper.identity = Identity(self.folder, "clock-stranger", kind="rsa", stamps=True)
        put(self.stamper.stamp(Cms(cms).signature))
        self.stamper.identity = self.clock
        self.assertEqual({"time_stamp": "unknown_authority"}, self.bad(self.verify(path, code=1)))

    # ---- who may sign

    def test_certificates(self):
        path = self.seal()
        stranger = Identity(self.folder, "stranger", authority=True)
        self.assertEqual({"certificate": "unknown_authority"}, self.bad(self.verify(path, ca=stranger, code=1)))
        self.assertEqual({"certificate": "expired"}, self.bad(self.verify(path, "--at", at(NOW + 40 * DAY), code=1)))
        self.assertEqual({"certificate": "not_yet_valid"}, self.bad(self.verify(path, "--at", at(NOW - 40 * DAY), code=1)))
        self.root.revoked_list(self.folder / "crl.pem", self.lab)
        self.assertEqual({"certificate": "revoked"}, self.bad(self.verify(path, "--crl", "crl.pem", code=1)))
        self.root.revoked_list(self.folder / "crl.pem")
        self.assertEqual("good", self.verify(path, "--crl", "crl.pem")["result"])
        done = self.call("verify", path, codes=(3,))
        self.assertIn("nobody vouches for", done.stdout)
        self.assertEqual("good", self.verify(path, ca=self.lab)["result"], "a certificate may be given itself")

    def test_certificates_through_an_intermediate(self):
        middle = Identity(self.folder, "middle", self.root, authority=True)
        lab = Identity(self.folder, "under", middle)
        self.assertEqual({"certificate": "unknown_authority"}, self.bad(self.verify(self.seal(by=lab), code=1)))
        path = self.seal("--chain", middle.pem, by=lab)
        self.assertEqual("good", self.verify(path)["result"])
        # Another certificate beside the signer's: it is not in the manifest.
        begin, manifest, _ = third_party.read_seal(path.read_bytes())
        cms, manifest = self.signed_by_openssl(manifest, lab, ["-certfile", str(middle.pem)])
        path.write_bytes(third_party.write_seal(path.read_bytes()[:begin], manifest, cms))
        self.assertEqual({"signature": "certificates"}, self.bad(self.verify(path, code=1)))

    def test_certificates_that_may_not_sign(self):
        unfit = Identity(self.folder, "unfit", self.root, usage=("key_encipherment",))
        done = self.call("seal", self.run_file(), "--key", unfit.key, "--cert", unfit.pem, codes=(2,))
        self.assertIn("its key usage lacks digitalSignature", done.stderr)
        path = self.seal()
        begin, manifest, _ = third_party.read_seal(path.read_bytes())
        cms, manifest = self.signed_by_openssl(manifest, unfit)
        path.write_bytes(third_party.write_seal(path.read_bytes()[:begin], manifest, cms))
        self.assertEqual({"certificate": "wrong_use"}, self.bad(self.verify(path, code=1)))
        over = Identity(self.folder, "over", self.root, since=-9 * DAY, until=-DAY)
        self.assertIn("not now", self.call("seal", self.run_file(), "--key", over.key, "--cert", over.pem, codes=(2,)).stderr)
        done = self.call("seal", self.run_file(), "--key", self.root.key, "--cert", self.lab.pem, codes=(2,))
        self.assertIn("the key is not this certificate's", done.stderr)

    def test_passphrases(self):
        key = self.folder / "locked.key"
        self.lab.encrypt(key, "correct horse")
        lab = type("Lab", (), {"key": key, "pem": self.lab.pem})
        (self.folder / "passphrase").write_text("correct horse\n")
        self.assertEqual("good", self.verify(self.seal("--passphrase", f"file:{self.folder / 'passphrase'}", by=lab))["result"])
        path = self.run_file()
        for options, env, words in (((), {}, "the key is encrypted"), (("--passphrase", "env:PASS"), {"PASS": "wrong horse"}, "does not open the key"),
                                    (("--passphrase", "env:PASS"), {}, "no such variable"), (("--passphrase", "correct horse"), {}, "never the passphrase itself")):
            done = self.call("seal", path, "--key", key, "--cert", self.lab.pem, *options, codes=(2,), env=env)
            self.assertIn(words, done.stderr)
            self.assertNotIn("horse", done.stderr + done.stdout)
        done = self.call("seal", path, "--key", key, "--cert", self.lab.pem, "--passphrase", "env:PASS", env={"PASS": "correct horse"})
        self.assertNotIn("horse", done.stderr + done.stdout)

    # ---- tampering

    def places_to_flip(self, data):
        """Offset: what lies there. The whole file by chance, SQLite's header, every page's header, free pages, gaps, and each line of the seal."""
        begin, manifest, cms = third_party.read_seal(data)
        database, chance = data[:begin], random.Random(4)
        places = dict.fromkeys(chance.sample(range(len(data)), 300), "anything")
        places |= dict.fromkeys([*range(0, 100, 3), 16, 18, 19, 24, 27, 28, 31, 92, 95, 96], "header")
        for at, header in sqlite_pages.tree_pages(database).items():
            places[header + chance.randrange(12 if database[header] in (2, 5) else 8)] = "page header"
        for at in sqlite_pages.page_starts(database):
            places.setdefault(at + (100 if at == 0 else 0), "page header")
        trunks, leaves = sqlite_pages.free_pages(database)
        self.assertTrue(trunks and len(leaves) > 3, "the file has free pages")
        for at in trunks:
            places |= dict.fromkeys((at + 3, at + 7, at + 11), "freelist") | dict.fromkeys((at + 4000, at + 4095), "unused")
        for at in leaves:
            places |= dict.fromkeys((at, at + chance.randrange(4096), at + 4095), "unused")
        gaps = sqlite_pages.gaps(database)
        self.assertGreater(len(gaps), 10)
        for first, end in gaps:
            places |= dict.fromkeys((first, chance.randrange(first, end), end - 1), "unused")
        sections = (begin, begin + 13, begin + 14, begin + 30, len(data) - 1, len(data) - 64, len(data) - 90, len(data) - 86, len(data) - 67,
                    data.index(manifest, begin) - 1, data.index(cms, begin) - 1, data.index(cms, begin), data.index(cms, begin) + 30)
        return begin, places | dict.fromkeys(sections, "seal")

    def test_flipped_bytes(self):
        path = self.run_file()
        connection = sqlite3.connect(path)  # evidence that nothing refers to: sealing drops it, its pages become free
        connection.execute("INSERT INTO blob VALUES (?, ?, ?)", ("0" * 64, 40000, os.urandom(40000)))
        connection.commit()
        connection.close()
        data = self.seal(path=path).read_bytes()
        begin, places = self.places_to_flip(data)
        self.assertGreater(len(places), 400)
        flip, kinds, named_rows, named_outside = random.Random(5), {}, 0, 0
        for place, what in sorted(places.items()):
            with self.subTest(place=place, what=what):
                kinds[what] = kinds.get(what, 0) + 1
                changed = bytearray(data)
                changed[place] ^= 1 << flip.randrange(8)
                path.write_bytes(changed)
                report = self.verify(path, code=1)
                self.assertEqual("seal_damaged" if place >= begin else "content_changed", report["result"])
                named = self.check(report, "seal")["text"]["en"] if place >= begin else json.dumps(self.check(report, "file")["places"])
                spans = [(int(a), int(b)) for a, b in re.findall(r"bytes (\d+) to (\d+)", named)]
                self.assertTrue(any(first <= place <= last for first, last in spans), (place, named))
                if place >= begin:
                    continue
                self.assertIn(f"page {place // 4096 + 1}, bytes", named)
                rows = self.check(report, "rows")
                self.assertEqual(rows["state"] == "good", "outside any row" in named, "no row differs, or one is named, or why none can be")
                self.assertTrue(rows["state"] == "good" or rows["places"] or "damaged" in rows["text"]["en"] or re.search("no Lintel run|has format", rows["text"]["en"]), rows)
                if what == "unused":
                    self.assertIn("outside any row", named)
                named_rows += bool(rows["places"])
                named_outside += "outside any row" in named
        self.assertEqual({"anything", "header", "page header", "freelist", "unused", "seal"}, set(kinds))
        self.assertGreater(min(named_rows, named_outside), 40)

    def test_what_is_wrong_is_said_apart(self):
        """Changed content, a bad signature, a stranger's signature, a bad time stamp and another judgement are different things."""
        path = self.seal("--tsa", self.stamper.url)
        sealed = path.read_bytes()
        begin, manifest, cms = third_party.read_seal(sealed)
        stranger = Identity(self.folder, "stranger", authority=True)
        signature = bytearray(cms)
        signature[cms.index(Cms(cms).signature) + len(Cms(cms).signature) - 1] ^= 1
        other = third_party.make_manifest([line.replace("sealed 2", "sealed 3") for line in third_party.head_lines(manifest)],
                                          third_party.content_lines(sealed[:begin]))
        changed = bytearray(sealed)
        changed[begin - 1] ^= 1
        lied = self.folder / "lied.lintel"
        lied.write_bytes(self.fresh)
        connection = sqlite3.connect(lied)
        connection.execute("DELETE FROM attestation")
        connection.commit()
        connection.close()
        lie = lied.read_bytes()
        cms_of_lie, manifest_of_lie = self.signed_by_openssl(third_party.make_manifest(
            ["sealed 2026-11-21T00:00:00Z", "time-stamp none", "tool 1"], third_party.content_lines(lie)), self.lab)
        for data, options, codes, words in (
                (sealed, {}, [], "the seal is good"),
                (sealed, {"ca": stranger}, ["time_stamp_bad", "chain_not_trusted"], "the signer's certificate is not trusted"),
                (sealed, {"ca": stranger, "tsa": self.root}, ["chain_not_trusted"], "few: the signer's certificate is not trusted"),
                (third_party.write_seal(sealed[:begin], manifest, bytes(signature)), {}, ["signature_bad"], "few: the signature is bad"),
                (third_party.write_seal(sealed[:begin], other, cms), {}, ["signature_bad"], "few: the signature is bad"),
                (third_party.write_seal(sealed[:begin], manifest, Cms(cms).with_token(None)), {}, ["time_stamp_bad"], "few: the time stamp is bad or not trusted"),
                (bytes(changed), {}, ["content_changed"], "few: the content was changed: "),
                (bytes(changed), {"ca": stranger, "tsa": self.root}, ["content_changed", "chain_not_trusted"], "; the signer's certificate is not trusted"),
                (third_party.write_seal(lie, manifest_of_lie, cms_of_lie), {}, ["judge_differs"], "few: judging the stored facts again does not give the same verdicts"),
                (sealed[:-1], {}, ["seal_damaged"], "few: the seal itself is damaged"),
                (self.fresh, {}, ["not_sealed"], "few: not sealed")):
            with self.subTest(codes=codes):
                path.write_bytes(data)
                stamper = ("--tsa-ca", options["tsa"].pem) if "tsa" in options else ()
                ca = options.get("ca", self.root)
                report = self.verify(path, *stamper, ca=ca, code=1 if codes else 0)
                self.assertEqual((codes, codes[0] if codes else "good"), (report["problems"], report["result"]))
                last = self.call("verify", path, "--ca", ca.pem, *stamper, codes=(1 if codes else 0,)).stdout.splitlines()[-1]
                self.assertIn(words, last.replace(str(path), "few"))

    def database(self, sealed):
        """The database of a sealed run, open for changes, and a function that puts the seal back."""
        begin, manifest, cms = third_party.read_seal(sealed.read_bytes())
        work = self.folder / "work.db"
        work.write_bytes(sealed.read_bytes()[:begin])
        connection = sqlite3.connect(work)

        def put_back(of=lambda database: manifest):
            connection.commit()
            connection.close()
            database = work.read_bytes()
            sealed.write_bytes(third_party.write_seal(database, of(database), cms))
        return connection, put_back, manifest

    def test_swapped_evidence(self):
        path = self.seal()
        connection, put_back, _ = self.database(path)
        rows = connection.execute("SELECT sha256, size, data FROM blob WHERE size = 14").fetchall()
        self.assertEqual(2, len(rows))
        for row, other in zip(rows, reversed(rows)):
            connection.execute("UPDATE blob SET size = ?, data = ? WHERE sha256 = ?", (other[1], other[2], row[0]))
        put_back()
        report = self.verify(path, code=1)
        self.assertEqual({"file": "changed", "rows": "changed", "evidence": "changed"}, self.bad(report))
        named = {place["place"]["en"] for place in self.check(report, "evidence")["places"]}
        self.assertEqual({"evidence one.txt", "evidence two.txt"}, named)
        self.assertIn("evidence one.txt of the answer to clause", json.dumps(self.check(report, "rows")["places"]))

    def test_altered_verdict(self):
        path = self.seal()
        connection, put_back, manifest = self.database(path)
        position, clause = connection.execute("SELECT position, clause FROM verdict WHERE verdict != 'pass'").fetchone()
        connection.execute("UPDATE verdict SET verdict = 'pass' WHERE position = ?", (position,))
        put_back()
        report = self.verify(path, code=1)
        self.assertEqual({"file": "changed", "rows": "changed", "verdicts": "unreadable"}, self.bad(report), "the column and its record differ")
        (place,) = self.check(report, "rows")["places"]
        self.assertEqual(f"table verdict, row {position} (clause {clause})", place["place"]["en"])
        self.assertRegex(place["expected"] + place["found"], "^[0-9a-f]{128}$")
        # Every digest made anew: then the signature is over something else.
        begin, _, cms = third_party.read_seal(path.read_bytes())
        database = path.read_bytes()[:begin]
        forged = third_party.make_manifest(third_party.head_lines(manifest), third_party.content_lines(database))
        path.write_bytes(third_party.write_seal(database, forged, cms))
        report = self.verify(path, code=1)
        self.assertEqual({"signature": "broken", "verdicts": "unreadable"}, self.bad(report))
        self.assertIn("it is over other content", self.check(report, "signature")["text"]["en"])

    def test_damaged_rows_are_named_too(self):
        """What can't even be unpacked."""
        path = self.seal()
        connection, put_back, _ = self.database(path)
        for table, key in (("verdict", "position"), ("observation", "job")):
            row = connection.execute(f"SELECT {key}, data FROM {table} LIMIT 1 OFFSET 0").fetchone()
            connection.execute(f"UPDATE {table} SET data = ? WHERE {key} = ?", (row[1][:-1] + bytes([row[1][-1] ^ 1]), row[0]))
        put_back()
        report = self.verify(path, code=1)
        places = " ".join(place["place"]["en"] for place in self.check(report, "rows")["places"])
        self.assertRegex(places, r"table observation, row [0-9a-f]+ \(probe ports on cloud .*table verdict, row 0 \(clause ")
        self.assertEqual("unreadable", self.check(report, "verdicts")["code"])

    def test_added_and_removed_rows(self):
        path = self.seal()
        connection, put_back, _ = self.database(path)
        connection.execute("DELETE FROM waiver")
        connection.execute("DELETE FROM attestation")
        connection.execute("INSERT INTO meta VALUES ('a key', 'x')")
        put_back()
        report = self.verify(path, code=1)
        places = {place["place"]["en"]: (place["expected"] == "", place["found"] == "") for place in self.check(report, "rows")["places"]}
        self.assertEqual({"table attestation, row 0": (False, True), "table meta, row a%20key": (True, False)}, places)

    def test_a_sealed_lie_is_told_by_judging(self):
        """Who has the key may sign anything; judging the facts again still tells."""
        path = self.run_file()
        connection = sqlite3.connect(path)
        connection.execute("DELETE FROM attestation")
        connection.commit()
        connection.close()
        done = self.call("seal", path, "--key", self.lab.key, "--cert", self.lab.pem, codes=(2,))
        self.assertIn("judging it again gives other verdicts", done.stderr)

    def test_journals_beside_a_sealed_run(self):
        path = self.seal()
        for suffix in ("-wal", "-journal"):
            beside = pathlib.Path(str(path) + suffix)
            beside.write_bytes(b"x")
            self.assertIn("a journal lies beside", json.dumps(self.verify(path, code=1)))
            beside.unlink()
        path.write_bytes(path.read_bytes() + b"x")
        self.assertEqual({"seal": "damaged"}, self.bad(self.verify(path, code=1)))
        path.write_bytes(path.read_bytes()[:-1000])
        self.assertEqual({"seal": "damaged"}, self.bad(self.verify(path, code=1)))

    # ---- what a seal keeps from happening

    def test_sealed_runs_stay_as_they_are(self):
        path = self.seal(path=self.folder / "few.lintel")
        sealed = path.read_bytes()
        for argv in (("judge", path, "--write"), ("scan", "few.yaml", "--overwrite", "--report", "json"), ("scan", "few.yaml", "--resume", path),
                     ("seal", path, "--key", self.lab.key, "--cert", self.lab.pem)):
            done = self.call(*argv, codes=(2,))
            self.assertIn("is sealed and stays as it is", done.stderr)
            self.assertEqual(sealed, path.read_bytes())
        self.call("judge", path, codes=(1, 3))
        self.call("report", path, "--report", "json", "--out", "report", codes=(0,))
        self.seal("--break-seal", path=path)
        self.assertNotEqual(sealed, path.read_bytes())
        self.assertEqual("good", self.verify(path)["result"])
        self.call("judge", path, "--write", "--break-seal", codes=(1, 3))
        self.assertEqual({"seal": "not_sealed"}, self.bad(self.verify(path, code=1)))
        path.write_bytes(self.fresh)

    def test_a_seal_goes_only_with_what_replaces_it(self):
        path = self.seal()
        sealed = path.read_bytes()
        sign = ("--key", self.lab.key, "--cert", self.lab.pem)
        small = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))  # as a disk that is full
        for argv, words, limit in ((("judge", path, "--write", "--break-seal", "--attestations", "none.yaml"), "none.yaml", None),
                                   (("judge", path, "--write", "--break-seal", "--now", "yesterday"), "yesterday", None),
                                   (("judge", path, "--write", "--break-seal"), "can't write", small),
                                   (("assess", path, "--break-seal", "--answers", "none.yaml"), "none.yaml", None),
                                   (("assess", path, "--break-seal", "--clause", "99.z"), "99.z", None),
                                   (("seal", path, "--break-seal", *sign, "--tsa", "http://127.0.0.1:1/"), "time stamp of", None),
                                   (("seal", path, "--break-seal", *sign), "can't write", small)):
            with self.subTest(argv=argv):
                done = self.call(*argv, codes=(2,), preexec_fn=limit)
                self.assertIn(words, done.stderr)
                self.assertEqual(sealed, path.read_bytes())
                self.assertEqual([], list(self.folder.glob(path.name + "?*")))
        self.call("assess", path, "--break-seal", codes=(0, 1, 3))  # nobody answers
        self.assertEqual(sealed, path.read_bytes())
        self.call("assess", path, "--break-seal", "--answers", "answers.yaml", codes=(0, 1, 3))  # they are in it already
        self.assertEqual(sealed, path.read_bytes())
        (self.folder / "more.yaml").write_text((self.folder / "answers.yaml").read_text().replace("A. Tester", "B. Tester"))
        self.call("assess", path, "--break-seal", "--answers", "more.yaml", codes=(0, 1, 3))
        self.assertEqual("not_sealed", self.verify(path, code=1)["result"])
        connection = sqlite3.connect(path)
        self.assertEqual(2, connection.execute("SELECT count(*) FROM attestation").fetchone()[0])
        connection.close()

    def test_interrupted_runs_are_not_sealed(self):
        for change, words in (("UPDATE meta SET value = '0' WHERE key = 'complete'", "0 of 1 looks"), ("DELETE FROM observation", "1 of 1 looks")):
            path = self.run_file()
            connection = sqlite3.connect(path)
            connection.execute(change)
            connection.commit()
            connection.close()
            before = path.read_bytes()
            done = self.call("seal", path, "--key", self.lab.key, "--cert", self.lab.pem, codes=(2,))
            self.assertIn(f"{path} was interrupted, {words} are not finished; `lintel scan few.yaml --resume {path}` does the rest", done.stderr)
            self.assertEqual(before, path.read_bytes())

    def test_usage(self):
        self.assertIn("no Lintel run file", self.call("verify", "few.yaml", codes=(2,)).stderr)
        self.assertIn("No such file", self.call("verify", "none.lintel", codes=(2,)).stderr)
        path = self.seal()
        self.assertIn("--at yesterday", self.call("verify", path, "--at", "yesterday", codes=(2,)).stderr)
        self.assertIn("no certificate in PEM", self.call("verify", path, "--ca", "few.yaml", codes=(2,)).stderr)
        self.assertIn("no revocation list", self.call("verify", path, "--ca", self.root.pem, "--crl", "few.yaml", codes=(2,)).stderr)
        self.assertIn("封存有效", subprocess.run([LINTEL, "--language", "zh", "verify", path, "--ca", self.root.pem], capture_output=True, text=True, check=True).stdout)


def third_party_main(path, ca):
    script = pathlib.Path(third_party.__file__)
    return subprocess.run([sys.executable, script, path, ca], capture_output=True, check=False).returncode


class Profiles(unittest.TestCase):
    """A signed copy of the profile in the source."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="lintel-profile-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        for name in ("profiles/smart-home", "checks"):
            shutil.copytree(SOURCE / name, self.folder / name)
        self.profile = self.folder / "profiles/smart-home"
        self.root = Identity(self.folder, "root", authority=True)
        self.lab = Identity(self.folder, "lab", self.root)
        (self.folder / "few.yaml").write_text(TARGET.replace("profile: smart-home", f"profile: {self.profile}"))

    def call(self, *argv, codes=(0,)):
        done = subprocess.run([LINTEL, "--language", "en", *map(str, argv)], cwd=self.folder, timeout=120, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, check=False)
        self.assertIn(done.returncode, codes, done.stdout + done.stderr)
        return done

    def scan(self, *options, codes=(1, 3)):
        return self.call("scan", "few.yaml", "--overwrite", "--report", "json", *options, codes=codes).stderr

    def sign(self):
        self.call("profile", "pin", self.profile)
        self.call("profile", "sign", self.profile, "--key", self.lab.key, "--cert", self.lab.pem)

    def test_signed_profiles(self):
        trusted = ("--require-signed", "--ca", self.root.pem)
        self.assertIn("is not signed", self.scan(*trusted, codes=(2,)))
        self.assertIn("`lintel profile pin` makes it", self.call("profile", "sign", self.profile, "--key", self.lab.key, "--cert", self.lab.pem, codes=(2,)).stderr)
        self.sign()
        self.assertIn("needs --ca", self.scan("--require-signed", codes=(2,)))
        self.scan(*trusted)
        self.call("judge", "few.lintel", *trusted, codes=(1, 3))
        subprocess.run(["sha256sum", "--quiet", "--strict", "-c", "profile.lock"], cwd=self.profile, check=True)
        subprocess.run(["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", self.profile / "profile.lock.p7s", "-content", self.profile / "profile.lock",
                        "-CAfile", self.root.pem, "-purpose", "any", "-out", "/dev/null"], check=True, capture_output=True)
        stranger = Identity(self.folder, "stranger", authority=True)
        self.assertIn("not issued by a given authority", self.scan("--require-signed", "--ca", stranger.pem, codes=(2,)))

    def test_changes_after_signing(self):
        self.sign()
        trusted = ("--require-signed", "--ca", self.root.pem)
        self.scan(*trusted)
        locked = (self.profile / "profile.lock").read_text()
        names = [line[66:] for line in locked.splitlines() if not line.startswith("#")]
        self.assertIn("profile.yaml", names)
        self.assertGreater(sum(name.startswith("../../checks/") for name in names), 50)
        for name in (names[0], next(n for n in names if not n.startswith("..") and n != "profile.yaml"), "profile.yaml"):
            path = self.profile / name
            before = path.read_text()
            path.write_text(before + "\n# changed\n")
            for options in (trusted, ()):  # a lock counts, signed or not
                self.assertIn(f"{name} has changed: its SHA-256 is ", self.scan(*options, codes=(2,)))
            self.assertIn(f"{name} has changed", self.call("judge", "few.lintel", *trusted, codes=(2,)).stderr)
            path.write_text(before)
        # A lock that fits the change, under the old signature.
        path = self.profile / "profile.yaml"
        signature = (self.profile / "profile.lock.p7s").read_bytes()
        path.write_text(path.read_text() + "\n# changed\n")
        self.call("profile", "pin", self.profile)
        self.assertFalse((self.profile / "profile.lock.p7s").exists(), "pinning anew takes the old signature away")
        self.scan()
        (self.profile / "profile.lock.p7s").write_bytes(signature)
        self.assertIn("it is over other content", self.scan(*trusted, codes=(2,)))
        # Lines too many and too few.
        self.call("profile", "pin", self.profile)
        locked = (self.profile / "profile.lock").read_text()
        (self.profile / "profile.lock").write_text(locked + "0" * 64 + "  ../../../../etc/passwd\n")
        self.assertIn("passwd is in", self.scan(codes=(2,)))
        (self.profile / "profile.lock").write_text("\n".join(line for line in locked.splitlines() if "profile.yaml" not in line))
        self.assertIn("profile.yaml is not in", self.scan(codes=(2,)))

    def test_a_run_of_another_profile(self):
        self.sign()
        self.scan()
        part = self.profile / "app.yaml"
        part.write_text(part.read_text().replace("zh: ", "zh: 新", 1))
        self.sign()
        done = self.call("judge", "few.lintel", "--require-signed", "--ca", self.root.pem, codes=(2,))
        self.assertIn("the profile in few.lintel is not the signed", done.stderr)


if __name__ == "__main__":
    unittest.main()
