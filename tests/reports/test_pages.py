"""The pages as they are laid out: nothing runs off the paper, no text lies on another."""

from __future__ import annotations

import unittest
from dataclasses import replace
from typing import Any

import fixture
from knee_report import layout, load, pdf, style
from knee_report.costs import Prices
from knee_report.facts import report_facts
from knee_report.pages import PAGES, evidence, page_drawers, page_number
from knee_report.record import BadTrial, Record
from knee_report.study import Study
from matplotlib.backends.backend_agg import FigureCanvasAgg

RECORD = Record(
    {"blocks_planned": "8"},
    (("jpeg", 850, 10**9), ("png", 70, 10**8)),
    tuple(BadTrial("scaling", 8, 1, "dynamic", i, "void", f"reason {i} " * 30) for i in range(12)),
    "2025-03-04T05:06:07Z",
    "2025-03-04T05:16:07Z",
    0,
    (),
    0.005,
)
SLACK = 0.6  # mm that descenders may touch
Box = tuple[float, float, float, float]


def new_page(number: int, study: Study) -> layout.Page:
    facts = report_facts(study, Prices(0.04, "EUR", 9.0))
    return layout.Page(number, len(PAGES), study.facts.name, "2025-03-04", "footer", facts)


def boxes_of(figure: Any) -> tuple[list[tuple[str, Box]], list[tuple[str, Box]]]:
    """Text boxes and axes boxes (with tick labels, legend) in mm from the left and bottom."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    mm = 25.4 / figure.dpi
    texts, axes = [], []
    for text in figure.texts:
        if text.get_text().strip():
            box = text.get_window_extent(renderer)
            texts.append((text.get_text(), (box.x0 * mm, box.y0 * mm, box.x1 * mm, box.y1 * mm)))
    for ax in figure.axes:
        legend = ax.get_legend()
        if legend:
            box = legend.get_window_extent(renderer)
            legend.set_in_layout(False)
            axes.append(("legend", (box.x0 * mm, box.y0 * mm, box.x1 * mm, box.y1 * mm)))
        box = ax.get_tightbbox(renderer)
        axes.append((ax.get_ylabel() or ax.get_xlabel() or "frame", (box.x0 * mm, box.y0 * mm, box.x1 * mm, box.y1 * mm)))
    return texts, axes


def overlap(a: Box, b: Box) -> bool:
    return min(a[2], b[2]) - max(a[0], b[0]) > SLACK and min(a[3], b[3]) - max(a[1], b[1]) > SLACK


def faults_of(pages: list[layout.Page]) -> list[str]:
    """What is outside of the margins, in the footer or on something else, on any page."""
    faults = []
    for number, page in enumerate(pages, 1):
        texts, axes = boxes_of(page.figure)
        things = texts + axes
        faults += [f"page {number}: {name} is outside the margins" for name, b in things if b[0] < 16 or b[2] > 194.5 or b[1] < 5 or b[3] > 290]
        low = [n for n, b in things if b[1] < 297 - 283.4 and not n.startswith(("knee ", "page "))]
        faults += [f"page {number}: {name} is in the footer" for name in low]
        # A legend may lie in its own axes, where the figure leaves room for it.
        clashes = [(a, b) for i, (a, x) in enumerate(things) for b, y in things[i + 1 :] if a != "legend" and overlap(x, y)]
        faults += [f"page {number}: {a} and {b} overlap" for a, b in clashes]
    return faults


class Pages(unittest.TestCase):
    def test_nothing_overlaps(self) -> None:
        """every page of every kind of study: inside the margins, no text on text or figure, no figure on another"""
        studies = {kind: load.parse_study(make(), RECORD) for kind, make in fixture.FITS.items()}
        emulated = replace(studies["full"], facts=replace(studies["full"].facts, emulated=True))
        emulated = replace(emulated, answer=replace(emulated.answer, how="emulated"))
        studies["three ways"] = replace(studies["predicted"], replayed=studies["replayed"], emulated=emulated)
        studies["replay, long"] = replace(studies["long"], replayed=studies["replayed"])
        for kind, study in studies.items():
            with self.subTest(study=kind):
                self.assertEqual(faults_of(pdf.draw_pages(study, report_facts(study, Prices(0.04, "EUR", 9.0)))), [])


def drawn(name: str, study: Study) -> Any:
    """The figure of one page."""
    page = new_page(page_number(name), study)
    page_drawers()[page_number(name) - 1](page, study)
    return page.figure


class Causes(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        style.apply()

    def test_pages_agree(self) -> None:
        """pages 1 and 2 name the same causes in the same order, whichever comes first"""
        tops = {}
        for kind in ("full", "long", "slower-items", "waiting", "blocking"):
            study = load.parse_study(fixture.FITS[kind](), RECORD)
            labels = [loss.label for loss in study.findings.losses.causes]
            with self.subTest(study=kind):
                words = " ".join(text.get_text() for text in drawn("summary", study).texts)
                places = {label: words.find(label) for label in labels if label in words}
                on_first = sorted(places, key=lambda label: places[label])
                steps = [
                    [tick.get_text() for tick in ax.get_yticklabels()] for ax in drawn("scaling", study).axes if "E(16)" in
                    [tick.get_text() for tick in ax.get_yticklabels()]
                ]  # fmt: skip
                self.assertEqual(len(steps), 1)
                self.assertEqual(steps[0], ["no loss", *labels, "E(16)"])
                self.assertEqual(on_first, labels[:3])
                tops[kind] = on_first[0]
        self.assertEqual(
            tops,
            {
                "full": "serial prefix and suffix",
                "long": "serial prefix and suffix",
                "slower-items": "slower items, per item",
                "waiting": "waiting for a core",
                "blocking": "blocked beyond that (locks)",
            },
        )

    def test_without_account(self) -> None:
        """without an account both pages give the reason and name no cause"""
        study = load.parse_study(fixture.minimal_fit(), RECORD)
        reason = "no trial that counts has the instants of its workers"
        self.assertIn(f"Causes are not known: {reason}", " ".join(text.get_text() for text in drawn("summary", study).texts))
        inside = [text.get_text() for ax in drawn("scaling", study).axes for text in ax.texts]
        self.assertTrue(any(reason in " ".join(text.split()) for text in inside), inside)


class Text(unittest.TestCase):
    def test_wrap(self) -> None:
        """lines fit the column; an endless word is broken; too many lines end in an ellipsis"""
        for text in ("one two three " * 20, "x" * 300, "", "a\tb\nc"):
            for most in (0, 2):
                lines = layout.wrap(text, style.BODY, 50, most)
                self.assertTrue(all(layout.width_mm(line, style.BODY) <= 50 for line in lines), lines)
                self.assertTrue(most == 0 or len(lines) <= most)
        self.assertTrue(layout.wrap("word " * 99, style.BODY, 50, 2)[-1].endswith("\u2026"))
        self.assertEqual(layout.wrap("a\tb\nc", style.BODY, 50), ["a b c"])

    def test_cut(self) -> None:
        """a text that fits stays whole; one that does not keeps its beginning"""
        self.assertEqual(layout.cut("short", style.BODY, 50), "short")
        short = layout.cut("long " * 50, style.BODY, 50)
        self.assertTrue(short.startswith("long long") and short.endswith("\u2026"))
        self.assertLessEqual(layout.width_mm(short, style.BODY), 50)

    def test_reasons_that_differ_in_a_share_alone_are_joined(self) -> None:
        busy = [f"other processes used {share}% of the CPU time (limit 5%)" for share in ("18.1", "7.5", "29.3")]
        self.assertEqual(evidence.joined_reason(busy), "other processes used 7.5 to 29.3% of the CPU time (limit 5%)")
        self.assertEqual(evidence.joined_reason(busy[:1]), busy[0])
        self.assertEqual(evidence.joined_reason(["worker 1 died", "worker 1 died"]), "worker 1 died")


if __name__ == "__main__":
    unittest.main()
