#!/bin/bash
# Commands on emulated cores: no thread uses more than one of them, all together no more than the cell has, times and
# spans are those of the emulated machine, and no control group is left however a sweep ends.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
command -v sqlite3 >/dev/null || skip_all "the sqlite3 command line is missing: make deps"
command -v cc >/dev/null || skip_all "no C compiler"
"$KNEE" sweep --dry-run --study no --emulate 4 --workers 1 -- true '{workers}' >/dev/null 2>stderr
grep -q 'emulated cores' stderr && skip_all "$(cat stderr)"
quiet=(--noise 100% --noise-policy keep --budget 10m)
# The threads in a group of a sweep: of cgroup version 2 or 1.
threads() { cat "$1/cgroup.threads" 2>/dev/null || cat "$1/tasks" 2>/dev/null; }
groups() { find /sys/fs/cgroup -type d -name "knee-emulation-$1" 2>/dev/null; } # of one sweep, named after its process

# busy THREADS MS: threads that compute, each for its part of the CPU time
cat >busy.c <<'EOC'
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

static double each_ms;

static void *compute(void *unused)
{
    struct timespec used;
    volatile double x = 1;

    do {
        for (int i = 0; i < 10000; i++)
            x = x * 1.0000001;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    } while ((double)used.tv_sec * 1e3 + (double)used.tv_nsec / 1e6 < each_ms);
    return unused;
}

int main(int count, char **words)
{
    int threads = count > 2 ? atoi(words[1]) : 1;
    pthread_t thread[64];

    each_ms = atof(words[2]) / threads;
    for (int i = 1; i < threads; i++)
        pthread_create(&thread[i], NULL, compute, NULL);
    compute(NULL);
    for (int i = 1; i < threads; i++)
        pthread_join(thread[i], NULL);
    return 0;
}
EOC
cc -O2 busy.c -o busy -lpthread || exit 1
# CPU time in relation to time, which is less on a busy machine and never more; the first quota runs at full speed.
most() { q "$1" "SELECT max((user_ns + system_ns) * 1.0 / wall_ns) FROM trial t JOIN cell c ON c.id = t.cell WHERE c.workers = $2 AND status = 'ok'"; }

"$KNEE" sweep --study serial "${quiet[@]}" --emulate 8 --workers 1,4 --blocks 1 -- sh -c 'exec ./busy 1 300; : {workers}' >stdout 2>stderr &
pid=$!
wait $pid
is $? 0 "a serial program on emulated cores" || cat stderr
like "$(cat stdout)" '^emulated each thread had [0-9.]+% of a real core' "the summary says what an emulated core is"
is "$(groups $pid)" "" "no group is left"
is "$(q serial "SELECT value FROM study WHERE key = 'emulated_cores'") $(q serial "SELECT value FROM study WHERE key = 'cores'")" "8 8" "the study is of emulated cores"
ok "$(awk "BEGIN { print !($(most serial 4) < 1.15) }")" "one thread in a cell of 4 cores uses no more than one ($(most serial 4))"
is "$(q serial 'SELECT count(*) FROM trial WHERE runqueue_ns IS NOT NULL')" 0 "the run-queue delay, in which the quota is, is not known"
"$KNEE" sweep --study many "${quiet[@]}" --emulate 8 --workers 1,2 --blocks 1 -- sh -c 'exec ./busy 6 300; : {workers}' >/dev/null 2>stderr
is $? 0 "six threads in cells of one and two cores" || cat stderr
ok "$(awk "BEGIN { print !($(most many 1) < 1.15 && $(most many 2) < 2.3) }")" "together they use no more than the cell has ($(most many 1), $(most many 2))"
is "$(q many 'SELECT max(threads_most) FROM trial')" 6 "... and are seen"
like "$("$KNEE" fit serial)" '8 emulated cores' "fit says so"

# --- spans are of the emulated machine too
cat >spans.py <<'PROG'
#!/usr/bin/python3
import json, os, time
now = lambda: time.clock_gettime(time.CLOCK_MONOTONIC)
with open(os.environ["KNEE_SPANS"], "w") as spans:
    for i in range(4):
        start = now()
        time.sleep(0.2)
        print(json.dumps({"worker": 0, "item": str(i), "start": start, "end": now()}), file=spans)
PROG
chmod +x spans.py
"$KNEE" sweep --study spans "${quiet[@]}" --emulate 8 --workers 1,2 --blocks 1 -- ./spans.py '{workers}' >stdout 2>stderr
is $? 0 "a program that writes spans" || cat stderr
share=$(sed -n 's/^emulated each thread had \([0-9.]*\)%.*/\1/p' stdout)
is "$(q spans "SELECT count(*) FROM item WHERE end_ns - start_ns NOT BETWEEN 0.199e9 * $share / 100 AND 10e9 * $share / 100")" 0 "its spans last for the share of their time"
is "$(q spans 'SELECT count(*) FROM item i JOIN trial t ON t.id = i.trial WHERE i.end_ns > t.wall_ns OR t.wall_ns < (SELECT sum(j.end_ns - j.start_ns) FROM item j WHERE j.trial = t.id)')" 0 "... and end before the trial does"
like "$(tr -s ' \n' ' ' <stdout)" 'one worker used 0\.[0-9]+ of an emulated core: it waits' "a program that sleeps: emulation does not slow that down"

# --- ends
"$KNEE" sweep --study cut "${quiet[@]}" --emulate 8 --workers 1,2 -- sh -c './busy 5 1000000; : {workers}' >/dev/null 2>&1 &
pid=$!
for _ in $(seq 1200); do
    alone=$(for group in "$(groups $pid)"/cell/thread-*; do threads "$group" | wc -l; done | grep -cx 1)
    [ "$alone" != 6 ] || break
    sleep 0.05
done
is "$alone" 6 "the shell and each of five threads have a core of their own"
kill -INT $pid
wait $pid
is "$? $(groups $pid)" "130 " "interrupted: no group is left"
"$KNEE" sweep --study killed "${quiet[@]}" --emulate 8 --workers 1,2 -- ./busy '{workers}' 100000 >/dev/null 2>&1 &
pid=$!
for _ in $(seq 1200); do
    [ -z "$(groups $pid)" ] || [ -z "$(threads "$(groups $pid)/cell/thread-0")" ] || break
    sleep 0.05
done
kill -KILL $pid
wait $pid 2>/dev/null
for _ in $(seq 1200); do
    [ -n "$(for group in "$(groups $pid)"/cell/thread-*; do threads "$group"; done)" ] || break
    sleep 0.05
done
"$KNEE" sweep --study next "${quiet[@]}" --emulate 4 --workers 1,2 --blocks 1 -- ./busy '{workers}' 10 >/dev/null 2>&1
is "$? $(groups $pid)" "0 " "killed: the next sweep removes its groups"
"$KNEE" sweep --study no "${quiet[@]}" --emulate 600 --workers 1,2 --blocks 1 -- ./busy '{workers}' 10 >/dev/null 2>stderr
is "$? $(grep -c 'leaves each less than 1 ms' stderr)" "1 1" "more cores than quotas can distinguish: exit 1, with the reason"
"$KNEE" sweep --study no --emulate 4 --synthetic 'items=1' >/dev/null 2>stderr
is "$? $(grep -c 'knee sweep --emulate 4 -- knee synthetic' stderr)" "2 1" "a synthetic workload: what to type instead"
done_testing
