"""The programs that are compared, each behind the same three calls: start(), run(paths), stop().

Served programs are warm processes that get their items by a line of text (served.py); spawned ones are started for each
item or small batch, as their users do, and so their start is part of what they cost.

CPU time is user and system time of all processes: of warm ones read from outside, from the kernel's CPU clock of each
process; of spawned ones from wait4, children that were waited for included.
"""
import contextlib
import json
import os
import selectors
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


class Unmeasured(Exception):
    """Why a program cannot be measured here."""


@dataclass
class Sample:
    cpu_ms: float
    wall_ms: float
    peak_mib: float | None  # of the largest process; None: the kernel does not let peaks be reset


def cpu_ns(pid: int) -> int:
    """CPU time of a living process, all its threads (clock_getcpuclockid)."""
    return time.clock_gettime_ns((~pid << 3) | 2)


def reset_peak(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
        return True
    except OSError:
        return False


def peak_mib(pid: int) -> float:
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return float(line.split()[1]) / 1024
    raise Unmeasured(f"/proc/{pid}/status has no VmHWM")


@contextlib.contextmanager
def bound_to(core: int | None) -> Iterator[None]:
    """What is started within runs on that CPU alone (None: on any)."""
    before = os.sched_getaffinity(0)
    if core is not None:
        os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Process:
    """One warm process."""

    def __init__(self, command: list[str]) -> None:
        self.popen = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.popen.stdin and self.popen.stdout
        self.input, self.output = self.popen.stdin, self.popen.stdout
        line = self.output.readline()
        if not line.startswith("ready "):
            self.popen.kill()
            self.popen.wait()
            name = os.path.basename(command[0])
            raise Unmeasured(f"{name} ended before it was ready (status {self.popen.returncode})")
        ready = json.loads(line.removeprefix("ready "))
        self.version = str(ready["version"])
        self.pids = [self.popen.pid, *[int(pid) for pid in ready["pids"]]]

    def ask(self, paths: list[str]) -> None:
        self.input.write("\t".join(paths) + "\n")
        self.input.flush()

    def answer(self) -> int:
        """ns of CPU time that are not to be counted."""
        line = self.output.readline().strip()
        if line != "ok" and not line.startswith("ok "):
            raise Unmeasured(line or "the program ended")
        return int(line[2:] or 0)

    def stop(self) -> None:
        self.input.close()
        self.popen.wait()


@dataclass
class Call:
    """What all kinds of programs have in common."""
    name: str
    overlays: str      # what it puts onto the pictures, in words
    out: str           # folder of its outputs; empty: stores none
    jobs: int = 1      # images in work at once
    whole: bool = False  # gets a group of items at once, not single ones
    core: int | None = None
    needs: tuple[str, str] | None = None  # a file that must be there, and what to say when it is not


class Tool:
    """A row of the table."""

    def __init__(self, call: Call) -> None:
        self.call, self.name = call, call.name
        self.version = ""
        self.trouble = ""  # why it is not measured; empty: it is

    def start(self) -> None:
        """Raises Unmeasured."""

    def run(self, paths: list[str]) -> Sample:
        """Does the items. Raises Unmeasured."""
        raise NotImplementedError

    def stop(self) -> None:
        """Also after a start that failed."""


class Served(Tool):
    """processes of them, each fed with one item at a time when there is more than one."""

    def __init__(self, call: Call, command: list[str], processes: int = 1) -> None:
        super().__init__(call)
        self.command, self.count = command, processes
        self.processes: list[Process] = []

    def start(self) -> None:
        if not shutil.which(self.command[0]):
            raise Unmeasured(f"{self.command[0]} is missing: make deps-peers")
        if self.call.needs and not os.path.exists(self.call.needs[0]):
            raise Unmeasured(self.call.needs[1])
        with bound_to(self.call.core):
            for _ in range(self.count):
                self.processes.append(Process(self.command))
        self.version = self.processes[0].version

    def feed(self, paths: list[str]) -> int:
        """Each process gets the next item when it has done its last one; ns not to be counted."""
        waiting, uncounted = list(reversed(paths)), 0
        with selectors.DefaultSelector() as selector:
            for process in self.processes[:len(paths)]:
                process.ask([waiting.pop()])
                selector.register(process.output, selectors.EVENT_READ, process)
            while selector.get_map():
                for key, _ in selector.select():
                    uncounted += key.data.answer()
                    if waiting:
                        key.data.ask([waiting.pop()])
                    else:
                        selector.unregister(key.fileobj)
        return uncounted

    def run(self, paths: list[str]) -> Sample:
        pids = [pid for process in self.processes for pid in process.pids]
        known = all([reset_peak(pid) for pid in pids])
        cpu, wall = sum(cpu_ns(pid) for pid in pids), time.monotonic_ns()
        if self.count > 1:
            uncounted = self.feed(paths)
        else:
            self.processes[0].ask(paths)
            uncounted = self.processes[0].answer()
        wall = time.monotonic_ns() - wall - uncounted
        cpu = sum(cpu_ns(pid) for pid in pids) - cpu - uncounted
        return Sample(cpu / 1e6, wall / 1e6, max(peak_mib(pid) for pid in pids) if known else None)

    def stop(self) -> None:
        for process in self.processes:
            process.stop()
        self.processes = []


def first_version(text: str) -> str:
    """The first line up to its first word with a digit: "GNU parallel 20221122" of "GNU parallel 20221122 ..."."""
    words = text.split("\n", 1)[0].split()
    digits = [i for i, word in enumerate(words) if any(c.isdigit() for c in word)]
    return " ".join(words[:digits[0] + 1] if digits else words)


class Spawned(Tool):
    """command() gives what is started for the items, and what it reads."""

    def __init__(self, call: Call, versions: list[list[str]], command: Callable[[list[str]], tuple[list[str], str]],
                 environment: dict[str, str]) -> None:
        super().__init__(call)
        self.version_commands, self.command, self.environment = versions, command, environment

    def start(self) -> None:
        versions = []
        for command in self.version_commands:
            if not shutil.which(command[0]):
                raise Unmeasured(f"{command[0]} is missing: make deps-peers")
            text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            versions.append(first_version(text))
        self.version = ", ".join(versions)

    def run(self, paths: list[str]) -> Sample:
        command, text = self.command(paths)
        wall = time.monotonic_ns()
        with bound_to(self.call.core), subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                env={**os.environ, **self.environment}) as popen:
            assert popen.stdin and popen.stderr
            popen.stdin.write(text.encode())
            popen.stdin.close()
            errors = popen.stderr.read().decode(errors="replace").strip()
            _, status, usage = os.wait4(popen.pid, 0)
            popen.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic_ns() - wall
        if popen.returncode:
            why = errors.splitlines()[-1] if errors else "no message"
            raise Unmeasured(f"{command[0]}: status {popen.returncode}: {why}")
        return Sample((usage.ru_utime + usage.ru_stime) * 1000, wall / 1e6, usage.ru_maxrss / 1024)
