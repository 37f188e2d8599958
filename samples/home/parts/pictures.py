"""Placeholder pictures for the sample report: a logo and a network sketch (SVG), two "photographs" (PNG). Drawn here, copied from nowhere."""

import os
import struct
import zlib

WIDTH, HEIGHT = 480, 360
LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">
<rect x="2" y="2" width="60" height="60" rx="14" fill="#1f4f82"/>
<path d="M14 33 L32 16 L50 33 V48 H14 Z" fill="none" stroke="#fff" stroke-width="4" stroke-linejoin="round"/>
<path d="M24 36 L30 42 L41 29" fill="none" stroke="#9fd6b8" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/>
</svg>
"""


def make(folder):
    os.makedirs(folder, exist_ok=True)
    for name, data in (("logo.svg", LOGO.encode()), ("network.svg", network().encode()), ("lamp.png", lamp()), ("hub.png", hub())):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)


def network():
    """The bench as hosts.py lays it out: everybody on one bridge."""
    boxes = ((20, "scanner", "10.77.0.1"), (180, "cloud", "10.77.10.1"), (340, "lamp", "10.77.10.2"), (500, "hub", "10.77.10.3"))
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 150" width="640" height="150" font-family="sans-serif" font-size="14">',
           '<rect x="10" y="110" width="620" height="26" rx="6" fill="#e6edf6" stroke="#3d5a80"/>',
           '<text x="320" y="128" text-anchor="middle" fill="#1c2127">bridge home0</text>']
    for x, name, address in boxes:
        out.append(f'<path d="M{x + 60} 62 V110" stroke="#3d5a80" stroke-width="2"/>'
                   f'<rect x="{x}" y="12" width="120" height="50" rx="6" fill="#fff" stroke="#1c2127"/>'
                   f'<text x="{x + 60}" y="33" text-anchor="middle" fill="#1c2127">{name}</text>'
                   f'<text x="{x + 60}" y="52" text-anchor="middle" fill="#626b75">{address}</text>')
    return "\n".join(out + ["</svg>"]) + "\n"


class Canvas:
    """Rows of RGB bytes, filled span by span."""

    def __init__(self):
        shade = [bytes(200 + y * 30 // HEIGHT for _ in range(3)) for y in range(HEIGHT)]
        self.rows = [bytearray(shade[y] * WIDTH) for y in range(HEIGHT)]

    def span(self, y, left, right, colour):
        left, right = max(0, int(left)), min(WIDTH, int(right))
        if 0 <= y < HEIGHT and right > left:
            self.rows[y][left * 3:right * 3] = bytes(colour) * (right - left)

    def trapezium(self, top, bottom, upper, lower, colour, centre=WIDTH / 2):
        for y in range(top, bottom):
            half = upper + (lower - upper) * (y - top) / (bottom - top)
            self.span(y, centre - half, centre + half, colour)

    def circle(self, x, y, radius, colour):
        for row in range(y - radius, y + radius + 1):
            half = (radius ** 2 - (row - y) ** 2) ** .5
            self.span(row, x - half, x + half, colour)

    def png(self):
        def chunk(name, data):
            return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        data = zlib.compress(b"".join(b"\0" + bytes(row) for row in self.rows), 9)
        return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)) + chunk(b"IDAT", data) + chunk(b"IEND", b""))


def lamp():
    canvas = Canvas()
    canvas.circle(240, 165, 150, (246, 238, 205))
    canvas.trapezium(60, 170, 60, 130, (196, 138, 52))
    canvas.trapezium(170, 178, 130, 130, (120, 84, 32))
    canvas.trapezium(178, 300, 8, 8, (70, 74, 80))
    canvas.trapezium(300, 318, 90, 100, (50, 54, 60))
    return canvas.png()


def hub():
    canvas = Canvas()
    canvas.trapezium(80, 210, 5, 5, (60, 64, 70), 130)
    canvas.trapezium(80, 210, 5, 5, (60, 64, 70), 350)
    canvas.trapezium(200, 290, 170, 180, (44, 62, 84))
    canvas.trapezium(290, 300, 160, 160, (24, 32, 44))
    for x, colour in ((120, (108, 199, 149)), (150, (108, 199, 149)), (180, (233, 180, 82))):
        canvas.circle(x, 246, 7, colour)
    return canvas.png()
