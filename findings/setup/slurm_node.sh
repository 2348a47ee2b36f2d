# shellcheck shell=bash
# slurm_node.sh: sourced by a script that needs Slurm. The script runs again in namespaces of its own, as root, with the
# pinned packages over /usr, and goes on behind the line that sources this one: in the folder $work, where the node
# "node" with one CPU is idle.

slurm=22.05.8-4+deb12u3
munge=0.5.15-2+deb12u1
if [ "${1:-}" != inside ]; then
    self=$(realpath "$0")
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    cd "$work" || exit 1
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
