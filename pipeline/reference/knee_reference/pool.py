"""All items: one after another, or by a pool of processes."""
import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import ForkContext, ForkProcess
from multiprocessing.util import Finalize

from knee_reference.items import Item, Job, Result, Worker
from knee_reference.spans import Spans


class TimedProcess(ForkProcess):
    """A process that knows when its parent began to start it."""
    started = 0.0

    def start(self) -> None:
        self.started = time.monotonic()
        super().start()


class TimedContext(ForkContext):
    Process = TimedProcess


held: list[Worker] = []  # what this process holds: a pool's functions get nothing but their item


def begin(job: Job, numbers: "multiprocessing.SimpleQueue[int]") -> None:
    """Runs once in each worker, before its first item."""
    instant, process = time.monotonic(), multiprocessing.current_process()
    spans = Spans(numbers.get(), process.started if isinstance(process, TimedProcess) else instant, instant)
    held.append(Worker(job, spans))
    Finalize(None, spans.end, exitpriority=1)


def do_held(item: Item) -> Result:
    return held[0].do(item)


def serial(job: Job, items: list[Item], begun: float) -> Iterator[Result]:
    worker = Worker(job, Spans(0, begun, begun))
    yield from map(worker.do, items)
    worker.spans.end()


def parallel(job: Job, items: list[Item], workers: int, chunk: int) -> Iterator[Result]:
    context = TimedContext()
    numbers = context.SimpleQueue()  # who takes one is that worker
    for number in range(workers):
        numbers.put(number)
    with ProcessPoolExecutor(workers, mp_context=context, initializer=begin, initargs=(job, numbers)) as pool:
        yield from pool.map(do_held, items, chunksize=chunk)
