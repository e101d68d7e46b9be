/* Commands in groups, by their noun. */
#include <string.h>

#include "command_int.h"

static const struct group {
    const char *title, *nouns;
} groups[] = {
    {"Ask", "query explain catalog lint sql search chart plot export watch save run saved pin pins boards board"},
    {"Load", "sources source ingest backfill deadletters deadletter quota sample"},
    {"Warehouse", "migrate storage rollups rollup models backup"},
    {"Work", "jobs job queue workers schedules schedule"},
    {"Servers", "local connect cache activity doctor"},
    {"Session", "set theme help quit"},
    {"Screen",
     "screen focus prompt keys palette log back cancel refresh redraw suspend mouse tour welcome view drill copy "
     "result grid page list form panel"},
    {"psql's habits", "\\"},
    {"Other", ""},
};

size_t command_group_count(void)
{
    return COUNT_OF(groups);
}

const char *command_group_title(size_t group)
{
    return groups[group].title;
}

static bool has_noun(const char *nouns, const char *noun, size_t length)
{
    while (*nouns != '\0') {
        size_t word = strcspn(nouns, " ");

        if (word == length && strncmp(nouns, noun, length) == 0)
            return true;
        nouns += word + (nouns[word] == ' ');
    }
    return false;
}

size_t command_group(const struct command *command)
{
    size_t length = command->name[0] == '\\' ? 1 : strcspn(command->name, " "), group = 0;

    while (group + 1 < COUNT_OF(groups) && !has_noun(groups[group].nouns, command->name, length))
        group++;
    return group;
}
