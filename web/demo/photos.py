"""Photos for the demo's cases: small pictures made here, of an appliance with something wrong."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from random import Random

WIDTH, HEIGHT = 320, 240
VARIANTS = 6
Colour = tuple[int, int, int]


@lru_cache(maxsize=VARIANTS)
def photo(variant: int) -> bytes:
    """A PNG of a machine in a kitchen: a dent, a crack or a puddle, by `variant`."""
    random = Random(variant)  # noqa: S311 - demo data, no secrets
    wall = (random.randint(150, 220), random.randint(150, 220), random.randint(150, 220))
    rows = [[_shaded(wall, y)] * WIDTH for y in range(HEIGHT)]
    _box(rows, (0, 185, WIDTH, HEIGHT), (150, 125, 100))
    _box(rows, (90, 40, 230, 200), (238, 240, 242))
    _box(rows, (98, 48, 222, 70), (200, 206, 212))
    _disc(rows, (160, 130), 48, (120, 130, 140))
    _disc(rows, (160, 130), 38, (60, 70, 82))
    if variant % 3 == 0:
        _disc(rows, (130 + 10 * variant, 200), 34, (120, 160, 200), flat=4)
    elif variant % 3 == 1:
        _crack(rows, random)
    else:
        _disc(rows, (205, 90), 16, (196, 200, 204))
        _disc(rows, (207, 92), 11, (172, 177, 182))
    return _png(rows)


@lru_cache(maxsize=4096)
def _shaded(colour: Colour, y: int) -> Colour:
    red, green, blue = (max(0, part - y // 5) for part in colour)
    return red, green, blue


def _box(rows: list[list[Colour]], corners: tuple[int, int, int, int], colour: Colour) -> None:
    left, top, right, bottom = corners
    for y in range(top, bottom):
        rows[y][left:right] = [_shaded(colour, y)] * (right - left)


def _disc(rows: list[list[Colour]], centre: tuple[int, int], radius: int, colour: Colour,
          flat: int = 1) -> None:
    for y in range(max(0, centre[1] - radius), min(HEIGHT, centre[1] + radius)):
        shaded = _shaded(colour, y)
        for x in range(max(0, centre[0] - radius), min(WIDTH, centre[0] + radius)):
            if (x - centre[0]) ** 2 + (flat * (y - centre[1])) ** 2 < radius ** 2:
                rows[y][x] = shaded


def _crack(rows: list[list[Colour]], random: Random) -> None:
    x, y = 110, 80
    while y < 195 and x < 225:
        _box(rows, (x, y, x + 3, y + 3), (70, 60, 60))
        x, y = x + random.randint(-1, 4), y + random.randint(1, 3)


def _png(rows: list[list[Colour]]) -> bytes:
    raw = b"".join(b"\0" + bytes(part for pixel in row for part in pixel) for row in rows)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join((
        _chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(raw, 9)), _chunk(b"IEND", b"")))


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))
