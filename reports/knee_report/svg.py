"""A picture of gnuplot's for readers that do not see it: its SVG has the program's name as title, and no description."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from .record import StudyError


def named(picture: str, title: str, description: str) -> str:
    """The SVG with a title and a description, as one image of that name."""
    for tag, words in (("title", title), ("desc", description)):
        found = re.search(rf"<{tag}>.*?</{tag}>", picture, re.DOTALL)
        if not found:
            raise StudyError(f"gnuplot wrote an SVG without <{tag}>: use gnuplot 5.4 or newer")
        picture = f'{picture[:found.start()]}<{tag} id="curve-{tag}">{escape(words)}</{tag}>{picture[found.end():]}'
    return picture.replace("<svg", '<svg role="img" lang="en" aria-labelledby="curve-title curve-desc"', 1)
