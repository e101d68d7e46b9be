/* Decisions of the sample company: pure functions of the seed. */
#ifndef SAMPLE_COMPANY_H
#define SAMPLE_COMPANY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

/* splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). */
struct random random_of(uint64_t seed, uint64_t a, uint64_t b);
uint64_t      random_next(struct random *random);
double        random_unit(struct random *random);                              /* [0, 1) */
int           random_between(struct random *random, int least, int most);      /* both included */
double        random_about(struct random *random, double middle, double spread);   /* bell-shaped, never below 0 */

struct company {
    uint64_t seed;
    int      channels, days;
    int32_t  last_day;                 /* Pacific; the first is last_day - days + 1 */
    int64_t  until;
};

struct channel {
    int         index, user;
    char        id[25];                /* "UC" and 22 more, as YouTube's */
    const char *niche, *later_niche;   /* later_niche NULL: never changed */
    int32_t     changed_day;
    double      size;                  /* scale of its views */
    double      rpm;                   /* cents a thousand views */
    int64_t     subscribers;           /* at the start */
    int32_t     created_day;
};

struct video {
    const struct channel *channel;
    int         index;                 /* in the company */
    char        id[12];
    int64_t     published;             /* µs */
    int32_t     published_day;         /* Pacific */
    int         seconds;
    const char *method;
    double      views;                 /* what it would reach in the end */
    double      decay;                 /* days */
    double      like_rate, comment_rate, ctr, watched;
    int         minute;                /* past the hour: when it is polled */
};

struct channel company_channel(const struct company *company, int index);
void           channel_name(const struct channel *channel, char *text, size_t size);
/* How many videos a channel has, and the nth, oldest first. */
int            company_video_count(const struct company *company, const struct channel *channel);
struct video   company_video(const struct company *company, const struct channel *channel, int nth, int index);
void           video_title(const struct video *video, char *text, size_t size);
const char    *video_category(const struct video *video);
/* Views it gains on a day of its life (0: the day it is published). */
double         video_views_of_day(const struct company *company, const struct video *video, int age);
/* How much a correction takes away on that day (nearly always 0). */
double video_correction_of_day(const struct company *company, const struct video *video, int age, double gained);

#endif
