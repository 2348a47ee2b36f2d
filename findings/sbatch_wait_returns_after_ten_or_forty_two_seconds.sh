#!/bin/bash
# Slurm: sbatch --wait returns 10 or 42 seconds after the submission of a short job, whenever the job ended.
#
# Expected: --wait returns when the job ends, or a second or two later: the manual says that sbatch does not exit until
#   the job terminates, and nothing of how that is found out.
# Seen: it looks at the job from time to time, with pauses that grow fourfold, and no option changes that. Seconds from
#   sbatch to its return, for jobs of
#     1 and 5 s: 10.1; 12, 20 and 40 s: 42.0
# Why it matters: "time sbatch --wait" is the obvious way to measure a job over 1, 2 and 4 nodes. Jobs of 12 and of 40
#   seconds take the same time by it, so that three times the nodes bring nothing, and a job of 5 seconds seems four
#   times as fast as one of 12.
# Packages: Debian 12 slurmctld, slurmd, slurm-client, slurm-wlm-basic-plugins
#   22.05.8-4+deb12u3, munge 0.5.15-2+deb12u1.
# Needs root and namespaces.
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

mkdir state spool
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

waited() { # waited SECONDS: from the submission of a job that sleeps as long until sbatch returns
    local begin
    begin=$(date +%s%N)
    timeout 100 sbatch --wait --output=/dev/null --wrap "sleep $1" >/dev/null
    echo $((($(date +%s%N) - begin) / 1000000))
}
five=$(waited 5)
twelve=$(waited 12)
twenty=$(waited 20)
echo "ms until sbatch --wait returns, of jobs of 5 s: $five, 12 s: $twelve, 20 s: $twenty"
between() { [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]; }
between "$five" 9500 12000 && between "$twelve" 41500 44000 && between "$twenty" 41500 44000
