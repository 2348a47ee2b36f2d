"""Sentences about sizes, and the words for images, items and runs."""

from __future__ import annotations

import unittest
from dataclasses import replace

import fixture
from knee_report import load, sentences
from knee_report.pages import scaling, sizes
from knee_report.record import Record
from knee_report.study import Study


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
        for failed, words in ((240, "All 240 images fail: .*"), (3, "3 images of 240 fail in every trial.")):
            fit["trials"]["items_failed"] = failed
            self.assertRegex(sentences.here(load.parse_study(fit, fixture.NO_RECORD)).lead, f"^{words} Run here")

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
