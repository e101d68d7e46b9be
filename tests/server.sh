#!/bin/sh
# A throw-away PostgreSQL for tests: `server.sh start FOLDER` makes one there (on a unix socket only) and prints its
# connection string; `server.sh stop FOLDER` ends and removes it. Exit 77: no PostgreSQL on this machine, or not the
# library that YTEMPIRE_TEST_PRELOAD names. YTEMPIRE_PGBIN names the folders of its programs, as to the program itself.
# `server.sh make FOLDER` only makes the cluster; where YTEMPIRE_TEST_CLUSTER names that folder, `start` copies it.
set -eu
folder=$2
bin=${YTEMPIRE_PGBIN-} bin=${bin%%:*}
[ -n "$bin" ] || bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1) || true
[ -n "$bin" ] || { echo "no PostgreSQL is installed" >&2; exit 77; }
as=
if [ "$(id -u)" = 0 ]; then
    id postgres >/dev/null 2>&1 || { echo "PostgreSQL refuses root, and there is no account postgres" >&2; exit 77; }
    as="setpriv --reuid=postgres --regid=postgres --clear-groups"
fi
preload=
if [ -n "${YTEMPIRE_TEST_PRELOAD-}" ]; then
    [ -e "${bin%/bin}/lib/$YTEMPIRE_TEST_PRELOAD.so" ] || { echo "$YTEMPIRE_TEST_PRELOAD is not installed" >&2; exit 77; }
    preload=" -c shared_preload_libraries=$YTEMPIRE_TEST_PRELOAD"
fi
make_cluster() {
    $as "$bin/initdb" -D "$folder/data" -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync >"$folder/log" 2>&1 ||
        { cat "$folder/log" >&2; exit 1; }
}
copy_cluster() {
    [ "$(cat "${YTEMPIRE_TEST_CLUSTER:-/nowhere}/bin" 2>/dev/null)" = "$bin" ] &&
        cp -a --reflink=auto "$YTEMPIRE_TEST_CLUSTER/data" "$folder/data"
}
if [ "$1" != stop ]; then
    mkdir -p "$folder"
    [ -z "$as" ] || chown postgres "$folder"
    cd "$folder"
fi
case $1 in
make)
    make_cluster
    echo "$bin" >bin
    ;;
start)
    copy_cluster || make_cluster
    $as "$bin/pg_ctl" -w -D "$folder/data" -l "$folder/data/server.log" \
        -o "-c listen_addresses='' -c unix_socket_directories='$folder' -c fsync=off$preload" start >>"$folder/log" 2>&1 ||
        { cat "$folder/log" "$folder/data/server.log" >&2; exit 1; }
    echo "host=$folder port=5432 user=postgres dbname=postgres"
    ;;
stop)
    $as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
    ;;
esac
