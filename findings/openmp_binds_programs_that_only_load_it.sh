#!/bin/bash
# GCC's OpenMP library: OMP_PROC_BIND puts every process that loads the library on the same CPU, before main().
#
# Expected: OMP_PROC_BIND=true binds the threads of a parallel region to places, each to its own. A process that never
#   reaches one, or runs with OMP_NUM_THREADS=1, goes where the scheduler puts it.
# Seen: the library binds the first thread when it is loaded, to the first place, which is the first allowed CPU. What
#   the program does later does not matter, nor the number of threads: its children and threads inherit the one CPU.
#   Two pngquant that only wait for input (OMP_NUM_THREADS=1, 2 CPUs):
#     without the variable: CPUs 0-1 and 0-1   with it: CPUs 0 and 0   with OMP_PLACES=threads alone: 0 and 0
#   What loads the library is hard to tell: pngquant, ImageMagick, GraphicsMagick and libvips do, the last one because
#   of the library that makes palettes.
# Why it matters: profiles of clusters set the variable for programs that compute in threads. With it a batch of
#   pictures by xargs -P, GNU parallel or a pool of forked workers runs all its processes on one CPU, whatever the
#   number of workers: S(n) = 1, next to idle CPUs, and a core count of 1 in every worker that asks.
# Packages: Debian 12 pngquant 2.17.0-1, libimagequant0 2.17.0-1, libgomp1 12.2.0-14+deb12u1 (other libraries of an
#   installed pngquant).
# Exit: 0 as described, 1 changed, 77 fewer than two cores.
set -euo pipefail

[ "$(env -u OMP_NUM_THREADS nproc)" -ge 2 ] || { echo "skipped: needs two cores"; exit 77; }
work=$(mktemp -d)
children=()
trap '[ ${#children[@]} -eq 0 ] || kill "${children[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root pngquant=2.17.0-1 libimagequant0=2.17.0-1 libgomp1=12.2.0-14+deb12u1
for package in *.deb; do
    dpkg -x "$package" root
done
mkfifo never
exec 9<> never # a writer, so that a reader waits

# masks [VARIABLE=VALUE]: the allowed CPUs of two pngquant that have come as far as to wait for their picture.
masks()
{
    local process call descriptor
    children=()
    for _ in 1 2; do
        env -u OMP_PROC_BIND -u OMP_PLACES -u GOMP_CPU_AFFINITY LD_LIBRARY_PATH="$work/root/usr/lib/x86_64-linux-gnu" \
            OMP_NUM_THREADS=1 "$@" root/usr/bin/pngquant - <&9 >/dev/null &
        children+=($!)
    done
    for process in "${children[@]}"; do
        for _ in $(seq 600); do
            read -r call descriptor _ < "/proc/$process/syscall"
            [ "$call $descriptor" != "0 0x0" ] || break # read() of standard input
            sleep 0.1
        done
        grep -q libgomp "/proc/$process/maps"
        awk '/^Cpus_allowed_list/ { printf "%s ", $2 }' "/proc/$process/status"
    done
    kill "${children[@]}"
    wait "${children[@]}" 2>/dev/null || true
    children=()
}
own=$(awk '/^Cpus_allowed_list/ { print $2 }' /proc/self/status)
free=$(masks)
bound=$(masks OMP_PROC_BIND=true)
places=$(masks OMP_PLACES=threads)
echo "allowed CPUs of two processes: $free; with OMP_PROC_BIND=true: $bound; with OMP_PLACES=threads: $places"
first=${own%%[,-]*}
[ "$free" = "$own $own " ] && [ "$bound" = "$first $first " ] && [ "$places" = "$first $first " ]
