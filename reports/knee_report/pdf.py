"""Puts the four pages together."""

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
    """The report at path, complete or not at all."""
    style.apply()
    from matplotlib.backends.backend_pdf import PdfPages

    from .layout import Page
    from .pages import evidence, models, sizes, summary

    draws = (summary.draw, models.draw, sizes.draw, evidence.draw)
    facts = study.facts
    footer = f"knee {facts.knee_version or '(version not recorded)'} \u00b7 made from study.db and fit.json, nothing else"
    metadata: dict[str, Any] = {
        "Title": f"Scaling of {facts.name}",
        "Subject": "Scaling study",
        "Creator": f"knee {facts.knee_version}",
        "CreationDate": creation_date(facts.created_utc),
    }
    beside = f"{path}.{os.getpid()}.tmp"
    try:
        with warnings.catch_warnings():
            # A letter that the font lacks becomes a box on the page; the same for every page is no news on stderr.
            warnings.filterwarnings("ignore", message="Glyph .* missing")
            with PdfPages(beside, metadata=metadata) as pages:
                for number, draw in enumerate(draws, 1):
                    page = Page(number, len(draws), f"Scaling study: {facts.name}", wording.day(facts.created_utc), footer)
                    draw(page, study)
                    pages.savefig(page.figure)
        os.replace(beside, path)
    finally:
        if os.path.exists(beside):
            os.unlink(beside)
