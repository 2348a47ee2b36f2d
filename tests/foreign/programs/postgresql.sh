#!/bin/sh
# postgresql.sh serve: a PostgreSQL server in folder db of the current one, which listens to a socket there and to
# nothing else; ready: waits for it and makes the table.
set -eu
bin=$(find /usr/lib/postgresql/*/bin -maxdepth 0 | sort -V | tail -n 1)
run=
[ "$(id -u)" -ne 0 ] || run='setpriv --reuid=postgres --regid=postgres --init-groups'
export PGHOST="$PWD/db" PGUSER=knee PGDATABASE=postgres
case $1 in
serve)
    mkdir db
    [ -z "$run" ] || { chmod 711 .; chown postgres:postgres db; } # a folder of mktemp: nobody else may enter
    $run "$bin/initdb" --pgdata=db/data --username=knee --auth=trust --no-sync --no-instructions
    exec $run "$bin/postgres" -D db/data -k "$PWD/db" -c listen_addresses= -c fsync=off -c shared_buffers=32MB
    ;;
ready) # the table is made when it answers
    for _ in $(seq 300); do
        ! "$bin/pg_isready" --quiet || exec "$bin/pgbench" --initialize --quiet --scale 1
        sleep 0.1
    done
    exit 1
    ;;
esac
