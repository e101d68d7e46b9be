# Backups: made whole or not at all, checked, restored to the same rows.

load helper

backups=$XDG_DATA_HOME/ytempire/backups

y() { yt --quiet "$@"; }
newest() { csv 'backup list' 2>/dev/null | head -n 1 | cut -d, -f1; }

setup_file() {
    load helper
    yt --quiet -e 'sample load --channels 4 --days 20 --seed 3' >/dev/null
    # a name that reads as a line of the archive's list
    yt --quiet -e 'set write on' -e 'sql CREATE TABLE public."a; 1 2 EXTENSION - b" AS SELECT 7 AS x' >/dev/null
}

setup() {
    rm -rf "$backups"
}

teardown() {
    ! mountpoint -q "$backups" || umount "$backups"
}

real_programs() {
    local folder
    for folder in ${YTEMPIRE_PGBIN//:/ } /usr/lib/postgresql/15/bin /usr/lib/postgresql/*/bin "$(pg_config --bindir 2>/dev/null)"; do
        [ -x "$folder/pg_dump" ] && { echo "$folder"; return; }
    done
}

# A folder of PostgreSQL's programs in which pg_dump is what stands on stdin ($real is the true one).
programs_with() {
    real=$(real_programs)
    mkdir -p "$BATS_TEST_TMPDIR/bin"
    ln -sf "$real"/* "$BATS_TEST_TMPDIR/bin"
    rm -f "$BATS_TEST_TMPDIR/bin/pg_dump"
    { echo '#!/bin/bash'; echo "real='$real'"; cat; } >"$BATS_TEST_TMPDIR/bin/pg_dump"
    chmod +x "$BATS_TEST_TMPDIR/bin/pg_dump"
    export YTEMPIRE_PGBIN=$BATS_TEST_TMPDIR/bin
}

# Writes some, then hangs: a backup in the middle, whose process is in $BATS_TEST_TMPDIR/pid.
programs_that_hang() {
    programs_with <<END
[ "\$1" = --version ] && exec "\$real/pg_dump" --version
echo \$\$ >'$BATS_TEST_TMPDIR/pid'
head -c 100000 /dev/zero
exec sleep 1000
END
}
hangs() { [ -s "$BATS_TEST_TMPDIR/pid" ]; }
is_gone() { ! kill -0 "$(cat "$BATS_TEST_TMPDIR/pid")" 2>/dev/null; }
nothing_left() { [ -z "$(find "$backups" -mindepth 1)" ] || { find "$backups"; return 1; }; }

# Rows and a checksum of each table, partitions under their table.
digest() {
    yt --format csv --no-header "$@" -e "sql SELECT c.oid::regclass, (xpath('/row/d/text()', query_to_xml(format('SELECT count(*) || chr(32) || md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text COLLATE \"C\"), \$\$\$\$)) AS d FROM %s AS t', c.oid::regclass), false, true, '')))[1] FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^(pg_|_?timescaledb|information_schema)'" | sort
}

@test "a backup is made, listed and checked; nobody else may read it" {
    run -0 --separate-stderr yt --format json -e 'backup create'
    name=$(newest)
    [[ $name == ytempire-20??????T??????Z ]]
    [ "$(ls -A "$backups")" = "$name" ]
    [ "$(stat -c %a "$backups" "$backups/$name" "$backups/$name"/* | xargs)" = '700 700 600 600' ]
    sum=$(sha256sum <"$backups/$name/database.dump" | cut -d' ' -f1)
    grep -q "\"sha256\": \"$sum\"" "$backups/$name/manifest.json"
    python3 -c 'import json,sys; m = json.load(open(sys.argv[1])); assert m["database"] == "ytempire" and m["migration"] > "0019" or m["migration"] == "0019"; assert {"name": "users.accounts", "rows": int(sys.argv[2])} in m["tables"], m["tables"]' \
        "$backups/$name/manifest.json" "$(csv 'sql SELECT count(*) FROM users.accounts')"
    run -0 y --format csv --no-header -e 'backup list'
    [[ $output == "$name,ytempire,"*,whole ]]
    run -0 y --format csv --no-header -e 'backup verify'
    [ "${#lines[@]}" -eq 3 ]
    run -0 y --format csv --no-header -e "backup verify --deep $name"
    [[ $output == *"$name,rows,ok,"* ]]
    [ "$(csv "sql SELECT count(*) FROM pg_database WHERE datname LIKE 'ytempire\\_restore%'")" = 0 ]
}

@test "no backups are an empty list; one that is not there is a usage error" {
    run -0 y --format csv --no-header -e 'backup list'
    [ "$output" = '' ]
    run -0 y --format csv --no-header -e 'backup verify'
    run -2 y -e 'backup verify none'
    [[ $output == *"is no backup"*"'backup list' lists all"* ]]
    run -2 y -e 'backup restore --into x none'
}

@test "a byte that has flipped and a file that ends early are found, and not restored" {
    y -e 'backup create' >/dev/null
    name=$(newest)
    cp "$backups/$name/database.dump" "$BATS_TEST_TMPDIR/good"
    size=$(stat -c %s "$BATS_TEST_TMPDIR/good")
    printf '\x5a' | dd of="$backups/$name/database.dump" bs=1 seek=$((size / 2)) conv=notrunc status=none
    cmp -s "$BATS_TEST_TMPDIR/good" "$backups/$name/database.dump" && printf '\xa5' | dd of="$backups/$name/database.dump" bs=1 seek=$((size / 2)) conv=notrunc status=none
    run -1 y --format csv --no-header -e 'backup verify'
    [[ $output == *"$name,checksum,error,"* ]]
    run -1 y -e "backup restore --into flipped $name"
    [[ $output == *"its checksum is another"* ]]
    truncate -s $((size - 1)) "$backups/$name/database.dump"
    run -1 y --format csv --no-header -e "backup verify $name"
    [[ $output == *"$name,size,error,"* ]]
    run -0 y --format csv --no-header -e 'backup list'
    [[ $output == *,damaged ]]
    echo '{' >"$backups/$name/manifest.json"
    run -1 y --format csv --no-header -e 'backup verify'
    [[ $output == *"$name,manifest,error,"* ]]
}

@test "restored into a new database, every table has the rows it had" {
    before=$(digest)
    [ "$(wc -l <<<"$before")" -gt 30 ]
    y -e 'backup create' >/dev/null
    name=$(newest)
    run -0 y --format csv --no-header -e "backup restore --into yt_again $name"
    [[ $output == *yt_again,* ]]
    dsn=$(csv 'local status' | sed -n 's/^PostgreSQL,up,[^,]*,[^,]*,\(.*\) dbname=ytempire,.*/\1/p')
    after=$(yt() { "$YTEMPIRE" "$@" </dev/null; }; digest --dsn "$dsn dbname=yt_again")
    [ "$before" = "$after" ] || { diff <(echo "$before") <(echo "$after"); false; }
    # what is there is not touched unless it is named, and the question answered
    run -1 y -e "backup restore $name"
    [[ $output == *"'ytempire' is not empty"* ]]
    run -2 y -e "backup restore --into yt_again $name"
    [[ $output == *'Say --yes'* ]]
    run -0 y --format csv --no-header -e "backup restore --yes --into yt_again $name"
    [[ $output == *yt_again_before_* ]]
    [ "$(csv "sql SELECT count(*) FROM pg_database WHERE datname LIKE 'yt\\_again%'")" = 2 ]
    [ "$(csv "sql SELECT count(*) FROM pg_database WHERE datname LIKE 'ytempire\\_restore%'")" = 0 ]
    for database in $(csv "sql SELECT datname FROM pg_database WHERE datname LIKE 'yt\\_again%'"); do
        y -e 'set write on' -e "sql DROP DATABASE $database" >/dev/null
    done
}

@test "the rule thins backups of this database, never the last whole one" {
    y -e 'backup create' >/dev/null
    name=$(newest)
    for day in 01 02 03 04; do
        cp -r "$backups/$name" "$backups/ytempire-202610${day}T020000Z"
        sed -i "s/\"started_at\": \"[^\"]*\"/\"started_at\": \"2026-10-${day}T02:00:00Z\"/" "$backups/ytempire-202610${day}T020000Z/manifest.json"
    done
    cp -r "$backups/$name" "$backups/other-20200101T020000Z"
    sed -i 's/"database": "ytempire"/"database": "other"/' "$backups/other-20200101T020000Z/manifest.json"
    truncate -s 10 "$backups/ytempire-20261004T020000Z/database.dump"
    mkdir "$backups/mine" && echo keep >"$backups/mine/file"
    sleep 1
    run -0 y --format csv --no-header -e 'set backup-keep last=1,daily=3' -e 'backup create'
    [[ $output == *,2, ]] || { echo "$output"; false; }
    # the two of today (one is the last, both of one day), and of the days before those that are whole
    [ "$(ls "$backups" | xargs)" = "mine other-20200101T020000Z ytempire-20261002T020000Z ytempire-20261003T020000Z ytempire-20261004T020000Z $(newest)" ] || { ls "$backups"; false; }
    run -2 y -e 'set backup-keep hourly=1' -e 'backup create'
    [[ $output == *"backup-keep is like"* ]]
}

@test "what others have put beside the backups stays, and stops none" {
    y -e 'backup create' >/dev/null
    name=$(newest) away=$BATS_TEST_TMPDIR/away
    mkdir "$away" && mv "$backups/$name" "$away/moved" && cp -r "$away/moved" "$away/other"
    ln -s "$away/moved" "$backups/$name"
    ln -s "$away/other" "$backups/.other.gone"
    echo text >"$backups/.file.new"
    mkdir "$backups/.noted.new" && echo text >"$backups/.noted.new/note"
    sleep 1
    run -0 y --format csv --no-header -e 'set backup-keep last=1' -e 'backup create'
    sleep 1
    run -0 y --format csv --no-header -e 'set backup-keep last=1' -e 'backup create'
    [[ $output == *,1, ]] || { echo "$output"; false; }
    [ "$(ls "$away/moved" "$away/other" | grep -c '^[dm]')" = 4 ]
    [ -e "$backups/.file.new" ]
    [ -e "$backups/.noted.new/note" ]
    run -0 y -e "backup verify $name"
}

@test "a manifest of another format, and names that no database has, are refused" {
    y -e 'backup create' >/dev/null
    name=$(newest)
    run -2 y -e "backup restore --into '' $name"
    run -2 y -e "backup restore --into $(printf 'x%.0s' {1..64}) $name"
    run -2 y --yes -e "backup restore --into template1 $name"
    [[ $output == *"is a template"* ]]
    sed -i 's/"format": *1/"format": 2/' "$backups/$name/manifest.json"
    run -1 y -e "backup verify $name"
    [[ $output == *'a format that this program does not know'* ]]
}

@test "timed out while the program is still asked for its version" {
    programs_with <<<'exec sleep 1000'
    run -124 yt --timeout 2 -e 'backup create'
    nothing_left
}

@test "cancelled, timed out or killed in the middle: nothing half is left, and pg_dump ends with us" {
    programs_that_hang
    run -124 yt --timeout 2 -e 'backup create'
    nothing_left
    eventually is_gone
    rm -f "$BATS_TEST_TMPDIR/pid"
    "$YTEMPIRE" --local -e 'backup create' </dev/null 2>/dev/null 3>&- &
    eventually hangs
    run -1 y -e 'backup create'
    [[ $output == *"another backup is at work"* ]]
    kill -INT $!
    wait $! || [ $? -eq 130 ]
    nothing_left
    eventually is_gone
    rm -f "$BATS_TEST_TMPDIR/pid"
    "$YTEMPIRE" --local -e 'backup create' </dev/null 2>/dev/null 3>&- &
    eventually hangs
    kill -KILL $!
    eventually is_gone
    run -0 y --format csv --no-header -e 'backup list'
    [ "$output" = '' ]
    unset YTEMPIRE_PGBIN
    y -e 'backup create' >/dev/null
    [ "$(ls -A "$backups")" = "$(newest)" ]
}

@test "no password in the arguments of pg_dump" {
    programs_with <<END
[ "\$1" = --version ] && exec "\$real/pg_dump" --version
echo "\$@" >'$BATS_TEST_TMPDIR/arguments'
[ "\$PGPASSWORD" = 'se cret' ] || exit 1
exec "\$real/pg_dump" "\$@"
END
    dsn=$(csv 'local status' | sed -n 's/^PostgreSQL,up,[^,]*,[^,]*,\(host=.*\),[^,]*,[^,]*$/\1/p')
    run -0 "$YTEMPIRE" --quiet --dsn "$dsn password='se cret'" -e 'backup create'
    [ -s "$BATS_TEST_TMPDIR/arguments" ]
    run ! grep cret "$BATS_TEST_TMPDIR/arguments"
}

@test "a pg_dump that is older than the server is named, with what to install" {
    programs_with <<'END'
echo 'pg_dump (PostgreSQL) 13.9'
END
    run -1 y -e 'backup create'
    [[ $output == *"pg_dump 13 is older than PostgreSQL"*"postgresql-client-"* ]]
    [ ! -e "$backups" ] || nothing_left
    rm "$BATS_TEST_TMPDIR/bin/pg_dump"
    run -1 y -e 'backup create'
    [[ $output == *"pg_dump is not installed"* ]]
}

@test "what pg_dump says when it fails is told" {
    programs_with <<'END'
[ "$1" = --version ] && exec "$real/pg_dump" --version
echo 'pg_dump: error: the moon is full' >&2
exit 1
END
    run -1 y -e 'backup create'
    [[ $output == *'pg_dump: the moon is full'* ]]
    nothing_left
}

@test "a full disk leaves nothing half" {
    run -1 bash -c 'ulimit -f 32; trap "" XFSZ; exec "$YTEMPIRE" --local -q -e "backup create" </dev/null'
    [[ $output == *'disk is full'* ]] || { echo "$output"; false; }
    nothing_left
    mount -t tmpfs -o size=64k tmpfs "$backups" 2>/dev/null || skip "no tmpfs may be mounted here; ulimit was tried"
    run -1 y -e 'backup create'
    umount "$backups"
    [[ $output == *'disk is full'* ]] || { echo "$output"; false; }
}

@test "a copy goes to rclone's remote, and is compared there" {
    command -v rclone >/dev/null || skip "rclone is not installed"
    remote=$BATS_TEST_TMPDIR/remote
    run -0 y --format csv --no-header -e "set backup-remote :local:$remote" -e 'backup create'
    [[ $output == *",:local:$remote" ]]
    diff -r "$backups" "$remote"
    # no way there: the backup is made, and nothing was removed
    touch "$BATS_TEST_TMPDIR/file"
    sleep 1
    run -4 y -e "set backup-remote :local:$BATS_TEST_TMPDIR/file" -e 'set backup-keep last=1' -e 'backup create'
    [[ $output == *"is made, and could not be copied to"* ]]
    [ "$(ls "$backups" | wc -l)" = 2 ]
}

@test "a server that goes away between the two renamings leaves the database that was to be replaced" {
    y -e 'backup create' >/dev/null
    name=$(newest)
    y -e "backup restore --into Yt-Again $name" >/dev/null
    cut_at 'TO "Yt-Again"'
    run -3 "$YTEMPIRE" --quiet --dsn "$cut user=postgres" --no-cache -e "backup restore --yes --into Yt-Again $name"
    kill -KILL "$cutter"
    eventually is_not_running 'RENAME TO'
    [ "$(csv "sql SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE 'Yt%'")" = Yt-Again ]
    superuser=("$YTEMPIRE" --quiet --dsn "$straight user=postgres" --no-cache -e 'set write on')
    "${superuser[@]}" -e 'sql DROP DATABASE "Yt-Again"' >/dev/null
    for database in $(csv "sql SELECT datname FROM pg_database WHERE datname LIKE 'ytempire\\_restore%'"); do
        "${superuser[@]}" -e "sql DROP DATABASE $database" >/dev/null
    done
}
