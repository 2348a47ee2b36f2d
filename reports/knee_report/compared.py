"""compare.json, which 'make compare' writes: other programs on the same pictures, medians over blocks without intervals."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

from .measure import Json, count, finite, rows, section, text
from .record import StudyError

FORMAT = "knee-compare 1"
OWN = "knee run"


@dataclass(frozen=True)
class ComparedPoint:
    workers: int
    emulated: bool
    images_per_s: float
    cpu_ms: float | None  # of an image
    core_hours: float | None  # of a million images


@dataclass(frozen=True)
class ComparedProgram:
    name: str  # OWN is the program of the study
    points: tuple[ComparedPoint, ...]

    def point(self, workers: int) -> ComparedPoint | None:
        """A serial program has one point, whatever number of workers the others have."""
        if len(self.points) == 1:
            return self.points[0]
        return next((p for p in self.points if p.workers == workers), None)


@dataclass(frozen=True)
class Comparison:
    images: int
    blocks: int | None
    programs: tuple[ComparedProgram, ...]

    def workers(self, wanted: int | None) -> int | None:
        """The number of workers at which programs are compared: the wanted one, or the most with real cores."""
        own = next((program for program in self.programs if program.name == OWN), None)
        real = [p.workers for p in own.points if not p.emulated] if own else []
        if wanted in real:
            return wanted
        return max(real) if real else None

    def times(self, wanted: int | None) -> dict[str, float]:
        """By program: how many times its images a second knee does with as many workers."""
        workers = self.workers(wanted)
        if workers is None:
            return {}
        at = {program.name: point.images_per_s for program in self.programs if (point := program.point(workers))}
        return {name: at[OWN] / rate for name, rate in at.items() if name != OWN and OWN in at and rate > 0}


def _point(raw: Json) -> ComparedPoint | None:
    workers, rate = count(raw.get("workers")), finite(raw.get("images_per_s"))
    if workers is None or rate is None:
        return None
    return ComparedPoint(workers, raw.get("emulated") is True, rate, finite(raw.get("cpu_ms_per_image")), finite(raw.get("core_hours_per_million")))


def read_comparison(path: str, host: str) -> Comparison:
    """host: of the study; one of another machine says nothing about it."""
    if os.path.exists(path) and not os.path.isfile(path):  # open() would wait for a FIFO
        raise StudyError(f"{path} is not a regular file: give the compare.json that 'make compare' wrote")
    try:
        with open(path, encoding="utf-8") as stream:
            made = section(json.load(stream))
    except OSError as error:
        raise StudyError(f"{path} cannot be read ({error.strerror}): give the compare.json that 'make compare' wrote") from error
    except ValueError as error:
        raise StudyError(f"{path} is not JSON ({error}): give the compare.json that 'make compare' wrote") from error
    if made.get("format") != FORMAT:
        raise StudyError(f"{path} is not in the format '{FORMAT}': make it again with 'make compare'")
    if text(made.get("host")) != host:
        raise StudyError(f"{path} was measured on '{text(made.get('host'))}', the study on '{host}': compare on the same machine")
    programs = [
        ComparedProgram(text(raw.get("program")), tuple(p for p in map(_point, rows(raw.get("curve"))) if p)) for raw in rows(made.get("programs"))
    ]
    return Comparison(count(made.get("images")) or 0, count(made.get("blocks")), tuple(programs))
