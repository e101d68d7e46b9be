/* Keys and their names: what input.c spells, and what a file of keys may say. */
#ifndef YTEMPIRE_UI_INPUT_NAMES_H
#define YTEMPIRE_UI_INPUT_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "input.h"

enum { WITH_SHIFT = 1, WITH_META = 2, WITH_CONTROL = 4 };      /* as xterm counts them, less one */

/* A character, or a control character, with modifiers. False (and "") when there is no name for it. */
bool key_name_point(uint32_t point, unsigned with, char ret_name[KEY_NAME_SIZE]);
/* A key with a name of its own: "Up", "F5". */
void key_name_word(const char *word, unsigned with, char ret_name[KEY_NAME_SIZE]);

#endif
