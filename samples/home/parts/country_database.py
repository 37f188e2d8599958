"""Writes a country database of IPv4 networks in MaxMind's format (MaxMind DB 2.0), for tests of where addresses are."""

import ipaddress
import time

BITS = 24  # of a record; a node has two


def _value(value):
    """One value of the data section: text, number (2, 4 or 8 bytes), list or map."""
    if isinstance(value, str):
        data = value.encode()
        return _control(2, len(data)) + data
    if isinstance(value, dict):
        return _control(7, len(value)) + b"".join(_value(k) + _value(v) for k, v in value.items())
    if isinstance(value, list):
        return _control(11, len(value)) + b"".join(map(_value, value))
    size, number = value
    return _control({2: 5, 4: 6, 8: 9}[size], size) + number.to_bytes(size, "big")


def _control(kind, size):
    assert size < 29 + 256
    first, extra = (size, b"") if size < 29 else (29, bytes([size - 29]))
    return bytes([kind << 5 | first]) + extra if kind < 8 else bytes([first, kind - 7]) + extra


def write(path, networks):
    """networks: {"127.0.10.0/24": "CN"}; none within another."""
    data, places, tree = b"", {}, [[None, None]]
    for country in sorted(set(networks.values())):
        places[country] = len(data)
        data += _value({"country": {"iso_code": country}})
    for text, country in networks.items():
        network, node = ipaddress.ip_network(text), 0
        bits = f"{int(network.network_address):032b}"[:network.prefixlen]
        for bit in map(int, bits[:-1]):
            if tree[node][bit] is None:
                tree.append([None, None])
                tree[node][bit] = len(tree) - 1
            node = tree[node][bit]
        tree[node][int(bits[-1])] = country

    def record(child):
        if child is None:
            return len(tree)
        return child if isinstance(child, int) else len(tree) + 16 + places[child]

    nodes = b"".join(record(child).to_bytes(BITS // 8, "big") for pair in tree for child in pair)
    about = {"node_count": (4, len(tree)), "record_size": (2, BITS), "ip_version": (2, 4), "database_type": "Sample-Country",
             "languages": ["en"], "binary_format_major_version": (2, 2), "binary_format_minor_version": (2, 0),
             "build_epoch": (8, int(time.time())), "description": {"en": "Countries of the sample home's addresses"}}
    with open(path, "wb") as file:
        file.write(nodes + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + _value(about))
