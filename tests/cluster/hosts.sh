# shellcheck shell=bash disable=SC2154
# hosts.sh: virtual hosts for tests: each has a network, host name, process and mount namespace of its own, and shares
# the file system. A test sources it and calls hosts_up N; hosts are numbered from 0 (the controller) to N. Their bridge
# lies in the namespace of host 0: nothing touches the real network. hosts_down removes all of it, in whatever state it
# is. Needs root, iproute2 and util-linux. $cluster is a folder of the test's own.

host_net=10.77.0
host_prefix=knee$$-
host_cpus=() # a host's processors by its number, in words of taskset; without an entry all

host_name() { echo "vh$1"; }
host_address() { [ "$1" = 0 ] && echo $host_net.1 || echo $host_net.$((10 + $1)); }
host_space() { echo "$host_prefix$1"; }
# host_group CONTROLLER I: the host's control group; fails where there is none that can be written.
host_group() { [ -d "/sys/fs/cgroup/$1" ] && [ -w "/sys/fs/cgroup/$1" ] && echo "/sys/fs/cgroup/$1/$host_prefix$2"; }

# hosts_lack: says what keeps virtual hosts from working here; nothing when they can.
hosts_lack() {
    [ "$(id -u)" = 0 ] || { echo "not root"; return; }
    local tool
    for tool in ip unshare nsenter setsid; do
        command -v $tool >/dev/null || { echo "$tool is missing (Debian: iproute2, util-linux)"; return; }
    done
    unshare --net --mount --uts --ipc --pid --fork true 2>/dev/null || { echo "the kernel refuses namespaces"; return; }
    ip netns add "${host_prefix}try" 2>/dev/null || { echo "ip netns add is refused"; return; }
    ip -n "${host_prefix}try" link add try0 type veth peer name try1 2>/dev/null || echo "the kernel has no veth"
    ip netns del "${host_prefix}try"
}

host_alive() { [ -s "$cluster/$1.init" ] && kill -0 "$(cat "$cluster/$1.init")" 2>/dev/null; }

# host_boot I: starts the host's process 1.
host_boot() {
    local i=$1 group tries bound=()
    [ -z "${host_cpus[i]:-}" ] || bound=(taskset -c "${host_cpus[i]}")
    rm -f "$cluster/$i.init"
    for group in pids cpu; do group=$(host_group $group "$i") && mkdir -p "$group"; done
    group=$(host_group pids "$i") && echo 1500 >"$group/pids.max" # a runaway host does not fill the machine
    (
        for group in pids cpu; do group=$(host_group $group "$i") && echo 0 >"$group/cgroup.procs"; done
        exec "${bound[@]}" ip netns exec "$(host_space "$i")" setsid unshare --mount --uts --ipc --pid --fork --kill-child \
            --mount-proc "$root/tests/cluster/init.sh" "$(host_name "$i")" "$cluster"
    ) >"$cluster/$i.boot" 2>&1 </dev/null &
    local up=$!
    disown
    for tries in {1..3000}; do
        if [ -e "$cluster/$(host_name "$i").up" ]; then
            tr ' ' '\n' <"/proc/$up/task/$up/children" | head -n 1 >"$cluster/$i.init"
            rm -f "$cluster/$(host_name "$i").up"
            return 0
        fi
        kill -0 $up 2>/dev/null || break
        sleep 0.02
    done
    echo "# host $i did not boot after $tries looks: $(cat "$cluster/$i.boot")"
    return 1
}

hosts_up() {
    local n=$1 i
    echo "$n" >"$cluster/hosts.count"
    echo "127.0.0.1 localhost" >"$cluster/hosts"
    for ((i = 0; i <= n; i++)); do
        echo "$(host_address $i) $(host_name $i)" >>"$cluster/hosts"
        ip netns add "$(host_space $i)" && ip -n "$(host_space $i)" link set lo up || return 1
    done
    local hub
    hub=$(host_space 0)
    ip -n "$hub" link add br0 type bridge && ip -n "$hub" addr add "$(host_address 0)/24" dev br0 &&
        ip -n "$hub" link set br0 up || return 1
    for ((i = 1; i <= n; i++)); do
        ip -n "$hub" link add "p$i" type veth peer name eth0 netns "$(host_space $i)" &&
            ip -n "$hub" link set "p$i" master br0 up &&
            ip -n "$(host_space $i)" addr add "$(host_address $i)/24" dev eth0 &&
            ip -n "$(host_space $i)" link set eth0 up || return 1
    done
    for ((i = 0; i <= n; i++)); do host_boot $i || return 1; done
}

# host_run I COMMAND...: runs it there, in the current folder.
host_run() {
    local i=$1 group bound=()
    shift
    [ -z "${host_cpus[i]:-}" ] || bound=(taskset -c "${host_cpus[i]}")
    host_alive "$i" || { echo "host $i is down" >&2; return 1; }
    (
        for group in pids cpu; do group=$(host_group $group "$i") && echo 0 >"$group/cgroup.procs"; done
        exec "${bound[@]}" nsenter --target "$(cat "$cluster/$i.init")" --net --mount --uts --ipc --pid --wdns="$PWD" "$@"
    )
}

# Power loss: the link first, so that no peer gets a FIN or RST.
host_kill() {
    ip -n "$(host_space 0)" link set "p$1" down
    kill -9 "$(cat "$cluster/$1.init")"
}
host_revive() { ip -n "$(host_space 0)" link set "p$1" up && host_boot "$1"; }
host_cut() { ip -n "$(host_space 0)" link set "p$1" down; }
host_heal() { ip -n "$(host_space 0)" link set "p$1" up; }

# host_quota I PERCENT: of one core, whatever else the machine does. Fails where it cannot be set.
host_quota() {
    local group
    group=$(host_group cpu "$1") || return 1
    echo 20000 >"$group/cpu.cfs_period_us" && echo $(($2 * 200)) >"$group/cpu.cfs_quota_us" &&
        host_first "$1"
}
# host_first I: its processes run before those that are on no virtual host.
host_first() {
    local group
    group=$(host_group cpu "$1") && echo 200000 >"$group/cpu.shares"
}

hosts_down() {
    [ -e "$cluster/hosts.count" ] || return 0
    local n i group tries
    n=$(cat "$cluster/hosts.count")
    for ((i = 0; i <= n; i++)); do
        host_alive $i && kill -9 "$(cat "$cluster/$i.init")"
        for tries in {1..100}; do
            ip netns pids "$(host_space $i)" 2>/dev/null | grep -q . || break
            [ "$tries" -lt 50 ] || ip netns pids "$(host_space $i)" | xargs -r kill -9 2>/dev/null
            sleep 0.05
        done
        ip netns del "$(host_space $i)" 2>/dev/null
        for group in pids cpu; do
            group=$(host_group $group "$i") || continue
            for tries in {1..40}; do
                [ -d "$group" ] || break
                rmdir "$group" 2>/dev/null || sleep 0.05
            done
        done
    done
    rm -f "$cluster/hosts.count"
}
