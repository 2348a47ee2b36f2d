#!/usr/bin/python3
"""A parallel program that reports its items to knee: knee sweep -- ./spans.py {workers}"""
import json
import os
import sys
import time
from multiprocessing import Pool, current_process


def work(number: int) -> None:
    start, cpu = time.monotonic(), time.process_time()
    sum(range(200_000 + 20_000 * number))  # the work of the item
    span = {"worker": current_process()._identity[0] - 1, "item": f"item-{number:02}", "start": start,
            "end": time.monotonic(), "cpu": time.process_time() - cpu}  # fmt: skip
    if "KNEE_SPANS" in os.environ:
        with open(os.environ["KNEE_SPANS"], "a", buffering=1) as spans:
            spans.write(json.dumps(span) + "\n")


if __name__ == "__main__":
    with Pool(int(sys.argv[1])) as pool:
        pool.map(work, range(24), chunksize=1)
