#!/bin/bash
# knee submit, with Slurm's commands played by scripts that run tasks here, one after another: the script of a task,
# what is submitted again, attaching, holds, and what is refused.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/fake_slurm.sh
. "$root/tests/fake_slurm.sh"
cd "$work" || exit 1
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"

mkdir batch
vips gaussnoise n.v 200 150 --mean 128 --sigma 40 && vips copy n.v f.jpg || exit 1
for i in {1..7}; do cp f.jpg "batch/it's $i.jpg"; done
"$KNEE" run --quiet batch whole || exit 1
same() { diff -r -x .knee "$1" "$2" >differences || { sed 's/^/# /' differences; return 1; }; }

fake_slurm
echo 'd idle 64 long' >>nodes

"$KNEE" submit --nodes 3 --shards 4 --time 10 --memory 1G --sbatch=--partition=long batch out -- --workers 1 >said 2>messages
is $? 0 "four shards on three nodes"
same whole out
ok $? "give the bytes of one run"
like "$(cat said)" '^4 shards: 7 of 7 items done: 21 outputs' "and a summary"
like "$(cat sbatch.words)" '^--output=/.*/%A_%a\.log --time=10 --mem=1G --partition=long --parsable --array=0-3%3 --export=ALL /.*/task.sh 0$' \
    "what sbatch was given: its options win over SBATCH_ variables"
is "$(cat used)" d "nodes of that partition do them"
for line in '--requeue' '--exclusive'; do
    like "$(grep SBATCH out/.knee/shards/task.sh)" "[ ]?$line" "the script has $line"
done
: >sbatch.words
"$KNEE" submit --nodes 3 batch out >said 2>messages
is "$? $(cat sbatch.words)" "0 " "what is done is not submitted again"

sed -i 's/^start_ns\t.*/start_ns\t1000000000/; s/^host\t.*/host\tpast/' out/.knee/shards/3.done
"$KNEE" submit --nodes 3 batch out 2>messages >said
like "$(cat messages)" 'warning: the clock of past is [0-9.]* s or more behind this machine' "a node whose clock is behind is named"
rm out/.knee/shards/{2,4}.done
"$KNEE" submit --nodes 3 batch out >said 2>messages
is $? 0 "two markers are gone"
like "$(cat sbatch.words)" '--array=1,3%3' "and their tasks alone are submitted"
same whole out
ok $? "with the same bytes"

echo 3 >size
: >sbatch.words
"$KNEE" submit --nodes 2 --shards 7 batch small >/dev/null 2>&1
is $? 0 "more tasks than an array may have"
is "$(sed 's/.* --parsable/--parsable/; s/ \/[^ ]*task.sh//' sbatch.words | tr '\n' ';')" "--parsable --array=0-2%1 --export=ALL 0;\
--parsable --array=0-2%1 --export=ALL 3;\
--parsable --array=0%1 --export=ALL --dependency=afterany:$(($(cat jobs) - 1)) 6;" \
    "are several arrays, each with its offset and a part of the nodes"
same whole small
ok $? "with the same bytes"
echo 1001 >size

: >sbatch.words
touch lazy
"$KNEE" submit --shards 2 batch lost >/dev/null 2>messages
is $? 0 "tasks that end without a marker"
is "$(wc -l <sbatch.words)" 2 "are submitted once more"
like "$(cat messages)" '2 shards have no marker: they are submitted again' "with a message"

touch crash
: >sbatch.words
"$KNEE" submit --shards 2 batch restarted >/dev/null 2>messages
is "$? $(wc -l <sbatch.words) $(cat messages)" "0 2 " "a controller that is down when tasks are submitted is waited for"

touch begin
"$KNEE" submit --shards 2 batch started >/dev/null 2>messages
is "$? $(cat messages)" "0 " "... and one that answers when it is asked after a refusal"

printf xxx >forget
: >sbatch.words
"$KNEE" submit --shards 2 batch forgotten >/dev/null 2>messages
is "$? $(wc -l <sbatch.words)" "0 4" "tasks that a controller forgets when it starts again are submitted until they run"

# Attached: the array is in the queue, and another shell does its tasks.
touch lazy
echo '9_0|RUNNING|None' >queue/a
"$KNEE" submit --shards 2 batch later >/dev/null 2>messages &
submission=$!
until grep -qs '^jobs' later/.knee/shards/submission || ! kill -0 $submission 2>/dev/null; do sleep 0.05; done
kill -INT $submission
wait $submission
is $? 130 "an interrupt ends it"
like "$(cat messages)" "job $(cat jobs) .*: the same command attaches to it again; 'scancel $(cat jobs)' ends it" "and it says how to go on"
for i in 1 2; do "$KNEE" run --quiet --shard $i/2 batch later; done
: >sbatch.words
"$KNEE" submit batch later >said 2>messages
is "$? $(cat sbatch.words)" "0 " "the same command attaches and submits nothing"
like "$(cat messages)" "attached to job $(cat jobs)" "and says to which job"
rm -f queue/*

for reason in BeginTime launch_failed_requeued_held; do
    touch lazy
    : >scontrol.words
    echo "9_1|PENDING|$reason" >queue/a
    "$KNEE" submit --shards 2 batch "held-$reason" >/dev/null 2>messages
    is $? 0 "a task held for $reason"
    case $reason in
    BeginTime) like "$(cat scontrol.words)" '^update JobId=9_1 StartTime=now$' "may start now" ;;
    *) like "$(cat scontrol.words)" '^release 9_1$' "is released" ;;
    esac
done

echo "it's 3.jpg" >list
"$KNEE" submit --shards 2 batch listed -- --list list >said 2>messages
is $? 0 "a list of items"
like "$(cat said)" '1 of 1 items done' "... which alone are done"
"$KNEE" submit --dry-run --nodes 2 batch listed2 -- --list list >said 2>messages
is "$? $(grep -c 'could not be measured' messages)" "0 0" "... and sizes the shards by items of the batch"
like "$(cat said)" '^1 shards ' "... by those of the list alone"
printf "it's 3.jpg\0it's 4.jpg\0" >pair
"$KNEE" submit --dry-run --nodes 3 batch listed2 -- --quiet --null --list pair >said 2>messages
like "$? $(cat messages said)" '^0 2 shards ' "... which the options for knee run describe"
echo "it's 9.jpg" >wrong
"$KNEE" submit --dry-run --nodes 2 batch listed2 -- --list wrong >said 2>messages
like "$? $(cat messages)" "^1 .*it's 9\.jpg" "a list with a name that is not in the batch is refused at once"
"$KNEE" submit --dry-run --nodes 2 batch listed2 -- --list - >said 2>messages
like "$? $(cat messages)" '^2 .*--list -: tasks have no standard input' "... a list that the tasks cannot read too"
"$KNEE" submit --dry-run --shards 2 batch listed2 -- --workesr 2 >said 2>messages
like "$? $(cat messages)" '^2 .*--workesr: did you mean --workers' "... and a wrong option for knee run"

: >sinfo.words
"$KNEE" submit --dry-run --nodes 2 batch dry >said 2>messages
is $? 0 "a dry run"
[ ! -e dry ] && like "$(cat said)" '^2 shards \(.*each on a node\), 1 a task: 2 tasks, 2 at the same time$' "sizes shards by a few items"
like "$(cat said)" "run --quiet --shard \"\\\$shard/\\\$shards\"" "prints the script"
is "$(cat sinfo.words messages)" "--noheader --Node --responding --format=%N %T %c %P" "by the nodes of the default partition"
for words in --sbatch='-p long' --sbatch=--partition=long; do
    : >sinfo.words
    SBATCH_PARTITION=main "$KNEE" submit --dry-run --nodes 2 "$words" batch dry >said 2>messages
    like "$(cat sinfo.words)" ' --partition=long$' "$words: by those of that partition"
    like "$(cat messages)" 'warning: --nodes 2: partition long has 1 node that answers and takes tasks' "which are too few"
done
: >sinfo.words
SBATCH_PARTITION=long "$KNEE" submit --dry-run --nodes 1 --shards 2 batch dry >said 2>messages
like "$(cat sinfo.words)" ' --partition=long$' "SBATCH_PARTITION: the same"
SBATCH_PARTITION=none "$KNEE" submit --dry-run --nodes 1 --shards 2 batch dry >said 2>messages
like "$(cat messages)" 'warning: sinfo: no node of partition none answers and takes tasks' "a partition without nodes is named"
"$KNEE" submit --dry-run --nodes 1 --shards 2 --sbatch='--comment="two words"' batch "100% it's" | grep ^sbatch >said
like "$(cat said)" "^sbatch '--output=.*/100%% it.*/%A_%a\.log' '--comment=two words' --parsable" "words with blanks and places of sbatch"
"$KNEE" submit --nodes 1 --shards 2 batch "100% it's" >said 2>messages
is "$? $(ls "100% it's/.knee/shards/logs")" "0 $(cat jobs).log" "an output folder with blank, quote and percent" || cat messages
"$KNEE" submit --dry-run --nodes 2 --shards 5 batch dry | sed '1,/^$/d' >task.sh
sh -n task.sh
ok $? "which is a shell script"

# refuses NAME PATTERN COMMAND...: fails with one message.
refuses() {
    local name=$1 pattern=$2
    shift 2
    "$@" >said 2>messages
    is $? "${code:-1}" "$name: exit code"
    like "$(cat messages)" "$pattern" "$name"
}
code=2 refuses "no number of shards" 'not a number from 1' "$KNEE" submit --shards 0 batch new
code=2 refuses "no nodes" 'nodes' "$KNEE" submit --nodes 0 batch new
refuses "no batch" 'give a folder that holds the images' "$KNEE" submit nowhere new
mkdir other && cp f.jpg other/x.jpg
refuses "another batch, all of whose shards are done" 'holds shards of another batch \(7 items, [0-9]+ bytes, and here 1 items' "$KNEE" submit other out
refuses "another recipe" 'holds shards of another recipe' "$KNEE" submit batch out -- --recipe archive
refuses "a list of items that was left out" 'holds shards of another batch \(1 items' "$KNEE" submit batch listed
cp f.jpg batch/late.jpg
refuses "a file that came later" 'holds shards of another batch \(7 items, [0-9]+ bytes, and here 8 items' "$KNEE" submit --dry-run batch out
refuses "... in a part of it" 'holds shards of another batch' "$KNEE" run --dry-run --shard 1/4 batch out
rm batch/late.jpg
refuses "another number of shards" 'was submitted as 4 shards' "$KNEE" submit --shards 5 batch out
echo 'sbatch: error: invalid partition specified: long' >refuse
refuses "what sbatch says" 'sbatch: error: invalid partition' "$KNEE" submit --shards 2 batch new
rm refuse
refuses "tasks that cannot do their shards" 'tasks end without doing them: the last one said: .*no-such-group' \
    "$KNEE" submit --shards 2 batch broken -- --counters=no-such-group
mkdir -p moved/.knee/shards && echo junk >moved/.knee/shards/submission
refuses "a damaged submission" 'submission: damaged' "$KNEE" submit batch moved
touch silent
refuses "tasks that write no log" 'has every node this folder \(a shared file system\)' "$KNEE" submit --shards 2 batch nolog
mkdir empty
code=2 refuses "a quote without its end" 'or has a quote without its end' "$KNEE" submit --sbatch='--comment="x' batch new
refuses "no Slurm" 'sbatch: not found: .*Debian: slurm-client' env PATH="$work/empty" "$KNEE" submit batch new
done_testing
