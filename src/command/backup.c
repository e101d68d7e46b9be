/* backup: whole copies of the database, made, listed, checked, restored. */
#include <stdio.h>

#include "command_int.h"
#include "nouns.h"
#include "ytempire/backup.h"

static int open_database(void *who, const char *database, bool as_superuser, struct pg **ret_pg, struct error *error)
{
    return as_superuser ? app_pg_open_superuser(who, database, ret_pg, error)
                        : app_pg_open_database(who, database, ret_pg, error);
}

static void let_go(void *who)
{
    app_disconnect(who);
}

char *command_backup_folder(const struct conf *conf)
{
    const char *said = conf_text(conf, OPTION_BACKUP_FOLDER);

    return said != NULL && said[0] != '\0' ? mem_strdup(said) : conf_data_path("backups");
}

/* `folder` is kept for the options' life. */
static void make_options(struct app *app, char **folder, struct backup_options *ret_options)
{
    const char *remote = conf_text(app->conf, OPTION_BACKUP_REMOTE);

    *folder = command_backup_folder(app->conf);
    *ret_options = (struct backup_options){.folder = *folder,
                                           .keep = conf_text(app->conf, OPTION_BACKUP_KEEP),
                                           .remote = remote != NULL && remote[0] != '\0' ? remote : NULL,
                                           .open = open_database,
                                           .let_go = let_go,
                                           .who = app};
}

static int run_create(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) char *folder = NULL;
    struct backup_options options;

    (void)args;
    make_options(app, &folder, &options);
    return backup_create(&options, sink, error);
}

const struct command command_backup_create = {
    .name = "backup create",
    .summary = "Make a backup of the database",
    .text =
        "With pg_dump, which must not be older than the server: a folder with database.dump (custom format) and "
        "manifest.json (where it comes from, SHA-256, the rows of each table in the snapshot that was dumped). It is "
        "made whole or not at all. Then the older ones of this database that the rule no longer keeps are removed; the "
        "newest always stays. Where, the rule, and a remote of rclone's that gets a copy, are the settings "
        "backup-folder, backup-keep and backup-remote. What lies on the remote is compared after the copy, and never "
        "removed: how long it stays is a rule of the bucket. Exit 4: made, and not copied.",
    .examples = EXAMPLES("backup create"),
    .writes = WRITES_FILES,
    .connects = true,
    .run = run_create,
};

static int run_list(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) char *folder = NULL;
    struct backup_options options;

    (void)args;
    make_options(app, &folder, &options);
    return backup_list(&options, sink, error);
}

const struct command command_backup_list = {
    .name = "backup list",
    .summary = "List the backups, newest first",
    .text =
        "Asks no server. state is whole, or damaged: it is shorter or longer than when it was made, or its manifest "
        "cannot be read ('backup verify' tells more).",
    .examples = EXAMPLES("backup list"),
    .run = run_list,
};

static int run_verify(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) char *folder = NULL;
    struct backup_options options;

    make_options(app, &folder, &options);
    return backup_verify(&options, args_get(args, "NAME"), args_flag(args, "deep"), sink, error);
}

const struct command command_backup_verify = {
    .name = "backup verify",
    .summary = "Check that backups are what they were, and can be read",
    .text =
        "One row a check: size, checksum, whether pg_restore can read the archive; with --deep it is restored into a "
        "scratch database of the server, which is dropped again, and the rows of each table are counted. Without NAME "
        "all "
        "are checked. The exit code is 1 when a check failed.",
    .args = ARGS(OPTIONAL("NAME", COMPLETE_BACKUP)),
    .options = OPTIONS(FLAG("deep", "restore it into a scratch database and count its rows")),
    .examples = EXAMPLES("backup verify", "backup verify --deep"),
    .run = run_verify,
};

static int run_restore(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) char *folder = NULL, *database = NULL;
    const char *into = args_option(args, "into");
    struct backup_options options;
    bool replaces = false;
    int  r;

    make_options(app, &folder, &options);
    r = backup_would_replace(&options, into, &replaces, &database, error);
    if (r >= 0 && replaces && into != NULL)
        r = args_confirm(args, sink, error, "The database '%s' will be replaced by the backup. Go on?", database);
    return r < 0 ? r : backup_restore(&options, args_get(args, "NAME"), into, replaces && into != NULL, sink, error);
}

const struct command command_backup_restore = {
    .name = "backup restore",
    .summary = "Restore a backup into a new or empty database",
    .text =
        "NAME is a backup's, or the path of its folder. DATABASE is of the same server; without it, the one that the "
        "session works in. One that is not there is made; one that is not empty is replaced only when --into names it "
        "and "
        "the question is answered with yes: then it is filled under another name, counted, and given the old one's "
        "name, "
        "and the old one stays as NAME_before_TIME. Nobody else may be connected to it. A database with TimescaleDB is "
        "restored by a superuser. Settings and rights of the database itself are not in a backup.",
    .args = ARGS(REQUIRED("NAME", COMPLETE_BACKUP)),
    .options = OPTIONS(VALUE("into", "DATABASE", "restore into this database"), FLAG_YES),
    .examples = EXAMPLES("backup restore --into ytempire_tried ytempire-20260131T020000Z"),
    .writes = WRITES_DATABASE,
    .connects = true,
    .run = run_restore,
};
