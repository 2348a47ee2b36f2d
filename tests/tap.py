"""TAP for Python tests: functions test_*, each passing when it returns."""
import contextlib
import io
import sys
import traceback
from collections.abc import Callable
from typing import Any


def near(got: float, wanted: float, within: float = 1e-6) -> None:
    assert abs(got - wanted) <= within, f"got {got}, wanted {wanted} within {within}"


def equal(got: object, wanted: object) -> None:
    assert got == wanted, f"got {got!r}, wanted {wanted!r}"


def refuses(action: Callable[[], object], words: str) -> None:
    """ValueError with these words."""
    try:
        action()
    except ValueError as error:
        assert words in str(error), f"message '{error}' lacks '{words}'"
    else:
        raise AssertionError("no ValueError")


class Tap:
    """Lines of TAP, one by one."""

    def __init__(self) -> None:
        self.count = self.failed = 0

    def ok(self, passed: bool, name: str, *notes: object) -> None:
        """notes: shown when it failed."""
        self.count += 1
        self.failed += not passed
        print(f"{'ok' if passed else 'not ok'} {self.count} - {name}")
        for line in [line for note in notes for line in str(note).splitlines()] if not passed else []:
            print(f"# {line[:600]}")
        sys.stdout.flush()

    def skip(self, name: str, reason: str) -> None:
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {reason}\n# skipped: {name}: {reason}")

    def end(self) -> int:
        """The plan; returns the exit status."""
        print(f"1..{self.count}")
        return 1 if self.failed else 0


def run(names: dict[str, Any]) -> int:
    """Runs the functions test_* among names (a module's globals()) and prints TAP; returns the exit status. The stderr
    of a test is shown when it fails."""
    tests = [(name, test) for name, test in sorted(names.items()) if name.startswith("test_")]
    failed = 0
    print(f"1..{len(tests)}")
    for number, (name, test) in enumerate(tests, 1):
        errors = io.StringIO()
        try:
            with contextlib.redirect_stderr(errors):
                test()
        except Exception:
            failed += 1
            print(f"not ok {number} - {name}")
            for line in (errors.getvalue() + traceback.format_exc()).splitlines():
                print(f"# {line}")
        else:
            print(f"ok {number} - {name}")
    return 1 if failed else 0
