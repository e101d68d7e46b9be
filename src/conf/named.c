#include "ytempire/conf/named.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/utf8.h"
#include "ytempire/conf.h"

#define NAME_MOST 100       /* bytes */

void conf_named_begin(struct conf_named *named, const char *folder)
{
    named->own = conf_config_path(folder);
    named->shipped = path_join(program_data_folder(), folder);
}

void conf_named_done(struct conf_named *named)
{
    mem_free(TAKE(named->own));
    mem_free(TAKE(named->shipped));
}

/* -- all of them --------------------------------------------------------------------------------------------------- */

struct names {
    char **items;
    size_t count, room;
};

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool has_name(const struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (text_equal(names->items[i], name))
            return true;
    return false;
}

static int add_folder(struct names *names, const char *folder, const char *ending, struct error *error)
{
    char **files = NULL;
    size_t count = 0;
    int    r = folder != NULL && file_is_folder(folder) ? file_list(folder, ending, &files, &count, error) : 0;

    for (size_t i = 0; i < count; i++) {
        files[i][strlen(files[i]) - strlen(ending)] = '\0';
        if (files[i][0] == '\0' || has_name(names, files[i]))
            mem_free(files[i]);
        else
            VEC_PUSH(names->items, names->count, names->room, files[i]);
    }
    mem_free(files);
    return r;
}

int conf_named_list(const struct conf_named *named, char ***ret_names, size_t *ret_count, struct error *error)
{
    struct names names = {0};
    int          r = add_folder(&names, named->own, named->ending, error);

    if (r >= 0)
        r = add_folder(&names, named->shipped, named->ending, error);
    if (r < 0) {
        conf_named_free(names.items, names.count);
        return r;
    }
    if (names.count > 0)
        qsort(names.items, names.count, sizeof *names.items, compare);
    *ret_names = names.items;
    *ret_count = names.count;
    return 0;
}

void conf_named_free(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mem_free(names[i]);
    mem_free(names);
}

/* -- one of them --------------------------------------------------------------------------------------------------- */

static char *path_in(const struct conf_named *named, const char *folder, const char *name)
{
    _cleanup_(mem_freep) char *file = mem_printf("%s%s", name, named->ending);

    return path_join(folder, file);
}

static int unknown(const struct conf_named *named, const char *name, struct error *error)
{
    char      **names = NULL;
    size_t      count = 0;
    const char *near = NULL;

    error_set(error, ERR_UNKNOWN, "unknown %s '%s'", named->noun, name);
    if (conf_named_list(named, &names, &count, NULL) >= 0)
        near = nearest_word(name, strlen(name), (const char *const *)names, count);
    if (near != NULL)
        error_hint(error, "did you mean '%s'? %s", near, named->list);
    else
        error_hint(error, "%s", named->list);
    conf_named_free(names, count);
    return ERR_UNKNOWN;
}

int conf_named_find(const struct conf_named *named, const char *name, char **ret_path, struct error *error)
{
    const char *folders[] = {named->own, named->shipped};

    for (size_t i = 0; i < COUNT_OF(folders) && name[0] != '\0' && strchr(name, '/') == NULL; i++) {
        _cleanup_(mem_freep) char *path = folders[i] != NULL ? path_in(named, folders[i], name) : NULL;

        if (path != NULL && file_exists(path)) {
            *ret_path = TAKE(path);
            return 0;
        }
    }
    return unknown(named, name, error);
}

static bool may_stand(unsigned char c)
{
    return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

int conf_named_check(const struct conf_named *named, const char *name, struct error *error)
{
    size_t length = strlen(name);
    bool   good = length > 0 && length <= NAME_MOST && name[0] != '.' && name[0] != '-' &&
                utf8_valid_prefix(name, length) == length;

    for (size_t i = 0; i < length; i++)
        good = good && may_stand((unsigned char)name[i]);
    if (good)
        return 0;
    error_set(error, ERR_USAGE, "'%s' cannot be the name of a %s", name, named->noun);
    error_hint(error, "letters, digits, '_', '-' and '.', beginning with none of the last two, at most %d bytes",
               NAME_MOST);
    return ERR_USAGE;
}

int conf_named_write(const struct conf_named *named, const char *name, const char *text, size_t length,
                     char **ret_path, struct error *error)
{
    _cleanup_(mem_freep) char *path = path_in(named, named->own, name);
    char                      *real = realpath(path, NULL);
    int                        r = conf_named_check(named, name, error);

    if (r >= 0)
        r = file_make_folders(named->own, 0777, error);
    if (r >= 0)
        r = file_write(real != NULL ? real : path, text, length, 0666, error);
    free(real);
    if (r >= 0)
        *ret_path = TAKE(path);
    return r;
}

int conf_named_remove(const struct conf_named *named, const char *name, struct error *error)
{
    _cleanup_(mem_freep) char *found = NULL, *own = path_in(named, named->own, name);
    int                        r = conf_named_find(named, name, &found, error);

    if (r < 0)
        return r;
    if (!text_equal(found, own)) {
        error_set(error, ERR_USAGE, "the %s '%s' is not yours: it came with the program", named->noun, name);
        error_hint(error, "it is '%s'; one of your own of that name comes before it", found);
        return ERR_USAGE;
    }
    if (unlink(own) < 0)
        return error_set(error, ERR_IO, "'%s': %s", own, strerror(errno));
    return 0;
}
