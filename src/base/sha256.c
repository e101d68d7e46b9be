/*
 * SHA-256 as FIPS 180-4 has it. Written here because a library of cryptography would be loaded at every start of the
 * program. Files that are loaded are hashed as they are read, so where the processor has instructions for it (x86's SHA
 * extensions: five times as fast) they are used.
 */
#include "ytempire/base/sha256.h"

#include <stdbool.h>
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t right(uint32_t x, int by)
{
    return x >> by | x << (32 - by);
}

static uint32_t word_at(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void add_block(uint32_t state[static 8], const unsigned char block[static 64])
{
    uint32_t w[64], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6],
                    h = state[7];

    for (int i = 0; i < 16; i++)
        w[i] = word_at(block + (ptrdiff_t)4 * i);
    for (int i = 16; i < 64; i++)
        w[i] = (right(w[i - 2], 17) ^ right(w[i - 2], 19) ^ w[i - 2] >> 10) + w[i - 7] +
               (right(w[i - 15], 7) ^ right(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 16];
    for (int i = 0; i < 64; i++) {
        uint32_t one = h + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + ((e & f) ^ (~e & g)) + constants[i] + w[i];
        uint32_t two = (right(a, 2) ^ right(a, 13) ^ right(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));

        h = g;
        g = f;
        f = e;
        e = d + one;
        d = c;
        c = b;
        b = a;
        a = one + two;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
}

#if defined(__x86_64__)
/* The instructions keep the state as ABEF and CDGH, and do two rounds each. */
__attribute__((target("sha,ssse3,sse4.1"))) static void add_blocks_x86(uint32_t state[static 8],
                                                                       const unsigned char *block, size_t count)
{
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i       abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)state), 0xB1);
    __m128i       efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)(state + 4)), 0x1B);
    __m128i       abef = _mm_alignr_epi8(abcd, efgh, 8), cdgh = _mm_blend_epi16(efgh, abcd, 0xF0);

    for (; count > 0; count--, block += 64) {
        __m128i abef_before = abef, cdgh_before = cdgh, w[4];

#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) {
            if (i < 4) {
                w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(block + (ptrdiff_t)16 * i)),
                                        big_endian);
            } else {
                __m128i early = _mm_sha256msg1_epu32(w[i & 3], w[(i + 1) & 3]);

                early = _mm_add_epi32(early, _mm_alignr_epi8(w[(i + 3) & 3], w[(i + 2) & 3], 4));
                w[i & 3] = _mm_sha256msg2_epu32(early, w[(i + 3) & 3]);
            }
            __m128i sum = _mm_add_epi32(w[i & 3],
                                        _mm_loadu_si128((const __m128i *)(const void *)(constants + (ptrdiff_t)4 * i)));

            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0E));
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    abcd = _mm_shuffle_epi32(abef, 0x1B);      /* FEBA */
    efgh = _mm_shuffle_epi32(cdgh, 0xB1);      /* DCHG */
    _mm_storeu_si128((__m128i *)(void *)state, _mm_blend_epi16(abcd, efgh, 0xF0));
    _mm_storeu_si128((__m128i *)(void *)(state + 4), _mm_alignr_epi8(efgh, abcd, 8));
}

static bool has_instructions(void)
{
    unsigned a, b, c, d;
    bool     shuffles = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSSE3) && (c & bit_SSE4_1);

    return shuffles && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}
#endif

static void add_blocks(uint32_t state[static 8], const unsigned char *block, size_t count)
{
#if defined(__x86_64__)
    static int known;          /* 1: it has them, -1: it has not; the same for the life of the program */

    if (known == 0)
        known = has_instructions() ? 1 : -1;
    if (known > 0) {
        add_blocks_x86(state, block, count);
        return;
    }
#endif
    for (; count > 0; count--, block += 64)
        add_block(state, block);
}

void sha256_begin(struct sha256 *sha)
{
    static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

    *sha = (struct sha256){0};
    memcpy(sha->state, first, sizeof first);
}

void sha256_add(struct sha256 *sha, const void *bytes, size_t length)
{
    const unsigned char *from = bytes;
    size_t               held = sha->bytes % 64;

    sha->bytes += length;
    if (held > 0) {
        size_t n = 64 - held < length ? 64 - held : length;

        memcpy(sha->block + held, from, n);
        if (held + n == 64)
            add_blocks(sha->state, sha->block, 1);
        from += n;
        length -= n;
    }
    add_blocks(sha->state, from, length / 64);
    if (length % 64 > 0)
        memcpy(sha->block, from + (length - length % 64), length % 64);
}

void sha256_end(struct sha256 *sha, char ret_hex[static SHA256_TEXT_SIZE])
{
    static const char          digits[] = "0123456789abcdef";
    static const unsigned char padding[64] = {0x80};
    uint64_t                   bits = sha->bytes * 8;
    unsigned char              count[8];

    sha256_add(sha, padding, 1 + (119 - sha->bytes % 64) % 64);
    for (int i = 0; i < 8; i++)
        count[i] = (unsigned char)(bits >> (56 - 8 * i));
    sha256_add(sha, count, sizeof count);
    for (int i = 0; i < 64; i++)
        ret_hex[i] = digits[sha->state[i / 8] >> (28 - i % 8 * 4) & 15];
    ret_hex[64] = '\0';
}

void sha256_text(const void *bytes, size_t length, char ret_hex[static SHA256_TEXT_SIZE])
{
    struct sha256 sha;

    sha256_begin(&sha);
    sha256_add(&sha, bytes, length);
    sha256_end(&sha, ret_hex);
}
