/* What the prompt completes that is no word of the model: names of files, of keys, of themes. */
#include "console.h"

#include "ytempire/app/pin.h"
#include "ytempire/app/saved.h"
#include "ytempire/app/warm.h"
#include "ytempire/backup.h"
#include "ytempire/base/mem.h"
#include "ytempire/board.h"
#include "ytempire/command.h"

static int list_saved(struct console *console, char ***ret_names, size_t *ret_count)
{
    (void)console;
    return app_saved_names(ret_names, ret_count, NULL);
}

static int list_pins(struct console *console, char ***ret_names, size_t *ret_count)
{
    return app_pin_names(console->app, ret_names, ret_count, NULL);
}

static int list_warm_sets(struct console *console, char ***ret_names, size_t *ret_count)
{
    (void)console;
    return app_warm_names(ret_names, ret_count, NULL);
}

static int list_boards(struct console *console, char ***ret_names, size_t *ret_count)
{
    (void)console;
    return board_names(ret_names, ret_count, NULL);
}

static int list_backups(struct console *console, char ***ret_names, size_t *ret_count)
{
    _cleanup_(mem_freep) char *folder = command_backup_folder(console->app->conf);

    *ret_names = backup_names(folder, ret_count);
    return 0;
}

static const struct {
    enum complete complete;
    int         (*list)(struct console *console, char ***ret_names, size_t *ret_count);
    void        (*free)(char **names, size_t count);
} kinds[NAMES_KINDS] = {
    {COMPLETE_SAVED, list_saved, app_saved_names_free},     {COMPLETE_PIN, list_pins, app_pin_names_free},
    {COMPLETE_WARM, list_warm_sets, app_warm_names_free},   {COMPLETE_BOARD, list_boards, board_names_free},
    {COMPLETE_BACKUP, list_backups, backup_names_free},
};

/* A folder's listing, as for an argument that is a file. */
static const char *const *listed(struct console *console, size_t kind, size_t *ret_count)
{
    struct names *names = &console->names[kind];

    kinds[kind].free(names->items, names->count);
    *names = (struct names){0};
    if (kinds[kind].list(console, &names->items, &names->count) < 0)
        *names = (struct names){0};
    *ret_count = names->count;
    return (const char *const *)names->items;
}

const char *const *console_names(void *who, int complete, size_t *ret_count)
{
    struct console *console = who;

    for (size_t i = 0; i < NAMES_KINDS; i++)
        if ((int)kinds[i].complete == complete)
            return listed(console, i, ret_count);
    if (complete == COMPLETE_CACHE_KEY && console->cache_names != NULL)
        return app_cache_names_of(console->cache_names, ret_count);
    *ret_count = complete == COMPLETE_THEME ? console->theme_count : 0;
    return (const char *const *)console->themes;
}

void console_names_done(struct console *console)
{
    for (size_t i = 0; i < NAMES_KINDS; i++)
        kinds[i].free(console->names[i].items, console->names[i].count);
}
