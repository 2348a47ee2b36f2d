"""The core-second account of the trials of a study, as `knee account --trials` prints it."""
import csv
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path

CAUSES_FROM, CAUSES_TO = "serial", "tail"


@dataclass
class Trial:
    block: int
    workers: int
    total_s: float
    core_s: dict[str, float]  # by cause; without those that were not measured

    def top(self, one: dict[str, float]) -> str:
        """What takes the most core-seconds beyond those of `one`."""
        return max((cause for cause in self.core_s if cause != "useful"), key=lambda cause: self.core_s[cause] - one.get(cause, 0))


def trials_of(knee: str, folder: str) -> list[Trial]:
    """Those on the curve that count and that others did not disturb: where all are disturbed they count for knee."""
    text = subprocess.run([knee, "account", "--trials", folder], check=True, stdout=subprocess.PIPE, text=True).stdout
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t"))
    names = list(rows[0])
    names = names[names.index(CAUSES_FROM):names.index(CAUSES_TO) + 1]
    study = sqlite3.connect(Path(folder) / "study.db")
    disturbed = {str(row[0]) for row in study.execute("SELECT id FROM trial WHERE disturbed = 1")}
    study.close()
    return [Trial(int(row["block"]), int(row["workers"]), float(row["total_core_s"]), {name: float(row[name]) for name in names if row[name]})
            for row in rows if row["role"] == "scaling" and row["status"] == "ok" and row["trial"] not in disturbed]
