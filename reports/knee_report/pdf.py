"""Puts the pages together into one file."""

from __future__ import annotations

import datetime
import io
import warnings
from typing import TYPE_CHECKING, Any

from . import style, wording
from .facts import Facts
from .study import Study
from .whole import write_whole

if TYPE_CHECKING:
    from .layout import Page


def creation_date(utc: str) -> datetime.datetime | None:
    """The study's date, so that the same study gives the same file."""
    try:
        return datetime.datetime.fromisoformat(utc.replace("Z", "+00:00"))
    except ValueError:
        return None


def draw_pages(study: Study, facts: Facts) -> list[Page]:
    """All pages, drawn but not written."""
    style.apply()
    from .layout import Page
    from .pages import page_drawers

    draws, pages = page_drawers(), []
    footer = f"knee {study.facts.knee_version or '(version not recorded)'} \u00b7 made from study.db and fit.json"
    header = f"Scaling study: {study.facts.name}"
    if study.all_fail:
        header += f". All {study.facts.item}s fail: times of failing"
    for number, draw in enumerate(draws, 1):
        page = Page(number, len(draws), header, wording.day(study.facts.created_utc), footer, facts)
        draw(page, study)
        pages.append(page)
    return pages


def save_pages(pages: list[Page], study: Study, path: str) -> None:
    """Writes pages to path, complete or not at all."""
    from matplotlib.backends.backend_pdf import PdfPages

    from .pages import PAGES, TITLES
    from .tags import structured

    metadata: dict[str, Any] = {
        "Title": f"Scaling of {study.facts.name}",
        "Subject": "Scaling study",
        "Creator": f"knee {study.facts.knee_version}",
        "CreationDate": creation_date(study.facts.created_utc),
    }
    drawn = io.BytesIO()
    with warnings.catch_warnings():
        # A letter that the font lacks is drawn as a box; a warning for each of them would not help.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        with PdfPages(drawn, metadata=metadata) as file:
            for page in pages:
                file.savefig(page.figure)
    write_whole(path, structured(drawn, [page.tags for page in pages], metadata["Title"], [TITLES[name] for name in PAGES]))


def write_pdf(study: Study, facts: Facts, path: str) -> None:
    save_pages(draw_pages(study, facts), study, path)
