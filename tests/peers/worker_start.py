"""What a pool needs from its start until all workers are ready, watermark and caption font loaded. The parent is up and
has its libraries loaded in every case; by spawn each worker loads them again."""
import json
import multiprocessing
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from peers.pillow import load_program, worker_pid

REPETITIONS = 7


@dataclass
class Start:
    name: str
    workers: int
    times_ms: list[float]  # of the repetitions; empty: trouble says why
    trouble: str = ""


def load(ready: "multiprocessing.synchronize.Barrier", recipe: str) -> None:
    load_program(recipe, ".", ".", True)
    ready.wait()


def pool_ms(method: str, workers: int, recipe: str) -> float:
    """As many workers as wanted, all through their initializer."""
    context = multiprocessing.get_context(method)
    ready = context.Barrier(workers + 1)
    start_ns = time.monotonic_ns()
    with ProcessPoolExecutor(workers, mp_context=context, initializer=load, initargs=(ready, recipe)) as pool:
        # One submission may start one worker only: each is held in its initializer until all are there.
        for _ in range(workers):
            pool.submit(worker_pid, 0)
        ready.wait(60)
        return (time.monotonic_ns() - start_ns) / 1e6


def knee_start(method: str, program: str, recipe: str, workers: int) -> Start:
    done = subprocess.run([program, recipe, str(workers), str(REPETITIONS), method], capture_output=True, text=True)
    if done.returncode:
        return Start(f"knee, {method}", workers, [], done.stderr.strip())
    return Start(f"knee, {method}", workers, [float(line) for line in done.stdout.splitlines()])


def pool_start(method: str, workers: int, recipe: str) -> Start:
    name = f"ProcessPoolExecutor, {method}"
    try:
        return Start(name, workers, [pool_ms(method, workers, recipe) for _ in range(REPETITIONS)])
    except (OSError, RuntimeError) as error:
        return Start(name, workers, [], str(error) or type(error).__name__)


def measured(knee_start_program: str, recipe: str) -> list[Start]:
    """In a process of its own: what a forked or spawned worker inherits or imports shall be what Pillow needs."""
    command = [sys.executable, "-m", "peers.worker_start", knee_start_program, recipe]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return [Start("all", 0, [], done.stderr.strip().splitlines()[-1])]
    return [Start(**words) for words in json.loads(done.stdout)]


def main() -> int:
    program, recipe = sys.argv[1:]
    starts = []
    for workers in (1, 2):
        starts += [knee_start("zygote", program, recipe, workers), knee_start("fresh", program, recipe, workers),
                   pool_start("fork", workers, recipe), pool_start("spawn", workers, recipe)]
    print(json.dumps([vars(start) for start in starts]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
