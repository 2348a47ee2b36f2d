#!/bin/bash
# A replay: the pool is real and its bytes are, the items wait; marked wherever it shows; resumed; studies that cannot
# be replayed are refused with what they lack.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"
command -v sqlite3 >/dev/null || skip_all "the sqlite3 command line is missing: make deps"
cd "$work" || exit 1
mkdir batch
for n in 1 2 3 4 5 6 7 8; do
    vips gaussnoise n.v $((200 + 60 * n)) $((150 + 40 * n)) --mean 128 --sigma 40 && vips copy n.v "batch/x$n.jpg"
done
rm n.v
echo "no image" >batch/bad.jpg
quiet=(--noise 100% --budget 5m)

refused() { # refused PATTERN NAME ARGUMENTS...: exit 1, one line
    local pattern=$1 name=$2
    shift 2
    "$KNEE" sweep "${quiet[@]}" "$@" >/dev/null 2>stderr
    is "$? $(grep -c '' stderr)" "1 1" "$name: exit 1, one line"
    like "$(cat stderr)" "$pattern" "... which says what is missing"
}

"$KNEE" sweep --study one --workers 1,2 --chunks 1 --policies dynamic --items 4 --blocks 2 "${quiet[@]}" batch >/dev/null 2>stderr ||
    { cat stderr; exit 1; }
"$KNEE" sweep --replay one --workers 1,2,16 --chunks 1,2 --policies dynamic,largest-first --blocks 2 "${quiet[@]}" >stdout 2>stderr
is $? 0 "a replay: exit 0"
like "$(cat stdout)" '^study +one-replayed/study.db: 9 items replayed in each trial' "the summary says that items are replayed, the whole batch"
like "$(cat stdout)" '^replayed one on [0-9]+ real cores: items waited instead of computing' "... and of which study"
like "$(cat stdout)" '4 of 9 items take their time in one' "... which items have which times"
like "$(cat stdout)" 'with 16 workers on [0-9]+ real cores, [0-9.e-]+% of their time was waiting for a real core' "... and what the pool costs on fewer cores"
r=one-replayed
is "$(q $r "SELECT count(*) FROM trial WHERE status <> 'ok'")" 0 "every trial counts"
is "$(q $r 'SELECT count(DISTINCT manifest_sha256) FROM trial')" 1 "all with the same bytes"
"$KNEE" run --quiet --workers 2 batch out 2>/dev/null
is "$(q $r "SELECT value FROM study WHERE key = 'replay_manifest_sha256'")" "$(sha256sum <out/MANIFEST.sha256 | cut -d' ' -f1)" "... those of a real run"
is "$(q $r 'SELECT DISTINCT failed FROM trial')" 1 "the item that fails, fails in every trial"
is "$(q $r "SELECT group_concat(key || '=' || value, ' ') FROM study WHERE key IN ('replayed_cores', 'cores')")" "cores=16 replayed_cores=16" \
    "facts: as many cores as workers, replayed"
is "$(q $r 'SELECT count(*) FROM batch_item WHERE replay_wall_ns > 0 AND replay_cpu_ns > 0')" 9 "every item has a time"
is "$(q $r "SELECT count(*) FROM (SELECT trial, sum(end_ns - start_ns) s FROM item GROUP BY trial) i JOIN trial t ON t.id = i.trial
    JOIN cell c ON c.id = t.cell WHERE c.workers = 1 AND 1.0 * s / (SELECT sum(replay_wall_ns) FROM batch_item) NOT BETWEEN 0.999 AND 3")" 0 \
    "items of one worker take their times, and no less: on a busy machine they end later"
is "$(q $r "SELECT count(*) FROM (SELECT trial, sum(cpu_ns) s FROM item GROUP BY trial) i JOIN trial t ON t.id = i.trial
    JOIN cell c ON c.id = t.cell WHERE c.workers = 1 AND abs(s - (SELECT sum(replay_cpu_ns) FROM batch_item)) > 0.001 * s")" 0 \
    "... and have the CPU time that is replayed"
is "$(q $r 'SELECT count(*) FROM item WHERE decode_ns IS NOT NULL OR store_ns IS NOT NULL')" 0 "times of stages are not known"
is "$(ls $r)" "study.db" "nothing else is left"

"$KNEE" fit --verbose $r >stdout # all warnings: a busy machine has more of them
like "$(head -1 stdout)" '16 replayed cores' "knee fit says replayed"
like "$(cat stdout)" 'replayed: no item was computed; each waited for its time in one' "... and warns"
like "$(cat stdout)" 'same output as the real run of the batch' "... and compares with the real run"
is "$(grep -c '"replay_of": "one"\|"replayed_cores": 16' $r/fit.json)" 2 "... and fit.json has it"
like "$(cat stdout)" '^batch: 9 items with 16 workers, a core each: .*speedup' "... and what the whole batch does"
like "$(tr -s ' \n' ' ' <stdout)" 'efficiency [0-9.]+%( \([0-9.% to]+\))? \(replayed\) of the speedup.s interval .* is that of all but contention, .* that of contention alone' \
    "... with the interval of the study, contention apart"
like "$(tr -s ' \n' ' ' <stdout)" 'lost there: .* (knee: .* replayed)' "... where its time goes, and its knee"
is "$(/usr/bin/python3 -c 'import json; a = json.load(open("one-replayed/fit.json"))["answer"]; p = a["points"][-1]
print(a["how"], a["workers"], a["items"], all(p[k]["low"] < p[k]["value"] < p[k]["high"] for k in ("wall_s", "speedup", "speedup_others")))')" \
    "replayed 16 9 True" "... in fit.json, too"
"$KNEE" report --replayed $r one >stdout 2>stderr
is "$? $(cat stderr)" "0 " "knee report --replayed"
like "$(cat stdout)" '^2 On 16 cores, 16 workers do 9 images in .* \(replayed\)' "... says what the batch does"
like "$(tr -s ' \n' ' ' <stdout)" 'Contention was measured up to 2 workers; beyond, it is assumed to grow in proportion' \
    "... and that contention beyond the cores is assumed"
is "$(grep -c '^knee_label = .*replayed\|^replayed = .replayed.' one/curve.dat)" 2 "... and the curve has its points and its knee"

# Killed and continued: times and bytes are those of its beginning.
"$KNEE" sweep --replay one --study cut --workers 1,2 --chunks 1 --policies dynamic --blocks 3 "${quiet[@]}" >/dev/null 2>&1 &
pid=$!
until [ "$(q cut 'SELECT count(*) FROM trial')" -gt 1 ] 2>/dev/null; do sleep 0.05; done
kill -KILL $pid
wait $pid 2>/dev/null
before=$(q cut 'SELECT group_concat(replay_wall_ns) FROM batch_item')
"$KNEE" sweep --replay one --study cut --workers 1,2 --chunks 1 --policies dynamic --blocks 3 "${quiet[@]}" >/dev/null 2>stderr
is "$? $(q cut "SELECT count(*) FROM trial WHERE status = 'ok'")" "0 6" "killed and continued: every trial is there once"
is "$(q cut 'SELECT group_concat(replay_wall_ns) FROM batch_item')" "$before" "... and its times have not changed"

# What cannot be replayed.
cp -r batch other && cp other/x1.jpg other/x9.jpg
refused 'other is another batch than the study' "another batch" --replay one --study no other
printf '[recipe]\n' >r.recipe
"$KNEE" recipe check r.recipe >/dev/null 2>&1 || cp "$root/pipeline/recipes/archive.recipe" r.recipe
refused 'r.recipe is another recipe than the study' "another recipe" --replay one --study no --recipe r.recipe
mv batch moved
refused 'its batch batch is not there: give its folder as IN' "a batch that moved" --replay one --study no
"$KNEE" sweep --dry-run --replay one --study no "${quiet[@]}" moved >stdout 2>/dev/null
is $? 0 "... given as IN it is replayed"
like "$(cat stdout)" '9 items replayed in each trial' "... as its plan says"
mv moved batch
refused 'the study is itself replayed' "a replayed study" --replay $r --study no
"$KNEE" sweep --study plain --workers 1,2 --blocks 1 "${quiet[@]}" -- sh -c 'sleep 0.0{workers}' >/dev/null 2>&1
refused 'of a command, which wrote no spans, so that its items are not known' "a command without spans" --replay plain --study no
cp -r one none
sqlite3 none/study.db "UPDATE trial SET status = 'void' WHERE cell IN (SELECT id FROM cell WHERE workers = 1)"
refused 'no trial with one worker counts' "no one-worker trials" --replay none --study no
refused 'nowhere' "no study at all" --replay nowhere --study no
"$KNEE" sweep --replay one --weak >/dev/null 2>stderr
is "$? $(grep -c -- '--replay takes batch, items and times from its study' stderr)" "2 1" "options that it cannot have: exit 2"
"$KNEE" run --quiet --replay nowhere batch out2 2>stderr
is "$? $(grep -c "takes a folder that 'knee sweep --replay' has made" stderr)" "1 1" "knee run --replay of another folder: one line"
is "$(find no 2>/dev/null)" "" "nothing was made of them"
done_testing
