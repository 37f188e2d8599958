"""Makes the files of the sample home: certificates, passwords, firmware, identities, attestations. Nothing secret is in git;
all of it is made on the spot, in one directory, at each start."""

import datetime
import hashlib
import io
import json
import os
import re
import secrets
import shutil
import tarfile

from . import country_database, hosts, pictures
from .tools import Problem, call

DAYS = "397"  # far below the 825 days that clients accept
VENDOR, LAMP, HUB, NEXT = "A1B2C3", "00A001", "00A002", "00A003"
# Devices in use, with identities that a target file can name; all others differ from run to run.
DEVICES = [{"id": "01A1B2C300A0015F3C9A7100", "name": "lamp", "class": "lamp", "area": "living", "model": "LAMP-1", "owner": "alice"},
           {"id": "01A1B2C300A001C81E047D00", "name": "neighbour", "class": "lamp", "area": "next door", "model": "LAMP-1", "owner": "bob"},
           {"id": "01A1B2C300A00192D6B3FA00", "name": "spare", "class": "lamp", "area": "", "model": "LAMP-1", "owner": ""},
           {"id": "01A1B2C300A002E70B94C600", "name": "hub", "class": "hub", "area": "living", "model": "HUB-1", "owner": "alice"}]
ONLINE = ("lamp", "neighbour", "hub")  # the spare one is still in its box
ACCOUNTS = {"tester": "owner", "alice": "owner", "bob": "owner", "sam": "owner", "victor": "owner", "root": "admin", "audrey": "auditor",
            "dora": "owner"}


def make_directory(directory):
    try:
        os.makedirs(directory, mode=0o700, exist_ok=True)
    except OSError as error:
        raise Problem(f"can't make {directory}: {error.strerror}") from None
    if not os.access(directory, os.W_OK | os.X_OK):
        raise Problem(f"can't write to {directory}; give another one with --dir")


def target_path(here, directory, network):
    """The target as it is in git fits a home in run/ on the bench's addresses; any other gets one of its own."""
    own = directory != os.path.join(here, "run") or network != hosts.BENCH
    return os.path.join(directory if own else here, "target.yaml")


def make(here, directory, flaw, network):
    """Fills the directory anew. Requires: nothing of the home runs in it."""
    for name in ("pki", "keys", "logs", "tmp", "evidence", "users", "devices", "outbox", "files", "backup"):
        shutil.rmtree(os.path.join(directory, name), ignore_errors=True)
        os.makedirs(os.path.join(directory, name))
    one_key_for_all = flaw == "6.3.3.e"
    make_or_copy(directory, "pki", f"pki-{network}-{one_key_for_all}", lambda: certificates(directory, network, one_key_for_all))
    make_or_copy(directory, "keys", "keys", lambda: vendor_keys(directory))
    accounts(here, directory)
    for image, model, version in (("lamp", "LAMP-1", "2.4.1"), ("hub", "HUB-1", "1.8.0"), ("offer", "LAMP-1", "2.5.0")):
        firmware(directory, image, model, version, flaw if image == "offer" else None)
    lamps = identities(directory, "lamp", LAMP, 40, flaw)
    identities(directory, "hub", HUB, 40)
    identities(directory, "issued", NEXT, 200, "A.d" if flaw == "6.2.2.a" else None)
    receipts(directory, lamps, flaw)
    register(directory)
    country_database.write(os.path.join(directory, "countries.mmdb"), {f"{network}10.0/24": "CN", f"{network}20.0/24": "US"})
    pictures.make(os.path.join(directory, "lab"))
    documents(here, directory, network)


def make_or_copy(directory, name, kept_as, make):
    """Fills a folder with keys. A test that starts many homes names a folder in HOME_KEYS: what its first start made is copied from there."""
    folder, keep = os.path.join(directory, name), os.environ.get("HOME_KEYS")
    if not keep:
        make()
        return
    kept = os.path.join(keep, kept_as)
    if not os.path.isdir(kept):
        make()
        shutil.copytree(folder, kept)
    shutil.copytree(kept, folder, dirs_exist_ok=True)


def write(directory, name, text):
    with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
        file.write(text)


# ---- certificates and accounts

EC = ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")


def certificates(directory, network, one_key_for_all):
    """A CA, one server certificate a machine (no two share a key), one client certificate for each MQTT client and partner."""
    pki = os.path.join(directory, "pki")
    write(pki, "request.cnf", "[req]\ndistinguished_name = none\n[none]\n")  # nothing from the machine's own openssl.cnf
    certify(pki, "ca", "Sample Home CA", ["-newkey", *EC], "basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign")
    for name in ("cloud", "lamp", "hub"):
        host = "home.example" if name == "cloud" else f"{name}.home.example"
        issue(pki, name, host, "serverAuth", f"DNS:{host},IP:{network}{hosts.HOSTS[name][0]}", key_of="lamp" if one_key_for_all and name == "hub" else None)
    for name in ("platform", *ONLINE):
        issue(pki, f"{name}-client", name, "clientAuth", f"DNS:{name}.home.example")
    for name in ("partner-lamps", "partner-hubs"):
        issue(pki, name, name, "clientAuth", f"DNS:{name}.example")
    issue(pki, "line", "Sample Line", "codeSigning", "DNS:line.home.example")


def issue(pki, name, common_name, usage, names, key_of=None):
    key = ["-newkey", *EC]
    if key_of is not None:
        shutil.copyfile(os.path.join(pki, f"{key_of}.key"), os.path.join(pki, f"{name}.key"))
        key = ["-key", f"{name}.key"]
    certify(pki, name, common_name, ["-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "0x" + secrets.token_hex(15), *key],
            "basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature", f"extendedKeyUsage={usage}", f"subjectAltName={names}",
            "authorityKeyIdentifier=keyid")


def certify(pki, name, common_name, options, *extensions):
    """Key and certificate in one call of openssl, which costs more to start than to sign."""
    added = [word for extension in ("subjectKeyIdentifier=hash", *extensions) for word in ("-addext", extension)]
    call("openssl", "req", "-x509", "-config", "request.cnf", "-sha256", "-days", DAYS, "-subj", f"/C=CN/O=Sample Home/CN={common_name}",
         "-noenc", "-keyout", f"{name}.key", "-out", f"{name}.pem", *options, *added, directory=pki)


def accounts(here, directory):
    """Passwords of people, of devices at the broker, and of local control; keys and tokens of devices. All in 0600 files, and once
    more in seed.json for the platform and the simulators."""
    seed = {"accounts": [], "devices": [], "broker_password": secrets.token_urlsafe(18)}
    for number, (user, role) in enumerate(ACCOUNTS.items()):
        password = secrets.token_urlsafe(18)
        write(directory, "password" if user == "tester" else f"users/{user}.password", password)
        seed["accounts"].append({"user": user, "password": password, "role": role, "phone": f"1380013800{number}"})
    lines = [f"platform:{seed['broker_password']}\n"]
    for device in DEVICES:
        name, password = device["name"], secrets.token_urlsafe(18) if device["name"] in ONLINE else ""
        made = {**device, "key": secrets.token_hex(32), "token": secrets.token_hex(32), "broker_password": password,
                "coap_key": secrets.token_hex(16)}
        seed["devices"].append(made)
        write(directory, f"devices/{name}.key", made["key"])
        write(directory, f"devices/{name}.token", made["token"])
        write(directory, f"devices/{name}.coap", made["coap_key"])
        if password:
            lines.append(f"{name}:{password}\n")
            write(directory, f"{name}.password", password)
        if name in ("lamp", "hub"):
            hashed = call("openssl", "passwd", "-6", "-stdin", data=password.encode()).decode().strip()
            write(directory, f"{name}.htpasswd", f"{name}:{hashed}\n")
    write(directory, "seed.json", json.dumps(seed))
    write(directory, "keys/platform.seal", secrets.token_hex(32))
    write(directory, "mqtt.passwd", "".join(lines))
    call("mosquitto_passwd", "-U", "mqtt.passwd", directory=directory)  # hashes in place, so no password in any argv
    shutil.copyfile(os.path.join(here, "conf", "mqtt.acl"), os.path.join(directory, "mqtt.acl"))


# ---- firmware

SYSTEM = {  # of a device as it should be: nobody logs in, nothing listens but its own program
    "etc/passwd": "root:x:0:0:root:/root:/bin/false\nlight:x:100:100:light:/var:/bin/false\n",
    "etc/shadow": "root:!:19000:0:99999:7:::\nlight:!:19000:0:99999:7:::\n",
    "etc/inittab": "::sysinit:/etc/init.d/rcS\n::respawn:/usr/bin/device\n",
    "etc/init.d/rcS": "#!/bin/sh\nmount -a\nhostname -F /etc/hostname\n",
}


def image_bytes(model, version, key=b""):
    """A made-up image of 256 KiB: an archive with a small system, padding."""
    files = {name: text.encode() for name, text in SYSTEM.items()}
    files["etc/hostname"] = f"{model}\n".encode()
    files["etc/version"] = f"{model} {version}\n".encode()
    files["usr/bin/device"] = b"DEVICE\0" + secrets.token_hex(64 * 1024).encode()
    if key:
        files["etc/ssl/client.key"] = key
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755 if name.startswith(("usr/bin", "etc/init.d")) else 0o600
            archive.addfile(entry, io.BytesIO(content))
    image = out.getvalue()
    return image + b"\xff" * (256 * 1024 - len(image))


def vendor_keys(directory):
    for name, algorithm, option in (("lamp", "EC", "ec_paramgen_curve:P-256"), ("hub", "EC", "ec_paramgen_curve:SM2"), ("offer", "RSA", "rsa_keygen_bits:2048")):
        call("openssl", "genpkey", "-algorithm", algorithm, "-pkeyopt", option, "-out", f"keys/{name}.key", directory=directory)
        call("openssl", "pkey", "-in", f"keys/{name}.key", "-pubout", "-out", f"keys/{name}.pem", directory=directory)


def firmware(directory, name, model, version, flaw):
    key = b""
    if flaw == "7.b":
        with open(os.path.join(directory, "pki", "lamp-client.key"), "rb") as file:
            key = file.read()
    image = image_bytes(model, version, key)
    with open(os.path.join(directory, f"{name}.bin"), "wb") as file:
        file.write(image)
    digests = {"md5": hashlib.md5(image).hexdigest()} if flaw == "6.2.4.c" else {
        "sha256": hashlib.sha256(image).hexdigest(),
        "sm3": call("openssl", "dgst", "-sm3", "-r", data=image).decode().split()[0]}
    manifest = {"model": "LAMP-2" if flaw == "6.2.4.a" else model, "version": version, "digests": digests}
    write(directory, f"{name}.manifest.json", json.dumps(manifest, indent=2) + "\n")
    shutil.copyfile(os.path.join(directory, "keys", f"{name}.pem"), os.path.join(directory, f"{name}.vendor.pem"))
    key = f"keys/{name}.key"
    if name == "hub":
        call("openssl", "pkeyutl", "-sign", "-rawin", "-digest", "sm3", "-inkey", key, "-pkeyopt", "distid:1234567812345678",
             "-in", f"{name}.bin", "-out", f"{name}.sig", directory=directory)
    else:
        signer = "keys/lamp.key" if flaw == "6.2.4.b" else key
        call("openssl", "dgst", "-sha256", "-sign", signer, "-out", f"{name}.sig", f"{name}.bin", directory=directory)
    if flaw == "6.2.4.b-byte":
        flip_byte(os.path.join(directory, f"{name}.bin"))


def flip_byte(path):
    with open(path, "r+b") as file:
        file.seek(100_000)
        byte = file.read(1)[0]
        file.seek(100_000)
        file.write(bytes([byte ^ 0x01]))


# ---- identities and documents

def identities(directory, name, product, count, flaw=None):
    """24 hexadecimal characters: version 01, vendor, product, 8 random, extension 00; no random part twice. Those in use come first. Gives them
    without the flaw of a single one."""
    randoms = [f"{number:08X}" for number in range(1, count + 1)] if flaw == "A.d" else []
    while len(randoms) < count:
        randoms = list({*randoms, secrets.token_hex(4).upper()})
    lines = [f"01{VENDOR}{product}{random}00" for random in randoms]
    if flaw != "A.d":
        used = [device["id"] for device in DEVICES if device["id"][8:14] == product]
        lines = [*used, *[line for line in lines if line not in used]][:count]
    good, middle = list(lines), lines[count // 2]
    lines[count // 2] = {"A": middle[:-1], "A.a": "02" + middle[2:], "A.b": middle[:2] + "D4E5F6" + middle[8:],
                         "A.c": middle[:8] + "00A009" + middle[14:], "A.e": middle[:22] + "7F"}.get(flaw, middle)
    write(directory, f"{name}.ids.txt", f"# {count} identities made for the sample home\n" + "\n".join(lines) + "\n")
    return good


def register(directory):
    """The platform's register of the keys of devices that take connections: identity and digest of the public key."""
    lines = ["id,key_digest"]
    for device in DEVICES:
        if device["name"] in ("lamp", "hub"):
            public = call("openssl", "x509", "-in", f"pki/{device['name']}.pem", "-noout", "-pubkey", directory=directory)
            der = call("openssl", "pkey", "-pubin", "-outform", "DER", data=public, directory=directory)
            lines.append(f"{device['id']},sha256:{hashlib.sha256(der).hexdigest()}")
    write(directory, "device-keys.csv", "\n".join(lines) + "\n")


def receipts(directory, ids, flaw):
    """What the line wrote down when it burned these identities, one of them twice as a declared rework, under the line's signature."""
    write(directory, "line.ids.txt", "\n".join(ids) + "\n")
    start = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) - datetime.timedelta(days=30)
    keys = [hashlib.md5(identity.encode()).digest() if flaw == "8.1.2.f-made" else secrets.token_bytes(16) for identity in ids]
    if flaw == "8.1.2.f-key":
        keys[7] = keys[3]
    rows = [(identity, key, "") for identity, key in zip(ids, keys)]
    rows.append((ids[5], secrets.token_bytes(16), ids[5]))
    if flaw == "8.1.2.f":
        rows.append((ids[9], secrets.token_bytes(16), ""))
    lines = ["UID,工位,烧录时间,密钥摘要,结果,激活时间,校验,返工" + (",根密钥" if flaw == "8.1.2.f-clear" else "")]
    for number, (identity, key, rework) in enumerate(rows):
        burned = start + datetime.timedelta(minutes=number)
        activated = burned + datetime.timedelta(hours=-1 if flaw == "8.1.2.f-order" and number == 11 else 1)
        lines.append(f"{identity},S{1 + number % 2},{burned.isoformat()},sha256:{hashlib.sha256(key).hexdigest()},成功,{activated.isoformat()},合格,{rework}"
                     + (f",{key.hex()}" if flaw == "8.1.2.f-clear" else ""))
    write(directory, "receipts.csv", "\n".join(lines) + "\n")
    call("openssl", "cms", "-sign", "-binary", "-in", "receipts.csv", "-signer", "pki/line.pem", "-inkey", "pki/line.key", "-outform", "DER", "-out", "receipts.p7s",
         directory=directory)
    if flaw == "8.1.2.f-signature":
        write(directory, "receipts.csv", "\n".join(lines[:-1]) + "\n")


def documents(here, directory, network):
    now = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).replace(microsecond=0)
    dates = {"@AT@": now - datetime.timedelta(days=1), "@UNTIL@": now + datetime.timedelta(days=180), "@NOW@": now}
    for name, output in (("attestations.template.yaml", "attestations.yaml"), ("ics.template.yaml", "ics.yaml"), ("ixit.template.yaml", "ixit.yaml"),
                         ("evidence.template.txt", "evidence/key-records.txt")):
        with open(os.path.join(here, "conf", name), encoding="utf-8") as file:
            text = file.read()
        for mark, date in dates.items():
            text = text.replace(mark, date.isoformat())
        write(directory, output, text)
    if target_path(here, directory, network) != os.path.join(here, "target.yaml"):
        with open(os.path.join(here, "target.yaml"), encoding="utf-8") as file:
            text = re.sub(r"\brun/", "", file.read())
        write(directory, "target.yaml", re.sub(r"\b" + re.escape(hosts.BENCH), network, text))
        with open(os.path.join(here, "lab.yaml"), encoding="utf-8") as file:
            write(directory, "lab.yaml", re.sub(r"\brun/", "", file.read()))
