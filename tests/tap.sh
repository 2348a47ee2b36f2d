# shellcheck shell=bash
# tap.sh: TAP for shell tests. A test sources it, calls ok/is/like/skip, and ends with done_testing.
# $work is a private folder, removed at the end; $KNEE is the program under test.
set -u
tap_count=0
tap_failed=0
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
KNEE=${KNEE:-$root/build/knee}
work=$(mktemp -d "${TMPDIR:-/tmp}/knee-test.XXXXXX")
trap 'rm -rf "$work"' EXIT

# skip_all REASON: nothing in this file can run here.
skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}

# ok STATUS NAME: passes when STATUS is 0. A check that does not pass returns 1.
ok() {
    tap_count=$((tap_count + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $tap_count - $2"
    else
        tap_failed=$((tap_failed + 1))
        echo "not ok $tap_count - $2"
        return 1
    fi
}

# is GOT WANTED NAME: passes when both strings are equal; otherwise shows both.
is() {
    if [ "$1" = "$2" ]; then
        ok 0 "$3"
    else
        ok 1 "$3"
        printf '%s\n' "got:    $1" "wanted: $2" | sed 's/^/# /'
        return 1
    fi
}

# like GOT PATTERN NAME: passes when the extended regular expression matches.
like() {
    if grep -Eq -- "$2" <<<"$1"; then
        ok 0 "$3"
    else
        ok 1 "$3"
        printf '%s\n' "got:     $1" "pattern: $2" | sed 's/^/# /'
        return 1
    fi
}

# skip REASON NAME: counts as passed, and shows why it did not run.
skip() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $2 # SKIP $1"
    echo "# skipped: $2: $1"
}

# q STUDY SQL: what a study says; a test that asks needs the sqlite3 command line.
q() { sqlite3 -batch "file:$1/study.db?mode=ro" "$2" 2>&1; }

done_testing() {
    echo "1..$tap_count"
    [ "$tap_failed" -eq 0 ]
    exit
}
