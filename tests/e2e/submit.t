#!/bin/bash
# knee submit, with Slurm's commands played by scripts that run tasks here, one after another: the script of a task, what is
# submitted again, attaching, holds, and what is refused.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"
unset SLURM_ARRAY_TASK_ID KNEE_TASK_OFFSET

mkdir batch bin queue
vips gaussnoise n.v 200 150 --mean 128 --sigma 40 && vips copy n.v f.jpg || exit 1
for i in {1..7}; do cp f.jpg "batch/it's $i.jpg"; done
"$KNEE" run --quiet batch whole || exit 1
same() { diff -r -x .knee "$1" "$2" >differences || { sed 's/^/# /' differences; return 1; }; }

# sbatch notes its words and, unless there is a file lazy, runs the tasks; with a file crash the controller dies first, and
# answers again at the second question. A controller that dies after it has taken tasks has forgotten them: once for each
# byte of a file forget. squeue shows what is in $work/queue.
cat >bin/sbatch <<'X'
#!/bin/bash
cd "$FAKE" || exit 1
job=$(($(cat jobs 2>/dev/null || echo 0) + 1))
echo $job >jobs
echo "$*" >>sbatch.words
[ ! -e refuse ] || { cat refuse >&2; exit 1; }
[ ! -e crash ] || { mv crash down; echo "Unable to contact slurm controller" >&2; exit 1; }
for word in "$@"; do
    case $word in
    --array=*) indices=${word#--array=} indices=${indices%\%*} ;;
    --export=*) export "${word#--export=ALL,}" ;;
    *) script=$word ;;
    esac
done
echo $job
[ ! -e lazy ] || { rm lazy; exit 0; }
[ ! -s forget ] || { truncate -s -1 forget && touch mute && exit 0; }
for range in ${indices//,/ }; do
    for i in $(seq "${range%-*}" "${range#*-}"); do
        SLURM_ARRAY_TASK_ID=$i sh "$script" >>"$(sed -n 's/.*--output="\(.*\)%A_%a.log"/\1/p' "$script")$job.log" 2>&1
    done
done
exit 0
X
cat >bin/squeue <<'X'
#!/bin/bash
[ ! -e "$FAKE/mute" ] || { rm "$FAKE/mute"; echo "Unable to contact slurm controller" >&2; exit 1; }
cat "$FAKE"/queue/* 2>/dev/null
exit 0
X
cat >bin/scontrol <<'X'
#!/bin/bash
echo "$*" >>"$FAKE/scontrol.words"
[ ! -e "$FAKE/down" ] || { rm "$FAKE/down"; exit 1; }
case $1 in
show) echo "MaxArraySize            = $(cat "$FAKE/size")" ;;
update | release) rm -f "$FAKE"/queue/* ;;
esac
X
printf '#!/bin/sh\necho 2\n' >bin/sinfo
chmod +x bin/*
echo 1001 >size
export FAKE=$work
export PATH=$work/bin:$PATH

"$KNEE" submit --nodes 3 --shards 4 --time 10 --memory 1G --sbatch=--partition=long batch out -- --workers 1 >said 2>messages
is $? 0 "four shards on three nodes"
same whole out
ok $? "give the bytes of one run"
like "$(cat said)" '^4 shards: 7 of 7 items done: 21 outputs' "and a summary"
like "$(cat sbatch.words)" '^--parsable --array=0-3%3 --export=ALL,KNEE_TASK_OFFSET=0 /.*/task.sh$' "what sbatch was given"
for line in '--requeue' '--exclusive' '--time=10$' '--mem=1G$' '--partition=long$'; do
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
is "$(sed 's/ \/.*//' sbatch.words | tr '\n' ';')" "--parsable --array=0-2%2 --export=ALL,KNEE_TASK_OFFSET=0;\
--parsable --array=0-2%2 --export=ALL,KNEE_TASK_OFFSET=3 --dependency=afterany:$(($(cat jobs) - 2));\
--parsable --array=0%2 --export=ALL,KNEE_TASK_OFFSET=6 --dependency=afterany:$(($(cat jobs) - 1));" \
    "are several arrays, each with its offset"
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

printf xxx >forget
: >sbatch.words
"$KNEE" submit --shards 2 batch forgotten >/dev/null 2>messages
is "$? $(wc -l <sbatch.words)" "0 4" "tasks that a controller forgets when it starts again are submitted until they run"

# Attached: the array is in the queue, and another shell does its tasks.
touch lazy
echo '9_0|RUNNING|None' >queue/a
timeout -s INT 4 "$KNEE" submit --shards 2 batch later >/dev/null 2>messages
is $? 124 "an interrupt ends it"
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

"$KNEE" submit --dry-run --nodes 2 batch dry >said 2>messages
is $? 0 "a dry run"
[ ! -e dry ] && like "$(cat said)" '^2 shards \(.*each on a node\), 1 a task: 2 tasks, 2 at the same time$' "sizes shards by a few items"
like "$(cat said)" "run --quiet --shard \"\\\$shard/\\\$shards\"" "prints the script"
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
refuses "another number of shards" 'was submitted as 4 shards' "$KNEE" submit --shards 5 batch out
echo 'sbatch: error: invalid partition specified: long' >refuse
refuses "what sbatch says" 'sbatch: error: invalid partition' "$KNEE" submit --shards 2 batch new
rm refuse
refuses "tasks that cannot do their shards" 'tasks end without doing them: the last one said: .*unknown or ambiguous option' \
    "$KNEE" submit --shards 2 batch broken -- --no-such-option
mkdir -p moved/.knee/shards && echo junk >moved/.knee/shards/submission
refuses "a damaged submission" 'submission: damaged' "$KNEE" submit batch moved
# shellcheck disable=SC2016
sed -i 's/^SLURM\|sh "\$script"/true/' bin/sbatch
refuses "tasks that write no log" 'has every node this folder \(a shared file system\)' "$KNEE" submit --shards 2 batch silent
mkdir empty
refuses "no Slurm" 'sbatch: not found: .*Debian: slurm-client' env PATH="$work/empty" "$KNEE" submit batch new
done_testing
