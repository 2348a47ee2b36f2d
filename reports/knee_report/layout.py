"""A page in millimetres from its top left corner: text wrapped by its measured width, tables, boxes, axes.

Nothing overlaps: every drawing call returns the height where the next element may begin, and text that is too long for
its place is wrapped or cut with an ellipsis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch, Rectangle
from matplotlib.textpath import TextToPath

from . import style
from .facts import Facts
from .style import TextStyle
from .tags import Element, Tags, decorate

POINT_MM = 25.4 / 72
ELLIPSIS = "\u2026"
_measuring: Any = TextToPath()


def printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def width_mm(text: str, look: TextStyle) -> float:
    """The width of one line as it will be printed."""
    font = FontProperties(family=style.FONT, size=look.size, weight=look.weight)
    width, _, _ = _measuring.get_text_width_height_descent(text, font, ismath=False)
    return float(width) * POINT_MM


def cut(text: str, look: TextStyle, width: float) -> str:
    """The text, or as much of its beginning as fits, with an ellipsis."""
    text = printable(text)
    if width_mm(text, look) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width_mm(text[:middle].rstrip() + ELLIPSIS, look) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + ELLIPSIS


def _pieces(word: str, look: TextStyle, width: float) -> list[str]:
    """A word wider than the column, broken where it must be."""
    pieces = []
    while width_mm(word, look) > width:
        end = len(word) - 1
        while end > 1 and width_mm(word[:end], look) > width:
            end -= 1
        pieces.append(word[:end])
        word = word[end:]
    return [*pieces, word]


def wrap(text: str, look: TextStyle, width: float, most: int = 0) -> list[str]:
    """Lines no wider than width; at most `most` of them when it is not 0, the last one cut with an ellipsis."""
    words = [piece for word in printable(text).split() for piece in _pieces(word, look, width)]
    lines: list[str] = []
    for word in words:
        if lines and width_mm(f"{lines[-1]} {word}", look) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    if most and len(lines) > most:
        lines = [*lines[: most - 1], cut(" ".join(lines[most - 1 :]), look, width)]
    return lines


def shrink(text: str, look: TextStyle, width: float, least: float) -> TextStyle:
    """The look, smaller when the text is too wide in it, but not below `least` points."""
    while look.size > least and width_mm(text, look) > width:
        look = replace(look, size=look.size - 0.5)
    return look


@dataclass(frozen=True)
class Column:
    """A table's column; weight is its share of the width, align is 'left' or 'right'."""

    title: str
    weight: float
    align: str = "left"


class Page:
    """One page of the report, with its running header and footer."""

    def __init__(self, number: int, pages: int, name: str, date: str, footer: str, facts: Facts) -> None:
        self.figure: Any = Figure(figsize=(style.PAGE_WIDTH / 25.4, style.PAGE_HEIGHT / 25.4))
        self.facts = facts
        self.tags = Tags()
        self._captions: list[str] = []  # of figures that are not drawn yet
        self._caption = ""
        self._running(style.LEFT, 12, cut(name, style.RUNNING, 120))
        self._running(style.RIGHT, 12, date, "right")
        self.rule(17.5)
        self.rule(284)
        self._running(style.LEFT, 286, cut(footer, style.RUNNING, 140))
        self._running(style.RIGHT, 286, f"page {number} of {pages}", "right")

    def _running(self, x: float, y: float, text: str, align: str = "left") -> None:
        """Head and foot: on every page, so no part of the text."""
        decorate(self._place(x, y, text, style.RUNNING, align))

    # --- places -----------------------------------------------------------------------------------------------------

    def _x(self, x: float) -> float:
        return x / style.PAGE_WIDTH

    def _y(self, y: float) -> float:
        return 1 - y / style.PAGE_HEIGHT

    def axes(self, x: float, y: float, width: float, height: float, words: str = "") -> Any:
        """Axes whose frame fills the given rectangle; tick labels lie outside of it. words: the alternative text of a figure
        below a heading; else captions name figures in their order, and one without a caption of its own has the last."""
        ax = self.figure.add_axes((self._x(x), self._y(y + height), width / style.PAGE_WIDTH, height / style.PAGE_HEIGHT))
        if not words:
            words = self._caption = self._captions.pop(0) if self._captions else self._caption
        element = self.tags.add("Figure", words)
        self.tags.mark(ax, element)
        self.tags.figures.append((element, ax))
        return ax

    # --- text -------------------------------------------------------------------------------------------------------

    def _place(self, x: float, y: float, text: str, look: TextStyle, align: str) -> Any:
        return self.figure.text(
            self._x(x),
            self._y(y + look.size * POINT_MM * 0.98),
            text,
            size=look.size,
            weight=look.weight,
            color=look.colour,
            ha=align,
            va="baseline",
            parse_math=False,
        )

    def text(self, x: float, y: float, text: str, look: TextStyle, align: str = "left", kind: str = "P", element: Element | None = None) -> float:
        """One line whose top is at y, of a new element of this kind or of a given one. Returns where the next line begins."""
        self.tags.mark(self._place(x, y, text, look, align), element or self.tags.add(kind))
        return y + look.size * look.leading * POINT_MM

    def paragraph(self, x: float, y: float, width: float, text: str, look: TextStyle = style.BODY, most: int = 0, kind: str = "P") -> float:
        lines = wrap(text, look, width, most)
        element = self.tags.add(kind) if lines else None
        for line in lines:
            y = self.text(x, y, line, look, element=element)
        return y

    def heading(self, y: float, text: str, x: float = style.LEFT, width: float = style.WIDTH) -> float:
        return self.text(x, y, cut(text, style.HEADING, width), style.HEADING, kind="H2") + 1.2

    def caption(self, y: float, title: str, note: str = "", x: float = style.LEFT, width: float = style.WIDTH) -> float:
        """The title of a figure or table, and a note on how to read it."""
        self._captions.append(f"{title}. {note}".strip())
        y = self.text(x, y, cut(title, style.BODY.bold(), width), style.BODY.bold(), kind="H3")
        return self.paragraph(x, y, width, note, style.SMALL, most=3) if note else y

    # --- lines and boxes --------------------------------------------------------------------------------------------

    def rule(self, y: float, x: float = style.LEFT, width: float = style.WIDTH, colour: str = style.RULE, weight: float = 0.6) -> None:
        self._patch(Rectangle((self._x(x), self._y(y)), width / style.PAGE_WIDTH, 0, linewidth=weight, edgecolor=colour, fill=False))

    def box(self, x: float, y: float, width: float, height: float, fill: str = style.PANEL, edge: str = "none") -> None:
        corner = (self._x(x), self._y(y + height))
        size = (width / style.PAGE_WIDTH, height / style.PAGE_HEIGHT)
        look = {"boxstyle": "square,pad=0", "facecolor": fill, "edgecolor": edge, "linewidth": 0.8}
        self._patch(FancyBboxPatch(corner, *size, transform=self.figure.transFigure, zorder=-1, **look))

    def _patch(self, patch: Any) -> None:
        patch.set_transform(self.figure.transFigure)
        decorate(self.figure.add_artist(patch))

    # --- tables -----------------------------------------------------------------------------------------------------

    def table(
        self,
        y: float,
        columns: Sequence[Column],
        rows: Sequence[Sequence[str]],
        x: float = style.LEFT,
        width: float = style.WIDTH,
        row_height: float = 4.3,
        strong: Sequence[int] = (),
    ) -> float:
        """Column titles, a rule, one line per row; `strong` rows are bold. A cell too wide for its column is set a little
        smaller, then cut."""
        total = sum(c.weight for c in columns)
        gap = 2.0
        lefts, at = [], x
        for column in columns:
            lefts.append(at)
            at += width * column.weight / total
        widths = [width * c.weight / total - gap for c in columns]

        def line(at: float, cells: Sequence[str], look: TextStyle, kind: str) -> None:
            with self.tags.inside("TR"):
                for column, left, room, text in zip(columns, lefts, widths, cells):
                    place = left if column.align == "left" else left + room
                    fitted = shrink(text, look, room, look.size - 1)
                    self.text(place, at + (look.size - fitted.size) * POINT_MM, cut(text, fitted, room), fitted, column.align, kind)

        with self.tags.inside("Table"):
            line(y, [c.title for c in columns], style.TABLE_HEAD, "TH")
            y += 4.2
            self.rule(y, x, width)
            y += 1.1
            for index, row in enumerate(rows):
                line(y, row, style.TABLE.bold() if index in strong else style.TABLE, "TD")
                y += row_height
        return y
