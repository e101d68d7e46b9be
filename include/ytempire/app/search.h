/*
 * app/search: videos by words in their title, tags and description.
 */
#ifndef YTEMPIRE_APP_SEARCH_H
#define YTEMPIRE_APP_SEARCH_H

#include "ytempire/app.h"

/* Yields `rank video_id title channel published_at snippet`, the best first, at most `limit`; what was found stands
 * between ** and ** in the snippet. `text` as people write it for a search engine: "a phrase", or, -without. Where no
 * word fits, and in scripts without spaces, titles that have the text in them are found too (rank NULL). A tenant sees
 * its own videos. */
int app_search(struct app *app, const char *text, long long limit, struct sink *sink, struct error *error) NODISCARD;

#endif
