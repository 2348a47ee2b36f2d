"""From a study's folder to its records: what a study may lack, and what makes it unreadable."""

from __future__ import annotations

import copy
import json
import os
import re
import sqlite3
import tempfile
import unittest
from contextlib import closing
from typing import Any

import fixture
import studies
from knee_report import curve, load, pdf, sentences
from knee_report.costs import Prices
from knee_report.facts import report_facts
from knee_report.pages import evidence
from knee_report.record import StudyError, open_record, query_record
from knee_report.study import Study
from knee_report.web import page


class Loading(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_record(self) -> None:
        """study.db: kinds, void trials with their cell, pins, steal"""
        fixture.make("full", self.folder)
        record = load.load_study(self.folder).record
        self.assertEqual(record.kinds[0][:2], ("jpeg", 850))
        self.assertEqual([(t.status, t.workers) for t in record.bad_trials], [("void", 8), ("void", 8), ("failed", 8)])
        self.assertEqual(record.bad_trials[0].reason, "worker 3 wanted core 3 and ran on core 7")
        self.assertEqual(record.unpinned_workers, 0)
        self.assertAlmostEqual(record.steal_share or 0, 0.005)

    def damaged(self, change: str, noisy: bool) -> Study:
        """full after a change of its record; noisy: its fit has decided that disturbed trials count."""
        fixture.make("full", self.folder)
        with closing(sqlite3.connect(os.path.join(self.folder, "study.db"))) as db:
            db.execute(change)
            db.commit()
        fit = fixture.full_fit()
        fit["trials"].update(void=0, failed=0, disturbed_count=noisy)
        with open(os.path.join(self.folder, "fit.json"), "w", encoding="utf-8") as stream:
            json.dump(fit, stream)
        return load.load_study(self.folder)

    def test_noisy(self) -> None:
        """a noisy study names its disturbed trials as such, in the list of PDF and page, and does not say that every trial counts"""
        noisy = self.damaged("UPDATE trial SET disturbed = 1 WHERE status = 'void'", True)
        self.assertEqual([t.status for t in noisy.record.bad_trials], ["disturbed", "disturbed", "failed"])
        self.assertEqual([t.status for t in noisy.record.samples.trials], 5 * ["ok"] + ["failed"])
        self.assertEqual([row[:2] for row in evidence.bad_rows(noisy)], [["disturbed", "2"], ["failed", "1"]])
        self.assertEqual(evidence.count_words(noisy), [])
        text = page.page(noisy, report_facts(noisy, Prices()))
        self.assertIn("<h3>Disturbed trials, which count on a noisy machine, and trials that do not count</h3>", text)
        self.assertNotIn("Every trial counts.", text)

    def test_older(self) -> None:
        """a record without the column of disturbed trials has none, whatever fit.json says"""
        older = self.damaged("ALTER TABLE trial DROP COLUMN disturbed", True)
        self.assertEqual([t.status for t in older.record.bad_trials], ["void", "void", "failed"])

    def test_hiccups(self) -> None:
        """a trial that is kept out as far too slow is no typical one, and its workers are not counted"""
        studies.write_study(studies.USUAL, self.folder)
        with open_record(os.path.join(self.folder, "study.db")) as db:
            every = query_record(db).samples
            line = every.timelines[-1]
            left = query_record(db, [line.trial]).samples
        self.assertNotIn(line.trial, [one.trial for one in left.timelines])
        self.assertEqual([every.workers, every.synchronised], [(left.workers or 0) + line.workers, (left.synchronised or 0) + line.workers])

    def test_nodes(self) -> None:
        """a study of several machines: its cells are points of page and PDF, rows of a table, and their losses are named"""
        raw = [{"nodes": n, "workers": 4, "on_curve": n == 2, "trials": 5, "wall_s": fixture.interval(7.0), "speedup": fixture.interval(3.1),
                "efficiency": fixture.interval(0.775), "core_s": {"total": 40.0, "useful": 30.0, "work": 31.0, "scheduling": 8.0, "merge": 1.0}}
               for n in (2, 4)]  # fmt: skip
        fit = fixture.full_fit()
        fit["nodes"] = raw
        fit["findings"]["losses"] = fixture.no_losses("no trial that counts has the instants of its workers")
        study = load.parse_study(fit, fixture.NO_RECORD)
        self.assertIn("With 4 workers on 4 nodes, of all core time are lost: scheduling 20.0%, slower work 2.5%, merge 2.5%.", sentences.efficiency(study).detail)
        text = page.page(study, report_facts(study, Prices()))
        self.assertIn('<path class="spread" d="M', text)
        self.assertIn('data-tip="4 nodes, 4 workers: 3.10 (95% interval 3.04 to 3.16)"', text)
        self.assertEqual(len(re.findall(r'data-fact="nodes.4.4.(?:wall|speedup|efficiency|trials|useful|work|scheduling|merge)"', text)), 8)
        axes = pdf.draw_pages(study, report_facts(study, Prices()))[0].figure.axes[0]
        self.assertEqual(axes.get_xlabel(), "workers of all nodes, a core each")
        self.assertIn("on more nodes", [words.get_text() for words in axes.get_legend().get_texts()])

    def test_unpinned(self) -> None:
        """a worker that ran on another core is reported"""
        fixture.make("full", self.folder)
        with sqlite3.connect(os.path.join(self.folder, "study.db")) as db:
            db.execute("UPDATE worker SET cpu_seen = NULL, pin_reason = 'not allowed' WHERE slot = 3")
        loaded = load.load_study(self.folder)
        self.assertEqual(dict(evidence.machine_rows(loaded))["pinning"], "1 worker without a core of its own: not allowed")

    def test_unreadable(self) -> None:
        """each unreadable study: one line with the file and the remedy"""
        fixture.make("minimal", self.folder)
        fit, db = (os.path.join(self.folder, name) for name in ("fit.json", "study.db"))
        broken: list[tuple[str, str, str]] = [
            (fit, '{"format": "knee-fit 99"}', "knee-fit 1"),
            (fit, "[]", "knee-fit 1"),
            (fit, "{", "not JSON"),
            (db, "this is no database, and long enough to be sure of it " * 30, "knee sweep"),
        ]
        for path, content, wanted in broken:
            with self.subTest(content=content[:20]):
                fixture.make("minimal", os.path.join(self.folder, "new"))
                target = os.path.join(self.folder, "new", os.path.basename(path))
                with open(target, "w", encoding="utf-8") as stream:
                    stream.write(content)
                with self.assertRaises(StudyError) as caught:
                    load.load_study(os.path.join(self.folder, "new"))
                self.assertIn(target, str(caught.exception))
                self.assertIn(wanted, str(caught.exception))
                for name in os.listdir(os.path.join(self.folder, "new")):
                    os.unlink(os.path.join(self.folder, "new", name))

    def test_missing_parts(self) -> None:
        """any section of fit.json may be absent or null"""
        whole: dict[str, Any] = fixture.full_fit()
        for key in whole:
            if key == "format":
                continue
            for value in (None, "absent"):
                with self.subTest(key=key, value=value):
                    fit = copy.deepcopy(whole)
                    if value is None:
                        fit[key] = None
                    else:
                        del fit[key]
                    loaded = load.parse_study(json.loads(json.dumps(fit)), fixture.NO_RECORD)
                    sentences.findings(loaded)
                    sentences.tiles(loaded)
                    curve.data_file(loaded)


if __name__ == "__main__":
    unittest.main()
