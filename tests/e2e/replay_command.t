#!/bin/bash
# A replay of a command that writes spans: its items, by name, wait in knee's pool for what they took with one worker;
# its serial part, start and contention too. What a study lacks is said in one line.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
command -v sqlite3 >/dev/null || skip_all "the sqlite3 command line is missing: make deps"
cd "$work" || exit 1
quiet=(--noise 100% --budget 5m)
few=(--chunks 1 --policies dynamic --blocks 2)
json() { /usr/bin/python3 -c 'import json, sys; f = json.load(open(sys.argv[2])); print(eval(sys.argv[1]))' "$1" "$2"; }
refused() { # refused PATTERN NAME ARGUMENTS...: exit 1, one line
    local pattern=$1 name=$2
    shift 2
    "$KNEE" sweep "${quiet[@]}" "$@" >/dev/null 2>stderr
    is "$? $(grep -c '' stderr)" "1 1" "$name: exit 1, one line"
    like "$(cat stderr)" "$pattern" "... which says what is missing"
}

# A program of any kind: six items of 20 to 70 ms with odd names, a tenth longer for each further worker, 100 ms before
# them.
cat >prog <<'PROG'
#!/usr/bin/python3
import json, os, sys, time
workers, now = int(sys.argv[1]), time.clock_gettime(time.CLOCK_MONOTONIC)
names = ["a b.jpg", "ä", "c/d\"e", "plain", "e\\f", "z"]
ends = [now + 0.1] * workers
with open(os.environ["KNEE_SPANS"], "w") as spans:
    for i, name in enumerate(names):
        w = min(range(workers), key=lambda w: ends[w])
        start, ends[w] = ends[w], ends[w] + (0.02 + 0.01 * i) * (0.9 + 0.1 * workers)
        print(json.dumps({"worker": w, "item": name, "start": start, "end": ends[w], "bytes": 1000 * i, "kind": "odd", "cpu": 0.01}), file=spans)
time.sleep(max(ends) - time.clock_gettime(time.CLOCK_MONOTONIC))
PROG
chmod +x prog
"$KNEE" sweep --study one --workers 1,2 "${few[@]}" "${quiet[@]}" -- ./prog '{workers}' >/dev/null 2>stderr || { cat stderr; exit 1; }
"$KNEE" sweep --replay one --workers 1,4 --chunks 1,2 --policies dynamic,largest-first --blocks 2 "${quiet[@]}" >stdout 2>stderr
is $? 0 "a replay of a command: exit 0"
r=one-replayed
like "$(cat stdout)" "^study +$r/study.db: 6 items replayed in each trial" "the summary says that items are replayed"
like "$(cat stdout)" '^replayed one on [0-9]+ real cores: items waited instead of computing' "... and of which study"
like "$(cat stdout)" "6 items take their time in one; knee's pool deals them" "... which times, and who deals the items"
like "$(cat stdout)" 'with 4 workers on [0-9]+ real cores, [0-9.e-]+% of their time was waiting for a real core' "... and what the pool costs on fewer cores"
is "$(q $r "SELECT count(*) FROM trial WHERE status <> 'ok'")" 0 "every trial counts"
is "$(q $r 'SELECT path, kind, bytes FROM batch_item ORDER BY id')" "$(q one 'SELECT path, kind, bytes FROM batch_item ORDER BY id')" \
    "items have their names, kinds and sizes"
is "$(q $r 'SELECT abs(replay_wall_ns - 20000000 - 10000000 * (bytes / 1000)) < 1000000, abs(replay_cpu_ns - 10000000) < 1000000 FROM batch_item' | sort -u)" \
    "1|1" "... and the times that the spans gave"
is "$(q $r "SELECT count(*) FROM (SELECT trial, sum(cpu_ns) s FROM item GROUP BY trial) i JOIN trial t ON t.id = i.trial
    JOIN cell c ON c.id = t.cell WHERE c.workers = 1 AND abs(s - (SELECT sum(replay_cpu_ns) FROM batch_item)) > 0.001 * s")" 0 \
    "... which items of one worker have, CPU time"
is "$(q $r "SELECT count(*) FROM (SELECT trial, sum(end_ns - start_ns) s FROM item GROUP BY trial) i JOIN trial t ON t.id = i.trial
    JOIN cell c ON c.id = t.cell WHERE c.workers = 1 AND 1.0 * s / (SELECT sum(replay_wall_ns) FROM batch_item) NOT BETWEEN 0.999 AND 3")" 0 \
    "... and time, and no less: on a busy machine they end later"
is "$(q $r "SELECT value + 0 BETWEEN 0.09 AND 0.13 FROM study WHERE key = 'replay_contention'")" 1 "contention is what two workers showed"
is "$(q $r "SELECT count(*) FROM (SELECT trial, sum(cpu_ns) s FROM item GROUP BY trial) i JOIN trial t ON t.id = i.trial
    JOIN cell c ON c.id = t.cell WHERE c.workers = 4 AND 1.0 * s / (SELECT sum(replay_cpu_ns) FROM batch_item) NOT BETWEEN 1.01 AND 1.35")" 0 \
    "... and makes items longer that wait together: all four on a quiet machine"
for fact in command_words recipe_sha256 batch_sha256 spans; do
    is "$(q $r "SELECT value FROM study WHERE key = '$fact'")" "$(q one "SELECT value FROM study WHERE key = '$fact'")" "fact $fact is the command's"
done
is "$(q $r "SELECT value FROM study WHERE key = 'replayed_cores'")" 4 "... as many cores as workers, replayed"
is "$(q $r "SELECT sum(value) >= 90000000 FROM study WHERE key IN ('replay_prefix_ns', 'replay_suffix_ns')")" 1 "... and its serial part"
is "$(q $r 'SELECT count(*) FROM trial WHERE processes_most IS NOT NULL')" 0 "the processes of the replay are not taken for the command's"
is "$(ls $r)" "study.db" "nothing else is left"
"$KNEE" fit --replayed $r one >stdout
is "$? $(json 'sorted((r["of"], r["workers"], r["chunk"], r["policy"]) for r in f["three_ways"]["rows"])' one/fit.json)" \
    "0 [('replayed', 4, 1, 'dynamic'), ('replayed', 4, 1, 'largest-first'), ('replayed', 4, 2, 'dynamic')]" "simulated and replayed are compared"
like "$(grep -c '^warning: CPU time' stdout) $("$KNEE" report --replayed $r one | tr -s ' \n' ' ')" '^0 .*Contention was measured up to 2 workers; beyond, it is assumed to grow in proportion' \
    "page 1 says up to where contention was measured, also of a study that is measured whole"
"$KNEE" fit $r >stdout
like "$(cat stdout)" '^batch: 6 items with 4 workers, a core each: .*speedup' "what the whole batch does"
like "$(tr -s ' \n' ' ' <stdout)" 'replayed: no item was computed; each waited for its time in one' "... replayed"
"$KNEE" report --curve --replayed $r one >/dev/null 2>stderr
is "$? $(cat stderr) $(grep -c '^replayed = .replayed' one/curve.dat)" "0  1" "the curve has its points"

before=$(q $r 'SELECT group_concat(replay_wall_ns) FROM batch_item')
"$KNEE" sweep --replay one --workers 1,4 --chunks 1,2 --policies dynamic,largest-first --blocks 2 --resume "${quiet[@]}" >/dev/null 2>stderr
is "$? $(q $r 'SELECT group_concat(replay_wall_ns) FROM batch_item')" "0 $before" "continued: its times have not changed"

# So have the slowdowns, whatever the source has now.
like "$(q $r "SELECT value FROM study WHERE key = 'replay_excess'")" '^0 0\.[01][0-9]* 0\.[0-9]+ 0\.[0-9]+$' "slowdowns are recorded"
cp -r $r slow
sqlite3 slow/study.db "UPDATE study SET value = '0 2 2 2' WHERE key = 'replay_excess'; DELETE FROM study WHERE key = 'finished_utc';
    DELETE FROM trial WHERE block = (SELECT max(block) FROM trial);
    DELETE FROM item WHERE trial NOT IN (SELECT id FROM trial); DELETE FROM worker WHERE trial NOT IN (SELECT id FROM trial)"
"$KNEE" sweep --replay one --study slow --workers 1,4 --chunks 1,2 --policies dynamic,largest-first --blocks 2 --resume "${quiet[@]}" >/dev/null 2>stderr
is "$? $(q slow "SELECT min(1.0 * s / (SELECT sum(replay_cpu_ns) FROM batch_item) > 1.6) FROM (SELECT trial, sum(cpu_ns) s FROM item GROUP BY trial) i
    JOIN trial t ON t.id = i.trial JOIN cell c ON c.id = t.cell WHERE c.workers = 4 AND t.block = (SELECT max(block) FROM trial)")" "0 1" "... and used again"

# A trial whose workers waited for a core was right, and counts where disturbed trials do.
"$KNEE" sweep --replay one --study late --workers 1,16 --chunks 1 --policies dynamic --blocks 1 --noise 0.1% --noise-policy keep --budget 5m \
    >/dev/null 2>stderr
code=$?
[ "$code" -eq 0 ] || sed 's/^/# /' stderr
is "$code $(q late "SELECT count(*) FROM trial WHERE status = 'void' AND (disturbed IS NOT 1 OR taken_ns <= 0
    OR reason NOT LIKE 'workers were ready and without a core for %')")" "0 0" "void trials are disturbed ones, with what their workers lacked"

# Twelve items of 30 ms, 10 of them with a lock. Two workers wait for it once, four all the time: 140 ms in all.
cat >locker <<'PROG'
#!/usr/bin/python3
import json, os, sys, time
workers, now = int(sys.argv[1]), time.clock_gettime(time.CLOCK_MONOTONIC)
ends, free = [now] * workers, 0
with open(os.environ["KNEE_SPANS"], "w") as spans:
    for i in range(12):
        w = min(range(workers), key=lambda w: ends[w])
        start = ends[w]
        locked = max(start + 0.01, free)
        free, ends[w] = locked + 0.01, locked + 0.02
        print(json.dumps({"worker": w, "item": f"{i:02}", "start": start, "end": ends[w], "locked": locked, "unlocked": free, "cpu": 0.01}), file=spans)
time.sleep(max(ends) - time.clock_gettime(time.CLOCK_MONOTONIC))
PROG
chmod +x locker
"$KNEE" sweep --study lock --workers 1,2 "${few[@]}" "${quiet[@]}" -- ./locker '{workers}' >/dev/null 2>stderr || { cat stderr; exit 1; }
is "$(q lock 'SELECT count(*) FROM item WHERE abs(unlocked_ns - locked_ns - 10000000) < 1000')" 48 "the study has when items held a lock"
"$KNEE" sweep --replay lock --workers 1,4 "${few[@]}" "${quiet[@]}" >/dev/null 2>stderr || { cat stderr; exit 1; }
is "$(q lock-replayed 'SELECT abs(replay_lock_at_ns - 10000000) < 1000, abs(replay_locked_ns - 10000000) < 1000 FROM batch_item' | sort -u)" "1|1" \
    "a lock is replayed where and as long as items held it"
is "$(q lock-replayed "SELECT value + 0 < 0.001 FROM study WHERE key = 'replay_contention'")" 1 "... waiting for it is no contention"
is "$(q lock-replayed "SELECT count(*) FROM (SELECT trial, max(unlocked_ns) - min(locked_ns) s FROM item GROUP BY trial) i JOIN trial t ON t.id = i.trial
    JOIN cell c ON c.id = t.cell WHERE c.workers = 4 AND s < 119990000")" 0 "... one at a time has it: 12 times 10 ms"
is "$(q lock-replayed 'SELECT count(*) FROM item WHERE locked_ns < start_ns OR unlocked_ns < locked_ns OR unlocked_ns > end_ns')" 0 \
    "... and say when they held it"
"$KNEE" predict --json --cores 4 lock >predict.json
is "$(json '[f["points"][3]["wall_s"]["value"] > 0.999 * f["points"][2]["wall_s"]["value"], f["waiting_all_cores"]["value"] < 0.001]' predict.json)" \
    "[True, True]" "a prediction knows the lock: the fourth worker gains nothing"

# What cannot be replayed.
"$KNEE" sweep --study other --workers 1,2 "${few[@]}" "${quiet[@]}" -- "$KNEE" synthetic -j '{workers}' 'items=4 cost=5ms' >/dev/null 2>&1
refused 'other items' "a replay of other items" --replay other --study $r --workers 1,4 --chunks 1,2 --policies dynamic,largest-first --blocks 2 --resume
mkdir folder
refused 'the study is of a command, which has no folder of images and no recipe' "a batch for a command" --replay one --study no folder
"$KNEE" sweep --study plain --workers 1,2 "${few[@]}" "${quiet[@]}" -- sh -c 'sleep 0.05; : {workers}' >/dev/null 2>&1
refused 'which wrote no spans, so that its items are not known: let it write them to .KNEE_SPANS' "a command without spans" --replay plain --study no
cp -r one none
sqlite3 none/study.db "UPDATE trial SET status = 'void' WHERE cell IN (SELECT id FROM cell WHERE workers = 1)"
refused 'no trial with one worker counts' "no one-worker trials" --replay none --study no
cp -r one lost
sqlite3 lost/study.db "DELETE FROM item WHERE id = 2"
refused 'has no time in its one-worker trials' "an item without times" --replay lost --study no
refused 'the study is itself replayed' "a replay" --replay $r --study no
is "$(find no 2>/dev/null)" "" "nothing was made of them"
"$KNEE" synthetic --replay prog 2>stderr
is "$? $(grep -c 'not a list of times to replay' stderr)" "1 1" "knee synthetic --replay of another file: one line"
"$KNEE" synthetic --replay prog items=3 2>stderr
is "$? $(grep -c -- 'WORDs and --replay together' stderr)" "2 1" "... with words: exit 2"
done_testing
