"""The look of every page: paper, type sizes, colours, and the settings of matplotlib."""

from __future__ import annotations

from dataclasses import dataclass, replace

import matplotlib
from matplotlib.font_manager import FontProperties, findfont

from .record import StudyError

# Millimetres on A4 portrait.
PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
LEFT, RIGHT = 18.0, 192.0
WIDTH = RIGHT - LEFT
TOP, BOTTOM = 30.0, 280.0
GUTTER = 8.0
HALF = (WIDTH - GUTTER) / 2

FONT = "DejaVu Sans"
INK = "#222222"
SOFT = "#6B6B6B"
RULE = "#CFCFCF"
GRID = "#E4E4E4"
SHADE = "#F0F0F0"
PANEL = "#F4F7FA"

# Okabe and Ito's palette, distinguishable with any colour vision. The same thing has the same colour on every page.
MEASURED = "#0072B2"
MODEL = "#D55E00"
KNEE = "#CC79A7"
KNEE_INK = "#9C3F73"
REPLAYED = "#009E73"
EMULATED = "#56B4E9"
SPREAD = "#E69F00"  # on more nodes
CATEGORIES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999999", "#000000")
# Causes of lost core time, in the order of their ranking, and what is no single cause.
CAUSES = ("#D55E00", "#E69F00", "#CC79A7", "#009E73", "#56B4E9", "#8C564B", "#B8A800", "#5B4B8A")
NO_CAUSE = {"smaller": "#9A9A9A", "work": "#C9D9E6", "unnamed": "#5E5E5E"}
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")


@dataclass(frozen=True)
class TextStyle:
    size: float  # points
    weight: str = "normal"
    colour: str = INK
    leading: float = 1.42  # line distance over size

    def bold(self) -> TextStyle:
        return replace(self, weight="bold")

    def coloured(self, colour: str) -> TextStyle:
        return replace(self, colour=colour)


TITLE = TextStyle(19, "bold", leading=1.2)
SUBTITLE = TextStyle(9, colour=SOFT)
HEADING = TextStyle(11.5, "bold", leading=1.25)
BODY = TextStyle(8.3)
SMALL = TextStyle(7.0, colour=SOFT, leading=1.38)
TABLE = TextStyle(7.0)
TABLE_HEAD = TextStyle(6.6, "bold", colour=SOFT)
FIGURE_NUMBER = TextStyle(17, "bold", colour=MEASURED)
RUNNING = TextStyle(7.0, colour=SOFT)


def check_font() -> None:
    """Another font would have other widths: text would be cut, or lie on text."""
    for weight in ("normal", "bold"):
        try:
            findfont(FontProperties(family=FONT, weight=weight), fallback_to_default=False)
        except ValueError as error:
            raise StudyError(f"the font {FONT} is missing: install the Debian package fonts-dejavu-core, or run 'make deps'") from error


def apply() -> None:
    """Sets matplotlib up; text is embedded as TrueType so that it can be searched and copied."""
    check_font()
    matplotlib.use("pdf")
    matplotlib.rcParams.update(
        {
            "pdf.fonttype": 42,
            "font.family": FONT,
            "font.size": 7.0,
            "text.parse_math": False,
            "text.color": INK,
            "axes.edgecolor": SOFT,
            "axes.labelcolor": INK,
            "axes.linewidth": 0.6,
            "axes.labelsize": 7.0,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.axisbelow": True,
            "axes.grid": True,
            "axes.grid.axis": "y",
            "axes.unicode_minus": True,
            "grid.color": GRID,
            "grid.linewidth": 0.5,
            "xtick.color": SOFT,
            "ytick.color": SOFT,
            "xtick.labelcolor": INK,
            "ytick.labelcolor": INK,
            "xtick.labelsize": 6.6,
            "ytick.labelsize": 6.6,
            "xtick.major.size": 2.5,
            "ytick.major.size": 2.5,
            "xtick.major.width": 0.6,
            "ytick.major.width": 0.6,
            "legend.fontsize": 6.6,
            "legend.frameon": False,
            "legend.handlelength": 1.8,
            "lines.linewidth": 1.2,
            "lines.markersize": 4.0,
        }
    )
