#!/usr/bin/env python3
"""Makes samples of identifiers, weak and strong ones, each with a fresh seed: make_ids.py FOLDER [COUNT]. Generators of our own, and those of node, php,
java and go where the machine has them. Returns what each is worth: SETS[name] = (verdict, names of attacks that would be right)."""
import base64
import hashlib
import hmac
import json
import pathlib
import random
import secrets
import shutil
import struct
import subprocess
import sys
import tempfile
import uuid
import zlib

HEX = "0123456789abcdef"
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SETS, MAKERS = {}, {}


def maker(verdict, *attacks):
    """The function gives an iterator of identifiers; it is asked with a clock: microseconds, a step on for each."""
    def take(function):
        SETS[function.__name__] = (verdict, attacks)
        MAKERS[function.__name__] = function
        return function
    return take


class Clock:
    def __init__(self):
        self.us = 1_795_248_543_000_000 + secrets.randbelow(10**12)

    def __call__(self):
        self.us += 400 + secrets.randbelow(1200)
        return self.us


def pick(length, digits):
    return "".join(secrets.choice(digits) for _ in range(length))


def number(value, digits, width):
    text = ""
    for _ in range(width):
        value, digit = divmod(value, len(digits))
        text = digits[digit] + text
    return text


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def forever(function):
    while True:
        yield function()


# counters, clocks, rows

@maker("refuted", "sequential", "linear")
def counter_hex(clock):
    at = secrets.randbelow(10**6)
    while True:
        at += 1 + secrets.randbelow(3)
        yield f"{at:016x}"


@maker("refuted", "sequential", "linear")
def counter_masked(clock):
    at, mask = secrets.randbelow(10**6), secrets.randbits(64)
    while True:
        at += 1
        yield f"{at ^ mask:016x}"


@maker("refuted", "sequential", "linear")
def counter_multiplied_base36(clock):
    at = secrets.randbelow(10**6)
    while True:
        at += 1
        yield number(at * 2654435761 % 36**10, BASE36, 10)


@maker("refuted", "timestamp")
def time_and_20_bits(clock):
    return forever(lambda: f"{clock() // 1000:x}{secrets.randbits(20):05x}")


@maker("refuted", "timestamp", "uuid1")
def uuid_1(clock):
    node, sequence = secrets.randbits(48), secrets.randbits(14)

    def one():
        ticks = clock() * 10 + 0x01B21DD213814000
        return str(uuid.UUID(fields=(ticks & 0xFFFFFFFF, ticks >> 32 & 0xFFFF, ticks >> 48 & 0x0FFF | 0x1000, sequence >> 8 | 0x80, sequence & 0xFF, node)))
    return forever(one)


@maker("refuted", "timestamp", "sequential", "linear")
def object_ids(clock):
    process, at = secrets.token_hex(5), secrets.randbits(23)
    while True:
        at += 1
        yield f"{clock() // 10**6:08x}{process}{at & 0xFFFFFF:06x}"


@maker("warned", "timestamp")
def uuid_7(clock):
    def one():
        value = clock() // 1000 << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
        return str(uuid.UUID(int=value))
    return forever(one)


@maker("warned", "timestamp")
def ulid(clock):
    return forever(lambda: number(clock() // 1000, CROCKFORD, 10) + pick(16, CROCKFORD))


# digests of what can be guessed

@maker("refuted", "hash-preimage")
def md5_of_counter(clock):
    at = secrets.randbelow(10**5)
    while True:
        at += 1
        yield hashlib.md5(str(at).encode()).hexdigest()


@maker("refuted", "hash-preimage", "duplicates")
def md5_of_milliseconds(clock):
    return forever(lambda: hashlib.md5(str(clock() // 1000).encode()).hexdigest())


@maker("refuted", "hash-preimage")
def sha256_of_microseconds(clock):
    return forever(lambda: hashlib.sha256(str(clock()).encode()).hexdigest())


@maker("refuted", "hash-preimage", "seed-bruteforce")
def sha256_of_24_bits(clock):
    return forever(lambda: hashlib.sha256(str(secrets.randbits(24)).encode()).hexdigest())


@maker("refuted", "uuid3", "hash-preimage")
def uuid_3_of_counter(clock):
    at = secrets.randbelow(10**5)
    while True:
        at += 1
        yield str(uuid.uuid3(uuid.NAMESPACE_DNS, str(at)))


# generators

@maker("refuted", "mt19937")
def mersenne_128(clock):
    source = random.Random(secrets.randbits(64))
    return forever(lambda: f"{source.getrandbits(128):032x}")


@maker("refuted", "mt19937")
def mersenne_uuid4(clock):
    source = random.Random(secrets.randbits(64))
    return forever(lambda: str(uuid.UUID(int=source.getrandbits(128), version=4)))


@maker("refuted", "mt19937")
def mersenne_fractions(clock):
    source = random.Random(secrets.randbits(64))
    return forever(lambda: repr(source.random())[2:])


# ... of which each output shows only few bits

def mersenne_few_bits(write):
    """write: one identifier of a generator's 32-bit outputs."""
    def make(clock):
        source = random.Random(secrets.randbits(64))
        return forever(lambda: write(source))
    return make


def of_alphabet(digits, length):
    return lambda source: "".join(source.choices(digits, k=length))


FEW_BITS = {
    "mersenne_getrandbits_4": lambda source: "".join(f"{source.getrandbits(4):x}" for _ in range(32)),
    "mersenne_getrandbits_8": lambda source: bytes(source.getrandbits(8) for _ in range(16)).hex(),
    "mersenne_low_16": lambda source: "".join(f"{source.getrandbits(32) & 0xFFFF:04x}" for _ in range(8)),
    "mersenne_low_4": lambda source: "".join(HEX[source.getrandbits(32) % 16] for _ in range(16)),
    "mersenne_31": lambda source: "".join(f"{source.getrandbits(32) & 0x7FFFFFFF:08x}" for _ in range(4)),
    "mersenne_choices_hex": of_alphabet(HEX, 32),
    "mersenne_choices_base64url": of_alphabet(BASE62 + "-_", 22),
    "mersenne_choices_base62": of_alphabet(BASE62, 16),
    "mersenne_choices_base36": of_alphabet(BASE36, 13),
    # As programs in PHP make UUIDs of mt_rand(0, 65535).
    "mersenne_uuid4_of_low_16": lambda source: "{:04x}{:04x}-{:04x}-{:04x}-{:04x}-{:04x}{:04x}{:04x}".format(
        *(source.getrandbits(32) & mask | fixed for mask, fixed in [(0xFFFF, 0)] * 3 + [(0xFFF, 0x4000), (0x3FFF, 0x8000)] + [(0xFFFF, 0)] * 3)),
}
for few_name, few_write in FEW_BITS.items():
    SETS[few_name] = ("refuted", ("mt19937",))
    MAKERS[few_name] = mersenne_few_bits(few_write)


def linear_generator(a, c, m, shift, bits, words, start=None):
    state = secrets.randbelow(m) if start is None else start
    while True:
        text = ""
        for _ in range(words):
            state = (a * state + c) % m
            text += f"{state >> shift & (1 << bits) - 1:0{bits // 4 + (bits % 4 > 0)}x}"
        yield text


@maker("refuted", "lcg")
def minstd(clock):
    return linear_generator(48271, 0, 2**31 - 1, 0, 32, 4, 1 + secrets.randbelow(2**31 - 2))


@maker("refuted", "lcg")
def unknown_congruence(clock):
    return linear_generator(secrets.randbits(32) & ~7 | 5, secrets.randbits(32) | 1, 2**32, 0, 32, 4)


@maker("refuted", "lcg")
def microsoft_rand(clock):
    return linear_generator(214013, 2531011, 2**31, 16, 15, 8)


@maker("refuted", "lcg")
def musl_rand(clock):
    return linear_generator(6364136223846793005, 1, 2**64, 33, 31, 4)


@maker("refuted", "lcg")
def java_random_ints(clock):
    return linear_generator(0x5DEECE66D, 0xB, 2**48, 16, 32, 4)


@maker("refuted", "glibc", "lagged")
def glibc_rand(clock):
    table = [1 + secrets.randbelow(2**31 - 2)]
    for _ in range(30):
        table.append(16807 * table[-1] % (2**31 - 1))
    table += table[:3]

    def step():
        table.append((table[-31] + table[-3]) & 0xFFFFFFFF)
        return table[-1] >> 1
    for _ in range(310):
        step()
    return forever(lambda: "".join(f"{step():08x}" for _ in range(4)))


@maker("refuted", "GF2", "linear")
def xorshift_32(clock):
    state = [secrets.randbits(32) | 1]

    def step():
        value = state[0]
        value ^= value << 13 & 0xFFFFFFFF
        value ^= value >> 17
        state[0] = value ^ (value << 5 & 0xFFFFFFFF)
        return state[0]
    return forever(lambda: "".join(f"{step():08x}" for _ in range(4)))


@maker("refuted", "splitmix64")
def splitmix(clock):
    state = [secrets.randbits(64)]

    def step():
        state[0] = state[0] + 0x9E3779B97F4A7C15 & 2**64 - 1
        value = state[0]
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & 2**64 - 1
        value = (value ^ value >> 27) * 0x94D049BB133111EB & 2**64 - 1
        return value ^ value >> 31
    return forever(lambda: f"{step():016x}")


# too little, copies, bias

@maker("refuted", "short")
def eight_hex(clock):
    return forever(lambda: secrets.token_hex(4))


@maker("refuted", "short", "duplicates")
def six_decimal(clock):
    return forever(lambda: f"{secrets.randbelow(10**6):06}")


@maker("refuted", "short")
def prefix_and_32_bits(clock):
    prefix = secrets.token_hex(12)
    return forever(lambda: prefix + secrets.token_hex(4))


@maker("refuted", "duplicates")
def pool(clock):
    values = [secrets.token_hex(16) for _ in range(20_000)]
    return forever(lambda: secrets.choice(values))


@maker("refuted", "linear-dependency", "GF2")
def half_twice(clock):
    return forever(lambda: secrets.token_hex(4) * 2)


@maker("refuted", "linear-dependency", "GF2")
def checksum_tail(clock):
    def one():
        text = secrets.token_hex(4)
        return text + f"{zlib.crc32(text.encode()):08x}"
    return forever(one)


@maker("refuted", "bias")
def three_ones_of_four(clock):
    return forever(lambda: f"{secrets.randbits(128) | secrets.randbits(128):032x}")


@maker("refuted", "overlap")
def sliding_window(clock):
    text = secrets.token_hex(5000)
    at = 0
    while True:
        at += 1
        if at + 16 > len(text):
            text += secrets.token_hex(5000)
        yield text[at:at + 16]


@maker("refuted", "serial-correlation")
def sticky(clock):
    last = [0] * 32
    while True:
        last = [value if secrets.randbelow(100) < 12 else secrets.randbelow(16) for value in last]
        yield "".join(HEX[value] for value in last)


@maker("warned", "uneven")
def modulo_62(clock):
    return forever(lambda: "".join(BASE62[byte % 62] for byte in secrets.token_bytes(22)))


@maker("warned", "stuck-bits", "linear-dependency")
def every_other_byte(clock):
    return forever(lambda: "".join(f"00{byte:02x}" for byte in secrets.token_bytes(8)))


# tokens

def jwt(header, payload, key):
    text = b64(json.dumps(header).encode()) + "." + b64(json.dumps(payload).encode())
    return text + "." + (b64(hmac.new(key, text.encode(), "sha256").digest()) if key else "")


@maker("refuted", "jwt")
def jwt_without_algorithm(clock):
    return forever(lambda: jwt({"alg": "none"}, {"sub": secrets.randbelow(10**6), "iat": clock() // 10**6}, b""))


@maker("refuted", "jwt")
def jwt_with_a_usual_key(clock):
    return forever(lambda: jwt({"alg": "HS256", "typ": "JWT"}, {"sub": secrets.randbelow(10**6), "iat": clock() // 10**6}, b"secret"))


@maker("warned", "sequential", "linear", "short")
def jwt_of_a_counter(clock):
    key, at = secrets.token_bytes(32), secrets.randbelow(10**5)
    while True:
        at += 1
        yield jwt({"alg": "HS256", "typ": "JWT"}, {"uid": at, "iat": clock() // 10**6}, key)


@maker("refuted", "sequential", "linear")
def state_of_a_counter(clock):
    at = secrets.randbelow(10**5)
    while True:
        at += 1
        yield b64(json.dumps({"uid": at}).encode())


# strong ones

@maker("not_refuted")
def strong_hex_32(clock):
    return forever(lambda: secrets.token_hex(16))


@maker("not_refuted")
def strong_hex_16(clock):
    return forever(lambda: secrets.token_hex(8))


@maker("not_refuted")
def strong_base64url(clock):
    return forever(lambda: secrets.token_urlsafe(32))


@maker("not_refuted")
def strong_base64_padded(clock):
    return forever(lambda: base64.b64encode(secrets.token_bytes(16)).decode())


@maker("not_refuted")
def strong_base32(clock):
    return forever(lambda: base64.b32encode(secrets.token_bytes(16)).rstrip(b"=").decode())


@maker("not_refuted")
def strong_base36(clock):
    return forever(lambda: pick(32, BASE36))


@maker("not_refuted")
def strong_base58(clock):
    digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    return forever(lambda: number(secrets.randbits(128), digits, 22))


@maker("not_refuted")
def strong_base62(clock):
    return forever(lambda: pick(24, BASE62))


@maker("not_refuted")
def strong_letters_26(clock):
    return forever(lambda: pick(24, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


@maker("not_refuted")
def strong_decimal(clock):
    return forever(lambda: f"{secrets.randbelow(10**24):024}")


@maker("not_refuted")
def strong_unpadded_hex(clock):
    return forever(lambda: f"{secrets.randbits(128):x}")


@maker("not_refuted")
def strong_uuid4(clock):
    return forever(lambda: str(uuid.uuid4()))


@maker("not_refuted")
def strong_prefix(clock):
    return forever(lambda: "sess_" + secrets.token_hex(16))


@maker("not_refuted")
def strong_dotted(clock):
    return forever(lambda: ".".join(secrets.token_hex(4) for _ in range(4)))


@maker("not_refuted")
def strong_signed(clock):
    key = secrets.token_bytes(32)

    def one():
        value = secrets.token_urlsafe(24)
        return f"s%3A{value}." + base64.b64encode(hmac.new(key, value.encode(), "sha256").digest()).rstrip(b"=").decode().replace("+", "%2B").replace("/", "%2F")
    return forever(one)


@maker("not_refuted")
def strong_jwt(clock):
    key = secrets.token_bytes(32)
    return forever(lambda: jwt({"alg": "HS256", "typ": "JWT"}, {"jti": secrets.token_urlsafe(18), "iat": clock() // 10**6}, key))


@maker("not_refuted")
def strong_keyed_counter(clock):
    key = secrets.token_bytes(32)
    at = 0
    while True:
        at += 1
        yield hmac.new(key, struct.pack(">Q", at), "sha256").hexdigest()[:32]


# other languages: (program, what it is asked, source). Each prints COUNT lines `unix_us TAB id`.

NODE = """const crypto=require('crypto');const n=+process.argv[1];const us=()=>Math.floor((performance.timeOrigin+performance.now())*1000);
const f={%s};for(let i=0;i<n;++i)console.log(us()+'\\t'+f.one());"""
PHP = """for($i=0;$i<(int)$argv[1];++$i){$id=%s;echo (int)(microtime(true)*1e6)."\\t".$id."\\n";}"""
JAVA = """import java.util.*;public class Make{public static void main(String[] a){%s;for(int i=0;i<Integer.parseInt(a[0]);++i){
long t=System.currentTimeMillis()*1000;System.out.println(t+"\\t"+(%s));}}}"""
GO = """package main
import ("fmt";"os";"strconv";"time";%s)
func main(){n,_:=strconv.Atoi(os.Args[1]);%s
for i:=0;i<n;i++{fmt.Printf("%%d\\t%%s\\n",time.Now().UnixMicro(),%s)}}"""

OTHERS = {
    "node_base36": ("node", NODE % "one:()=>Math.random().toString(36).slice(2)", "refuted", ("xorshift128+", "short", "bias")),
    "node_hex": ("node", NODE % "one:()=>[0,0,0,0].map(()=>Math.floor(Math.random()*2**32).toString(16).padStart(8,'0')).join('')", "refuted", ("xorshift128+",)),
    "node_letters": ("node", NODE % "one(){let s='';for(let i=0;i<16;++i)s+='ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'[Math.floor(Math.random()*62)];return s}", "refuted", ("xorshift128+",)),
    "node_crypto": ("node", NODE % "one:()=>crypto.randomBytes(16).toString('base64url')", "not_refuted", ()),
    "php_uniqid": ("php", PHP % "uniqid()", "refuted", ("timestamp",)),
    "php_md5_microtime": ("php", PHP % "md5(microtime())", "refuted", ("hash-preimage",)),
    "php_mt_rand": ("php", PHP % "sprintf('%08x%08x%08x%08x',mt_rand(),mt_rand(),mt_rand(),mt_rand())", "refuted", ("php mt_rand", "mt19937")),
    "php_mt_rand_uuid": ("php", PHP % "vsprintf('%04x%04x-%04x-%04x-%04x-%04x%04x%04x',[mt_rand(0,65535),mt_rand(0,65535),mt_rand(0,65535),mt_rand(0,4095)|16384,mt_rand(0,16383)|32768,mt_rand(0,65535),mt_rand(0,65535),mt_rand(0,65535)])",
                         "refuted", ("mt19937", "php mt_rand")),
    "php_mt_rand_letters": ("php", PHP % "implode('',array_map(fn($x)=>'abcdefghijklmnopqrstuvwxyz0123456789'[mt_rand(0,35)],range(1,16)))", "refuted", ("mt19937", "php mt_rand")),
    "php_session": ("php", PHP % "session_create_id()", "not_refuted", ()),
    "java_longs": ("java", JAVA % ("Random r=new Random()", 'String.format("%016x",r.nextLong())'), "refuted", ("lcg48",)),
    "java_secure": ("java", JAVA % ("java.security.SecureRandom r=new java.security.SecureRandom()", 'String.format("%016x%016x",r.nextLong(),r.nextLong())'), "not_refuted", ()),
    "go_letters": ("go", GO % ('"math/rand"', 'r:=rand.New(rand.NewSource(time.Now().UnixNano()))\nl:="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"\n'
                               "one:=func() string {b:=make([]byte,16);for i:=range b{b[i]=l[r.Intn(52)]};return string(b)}", "one()"), "refuted", ("lagged additive",)),
}


def other(name, count):
    """(text of the sample, None), or (None, why there is none)."""
    program, source, _, _ = OTHERS[name]
    if shutil.which(program) is None:
        return None, f"no {program} here"
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        if program == "node":
            argv = ["node", "-e", source, str(count)]
        elif program == "php":
            argv = ["php", "-r", source, "--", str(count)]
        elif program == "java":
            (path / "Make.java").write_text(source)
            argv = ["java", "Make.java", str(count)]
        else:
            (path / "make.go").write_text(source)
            argv = ["go", "run", "make.go", str(count)]
        done = subprocess.run(argv, cwd=path, capture_output=True, text=True, timeout=120)
    if done.returncode != 0 or done.stdout.count("\n") < count:
        return None, f"{program} does not make it: {(done.stderr or done.stdout).strip()[-200:]}"
    return done.stdout, None


def sample(name, count):
    """Lines `unix_us TAB id`."""
    clock = Clock()
    made = MAKERS[name](clock)
    lines = []
    for _ in range(count):
        before = clock.us
        value = next(made)
        if clock.us == before:
            clock()
        lines.append(f"{clock.us + 30 + secrets.randbelow(200)}\t{value}\n")
    return "".join(lines)


if __name__ == "__main__":
    folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    folder.mkdir(parents=True, exist_ok=True)
    for name in MAKERS:
        (folder / f"{name}.tsv").write_text(sample(name, count))
    for name in OTHERS:
        text, why = other(name, count)
        if text is None:
            print(f"skipped {name}: {why}")
        else:
            (folder / f"{name}.tsv").write_text(text)
