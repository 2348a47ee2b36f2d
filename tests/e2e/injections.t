#!/bin/bash
# The account finds causes added to real runs (tests/bench/injections.py has the criteria). `make injections` adds all
# of them, ten times, and removes them again; here two causes of items that wait, which tolerates other load.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
/usr/bin/python3 "$root/tests/bench/injections.py" "$KNEE" --only tail,init --blocks 1 --noise 40% --tolerance 25 --no-speedup >"$work/table" 2>&1
status=$?
sed 's/^/# /' "$work/table"
if [ "$status" -eq 77 ]; then
    skip "other programs use the machine" "a long item and a slow initializer are recovered from real runs and named first"
else
    is "$status" 0 "a long item and a slow initializer are recovered from real runs and named first"
    is "$(grep -cE '([0-9]+) of \1 *$' "$work/table")" 2 "... each in every run"
fi
done_testing
