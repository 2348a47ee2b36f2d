#!/usr/bin/python3
"""What is predicted for more workers than there are cores, held against what can be measured here.

Usage: contention.py KNEE BATCH WORK [--blocks 3] [--seconds 4] [--only shipped,jpeg,png,memory] [--emulate 16]
                     [--noise 5%]

BATCH: a folder of pictures of all kinds, as `make dataset` makes them. Four batches, each as long as --seconds with one
worker: a choice of BATCH; its JPEG files; its PNG files, or, where it has few, its JPEG files as PNG; items of `knee
synthetic` that use memory only. Three tables:

a  E(2) as the trials next to antagonists predict it, without a trial of two workers, and as two workers have it:
   within 1 point.
b  real runs of the pictures with 1 and 2 workers, and the replay of them: times within 1.5%, speedup within 1%.
c  the first batch on --emulate emulated cores, replayed and simulated: within 3%. Two columns say by what simulation
   and emulation differ: items that took other times than was predicted, and the pool around them (simulated with the
   times that the items took).

All is kept in WORK and goes on where it was stopped, with the same options; WORK can be removed. Needs two quiet cores
for 20 minutes. Exit 0: all goals are reached; 1: not; 2: usage, also options that are not those of WORK; 77: something
could not be measured.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PICTURES = ("shipped", "jpeg", "png")
MEMORY_WORDS = "items=80 cost=1ms kind=spin touch=96MB buffer=96MB"
POINTS_GOAL, TIME_GOAL, SPEEDUP_GOAL, WAYS_GOAL = 0.01, 0.015, 0.01, 0.03
ITEMS_LEAST, ITEMS_MOST, TRIED = 16, 96, 8
Json = Any


def knee(given: argparse.Namespace, *arguments: str) -> str:
    """Standard output; ends the bench where it fails."""
    done = subprocess.run([given.knee, *arguments], check=False, capture_output=True, text=True)
    if done.returncode:
        print(f"contention.py: knee {' '.join(arguments)}: {done.stderr.strip() or done.returncode}", file=sys.stderr)
        sys.exit(77)
    return done.stdout


def note(given: argparse.Namespace, text: str) -> None:
    print(f"contention: {time.monotonic() - given.begun:5.0f} s: {text}", file=sys.stderr, flush=True)


# --- batches --------------------------------------------------------------------------------------------------------


def files_of(folder: str, *suffixes: str) -> list[Path]:
    """Sorted by name; all files without suffixes."""
    found = [path for path in Path(folder).rglob("*") if path.is_file()]
    return sorted(path for path in found if not suffixes or path.suffix.lower() in suffixes)


def spread(files: list[Path], count: int) -> list[Path]:
    return [files[i * len(files) // count] for i in range(min(count, len(files)))] if files else []


def make_png(files: list[Path], into: Path) -> list[Path]:
    """With vips: the same pictures, half as wide, since a PNG is much slower to read."""
    made = []
    for path in files:
        target = into / f"{path.stem}.png"
        subprocess.run(["vips", "resize", path, target, "0.5"], check=True)
        made.append(target)
    return made


def sources(given: argparse.Namespace, case: str, room: Path) -> list[Path]:
    jpeg = files_of(given.batch, ".jpg", ".jpeg")
    if case == "shipped":
        return files_of(given.batch)
    if case == "jpeg":
        return jpeg
    png = files_of(given.batch, ".png")
    if len(png) >= ITEMS_LEAST:
        return png
    room.mkdir(exist_ok=True)
    return make_png(spread(jpeg, 2 * ITEMS_LEAST), room)


def link(files: list[Path], folder: Path) -> None:
    folder.mkdir()
    for i, path in enumerate(files):
        target = folder / f"{i:03}-{path.name}"
        try:
            os.link(path, target)
        except OSError:
            shutil.copyfile(path, target)


def items_for(given: argparse.Namespace, tried: Path, work: Path) -> int:
    """As many as take --seconds with one worker."""
    begin = time.monotonic()
    command = [given.knee, "run", "--quiet", "--workers", "1", tried, work / "out"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    seconds = time.monotonic() - begin
    if done.returncode not in (0, 1):  # 1: an item that nothing can read
        print(f"contention.py: knee run: {done.stderr.strip()}", file=sys.stderr)
        sys.exit(77)
    shutil.rmtree(work / "out", ignore_errors=True)
    return int(min(max(given.seconds * TRIED / seconds, ITEMS_LEAST), ITEMS_MOST))


def make_batch(given: argparse.Namespace, case: str) -> Path:
    work = Path(given.work) / case
    batch, tried, room = work / "batch", work / "tried", work / "made"
    if batch.exists():
        return batch
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    files = sources(given, case, room)
    if len(files) < TRIED:
        found = f"{given.batch} has {len(files)} files for the batch '{case}'"
        print(f"contention.py: {found}: give a folder of 50 pictures", file=sys.stderr)
        sys.exit(77)
    link(spread(files, TRIED), tried)
    items = items_for(given, tried, work)
    link(spread(files, items), work / "new")
    (work / "new").rename(batch)
    shutil.rmtree(tried)
    shutil.rmtree(room, ignore_errors=True)
    return batch


# --- studies --------------------------------------------------------------------------------------------------------


def sweep(given: argparse.Namespace, study: Path, workers: str, *arguments: str) -> None:
    """Goes on where it was; a complete study is kept."""
    if (study / "fit.json").exists():
        return
    note(given, f"{study.parent.name}: {study.name}, {workers} workers")
    knee(given, "sweep", "--study", str(study), "--workers", workers, "--budget", "1h", *arguments)
    knee(given, "fit", "--quiet", "--alone", str(study))


PLAIN = ("--chunks", "1", "--policies", "dynamic")


def real_study(given: argparse.Namespace, case: str) -> Path:
    study = Path(given.work) / case / "real"
    blocks = ("--blocks", str(given.blocks), "--antagonists", "auto", "--noise", given.noise)
    if case == "memory":
        study.parent.mkdir(parents=True, exist_ok=True)
        sweep(given, study, "1,2", *PLAIN, *blocks, "--", given.knee, "synthetic", "-j", "{workers}", MEMORY_WORDS)
    else:
        batch = make_batch(given, case)
        sweep(given, study, "1,2", *PLAIN, *blocks, "--items", str(len(files_of(str(batch)))), str(batch))
    return study


def replayed_study(given: argparse.Namespace, case: str) -> Path:
    study = Path(given.work) / case / "replayed"
    workers = emulated_counts(given) if case == "shipped" else "1,2"
    policies = "dynamic,largest-first" if case == "shipped" else "dynamic"
    cells = ("--chunks", "1", "--policies", policies, "--blocks", str(given.blocks), "--noise", given.noise)
    sweep(given, study, workers, *cells, "--replay", str(study.parent / "real"))
    return study


def emulated_counts(given: argparse.Namespace) -> str:
    return ",".join(str(n) for n in sorted({1, 2, max(given.emulate // 2, 2), max(given.emulate, 2)}))


def emulated_study(given: argparse.Namespace, case: str) -> Path:
    study, batch = Path(given.work) / case / "emulated", make_batch(given, case)
    items = str(len(files_of(str(batch))))
    # The periods of the quota beat with the kernel's ticks: on an idle machine up to 10% seems to be used by others.
    cells = ("--chunks", "1", "--policies", "dynamic,largest-first", "--blocks", str(given.blocks), "--noise", "15%")
    of_real = ("--emulate", str(given.emulate), "--times", str(study.parent / "real"), "--items", items)
    sweep(given, study, emulated_counts(given), *cells, *of_real, str(batch))
    return study


# --- tables ---------------------------------------------------------------------------------------------------------


def bounds(interval: Json, scale: float, digits: int) -> str:
    if interval["value"] is None:
        return "-"
    text = f"{scale * interval['value']:.{digits}f}"
    if interval.get("low") is None or interval.get("high") is None:
        return text
    return f"{text} ({scale * interval['low']:.{digits}f} to {scale * interval['high']:.{digits}f})"


def mark(good: bool) -> str:
    return "" if good else "  NOT GOOD"


def fit_of(study: Path) -> Json:
    return json.loads((study / "fit.json").read_text(encoding="utf-8"))


def contention_row(given: argparse.Namespace, case: str, study: Path) -> bool:
    found = json.loads(knee(given, "predict", "--json", str(study)))
    check, trials = found["contention_check"], fit_of(study)["trials"]
    if not check:
        why = "no block has trials of 1 and 2 workers and next to antagonists that count"
        print(f"{case:8} cannot be compared: {why}", flush=True)
        return False
    predicted, measured = check["efficiency_predicted"], check["efficiency_measured"]
    off: float = 100 * (predicted - measured)
    good = abs(off) <= 100 * POINTS_GOAL
    slower = " ".join(f"{bounds(check[f'excess_{how}'], 100, 1):>22}" for how in ("predicted", "measured"))
    noisy = f"{trials['disturbed']} of {trials['ok'] + trials['void']}"
    print(f"{case:8} {found['measured_items']:5} {slower} {100 * predicted:9.1f} {100 * measured:8.1f} {off:+6.2f}"
          f"  {noisy}{mark(good)}", flush=True)  # fmt: skip
    return good


def times_of(study: Path) -> dict[int, float]:
    return {row["workers"]: row["wall_s"]["value"] for row in fit_of(study)["curve"] if row["wall_s"]["value"]}


def replay_row(case: str, real: dict[int, float], replayed: dict[int, float]) -> bool:
    if not {1, 2} <= real.keys() & replayed.keys():
        print(f"{case:8} cannot be compared: no trials of 1 and 2 workers count", flush=True)
        return False
    off = [replayed[n] / real[n] - 1 for n in (1, 2)]
    speedup = (replayed[1] / replayed[2]) / (real[1] / real[2]) - 1
    good = max(abs(part) for part in off) <= TIME_GOAL and abs(speedup) <= SPEEDUP_GOAL
    times = " ".join(f"{real[n]:9.3f} {replayed[n]:9.3f} {100 * part:+7.2f}%" for n, part in zip((1, 2), off))
    speedups = f"{real[1] / real[2]:7.3f} {replayed[1] / replayed[2]:7.3f} {100 * speedup:+7.2f}%"
    print(f"{case:8} {times} {speedups}{mark(good)}", flush=True)
    return good


def ways_row(row: Json) -> bool:
    """Good: all ways that have this row are within the goal of each other."""
    good = all(abs(d["relative"]["value"]) <= WAYS_GOAL for d in row["differences"])
    parts = next((part for part in row["parts"] if part["of"] == "emulated"), None)
    by = " ".join(f"{100 * parts[part]['value']:+6.1f}%" if parts else f"{'-':>7}" for part in ("items", "pool"))
    times = "".join(f" {bounds(row[key], 1, 3):>24}" for key in ("simulated_s", "replayed_s", "emulated_s"))
    off = ", ".join(f"{d['between']} {100 * d['relative']['value']:+.1f}%" for d in row["differences"])
    print(f"{row['workers']:7} {row['policy']:14}{times} {by}  {off}{mark(good)}", flush=True)
    return good


def three_ways(given: argparse.Namespace, case: str) -> bool:
    real, replayed, emulated = real_study(given, case), replayed_study(given, case), emulated_study(given, case)
    knee(given, "fit", "--quiet", "--replayed", str(replayed), "--emulated", str(emulated), str(real))
    ways = fit_of(real)["three_ways"]
    print(f"\nc: seconds of the same items, simulated, replayed and on {given.emulate} emulated cores")
    titles = " ".join(f"{way:>24}" for way in ("simulated", "replayed", "emulated"))
    print(f"{'workers':7} {'policy':14} {titles} {'items':>7} {'pool':>7}  differences")
    good = [ways_row(row) for row in ways["rows"]]
    for text in (ways["pool"]["words"], *ways["warnings"]):
        if text:
            print(text)
    return bool(good) and all(good)


def refuse_other_options(given: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """Studies of other options would be taken for those that are asked for."""
    path = Path(given.work) / "options.json"
    options = {name: getattr(given, name) for name in ("blocks", "seconds", "emulate", "noise")}
    options = {"batch": str(Path(given.batch).resolve()), **options}
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else options
    if before != options:
        others = f"{given.work} has studies of other options ({json.dumps(before)})"
        parser.error(f"{others}: give these, or another folder, or remove it")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(options), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("knee", type=lambda path: str(Path(path).resolve()))
    parser.add_argument("batch")
    parser.add_argument("work")
    parser.add_argument("--blocks", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--only", type=lambda text: text.split(","), default=[*PICTURES, "memory"])
    parser.add_argument("--emulate", type=int, default=16, help="0: no emulated cores")
    parser.add_argument("--noise", default="5%", help="share of the machine that others may take in such a trial")
    given = parser.parse_args()
    given.begun = time.monotonic()
    unknown = set(given.only) - {*PICTURES, "memory"}
    if unknown:
        parser.error(f"no such batch: {', '.join(sorted(unknown))}")
    refuse_other_options(given, parser)
    print("a: two workers, as antagonists predict them and as they are")
    print(f"{'batch':8} {'items':>5} {'slower, predicted (%)':>22} {'measured (%)':>22} {'E(2) pred.':>9} {'meas.':>7}"
          f" {'points':>6}  disturbed trials")  # fmt: skip
    good = [contention_row(given, case, real_study(given, case)) for case in given.only]
    print("\nb: real runs and their replay")
    titles = " ".join(f"{f'T({n}) real':>9} {'replayed':>9} {'off':>8}" for n in (1, 2))
    print(f"{'batch':8} {titles} {'S real':>7} {'repl.':>7} {'off':>8}")
    for case in given.only:
        if case in PICTURES:
            good.append(replay_row(case, times_of(real_study(given, case)), times_of(replayed_study(given, case))))
    if given.emulate and "shipped" in given.only:
        good.append(three_ways(given, "shipped"))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
