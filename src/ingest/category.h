/* ingest/category: YouTube's video categories, as its API publishes them (videoCategories.list, region US). */
#ifndef INGEST_CATEGORY_H
#define INGEST_CATEGORY_H

#include <stddef.h>

struct category {
    int         id;
    const char *name;
};

/* By id; where two have one name, the smaller id stands for it. */
extern const struct category categories[];
extern const size_t          category_count;

const char *category_name(int id);     /* NULL: none that is published */

#endif
