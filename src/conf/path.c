/* Where a user's files lie: the XDG base directories. */
#include "ytempire/conf.h"

#include <stdlib.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"

/* A relative path in an XDG variable is to be ignored, as the XDG base directory specification says. */
static char *xdg_path(const char *variable, const char *below_home, const char *name)
{
    const char *base = getenv(variable), *home = getenv("HOME");
    _cleanup_(mem_freep) char *folder = NULL;

    if (base != NULL && base[0] == '/')
        folder = path_join(base, "ytempire");
    else
        folder = mem_printf("%s/%s/ytempire", home != NULL && home[0] != '\0' ? home : "/", below_home);
    return name != NULL ? path_join(folder, name) : TAKE(folder);
}

char *conf_config_path(const char *name)
{
    return xdg_path("XDG_CONFIG_HOME", ".config", name);
}

char *conf_data_path(const char *name)
{
    return xdg_path("XDG_DATA_HOME", ".local/share", name);
}

char *conf_state_path(const char *name)
{
    return xdg_path("XDG_STATE_HOME", ".local/state", name);
}
