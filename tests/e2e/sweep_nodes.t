#!/bin/bash
# knee sweep --nodes: a study over nodes and workers, with Slurm's commands played by scripts that run every task here,
# under the name of a node: cells, account, resuming, and what is refused.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/fake_slurm.sh
. "$root/tests/fake_slurm.sh"
cd "$work" || exit 1
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"
command -v sqlite3 >/dev/null || skip_all "the sqlite3 command line is missing: make deps"

mkdir batch
vips gaussnoise n.v 60 40 --mean 128 --sigma 40 && vips copy n.v f.png || exit 1
for i in {1..8}; do cp f.png "batch/$i.png"; done

fake_slurm
printf '%s idle 1 main*\n' a b c >nodes
printf '%s\n' 'd drained 1 main*' 'e idle 64 long' 'f idle 64 long' >>nodes
field() { /usr/bin/python3 -c "import json, sys; p = json.load(sys.stdin); print($1)"; }

"$KNEE" sweep --nodes 1,2 --workers 1,2 --blocks 2 --shards 2 --study s batch >said 2>messages
is $? 0 "two numbers of nodes, two of workers" || cat messages said
like "$(cat messages)" 'plan: 2 blocks of 4 cells' "four cells"
like "$(cat messages)" 'smallest node has 1 core by Slurm, and some trials have 2 workers on each' "nodes with too few cores are named"
is "$(sqlite3 s/study.db "SELECT role || ' ' || nodes || ' ' || workers FROM cell ORDER BY id" | tr '\n' ',')" \
    "scaling 1 1,scaling 1 2,scaling 2 4,nodes 2 2," "of as many workers the fewest nodes are on the curve"
is "$(sqlite3 s/study.db "SELECT count(DISTINCT output_sha256) || ' ' || count(*) || ' ' || sum(items) FROM trial WHERE status = 'ok'")" \
    "1 8 64" "every trial does all items, with the same bytes"
is "$(sqlite3 s/study.db "SELECT min(n) || ' ' || max(n) FROM (SELECT count(DISTINCT node) = nodes AND count(*) = 2 * nodes AS n
    FROM shard JOIN trial ON shard.trial = trial.id JOIN cell ON trial.cell = cell.id GROUP BY trial.id)")" "1 1" \
    "every node has its shards"
is "$(sort -u used | tr '\n' ',')" "a,a b," "trials keep to the first nodes"
like "$(cat said)" 'nodes  each    time s  speedup' "the summary has the table of nodes"
"$KNEE" fit s >fitted 2>messages
is $? 0 "knee fit"
"$KNEE" fit --json s | field 'len(p["nodes"]), [(c["nodes"], c["workers"], c["on_curve"]) for c in p["nodes"]]' >out
is "$(cat out)" "4 [(1, 1, True), (1, 2, True), (2, 2, False), (2, 4, True)]" "the cells in fit.json"
is "$("$KNEE" fit --json s | field 'all(abs(sum(c["core_s"][k] for k in ("work", "scheduling", "staging", "imbalance", "merge")) / c["core_s"]["total"] - 1) < 1e-9 and min(c["core_s"][k] for k in ("work", "scheduling", "staging", "merge")) > 0 for c in p["nodes"])')" \
    True "causes add up to all core-seconds"
"$KNEE" account s >out 2>messages
is $? 0 "knee account"
like "$(cat out)" '^ +2 +2 .*%' "has a line for each cell"
cp -r s without-shards && sqlite3 without-shards/study.db 'DELETE FROM shard'
is "$("$KNEE" account --json s | field 'len(p)')" 4 "also as JSON"
"$KNEE" account --json without-shards >/dev/null 2>messages
is "$? $(cat messages)" "0 " "... of trials whose shards were not recorded, too"
"$KNEE" export --all s >s.csv
is "$(/usr/bin/python3 -c 'import csv, collections
print(sorted(collections.Counter((r["role"], r["nodes"], r["workers"]) for r in csv.DictReader(open("s.csv"))).items()))')" \
    "[(('nodes', '2', '2'), 2), (('scaling', '1', '1'), 2), (('scaling', '1', '2'), 2), (('scaling', '2', '4'), 2)]" "an export has the nodes"
is "$("$KNEE" fit --json --csv s.csv | field 'p["curve"]')" "$("$KNEE" fit --json s | field 'p["curve"]')" "... and gives the curve"
cp -r s slow
sqlite3 -batch slow/study.db "DELETE FROM shard; INSERT INTO trial(cell, block, status, wall_ns) SELECT c.id, b.n, 'ok', 0 FROM cell c JOIN (SELECT 2 AS n UNION SELECT 3) b;
    UPDATE trial SET wall_ns = 1000000000 + 4000000 * block + 100000000 * cell; UPDATE trial SET wall_ns = wall_ns * 9
    WHERE block = 3 AND cell = (SELECT id FROM cell WHERE role = 'nodes')"
like "$("$KNEE" fit slow | tr '\n' ' ' | tr -s ' ')" 'at 2 workers with 2 nodes of block 3: 8\.99' "a slow trial is named by its nodes"
"$KNEE" sweep --nodes 1,2 --workers 1,2 --blocks 2 --shards 2 --study s batch >said 2>messages
like "$(cat messages)" 'finished at .*nothing is left to do' "the same command has nothing left to do"

# Interrupted in a trial: its array is cancelled, and the same command goes on.
"$KNEE" sweep --nodes 1,3 --weak --items 2 --blocks 1 --study w batch >said 2>messages &
sweep=$!
for tries in {1..2400}; do
    [ -e stopped ] && break
    [ ! -e w/study.db ] || touch stop
    sleep 0.05
done
kill -INT $sweep
wait $sweep
is $? 130 "an interrupt ends the study after $tries looks"
is "$(tail -n 1 cancelled)" "$(cat jobs)" "and its array is cancelled"
rm -f stop stopped
"$KNEE" sweep --nodes 1,3 --weak --items 2 --blocks 1 --study w batch >said 2>messages
is $? 0 "and the same command completes it" || cat messages
like "$(cat messages)" 'continuing the study' "which it says"
is "$(sqlite3 w/study.db "SELECT group_concat(items) FROM (SELECT items FROM trial WHERE status = 'ok' ORDER BY items)")" "2,6" \
    "weak scaling: the items grow with the workers"
is "$(sqlite3 w/study.db "SELECT value FROM study WHERE key = 'scaling'")" weak "as the study says"

SBATCH_PARTITION=long "$KNEE" sweep --nodes 1,2 --workers 2 --blocks 1 --study partition batch >said 2>messages
is "$? $(tail -n 2 used | tr '\n' ',')" "0 e,e f," "SBATCH_PARTITION: on the nodes of that partition" || cat messages
like "$(grep -c 'smallest node' messages)" 0 "which have more cores"
cp -r batch "b {out} it's"
"$KNEE" sweep --nodes 1 --weak --items 2 --blocks 1 --study 's {chunk}' "b {out} it's" >said 2>messages
is $? 0 "paths with blanks, quotes and places of a command" || cat messages
SBATCH_PARTITION=main "$KNEE" sweep --nodes 1,2 --workers 2 --blocks 1 --study partition batch >said 2>messages
is "$? $(grep -c "made with another partition (SBATCH_PARTITION): long, not main" messages)" "1 1" "and on no others"

program=("$KNEE")
# refuses NAME PATTERN OPTION...: fails with one message.
refuses() {
    local name=$1 pattern=$2
    shift 2
    "${program[@]}" sweep --study new "$@" >said 2>messages
    is "$? $(wc -l <messages)" "${code:-1} 1" "$name: exit code, one line"
    like "$(cat messages)" "$pattern" "$name"
}
code=2 refuses "nodes of a command" '--nodes belongs to a folder of images' --nodes 1,2 -- true '{workers}'
code=2 refuses "no number" '--nodes x: give numbers' --nodes x batch
code=2 refuses "no node" '--nodes 0: give numbers' --nodes 0 batch
code=2 refuses "weak without items" 'give the items of each worker' --nodes 1,2 --weak batch
code=2 refuses "emulated cores" 'leave out --emulate' --nodes 1,2 --emulate 4 batch
code=2 refuses "too many workers" 'more than 1024 workers' --nodes 1,512 --workers 1,4 batch
refuses "more nodes than there are" '--nodes 1,2,4: 3 nodes of partition default answer and take tasks' --nodes 1,2,4 batch
touch skew
"$KNEE" sweep --nodes 1,2 --blocks 1 --study new batch >said 2>messages
is $? 1 "a node whose clock is wrong"
like "$(cat messages)" 'the clock of b is 3[56][0-9][0-9]\.[0-9] s or more ahead of' "is named"
mkdir empty
program=(env PATH="$work/empty" "$KNEE")
refuses "no Slurm" 'sbatch: not found: several machines need Slurm' --nodes 1,2 batch
done_testing
