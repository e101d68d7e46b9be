#include "ytempire/base/file.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

/* -- reading and writing ------------------------------------------------------------------------------------------- */

static int refuse(struct error *error, int code, const char *path)
{
    return error_set(error, code, "'%s': %s", path, strerror(errno));
}

int file_read(const char *path, size_t limit, char **ret_text, size_t *ret_length, struct error *error)
{
    struct str text = STR_INIT;
    int        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int        r = 0;

    if (fd < 0)
        return refuse(error, errno == ENOENT || errno == ENOTDIR ? ERR_UNKNOWN : ERR_IO, path);
    for (;;) {
        ssize_t n;

        str_reserve(&text, 64 * 1024);
        n = read(fd, text.data + text.length, 64 * 1024);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            r = refuse(error, ERR_IO, path);
        if (n <= 0)
            break;
        text.length += (size_t)n;
        text.data[text.length] = '\0';
        if (text.length > limit) {
            r = error_set(error, ERR_LIMIT, "'%s' is larger than %zu bytes", path, limit);
            break;
        }
    }
    (void)close(fd);
    if (r < 0) {
        str_done(&text);
        return r;
    }
    if (ret_length != NULL)
        *ret_length = text.length;
    *ret_text = str_take(&text);
    return 0;
}

int fd_write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, bytes, length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN) {
            struct pollfd wait = {.fd = fd, .events = POLLOUT};

            (void)poll(&wait, 1, -1);
            continue;
        }
        if (n < 0)
            return errno == EPIPE ? ERR_CLOSED : ERR_IO;
        bytes += n;
        length -= (size_t)n;
    }
    return 0;
}

int file_write(const char *path, const char *text, size_t length, mode_t mode, struct error *error)
{
    _cleanup_(mem_freep) char *temporary = mem_printf("%s.%ld.new", path, (long)getpid());
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    int r;

    if (fd < 0)
        return refuse(error, ERR_IO, path);
    r = fd_write_all(fd, text, length);
    if (r >= 0 && fsync(fd) < 0)
        r = ERR_IO;
    if (r < 0)
        (void)refuse(error, ERR_IO, path);
    if (close(fd) < 0 && r >= 0)
        r = refuse(error, ERR_IO, path);
    if (r >= 0 && rename(temporary, path) < 0)
        r = refuse(error, ERR_IO, path);
    if (r < 0)
        (void)unlink(temporary);
    return r < 0 ? ERR_IO : 0;
}

/* -- folders ------------------------------------------------------------------------------------------------------- */

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool file_is_folder(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

int file_make_folders(const char *path, mode_t mode, struct error *error)
{
    _cleanup_(mem_freep) char *copy = mem_strdup(path);

    for (char *at = copy + 1;; at++) {
        char c = *at;

        if (c != '/' && c != '\0')
            continue;
        *at = '\0';
        if (mkdir(copy, mode) < 0 && errno != EEXIST)
            return refuse(error, ERR_IO, copy);
        if (c == '\0')
            break;
        *at = c;
    }
    return file_is_folder(path) ? 0 : error_set(error, ERR_IO, "'%s' is not a folder", path);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int file_list(const char *folder, const char *ending, char ***ret_names, size_t *ret_count, struct error *error)
{
    char         **names = NULL;
    size_t         count = 0, room = 0;
    struct dirent *entry;
    DIR           *dir = opendir(folder);

    if (dir == NULL)
        return refuse(error, errno == ENOENT || errno == ENOTDIR ? ERR_UNKNOWN : ERR_IO, folder);
    while ((entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.' && (ending == NULL || text_ends(entry->d_name, ending)))
            VEC_PUSH(names, count, room, mem_strdup(entry->d_name));
    (void)closedir(dir);
    if (count > 1)
        qsort(names, count, sizeof *names, compare_names);
    *ret_names = names;
    *ret_count = count;
    return 0;
}

char *path_join(const char *folder, const char *name)
{
    return mem_printf(text_ends(folder, "/") ? "%s%s" : "%s/%s", folder, name);
}

/* -- the program's own files --------------------------------------------------------------------------------------- */

struct program_paths {
    char data[4096], modules[4096];
};

static void put(char to[static 4096], const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);

    if (n + m >= 4096)
        n = m = 0;
    memcpy(to, a, n);
    memcpy(to + n, b, m + 1);
}

static const struct program_paths *program_paths(void)
{
    static struct program_paths paths;               /* the same for the life of the program */
    const char                 *data = getenv("YTEMPIRE_DATADIR"), *modules = getenv("YTEMPIRE_MODULEDIR");
    char                        self[4096], *slash;
    ssize_t                     n;

    if (paths.data[0] != '\0')
        return &paths;
    n = readlink("/proc/self/exe", self, sizeof self - 64);
    self[n > 0 ? n : 0] = '\0';
    slash = strrchr(self, '/');
    if (slash != NULL)
        *slash = '\0';
    put(paths.modules, self, "/modules/pg.so");
    if (modules != NULL && *modules != '\0')
        put(paths.modules, modules, "");
    else if (slash != NULL && file_exists(paths.modules))
        put(paths.modules, self, "/modules");
    else
        put(paths.modules, PKGLIBDIR, "");
    put(paths.data, self, "/sql/migrations");
    if (data != NULL && *data != '\0')
        put(paths.data, data, "");
    else if (slash != NULL && file_exists(paths.data))
        put(paths.data, self, "");
    else
        put(paths.data, PKGDATADIR, "");
    return &paths;
}

const char *program_data_folder(void)
{
    return program_paths()->data;
}

const char *program_module_folder(void)
{
    return program_paths()->modules;
}

int program_module_open(const char *name, const char *symbol, size_t size, const char *what, const void **ret_table,
                        struct error *error)
{
    _cleanup_(mem_freep) char *path = path_join(program_module_folder(), name);
    void         *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const size_t *table;

    if (module == NULL)
        return error_set(error, ERR_FAILED, "the module for %s cannot be loaded: %s", what, dlerror());
    table = dlsym(module, symbol);
    if (table == NULL || *table != size) {
        dlclose(module);
        return error_set(error, ERR_FAILED, "%s does not fit this program", path);
    }
    *ret_table = table;
    return 0;
}
