/*
 * base/mem: memory.
 *
 * `mem_*` never return NULL: small things abort on exhaustion, as nothing sensible can follow. What grows with the
 * data uses `mem_try_*` and reports ERR_MEMORY. An arena holds what dies together (one query, one frame).
 * Owned pointers end by attribute: `_cleanup_(mem_freep) char *text = …;  return TAKE(text);`
 */
#ifndef YTEMPIRE_BASE_MEM_H
#define YTEMPIRE_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"

#define _cleanup_(function) __attribute__((cleanup(function)))
#define TAKE(pointer)                       \
    __extension__({                         \
        __typeof__(pointer) *p_ = &(pointer); \
        __typeof__(pointer) v_ = *p_;       \
        *p_ = NULL;                         \
        v_;                                 \
    })
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

void *mem_alloc(size_t size) __attribute__((malloc, returns_nonnull));   /* zeroed */
void *mem_realloc(void *old, size_t size) __attribute__((returns_nonnull));
void *mem_array(void *old, size_t count, size_t size) __attribute__((returns_nonnull)); /* checks the product */
void *mem_try_alloc(size_t size) NODISCARD;
void *mem_try_realloc(void *old, size_t size) NODISCARD;
void  mem_free(void *pointer);
void  mem_freep(void *pointer_to_pointer);
char *mem_strdup(const char *text) __attribute__((returns_nonnull));
char *mem_strndup(const char *text, size_t length) __attribute__((returns_nonnull));
char *mem_printf(const char *format, ...) PRINTF_LIKE(1, 2) __attribute__((returns_nonnull));
void *mem_dup(const void *bytes, size_t size) __attribute__((returns_nonnull));

/* Called first by a program: the heap grows by a megabyte at a time and keeps what is freed. Reading a model allocates and
 * frees thousands of times at the end of the heap; given back and asked for again, page by page, that is most of its time. */
void  mem_keep(void);

/* A growing array: `T *items; size_t count, room;`. VEC_PUSH keeps one item; mem_free(items) ends it. */
#define VEC_PUSH(items, count, room, item)                                          \
    do {                                                                            \
        if ((count) == (room)) {                                                    \
            (room) = (room) ? (room) * 2 : 8;                                       \
            (items) = mem_array((items), (room), sizeof *(items));                  \
        }                                                                           \
        (items)[(count)++] = (item);                                                \
    } while (0)

/* Arena: freed whole. Alignment is that of max_align_t. */
struct arena;

struct arena *arena_new(void);
void          arena_free(struct arena *arena);             /* NULL is a no-op */
void          arena_freep(struct arena **arena);
void         *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull)); /* zeroed */
char         *arena_strdup(struct arena *arena, const char *text) __attribute__((returns_nonnull));
char         *arena_strndup(struct arena *arena, const char *text, size_t length) __attribute__((returns_nonnull));
char         *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3) __attribute__((returns_nonnull));
#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * (count)))
/* As VEC_PUSH, in an arena (the old block stays until the arena goes). */
#define ARENA_PUSH(arena, items, count, room, item)                                 \
    do {                                                                            \
        if ((count) == (room))                                                      \
            (items) = arena_grow((arena), (items), &(room), sizeof *(items), (count)); \
        (items)[(count)++] = (item);                                                \
    } while (0)
void *arena_grow(struct arena *arena, const void *items, size_t *room, size_t size, size_t count) __attribute__((returns_nonnull));

#endif
