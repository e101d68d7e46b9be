/* A sink that gathers the rows of an answer for a picture, for `chart` and `plot`. */
#ifndef YTEMPIRE_COMMAND_GATHER_H
#define YTEMPIRE_COMMAND_GATHER_H

#include "command_int.h"
#include "ytempire/output/chart.h"

struct gather {
    struct sink_before before;              /* the front end's */
    struct chart_data *data;
    uint64_t           rows;
    /* Called when all rows are there. */
    int              (*end)(struct gather *gather, const struct data_note *note, struct error *error);
};

void gather_init(struct gather *gather, struct sink *to,
                 int (*end)(struct gather *gather, const struct data_note *note, struct error *error));
void gather_done(struct gather *gather);

/* --kind; `ret_given` false: it was not said. ERR_USAGE. */
int kind_of_args(const struct args *args, enum chart_kind *ret_kind, bool *ret_given, struct error *error) NODISCARD;

#endif
