"""A prediction again (docs/statistics.md, section 9): the pool's costs from a study's trials, how much items slow
each other down, times of other numbers of workers with their intervals, and every cell predicted without its own
trials.

Studies with antagonists or with locks in their spans have no prediction here: supported() says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from recompute_base import Interval, Rows, Study, by_block, geometric, ns, student
from recompute_items import Spent, costs, on_cpu, spent, wall
from recompute_pool import Pool, Run, Setting, by_table, in_proportion, picked, simulate

MOST_ITEMS = 20000  # over which the spread of blocks is simulated
Trial = dict[str, Any]


def supported(study: Study) -> bool:
    locks = any(i.get("locked_ns") is not None for i in study.items)
    trials = [t for t in study.good() if t["role"] != "serial"]
    return not (study.weak or study.antagonists or locks or not trials) and all(study.items_of(t["id"]) for t in trials)


def spread(values: list[float]) -> Interval:
    return student(np.log(values), True)


def half(interval: Interval) -> float | None:
    """On logarithms; None without bounds."""
    _, low, high = interval
    return None if low is None or high is None else math.log(high / low) / 2


def around(value: float, by: float | None) -> Interval:
    return (value, None, None) if by is None else (value, value * math.exp(-by), value * math.exp(by))


def clipped(interval: Interval, most: float) -> Interval:
    value, low, high = (None if x is None else min(max(x, 0.0), most) for x in interval)
    assert value is not None
    return value, low, high


@dataclass
class Ratio:
    """One trial of several workers against one worker in the same block."""

    block: int
    cell: int
    workers: int
    within: bool  # the cores
    going: float  # items at work at a time, as an item sees it
    busy: float
    waiting: float


@dataclass
class Point:
    wall: Interval
    speedup: Interval
    others: Interval
    contention: Interval


@dataclass
class Check:
    cell: int
    setting: Setting
    measured: Interval
    predicted: Interval


def slope(rows: list[Ratio], value: Callable[[Ratio], float]) -> float:
    """Through (1, 1)."""
    squares = sum((r.going - 1) ** 2 for r in rows)
    return sum((r.going - 1) * (value(r) - 1) for r in rows) / squares if squares else 0.0


class Prediction:
    """cores, items: asked for; items None: those measured."""

    def __init__(self, study: Study, cores: int, items: int | None = None) -> None:
        self.study, self.cores, self.here = study, cores, int(study.facts["cores"])
        self.curve = {
            n: study.good(role="scaling", workers=n)
            for n in {t["workers"] for t in study.trials if t["role"] == "scaling"}
        }
        self.trials = [t for t in study.good() if t["role"] != "serial"]
        known = costs(study)
        self.causes: dict[int, Spent] = {t["id"]: spent(study, t, known) or {} for t in self.trials}
        seen: dict[int, list[float]] = {}
        for trial in self.curve[1]:
            for item in study.items_of(trial["id"]):
                seen.setdefault(item["id"], []).append(wall(item))
        self.cost = np.array([np.median(seen[number]) for number in sorted(seen)])
        sizes = [study.about[number][1]["bytes"] if number in study.about else math.nan for number in sorted(seen)]
        self.weight = [size if size > 0 else 0.0 for size in sizes]
        self.measured = len(self.cost)
        self.items = items or self.measured
        self.blocks = list(dict.fromkeys(t["block"] for t in self.curve[1]))
        self.levels = [self.mean(block, self.item_time) / float(np.sum(self.cost)) for block in self.blocks]
        self.level = mean_level(self.levels)
        first = min(self.curve[1], key=lambda t: int(t["id"]))
        self.base = Setting(1, first["chunk"] or 1, first["policy"] or "dynamic")

    # --- the costs of the pool ---

    def item_time(self, trial: Trial) -> float:
        return float(sum(map(wall, self.study.items_of(trial["id"]))))

    def busy(self, trial: Trial) -> float:
        return self.item_time(trial) - float(self.causes[trial["id"]].get("waiting-for-a-core", 0.0))

    def mean(self, block: int, time: Callable[[Trial], float]) -> float:
        return float(np.mean([time(t) for t in self.curve[1] if t["block"] == block]))

    def ends(self, trial: Trial) -> tuple[float, float]:
        """Serial parts before and after; all after where a program has no phases."""
        if trial["prefix_ns"] is None or trial["suffix_ns"] is None:
            return 0.0, self.causes[trial["id"]]["serial-prefix-and-suffix"] / trial["workers"]
        return trial["prefix_ns"] / 1e9, trial["suffix_ns"] / 1e9

    def pool(self, without: int | None = None) -> Pool:
        """But for the items; without the trials of one cell."""
        rows = [t for cell in self.curve.values() for t in cell if t["cell"] != without and self.causes[t["id"]]]
        n, ends = np.array([t["workers"] for t in rows], float), np.array([self.ends(t) for t in rows])
        rise = float(np.polyfit(n, ends[:, 1], 1)[0]) if len(set(n)) > 1 else 0.0
        rise = min(rise, float(np.sum(ends[:, 1]) / np.sum(n))) if rise > 0 else 0.0
        ones = [t for t in rows if t["workers"] == 1]
        claims = sum(math.ceil(t["items"] / max(t["chunk"] or 1, 1)) for t in ones)
        cpu = sum(on_cpu(i) for t in ones for i in self.study.items_of(t["id"]))
        share = min(cpu / sum(map(self.busy, ones)), 1.0) if cpu > 0 else 1.0
        begin, init, fork, init_share = self.starts(rows, share)
        dispatch = sum(self.causes[t["id"]]["dispatch-claims-gaps"] for t in ones)
        return Pool(
            prefix=float(np.mean(ends[:, 0])),
            suffix=max(float(np.mean(ends[:, 1]) - rise * np.mean(n)), 0.0),
            suffix_each=rise,
            fork=fork,
            begin=begin,
            init=init,
            init_share=init_share,
            claim=max(dispatch / claims, 0.0) if claims else 0.0,
            share=share,
        )

    def starts(self, rows: Rows, share: float) -> tuple[float, float, float, float]:
        """Fork to first instant, initializer, fork to fork, the part of an initializer that needs a core: the most
        crowded cell shows it."""
        lives = {t["id"]: self.study.workers_of(t["id"]) for t in rows}
        within = [w for t in rows if t["workers"] <= self.here for w in lives[t["id"]]]
        begin = max(float(np.mean([w["begin_ns"] - w["fork_ns"] for w in within])) / 1e9, 0.0)
        init = max(float(np.mean([w["init_end_ns"] - w["begin_ns"] for w in within])) / 1e9, 0.0)
        forks = [[w["fork_ns"] for w in lives[t["id"]]] for t in rows if 1 < t["workers"] <= self.here]
        fork = max(sum(max(f) - min(f) for f in forks) / sum(len(f) - 1 for f in forks) / 1e9, 0.0) if forks else begin
        most = max(t["workers"] for t in rows)
        if most <= self.here or not init:
            return begin, init, fork, share
        crowd = [w["init_end_ns"] - w["begin_ns"] for t in rows if t["workers"] == most for w in lives[t["id"]]]
        longer, crowded = float(np.mean(crowd)) / 1e9 / init, most / self.here
        return begin, init, fork, min(longer / crowded, 1.0) if longer > 1.1 else min(share, 1 / crowded)

    # --- how items slow each other down ---

    @cached_property
    def whole(self) -> Pool:
        return self.pool()

    @cached_property
    def ratios(self) -> list[Ratio]:
        made = []
        for trial in self.trials:
            block, n = trial["block"], trial["workers"]
            if n == 1 or block not in self.blocks or not self.causes[trial["id"]]:
                continue
            one, one_busy = self.mean(block, self.item_time), self.mean(block, self.busy)
            within = n * self.whole.share <= self.here
            if within or "waiting-for-a-core" in self.causes[trial["id"]]:
                busy = self.busy(trial)
                waiting = (self.item_time(trial) / busy) / (one / one_busy)
                made.append(Ratio(block, trial["cell"], n, within, self.at_work(trial), busy / one_busy, waiting))
        return made

    def at_work(self, trial: Trial) -> float:
        """The mean number of items at work over the time of all items, from the gate to each worker's last item."""
        lives = self.study.workers_of(trial["id"])
        edges = [min(w["go_ns"] for w in lives), *sorted(w["loop_end_ns"] for w in lives)]
        number = np.minimum(np.arange(len(lives), 0, -1), self.here / self.whole.share)
        passed = np.diff(edges)
        return float(np.sum(number**2 * passed) / np.sum(number * passed))

    def slopes(self, block: int | None = None, without: int | None = None) -> tuple[float, float]:
        """Contention, and waiting for a core, by each further item at work."""
        rows = [r for r in self.ratios if block in (None, r.block) and r.cell != without]
        within = [r for r in rows if r.within]
        return slope(within or rows, lambda r: r.busy), slope(within, lambda r: r.waiting)

    @property
    def measured_workers(self) -> int:
        return max([1, *(r.workers for r in self.ratios if r.within)])

    @cached_property
    def excess(self) -> list[list[float]] | None:
        """Value, low and high with n at work, from 0; None: measured in one block."""
        contention, waiting = (max(x, 0.0) for x in self.slopes())
        each = np.array([self.slopes(block) for block in self.blocks])
        halves = [0.0, 0.0]
        if self.ratios and len(self.blocks) < 2:
            return None
        for place in (0, 1) if self.ratios else ():
            _, low, high = student(each[:, place], False, signed=True)
            halves[place] = 0.0 if low is None or high is None else (high - low) / 2
        halves[1] *= (self.here - 1 if self.here > 1 else 1) / (self.cores - 1 if self.cores > 1 else 1)
        others = np.maximum(np.arange(max(self.cores, self.measured_workers) + 1) - 1, 0)
        value, by = (contention + waiting * self.scale) * others, math.hypot(*halves) * others
        return [list(value), list(np.maximum(value - by, 0)), list(value + by)]

    @property
    def scale(self) -> float:
        """Of waiting for a core, from the cores here to those asked for."""
        return (self.here - 1) / (self.cores - 1) if self.here > 1 and self.cores > 1 else 1.0

    def slowdown(self) -> Any:
        contention, waiting = (max(x, 0.0) for x in self.slopes())
        return by_table(self.excess[0]) if self.excess else in_proportion(contention + waiting * self.scale)

    # --- other numbers of workers ---

    def settled(self, pool: Pool, items: int, level: float, seed: int, slower: Any) -> Pool:
        pick = picked(self.measured, items, seed)
        grown = items / self.measured  # serial parts are taken to grow with the items
        return replace(pool, cost=list(self.cost[pick] * level), weight=[self.weight[i] for i in pick], slower=slower,
                       prefix=pool.prefix * grown, suffix=pool.suffix * grown)  # fmt: skip

    @cached_property
    def asked(self) -> Pool:
        return self.settled(self.whole, self.items, self.level, 1, self.slowdown())

    @property
    def most_workers(self) -> int:
        """As many as there are cores; more where items do not need one all the time, as far as was measured."""
        more = self.measured_workers > self.cores
        return int(min(self.measured_workers, self.cores / self.whole.share)) if more else self.cores

    def setting(self, workers: int) -> Setting:
        return replace(self.base, workers=workers)

    def run(self, workers: int) -> Run:
        return simulate(self.asked, self.setting(workers), self.cores)

    def half_of_contention(self, workers: int) -> float | None:
        if not self.excess:
            return None
        ends = [replace(self.asked, slower=by_table(table)) for table in self.excess[1:]]
        low, high = (simulate(pool, self.setting(workers), self.cores).wall for pool in ends)
        return abs(math.log(high / low)) / 2

    def joined(
        self, value: float, blocks: list[float], contention: float | None, with_items: bool
    ) -> tuple[Interval, float | None]:
        """With the interval of all, and half of that of all but contention, on logarithms."""
        of_blocks, sample = half(spread(blocks)), 0.0
        if of_blocks is None:
            return (value, None, None), None
        if with_items and self.items != self.measured:
            first = self.asked.cost[: min(self.items, self.measured)]
            sample = (
                1.96
                * float(np.std(first, ddof=1) / np.mean(first))
                * math.sqrt(abs(1 / self.measured - 1 / self.items))
            )
        rest = math.hypot(of_blocks, 2 * (self.held_back or 0.0), sample)
        return around(value, None if contention is None else math.hypot(rest, contention)), rest

    def point(self, workers: int) -> Point:
        wall_s, one = self.run(workers).wall, self.run(1).wall
        few, blocks = min(self.items, MOST_ITEMS), []
        for block, level in zip(self.blocks, self.levels):
            pool = self.settled(self.whole, few, level, block + 2, self.slowdown())
            blocks.append([simulate(pool, self.setting(n), self.cores).wall for n in (workers, 1)])
        contention = self.half_of_contention(workers)
        wall, _ = self.joined(wall_s, [many for many, _ in blocks], contention, True)
        speedup, rest = self.joined(one / wall_s, [less / many for many, less in blocks], contention, False)
        whole = self.whole.prefix + self.whole.suffix
        fixed = whole * (1 - self.items / self.measured)  # if the serial parts did not grow
        wall = widened(wall, [1 + fixed / wall_s])
        speedup = widened(speedup, [(one + fixed) / (wall_s + fixed) / (one / wall_s)])
        if workers == 1:
            return Point(wall, *[(1.0, 1.0, 1.0)] * 3)
        over = max(one / wall_s / workers, 1.0)  # halves are of the speedup before it was cut
        parts = [
            clipped(around(min(one / wall_s, workers), None if by is None else by * over), workers)
            for by in (rest, contention)
        ]
        return Point(wall, clipped(speedup, workers), *parts)

    # --- cells that were held back ---

    def levels_of(self, cell: int) -> list[float]:
        """Of the blocks in which the cell was measured; of all where these have no trial with one worker."""
        measured_in = {t["block"] for t in self.study.good(cell=cell)}
        return [level for block, level in zip(self.blocks, self.levels) if block in measured_in] or self.levels

    @cached_property
    def checks(self) -> list[Check]:
        made = []
        cells = {t["cell"]: t for t in self.study.trials if t["workers"] > 1}
        for cell, trial in sorted(cells.items()):
            measured = geometric(by_block(self.study.good(cell=cell), ns("wall_ns")))
            if not measured:
                continue
            setting, pool = Setting(trial["workers"], trial["chunk"] or 1, trial["policy"] or "dynamic"), self.pool(
                cell
            )
            slower = in_proportion(sum(max(x, 0.0) for x in self.slopes(without=cell)))  # with as many cores as here

            def seconds(level: float, pool: Pool = pool, setting: Setting = setting, slower: Any = slower) -> float:
                return float(simulate(self.settled(pool, self.measured, level, 1, slower), setting, self.here).wall)

            levels = self.levels_of(cell)
            of_blocks = half(spread([seconds(level) for level in levels]))
            made.append(Check(cell, setting, measured, around(seconds(mean_level(levels)), of_blocks)))
        return made

    @cached_property
    def held_back(self) -> float | None:
        errors = [math.log(c.predicted[0] / c.measured[0]) for c in self.checks]
        return float(np.sqrt(np.mean(np.square(errors)))) if errors else None


def mean_level(levels: list[float]) -> float:
    return math.exp(float(np.mean(np.log(levels))))


def widened(interval: Interval, ratios: list[float]) -> Interval:
    """Until it holds its value times each of these."""
    value, low, high = interval
    return (
        (value, None, None)
        if low is None or high is None
        else (value, low * min(1.0, *ratios), high * max(1.0, *ratios))
    )
