"""The pages of the report, in their order. A page is a module of this folder with a function draw(page, study); its name
in PAGES puts it into the report."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

PAGES = ("summary", "scaling", "sizes", "evidence")
TITLES = {
    "summary": "Answer", "scaling": "Where speedup leaves the line", "sizes": "Where the core-seconds go", "evidence": "Why to believe it",
}  # fmt: skip


def page_number(name: str) -> int:
    return PAGES.index(name) + 1


def page_drawers() -> list[Callable[..., None]]:
    """The draw functions of all pages. Imported when wanted, because they need matplotlib."""
    modules: list[Any] = [importlib.import_module(f"{__name__}.{name}") for name in PAGES]
    return [module.draw for module in modules]
