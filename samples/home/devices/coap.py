"""The lamp's resource /light over CoAP with DTLS (RFC 7252, section 9): Debian's libcoap by ctypes, since its own example server
can't close the port without DTLS. GET tells the state, PUT changes it; who has no key gets no session."""

import ctypes
import json
import socket
import struct
import threading
from typing import Callable

from flaws import flaw

PORT, SECURE_PORT = 5683, 5684
UDP, DTLS = 1, 2             # coap_proto_t
GET, PUT = 1, 3              # coap_request_t
CONTENT, CHANGED, BAD_REQUEST = 69, 68, 128  # 2.05, 2.04, 4.00
MOST_PAYLOAD = 1024  # bytes
HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


class Text(ctypes.Structure):  # coap_str_const_t
    _fields_ = [("length", ctypes.c_size_t), ("text", ctypes.c_char_p)]


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL("libcoap-3-openssl.so.3")
    for name in ("coap_new_context", "coap_new_endpoint", "coap_resource_init"):
        getattr(library, name).restype = ctypes.c_void_p
    return library


def _payload(library: ctypes.CDLL, request: int) -> bytes:
    length, data = ctypes.c_size_t(), ctypes.c_void_p()
    if not library.coap_get_data(ctypes.c_void_p(request), ctypes.byref(length), ctypes.byref(data)):
        return b""
    return ctypes.string_at(data, min(length.value, MOST_PAYLOAD))


def _listen(library: ctypes.CDLL, context: int, address: str, port: int, protocol: int) -> None:
    where = ctypes.create_string_buffer(64)  # coap_address_t: size, then a sockaddr_in
    library.coap_address_init(where)
    struct.pack_into("=IH", where, 0, 16, socket.AF_INET)
    struct.pack_into(">H4s", where, 6, port, socket.inet_aton(address))
    if not library.coap_new_endpoint(ctypes.c_void_p(context), where, protocol):
        raise OSError(f"CoAP can't listen on {address}:{port}")


def serve(address: str, key: bytes, state: Callable[[], dict], change: Callable[[dict], bool]) -> None:
    """Returns when the port is open; a thread of its own does the rest."""
    library = _library()
    library.coap_startup()
    library.coap_set_log_level(0)
    library.coap_dtls_set_log_level(0)
    context = library.coap_new_context(None)
    library.coap_context_set_psk(ctypes.c_void_p(context), b"lamp", key, ctypes.c_size_t(len(key)))
    _listen(library, context, address, SECURE_PORT, DTLS)
    if flaw("7.a-coap"):
        _listen(library, context, address, PORT, UDP)

    def answer(response: int, code: int, body: bytes = b"") -> None:
        library.coap_pdu_set_code(ctypes.c_void_p(response), code)
        if body:
            library.coap_add_data(ctypes.c_void_p(response), ctypes.c_size_t(len(body)), body)

    @HANDLER
    def get(_resource, _session, _request, _query, response):
        answer(response, CONTENT, json.dumps(state()).encode())

    @HANDLER
    def put(_resource, _session, request, _query, response):
        try:
            wanted = json.loads(_payload(library, request))
        except (ValueError, RecursionError):
            wanted = None
        answer(response, CHANGED if isinstance(wanted, dict) and change(wanted) else BAD_REQUEST)

    path = Text(5, b"light")
    resource = ctypes.c_void_p(library.coap_resource_init(ctypes.byref(path), 0))
    library.coap_register_request_handler(resource, GET, get)
    library.coap_register_request_handler(resource, PUT, put)
    library.coap_add_resource(ctypes.c_void_p(context), resource)

    def work(_keep=(key, path, get, put)) -> None:  # libcoap holds pointers to these
        while library.coap_io_process(ctypes.c_void_p(context), 60_000) >= 0:
            pass

    threading.Thread(target=work, daemon=True).start()
