"""A run of the pool simulated again (docs/statistics.md, section 9): forks, initializers, claims, items that slow
each other down, and what is left at the end.

All workers at work progress alike, so that the order of events is that of the work each has before it; the clock on the
wall is slower than that work by how many are at it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Slower = Callable[[float], float]  # of items that go on at a time: how much longer they take


def none(_: float) -> float:
    return 0.0


def in_proportion(each: float) -> Slower:
    """By each further one."""
    return lambda going: each * (going - 1)


def by_table(excess: Any) -> Slower:
    """excess[n] with n at work, straight lines in between; beyond it the last."""
    return lambda going: float(np.interp(going, np.arange(len(excess)), excess))


@dataclass(frozen=True)
class Pool:
    """Costs in seconds; shares are of a time that needs a core."""

    prefix: float
    suffix: float
    suffix_each: float  # for each worker
    fork: float  # from one to the next
    begin: float
    init: float
    init_share: float
    claim: float
    share: float
    cost: Any = ()  # of each item with one worker
    weight: Any = ()  # largest-first sorts by it
    slower: Slower = none


@dataclass(frozen=True)
class Setting:
    workers: int
    chunk: int
    policy: str


@dataclass
class Run:
    wall: float = 0.0
    gate: float = 0.0  # opened
    busy: float = 0.0  # core-seconds within items
    tail: float = 0.0  # core-seconds after a worker's last item
    claims: int = 0


class Queue:
    """Who asks gets the positions of the next chunk."""

    def __init__(self, setting: Setting, items: int) -> None:
        self.setting, self.next, self.items = setting, 0, items
        n = setting.workers
        self.shares = [[items * w // n, items * (w + 1) // n] for w in range(n)]

    def claim(self, worker: int) -> range:
        chunk = max(self.setting.chunk, 1)
        if self.setting.policy == "static":
            share = self.shares[worker]
            first, share[0] = share[0], min(share[0] + chunk, share[1])
            return range(first, share[0])
        if self.setting.policy == "guided":
            chunk = max(chunk, (self.items - self.next) // (2 * self.setting.workers))
        first, self.next = self.next, min(self.next + chunk, self.items)
        return range(first, self.next)


def simulate(pool: Pool, setting: Setting, cores: int = 0) -> Run:
    """cores 0: one for each worker."""
    n, cores = setting.workers, cores or setting.workers
    order = list(range(len(pool.cost)))
    if setting.policy == "largest-first":
        order.sort(key=lambda i: (-pool.weight[i], i))
    on_core = [1.0] + [min(1.0, cores / (a * pool.share)) for a in range(1, n + 1)]  # of each of `a` at work
    rates = [share / (1 + pool.slower(max(a, 1) * share)) for a, share in enumerate(on_core)]
    init = pool.init * max(n * pool.init_share / cores, 1.0)
    made = Run(gate=pool.prefix + (n - 1) * pool.fork + pool.begin + init)
    queue, mine = Queue(setting, len(order)), [iter(range(0))] * n
    since: list[float | None] = [None] * n  # its item began
    events, wall, work = [(0.0, w) for w in range(n)], made.gate, 0.0
    ends = []
    while events:
        at, worker = events[0]
        wall, work = wall + (at - work) / rates[len(events)], at
        began = since[worker]
        made.busy += wall - began if began is not None else 0.0
        place, claim = next(mine[worker], None), 0.0
        if place is None:
            chunk = queue.claim(worker)
            mine[worker] = iter(chunk)
            place, claim = next(mine[worker], None), pool.claim
            made.claims += len(chunk) > 0
        if place is None:
            heapq.heappop(events)
            ends.append(wall)
            continue
        since[worker] = wall + claim / rates[len(events)]
        heapq.heapreplace(events, (at + claim + pool.cost[order[place]], worker))
    made.tail = sum(wall - end for end in ends)
    made.wall = wall + pool.suffix + pool.suffix_each * n
    return made


def equal_tail(pool: Pool, setting: Setting, cores: int) -> float:
    """Were all items alike."""
    alike = replace(pool, cost=[float(np.mean(pool.cost))] * len(pool.cost))
    return simulate(alike, setting, cores).tail


# --- which items ------------------------------------------------------------------------------------------------------

MASK = 2**64 - 1


def drawn(seed: int) -> Callable[[], int]:
    """splitmix64 (Steele, Lea and Flood 2014): 64 random bits at each call."""
    state = seed

    def following() -> int:
        nonlocal state
        state = (state + 0x9E3779B97F4A7C15) & MASK
        x = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
        return x ^ (x >> 31)

    return following


def picked(measured: int, items: int, seed: int) -> list[int]:
    """As many as asked for out of those measured: each as often as any other, the rest drawn (Knuth 2, 3.4.2,
    algorithm S), all shuffled."""
    pick = [i % measured for i in range(items // measured * measured)]
    if items == measured:
        return pick
    draw, left = drawn(seed), items % measured
    for i in range(measured):
        if left and ((draw() >> 12) + 0.5) * 2.0**-52 * (measured - i) < left:
            pick.append(i)
            left -= 1
    for i in range(items, 1, -1):
        j = draw() % i
        pick[i - 1], pick[j] = pick[j], pick[i - 1]
    return pick
