/* Shared by the files that turn decisions (company.h) into rows. */
#ifndef SAMPLE_LOADER_H
#define SAMPLE_LOADER_H

#include "company.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"
#include "ytempire/sample.h"

#define METRIC_DAYS 30                 /* of videos; channels have all days */
#define MONEY_LAG 3                    /* days until YouTube's money is known */
#define BUFFER ((size_t)64 * 1024)

struct day {
    double views, likes, comments, watch, revenue, cost;
    int    published, seconds, gained, lost;
};

struct loader {
    struct pg            *pg;
    struct sink          *sink;
    struct sample_report *report;
    struct company        company;
    const struct zone    *pacific;
    int32_t               first_day;
    struct map           *keys;        /* "kind natural version" → key, as a pointer-sized number */
    struct str            rows;        /* of the table being copied */
    struct str            costs, ledger, metrics, daily;
    struct day           *days;        /* of the channel at hand */
};

/* -- rows.c: the text of COPY, and what is done with it ------------------------------------------------------------ */

void    rows_add_text(struct str *rows, const char *text);
void    rows_add_day(struct str *rows, int32_t day);                       /* "2026-01-31" */
int     date_key_of(int32_t day);                                          /* 20260131 */
int32_t utc_day_of(int64_t instant);
int64_t midnight_of(const struct loader *loader, int32_t day);             /* Pacific */
int     loader_run(struct loader *loader, const char *name, const struct pg_value *values, size_t count,
                   struct pg_result **ret_result, struct error *error) NODISCARD;
/* Copies the rows with the statement `name` of sql/catalog and clears them; adds their number (ret_rows may be NULL).
 */
int     loader_copy(struct loader *loader, const char *name, struct str *rows, int64_t *ret_rows,
                    struct error *error) NODISCARD;

/* -- dimensions.c -------------------------------------------------------------------------------------------------- */

void    user_id_of(int user, char text[static 40]);
int32_t user_changed_day(const struct loader *loader, int user);           /* 0: never */

typedef int each_video(struct loader *loader, const struct channel *channel, const struct video *video,
                       struct error *error);
typedef int each_channel(struct loader *loader, const struct channel *channel, struct error *error);
/* All videos of each channel, then the channel itself (`after` may be NULL). */
int     for_each_video(struct loader *loader, each_video *each, each_channel *after, struct error *error) NODISCARD;

int     load_users(struct loader *loader, struct error *error) NODISCARD;
int     load_channels(struct loader *loader, struct error *error) NODISCARD;
int     load_videos(struct loader *loader, struct error *error) NODISCARD;

/* -- facts.c: in this order ---------------------------------------------------------------------------------------- */

int     read_keys(struct loader *loader, struct error *error) NODISCARD;
int     load_facts(struct loader *loader, struct error *error) NODISCARD;
int     load_rest(struct loader *loader, struct error *error) NODISCARD;

#endif
