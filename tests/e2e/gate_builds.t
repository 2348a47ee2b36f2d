#!/bin/bash
# knee gate on two builds in pairs: no change passes, a loss of scaling is found and its cause named, a uniform slowdown
# is no loss of scaling, a loss that faster serial code hides is one; builds that do not run; every form of output.
# The program only sleeps, so that the load of this machine changes its times little; the limit is wide for the same
# reason.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1

# prog WORKERS SERIAL_MS ITEM_MS LAST_MS: as if it did 8 items by WORKERS workers after a serial part; writes their
# spans.
cat >prog <<'PERL'
#!/usr/bin/perl
use strict; use warnings; use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC sleep);
my ($n, $serial, $item, $last) = @ARGV;
my $begin = clock_gettime(CLOCK_MONOTONIC) + $serial / 1e3;
my @free = ($begin) x $n;
my @lines;
for my $i (0 .. 7) {
    my ($w) = sort { $free[$a] <=> $free[$b] } 0 .. $n - 1;
    my $end = $free[$w] + ($i == 7 ? $last : $item) / 1e3;
    push @lines, sprintf '{"worker":%d,"item":"%d","start":%.9f,"end":%.9f,"cpu":0}', $w, $i, $free[$w], $end;
    $free[$w] = $end;
}
my $end = (sort { $a <=> $b } @free)[-1];
sleep($end - clock_gettime(CLOCK_MONOTONIC));
open my $spans, '>', $ENV{KNEE_SPANS} or die;
for my $w (0 .. $n - 1) {
    printf $spans qq({"worker":%d,"phase":"life","start":%.9f,"end":%.9f,"begin":%.9f,"go":%.9f}\n), $w, ($begin) x 1, $free[$w], ($begin) x 2;
}
print $spans "$_\n" for @lines;
PERL
chmod +x prog

# gate 'BASE_ARGUMENTS' 'HEAD_ARGUMENTS' OPTION...
gate() {
    local base=$1 head=$2
    shift 2
    # shellcheck disable=SC2086 # words
    "$KNEE" gate --budget 10m --limit 60% --tolerance 10% --noise-policy keep "$@" \
        --base "./prog {workers} $base" --workers 1,2 -- ./prog '{workers}' $head >out 2>err
    echo $?
}

is "$(gate "0 8 8" "0 8 8" --json gate.json --junit gate.xml --openmetrics gate.prom --summary=summary.md --annotations)" 0 \
    "two equal builds pass"
like "$(cat out)" '^floor: the base against itself, 4 pairs: efficiency differs by [0-9.]+%' "... the floor of this machine is printed"
like "$(cat out)" '^plan: at most [0-9]+ pairs of .*found in 95% of such gates: a loss of efficiency of' "... and before the pairs what can be found"
like "$(tail -n 2 out)" '^verdict: pass \(losses excluded \(97.5%\): of efficiency above' "... and afterwards what is excluded"
like "$(cat out)" '^::notice title=knee gate%3A pass::' "... and the annotation is a notice"
is "$(awk 'length > 100 && !/^::/ && !/^(base|new) /' out)" "" "... in lines of at most 100 columns"
/usr/bin/python3 - <<'PY'
import json, xml.etree.ElementTree as tree
gate = json.load(open("gate.json"))
assert gate["format"] == "knee-gate 1" and gate["verdict"] == "pass" and gate["exit_code"] == 0, gate
efficiency = gate["lines"][0]
assert efficiency["figure"] == "efficiency" and efficiency["state"] in ("no loss found", "suspected"), efficiency
assert 0.3 < efficiency["base"] < 1.2 and efficiency["worse_by"]["low"] <= efficiency["worse_by"]["high"], efficiency
assert gate["pairs"] >= 8 and gate["repeat"].startswith("/"), gate
suite = tree.parse("gate.xml").getroot().find("testsuite")
assert suite.get("failures") == "0" and int(suite.get("tests")) == len(gate["lines"]) + 1, suite.attrib
lines = open("gate.prom").read().splitlines()
assert lines[-1] == "# EOF" and "knee_gate_exit_code 0" in lines, lines
PY
is $? 0 "JSON, JUnit XML and OpenMetrics text are well formed and agree"
is "$(/usr/bin/python3 -c "import json; gate = json.load(open('gate.json')); print(*set(gate) | set(gate['lines'][0]) | set(gate['causes'][0]))" |
    tr ' ' '\n' | while read -r key; do grep -q "\"$key\"" "$root/docs/formats.md" || echo "$key"; done)" "" "... and docs/formats.md has every key"
like "$(cat summary.md)" '^\| efficiency \| [0-9.]+ \|' "the summary has a table"

is "$(gate "0 8 8" "0 8 80" --json gate.json --junit gate.xml --annotations --summary=summary.md)" 1 "a long last item is a regression"
like "$(tr '\n' ' ' <out)" 'regression \((efficiency|tail) is worse by [0-9.]+(%| points) \([0-9. -]+to [0-9.]+\): +[0-9.]+%?, +was +[0-9.]+' "... from what to what, with interval"
like "$(cat out)" '^cause: tail \+[0-9.]+ points' "... the tail is its cause"
like "$(tr '\n' ' ' <out)" 'largest +item 0\.08 s, +was 0\.008' "... with its largest item"
like "$(tr '\n' ' ' <out)" 'repeat: .*prog .\{workers\}' "... and the command that repeats it"
like "$(cat out)" '^::error title=knee gate%3A regression::' "... and the annotation is an error"
ok $(($(grep -c '<failure' gate.xml) < 2)) "... and JUnit has failures"
is "$(grep -c '^### knee gate' summary.md)" 2 "... and the summary is appended to"

is "$(gate "0 8 8" "0 16 16")" 0 "a uniform slowdown is no loss of scaling"
is "$(gate "0 40 40" "120 8 8")" 1 "a loss of scaling that faster items hide is found"
like "$(cat out)" '^cause: serial part \+' "... and its cause is the serial part"

# --- builds that do not run ---------------------------------------------------------------------
"$KNEE" gate --base 'false {workers}' -- ./prog '{workers}' 0 8 8 >out 2>err
is $? 4 "a base that fails: not comparable"
like "$(cat out)" '^verdict: not comparable \(the base does not run: with 1 worker the command' "... and says why"
"$KNEE" gate --base './prog {workers} 0 8 8' --workers 1,2 -- sh -c 'echo broken >&2; exit 7' '{workers}' >out 2>err
is $? 1 "a new build that fails is a regression"
like "$(tr '\n' ' ' <out)" 'the new build does not run: with 1 worker the command exited with code 7: +broken' "... and says why"
# shellcheck disable=SC2016 # for the command's shell
for noise in auto weigh keep; do
    "$KNEE" gate --noise-policy $noise --base './prog {workers} 0 8 8' --workers 1,2 -- sh -c 'kill -KILL $$; : {workers}' >out 2>err
    like "$? $(tr '\n' ' ' <out | tr -s ' ')" '^1 .*the new build does not run: with 1 worker the command was killed by signal 9' \
        "... as is one that is killed, as for its memory ($noise): it is no disturbed trial"
done
all=$(taskset -cp $$ | sed 's/.*: //')
# shellcheck disable=SC2016 # for the programs' shell
printf '#!/bin/sh\ntaskset -cp %s $$ >/dev/null\nsleep $2\n' "$all" >wide
chmod +x wide
if [ "$(nproc)" = 1 ]; then
    for name in "builds that set their own CPU mask" "a new build that does" "all CPUs in each cell"; do
        skip "one CPU: a program cannot leave it" "$name"
    done
else
    "$KNEE" gate --base './wide {workers} 1' --workers 1,2 -- ./wide '{workers}' 1 >out 2>err
    like "$? $(tr '\n' ' ' <out | tr -s ' ')" '^4 .*not comparable .the (base|new build) cannot be measured: with 1 worker the command took CPUs outside of its cell' \
        "builds that set their own CPU mask are not measured"
    "$KNEE" gate --base 'sleep 0.0{workers}' --workers 1,2 -- ./wide '{workers}' 1 >out 2>err
    like "$? $(tr '\n' ' ' <out | tr -s ' ')" '^4 .*the new build cannot be measured: .*--placement none' "... nor is a new build that does"
    "$KNEE" gate --placement none --budget 10m --limit 60% --tolerance 10% --noise-policy keep --base './wide {workers} 0.2' --workers 1,2 \
        -- ./wide '{workers}' 0.2 >out 2>err
    is "$? $(grep -c '^cells placement none' out)" "0 1" "... but with all CPUs in each cell they are"
fi
# shellcheck disable=SC2016 # for the program's shell
printf '#!/bin/sh\n[ -e warm ] || sleep 1\n: >warm\nsleep 0.0$1\n' >cold
chmod +x cold
"$KNEE" gate --base './cold {workers}' --budget 20s --limit 60% --tolerance 10% --noise-policy keep --workers 1,2 -- ./cold '{workers}' >out 2>err
like "$? $(tr '\n' ' ' <out)" '^[03] .*plan: at most' "a first trial that is slow, by cold caches, does not refuse a budget that is large enough"
usage() { # usage NAME PATTERN ARGUMENT...: exit 2, one line on stderr
    local name=$1 pattern=$2
    shift 2
    "$KNEE" gate "$@" >out 2>err
    is "$? $(wc -l <err)" "2 1" "$name: exit 2 and one line"
    like "$(cat err)" "$pattern" "... that says why"
}
usage "an old build that is not there" 'nowhere/knee: it cannot be run \(No such file' --against nowhere/knee batch
usage "a base without {workers}" 'has no \{workers\}' --base true -- true '{workers}'
usage "a base without a new build" 'command of the new build' --base 'true {workers}'
usage "nothing behind --" "a command is missing after '--'" --base 'true {workers}' --
usage "a budget that is too small" '--budget is too small: a gate needs 24 pairs of' --budget 2s --workers 1,2 \
    --base './prog {workers} 0 8 8' -- ./prog '{workers}' 0 8 8
usage "worker counts without 1" 'the first must be 1' --workers 2,4 --base 'true {workers}' -- true '{workers}'
usage "two tasks" 'exclude each other' --baseline b.json --base 'true {workers}' -- true '{workers}'
usage "--summary outside a workflow" 'GITHUB_STEP_SUMMARY is not set' --summary --base 'true {workers}' -- true '{workers}'

# --- two builds of knee -------------------------------------------------------------------------
if command -v vips >/dev/null; then
    mkdir batch
    vips gaussnoise n.v 300 200 --mean 128 --sigma 40 && vips copy n.v 'first.jpg[Q=90]' || exit 1
    for i in {1..9}; do cp first.jpg "batch/photo $i {workers}.jpg"; done
    "$KNEE" gate --against "$KNEE" --budget 10m --limit 90% --tolerance 20% --noise-policy keep --workers 1,2 --items 6 batch >out 2>err
    is $? 0 "knee against itself passes"
    like "$(cat out)" '^work  6 of 9 items$' "... on some of the batch"
    like "$(cat out)" '^tail  ' "... and knee run writes spans"
    printf 'no picture' >batch/damaged.jpg
    "$KNEE" gate --against "$KNEE" --budget 1m --workers 1,2 --items 10 batch >out 2>err
    is $? 4 "items that fail in the base: not comparable, never a silent pass"
else
    skip "two builds of knee: the vips command line is missing: make deps"
fi
mkdir -p temporary/knee-gate.killed temporary/mine
TMPDIR=$work/temporary "$KNEE" gate --base 'false {workers}' --workers 1,2 -- true '{workers}' >out 2>err
is "$? $(ls temporary)" "4 mine" "what a killed gate left in TMPDIR is removed, and nothing else stays"
done_testing
