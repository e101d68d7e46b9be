/*
 * The folder of backups. Invariant: a name without a dot in front is a backup that is whole; ".NAME.new" is one in the
 * making and ".NAME.gone" one on its way out, and neither is anybody's once the folder's lock is ours.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup_int.h"
#include "ytempire/base/file.h"
#include "ytempire/engine/loop.h"

#define HASH_BLOCK (1u << 20)
#define HASH_BLOCKS 32

static int trouble(const char *path, struct error *error)
{
    error_set(error, ERR_IO, "'%s': %s", path, strerror(errno));
    if (errno == ENOSPC)
        error_hint(error, "make room there, or keep backups elsewhere: 'set backup-folder DIR'");
    return ERR_IO;
}

/* -- what is there ------------------------------------------------------------------------------------------------- */

void backups_done(struct backups *backups)
{
    for (size_t i = 0; i < backups->count; i++)
        manifest_done(&backups->items[i]);
    for (size_t i = 0; i < backups->broken_count; i++)
        mem_free(backups->broken[i]);
    mem_free(backups->items);
    mem_free(backups->broken);
    *backups = (struct backups){0};
}

static int newer_first(const void *a, const void *b)
{
    const struct manifest *one = a, *other = b;

    if (one->started_at != other->started_at)
        return one->started_at > other->started_at ? -1 : 1;
    return strcmp(other->name, one->name);
}

static void add(struct backups *backups, const char *folder, const char *name)
{
    _cleanup_(mem_freep) char *path = path_join(folder, name), *file = path_join(path, BACKUP_MANIFEST);
    struct manifest manifest;
    struct error    why = ERROR_INIT;

    if (!file_exists(file))
        return;                       /* not ours */
    if (manifest_read(path, &manifest, &why) >= 0) {
        manifest.name = arena_strdup(manifest.arena, name);     /* a folder may have been renamed */
        VEC_PUSH(backups->items, backups->count, backups->room, manifest);
    } else {
        VEC_PUSH(backups->broken, backups->broken_count, backups->broken_room, mem_strdup(name));
        VEC_PUSH(backups->broken, backups->broken_count, backups->broken_room,
                 mem_strdup(why.text != NULL ? why.text : ""));
    }
    error_done(&why);
}

int backups_read(const char *folder, struct backups *ret_backups, struct error *error)
{
    struct backups backups = {0};
    char         **names = NULL;
    size_t         count = 0;
    int            r = file_exists(folder) ? file_list(folder, NULL, &names, &count, error) : 0;

    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++) {
        add(&backups, folder, names[i]);
        mem_free(names[i]);
    }
    mem_free(names);
    if (backups.count > 0)
        qsort(backups.items, backups.count, sizeof *backups.items, newer_first);
    *ret_backups = backups;
    return 0;
}

char *folder_of(const char *folder, const char *name)
{
    return strchr(name, '/') != NULL ? mem_strdup(name) : path_join(folder, name);
}

bool folder_is_whole(const struct manifest *manifest)
{
    _cleanup_(mem_freep) char *dump = path_join(manifest->folder, BACKUP_DUMP);
    struct stat about;

    return stat(dump, &about) == 0 && about.st_size == manifest->bytes;
}

/* -- taking and removing ------------------------------------------------------------------------------------------- */

bool folder_is_ours(const char *path)
{
    struct stat about;

    return lstat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* One of ours has these two files and nothing else: what else lies there is somebody's, and the folder stays. */
static int remove_files(const char *path, struct error *error)
{
    _cleanup_(mem_freep) char *dump = path_join(path, BACKUP_DUMP), *manifest = path_join(path, BACKUP_MANIFEST);

    if (!folder_is_ours(path))
        return 0;
    if ((unlink(manifest) < 0 && errno != ENOENT) || (unlink(dump) < 0 && errno != ENOENT) ||
        (rmdir(path) < 0 && errno != ENOTEMPTY && errno != EEXIST))
        return trouble(path, error);
    return 0;
}

static int sweep(const char *folder, struct error *error)
{
    DIR           *dir = opendir(folder);
    struct dirent *entry;
    int            r = 0;

    if (dir == NULL)
        return trouble(folder, error);
    while (r >= 0 && (entry = readdir(dir)) != NULL) {
        _cleanup_(mem_freep) char *path = path_join(folder, entry->d_name);

        if (entry->d_name[0] == '.' && (text_ends(entry->d_name, ".new") || text_ends(entry->d_name, ".gone")))
            r = remove_files(path, error);
    }
    closedir(dir);
    return r;
}

int folder_take(const char *folder, int *ret_lock, struct error *error)
{
    int r = file_make_folders(folder, 0700, error), lock;

    if (r < 0)
        return r;
    lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock < 0)
        return trouble(folder, error);
    if (flock(lock, LOCK_EX | LOCK_NB) < 0) {
        close(lock);
        error_set(error, ERR_CONFLICT, "another backup is at work in '%s'", folder);
        error_hint(error, "wait for it to end");
        return ERR_CONFLICT;
    }
    r = sweep(folder, error);
    if (r < 0)
        close(lock);
    else
        *ret_lock = lock;
    return r;
}

int folder_remove(const char *folder, const char *name, struct error *error)
{
    _cleanup_(mem_freep) char *path = path_join(folder, name), *gone = mem_printf("%s/.%s.gone", folder, name);

    return rename(path, gone) < 0 ? trouble(path, error) : remove_files(gone, error);
}

/* -- bytes --------------------------------------------------------------------------------------------------------- */

/* A stretch at a time on a thread, so that a cancel need not wait for a large file's end. */
struct digesting {
    struct sha256 sha;
    int           fd;
    bool          sync, ended;
    int           failed;             /* errno */
};

static void digest_in_thread(void *who)
{
    struct digesting *digesting = who;
    char             *block = mem_alloc(HASH_BLOCK);
    ssize_t           got = 1;

    for (size_t blocks = 0; blocks < HASH_BLOCKS && got > 0; blocks++) {
        got = read(digesting->fd, block, HASH_BLOCK);
        if (got > 0)
            sha256_add(&digesting->sha, block, (size_t)got);
    }
    digesting->ended = got <= 0;
    if (got < 0 || (got == 0 && digesting->sync && fsync(digesting->fd) < 0))
        digesting->failed = errno;
    mem_free(block);
}

int file_digest(const char *path, bool sync, char ret_hex[static SHA256_TEXT_SIZE], struct error *error)
{
    struct digesting digesting = {.fd = open(path, O_RDONLY | O_CLOEXEC), .sync = sync};
    int              r = 0;

    if (digesting.fd < 0)
        return trouble(path, error);
    sha256_begin(&digesting.sha);
    while (r >= 0 && !digesting.ended)
        r = task_in_thread(digest_in_thread, &digesting);
    close(digesting.fd);
    errno = digesting.failed;
    if (digesting.failed != 0)
        return trouble(path, error);
    if (r < 0)
        return error_set(error, r, "%s", error_sentence(r));
    sha256_end(&digesting.sha, ret_hex);
    return 0;
}

int folder_sync(const char *path, struct error *error)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int r = fd < 0 || fsync(fd) < 0 ? trouble(path, error) : 0;

    if (fd >= 0)
        close(fd);
    return r;
}
