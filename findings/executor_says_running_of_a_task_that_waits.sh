#!/bin/bash
# Python: a ProcessPoolExecutor with two processes has three tasks "running", and the third cannot be cancelled.
#
# Expected: running() is true for at most as many tasks as there are processes; the documentation says "currently being
#   executed and cannot be cancelled".
# Seen: a task counts as running when it is put into the queue for the processes, which holds one more than there are
#   processes. Of ten tasks that block three are running with two processes, and two with one; cancel() of the third
#   fails although nobody has begun it. A ThreadPoolExecutor has two.
#     2 processes: 3 running, 2 begun   2 threads: 2 running, 2 begun
# Why it matters: utilization as running tasks / workers is 150% with two workers and 200% with one, and falls to 100%
#   as workers are added, which reads as contention at a small number. A time that is taken from the moment in which
#   running() became true has the wait for a process in it. After "cancel all that has not begun" one more item is done.
# Packages: Debian 12 libpython3.11-stdlib 3.11.2-6+deb12u9, run by an installed Python 3.11.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root libpython3.11-stdlib=3.11.2-6+deb12u9
for package in *.deb; do
    dpkg -x "$package" root
done

cat > running.py <<'PY'
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor


def wait(number: int) -> None:
    """Makes a file when it begins, and ends when another is there."""
    open(f"begun-{number}", "w").close()
    while not os.path.exists("end"):
        time.sleep(0.01)


def tasks(executor_class: type) -> tuple[int, int, int]:
    """Tasks that are running, those that have begun, and those that cannot be cancelled, of ten with two workers."""
    with executor_class(2) as executor:
        futures = [executor.submit(wait, number) for number in range(10)]
        while begun() < 2 or not all(future.running() for future in futures[:2]):
            time.sleep(0.01)
        time.sleep(0.5)
        running = sum(future.running() for future in futures)
        counted = begun()
        kept = sum(not future.cancel() for future in futures)
        open("end", "w").close()
    for name in os.listdir("."):
        if name == "end" or name.startswith("begun-"):
            os.remove(name)
    return running, counted, kept


def begun() -> int:
    return sum(name.startswith("begun-") for name in os.listdir("."))


found = {kind.__name__: tasks(kind) for kind in (ProcessPoolExecutor, ThreadPoolExecutor)}
for name, (running, counted, kept) in found.items():
    print(f"{name}(2): {running} running, {counted} begun, {kept} cannot be cancelled")
sys.exit(0 if found == {"ProcessPoolExecutor": (3, 2, 3), "ThreadPoolExecutor": (2, 2, 2)} else 1)
PY
PYTHONPATH=$work/root/usr/lib/python3.11 /usr/bin/python3 running.py
