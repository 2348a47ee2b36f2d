#!/bin/bash
# C++ parallel algorithms of GCC: std::execution::par runs in one thread where a header is missing, and for std::list.
#
# Expected: std::for_each(std::execution::par, ...) uses the CPUs of the machine, or the compiler says that it cannot.
# Seen: libstdc++ computes in parallel by TBB, and asks at compile time whether <tbb/tbb.h> exists. Where it does not
#   (libtbb-dev is no dependency of g++) the same source compiles without a warning, -Wall -Wextra included, links
#   without -ltbb, and runs in the calling thread. Where it exists, containers without random access (list, set, map,
#   forward_list) still run in the calling thread, and a vector does not:
#     without the header: vector 1 thread, list 1   with it: vector 2 threads (on 2 CPUs), list 1
# Why it matters: a package built in a clean chroot, or in CI, is another program than the one of the author's machine.
#   Its curve is flat at every number of CPUs, and nothing in the source, the log of the build or the output tells why.
# Packages: Debian 12 libtbb-dev and libtbb12 2021.8.0-2+deb12u1; g++ 12 (libstdc++-12-dev 12.2.0-14+deb12u1).
# Exit: 0 as described, 1 changed, 77 fewer than two cores, or TBB is installed.
set -euo pipefail

[ "$(env -u OMP_NUM_THREADS nproc)" -ge 2 ] || { echo "skipped: needs two cores"; exit 77; }
[ ! -e /usr/include/tbb/tbb.h ] || { echo "skipped: libtbb-dev is installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root libtbb-dev=2021.8.0-2+deb12u1 libtbb12=2021.8.0-2+deb12u1
for package in *.deb; do
    dpkg -x "$package" root
done

cat > threads.cc <<'C'
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <execution>
#include <list>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

/* How many threads do 200 items of 2 ms. */
template <class Container> static size_t threads()
{
    Container items(200);
    std::mutex lock;
    std::set<std::thread::id> seen;

    std::for_each(std::execution::par, items.begin(), items.end(), [&](int &) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        std::lock_guard<std::mutex> hold(lock);
        seen.insert(std::this_thread::get_id());
    });
    return seen.size();
}

int main()
{
    size_t vector = threads<std::vector<int>>(), list = threads<std::list<int>>();

    std::printf("vector %s, list %s\n", vector > 1 ? "several threads" : "one thread",
                list > 1 ? "several threads" : "one thread");
}
C
libraries=$work/root/usr/lib/x86_64-linux-gnu
g++ -std=c++17 -O2 -Wall -Wextra -o without threads.cc 2> warnings
g++ -std=c++17 -O2 -I root/usr/include -o with threads.cc "$(find "$libraries" -name 'libtbb.so.12*' -type f)"
without=$(./without)
with=$(LD_LIBRARY_PATH=$libraries ./with)
echo "without tbb/tbb.h, compiled with $(wc -l < warnings) lines of warnings: $without; with it: $with"
[ ! -s warnings ] && [ "$without" = "vector one thread, list one thread" ] &&
    [ "$with" = "vector several threads, list one thread" ]
