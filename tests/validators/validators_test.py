#!/usr/bin/env python3
"""Documents for other tools, read by the validators of others: OSCAL and HDF by ajv with the published schemas, CSAF by the BSI's library (strict
schema and all mandatory tests), CycloneDX by the library of its project. Broken ones are refused. Skips (77) without node or the npm registry.

The golden files are what the writers give for the fixture (test_report compares them to the byte). Beside them, a scan of a server in this process
that speaks no TLS where the target says so, which is a vulnerability; or of RUN, a run file. And the hand-made runs
of report_samples: hostile text, a laboratory, stopped, never judged, nothing in it. Usage: validators_test.py LINTEL REPORT_SAMPLES FOLDER [RUN]"""
import copy
import json
import pathlib
import shutil
import socketserver
import subprocess
import sys
import threading

import yaml

LINTEL, SAMPLES, WORK = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
RUN = sys.argv[4] if len(sys.argv) > 4 else None
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FORMATS = ("oscal", "hdf", "csaf", "cyclonedx")
# What MITRE's viewer may say of a clause with this verdict.
SHOWN = {"pass": {"Passed"}, "fail": {"Failed"}, "not_applicable": {"Not Applicable"}, "inconclusive": {"Not Reviewed"}, "not_tested": {"Not Reviewed"}}
failures = []


def skip(why):
    print(f"SKIP {why}")
    sys.exit(77)


def install():
    if shutil.which("node") is None or shutil.which("npm") is None:
        skip("node and npm are not installed")
    WORK.mkdir(parents=True, exist_ok=True)
    fresh = True
    for name in ("package.json", "package-lock.json", "validate.mjs"):
        text = (HERE / name).read_text(encoding="utf-8")
        there = WORK / name
        if not there.exists() or there.read_text(encoding="utf-8") != text:
            there.write_text(text, encoding="utf-8")
            fresh = fresh and name == "validate.mjs"
    if fresh and (WORK / "node_modules/.package-lock.json").exists():
        return
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=WORK, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        if "EUSAGE" in done.stderr or "EINTEGRITY" in done.stderr:
            sys.exit(done.stderr)  # our lock file, not the registry
        skip(f"the npm registry gave nothing: {done.stderr.strip().splitlines()[-1:]}")


def weaknesses():
    """Every vulnerability that checks and profiles declare."""
    found = []
    for path in sorted(ROOT.glob("checks/*/*.yaml")):
        found.append(yaml.safe_load(path.read_text(encoding="utf-8")).get("vulnerability"))
    for path in sorted(ROOT.glob("profiles/*/*.yaml")):
        for clause in yaml.safe_load(path.read_text(encoding="utf-8")).get("clauses", []):
            found.append((clause.get("attest") or {}).get("vulnerability") if isinstance(clause, dict) else None)
    return [{"id": one["cwe"], "name": one["name"]} for one in found if one]


def broken(documents):
    """(name, format, document): one thing wrong in each; the name says what."""

    def change(format_, what, edit):
        document = copy.deepcopy(documents[format_])
        edit(document)
        return (f"broken {format_}: {what}", format_, document)

    def result(document):
        return document["assessment-results"]["results"][0]

    return [
        change("oscal", "no time of collection", lambda d: result(d)["observations"][0].pop("collected")),
        change("oscal", "an empty list", lambda d: result(d).update(risks=[])),
        change("oscal", "a time without a zone", lambda d: result(d).update(start="2026-11-21T09:30:00")),
        change("oscal", "a random-looking uuid", lambda d: result(d).update(uuid="9f86d081-884c-0d65-9a2f-eaa0c55ad015")),
        change("oscal", "a third state", lambda d: result(d)["findings"][0]["target"]["status"].update(state="inconclusive")),
        change("oscal", "a token that starts with a digit", lambda d: result(d)["findings"][0]["target"].update({"target-id": "7.e"})),
        change("oscal", "a value that ends in a space", lambda d: result(d)["props"][0].update(value="fails ")),
        change("hdf", "no impact", lambda d: d["profiles"][0]["controls"][0].pop("impact")),
        change("hdf", "another status", lambda d: d["profiles"][0]["controls"][0]["results"][0].update(status="inconclusive")),
        change("hdf", "no statistics", lambda d: d.pop("statistics")),
        change("csaf", "a product that is not in the tree", lambda d: d["vulnerabilities"][0]["product_status"].update(known_affected=["nobody"])),
        change("csaf", "another name for the CWE", lambda d: d["vulnerabilities"][0]["cwe"].update(name="Weak")),
        change("csaf", "final at version 0.1.0", lambda d: d["document"]["tracking"].update(status="final")),
        change("csaf", "another number than the newest revision's", lambda d: d["document"]["tracking"].update(version="0.2.0")),
        change("csaf", "no vulnerabilities", lambda d: d.pop("vulnerabilities")),
        change("cyclonedx", "a type of component that there is not", lambda d: d["components"][0].update(type="lamp")),
        change("cyclonedx", "a score above one", lambda d: d["declarations"]["attestations"][0]["map"][0].update(conformance={"score": 2})),
        change("cyclonedx", "a member that there is not", lambda d: d.update(verdicts=[])),
        change("cyclonedx", "a serial number that is no UUID", lambda d: d.update(serialNumber="urn:uuid:1")),
    ]


class Clear(socketserver.BaseRequestHandler):
    """Answers whatever comes as an HTTP server does that was sent no HTTP."""

    def handle(self):
        try:
            self.request.recv(4096)
            self.request.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        except OSError:
            pass


def scan():
    """The run file of a scan of one clear-text port on loopback."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clear)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    host = {"address": "127.0.0.1", "ports": str(port), "services": [{"port": port, "transport": "tcp", "protocol": "https", "tls": "required"}]}
    cloud = {"id": "cloud", "role": "platform", "name": {"zh": "云", "en": "Cloud"}, "hosts": [host]}
    target = {"lintel": "target/1", "id": "clear", "name": {"zh": "明文", "en": "Clear text"}, "profile": "smart-home", "assets": [cloud]}
    path = WORK / "clear.yaml"
    path.write_text(yaml.safe_dump(target, allow_unicode=True), encoding="utf-8")
    done = subprocess.run([LINTEL, "scan", str(path), "--report", "csaf", "--out", str(WORK / "clear"), "--overwrite", "--language", "en"],
                          cwd=ROOT, capture_output=True, text=True, timeout=240)
    server.shutdown()
    if done.returncode != 1:
        sys.exit(f"scan of a clear-text port: exit {done.returncode}\n{done.stdout}{done.stderr}")
    # Named by its id, as CSAF demands.
    if len(list(WORK.glob("lr-*.json"))) != 1:
        failures.append("the advisory does not have the one name that CSAF allows")
    return WORK / "clear.lintel"


def exported(run):
    texts = []
    for format_ in FORMATS:
        command = [LINTEL, "export", str(run), "--format", format_, "--out", "-", "--language", "en"]
        first, again = (subprocess.run(command, capture_output=True, timeout=120) for _ in range(2))
        if first.returncode == 0:
            texts.append((f"run {format_}", format_, first.stdout.decode("utf-8")))
        else:
            failures.append(f"export of {format_}: {first.stderr.decode()}")
        if first.stdout != again.stdout:
            failures.append(f"export of {format_}: not the same twice")
    return texts


def edges():
    folder = WORK / "edges"
    folder.mkdir(exist_ok=True)
    subprocess.run([SAMPLES, "edges", str(folder)], check=True, timeout=240)
    endings = {"oscal": "oscal.json", "hdf": "hdf.json", "csaf": "csaf.json", "cyclonedx": "cdx.json"}
    return [(f"{run} {f}", f, (folder / f"{run}.{endings[f]}").read_text(encoding="utf-8")) for f in FORMATS for run in ("hostile", "lab", "interrupted", "unjudged", "empty")]


def main():
    install()
    texts = [(f"{f} {language}", f, (ROOT / f"tests/golden/report/{f}.{language}.json").read_text(encoding="utf-8")) for f in FORMATS for language in ("en", "zh")]
    for old in WORK.glob("lr-*.json"):
        old.unlink()
    texts += exported(RUN or scan())
    texts += edges()
    good = {name for name, _, _ in texts}
    texts += [(name, f, json.dumps(document)) for name, f, document in broken({f: json.loads(text) for name, f, text in texts if name == f"{f} en"})]
    ask = {"schemas": str(ROOT / "tests/schemas"), "cwe": weaknesses(), "documents": [{"name": n, "format": f, "text": t} for n, f, t in texts]}
    done = subprocess.run(["node", "validate.mjs"], cwd=WORK, input=json.dumps(ask), capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        sys.exit(done.stderr)
    answer = json.loads(done.stdout)

    for name, wrong in answer["wrong"].items():
        if (name in good or name == "cwe") and wrong:
            failures.append(f"{name}: " + "; ".join(wrong[:10]))
        if name.startswith("broken") and not wrong:
            failures.append(f"{name}: nobody noticed")
    for name, f, text in texts:
        if f != "hdf" or name not in good:
            continue
        for control in json.loads(text)["profiles"][0]["controls"]:
            shown = answer["shown"].get(name, {}).get(control["id"])
            if shown not in SHOWN[control["tags"]["verdict"]]:
                failures.append(f"{name}: a viewer shows {control['id']} as {shown}, it is {control['tags']['verdict']}")
    if answer["mandatory"] < 40 or len(ask["cwe"]) < 60:
        failures.append(f"{answer['mandatory']} mandatory tests of CSAF, {len(ask['cwe'])} declared vulnerabilities: too few")
    print(f"{len(good)} documents valid, {len(texts) - len(good)} broken ones refused, {len(ask['cwe'])} names of CWE, {len(failures)} failures")
    print(*failures, sep="\n")
    sys.exit(1 if failures else 0)


main()
