/* theme: the colours of the console. */
#include "command_int.h"
#include "nouns.h"
#include "ytempire/conf.h"

static int add_theme(struct table *table, const struct conf *conf, const char *name, struct error *error)
{
    _cleanup_(mem_freep) char *path = NULL;
    int r = conf_theme_file(name, &path, error);

    if (r >= 0)
        table_add(table, name, text_equal(name, conf_text(conf, OPTION_THEME)) ? "t" : "f", path);
    return r;
}

static int send_themes(const struct conf *conf, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new("name:text current:bool file:text");
    char **names;
    size_t count;
    int    r = conf_theme_names(&names, &count, error);

    if (r < 0)
        return r;
    for (size_t i = 0; i < count && r >= 0; i++)
        r = add_theme(table, conf, names[i], error);
    conf_theme_names_free(names, count);
    return r < 0 ? r : table_send(table, sink, error);
}

static int run_theme(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) char *path = NULL;
    const char *name = args_get(args, "NAME");
    int         r;

    if (name == NULL)
        return send_themes(app->conf, sink, error);
    r = conf_theme_file(name, &path, error);
    return r < 0 ? r : conf_set(app->conf, conf_options[OPTION_THEME].name, name, error);
}

const struct command command_theme = {
    .name = "theme",
    .summary = "Change the colours of the console, or list the themes",
    .text = "A theme is a file NAME.json in the folder 'themes' of the person's own configuration or among the program's "
            "data; one's own comes first.",
    .args = ARGS(OPTIONAL("NAME", COMPLETE_THEME)),
    .examples = EXAMPLES("theme", "theme colorblind"),
    .writes = WRITES_SESSION,
    .run = run_theme,
};
