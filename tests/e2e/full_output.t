#!/bin/bash
# A standard output that cannot be written: every command says so and exits with 1, whatever its verdict.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
[ -c /dev/full ] || skip_all "this system has no /dev/full"
command -v sqlite3 >/dev/null || skip_all "the sqlite3 command line is missing: make deps"
cd "$work" || exit 1

sweep() { # sweep STUDY: of a workload that waits, so that it is made quickly on any machine
    "$KNEE" sweep --study "$1" --workers 1,2 --chunks 1 --policies dynamic --blocks 4 --budget 5m --noise 100% \
        --synthetic 'items=16 cost=2ms kind=wait'
}
sweep study >/dev/null 2>&1
sqlite3 -batch study/study.db "UPDATE trial SET wall_ns = 1000000000 / (SELECT workers FROM cell WHERE cell.id = cell) + 2000000 * (id % 3),
    user_ns = 500000000 + 1000000 * (id % 3), system_ns = 0; UPDATE study SET value = '2' WHERE key = 'cores'"
"$KNEE" gate --write-baseline base.json study >/dev/null
variant() { # variant FILE PYTHON: the baseline b, changed
    /usr/bin/python3 -c "import json
b = json.load(open('base.json'))
$2
json.dump(b, open('$1', 'w'))"
}
variant wide.json 'b["sessions"][0]["entries"][0].update(low=0.2, high=4.0)'
variant worse.json 'b["sessions"][0]["entries"][0].update(value=1.2, low=1.19, high=1.21)'
variant static.json 'b["policy"] = "static"'
mkdir batch
printf 'P6 64 48 255\n%09216d' 0 >p.ppm
"$KNEE" fit study >/dev/null
cp -r study second

# refuses CODE COMMAND ...: with a standard output that can be written CODE is the exit code.
refuses() {
    local code=$1 where
    shift
    where="knee $*"
    "$KNEE" "$@" >printed 2>err </dev/null
    is "$? $([ -s printed ] && echo printed)" "$code printed" "$where exits with $code and prints"
    "$KNEE" "$@" >/dev/full 2>err </dev/null
    is "$? $(grep -c 'standard output could not be written' err)" "1 1" "$where says that it cannot, and exits with 1"
}
refuses 0 --version
refuses 0 help
refuses 0 help gate
refuses 0 doctor
refuses 0 doctor --json
refuses 0 recipe list
refuses 0 synthetic 'items=4 cost=1ms kind=wait'
refuses 0 sweep --dry-run --study planned --workers 1,2 --synthetic 'items=16 cost=2ms kind=wait'
refuses 0 fit study
refuses 0 account study
refuses 0 predict study
refuses 0 diff study second
refuses 0 history study second
refuses 0 export --format csv study
refuses 0 report --terminal study
refuses 0 report study
refuses 0 gate --baseline base.json study
refuses 3 gate --baseline wide.json study
refuses 1 gate --baseline worse.json study
refuses 4 gate --baseline static.json study
refuses 0 self-test
if command -v vips >/dev/null && vips copy p.ppm batch/a.jpg 2>/dev/null; then
    "$KNEE" run --quiet batch out 2>err
    refuses 0 run batch out
    refuses 0 verify out
    refuses 0 submit batch submitted --shards 2 --dry-run
else
    skip "the vips command line is missing: make deps" "commands of images"
fi
done_testing
