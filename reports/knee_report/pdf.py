"""Puts the pages together into one file."""

from __future__ import annotations

import datetime
import os
import warnings
from typing import Any

from . import style, wording
from .study import Study


def creation_date(utc: str) -> datetime.datetime | None:
    """The study's date, so that the same study gives the same file."""
    try:
        return datetime.datetime.fromisoformat(utc.replace("Z", "+00:00"))
    except ValueError:
        return None


def write_pdf(study: Study, path: str) -> None:
    """Writes the report to path, complete or not at all."""
    style.apply()
    from matplotlib.backends.backend_pdf import PdfPages

    from .layout import Page
    from .pages import page_drawers

    draws = page_drawers()
    facts = study.facts
    footer = f"knee {facts.knee_version or '(version not recorded)'} \u00b7 made from study.db and fit.json"
    metadata: dict[str, Any] = {
        "Title": f"Scaling of {facts.name}",
        "Subject": "Scaling study",
        "Creator": f"knee {facts.knee_version}",
        "CreationDate": creation_date(facts.created_utc),
    }
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        with warnings.catch_warnings():
            # A letter that the font lacks is drawn as a box; a warning for each of them would not help.
            warnings.filterwarnings("ignore", message="Glyph .* missing")
            with PdfPages(temporary, metadata=metadata) as pages:
                for number, draw in enumerate(draws, 1):
                    page = Page(number, len(draws), f"Scaling study: {facts.name}", wording.day(facts.created_utc), footer)
                    draw(page, study)
                    pages.savefig(page.figure)
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)
