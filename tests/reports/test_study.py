"""From a study's folder to sentences, rows and the curve's data file."""

from __future__ import annotations

import copy
import json
import os
import sqlite3
import tempfile
import unittest
from dataclasses import replace
from typing import Any

import fixture
from knee_report import curve, load, sentences
from knee_report.measure import Measure
from knee_report.pages import evidence, scaling, sizes
from knee_report.record import Record, StudyError
from knee_report.study import Quantity, Study

NO_RECORD = Record({}, (), (), "", "", None, (), None)
GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden")


def study(kind: str) -> Study:
    return load.parse_study(fixture.FITS[kind](), NO_RECORD)


class CurveData(unittest.TestCase):
    maxDiff = None

    def test_golden(self) -> None:
        """curve.dat of a full and of a minimal study, byte for byte"""
        for kind in ("full", "minimal"):
            with self.subTest(kind=kind), open(os.path.join(GOLDEN, f"curve-{kind}.dat"), encoding="utf-8") as stream:
                self.assertEqual(curve.data_file(study(kind)), stream.read())

    def test_emulated(self) -> None:
        """points of emulated cores are in the curve, and the axis reaches them"""
        emulated = replace(study("full"), facts=replace(study("full").facts, emulated=True))
        text = curve.data_file(replace(study("minimal"), emulated=emulated))
        self.assertIn("emulated = 'emulated, 16 cores'", text)
        self.assertIn("last = 16", text)
        points = text.split("$emulated_points << END_OF_DATA\n")[1].split("\nEND_OF_DATA")[0].splitlines()
        self.assertEqual([int(line.split()[0]) for line in points], [p.workers for p in study("full").curve if 1 < p.workers <= 16])
        self.assertAlmostEqual(float(points[-1].split()[1]), study("full").curve[-1].speedup.value or 0, places=3)
        self.assertIn("emulated = ''", curve.data_file(study("full")))

    def test_quoting(self) -> None:
        """a name cannot leave gnuplot's quotes"""
        self.assertEqual(curve.quoted("it's `date` \"$x\" \\\n"), "'it''s `date` \"$x\" \\?'")

    def test_ticks(self) -> None:
        """tick labels: all when few, thinned when many, always the first, the cores and the last"""
        self.assertEqual(curve.ticks([1, 2, 4], 2), [1, 2, 4])
        many = curve.ticks(list(range(1, 65)), 16)
        self.assertLessEqual(len(many), 18)
        self.assertLessEqual({1, 16, 64}, set(many))
        self.assertTrue(all(b - a >= 3 for a, b in zip(many, many[1:])), many)


class Findings(unittest.TestCase):
    def test_full(self) -> None:
        """the leads of a full study, hand-checked against the fixture's formulas"""
        leads = [f.lead for f in sentences.findings(study("full"))]
        self.assertEqual(leads, [
            "16 workers process 86.3 images a second, 12.1 times as many as one.",
            "With all 16 cores in use, efficiency is 75.5%.",
            "The knee is at 6 workers: each further core adds less.",
            "Outputs of every counted trial are identical to the serial run's.",
        ])  # fmt: skip

    def test_emulated(self) -> None:
        """the result on emulated cores is a finding of its own, which names its limits"""
        emulated = replace(study("full"), facts=replace(study("full").facts, emulated=True))
        found = sentences.findings(replace(study("minimal"), emulated=emulated))
        self.assertEqual(len(found), 5)
        self.assertEqual(found[3].lead, "On 16 emulated cores, 16 workers reach a speedup of 12.1: efficiency 75.5%.")
        self.assertIn("shared caches and memory are not included", found[3].detail)

    def test_replayed(self) -> None:
        """what the whole batch does on more cores comes second, says that it is replayed, and from where efficiency is low"""
        replayed = replace(study("full"), facts=replace(study("full").facts, replay_of="here"))
        both = replace(study("minimal"), emulated=replayed)
        found = sentences.findings(both)
        self.assertEqual(len(found), 5)
        self.assertRegex(found[1].lead, r"^On 16 cores, 16 workers do the whole batch in [0-9.]+ s: speedup 12.1, efficiency 75.5% \(replayed\)\.$")
        self.assertRegex(found[1].detail, r"Efficiency is below 95% from [0-9]+ workers\.")
        self.assertIn("items wait for their measured time", found[1].detail)
        self.assertIn("assumed to grow in proportion", found[1].detail)
        self.assertIn("emulated = 'replayed, 16 cores'", curve.data_file(both))

    def test_details_name_their_intervals(self) -> None:
        """numbers of the study, with their intervals, in the details"""
        text = " ".join(f.detail for f in sentences.findings(study("full")))
        for wanted in ("95% interval of the throughput 84.6 to 88.0", "of the speedup 11.9 to 12.3", "the whole batch of 1,000 images takes about 12 s",
                       "95% interval 5 to 8", "46.9 (95% interval 40.3 to 53.5)", "131 trials in 6 random blocks count, 2 void, 1 failed",
                       "(p = 0.23, level 1%)", "serial prefix and suffix 12%; tail: no work left 8.0%; worker initialisation 2.0% of all core time",
                       "The sweep ended because the wanted precision was reached; precision: 0.84% at 6 workers"):  # fmt: skip
            with self.subTest(wanted=wanted):
                self.assertIn(wanted, text)

    def test_minimal(self) -> None:
        """no knee, no models, a differing trial: said with their reasons"""
        found = sentences.findings(study("minimal"))
        self.assertEqual(found[2].lead, "No knee was found up to 2 workers.")
        self.assertIn("Efficiency at 2 workers is not below 0.95 beyond doubt.", found[2].detail)
        self.assertEqual(found[3].lead, "Only 11 of 12 trials made the same bytes as the serial run.")
        self.assertIn("No model was fitted: 3 blocks at 2 numbers of workers are too few.", found[3].detail)
        self.assertIn("Trial 7 (4 workers) differs in 1 output.", found[3].detail)

    def test_knee_beyond_cores(self) -> None:
        """a knee beyond the cores is named as such in the finding, the tile and the curve"""
        fit = fixture.minimal_fit()
        fit["knee"] = {"workers": 4, "low": 4, "high": 4, "reason": "4 workers share 2 cores"}
        fit["findings"]["knee"]["state"] = "beyond the cores"
        beyond = load.parse_study(fit, NO_RECORD)
        self.assertEqual(sentences.knee(beyond).lead, "No knee was found up to the 2 cores.")
        self.assertEqual(sentences.tiles(beyond)[3].note, "beyond the cores: workers share cores")
        self.assertEqual(curve.knee_label(beyond), "knee: 4 workers, beyond the cores")

    def test_first_trial_as_reference(self) -> None:
        """trials that were not compared with a serial run are not said to be"""
        fit = fixture.full_fit()
        fit["equivalence"]["reason"] = "the serial run recorded no manifest: trials are compared with the first of them"
        fit["findings"]["equivalence"]["reference"] = "first trial"
        loaded = load.parse_study(fit, NO_RECORD)
        self.assertEqual(sentences.certainty(loaded).lead, "Outputs of all counted trials are identical.")
        self.assertNotIn("serial run's", " ".join(evidence.equivalence_words(loaded)))

    def test_empty(self) -> None:
        """nothing measured: every finding says so, and no number is invented"""
        nothing = study("empty")
        self.assertEqual([f.lead for f in sentences.findings(nothing)][:2], ["Throughput was not measured.", "Efficiency was not measured."])
        for tile in sentences.tiles(nothing):
            self.assertIn(tile.number, ("not measured", "none found"))
            self.assertTrue(tile.note)

    def test_misfit(self) -> None:
        """a model that the test rejects is called so; the report has no level of its own"""
        fit = fixture.full_fit()
        fit["findings"]["tests"][1].update(p=0.0031, result="rejected")
        self.assertIn("misses the measured points by more than noise (p = 0.0031, level 1%)", sentences.fit_words(load.parse_study(fit, NO_RECORD)))

    def test_full_point_is_never_oversubscribed(self) -> None:
        """efficiency is reported at the cores, not beyond them"""
        full = study("minimal").full_point
        assert full is not None
        self.assertEqual(full.workers, 2)


class Tables(unittest.TestCase):
    def test_curve_rows(self) -> None:
        """a row of the curve's table, its oversubscribed mark, its dashes and their reasons"""
        rows = scaling.curve_rows(study("minimal"))
        self.assertEqual(rows[1], ["2", "3", "17.0", "1.41 (1.38\u20131.44)", "1.97 (1.94\u20132.01)", "98.7 (96.9\u2013100.5)", "139 (137\u2013140)", "\u2013"])
        self.assertEqual(rows[2][0], "4*")
        notes = scaling.curve_notes(study("minimal"))
        for wanted in ("95% intervals", "oversubscribed", "the kernel did not report it", "3 blocks give no interval"):
            self.assertIn(wanted, notes)

    def test_models(self) -> None:
        """parameters with intervals; a model that was not fitted with its reason"""
        rows, strong = scaling.model_rows(study("full"))
        self.assertEqual(rows[1], ["Amdahl (chosen)", "T1 = 33.6 (33.3\u201333.9) s   s = 0.0213 (0.0181\u20130.0245)", "\u2212310.2", "46.9 (40.3\u201353.5)"])
        self.assertEqual(strong, [1])
        self.assertEqual(rows[-1], ["USL", "not fitted: did not converge in 100 iterations", "\u2013", "\u2013"])

    def test_thinned(self) -> None:
        """a long table keeps its ends and the core count"""
        kept = scaling.thinned(list(range(1, 65)), 16, 10)
        self.assertLessEqual(len(kept), 10)
        self.assertLessEqual({1, 16, 64}, set(kept))
        self.assertEqual(scaling.thinned([1, 2, 3], 2, 10), [1, 2, 3])

    def test_kinds(self) -> None:
        """kinds' extra time with interval, against the kind without a term"""
        self.assertIn("against jpeg, 1 worker: png +42.0 (33.6\u201350.4) ms", sizes.kind_words(study("full")))

    def test_counters(self) -> None:
        """measured counters with values, the others with status and reason"""
        words = evidence.counter_words(study("full"))
        self.assertIn("perf::PAGE-FAULTS 2,210 (95% interval 2,166 to 2,254)", words)
        self.assertIn("not measured (denied, perf_event_paranoid is 3): PAPI_L3_TCM", words)

    def test_quantities(self) -> None:
        """quantities of the counter group are printed in place of counters, with one worker and at full cores"""
        mean = Measure(value=98.4, low=95.0, high=101.8, level=0.95)
        none = Measure(value=None, reason="instructions: no such counter")
        counted = replace(study("full"), quantities=(
            Quantity("ipc", "instructions per cycle", 1, none), Quantity("ipc", "instructions per cycle", 16, none),
            Quantity("cpu-per-item", "ms per item", 1, mean), Quantity("cpu-per-item", "ms per item", 8, mean),
            Quantity("cpu-per-item", "ms per item", 16, replace(mean, value=114.8, low=110.0, high=119.6)),
        ))  # fmt: skip
        self.assertEqual(
            evidence.counter_words(counted),
            "cpu, ms per item: 98.4 (95.0\u2013101.8) with 1 worker, 115 (110\u2013120) with 16 workers; not known (instructions: no such counter): ipc",
        )


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
                    loaded = load.parse_study(json.loads(json.dumps(fit)), NO_RECORD)
                    sentences.findings(loaded)
                    sentences.tiles(loaded)
                    curve.data_file(loaded)


if __name__ == "__main__":
    unittest.main()
