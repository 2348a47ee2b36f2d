"""Numbers and intervals in words, by hand-checked tables."""

from __future__ import annotations

import unittest

from knee_report import wording
from knee_report.measure import Measure, missing, parse_measure

M = wording.MINUS


class Numbers(unittest.TestCase):
    def table(self, function: object, rows: list[tuple[tuple[object, ...], str]]) -> None:
        assert callable(function)
        for arguments, wanted in rows:
            with self.subTest(arguments=arguments):
                self.assertEqual(function(*arguments), wanted)

    def test_fixed(self) -> None:
        """fixed decimals, thousands, a real minus, no minus zero"""
        self.table(wording.fixed, [((1234.5, 1), "1,234.5"), ((-0.004, 2), "0.00"), ((-2.5, 1), f"{M}2.5"), ((0, 0), "0")])

    def test_significant(self) -> None:
        """significant digits"""
        self.table(wording.significant, [((0.0123456, 3), "0.0123"), ((41.239, 3), "41.2"), ((12345.0, 3), "12,345"), ((0.0, 3), "0")])

    def test_value_digits_follow_interval(self) -> None:
        """the value has the digits that its interval supports"""
        rows = [
            ((Measure(41.234, 40.1, 42.3),), "41.2 (40.1\u201342.3)"),
            ((Measure(153.2, 141.0, 165.0),), "153 (141\u2013165)"),
            ((Measure(0.02134, 0.0181, 0.0245),), "0.0213 (0.0181\u20130.0245)"),
            ((Measure(1000.04, 999.9, 1000.2),), "1,000.0 (999.9\u20131,000.2)"),
            ((Measure(0.1, -0.2, 0.4),), f"0.10 ({M}0.20 to 0.40)"),
            ((Measure(1.0, 1.0, 1.0),), "1.00"),
            ((Measure(46.9, 40.3, None, reason="s may be 0"),), "46.9 (40.3 or more)"),
            ((Measure(46.9, None, 50.1, reason="one-sided"),), "46.9 (50.1 or less)"),
            ((Measure(0.2, 0.000008, 2940.0),), "0.2 (0.000008\u20132,940.0)"),
            ((Measure(0.2, -3000.0, 2940.0),), f"0 ({M}3,000 to 2,940)"),
            ((Measure(2.5, reason="3 blocks give no interval"),), "2.50"),
        ]
        self.table(wording.cell, rows)  # type: ignore[arg-type]

    def test_missing_is_never_zero(self) -> None:
        """what was not measured shows its reason"""
        gone = missing("no counters here")
        self.assertEqual(wording.value(gone, "s"), "not measured: no counters here")
        self.assertEqual(wording.with_interval(gone, "s"), "not measured: no counters here")
        self.assertEqual(wording.cell(gone), wording.DASH)
        self.assertEqual(wording.cell(Measure(3.06e-5, 2.81e-5, 3.29e-5)), "0.000031 (0.000028\u20130.000033)")
        self.assertEqual(wording.value(missing("")), "not measured: no reason was recorded")

    def test_interval_says_what_it_is(self) -> None:
        """an interval in a sentence names its level"""
        self.assertEqual(wording.with_interval(Measure(12.34, 12.1, 12.6, 0.9), "s"), "12.3 s (90% interval 12.1 to 12.6)")
        self.assertEqual(wording.with_interval(Measure(12.34, reason="one block"), "s"), "12.3 s (no interval: one block)")

    def test_durations(self) -> None:
        """durations"""
        self.table(wording.duration, [((0.123,), "0.12 s"), ((9.94,), "9.9 s"), ((41.4,), "41 s"), ((200.0,), "3 min 20 s"),
                                      ((180.0,), "3 min"), ((7500.0,), "2 h 5 min")])  # fmt: skip

    def test_sizes(self) -> None:
        """bytes: decimal for files, binary for memory"""
        self.table(wording.megabytes, [((3012345678,), "3.01 GB"), ((640e6,), "640 MB"), ((12,), "12 bytes"), ((None,), "not recorded")])
        self.table(wording.memory, [((24 * 2**30,), "24.0 GiB"), ((None,), "not recorded")])

    def test_words(self) -> None:
        """plurals, dates and sentences"""
        self.table(wording.plural, [((1, "worker"), "1 worker"), ((1200, "image"), "1,200 images"),
                                    ((None, "core"), "an unrecorded number of cores")])  # fmt: skip
        self.table(wording.instant, [(("2025-03-04T05:06:07Z",), "2025-03-04 05:06 UTC"), (("",), "date not recorded")])
        self.table(wording.sentence, [(("so it is",), "so it is."), (("is it?",), "is it?"), (("well, ",), "well."), (("",), "")])
        self.table(wording.chunk_policy, [((4, "dynamic"), "chunk 4, dynamic"), ((0, "static"), "static"), ((None, ""), "policy not recorded")])


class Parsing(unittest.TestCase):
    def test_intervals(self) -> None:
        """fit.json's intervals: complete, without interval, null, absent, not a number"""
        full = parse_measure({"value": 2, "low": 1, "high": 3, "level": 0.9, "method": "m"}, "x")
        self.assertEqual(full, Measure(2.0, 1.0, 3.0, 0.9, "m", ""))
        bare = parse_measure({"value": 2, "low": None, "high": None, "reason": "one block"}, "x")
        self.assertEqual((bare.value, bare.has_interval, bare.reason), (2.0, False, "one block"))
        self.assertEqual(parse_measure({"value": None, "reason": "why"}, "x"), missing("why"))
        self.assertEqual(parse_measure(None, "wall_s"), missing("fit.json has no wall_s"))
        self.assertIsNone(parse_measure({"value": float("nan")}, "x").value)
        self.assertIsNone(parse_measure("12", "x").value)
        self.assertIsNone(parse_measure(True, "x").value)
        self.assertEqual(parse_measure(0, "x").value, 0.0)


if __name__ == "__main__":
    unittest.main()
