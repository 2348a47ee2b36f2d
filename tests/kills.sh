#!/bin/bash
# make kills: kills RUNS runs and SWEEPS sweeps (default 2000 and 200), at failpoints and at random moments, by SIGKILL,
# SIGTERM, SIGINT and SIGSTOP with SIGCONT, a single worker, the supervisor alone or the whole group, and checks after
# each of them that nothing is lost: the same command ends with every byte of the serial run, no other file and no
# process is left, and a study has a row for each cell of each block. Random moments are spread over the time that a run
# takes on this machine as it is now. KILL_SEED=n for another sequence; KILL_FOLDER keeps to a folder.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
KNEE=${KNEE:-$root/${BUILD:-build}/knee}
runs=${RUNS:-2000} sweeps=${SWEEPS:-200}
RANDOM=${KILL_SEED:-1}
work=$(mktemp -d "${KILL_FOLDER:-${TMPDIR:-/tmp}}/knee-kills.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

mkdir -p batch/sub
vips gaussnoise n.v 200 150 --mean 128 --sigma 40 && vips copy n.v "batch/a b.jpg[Q=85]" || exit 1
for i in {1..9}; do cp "batch/a b.jpg" "batch/sub/photo $i.jpg"; done
vips copy n.v batch/c.png || exit 1
head -c 2000 "batch/a b.jpg" >batch/cut.jpg # fails everywhere
items=12
"$KNEE" run --quiet --serial batch serial 2>/dev/null
everything() { find . -type f ! -name FAILED.tsv -print | sort; }
(cd serial && everything) >files
cut -f 1,2,4 serial/FAILED.tsv >failures

lost=0 left=0 orphans=0 holes=0 wrong=0 done_runs=0 survived=0
complain() {
    echo "kills: $1: KNEE_FAILPOINT='$points' $how, $deed; exit $code, then $again"
    sed 's/^/    /' said | head -n 4
}
# alone PID: no process of its session is left; those that are ending are waited for.
alone() {
    local tries
    for tries in {1..250}; do
        [ -z "$(ps -o stat= --sid "$1" | tr -d 'Z+sl<N \n')" ] && return 0
        sleep 0.02
    done
    ps -o pid,stat,args --sid "$1" | sed 's/^/    /'
    return "$tries"
}
# a_child PID: one of its processes at random, in `victim`.
a_child() {
    local children=()
    read -ra children 2>/dev/null <"/proc/$1/task/$1/children"
    victim=${children[$((RANDOM % (${#children[@]} + (${#children[@]} == 0))))]:-}
}
# clock: milliseconds, in `now`. took SPAN: the mean of that span and the time since `begun`, in `span`.
clock() { now=$((${EPOCHREALTIME/[.,]/} / 1000)); }
took() {
    clock
    span=$((($1 * 3 + now - begun) / 4))
    [ "$span" -gt 20 ] || span=20
}
# strike PID SPAN: the deed, after a random time within a quarter more than that span of milliseconds.
strike() {
    local victim=$1 wait=$(($2 * 5 * RANDOM / (4 * 32767))) seconds
    printf -v seconds '%d.%03d' $((wait / 1000)) $((wait % 1000))
    sleep "$seconds"
    case $deed in
    *worker*) a_child "$1" ;;
    *group*) victim=-$1 ;;
    esac
    [ -n "$victim" ] || return 0
    case $deed in
    STOP*)
        kill -STOP -- "$victim" 2>/dev/null
        sleep 0.1
        kill -CONT -- "$victim" 2>/dev/null
        ;;
    *) kill "-${deed%% *}" -- "$victim" 2>/dev/null ;;
    esac
    if [ "$deed" = "TERM twice group" ]; then
        sleep 0.35
        kill -TERM -- "$victim" 2>/dev/null
    fi
}
whole() {
    if ! cmp -s serial/MANIFEST.sha256 out/MANIFEST.sha256 ||
        ! (cd out && sha256sum --quiet -c MANIFEST.sha256 >/dev/null 2>&1) ||
        ! cut -f 1,2,4 out/FAILED.tsv | cmp -s failures -; then
        lost=$((lost + 1))
        complain "items lost"
        return
    fi
    (cd out && everything) | cmp -s files - || { left=$((left + 1)); complain "files left over"; (cd out && everything) | diff files - | head -n 4; }
}

deeds=("KILL supervisor" "KILL group" "KILL worker" "TERM supervisor" "TERM group" "TERM twice group" "INT supervisor"
    "INT group" "STOP worker" "STOP group" "STOP supervisor" "TERM worker" "point")
named=(start ready claim held item rename named record final exit gate reap loop manifest publish)
causes=(kill segv abort exit)
clock && begun=$now
"$KNEE" run --quiet --workers 2 batch out 2>/dev/null
took 0
run_span=$((span * 4))
while [ "$done_runs" -lt "$runs" ]; do
    deed=${deeds[RANDOM % ${#deeds[@]}]} points='' again=none retry=()
    options=(--workers $((RANDOM % 4 + 1)) --chunk $((RANDOM % 5 + 1)))
    [ $((RANDOM % 4)) -eq 0 ] && options+=(--start zygote)
    [ $((RANDOM % 5)) -eq 0 ] && options=(--serial)
    how="knee run ${options[*]}"
    if [ "$deed" = point ]; then
        points="${named[RANDOM % ${#named[@]}]}:$((RANDOM % items + 1)):${causes[RANDOM % 4]}"
        [ $((RANDOM % 2)) -eq 0 ] && points+=",${named[RANDOM % ${#named[@]}]}:$((RANDOM % items + 1))"
    fi
    rm -rf out
    clock && begun=$now
    KNEE_FAILPOINT=$points setsid "$KNEE" run --quiet "${options[@]}" batch out 2>said &
    pid=$!
    [ "$deed" = point ] || strike "$pid" "$run_span"
    wait "$pid" 2>/dev/null
    code=$?
    done_runs=$((done_runs + 1))
    alone "$pid" || { orphans=$((orphans + 1)); complain "a process lives on"; continue; }
    # two strikes may hit one item, which is then given up
    grep -qs 'at attempt 2 of 2' out/.knee/journal && retry=(--retry-failed)
    if [ "$code" -eq 1 ] && [ -e out/MANIFEST.sha256 ] && [ ${#retry[@]} -eq 0 ]; then
        survived=$((survived + 1))
        took "$run_span" && run_span=$span
    else
        "$KNEE" run --quiet --workers $((RANDOM % 3 + 1)) "${retry[@]}" batch out 2>>said
        again=$?
        [ "$again" -eq 1 ] || { wrong=$((wrong + 1)); complain "the same command fails"; continue; }
    fi
    whole
done

# Sweeps: of a workload that waits, so that many fit into little time, and every twentieth of the batch.
done_sweeps=0
sweep_spans=(0 0)
q() { sqlite3 study/study.db "$1" 2>/dev/null; }
while [ "$done_sweeps" -lt "$sweeps" ]; do
    deed=${deeds[RANDOM % (${#deeds[@]} - 1)]} points='' again=none
    subject=(--synthetic 'items=6 cost=4ms') kind=0
    [ $((done_sweeps % 20)) -eq 19 ] && subject=(batch) kind=1
    command=(sweep --study study "${subject[@]}" --workers "1,2,3" --chunks 1 --policies dynamic --blocks 2 --noise 100% --budget 600s)
    how="knee ${command[*]}"
    rm -rf study
    clock && begun=$now
    if [ "${sweep_spans[kind]}" -eq 0 ]; then
        "$KNEE" "${command[@]}" >/dev/null 2>&1
        took 0
        sweep_spans[kind]=$((span * 4))
        rm -rf study
        begun=$now
    fi
    setsid "$KNEE" "${command[@]}" >/dev/null 2>said &
    pid=$!
    strike "$pid" "${sweep_spans[kind]}"
    wait "$pid" 2>/dev/null
    code=$?
    [ "$code" -ne 0 ] || { took "${sweep_spans[kind]}" && sweep_spans[kind]=$span; }
    alone "$pid" || { orphans=$((orphans + 1)); complain "a process lives on"; }
    "$KNEE" "${command[@]}" >/dev/null 2>>said
    again=$?
    done_sweeps=$((done_sweeps + 1))
    [ "$again" -eq 0 ] || { wrong=$((wrong + 1)); complain "the same command fails"; continue; }
    # a cell of a block that counts has one row that is ok; one that was disturbed more often than is allowed has none
    missing=$(q "SELECT count(*) FROM cell c, (SELECT DISTINCT block FROM trial) b WHERE NOT EXISTS
        (SELECT 1 FROM trial t WHERE t.cell = c.id AND t.block = b.block)")
    twice=$(q "SELECT count(*) FROM (SELECT 1 FROM trial WHERE status = 'ok' GROUP BY cell, block HAVING count(*) > 1)")
    failed=$(q "SELECT count(*) FROM trial WHERE status = 'failed'")
    [ "$missing/$twice/$failed/$(q 'PRAGMA integrity_check')/$(q 'SELECT count(DISTINCT block) FROM trial')" = "0/0/0/ok/2" ] ||
        { holes=$((holes + 1)); complain "holes: $missing missing, $twice twice, $failed failed"; }
    [ "$(find study -type f)" = study/study.db ] || { left=$((left + 1)); complain "files left over: $(find study -type f | tr '\n' ' ')"; }
done
echo "kills: $done_runs runs ($survived survived without another run) and $done_sweeps sweeps in $SECONDS s:" \
    "$lost with items lost, $left with files left over, $orphans with orphans, $holes with holes, $wrong that did not continue"
[ $((lost + left + orphans + holes + wrong)) -eq 0 ]
