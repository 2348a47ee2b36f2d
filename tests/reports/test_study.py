"""From a study's folder to sentences, rows and the curve's data file."""

from __future__ import annotations

import os
import unittest
from dataclasses import replace

import fixture
from knee_report import curve, load, sentences, svg
from knee_report.measure import Measure
from knee_report.pages import evidence, scaling, sizes
from knee_report.record import StudyError
from knee_report.study import Quantity, Study

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden")


def study(kind: str) -> Study:
    return load.parse_study(fixture.FITS[kind](), fixture.NO_RECORD)


class CurveData(unittest.TestCase):
    maxDiff = None

    def test_golden(self) -> None:
        """curve.dat of a full and of a minimal study, byte for byte"""
        for kind in ("full", "minimal"):
            with self.subTest(kind=kind), open(os.path.join(GOLDEN, f"curve-{kind}.dat"), encoding="utf-8") as stream:
                self.assertEqual(curve.data_file(study(kind)), stream.read())

    def test_others(self) -> None:
        """points of a replay and of emulated cores are in the curve with the predicted band, and the axis reaches them"""
        emulated = replace(study("full"), facts=replace(study("full").facts, emulated=True))
        emulated = replace(emulated, answer=replace(emulated.answer, how="emulated"))
        text = curve.data_file(replace(study("predicted"), replayed=study("replayed"), emulated=emulated))
        for line in ("replayed = 'replayed'", "emulated = 'emulated'", "last = 16", "bound = 16", "model = 'predicted, 95% band'", "model_band = 1",
                     "knee = 9", "knee_label = 'knee: 9 workers (95% interval 8 to 11, replayed)'"):  # fmt: skip
            self.assertIn(f"\n{line}\n", text)
        parts = {name: text.split(f"${name} << END_OF_DATA\n")[1].split("\nEND_OF_DATA")[0].splitlines() for name in
                 ("measured", "replayed_points", "emulated_points", "fitted")}  # fmt: skip
        at = {name: [int(line.split()[0]) for line in lines] for name, lines in parts.items()}
        self.assertEqual(at["measured"], [1, 2])  # not 4 workers on 2 cores
        self.assertEqual(at["replayed_points"], [4, 6, 8, 10, 12, 14, 16])
        self.assertEqual(at["emulated_points"], [p.workers for p in study("full").curve if 1 < p.workers <= 16])
        self.assertEqual(at["fitted"], list(range(1, 17)))
        self.assertEqual(parts["replayed_points"][-1].split()[1], "14.08")
        self.assertIn("emulated = ''", curve.data_file(study("full")))

    def test_trials(self) -> None:
        """every trial of the points that are shown is a line, and of a replay those of its points"""
        one = replace(study("minimal").curve[1], trial_speedups=((7, 1.5), (8, 2.0)))
        self.assertEqual(curve.trial_lines([one]), ["2 1.5 0.75", "2 2 1"])
        replayed = replace(study("replayed"), curve=(replace(study("full").curve[3], workers=4, trial_speedups=((9, 3.0),)), one))
        self.assertEqual(curve.other_trials(replayed), ["4 3 0.75"])  # its answer has no point of 2 workers
        self.assertEqual(curve.other_trials(None), [])

    def test_axis(self) -> None:
        """workers beyond the cores never take more than a third of the axis, and have fewer tick labels"""
        self.assertEqual(curve.oversubscribed_scale(16, 16), 1.0)
        self.assertEqual(curve.oversubscribed_scale(3, 2), 0.5)
        for last, bound in ((16, 2), (64, 1), (4, 2), (17, 16)):
            scale = curve.oversubscribed_scale(last, bound)
            beyond = scale * (last - bound)
            self.assertLessEqual(beyond / (beyond + max(bound - 1, 1)), 1 / 3 + 1e-9, (last, bound))
        ticks = curve.ticks([1, 2, 3, 4, 6, 8, 12, 16], 2, curve.oversubscribed_scale(16, 2))
        self.assertLessEqual({1, 2, 16}, set(ticks))
        self.assertLess(len(ticks), 8)

    def test_undecided(self) -> None:
        """while a larger model is not excluded, the band is the union of both, and the key says so"""
        row = {"workers": 4, "speedup": 3.0, "low": 2.9, "high": 3.1, "union_low": 2.5, "union_high": 3.2}
        wide, sure = load.parse_prediction(row), load.parse_prediction({**row, "union_low": 2.9, "union_high": 3.1})
        assert wide and sure
        self.assertEqual((wide.low, wide.high, wide.undecided, sure.undecided), (2.5, 3.2, True, False))
        full = study("full")
        models = tuple(replace(m, predicted=(wide,)) if m.chosen else m for m in full.models)
        self.assertEqual(curve.line_label(replace(full, models=models)), "Amdahl fit, undecided")
        self.assertEqual(curve.line_label(full), "Amdahl fit")

    def test_svg(self) -> None:
        """gnuplot's SVG gets a title and a description that a screen reader takes, quoted"""
        made = svg.named("<svg \n width='1'>\n<title>Gnuplot</title>\n<desc>x\ny</desc><g/></svg>", "a < b", "c & \\1")
        self.assertIn('<title id="curve-title">a &lt; b</title>\n<desc id="curve-desc">c &amp; \\1</desc>', made)
        self.assertIn('role="img" lang="en" aria-labelledby="curve-title curve-desc"', made)
        with self.assertRaises(StudyError):
            svg.named("<svg/>", "a", "b")
        for kind in fixture.FITS:
            words = curve.description(study(kind))
            self.assertTrue(words.endswith(".") and words[0].isupper() and "None" not in words and "nan" not in words, words)

    def test_quoting(self) -> None:
        """a name cannot leave gnuplot's quotes"""
        self.assertEqual(curve.quoted("it's `date` \"$x\" \\\n"), "'it''s `date` \"$x\" \\?'")

    def test_words(self) -> None:
        """what curve.dat quotes is read again"""
        for phrase in ("it's", "''", "", "a = 'b'"):
            self.assertEqual(curve.read_words(f"bound = 2\ntitle = {curve.quoted(phrase)}\nlast = 4\n"), {"title": phrase})

    def test_ticks(self) -> None:
        """tick labels: all when few, thinned when many, always the first, the cores and the last"""
        self.assertEqual(curve.ticks([1, 2, 4], 2), [1, 2, 4])
        many = curve.ticks(list(range(1, 65)), 16)
        self.assertLessEqual(len(many), 18)
        self.assertLessEqual({1, 16, 64}, set(many))
        self.assertTrue(all(b - a >= 3 for a, b in zip(many, many[1:])), many)

    def test_nodes(self) -> None:
        """a study of several machines: cells on more nodes than the curve's are points of their own"""
        speedup, efficiency = {"value": 1.75, "low": 1.5, "high": 2.0}, {"value": 0.875, "low": 0.75, "high": 1.0}
        raw = [dict(nodes=n, workers=2, on_curve=n == 1, speedup=speedup, efficiency=efficiency) for n in (1, 2)]
        points = tuple(p for p in map(load.parse_nodes, raw) if p)
        text = curve.data_file(replace(study("full"), nodes=points))
        self.assertIn("\nspread = 'on more nodes'\naxis = 'workers of all nodes'\n", text)
        self.assertIn("$spread_points << END_OF_DATA\n2 1.75 1.5 2 0.875 0.75 1 0\nEND_OF_DATA", text)


class Findings(unittest.TestCase):
    def test_full(self) -> None:
        """the leads of a full study, hand-checked against the fixture's formulas"""
        leads = [f.lead for f in sentences.findings(study("full"))]
        self.assertEqual(leads, [
            "Run here: 16 workers, chunk 1, largest-first. 16 workers process 86.3 images a second, 12.1 times as many as one.",
            "On 16 cores, 16 workers do 240 images in 2.78 s: speedup 12.1, efficiency 75.5% (measured).",
            "The knee is at 6 workers: efficiency falls below 95% (95% interval 5 to 8).",
            "To buy or change: 5 cores keep an efficiency of 95% (7.1 s); 16 take 2.78 s.",
            "Outputs of every counted trial are identical to the serial run's.",
        ])  # fmt: skip

    def test_predicted(self) -> None:
        """in this order: what to run here, what the batch does, where efficiency leaves the threshold and why, what to buy"""
        found = sentences.findings(study("predicted"))
        self.assertEqual([f.lead for f in found], [
            "Run here: 2 workers, chunk 1, dynamic. 2 workers process 1.41 images a second, 1.97 times as many as one.",
            "On 16 cores, 16 workers do 1,000 images in 7.53 s: speedup 14.1, efficiency 88.0% (predicted).",
            "The knee is at 9 workers: efficiency falls below 95% (95% interval 8 to 11, predicted).",
            "To buy or change: 8 cores keep an efficiency of 95% (14 s); 16 take 7.53 s.",
            "Only 11 of 12 trials made the same bytes as the serial run.",
        ])  # fmt: skip
        self.assertIn("from all but contention", found[1].detail)
        self.assertIn("from contention alone", found[1].detail)
        self.assertIn("Contention was measured up to 2 workers; beyond, it is assumed to grow in proportion.", found[1].detail)
        self.assertEqual(
            found[2].detail,
            "With 16 workers, of all core time are lost: contention 5.2%, serial part (Amdahl) 3.1%, item sizes 2.1%, tail 1.2%, start of workers 0.4%.",
        )
        self.assertIn("What costs most with 16 workers is contention", found[3].detail)
        self.assertEqual([t.label for t in sentences.tiles(study("predicted"))], [
            "throughput here, 2 workers", "speedup, 16 workers", "efficiency, 16 workers", "knee of the batch"])  # fmt: skip

    def test_replayed(self) -> None:
        """the replay is shown in place of the prediction, which is named; it says how it is known"""
        found = sentences.findings(replace(study("predicted"), replayed=study("replayed")))
        self.assertRegex(found[1].lead, r"^On 16 cores, 16 workers do 1,000 images in 7.53 s: .* \(replayed\)\.$")
        self.assertIn("items wait for their measured time", found[1].detail)
        self.assertIn("assumed to grow in proportion", found[1].detail)
        self.assertIn("The speedup predicted: 14.1.", found[1].detail)
        own = replace(study("replayed"), answer=replace(study("replayed").answer, measured_workers=2, assumed=False))
        found = sentences.findings(replace(study("predicted"), replayed=own))
        self.assertIn("measured up to 2 workers; beyond, it is that of trials next to antagonists", found[1].detail)

    def test_emulated(self) -> None:
        """emulated cores are the answer only where nothing is predicted, and name their limits"""
        emulated = replace(study("full"), facts=replace(study("full").facts, emulated=True))
        emulated = replace(emulated, answer=replace(emulated.answer, how="emulated"))
        self.assertEqual(replace(study("predicted"), emulated=emulated).shown.how, "predicted")
        found = sentences.findings(replace(study("minimal"), emulated=emulated))
        self.assertEqual(len(found), 5)
        self.assertEqual(found[1].lead, "On 16 cores, 16 workers do 240 images in 2.78 s: speedup 12.1, efficiency 75.5% (emulated).")
        self.assertIn("shared caches and memory are not included", found[1].detail)

    def test_measured_on_enough_cores(self) -> None:
        """a machine with as many cores as were asked for: measured, whatever else there is"""
        self.assertEqual(replace(study("full"), replayed=study("replayed")).shown.how, "measured")

    def test_three_ways(self) -> None:
        """a row for each cell, thinned; the largest difference; the warning is among the limits"""
        found = study("predicted").ways
        assert found is not None
        rows = evidence.ways_rows(found)
        self.assertEqual(len(rows), evidence.MOST_WAYS)
        self.assertEqual([rows[0][1], rows[-1][2]], ["1", "chunk 1, largest-first"])
        self.assertEqual([evidence.ways_seconds(Measure(1.36986, 1.36981, 1.36991)), evidence.ways_seconds(Measure(None, reason="none"))], ["1.37 \u00b10.0%", "\u2013"])
        self.assertEqual(rows[-1][5], "0.650 \u00b11.0%")
        self.assertEqual(rows[-1][6], "\u22128.6%, replayed and emulated (differ)")
        self.assertIn("1 of 16 comparisons.", evidence.ways_words(found, 4))
        self.assertIn("The replayed pool: with 16 workers on 2 real cores, 0.21%", evidence.ways_words(found, 4))
        self.assertIn("Simulated over emulated differs most with 16 workers, largest-first: +9.4%, of which", evidence.ways_words(found, 4))
        self.assertIn("4 of 8 rows", evidence.ways_words(found, 4))
        self.assertIn("differ by more than their intervals", evidence.limit_words(study("predicted"))[0])
        self.assertIsNone(study("full").ways)

    def test_no_knee(self) -> None:
        """a batch without a knee says up to where"""
        fit = fixture.predicted_fit()
        fit["answer"]["knee"] = {"workers": None, "low": 9, "high": None, "how": "predicted"}
        none = load.parse_study(fit, fixture.NO_RECORD)
        self.assertEqual(sentences.batch_knee(none).lead, "Efficiency stays at 95% or above up to 16 cores (predicted).")
        self.assertEqual(sentences.tiles(none)[3].number, "none")
        self.assertEqual(curve.knee_label(none), "no knee up to 16 workers (predicted)")
        self.assertIn("knee = NaN", curve.data_file(none))

    def test_details_name_their_intervals(self) -> None:
        """numbers of the study, with their intervals, in the details"""
        text = " ".join(f"{f.lead} {f.detail}" for f in sentences.findings(study("full")))
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
        """workers that share cores are no knee: not in the finding, the tile or the curve"""
        fit = fixture.minimal_fit()
        fit["knee"] = {"workers": 4, "low": 4, "high": 4, "reason": "4 workers share 2 cores"}
        fit["findings"]["knee"]["state"] = "beyond the cores"
        beyond = load.parse_study(fit, fixture.NO_RECORD)
        self.assertEqual(sentences.knee(beyond).lead, "No knee was found up to the 2 cores.")
        self.assertEqual(sentences.tiles(beyond)[3].note, "up to the 2 cores")
        self.assertEqual(curve.knee_label(beyond), "no knee found up to 2 workers")
        self.assertIn("knee = NaN", curve.data_file(beyond))

    def test_first_trial_as_reference(self) -> None:
        """trials that were not compared with a serial run are not said to be"""
        fit = fixture.full_fit()
        fit["equivalence"]["reason"] = "the serial run recorded no manifest: trials are compared with the first of them"
        fit["findings"]["equivalence"]["reference"] = "first trial"
        loaded = load.parse_study(fit, fixture.NO_RECORD)
        self.assertEqual(sentences.certainty(loaded).lead, "Outputs of all counted trials are identical.")
        self.assertNotIn("serial run's", " ".join(evidence.equivalence_words(loaded)))

    def test_empty(self) -> None:
        """nothing measured: every finding says so, and no number is invented"""
        nothing = study("empty")
        self.assertEqual([f.lead for f in sentences.findings(nothing)][:2], ["Nothing to run here is recommended: no trial counts.", "Efficiency was not measured."])
        for tile in sentences.tiles(nothing):
            self.assertIn(tile.number, ("not measured", "none found"))
            self.assertTrue(tile.note)

    def test_misfit(self) -> None:
        """a model that the test rejects is called so; the report has no level of its own"""
        fit = fixture.full_fit()
        fit["findings"]["tests"][1].update(p=0.0031, result="rejected")
        self.assertIn("misses the measured points by more than noise (p = 0.0031, level 1%)", sentences.fit_words(load.parse_study(fit, fixture.NO_RECORD)))

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


if __name__ == "__main__":
    unittest.main()
