#!/bin/bash
# Faults of the machine: disk full, output folder gone or read-only, inputs that vanish, no processes, no descriptors,
# no space for temporary files. Each gives one clear error and no partial file; afterwards the same command continues.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"

mkdir batch
vips gaussnoise n.v 300 225 --mean 128 --sigma 40 && vips copy n.v "batch/photo 1.jpg[Q=90]" || exit 1
for i in {2..12}; do cp "batch/photo 1.jpg" "batch/photo $i.jpg"; done
"$KNEE" run --quiet --serial batch serial
is $? 0 "the serial run is complete"

# continues NAME [OPTION...]: the same command completes the run.
continues() {
    local name=$1
    shift
    "$KNEE" run --quiet --workers 2 "$@" batch out 2>stderr
    is "$? $(cat stderr)" "0 " "$name: the same command continues"
    cmp serial/MANIFEST.sha256 out/MANIFEST.sha256 && (cd out && sha256sum --quiet -c MANIFEST.sha256)
    ok $? "... and ends like the serial run"
}
# said PATTERN NAME: one line, which says so; no manifest, nothing half-written.
said() {
    is "$code $(grep -c '' stderr)" "1 1" "$2: exit 1 and one line"
    like "$(cat stderr)" "$1" "... that says what to do"
    is "$(find out -name MANIFEST.sha256 -o -name '.knee-tmp*')" "" "... no manifest, nothing half-written"
}
# hold: starts a run that hangs for four seconds at one item, and returns when other items are done: that is the time
# for the fault, on a busy machine too.
hold() {
    rm -rf out
    mkdir -m 777 out
    KNEE_FAILPOINT=item@5:hang "$@" "$KNEE" run --quiet --workers 1 --item-timeout 4 batch out 2>stderr &
    run=$!
    until [ -n "$(find out -name 'photo 2*.webp')" ] || ! kill -0 $run 2>/dev/null; do sleep 0.02; done
}

# A disk of one megabyte, then a larger one.
mkdir out
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=700k tmpfs out 2>/dev/null; then
    trap 'umount -l "$work/out" 2>/dev/null; rm -rf "$work"' EXIT
    "$KNEE" run --quiet --workers 2 batch out 2>stderr
    code=$?
    said 'No space left on device: free space there, then run the same command again' "disk full"
    finished=$(grep -c ' done' out/.knee/journal)
    like "$finished" '^[1-9]' "... and what was finished is kept"
    mount -o remount,size=50m out
    find out -name '*.webp' -printf '%i %T@ %p\n' | sort >before
    continues "disk full"
    find out -name '*.webp' -printf '%i %T@ %p\n' | sort >after
    is "$(comm -12 before after | wc -l)" "$finished" "... without doing again what was finished"
    umount out
    mount -t tmpfs -o size=4k tmpfs out
    "$KNEE" run --quiet batch out 2>stderr
    code=$?
    said 'No space left on device' "a disk full from the beginning"
    umount out
else
    skip "no permission to mount a small file system" "disk full"
fi

# The output folder goes away.
hold env
mv out away
wait $run
code=$?
mkdir out
said 'the output folder is gone|is it still there|was removed or replaced|No such file' "output folder moved away in mid-run"
rm -rf away
continues "output folder moved away"

# ... or becomes read-only. Root may write everywhere, so it becomes somebody else.
nobody=(env)
if [ "$(id -u)" -eq 0 ]; then
    nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    chmod 755 "$work"
    "${nobody[@]}" test -x "$KNEE" -a -r "$root/pipeline/recipes/web.recipe" -a -r batch || nobody=()
fi
if [ ${#nobody[@]} -gt 0 ]; then
    hold "${nobody[@]}"
    chmod -R a-w out
    wait $run
    code=$?
    said 'Permission denied: give an output folder that can be written' "output folder made read-only in mid-run"
    chmod -R u+rwX,a+rwX out
    continues "output folder made read-only" --retry-failed
else
    skip "another user may not read this folder" "output folder made read-only in mid-run"
fi

# An input vanishes, another one is changed.
cp -r batch kept
hold env
rm "batch/photo 9.jpg"
wait $run
is $? 1 "an input that vanishes in mid-run"
like "$(cat out/FAILED.tsv)" $'^photo 9.jpg\tread\t1\tNo such file or directory' "... fails alone"
is "$(grep -vc '^#' out/MANIFEST.sha256)" 30 "... and all but this one and the one that hung are done"
"$KNEE" run --quiet batch out 2>stderr
like "$? $(cat stderr)" '^1 .*another batch: give another folder, or --restart' "another list of inputs is another batch"
rm -rf batch && cp -rp kept batch
"$KNEE" run --quiet --retry-failed batch out
cmp serial/MANIFEST.sha256 out/MANIFEST.sha256
ok $? "when it is there again the run can be finished"
bytes=$(stat -c %s "batch/photo 9.jpg")
vips copy n.v "other.jpg[Q=40]" && head -c "$bytes" <(cat other.jpg /dev/zero) >"batch/photo 9.jpg"
"$KNEE" run --quiet batch out
is "$? $(comm -13 <(sort serial/MANIFEST.sha256) <(sort out/MANIFEST.sha256) | grep -c 'photo 9')" "0 3" \
    "an input that was changed since, of the same size, is done again"
cp -p "kept/photo 9.jpg" "batch/photo 9.jpg"

# No processes, no descriptors.
for point in fork:2:refuse fork:1:refuse; do
    rm -rf out
    KNEE_FAILPOINT=$point "$KNEE" run --quiet --workers 3 batch out 2>stderr
    code=$?
    said 'limit of processes is reached: use fewer workers' "fork refused ($point)"
done
continues "fork refused"
for how in "--workers 1" --serial "--workers 2 --start zygote"; do
    rm -rf out
    # shellcheck disable=SC2086
    KNEE_FAILPOINT=thread:1+:refuse "$KNEE" run --quiet $how batch out 2>stderr
    code=$?
    said "error: (worker 0: )?no room for (a|another) thread .*ulimit -u" "no thread ($how)"
done
continues "no thread"
rm -rf out
KNEE_FAILPOINT=open:4:refuse "$KNEE" run --quiet --workers 2 batch out 2>stderr
code=$?
said "photo .*Too many open files: raise 'ulimit -n'" "no descriptor for an input"
continues "no descriptor for an input"
rm -rf out
bad=
for files in 4 5 6 8 11 15 20 30 39; do
    (ulimit -n $files && exec "$KNEE" run --quiet batch out) 2>stderr
    grep -Eq "^1 .*raise 'ulimit -n'|^1 $" <<<"$? $(cat stderr)" || bad+=" $files"
done
is "$bad" "" "with less than 40 descriptors: exit 1 with the remedy, or without room for a word"
(ulimit -n 40 && exec "$KNEE" run --quiet --workers 4 batch out)
is $? 0 "40 are enough"

# No room for temporary files: only with a mount namespace.
rm -rf out
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
    mkdir -p tiny
    # shellcheck disable=SC2016 # expanded by the inner shell
    unshare -m bash -c 'mount -t tmpfs -o size=4k tmpfs /dev/shm && mount -t tmpfs -o size=4k tmpfs tiny || exit 77
        cat /dev/zero >/dev/shm/full 2>/dev/null; cat /dev/zero >tiny/full 2>/dev/null
        TMPDIR=$PWD/tiny HOME=$PWD/tiny XDG_RUNTIME_DIR=$PWD/tiny exec "$0" run --quiet --workers 2 batch out' "$KNEE"
    is $? 0 "/dev/shm and every folder for temporary files full: the run does not need them"
    cmp serial/MANIFEST.sha256 out/MANIFEST.sha256
    ok $? "... and ends like the serial run"
    rm -rf out
    # shellcheck disable=SC2016
    for how in "--workers 2" "--workers 2 --start zygote" --serial; do
        unshare -m bash -c 'umount -l /proc && exec "$0" run --quiet --restart $1 batch out' "$KNEE" "$how" 2>stderr
        is "$? $(cat stderr)" "0 " "without /proc, $how: a run needs it as little, nor do the shipped recipes"
        cmp serial/MANIFEST.sha256 out/MANIFEST.sha256
        ok $? "... and ends like the serial run"
    done
else
    skip "no mount namespace" "/dev/shm and the folders for temporary files full"
    skip "no mount namespace" "without /proc"
fi
done_testing
