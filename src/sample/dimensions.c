/* Users, channels and videos, versions included. */
#include "loader.h"

#include <stdio.h>
#include <string.h>

/* -- users --------------------------------------------------------------------------------------------------------- */

static int user_count(const struct company *company)
{
    return (company->channels + 4) / 5;
}

void user_id_of(int user, char text[static 40])
{
    (void)snprintf(text, 40, "5a3b1e00-0000-4000-9000-%012x", user + 1);
}

/* Every tenth user moved to another tier once: the day, or 0. */
int32_t user_changed_day(const struct loader *loader, int user)
{
    return user % 10 == 3 ? loader->first_day + loader->company.days / 2 : 0;
}

static const char *tier_of(int user, int version)
{
    static const char *const tiers[] = {"starter", "growth", "scale"};

    return tiers[(user + version) % 3];
}

static void add_version(struct str *rows, int64_t changed, int version, bool last)
{
    char text[TIME_TEXT_SIZE];

    str_addf(rows, "\t%s", version == 0 ? "-infinity" : instant_to_text(changed, text));
    str_addf(rows, "\t%s\t%s\n", last ? "9999-12-31 00:00:00+00" : instant_to_text(changed, text), last ? "t" : "f");
}

int load_users(struct loader *loader, struct error *error)
{
    char id[40];
    int  r;

    for (int user = 0; user < user_count(&loader->company); user++) {
        user_id_of(user, id);
        str_addf(&loader->rows, "%s\tuser%03d@sample.ytempire.invalid\t%s\t%d\n", id, user + 1,
                 tier_of(user, user_changed_day(loader, user) != 0), user % 7 == 0 ? 15000 : 10000);
    }
    r = loader_copy(loader, "sample_copy_accounts", &loader->rows, &loader->report->users, error);
    for (int user = 0; r >= 0 && user < user_count(&loader->company); user++) {
        int versions = user_changed_day(loader, user) != 0 ? 2 : 1;

        user_id_of(user, id);
        for (int version = 0; version < versions; version++) {
            str_addf(&loader->rows, "%s\tuser%03d@sample.ytempire.invalid\t%s\t", id, user + 1, tier_of(user, version));
            rows_add_day(&loader->rows, loader->first_day - 100 - user % 300);
            add_version(&loader->rows, midnight_of(loader, user_changed_day(loader, user)), version,
                        version == versions - 1);
        }
    }
    return r < 0 ? r : loader_copy(loader, "sample_copy_dim_user", &loader->rows, NULL, error);
}

/* -- channels and videos ------------------------------------------------------------------------------------------- */

int load_channels(struct loader *loader, struct error *error)
{
    char id[40], name[96], text[TIME_TEXT_SIZE];
    int  r;

    for (int i = 0; i < loader->company.channels; i++) {
        struct channel channel = company_channel(&loader->company, i);

        user_id_of(channel.user, id);
        channel_name(&channel, name, sizeof name);
        str_addf(&loader->rows, "%s\t%s\t", channel.id, id);
        rows_add_text(&loader->rows, name);
        str_addf(&loader->rows, "\t%s\t%s\n", channel.later_niche != NULL ? channel.later_niche : channel.niche,
                 instant_to_text(midnight_of(loader, channel.created_day), text));
    }
    r = loader_copy(loader, "sample_copy_channels", &loader->rows, &loader->report->channels, error);
    for (int i = 0; r >= 0 && i < loader->company.channels; i++) {
        struct channel channel = company_channel(&loader->company, i);
        int            versions = channel.later_niche != NULL ? 2 : 1;

        user_id_of(channel.user, id);
        channel_name(&channel, name, sizeof name);
        for (int version = 0; version < versions; version++) {
            str_addf(&loader->rows, "%s\t%s\t", channel.id, id);
            rows_add_text(&loader->rows, name);
            str_addf(&loader->rows, "\t@channel%d\t%s\t%s\t", i + 1, version == 0 ? channel.niche : channel.later_niche,
                     i % 11 == 0 ? "applied" : "monetized");
            rows_add_day(&loader->rows, channel.created_day);
            add_version(&loader->rows, midnight_of(loader, channel.changed_day), version, version == versions - 1);
        }
    }
    return r < 0 ? r : loader_copy(loader, "sample_copy_dim_channel", &loader->rows, NULL, error);
}

int for_each_video(struct loader *loader, each_video *each, each_channel *after, struct error *error)
{
    int index = 0, r = 0;

    for (int i = 0; r >= 0 && i < loader->company.channels; i++) {
        struct channel channel = company_channel(&loader->company, i);
        int            count = company_video_count(&loader->company, &channel);

        if (loader->days != NULL)
            memset(loader->days, 0, sizeof *loader->days * (size_t)loader->company.days);
        for (int nth = 0; r >= 0 && nth < count; nth++, index++) {
            struct video video = company_video(&loader->company, &channel, nth, index);

            if (video.published < loader->company.until)
                r = each(loader, &channel, &video, error);
        }
        if (r >= 0 && after != NULL)
            r = after(loader, &channel, error);
    }
    return r;
}

static int add_video(struct loader *loader, const struct channel *channel, const struct video *video,
                     struct error *error)
{
    char title[160], text[TIME_TEXT_SIZE];

    (void)error;
    video_title(video, title, sizeof title);
    str_addf(&loader->rows, "%s\t%s\t", video->id, channel->id);
    rows_add_text(&loader->rows, title);
    str_addf(&loader->rows, "\t{%s,sample}\t%s\t%d\t%s\t%s\t%s\tt\n", channel->niche, video_category(video),
             video->seconds,
             video->seconds < 60    ? "shorts"
             : video->seconds < 600 ? "standard"
                                    : "long_form",
             video->method, instant_to_text(video->published, text));
    return 0;
}

int load_videos(struct loader *loader, struct error *error)
{
    int r = for_each_video(loader, add_video, NULL, error);

    return r < 0 ? r : loader_copy(loader, "sample_copy_dim_video", &loader->rows, &loader->report->videos, error);
}
