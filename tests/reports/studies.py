"""Writes study.db of awkward studies: simulated runs with known costs, never a measurement. `knee fit` makes the rest.

    /usr/bin/python3 tests/reports/studies.py KIND FOLDER

usual:         16 cores, 1 to 16 workers, chunks and policies, counters, void trials and a hiccup
one-worker:    one worker only
two-cells:     one and two workers, nothing else
cells-96:      32 worker counts, and 64 cells with other chunk sizes and policies
no-counters:   usual, without counters
items-failed:  every item failed
workers-128:   1 to 128 workers on 128 cores
long-names:    usual, with names as long and as odd as file systems have them
all-void:      no trial counts
nodes:         1 to 4 machines with 1 and 2 workers each
hundred:       usual, 104 trials
million:       100 trials of 10,000 items
sampled:       2 cores, 1 to 16 workers, trials of 60 of the 200 items: what the batch does is predicted
replayed:      a replay of that, all items, 1 to 16 workers
emulated:      16 emulated cores, the items of sampled
weak:          weak scaling, 1 to 4 workers with 12 items each
"""

from __future__ import annotations

import os
import random
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from schema import insert, make_tables

MS = 1_000_000
DIGEST = "c0ffee" + "5d" * 29


@dataclass(frozen=True)
class Shape:
    name: str
    cores: int = 16
    workers: tuple[int, ...] = (1, 2, 3, 4, 6, 8, 12, 16)
    variations: tuple[tuple[str, int, str], ...] = (("chunk", 4, "dynamic"), ("chunk", 16, "dynamic"), ("policy", 1, "static"), ("policy", 1, "largest-first"))
    blocks: int = 4
    items: int = 60
    counters: bool = True
    failed: bool = False
    void: str = ""  # the reason of all trials
    oddities: bool = False  # some void trials, and one hiccup
    long: bool = False
    nodes: tuple[int, ...] = ()  # machines, each with 1 and 2 workers
    batch: int = 0  # items of the batch, where trials do a sample of it
    more: tuple[tuple[str, str], ...] = ()  # facts
    weak: bool = False  # each worker brings its items


USUAL = Shape("usual", oddities=True)
MANY = tuple(("policy" if policy != "dynamic" else "chunk", chunk, policy) for policy in ("dynamic", "static", "guided", "largest-first") for chunk in range(2, 18))
PARTS = ";".join(f"{n} 0.98 1.02 {1 - n / 800} {1 + n / 800} 0.97 1.03" for n in range(1, 17))
REPLAY = (("replay_of", "sampled"), ("replayed_cores", "16"), ("real_cores", "2"), ("replay_contention_to", "2"), ("replay_contention_from", "assumed"),
          ("replay_parts", PARTS))  # fmt: skip
SHAPES = {
    shape.name: shape
    for shape in (
        USUAL,
        Shape("one-worker", workers=(1,), variations=()),
        Shape("two-cells", cores=2, workers=(1, 2), variations=()),
        Shape("cells-96", cores=32, workers=tuple(range(1, 33)), variations=MANY, blocks=3),
        replace(USUAL, name="no-counters", counters=False),
        Shape("items-failed", workers=(1, 2, 4, 8), failed=True),
        Shape("workers-128", cores=128, workers=(1, 2, 4, 8, 16, 32, 64, 96, 128), items=640, variations=(), blocks=3),
        replace(USUAL, name="long-names", long=True),
        Shape("all-void", void="other processes used 31% of the CPU time (limit 5%)"),
        Shape("nodes", cores=8, workers=(), variations=(), nodes=(1, 2, 4)),
        Shape("sampled", cores=2, batch=200, workers=(1, 2, 4, 16), variations=(("chunk", 4, "dynamic"), ("policy", 1, "largest-first"))),
        Shape("replayed", items=200, blocks=2, more=REPLAY),
        Shape("emulated", batch=200, workers=(1, 4, 16), blocks=3, more=(("emulated_cores", "16"), ("real_cores", "2"))),
        Shape("weak", cores=4, items=12, batch=48, workers=(1, 2, 3, 4), more=(("scaling", "weak"),), weak=True),
        replace(USUAL, name="hundred", blocks=8),
        Shape("million", cores=4, workers=(1, 2, 3, 4), variations=(), blocks=25, items=10_000),
    )
}


def item_name(shape: Shape, number: int) -> str:
    if not shape.long:
        return f"2024/photo{number:04}.jpg"
    return f"{'a folder with a name that goes across/' * 4}\u00e9t\u00e9 \u5199\u771f <b>\"{number}\" & 'more' \u202e{'x' * 120}.jpeg"


def facts(shape: Shape) -> dict[str, str]:
    made = {
        "format": "knee-study 1", "knee_version": "0.2.0 (fixture)", "created_utc": "2025-03-04T05:06:07Z", "finished_utc": "2025-03-04T05:16:07Z",
        "command": "sweep", "host": "fixture", "cpu_model": "Fixture Processor 9000", "kernel": "6.1.0-18-amd64", "cores": str(shape.cores),
        "logical_cpus": str(2 * shape.cores), "memory_bytes": str(2**35), "machine_class": "fixture", "libraries": "vips 8.14.1, openssl 3.0.11",
        "batch_path": "photos", "batch_items": str(shape.batch or shape.items), "batch_bytes": str(3_000_000 * (shape.batch or shape.items)), "batch_sha256": "ba" * 32,
        "items": str(shape.batch if shape.weak else shape.items), "sample": "all", "recipe_path": "web.recipe", "recipe_sha256": "be" * 32, "seed": "7", "plan": "{}",
        "budget_ns": "600000000000", "blocks_planned": str(shape.blocks), "blocks_run": str(shape.blocks), "scaling": "strong", "cache": "warm",
        "stopped_by": "plan", "serial_manifest_sha256": DIGEST, "items_failed": "0",
    }  # fmt: skip
    made |= dict(shape.more)
    if shape.long:
        word = "production_name-that^nobody~could&type$twice%"
        made |= {"host": f"{word}.example.com", "cpu_model": f"Processor(R) {word} @ 2.50GHz", "batch_path": f"/srv/{word}/" * 6, "recipe_path": f"/srv/{word}/" * 6}
        made |= {"libraries": ", ".join(f"library{i} {i}.{i + 1}" for i in range(40)), "sample": f"every 4th item, {word}, " * 6}
    return made


def run(shape: Shape, costs: list[int], workers: int, chunk: int, factor: float) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    """Items and workers of one run, and the end of its work: whoever is free takes the next chunk."""
    slow = factor * (1 + 0.003 * (workers - 1)) * max(1.0, workers / shape.cores)
    released = 40 * MS + workers * MS // 2
    free, lists, items = [released] * workers, [0] * workers, []
    for first in range(0, len(costs), chunk):
        slot = min(range(workers), key=lambda w: (free[w], w))
        for number in range(first, min(first + chunk, len(costs))):
            begin, took = free[slot] + 3000, int(costs[number] * slow)
            items.append({"id": number, "worker": slot, "attempt": 1, "state": "failed" if shape.failed else "done", "engine": "planes", "claim_ns": free[slot],
                          "start_ns": begin, "end_ns": begin + took, "cpu_ns": int(0.97 * took), "decode_ns": took // 2, "encode_ns": took // 3,
                          "bytes_in": 3_000_000, "bytes_out": 300_000})  # fmt: skip
            free[slot], lists[slot] = begin + took, lists[slot] + 1
    rows = [
        {"slot": w, "pid": 1000 + w, "processes": 1, "cpu_wanted": w % shape.cores, "cpu_seen": w % shape.cores, "pin_reason": "", "fork_ns": 20 * MS + w * MS // 2,
         "begin_ns": 22 * MS + w * MS // 2, "init_begin_ns": 22 * MS + w * MS // 2, "init_end_ns": 38 * MS + w * MS // 2, "go_ns": released,
         "loop_end_ns": free[w], "exit_ns": max(free) + MS, "dispatch_ns": 3000 * lists[w], "claims": -(-lists[w] // chunk), "items": lists[w],
         "user_ns": int(0.9 * (free[w] - released)), "system_ns": int(0.07 * (free[w] - released)), "maxrss_bytes": 90 << 20, "runqueue_ns": 50_000}
        for w in range(workers)
    ]  # fmt: skip
    return items, rows, max(free)


def write_trial(db: sqlite3.Connection, shape: Shape, number: int, cell: dict[str, Any], block: int, costs: list[int], draw: random.Random, status: str, reason: str) -> None:
    factor = draw.lognormvariate(0, 0.01) * (3.0 if status == "hiccup" else 1.0)
    if shape.weak and cell["role"] != "serial":
        costs = costs[: shape.items * cell["workers"]]
    items, rows, end = run(shape, costs, cell["workers"], cell.get("chunk") or 1, factor)
    used = sum(row["end_ns"] - row["start_ns"] for row in items)
    first = 20 * MS
    insert(db, "trial", [{
        "id": number, "cell": cell["id"], "block": block, "position": number, "status": "ok" if status == "hiccup" else status, "reason": reason,
        "started_utc": f"2025-03-04T05:{6 + block % 50:02}:07Z", "wall_ns": end + 9 * MS, "prefix_ns": first, "spawn_ns": 2 * MS,
        "init_ns": rows[0]["go_ns"] - first - 2 * MS, "work_ns": end - rows[0]["go_ns"], "suffix_ns": 9 * MS, "user_ns": int(0.9 * used),
        "system_ns": int(0.07 * used), "maxrss_bytes": 95 << 20, "steal_ns": 0, "iowait_ns": 0, "other_cpu_ns": 1000, "items": len(costs),
        "failed": len(costs) if shape.failed else 0, "bytes_in": 3_000_000 * len(costs), "bytes_out": 300_000 * len(costs), "manifest_sha256": DIGEST,
        "exit_code": 0}])  # fmt: skip
    insert(db, "item", [{**row, "trial": number} for row in items])
    insert(db, "worker", [{**row, "trial": number} for row in rows])
    if shape.counters:
        insert(db, "counter", [{"trial": number, "slot": 0, "name": "page-faults", "value": 2210 * shape.items + number % 7, "status": "ok", "reason": ""},
                               {"trial": number, "slot": 0, "name": "cycles", "status": "unsupported", "reason": "no such counter here"}])  # fmt: skip


def node_cells(shape: Shape) -> list[dict[str, Any]]:
    """Of cells with as many workers, that on the fewest nodes is on the curve."""
    made: dict[tuple[int, int], dict[str, Any]] = {}
    for nodes in shape.nodes:
        for workers in (nodes, 2 * nodes):
            role = "nodes" if any(n == workers for n, _ in made) else "scaling"
            made[workers, nodes] = {"role": role, "workers": workers, "nodes": nodes, "start_method": "slurm"}
    return [made[key] for key in sorted(made)]


def write_shards(db: sqlite3.Connection, shape: Shape, number: int, cell: dict[str, Any], block: int, draw: random.Random) -> None:
    """A trial of a batch of 20 s on several machines, each with two shards, one after another; node 0 works 5% longer."""
    nodes, factor = cell["nodes"], draw.lognormvariate(0, 0.01)
    work = int(20_000 * MS * factor / cell["workers"] / 2)
    rows = []
    for shard in range(2 * nodes):
        node, turn = shard % nodes, shard // nodes
        took = int(work * (1.05 if node == 0 and nodes > 1 else 1.0))
        start = (700 * MS + 30 * MS * node) * (turn + 1) + turn * (took + 50 * MS)
        rows.append({"trial": number, "shard": shard + 1, "node": f"node{node}", "start_ns": start, "work_ns": start + 30 * MS,
                     "idle_ns": start + 30 * MS + took, "end_ns": start + 50 * MS + took, "items": shape.items // (2 * nodes)})  # fmt: skip
    insert(db, "trial", [{"id": number, "cell": cell["id"], "block": block, "position": number, "status": "ok", "reason": "",
                          "started_utc": f"2025-03-04T05:{6 + block % 50:02}:07Z", "wall_ns": max(row["end_ns"] for row in rows) + 400 * MS,
                          "items": shape.items, "failed": 0, "manifest_sha256": DIGEST, "exit_code": 0}])  # fmt: skip
    insert(db, "shard", rows)


def write_study(shape: Shape, folder: str) -> None:
    draw = random.Random(shape.name)
    sizes = [0.5 + draw.random() * 5 for _ in range(shape.batch if shape.weak else shape.items)]  # megapixels
    costs = [int((8 + 9 * size) * MS * draw.lognormvariate(0, 0.05)) // (40 if shape.items > 5000 else 1) for size in sizes]
    cells: list[dict[str, Any]] = [] if shape.nodes else [{"id": 1, "role": "serial", "workers": 1}]
    cells += node_cells(shape)
    cells += [{"id": 0, "role": "scaling", "workers": n, "chunk": 1, "policy": "dynamic"} for n in shape.workers]
    cells += [{"id": 0, "role": role, "workers": shape.workers[-1], "chunk": chunk, "policy": policy} for role, chunk, policy in shape.variations]
    cells = [{"start_method": "fresh", **cell, "id": place, "placement": "compact"} for place, cell in enumerate(cells, 1)]
    os.makedirs(folder, exist_ok=True)
    with closing(sqlite3.connect(os.path.join(folder, "study.db"))) as db:
        make_tables(db)
        insert(db, "study", [{"key": key, "value": value} for key, value in sorted(facts(shape).items())])
        insert(db, "cell", cells)
        insert(db, "batch_item", [
            {"id": i, "path": item_name(shape, i), "kind": ("jpeg", "jpeg", "png", "webp")[i % 4], "bytes": int(6e5 * size), "width": 2000, "height": 1500,
             "progressive": 0, "samples_decoded": int(1.5e6 * size), "pixels_written": int(4e5 + 1e5 * size), "pixels_converted": 0}
            for i, size in enumerate(sizes)
        ])  # fmt: skip
        number = 0
        for block in range(shape.blocks):
            for cell in cells:
                number += 1
                if shape.nodes:
                    write_shards(db, shape, number, cell, block, draw)
                    continue
                odd = shape.oddities and cell["role"] == "scaling" and cell["workers"] == 4
                if odd and block == 1:  # void first, then repeated
                    write_trial(db, shape, number, cell, block, costs, draw, "void", "worker 2 wanted core 2 and ran on core 5")
                    number += 1
                status = "void" if shape.void else "hiccup" if odd and block == 2 else "ok"
                write_trial(db, shape, number, cell, block, costs, draw, status, shape.void)
        db.commit()


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in SHAPES:
        sys.exit(__doc__)
    write_study(SHAPES[sys.argv[1]], sys.argv[2])
