#!/bin/bash
# Gates the build of this tree against that of another commit, in pairs (knee gate --against): builds the other in a
# worktree below the build folder, and keeps it for the next time. Verdict and exit code are those of knee gate: 0 pass,
# 1 regression, 3 undecided, 4 not comparable, 2 usage; `make gate BASE=COMMIT` runs this, but make turns every failure
# into 2: the code is in the file gate.code of the build folder.
# usage: tests/gate.sh [BASE [IN [OPTION...]]]    BASE: as in tests/gate_base.sh
#                                                 IN: a folder of images (made once, where the vips command line is
#                                                 there)
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
build=${BUILD:-build}
die() {
    echo "tests/gate.sh: $1" >&2
    exit 2
}

base=${1:-}
in=${2:-}
shift $(($# < 2 ? $# : 2))
commit=$(tests/gate_base.sh ${base:+"$base"} 2>&1) || die "$commit"

tree=$build/gate/$commit
if [ ! -x "$tree/build/knee" ]; then
    [ -e "$tree/Makefile" ] || git worktree add --force --detach "$tree" "$commit" >"$build/gate-base.log" 2>&1 ||
        die "no worktree of ${base:-$commit}: see $build/gate-base.log"
    # Warnings of an older commit are no errors; the variables of a make around this are not for that one.
    env -u MAKEFLAGS -u MFLAGS -u DEVELOPER -u CI -u BUILD make -C "$tree" -j"$(nproc)" BUILD=build all \
        >"$build/gate-base.log" 2>&1
    if [ ! -x "$tree/build/knee" ]; then
        echo "verdict: not comparable (the base ${base:-$commit} cannot be built: see $build/gate-base.log)"
        exit 4
    fi
fi

if [ -z "$in" ]; then
    in=$build/gate/batch
    why=$(tests/gate_batch.sh "$in" 2>&1) || die "$why"
fi
exec "$build/knee" gate --against "$tree/build/knee" "$@" "$in"
