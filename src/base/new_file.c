/* A file in the making. Invariant: `part` names it until it is kept or gone. */
#include "ytempire/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ytempire/base/mem.h"

struct new_file {
    char *path, *part;
    int fd;
    bool replaces;
};

static int refuse(struct error *error, const char *path)
{
    return error_set(error, ERR_IO, "cannot write to '%s': %s", path, strerror(errno));
}

int new_file_open(const char *path, struct new_file **ret_file, struct error *error)
{
    struct new_file *file;
    struct stat old;
    bool there = stat(path, &old) == 0;
    char *resolved = there ? realpath(path, NULL) : NULL;
    int r = 0;

    if (there && !S_ISREG(old.st_mode)) {
        free(resolved);
        return error_set(error, ERR_USAGE, "'%s' is no ordinary file", path);
    }
    if (there && access(path, W_OK) < 0) {
        free(resolved);
        return refuse(error, path);
    }
    file = mem_alloc(sizeof *file);
    file->path = mem_strdup(resolved != NULL ? resolved : path);
    file->part = mem_printf("%s.%ld.part", file->path, (long)getpid());
    file->replaces = there;
    free(resolved);
    file->fd = open(file->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file->fd < 0) {
        r = errno == EEXIST ? error_set(error, ERR_CONFLICT, "'%s' is being written already", path)
                            : refuse(error, path);
        mem_free(TAKE(file->part)); /* not ours */
    } else if (there && fchmod(file->fd, old.st_mode & 0777) < 0) {
        r = refuse(error, path);
    }
    if (r < 0) {
        new_file_free(file);
        return r;
    }
    *ret_file = file;
    return 0;
}

int new_file_fd(const struct new_file *file)
{
    return file->fd;
}

bool new_file_replaces(const struct new_file *file)
{
    return file->replaces;
}

int new_file_keep(struct new_file *file, struct error *error)
{
    int fd = file->fd;

    file->fd = -1;
    if (close(fd) < 0 || rename(file->part, file->path) < 0)
        return refuse(error, file->path);
    mem_free(TAKE(file->part));
    return 0;
}

void new_file_free(struct new_file *file)
{
    if (file == NULL)
        return;
    if (file->fd >= 0)
        (void)close(file->fd);
    if (file->part != NULL)
        (void)unlink(file->part);
    mem_free(file->part);
    mem_free(file->path);
    mem_free(file);
}

void new_file_freep(struct new_file **file)
{
    new_file_free(*file);
}
