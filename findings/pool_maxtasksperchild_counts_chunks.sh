#!/bin/bash
# Python: maxtasksperchild of multiprocessing.Pool counts chunks of map(), not items.
#
# Expected: Pool(2, maxtasksperchild=1) has a new process for each item: "the number of tasks a worker process can
#   complete before it will exit". 64 items are 64 processes.
# Seen: a task of map() is a chunk, a quarter of each worker's share unless a size is given. 64 items on 2 workers are
#   8 chunks of 8 items, and 8 processes with 8 items each; 640 items are 8 processes with 80 each. chunksize=1 gives
#   a process for each item. imap() and apply_async() have chunks of one.
#     64 items: 8 processes   640 items: 8 processes   64 items, chunksize=1: 64 processes
# Why it matters: the option is there for libraries that leak memory, as decoders of images do. How many items a process
#   keeps grows with the batch, and shrinks with the number of workers, so that a trial of 64 items on 16 workers stays
#   small and the whole batch on 2 runs out of memory; the cost of new processes in a scaling curve is not that of one
#   for each item.
# Packages: Debian 12 libpython3.11-stdlib 3.11.2-6+deb12u9, with python3.11 of Debian 12.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root libpython3.11-stdlib=3.11.2-6+deb12u9
dpkg -x ./*.deb root

cat > pool.py <<'PY'
import collections
import multiprocessing
import os
import sys


def process(_: int) -> int:
    return os.getpid()


def processes(items: int, chunksize: int | None = None) -> str:
    with multiprocessing.Pool(2, maxtasksperchild=1) as pool:
        counts = collections.Counter(pool.map(process, range(items), chunksize))
    return f"{len(counts)} processes of {max(counts.values())}"


if __name__ == "__main__":
    said = [processes(64), processes(640), processes(64, 1)]
    print(f"64 items: {said[0]}; 640 items: {said[1]}; 64 items, chunksize=1: {said[2]}")
    sys.exit(said != ["8 processes of 8", "8 processes of 80", "64 processes of 1"])
PY
PYTHONPATH=$work/root/usr/lib/python3.11 /usr/bin/python3.11 pool.py
