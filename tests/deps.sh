#!/bin/bash
# Installs the Debian packages that knee needs and prints their names. `make deps` passes the lists in DEPS and
# LIBRARIES. On other systems it names the missing libraries and stops.
set -euo pipefail

other_system() {
    local missing=()
    for pair in $LIBRARIES; do
        pkg-config --exists "${pair%%:*}" 2>/dev/null || missing+=("${pair%%:*}")
    done
    {
        echo "make deps installs packages on Debian and its relatives only; this is ${PRETTY_NAME:-another system}."
        if [ "${#missing[@]}" -gt 0 ]; then
            echo "Missing libraries (names as pkg-config knows them): ${missing[*]}"
        else
            echo "All libraries are installed. Also needed: gnuplot, python3 with matplotlib, ffmpeg."
        fi
    } >&2
    exit 1
}

PRETTY_NAME=
ID=
ID_LIKE=
# shellcheck source=/dev/null
[ -r /etc/os-release ] && . /etc/os-release
case " $ID $ID_LIKE " in
*" debian "*) command -v apt-get >/dev/null || other_system ;;
*) other_system ;;
esac

wanted=()
for package in $DEPS; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || wanted+=("$package")
done
if [ "${#wanted[@]}" -eq 0 ]; then
    echo "make deps: all Debian packages that knee needs are installed"
    exit 0
fi

run=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "make deps: not root and no sudo: as root, apt-get install ${wanted[*]}" >&2; exit 1; }
    run=(sudo)
fi
echo "make deps: installing from Debian: ${wanted[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
    "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" \
        >"$log" 2>&1 </dev/null || {
        tail -n 20 "$log" >&2
        echo "make deps: 'apt-get $1' failed: see above; check the package sources and run 'make deps' again" >&2
        exit 1
    }
}
apt update
apt install --no-install-recommends "${wanted[@]}"
echo "make deps: ${#wanted[@]} packages installed"
