/* The model's files: those of --model, else the installed ones, where a user's file of the same name comes first. */
#include <stdlib.h>
#include <string.h>

#include "ask_int.h"
#include "ytempire/base/file.h"

#define MODEL_FILE_LIMIT (8u << 20)

struct file_set {
    struct model_file *files;
    size_t             count, room;
};

static void file_set_done(struct file_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        mem_free((void *)(uintptr_t)set->files[i].name);
        mem_free((void *)(uintptr_t)set->files[i].text);
    }
    mem_free(set->files);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

static bool has_file(const struct file_set *set, const char *name)
{
    for (size_t i = 0; i < set->count; i++)
        if (text_equal(base_name(set->files[i].name), name))
            return true;
    return false;
}

static int add_folder(struct file_set *set, const char *folder, struct error *error)
{
    char **names = NULL;
    size_t count = 0;
    int    r = file_list(folder, ".json", &names, &count, error);

    for (size_t i = 0; i < count; i++) {
        _cleanup_(mem_freep) char *path = path_join(folder, names[i]);
        char                      *text;
        size_t                     length;

        if (r >= 0 && !has_file(set, names[i])) {
            r = file_read(path, MODEL_FILE_LIMIT, &text, &length, error);
            if (r >= 0) {
                struct model_file file = {.name = TAKE(path), .text = text, .length = length};

                VEC_PUSH(set->files, set->count, set->room, file);
            }
        }
        mem_free(names[i]);
    }
    mem_free(names);
    return r;
}

static int compare_files(const void *a, const void *b)
{
    return strcmp(base_name(((const struct model_file *)a)->name), base_name(((const struct model_file *)b)->name));
}

static int add_folders(struct app *app, struct file_set *set, struct error *error)
{
    const char *chosen = conf_text(app->conf, OPTION_MODEL);
    int         r = 0;

    if (chosen != NULL) {
        if (!file_is_folder(chosen)) {
            error_set(error, ERR_USAGE, "--model: '%s' is not a folder", chosen);
            return ERR_USAGE;
        }
        r = add_folder(set, chosen, error);
        if (r >= 0 && set->count == 0)
            r = error_set(error, ERR_USAGE, "--model: no *.json in '%s'", chosen);
        return r;
    }
    _cleanup_(mem_freep) char *own = conf_config_path("queries/model");
    _cleanup_(mem_freep) char *shipped = path_join(program_data_folder(), "queries/model");

    if (own != NULL && file_is_folder(own))
        r = add_folder(set, own, error);
    if (r >= 0)
        r = add_folder(set, shipped, error);
    return r;
}

int ask_model_files(struct app *app, struct model **ret_model, struct error *error)
{
    struct app_ask *ask = ask_of(app);
    struct file_set set = {0};
    int             r = 0;

    if (ask->model == NULL) {
        r = add_folders(app, &set, error);
        if (r >= 0 && set.count > 1)
            qsort(set.files, set.count, sizeof *set.files, compare_files);
        if (r >= 0)
            ask->model = model_load_any(set.files, set.count);
        file_set_done(&set);
    }
    if (r >= 0)
        *ret_model = ask->model;
    return r;
}

int app_model(struct app *app, struct model **ret_model, struct error *error)
{
    struct model *model;
    int           r = ask_model_files(app, &model, error);

    if (r >= 0)
        r = model_has_cubes(model, error);
    if (r >= 0)
        *ret_model = model;
    return r;
}
