#!/bin/bash
# Wall time of a batch over virtual nodes, in each round in this order: `knee run` on one node, `knee submit` on one
# node with as many shards as it chooses, and on 1, 2 and 4 nodes in shards of 10 s. The nodes have a fixed share of the
# same core each: on different cores they would slow each other down through memory, which real nodes do not. Slurm's
# controller has the other cores. Needs root, Slurm and an idle machine; eight minutes a round.
# Goals: 4 nodes reach 0.95 of 4 times one node; a submission to one node takes at most 3 s and 3% more than `knee run`.
# usage: tests/cluster/scaling.sh [--nodes] [ROUNDS [SECONDS [SHARD_SECONDS]]]
# SECONDS of one node for the batch (120; at least 40), in shards of SHARD_SECONDS (10); --nodes: only over nodes.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
KNEE=${KNEE:-$root/build/knee}
only_nodes=
[ "${1:-}" != --nodes ] || { only_nodes=1; shift; }
rounds=${1:-1} node_s=${2:-120} shard_s=${3:-10}
# shellcheck source=tests/cluster/hosts.sh
. "$root/tests/cluster/hosts.sh"
# shellcheck source=tests/cluster/slurm.sh
. "$root/tests/cluster/slurm.sh"
lack=$(hosts_lack)
[ -n "$lack" ] || lack=$(slurm_lack)
[ -z "$lack" ] || { echo "scaling.sh: $lack"; exit 77; }
[ "$(nproc)" -gt 1 ] || { echo "scaling.sh: needs 2 cores"; exit 77; }
share=20 # of a core, for each of 4 nodes
last=$(($(nproc) - 1))

work=$(mktemp -d -t knee-scaling.XXXXXX)
cluster=$work/cluster
mkdir "$cluster" && chmod 755 "$work" "$cluster"
# shellcheck disable=SC2317 # the trap calls it
clean() {
    hosts_down
    slurm_down
    rm -rf "$work"
}
trap clean EXIT
trap 'exit 1' INT TERM HUP
cd "$work" || exit 1
now() { date +%s.%N; }
seconds() { # seconds COMMAND...: its wall time; NAN when it fails
    local begin
    begin=$(now)
    if "$@" >>log 2>&1; then awk -v begin="$begin" -v end="$(now)" 'BEGIN { print end - begin }'; else echo nan; fi
}

# submit OUT NODES SHARDS: its wall time; ends this script when the bytes are not those of one run.
submit() {
    local wall
    wall=$(seconds host_run 0 "$KNEE" submit --quiet --nodes "$2" --shards "$3" batch "$1" -- --workers 1)
    diff -r -x .knee whole "$1" >>log || { cat log >&2 && kill $$; }
    rm -rf "$1"
    echo "$wall"
}

host_cpus=("0-$((last - 1))" "$last" "$last" "$last" "$last")
export SLURM_ARRAY_MOST=1001 # as sites have it
hosts_up 4 && slurm_up 4 && host_first 0 || exit 1
for i in 1 2 3 4; do host_quota $i $share || { echo "scaling.sh: no CPU quota can be set"; exit 77; }; done
mkdir batch
vips gaussnoise n.v 2000 1500 --mean 128 --sigma 40 && vips copy n.v f.jpg || exit 1
for i in {1..16}; do cp f.jpg "batch/$i.jpg"; done
sixteen_s=$(seconds host_run 1 "$KNEE" run --quiet --workers 1 batch probe)
images=$(awk -v sixteen="$sixteen_s" -v all="$node_s" 'BEGIN { printf "%d", 16 * all / sixteen }')
[ "$images" -ge 16 ] || { cat log; exit 1; }
for ((i = 17; i <= images; i++)); do cp f.jpg "batch/$i.jpg"; done
shards=$((node_s / shard_s)) shards=$((shards - shards % 4)) # four nodes get as many each
echo "$images images in $shards shards; nodes with $share% of a core"
echo "round  what                  wall_s  speedup  efficiency"
beyond_run() { # what a submission to one node costs
    local alone auto
    alone=$(seconds host_run 1 "$KNEE" run --quiet --workers 1 batch "alone-$round")
    printf '%5d  %-20s %7.2f\n' "$round" "knee run, 1 node" "$alone"
    auto=$(submit "auto-$round" 1 auto)
    printf '%5d  %-20s %7.2f\n' "$round" "submit, 1 node, auto" "$auto"
    awk -v auto="$auto" -v alone="$alone" \
        'BEGIN { printf "       submit beyond run: %.2f s, goal at most %.2f s\n", auto - alone, 3 + 0.03 * alone }'
}
host_run 0 "$KNEE" run --quiet batch whole >>log 2>&1 || { cat log && exit 1; }
for ((round = 1; round <= rounds; round++)); do
    [ -n "$only_nodes" ] || beyond_run
    for nodes in 1 2 4; do
        wall=$(submit "submit-$round-$nodes" $nodes "$shards")
        [ $nodes -gt 1 ] || one=$wall
        awk -v round="$round" -v nodes=$nodes -v wall="$wall" -v one="$one" 'BEGIN {
            printf "%5d  submit, %d node%-7s %7.2f  %7.3f  %10.3f\n", round, nodes, (nodes > 1 ? "s" : ""), wall, one / wall, one / wall / nodes }'
    done
done
