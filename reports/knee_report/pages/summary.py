"""Page 1: key numbers and findings, the scaling curve, the recommendation."""

from __future__ import annotations

from .. import curve, style, wording
from ..figures import scaling
from ..layout import POINT_MM, Page, cut, shrink, wrap
from ..sentences import Tile, findings, tiles
from ..study import Study

TILE_HEIGHT = 25.0


def _tile(page: Page, x: float, y: float, width: float, tile: Tile) -> None:
    page.box(x, y, width, TILE_HEIGHT)
    page.text(x + 3, y + 2.8, cut(tile.label, style.SMALL, width - 6), style.SMALL)
    look = shrink(tile.number, style.FIGURE_NUMBER, width - 6, 11)
    page.text(x + 3, y + 7.6 + (style.FIGURE_NUMBER.size - look.size) * POINT_MM, cut(tile.number, look, width - 6), look)
    page.paragraph(x + 3, y + 15.6, width - 6, tile.note, style.SMALL, most=2)


def recommendation_words(study: Study) -> list[str]:
    advice = study.recommendation
    lines = [f"{wording.capital(wording.sentence(advice.reason))}"] if advice.reason else []
    if advice.wall_s.value is not None:
        unit = f"a trial of {wording.plural(study.facts.items, study.facts.item)}" if study.facts.counts_items else "a run"
        lines.append(f"With it, {unit} takes {wording.with_interval(advice.wall_s, 's')}.")
    elif advice.workers is not None:
        lines.append(f"Wall time of a trial with it: {wording.why_missing(advice.wall_s)}.")
    return lines


def _recommendation(page: Page, study: Study) -> float:
    """A box at the bottom of the page; returns where it begins."""
    advice = study.recommendation
    inner = style.WIDTH - 10
    text = wrap(" ".join(recommendation_words(study)), style.BODY, inner, most=4)
    height = 16.5 + len(text) * style.BODY.size * style.BODY.leading * POINT_MM
    y = style.BOTTOM - height
    page.box(style.LEFT, y, style.WIDTH, height)
    page.box(style.LEFT, y, 1.6, height, fill=style.GOOD)
    at = page.text(style.LEFT + 6, y + 3, "Recommended", style.SMALL)
    if advice.workers is None:
        words = "none"
    else:
        words = wording.advised(advice.workers, advice.chunk, advice.policy)
    big = style.TextStyle(13, "bold", style.GOOD)
    at = page.text(style.LEFT + 6, at + 0.4, cut(words, big, inner), big) + 0.4
    for line in text:
        at = page.text(style.LEFT + 6, at, line, style.BODY)
    return y


def curve_note(study: Study) -> str:
    note = "Bars: 95% intervals."
    if any(p.oversubscribed for p in study.curve):
        note += " Shaded: more workers than cores; these points are not used in the fits."
    if study.emulated:
        note += f" Green: {'replayed' if study.emulated.facts.replay_of else 'emulated'} cores."
    return note + (" Pink line: the knee." if study.findings.knee_state != "none" else "")


def draw(page: Page, study: Study) -> None:
    y = page.paragraph(style.LEFT, 22, style.WIDTH, f"Scaling of {study.facts.name}", style.TITLE, most=2)
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
        y = page.paragraph(style.LEFT + 6, y, style.WIDTH - 6, finding.detail, style.BODY, most=4) + 1.7

    box_top = _recommendation(page, study)
    y = page.caption(y + 2, "The scaling curve", curve_note(study))
    page_axes = page.axes(style.LEFT + 11, y + 5.5, style.WIDTH - 12, box_top - y - 5.5 - 15)
    scaling.speedup(page_axes, study)
