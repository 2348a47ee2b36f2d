#!/bin/bash
# cmocka and prove: a test that calls skip() counts as failed, and the suite fails.
#
# Expected: cmocka's TAP output (CMOCKA_MESSAGE_OUTPUT=TAP) marks a skipped test so that a TAP reader counts it as
#   skipped: TAP's rule is "ok N # SKIP reason".
# Seen: cmocka prints "not ok 1 # SKIP name". The program itself exits 0, and prove (TAP::Harness) still says "Failed
#   1/1 subtests" and exits 1: for TAP, a SKIP directive does not excuse "not ok", only TODO does. The reason of the
#   skip is not in the line either: skip() takes none.
# Why it matters: tests of counters, cgroups and sandboxes skip where the kernel lacks what they need. On the machine of
#   the author all of them run and the suite passes; on a machine that lacks one thing it fails.
# Packages: Debian 12 libcmocka0 and libcmocka-dev 1.1.5-2.1, perl 5.36.0-7+deb12u2 (prove, TAP::Harness 3.44); gcc.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root libcmocka0=1.1.5-2.1 libcmocka-dev=1.1.5-2.1
for package in *.deb; do
    dpkg -x "$package" root
done

cat > skips.c <<'C'
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void needs_a_counter(void **state)
{
    (void)state;
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(needs_a_counter)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
C
gcc -I root/usr/include -o skips skips.c "$(find root/usr/lib -name 'libcmocka.so.0*' -type f)"
export LD_LIBRARY_PATH CMOCKA_MESSAGE_OUTPUT=TAP
LD_LIBRARY_PATH=$work/$(dirname "$(find root/usr/lib -name 'libcmocka.so.0*' -type f)")
program=0 suite=0
./skips > tap || program=$?
prove --exec '' ./skips > verdict 2>&1 || suite=$?
cat tap
echo "program exits $program, prove exits $suite: $(grep -m 1 'Failed' verdict || true)"
grep -q '^not ok 1 # SKIP needs_a_counter$' tap
[ "$program" = 0 ] && [ "$suite" = 1 ] && grep -q 'Failed 1/1 subtests' verdict
