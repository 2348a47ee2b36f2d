"""Runs test_*.py of this folder and prints TAP."""

from __future__ import annotations

import importlib.util
import os
import sys
import unittest
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, ".."), os.path.join(HERE, "..", "..", "reports")]

from tap import Tap


class Results(unittest.TestResult):
    """One line per test; what failed is shown in comment lines."""

    def __init__(self) -> None:
        super().__init__()
        self.tap = Tap()

    def name(self, test: Any) -> str:
        return f"{type(test).__name__}: {test.shortDescription() or test.id()}"

    def addSuccess(self, test: Any) -> None:
        self.tap.ok(True, self.name(test))

    def addSkip(self, test: Any, reason: str) -> None:
        self.tap.skip(self.name(test), reason)

    def complain(self, test: Any, error: Any) -> None:
        self.tap.ok(False, self.name(test), self._exc_info_to_string(error, test))  # type: ignore[attr-defined]

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
    result = Results()
    unittest.defaultTestLoader.discover(HERE, "test_*.py").run(result)
    return result.tap.end()


if __name__ == "__main__":
    sys.exit(main())
