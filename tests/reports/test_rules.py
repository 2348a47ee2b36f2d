"""Rules, costs and ids of facts: known answers."""

from __future__ import annotations

import random
import unittest
from dataclasses import replace

import fixture
from knee_report import costs, facts, load, rules
from knee_report.measure import Measure
from knee_report.record import Record
from knee_report.samples import NONE, Samples, Span, Trial, _joined


def trial(number: int, block: int, workers: int, wall: float, status: str = "ok") -> Trial:
    return Trial(number, block, "scaling", workers, 1, "dynamic", status, wall)


class Normality(unittest.TestCase):
    def test_normal_values_are_rarely_rejected(self) -> None:
        """a test at 1% rejects about 1% of normal samples, whatever their number"""
        draw = random.Random(7)
        for count in (8, 20, 60):
            rejected = sum((rules.shapiro_francia([draw.gauss(3, 2) for _ in range(count)]) or 0) < 0.01 for _ in range(2000))
            self.assertTrue(4 <= rejected <= 40, f"{rejected} of 2,000 with {count} values")

    def test_skewed_values_are_rejected(self) -> None:
        """exponential samples are rejected; a few values, or equal ones, are not judged"""
        draw = random.Random(7)
        rejected = sum((rules.shapiro_francia([draw.expovariate(1) for _ in range(60)]) or 0) < 0.01 for _ in range(200))
        self.assertGreater(rejected, 190)
        self.assertIsNone(rules.shapiro_francia([1.0, 2.0, 3.0, 4.0]))
        self.assertIsNone(rules.shapiro_francia([1.0] * 9))


class Verdicts(unittest.TestCase):
    def judged(self, kind: str, record: Record = fixture.NO_RECORD) -> dict[int, str]:
        return {r.number: r.verdict for r in rules.judge(load.parse_study(fixture.FITS[kind](), record))}

    def test_every_study_has_twelve(self) -> None:
        """each rule has a verdict and evidence, also where nothing was measured"""
        for kind in fixture.FITS:
            with self.subTest(study=kind):
                judged = rules.judge(load.parse_study(fixture.FITS[kind](), fixture.NO_RECORD))
                self.assertEqual([r.number for r in judged], list(range(1, 13)))
                self.assertTrue(all(r.verdict in (rules.PASS, rules.FAIL, rules.NONE) and r.evidence for r in judged))

    def test_what_is_missing_fails(self) -> None:
        """no base case, no interval, a fact that was not recorded: that rule fails"""
        self.assertEqual(self.judged("empty")[1], "fail")
        self.assertEqual(self.judged("full")[5], "pass")
        self.assertEqual(self.judged("minimal")[5], "fail")
        fit = fixture.full_fit()
        self.assertEqual(rules._factors(load.parse_study(fit, fixture.NO_RECORD))[0], "pass")
        fit["study"]["kernel"] = None
        verdict, evidence = rules._factors(load.parse_study(fit, fixture.NO_RECORD))
        self.assertEqual(verdict, "fail")
        self.assertIn("not recorded: kernel", evidence)

    def test_means(self) -> None:
        """means of 1 and 4: the arithmetic 2.5 is 25% above the geometric 2; a hiccup takes no part"""
        samples = replace(NONE, trials=(trial(1, 1, 1, 1.0), trial(2, 2, 1, 4.0), trial(3, 3, 1, 99.0)))
        fit = fixture.full_fit()
        fit["hiccups"] = [{"trial": 3, "kept": False}]
        study = load.parse_study(fit, replace(fixture.NO_RECORD, samples=samples))
        self.assertAlmostEqual(rules.mean_difference(study) or 0, 0.25)
        self.assertAlmostEqual(rules.slowest(study) or 0, 0.6)
        self.assertEqual(rules._means(study)[0], "fail")

    def test_factors(self) -> None:
        """a run without a pool has neither chunk nor policy"""
        serial = replace(trial(1, 1, 1, 1.0), role="serial", chunk=None, policy="")
        samples = replace(NONE, trials=(serial, trial(2, 1, 1, 1.0), trial(3, 1, 2, 0.5)))
        study = load.parse_study(fixture.full_fit(), replace(fixture.NO_RECORD, samples=samples))
        self.assertIn("2 worker counts, 1 chunk size, 1 policy;", rules._factors(study)[1])

    def test_release(self) -> None:
        """a worker without the instant of its release fails rule 10"""
        for seen, verdict in ((8, "pass"), (7, "fail")):
            samples = Samples((), (), seen, 8)
            study = load.parse_study(fixture.full_fit(), replace(fixture.NO_RECORD, samples=samples))
            self.assertEqual(rules._technique(study)[0], verdict)


class Costs(unittest.TestCase):
    def test_core_hours(self) -> None:
        """100 items a second by 4 workers: 11.1 core-hours a million; on 2 cores half of it; the ends change places"""
        rate = Measure(100.0, 80.0, 125.0)
        hours = costs.core_hours(rate, 4, None)
        self.assertAlmostEqual(hours.value or 0, 4e6 / 100 / 3600)
        self.assertAlmostEqual(hours.low or 0, 4e6 / 125 / 3600)
        self.assertAlmostEqual(hours.high or 0, 4e6 / 80 / 3600)
        self.assertAlmostEqual(costs.core_hours(rate, 4, 2).value or 0, 2e6 / 100 / 3600)
        self.assertAlmostEqual(costs.money(hours, costs.Prices(0.05)).value or 0, 0.05 * 4e6 / 100 / 3600)
        self.assertAlmostEqual(costs.energy(hours, costs.Prices(None, "EUR", 10)).value or 0, 0.01 * 4e6 / 100 / 3600)

    def test_unknown(self) -> None:
        """no price, no throughput: no number, and the reason"""
        self.assertIn("--core-hour-price", costs.money(Measure(3.0), costs.Prices()).reason)
        self.assertIn("--core-watts", costs.energy(Measure(3.0), costs.Prices()).reason)
        self.assertEqual(costs.core_hours(Measure(None, reason="no items"), 4, 4).reason, "no items")
        self.assertIsNone(costs.core_hours(Measure(0.0), 4, 4).value)


class Ids(unittest.TestCase):
    def test_unique(self) -> None:
        """no id comes twice, also where kinds and causes have names that differ in signs only"""
        fit = fixture.full_fit()
        fit["size"][0]["kinds"] = [{"kind": name, "extra_ms": 1.0} for name in ("a b", "a-b", "a_b", "")]
        made = facts.report_facts(load.parse_study(fit, fixture.NO_RECORD), costs.Prices())
        names = [name.removeprefix("size.1.kind.") for name in made if name.startswith("size.1.kind.") and ".extra_ms" in name]
        self.assertEqual(names, ["a-b.extra_ms", "a-b.extra_ms-2", "a-b.extra_ms-3", "unnamed.extra_ms"])

    def test_slug(self) -> None:
        """words become lower case letters, digits and single dashes"""
        self.assertEqual(facts.slug("tail: no work left"), "tail-no-work-left")
        self.assertEqual(facts.slug("\u00e9\u00e9"), "unnamed")


class Timelines(unittest.TestCase):
    def test_joined(self) -> None:
        """5,000 items become at most 1,500 spans and a part for each worker; none is lost, no worker is mixed with another"""
        items = [Span(w, "item", i, i + 0.5, f"{w}/{i}") for w in range(4) for i in range(1250)]
        step, spans = _joined(items, 1500)
        self.assertEqual(step, 4)
        self.assertEqual([len([s for s in spans if s.worker == w]) for w in range(4)], [313] * 4)
        self.assertEqual((spans[0].begin_s, spans[0].end_s, spans[0].name), (0, 3.5, "4 items, from 0/0"))
        self.assertEqual(sum(span.length_s for span in spans), 2500)  # of the items, without the time between them
        self.assertEqual(_joined(items[:9], 1500), (1, items[:9]))


if __name__ == "__main__":
    unittest.main()
