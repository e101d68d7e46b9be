/* What the options and the terminal say of how to write. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "batch_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

static const char *locale_name(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *value = getenv(names[i]);

        if (value != NULL && value[0] != '\0')
            return value;
    }
    return "C";
}

/* By the name: setlocale would read files, and nothing else here needs a locale. */
bool style_locale_is_utf8(void)
{
    const char *codeset = strchr(locale_name(), '.');

    return codeset != NULL && (strncasecmp(codeset + 1, "utf-8", 5) == 0 || strncasecmp(codeset + 1, "utf8", 4) == 0);
}

static bool may_color(const struct conf *conf, int fd)
{
    const char *choice = conf_text(conf, OPTION_COLOR), *term = getenv("TERM"), *none = getenv("NO_COLOR");

    if (!text_equal(choice, "auto"))
        return text_equal(choice, "always");
    return isatty(fd) == 1 && (none == NULL || none[0] == '\0') && term != NULL && !text_equal(term, "dumb");
}

bool style_colors_words(const struct conf *conf)
{
    return may_color(conf, STDERR_FILENO);
}

static size_t terminal_width(int fd)
{
    struct winsize size;

    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 0;
}

const struct format *style_format(const struct conf *conf)
{
    return format_find(conf_text(conf, OPTION_FORMAT));
}

struct style style_read(const struct conf *conf, bool to_terminal)
{
    struct style style = {
        .null_text = conf_text(conf, OPTION_NULL),
        .no_header = conf_flag(conf, OPTION_NO_HEADER),
        .ascii = conf_flag(conf, OPTION_ASCII) || !style_locale_is_utf8(),
        .no_footer = conf_flag(conf, OPTION_QUIET),
        .guard = conf_flag(conf, OPTION_GUARD_FORMULAS),
    };

    style.color = text_equal(conf_text(conf, OPTION_COLOR), "always") ||
                  (to_terminal && may_color(conf, STDOUT_FILENO));
    style.width = to_terminal ? terminal_width(STDOUT_FILENO) : 0;
    return style;
}
