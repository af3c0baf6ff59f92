"""Curves over the number of rows as small SVG files; the scale of rows goes by powers of ten, the other begins at 0."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 300, 64, 40, 36, 190
COLOURS: Final = ("#1b6ca8", "#c0392b", "#27864b", "#8e44ad", "#b9770e")


@dataclass(frozen=True, slots=True)
class Curve:
    """A name, and what was measured at how many rows."""

    name: str
    points: tuple[tuple[int, float], ...]


def plot(title: str, curves: Sequence[Curve]) -> str:
    """The curves as one SVG."""
    sizes = [rows for curve in curves for rows, _ in curve.points]
    first, last = math.log10(min(sizes)), math.log10(max(sizes))
    top = _round(max(value for curve in curves for _, value in curve.points))

    def x(rows: float) -> float:
        return LEFT + (math.log10(rows) - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="20" font-size="14" font-weight="bold">{escape(title)}</text>',
    ]
    for step in range(5):
        value = top * step / 4
        parts.append(f'<path d="M{LEFT} {y(value):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end" fill="#555">{value:,g}</text>')
    for rows in sorted(set(sizes)):
        if rows in (10 ** round(math.log10(rows)), max(sizes)):
            place = f'x="{x(rows):.1f}" y="{HEIGHT - BOTTOM + 18}"'
            parts.append(f'<text {place} text-anchor="middle" fill="#555">{rows:,}</text>')
    for number, curve in enumerate(curves):
        colour, points = COLOURS[number % len(COLOURS)], [(x(rows), y(value)) for rows, value in curve.points]
        line = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in points]
        place = f'x="{WIDTH - RIGHT + 28}" y="{TOP + 14 + 20 * number}"'
        parts.append(
            f'<path d="M{WIDTH - RIGHT + 10} {TOP + 10 + 20 * number}h12" stroke="{colour}" stroke-width="3"/>'
        )
        parts.append(f"<text {place}>{escape(curve.name)}</text>")
    return "\n".join([*parts, "</svg>", ""])


def _round(value: float) -> float:
    """The next number above that is 1, 2, 4, 6 or 8 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= value)
