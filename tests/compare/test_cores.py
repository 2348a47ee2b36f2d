"""Emulated cores of the comparison: neither a process nor a thread gets more than one, and a program of threads no more than its workers."""
import subprocess
import sys
import threading
import time

from compare.cores import Emulated, can_emulate
from tap import run

SPIN = """
import hashlib, sys, threading, time
data = bytes(1_000_000)
def spin():
    while time.monotonic() < end:
        hashlib.sha256(data)  # without the interpreter's lock
end = time.monotonic() + 1
threads = [threading.Thread(target=spin) for _ in range(int(sys.argv[1]))]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(time.process_time())
"""


def cores_used(threads: int, workers: int, of_threads: bool) -> float:
    """By a program that spins in that many threads for a second, on a machine of 16 emulated cores."""
    emulated = Emulated(16, workers, of_threads)
    try:
        with subprocess.Popen([sys.executable, "-c", SPIN, str(threads)], stdout=subprocess.PIPE, text=True) as process:
            begin = time.monotonic()
            emulated.join(process.pid)
            threading.Thread(target=emulated.watch, args=(process.pid,), daemon=True).start()
            out, _ = process.communicate()
            return float(out) / (time.monotonic() - begin) / emulated.share
    finally:
        emulated.close()


def test_a_process_has_one_core() -> None:
    assert cores_used(2, 8, False) < 1.7


def test_a_thread_has_one_core() -> None:
    assert cores_used(1, 8, True) < 1.7


def test_threads_have_those_of_their_workers() -> None:
    assert cores_used(6, 2, True) < 3


if __name__ == "__main__":
    if not can_emulate():
        print("1..0 # SKIP no control groups of version 1 that can be written")
        sys.exit(0)
    sys.exit(run(globals()))
