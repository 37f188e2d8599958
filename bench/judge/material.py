"""What the generated checks are made of: for each probe the facts of a look that finds nothing wrong, and assertions about them.

An assertion is (YAML under `assert:`, path of a fact it needs, a value that breaks it, a value that leaves it open or ABSENT).
"""

ABSENT = object()


def quoted(text):
    return '"%s"' % text


def equals(path, value, wrong, unknown=ABSENT):
    written = quoted(value) if isinstance(value, str) else str(value).lower()
    return f"equals: {{path: {path}, value: {written}}}", path, wrong, unknown


VERSIONS = {
    "ssl2": {"offered": "no", "reason": "closed"},
    "ssl3": {"offered": "no", "reason": "alert", "alert": 70},
    "tls1_0": {"offered": "no", "reason": "alert", "alert": 70},
    "tls1_1": {"offered": "no", "reason": "alert", "alert": 70},
    "tls1_2": {"offered": "yes", "reason": "server_hello", "suite": "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
    "tls1_3": {"offered": "yes", "reason": "server_hello", "suite": "TLS_AES_128_GCM_SHA256"},
}

PROBES = {
    "tls": {
        "kind": "service",
        "item": {"port": 8443, "transport": "tcp", "protocol": "https", "tls": "required", "server_name": "hub.example"},
        "about": ["versions.ssl3", "versions.tls1_2", "certificate"],
        "facts": {
            "spoken": "yes", "versions": VERSIONS, "offered": ["TLSv1.2", "TLSv1.3"], "highest": "TLSv1.3", "lowest": "TLSv1.2",
            "certificate": {
                "subject": "CN=hub.example", "issuer": "CN=Bench CA", "serial": "5f21c0de", "not_before": "2026-01-01T00:00:00Z",
                "not_after": "2027-01-01T00:00:00Z", "days_left": 41, "lifetime_days": 365,
                "key": {"type": "EC", "bits": 256, "curve": "P-256"}, "signature_algorithm": "ecdsa-with-SHA256",
                "self_signed": False, "names": ["hub.example", "www.hub.example"], "name_matches": True, "chain_trusted": True,
                "chain_length": 2},
            "connections_used": 9},
        "assertions": [
            equals("spoken", "yes", "no", "unknown"),
            equals("versions.ssl2.offered", "no", "yes", "unknown"),
            equals("versions.ssl3.offered", "no", "yes", "unknown"),
            ('any: [{equals: {path: versions.tls1_3.offered, value: "yes"}}, {equals: {path: versions.tls1_2.offered, value: "no"}}]',
             "versions.tls1_3.offered", "no", "unknown"),
            ("none_of: {path: offered, values: [SSLv2, SSLv3, TLSv1.0, TLSv1.1]}", "offered", ["TLSv1.0", "TLSv1.2"], ABSENT),
            ("at_least: {path: certificate.days_left, value: 14}", "certificate.days_left", -3, ABSENT),
            equals("certificate.name_matches", True, False),
            ("matches: {path: versions.tls1_2.suite, pattern: 'TLS_ECDHE_.*_(GCM|CCM|POLY1305)_.*'}", "versions.tls1_2.suite",
             "TLS_RSA_WITH_AES_128_CBC_SHA", ABSENT),
            ("that: 'certificate.key.type == \"RSA\" ? certificate.key.bits >= 2048 : certificate.key.bits >= 224'",
             "certificate.key.bits", 160, ABSENT),
        ],
    },
    "ports": {
        "kind": "host",
        "item": {"address": "127.0.0.1", "services": [
            {"port": 443, "transport": "tcp", "protocol": "https", "tls": "required"},
            {"port": 8883, "transport": "tcp", "protocol": "mqtt", "tls": "required"}]},
        "about": [],
        "facts": {"range": "1-65535", "open_tcp": [443, 8883], "refused": 65533, "unanswered": 0, "complete": True, "seconds": 21.5},
        "assertions": [
            equals("complete", True, False),
            ("subset_of: {path: open_tcp, of: 'map(where(item.services, s, s.transport == \"tcp\"), s, s.port)'}", "open_tcp",
             [23, 443, 8883], ABSENT),
            ("none_of: {path: open_tcp, values: [21, 23, 512, 513, 514, 2323]}", "open_tcp", [23], ABSENT),
            ("count: {path: open_tcp, at_most: 64}", "open_tcp", list(range(1000, 1080)), ABSENT),
            ("at_most: {path: unanswered, value: 100}", "unanswered", 60000, ABSENT),
            ("that: refused + unanswered + size(open_tcp) == 65535", "refused", 12, ABSENT),
        ],
    },
    "session_ids": {
        "kind": "session",
        "item": {"url": "https://hub.example/login", "method": "POST", "id_in": {"cookie": "SID"}},
        "about": [],
        "facts": {
            "requested": 2000, "count": 2000, "errors": 0, "unique": 2000, "duplicates": 0, "length": {"min": 32, "max": 32},
            "alphabet": {"name": "hex", "size": 16, "seen": 16}, "nominal_bits": 128.0, "effective_bits": 117.25,
            "positions": [{"position": i, "symbols": 16, "entropy_bits": 3.66} for i in range(32)], "monotone": False,
            "constant_positions": 0, "smallest_p": 0.08},
        "assertions": [
            equals("monotone", False, True),
            equals("duplicates", 0, 4),
            ("that: 'count >= 500 ? effective_bits >= 64 : unknown'", "effective_bits", 21.0, ABSENT),
            ("that: 'count >= 500 ? smallest_p >= 0.000000001 : unknown'", "smallest_p", 0.0000000000001, ABSENT),
            ("between: {path: length.min, low: 16, high: 512}", "length.min", 6, ABSENT),
            ("for_all: {in: positions, as: p, assert: [{at_least: {path: p.symbols, value: 2}}]}", "positions",
             [{"position": 0, "symbols": 16, "entropy_bits": 3.6}, {"position": 1, "symbols": 1, "entropy_bits": 0.0}], ABSENT),
        ],
    },
    "identity": {
        "kind": "identities",
        "item": {"file": "ids.txt", "vendor": "A1B2C3", "product": "00A001"},
        "about": [],
        "facts": {
            "count": 3, "malformed": [], "malformed_count": 0, "well_formed": 3, "versions": ["01"], "vendors": ["A1B2C3"],
            "products": ["00A001"], "extensions": ["00"], "duplicates": [], "duplicate_count": 0,
            "randoms": {"count": 3, "unique": 3, "sequential": False, "repeated": []}, "allocation_violations": []},
        "assertions": [
            equals("malformed_count", 0, 2),
            equals("duplicate_count", 0, 1),
            ("count: {path: versions, at_least: 1, at_most: 1}", "versions", ["01", "02"], ABSENT),
            ("subset_of: {path: vendors, of: '[item.vendor]'}", "vendors", ["A1B2C3", "FFFFFF"], ABSENT),
            ("count: {path: allocation_violations, equals: 0}", "allocation_violations", ["01000000000000ABCDEF1200"], ABSENT),
            equals("randoms.sequential", False, True),
        ],
    },
    "firmware": {
        "kind": "firmware",
        "item": {"image": "lamp.bin", "model": "LAMP-1", "version": "2.4.1"},
        "about": ["image", "digests"],
        "facts": {
            "image": {"size_bytes": 1048576, "sha256": "9f" * 32, "sm3": "66" * 32}, "model": "LAMP-1", "version": "2.4.1",
            "digests": [{"algorithm": "sha256", "declared": "9f" * 32, "computed": "9f" * 32, "matches": True, "strong": True}],
            "strong_digest_matches": True, "digests_match": True,
            "signature": {"present": True, "algorithm": "ecdsa", "digest": "sha256", "key_type": "EC", "key_bits": 256, "verifies": True}},
        "assertions": [
            equals("strong_digest_matches", True, False),
            equals("digests_match", True, False),
            equals("signature.verifies", True, False),
            ("one_of: {path: signature.digest, values: [sha256, sha384, sha512, sm3]}", "signature.digest", "sha1", ABSENT),
            ("that: 'signature.key_type == \"RSA\" ? signature.key_bits >= 2048 : signature.key_bits >= 224'", "signature.key_bits",
             112, ABSENT),
            ("exists: {path: image.sha256}", None, None, None),
        ],
    },
}
