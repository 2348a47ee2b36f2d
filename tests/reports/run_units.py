"""Runs test_*.py of this folder and prints TAP."""

from __future__ import annotations

import importlib.util
import os
import sys
import unittest
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "..", "reports")]


class Tap(unittest.TestResult):
    """One line per test; what failed is shown in comment lines."""

    number = 0

    def line(self, verdict: str, test: Any, note: str = "") -> None:
        self.number += 1
        print(f"{verdict} {self.number} - {type(test).__name__}: {test.shortDescription() or test.id()}{note}")

    def addSuccess(self, test: Any) -> None:
        self.line("ok", test)

    def addSkip(self, test: Any, reason: str) -> None:
        self.line("ok", test, f" # SKIP {reason}")

    def complain(self, test: Any, error: Any) -> None:
        self.line("not ok", test)
        for row in self._exc_info_to_string(error, test).splitlines():  # type: ignore[attr-defined]
            print(f"# {row}")

    def addFailure(self, test: Any, err: Any) -> None:
        super().addFailure(test, err)
        self.complain(test, err)

    def addError(self, test: Any, err: Any) -> None:
        super().addError(test, err)
        self.complain(test, err)

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.complain(subtest, err)


def main() -> int:
    if importlib.util.find_spec("matplotlib") is None:
        print("1..0 # SKIP python3-matplotlib is missing: make deps")
        return 0
    result = Tap()
    unittest.defaultTestLoader.discover(HERE, "test_*.py").run(result)
    print(f"1..{result.number}")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
