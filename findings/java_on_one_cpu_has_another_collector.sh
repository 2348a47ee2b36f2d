#!/bin/bash
# Java: a program that may use one CPU gets another garbage collector than one that may use two.
#
# Expected: taskset -c 0 java ... is the one-CPU point of the curve of the same program.
# Seen: with one CPU in its mask (or quota), or less than 1,792 MiB of memory, HotSpot selects the serial collector;
#   from two CPUs on G1, with other barriers in the compiled code, concurrent threads and regions. Nothing is printed;
#   only -XX:+PrintFlagsFinal shows the choice, as "ergonomic".
#     CPUs 1: UseSerialGC true, UseG1GC false   CPUs 2: UseSerialGC false, UseG1GC true
# Why it matters: for a program that makes much garbage S(2), and with it Amdahl's serial fraction, for which T(1)
#   counts most, holds the difference of two collectors, up or down. Name the collector (-XX:+UseG1GC) for every point.
# Packages: Debian 12 openjdk-17-jre-headless 17.0.19+10-1~deb12u2 (and libstdc++6, zlib1g).
# Exit: 0 as described, 1 changed, 77 fewer than two cores, or less than 2 GiB of memory.
set -euo pipefail

[ "$(env -u OMP_NUM_THREADS nproc)" -ge 2 ] || { echo "skipped: needs two cores"; exit 77; }
[ "$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)" -ge 2048 ] || { echo "skipped: needs 2 GiB"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root openjdk-17-jre-headless=17.0.19+10-1~deb12u2
dpkg -x ./*.deb root
find root -type l -lname '/etc/*' | while read -r link; do # its configuration, where Java is not installed
    ln -sf "$work/root$(readlink "$link")" "$link"
done

# collector CPUS: the collectors that Java selects when it may use as many CPUs.
collector()
{
    local cpus
    cpus=$(awk '/^Cpus_allowed_list/ { print $2 }' /proc/self/status | tr ',' '\n' |
        awk -F - '{ for (cpu = $1; cpu <= ($2 == "" ? $1 : $2); cpu++) print cpu }' | head -n "$1" | paste -sd ,)
    env -u JAVA_TOOL_OPTIONS -u JDK_JAVA_OPTIONS taskset -c "$cpus" \
        root/usr/lib/jvm/java-17-openjdk-amd64/bin/java -XX:+PrintFlagsFinal -version 2>/dev/null |
        awk '$2 ~ /^Use(Serial|G1)GC$/ { print $2, $4 }' | sort -r | paste -sd ,
}
one=$(collector 1)
two=$(collector 2)
echo "CPUs 1: $one; CPUs 2: $two"
[ "$one" = "UseSerialGC true,UseG1GC false" ] && [ "$two" = "UseSerialGC false,UseG1GC true" ]
