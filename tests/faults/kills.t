#!/bin/bash
# Kills runs (a worker, the parent, the process group) at every failpoint and at random moments, runs the same command
# again, and compares every byte with the serial run. No process, file, shared memory or cgroup may be left.
#
# Every failpoint once, then random kills until about 16 seconds have passed; FAULTS=n asks for n kills, however long
# they take; FAULT_SEED=n for another sequence. A failure prints the command that failed.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"
[ -r "/proc/$$/task/$$/children" ] || skip_all "the kernel does not list children in /proc"
wanted=${FAULTS:-1000000}
limit=$((${FAULTS:+86400} + 0))
[ "$limit" -gt 0 ] || limit=16
RANDOM=${FAULT_SEED:-1}

mkdir -p batch/sub
vips gaussnoise n.v 240 180 --mean 128 --sigma 40 && vips gaussblur n.v s.v 1 && vips copy s.v "batch/a b.jpg[Q=90]" || exit 1
for i in {1..9}; do cp "batch/a b.jpg" "batch/sub/photo $i.jpg"; done
vips copy s.v batch/c.png && vips copy s.v $'batch/new\nline.webp' || exit 1
head -c 2000 "batch/a b.jpg" >batch/cut.jpg # fails everywhere
items=13
everything() { find . -type f ! -name 'FAILED.tsv' -print0 | sort -z | tr '\n\0' '?\n'; }
failures() { cut -f1,2,4 "$1/FAILED.tsv"; }

# Folders of other tests there have names that end in six letters.
shared() { find /dev/shm -mindepth 1 -maxdepth 1 -name '*knee*' ! -name '*.??????' 2>/dev/null | sort; }
shm_before=$(shared)
"$KNEE" run --quiet --serial batch serial 2>/dev/null
is $? 1 "the serial run has one bad item"
(cd serial && everything) >files
is "$(wc -l <files) $(grep -vc '^#' serial/MANIFEST.sha256)" "40 36" "... and three outputs of each other one"

# draw: a random way to run, in `how`.
policies=(static dynamic guided largest-first)
draw() {
    how=(--workers $((RANDOM % 4 + 1)) --chunk $((RANDOM % 5 + 1)) --policy "${policies[RANDOM % 4]}")
    [ $((RANDOM % 3)) -eq 0 ] && how+=(--start zygote)
    return 0
}

# alone PID: no process of that session is left; waits for those that are ending.
alone() {
    local tries
    for tries in {1..3000}; do
        [ -z "$(ps -o stat= --sid "$1" | tr -d 'Z+sl<N \n')" ] && return 0
        sleep 0.02
    done
    echo "# processes of run $1 after $tries looks:"
    ps -o pid,stat,args --sid "$1" | sed 's/^/# /'
    return 1
}

# wrong WHAT: prints it with all that is needed to see it again.
wrong() {
    echo "# $1; KNEE_FAILPOINT='$points' knee run ${how[*]} batch out ($deed); exit $code, then $again"
    sed 's/^/#   /' said
    return 1
}

# whole: OUT has exactly the bytes of the serial run, and no other file.
whole() {
    cmp -s serial/MANIFEST.sha256 out/MANIFEST.sha256 || { wrong "the manifest differs"; return 1; }
    (cd out && sha256sum --quiet -c MANIFEST.sha256) >>said 2>&1 || { wrong "outputs differ from the manifest"; return 1; }
    (cd out && everything) | cmp -s files - || { wrong "other files are there"; (cd out && everything) | diff files - | sed 's/^/# /'; return 1; }
    [ "$(failures serial)" = "$(failures out)" ] || { wrong "other failures"; return 1; }
}

# strike POINTS DEED [SECONDS]: one run with those points armed and, after that time, the deed; then the same again.
struck=0 late=0 bad=0 runs=()
strike() {
    local pid victim children=() retry=()
    points=$1 deed=$2 again=none
    rm -rf out
    draw
    KNEE_FAILPOINT=$points setsid "$KNEE" run --quiet "${how[@]}" batch out 2>said &
    pid=$!
    runs+=("$pid")
    case $deed in
    parent | group | worker)
        sleep "$3"
        victim=$pid
        [ "$deed" = group ] && victim=-$pid
        if [ "$deed" = worker ]; then
            read -ra children 2>/dev/null <"/proc/$pid/task/$pid/children"
            victim=${children[$((RANDOM % (${#children[@]} + (${#children[@]} == 0))))]:-}
        fi
        [ -n "$victim" ] && kill -KILL -- "$victim" 2>/dev/null || late=$((late + 1))
        ;;
    esac
    wait "$pid" 2>/dev/null
    code=$?
    struck=$((struck + 1))
    alone "$pid" || { wrong "a process lives on"; bad=$((bad + 1)); return; }
    # two strikes may hit one item, which is then given up
    grep -qs 'at attempt 2 of 2' out/.knee/journal && retry=(--retry-failed)
    if [ "$code" -eq 1 ] && [ -e out/MANIFEST.sha256 ] && [ ${#retry[@]} -eq 0 ]; then
        whole || bad=$((bad + 1)) # it survived: it must be complete without another run
        return
    fi
    if [ "$code" -ne 137 ] && [ ${#retry[@]} -eq 0 ]; then
        wrong "neither survived nor killed"
        bad=$((bad + 1))
        return
    fi
    draw
    "$KNEE" run --quiet "${how[@]}" "${retry[@]}" batch out 2>>said
    again=$?
    if [ "$again" -ne 1 ]; then wrong "the second run fails"; bad=$((bad + 1)); else whole || bad=$((bad + 1)); fi
}

# Every failpoint, early and late in the run.
for point in start ready claim held exit gate reap; do strike "$point:1" point; done
for point in item rename named record final; do
    strike "$point:1" point
    strike "$point:$((RANDOM % items + 1))" point
done
for at in 1 3 6; do strike "loop:$at" point; done
strike manifest:1 point
strike item:3:segv,item:6:abort,item:9:exit,claim:2,ready:2,held:3 point
is "$bad" 0 "killed at every failpoint: $struck runs, each complete in the end"

# A worker and its parent at once; random places, causes and moments.
causes=(kill segv abort exit)
worker_points=(start ready claim held item rename named record final exit)
parent_points=(gate reap loop manifest)
named=0 moments=0
while [ "$struck" -lt "$wanted" ] && [ "$SECONDS" -lt "$limit" ] || [ "$struck" -lt 30 ]; do
    a="${worker_points[RANDOM % ${#worker_points[@]}]}:$((RANDOM % items + 1)):${causes[RANDOM % ${#causes[@]}]}"
    case $((RANDOM % 6)) in
    0) strike "$a" point && named=$((named + 1)) ;;
    1) strike "$a,${worker_points[RANDOM % ${#worker_points[@]}]}:$((RANDOM % items + 1))" point && named=$((named + 1)) ;;
    2) strike "$a,${parent_points[RANDOM % ${#parent_points[@]}]}:$((RANDOM % 4 + 1))" point && named=$((named + 1)) ;;
    *)
        deeds=(parent group worker)
        strike "" "${deeds[RANDOM % 3]}" "0.$(printf '%04d' $((RANDOM % 2500)))"
        moments=$((moments + 1))
        ;;
    esac
done
is "$bad" 0 "killed at random: $named times at points, $moments times at any moment ($late of them too late)"

# An item that kills its worker every time is given up, and no other item is.
is "$(KNEE_FAILPOINT=item@4:segv "$KNEE" run --quiet --workers 3 batch poison 2>/dev/null || echo $?)" 1 "an item that kills every worker"
is "$(tail -n +2 poison/FAILED.tsv | wc -l) $(grep -vc '^#' poison/MANIFEST.sha256)" "2 33" "... is given up, the others are done"
like "$(cat poison/FAILED.tsv)" $'\tencode\t2\t.*killed by signal 11 \\(SIGSEGV\\), at attempt 2 of 2' "... with stage, attempt and signal"
"$KNEE" run --quiet batch poison 2>/dev/null
is "$(tail -n +2 poison/FAILED.tsv | wc -l)" 2 "... and is not tried again by the same command"
"$KNEE" run --quiet --retry-failed batch poison 2>/dev/null
cmp serial/MANIFEST.sha256 poison/MANIFEST.sha256
ok $? "... but with --retry-failed it is, and the output is complete"
KNEE_FAILPOINT=item@4:hang "$KNEE" run --quiet --workers 2 --item-timeout 3 batch hung 2>/dev/null
like "$(cat hung/FAILED.tsv)" $'\tencode\t1\ttook longer than 3 s' "an item that hangs is given up after --item-timeout"
is "$(grep -vc '^#' hung/MANIFEST.sha256)" 33 "... and the others are done"
KNEE_FAILPOINT=ready:1+ timeout 60 "$KNEE" run --quiet --workers 2 batch cursed 2>said
is "$? $(grep -c '' said)" "1 1" "workers that never get ready end the run with one error"
like "$(cat said)" 'worker [01]: killed by signal 9 .*before it was ready, 5 times in a row' "... that says so"

is "$(shared)" "$shm_before" "no shared memory is left"
# A group has the number of its run in its name; other tests have theirs at the same moment.
is "$(find /sys/fs/cgroup -type d -name '*knee*' 2>/dev/null | grep -wF "$(printf '%s\n' "${runs[@]}")")" "" "no cgroup is left"
echo "# $struck runs killed, $bad of them not complete in the end"
done_testing
