#!/bin/bash
# knee validate: what two workers predict for eight, against eight that were measured; studies that cannot be compared.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
command -v sqlite3 >/dev/null || skip_all "the sqlite3 command line is missing: make deps"
cd "$work" || exit 1
few=(--chunks 1 --policies dynamic --blocks 3 --budget 5m --noise 100%)
spec='items=64 cost=40ms contention='

make() { # make STUDY WORKERS CONTENTION
    "$KNEE" sweep --study "$1" --workers "$2" "${few[@]}" --synthetic "${spec}$3" >/dev/null 2>stderr && return
    cat stderr
    exit 1
}
make here 1,2 1%
make there 1,2,4,8 1%
make worse 1,8 99%

"$KNEE" validate here there >stdout 2>stderr
ok "$(($? > 1))" "a prediction and its machine: exit 0 or 1"
like "$(head -1 stdout)" '^predicted: here, simulated; measured: there, 8 cores, 64 items' "the head says what is compared"
is "$(grep -Ec '^ +(2|4|8) +[0-9.]+ +[0-9.]+ +[0-9.]+ \([0-9.]+ to [0-9.]+\) +[0-9.]+ \([0-9.]+ to [0-9.]+\) +[+-][0-9.]+% +(overlap|differ)$' stdout)" 3 \
    "each number of workers has predicted and measured speedup with intervals"
is "$(awk '/^cause/ { on = 1; next } on && NF == 4 { p += $2; m += $3; n++ } END { print n, (p > 99 && p < 101), (m > 97 && m < 103) }' stdout)" "6 1 1" \
    "six causes add up to all core-seconds, predicted and measured"
like "$(awk '$1 == 8 { print $8, $9, $10 }' stdout)" '[0-9]' "... with 8 workers too"

sql="UPDATE study SET value = (SELECT value FROM h.study WHERE key = 'recipe_sha256') WHERE key = 'recipe_sha256'"
sqlite3 worse/study.db "ATTACH 'here/study.db' AS h; $sql"
"$KNEE" validate here worse >stdout 2>stderr
is "$?" 1 "a machine with 99 times the contention: exit 1"
like "$(cat stdout)" '^ +8 .* differ$' "... the speedup differs"
is "$(awk '$1 == "contention" { print ($3 + 0 > 40), ($4 + 0 < -30) }' stdout)" "1 1" "... and contention is the cause that does"
"$KNEE" validate --json here worse >stdout 2>stderr
is "$? $(/usr/bin/python3 -c 'import json, sys; v = json.load(sys.stdin)
print(v["format"], v["how"], [p["workers"] for p in v["points"]], v["points"][-1]["intervals"], v["differ"],
      len(v["causes"]), round(sum(c["predicted"] for c in v["causes"]), 2))' <stdout)" "1 knee-validation 1 simulated [8] differ 1 6 1.0" \
    "--json: the same, from the same numbers"
for key in $(/usr/bin/python3 -c 'import json, sys; v = json.load(sys.stdin)
print(*v, *v["points"][0], *v["causes"][0])' <stdout); do
    grep -qE "(^|[^a-z0-9_-])$key([^a-z0-9_-]|$)" "$root/docs/formats.md" || echo "$key"
done >undocumented
is "$(cat undocumented)" "" "... and its keys are in docs/formats.md"

refused() { # refused PATTERN NAME HERE THERE
    "$KNEE" validate "$3" "$4" >/dev/null 2>stderr
    is "$? $(grep -c '' stderr)" "1 1" "$2: exit 1, one line"
    like "$(cat stderr)" "$1" "... which says what is missing"
}
"$KNEE" sweep --study plain --workers 1,2 --blocks 1 --budget 10m --noise 100% -- sh -c 'sleep 0.0{workers}' >/dev/null 2>&1
refused 'here and plain have another command' "another command" here plain
refused 'a command has to write spans' "a command without spans" plain plain
cp -r there none
sqlite3 none/study.db "UPDATE trial SET status = 'void' WHERE cell IN (SELECT id FROM cell WHERE workers = 1)"
refused 'none has no one-worker trial that counts' "no one-worker trials there" here none
refused 'no trial with one worker counts' "no one-worker trials here" none there
sqlite3 none/study.db "INSERT INTO study VALUES ('replay_of', 'x')"
refused 'was not measured on real cores' "a replayed study as the measured one" here none
refused 'nowhere' "no study" here nowhere
done_testing
