/*
 * Invariant: held[at..end) are bytes of the file that were read and not used. Plain files pass through `held` only with
 * their first bytes, in which the kind is recognised; then they are read to where they are wanted.
 */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/engine/loop.h"

#define HELD ((size_t)128 * 1024)

struct input {
    char           *name;
    int             fd;
    struct stat     about;
    const struct packing *packing;     /* NULL: plain, or not looked at yet */
    bool            looked, ended, cut;
    char           *held;
    size_t          at, end;
    uint64_t        done, made;        /* bytes that were read, and those that were unpacked */
    unsigned        times;             /* packed bytes become at most so many; 0: any number */
    z_stream        zlib;
    bool            zlib_ended;        /* a member has ended, and nothing of another one was seen */
    ZSTD_DStream   *zstd;
    size_t          zstd_wants;        /* 0: between two frames */
    struct sha256   sha;
};

/* -- bytes of the file --------------------------------------------------------------------------------------------- */

static int read_file(struct input *input, char *bytes, size_t room, size_t *ret_length, struct error *error)
{
    for (;;) {
        ssize_t got;
        int     r = input_is_regular(input) || task_current() == NULL ? 0 : task_wait_fd(input->fd, POLLIN);

        if (r < 0)
            return error_set(error, r, "%s", error_sentence(r));
        got = read(input->fd, bytes, room);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got < 0)
            return error_set(error, ERR_IO, "'%s': %s", input->name, strerror(errno));
        input->done += (uint64_t)got;
        sha256_add(&input->sha, bytes, (size_t)got);
        *ret_length = (size_t)got;
        return 0;
    }
}

/* Fills `held`, which is used up. */
static int hold(struct input *input, struct error *error)
{
    int r;

    input->at = 0;
    input->end = 0;
    r = read_file(input, input->held, HELD, &input->end, error);
    input->ended = r >= 0 && input->end == 0;
    return r;
}

/* -- unpacking ----------------------------------------------------------------------------------------------------- */

/* A way of packing: `unpack` uses held bytes and makes others, some of both or none; it sets `cut` when the input has
 * ended too early. */
struct packing {
    const char *name;
    const char *mark;
    size_t      mark_length;
    int       (*begin)(struct input *input, struct error *error);
    int       (*unpack)(struct input *input, char *bytes, size_t room, size_t *ret_length, struct error *error);
    void      (*end)(struct input *input);
};

static int spoilt(const struct input *input, struct error *error)
{
    return error_set(error, ERR_IO, "'%s': the %s data are damaged", input->name, input->packing->name);
}

static int gzip_begin(struct input *input, struct error *error)
{
    return inflateInit2(&input->zlib, 16 + MAX_WBITS) == Z_OK ? 0 : error_set(error, ERR_MEMORY, "out of memory");
}

static int gzip_unpack(struct input *input, char *bytes, size_t room, size_t *ret_length, struct error *error)
{
    int r;

    input->zlib.next_in = (Bytef *)(input->held + input->at);
    input->zlib.avail_in = (uInt)(input->end - input->at);
    input->zlib.next_out = (Bytef *)bytes;
    input->zlib.avail_out = (uInt)room;
    if (input->ended) {
        input->cut = !input->zlib_ended;
        return 0;
    }
    r = inflate(&input->zlib, Z_NO_FLUSH);
    input->at = input->end - input->zlib.avail_in;
    *ret_length = room - input->zlib.avail_out;
    if (r == Z_STREAM_END) {           /* another member may follow */
        input->zlib_ended = true;
        return inflateReset(&input->zlib) == Z_OK ? 0 : spoilt(input, error);
    }
    if (r == Z_DATA_ERROR && input->zlib_ended && input->zlib.total_out == 0) {
        input->ended = true;           /* padding, as gzip itself passes over it */
        return 0;
    }
    input->zlib_ended = input->zlib_ended && input->zlib.total_in == 0;
    return r == Z_OK || r == Z_BUF_ERROR ? 0 : spoilt(input, error);
}

static void gzip_end(struct input *input)
{
    (void)inflateEnd(&input->zlib);
}

static int zstd_begin(struct input *input, struct error *error)
{
    input->zstd = ZSTD_createDStream();
    if (input->zstd == NULL)
        return error_set(error, ERR_MEMORY, "out of memory");
    (void)ZSTD_DCtx_setParameter(input->zstd, ZSTD_d_windowLogMax, 23);             /* 8 MB: what zstd -19 makes */
    return 0;
}

static int zstd_unpack(struct input *input, char *bytes, size_t room, size_t *ret_length, struct error *error)
{
    ZSTD_inBuffer  in = {.src = input->held + input->at, .size = input->end - input->at};
    ZSTD_outBuffer out = {.dst = bytes, .size = room};
    size_t         wants;

    if (input->ended) {
        input->cut = input->zstd_wants > 0;
        return 0;
    }
    wants = ZSTD_decompressStream(input->zstd, &out, &in);
    if (ZSTD_isError(wants))
        return error_set(error, ERR_IO, "'%s': the zstd data cannot be read: %s", input->name,
                         ZSTD_getErrorName(wants));
    if (in.pos > 0 || out.pos > 0)     /* else it only says what a next frame would begin with */
        input->zstd_wants = wants;
    input->at += in.pos;
    *ret_length = out.pos;
    return 0;
}

static void zstd_end(struct input *input)
{
    (void)ZSTD_freeDStream(input->zstd);
}

static const struct packing packings[] = {
    {"gzip", "\x1F\x8B\x08", 3, gzip_begin, gzip_unpack, gzip_end},
    {"zstd", "\x28\xB5\x2F\xFD", 4, zstd_begin, zstd_unpack, zstd_end},
};

static int refuse_archive(const struct input *input, struct error *error)
{
    static const struct {
        const char *mark, *what, *hint;
    } others[] = {
        {"PK\x03\x04", "a zip archive", "unpack it first: unzip FILE"},
        {"BZh", "packed with bzip2", "unpack it first: bunzip2 FILE"},
        {"\xFD" "7zXZ", "packed with xz", "unpack it first: unxz FILE"},
    };

    for (size_t i = 0; i < COUNT_OF(others); i++) {
        size_t length = strlen(others[i].mark);

        if (input->end >= length && memcmp(input->held, others[i].mark, length) == 0) {
            error_set(error, ERR_FAILED, "'%s' is %s", input->name, others[i].what);
            error_hint(error, "%s", others[i].hint);
            return ERR_FAILED;
        }
    }
    return 0;
}

/* Looks at the first bytes, of which a pipe may give few at a time. */
static int look(struct input *input, struct error *error)
{
    int r = hold(input, error);

    while (r >= 0 && input->end > 0 && input->end < 6) {
        size_t more = 0;

        r = read_file(input, input->held + input->end, HELD - input->end, &more, error);
        if (more == 0)
            break;
        input->end += more;
    }
    if (r < 0)
        return r;
    input->looked = true;
    for (size_t i = 0; i < COUNT_OF(packings); i++)
        if (input->end >= packings[i].mark_length &&
            memcmp(input->held, packings[i].mark, packings[i].mark_length) == 0) {
            r = packings[i].begin(input, error);
            input->packing = r >= 0 ? &packings[i] : NULL;
            return r;
        }
    return refuse_archive(input, error);
}

bool input_is_read_once(const char *path)
{
    struct stat about;

    return text_equal(path, "-") ||
           (stat(path, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode));
}

/* -- the face ------------------------------------------------------------------------------------------------------ */

int input_open(const char *path, struct input **ret_input, struct error *error)
{
    bool          is_stdin = text_equal(path, "-");
    struct input *input = mem_alloc(sizeof *input);
    int           r = 0;

    input->name = mem_strdup(is_stdin ? "standard input" : path);
    input->held = mem_alloc(HELD);
    sha256_begin(&input->sha);
    input->fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (input->fd < 0 || fstat(input->fd, &input->about) < 0)
        r = error_set(error, errno == ENOENT || errno == ENOTDIR ? ERR_UNKNOWN : ERR_IO, "'%s': %s", input->name,
                      strerror(errno));
    else if (S_ISDIR(input->about.st_mode))
        r = error_set(error, ERR_USAGE, "'%s' is a folder", input->name);
    if (r < 0) {
        input_close(input);
        return r;
    }
    if (input_is_regular(input))
        (void)posix_fadvise(input->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    *ret_input = input;
    return 0;
}

void input_close(struct input *input)
{
    if (input == NULL)
        return;
    if (input->packing != NULL)
        input->packing->end(input);
    if (input->fd >= 0)
        (void)close(input->fd);
    mem_free(input->held);
    mem_free(input->name);
    mem_free(input);
}

void input_closep(struct input **input)
{
    input_close(*input);
    *input = NULL;
}

/* Memory does not grow with what a bomb unpacks to; time and the warehouse would. */
static int check_made(const struct input *input, struct error *error)
{
    if (input->times == 0 || input->made <= INPUT_FREE || input->made / input->times <= input->done)
        return 0;
    error_set(error, ERR_FAILED, "'%s': the %s data unpack to more than %u times their size", input->name,
              input->packing->name, input->times);
    error_hint(error, "is it what it is said to be? 'unpack_ratio=0' loads it, however large it becomes");
    return ERR_FAILED;
}

void input_limit(struct input *input, unsigned times)
{
    input->times = times;
}

static int read_packed(struct input *input, char *bytes, size_t room, size_t *ret_length, struct error *error)
{
    int r = 0;

    while (r >= 0 && *ret_length == 0) {
        size_t at = input->at;

        r = input->packing->unpack(input, bytes, room, ret_length, error);
        if (r < 0 || *ret_length > 0 || input->ended)
            break;
        if (input->at == input->end)
            r = hold(input, error);
        else if (input->at == at)
            return spoilt(input, error);
    }
    input->made += *ret_length;
    return r < 0 ? r : check_made(input, error);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

int input_read(void *who, char *bytes, size_t room, size_t *ret_length, struct error *error)
{
    struct input *input = who;
    int           r = task_breathe();      /* a file may go on for long without a row in it */

    *ret_length = 0;
    if (r < 0)
        return error_set(error, r, "%s", error_sentence(r));
    r = input->looked ? 0 : look(input, error);
    if (r < 0)
        return r;
    if (input->packing != NULL)
        return read_packed(input, bytes, room, ret_length, error);
    if (input->at < input->end) {
        *ret_length = least(room, input->end - input->at);
        memcpy(bytes, input->held + input->at, *ret_length);
        input->at += *ret_length;
        return 0;
    }
    return read_file(input, bytes, room, ret_length, error);
}

int input_read_raw(struct input *input, char *bytes, size_t room, size_t *ret_length, struct error *error)
{
    int r = task_breathe();

    *ret_length = 0;
    return r < 0 ? error_set(error, r, "%s", error_sentence(r)) : read_file(input, bytes, room, ret_length, error);
}

bool input_is_regular(const struct input *input)
{
    return S_ISREG(input->about.st_mode);
}

uint64_t input_size(const struct input *input)
{
    return input_is_regular(input) ? (uint64_t)input->about.st_size : 0;
}

uint64_t input_done(const struct input *input)
{
    return input->done;
}

bool input_is_cut(const struct input *input)
{
    return input->cut;
}

void input_digest(const struct input *input, char ret_hex[static SHA256_TEXT_SIZE])
{
    struct sha256 sha = input->sha;

    sha256_end(&sha, ret_hex);
}
