#!/bin/bash
# Dask: with the scheduler "processes" up to six tasks run in one process, one after the other, however many workers.
#
# Expected: a bag with a partition for each worker (or a delayed call for each) keeps num_workers processes busy:
#   4 partitions of 10 s take 10 s with 4 workers.
# Seen: tasks are handed out in batches of six. 4 or 6 partitions run in one process, 12 in two, and num_workers does
#   not matter; four processes need 19 partitions. With chunksize=1 four partitions run in four processes. The scheduler
#   "threads", whose batches are of one, uses all workers for the same graph. Only the docstring of
#   dask.multiprocessing.get names a size, and it says 5.
#     partitions 4, workers 4: processes 1   partitions 6: 1   partitions 12: 2   partitions 4, chunksize 1: 4
# Why it matters: in the usual sweep, n partitions for n workers, T(n) is n T(1) up to six workers: serial by any model.
#   What one tries then, fewer and larger partitions, makes it worse. With a fixed number of partitions the curve is one
#   of steps.
# Packages: Debian 12 python3-dask 2022.12.1+dfsg-2, python3-cloudpickle 2.2.0-1, python3-toolz 0.12.0-1,
#   python3-fsspec 2022.11.0-1, python3-locket 1.0.0-1, python3-partd 1.3.0-1, python3-yaml 6.0-3+b2, with Debian's
#   python3 (3.11).
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root python3-dask=2022.12.1+dfsg-2 python3-cloudpickle=2.2.0-1 \
    python3-toolz=0.12.0-1 python3-fsspec=2022.11.0-1 python3-locket=1.0.0-1 python3-partd=1.3.0-1 python3-yaml=6.0-3+b2
for package in *.deb; do
    dpkg -x "$package" root
done

cat > processes.py <<'PYTHON'
import os
import sys
import tempfile
import time

import dask.bag

partitions, together = int(sys.argv[1]), int(sys.argv[2])
options = {"chunksize": int(sys.argv[3])} if len(sys.argv) > 3 else {}


def process(folder: str) -> int:
    """The process of a task, which waits until as many tasks as are expected to run together have begun."""
    open(os.path.join(folder, str(os.getpid())), "w").close()
    end = time.monotonic() + 100
    while len(os.listdir(folder)) < together and time.monotonic() < end:
        time.sleep(0.01)
    return os.getpid()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        bag = dask.bag.from_sequence([folder] * partitions, npartitions=partitions)
        print(len(set(bag.map(process).compute(scheduler="processes", num_workers=4, **options))))
PYTHON
run() # run PARTITIONS TASKS_THAT_WAIT_FOR_EACH_OTHER [CHUNKSIZE]: the number of processes
{
    PYTHONPATH="$work/root/usr/lib/python3/dist-packages" /usr/bin/python3 processes.py "$@"
}
four=$(run 4 1)
six=$(run 6 1)
twelve=$(run 12 2)
single=$(run 4 4 1)
echo "processes of 4 workers: partitions 4: $four, 6: $six, 12: $twelve; 4 with chunksize 1: $single"
[ "$four" = 1 ] && [ "$six" = 1 ] && [ "$twelve" = 2 ] && [ "$single" = 4 ]
