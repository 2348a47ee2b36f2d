#!/bin/bash
# Counter groups: chosen by name or file, stored in the study, evaluated in fit.json and in the printed fit, refused
# when they are wrong, and listed by knee doctor.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"
command -v sqlite3 >/dev/null || skip_all "the sqlite3 command line is missing: make deps"
cd "$work" || exit 1
mkdir batch
vips gaussnoise n.v 240 160 --mean 128 --sigma 40 && for n in 1 2 3; do vips copy n.v "batch/x$n.jpg"; done
small=(--workers "1,2" --chunks 1 --policies dynamic --blocks 2 --budget 5m --noise 100%)
group() { # group LINE...: a file mine.group with one event and these lines
    printf '%s\n' '[group]' 'name=mine' 'about=for a test' '[event page-faults]' 'perf=page-faults' "$@" >mine.group
}

# --- a study with a group of its own
group '[derived faults-per-item]' 'formula=page-faults / items' 'unit=per item' 'about=faults' \
    '[derived cpus-used]' 'formula=task-clock / wall-ns' 'unit=CPUs' 'about=on average' \
    '[event nothing]' 'perf=rffff' '[derived odd]' 'formula=nothing / items' 'unit=per item' 'about=an event that is nowhere'
"$KNEE" sweep --study one --counters ./mine.group "${small[@]}" batch >stdout 2>stderr
is $? 0 "a study that counts a group of its own: exit 0"
is "$(q one 'SELECT group_concat(name, " ") FROM (SELECT DISTINCT name FROM counter ORDER BY name)')" "nothing page-faults task-clock" \
    "its events are counted, and the task clock as their check"
is "$(q one "SELECT value FROM study WHERE key = 'counter_group'") $(q one "SELECT value FROM study WHERE key = 'counter_group_text'")" \
    "mine $(cat mine.group)" "the study holds the group"
is "$(q one "SELECT count(*) FROM counter WHERE status = 'ok' AND (value IS NULL OR running_ns > enabled_ns)")" 0 "a counter that is ok has a value"
is "$(q one "SELECT count(*) FROM counter WHERE status = 'multiplexed' AND NOT running_ns < enabled_ns")" 0 "a multiplexed counter did not count all the time"
is "$(q one "SELECT count(*) FROM worker WHERE disk_wait_ns IS NULL AND disk_wait_reason IS NULL")" 0 "time waited for disks has a value or a reason"
is "$(q one "SELECT count(*) FROM trial WHERE iowait_ns IS NULL OR iowait_ns < 0")" 0 "the machine's I/O wait is in every trial"
"$KNEE" fit --verbose one >stdout 2>stderr
is $? 0 "fit: exit 0"
/usr/bin/python3 - one/fit.json >values <<'EOF'
import json, sys
formulas = json.load(open(sys.argv[1]))["counter_formulas"]
print(formulas["group"])
for row in formulas["values"]:
    measured = row["mean"]["value"]
    print(row["name"], row["workers"], row["unit"], row["status"], "none" if measured is None else "some", row["reason"] if measured is None else "")
EOF
is "$(head -1 values)" "mine: for a test" "fit.json names the group"
like "$(cat values)" '^odd 1 per item none none nothing: .+' "what needs an event that is not there is null, with that event's reason"
if q one "SELECT status FROM counter WHERE name = 'page-faults'" | grep -q ok; then
    is "$(grep -c '^faults-per-item [12] per item ok some $' values)" 2 "a quantity that is computed, at both worker counts"
    like "$(cat stdout)" '^faults-per-item +[0-9]' "... is in the printed table"
    like "$(cat stdout)" '^counters: no value for odd: nothing: ' "... and so is, in one line, what has no value"
else
    skip "software counters are not to be had here" "a quantity that is computed"
fi
"$KNEE" export --what counters one | head -1 >stdout
like "$(cat stdout)" ',value,enabled_ns,running_ns,status,reason$' "export shows how long each counter ran"


# --- kinds of core
sqlite3 one/study.db "INSERT INTO study VALUES('mixed_kinds', 'from 2 workers on, cores of different kinds work (compact)')"
"$KNEE" fit --verbose one >stdout 2>stderr
like "$(cat stdout)" '^warning: from 2 workers on, cores of different kinds work \(compact\): this bends the curve too' \
    "cores of different kinds are never mixed in silence"

# --- the group belongs to the study
echo '# changed' >>mine.group
"$KNEE" sweep --study one --counters ./mine.group "${small[@]}" batch >stdout 2>stderr
is "$? $(wc -l <stderr)" "1 1" "going on with a changed group: refused in one line"
like "$(cat stderr)" 'mine.group has changed since.*--restart' "... that names it"
"$KNEE" sweep --study one "${small[@]}" batch >stdout 2>stderr
like "$? $(cat stderr)" '^1 .*--counters: \./mine.group, not default' "going on with another group: refused"

# --- spellings
"$KNEE" run --quiet --counters --workers 1 batch out
is $? 0 "knee run --counters counts the default group"
"$KNEE" run --quiet --counters=software --workers 1 --restart batch out
is $? 0 "knee run --counters=software"
mistake() { # mistake STATUS PATTERN NAME ARGUMENT...
    local status=$1 pattern=$2 name=$3 message code
    shift 3
    message=$("$KNEE" "$@" 2>&1 >/dev/null)
    code=$?
    is "$code $(wc -l <<<"$message")" "$status 1" "$name: exit $status and one line"
    like "$message" "$pattern" "... that names the error"
}
mistake 1 "counter group 'nowhere': .*/nowhere.group cannot be read: 'knee doctor' lists" "a group that is not there" run --counters=nowhere batch out2
mistake 1 "counter group 'nowhere'" "... and for a sweep" sweep --study two --counters nowhere batch
group '[derived x]' 'formula=page-faults / cycles' 'unit=1' 'about=x'
mistake 1 "mine.group:7: \[derived x\] formula: unknown name at column 15 \('cycles'\)" "a formula of an event that the group has not" \
    run --counters=./mine.group batch out2
mistake 2 "give one of them" "a group and none" sweep --study two --counters work --no-counters batch
mistake 2 "not in a command" "a group for a command" sweep --study two --counters work -- true
is "$(find . -maxdepth 1 -name two -o -maxdepth 1 -name out2)" "" "nothing was made of any of these"

# --- the shipped groups
table=$("$KNEE" doctor)
for name in default work memory branches stalls software; do
    is "$(grep -cE "^[ !-] counters: $name +gives " <<<"$table")" 1 "knee doctor says what the group $name gives here"
done
done_testing
