#!/bin/bash
# CPU time and peak memory of `knee fit`: of a table of 20,000 rows in 1,000 blocks, one without blocks, and a study of
# a million rows of items. Goals: 1 s for a table, 8 s and 120 MiB for the study. usage: tests/bench/fit_speed.sh
# [ITEM_ROWS]
set -euo pipefail
cd "$(dirname "$0")/../.."
knee=${BUILD:-build}/knee
rows=${1:-1000000}
work=$(mktemp -d "${TMPDIR:-/tmp}/knee-fit-speed.XXXXXX")
trap 'rm -rf "$work"' EXIT

# A study of 20 trials with rows / 20 items each: four worker counts in five blocks, every item with its size.
"$knee" sweep --study "$work/study" --workers 1,2 --chunks 1 --policies dynamic --blocks 2 --budget 5m --noise 100% \
    --synthetic 'items=4 cost=1ms kind=wait' >/dev/null 2>&1
/usr/bin/python3 - "$work" "$rows" <<'PY'
import random, sqlite3, sys
work, rows = sys.argv[1], int(sys.argv[2])
random.seed(1)

with open(f"{work}/blocks.csv", "w") as paired, open(f"{work}/rows.csv", "w") as plain:
    paired.write("block,workers,seconds\n")
    plain.write("workers,seconds\n")
    for block in range(1000):
        drift = random.gauss(0, 0.02)
        for n in random.sample(range(1, 21), 20):
            seconds = 100 * (0.05 + 0.95 / n) * 2.718 ** (drift + random.gauss(0, 0.01))
            paired.write(f"{block},{n},{seconds:.6f}\n")
            plain.write(f"{n},{seconds:.6f}\n")

items, workers_of = rows // 20, (1, 2, 4, 8)
db = sqlite3.connect(f"{work}/study/study.db")
cells = db.execute("SELECT * FROM cell WHERE role = 'scaling'").fetchall()
trial = db.execute("SELECT * FROM trial LIMIT 1").fetchone()
worker = db.execute("SELECT * FROM worker LIMIT 1").fetchone()
columns = {t: [c[1] for c in db.execute(f"PRAGMA table_info({t})")] for t in ("cell", "trial", "worker", "item", "batch_item")}
for table in ("cell", "trial", "worker", "item", "batch_item", "counter"):
    db.execute(f"DELETE FROM {table}")

def put(table, base, **values):
    row = dict(zip(columns[table], base)) | values
    names = [n for n in row if n in columns[table]]
    db.execute(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", [row[n] for n in names])

for c, n in enumerate(workers_of):
    put("cell", cells[0], id=c + 1, workers=n)
costs = []
for i in range(items):
    megapixels, size = random.uniform(1, 24), random.uniform(1, 9)
    costs.append(2e6 + 1e6 * megapixels + 3e5 * size)
    put("batch_item", (), id=i, path=f"{i // 1000:03}/photo-{i:06}.jpg", kind="jpeg", bytes=int(size * 1e6),
        width=int(megapixels * 1e3), height=1000)
for t in range(20):
    n, at, number = workers_of[t % 4], [2_000_000] * workers_of[t % 4], t + 1
    made = []
    for i in range(items):
        w = min(range(n), key=at.__getitem__)
        cost = int(costs[i] * (1 + 0.01 * (n - 1)) * random.uniform(0.95, 1.05))
        made.append((number, i, w, 1, "done", at[w], at[w] + 500, at[w] + 500 + cost, cost - 2000))
        at[w] += cost + 1000
    db.executemany("INSERT INTO item (trial, id, worker, attempt, state, claim_ns, start_ns, end_ns, cpu_ns) VALUES (?,?,?,?,?,?,?,?,?)", made)
    end = max(at)
    put("trial", trial, id=number, cell=t % 4 + 1, block=t // 4, position=t % 4, status="ok", wall_ns=end + 1_000_000, prefix_ns=0,
        spawn_ns=1_000_000, init_ns=1_000_000, work_ns=end - 2_000_000, suffix_ns=1_000_000, items=items, failed=0)
    for w in range(n):
        put("worker", worker, trial=number, slot=w, fork_ns=1000, begin_ns=1_000_000, init_begin_ns=1_000_000, init_end_ns=1_900_000,
            go_ns=2_000_000, loop_end_ns=at[w], exit_ns=at[w], items=items // n, runqueue_ns=0)
db.execute("UPDATE study SET value = '8' WHERE key = 'cores'")
db.commit()
PY
measure() { # measure NAME ARGUMENT...
    local name=$1
    shift
    /usr/bin/time -f "fit_speed: $name: %U s user, %S s system, %M KiB" "$knee" fit "$@" >/dev/null
}
measure "20,000 rows without blocks" --csv "$work/rows.csv"
measure "20,000 rows in 1,000 blocks" --csv "$work/blocks.csv"
measure "$rows rows of items" "$work/study"
if [ -n "${KEEP_STUDY:-}" ]; then
    cp -r "$work/study" "$KEEP_STUDY"
fi
