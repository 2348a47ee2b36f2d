#!/bin/bash
# knee run --shard and knee merge: the bytes of a run without shards, whatever order, kills and runs at the same time;
# and what is refused.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"
unset SLURM_ARRAY_TASK_ID JOB_COMPLETION_INDEX KNEE_SHARD_OFFSET

mkdir -p batch/sub batch/.hidden
vips gaussnoise n.v 400 300 --mean 128 --sigma 40 && vips copy n.v f.jpg && vips resize n.v s.v 0.3 &&
    vips copy s.v s.png || exit 1
for i in {1..6}; do cp f.jpg "batch/p$i.jpg"; cp s.png "batch/sub/q $i.png"; done
echo text >batch/a.jpg && echo text >$'batch/new\nline.jpg' && cp f.jpg $'batch/t\tab.jpg'
ln -s p1.jpg batch/link && ln -s p1.jpg batch/sub/zz
cat >names.recipe <<'X'
[rendition first]
width=100
format=jpeg
name={stem}-{rendition}.{ext}
[rendition second]
width=50
format=webp
name={folder}/other/{stem}
X
same() { diff -r -x .knee "$1" "$2" >differences || { sed 's/^/# /' differences; return 1; }; }

"$KNEE" run --quiet batch whole >messages 2>&1
for i in 4 1 3 2; do "$KNEE" run --quiet --shard "$i"/4 batch parts || exit 1; done
"$KNEE" merge parts >said 2>messages
is $? 1 "a merge of a batch with items that failed exits with 1, as a run does"
like "$(cat messages)" '2 of 15 items failed: see parts/FAILED.tsv' "and says where they are listed"
same whole parts
ok $? "four shards in any order give the bytes of one run"
"$KNEE" verify whole parts >/dev/null
is $? 0 "knee verify finds the two equal"
"$KNEE" merge --quiet parts 2>/dev/null
same whole parts
ok $? "a second merge changes nothing"

"$KNEE" run --quiet --recipe names.recipe --renditions csv batch whole-names >messages 2>&1
for i in {1..17}; do "$KNEE" run --quiet --recipe names.recipe --renditions csv --shard "$i"/17 batch parts-names || exit 1; done
"$KNEE" merge --quiet parts-names 2>/dev/null
same whole-names parts-names
ok $? "so do more shards than items, with other names and a list as CSV"

sum=0
for i in {1..4}; do
    sum=$((sum + $("$KNEE" run -n --shard "$i"/4 batch unused | sed -n 's/^batch.*: \([0-9]*\) items.*/\1/p')))
done
is $sum 15 "a dry run shows the shard, and the shards cover the batch"
[ ! -e unused ]
ok $? "and makes nothing"

# At the same time, twice, and killed in between.
for i in {1..3}; do
    "$KNEE" run --quiet --shard "$i"/3 batch at-once & "$KNEE" run --quiet --shard "$i"/3 batch at-once &
done 2>/dev/null
KNEE_FAILPOINT=rename:3 "$KNEE" run --quiet --shard 2/3 batch at-once >/dev/null 2>&1
wait
for i in {1..3}; do "$KNEE" run --quiet --shard "$i"/3 batch at-once 2>/dev/null || exit 1; done
"$KNEE" merge --quiet at-once 2>/dev/null
same whole at-once
ok $? "shards run twice at the same time give the same bytes"
is "$(find at-once -name '.knee-tmp-*')" "" "and leave no half-written files"

"$KNEE" run --shard 2/3 batch at-once 2>messages
is "$? $(cat messages)" "0 knee run: shard 2 of 3 was done before" "a shard that is done is not run again"
"$KNEE" run --quiet --shard 2/3 --retry-failed batch at-once
[ ! -e at-once/MANIFEST.sha256 ] && "$KNEE" merge --quiet at-once 2>/dev/null
same whole at-once
ok $? "a shard can be run again after a merge"

# As a scheduler starts them.
for i in 0 1; do SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_TASK_COUNT=1 "$KNEE" run -q --shard auto/3 batch sched || exit 1; done
SLURM_ARRAY_TASK_ID=0 KNEE_SHARD_OFFSET=2 "$KNEE" run -q --shard auto batch sched
is $? 0 "the plan says how many shards there are, an offset where the array begins"
"$KNEE" merge -q sched 2>/dev/null
same whole sched
ok $? "shards chosen by Slurm's index"
for i in 0 1; do JOB_COMPLETION_INDEX=$i "$KNEE" run -q --shard auto/2 batch pods || exit 1; done
"$KNEE" merge -q pods 2>/dev/null
same whole pods
ok $? "shards chosen by the index of a Kubernetes job"

# refuses NAME PATTERN COMMAND...: fails with one message.
refuses() {
    local name=$1 pattern=$2
    shift 2
    "$@" >said 2>messages
    is $? "${code:-1}" "$name: exit code"
    like "$(cat messages)" "$pattern" "$name"
    is "$(wc -l <messages)" 1 "$name: one line"
}
code=2 refuses "a shard out of range" 'no shard 5 of 4: give 1 to 4' "$KNEE" run --shard 5/4 batch parts
code=2 refuses "shard 0" 'no shard 0 of 4' "$KNEE" run --shard 0/4 batch parts
code=2 refuses "no number" 'not I/K, such as 1/8' "$KNEE" run --shard one/4 batch parts
code=2 refuses "no shards" 'not I/K with K from 1' "$KNEE" run --shard 1/0 batch parts
code=2 refuses "no scheduler" 'neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX' "$KNEE" run --shard auto batch parts
code=2 SLURM_ARRAY_TASK_ID=x refuses "a strange index" 'SLURM_ARRAY_TASK_ID=x: not a number' "$KNEE" run --shard auto batch parts
SLURM_ARRAY_TASK_ID=4 refuses "an index beyond the plan" 'no shard 5 of 4' "$KNEE" run --shard auto batch parts
SLURM_ARRAY_TASK_ID=0 refuses "no plan" 'no plan that says how many' "$KNEE" run --shard auto batch new
refuses "another division" 'another division \(4 shards, and here 3\)' "$KNEE" run --shard 1/3 batch parts
refuses "another recipe" 'shards of another recipe' "$KNEE" run --shard 1/4 --recipe names.recipe batch parts
refuses "another batch" 'shards of another batch \(15 items, .*and here 6 items' "$KNEE" run --shard 1/4 batch/sub parts
cp -r parts newer && sed -i 's/^version\t.*/version\t7.0/' newer/.knee/shards/plan
refuses "a node with another version" 'newer holds shards of another version of knee \(7.0, and here ' "$KNEE" run --shard 1/4 batch newer
refuses "a folder of a run without shards" 'holds a run without shards' "$KNEE" run --shard 1/4 batch whole
refuses "a run without shards into a folder of shards" 'holds shards of a batch' "$KNEE" run batch parts
refuses "a merge of no shards" 'give an output folder of' "$KNEE" merge whole

cp -r parts damaged && rm damaged/.knee/shards/{1,3}.done
refuses "missing shards" '2 of 4 shards are not done: 1, 3: run them' "$KNEE" merge damaged
is "$(cmp parts/MANIFEST.sha256 damaged/MANIFEST.sha256)" "" "a merge that is refused changes nothing"
marker=parts/.knee/shards/3.done
# changed NAME PATTERN SED: a merge of a copy whose third marker is edited so.
changed() {
    rm -rf damaged && cp -r parts damaged && sed "$3" "$marker" >damaged/.knee/shards/3.done
    refuses "$1" "$2" "$KNEE" merge damaged
}
changed "a shard of another recipe" 'shard 3 of damaged, made on .*, is of another recipe' 's/^recipe\t..../recipe\tdead/'
changed "a shard of another version" 'is of another version of knee \(7.0,' 's/^version\t.*/version\t7.0/'
changed "a shard of another batch" 'is of another batch' 's/^batch\t..../batch\tdead/'
changed "a shard of other libraries" 'other libraries than shard 1 on .*libcairo.so.9, and there libcairo.so' \
    's/libcairo.so[^ ]*/libcairo.so.9/'
changed "another list of renditions" 'another list of renditions \(csv\) than shard 1 \(json\)' 's/^list\t0/list\t1/'
changed "a marker of another shard" '3.done: damaged' 's/^shard\t3/shard\t2/'
# shellcheck disable=SC2016
changed "a marker that is cut off" '3.done: damaged' '$ d'
changed "a marker without an output" 'markers have [0-9]* outputs and promise' '0,/^O/{/^O/d}'
changed "a wrong number" '3.done: damaged' 's/^\(O.*\)\t0\t/\1\tx\t/'
rm -rf damaged && cp -r parts damaged &&
    sed -i 's/^end_ns\t.*/end_ns\t7000000000000000000/; s/^host\t.*/host\tfuture/' damaged/.knee/shards/3.done
"$KNEE" merge --quiet damaged 2>messages
like "$(cat messages)" 'warning: the clock of future is [0-9.]* s or more ahead of this machine' "a node whose clock is ahead is named"
same whole damaged
ok $? "and changes no bytes"
rm -rf damaged && cp -r parts damaged && rm damaged/.knee/shards/3.done &&
    sed -i 's/libcairo.so[^ ]*/libcairo.so.9/; s/^[^\t]*/othernode/' damaged/.knee/shards/libraries
refuses "a node with other libraries" 'shard 3/4 on .* than those on othernode, .*and there libcairo.so.9' \
    "$KNEE" run --shard 3/4 batch damaged
: >damaged/.knee/shards/plan
refuses "a damaged plan" 'shards/plan: damaged' "$KNEE" merge damaged
done_testing
