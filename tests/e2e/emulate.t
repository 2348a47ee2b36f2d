#!/bin/bash
# Emulated cores: the same bytes, times and facts marked as emulated, and no control group left however a run ends.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"
command -v sqlite3 >/dev/null || skip_all "the sqlite3 command line is missing: make deps"
"$KNEE" synthetic --emulate 4 'items=1 cost=1ms' >/dev/null 2>stderr || skip_all "$(cat stderr)"
# The groups of one run, named after its process: other tests have theirs at the same moment.
groups() { find /sys/fs/cgroup -type d -name "knee-emulation-$1" 2>/dev/null; }

mkdir batch
vips gaussnoise n.v 300 200 --mean 128 --sigma 30 && vips copy n.v batch/1.jpg || exit 1
for i in {2..6}; do cp batch/1.jpg "batch/$i.jpg"; done
"$KNEE" run --quiet --serial batch serial
"$KNEE" run --workers 4 --emulate 4 batch out >stdout &
pid=$!
wait $pid
is $? 0 "a run on 4 emulated cores"
like "$(cat stdout)" 'times are those of 4 emulated cores' "... says that its times are emulated"
"$KNEE" verify serial out >/dev/null
ok $? "... and makes the bytes of the serial run"
is "$(groups $pid)" "" "... no group is left"

"$KNEE" run --quiet --workers 2 --emulate 600 batch far 2>stderr
is "$? $(grep -c '' stderr)" "1 1" "more cores than the kernel's quotas can distinguish: one line, exit 1"
like "$(cat stderr)" 'emulating 600 cores on [0-9]+ leaves each less than 1 ms' "... with the reason"

# Interrupted: finished items stay, and no group.
mkdir long
for i in {1..60}; do cp batch/1.jpg "long/$i.jpg"; done
"$KNEE" run --quiet --workers 1 --emulate 8 long cut 2>stderr &
pid=$!
until [ -n "$(find cut -name '*.jpg' 2>/dev/null | head -1)" ]; do sleep 0.02; done
kill -INT $pid
wait $pid
is $? 130 "interrupted: exit 130"
is "$(groups $pid)" "" "... and no group is left"

"$KNEE" run --quiet --workers 2 --emulate 8 long "$work/killed" 2>/dev/null &
pid=$!
until [ -n "$(find killed -name '*.jpg' 2>/dev/null | head -1)" ]; do sleep 0.02; done
kill -KILL $pid
wait $pid 2>/dev/null
until [ -z "$(pgrep -f -- "--emulate 8 long $work/killed")" ]; do sleep 0.05; done
"$KNEE" run --quiet --workers 4 --emulate 4 long killed
is "$? $(groups $pid)" "0 " "killed: the next run removes its groups and completes"

# Runs of other kinds remove the groups of killed ones, too.
leave() { # a killed emulated run whose groups are left, in `pid`
    rm -rf left
    "$KNEE" run --quiet --workers 2 --emulate 8 long "$work/left" 2>/dev/null &
    pid=$!
    until [ -n "$(find left -name '*.jpg' 2>/dev/null | head -1)" ]; do sleep 0.02; done
    kill -KILL $pid
    wait $pid 2>/dev/null
    until [ -z "$(pgrep -f -- "--emulate 8 long $work/left")" ]; do sleep 0.05; done
}
for kind in "run --quiet batch other" "run --quiet --serial batch another" "synthetic items=1" \
    "sweep --study waits --synthetic items=2 --workers 1 --blocks 1 --noise 100% --budget 10m"; do
    # A run of another test at the same time may have removed them already.
    for _ in $(seq 30); do
        leave
        before=$(groups $pid)
        [ -z "$before" ] || break
    done
    # shellcheck disable=SC2086
    "$KNEE" $kind >/dev/null 2>&1
    is "${before:+were there} $(groups $pid)" "were there " "knee ${kind%% *} removes the groups of a killed run"
done

# A worker that hangs or dies while the others wait for the start of all does not stop them.
KNEE_FAILPOINT=start:1:hang "$KNEE" run --quiet --workers 3 --emulate 4 batch hung 2>/dev/null &
pid=$!
until [ "$(pgrep -c -P $pid)" = 3 ]; do sleep 0.02; done
# A second signal, later than the first by the time that separates the two, stops at once. On a busy machine two may be
# one.
while kill -INT $pid 2>/dev/null; do sleep 0.5; done
wait $pid
is $? 130 "a worker that hangs at its start: signals end the run"
is "$(groups $pid)" "" "... and no group is left"
KNEE_FAILPOINT=start:1 "$KNEE" run --quiet --workers 3 --emulate 4 batch died 2>/dev/null
"$KNEE" verify serial died >/dev/null
is $? 0 "a worker killed at its start: the run completes"

# On a busy machine emulated cores get less than their share, which makes trials void: the last of each cell is made to
# count.
for _ in $(seq 10); do
    "$KNEE" sweep --study study --emulate 4 --workers 1,2,4 --chunks 1 --policies dynamic --items 4 --blocks 3 --budget 10m --noise 99% batch \
        >stdout 2>stderr
    code=$?
    [ "$(sqlite3 study/study.db "SELECT count(*) FROM trial WHERE status = 'void'")" -gt 0 ] || break
    sqlite3 study/study.db "UPDATE trial SET status = 'ok', reason = NULL WHERE reason LIKE '%the real cores were busy' AND
        id IN (SELECT max(id) FROM trial GROUP BY cell, block)"
    for table in counter item worker; do
        sqlite3 study/study.db "DELETE FROM $table WHERE trial IN (SELECT id FROM trial WHERE status = 'void')"
    done
    sqlite3 study/study.db "DELETE FROM trial WHERE status = 'void'; DELETE FROM study WHERE key = 'finished_utc'"
done
is "$code $(sqlite3 study/study.db "SELECT count(*) FROM trial WHERE status = 'ok'")" "0 12" "a study of emulated cores"
like "$(cat stdout)" '^emulated 4 of 6, drawn by kind and cost for the tail of the batch: idle with 4 workers [0-9.]+%, batch [0-9.]+%' \
    "... its items are drawn for the tail of the batch"
like "$(cat stdout)" 'they test the pool, its start and its dispatch' "... and the summary says what it is for"
"$KNEE" sweep --study real --workers 1,2 --chunks 1 --policies dynamic --blocks 1 --budget 10m --noise 100% batch >/dev/null 2>&1
"$KNEE" sweep --dry-run --study timed --emulate 4 --times real --workers 1,4 --items 4 --budget 60s batch >stdout 2>stderr
is $? 0 "items by the times of a study"
"$KNEE" sweep --study no --emulate 4 --times real --workers 1,4 --items 4 --budget 60s long >/dev/null 2>stderr
is "$? $(tail -n 1 stderr)" "1 knee sweep: error: --times real: the study is of another batch (paths and sizes)" "... of another batch: refused"
is "$(find no 2>/dev/null)" "" "... and no study is made"
timed=("$KNEE" sweep --study timed --emulate 4 --times real --workers '1,4' --chunks 1 --policies dynamic --items 4 --blocks 1 --budget 10m --noise 99% batch)
"${timed[@]}" >/dev/null 2>&1
mv real moved
"${timed[@]}" >/dev/null 2>stderr
is "$(grep -c -- '--times real' stderr)" 0 "... which is read for a new study only"
"$KNEE" sweep --study no --times real batch >/dev/null 2>stderr
is "$? $(grep -c -- '--times: only --emulate' stderr)" "2 1" "... without emulated cores: refused"
facts=$(sqlite3 study/study.db "SELECT key || '=' || value FROM study WHERE key IN ('cores', 'emulated_cores')" | sort | tr '\n' ' ')
is "$facts" "cores=4 emulated_cores=4 " "... has that many cores, and says that they are emulated"
like "$(sqlite3 study/study.db "SELECT value FROM study WHERE key = 'real_cores'")" '^[1-9]' "... and how many real ones there are"
is "$(sqlite3 study/study.db "SELECT count(*) FROM trial WHERE status = 'failed'")" 0 "... none of its trials failed"
like "$("$KNEE" fit study)" '4 emulated cores' "... and its fit says so"
done_testing
