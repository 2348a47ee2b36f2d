#!/bin/bash
# iperf3: the streams of -P are served by one thread of the client, and one of the server.
#
# Expected: -P 4, "number of parallel client streams to run", runs four streams in parallel: on four cores, where there
#   are four.
# Seen: client and server have one thread each at any -P; it goes round the sockets. The result has a line for each
#   stream and a sum, as though they had been measured next to each other.
#     -P 1: threads 1 and 1, sockets 2   -P 4: 1 and 1, 5   -P 16: 1 and 1, 17
# Why it matters: -P is swept to find how many connections saturate a link or a loopback device. The curve is flat as
#   soon as one core is busy, with 64 cores as with one, and what is read as the limit of the network is that of a core.
#   Several cores take several processes with a port each.
# Packages: Debian 12 iperf3 and libiperf0 3.12-1+deb12u2, libsctp1 1.0.19+dfsg-2.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
children=()
trap '[ ${#children[@]} -eq 0 ] || kill "${children[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root iperf3=3.12-1+deb12u2 libiperf0=3.12-1+deb12u2 \
    libsctp1=1.0.19+dfsg-2
for package in *.deb; do
    dpkg -x "$package" root
done
export LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu

count() # count FOLDER PATTERN: entries of a folder of /proc whose target or name matches
{
    find "$1" -mindepth 1 -maxdepth 1 \( -lname "$2" -o -name "$2" \) | wc -l
}
streams() # streams NUMBER: threads of client and server, and sockets of the client, while it sends
{
    local client server port
    port=$(/usr/bin/python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
    root/usr/bin/iperf3 -s -1 -B 127.0.0.1 -p "$port" --forceflush > server 2>&1 &
    server=$!
    children=("$server")
    until grep -q listening server; do sleep 0.1; done
    root/usr/bin/iperf3 -c 127.0.0.1 -p "$port" -P "$1" -t 30 -i 0.5 --forceflush > client 2>&1 &
    client=$!
    children+=("$client")
    until grep -q 'sec.*bits/sec' client; do sleep 0.1; done
    found="$(count "/proc/$client/task" '[0-9]*') $(count "/proc/$server/task" '[0-9]*')"
    found+=" $(count "/proc/$client/fd" 'socket:*')"
    kill "${children[@]}" 2>/dev/null || true # the server may end with the client
    wait "${children[@]}" || true
    children=()
    echo "-P $1: threads of client and server, sockets: $found"
}
streams 1
[ "$found" = "1 1 2" ]
streams 4
[ "$found" = "1 1 5" ]
streams 16
[ "$found" = "1 1 17" ]
