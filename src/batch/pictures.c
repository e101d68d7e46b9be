/* Whether the terminal shows pictures: asked for its primary attributes (DA1), of which 4 is sixel. */
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "batch_int.h"
#include "ytempire/base/file.h"
#include "ytempire/base/time.h"
#include "ytempire/engine/loop.h"

#define PATIENCE 30
#define LOOK_EVERY_US (20 * 1000)

/* "\033[?62;4;6c" has it. */
static bool has_sixel(const char *answer)
{
    for (const char *at = strchr(answer, '?'); at != NULL && *at != 'c'; at = strpbrk(at + 1, ";c"))
        if (at[1] == '4' && (at[2] == ';' || at[2] == 'c'))
            return true;
    return false;
}

static bool ask(int fd)
{
    char answer[64];
    size_t length = 0;

    if (fd_write_all(fd, "\033[c", 3) < 0)
        return false;
    for (int i = 0; i < PATIENCE && task_sleep(LOOK_EVERY_US) >= 0; i++) {
        ssize_t got = read(fd, answer + length, sizeof answer - 1 - length);

        length += got > 0 ? (size_t)got : 0;
        answer[length] = '\0';
        if (strchr(answer, 'c') != NULL || length == sizeof answer - 1)
            return has_sixel(answer);
    }
    return false;
}

bool pictures_are_shown(void)
{
    int fd = open("/dev/tty", O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    struct termios before, quiet;
    bool shown = false;

    if (fd < 0)
        return false;
    if (tcgetattr(fd, &before) == 0) {
        quiet = before;
        quiet.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
        if (tcsetattr(fd, TCSANOW, &quiet) == 0)
            shown = ask(fd);
        (void)tcsetattr(fd, TCSANOW, &before);
    }
    (void)close(fd);
    return shown;
}
