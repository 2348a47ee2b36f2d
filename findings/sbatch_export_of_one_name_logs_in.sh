#!/bin/bash
# Slurm: a name added to --export=ALL makes each task of a job begin with a login shell of the user.
#
# Expected: --export=ALL,NAME=VALUE is --export=ALL, the default, with one variable more. The manual of 22.05 says that
#   the user's variables are loaded and that a name may be given a value.
# Seen: sbatch then asks for the user's environment on the node too, as with --get-user-env: slurmd runs "su - USER"
#   with a shell that reads the user's profile, once for each task of an array, before the task begins.
#   An array of four:
#     --export=ALL: 0 logins; --export=ALL,WHO=me: 4 logins
# Why it matters: a profile that loads modules or rebuilds shims takes seconds, tasks of a node wait for one another
#   where it takes a lock, and a lock that a killed shell left behind holds every task for as long as the profile waits.
#   Time in the profile is in no task's time, so that a study over nodes sees short tasks and a low efficiency.
# Packages: Debian 12 slurmctld, slurmd, slurm-client, slurm-wlm-basic-plugins
#   22.05.8-4+deb12u3, munge 0.5.15-2+deb12u1.
# Needs root and namespaces: the profile is one in a namespace of its own.
# Exit: 0 as described, 1 changed.
set -euo pipefail

slurm=22.05.8-4+deb12u3
munge=0.5.15-2+deb12u1
if [ "${1:-}" != inside ]; then
    self=$(realpath "$0")
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    cd "$work"
    apt-get download -qq -o APT::Sandbox::User=root {slurmctld,slurmd,slurm-client,slurm-wlm-basic-plugins}=$slurm \
        {munge,libmunge2}=$munge libhwloc15 libjson-c5 liblua5.1-0 libnuma1
    for package in *.deb; do
        dpkg -x "$package" root
    done
    unshare --mount --net --uts --pid --fork --kill-child --mount-proc "$self" inside
    exit
fi

work=$PWD
mount -t overlay overlay -o "lowerdir=$work/root/usr:/usr" /usr # slurmd starts /usr/sbin/slurmstepd
hostname node
ip link set lo up
ip link add veth0 type veth peer name veth1 # with a loopback address alone the daemons find none
ip addr add 10.99.0.1/24 dev veth0
ip link set veth0 up
ip link set veth1 up
echo 10.99.0.1 node >hosts
mount --bind hosts /etc/hosts

mkdir home state spool
mount --bind home "$HOME"
echo "echo login >> $work/logins" >"$HOME/.profile"
cat >slurm.conf <<X
ClusterName=finding
SlurmctldHost=node(10.99.0.1)
SlurmUser=root
AuthInfo=socket=$work/munge.socket
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/ctld.pid
SlurmdPidFile=$work/d.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SlurmdParameters=config_overrides
NodeName=node NodeAddr=10.99.0.1 CPUs=1 State=UNKNOWN
PartitionName=main Nodes=node Default=YES
X
echo CgroupPlugin=cgroup/v1 >cgroup.conf
export SLURM_CONF=$work/slurm.conf

dd if=/dev/urandom of=key bs=128 count=1 status=none
chmod 400 key
munged --force --key-file=key --socket="$work/munge.socket" --pid-file="$work/munge.pid" \
    --log-file="$work/munge.log" --seed-file="$work/munge.seed" 2>daemons.log
slurmctld -D >>daemons.log 2>&1 &
slurmd -D -N node >>daemons.log 2>&1 &
for _ in {1..100}; do
    [ "$(timeout 2 sinfo -h -o %T 2>/dev/null)" != idle ] || break
    sleep 0.2
done

logins() { # logins EXPORT: those of an array of four tasks
    : >logins
    : >tasks
    timeout 60 sbatch --wait --output=/dev/null --array=0-3 --export="$1" --wrap "echo task >> $work/tasks" >/dev/null
    echo "$(grep -c . tasks) tasks, $(grep -c . logins) logins"
}
plain=$(logins ALL)
name=$(logins ALL,WHO=me)
echo "--export=ALL: $plain; --export=ALL,WHO=me: $name"
[ "$plain" = "4 tasks, 0 logins" ] && [ "$name" = "4 tasks, 4 logins" ]
