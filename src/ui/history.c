/*
 * The shared file. Invariant: readline's list has the entries of the file up to `taken`, in its order; when it is
 * `partial`, from the first that begins in the last END_FIRST bytes on. A file that was written anew (it had grown too
 * long) is another inode: then all of it is read again.
 */
#include "history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

enum {
    FILE_MOST = 256 << 20,
    END_FIRST = 256 << 10,
    PIECE = 64 << 10,
    SLACK = HISTORY_MOST / 10,
    LOCK_TRIES = 50,
    LOCK_PAUSE_NS = 200000
};

struct history_file {
    char  *path;
    int    fd;
    ino_t  inode;
    off_t  taken;
    size_t entries;          /* in the file, as far as it was read */
    bool   partial;
};

/* -- the list ------------------------------------------------------------------------------------------------------ */

static const char *newest(void)
{
    HIST_ENTRY *entry = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;

    return entry != NULL ? entry->line : NULL;
}

/* `stamp`: "#SECONDS". */
static void add_to_list(const char *line, const char *stamp)
{
    if (text_equal(newest(), line))
        return;
    add_history(line);
    add_history_time(stamp);
}

/* -- the format ---------------------------------------------------------------------------------------------------- */

static bool is_stamp(const char *line)
{
    return line[0] == '#' && line[1] >= '0' && line[1] <= '9';
}

static void write_entry(struct str *to, const char *line, const char *stamp)
{
    str_addf(to, "%s\n", stamp);
    for (const char *at = line; *at != '\0';) {
        size_t length = strcspn(at, "\n");

        if (*at == '#' || *at == '\\')
            str_add_char(to, '\\');
        str_add_bytes(to, at, length);
        str_add_char(to, '\n');
        at += length + (at[length] == '\n');
    }
}

/* Adds the entries of `text` from its first stamp on; text in front of it belongs to none. Returns their number. */
static size_t read_entries(char *text)
{
    struct str entry = STR_INIT;
    char      *stamp = NULL;
    size_t     count = 0;

    for (char *line = text; *line != '\0';) {
        char *end = strchrnul(line, '\n'), *next = end + (*end == '\n');

        *end = '\0';
        if (is_stamp(line)) {
            if (stamp != NULL && entry.length > 0)
                add_to_list(str_text(&entry), stamp);
            stamp = line;
            count++;
            str_clear(&entry);
        } else {
            if (entry.length > 0)
                str_add_char(&entry, '\n');
            str_add(&entry, line + (*line == '\\'));
        }
        line = next;
    }
    if (stamp != NULL && entry.length > 0)
        add_to_list(str_text(&entry), stamp);
    str_done(&entry);
    return count;
}

/* -- the file ------------------------------------------------------------------------------------------------------ */

static int refuse(const char *path, struct error *error)
{
    return error_set(error, ERR_IO, "the history '%s' cannot be used: %s", path, strerror(errno));
}

/* A session that was stopped while it held the lock must not stop us: after ten milliseconds we go without. */
static bool lock(int fd, int how)
{
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(fd, how | LOCK_NB) == 0)
            return true;
        nanosleep(&(struct timespec){.tv_nsec = LOCK_PAUSE_NS}, NULL);
    }
    return false;
}

static int open_file(struct history_file *file, struct error *error)
{
    struct stat about;
    int         fd = open(file->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);

    if (fd < 0)
        return refuse(file->path, error);
    if (fstat(fd, &about) < 0 || !S_ISREG(about.st_mode)) {
        errno = EINVAL;
        close(fd);
        return refuse(file->path, error);
    }
    if (about.st_mode & 077)
        (void)!fchmod(fd, 0600);
    if (file->fd >= 0)
        close(file->fd);
    file->fd = fd;
    file->inode = about.st_ino;
    file->partial = about.st_size > END_FIRST;
    file->taken = file->partial ? about.st_size - END_FIRST : 0;
    file->entries = 0;
    return 0;
}

static char *read_from(int fd, off_t at, off_t end)
{
    size_t  length = (size_t)(end - at), got = 0;
    char   *text = mem_try_alloc(length + 1);
    ssize_t n;

    if (text == NULL)
        return NULL;
    while (got < length && (n = pread(fd, text + got, length - got, at + (off_t)got)) > 0)
        got += (size_t)n;
    while (got > 0 && text[got - 1] != '\n')
        got--;                                   /* an entry that is just being written */
    text[got] = '\0';
    for (char *nul = text; (nul = memchr(nul, '\0', got - (size_t)(nul - text))) != NULL;)
        *nul = ' ';                              /* a machine that lost power leaves such */
    return text;
}

/* That of the entry that may go on behind the text; NULL when the text begins with it. */
static char *last_stamp(char *text)
{
    for (char *at = text + strlen(text); at > text + 1; at--)
        if (at[-1] == '\n' && is_stamp(at))
            return at;
    return NULL;
}

/* Whole entries, of `most` bytes when they are no longer; false when there was none. */
static bool take_piece(struct history_file *file, off_t most, off_t end)
{
    bool  last = end - file->taken <= most;
    char *text = read_from(file->fd, file->taken, last ? end : file->taken + most), *cut;
    off_t length;

    if (text == NULL)
        return false;
    cut = last ? NULL : last_stamp(text);
    if (!last && cut == NULL) {                  /* one very long entry */
        mem_free(text);
        return take_piece(file, most * 2, end);
    }
    if (cut != NULL)
        *cut = '\0';
    length = (off_t)strlen(text);
    file->taken += length;
    file->entries += read_entries(text);
    mem_free(text);
    return length > 0;
}

/* Of a very long file the end is read. */
static void take_in(struct history_file *file)
{
    struct stat about;

    if (fstat(file->fd, &about) < 0 || about.st_size <= file->taken)
        return;
    if (about.st_size - file->taken > FILE_MOST)
        file->taken = about.st_size - FILE_MOST;
    unstifle_history();                          /* else each entry past the most moves all of them */
    while (file->taken < about.st_size && take_piece(file, PIECE, about.st_size))
        continue;
    stifle_history(HISTORY_MOST);
}

/* The file of the path may be another one by now, or none. */
static bool is_same_file(const struct history_file *file, struct stat *ret_about)
{
    return stat(file->path, ret_about) == 0 && ret_about->st_ino == file->inode && ret_about->st_size >= file->taken;
}

static bool reopen_if_other(struct history_file *file)
{
    struct stat about;

    if (is_same_file(file, &about))
        return true;
    if (open_file(file, NULL) < 0)
        return false;
    rl_clear_history();
    return true;
}

bool history_file_follow(struct history_file *file)
{
    struct stat about;
    off_t       taken = file->taken;

    if (is_same_file(file, &about) && about.st_size == file->taken)
        return false;
    if (!reopen_if_other(file) || !lock(file->fd, LOCK_SH))
        return false;
    take_in(file);
    flock(file->fd, LOCK_UN);
    using_history();
    return file->taken != taken;
}

/* Written anew, beside it, when it holds a tenth more than is kept. */
static void shorten(struct history_file *file)
{
    struct str   text = STR_INIT;
    struct error error = ERROR_INIT;
    HIST_ENTRY **list = history_list();

    if (file->entries <= HISTORY_MOST + SLACK || list == NULL)
        return;
    for (size_t i = 0; list[i] != NULL; i++)
        write_entry(&text, list[i]->line, list[i]->timestamp != NULL ? list[i]->timestamp : "#0");
    if (file_write(file->path, str_text(&text), text.length, 0600, &error) == 0 && open_file(file, NULL) == 0) {
        file->taken = (off_t)text.length;
        file->entries = (size_t)history_length;
        file->partial = false;
    }
    error_done(&error);
    str_done(&text);
}

bool history_file_complete(struct history_file *file)
{
    if (!file->partial || !lock(file->fd, LOCK_EX))
        return false;
    rl_clear_history();
    file->taken = 0;
    file->entries = 0;
    file->partial = false;
    take_in(file);
    shorten(file);
    flock(file->fd, LOCK_UN);
    using_history();
    return true;
}

int history_file_open(const char *path, struct history_file **ret_file, struct error *error)
{
    struct history_file *file = mem_alloc(sizeof *file);
    const char          *slash = strrchr(path, '/');
    int                  r = 0;

    history_comment_char = '#';                  /* how readline tells a stamp */
    *file = (struct history_file){.path = mem_strdup(path), .fd = -1};
    if (slash != NULL && slash != path) {
        _cleanup_(mem_freep) char *folder = mem_strndup(path, (size_t)(slash - path));
        r = file_make_folders(folder, 0700, error);
    }
    if (r == 0)
        r = open_file(file, error);
    if (r < 0) {
        history_file_close(file);
        return r;
    }
    if (lock(file->fd, LOCK_EX)) {
        take_in(file);
        flock(file->fd, LOCK_UN);
    }
    using_history();
    *ret_file = file;
    return 0;
}

void history_file_close(struct history_file *file)
{
    if (file == NULL)
        return;
    if (file->fd >= 0)
        close(file->fd);
    mem_free(file->path);
    mem_free(file);
}

/* Another session may put a new file in the place of this one until we hold the lock. */
static bool lock_for_write(struct history_file *file)
{
    struct stat about;

    for (int i = 0; i < 3; i++) {
        if (!reopen_if_other(file) || !lock(file->fd, LOCK_EX))
            return false;
        if (is_same_file(file, &about))
            return true;
        flock(file->fd, LOCK_UN);
    }
    return false;
}

/* What others appended comes before; then the place up to which all is taken in is the end. */
static void append(struct history_file *file, const char *line, const char *stamp)
{
    struct str text = STR_INIT;
    bool       locked = lock_for_write(file);

    if (locked)
        take_in(file);
    if (!text_equal(newest(), line)) {
        write_entry(&text, line, stamp);
        if (write(file->fd, text.data, text.length) == (ssize_t)text.length && locked) {
            file->taken += (off_t)text.length;
            file->entries++;
        }
    }
    if (locked)
        flock(file->fd, LOCK_UN);
    str_done(&text);
}

void history_file_add(struct history_file *file, const char *line)
{
    char stamp[24];

    if (line[0] == ' ' || line[strspn(line, " \t\n")] == '\0')
        return;
    snprintf(stamp, sizeof stamp, "#%lld", (long long)time(NULL));
    if (file != NULL)
        append(file, line, stamp);
    add_to_list(line, stamp);
    using_history();
}
