/* local: the private servers as people meet them, by root and by an ordinary user. */
#include "local_help.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <time.h>

#include "ytempire/base/time.h"

#define DEADLINE_US (60 * US_PER_SECOND)

static void wait_a_little(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
}

static void wait_until_gone(pid_t pid)
{
    int64_t until = monotonic_us() + DEADLINE_US;

    while (kill(pid, 0) == 0) {
        char path[64], *text = NULL;
        snprintf(path, sizeof path, "/proc/%d/stat", pid);
        if (file_read(path, 4096, &text, NULL, NULL) < 0 || strstr(text, ") Z")) {    /* nobody may be there to reap it */
            mem_free(text);
            return;
        }
        mem_free(text);
        assert_true(monotonic_us() < until);
        wait_a_little();
    }
}

/* -- the ordinary course ------------------------------------------------------------------------------------------ */

static void both_start_and_are_used_and_stop(void **state)
{
    struct home *home = *state;

    assert_states(home, "absent", "absent");
    assert_said(home, "looks", NULL, "down");
    do_step(home, "down");    /* nothing runs: no error, and nothing is made */
    assert_states(home, "absent", "absent");
    do_step(home, "up");
    assert_states(home, "up", "up");
    assert_said(home, "looks", NULL, "up");
    assert_said(home, "sql", "SELECT current_user || '/' || current_database()", "ytempire_owner/ytempire");
    pid_t pid = pid_of(home, 0);
    do_step(home, "up");    /* again changes nothing */
    assert_int_equal(pid_of(home, 0), pid);
    mem_free(said(home, "sql", "CREATE TABLE kept AS SELECT 42 AS n"));
    do_step(home, "down");
    assert_states(home, "down", "down");
    assert_said(home, "looks", NULL, "down");
    do_step(home, "up");
    assert_said(home, "sql", "SELECT n FROM kept", "42");
}

static void the_owner_is_no_superuser_but_has_what_it_needs(void **state)
{
    struct home *home = *state;
    struct answer answer;

    do_step(home, "up");
    assert_said(home, "sql", "SELECT concat_ws(' ', rolsuper, rolcreaterole, rolcreatedb, rolbypassrls) FROM pg_roles "
                             "WHERE rolname = current_user", "f t t f");
    assert_said(home, "sql", "SELECT string_agg(extname, ' ' ORDER BY extname) FROM pg_extension "
                             "WHERE extname IN ('pg_stat_statements', 'btree_gist', 'pg_trgm')", "btree_gist pg_stat_statements pg_trgm");
    assert_said(home, "sql", "SELECT count(*) > 0 FROM pg_stat_statements", "t");
    /* pg_dump takes what is below for PostgreSQL's own */
    assert_said(home, "sql", "SELECT count(*) FROM pg_extension WHERE oid < 16384 AND extname <> 'plpgsql'", "0");
    assert_said(home, "sql", "SELECT concat_ws(' ', current_setting('data_checksums'), current_setting('server_encoding'), "
                             "datcollate) FROM pg_database WHERE datname = 'ytempire'", "on UTF8 C.UTF-8");
    STEP(home, &answer, "sql", "COPY (SELECT 1) TO PROGRAM 'true'");
    assert_int_equal(answer.status, 1);
    assert_contains(answer.err, "must be superuser");
    answer_done(&answer);
}

static void there_is_no_port_and_the_sockets_are_closed_to_others(void **state)
{
    struct home *home = *state;
    struct stat about;

    do_step(home, "up");
    assert_said(home, "sql", "SELECT '>' || current_setting('listen_addresses') || '<'", "><");
    _cleanup_(mem_freep) char *redis = said(home, "redis", NULL);
    *strrchr(redis, '/') = '\0';
    assert_int_equal(stat(redis, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
    if (geteuid() == 0 && home->user == (uid_t)-1) {    /* and so an ordinary user gets nowhere */
        struct passwd *nobody = getpwnam("nobody");
        struct answer answer;
        home->user = nobody->pw_uid;
        home->group = nobody->pw_gid;
        STEP(home, &answer, "sql", "SELECT 1");
        assert_int_equal(answer.status, 3);
        answer_done(&answer);
        assert_fails(home, "up", 1, "belongs to root");
        home->user = (uid_t)-1;
    }
}

/* The servers have a session, and nothing of ours: no descriptor, no terminal. */
static void they_outlive_the_one_who_started_them(void **state)
{
    struct home *home = *state;

    do_step(home, "up");
    for (int server = 0; server < 2; server++) {
        pid_t pid = pid_of(home, server);
        char path[64];
        assert_true(pid > 0);
        assert_int_not_equal(getsid(pid), getsid(0));
        snprintf(path, sizeof path, "/proc/%d/fd/0", pid);
        char target[256] = "";
        if (readlink(path, target, sizeof target - 1) > 0)    /* root in a container may not look */
            assert_string_equal(target, "/dev/null");
    }
}

/* -- at once ------------------------------------------------------------------------------------------------------ */

static void ten_start_them_at_once(void **state)
{
    struct home *home = *state;
    struct answer answer;
    const char *script = "for i in 1 2 3 4 5 6 7 8 9 10; do \"$0\" up & all=\"$all $!\"; done; "
                         "for one in $all; do wait $one || exit 1; done";

    do_step(home, "reset");
    RUN(home, &answer, "sh", "-c", script, own_path);
    if (answer.status != 0)
        fail_msg("%s", answer.err);
    assert_contains(answer.err, "PostgreSQL 1");
    char *first = strstr(answer.err, " started\n");
    assert_non_null(first);
    char *second = strstr(first + 1, " started\n");    /* Redis */
    assert_non_null(second);
    assert_null(strstr(second + 1, " started\n"));
    answer_done(&answer);
    assert_states(home, "up", "up");
}

static void who_waits_says_for_whom(void **state)
{
    struct home *home = *state;
    struct answer answer;
    /* the lock is held until the other has said that it waits */
    const char *script = "exec 9>\"$1/lock\"; flock 9; echo '4711 counting sheep' >&9; \"$0\" down 2>\"$2\" & "
                         "n=0; until grep -q waiting \"$2\" || [ $n -gt 600 ]; do sleep 0.1; n=$((n+1)); done; cat \"$2\"; flock -u 9; wait $!";

    do_step(home, "up");
    _cleanup_(mem_freep) char *place = said(home, "folder", NULL), *words = path_join(home->folder, "words");
    RUN(home, &answer, "sh", "-c", script, own_path, place, words);
    assert_contains(answer.out, "waiting for process 4711, which is counting sheep");
    assert_int_equal(answer.status, 0);
    answer_done(&answer);
    assert_states(home, "down", "down");
}

/* -- what is left after an accident ------------------------------------------------------------------------------- */

static void a_killed_server_is_started_again(void **state)
{
    struct home *home = *state;

    do_step(home, "up");
    mem_free(said(home, "sql", "DROP TABLE IF EXISTS safe"));
    mem_free(said(home, "sql", "CREATE TABLE safe AS SELECT 'committed' AS word"));
    pid_t postgres = pid_of(home, 0), redis = pid_of(home, 1);
    assert_int_equal(kill(postgres, SIGKILL), 0);
    assert_int_equal(kill(redis, SIGKILL), 0);
    wait_until_gone(postgres);
    wait_until_gone(redis);
    assert_states(home, "stale", "stale");
    do_step(home, "up");
    assert_said(home, "sql", "SELECT word FROM safe", "committed");
    assert_states(home, "up", "up");
}

/* kill(1) does not wait until a process is dead, and one that dies still looks up. */
#define KILL_AND_WAIT(pid) \
    "kill -9 " pid "; while s=$(ps -o stat= -p " pid ") && [ \"${s#Z}\" = \"$s\" ]; do sleep 0.01; done; "

/* It forks for each call at its socket; calls it cannot answer yet would fill the queue, and the first true one be refused. */
static void a_server_that_recovers_is_left_alone(void **state)
{
    struct home *home = *state;
    struct answer answer;
    const char *script = "set -e; echo 'log_connections = on' >>\"$1/postgresql/postgresql.auto.conf\"; " KILL_AND_WAIT("$2") ": >\"$1/postgresql.log\"; "
                         "\"$0\" up 2>/dev/null; sed '/ready to accept/,$d' \"$1/postgresql.log\" | grep -c 'connection received' || :";

    do_step(home, "up");
    _cleanup_(mem_freep) char *folder = said(home, "folder", NULL);
    _cleanup_(mem_freep) char *pid = status_field(home, 0, 3);
    RUN(home, &answer, "sh", "-c", script, own_path, folder, pid);
    if (answer.status != 0 || strcmp(answer.out, "0\n") != 0)
        fail_msg("exit %d, %s connections while it started: %s", answer.status, answer.out, answer.err);
    answer_done(&answer);
    RUN(home, &answer, "sh", "-c", "sed -i '/log_connections/d' \"$0/postgresql/postgresql.auto.conf\"", folder);
    answer_done(&answer);
}

/* A session that computes does not see at once that its server is gone, and keeps the cluster's memory. */
static void a_killed_servers_sessions_do_not_stand_in_the_way(void **state)
{
    struct home *home = *state;
    struct answer answer;
    const char *script = "\"$0\" sql 'SELECT /* endless */ count(*) FROM pg_class a, pg_class b, pg_class c, pg_class d' >/dev/null 2>&1 & client=$!; "
                         "until [ \"$(\"$0\" sql \"SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%endless%' AND pid <> pg_backend_pid()\")\" = 1 ]; "
                         "do sleep 0.1; done; " KILL_AND_WAIT("$1") "\"$0\" up; code=$?; [ $code -eq 0 ] || kill $client; wait; exit $code";

    do_step(home, "up");
    _cleanup_(mem_freep) char *pid = status_field(home, 0, 3);
    RUN(home, &answer, "sh", "-c", script, own_path, pid);
    if (answer.status != 0)
        fail_msg("%s", answer.err);
    answer_done(&answer);
    assert_states(home, "up", "up");
    assert_said(home, "sql", "SELECT 1", "1");
}

static void write_over(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
    close(fd);
}

/* The number of a server that is gone now belongs to a process of the same user: PostgreSQL alone would refuse to start. */
static void a_pid_file_may_name_somebody_else(void **state)
{
    struct home *home = *state;
    struct answer answer;

    do_step(home, "up");
    do_step(home, "down");
    RUN(home, &answer, "sh", "-c", "sleep 1000 >/dev/null 2>&1 & echo $!");
    pid_t other = (pid_t)atol(answer.out);
    answer_done(&answer);
    assert_true(other > 0);
    _cleanup_(mem_freep) char *place = said(home, "folder", NULL);
    _cleanup_(mem_freep) char *pid_file = mem_printf("%s/postgresql/postmaster.pid", place);
    _cleanup_(mem_freep) char *socket_lock = mem_printf("%s/run/.s.PGSQL.5432.lock", place);
    _cleanup_(mem_freep) char *redis_file = mem_printf("%s/redis/redis.pid", place);
    _cleanup_(mem_freep) char *text = mem_printf("%d\n%s/postgresql\n1\n5432\n%s/run\n\n  1 1\nready   \n", other, place, place);
    write_over(pid_file, text);
    write_over(socket_lock, text);
    write_over(redis_file, text);
    assert_states(home, "stale", "stale");
    do_step(home, "up");
    assert_states(home, "up", "up");
    assert_int_equal(kill(other, 0), 0);    /* nobody took it for a server */
    kill(other, SIGKILL);
}

static void a_pid_file_may_be_cut_short(void **state)
{
    struct home *home = *state;

    do_step(home, "up");
    do_step(home, "down");
    _cleanup_(mem_freep) char *place = said(home, "folder", NULL);
    _cleanup_(mem_freep) char *pid_file = mem_printf("%s/postgresql/postmaster.pid", place);
    write_over(pid_file, "");
    assert_states(home, "stale", "down");
    do_step(home, "up");
    assert_states(home, "up", "up");
}

/* As a cleaner of /tmp does it. */
static void sockets_may_be_deleted_under_the_servers(void **state)
{
    struct home *home = *state;

    do_step(home, "up");
    pid_t before = pid_of(home, 0);
    _cleanup_(mem_freep) char *redis = said(home, "redis", NULL);
    _cleanup_(mem_freep) char *postgres = mem_printf("%.*s/.s.PGSQL.5432", (int)(strrchr(redis, '/') - redis), redis);
    assert_int_equal(unlink(redis), 0);
    assert_int_equal(unlink(postgres), 0);
    assert_said(home, "looks", NULL, "down");
    assert_states(home, "busy", "busy");
    do_step(home, "up");
    assert_states(home, "up", "up");
    assert_int_not_equal(pid_of(home, 0), before);
    assert_said(home, "sql", "SELECT 1", "1");
}

static void a_half_made_cluster_is_made_anew(void **state)
{
    struct home *home = *state;

    do_step(home, "reset");
    _cleanup_(mem_freep) char *place = said(home, "folder", NULL);
    _cleanup_(mem_freep) char *half = mem_printf("%s/postgresql.new/base/1", place);
    _cleanup_(mem_freep) char *file = path_join(half, "PG_VERSION");
    struct answer answer;
    RUN(home, &answer, "mkdir", "-p", half);
    answer_done(&answer);
    RUN(home, &answer, "touch", file);
    answer_done(&answer);
    do_step(home, "up");
    assert_false(file_exists(half));
    assert_said(home, "sql", "SELECT 1", "1");
}

/* -- what cannot work --------------------------------------------------------------------------------------------- */

static void missing_programs_are_named(void **state)
{
    struct home *home = *state;

    do_step(home, "reset");
    home->environment[0] = "YTEMPIRE_PGBIN=/nowhere";
    assert_fails(home, "up", 1, "PostgreSQL is not installed");
    home->environment[0] = NULL;
    assert_states(home, "absent", "down");
}

/* A cache may be missing: that is told, and the rest works. */
static void without_redis_the_database_starts(void **state)
{
    struct home *home = *state;
    _cleanup_(mem_freep) char *place = said(home, "folder", NULL), *in_the_way = NULL;
    struct answer answer;

    do_step(home, "down");
    in_the_way = path_join(place, "run/redis.sock");
    RUN(home, &answer, "mkdir", in_the_way);    /* where the socket should be made */
    answer_done(&answer);
    assert_fails(home, "up", 4, "Redis does not start");
    assert_states(home, "up", "down");
    assert_said(home, "sql", "SELECT 1", "1");
    rmdir(in_the_way);
    do_step(home, "up");
    assert_states(home, "up", "up");
}

static void another_major_version_is_refused(void **state)
{
    struct home *home = *state;
    _cleanup_(mem_freep) char *place = said(home, "folder", NULL), *version = path_join(place, "postgresql/PG_VERSION");
    _cleanup_(mem_freep) char *right = NULL;

    do_step(home, "up");
    do_step(home, "down");
    assert_int_equal(file_read(version, 64, &right, NULL, NULL), 0);
    write_over(version, "9\n");
    assert_fails(home, "up", 1, "was made by PostgreSQL 9");
    assert_states(home, "down", "down");
    write_over(version, right);
    do_step(home, "up");
}

static void why_it_does_not_start_is_told_in_its_own_words(void **state)
{
    struct home *home = *state;
    _cleanup_(mem_freep) char *place = said(home, "folder", NULL), *settings = path_join(place, "postgresql/postgresql.auto.conf");
    _cleanup_(mem_freep) char *right = NULL;

    do_step(home, "up");
    do_step(home, "down");
    assert_int_equal(file_read(settings, 4096, &right, NULL, NULL), 0);
    write_over(settings, "max_wal_senders = 3\n");
    assert_fails(home, "up", 3, "WAL streaming (max_wal_senders > 0) requires wal_level");
    assert_fails(home, "up", 3, "postgresql.log");
    write_over(settings, right);
    do_step(home, "up");
}

static void reset_deletes_all(void **state)
{
    struct home *home = *state;
    _cleanup_(mem_freep) char *place = said(home, "folder", NULL), *stamp = path_join(place, "schema");
    struct answer answer;

    do_step(home, "up");
    RUN(home, &answer, "touch", stamp);
    answer_done(&answer);
    do_step(home, "reset");
    assert_states(home, "absent", "absent");
    assert_false(file_exists(stamp));
    do_step(home, "reset");    /* nothing there: no error */
}

/* -- places ------------------------------------------------------------------------------------------------------- */

static void try_place(bool as_root, const char *below)
{
    struct home *home = home_new(as_root, below);

    do_step(home, "up");
    assert_states(home, "up", "up");
    assert_said(home, "looks", NULL, "up");
    assert_said(home, "sql", "SELECT 1", "1");
    do_step(home, "down");
    assert_states(home, "down", "down");
    home_free(home);
}

static void a_path_may_have_spaces_and_quotes(void **state)
{
    (void)state;
    try_place(false, "my data's \"home\"");
}

static void a_path_may_have_a_comma_which_libpq_takes_for_two_hosts(void **state)
{
    (void)state;
    try_place(true, "a,b");
}

static void a_path_may_be_longer_than_a_sockets(void **state)
{
    (void)state;
    for (int as_root = 0; as_root < 2; as_root++)
        try_place(as_root, "a-folder-with-a-rather-long-name/and-one-more-of-the-same-kind/and-a-third-so-that-it-is-too-much");
}

/* Anybody can make a folder in /tmp: one that is not ours is refused, and never taken for running servers. */
static void a_folder_laid_out_by_somebody_else_is_refused(void **state)
{
    struct passwd *daemon = getpwnam("daemon");
    uid_t other = daemon ? daemon->pw_uid : 0;
    struct home *home;

    (void)state;
    if (geteuid() != 0 || !daemon) {
        print_message("SKIPPED: only root can be somebody else\n");
        skip();
    }
    home = home_new(false, "with,comma");
    _cleanup_(mem_freep) char *redis = said(home, "redis", NULL);
    *strrchr(redis, '/') = '\0';
    assert_true(strncmp(redis, "/tmp/ytempire-", 14) == 0);
    assert_int_equal(mkdir(redis, 0777), 0);
    assert_int_equal(chown(redis, other, 0), 0);
    assert_fails(home, "up", 1, "belongs to daemon");
    assert_int_equal(rmdir(redis), 0);
    assert_int_equal(symlink("/etc", redis), 0);
    assert_fails(home, "up", 1, "is not a folder");
    assert_int_equal(unlink(redis), 0);
    do_step(home, "up");
    assert_int_equal(chown(redis, other, 0), 0);
    assert_said(home, "looks", NULL, "down");
    assert_int_equal(chown(redis, home->user, home->group), 0);
    assert_said(home, "looks", NULL, "up");
    home_free(home);
}

/* /root is closed to the account that PostgreSQL runs as, and stays closed. */
static void roots_home_stays_closed(void **state)
{
    struct home *home;
    struct stat about;

    (void)state;
    if (geteuid() != 0) {
        print_message("SKIPPED: only root is refused by PostgreSQL\n");
        skip();
    }
    home = home_new(true, "closed/data");
    _cleanup_(mem_freep) char *closed = path_join(home->folder, "closed");
    _cleanup_(mem_freep) char *link = path_join(home->data_home, "ytempire/local");
    assert_int_equal(mkdir(closed, 0700), 0);
    do_step(home, "up");
    assert_said(home, "sql", "SELECT 1", "1");
    assert_int_equal(stat(closed, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0700);
    assert_int_equal(lstat(link, &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    assert_int_equal(stat(link, &about), 0);
    assert_int_equal(about.st_uid, 0);
    assert_int_equal(about.st_mode & 07777, 0710);
    home_free(home);
}

static void without_a_home_there_is_no_place(void **state)
{
    struct answer answer;
    struct home home = {.data_home = (char *)"relative", .user = (uid_t)-1};

    (void)state;
    STEP(&home, &answer, "folder");
    assert_int_equal(answer.status, 2);
    assert_contains(answer.err, "no home");
    answer_done(&answer);
}

static void other_servers_variables_do_not_lead_astray(void **state)
{
    struct home *home = *state;

    do_step(home, "up");
    home->environment[0] = "PGHOSTADDR=127.0.0.1";
    home->environment[1] = "PGREQUIREPEER=somebody";
    home->environment[2] = "PGCHANNELBINDING=require";
    home->environment[3] = "PGTARGETSESSIONATTRS=standby";
    home->environment[4] = "PGPORT=1";
    assert_said(home, "sql", "SELECT 1", "1");
    do_step(home, "down");
    do_step(home, "up");
    memset(home->environment, 0, sizeof home->environment);
}

/* -- a full disk -------------------------------------------------------------------------------------------------- */

/* A file that takes what is left of the small disk. */
static void fill(const char *folder)
{
    _cleanup_(mem_freep) char *path = path_join(folder, "filler");
    static const char zeros[65536];
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);

    assert_true(fd >= 0);
    while (write(fd, zeros, sizeof zeros) > 0)
        ;
    close(fd);
}

static void a_full_disk_is_called_one(void **state)
{
    struct home *home;

    (void)state;
    if (geteuid() != 0) {
        print_message("SKIPPED: only root can mount a small disk\n");
        skip();
    }
    for (int as_root = 0; as_root < 2; as_root++) {
        home = home_new(as_root, "small/data");
        _cleanup_(mem_freep) char *small = path_join(home->folder, "small"), *filler = path_join(small, "filler");
        assert_int_equal(mkdir(small, 0755), 0);
        if (mount("none", small, "tmpfs", 0, "size=20m") < 0) {
            print_message("SKIPPED: no small disk can be mounted here\n");
            home_free(home);
            skip();
        }
        if (home->user != (uid_t)-1)
            assert_int_equal(chown(small, home->user, home->group), 0);
        assert_fails(home, "up", 1, "the disk is full");    /* too small to make a cluster */
        assert_int_equal(mount("none", small, "tmpfs", MS_REMOUNT, "size=200m"), 0);
        do_step(home, "up");
        do_step(home, "down");
        fill(small);
        assert_fails(home, "up", 1, "the disk is full");    /* no room to start one */
        assert_int_equal(unlink(filler), 0);
        do_step(home, "up");
        assert_said(home, "sql", "SELECT 1", "1");
        do_step(home, "reset");
        assert_int_equal(umount2(small, MNT_DETACH), 0);
        home_free(home);
    }
}

/* -- all of it ---------------------------------------------------------------------------------------------------- */

static int enter_as_user(void **state)
{
    *state = home_new(false, "data");
    return 0;
}

static int enter_as_root(void **state)
{
    *state = home_new(true, "data");
    return 0;
}

static int leave(void **state)
{
    home_free(*state);
    return 0;
}

int main(int argc, char **argv)
{
    ssize_t length = readlink("/proc/self/exe", own_path, sizeof own_path - 1);
    int failed;

    if (argc > 1)
        return be_the_process(argv + 1);
    if (length <= 0)
        return 1;
    const struct CMUnitTest in_one_home[] = {
        cmocka_unit_test(both_start_and_are_used_and_stop),
        cmocka_unit_test(the_owner_is_no_superuser_but_has_what_it_needs),
        cmocka_unit_test(there_is_no_port_and_the_sockets_are_closed_to_others),
        cmocka_unit_test(they_outlive_the_one_who_started_them),
        cmocka_unit_test(other_servers_variables_do_not_lead_astray),
        cmocka_unit_test(a_killed_server_is_started_again),
        cmocka_unit_test(a_server_that_recovers_is_left_alone),
        cmocka_unit_test(a_killed_servers_sessions_do_not_stand_in_the_way),
        cmocka_unit_test(a_pid_file_may_name_somebody_else),
        cmocka_unit_test(a_pid_file_may_be_cut_short),
        cmocka_unit_test(sockets_may_be_deleted_under_the_servers),
        cmocka_unit_test(who_waits_says_for_whom),
        cmocka_unit_test(another_major_version_is_refused),
        cmocka_unit_test(why_it_does_not_start_is_told_in_its_own_words),
        cmocka_unit_test(without_redis_the_database_starts),
        cmocka_unit_test(reset_deletes_all),
        cmocka_unit_test(missing_programs_are_named),
        cmocka_unit_test(a_half_made_cluster_is_made_anew),
        cmocka_unit_test(ten_start_them_at_once),
    };
    const struct CMUnitTest places[] = {
        cmocka_unit_test(a_path_may_have_spaces_and_quotes),
        cmocka_unit_test(a_path_may_have_a_comma_which_libpq_takes_for_two_hosts),
        cmocka_unit_test(a_path_may_be_longer_than_a_sockets),
        cmocka_unit_test(a_folder_laid_out_by_somebody_else_is_refused),
        cmocka_unit_test(roots_home_stays_closed),
        cmocka_unit_test(without_a_home_there_is_no_place),
        cmocka_unit_test(a_full_disk_is_called_one),
    };
    failed = cmocka_run_group_tests_name("an ordinary user", in_one_home, enter_as_user, leave);
    if (geteuid() == 0)
        failed += cmocka_run_group_tests_name("root", in_one_home, enter_as_root, leave);
    else
        fprintf(stderr, "SKIPPED: the group of root: only root can be root\n");
    failed += cmocka_run_group_tests_name("places", places, NULL, NULL);
    return failed;
}
