/*
 * base/file: files, folders, paths. All of these block: for small files at start-up, never in a callback.
 */
#ifndef YTEMPIRE_BASE_FILE_H
#define YTEMPIRE_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "ytempire/base/error.h"

/* Reads a whole file of at most `limit` bytes; NUL-terminated; caller frees. */
int file_read(const char *path, size_t limit, char **ret_text, size_t *ret_length, struct error *error) NODISCARD;
/* Writes beside the file and renames over it, so that a reader sees the old or the new whole. */
int file_write(const char *path, const char *text, size_t length, mode_t mode, struct error *error) NODISCARD;
/*
 * A file that is made beside another, by a name of its own, and takes its place when it is whole: who looks sees the old
 * one or the whole new one. A symbolic link stays and what it names is replaced. Nothing is left behind but by kill -9. Two of
 * this process do not write into one another.
 */
struct new_file;
int         new_file_open(const char *path, struct new_file **ret_file, struct error *error) NODISCARD;   /* ERR_USAGE: no ordinary file is there; ERR_CONFLICT; ERR_IO */
int         new_file_fd(const struct new_file *file);
bool        new_file_replaces(const struct new_file *file);             /* one was there when it was opened */
int         new_file_keep(struct new_file *file, struct error *error) NODISCARD;   /* once; after a failure the old one is there still */
void        new_file_free(struct new_file *file);                       /* not kept: it goes. NULL is a no-op */
void        new_file_freep(struct new_file **file);

bool file_exists(const char *path);
bool file_is_folder(const char *path);
int file_make_folders(const char *path, mode_t mode, struct error *error) NODISCARD;   /* mkdir -p */
/* Names in a folder that end in `ending` (NULL: all but those with a dot in front), sorted by bytes. Caller frees each and the array. */
int file_list(const char *folder, const char *ending, char ***ret_names, size_t *ret_count, struct error *error) NODISCARD;
char *path_join(const char *folder, const char *name);        /* caller frees */
/* write(2) until done or failed; 0, ERR_CLOSED (EPIPE) or ERR_IO. */
int fd_write_all(int fd, const char *bytes, size_t length) NODISCARD;

/*
 * Where the program's own files lie (migrations, models, queries, themes): in the checkout when the executable is run
 * from one, else $(datadir)/ytempire; $YTEMPIRE_DATADIR overrides. Never NULL.
 */
const char *program_data_folder(void);
/* Where its loadable modules lie: beside the executable in a checkout, else $(pkglibdir); $YTEMPIRE_MODULEDIR overrides. */
const char *program_module_folder(void);
/* Opens the module `name` ("pg.so") for good, as what it drags in may have threads and exit handlers, and gives the table
 * of functions that it has as `symbol`: a struct that begins with its size, by which one of another build is told.
 * ERR_FAILED; `what` ("PostgreSQL") says in it what it is for. */
int program_module_open(const char *name, const char *symbol, size_t size, const char *what, const void **ret_table,
                        struct error *error) NODISCARD;

#endif
