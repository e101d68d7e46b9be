/*
 * ingest/costs: what the sources of money share (openai-costs, elevenlabs-usage, stripe).
 *
 * Each reads a stretch of time again that it has read before, since amounts are corrected for weeks, and stores what
 * differs: a second run writes nothing. A script of the source's own takes its answers apart into
 * pg_temp.ingest_items (each thing that was told, once, with the reason where it cannot be), ingest_costs and
 * ingest_revenue; those of `costs_*` store them. What cannot be taken in is a dead letter, known by the thing's key,
 * and leaves what is stored as it is; it goes by itself once the thing is told rightly.
 */
#ifndef INGEST_COSTS_H
#define INGEST_COSTS_H

#include "fetch.h"

#define COSTS_SETTINGS(look_back, history)                                                                             \
    {"look_back", "DAYS", (look_back), 0, 400, "days before the last run that are read again"},                        \
        {"history", "DAYS", (history), 1, 3650, "how far back the first run goes"},                                    \
        {"from", "DAY", "", 0, 0, "the first day, UTC, instead of those"},                                             \
        {"to", "DAY", "", 0, 0, "the last day; today"}
/* Of those whose costs are by `name`: whose they are. */
#define COSTS_OWNERS_SETTING(name)                                                                                     \
    {                                                                                                                  \
        "owners", "OWNERS", "none", 0, 0,                                                                              \
            "whose costs are whose, as " name ":ann@example.com,*:bob@example.com ('*': all others); e-mails or ids"   \
    }

/* One run. */
struct costs_course {
    struct ingest *ingest;
    struct fetch  *fetch;
    int64_t        from, to;             /* instants; `from` is a midnight UTC */
    uint64_t       pages;
};

struct costs_source {
    const struct fetch_api *api;
    const char             *script, *what;       /* of sql/catalog; "costs": what is counted, for a person */
    int (*ask)(struct costs_course *course, struct error *error);     /* all of the stretch */
    const char             *path, *from;         /* where its beginning is asked for, and as which parameter … */
    int64_t                 unit_us;             /* … that counts these */
};

/*
 * A load: the days that were named, else from `look_back` days before the end of the stretch that was stored last, or
 * `history` days before now, up to now. The bookmark is set when the stretch was read to its end.
 */
int costs_run(struct ingest *ingest, const struct costs_source *source, struct error *error) NODISCARD;
/* In `ask`, after each page: tells how far it is, and stores what is in hand when that is much. */
int costs_on_page(struct costs_course *course, const struct costs_source *source, struct error *error) NODISCARD;
/* ERR_FAILED when the member of an answer is no list: the API has changed, and a person must look. */
int costs_check_list(const char *source, const struct api_answer *answer, const char *member,
                     struct error *error) NODISCARD;
/* "1730419200": of an instant, whole seconds. */
const char *costs_seconds(struct arena *arena, int64_t instant);

#endif
