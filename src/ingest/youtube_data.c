/*
 * The source `youtube-data`: YouTube's Data API, version 3.
 *
 * Channels of users.channels, by 50; the playlists of their uploads, as far as they are new; then every video that is
 * known, by 50, with its counters. What is as it was is left as it is. A video that was asked for and is not in the
 * answer is gone; one whose counters are hidden has none (NULL, not 0).
 *
 * The uploads of a channel are read whole once, which its bookmark tells; after that only up to the first page that has
 * a video which is known.
 */
#include <inttypes.h>
#include <string.h>

#include "category.h"
#include "fetch.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

#define GROUP 20                       /* requests of up to 50 ids that are stored with one another */

struct youtube {
    struct ingest *ingest;
    struct fetch  *fetch;
    struct map    *known;              /* ids of videos */
    bool           is_listed;          /* the uploads of the channel at hand were read whole before */
};

static const struct fetch_api youtube_api = {.auth = API_AUTH_PARAMETER,
                                             .auth_name = "key",
                                             .secret = "YOUTUBE_API_KEY",
                                             .stage = "youtube_stage",
                                             .unstage = "youtube_unstage"};

static int store(struct youtube *youtube, const char *const *scripts, const char *stream, const char *position,
                 struct error *error)
{
    const struct fetch_store what = {.scripts = scripts, .stream = stream, .position = position,
                                     .data_until = INT64_MIN};

    return fetch_store(youtube->fetch, &what, error);
}

/* -- by ids -------------------------------------------------------------------------------------------------------- */

/* What is asked for by ids. */
struct things {
    const char        *path, *method, *stream, *part;
    const char *const *scripts;
};

/* "a,b,c": of what is asked for at once. */
static struct fetch_request request_of(struct arena *arena, const struct things *things, const char *list)
{
    struct str            about = STR_INIT;
    struct api_parameter *parameters = ARENA_ARRAY(arena, struct api_parameter, 3);

    str_add(&about, "[\"");
    for (const char *at = list; *at != '\0'; at++)
        str_add(&about, *at == ',' ? "\",\"" : (char[]){*at, '\0'});
    str_add(&about, "\"]");
    parameters[0] = (struct api_parameter){"part", things->part};
    parameters[1] = (struct api_parameter){"id", list};
    parameters[2] = (struct api_parameter){"maxResults", "50"};
    struct fetch_request request = {.path = things->path, .parameters = parameters, .parameter_count = 3,
                                    .method = things->method, .stream = things->stream, .with_etag = true,
                                    .about = arena_strdup(arena, str_text(&about))};

    str_done(&about);
    return request;
}

static int ask_group(struct youtube *youtube, const struct things *things, const char *const *lists, size_t count,
                     struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct fetch_request requests[GROUP];
    int                  r;

    for (size_t i = 0; i < count; i++)
        requests[i] = request_of(arena, things, lists[i]);
    r = fetch_ask_all(youtube->fetch, requests, count, error);
    return r < 0 ? r : store(youtube, things->scripts, things->stream, "{}", error);
}

static const char *list_of(struct arena *arena, const struct pg_result *ids, size_t first, size_t count)
{
    struct str  list = STR_INIT;
    const char *text;

    for (size_t i = first; i < first + count; i++)
        str_addf(&list, "%s%s", i > first ? "," : "", pg_result_text(ids, i, 0));
    text = arena_strdup(arena, str_text(&list));
    str_done(&list);
    return text;
}

/* Those that the statement gives, so many at once; or what was asked by the run that is played again. */
static int list_things(struct youtube *youtube, struct arena *arena, const struct things *things, const char *statement,
                       const char ***ret_lists, size_t *ret_count, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *ids = NULL;
    size_t       most = (size_t)ingest_setting(youtube->ingest, "batch"), rows, count = 0;
    const char **lists;
    int          r = values_run(youtube->ingest->pgs[0], statement, NULL, &ids, error);

    if (r < 0)
        return r;
    if (fetch_is_replay(youtube->fetch)) {
        *ret_count = fetch_replayed(youtube->fetch, arena, things->path, "id", ret_lists);
        return 0;
    }
    rows = pg_result_rows(ids);
    lists = ARENA_ARRAY(arena, const char *, rows / most + 1);
    for (size_t next = 0; next < rows; next += most)
        lists[count++] = list_of(arena, ids, next, rows - next < most ? rows - next : most);
    *ret_lists = lists;
    *ret_count = count;
    return 0;
}

static int ask_things(struct youtube *youtube, const struct things *things, const char *statement, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const char **lists = NULL;
    size_t       next = 0, count = 0;
    int          r = list_things(youtube, arena, things, statement, &lists, &count, error);

    while (r >= 0 && next < count) {
        size_t take = count - next < GROUP ? count - next : GROUP;

        r = ask_group(youtube, things, lists + next, take, error);
        next += take;
        if (r >= 0)
            r = fetch_progress(youtube->fetch, things->stream, next, count, "requests", error);
    }
    return r;
}

/* -- uploads ------------------------------------------------------------------------------------------------------- */

static const char *const upload_scripts[] = {"youtube_items", "youtube_uploads", "youtube_refused", NULL};

static bool is_known(const struct youtube *youtube, const struct tree_node *item)
{
    const struct tree_node *id = tree_get(tree_get(item, "contentDetails"), "videoId");

    return id != NULL && id->kind == TREE_STRING && map_get_bytes(youtube->known, id->text, id->length) != NULL;
}

static int on_uploads(void *who, const struct api_answer *answer, struct error *error)
{
    struct youtube         *youtube = who;
    const struct tree_node *items = tree_get(answer->json, "items");
    bool                    is_end = false;
    int                     r = 0;

    for (const struct tree_node *item = items != NULL && items->kind == TREE_ARRAY ? items->first : NULL;
         item != NULL && youtube->is_listed && !is_end; item = item->next)
        is_end = is_known(youtube, item);
    if (fetch_is_full(youtube->fetch))
        r = store(youtube, upload_scripts, NULL, NULL, error);
    return r < 0 ? r : is_end;
}

static int ask_uploads(struct youtube *youtube, const char *channel, const char *playlist, struct error *error)
{
    _cleanup_(mem_freep) char *about = mem_printf("{\"channel\": \"%s\"}", channel);
    const struct api_parameter parameters[] = {{"part", "contentDetails"}, {"playlistId", playlist},
                                               {"maxResults", "50"}};
    const struct fetch_pages   pages = {.first = {.path = "/playlistItems", .parameters = parameters,
                                                  .parameter_count = COUNT_OF(parameters), .stream = "uploads",
                                                  .method = "playlistItems.list", .about = about,
                                                  .with_etag = youtube->is_listed},
                                        .parameter = "pageToken", .member = "nextPageToken", .on_page = on_uploads,
                                        .who = youtube};
    struct error               found = ERROR_INIT;
    int                        r = fetch_ask_pages(youtube->fetch, &pages, &found);

    if (r < 0 && fetch_is_unasked(youtube->fetch)) {       /* it was known by then, or not yet there */
        error_done(&found);
        return store(youtube, upload_scripts, NULL, NULL, error);
    }
    if (r == ERR_UNKNOWN) {
        ingest_tell(youtube->ingest, "warning", "the uploads of channel %s cannot be listed: %s", channel, found.text);
        error_done(&found);
        return 0;
    }
    if (r < 0 && error != NULL)
        error_move(error, &found);
    error_done(&found);
    if (r == 0 && !youtube->is_listed)
        return store(youtube, upload_scripts, channel, "{\"listed\": true}", error);
    return r < 0 ? r : store(youtube, upload_scripts, NULL, NULL, error);
}

static int know_videos(struct youtube *youtube, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *ids = NULL;
    int r = values_run(youtube->ingest->pgs[0], "youtube_video_ids", NULL, &ids, error);

    for (size_t i = 0; r >= 0 && i < pg_result_rows(ids); i++)
        map_put(youtube->known, pg_result_text(ids, i, 0), youtube);
    return r;
}

static int ask_all_uploads(struct youtube *youtube, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *todo = NULL;
    int r = know_videos(youtube, error);

    if (r >= 0)
        r = values_run(youtube->ingest->pgs[0], "youtube_uploads_todo", NULL, &todo, error);
    for (size_t i = 0; r >= 0 && i < pg_result_rows(todo); i++) {
        youtube->is_listed = text_equal(pg_result_text(todo, i, 2), "t");
        r = ask_uploads(youtube, pg_result_text(todo, i, 0), pg_result_text(todo, i, 1), error);
        if (r >= 0)
            r = fetch_progress(youtube->fetch, "uploads", i + 1, pg_result_rows(todo), "channels", error);
    }
    return r;
}

/* -- the source ---------------------------------------------------------------------------------------------------- */

static int name_categories(struct youtube *youtube, struct error *error)
{
    _cleanup_(str_done) struct str ids = STR_INIT, names = STR_INIT;
    struct values values = {0};

    array_begin(&ids);
    array_begin(&names);
    for (size_t i = 0; i < category_count; i++) {
        _cleanup_(mem_freep) char *id = mem_printf("%d", categories[i].id);

        array_add(&ids, id);
        array_add(&names, categories[i].name);
    }
    array_end(&ids);
    array_end(&names);
    value_text(&values, str_text(&ids));
    value_text(&values, str_text(&names));
    return values_run(youtube->ingest->pgs[0], "youtube_categories", &values, NULL, error);
}

static int load(struct youtube *youtube, struct error *error)
{
    static const char *const dimensions[] = {"ingest_users", "youtube_versions", NULL};
    static const char *const of_channels[] = {"youtube_items", "youtube_channels", "youtube_refused", NULL};
    static const char *const of_videos[] = {"youtube_items", "youtube_videos", "youtube_facts", "youtube_refused",
                                            NULL};
    static const char *const at_the_end[] = {"youtube_days", NULL};
    static const struct things channels = {"/channels", "channels.list", "channels",
                                           "snippet,statistics,contentDetails,status", of_channels};
    static const struct things videos = {"/videos", "videos.list", "videos", "snippet,contentDetails,statistics,status",
                                         of_videos};
    int                      r = name_categories(youtube, error);

    if (r >= 0)
        r = ask_things(youtube, &channels, "youtube_channel_ids", error);
    if (r >= 0)
        r = store(youtube, dimensions, NULL, NULL, error);
    if (r >= 0)
        r = ask_all_uploads(youtube, error);
    if (r >= 0)
        r = ask_things(youtube, &videos, "youtube_video_ids", error);
    if (r >= 0)
        r = store(youtube, at_the_end, NULL, NULL, error);
    return r < 0 ? r : fetch_finish(youtube->fetch, "videos", error);
}

static int youtube_run(struct ingest *ingest, struct error *error)
{
    struct youtube youtube = {.ingest = ingest, .known = map_new()};
    int            r = fetch_begin(ingest, &youtube_api, &youtube.fetch, error);

    if (r >= 0)
        r = load(&youtube, error);
    fetch_end(youtube.fetch);
    map_free(youtube.known);
    return r;
}

static int youtube_check(struct ingest *ingest, struct error *error)
{
    return fetch_check(ingest, &youtube_api, error);
}

const struct ingest_source ingest_youtube_data = {
    .name = "youtube-data",
    .kind = "api",
    .summary = "channels, videos and their counters, from YouTube's Data API",
    .settings =
        (const struct ingest_setting[]){
            FETCH_SETTINGS("https://www.googleapis.com/youtube/v3"),
            {"batch", "IDS", "50", 1, 50, "channels or videos that are asked for at once"},
            {"look_back", "DAYS", "3", 0, 365, "days whose uploads are counted again"},
            {0},
        },
    .check = youtube_check,
    .run = youtube_run,
};
