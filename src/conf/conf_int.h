/* conf's own: how values are kept. */
#ifndef YTEMPIRE_CONF_INT_H
#define YTEMPIRE_CONF_INT_H

#include "ytempire/base/str.h"
#include "ytempire/conf.h"

struct conf_value {
    char  *by_origin[CONF_FROM_SET + 1];   /* owned; CONF_FROM_DEFAULT is never used: the table has it */
    char **list;                           /* of CONF_LIST; owned */
    size_t count, room;
};

struct conf {
    struct conf_value   values[OPTION_COUNT];
    struct conf_script *scripts;           /* texts are those of the lists */
    size_t              script_count, script_room;
    char               *positional;
};

/* Checks a value and keeps it (a copy, in its canonical spelling). `named` is how errors call the option: "--tz". */
int conf_store(struct conf *conf, enum conf_id id, enum conf_origin origin, const char *value, const char *named,
               struct error *error) NODISCARD;
/* The option of that name that may stand there; '_' and '-' are the same. False: none. */
bool conf_find(const char *name, size_t length, unsigned place, enum conf_id *ret_id);
/* What an unknown option's error says besides: the nearest that may stand there. `dashes`: "--" or "". */
void conf_hint_nearest(const char *name, size_t length, unsigned place, const char *dashes, struct error *error);
/* "30", "0.5", "500ms", "2min", "1h" as microseconds. */
int conf_seconds(const char *text, int64_t *ret_us) NODISCARD;

/* Reads a profile's values; with `asked` it must be there. */
int conf_read_profile(struct conf *conf, const char *profile, bool asked, struct error *error) NODISCARD;
/* Writes a file that is its owner's alone, through links, in a folder that is made when missing. */
int conf_write_private(const char *path, const struct str *text, struct error *error) NODISCARD;

/* inih reads lines into a buffer of this size and would take the rest of a longer one for a line of its own … */
#define CONF_LINE_MOST 198
/* … and keeps at most so much of a section's name. */
#define CONF_SECTION_MOST 49
#define CONF_FILE_MOST (1u << 20)

#endif
