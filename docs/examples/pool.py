#!/usr/bin/python3
"""Compresses every file of a folder in a pool of processes: pool.py WORKERS FOLDER [CHUNK]

Where $KNEE_SPANS names a file, each worker appends there when it was started, what it did, and when it ended.
"""
import bz2
import json
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.util import Finalize
from pathlib import Path

# --- spans: where the time of this worker went
worker: dict[str, float] = {}


def queued() -> float:
    """Seconds in which this process was ready to run and had no core."""
    return int(Path("/proc/self/schedstat").read_text(encoding="ascii").split()[1]) / 1e9


def write(**span: object) -> None:
    if "KNEE_SPANS" in os.environ:  # one write() at the end of the file: lines of several workers do not mix
        with open(os.environ["KNEE_SPANS"], "ab", buffering=0) as spans:
            spans.write(json.dumps({"worker": int(worker["slot"]), **span}).encode() + b"\n")


def begin(slots: "multiprocessing.SimpleQueue[int]", start: float) -> None:
    """Runs once in each worker, before its first file."""
    now = time.monotonic()
    worker.update(slot=slots.get(), start=start, begin=now, go=now, free=now, queued=queued())
    Finalize(None, end, exitpriority=1)


def end() -> None:
    write(phase="life", start=worker["start"], begin=worker["begin"], go=worker["go"], end=worker["free"],
          queued=worker["waited"] if "waited" in worker else 0)


# --- the work
def compress(path: Path) -> int:
    start, cpu = time.monotonic(), time.process_time()
    data = path.read_bytes()
    size = len(bz2.compress(data))
    finished = time.monotonic()
    write(item=path.name, bytes=len(data), claim=worker["free"], start=start, end=finished,
          cpu=time.process_time() - cpu)
    worker.update(free=finished, waited=queued() - worker["queued"])
    return size


def main() -> None:
    workers, files = int(sys.argv[1]), sorted(Path(sys.argv[2]).iterdir())
    chunk = int(sys.argv[3]) if len(sys.argv) > 3 else -(-len(files) // workers)  # one share for each worker
    slots: "multiprocessing.SimpleQueue[int]" = multiprocessing.SimpleQueue()  # who takes one is that worker
    for slot in range(workers):
        slots.put(slot)
    with ProcessPoolExecutor(workers, initializer=begin, initargs=(slots, time.monotonic())) as pool:
        print(sum(pool.map(compress, files, chunksize=chunk)))


if __name__ == "__main__":
    main()
