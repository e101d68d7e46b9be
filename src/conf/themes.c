/* Themes by their files: a person's own come first. */
#include "ytempire/conf.h"

#include <stdlib.h>
#include <string.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

#define ENDING ".json"

static char *own_folder(void)
{
    return conf_config_path("themes");
}

static char *shipped_folder(void)
{
    return path_join(program_data_folder(), "themes");
}

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

static int add_folder(struct names *names, char *folder, struct error *error)
{
    _cleanup_(mem_freep) char *place = folder;
    char **files = NULL;
    size_t count = 0;
    int    r = file_is_folder(place) ? file_list(place, ENDING, &files, &count, error) : 0;

    for (size_t i = 0; i < count; i++) {
        files[i][strlen(files[i]) - strlen(ENDING)] = '\0';
        if (files[i][0] == '\0' || has_name(names, files[i]))
            mem_free(files[i]);
        else
            VEC_PUSH(names->items, names->count, names->room, files[i]);
    }
    mem_free(files);
    return r;
}

int conf_theme_names(char ***ret_names, size_t *ret_count, struct error *error)
{
    struct names names = {0};
    int          r = add_folder(&names, own_folder(), error);

    if (r >= 0)
        r = add_folder(&names, shipped_folder(), error);
    if (r < 0) {
        conf_theme_names_free(names.items, names.count);
        return r;
    }
    if (names.count > 0)
        qsort(names.items, names.count, sizeof *names.items, compare);
    *ret_names = names.items;
    *ret_count = names.count;
    return 0;
}

void conf_theme_names_free(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mem_free(names[i]);
    mem_free(names);
}

static int refuse(const char *name, struct error *error)
{
    char      **names = NULL;
    size_t      count = 0;
    const char *near = NULL;

    error_set(error, ERR_UNKNOWN, "unknown theme '%s'", name);
    if (conf_theme_names(&names, &count, NULL) >= 0)
        near = nearest_word(name, strlen(name), (const char *const *)names, count);
    if (near != NULL)
        error_hint(error, "did you mean '%s'? 'theme' lists all", near);
    else
        error_hint(error, "'theme' lists all");
    conf_theme_names_free(names, count);
    return ERR_UNKNOWN;
}

int conf_theme_file(const char *name, char **ret_path, struct error *error)
{
    char *folders[] = {own_folder(), shipped_folder()}, *found = NULL;

    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        _cleanup_(mem_freep) char *folder = folders[i], *file = mem_printf("%s%s", name, ENDING);
        _cleanup_(mem_freep) char *path = path_join(folder, file);

        if (found == NULL && name[0] != '\0' && strchr(name, '/') == NULL && file_exists(path))
            found = TAKE(path);
    }
    if (found == NULL)
        return refuse(name, error);
    *ret_path = found;
    return 0;
}
