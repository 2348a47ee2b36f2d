"""Sentences about sizes, and the words for images, items and runs."""

from __future__ import annotations

import unittest
from dataclasses import replace

import fixture
from knee_report import curve, load, sentences
from knee_report.measure import Measure
from knee_report.pages import scaling, sizes
from knee_report.record import Record
from knee_report.samples import NONE, Trial
from knee_report.study import Chunk, Study


def study(kind: str, record: Record = fixture.NO_RECORD) -> Study:
    return load.parse_study(fixture.FITS[kind](), record)


class Words(unittest.TestCase):
    def test_size(self) -> None:
        """the part of the loss that depends on size, and whether single items determine the fit"""
        self.assertIn("Image size explains 41% of the loss with 16 workers", sizes.loss_words(study("full")))
        words = sizes.trust_words(study("full"))
        self.assertIn("mean 0.01, highest 0.31", words)
        self.assertIn("12 images above three means", words)
        self.assertIn("png 0.8 (spread 11.5)", words)
        self.assertEqual(sizes.trust_words(study("minimal")), "")

    def test_items_that_fail(self) -> None:
        """come first of all: how many of the items fail"""
        fit = fixture.full_fit()
        self.assertRegex(sentences.here(load.parse_study(fit, fixture.NO_RECORD)).lead, "^Run here")
        fit["trials"]["items_failed"] = 3
        made = load.parse_study(fit, fixture.NO_RECORD)
        self.assertRegex(sentences.here(made).lead, "^3 images of 240 fail in every trial. Run here")

    def test_all_items_fail(self) -> None:
        """no number says what a batch would do"""
        fit = fixture.full_fit()
        fit["trials"]["items_failed"] = 240
        made = load.parse_study(fit, fixture.NO_RECORD)
        first, *rest = sentences.findings(made)
        self.assertRegex(first.lead, "^All 240 images fail: ")
        self.assertGreaterEqual(len(rest), 3)
        words = " ".join(f"{f.lead} {f.detail}" for f in (first, *rest))
        self.assertNotRegex(words, "Run here|knee is at|To buy|Against today|times as")
        self.assertEqual({(tile.number, tile.note) for tile in sentences.tiles(made)}, {("not measured", "all 240 images fail")})
        self.assertTrue(curve.subtitle(made).startswith("all 240 images fail"))

    def test_weak(self) -> None:
        """with weak scaling a trial has the items of its workers"""
        trials = tuple(Trial(n, 1, "scaling", n, 1, "dynamic", "ok", 1.0) for n in (1, 2, 16))
        fit = fixture.full_fit()
        record = replace(fixture.NO_RECORD, samples=replace(NONE, trials=trials))
        made = load.parse_study(fit, record)
        self.assertEqual(sentences.trial_items(made, 2), 240)
        weak = replace(made, facts=replace(made.facts, weak=True))
        self.assertEqual([sentences.trial_items(weak, n) for n in (1, 2, 16)], [15, 30, 240])

    def test_chosen_chunks(self) -> None:
        """where not all cells fit: the default, what is recommended, fastest, slowest, and those of each policy"""
        made = study("full")
        cells = tuple(
            Chunk(16, size, policy, 3, Measure(1.0), Measure(1.0, 1.0, 1.0) if (size, policy) == (1, "dynamic") else Measure(place * 10 + 1.0 / size + 0.5))
            for place, policy in enumerate(("dynamic", "static", "guided"))
            for size in range(1, 21)
        )
        advice = replace(made.recommendation, workers=16, chunk=7, policy="static")
        many = replace(made, chunks=cells, recommendation=advice)
        names = [(c.policy, c.chunk) for c in sizes.chosen_chunks(many, 5)]
        self.assertEqual(names, [("dynamic", 1), ("static", 7), ("dynamic", 20), ("guided", 1), ("static", 20)])
        self.assertEqual(len(set(sizes.chosen_chunks(many, 14))), 14)
        self.assertEqual(len(sizes.chosen_chunks(many, 60)), 60)
        self.assertIn("5 of 60 cells", sizes.chunk_notes(many, 5))

    def test_commands(self) -> None:
        """a command does items, or runs when it reports none; never images"""
        command = replace(fixture.NO_RECORD, study={"subject": "command"})
        items = study("full", command)
        self.assertIn("items a second", sentences.throughput(items).lead)
        self.assertIn("items a second", [c.title for c in scaling.named(scaling.CURVE_COLUMNS, items)])
        bare = fixture.full_fit()
        bare["study"]["items"] = None
        runs = load.parse_study(bare, command)
        self.assertRegex(sentences.throughput(runs).lead, "^With 16 workers a run takes .* s, 12.1 times as fast as with one.$")
        self.assertEqual(sentences.tiles(runs)[0].label, "wall time here, 16 workers")
        for study_ in (items, runs):
            text = " ".join(f.lead + f.detail for f in sentences.findings(study_))
            self.assertNotIn("image", text)


if __name__ == "__main__":
    unittest.main()
