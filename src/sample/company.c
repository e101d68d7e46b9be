#include "company.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

/* -- chance -------------------------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

struct random random_of(uint64_t seed, uint64_t a, uint64_t b)
{
    return (struct random){mix(seed + UINT64_C(0x9E3779B97F4A7C15)) ^ mix(a * UINT64_C(0xD1342543DE82EF95) + 1) ^
                           mix(b * UINT64_C(0xAF251AF3B0F025B5) + 2)};
}

uint64_t random_next(struct random *random)
{
    random->state += UINT64_C(0x9E3779B97F4A7C15);
    return mix(random->state);
}

double random_unit(struct random *random)
{
    return (double)(random_next(random) >> 11) * 0x1.0p-53;
}

int random_between(struct random *random, int least, int most)
{
    return least + (int)(random_next(random) % (uint64_t)(most - least + 1));
}

double random_about(struct random *random, double middle, double spread)
{
    double sum = random_unit(random) + random_unit(random) + random_unit(random) + random_unit(random) -
                 2.0; /* Irwin-Hall, about a bell */
    double value = middle + sum * 1.732 * spread;

    return value > 0 ? value : 0;
}

static void identifier(struct random *random, char *text, size_t length)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    for (size_t i = 0; i < length; i++)
        text[i] = letters[random_next(random) & 63];
    text[length] = '\0';
}

/* -- channels ------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *niche, *category;
    double      rpm;                    /* cents a thousand views */
} niches[] = {
    {"Gaming", "Gaming", 210},        {"Music", "Music", 120},           {"Technology", "Science & Technology", 620},
    {"Finance", "Education", 1150},   {"Cooking", "Howto & Style", 380}, {"Travel", "Travel & Events", 340},
    {"Fitness", "Sports", 410},       {"Education", "Education", 520},   {"Comedy", "Comedy", 240},
    {"News", "News & Politics", 460},
};

static const char *const first_words[] = {"Daily",  "Quiet", "North", "Pixel",  "Golden", "Rapid",
                                          "Little", "Deep",  "Open",  "Bright", "Second", "Wild"};
static const char *const second_words[] = {"Kitchen", "Arcade", "Ledger",  "Studio",  "Horizon", "Workshop",
                                           "Signal",  "Garden", "Circuit", "Journal", "Harbor",  "Summit"};
static const char *const other_scripts[] = {
    "東京キッチン", "ゲーム研究所", "Тихая гавань", "Новости дня",         "सुबह की खबर",    "संगीत घर",
    "서울 여행기",  "코딩하는 밤",  "مطبخ الشرق",   "Καλημέρα Τεχνολογία", "Café São João", "Bücherei & Töne",
};

struct channel company_channel(const struct company *company, int index)
{
    struct random  random = random_of(company->seed, 1, (uint64_t)index);
    struct channel channel = {.index = index, .user = index / 5};
    size_t         niche = (size_t)random_between(&random, 0, (int)COUNT_OF(niches) - 1);

    memcpy(channel.id, "UC", 2);
    identifier(&random, channel.id + 2, 22);
    channel.niche = niches[niche].niche;
    channel.rpm = random_about(&random, niches[niche].rpm, niches[niche].rpm / 4);
    channel.size = exp(random_about(&random, 8.2, 1.3));
    channel.subscribers = (int64_t)(channel.size * random_about(&random, 9, 3));
    channel.created_day = company->last_day - company->days - random_between(&random, 60, 1500);
    if (random_between(&random, 1, 12) == 1) {
        channel.later_niche =
            niches[(niche + (size_t)random_between(&random, 1, (int)COUNT_OF(niches) - 1)) % COUNT_OF(niches)].niche;
        channel.changed_day = company->last_day - random_between(&random, 0, company->days > 1 ? company->days - 1 : 0);
    }
    return channel;
}

void channel_name(const struct channel *channel, char *text, size_t size)
{
    struct random random = random_of(77, 2, (uint64_t)channel->index);

    if (channel->index % 9 == 4) {
        (void)snprintf(text, size, "%s %d", other_scripts[(size_t)(channel->index / 9) % COUNT_OF(other_scripts)],
                       channel->index + 1);
        return;
    }
    const char *first = first_words[random_next(&random) % COUNT_OF(first_words)];
    const char *second = second_words[random_next(&random) % COUNT_OF(second_words)];

    (void)snprintf(text, size, "%s %s %d", first, second, channel->index + 1);
}

/* -- videos -------------------------------------------------------------------------------------------------------- */

#define BACK_CATALOGUE 5
#define DAYS_BETWEEN 4

int company_video_count(const struct company *company, const struct channel *channel)
{
    struct random random = random_of(company->seed, 3, (uint64_t)channel->index);

    return BACK_CATALOGUE + company->days / DAYS_BETWEEN + random_between(&random, -2, 2) + 1;
}

struct video company_video(const struct company *company, const struct channel *channel, int nth, int index)
{
    const struct zone *pacific = NULL;
    struct random      random = random_of(company->seed, 4 + (uint64_t)channel->index, (uint64_t)nth);
    struct video       video = {.channel = channel, .index = index};
    int                kind;

    identifier(&random, video.id, 11);
    if (nth < BACK_CATALOGUE)
        video.published_day = company->last_day - company->days -
                              (BACK_CATALOGUE - nth) * random_between(&random, 8, 20);
    else
        video.published_day = company->last_day - company->days + 1 + (nth - BACK_CATALOGUE) * DAYS_BETWEEN +
                              random_between(&random, 0, DAYS_BETWEEN - 1);
    if (video.published_day > company->last_day)
        video.published_day = company->last_day;
    if (zone_find("America/Los_Angeles", &pacific) < 0)
        pacific = zone_utc();
    video.published = zone_to_instant(pacific, (int64_t)video.published_day * US_PER_DAY +
                                                   random_between(&random, 6 * 60, 20 * 60) * US_PER_MINUTE);
    kind = random_between(&random, 1, 10);
    video.seconds = kind <= 3   ? random_between(&random, 15, 59)
                    : kind <= 8 ? random_between(&random, 60, 599)
                                : random_between(&random, 600, 2700);
    video.method = kind % 5 == 0 ? "manual" : kind % 3 == 0 ? "hybrid" : "ai_generated";
    video.views = channel->size * exp(random_about(&random, 2.0, 0.9) - 2.0) * (kind <= 3 ? 1.8 : 1.0);
    video.decay = random_about(&random, 6, 3) + 0.8;
    video.like_rate = random_about(&random, 0.041, 0.012);
    video.comment_rate = random_about(&random, 0.0045, 0.0015);
    video.ctr = random_about(&random, 0.055, 0.012) + 0.005;
    video.watched = fmin(random_about(&random, 0.45, 0.12) + 0.05, kind <= 3 ? 1.15 : 0.95);
    video.minute = random_between(&random, 5, 55);
    return video;
}

void video_title(const struct video *video, char *text, size_t size)
{
    static const char *const verbs[] = {
        "How to start with",   "The truth about", "10 facts on",         "A week of",
        "Why everybody wants", "We tried",        "Beginner's guide to", "What nobody tells you about"};
    struct random random = random_of(78, 5, (uint64_t)video->index);

    (void)snprintf(text, size, "%s %s #%d", verbs[random_next(&random) % COUNT_OF(verbs)], video->channel->niche,
                   video->index + 1);
}

const char *video_category(const struct video *video)
{
    for (size_t i = 0; i < COUNT_OF(niches); i++)
        if (niches[i].niche == video->channel->niche)
            return niches[i].category;
    return "People & Blogs";
}

double video_views_of_day(const struct company *company, const struct video *video, int age)
{
    static const double weekday[] = {0.93, 0.92, 0.94, 0.97, 1.06, 1.12, 1.06};
    struct random       random = random_of(company->seed, 6 + (uint64_t)video->index, (uint64_t)age);
    double              curve = exp(-age / video->decay) / video->decay + 0.0012 / (1 + age / 90.0);

    if (age == 0)
        curve *= 0.6;                          /* it began in the middle of the day */
    return floor(video->views * curve * random_about(&random, 1, 0.18) *
                 weekday[day_of_week(video->published_day + age) - 1]);
}

double video_correction_of_day(const struct company *company, const struct video *video, int age, double gained)
{
    struct random random = random_of(company->seed, 7 + (uint64_t)video->index, (uint64_t)age);

    return random_between(&random, 1, 700) == 1 ? floor(gained * random_unit(&random) * 0.6) : 0;
}
