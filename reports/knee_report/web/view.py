"""What figures and sections of the page share: the study, its facts by id, and numbers as marked text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .. import wording
from ..facts import Facts
from ..measure import Measure, missing
from ..study import Study
from .svg import escape


COUNTS = ("trials", "items", "workers", "cores", "CPUs", "blocks", "bytes")  # units of whole numbers


def _count(measure: Measure) -> str:
    """ "6 (5\u20138)", "6 (5 or more)" """
    shown = wording.whole(measure.value)
    if measure.low is not None and measure.high is not None and measure.low < measure.high:
        return f"{shown} ({wording.whole(measure.low)}{wording.DASH}{wording.whole(measure.high)})"
    return f"{shown} ({wording.whole(measure.low)} or more)" if measure.low is not None and measure.high is None else shown


@dataclass(frozen=True)
class View:
    study: Study
    facts: Facts

    def measure(self, name: str) -> Measure:
        fact = self.facts.get(name)
        return fact.measure if fact else missing("not recorded")

    def number(self, name: str, factor: float = 1.0, decimals: int | None = None) -> str:
        """A fact as HTML, marked with its id: tests compare it with report.json. A missing one is a dash with its reason."""
        measure = self.measure(name).scaled(factor)
        if measure.value is None:
            return f'<span data-fact="{name}" title="{escape(wording.why_missing(measure))}">{wording.DASH}</span>'
        if self.facts[name].unit in COUNTS:
            words = _count(measure)
        else:
            words = wording.cell(measure) if decimals is None else wording.fixed(measure.value, decimals)
        shown, bracket, span = words.partition(" (")
        interval = f"<small>({escape(span)}</small>" if bracket else ""
        scale = "" if factor == 1 else f' data-factor="{factor:g}"'
        return f'<span data-fact="{name}"{scale}>{escape(shown)} {interval}</span>'.replace(" </span>", "</span>")


@dataclass(frozen=True)
class Grid:
    """A table: titles, and rows whose cells are HTML. The first cell of a row names it."""

    caption: str
    titles: Sequence[str]
    rows: Sequence[Sequence[str]]

    def html(self) -> str:
        head = "".join(f'<th scope="col">{escape(title)}</th>' for title in self.titles)
        body = "".join(
            f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>' for row in self.rows
        )  # fmt: skip
        return (
            f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(self.caption)}"><table><caption>{escape(self.caption)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )


@dataclass(frozen=True)
class Drawn:
    """A figure: its drawing, the table with its values, and controls above the drawing (HTML)."""

    name: str
    title: str
    note: str
    drawing: str
    table: Grid | None
    controls: str = ""
    wide: bool = False

    def html(self) -> str:
        table = f"<details><summary>Values: {escape(self.title.lower())}</summary>{self.table.html()}</details>" if self.table else ""
        scroll = f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(self.title)}, drawing">{self.drawing}</div>' if self.wide else self.drawing
        return (
            f'<figure id="{self.name}-figure"{" class=wide" if self.wide else ""}><figcaption><strong>{escape(self.title)}</strong>'
            f"<span>{escape(self.note)}</span></figcaption>{self.controls}{scroll}{table}</figure>"
        )


def absent(name: str, title: str, why: str) -> Drawn:
    """In place of a figure that cannot be drawn."""
    return Drawn(name, title, "", f'<p class="absent">not measured: {escape(why)}</p>', None)
