"""The cores of a trial: as many real ones as it has workers, or emulated ones by CPU quotas, as knee sweep --emulate does."""
import os
import threading
import time

PERIOD_US = 20000
LOAD = 0.85  # of the real cores: the rest is for the kernel and this program
CGROUPS = "/sys/fs/cgroup/cpu"


def can_emulate() -> bool:
    """Control groups of version 1 with the cpu controller, writable."""
    return os.access(f"{CGROUPS}/cgroup.procs", os.W_OK) and os.path.exists(f"{CGROUPS}/cpu.cfs_quota_us")


def share(cores: int) -> float:
    """Of a real core, that an emulated one of `cores` has."""
    real = os.cpu_count() or cores
    return min(1.0, LOAD * real / cores) if real < cores else 1.0


def children(pid: int) -> list[int]:
    """Of all its threads; none when it has ended."""
    found = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                found += [int(word) for word in file.read().split()]
    except OSError:
        pass
    return found


def tree(pid: int) -> list[int]:
    """The process and all below it."""
    found, index = [pid], 0
    while index < len(found):
        found += [child for child in children(found[index]) if child not in found]
        index += 1
    return found


class Emulated:
    """Holds each process of a trial to a share of a core; of a program of threads each thread, and all of them to that of
    its workers.

    Wall time divided by dilation is that of a machine with `cores` cores, as far as memory and caches do not matter. New
    processes and threads are found every 2 ms; until then they share the quota of their parent.
    """

    def __init__(self, cores: int, workers: int, threads: bool) -> None:
        self.folder = f"{CGROUPS}/knee-compare-{os.getpid()}"
        self.share = share(cores)
        self.dilation = 1 / self.share
        self.workers, self.threads = workers, threads
        self.groups: list[str] = []  # within folder; a thread's is within its process's
        self.ended = threading.Event()
        os.makedirs(self.folder, exist_ok=True)

    def hold(self, name: str, cores: int, file: str, number: int) -> None:
        """Puts a process (file cgroup.procs) or a thread (tasks) into a group with the quota of that many cores."""
        self.groups.append(name)
        group = f"{self.folder}/{name}"
        os.makedirs(group, exist_ok=True)
        for setting, value in (("cpu.cfs_period_us", PERIOD_US),
                               ("cpu.cfs_quota_us", max(1000, round(PERIOD_US * self.share * cores))), (file, number)):
            with open(f"{group}/{setting}", "w", encoding="ascii") as out:
                out.write(str(value))

    def join(self, pid: int) -> None:
        if str(pid) not in self.groups:
            self.hold(str(pid), self.workers if self.threads else 1, "cgroup.procs", pid)
        for tid in os.listdir(f"/proc/{pid}/task") if self.threads else []:
            if f"{pid}/{tid}" not in self.groups:
                self.hold(f"{pid}/{tid}", 1, "tasks", int(tid))

    def watch(self, pid: int) -> None:
        while not self.ended.wait(0.002):
            for each in tree(pid):
                try:
                    self.join(each)
                except OSError:
                    pass  # it has ended meanwhile

    def close(self) -> None:
        self.ended.set()
        for _ in range(100):
            for group in [f"{self.folder}/{name}" for name in reversed(self.groups)]:
                try:
                    os.rmdir(group)
                except OSError:
                    pass
            if not any(os.path.isdir(f"{self.folder}/{name}") for name in self.groups):
                break
            time.sleep(0.02)
        os.rmdir(self.folder)
