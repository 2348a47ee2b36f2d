"""The trials of a comparison as they are made: trials.csv has each of them at once, so that a comparison that was
interrupted is continued by the same command; compare-plan.json says which comparison they are of."""
import csv
import json
import os
from typing import Any

FIELDS = ["what", "program", "workers", "chunk", "block", "seconds", "cpu_s", "emulated"]
Row = dict[str, str | int | float]


def typed(row: dict[str, str]) -> Row:
    texts, reals = ("what", "program"), ("seconds", "cpu_s")
    return {key: value if key in texts else float(value) if key in reals else int(value) for key, value in row.items()}


class Journal:
    """rows: the trials so far. plan: everything that two comparisons have to agree in to be one."""

    def __init__(self, folder: str, plan: dict[str, Any], restart: bool) -> None:
        self.path, self.plan_path = f"{folder}/trials.csv", f"{folder}/compare-plan.json"
        self.rows: list[Row] = []
        if not restart and os.path.exists(self.plan_path) and os.path.exists(self.path):
            with open(self.plan_path, encoding="utf-8") as file:
                found = json.load(file)
            if found == plan:
                self.rows = self.read()
        with open(self.path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, FIELDS)
            writer.writeheader()
            writer.writerows(self.rows)
        with open(f"{self.plan_path}.new", "w", encoding="utf-8") as file:
            json.dump(plan, file, indent=1)
        os.replace(f"{self.plan_path}.new", self.plan_path)

    def read(self) -> list[Row]:
        """Without a last line that was cut off."""
        with open(self.path, encoding="utf-8", newline="") as file:
            lines = [line for line in file if line.endswith("\n")]
        return [typed(row) for row in csv.DictReader(lines)]

    def has(self, key: tuple[str, str, int, int, int]) -> bool:
        """key: the first five fields."""
        return any(tuple(row[field] for field in FIELDS[:5]) == key for row in self.rows)

    def add(self, row: Row) -> None:
        self.rows.append(row)
        with open(self.path, "a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, FIELDS).writerow(row)
