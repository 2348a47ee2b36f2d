"""Does recompute.py notice a number that is wrong? Each value and each end of an interval of a report is altered by
itself.

    /usr/bin/python3 tests/reports/altered.py STUDY [OTHER...]

Prints how many were noticed, and the ids of those that were not. Ends of intervals of models are left out (LEFT_OUT).
"""

from __future__ import annotations

import sys
from typing import Any

import recompute


def main(arguments: list[str]) -> int:
    study, report, _ = recompute.read_study(arguments[0])
    mine = recompute.of_all(study, report, arguments[1:])
    noticed, unseen = 0, []
    for fact in report["facts"]:
        ends = () if fact["id"].startswith("model.") else ("low", "high")
        for part in ("value", *ends):
            number = fact.get(part)
            if number is None or fact["id"] not in mine:
                continue
            altered: dict[str, Any] = {**fact, part: number * 1.001 + 1e-5}
            if recompute.differences([altered], mine)[0]:
                noticed += 1
            else:
                unseen.append(f"{fact['id']}.{part}")
    print(noticed, "noticed", *unseen)
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
