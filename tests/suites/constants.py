"""Binary digits of pi, e and square roots by big integers: the inputs of published answers, made here. The integer part comes first."""
import functools
import math


def pi(bits):
    """Chudnovsky's series by binary splitting."""
    cube = 640320**3 // 24

    def split(first, end):
        if end - first == 1:
            p = 1 if first == 0 else (6 * first - 5) * (2 * first - 1) * (6 * first - 1)
            q = 1 if first == 0 else first**3 * cube
            t = p * (13591409 + 545140134 * first)
            return p, q, -t if first & 1 else t
        middle = (first + end) // 2
        left, right = split(first, middle), split(middle, end)
        return left[0] * right[0], left[1] * right[1], right[1] * left[2] + left[0] * right[2]

    places = bits + 64
    _, q, t = split(0, int(bits * 0.30103 / 14.18) + 10)
    return (q * 426880 * math.isqrt(10005 << (2 * places))) // t >> 64


def e(bits):
    def split(first, end):
        if end - first == 1:
            return 1, end
        middle = (first + end) // 2
        left, right = split(first, middle), split(middle, end)
        return left[0] * right[1] + right[0], left[1] * right[1]

    terms = 10
    while math.lgamma(terms) / math.log(2) < bits + 100:
        terms = int(terms * 1.2)
    p, q = split(0, terms)
    return ((p << (bits + 64)) // q + (1 << (bits + 64))) >> 64


MAKERS = {"pi": pi, "e": e, "sqrt2": lambda bits: math.isqrt(2 << (2 * bits)), "sqrt3": lambda bits: math.isqrt(3 << (2 * bits))}


def digits(name, bits):
    """Text of 0 and 1."""
    return bin(MAKERS[name](bits))[2 : 2 + bits]


@functools.lru_cache
def packed(name, bits):
    text = digits(name, bits)
    return int(text + "0" * (-bits % 8), 2).to_bytes((bits + 7) // 8, "big")
