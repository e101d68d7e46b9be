#include "ytempire/base/mem.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Noreturn static void exhausted(void)
{
    static const char text[] = "ytempire: out of memory\n";

    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    abort();
}

void mem_keep(void)
{
#ifdef M_TRIM_THRESHOLD
    (void)mallopt(M_TOP_PAD, 1 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 8 << 20);
    (void)mallopt(M_MMAP_THRESHOLD, 4 << 20);
#endif
}

void *mem_try_alloc(size_t size)
{
    return calloc(1, size > 0 ? size : 1);
}

void *mem_try_realloc(void *old, size_t size)
{
    return realloc(old, size > 0 ? size : 1);
}

void *mem_alloc(size_t size)
{
    void *new = mem_try_alloc(size);

    if (new == NULL)
        exhausted();
    return new;
}

void *mem_realloc(void *old, size_t size)
{
    void *new = mem_try_realloc(old, size);

    if (new == NULL)
        exhausted();
    return new;
}

void *mem_array(void *old, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes))
        exhausted();
    return mem_realloc(old, bytes);
}

void mem_free(void *pointer)
{
    free(pointer);
}

void mem_freep(void *pointer_to_pointer)
{
    void *pointer;

    memcpy(&pointer, pointer_to_pointer, sizeof pointer);
    free(pointer);
}

void *mem_dup(const void *bytes, size_t size)
{
    void *new = mem_alloc(size);

    if (size > 0)
        memcpy(new, bytes, size);
    return new;
}

char *mem_strndup(const char *text, size_t length)
{
    char *new = mem_alloc(length + 1);

    if (length > 0)
        memcpy(new, text, length);
    return new;
}

char *mem_strdup(const char *text)
{
    return mem_strndup(text, strlen(text));
}

char *mem_printf(const char *format, ...)
{
    va_list args;
    char   *text;
    int     length;

    va_start(args, format);
    length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        exhausted();
    return text;
}

/* -- arena --------------------------------------------------------------------------------------------------------- */

#define BLOCK_SIZE ((size_t)16 * 1024)
#define ALIGNMENT _Alignof(max_align_t)

struct block {
    struct block *next;
    size_t        used, size;
    _Alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *blocks;      /* the newest first */
};

struct arena *arena_new(void)
{
    return mem_alloc(sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    for (struct block *block = arena->blocks, *next; block != NULL; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
}

void arena_freep(struct arena **arena)
{
    arena_free(*arena);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    struct block *block = arena->blocks;
    void         *at;

    size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    if (block == NULL || block->size - block->used < size) {
        size_t room = size > BLOCK_SIZE / 4 ? size : BLOCK_SIZE;

        block = mem_alloc(sizeof *block + room);
        block->size = room;
        if (room == size && arena->blocks != NULL) { /* a large one of its own goes behind, the newest keeps its room */
            block->next = arena->blocks->next;
            arena->blocks->next = block;
        } else {
            block->next = arena->blocks;
            arena->blocks = block;
        }
    }
    at = block->bytes + block->used;
    block->used += size;
    return at;
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
    char *new = arena_alloc(arena, length + 1);

    if (length > 0)
        memcpy(new, text, length);
    return new;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    char    small[1024];               /* longer ones are formatted twice */
    va_list args;
    char   *text;
    int     length;

    va_start(args, format);
    length = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (length < 0)
        exhausted();
    text = arena_alloc(arena, (size_t)length + 1);
    if ((size_t)length < sizeof small) {
        memcpy(text, small, (size_t)length + 1);
        return text;
    }
    va_start(args, format);
    (void)vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    return text;
}

void *arena_grow(struct arena *arena, const void *items, size_t *room, size_t size, size_t count)
{
    void  *new;
    size_t bytes;

    if (count < *room)
        return (void *)(uintptr_t)items;
    *room = *room > 0 ? *room * 2 : 8;
    if (__builtin_mul_overflow(*room, size, &bytes))
        exhausted();
    new = arena_alloc(arena, bytes);
    if (count > 0)
        memcpy(new, items, count * size);
    return new;
}
