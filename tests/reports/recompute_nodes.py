"""A study of several machines again: its cells, and where their core time went (docs/statistics.md, section 6)."""

from __future__ import annotations

from collections.abc import Iterator

from recompute_base import Interval, Rows, Study, by_block, geometric, ns, point, ratio, scaled


def nodes(study: Study) -> Iterator[tuple[str, Interval | None]]:
    """Cells of several machines; the base is one worker on one of them. Shards of one node do not overlap here."""
    cells = sorted({(t["nodes"], t["workers"]) for t in study.good() if t["nodes"]})
    for n, workers in cells:
        rows, base = study.good(nodes=n, workers=workers), study.good(nodes=cells[0][0], workers=cells[0][1])
        at, wall = f"nodes.{n}.{workers}", by_block(rows, ns("wall_ns"))
        speedup = (1.0, 1.0, 1.0) if (n, workers) == cells[0] else ratio(by_block(base, ns("wall_ns")), wall)
        speedup = scaled(speedup, workers if study.weak and (n, workers) != cells[0] else 1)
        yield f"{at}.trials", point(len(rows))
        yield f"{at}.wall", geometric(wall)
        yield f"{at}.speedup", speedup
        yield f"{at}.efficiency", scaled(speedup, 1 / workers)
        spent, total = core_seconds(study, rows), sum(t["wall_ns"] / 1e9 * workers for t in rows)
        work = core_seconds(study, base)["work"] / len(base) * len(rows) * (workers if study.weak else 1)
        for cause, seconds in {**spent, "useful": work}.items():
            yield f"{at}.{cause}", point(seconds / total)


def core_seconds(study: Study, rows: Rows) -> dict[str, float]:
    spent = dict.fromkeys(("work", "staging", "scheduling", "imbalance", "merge"), 0.0)
    for trial in rows:
        shards = [
            {k: v if k == "node" else v / 1e9 for k, v in s.items() if k not in ("trial", "shard", "items")}
            for s in study.shards
            if s["trial"] == trial["id"]
        ]
        each, last = trial["workers"] / trial["nodes"], max(s["end_ns"] for s in shards)
        for node in {s["node"] for s in shards}:
            own = [s for s in shards if s["node"] == node]
            end, inside = max(s["end_ns"] for s in own), sum(s["end_ns"] - s["start_ns"] for s in own)
            busy = sum(s["idle_ns"] - s["work_ns"] for s in own)
            times = {
                "work": busy,
                "staging": inside - busy,
                "scheduling": end - inside,
                "imbalance": last - end,
                "merge": trial["wall_ns"] / 1e9 - last,
            }
            for cause, seconds in times.items():
                spent[cause] += each * seconds
    return spent
