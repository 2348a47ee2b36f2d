"""Drawings as inline SVG: scales with round ticks, and the few shapes that the figures need. Colours are classes of page.css."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterable, Sequence

Scale = Callable[[float], float]


def escape(words: str) -> str:
    """For text and attributes; characters that no document may hold become a box."""
    return html.escape("".join(c if c.isprintable() else "\ufffd" for c in words))


def at(x: float) -> str:
    """A coordinate: a tenth of a pixel is enough."""
    return f"{x:.1f}".removesuffix(".0")


def short(value: float) -> str:
    """A tick's number."""
    return f"{value:,.10g}".replace("-", "\u2212") if abs(value) < 1e6 else f"{value:.3g}"


def round_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten within the range, at most `most`."""
    if not high > low:
        return [low]
    raw = (high - low) / most
    unit = 10.0 ** math.floor(math.log10(raw))
    step = next(unit * k for k in (1, 2, 5, 10) if unit * k >= raw * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [round(k * step, 12) for k in range(first, math.floor(high / step + 1e-9) + 1)]


def linear(low: float, high: float, begin: float, end: float) -> Scale:
    span = high - low or 1.0
    return lambda value: begin + (value - low) / span * (end - begin)


class Plot:
    """A frame with two axes; y grows upwards. Shapes are clipped by their callers, who know the ranges."""

    def __init__(self, width: int, height: int, left: int = 52, right: int = 14, top: int = 12, bottom: int = 40) -> None:
        self.width, self.height = width, height
        self.left, self.right, self.top, self.bottom = left, width - right, top, height - bottom
        self.parts: list[str] = []
        self.x: Scale = lambda value: value
        self.y: Scale = lambda value: value

    def x_axis(self, low: float, high: float, label: str, ticks: Sequence[float] | None = None, names: Callable[[float], str] = short) -> None:
        self.x = linear(low, high, self.left, self.right)
        for tick in round_ticks(low, high) if ticks is None else ticks:
            self.text(self.x(tick), self.bottom + 16, names(tick), "tick mid")
            self.parts.append(f'<path class="axis" d="M{at(self.x(tick))} {self.bottom}v4"/>')
        self.parts.append(f'<path class="axis" d="M{self.left} {self.bottom}H{self.right}"/>')
        self.text((self.left + self.right) / 2, self.bottom + 33, label, "label mid")

    def y_axis(self, low: float, high: float, label: str) -> None:
        self.y = linear(low, high, self.bottom, self.top)
        for tick in round_ticks(low, high):
            self.parts.append(f'<path class="grid" d="M{self.left} {at(self.y(tick))}H{self.right}"/>')
            self.text(self.left - 6, self.y(tick) + 4, short(tick), "tick end")
        middle = (self.top + self.bottom) / 2
        self.parts.append(f'<text class="label mid" transform="translate(13 {at(middle)})rotate(-90)">{escape(label)}</text>')

    def text(self, x: float, y: float, words: str, look: str) -> None:
        self.parts.append(f'<text class="{look}" x="{at(x)}" y="{at(y)}">{escape(words)}</text>')

    def vertical(self, x: float, look: str) -> None:
        self.parts.append(f'<path class="{look}" d="M{at(self.x(x))} {self.top}V{self.bottom}"/>')

    def horizontal(self, y: float, look: str) -> None:
        self.parts.append(f'<path class="{look}" d="M{self.left} {at(self.y(y))}H{self.right}"/>')

    def line(self, points: Iterable[tuple[float, float]], look: str) -> None:
        path = "L".join(f"{at(self.x(x))} {at(self.y(y))}" for x, y in points)
        if path:
            self.parts.append(f'<path class="{look}" d="M{path}"/>')

    def band(self, points: Sequence[tuple[float, float, float]], look: str) -> None:
        """x, low, high."""
        if len(points) > 1:
            edge = [(x, low) for x, low, _ in points] + [(x, high) for x, _, high in reversed(points)]
            self.parts.append(f'<path class="{look}" d="M{"L".join(f"{at(self.x(x))} {at(self.y(y))}" for x, y in edge)}Z"/>')

    def interval(self, x: float, low: float, high: float, look: str) -> None:
        self.parts.append(f'<path class="bar {look}" d="M{at(self.x(x))} {at(self.y(low))}V{at(self.y(high))}"/>')

    def dot(self, x: float, y: float, look: str, tip: str, shape: str = "o", more: str = "") -> None:
        """shape: "o" a disc, "s" a square, "d" a diamond, "^" a triangle. A point with a tip shows its values."""
        px, py = self.x(x), self.y(y)
        hint = f' data-tip="{escape(tip)}"' if tip else ""
        if shape == "o":
            self.parts.append(f'<circle class="{look}" cx="{at(px)}" cy="{at(py)}" r="4"{hint}{more}/>')
        elif shape == "s":
            self.parts.append(f'<rect class="{look}" x="{at(px - 4)}" y="{at(py - 4)}" width="8" height="8"{hint}{more}/>')
        else:
            corners = "l5 5-5 5-5-5z" if shape == "d" else "l5 9h-10z"
            self.parts.append(f'<path class="{look}" d="M{at(px)} {at(py - 5)}{corners}"{hint}{more}/>')

    def box(self, left: float, top: float, width: float, height: float, look: str, tip: str = "") -> None:
        """In pixels."""
        hint = f' data-tip="{escape(tip)}"' if tip else ""
        self.parts.append(f'<rect class="{look}" x="{at(left)}" y="{at(top)}" width="{at(max(0.0, width))}" height="{at(max(0.0, height))}"{hint}/>')

    def drawing(self, name: str, title: str, description: str, look: str = "") -> str:
        return (
            f'<svg id="{name}" class="{look}" viewBox="0 0 {self.width} {self.height}" role="img" aria-labelledby="{name}-t {name}-d">'
            f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>{"".join(self.parts)}</svg>'
        )
