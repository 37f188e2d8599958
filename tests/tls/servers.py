#!/usr/bin/python3
"""Real servers on loopback, each with keys made for the occasion. What each must be seen as is in truth/NAME.json.

servers.py                 starts all, prints where they listen, waits for the end of its input
servers.py --truth [NAME]  writes truth/ anew: versions and suites as second_opinion.py finds them; the rest of a file is kept as it is"""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent
START_SECONDS = 20
PATHS = os.environ.get("PATH", "") + ":/usr/sbin"


@dataclass(frozen=True)
class Plan:
    """argv with {port} {before} {dir} {here} {rsa} {ec} {ca} to fill in; `before` is port - 1, for programs that add one themselves."""

    name: str
    argv: str
    udp: bool = False
    config: str = ""  # written to {dir}/NAME.conf
    source: str = ""  # of the program itself in C, Go or Java, compiled with `libraries`
    libraries: str = ""
    needs: str = ""  # Debian package
    asks: str = ""  # server name that the probe sends


ANY = "-cipher ALL:COMPLEMENTOFALL:@SECLEVEL=0"
S_SERVER = "openssl s_server -quiet -accept 127.0.0.1:{port} -cert {rsa} -key {rsa}"
NGINX = """daemon off; worker_processes 1; error_log stderr crit; pid {dir}/NAME.pid; events {{ worker_connections 256; }}
http {{ access_log {dir}/NAME.log; client_body_temp_path {dir}/NAME.body; proxy_temp_path {dir}/NAME.proxy; fastcgi_temp_path {dir}/NAME.fastcgi;
  uwsgi_temp_path {dir}/NAME.uwsgi; scgi_temp_path {dir}/NAME.scgi; log_format counted '$connection';
  server {{ listen 127.0.0.1:{port} ssl backlog=511; access_log {dir}/NAME.log counted; ssl_certificate {rsa}; ssl_certificate_key {rsa};
    ssl_dhparam {dh}; MORE
    location / {{ return 200 "ok"; }} }} }}
"""
NGINX_RUN = "nginx -p {dir} -c {dir}/NAME.conf"
MODERN = "ssl_protocols TLSv1.2 TLSv1.3;"
OLD = ("ssl_certificate {ec}; ssl_certificate_key {ec}; ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers ALL:@SECLEVEL=0; "
       "ssl_prefer_server_ciphers on;")
MOSQUITTO = "user root\nlistener {port} 127.0.0.1\nallow_anonymous true\ncafile {ca}\ncertfile {rsa}\nkeyfile {rsa}\nrequire_certificate true\n"
GNUTLS = "gnutls-serv --quiet --echo --port {port} --x509certfile {rsa} --x509keyfile {rsa}"
COAP = "-A 127.0.0.1 -p {before} -v 0"
SMALL = "{dir}/NAME {transport} {port} {rsa} {rsa}"


# Stacks of languages, told exactly what to speak. They are no packages of ours; what is not there is skipped.
JAVA = "java -cp {dir} JavaServer {port}"
JAVA_OLD = "TLS_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_DHE_RSA_WITH_AES_128_CBC_SHA,SSL_RSA_WITH_3DES_EDE_CBC_SHA,TLS_DH_anon_WITH_AES_128_CBC_SHA"
JAVA_NEW = "TLS_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
GO = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_RSA_WITH_3DES_EDE_CBC_SHA,TLS_ECDHE_RSA_WITH_RC4_128_SHA"


# Built with the program: Debian has no server of TLCP.
TLCP_SERVER = os.environ.get("TLCP_SERVER", str(HERE.parents[1] / "build/ci/tests/tlcp/tlcp_server"))
TLCP = f"{TLCP_SERVER} serve 127.0.0.1:{{port}} {{dir}}/tlcp --client"


def nginx(name, more, asks=""):
    return Plan(name, NGINX_RUN, config=NGINX.replace("MORE", more), needs="nginx-light", asks=asks)


PLANS = [
    Plan("openssl-tls10", f"{S_SERVER} -tls1 {ANY} -www"),
    Plan("openssl-tls11", f"{S_SERVER} -tls1_1 {ANY} -www"),
    Plan("openssl-tls12", f"{S_SERVER} -tls1_2 -www"),
    Plan("openssl-tls13", f"{S_SERVER} -tls1_3 -www"),
    Plan("openssl-everything", f"{S_SERVER} -dcert {{ec}} -dkey {{ec}} -serverpref {ANY} -dhparam {{dh}} -www"),
    Plan("openssl-groups", f"{S_SERVER} -groups P-384:X448 -www"),
    Plan("openssl-early", f"{S_SERVER} -tls1_3 -early_data -max_early_data 16384"),
    Plan("openssl-no-ticket", f"{S_SERVER} -tls1_2 -no_ticket -www"),
    Plan("openssl-mutual", f"{S_SERVER} -Verify 2 -verify_return_error -CAfile {{ca}} -www"),
    Plan("openssl-asking", f"{S_SERVER} -verify 2 -CAfile {{ca}} -www"),
    nginx("nginx-modern", MODERN),
    nginx("nginx-old", OLD),
    # Who names no server gets the first of the two.
    nginx("nginx-names", f"{MODERN} server_name rsa.test; }}}} server {{{{ listen 127.0.0.1:{{port}} ssl; server_name other.test; "
          f"ssl_certificate {{other}}; ssl_certificate_key {{other}}; ssl_dhparam {{dh}}; {MODERN}", "other.test"),
    nginx("nginx-mutual", f"{MODERN} ssl_client_certificate {{ca}}; ssl_verify_client on;"),
    nginx("nginx-asking", f"{MODERN} ssl_client_certificate {{ca}}; ssl_verify_client optional;"),
    Plan("mosquitto-mutual", "mosquitto -c {dir}/NAME.conf", config=MOSQUITTO, needs="mosquitto"),
    Plan("gnutls", GNUTLS + " --disable-client-cert", needs="gnutls-bin"),
    Plan("gnutls-legacy", GNUTLS + " --disable-client-cert --priority LEGACY:+VERS-TLS1.0:+VERS-TLS1.1:+3DES-CBC", needs="gnutls-bin"),
    Plan("gnutls-mutual", GNUTLS + " --require-client-cert --verify-client-cert --x509cafile {ca}", needs="gnutls-bin"),
    Plan("mbedtls", SMALL, source="mbedtls_server.c", libraries="-lmbedtls -lmbedx509 -lmbedcrypto", needs="libmbedtls-dev"),
    Plan("mbedtls-mutual", SMALL + " {ca}", source="mbedtls_server.c", libraries="-lmbedtls -lmbedx509 -lmbedcrypto", needs="libmbedtls-dev"),
    Plan("wolfssl", SMALL, source="wolfssl_server.c", libraries="-lwolfssl", needs="libwolfssl-dev"),
    Plan("wolfssl-mutual", SMALL + " {ca}", source="wolfssl_server.c", libraries="-lwolfssl", needs="libwolfssl-dev"),
    Plan("java-old", f"{JAVA} {{dir}}/rsa.p12 SSLv2Hello,TLSv1,TLSv1.1,TLSv1.2,TLSv1.3 {JAVA_OLD}", source="java_server.java", needs="openjdk-17-jdk-headless"),
    Plan("java-new", f"{JAVA} {{dir}}/rsa.p12,{{dir}}/ec.p12 TLSv1.2,TLSv1.3 {JAVA_NEW}", source="java_server.java", needs="openjdk-17-jdk-headless"),
    Plan("node", "node {here}/node_server.js {port} {rsa} TLSv1 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256:AES256-SHA:AECDH-AES128-SHA:@SECLEVEL=0", needs="nodejs"),
    Plan("go", f"{{dir}}/NAME {{port}} {{rsa}} {{ec}} {GO}", source="go_server.go", needs="golang-go"),
    Plan("python", "/usr/bin/python3 {here}/python_server.py {port} {rsa} ECDHE-RSA-CHACHA20-POLY1305:AES128-GCM-SHA256", needs="python3"),
    # Diffie-Hellman, and with it these versions, only for clients that name a group for it.
    Plan("wolfssl-anonymous", SMALL + " - ADH-AES128-SHA", source="wolfssl_server.c", libraries="-lwolfssl", needs="libwolfssl-dev"),
    Plan("tlcp", f"{TLCP} none", needs="none: the build target tlcp_server"),
    Plan("tlcp-mutual", f"{TLCP} required", needs="none: the build target tlcp_server"),
    Plan("tlcp-asking", f"{TLCP} optional", needs="none: the build target tlcp_server"),
    Plan("openssl-dtls10", f"{S_SERVER} -dtls1 {ANY}", udp=True),
    Plan("openssl-dtls12", f"{S_SERVER} -dtls1_2", udp=True),
    Plan("gnutls-dtls", GNUTLS + " --udp --disable-client-cert", udp=True, needs="gnutls-bin"),
    Plan("coap-openssl-psk", f"coap-server-openssl {COAP} -k secret -h home", udp=True, needs="libcoap3-bin"),
    Plan("coap-openssl-pki", f"coap-server-openssl {COAP} -c {{rsa}} -j {{rsa}} -n", udp=True, needs="libcoap3-bin"),
    Plan("coap-gnutls-psk", f"coap-server-gnutls {COAP} -k secret -h home", udp=True, needs="libcoap3-bin"),
    Plan("coap-gnutls-pki", f"coap-server-gnutls {COAP} -c {{rsa}} -j {{rsa}} -n", udp=True, needs="libcoap3-bin"),
    Plan("mbedtls-dtls", SMALL, udp=True, source="mbedtls_server.c", libraries="-lmbedtls -lmbedx509 -lmbedcrypto", needs="libmbedtls-dev"),
    Plan("mbedtls-dtls-bare", SMALL.replace("{transport}", "bare"), udp=True, source="mbedtls_server.c",
         libraries="-lmbedtls -lmbedx509 -lmbedcrypto", needs="libmbedtls-dev"),
    Plan("wolfssl-dtls-anonymous", SMALL + " - ECDHE-RSA-AES128-GCM-SHA256:ADH-AES128-SHA", udp=True, source="wolfssl_server.c", libraries="-lwolfssl", needs="libwolfssl-dev"),
    Plan("wolfssl-dtls", SMALL, udp=True, source="wolfssl_server.c", libraries="-lwolfssl", needs="libwolfssl-dev"),
]


class Missing(Exception):
    """A server that this machine can't run, and why."""


def free_ports(count):
    """Ports that are free for TCP and UDP just now, each with its neighbour below."""
    found, held = [], []
    while len(found) < count:
        doors = [socket.socket(socket.AF_INET, kind) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_STREAM, socket.SOCK_DGRAM)]
        held += doors
        try:
            doors[0].bind(("127.0.0.1", 0))
            port = doors[0].getsockname()[1]
            for door, number in zip(doors[1:], (port, port + 1, port + 1)):
                door.bind(("127.0.0.1", number))
            found.append(port + 1)
        except OSError:
            pass
    for door in held:
        door.close()
    return found


def make_keys(folder):
    """A CA; certificates of it with their keys, one file each: {rsa}, {other} (RSA too), {ec}, {client}; a stranger's, signed by itself."""
    def openssl(*argv):
        subprocess.run(["openssl", *argv], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)

    kinds = {"rsa": ["rsa:2048"], "ec": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]}
    openssl("req", "-x509", "-newkey", *kinds["ec"], "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=Test CA")
    for name, kind in (("rsa", "rsa"), ("other", "rsa"), ("ec", "ec"), ("client", "ec")):
        openssl("req", "-newkey", *kinds[kind], "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}.test")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "30", "-out", f"{name}.crt")
        (folder / f"{name}.pem").write_text((folder / f"{name}.crt").read_text() + (folder / f"{name}.key").read_text())
    for name in ("rsa", "ec"):  # for Java
        openssl("pkcs12", "-export", "-in", f"{name}.pem", "-name", name, "-out", f"{name}.p12", "-passout", "pass:changeit")
    # A group of its own (RFC 7919, 2048 bits), so that no time goes into finding primes.
    openssl("genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048", "-out", "dh.pem")
    if shutil.which(TLCP_SERVER):
        subprocess.run([TLCP_SERVER, "make", folder / "tlcp"], check=True, stdout=subprocess.DEVNULL)
    return {"rsa": folder / "rsa.pem", "other": folder / "other.pem", "ec": folder / "ec.pem", "ca": folder / "ca.pem", "dh": folder / "dh.pem", "dir": folder}


class Servers:
    """Starts what it can of the plans; `ports` {name: port}, `missing` {name: reason}. A context manager: all are gone afterwards."""

    def __init__(self, plans):
        self.plans, self.ports, self.missing, self.running = plans, {}, {}, {}
        self.compiled = set()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lintel-tls-"))

    def __enter__(self):
        try:
            self.start_all()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start_all(self):
        self.keys = make_keys(self.folder)
        for plan, port in zip(self.plans, free_ports(len(self.plans))):
            try:
                self.start(plan, port)
            except Missing as reason:
                self.missing[plan.name] = str(reason)
        deadline = time.monotonic() + START_SECONDS
        for name, (process, udp) in self.running.items():
            while not listening(self.ports[name], udp):
                if process.poll() is not None or time.monotonic() > deadline:
                    self.missing[name] = f"did not start: {(self.folder / (name + '.out')).read_text(errors='replace')[-500:]}"
                    del self.ports[name]
                    break
                time.sleep(0.02)

    def start(self, plan, port):
        values = self.keys | {"port": port, "before": port - 1, "here": HERE, "transport": "udp" if plan.udp else "tcp"}
        argv = plan.argv.replace("NAME", plan.name).format(**values).split()
        if plan.source:
            self.compile(plan)
        elif not shutil.which(argv[0], path=PATHS):
            raise Missing(f"{argv[0]} is not installed (package {plan.needs})")
        if plan.config:
            (self.folder / f"{plan.name}.conf").write_text(plan.config.replace("NAME", plan.name).format(**values))
        argv[0] = shutil.which(argv[0], path=PATHS) or argv[0]
        argv[:0] = ["setpriv", "--pdeathsig", "KILL"]  # not even a killed test leaves servers behind
        with open(self.folder / f"{plan.name}.out", "wb") as out:  # s_server reads its input and ends with it
            process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=out, stderr=out, start_new_session=True, cwd=self.folder)
        self.running[plan.name] = process, plan.udp
        self.ports[plan.name] = port

    def compile(self, plan):
        """NAME in the folder is the program then; of Java there is a class."""
        built = self.folder / plan.source.rpartition(".")[0]
        compiler = {"c": ["cc", "-o", built, HERE / plan.source, *plan.libraries.split()], "go": ["go", "build", "-o", built, HERE / plan.source],
                    "java": ["javac", "-d", self.folder, HERE / plan.source]}[plan.source.rpartition(".")[2]]
        if not shutil.which(compiler[0]):
            raise Missing(f"{compiler[0]} is not installed" + ("" if compiler[0] == "cc" else f" (package {plan.needs})"))
        if plan.source not in self.compiled:
            done = subprocess.run(compiler, capture_output=True, text=True, env=os.environ | {"GOCACHE": str(self.folder / "go-cache"), "GOFLAGS": "", "GO111MODULE": "off"})
            if done.returncode != 0:
                raise Missing(f"{plan.source} does not compile (package {plan.needs})")
            self.compiled.add(plan.source)
        if built.exists():
            os.link(built, self.folder / plan.name)

    def __exit__(self, *_):
        for process, _udp in self.running.values():
            process.terminate()
        for process, _udp in self.running.values():
            try:
                process.wait(timeout=3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdin.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def listening(port, udp):
    """Asks the kernel, not the server: some take one connection at a time."""
    wanted = f"{port:04X}"
    for table in ("udp", "udp6") if udp else ("tcp", "tcp6"):
        for line in pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[1].endswith(":" + wanted) and (udp or words[3] == "0A"):
                return True
    return False


def truth(name):
    return json.loads((HERE / "truth" / f"{name}.json").read_text())


def write_truth(plans):
    import names
    import second_opinion
    import wire
    with Servers(plans) as servers:
        for plan in plans:
            if plan.name in servers.missing:
                print(plan.name, "missing:", servers.missing[plan.name])
                continue
            where = ("127.0.0.1", servers.ports[plan.name])
            asking = second_opinion.over_udp(where) if plan.udp else second_opinion.over_tcp(where)
            seen = second_opinion.everything(asking, [wire.DTLS10, wire.DTLS12] if plan.udp else wire.VERSIONS)
            path = HERE / "truth" / f"{plan.name}.json"
            known = json.loads(path.read_text()) if path.exists() else {"versions": {}, "facts": {}}
            known["versions"] = {}
            for version, found in seen.items():
                if found["offered"]:
                    known["versions"][wire.NAMES[version]] = told = {"order": found.get("order", "unknown"),
                                                                     "suites": [names.suite(code) for code in found["suites"]]}
                    if plan.udp:
                        told["cookie"] = found["cookie"]
                    if found["groups"]:
                        told["groups"] = [names.group(code) for code in found["groups"]]
                print(plan.name, wire.NAMES[version], len(found["suites"]), found.get("order"), found["refusal"], found.get("other"))
            lines = json.dumps(known, indent=1)
            path.write_text(re.sub(r"\[[^][{}]*\]", lambda found: " ".join(found[0].split()), lines) + "\n")


if __name__ == "__main__":
    if "--truth" in sys.argv:
        write_truth([plan for plan in PLANS if plan.name in sys.argv or sys.argv[-1] == "--truth"])
    else:
        with Servers(PLANS) as all_of_them:
            print(json.dumps(all_of_them.ports, indent=1), json.dumps(all_of_them.missing, indent=1), flush=True)
            sys.stdin.read()
