/* app/model_files: which files make the model, whether they changed, and the model they make. */
#ifndef APP_MODEL_FILES_H
#define APP_MODEL_FILES_H

#include <stdbool.h>

#include "ytempire/app.h"
#include "ytempire/base/str.h"
#include "ytempire/semantic.h"

/* A file that cannot be read: it keeps its own cubes out, as a broken one does. */
struct model_fault {
    char *where, *message;
};

struct model_look {
    char              *own, *folder;    /* own: NULL, or a folder whose files come before those of the same name */
    bool               chosen;          /* by --model */
    char              *known;           /* the stamp of what is loaded, or NULL */
    /* what was found */
    struct str         stamp;           /* each file's name, size and times */
    bool               changed;         /* it is not the known one: the files were read */
    struct model      *model;           /* … and compiled */
    struct model_file *files;           /* in the order of their names */
    size_t             count, room;
    struct model_fault *faults;
    size_t             fault_count, fault_room;
    int                r;               /* what failed as a whole: a folder */
    struct error       error;
};

/* Where to look, by --model or the person's and the program's folders. */
void model_look_begin(struct model_look *look, const struct app *app, const char *known);
bool model_look_same_place(const struct model_look *look, const struct app *app);
/* `who` is the look. Blocks for small files and for compiling them (tens of milliseconds for fifty cubes); touches
 * nothing else, so that it may run on a thread. */
void model_look_run(void *who);
/* Finds the files and takes their stamp; reads none. */
void model_look_stamp(struct model_look *look);
void model_look_done(struct model_look *look);
void model_faults_done(struct model_fault *faults, size_t count);

#endif
