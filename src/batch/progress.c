/*
 * One line on standard error, drawn over itself at most ten times a second:
 *
 *     USvideos.csv  ████████████▌        62 %  1,240,000 rows  310,000/s  3 s left
 */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "batch_int.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"
#include "ytempire/base/utf8.h"

#define BAR_WIDTH 20
#define BETWEEN_US (US_PER_SECOND / 10)

static void write_line(const char *text, size_t length)
{
    (void)!fd_write_all(STDERR_FILENO, text, length);
}

void progress_hide(struct progress *progress)
{
    static const char clear[] = "\r\033[K";

    if (progress->drawn)
        write_line(clear, sizeof clear - 1);
    progress->drawn = false;
}

void progress_done(struct progress *progress)
{
    progress_hide(progress);
    mem_free(TAKE(progress->what));
}

static void add_number(struct str *to, uint64_t number)
{
    char   digits[32];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);

    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            str_add_char(to, ',');
        str_add_char(to, digits[i]);
    }
}

static void add_quantity(struct str *to, uint64_t number, const char *unit)
{
    static const char *const sizes[] = {"B", "kB", "MB", "GB", "TB"};
    size_t size = 0;
    double shown = (double)number;

    if (!text_equal(unit, "bytes")) {
        add_number(to, number);
        return;
    }
    for (; shown >= 1000 && size + 1 < COUNT_OF(sizes); size++)
        shown /= 1000;
    str_addf(to, size > 0 && shown < 100 ? "%.1f %s" : "%.0f %s", shown, sizes[size]);
}

static void add_bar(struct str *to, double part, bool ascii)
{
    static const char *const eighths[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int full = (int)(part * BAR_WIDTH * 8);

    for (int cell = 0; cell < BAR_WIDTH; cell++, full -= 8) {
        if (ascii)
            str_add_char(to, full >= 4 ? '#' : '.');
        else
            str_add(to, full >= 8 ? "█" : eighths[full > 0 ? full : 0]);
    }
}

static void compose(const struct progress *progress, const struct data_progress *now, int64_t elapsed, struct str *to)
{
    double part = now->total > 0 ? (double)now->done / (double)now->total : 0;
    char   left[TIME_TEXT_SIZE];

    output_safe_text(to, now->what, strlen(now->what));
    str_add(to, "  ");
    if (now->total > 0) {
        part = part > 1 ? 1 : part;
        add_bar(to, part, progress->ascii);
        str_addf(to, " %3d %%  ", (int)(part * 100));
    }
    add_quantity(to, now->done, now->unit);
    if (now->unit != NULL && !text_equal(now->unit, "bytes"))
        str_addf(to, " %s", now->unit);
    if (elapsed < US_PER_SECOND || now->done == 0)
        return;
    str_add(to, "  ");
    add_quantity(to, (uint64_t)((double)now->done * 1e6 / (double)elapsed), now->unit);
    str_add(to, "/s");
    if (now->total > now->done && part > 0)
        str_addf(to, "  %s left", duration_to_text((int64_t)((double)elapsed * (1 - part) / part), left));
}

static size_t screen_width(void)
{
    struct winsize size;

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;
}

void progress_show(struct progress *progress, const struct data_progress *now)
{
    struct str text = STR_INIT, line = STR_INIT;
    int64_t    clock;
    size_t     width;

    if (!progress->on || now->what == NULL)
        return;
    clock = monotonic_us();
    if (!text_equal(progress->what, now->what)) {
        mem_free(progress->what);
        progress->what = mem_strdup(now->what);
        progress->began = progress->next = clock;
    }
    if (clock < progress->next && now->done != now->total)
        return;
    progress->next = clock + BETWEEN_US;
    compose(progress, now, clock - progress->began, &text);
    str_add(&line, "\r");
    str_add_bytes(&line, str_text(&text),
                  utf8_prefix_of_width(str_text(&text), text.length, screen_width() - 1, &width));
    str_add(&line, "\033[K");
    write_line(str_text(&line), line.length);
    progress->drawn = true;
    str_done(&text);
    str_done(&line);
}
