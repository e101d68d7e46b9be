/*
 * Where the private servers lie, and whose that is.
 *
 * Finding it costs an ordinary user no system call, root one readlink(2) (more when nothing is there yet). The answer
 * depends on the user and the data home alone, so that all programs agree without talking to each other.
 */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "local_internal.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/sha256.h"
#include "ytempire/conf.h"

#define SOCKET_MOST 107           /* bytes of sun_path without the NUL */
#define FOLDER_MOST 900           /* PostgreSQL's own paths have 1,024 */
#define SOCKET_NAME ".s.PGSQL." POSTGRES_PORT
#define LINK_MOST 4096

/* -- whom the servers run as -------------------------------------------------------------------------------------- */

static bool find_account(struct account *ret_account)
{
    static const char *const names[] = {"postgres", "nobody"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct passwd *found = getpwnam(names[i]);
        if (found && found->pw_uid != 0) {
            *ret_account = (struct account){.user = found->pw_uid, .group = found->pw_gid, .drop = true};
            return true;
        }
    }
    return false;
}

int place_account(const struct local *local, struct account *ret_account, struct error *error)
{
    struct stat about;

    if (geteuid() != 0) {
        *ret_account = (struct account){.user = geteuid(), .group = getegid()};
        return 0;
    }
    if (lstat(local->cluster, &about) == 0 && about.st_uid != 0) {    /* who has made it goes on */
        *ret_account = (struct account){.user = about.st_uid, .group = about.st_gid, .drop = true};
        return 0;
    }
    if (find_account(ret_account))
        return 0;
    error_set(error, ERR_FAILED, "PostgreSQL does not run as root, and there is no account 'postgres' for it");
    error_hint(error, "'useradd --system postgres' makes one; or run this as an ordinary user");
    return ERR_FAILED;
}

/* -- where it lies ------------------------------------------------------------------------------------------------ */

static bool may_enter(const struct stat *about, const struct account *account)
{
    if (about->st_uid == account->user)
        return about->st_mode & S_IXUSR;
    if (about->st_gid == account->group)
        return about->st_mode & S_IXGRP;
    return about->st_mode & S_IXOTH;
}

/* Whether the account gets through every folder above `path` that is there; those that are not we make fit. */
static bool can_reach(const char *path, const struct account *account)
{
    _cleanup_(mem_freep) char *folder = mem_strdup(path);
    struct stat about;

    for (char *at = folder + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        if (stat(folder, &about) == 0 ? !may_enter(&about, account) : errno != ENOENT)
            return false;
        *at = '/';
    }
    return true;
}

static void hash_path(const char *path, char ret_hash[static 13])
{
    char hex[SHA256_TEXT_SIZE];

    sha256_text(path, strlen(path), hex);
    memcpy(ret_hash, hex, 12);
    ret_hash[12] = '\0';
}

static char *elsewhere(const char *path)
{
    char hash[13];

    hash_path(path, hash);
    return text_starts(path, "/tmp/") ? mem_printf("/tmp/ytempire-0-%s.d", hash)
                                      : mem_printf("/var/lib/ytempire/0-%s", hash);
}

static char *resolve_for_root(const char *path)
{
    char target[LINK_MOST];
    ssize_t length = readlink(path, target, sizeof target);
    struct account account;

    if (length > 0 && (size_t)length < sizeof target && target[0] == '/')
        return mem_strndup(target, (size_t)length);
    if (length < 0 && errno == ENOENT && find_account(&account) && !can_reach(path, &account))
        return elsewhere(path);
    return mem_strdup(path);
}

static void find_run(struct local *local)
{
    char hash[13];

    local->run = path_join(local->folder, "run");
    if (strlen(local->run) + 1 + strlen(SOCKET_NAME) <= SOCKET_MOST && !strchr(local->run, ','))
        return;
    mem_free(local->run);
    hash_path(local->folder, hash);
    local->run = mem_printf("/tmp/ytempire-%lu-%s", (unsigned long)geteuid(), hash);
    local->run_is_elsewhere = true;
}

/* A value of libpq's "key=value" form. */
static void add_value(struct str *to, const char *value)
{
    bool plain = *value && !strpbrk(value, " '\\\t\n");

    if (plain) {
        str_add(to, value);
        return;
    }
    str_add_char(to, '\'');
    for (; *value; value++) {
        if (*value == '\'' || *value == '\\')
            str_add_char(to, '\\');
        str_add_char(to, *value);
    }
    str_add_char(to, '\'');
}

/* Variables by which libpq would go to another server than the one we say, or refuse ours. */
static const struct {
    const char *variable, *parameter;
} foreign[] = {
    {"PGHOSTADDR", " hostaddr=''"},
    {"PGREQUIREPEER", " requirepeer=''"},
    {"PGCHANNELBINDING", " channel_binding=disable"},
    {"PGTARGETSESSIONATTRS", " target_session_attrs=any"},
};

static char *make_dsn(const struct local *local)
{
    struct str dsn = STR_INIT;

    str_add(&dsn, "host=");
    add_value(&dsn, local->run);
    str_add(&dsn, " port=" POSTGRES_PORT " user=ytempire_owner dbname=ytempire");
    for (size_t i = 0; i < COUNT_OF(foreign); i++)
        if (getenv(foreign[i].variable))
            str_add(&dsn, foreign[i].parameter);
    return str_take(&dsn);
}

static int check_path(const char *path, struct error *error)
{
    const char *home = getenv("HOME"), *data = getenv("XDG_DATA_HOME");

    if ((!data || data[0] != '/') && (!home || home[0] != '/')) {
        error_set(error, ERR_USAGE, "there is no home to put the private servers in");
        error_hint(error, "set HOME, or XDG_DATA_HOME to a folder of yours; or say where to connect: --dsn URL");
        return ERR_USAGE;
    }
    if (strlen(path) > FOLDER_MOST || strpbrk(path, "\n\r")) {
        error_set(error, ERR_USAGE, "PostgreSQL cannot lie in '%s': the path is too long, or has a line's end in it",
                  path);
        error_hint(error, "set XDG_DATA_HOME to another folder");
        return ERR_USAGE;
    }
    return 0;
}

int local_new(struct local **ret_local, struct error *error)
{
    _cleanup_(local_freep) struct local *local = mem_alloc(sizeof *local);
    int r;

    local->link = conf_data_path("local");
    r = check_path(local->link, error);
    if (r < 0)
        return r;
    local->folder = geteuid() == 0 ? resolve_for_root(local->link) : mem_strdup(local->link);
    find_run(local);
    local->cluster = path_join(local->folder, "postgresql");
    local->pid_file = path_join(local->cluster, "postmaster.pid");
    local->postgres_log = path_join(local->folder, "postgresql.log");
    local->postgres_socket = path_join(local->run, SOCKET_NAME);
    local->redis = path_join(local->folder, "redis");
    local->redis_log = path_join(local->folder, "redis.log");
    local->redis_socket = path_join(local->run, "redis.sock");
    local->redis_pid_file = path_join(local->redis, "redis.pid");
    local->worker_pid_file = path_join(local->folder, "worker.pid");
    local->worker_log = path_join(local->folder, "worker.log");
    local->worker_words = path_join(local->folder, "worker.err");
    local->lock = path_join(local->folder, "lock");
    local->stamp = path_join(local->folder, "schema");
    local->dsn = make_dsn(local);
    *ret_local = TAKE(local);
    return 0;
}

void local_free(struct local *local)
{
    if (!local)
        return;
    char *const owned[] = {local->link, local->folder, local->run, local->cluster, local->pid_file, local->postgres_log,
                           local->postgres_socket, local->redis, local->redis_log, local->redis_socket,
                           local->redis_pid_file, local->worker_pid_file, local->worker_log, local->worker_words,
                           local->lock, local->stamp, local->dsn};
    for (size_t i = 0; i < COUNT_OF(owned); i++)
        mem_free(owned[i]);
    mem_free(local);
}

void local_freep(struct local **local)
{
    local_free(*local);
}

const char *local_folder(const struct local *local)
{
    return local->folder;
}

const char *local_dsn(const struct local *local)
{
    return local->dsn;
}

const char *local_redis(const struct local *local)
{
    return local->redis_socket;
}

const char *local_stamp(const struct local *local)
{
    return local->stamp;
}

bool local_looks_up(const struct local *local)
{
    struct stat pid_file, run;

    if (stat(local->pid_file, &pid_file) < 0 || access(local->postgres_socket, F_OK) < 0)
        return false;
    if (!local->run_is_elsewhere)
        return true;
    /* anybody may make a folder in /tmp: it must be whose the servers are */
    return lstat(local->run, &run) == 0 && S_ISDIR(run.st_mode) && run.st_uid == pid_file.st_uid &&
           (run.st_mode & 077) == 0;
}

/* -- making it ---------------------------------------------------------------------------------------------------- */

static int refuse(const struct local *local, const char *path, struct error *error)
{
    if (errno == ENOSPC || errno == EDQUOT)
        return probe_disk_error(local, "no folder can be made", error);
    return error_set(error, ERR_IO, "'%s': %s", path, strerror(errno));
}

/* mkdir -p of what is above `path`. Folders that are there stay as they are. */
static int make_above(const struct local *local, const char *path, mode_t mode, struct error *error)
{
    _cleanup_(mem_freep) char *folder = mem_strdup(path);

    for (char *at = folder + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        if (mkdir(folder, mode) == 0) {
            if (chmod(folder, mode) < 0)    /* whatever the umask */
                return refuse(local, folder, error);
        } else if (errno != EEXIST) {
            return refuse(local, folder, error);
        }
        *at = '/';
    }
    return 0;
}

static int say_whose(const char *path, uid_t owner, struct error *error)
{
    const struct passwd *account = getpwuid(owner);

    error_set(error, ERR_CONFLICT, "'%s' belongs to %s", path, account ? account->pw_name : "another account");
    error_hint(error, "run this as that account, or set XDG_DATA_HOME (or HOME) to a folder of yours");
    return ERR_CONFLICT;
}

int place_check_owner(const struct local *local, struct error *error)
{
    struct stat about;

    if (stat(local->folder, &about) == 0 && about.st_uid != geteuid())
        return say_whose(local->folder, about.st_uid, error);
    return 0;
}

/* Opens a folder that must be one, and no link. */
static int open_folder(const char *path, struct error *error)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0 && (errno == ELOOP || errno == ENOTDIR))
        return error_set(error, ERR_CONFLICT, "'%s' is not a folder", path);
    if (fd < 0)
        return error_set(error, errno == EACCES ? ERR_CONFLICT : ERR_IO, "'%s': %s", path, strerror(errno));
    return fd;
}

int place_make_folder(const struct local *local, const char *path, const struct account *account, struct error *error)
{
    struct stat about;
    int fd, r = 0;

    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return refuse(local, path, error);
    fd = open_folder(path, error);
    if (fd < 0)
        return fd;
    if (fstat(fd, &about) < 0)
        r = refuse(local, path, error);
    else if (about.st_uid != account->user && about.st_uid != geteuid())
        r = say_whose(path, about.st_uid, error);
    else if ((about.st_uid != account->user && fchown(fd, account->user, account->group) < 0) ||
             ((about.st_mode & 07777) != 0700 && fchmod(fd, 0700) < 0))
        r = refuse(local, path, error);
    (void)close(fd);
    return r;
}

/* Root's own folder, through which the account may pass. */
static int open_to_account(const struct local *local, const struct account *account, struct error *error)
{
    const char *path = local->folder;
    struct stat about;
    int fd, r = 0;

    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return refuse(local, path, error);
    fd = open_folder(path, error);
    if (fd < 0)
        return fd;
    if (fstat(fd, &about) < 0)
        r = refuse(local, path, error);
    else if (about.st_uid != 0)
        r = say_whose(path, about.st_uid, error);
    else if (fchown(fd, 0, account->group) < 0 || fchmod(fd, 0710) < 0)
        r = refuse(local, path, error);
    (void)close(fd);
    return r;
}

static int make_link(const struct local *local, struct error *error)
{
    char target[LINK_MOST] = "";

    if (symlink(local->folder, local->link) == 0)
        return 0;
    if (errno != EEXIST)
        return refuse(local, local->link, error);
    if (readlink(local->link, target, sizeof target - 1) < 0 || !text_equal(target, local->folder))
        return error_set(error, ERR_CONFLICT, "'%s' has just been changed by somebody", local->link);
    return 0;
}

static int make_for_root(const struct local *local, const struct account *account, struct error *error)
{
    bool linked = !text_equal(local->link, local->folder);
    int r = make_above(local, local->folder, 0711, error);

    if (r >= 0)
        r = open_to_account(local, account, error);
    if (r >= 0 && linked)
        r = make_above(local, local->link, 0700, error);
    if (r >= 0 && linked)
        r = make_link(local, error);
    if (r >= 0 && !can_reach(local->cluster, account)) {
        r = error_set(error, ERR_FAILED, "the account that PostgreSQL runs as cannot get to '%s'", local->folder);
        error_hint(error, "let others pass through the folders above it (chmod o+x), or 'local reset' and remove it");
    }
    return r;
}

static int make_for_user(const struct local *local, struct error *error)
{
    int r = make_above(local, local->folder, 0700, error);

    if (r >= 0 && mkdir(local->folder, 0700) < 0 && errno != EEXIST)
        r = refuse(local, local->folder, error);
    return r;
}

int place_make(const struct local *local, const struct account *account, struct error *error)
{
    int r = place_check_owner(local, error);

    if (r >= 0)
        r = account->drop ? make_for_root(local, account, error) : make_for_user(local, error);
    if (r >= 0)
        r = place_make_folder(local, local->run, account, error);
    if (r >= 0)
        r = place_make_folder(local, local->redis, account, error);
    return r;
}
