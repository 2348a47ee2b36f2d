"""Page 1: key numbers; what to run here, what the batch does, its knee, what to buy; the scaling curve."""

from __future__ import annotations

from .. import curve, style, wording
from ..figures import scaling
from ..layout import POINT_MM, Page, cut, shrink
from ..sentences import Tile, costs, findings, tiles
from ..study import Study

TILE_HEIGHT = 25.0


def _tile(page: Page, x: float, y: float, width: float, tile: Tile) -> None:
    page.box(x, y, width, TILE_HEIGHT)
    label = shrink(tile.label, style.SMALL, width - 6, 6)
    page.text(x + 3, y + 2.8, cut(tile.label, label, width - 6), label)
    look = shrink(tile.number, style.FIGURE_NUMBER, width - 6, 11)
    page.text(x + 3, y + 7.6 + (style.FIGURE_NUMBER.size - look.size) * POINT_MM, cut(tile.number, look, width - 6), look)
    page.paragraph(x + 3, y + 15.6, width - 6, tile.note, style.SMALL, most=2)


def curve_note(study: Study) -> str:
    banded = any(low is not None for _, _, low, _ in curve.line_points(study))
    note = "Bars and band: 95% intervals." if banded else "Bars: 95% intervals."
    if curve.other_points(study.replayed):
        note += " Squares: replayed, the real pool with items that wait."
    if curve.other_points(study.emulated):
        items = wording.plural(study.emulated.facts.items if study.emulated else None, study.facts.item)
        note += f" Triangles: emulated cores, trials of {items}."
    if curve.spread_points(study):
        note += " Diamonds: as many workers on more nodes."
    return note + (" Pink line: the knee of the batch." if curve.knee_place(study) is not None else "")


def draw(page: Page, study: Study) -> None:
    y = page.paragraph(style.LEFT, 22, style.WIDTH, f"Scaling of {study.facts.name}", style.TITLE, most=2, kind="H1")
    y = page.paragraph(style.LEFT, y + 0.6, style.WIDTH, curve.subtitle(study, 0), style.SUBTITLE, most=2) + 3

    gap = 4.0
    width = (style.WIDTH - 3 * gap) / 4
    for index, tile in enumerate(tiles(study)):
        _tile(page, style.LEFT + index * (width + gap), y, width, tile)
    y += TILE_HEIGHT + 5.5

    y = page.heading(y, "Key findings")
    for number, finding in enumerate(findings(study), 1):
        page.text(style.LEFT, y, str(number), style.BODY.bold().coloured(style.MEASURED))
        y = page.paragraph(style.LEFT + 6, y, style.WIDTH - 6, finding.lead, style.BODY.bold(), most=2)
        y = page.paragraph(style.LEFT + 6, y, style.WIDTH - 6, finding.detail, style.BODY, most=8 if number == 1 else 4) + 1.7

    cost = costs(study, page.facts)
    if cost:
        y = page.paragraph(style.LEFT + 6, y, style.WIDTH - 6, cost.lead, style.BODY.bold(), most=1)
        y = page.paragraph(style.LEFT + 6, y, style.WIDTH - 6, cost.detail, style.BODY, most=2) + 1.7

    y = page.caption(y + 2, "The scaling curve", curve_note(study))
    page_axes = page.axes(style.LEFT + 11, y + 5.5, style.WIDTH - 12, style.BOTTOM - y - 5.5 - 10)
    scaling.speedup(page_axes, study)
