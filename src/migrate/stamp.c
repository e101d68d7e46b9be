/*
 * A stamp is two lines: a digest of the folder's listing (names, sizes, times of change) and the digest of what the files
 * hold. The first one costs a stat a file and is looked at on every start; only where it differs are the files read, so
 * that a folder that was merely copied is still known.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "migrate_int.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/sha256.h"
#include "ytempire/base/str.h"

#define STAMP_MOST 1024

static int listing_of(const char *folder, char ret_digest[static SHA256_TEXT_SIZE], struct error *error)
{
    _cleanup_(mem_freep) char *path = migrate_folder(folder);
    struct sha256              sha;
    char                     **names = NULL;
    size_t                     count = 0;
    int                        r = file_list(path, ".sql", &names, &count, error);

    if (r < 0)
        return r;
    sha256_begin(&sha);
    for (size_t i = 0; i < count; i++) {
        _cleanup_(mem_freep) char *file = path_join(path, names[i]), *line = NULL;
        struct stat                about = {0};

        (void)stat(file, &about);
        line = mem_printf("%s %lld %lld.%09ld\n", names[i], (long long)about.st_size, (long long)about.st_mtim.tv_sec, about.st_mtim.tv_nsec);
        sha256_add(&sha, line, strlen(line));
        mem_free(names[i]);
    }
    mem_free(names);
    sha256_end(&sha, ret_digest);
    return 0;
}

bool migrate_stamp_is_current(const struct migrate_options *options, const char *stamp_file)
{
    _cleanup_(migration_set_freep) struct migration_set *set = NULL;
    _cleanup_(mem_freep) char                           *stamp = NULL;
    char                                                 listing[SHA256_TEXT_SIZE];
    size_t                                               length;

    if (!file_exists(stamp_file) || file_read(stamp_file, STAMP_MOST, &stamp, &length, NULL) < 0 || length != 2 * (size_t)SHA256_TEXT_SIZE)
        return false;
    if (listing_of(options->folder, listing, NULL) >= 0 && memcmp(stamp, listing, SHA256_TEXT_SIZE - 1) == 0)
        return true;
    return migration_set_load(options->folder, ENGINE_NATIVE, &set, NULL) >= 0 &&
           memcmp(stamp + SHA256_TEXT_SIZE, migration_set_checksum(set), SHA256_TEXT_SIZE - 1) == 0;
}

int migrate_stamp(const struct migrate_options *options, const char *stamp_file, struct error *error)
{
    _cleanup_(migration_set_freep) struct migration_set *set = NULL;
    _cleanup_(mem_freep) char                           *stamp = NULL;
    char                                                 listing[SHA256_TEXT_SIZE];
    int                                                  r = listing_of(options->folder, listing, error);

    /* The listing is taken first: a file that changes in between makes the stamp too old, never too new. */
    if (r >= 0)
        r = migration_set_load(options->folder, ENGINE_NATIVE, &set, error);
    if (r < 0)
        return r;
    stamp = mem_printf("%s\n%s\n", listing, migration_set_checksum(set));
    return file_write(stamp_file, stamp, strlen(stamp), 0644, error);
}

int migrate_stamp_drop(const char *stamp_file, struct error *error)
{
    if (unlink(stamp_file) == 0 || errno == ENOENT)
        return 0;
    return error_set(error, ERR_IO, "'%s' cannot be removed: %s", stamp_file, strerror(errno));
}
