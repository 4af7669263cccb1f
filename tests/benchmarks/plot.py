"""A plot as SVG, both axes logarithmic: lines of cost over size, labelled at their ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 460, 70, 150, 20, 50
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#999999")
_GAP = 15.0


class Series(NamedTuple):
    """A line: its name, and its points, all above zero."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float]


class _Axis(NamedTuple):
    """A logarithmic axis over whole powers of ten, from pixel `start` to pixel `end`."""

    low: int
    high: int
    start: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], start: float, end: float) -> _Axis:
        low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        return cls(low, max(high, low + 1), start, end)

    def at(self, value: float) -> float:
        """The pixel of a value."""
        return self.start + (math.log10(value) - self.low) / (self.high - self.low) * (self.end - self.start)


def plot(lines: Sequence[Series], x_label: str) -> str:
    """The plot, as the text of an SVG file."""
    x = _Axis.over([value for line in lines for value in line.xs], LEFT, WIDTH - RIGHT)
    y = _Axis.over([value for line in lines for value in line.ys], HEIGHT - BOTTOM, TOP)
    parts = [*_grid(x, y), *_drawn(lines, x, y)]
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, x_label, anchor="middle"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _grid(x: _Axis, y: _Axis) -> list[str]:
    parts = []
    for power in range(x.low, x.high + 1):
        at = x.at(10.0**power)
        parts.append(_stroke([(at, y.start), (at, y.end)], "#ddd", 1))
        parts.append(_text(at, y.start + 18, f"{10.0**power:,g}", anchor="middle"))
    for power in range(y.low, y.high + 1):
        at = y.at(10.0**power)
        parts.append(_stroke([(x.start, at), (x.end, at)], "#ddd", 1))
        parts.append(_text(x.start - 8, at + 4, f"{10.0**power:,g}", anchor="end"))
    return parts


def _drawn(lines: Sequence[Series], x: _Axis, y: _Axis) -> list[str]:
    """The lines, and their names beside their ends, apart from each other."""
    parts: list[str] = []
    last = -math.inf
    coloured = sorted(zip(lines, _COLOURS, strict=False), key=lambda one: -one[0].ys[-1])
    for line, colour in coloured:
        points = [(x.at(a), y.at(b)) for a, b in zip(line.xs, line.ys, strict=True)]
        parts.append(_stroke(points, colour, 2))
        last = max(points[-1][1] + 4, last + _GAP)
        parts.append(_text(points[-1][0] + 10, last, line.name, colour=colour))
    return parts


def _stroke(points: Sequence[tuple[float, float]], colour: str, width: int) -> str:
    path = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _text(x: float, y: float, text: str, *, anchor: str = "start", colour: str = "#333") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'
