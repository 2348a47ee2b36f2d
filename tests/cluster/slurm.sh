# shellcheck shell=bash disable=SC2154
# slurm.sh: Slurm on virtual hosts (hosts.sh), without systemd: slurm_up N, slurm_down. One munged with a key of its own
# serves all hosts: its socket is a file. The timers are short, so that a lost node is noticed within seconds.

slurm_lack() {
    local tool
    for tool in munged slurmctld slurmd sbatch squeue scontrol; do
        command -v $tool >/dev/null || { echo "$tool is missing (Debian: munge, slurmctld, slurmd, slurm-client)"; return; }
    done
}

slurm_configure() {
    local n=$1
    cat >"$cluster/slurm.conf" <<X
ClusterName=knee
SlurmctldHost=vh0($(host_address 0))
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$cluster/munge.socket
CryptoType=crypto/munge
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool/%n
SlurmctldPidFile=$cluster/ctld.pid
SlurmdPidFile=$cluster/%n.pid
SlurmctldLogFile=$cluster/ctld.log
SlurmdLogFile=$cluster/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdTimeout=${SLURM_TIMEOUT:-6}
MessageTimeout=2
TCPTimeout=1
BatchStartTimeout=5
KillWait=3
ReturnToService=2
JobRequeue=1
MaxArraySize=${SLURM_ARRAY_MOST:-5}
NodeName=vh[1-$n] CPUs=1 RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=vh[1-$n] Default=YES MaxTime=INFINITE State=UP
X
    echo CgroupPlugin=cgroup/v1 >"$cluster/cgroup.conf" # without it slurmd looks for a cgroup of version 2
}

# A daemon of a host; its process is in no job of this shell.
slurm_start() {
    local i=$1
    shift
    host_run "$i" setsid "$@" >>"$cluster/daemons.log" 2>&1 </dev/null &
    disown
}
slurm_controller() { slurm_start 0 slurmctld -D -f "$cluster/slurm.conf"; }
slurm_node() { slurm_start "$1" slurmd -D -N "$(host_name "$1")" -f "$cluster/slurm.conf"; }

slurm_idle() { host_run 0 sinfo -h -N -o %T 2>/dev/null | grep -c '^idle$'; }

slurm_up() {
    local n=$1 i tries
    mkdir -p "$cluster/state" "$cluster/spool"
    slurm_configure "$n"
    export SLURM_CONF=$cluster/slurm.conf
    dd if=/dev/urandom of="$cluster/munge.key" bs=128 count=1 status=none && chmod 400 "$cluster/munge.key"
    setsid munged --foreground --force --key-file="$cluster/munge.key" --socket="$cluster/munge.socket" \
        --pid-file="$cluster/munge.pid" --log-file="$cluster/munge.log" --seed-file="$cluster/munge.seed" \
        >>"$cluster/daemons.log" 2>&1 </dev/null &
    echo $! >"$cluster/munge.process"
    disown
    for tries in {1..1200}; do
        munge --no-input --socket="$cluster/munge.socket" >/dev/null 2>&1 && break
        sleep 0.05
    done
    slurm_controller
    for ((i = 1; i <= n; i++)); do
        mkdir -p "$cluster/spool/$(host_name $i)"
        slurm_node $i
    done
    for tries in {1..900}; do
        [ "$(slurm_idle)" = "$n" ] && return 0
        sleep 0.1
    done
    echo "# not all nodes are idle after $tries looks:"
    tail -n 5 "$cluster/ctld.log" "$cluster/daemons.log" | sed 's/^/# /'
    return 1
}

slurm_down() {
    [ -e "$cluster/munge.process" ] || return 0
    kill "$(cat "$cluster/munge.process")" 2>/dev/null
    rm -f "$cluster/munge.process"
}
