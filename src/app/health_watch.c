/*
 * From questions and answers to a state and its words.
 *
 * Invariant: `alarm` is set if and only if a question is out (silent_since >= 0); it fires at each full second of the
 * silence, so that what is shown changes when it must and not otherwise.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "health_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

#define STEP_US 100 /* latencies are shown in tenths of a millisecond */

/* -- words --------------------------------------------------------------------------------------------------------- */

static void say_latency(int64_t us, char *to, size_t size)
{
    if (us < 10 * 1000)
        (void)snprintf(to, size, "%.1fms", (double)us / 1000);
    else if (us < US_PER_SECOND)
        (void)snprintf(to, size, "%lldms", (long long)(us + 500) / 1000);
    else
        (void)snprintf(to, size, "%.1fs", (double)us / (double)US_PER_SECOND);
}

static void say_silence(const char *what, int64_t us, char *to, size_t size)
{
    if (us < 2 * US_PER_MINUTE)
        (void)snprintf(to, size, "%s %llds", what, (long long)(us / US_PER_SECOND));
    else if (us < 2 * US_PER_HOUR)
        (void)snprintf(to, size, "%s %lldmin", what, (long long)(us / US_PER_MINUTE));
    else
        (void)snprintf(to, size, "%s %lldh", what, (long long)(us / US_PER_HOUR));
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

/* Of the newest few: one that is far out changes nothing. */
static int64_t median(const struct watch *watch)
{
    int64_t sorted[HEALTH_RECENT];
    size_t count = watch->answers < HEALTH_RECENT ? watch->answers : HEALTH_RECENT;

    memcpy(sorted, watch->recent, sizeof sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    return sorted[count / 2];
}

/* The latency that is shown stays until it is clearly another: by more than a step, and by half. One that is longer
 * than a server may take tells of a silence, which was shown. */
static void take_latency(struct watch *watch, int64_t latency_us)
{
    int64_t shown = watch->seen.latency_us, now, apart;

    if (latency_us <= HEALTH_LIMIT_US || watch->answers == 0)
        watch->recent[watch->answers++ % HEALTH_RECENT] = latency_us;
    now = median(watch);
    apart = llabs(now - shown);
    if (shown >= 0 && (apart <= STEP_US || apart <= shown / 2))
        return;
    shown = (now + STEP_US / 2) / STEP_US * STEP_US;
    watch->seen.latency_us = shown > STEP_US ? shown : STEP_US;
}

/* -- the state ----------------------------------------------------------------------------------------------------- */

static enum health_state state_of(const struct watch *watch, int64_t silence)
{
    if (watch->down)
        return HEALTH_DOWN;
    if (silence >= HEALTH_LIMIT_US)
        return HEALTH_SLOW;
    return watch->answers > 0 ? HEALTH_OK : HEALTH_UNKNOWN;
}

/* `reason`: taken; NULL when it is not down. */
static void judge(struct watch *watch, char *reason)
{
    int64_t now = loop_now(watch->loop), silence = watch->silent_since < 0 ? 0 : now - watch->silent_since;
    enum health_state state = state_of(watch, silence);
    char words[sizeof watch->words] = "";
    bool changed;

    if (state == HEALTH_OK)
        say_latency(watch->seen.latency_us, words, sizeof words);
    else if (state != HEALTH_UNKNOWN)
        say_silence(state == HEALTH_DOWN ? "reconnecting" : "no answer", silence, words, sizeof words);
    changed = state != watch->seen.state || !text_equal(words, watch->words) || !text_equal(reason, watch->reason);
    if (state != watch->seen.state)
        watch->seen.since_us = watch->silent_since < 0 ? now : watch->silent_since;
    watch->seen.state = state;
    memcpy(watch->words, words, sizeof words);
    mem_free(watch->reason);
    watch->reason = reason;
    watch->seen.reason = reason;
    if (changed && watch->on_change != NULL)
        watch->on_change(watch->who);
}

static void on_alarm(void *who);

static void set_alarm(struct watch *watch)
{
    int64_t silence = loop_now(watch->loop) - watch->silent_since;

    watch->alarm = loop_timer(watch->loop, US_PER_SECOND - silence % US_PER_SECOND, on_alarm, watch);
}

static void on_alarm(void *who)
{
    struct watch *watch = who;

    set_alarm(watch);
    judge(watch, watch->reason != NULL ? mem_strdup(watch->reason) : NULL);
}

/* -- what happened ------------------------------------------------------------------------------------------------- */

void watch_init(struct watch *watch, struct loop *loop, void (*on_change)(void *who), void *who)
{
    *watch = (struct watch){.loop = loop, .silent_since = -1, .on_change = on_change, .who = who};
    watch->seen = (struct health_server){.latency_us = -1, .since_us = loop_now(loop), .words = watch->words};
}

void watch_done(struct watch *watch)
{
    loop_timer_cancel(watch->loop, watch->alarm);
    mem_free(watch->reason);
}

void watch_asked(struct watch *watch)
{
    if (watch->silent_since >= 0)
        return;
    watch->silent_since = loop_now(watch->loop);
    set_alarm(watch);
}

void watch_answered(struct watch *watch, int64_t latency_us)
{
    loop_timer_cancel(watch->loop, watch->alarm);
    watch->alarm = NULL;
    watch->silent_since = -1;
    watch->down = false;
    take_latency(watch, latency_us);
    judge(watch, NULL);
}

void watch_failed(struct watch *watch, struct error *why)
{
    watch->down = true;
    judge(watch, why->text != NULL ? mem_strdup(why->text) : NULL);
    error_done(why);
}
