#!/bin/bash
# The commands of docs/tutorial.md, taken out of the document and run in order, with small inputs: each ends as the text
# says, and prints the heads and summaries that the text shows.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
command -v sqlite3 >/dev/null || skip_all "the sqlite3 command line is missing: make deps"
command -v xz >/dev/null || skip_all "xz is missing: make deps"
cd "$work" || exit 1
mkdir bin
ln -s "$KNEE" bin/knee
PATH=$work/bin:$PATH
cp "$root/docs/examples/pool.py" .

# Small inputs, one block, and limits of the gate that a machine with other work on it can decide.
small() {
    sed -E 's/\* 5000/* 100/; s/seq 3000000/seq 60000/; s/-c 2900000/-c 300000/; s/512KiB/64KiB/; s/--blocks [0-9]+/--blocks 1/
        s/knee gate --noise/knee gate --budget 5m --limit 80% --tolerance 50% --workers 1,2 --noise/' <<<"$1"
}
# Which exit codes a command may have: bounds on times are met or not on a machine with other work on it.
allowed() {
    case $1 in
    *--require*) echo '0|1|3' ;;
    *--base*) echo '0|1|3' ;;
    *) echo 0 ;;
    esac
}
without_numbers() {
    sed -E 's/[0-9]+//g; s/ +/ /g'
}
run() { # run COMMAND: with what the text shows in the file `shown`
    local code missing
    bash -c "$(small "$1")" >stdout 2>stderr
    code=$?
    like "$code" "^($(allowed "$1"))\$" "$1"
    sed 's/^/# /' <stderr | grep error
    missing=$(grep -E '^(study|trials|spans|workers) ' shown | without_numbers | grep -vFx -f <(without_numbers <stdout))
    is "$missing" "" "... prints the lines of the text"
    cat stdout >>printed
}
command=''
count=0
while read -r line; do
    if [[ $line = '$ '* ]]; then
        [ -z "$command" ] || run "$command"
        command=${line#\$ }
        count=$((count + 1))
        : >shown
    else
        printf '%s\n' "$line" >>shown
    fi
done < <(awk '/^```/ { inside = !inside && $0 == "```" ? 1 : (inside ? 0 : 2); next } inside == 1' "$root/docs/tutorial.md")
run "$command"

ok $((count < 13)) "commands of the document: $count"
is "$(sqlite3 -batch 'file:before/study.db?mode=ro' "SELECT group_concat(n) FROM (SELECT count(*) n FROM item i
    JOIN trial t ON t.id = i.trial JOIN cell c ON c.id = t.cell WHERE c.workers = 2 GROUP BY i.worker)")" "24,24" \
    "before: each of two workers has one share"
is "$(grep -c 'the output of 2 workers is not that of one' printed)" 3 "xz: with two threads it writes another file"
is "$(grep -c '^largest loss: ' printed)" 2 "the account names a cause"
like "$(cat printed)" '^tail .*points' "the gate compares causes"
done_testing
