#!/bin/bash
# knee submit with Slurm on four virtual hosts: the bytes of one run, whatever is lost on the way: a node's power, its
# network, the controller, the array, the space of the output folder. Needs root and Debian's Slurm; touches no network
# but its own, and removes all that it has made.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/cluster/hosts.sh
. "$root/tests/cluster/hosts.sh"
# shellcheck source=tests/cluster/slurm.sh
. "$root/tests/cluster/slurm.sh"
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"
command -v sqlite3 >/dev/null || skip_all "the sqlite3 command line is missing: make deps"
lack=$(hosts_lack)
[ -z "$lack" ] || skip_all "virtual hosts: $lack"
lack=$(slurm_lack)
[ -z "$lack" ] || skip_all "Slurm: $lack"

cluster=$work/cluster
mkdir "$cluster" && chmod 755 "$work" "$cluster"
# shellcheck disable=SC2317 # the trap calls it
clean() {
    [ -z "${administrator:-}" ] || kill "$administrator" 2>/dev/null
    hosts_down
    slurm_down
    mountpoint -q "$work/small" && umount "$work/small"
    rm -rf "$work"
}
trap clean EXIT
trap 'exit 1' INT TERM HUP
cd "$work" || exit 1

mkdir batch small
mount -t tmpfs -o size=1m tmpfs small || skip_all "a tmpfs cannot be mounted"
vips gaussnoise n.v 500 400 --mean 128 --sigma 40 && vips copy n.v f.jpg || exit 1
for i in {1..16}; do cp f.jpg "batch/$i.jpg"; done
echo "no picture" >batch/poison.jpg
"$KNEE" run --quiet batch whole 2>/dev/null
same() { diff -r -x .knee whole "$1" >differences || { sed 's/^/# /' differences | head; return 1; }; }

hosts_up 4 && slurm_up 4
is $? 0 "four nodes are idle" || exit 1
for i in 1 2 3 4; do host_quota $i 40 || echo "# no CPU quota for host $i"; done

submit() { host_run 0 "$KNEE" submit --nodes 4 --shards 8 batch "$@" -- --workers 1; }
# start OUT: submits in the background; $submission is the process, OUT.said and OUT.messages what it says.
start() {
    submit "$1" >"${1//\//-}.said" 2>"${1//\//-}.messages" &
    submission=$!
}
messages() { cat "${1//\//-}.messages"; }
# jobs OUT: the numbers of its arrays.
jobs_of() { sed -n 's/^jobs\t\(.\)/\1/p' "$1/.knee/shards/submission" 2>/dev/null; }
# begin OUT: starts, and returns when a shard is done and another runs on a host, whose number is $node.
begin() {
    local tries names
    start "$1"
    for tries in {1..1200}; do
        names=$(host_run 0 squeue -h -t R -o %N --jobs "$(jobs_of "$1")" 2>/dev/null)
        node=$(grep -o "[$2]$" <<<"$names" | tail -n 1)
        [ -n "$node" ] && ls "$1"/.knee/shards/*.done >/dev/null 2>&1 && return 0
        kill -0 $submission 2>/dev/null || { messages "$1" | sed 's/^/# /'; return 1; }
        sleep 0.1
    done
    echo "# nothing of $1 runs on the nodes $2 after $tries looks"
    return 1
}
# program PID: the process named knee below it.
program() {
    local pid=$1
    until [ "$(cat "/proc/$pid/comm")" = knee ]; do
        pid=$(cut -d ' ' -f 1 "/proc/$pid/task/$pid/children")
        [ -n "$pid" ] || return 1
    done
    echo "$pid"
}
# ends OUT PROCESS NAME: the submission ends well, apart from the poison image.
ends() {
    wait "$2"
    is $? 1 "$3: the submission ends, and the poison image fails"
    same "$1" || { messages "$1" | sed 's/^/# /'; false; }
    ok $? "$3: the same bytes"
    is "$(cut -f 1 "$1/FAILED.tsv" | tail -n +2)" "poison.jpg" "$3: one failed item"
    is "$(cut -c 67- "$1/MANIFEST.sha256" | sort | uniq -d)" "" "$3: nothing twice in the manifest"
}

# Several submissions are in work at once: the cases wait for Slurm's timers more than for work.
begin plain 1-4
ok $? "a batch is begun"
ends plain $submission "four nodes"
is "$(cat plain/.knee/shards/logs/*)" "" "tasks have nothing to complain of"

begin power 1-4 && host_kill "$node"
ok $? "a node loses power in the middle of a shard"
power=$submission dead=$node
others=$(tr -d "$dead" <<<1234)
begin cut "$others" && host_cut "$node"
ok $? "a node is cut off in the middle of a shard"
cut=$submission away=$node
cp -r plain foreign && rm -rf foreign/.knee/shards/{5.done,submission,logs} &&
    sed -i 's/libcairo.so[^ ]*/libcairo.so.9/; s/^[^\t]*/othernode/' foreign/.knee/shards/libraries
start foreign
foreign=$submission
submit small/out >said 2>small-out.messages
is $? 1 "a full output folder ends the submission"
like "$(messages small/out)" 'No space left on device|tasks end without doing them' "which says so"
mount -o remount,size=100m small
start small/out
small=$submission
wait $foreign
like "$(messages foreign)" 'shard 5/8 on vh.* than those on othernode, .*libcairo.so.9' "a node with other libraries is named"
ends power $power "power loss"
ends cut $cut "network cut"
ends small/out $small "with more space"

host_revive "$dead" && slurm_node "$dead"
ok $? "the node comes back"
host_heal "$away"

begin interrupted 1-4 && kill -INT "$(program $submission)"
wait $submission
is $? 130 "the submission is interrupted"
like "$(messages interrupted)" 'the same command attaches to it again' "and says how to go on"
start interrupted
interrupted=$submission
begin cancelled 1-4 && host_run 0 scancel "$(jobs_of cancelled)"
ok $? "the array is cancelled"
cancelled=$submission
begin controller 1-4 && host_run 0 kill -9 "$(cat "$cluster/ctld.pid")"
ok $? "the controller is killed"
controller=$submission
sleep 3
slurm_controller
# A controller that was killed has forgotten the jobs since it last saved its state, and gives their numbers again. The
# node that knows such a job refuses its namesake and is drained: for an administrator to end.
while sleep 1; do
    host_run 0 sinfo -h -N -o '%N %T %E' 2>/dev/null | awk '/drain.*Duplicate jobid/ { print $1 }' | while read -r node; do
        host_run 0 scontrol update "NodeName=$node" State=resume
    done
done >/dev/null 2>&1 &
administrator=$!
ends interrupted $interrupted "attached again"
like "$(messages interrupted)" 'attached to job' "the array had gone on"
ends cancelled $cancelled "array cancelled"
ends controller $controller "controller killed"

for tries in {1..400}; do
    [ "$(slurm_idle)" = 4 ] && break
    sleep 0.2
done
idle=$(slurm_idle)
is "$idle" 4 "all nodes are idle again"
[ "$idle" = 4 ] || host_run 0 sinfo -h -N -o '# %N %T %E'
kill "$administrator" && wait "$administrator" 2>/dev/null
administrator=

# The same shard command without Slurm: GNU parallel over ssh.
if command -v parallel >/dev/null && [ -x /usr/sbin/sshd ]; then
    ssh-keygen -q -t ed25519 -N '' -f "$cluster/key"
    mkdir -p /run/sshd
    printf '%s\n' "IdentityFile $cluster/key" "StrictHostKeyChecking no" "UserKnownHostsFile /dev/null" "LogLevel ERROR" \
        >"$cluster/ssh.conf"
    for i in 1 2; do
        host_run $i /usr/sbin/sshd -f /dev/null -h "$cluster/key" -o "AuthorizedKeysFile=$cluster/key.pub" -o StrictModes=no \
            -o PidFile=none -o PermitRootLogin=prohibit-password
        echo "1/$(host_address $i)" >>hosts
    done
    seq 4 | host_run 0 env PARALLEL_SSH="ssh -F $cluster/ssh.conf" parallel --will-cite --sshloginfile hosts --retries 3 \
        "cd $PWD && $KNEE run --quiet --shard {}/4 --workers 1 batch over-ssh" 2>messages
    is $? 0 "four shards by GNU parallel over ssh" || sed 's/^/# /' messages
    "$KNEE" merge --quiet over-ssh 2>/dev/null
    same over-ssh
    ok $? "the same bytes"
    is "$(sed -n 's/^host\t//p' over-ssh/.knee/shards/*.done | sort -u | tr '\n' ' ')" "vh1 vh2 " "from both hosts"
else
    skip "parallel or openssh-server is missing: make deps-cluster" "GNU parallel over ssh"
fi

# After its controller was killed, Slurm may drain a node ("Duplicate jobid").
for i in 1 2 3 4; do host_run 0 scontrol update "NodeName=vh$i" State=resume 2>/dev/null; done
host_run 0 "$KNEE" sweep --nodes 1,2 --items 4 --blocks 1 --shards 1 --study study batch >said 2>messages
is $? 0 "a study over nodes" || sed 's/^/# /' messages
is "$(sqlite3 study/study.db "SELECT cell.nodes || ' ' || group_concat(DISTINCT node) FROM shard JOIN trial ON shard.trial = trial.id
    JOIN cell ON trial.cell = cell.id WHERE status = 'ok' GROUP BY cell.nodes" | tr '\n' ';')" "1 vh1;2 vh1,vh2;" \
    "has a trial on one node and one on two" || sed 's/^/# /' messages said
like "$(cat said)" '^ +2 +1 +[0-9.]+ .*%' "and its table"
done_testing
