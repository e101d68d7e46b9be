/*
 * base/secret: keys, tokens and passwords: where they come from, and that nobody is shown one.
 *
 * A secret stands in the environment under its name, or in a file of lines NAME=value ("#" begins a comment) that only
 * its owner may read. What was found is remembered to the end of the program, and text_add_redacted hides it in
 * whatever text is about to leave: a log, an error, a table, a tape. A program that knows a secret leaves no core.
 *
 * Blocks for one small file.
 */
#ifndef YTEMPIRE_BASE_SECRET_H
#define YTEMPIRE_BASE_SECRET_H

#include <stdarg.h>
#include <stdbool.h>

#include "ytempire/base/error.h"
#include "ytempire/base/str.h"

#define SECRET_HIDDEN "***"

/* The value of `name`; it stays where it is. ERR_UNKNOWN: there is none, and the hint says where one is looked for;
 * ERR_CONFLICT: others may read the file (chmod 600), whoever asks; ERR_SYNTAX: it is no such file. */
int  secret_find(const char *path, const char *name, const char **ret_secret, struct error *error) NODISCARD;
/* One that came another way, as an access token does. Shorter ones than eight bytes are not remembered: to hide them
 * would hide half of every text. */
void secret_remember(const char *value);

/* The text with "***" in the place of every secret that is known, and of what may be one: the password in a URL, and
 * the values of words such as password=, token:, "Authorization: Bearer …". */
void text_add_redacted(struct str *to, const char *text);
/* The text with "***" in the place of every secret that is known, and nothing else of it changed: for words of ours, in
 * which "key: x" may be no secret. */
void text_add_known_hidden(struct str *to, const char *text);
/* The same of a text that is formatted, at most `most` bytes of it: it is cut after the secrets are hidden, so that of
 * one not even a part is left. */
void text_addfv_hidden(struct str *to, size_t most, const char *format, va_list args) PRINTF_LIKE(3, 0);
/* Whether text_add_redacted would change it. */
bool text_has_secret(const char *text);
/* The first `length` bytes of a JSON text, or of the half that came of one (a NUL behind it): still JSON afterwards,
 * with
 * "***" for every secret that is known and for the values of members that hold tokens. What is not ours is left alone:
 * a title may say "password: none". A secret that `length` would cut in two is hidden whole. */
void json_add_redacted(struct str *to, const char *text, size_t length);

#endif
