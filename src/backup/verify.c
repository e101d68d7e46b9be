/* Whether a backup is what its manifest says: its bytes, its list of contents and, deep, its restored rows. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup_int.h"
#include "ytempire/base/file.h"

struct verify {
    const struct backup_options *options;
    struct sink  *sink;
    struct table *table;
    size_t        errors;
};

static void find(struct verify *verify, const char *name, const char *check, const char *trouble)
{
    table_add(verify->table, name, check, trouble != NULL ? "error" : "ok", trouble);
    verify->errors += trouble != NULL;
}

/* An error that is a finding; one that only says that it could not be looked (no server, a cancel) stays an error. */
static int settle(struct verify *verify, const char *name, const char *check, int r, struct error *why,
                  struct error *error)
{
    bool finding = r == ERR_FAILED || r == ERR_IO || r == ERR_SYNTAX || r == ERR_FINDING || r == ERR_SERVER;

    if (r >= 0 || finding)
        find(verify, name, check, r < 0 ? (why->text != NULL ? why->text : error_sentence(r)) : NULL);
    else if (error != NULL)
        error_move(error, why);
    error_done(why);
    return r < 0 && !finding ? r : 0;
}

/* -- the checks ---------------------------------------------------------------------------------------------------- */

static bool check_size(struct verify *verify, const struct manifest *manifest)
{
    _cleanup_(mem_freep) char *dump = path_join(manifest->folder, BACKUP_DUMP), *trouble = NULL;
    struct stat about;

    if (stat(dump, &about) < 0)
        trouble = mem_printf("%s is missing", BACKUP_DUMP);
    else if (about.st_size != manifest->bytes)
        trouble = mem_printf("%s has %lld bytes, and had %lld when it was made", BACKUP_DUMP, (long long)about.st_size,
                             manifest->bytes);
    find(verify, manifest->name, "size", trouble);
    return trouble == NULL;
}

static int check_sum(struct verify *verify, const struct manifest *manifest, bool *ret_good, struct error *error)
{
    _cleanup_(mem_freep) char *dump = path_join(manifest->folder, BACKUP_DUMP);
    char         sha256[SHA256_TEXT_SIZE];
    struct error why = ERROR_INIT;
    int          r = file_digest(dump, false, sha256, &why);

    if (r >= 0 && !text_equal(sha256, manifest->sha256))
        r = error_set(&why, ERR_FINDING,
                      "the bytes of %s are not those that were written: SHA-256 is %.12s…, was %.12s…", BACKUP_DUMP,
                      sha256, manifest->sha256);
    *ret_good = r >= 0;
    return settle(verify, manifest->name, "checksum", r, &why, error);
}

static int check_archive(struct verify *verify, const struct manifest *manifest, bool *ret_good, struct error *error)
{
    _cleanup_(mem_freep) char *list = NULL;
    struct error why = ERROR_INIT;
    int          r = archive_list(manifest, &list, &why);

    *ret_good = r >= 0;
    return settle(verify, manifest->name, "archive", r, &why, error);
}

static void find_wrong(struct verify *verify, const struct manifest *manifest, const struct table *wrong)
{
    for (size_t i = 0; i < table_row_count(wrong); i++) {
        struct data_cell name = table_cell(wrong, i, 0), expected = table_cell(wrong, i, 1),
                         found = table_cell(wrong, i, 2);
        _cleanup_(mem_freep) char *trouble = found.text == NULL
                                                 ? mem_printf("%.*s is not there after the restore", (int)name.length,
                                                              name.text)
                                                 : mem_printf("%.*s has %.*s rows after the restore, and had %.*s",
                                                              (int)name.length, name.text, (int)found.length,
                                                              found.text, (int)expected.length, expected.text);

        find(verify, manifest->name, "rows", trouble);
    }
    if (table_row_count(wrong) == 0)
        find(verify, manifest->name, "rows", NULL);
}

static int check_restored(struct verify *verify, const struct manifest *manifest, struct error *error)
{
    _cleanup_(table_freep) struct table *wrong = table_new("name:text expected:int found:int");
    struct scratch scratch = {0};
    struct error   why = ERROR_INIT;
    int            r = scratch_make(verify->options, manifest, &scratch, error);

    if (r < 0)
        return r;
    r = database_fill(verify->options, manifest, scratch.name, wrong, verify->sink, &why);
    scratch_drop(&scratch);
    if (r >= 0)
        find_wrong(verify, manifest, wrong);
    return settle(verify, manifest->name, "restore", r, &why, error);
}

static int verify_one(struct verify *verify, const struct manifest *manifest, bool deep, struct error *error)
{
    bool good;
    int  r;

    sink_progress(verify->sink, manifest->name, 0, 0, NULL);
    if (!check_size(verify, manifest))
        return 0;
    r = check_sum(verify, manifest, &good, error);
    if (r >= 0 && good)
        r = check_archive(verify, manifest, &good, error);
    if (r >= 0 && good && deep)
        r = check_restored(verify, manifest, error);
    return r;
}

/* -- which --------------------------------------------------------------------------------------------------------- */

static int verify_named(struct verify *verify, const char *name, bool deep, struct error *error)
{
    _cleanup_(mem_freep) char *folder = folder_of(verify->options->folder, name);
    struct manifest manifest = {0};
    struct error    why = ERROR_INIT;
    int             r = manifest_read(folder, &manifest, &why);

    if (r == ERR_SYNTAX)
        return settle(verify, name, "manifest", r, &why, error);
    if (r < 0) {
        error_hint(&why, "'backup list' lists all");
        if (error != NULL)
            error_move(error, &why);
        error_done(&why);
        return r;
    }
    r = verify_one(verify, &manifest, deep, error);
    manifest_done(&manifest);
    return r;
}

static int verify_all(struct verify *verify, bool deep, struct error *error)
{
    struct backups backups;
    int            r = backups_read(verify->options->folder, &backups, error);

    if (r < 0)
        return r;
    for (size_t i = 0; i < backups.broken_count; i += 2)
        find(verify, backups.broken[i], "manifest", backups.broken[i + 1]);
    for (size_t i = 0; i < backups.count && r >= 0; i++)
        r = verify_one(verify, &backups.items[i], deep, error);
    backups_done(&backups);
    return r;
}

int backup_verify(const struct backup_options *options, const char *name, bool deep, struct sink *sink,
                  struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new("name:text check:text result:text message:text");
    struct verify verify = {.options = options, .sink = sink, .table = table};
    int r = name != NULL ? verify_named(&verify, name, deep, error) : verify_all(&verify, deep, error);

    sink_progress_end(sink);
    if (r >= 0)
        r = table_send(table, sink, error);
    if (r >= 0 && verify.errors > 0)
        r = error_set(error, ERR_FINDING, "%zu check%s failed", verify.errors, verify.errors == 1 ? "" : "s");
    return r;
}
