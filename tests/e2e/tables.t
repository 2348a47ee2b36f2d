#!/bin/bash
# knee fit --csv on tables that other programs wrote: configurations, columns, units, and knee's own export.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1

fit() { # fit ARGUMENT...: exit code and both outputs
    "$KNEE" fit --csv "$@" 2>&1
    echo "exit $?"
}

printf 'params,workers,seconds\n"[1,2,4,8]",1,100\n"[1,2,4,8]",1,101\n"[1,2,4,8]",2,52\n"[1,2,4,8]",2,53\n' >quoted.csv
like "$(fit quoted.csv)" '^ +1 +2 +100\.5' "separators inside quotes part no fields"
printf 'workers,seconds\n1,10,5\n2,6,1\n4,4,2\n' >comma.csv
like "$(fit comma.csv)" 'comma.csv:2: 3 fields, but the header has 2.*decimal' "a decimal comma is an error with its line"
like "$(fit comma.csv)" '^exit 1' "... and exit 1"

printf 'name,threads,seconds\nA,1,10\nA,2,5.5\nA,4,3\nB,1,100\nB,2,80\nB,4,70\n' >groups.csv
like "$(fit groups.csv)" "2 configurations by column 'name': give --group name" "rows of several configurations are refused"
out=$(fit groups.csv --group name)
is "$(grep -c '^=== name=[AB] ===$' <<<"$out")" 2 "--group COLUMN: a fit of each, with its name"
like "$(fit groups.csv --group name=B)" '^ +1 +1 +100\.0' "--group COLUMN=VALUE: the fit of one"
is "$("$KNEE" fit --csv groups.csv --group name --json | /usr/bin/python3 -c 'import json, sys
for g in json.load(sys.stdin)["groups"]: print(g["group"], g["fit"]["curve"][2]["workers"], round(g["fit"]["curve"][2]["speedup"]["value"], 3))' | tr '\n' ';')" \
    "name=A 4 3.333;name=B 4 1.429;" "... as JSON"
like "$(fit groups.csv --group os)" "no column 'os'" "a column that is not there is named"
like "$(fit groups.csv --group os)" '^exit 2' "... with exit 2"
like "$(fit groups.csv --group name --unit lightyears)" '--unit lightyears: give one of s, ms' "and so is an unknown unit"

printf 'flags,n,s\n"-Wl,-z",1,10\n"-Wl,-z",2,5\n-O3,1,8\n-O3,2,4\n' >flags.csv
is "$("$KNEE" fit --csv flags.csv --group flags | grep '^===' | tr '\n' ' ')" '=== flags="-Wl,-z" === === flags=-O3 === ' "a value with a comma is one value"
printf 'size,n,s\n100,1,10\n100,2,5.5\n100,4,3\n900,1,90\n900,8,14\n900,16,8\n' >sparse.csv
like "$(fit sparse.csv | tr '\n' ' ' | tr -s ' ')" "column 'size' \(100 at 1, 2, 4; 900 at 1, 8, 16\): the curve may be of several" "a column of numbers that may be of configurations is named"
printf 'threads,fps\n1,24\n2,44\n4,70\n8,96\n' >fps.csv
is "$(fit fps.csv | grep -c rounded)" 0 "throughputs are not times that are rounded"
printf 'n,s\n1,100\n1,100.5\n1,99.8\n4096,50\n4096,50.2\n4096,49.9\n' >many.csv
like "$(fit many.csv --delta 2.5% | tr '\n' ' ' | tr -s ' ')" 'efficiency at 4096 workers is 0\.00049 \(0\.00048 to 0\.00049\), below 0\.975 beyond doubt' \
    "a small efficiency keeps its digits, and so does the threshold"

printf 'Nodes,Elapsed Time (ms),Ranks\n1,1000,16\n2,600,32\n' >mpi.csv
like "$(fit mpi.csv)" "'Nodes' and 'Ranks' can both be meant: choose with --workers-column" "two columns of workers: the user chooses"
like "$(fit mpi.csv --workers-column Nodes)" '^ +2 +1 +0\.600' "... and milliseconds are known by the name"
"$KNEE" fit --workers-column x "$work" >/dev/null 2>err
is "$? $(grep -c 'the columns of a study are fixed; only --csv takes it' err)" "2 1" "a study takes no names of columns"
done_testing
