"""One trial: a fresh process, its wall time, CPU time and memory."""
import os
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass

from compare.cores import Emulated, tree
from compare.programs import Program


class Failed(RuntimeError):
    """The program's last words."""


@dataclass(frozen=True)
class Measured:
    wall_s: float  # of an emulated machine: divided by its dilation
    cpu_s: float
    emulated: bool


def pss_mib(pid: int) -> float:
    """Memory of a process and all below it, shared pages counted once."""
    total = 0
    for process in tree(pid):
        try:
            with open(f"/proc/{process}/smaps_rollup", encoding="ascii") as file:
                total += next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        except (OSError, StopIteration):
            pass
    return total / 1024


def run(program: Program, root: str, workers: int, chunk: int, cores: int, memory: list[float] | None = None) -> Measured:
    """With memory, the largest sum is put into it; the look at it costs time, so that such a trial is not for timing."""
    out = tempfile.mkdtemp(prefix="knee-compare-")
    call = program.call(root, out, workers, chunk)
    emulated = Emulated(cores, workers, program.threads) if workers > cores_here() else None
    allowed = sorted(os.sched_getaffinity(0))[:workers]
    try:
        with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as text:
            text.write(call.text)
            text.seek(0)
            start = time.monotonic()
            process = subprocess.Popen(call.words, stdin=text, stdout=said, stderr=said, env=os.environ | call.environment,
                                       preexec_fn=lambda: os.sched_setaffinity(0, allowed))
            if emulated:
                emulated.join(process.pid)
                threading.Thread(target=emulated.watch, args=(process.pid,), daemon=True).start()
            while memory is not None and os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                memory.append(pss_mib(process.pid))
                time.sleep(0.02)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            wall = time.monotonic() - start
            said.seek(0)
            words = said.read().strip()
            if process.returncode or "failed" in words:
                raise Failed(f"{program.name}, {workers} workers: {words[-300:] or process.returncode}")
    finally:
        if emulated:
            emulated.close()
        shutil.rmtree(out, ignore_errors=True)
    return Measured(wall / (emulated.dilation if emulated else 1), usage.ru_utime + usage.ru_stime, emulated is not None)


def cores_here() -> int:
    return len(os.sched_getaffinity(0))
