#!/bin/bash
# init.sh NAME FOLDER: process 1 of a virtual host (hosts.sh): gives it its name and its file of names, and reaps
# whatever is left to it, as bash does while it waits.
hostname "$1" && mount --bind "$2/hosts" /etc/hosts && mount -t tmpfs -o size=1g tmpfs /dev/shm || exit 1
: >"$2/$1.up"
while :; do
    sleep 1000 &
    wait
done
