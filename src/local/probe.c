/*
 * What can be found out without asking a server anything: sockets, processes, logs, the disk.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

#include "local_internal.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"

#define LOG_TAIL (16 * 1024)
#define LOG_MOST (8 * 1024 * 1024)
#define DISK_LEAST (256 * 1024)        /* with less left nothing starts */

bool probe_listens(const char *socket_path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    bool listens;
    int fd;

    if (strlen(socket_path) >= sizeof address.sun_path)
        return false;
    memcpy(address.sun_path, socket_path, strlen(socket_path));
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    listens = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 || errno == EAGAIN;    /* busy */
    (void)close(fd);
    return listens;
}

/* -- processes ---------------------------------------------------------------------------------------------------- */

bool probe_lives(pid_t pid)
{
    char path[32];
    _cleanup_(mem_freep) char *text = NULL;

    if (pid <= 0 || (kill(pid, 0) < 0 && errno == ESRCH))
        return false;
    (void)snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    if (file_read(path, 4096, &text, NULL, NULL) < 0)
        return kill(pid, 0) == 0 || errno == EPERM;
    const char *state = strrchr(text, ')');    /* the name before it may hold anything */
    return !(state && (state[2] == 'Z' || state[2] == 'X'));
}

static char *read_of_process(pid_t pid, const char *name, size_t *ret_length)
{
    char path[32], *text = NULL;

    (void)snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, name);
    *ret_length = 0;
    return file_read(path, 256 * 1024, &text, ret_length, NULL) < 0 ? NULL : text;
}

/* Whether a word of a process' command line ends with `path`. The line can be read where the links of /proc cannot
 * (root in a container). */
static bool names_path(pid_t pid, const char *path)
{
    size_t length;
    _cleanup_(mem_freep) char *text = read_of_process(pid, "cmdline", &length);

    return text && memmem(text, length + 1, path, strlen(path) + 1) != NULL;
}

static bool is_called(pid_t pid, const char *program)
{
    size_t length;
    _cleanup_(mem_freep) char *text = read_of_process(pid, "comm", &length);

    return text && text_starts(text, program);
}

bool probe_works_in(pid_t pid, uid_t user, const char *program, const char *folder, const char *named)
{
    char path[32];
    struct stat process, works_in, wanted;

    (void)snprintf(path, sizeof path, "/proc/%ld", (long)pid);
    if (!probe_lives(pid) || stat(path, &process) < 0 || process.st_uid != user || !is_called(pid, program))
        return false;
    (void)snprintf(path, sizeof path, "/proc/%ld/cwd", (long)pid);
    if (stat(path, &works_in) == 0 && stat(folder, &wanted) == 0)
        return works_in.st_dev == wanted.st_dev && works_in.st_ino == wanted.st_ino;
    return names_path(pid, named);
}

void probe_end_all(uid_t user, const char *program, const char *folder, int signal)
{
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    long long pid;

    while (processes && (entry = readdir(processes)) != NULL)
        if (text_to_int64(entry->d_name, strlen(entry->d_name), &pid) == 0 &&
            probe_works_in((pid_t)pid, user, program, folder, folder))
            (void)kill((pid_t)pid, signal);
    if (processes)
        (void)closedir(processes);
}

pid_t probe_pid_file(const char *path, char ret_status[16])
{
    _cleanup_(mem_freep) char *text = NULL;
    const char *line;
    long long pid = 0;

    if (ret_status)
        ret_status[0] = '\0';
    if (file_read(path, 16 * 1024, &text, NULL, NULL) < 0)
        return 0;
    if (text_to_int64(text, strcspn(text, " \r\n"), &pid) < 0 || pid <= 0 || pid > INT32_MAX)
        pid = 0;
    line = text;
    for (int i = 1; line && i < 8; i++) {
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    if (ret_status && line)
        (void)snprintf(ret_status, 16, "%.*s", (int)strcspn(line, " \n"), line);
    return (pid_t)pid;
}

/* -- logs --------------------------------------------------------------------------------------------------------- */

int64_t probe_log_size(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 ? about.st_size : 0;
}

char *probe_log_since(const char *path, int64_t from)
{
    int64_t size = probe_log_size(path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *text = mem_alloc(LOG_TAIL + 1);
    ssize_t got = -1;

    if (fd >= 0) {
        got = pread(fd, text, LOG_TAIL, size - from > LOG_TAIL ? size - LOG_TAIL : from);
        (void)close(fd);
    }
    text[got > 0 ? got : 0] = '\0';
    return text;
}

void probe_turn_log(const char *path)
{
    _cleanup_(mem_freep) char *before = mem_printf("%s.1", path);

    if (probe_log_size(path) > LOG_MOST)
        (void)rename(path, before);
}

/* -- the disk ----------------------------------------------------------------------------------------------------- */

bool probe_disk_is_full(const char *folder, const char *words)
{
    static const char *const known[] = {"No space left on device", "Disk quota exceeded", "Check free disk space"};
    struct statvfs disk;

    for (size_t i = 0; words && i < COUNT_OF(known); i++)
        if (strstr(words, known[i]))
            return true;
    return statvfs(folder, &disk) == 0 && (uint64_t)disk.f_bavail * disk.f_frsize < DISK_LEAST;
}

int probe_disk_error(const struct local *local, const char *what, struct error *error)
{
    error_set(error, ERR_IO, "%s: the disk is full", what);
    error_hint(error, "make room where '%s' lies ('df -h' shows it); a new cluster takes 50 MB", local->folder);
    return ERR_IO;
}
