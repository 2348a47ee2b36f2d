"""Spans: where the time of each worker went, as JSON lines in $KNEE_SPANS (docs/formats.md)."""
import json
import os
import resource
import time


def queued_s() -> float:
    """Time in which this thread was ready to run and had no core."""
    with open("/proc/thread-self/schedstat", encoding="ascii") as file:
        return int(file.read().split()[1]) / 1e9


def cpu_s() -> float:
    """CPU time of this process and of the programs that it has run."""
    return time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


class Spans:
    """Of one worker. Nothing is written when nobody asks."""
    def __init__(self, worker: int, started: float, begin: float) -> None:
        self.path = os.environ.get("KNEE_SPANS")
        self.worker, self.started, self.begin = worker, started, begin

    def write(self, **span: object) -> None:
        if self.path:  # one write() at the end of the file: lines of several workers do not mix
            with open(self.path, "ab", buffering=0) as file:
                file.write(json.dumps({"worker": self.worker, **span}).encode() + b"\n")

    def ready(self) -> None:
        """The worker has loaded what it needs."""
        self.go = self.free = time.monotonic()  # free: when its last item ended
        self.write(phase="init", start=self.begin, end=self.go)
        self.cpu = cpu_s()
        self.queued = self.queued_before = queued_s()

    def done(self, item: str, kind: str, start: float, size: int) -> None:
        end, cpu = time.monotonic(), cpu_s()
        self.write(item=item, kind=kind, bytes=size, claim=self.free, start=start, end=end, cpu=cpu - self.cpu)
        self.free, self.cpu, self.queued = end, cpu, queued_s()

    def end(self) -> None:
        """It has done its last item."""
        self.write(phase="life", start=self.started, begin=self.begin, go=self.go, end=self.free,
                   queued=self.queued - self.queued_before)
