"""The page of a comparison: images per second and efficiency by workers, and the table."""
import textwrap
from typing import Any

from knee_report import style
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from compare import summary

MM = 1 / 25.4


def draw_curve(axes: Any, made: dict[str, Any], key: str, label: str) -> None:
    for number, program in enumerate(made["programs"]):
        points = program["curve"]
        workers = [point["workers"] for point in points]
        values = [point[key]["value"] if key == "efficiency" else point[key] for point in points]
        colour = style.CATEGORIES[number % len(style.CATEGORIES)]
        axes.plot(workers, values, color=colour, lw=1.1, label=program["program"])
        for x, y, point in zip(workers, values, points):
            axes.plot([x], [y], style.MARKERS[number], ms=4.5, color=colour, mfc="white" if point["emulated"] else colour)
    axes.set_xscale("log", base=2)
    ticks = sorted({point["workers"] for program in made["programs"] for point in program["curve"]})
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.set_xlabel("workers (hollow: emulated cores)", fontsize=7.5)
    axes.set_title(label, fontsize=9, loc="left", fontweight="bold", color=style.INK)
    axes.tick_params(labelsize=7)
    axes.grid(color=style.GRID, lw=0.5)
    axes.spines[["top", "right"]].set_visible(False)


def draw(made: dict[str, Any], path: str) -> None:
    figure = Figure(figsize=(style.PAGE_HEIGHT * MM, style.PAGE_WIDTH * MM))
    figure.text(0.05, 0.935, f"From Python to C: the same pictures by {len(made['programs'])} programs", fontsize=16, fontweight="bold",
                color=style.INK)
    left, right = figure.add_axes((0.06, 0.58, 0.40, 0.29)), figure.add_axes((0.55, 0.58, 0.40, 0.29))
    draw_curve(left, made, "images_per_s", "Images per second")
    draw_curve(right, made, "efficiency", "Efficiency E(n)")
    left.legend(fontsize=7, frameon=False)
    rows = summary.table(made)
    body = figure.add_axes((0.05, 0.14, 0.90, 0.36))
    body.axis("off")
    head = [textwrap.fill(word, 12) for word in rows[0]]
    drawn = body.table([head, *rows[1:]], loc="upper left", cellLoc="left", edges="horizontal", bbox=(0, 0, 1, 1),
                       colWidths=[0.12, 0.06, 0.07, 0.09, 0.16, 0.08, 0.09, 0.08, 0.10, 0.075, 0.075])
    drawn.auto_set_font_size(False)
    drawn.set_fontsize(6.8)
    for (row, _), cell in drawn.get_celld().items():
        cell.set_edgecolor(style.RULE)
        cell.set_linewidth(0.5)
        if row == 0:
            cell.set_height(cell.get_height() * 1.8)
            cell.set_text_props(weight="bold", color=style.SOFT)
    figure.text(0.05, 0.115, "\n".join(line for note in summary.notes(made) for line in textwrap.wrap(note, 210)), fontsize=6.8,
                color=style.SOFT, va="top", linespacing=1.4)
    with PdfPages(path, metadata={"CreationDate": None}) as pages:
        pages.savefig(figure)
