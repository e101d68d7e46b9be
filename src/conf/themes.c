/* Themes by their files: a person's own come first. */
#include "ytempire/conf.h"
#include "ytempire/conf/named.h"

static struct conf_named themes(void)
{
    struct conf_named named = {.ending = ".json", .noun = "theme", .list = "'theme' lists all"};

    conf_named_begin(&named, "themes");
    return named;
}

int conf_theme_names(char ***ret_names, size_t *ret_count, struct error *error)
{
    struct conf_named named = themes();
    int               r = conf_named_list(&named, ret_names, ret_count, error);

    conf_named_done(&named);
    return r;
}

void conf_theme_names_free(char **names, size_t count)
{
    conf_named_free(names, count);
}

int conf_theme_file(const char *name, char **ret_path, struct error *error)
{
    struct conf_named named = themes();
    int               r = conf_named_find(&named, name, ret_path, error);

    conf_named_done(&named);
    return r;
}
