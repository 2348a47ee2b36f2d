"""The web page as text: one file, well-formed, without network, small, with nothing that was not measured as a number."""

from __future__ import annotations

import os
import re
import tempfile
import unittest
from html.parser import HTMLParser

import fixture
import studies
from knee_report import costs, facts, load
from knee_report.measure import evenly
from knee_report.record import open_record, query_record
from knee_report.study import Study
from knee_report.web import page, samples, svg

VOID = {"meta", "input", "br", "link", "hr", "img"}


class Balance(HTMLParser):
    """Elements that are not closed, or closed twice."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["script"], ["style"]):
            self.words.append(data)


def made(study: Study) -> str:
    return page.page(study, facts.report_facts(study, costs.Prices(0.04, "EUR", 9.0)))


def check(test: unittest.TestCase, text: str) -> Balance:
    parser = Balance()
    parser.feed(text)
    test.assertEqual((parser.wrong, parser.open), ([], []))
    test.assertNotRegex(text, r"(https?:)?//[a-z]|@import|url\(|<link|<img|srcset|src=")
    test.assertNotRegex(" ".join(parser.words), r"\b(nan|NaN|None|null|inf)\b")
    test.assertTrue(text.isprintable() or set(text) - {"\n"} <= {c for c in text if c.isprintable() or c == "\n"})
    return parser


class Pages(unittest.TestCase):
    def test_every_kind(self) -> None:
        """every kind of study: well-formed, no network, under 1 MB, no nan or None, each figure with a role and a name"""
        for kind in fixture.FITS:
            with self.subTest(study=kind):
                text = made(load.parse_study(fixture.FITS[kind](), fixture.NO_RECORD))
                check(self, text)
                self.assertLess(len(text.encode()), 1_000_000)
                names = re.findall(r'<svg id="([\w-]+)"[^>]*role="img"[^>]*aria-labelledby="\1-t \1-d"', text)
                self.assertEqual(len(names), text.count('role="img"'))

    def test_costs(self) -> None:
        """columns of money and energy are those whose price was given, whatever the currency is called"""
        study = load.parse_study(fixture.full_fit(), fixture.NO_RECORD)
        for prices, units in (
            (costs.Prices(), ["core-hours"]),
            (costs.Prices(0.04, "kWh coin"), ["core-hours", "kWh coin"]),
            (costs.Prices(None, "EUR", 9.0), ["core-hours", "kWh"]),
            (costs.Prices(0.04, "EUR", 9.0), ["core-hours", "EUR", "kWh"]),
        ):
            text = page.page(study, facts.report_facts(study, prices))
            for table, words in (("What a million images cost", ""), ("The curve in numbers", " a million images")):
                head = text.partition(f"<caption>{table}")[2].partition("</thead>")[0]
                self.assertEqual(re.findall(r">([^<]+)</th>", head)[-len(units) :], [unit + words for unit in units])

    def test_a_steep_fit(self) -> None:
        """the line of the fit is straight where it leaves the points: the axis reaches its end"""
        fit = fixture.full_fit()
        fit["findings"]["size_lines"]["decoded"] = [{"at": 0.0, "seconds": 0.0}, {"at": 20.0, "seconds": 2.0}]
        text = made(load.parse_study(fit, fixture.NO_RECORD))
        drawing = text.partition('<svg id="items-decoded"')[2].partition("</svg>")[0]
        self.assertIn(">2,000</text>", drawing)  # ms, on the axis

    def test_odd_names(self) -> None:
        """names of files with markup, quotes and directions are text"""
        with tempfile.TemporaryDirectory() as folder:
            studies.write_study(studies.SHAPES["long-names"], folder)
            with open_record(os.path.join(folder, "study.db")) as db:
                record = query_record(db)
        fit = fixture.full_fit()
        for i, point in enumerate(fit["size_points"]):
            point["item"] = studies.item_name(studies.SHAPES["long-names"], i)
        text = made(load.parse_study(fit, record))
        check(self, text)
        self.assertNotIn('<b>"', text)
        self.assertNotIn("\u202e", text)
        self.assertIn("&lt;b&gt;&quot;7&quot; &amp; &#x27;more&#x27;", text)

    def test_many_samples(self) -> None:
        """a thousand items, 128 workers: still under 1 MB; the table has what the scatter shows"""
        with tempfile.TemporaryDirectory() as folder:
            studies.write_study(studies.SHAPES["workers-128"], folder)
            with open_record(os.path.join(folder, "study.db")) as db:
                record = query_record(db)
        fit = fixture.full_fit()
        fit["size_points"] *= 42  # 5,040
        text = made(load.parse_study(fit, record))
        check(self, text)
        self.assertEqual(text.count('class="item kind-'), 2 * samples.MOST_ITEMS)
        self.assertLess(len(text.encode()), 2_000_000)


class Drawings(unittest.TestCase):
    def test_ticks(self) -> None:
        """multiples of 1, 2 or 5, within the range, at most as many as asked for"""
        self.assertEqual(svg.round_ticks(0, 1), [0, 0.2, 0.4, 0.6, 0.8, 1.0])
        self.assertEqual(svg.round_ticks(-33, 128), [0, 50, 100])
        self.assertEqual(svg.round_ticks(7, 7), [7])
        for low, high in ((0.0, 1e-7), (-3.0, 1e9), (94.2, 100.0)):
            ticks = svg.round_ticks(low, high)
            self.assertTrue(2 <= len(ticks) <= 7 and low <= ticks[0] and ticks[-1] <= high, ticks)

    def test_evenly(self) -> None:
        """evenly, with the first and the last"""
        self.assertEqual(evenly(3, 6), [0, 1, 2])
        self.assertEqual(evenly(11, 3), [0, 5, 10])


if __name__ == "__main__":
    unittest.main()
