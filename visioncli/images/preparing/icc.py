"""Whether an ICC profile says what every reader takes for granted: sRGB. Nothing is converted.

ICC.1:2010 (profile version 4.3), sections 7 and 10; the figures of sRGB are those of IEC 61966-2-1,
adapted to D50 as profiles have them.
"""

from __future__ import annotations

import struct

PRIMARIES = {
    b"rXYZ": (0.4361, 0.2225, 0.0139),
    b"gXYZ": (0.3851, 0.7169, 0.0971),
    b"bXYZ": (0.1431, 0.0606, 0.7141),
}
NEAR = 0.006  # of X, Y, Z: what programs that write sRGB differ by; Display P3 is 0.08 away
AT = (0.1, 0.25, 0.5, 0.75, 0.9)  # where curves are compared
ALIKE = 0.012  # of the light: the plain gamma of 2.2 passes, that of 1.8 is 0.07 away
MOST_TAGS = 100
Curve = tuple[float, ...]


def is_srgb(profile: bytes) -> bool:
    """For RGB, the primaries and the curves; for grey, the curve. False where it cannot be told."""
    try:
        tags = _tags(profile)
        match profile[16:20]:
            case b"RGB ":
                near = all(
                    abs(is_ - should) < NEAR
                    for name, sides in PRIMARIES.items()
                    for is_, should in zip(_xyz(tags[name]), sides, strict=True)
                )
                return near and all(_like(tags[name]) for name in (b"rTRC", b"gTRC", b"bTRC"))
            case b"GRAY":
                return _like(tags[b"kTRC"])
    except (KeyError, struct.error, ArithmeticError, ValueError, IndexError):
        return False
    return False


def space(profile: bytes) -> str:
    """ "RGB", "GRAY", "CMYK", …: what its pixels are made of."""
    return profile[16:20].decode("ascii", "replace").strip()


def _tags(profile: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">I", profile, 128)
    tags = {}
    for number in range(min(count, MOST_TAGS)):
        name, at, size = struct.unpack_from(">4sII", profile, 132 + 12 * number)
        tags[name] = profile[at : at + size]
    return tags


def _xyz(tag: bytes) -> tuple[float, float, float]:
    x, y, z = struct.unpack_from(">iii", tag, 8)
    return x / 65536, y / 65536, z / 65536


def _like(tag: bytes) -> bool:
    """Whether a curve is sRGB's."""
    return all(abs(_light(tag, value) - _srgb(value)) < ALIKE for value in AT)


def _srgb(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _light(tag: bytes, value: float) -> float:
    """What a curve makes of a value, both from 0 to 1."""
    if tag[:4] == b"curv":
        (count,) = struct.unpack_from(">I", tag, 8)
        if count == 0:
            return value
        if count == 1:
            (gamma,) = struct.unpack_from(">H", tag, 12)
            return float(value ** (gamma / 256))
        place = value * (count - 1)
        low = int(place)
        one, two = struct.unpack_from(">HH", tag, 12 + 2 * low)
        return float(one + (two - one) * (place - low)) / 65535
    if tag[:4] != b"para":
        raise ValueError("no curve")
    (kind,) = struct.unpack_from(">H", tag, 8)
    count = (1, 3, 4, 5, 7)[kind]
    g, a, b, c, d, e, f = (
        n / 65536 for n in (*struct.unpack_from(f">{count}i", tag, 12), *[0] * (7 - count))
    )
    match kind:
        case 0:
            return float(value**g)
        case 1 | 2:
            return float((a * value + b) ** g if value >= -b / a else 0) + (c if kind == 2 else 0)
        case _:
            return float((a * value + b) ** g + e if value >= d else c * value + f)
