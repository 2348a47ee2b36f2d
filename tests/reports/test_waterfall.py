"""The account as steps from no loss to E(n), against the fixture's shares."""

from __future__ import annotations

import unittest
from dataclasses import replace

import fixture
from knee_report import findings, load, waterfall
from knee_report.pages import models, sizes, summary
from knee_report.study import Record, Study

NO_RECORD = Record({}, (), (), "", "", None, (), None)


def study(kind: str, record: Record = NO_RECORD) -> Study:
    return load.parse_study(fixture.FITS[kind](), record)


class Steps(unittest.TestCase):
    def test_which_cell(self) -> None:
        """the most workers that have a core each; more than that only where nothing else was accounted"""
        full = study("full")
        cell = waterfall.told_cell(full)
        self.assertEqual(cell and cell.workers, 16)
        few = replace(full, facts=replace(full.facts, cores=8))
        cell = waterfall.told_cell(few)
        self.assertEqual(cell and cell.workers, 8)
        crowded = replace(few, account=tuple(c for c in few.account if c.workers in (1, 12, 16)))
        cell = waterfall.told_cell(crowded)
        self.assertEqual(cell and cell.workers, 16)
        self.assertIsNone(waterfall.told_cell(study("minimal")))

    def test_steps(self) -> None:
        """the largest first, gains last; the two sizes share a step, small causes another; all of them are the loss"""
        cell = waterfall.told_cell(study("full"))
        assert cell is not None
        steps = waterfall.steps(cell)
        self.assertEqual([s.label for s in steps], [
            "serial prefix and suffix", "tail: no work left", "worker initialisation", "slower items, by size", "starting processes",
            "slower items, per item", "blocked beyond that (locks)", "2 smaller causes",
        ])  # fmt: skip
        self.assertAlmostEqual(sum(s.lost for s in steps), sum(share for _, share in fixture.LOST.values()))
        self.assertAlmostEqual(steps[3].lost, 0.02)
        self.assertIsNone(steps[3].low)
        self.assertAlmostEqual(steps[0].low or 0, 0.096)
        self.assertAlmostEqual(steps[0].high or 0, 0.144)

    def test_too_many(self) -> None:
        """never more steps than there is room for"""
        cell = waterfall.told_cell(study("full"))
        assert cell is not None
        causes = tuple(replace(c, name=f"x{i}-{c.name}", lost=0.01 + i / 1000) for i, c in enumerate(cell.causes))
        steps = waterfall.steps(replace(cell, causes=causes))
        self.assertEqual(len(steps), waterfall.MOST_STEPS)
        self.assertAlmostEqual(sum(s.lost for s in steps), sum(c.lost or 0 for c in causes))


class Words(unittest.TestCase):
    def test_size(self) -> None:
        """what size takes of the loss, and whether a few items make the fit"""
        self.assertIn("By image size: 41% of what 16 workers lose", sizes.loss_words(study("full")))
        words = sizes.trust_words(study("full"))
        self.assertIn("mean 0.01, highest 0.31", words)
        self.assertIn("12 images above three means", words)
        self.assertIn("png 0.8 (spread 11.5)", words)
        self.assertEqual(sizes.trust_words(study("minimal")), "")

    def test_commands(self) -> None:
        """a command does items, or runs where it tells of none; never images"""
        command = replace(NO_RECORD, study={"subject": "command"})
        items = study("full", command)
        self.assertIn("items a second", findings.throughput(items).lead)
        self.assertIn("items a second", [c.title for c in models.named(models.CURVE_COLUMNS, items)])
        bare = fixture.full_fit()
        bare["study"]["items"] = None
        runs = load.parse_study(bare, command)
        self.assertRegex(findings.throughput(runs).lead, "^With 16 workers a run takes .* s, 12.1 times as fast as with one.$")
        self.assertEqual(findings.tiles(runs)[0].label, "a run, 16 workers")
        for told in (items, runs):
            text = " ".join(f.lead + f.detail for f in findings.findings(told)) + " ".join(summary._advice(told))
            self.assertNotIn("image", text)


if __name__ == "__main__":
    unittest.main()
