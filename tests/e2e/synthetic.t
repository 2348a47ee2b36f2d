#!/bin/bash
# The synthetic workload: expected times computed by hand, real workers and spans, emulated cores and their groups.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1

expected() { "$KNEE" synthetic "$@" | awk '$1 == "expected" { printf "%.4f", $2 }'; }
measured() { "$KNEE" synthetic "$@" | awk '$1 == "measured" { print $2 }'; }
is "$(expected 'items=10 cost=2ms')" 0.0200 "one worker: the sum"
is "$(expected -j 4 'items=10 cost=2ms')" 0.0060 "four workers, ten items: three rounds"
is "$(expected -j 4 'items=10 cost=2ms last=9ms')" 0.0130 "... and a long last one: after two rounds"
is "$(expected -j 4 -p largest-first 'items=10 cost=2ms last=9ms')" 0.0090 "... which comes first when the largest do"
is "$(expected -j 2 'items=10 cost=2ms serial=10ms init=3ms')" 0.0230 "serial part and initializers come on top"
is "$(expected -j 2 'items=10 cost=2ms contention=50%')" 0.0150 "contention slows all"
is "$(expected -j 3 'items=3 cost=1ms size=4MB slow=500us')" 0.0050 "large items are slowed by each further worker"
is "$(expected -j 8 'items=8 cost=1ms lock=1ms')" 0.0090 "a lock lets one in at a time"
ok "$(awk -v t="$(measured -j 4 'items=8 cost=2ms')" 'BEGIN { print t < 0.004 }')" "it cannot be faster than its items"

forks=$("$KNEE" synthetic -j 4 'items=8 cost=2ms' | awk '$1 == "forks" { print $2 }')
ok "$(awk -v t="$forks" 'BEGIN { print !(t > 0) }')" "starting processes takes time on top of that"
KNEE_SPANS=spans "$KNEE" synthetic -j 3 'items=12 cost=1ms init=1ms' >/dev/null
is "$(grep -c '"item"' spans) $(grep -c '"phase":"init"' spans)" "12 3" "spans: every item and every initializer"
is "$(grep -c '"phase":"life".*"begin".*"go".*"queued"' spans) $(grep -c '"claim"' spans)" "3 12" "... every worker's life, every claim"
is "$(/usr/bin/python3 -c 'import json
s = [json.loads(l) for l in open("spans")]
print(all(x["end"] > x["start"] for x in s), sorted({x["worker"] for x in s if "item" in x})[0])')" "True 0" "spans: JSON lines, in order of time"

"$KNEE" model 'items=2 cost=1ms' >stdout 2>stderr
is "$? $(grep -c '^expected' stdout) $(wc -c <stderr)" "0 1 0" "the earlier name, knee model, is accepted"

# --- the options of the pool
is "$(expected -j 2 --start zygote 'items=10 cost=2ms serial=10ms init=3ms')" 0.0230 "--start zygote: the initializer is in the serial part"
is "$(expected -j 2 --sandbox=auto --start-order 3 --memory-per-worker 64 'items=10 cost=2ms lock=1us')" 0.0100 "sandbox, order of forks and memory limit are accepted"
"$KNEE" synthetic --item-timeout 100ms 'items=2 cost=3s' >stdout 2>stderr
is "$? $(wc -l <stderr)" "1 1" "an item that takes too long: exit 1 and one line"
like "$(cat stderr)" '2 of 2 items failed.*--item-timeout' "... that names the option"

"$KNEE" synthetic 'items=banana' >stdout 2>stderr
is "$? $(wc -l <stderr)" "2 1" "a wrong word: exit 2 and one line"
like "$(cat stderr)" 'items=banana' "... named"
"$KNEE" synthetic >stdout 2>stderr
is $? 2 "no batch: exit 2"

if command -v sqlite3 >/dev/null; then
    "$KNEE" sweep --study spans-study --workers 1,3 --blocks 1 --noise 100% --budget 10m -- "$KNEE" synthetic -j '{workers}' 'items=12 cost=1ms init=1ms' >/dev/null 2>&1
    is "$(sqlite3 spans-study/study.db "SELECT count(*) FROM worker WHERE runqueue_ns IS NULL OR go_ns < init_end_ns OR begin_ns < fork_ns")" 0 "a sweep has its workers' starts and run-queue delays"
    is "$(sqlite3 spans-study/study.db "SELECT count(*) > 0 FROM item WHERE claim_ns NOT NULL") $(sqlite3 spans-study/study.db "SELECT count(*) FROM item WHERE claim_ns IS NULL")" "1 0" "... the claims of its items"
    is "$(sqlite3 spans-study/study.db "SELECT count(*) FROM trial WHERE status <> 'failed' AND abs(wall_ns - prefix_ns - spawn_ns - init_ns - work_ns - suffix_ns) > 2 OR init_ns IS NULL")" 0 "... and the phases, which add up"
fi

# --- a sweep of a synthetic workload: the expected times next to the measured ones; items that wait need no core
"$KNEE" sweep --study truth --synthetic 'items=32 cost=5ms serial=10ms' --workers 1,2,16 --chunks 1 --policies dynamic --blocks 2 --budget 10m --noise 100% >stdout 2>stderr
is $? 0 "sweep --synthetic: exit 0"
is "$(awk '/^expected/ { on = 1; next } !/^ +[0-9]/ { on = 0 } on { printf "%s %s;", $1, $3 }' stdout)" "1 0.1700;2 0.0900;16 0.0200;" "... the expected times by hand: serial part, then rounds of 5 ms"
ok "$(awk '/^expected/ { on = 1; next } !/^ +[0-9]/ { on = 0 } on && $2 < $3 { bad = 1 } END { print bad + 0 }' stdout)" "... and nothing is faster than it can be"
is "$("$KNEE" fit truth | grep -c 'more workers than cores')" 0 "16 workers that wait are within the cores"
like "$("$KNEE" fit truth)" 'warning: the items of the synthetic workload wait' "... with a note"
"$KNEE" sweep --study spins --synthetic 'items=4 cost=1ms kind=spin' --workers 1,16 --chunks 1 --policies dynamic --blocks 1 --delta 10% --budget 10m --noise 100% >stdout 2>stderr
like "$("$KNEE" fit spins)" '^ +16\* ' "items that compute need them"
delta() { python3 -c 'import json, sys; print(json.load(sys.stdin)["knee"]["delta"])'; }
is "$("$KNEE" fit --json spins | delta) $("$KNEE" fit --json --delta 20% spins | delta) $("$KNEE" fit --json truth | delta)" "0.1 0.2 0.05" \
    "the knee is that of the sweep's --delta, unless fit is given another"
is "$("$KNEE" sweep --study dry --model 'items=4 cost=1ms' --workers 1,2 --dry-run >stdout 2>stderr; echo $?)" 0 "sweep: the earlier name, --model, is accepted"
refused() { # CODE PATTERN NAME options...
    "$KNEE" sweep "${@:4}" >stdout 2>stderr
    is "$? $(grep -c '' stderr)" "$1 1" "$3: exit $1 and one line"
    like "$(cat stderr)" "$2" "... that names it"
}
refused 2 'items=banana' "an unknown word" --synthetic 'items=banana'
refused 2 'give one of them' "a synthetic workload and a batch" --synthetic 'items=4' .
refused 2 'give one of them' "a synthetic workload and a command" --synthetic 'items=4' -- true
refused 2 'operand missing' "neither batch nor synthetic workload nor command" --workers 1,2

# The groups of one run, named after its process: other tests have theirs at the same moment, and clear away those of
# the dead.
groups() { find /sys/fs/cgroup -type d -name "knee-emulation-$1" 2>/dev/null; }
if "$KNEE" synthetic --emulate 4 'items=1 cost=1ms' >/dev/null 2>stderr; then
    "$KNEE" synthetic -j 4 --emulate 4 'items=4 cost=1ms kind=spin' >said &
    pid=$!
    wait $pid
    like "$(cat said)" 'dilation +[0-9.]+: each of 4 cores is [0-9.]+% of a real one' "emulated cores: the dilation is printed"
    like "$(cat said)" '^held +[0-9.]+ of the items' "... and how much of the shares was given"
    is "$(groups $pid)" "" "... and no group is left"
    "$KNEE" synthetic -j 2 --emulate 4 'items=2 cost=60s' >/dev/null 2>&1 &
    pid=$!
    until [ -n "$(groups $pid)" ]; do sleep 0.05; done
    kill -KILL $pid
    wait $pid 2>/dev/null
    while pgrep -f 'items=2 cost=60s' >/dev/null; do sleep 0.05; done
    "$KNEE" synthetic --emulate 4 'items=1 cost=1ms' >/dev/null
    is "$(groups $pid)" "" "killed, its groups are gone after the next run"
else
    like "$(cat stderr)" 'emulated cores need .*(run as root|not mounted)' "without permission, the message names the remedy"
fi
done_testing
