/* Redis, the disk under the private servers, and the person's own files. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "doctor_int.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/engine/redis.h"
#include "ytempire/local.h"

#define MB (UINT64_C(1024) * 1024)
#define DISK_ERROR (256 * MB)
#define DISK_WARNING (1024 * MB)
#define REDIS_LIMIT_US (5 * US_PER_SECOND)
#define REDIS_OLDEST 5
#define CONFIG_MOST (1u << 20)

static const char *bytes_text(uint64_t bytes, char *to, size_t size)
{
    if (bytes >= 1024 * MB)
        (void)snprintf(to, size, "%.1f GB", (double)bytes / (double)(1024 * MB));
    else
        (void)snprintf(to, size, "%llu MB", (unsigned long long)(bytes / MB));
    return to;
}

/* -- Redis --------------------------------------------------------------------------------------------------------- */

struct asking {
    const char *address;
    struct redis_about about;
    struct error error;
    int code;
};

static void ask_in_thread(void *who)
{
    struct asking *asking = who;

    asking->code = redis_ask_about(asking->address, REDIS_LIMIT_US, &asking->about, &asking->error);
}

static void tell_memory(struct doctor *doctor, const struct redis_about *about)
{
    char text[32];
    const char *most = bytes_text(about->memory_most, text, sizeof text);

    if (*about->policy == '\0')
        doctor_say(doctor, "Redis memory", DOCTOR_SKIPPED, "to see it, let this user run INFO", "unknown");
    else if (about->memory_most == 0)
        doctor_say(
            doctor, "Redis memory", DOCTOR_WARNING,
            "set maxmemory and maxmemory-policy allkeys-lru in redis.conf, so that a cache cannot fill the memory",
            "no limit, %s", about->policy);
    else if (text_equal(about->policy, "noeviction"))
        doctor_say(doctor, "Redis memory", DOCTOR_WARNING,
                   "set maxmemory-policy allkeys-lru in redis.conf: once full, nothing more is cached",
                   "%s, noeviction", most);
    else
        doctor_say(doctor, "Redis memory", DOCTOR_OK, NULL, "at most %s, %s", most, about->policy);
}

static void tell_redis(struct doctor *doctor, const struct redis_about *about)
{
    int major = 0;

    for (const char *c = about->version; *c >= '0' && *c <= '9' && major < 1000; c++)
        major = major * 10 + (*c - '0');
    doctor_say(doctor, "Redis", DOCTOR_OK, NULL, "%s", about->shown);
    if (*about->version == '\0')
        doctor_say(doctor, "Redis version", DOCTOR_SKIPPED, "to see it, let this user run INFO", "unknown");
    else if (major < REDIS_OLDEST)
        doctor_say(doctor, "Redis version", DOCTOR_WARNING, "upgrade Redis to 6 or newer", "%s", about->version);
    else
        doctor_say(doctor, "Redis version", DOCTOR_OK, NULL, "%s", about->version);
    tell_memory(doctor, about);
}

int doctor_redis(struct doctor *doctor)
{
    struct asking asking = {.address = app_redis(doctor->app)};
    int r;

    if (asking.address == NULL) {
        doctor_say(doctor, "Redis", DOCTOR_SKIPPED, "give --redis or REDIS_URL, so that answers are cached",
                   "none is named: every answer is asked of the database");
        return 0;
    }
    r = task_in_thread(ask_in_thread, &asking);
    if (r >= 0 && asking.code >= 0) {
        tell_redis(doctor, &asking.about);
    } else if (r >= 0) {
        r = doctor_trouble(doctor, "Redis", DOCTOR_ERROR, asking.code, &asking.error,
                           asking.error.hint == NULL && doctor->app->target.local ? "start it with 'local up'"
                           : asking.error.hint == NULL
                               ? "see that it runs, and correct --redis, the profile or REDIS_URL"
                               : NULL);
        doctor_say(doctor, "Redis version", DOCTOR_SKIPPED, NULL, "no connection to Redis");
        doctor_say(doctor, "Redis memory", DOCTOR_SKIPPED, NULL, "no connection to Redis");
    }
    error_done(&asking.error);
    redis_about_done(&asking.about);
    return r;
}

/* -- the disk ------------------------------------------------------------------------------------------------------ */

int doctor_disk(struct doctor *doctor)
{
    const struct local *local = app_local(doctor->app);
    const char *folder = local != NULL ? local_folder(local) : NULL;
    enum doctor_state state = DOCTOR_OK;
    struct statvfs disk;
    uint64_t left;
    char text[32];

    if (local == NULL || statvfs(folder, &disk) != 0) {
        doctor_say(doctor, "disk", DOCTOR_SKIPPED, NULL, "%s",
                   local == NULL ? "not the private servers" : "the private servers are not made yet");
        return 0;
    }
    left = (uint64_t)disk.f_bavail * disk.f_frsize;
    state = left < DISK_ERROR ? DOCTOR_ERROR : left < DISK_WARNING ? DOCTOR_WARNING : DOCTOR_OK;
    doctor_say(doctor, "disk", state, state == DOCTOR_OK ? NULL : "make room there ('df -h' shows it)", "%s free in %s",
               bytes_text(left, text, sizeof text), folder);
    return 0;
}

/* -- files --------------------------------------------------------------------------------------------------------- */

/* A password of libpq, or of a URL: "://user:password@". */
static bool holds_password(const char *text)
{
    if (strcasestr(text, "password") != NULL)
        return true;
    for (const char *at = strstr(text, "://"); at != NULL; at = strstr(at + 3, "://")) {
        size_t login = strcspn(at + 3, "@/ \t\r\n");

        if (at[3 + login] == '@' && memchr(at + 3, ':', login) != NULL)
            return true;
    }
    return false;
}

static void check_config(struct doctor *doctor)
{
    _cleanup_(mem_freep) char *path = conf_config_path("config.ini"), *text = NULL, *to_do = NULL;
    struct error why = ERROR_INIT;
    struct stat about;

    if (stat(path, &about) != 0 && errno == ENOENT) {
        doctor_say(doctor, "config.ini", DOCTOR_OK, NULL, "none; it would be %s", path);
        return;
    }
    if (file_read(path, CONFIG_MOST, &text, NULL, &why) < 0) {
        to_do = mem_printf("make it readable for you: chown and chmod 600 '%s'", path);
        doctor_say(doctor, "config.ini", DOCTOR_ERROR, to_do, "%s", why.text);
        error_done(&why);
    } else if (holds_password(text) && (about.st_mode & 077) != 0) {
        to_do = mem_printf("run: chmod 600 '%s'", path);
        doctor_say(doctor, "config.ini", DOCTOR_ERROR, to_do, "holds a password, and others may read it (mode %03o)",
                   (unsigned)about.st_mode & 0777);
    } else {
        doctor_say(doctor, "config.ini", DOCTOR_OK, NULL, "%s", path);
    }
}

/* The nearest thing on the way to `path` that is there; caller frees. */
static char *nearest_there(const char *path)
{
    char *there = mem_strdup(path), *slash;

    while (access(there, F_OK) != 0 && (slash = strrchr(there, '/')) != NULL && slash != there)
        *slash = '\0';
    return there;
}

static void check_history(struct doctor *doctor)
{
    _cleanup_(mem_freep) char *path = conf_state_path("history"), *there = nearest_there(path), *to_do = NULL;
    bool is_it = text_equal(path, there), is_folder = file_is_folder(there);

    if (is_it == is_folder) {
        to_do = mem_printf("move '%s' away", there);
        doctor_say(doctor, "history", DOCTOR_WARNING, to_do, "%s is %s", there, is_folder ? "a folder" : "no folder");
    } else if (eaccess(there, is_folder ? W_OK | X_OK : R_OK | W_OK) != 0) {
        to_do = mem_printf("make '%s' writable for you, or what you type is forgotten", there);
        doctor_say(doctor, "history", DOCTOR_WARNING, to_do, "%s: %s", there, strerror(errno));
    } else {
        doctor_say(doctor, "history", DOCTOR_OK, NULL, "%s", path);
    }
}

int doctor_files(struct doctor *doctor)
{
    check_config(doctor);
    check_history(doctor);
    return 0;
}
