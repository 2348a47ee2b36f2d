#!/bin/bash
# What is measured of a command is the command's, and whether its option is its number of workers.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
command -v sqlite3 >/dev/null || skip_all "the sqlite3 command line is missing: make deps"
cd "$work" || exit 1
sweep() { # sweep STUDY WORKERS [options...] -- CMD
    "$KNEE" sweep --study "$1" --workers "$2" --blocks 1 --budget 5m --noise 100% "${@:3}" >stdout 2>stderr
}
finding() { # finding STUDY RULE: the sentence of fit.json
    "$KNEE" fit "$1" >/dev/null 2>&1
    /usr/bin/python3 - "$1/fit.json" "$2" <<'PY'
import json, sys
knob = json.load(open(sys.argv[1]))["knob"]
print("; ".join(f["sentence"] for f in knob["findings"] if f["rule"] == sys.argv[2]))
PY
}

# Threads and processes are counted in looks that are 0.2 s apart on a quiet machine, 0.5 s on a slow one: those that
# have to be seen live for 1.2 s.

# --- memory: of the command, not of the program that started it
sweep m 1 -- sh -c 'sleep 0.{workers}'
is $? 0 "a small command: exit 0"
ok $(($(q m 'SELECT max(maxrss_bytes) FROM trial') >= 4 << 20)) "its peak memory is below 4 MiB: what knee itself holds is not in it"
cat >hold.py <<'EOF2'
import os, sys, time
for _ in range(int(sys.argv[1])):
    if os.fork() == 0:
        block = bytearray(b"x") * (40 << 20)
        time.sleep(1.2)
        os._exit(0)
for _ in range(int(sys.argv[1])):
    os.wait()
EOF2
sweep p 3 -- /usr/bin/python3 hold.py "{workers}"
is $? 0 "three processes: exit 0"
is "$(q p 'SELECT processes_most, threads_most FROM trial ORDER BY rss_sum_bytes DESC LIMIT 1')" "4|4" "... all are seen, with the one that waits"
is "$(q p 'SELECT maxrss_bytes BETWEEN 40e6 AND 70e6, rss_sum_bytes BETWEEN 120e6 AND 240e6 FROM trial ORDER BY rss_sum_bytes DESC LIMIT 1')" "1|1" \
    "the largest process and the sum over all processes are two figures"

# --- the option has an upper limit, or none
cat >threads.py <<'EOF2'
import sys, threading, time
limit = [threading.Thread(target=time.sleep, args=(1.2,)) for _ in range(int(sys.argv[1]))]
for thread in limit:
    thread.start()
EOF2
sweep t 1,2,4,8 -- /usr/bin/python3 threads.py "{workers}"
is "$(q t 'SELECT group_concat(threads_most, " ") FROM (SELECT threads_most FROM trial t JOIN cell c ON c.id = t.cell ORDER BY workers)')" \
    "2 3 5 9" "threads are counted"
is "$(finding t no-effect)" "" "... and a program that obeys is not suspected to have a limit"
# shellcheck disable=SC2016 # for the command's shell
sweep l 1,2,4,8 -- sh -c '/usr/bin/python3 threads.py $(({workers} < 3 ? {workers} : 3))'
like "$(finding l no-effect)" 'from 4 workers on no more threads run .[45] with 8 workers' "a limit of three threads is named"
like "$(cat stdout)" 'no more threads run' "... by the sweep too"
like "$("$KNEE" fit l)" 'no more threads run' "... and by fit"
cat >busy.py <<'EOF2'
import subprocess, sys
two = [subprocess.Popen([sys.executable, "-c", "import time\nend = time.thread_time() + 0.5\nwhile time.thread_time() < end: pass"])
       for _ in range(3)]
for one in two:
    one.wait()
EOF2
sweep u 1 -- sh -c '/usr/bin/python3 busy.py; : {workers}'
like "$(finding u unlimited)" '1 worker used .*the option does not limit all threads' "three busy processes on the core of one worker"
sweep s 1 -- true "{workers}"
like "$(finding s short)" 'mostly the start of processes' "a trial of a few milliseconds is named as such"

# --- processes that run on when the command has ended, in its group or in a session of their own
# shellcheck disable=SC2016 # for the command's shell
sweep left 1,2 -- sh -c 'setsid sh -c "trap : HUP TERM; echo \$\$ >>pids; while :; do sleep 1; done" & sleep 100 & while ! grep -q . pids; do :; done; : {workers}'
is $? 0 "a command that leaves two processes: they do not hold the sweep"
like "$(finding left left)" 'with 1 worker the command ended while [23] of its processes ran on: they were ended' "... which is named"
is "$(while read -r pid; do [ ! -d "/proc/$pid" ] || echo "$pid"; done <pids)" "" "... and ends them"
is "$(q t 'SELECT max(left_running) FROM trial')" 0 "a command that waits for its processes leaves none"
sweep hook 1 --prepare 'setsid sleep 100 &' -- true '{workers}'
is $? 0 "a hook that leaves a process does not hold the sweep"

# --- output
sweep o1 1,2,4 --output - -- sh -c 'echo same; : {workers}'
is "$(finding o1 output)$(q o1 'SELECT count(DISTINCT output_sha256) FROM trial')" 1 "equal outputs on stdout"
is "$(q o1 'SELECT DISTINCT output_sha256 FROM trial')" "$(echo same | sha256sum | cut -d ' ' -f 1)" "... with the digest of their bytes"
sweep o2 1,2,4 --output '{out}' -- sh -c 'test {workers} = 1 && echo one >{out} || echo more >{out}'
like "$(finding o2 output)" 'output of 2 workers is not that of one' "other bytes from two workers on"
like "$(cat stdout)" "as two workers'" "... and four write those of two"
sweep o3 1 --blocks 2 --output '{out}' -- sh -c 'mkdir {out} && echo {workers} >{out}/b && date +%N >{out}/a'
like "$(finding o3 output)" 'from trial to trial' "a folder with other bytes every time"
sweep o7 1,2 --output - -- sh -c 'echo result >file; : {workers}'
like "$(finding o7 output)" 'the output with 1 worker is empty, so that nothing is compared' "an empty output is equal to any other, which is said"
sweep o4 1 --output missing -- true "{workers}"
is "$? $(grep -c 'missing: the output cannot be read' stderr)" "1 1" "an output that the command does not write is a failure with its name"
sweep o6 1 --output pipe -- sh -c 'rm -f pipe; mkfifo pipe; : {workers}'
like "$(cat stderr)" 'pipe: the output is no file and no folder' "... as is a pipe"
"$KNEE" sweep --study o5 --output x batch >/dev/null 2>stderr
is "$? $(grep -c -- '--output.* belong to a command' stderr)" "2 1" "--output without a command is refused"

# --- CPUs outside of the cell
if [ "$(nproc)" -ge 2 ]; then
    sweep c 1 -- /usr/bin/python3 -c 'import os, time, sys; os.sched_setaffinity(0, range(64)); time.sleep(1.2); sys.argv' "{workers}"
    like "$(q c "SELECT DISTINCT status || ' ' || reason FROM trial")" '^void the command took CPUs outside of its cell .*--placement none' \
        "a command that takes other cores makes the trial void, with the remedy"
    sweep c2 1 --placement none -- /usr/bin/python3 -c 'import os, time, sys; os.sched_setaffinity(0, range(64)); time.sleep(1.2); sys.argv' "{workers}"
    is "$? $(q c2 'SELECT DISTINCT status FROM trial')" "0 ok" "... which works"
    cat >bound.py <<'EOF2'
import os, subprocess, sys
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
program = "import time\nwhile time.thread_time() < 0.4: pass"
for one in [subprocess.Popen([sys.executable, "-c", program]) for _ in range(int(sys.argv[1]))]:
    one.wait()
EOF2
    sweep b 1,2 -- /usr/bin/python3 bound.py "{workers}"
    is "$(q b 'SELECT DISTINCT cpus_allowed FROM trial')" 1 "a command that binds itself to one CPU of its cell"
    like "$(finding b narrow)" "^with 2 workers the threads that compute may use 1 CPU of the cell's 2" "... is named where the cell has two"
else
    skip "one CPU only" "CPUs outside of the cell"
fi

# --- standard input: knee's is not the command's
seq 100 >lines
input=$("$KNEE" sweep --study in --workers 1 --blocks 1 --noise 100% --output - -- sh -c 'wc -l; : {workers}' 2>&1 >/dev/null <lines)
like "$input" "the command's standard input is empty in every trial; .*sh -c 'CMD .workers. <FILE'" "a file for the command goes to knee: that is said"
is "$(q in 'SELECT DISTINCT output_sha256 FROM trial')" "$(echo 0 | sha256sum | cut -d ' ' -f 1)" "... and it is empty"
sweep in2 1 -- true '{workers}' </dev/null
is "$(grep -c 'standard input' stderr)" 0 "... but not without one"

# --- the reason of a failure
# shellcheck disable=SC2016 # for the command's shell
sweep f1 1 -- sh -c 'for i in $(seq 300); do echo "progress $i of 300 ........................" >&2; done; echo "fatal: no room for {workers}" >&2; exit 3'
like "$(cat stderr)" 'fatal: no room for 1' "the reason behind 300 lines of progress"
sweep f2 1 -- sh -c 'printf -- "------\nthe launcher could not find program {workers}\n------\n" >&2; exit 3'
like "$(cat stderr)" 'the launcher could not find program 1' "the reason between rules"
sweep f3 1 -- sh -c 'printf "10%%\r20%%\rerror: bad block {workers}\nsee the manual\n" >&2; exit 3'
like "$(cat stderr)" 'bad block 1' "the reason behind carriage returns, before a hint"
sweep f4 1 -- sh -c 'echo "only this {workers}" >&2; exit 3'
like "$(cat stderr)" 'only this 1' "any last line when none names an error"
sweep f5 1 --output - -- sh -c 'echo "Error: bad block {workers}"; exit 3'
like "$(cat stderr)" 'exited with code 3: Error: bad block 1' "a reason on standard output, where that is kept"
sweep f6 1 -- sh -c 'echo "bad block {workers}"; exit 3'
like "$(cat stderr)" 'exited with code 3: it wrote no reason to standard error' "... else it is said where none was"

# --- a command that asks on the terminal would be stopped, since it is not in the foreground
if command -v script >/dev/null; then
    # shellcheck disable=SC2016 # for the command's shell
    timeout 60 script -qec "\"$KNEE\" sweep --study tty --workers 1 --blocks 1 --noise 100% -- sh -c 'exec </dev/tty; : {workers}'" typescript >said </dev/null
    like "$? $(tr -s '\r\n' ' ' <said)" '^1 .*exited with code 2: .*/dev/tty' "a command that asks on the terminal fails with its reason, and does not hold the sweep"
else
    skip "script is missing" "a command that asks on the terminal"
fi

done_testing
