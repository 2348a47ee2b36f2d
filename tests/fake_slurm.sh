# shellcheck shell=bash
# fake_slurm.sh: Slurm's commands, played by scripts in $work/bin that run each task here, one after another. A test
# sources it after tap.sh, in $work, and calls fake_slurm. Files in $work say what happens:
#   nodes      lines of a node: NAME STATE CORES PARTITION; the default partition ends in a star
#   size       MaxArraySize
#   refuse     sbatch prints it and fails          crash    the controller dies at the next sbatch, and is back after
#                                                           one more question
#   begin      sbatch fails once, as when the controller is not up, which answers at the next question
#   forget     for each of its bytes, the controller takes an array, dies, and has forgotten it when it is back
#   lazy       the next array does no task         stop     no array does, until it is removed
#   silent     tasks do nothing and write no log   skew     the clock of node b is an hour ahead
#   queue/*    what squeue shows
# and keep what was said: sbatch.words, scontrol.words, sinfo.words, cancelled; jobs has the last job; used the nodes of
# each array; stopped is there when a task was asked for and did not run.
# shellcheck disable=SC2154 # tap.sh makes it
fake_slurm() {
    mkdir -p bin queue
    printf '%s idle 2 main*\n' a b c >nodes
    echo 1001 >size
    fake_sbatch >bin/sbatch
    fake_others
    chmod +x bin/*
    unset SLURM_ARRAY_TASK_ID SBATCH_PARTITION
    export FAKE=$work PATH=$work/bin:$PATH
}

# A task's node is its index modulo the nodes of the partition that --exclude leaves; its marker is given that name.
fake_sbatch() {
    cat <<'X'
#!/bin/bash
cd "$FAKE" || exit 1
job=$(($(cat jobs 2>/dev/null || echo 0) + 1))
echo $job >jobs
echo "$*" >>sbatch.words
[ ! -e refuse ] || { cat refuse >&2; exit 1; }
[ ! -e begin ] || { rm begin; echo "Unable to contact slurm controller (connect failure)" >&2; exit 1; }
[ ! -e crash ] || { mv crash down; echo "Unable to contact slurm controller" >&2; exit 1; }
partition=${SBATCH_PARTITION:-} excluded= names=() script=
for word in "$@"; do
    case $word in
    --array=*) indices=${word#--array=} indices=${indices%\%*} ;;
    --exclude=*) excluded=${word#--exclude=} ;;
    --output=*) logs=${word#--output=} logs=${logs%/*} logs=${logs//%%/%} ;;
    --partition=*) partition=${word#--partition=} ;;
    -p*) partition=${word#-p} ;;
    --*) ;;
    *) if [ -n "$script" ]; then offset=$word; else script=$word; fi ;;
    esac
done
while read -r name state _ in; do
    [[ $state = idle && ,$excluded, != *,$name,* ]] || continue
    [[ ${partition:+,$partition,} = *,${in%\*},* || (-z $partition && $in = *\*) ]] && names+=("$name")
done <nodes
echo "${names[*]}" >>used
shards=$(dirname "$script")
echo $job
[ ! -e stop ] || exit 0
[ ! -e lazy ] || { rm lazy; exit 0; }
[ ! -e silent ] || exit 0
[ ! -s forget ] || { truncate -s -1 forget && touch mute && exit 0; }
for range in ${indices//,/ }; do
    for i in $(seq "${range%-*}" "${range#*-}"); do
        SLURM_ARRAY_TASK_ID=$i sh "$script" "$offset" >>"$logs/$job.log" 2>&1
        node=${names[i % ${#names[@]}]} marker=$shards/$((i + 1)).done
        [ -e "$marker" ] || continue
        sed -i "s/^host\t.*/host\t$node/" "$marker"
        [ -e skew ] && [ "$node" = b ] &&
            awk -F '\t' -v OFS='\t' '/^(start|work|idle|end)_ns/ { $2 = sprintf("%.0f", $2 + 3600e9) } 1' "$marker" >m &&
            mv m "$marker"
    done
done
exit 0
X
}

fake_others() {
    cat >bin/squeue <<'X'
#!/bin/bash
[ ! -e "$FAKE/mute" ] || { rm "$FAKE/mute"; echo "Unable to contact slurm controller" >&2; exit 1; }
[ ! -e "$FAKE/stop" ] || { echo "1_1|RUNNING|None"; touch "$FAKE/stopped"; }
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
    # Of the columns those that the format names; a line for each node and partition.
    cat >bin/sinfo <<'X'
#!/bin/bash
echo "$*" >>"$FAKE/sinfo.words"
partition=
for word in "$@"; do
    case $word in
    --format=*) format=${word#--format=} ;;
    --partition=*) partition=${word#--partition=} ;;
    esac
done
while read -r name state cores in; do
    [ -z "$partition" ] || [[ ,$partition, = *,"${in%\*}",* ]] || continue
    line=${format//%N/$name} line=${line//%T/$state} line=${line//%c/$cores}
    echo "${line//%P/$in}"
done <"$FAKE/nodes"
X
    # shellcheck disable=SC2016
    printf '#!/bin/sh\necho "$*" >>"$FAKE/cancelled"\n' >bin/scancel
}
