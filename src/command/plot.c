/*
 * plot: the answer to a query as a picture, drawn by gnuplot.
 *
 * gnuplot runs with its defaults only (no start-up files), reads the script from a pipe, writes to a descriptor of
 * ours, and is fenced in. It goes on after an error and ends with 0, so the script's last line says that it came to the
 * end.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gather.h"
#include "nouns.h"
#include "ytempire/app/ask.h"
#include "ytempire/base/file.h"
#include "ytempire/base/tree.h"
#include "ytempire/conf.h"
#include "ytempire/engine/process.h"
#include "ytempire/output.h"
#include "ytempire/output/plot.h"

#define WIDTH 1200
#define HEIGHT 675
#define MOST_BARS 100
#define MOST_CELLS 2000 /* of a heat map, across */
#define HEAT_ROWS 43    /* as chart_data_fill counts: 40 series */
#define THEME_MOST (256u << 10)

static const struct process_fence fence = {
    .cpu_seconds = 20,
    .memory = UINT64_C(2) << 30,
    .file = 64u << 20,
    .time_us = 30 * US_PER_SECOND,
};

struct picture {
    struct gather gather;
    struct app *app;
    struct plot plot;
    struct chart chart;
    bool kind_given;
    char mark[PLOT_MARK_SIZE];
    int fd; /* gnuplot writes here */
};

/* -- colours ------------------------------------------------------------------------------------------------------- */

static const char *color_text(struct arena *arena, const struct tree_node *role, const char *name)
{
    const struct tree_node *node = tree_get(role, name);

    return node != NULL && node->kind == TREE_STRING ? tree_text(arena, node) : NULL;
}

static void read_roles(const struct tree *tree, struct plot_colors *colors)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const struct tree_node *roles = tree_get(tree->root, "roles");

    for (const struct tree_node *role = roles != NULL ? roles->first : NULL; role != NULL; role = role->next)
        plot_color_set(colors, arena_strndup(arena, role->key, role->key_length), color_text(arena, role, "fg"),
                       color_text(arena, role, "bg"));
}

static int read_theme(const struct conf *conf, struct plot_colors *colors, struct error *error)
{
    _cleanup_(mem_freep) char *path = NULL, *text = NULL;
    struct tree tree = {0};
    struct tree_fault fault;
    size_t length;
    int r = conf_theme_file(conf_text(conf, OPTION_THEME), &path, error);

    plot_colors_init(colors);
    if (r >= 0)
        r = file_read(path, THEME_MOST, &text, &length, error);
    if (r < 0)
        return r;
    r = tree_read(&tree, text, length, 8, &fault);
    if (r < 0)
        error_set(error, r, "'%s': %s", path, fault.message);
    else
        read_roles(&tree, colors);
    tree_done(&tree);
    return r;
}

/* -- gnuplot ------------------------------------------------------------------------------------------------------- */

static int find_gnuplot(struct error *error)
{
    _cleanup_(mem_freep) char *path = process_find("gnuplot", NULL);

    if (path != NULL)
        return 0;
    error_set(error, ERR_FAILED, "gnuplot is not installed");
    error_hint(error, "install it (Debian: gnuplot-nox), or draw in the terminal with 'chart'");
    return ERR_FAILED;
}

static int judge(const struct picture *picture, int status, const char *said, struct error *error)
{
    struct str words = STR_INIT;
    bool whole = plot_is_whole(said, picture->mark, &words);
    int r = 0;

    if (status != 0 || !whole)
        r = words.length > 0
                ? error_set(error, ERR_FAILED, "gnuplot did not draw it: %s", str_text(&words))
                : error_set(error, ERR_FAILED, "gnuplot did not draw it, and ended with status %d", status);
    else if (words.length > 0)
        sink_text(picture->gather.before.front, "gnuplot: %s", str_text(&words));
    str_done(&words);
    return r;
}

static int run_gnuplot(const struct picture *picture, const struct str *script, struct error *error)
{
    _cleanup_(mem_freep) char *out = NULL, *said = NULL;
    char folder[] = "/tmp/ytempire-plot-XXXXXX";
    struct process_options options = {
        .argv = (const char *const[]){"gnuplot", "-d", NULL},
        .environment = (const char *const[]){"LC_ALL=C.UTF-8", "GNUTERM", "GNUPLOT_LIB", "GNUPLOT_FONTPATH", "FIT_LOG",
                                             "DISPLAY", NULL},
        .input = str_text(script),
        .input_length = script->length,
        .folder = folder,
        .user = (uid_t)-1,
        .output = picture->fd,
        .fence = &fence,
    };
    int status = 0, r;

    if (mkdtemp(folder) == NULL)
        return error_set(error, ERR_IO, "cannot make a folder in /tmp");
    r = process_run(&options, &status, &out, &said, error);
    (void)rmdir(folder);
    if (r < 0) {
        error_prefix(error, "gnuplot: ");
        return r;
    }
    return judge(picture, status, said, error);
}

/* -- fonts --------------------------------------------------------------------------------------------------------- */

struct ranges {
    struct range {
        uint32_t from, to;
    } * items;
    size_t count, room;
    bool known; /* else every character is taken to be there */
    size_t missing;
};

static uint32_t read_hex(const char **text)
{
    static const char digits[] = "0123456789abcdef";
    uint32_t number = 0;

    for (const char *at; **text != '\0' && (at = strchr(digits, **text)) != NULL; (*text)++)
        number = number << 4 | (uint32_t)(at - digits);
    return number;
}

/* Of a font: "20-7e a0-17f 192". */
static void add_ranges(struct ranges *ranges, const char *text)
{
    while (*text != '\0') {
        struct range range = {.from = read_hex(&text)};

        range.to = range.from;
        if (*text == '-') {
            text++;
            range.to = read_hex(&text);
        }
        if (range.to > 0)
            VEC_PUSH(ranges->items, ranges->count, ranges->room, range);
        text += *text != '\0';
    }
}

/* A character that no font has is drawn by cairo as a box as large as the picture: so it is asked first. */
static void read_fonts(struct ranges *ranges)
{
    _cleanup_(mem_freep) char *out = NULL, *said = NULL;
    struct process_options options = {.argv = (const char *const[]){"fc-list", "--format", "%{charset}\n", NULL},
                                      .user = (uid_t)-1,
                                      .output = memfd_create("fonts", MFD_CLOEXEC)};
    off_t size;
    int status = 0;

    if (options.output < 0)
        return;
    if (process_run(&options, &status, &out, &said, NULL) >= 0 && status == 0) {
        size = lseek(options.output, 0, SEEK_END);
        _cleanup_(mem_freep) char *text = mem_alloc((size_t)size + 1);

        ranges->known = pread(options.output, text, (size_t)size, 0) == size;
        add_ranges(ranges, text);
    }
    (void)close(options.output);
}

static bool has_glyph(void *who, uint32_t point)
{
    struct ranges *ranges = who;

    for (size_t i = 0; i < ranges->count; i++)
        if (point >= ranges->items[i].from && point <= ranges->items[i].to)
            return true;
    ranges->missing += ranges->known;
    return !ranges->known;
}

/* -- the picture --------------------------------------------------------------------------------------------------- */

/* More labels than a picture can hold are left out, which is said. */
static void limit_points(const struct picture *picture, struct chart *chart)
{
    size_t most = chart->kind == CHART_BAR ? MOST_BARS : chart->kind == CHART_HEAT ? MOST_CELLS : SIZE_MAX;

    if (chart->points <= most)
        return;
    sink_text(picture->gather.before.front, "note: the first %zu of %zu %s are drawn", most, chart->points,
              chart->kind == CHART_BAR ? "bars" : "columns");
    chart->points = most;
}

static char *about_of(const struct picture *picture, const struct data_note *note)
{
    struct data_note without = *note;
    struct str about = STR_INIT;

    without.remark_count = 0;
    output_note(&about, picture->gather.rows, &without, false);
    about.data[--about.length] = '\0'; /* its line end */
    return str_take(&about);
}

static void tell_remarks(const struct picture *picture, const struct data_note *note)
{
    const char *remark = chart_data_remark(picture->gather.data);

    if (remark != NULL)
        sink_text(picture->gather.before.front, "note: %s", remark);
    for (size_t i = 0; i < note->remark_count; i++)
        sink_text(picture->gather.before.front, "note: %s", note->remarks[i]);
}

static int on_end(struct gather *gather, const struct data_note *note, struct error *error)
{
    struct picture *picture = (struct picture *)gather;
    struct chart chart = picture->chart;
    struct plot plot = picture->plot;
    struct str script = STR_INIT;
    struct ranges fonts = {0};
    _cleanup_(mem_freep) char *about = about_of(picture, note);
    int r;

    if (!picture->kind_given)
        chart.kind = chart_data_kind(gather->data);
    chart.title = note->title;
    chart.rows = HEAT_ROWS;
    r = chart_data_fill(gather->data, &chart, error);
    if (r < 0)
        return r;
    tell_remarks(picture, note);
    limit_points(picture, &chart);
    plot.about = about;
    plot.mark = picture->mark;
    if (plot.height == 0)
        plot.height = plot_height_wanted(&chart, HEIGHT);
    if (plot.kind != PLOT_SVG) { /* that is drawn where it is read */
        read_fonts(&fonts);
        plot.has_glyph = has_glyph;
        plot.who = &fonts;
    }
    plot_script(&plot, &chart, &script);
    if (fonts.missing > 0)
        sink_text(gather->before.front,
                  "note: no font here has %zu of the characters, which are drawn as '?'; fonts-noto-cjk has many",
                  fonts.missing);
    mem_free(fonts.items);
    r = run_gnuplot(picture, &script, error);
    str_done(&script);
    return r;
}

static int draw(const char *query, struct picture *picture, struct error *error)
{
    int r = plot_make_mark(picture->mark, error);

    if (r >= 0)
        r = read_theme(picture->app->conf, &picture->plot.colors, error);
    if (r >= 0)
        r = app_ask(picture->app, query_of_rest(query), &picture->gather.before.sink, error);
    gather_done(&picture->gather);
    return r;
}

/* -- where it goes ------------------------------------------------------------------------------------------------- */

static int send_outcome(const struct picture *picture, const char *path, long long bytes, struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new("file:text format:text plotted_rows:int bytes:int");
    char rows_text[32], bytes_text[32];

    (void)snprintf(rows_text, sizeof rows_text, "%" PRIu64, picture->gather.rows);
    (void)snprintf(bytes_text, sizeof bytes_text, "%lld", bytes);
    table_add(table, path, plot_kind_name(picture->plot.kind), rows_text, bytes_text);
    return table_send(table, picture->gather.before.front, error);
}

static int to_file(const struct args *args, struct picture *picture, struct error *error)
{
    _cleanup_(new_file_freep) struct new_file *file = NULL;
    const char *path = args_get(args, "FILE");
    long long bytes = 0;
    int r = new_file_open(path, &file, error);

    if (r >= 0 && new_file_replaces(file))
        r = args_confirm(args, picture->gather.before.front, error, "'%s' is there already. Write over it?", path);
    if (r < 0)
        return r;
    picture->fd = new_file_fd(file);
    r = draw(args_get(args, "QUERY"), picture, error);
    bytes = lseek(picture->fd, 0, SEEK_END);
    if (r >= 0)
        r = new_file_keep(file, error);
    return r < 0 ? r : send_outcome(picture, path, bytes, error);
}

static int send_pixels(const struct picture *picture, struct error *error)
{
    struct sink *to = picture->gather.before.front;
    off_t size = lseek(picture->fd, 0, SEEK_END);
    char *pixels = size > 0 ? mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, picture->fd, 0) : MAP_FAILED;
    int r;

    if (pixels == MAP_FAILED)
        return error_set(error, ERR_FAILED, "gnuplot drew nothing");
    r = to->ops->raw(to, pixels, (size_t)size, error);
    (void)munmap(pixels, (size_t)size);
    return r < 0 ? r : to->ops->raw(to, "\n", 1, error);
}

static int to_terminal(const struct args *args, struct picture *picture, struct error *error)
{
    int r;

    if (!sink_passes(picture->gather.before.front, "sixel")) {
        error_set(error, ERR_USAGE, "this terminal shows no pictures (sixel)");
        error_hint(error, "name a file (.png, .svg, .pdf), or draw with text: chart QUERY");
        return ERR_USAGE;
    }
    picture->plot.kind = PLOT_SIXEL;
    picture->fd = memfd_create("picture", MFD_CLOEXEC);
    if (picture->fd < 0)
        return error_set(error, ERR_FAILED, "no memory for a picture");
    r = draw(args_get(args, "QUERY"), picture, error);
    if (r >= 0)
        r = send_pixels(picture, error);
    (void)close(picture->fd);
    return r;
}

/* -- the command --------------------------------------------------------------------------------------------------- */

static int read_size(const struct args *args, struct plot *plot, struct error *error)
{
    const char *size = args_option(args, "size"), *cross = size != NULL ? strchr(size, 'x') : NULL;
    long long width = WIDTH, height = 0;

    if (size != NULL && (cross == NULL || text_to_int64(size, (size_t)(cross - size), &width) < 0 ||
                         text_to_int64(cross + 1, strlen(cross + 1), &height) < 0 || width < 200 || width > 4000 ||
                         height < 150 || height > 4000)) {
        error_set(error, ERR_USAGE, "--size cannot be '%s'", size);
        error_hint(error, "width and height in pixels, from 200x150 to 4000x4000: --size 1200x675");
        return ERR_USAGE;
    }
    plot->width = (int)width;
    plot->height = (int)height;
    return 0;
}

static int run_plot(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    struct picture picture = {.app = app};
    const char *path = args_get(args, "FILE");
    int r = kind_of_args(args, &picture.chart.kind, &picture.kind_given, error);

    if (r >= 0)
        r = read_size(args, &picture.plot, error);
    if (r >= 0 && !text_equal(path, "-") && plot_kind_for_file(path, &picture.plot.kind) < 0) {
        error_set(error, ERR_USAGE, "no kind of picture for '%s'", path);
        error_hint(error, "the file's ending says it: .png, .svg, .pdf; '-' is the terminal");
        r = ERR_USAGE;
    }
    if (r >= 0)
        r = find_gnuplot(error);
    if (r < 0)
        return r;
    gather_init(&picture.gather, sink, on_end);
    return text_equal(path, "-") ? to_terminal(args, &picture, error) : to_file(args, &picture, error);
}

const struct command command_plot = {
    .name = "plot",
    .summary = "Draw the answer to a query as a picture",
    .text =
        "What 'chart' draws, drawn by gnuplot: the file's ending (.png, .svg, .pdf) is the kind of picture, '-' the "
        "terminal where it shows sixel. Colours are those of the theme; days are those of the query's zone; what is "
        "not known is a gap. A file that is there already is asked about. Yields the file, its format, rows and "
        "bytes.",
    .args = ARGS(REQUIRED("FILE", COMPLETE_FILE), REST("QUERY", COMPLETE_QUERY)),
    .options = OPTIONS(VALUE("kind", "KIND", "line, bar, spark or heat"),
                       VALUE("size", "WxH", "width and height in pixels (1200x675; bars take the height they need)"),
                       FLAG_YES),
    .examples = EXAMPLES("plot views.png views_gained by day last 30 days",
                         "plot --kind heat heat.svg views_gained by day, channel last 30 days"),
    .writes = WRITES_FILES,
    .run = run_plot,
};
