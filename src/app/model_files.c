/*
 * The model's files: those of --model, else the installed ones, where a user's file of the same name comes first.
 *
 * They are looked at (stat) rather than watched: that also sees a folder of another machine, and a link whose file is
 * changed elsewhere. A stamp that was taken within moments of a change is not trusted (`changed` is said again): a
 * second write in the same tick of the file system's clock would look the same.
 */
#include "model_files.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

#define MODEL_FILE_LIMIT (8u << 20)
#define TICK_US (50 * INT64_C(1000))

static char *own_folder(const struct app *app)
{
    return conf_text(app->conf, OPTION_MODEL) == NULL ? conf_config_path("queries/model") : NULL;
}

static char *main_folder(const struct app *app)
{
    const char *chosen = conf_text(app->conf, OPTION_MODEL);

    return chosen != NULL ? mem_strdup(chosen) : path_join(program_data_folder(), "queries/model");
}

void model_look_begin(struct model_look *look, const struct app *app, const char *known)
{
    *look = (struct model_look){
        .own = own_folder(app),
        .folder = main_folder(app),
        .chosen = conf_text(app->conf, OPTION_MODEL) != NULL,
        .known = known != NULL ? mem_strdup(known) : NULL,
    };
}

bool model_look_same_place(const struct model_look *look, const struct app *app)
{
    _cleanup_(mem_freep) char *own = own_folder(app), *folder = main_folder(app);

    return text_equal(own, look->own) && text_equal(folder, look->folder);
}

void model_faults_done(struct model_fault *faults, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mem_free(faults[i].where);
        mem_free(faults[i].message);
    }
    mem_free(faults);
}

void model_look_done(struct model_look *look)
{
    for (size_t i = 0; i < look->count; i++) {
        mem_free((void *)(uintptr_t)look->files[i].name);
        mem_free((void *)(uintptr_t)look->files[i].text);
    }
    mem_free(look->files);
    model_unref(look->model);
    model_faults_done(look->faults, look->fault_count);
    mem_free(look->own);
    mem_free(look->folder);
    mem_free(look->known);
    str_done(&look->stamp);
    error_done(&look->error);
}

/* -- the list ------------------------------------------------------------------------------------------------------ */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

static bool has_file(const struct model_look *look, const char *name)
{
    for (size_t i = 0; i < look->count; i++)
        if (text_equal(base_name(look->files[i].name), name))
            return true;
    return false;
}

static void add_names(struct model_look *look, const char *folder)
{
    char **names = NULL;
    size_t count = 0;

    if (look->r >= 0)
        look->r = file_list(folder, ".json", &names, &count, &look->error);
    for (size_t i = 0; i < count; i++) {
        struct model_file file = {.name = path_join(folder, names[i])};

        if (has_file(look, names[i]))
            mem_free((void *)(uintptr_t)file.name);
        else
            VEC_PUSH(look->files, look->count, look->room, file);
        mem_free(names[i]);
    }
    mem_free(names);
}

static int compare_files(const void *a, const void *b)
{
    return strcmp(base_name(((const struct model_file *)a)->name), base_name(((const struct model_file *)b)->name));
}

static void list_files(struct model_look *look)
{
    if (look->chosen && !file_is_folder(look->folder)) {
        look->r = error_set(&look->error, ERR_USAGE, "--model: '%s' is not a folder", look->folder);
        return;
    }
    if (look->own != NULL && file_is_folder(look->own))
        add_names(look, look->own);
    add_names(look, look->folder);
    if (look->r >= 0 && look->chosen && look->count == 0)
        look->r = error_set(&look->error, ERR_USAGE, "--model: no *.json in '%s'", look->folder);
    if (look->count > 1)
        qsort(look->files, look->count, sizeof *look->files, compare_files);
}

/* -- what is in them ----------------------------------------------------------------------------------------------- */

static int64_t us_of(struct timespec time)
{
    return (int64_t)time.tv_sec * US_PER_SECOND + time.tv_nsec / 1000;
}

static void take_stamp(struct model_look *look)
{
    int64_t now = instant_now(), newest = INT64_MIN;

    for (size_t i = 0; i < look->count; i++) {
        struct stat about = {0};

        if (stat(look->files[i].name, &about) == 0 && us_of(about.st_ctim) > newest)
            newest = us_of(about.st_ctim);
        str_addf(&look->stamp, "%s %ju %ju %jd %" PRId64 " %" PRId64 " %o\n", look->files[i].name,
                 (uintmax_t)about.st_dev, (uintmax_t)about.st_ino, (intmax_t)about.st_size, us_of(about.st_mtim),
                 us_of(about.st_ctim), (unsigned)about.st_mode);
    }
    if (now - newest < TICK_US)
        str_addf(&look->stamp, "%" PRId64 "\n", now);
}

/* A link that leads nowhere is a fault; what was taken away since it was listed is none. */
static bool is_gone(const char *path)
{
    struct stat about;

    return lstat(path, &about) < 0;
}

static void read_files(struct model_look *look)
{
    size_t kept = 0;

    for (size_t i = 0; i < look->count; i++) {
        struct model_file file = look->files[i];
        struct error      error = ERROR_INIT;
        char             *text;
        int               r = file_read(file.name, MODEL_FILE_LIMIT, &text, &file.length, &error);

        if (r >= 0) {
            file.text = text;
            look->files[kept++] = file;
        } else if (is_gone(file.name)) {
            mem_free((void *)(uintptr_t)file.name);
        } else {
            struct model_fault fault = {(char *)(uintptr_t)file.name, TAKE(error.text)};

            VEC_PUSH(look->faults, look->fault_count, look->fault_room, fault);
        }
        error_done(&error);
    }
    look->count = kept;
}

void model_look_stamp(struct model_look *look)
{
    list_files(look);
    if (look->r >= 0)
        take_stamp(look);
}

void model_look_run(void *who)
{
    struct model_look *look = who;

    model_look_stamp(look);
    if (look->r < 0)
        return;
    look->changed = !text_equal(look->known, str_text(&look->stamp));
    if (!look->changed)
        return;
    read_files(look);
    look->model = model_load_any(look->files, look->count);
}
