/* search: videos by words. */
#include "command_int.h"
#include "nouns.h"
#include "ytempire/app/search.h"

static int run_search(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    long long limit;
    int r = args_number(args, "limit", 1, 1000, 20, &limit, error);

    return r < 0 ? r : app_search(app, args_get(args, "TEXT"), limit, sink, error);
}

const struct command command_search = {
    .name = "search",
    .summary = "Find videos by words in title, tags and description",
    .text =
        "TEXT is read as search engines do: all words, \"a phrase\", one or another, -without. The best come first, "
        "the title counting most; in the snippet ** stands around what was found. Where no word fits, and in "
        "scripts without spaces, titles that have TEXT in them are found (their rank is NULL).",
    .args = ARGS(REST("TEXT", COMPLETE_NONE)),
    .options = OPTIONS(VALUE("limit", "N", "at most so many (20)")),
    .examples = EXAMPLES("search minecraft speedrun", "search --limit 5 \"official video\" -trailer"),
    .connects = true,
    .run = run_search,
};
