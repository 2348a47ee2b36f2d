"""The comparison with other programs: what is read, what is said of it, and what is refused."""

from __future__ import annotations

import json
import os
import tempfile
import unittest
from dataclasses import replace
from typing import Any

import fixture
from knee_report import costs, facts, load, sentences
from knee_report.compared import read_comparison
from knee_report.record import StudyError
from knee_report.web import page

HOST = "fixture-host"
RATES = {"Python serial": {1: 1.5}, "Python pool": {1: 1.4, 16: 14.0, 32: 20.0}, "knee run": {1: 12.0, 16: 120.0, 32: 200.0}}


def made(**changes: Any) -> dict[str, Any]:
    programs = [
        {"program": name, "curve": [{"workers": n, "emulated": n > 16, "images_per_s": rate, "cpu_ms_per_image": 80.0, "core_hours_per_million": 23.1}
                                    for n, rate in rates.items()]} for name, rates in RATES.items()
    ]  # fmt: skip
    return {"format": "knee-compare 1", "host": HOST, "images": 24, "blocks": 5, "programs": programs, **changes}


class Comparisons(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "compare.json")

    def write(self, content: str) -> str:
        with open(self.path, "w", encoding="utf-8") as stream:
            stream.write(content)
        return self.path

    def test_sentence(self) -> None:
        """page 1 says how many times other programs' throughput it is with the best cell's workers; page and facts have the rates"""
        study = load.parse_study(fixture.full_fit(), fixture.NO_RECORD)
        found = replace(study, compared=read_comparison(self.write(json.dumps(made())), HOST))
        self.assertIn(
            "Against today: 11.9 times the throughput of a run without a pool; on 24 images with 16 workers 80.0 times that of Python serial,"
            " 8.57 times that of Python pool (medians).",
            sentences.findings(found)[0].detail,
        )
        numbers = facts.report_facts(found, costs.Prices())
        self.assertEqual(numbers["compared.python-pool.32.rate"].measure.value, 20.0)
        text = page.page(found, numbers)
        self.assertIn("Python pool, 32 workers (emulated cores)", text)
        self.assertIn('data-fact="compared.knee-run.16.core_hours"', text)
        self.assertNotIn("Python", page.page(study, facts.report_facts(study, costs.Prices())))

    def test_workers(self) -> None:
        """programs are compared on real cores: with the wanted workers, else with the most"""
        compared = read_comparison(self.write(json.dumps(made())), HOST)
        self.assertEqual([compared.workers(n) for n in (1, 8, 16, 32, None)], [1, 16, 16, 16, 16])
        self.assertEqual(compared.times(1), {"Python serial": 8.0, "Python pool": 12.0 / 1.4})
        self.assertEqual(read_comparison(self.write(json.dumps(made(programs=[]))), HOST).times(1), {})

    def test_refused(self) -> None:
        """what is no comparison, or one of another machine: one line with the file and what to do"""
        for content, wanted in (("{", "is not JSON .*make compare"), ("[]", "not in the format"), (json.dumps(made(host="x")), "measured on 'x', .* same machine")):
            with self.subTest(content=content[:9]), self.assertRaisesRegex(StudyError, f"^{self.path} .*{wanted}"):
                read_comparison(self.write(content), HOST)
        os.unlink(self.path)
        with self.assertRaisesRegex(StudyError, "cannot be read"):
            read_comparison(self.path, HOST)
        os.mkfifo(self.path)
        with self.assertRaisesRegex(StudyError, "not a regular file"):
            read_comparison(self.path, HOST)


if __name__ == "__main__":
    unittest.main()
