/*
 * ingest/input: the bytes of a file or of standard input, unpacked where they are gzip or zstd (told by their first
 * bytes, not by the name).
 *
 * A read of a regular file blocks for as long as the disk takes; what comes through a pipe is waited for in the task.
 */
#ifndef INGEST_INPUT_H
#define INGEST_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/base/sha256.h"

struct input;

/* What is gone once it was read: standard input, a pipe, as of '<(…)', or a named one. */
bool input_is_read_once(const char *path);
/* "-" is standard input; a named pipe is waited for when it is read. ERR_UNKNOWN when there is no such
 * file; ERR_USAGE for a folder. An archive is refused (ERR_FAILED) when it is read. */
int  input_open(const char *path, struct input **ret_input, struct error *error) NODISCARD;
/* Packed bytes that unpack to more than `times` their size are refused when they are read (ERR_FAILED), after the first
 * INPUT_FREE bytes; 0, as it is to begin with: whatever they unpack to. */
#define INPUT_FREE ((uint64_t)64 << 20)
void input_limit(struct input *input, unsigned times);
void input_close(struct input *input);
void input_closep(struct input **input);
/* A csv_read. In a task it gives the loop its turns, and heeds a cancel. */
int  input_read(void *input, char *bytes, size_t room, size_t *ret_length, struct error *error) NODISCARD;
/* The bytes as they lie, packed or not: for the digest alone. */
int  input_read_raw(struct input *input, char *bytes, size_t room, size_t *ret_length, struct error *error) NODISCARD;

bool     input_is_regular(const struct input *input);
uint64_t input_size(const struct input *input);       /* bytes of the file as it lies; 0: not known */
uint64_t input_done(const struct input *input);       /* of them, read so far */
bool     input_is_cut(const struct input *input);     /* packed bytes ended in the middle */
/* The digest of the bytes as they came, packed or not, once they have ended. */
void     input_digest(const struct input *input, char ret_hex[static SHA256_TEXT_SIZE]);

#endif
