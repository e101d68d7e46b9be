/*
 * A folder with all that is in it. Goes by descriptors and follows no link: what is deleted lies in it, whatever its
 * owner moves meanwhile.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "local_internal.h"
#include "ytempire/base/mem.h"

#define DEPTH_MOST 64

/* Called for each entry, of a folder after its content: 0, or an errno. */
typedef int visit(int folder, const char *name, const struct stat *about, void *who);

static int walk(int parent, const char *name, visit *visitor, void *who, int depth);

static int walk_entries(DIR *entries, visit *visitor, void *who, int depth)
{
    struct dirent *entry;
    int failed = 0;

    while (failed == 0 && (entry = readdir(entries)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            failed = walk(dirfd(entries), entry->d_name, visitor, who, depth + 1);
    return failed;
}

static int walk(int parent, const char *name, visit *visitor, void *who, int depth)
{
    struct stat about;
    int failed = 0;

    if (fstatat(parent, name, &about, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT ? 0 : errno;
    if (S_ISDIR(about.st_mode)) {
        if (depth == DEPTH_MOST)
            return ELOOP;
        int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        DIR *entries = fd < 0 ? NULL : fdopendir(fd);
        if (!entries)
            return errno == ENOENT ? 0 : errno;
        failed = walk_entries(entries, visitor, who, depth);
        (void)closedir(entries);
    }
    return failed ? failed : visitor(parent, name, &about, who);
}

static int remove_entry(int folder, const char *name, const struct stat *about, void *who)
{
    (void)who;
    return unlinkat(folder, name, S_ISDIR(about->st_mode) ? AT_REMOVEDIR : 0) == 0 || errno == ENOENT ? 0 : errno;
}

int tree_remove(const char *path, struct error *error)
{
    int failed = walk(AT_FDCWD, path, remove_entry, NULL, 0);

    return failed ? error_set(error, ERR_IO, "'%s' cannot be deleted: %s", path, strerror(failed)) : 0;
}

static int count_entry(int folder, const char *name, const struct stat *about, void *who)
{
    (void)folder;
    (void)name;
    *(int64_t *)who += (int64_t)about->st_blocks * 512;
    return 0;
}

int64_t tree_bytes(const char *path)
{
    int64_t bytes = 0;

    return walk(AT_FDCWD, path, count_entry, &bytes, 0) == 0 ? bytes : -1;
}
