/*
 * One program at a time makes, starts, stops or deletes. The lock is flock(2) on a file that is never deleted, so it
 * ends with its holder however that ends; what is written in it is for people only.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "local_internal.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/loop.h"

#define LOOK_EVERY_US (20 * 1000)
#define QUIET_US (US_PER_SECOND / 2)           /* shorter waits are not told */
#define PATIENCE_US (5 * US_PER_MINUTE)        /* a recovery after a crash may take a while */

/* "1234 starting the private servers" as "process 1234, which is starting …". */
static char *read_holder(const struct local *local)
{
    _cleanup_(mem_freep) char *text = NULL;

    if (file_read(local->lock, 4096, &text, NULL, NULL) < 0)
        return mem_strdup("another program");
    text[strcspn(text, "\n")] = '\0';
    char *space = strchr(text, ' ');
    if (!space)
        return mem_strdup("another program");
    *space = '\0';
    return mem_printf("process %s, which is %s", text, space + 1);
}

static void write_holder(int fd, const char *doing)
{
    _cleanup_(mem_freep) char *text = mem_printf("%ld %s\n", (long)getpid(), doing);

    if (ftruncate(fd, 0) < 0 || pwrite(fd, text, strlen(text), 0) < 0)
        return;    /* a full disk: nobody is told, no more */
}

static int wait_for(const struct local *local, int fd, struct sink *sink, struct error *error)
{
    int64_t began = monotonic_us();
    bool told = false;

    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        int64_t waited = monotonic_us() - began;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return error_set(error, ERR_IO, "'%s' cannot be locked: %s", local->lock, strerror(errno));
        if (waited > QUIET_US && (!told || waited > PATIENCE_US)) {
            _cleanup_(mem_freep) char *holder = read_holder(local);
            if (waited > PATIENCE_US)
                return error_set(error, ERR_CONFLICT, "the private servers are held by %s", holder);
            if (sink)
                sink_text(sink, "waiting for %s", holder);
            told = true;
        }
        int r = task_sleep(LOOK_EVERY_US);
        if (r < 0)
            return error_set(error, r, "%s", error_sentence(r));
    }
    return 0;
}

int local_lock_take(const struct local *local, const char *doing, struct sink *sink, int *ret_fd, struct error *error)
{
    int fd = open(local->lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600), r;

    if (fd < 0 && (errno == ENOSPC || errno == EDQUOT))
        return probe_disk_error(local, "no lock can be made", error);
    if (fd < 0)
        return error_set(error, ERR_IO, "'%s': %s", local->lock, strerror(errno));
    r = wait_for(local, fd, sink, error);
    if (r < 0) {
        (void)close(fd);
        return r;
    }
    write_holder(fd, doing);
    *ret_fd = fd;
    return 0;
}
