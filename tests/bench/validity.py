#!/usr/bin/python3
"""Are emulated cores what they claim to be? Three checks, each a table.

Usage: validity.py KNEE [BATCH] [--cores 16] [--rounds 3] [--workers 1,2,4,8,16] [--cost-ms 50] [--items 60] [--emulated 4]

a  a real batch (every k-th item, --items of them) on emulated cores and on real ones, interleaved, for as many workers as there are real
   cores: times after dilation should differ by less than 5%. Of fewer cores (--emulated) than b, so that a pair is over before the machine changes its
   speed. Not run without BATCH.
b  synthetic items that compute, on emulated cores, compared with the expected time (with forks as measured): within 3%. Each worker
   gets 8 items, so that every row is as long.
c  whether the dilation held, in the runs of b: CPU time of the items over the emulated time that they took, 1 when every share was held; and void runs,
   in which a worker missed more than 5% of its share.

A value is the median over the rounds, the least and the largest in brackets.
"""
import argparse
import os
import random
import re
import shutil
import statistics
import subprocess
import tempfile


def words(values: list[float]) -> str:
    return f"{statistics.median(values):.4f} ({min(values):.4f} to {max(values):.4f})" if values else "none"


def write_list(batch: str, items: int, path: str) -> None:
    """Every k-th file of the batch, so that it is shaped like the whole."""
    names = sorted(os.path.relpath(os.path.join(folder, name), batch) for folder, _, files in os.walk(batch) for name in files)
    step = max(1, len(names) // items)
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(name + "\n" for name in names[::step][:items])


def run_seconds(knee: str, batch: str, out: str, workers: int, cpus: list[str], emulate: int) -> float:
    command = [knee, "run", "--workers", str(workers), "--pin", ",".join(cpus[:workers]), f"--list={out}.list"]
    command += [f"--emulate={emulate}"] if emulate else []
    # A batch may hold items that nothing can decode: exit code 1.
    completed = subprocess.run([*command, batch, out], check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    shutil.rmtree(out, ignore_errors=True)
    found = re.search(r" done in ([0-9.]+) s", completed.stdout)
    if not found:
        raise SystemExit(f"validity.py: {' '.join(command)} {batch}: {completed.stderr.strip() or 'no time was printed'}")
    return float(found.group(1))


def real_cores(options: argparse.Namespace, cpus: list[str]) -> None:
    choice = random.Random(1)
    print(f"a: {options.batch}, real cores and {options.emulated} emulated ones, {options.rounds} rounds")
    print("workers  real s                      emulated s                  ratio")
    with tempfile.TemporaryDirectory() as folder:
        write_list(options.batch, options.items, folder + "/out.list")
        run_seconds(options.knee, options.batch, folder + "/out", 1, cpus, 0)  # the first run warms up
        for workers in range(1, len(cpus) + 1):
            seen: dict[int, list[float]] = {0: [], options.emulated: []}
            for _ in range(options.rounds):
                for emulate in choice.sample(list(seen), 2):
                    seen[emulate].append(run_seconds(options.knee, options.batch, folder + "/out", workers, cpus, emulate))
            ratios = [emulated / real for emulated, real in zip(seen[options.emulated], seen[0])]
            print(f"{workers:7}  {words(seen[0]):26}  {words(seen[options.emulated]):26}  {words(ratios)}", flush=True)


def theory(options: argparse.Namespace, cpus: list[str]) -> None:
    print(f"b, c: spinning items of {options.cost_ms} ms, 8 for each worker, on {options.cores} emulated cores, {options.rounds} rounds")
    print("workers  measured s                  must take s                 ratio                       held                        void runs")
    for workers in map(int, options.workers.split(",")):
        rows: list[tuple[float, float, float, float]] = []
        void = 0
        for _ in range(options.rounds):
            completed = subprocess.run(
                [options.knee, "model", "--workers", str(workers), f"--emulate={options.cores}", f"--pin={','.join(cpus)}",
                 f"items={8 * workers} cost={options.cost_ms}ms kind=spin"], check=True, capture_output=True, text=True).stdout
            number = {line.split()[0]: line.split()[1] for line in completed.splitlines()}
            void += "void" in number
            measured, ratio = float(number["measured"]), float(number["ratio"])
            rows.append((measured, measured / ratio, ratio, float(number["held"])))
        columns = "  ".join(f"{words([row[i] for row in rows]):26}" for i in range(4))
        print(f"{workers:7}  {columns}  {void} of {options.rounds}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("knee")
    parser.add_argument("batch", nargs="?")
    parser.add_argument("--cores", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", default="1,2,4,8,16", help="of b")
    parser.add_argument("--cost-ms", type=int, default=50)
    parser.add_argument("--items", type=int, default=60, help="of the real batch")
    parser.add_argument("--emulated", type=int, default=4, help="emulated cores of a")
    options = parser.parse_args()
    cpus = [str(cpu) for cpu in sorted(os.sched_getaffinity(0))]
    if options.batch:
        real_cores(options, cpus)
    theory(options, cpus)


if __name__ == "__main__":
    main()
