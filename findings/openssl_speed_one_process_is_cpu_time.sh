#!/bin/bash
# openssl speed: the rate is of CPU time without -multi and of elapsed time with it.
#
# Expected: openssl speed and openssl speed -multi 1 print the same bytes per second, and -multi n over it is S(n).
# Seen: without -multi bytes are divided by the CPU time of the process, so that waiting for a CPU does not count; with
#   -multi by the elapsed time, without the line that -elapsed prints about it. On a CPU that other processes use, the
#   plain command is many times as fast as a "parallel" run of one process (three others and a busy machine):
#     without 1755610.11k, -multi 1 91480.06k, -elapsed 101612.54k
# Why it matters: T(1) is usually taken without the option. On a machine that is shared, or under a CPU quota (a
#   container of half a CPU), it is that of an idle machine, and every S(n) is too small by the share that others took:
#   an efficiency of 25% that is none of the algorithm. Give -multi 1, or -elapsed.
# Packages: Debian 12 openssl and libssl3 3.0.20-1~deb12u2.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
others=()
trap '[ ${#others[@]} -eq 0 ] || kill "${others[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root openssl=3.0.20-1~deb12u2 libssl3=3.0.20-1~deb12u2
for package in *.deb; do
    dpkg -x "$package" root
done
export LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu OPENSSL_CONF=/dev/null

cpu=$(awk '/^Cpus_allowed_list/ { sub(/[,-].*/, "", $2); print $2 }' /proc/self/status)
for _ in 1 2 3; do
    timeout 120 taskset -c "$cpu" sh -c 'while :; do :; done' &
    others+=($!)
done
rate() # rate [OPTION...]: thousands of bytes per second
{
    taskset -c "$cpu" root/usr/bin/openssl speed -seconds 2 -bytes 16384 "$@" -evp sha256 2> messages |
        awk '/^sha256/ { print $2 }'
}
alone=$(rate)
elapsed=$(rate -elapsed)
said=$(grep -c 'elapsed time instead' messages || true)
multi=$(rate -multi 1)
multi_said=$(grep -c 'elapsed time instead' messages || true)
echo "without $alone, -multi 1 $multi, -elapsed $elapsed; -elapsed says so: $said, -multi: $multi_said"
awk -v alone="$alone" -v multi="$multi" -v elapsed="$elapsed" '
    BEGIN { exit !(alone + 0 > 2 * (multi + 0) && alone + 0 > 2 * (elapsed + 0) && elapsed + 0 > 0) }'
[ "$said" = 1 ] && [ "$multi_said" = 0 ]
