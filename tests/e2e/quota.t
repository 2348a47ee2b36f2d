#!/bin/bash
# A CPU quota holds processes that are ready to run: that time is a cause of its own, and not "waiting for a core".
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1

group=/sys/fs/cgroup/cpu/knee-test-$$
members=tasks
if ! mkdir "$group" 2>/dev/null; then
    group=/sys/fs/cgroup/knee-test-$$
    members=cgroup.procs
    mkdir "$group" 2>/dev/null
fi
{ echo 15000 >"$group/cpu.cfs_quota_us" || echo '15000 100000' >"$group/cpu.max"; } 2>/dev/null || {
    rmdir "$group" 2>/dev/null
    skip "no group with a CPU quota can be made here" "a CPU quota"
    done_testing
}
trap 'rmdir "$group" 2>/dev/null; rm -rf "$work"' EXIT
held() { bash -c 'echo $$ >"$1/$2" && shift 2 && exec "$@"' - "$group" "$members" "$@"; }
words='items=6 cost=10ms kind=spin'

# One worker is more than a seventh of a CPU, also where others use most of the machine.
held "$KNEE" sweep --study one --workers 1 --blocks 1 --budget 5m --no-counters --synthetic "$words" >stdout 2>stderr
like "$(/usr/bin/python3 - one/study.db <<'END'
import sqlite3, sys
for row in sqlite3.connect(sys.argv[1]).execute("SELECT status, reason, held_ns > 0.1 * wall_ns FROM trial"):
    print(*row)
END
)" '^void the CPU quota held the workers for [0-9.]+% of their time \(limit 5%\) 1' "a trial that the quota held is void"

# With limits that let it count the account names it.
held "$KNEE" sweep --study both --workers 1,2 --blocks 2 --chunks 1 --policies dynamic --noise 99% --budget 5m \
    --no-counters --synthetic "$words" >stdout 2>stderr
held "$KNEE" fit --quiet both
is $? 0 "the study is fitted"
is "$(/usr/bin/python3 - both/fit.json <<'END'
import json, sys
account = next(cell for cell in json.load(open(sys.argv[1]))["account"]["cells"] if cell["workers"] == 2)
share = {cause["cause"]: cause["core_s"]["value"] for cause in account["causes"]}
total = sum(value or 0 for value in share.values())
print(share["held"] > 0.1 * total)
END
)" "True" "two workers with a seventh of a CPU: most of their time is held by the quota, not waiting for a core"
done_testing
