#!/bin/bash
# GNU parallel: with --retries the job log has the last attempt of a job, and nothing of those before it.
#
# Expected: "a list of the executed jobs": a line for each attempt, or one whose JobRuntime is the time of all, so that
#   the sum of JobRuntime over wall time times jobs is how busy the slots were.
# Seen: one line for each job, with start, run time, exit status and signal of its last attempt. A job that fails twice
#   after 2 s and succeeds at once is "JobRuntime 0.0, Exitval 0", with a start 4 s after the job began; nothing in the
#   log says that the command ran three times. A job that fails for good after three attempts looks as if tried once.
#     attempts 3, wall 4.8 s; lines 1, Starttime +4.8, JobRuntime 0.005, Exitval 0
# Why it matters: the log is the usual source of the cost per item and of the utilization of a batch. Time lost by
#   failures is idle time in it, which one tries to cure by more jobs, and a node that fails every job at the first
#   attempt has a clean log.
# Packages: Debian 12 parallel 20221122+ds-2, with Debian's perl (5.36).
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root parallel=20221122+ds-2
for package in *.deb; do
    dpkg -x "$package" root
done
export PARALLEL_HOME=$work/home
mkdir home
touch home/will-cite

cat > job <<'SH'
#!/bin/sh
# Succeeds at the third attempt.
echo attempt >> attempts
[ "$(wc -l < attempts)" -ge 3 ] || { sleep 2; exit 1; }
SH
chmod +x job
start=$(date +%s.%N)
status=0
root/usr/bin/parallel --retries 3 --joblog log ./job ::: item || status=$?
wall=$(awk -v start="$start" -v end="$(date +%s.%N)" 'BEGIN { printf "%.1f", end - start }')
attempts=$(wc -l < attempts) lines=$(($(wc -l < log) - 1))
read -r begin runtime exitval < <(awk -F '\t' -v start="$start" '
    NR == 2 { printf "%.1f %.3f %s\n", $3 - start, $4, $7 }' log)
echo "attempts $attempts, wall $wall s; lines $lines, Starttime +$begin, JobRuntime $runtime, Exitval $exitval"
[ "$attempts" = 3 ] && [ "$lines" = 1 ] && [ "$exitval" = 0 ] && [ $status = 0 ] &&
    awk -v begin="$begin" -v runtime="$runtime" -v wall="$wall" 'BEGIN { exit !(begin > 3.9 && runtime < wall - 3.9) }'
