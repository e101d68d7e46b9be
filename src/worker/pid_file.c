#include "pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

static int conflict(int fd, const char *path, struct error *error)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    if (fcntl(fd, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
        lock.l_pid = 0;
    return error_set(error, ERR_CONFLICT, "worker %ld has %s", (long)lock.l_pid, path);
}

/* What does not begin with a process's number is no pid file, but somebody's, who named the wrong one. */
static int refuse_other_files(int fd, const char *path, struct error *error)
{
    char        text[24];
    ssize_t     got = pread(fd, text, sizeof text, 0);
    const char *end = got > 0 ? memchr(text, '\n', (size_t)got) : NULL;
    long long   number = 0;

    if (got == 0 || (end != NULL && text_to_int64(text, (size_t)(end - text), &number) >= 0 && number > 0))
        return 0;
    return error_set(error, ERR_USAGE, "%s is there, and is no pid file", path);
}

int pid_file_take(const char *path, int *ret_fd, struct error *error)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct stat  ours, named;
    int          fd, r = 0;

    do {                              /* one that ends takes its file away: the lock must be on the one that is there */
        fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (fd < 0)
            return error_set(error, ERR_IO, "%s: %s", path, strerror(errno));
        if (fcntl(fd, F_SETLK, &lock) < 0)
            r = errno == EAGAIN || errno == EACCES
                    ? conflict(fd, path, error)
                    : error_set(error, ERR_IO, "%s cannot be locked: %s", path, strerror(errno));
        if (r < 0 || (fstat(fd, &ours) == 0 && stat(path, &named) == 0 && ours.st_ino == named.st_ino))
            break;
        (void)close(fd);
    } while (true);
    if (r >= 0)
        r = refuse_other_files(fd, path, error);
    if (r < 0) {
        (void)close(fd);
        return r;
    }
    *ret_fd = fd;
    return 0;
}

int pid_file_write(int fd, const char *path, const char *version, const char *address, struct error *error)
{
    _cleanup_(mem_freep) char *text =
        mem_printf("%ld\n%s\n%s\n", (long)getpid(), version, address != NULL ? address : "");

    if (ftruncate(fd, 0) < 0 || fd_write_all(fd, text, strlen(text)) < 0)
        return error_set(error, ERR_IO, "%s: %s", path, strerror(errno));
    return 0;
}

void pid_file_let_go(int fd, const char *path)
{
    if (fd < 0)
        return;
    (void)unlink(path);
    (void)close(fd);
}
