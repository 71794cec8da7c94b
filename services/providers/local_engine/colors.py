"""Plain names for colours."""

from functools import cache
from typing import TypeAlias

Rgb: TypeAlias = tuple[int, int, int]
Lab: TypeAlias = tuple[float, float, float]

NEUTRAL = frozenset({"black", "dark grey", "grey", "light grey", "white"})

_LIGHTNESS_WEIGHT = 0.6
"""Below 1, because people name a shade by its hue before its lightness."""

# Several examples where one name covers a wide range.
_EXAMPLES: dict[str, tuple[str, ...]] = {
    "black": ("000000", "141414", "1a1614"),
    "dark grey": ("3c3c3c", "4b4b4b"),
    "grey": ("787878", "8c8c8c", "8a857f", "7d828a"),
    "light grey": ("b9b9b9", "d2d2d2", "c6c2bc"),
    "white": ("ffffff", "f4f4f4", "f6f3ee"),
    "red": ("dc1e1e", "b41414", "e63c3c"),
    "dark red": ("6e1212", "4f1414"),
    "orange": ("f08c1e", "e66e14", "f0a050"),
    "brown": ("6b4423", "8b5a2b", "4e3524", "7d5c44", "96693f", "a5744a"),
    "beige": ("dcc8a5", "ebdcc3", "c8b08c", "d2bda0"),
    "yellow": ("f5dc28", "ffff3c", "e6c832"),
    "olive": ("6e6e28", "8c8c3c"),
    "green": ("3c8c3c", "28b43c", "5aa046", "78b464"),
    "dark green": ("1e461e", "2d5028"),
    "light green": ("b4e6aa", "96dc8c"),
    "teal": ("148c8c", "1e6e6e"),
    "turquoise": ("46d2d2", "64e6dc"),
    "light blue": ("a0c8eb", "bedcf5", "8cb4e1"),
    "blue": ("2864c8", "3c78e6", "1e50aa", "5a82b4", "0000ff"),
    "dark blue": ("142850", "1e326e", "0a1446", "000080"),
    "purple": ("6e2896", "8c46b4", "502878"),
    "pink": ("f08cb4", "f5b9cd", "e65a96"),
    "magenta": ("dc28c8", "c81e8c"),
}


def color_name(rgb: Rgb) -> str:
    """The plain name of the nearest example, as people see nearness."""
    lightness, a, b = lab(rgb)

    def distance(example: tuple[str, Lab]) -> float:
        light, other_a, other_b = example[1]
        return (
            (_LIGHTNESS_WEIGHT * (lightness - light)) ** 2 + (a - other_a) ** 2 + (b - other_b) ** 2
        )

    return min(_examples(), key=distance)[0]


def lab(rgb: Rgb) -> Lab:
    """sRGB to CIELAB (D65): lightness from 0 to 100, then green–red and blue–yellow."""
    r, g, b = (_linear(channel / 255) for channel in rgb)
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
    fx, fy, fz = _cube_root(x), _cube_root(y), _cube_root(z)
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@cache
def _examples() -> tuple[tuple[str, Lab], ...]:
    return tuple(
        (name, lab((int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16))))
        for name, codes in _EXAMPLES.items()
        for code in codes
    )


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _cube_root(value: float) -> float:
    return value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116
