"""YouTube's Data API over made-up channels and videos: shapes as it has them, paging, absence, hidden counters."""
import hashlib
import json
import string

from api_server import Answer, google_error

LETTERS = string.ascii_letters + string.digits + "-_"


def channel_id(number):
    return "UC" + "".join(LETTERS[(number * 7 + i * 13) % 64] for i in range(18)) + "%04d" % number


def video_id(number):
    return "v" + "".join(LETTERS[(number * 11 + i * 5) % 64] for i in range(4)) + "%06d" % number


class World:
    """`channels`: id → its item; `videos`: id → its item; `uploads`: playlist → ids, the newest first."""

    def __init__(self, channels, videos_each, page=50):
        self.page, self.channels, self.videos, self.uploads = page, {}, {}, {}
        self.twisted = None                  # what is done to each body before it is sent: f(path, body) → body
        for c in range(channels):
            self.add_channel(c)
            for v in range(videos_each):
                self.add_video(c, c * 1000 + v)

    def add_channel(self, c):
        made = channel_id(c)
        self.channels[made] = {
            "kind": "youtube#channel", "id": made,
            "snippet": {"title": "Channel %d" % c, "customUrl": "@channel%d" % c, "description": "",
                        "publishedAt": "2015-03-%02dT10:00:00Z" % (c % 28 + 1)},
            "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": "UU" + made[2:]}},
            "statistics": {"viewCount": str(100000 + c), "subscriberCount": str(1000 * (c + 1)),
                           "hiddenSubscriberCount": False, "videoCount": "3"},
        }
        self.uploads["UU" + made[2:]] = []

    def add_video(self, c, v, **statistics):
        made, owner = video_id(v), channel_id(c)
        counts = {"viewCount": str(1000 + v), "likeCount": str(10 + v % 7), "favoriteCount": "0",
                  "commentCount": str(v % 5)}
        counts.update(statistics)
        self.videos[made] = {
            "kind": "youtube#video", "id": made,
            "snippet": {"publishedAt": "2026-01-%02dT12:00:00Z" % (v % 28 + 1), "channelId": owner,
                        "title": "Video %d" % v, "description": "about %d" % v, "channelTitle": "Channel %d" % c,
                        "tags": ["a", "b%d" % v], "categoryId": "10", "liveBroadcastContent": "none",
                        "thumbnails": {"default": {"url": "https://i.ytimg.invalid/%d.jpg" % v}}},
            "contentDetails": {"duration": "PT%dM%dS" % (v % 20, v % 60), "caption": "false"},
            "status": {"uploadStatus": "processed", "privacyStatus": "public"},
            "statistics": {name: value for name, value in counts.items() if value is not None},
        }
        self.uploads["UU" + owner[2:]].insert(0, made)
        return made

    def remove(self, video):
        del self.videos[video]
        for listed in self.uploads.values():
            if video in listed:
                listed.remove(video)

    # -- answers

    def answer(self, request):
        path = request.path.rsplit("/", 1)[-1]
        if request.query.get("key") != "test-key-0123456789":
            return google_error(400, "keyInvalid", "Bad Request", "usageLimits")
        body = {"channels": self.list_channels, "videos": self.list_videos,
                "playlistItems": self.list_uploads}.get(path, lambda query: None)(request.query)
        if body is None or isinstance(body, Answer):
            return body
        if self.twisted:
            body = self.twisted(path, body)
        return Answer(body)

    @staticmethod
    def listed(kind, items, **more):
        items = [dict(item, etag=hashlib.md5(json.dumps(item).encode()).hexdigest()) for item in items]
        return {"kind": kind, "etag": hashlib.md5(json.dumps(items).encode()).hexdigest(), **more,
                "pageInfo": {"totalResults": len(items), "resultsPerPage": len(items)}, "items": items}

    def list_channels(self, query):
        ids = query["id"].split(",")
        return self.listed("youtube#channelListResponse", [self.channels[i] for i in ids if i in self.channels])

    def list_videos(self, query):
        ids = query["id"].split(",")
        if len(ids) > 50:
            return google_error(400, "invalidParameter", "too many ids", "youtube.parameter")
        return self.listed("youtube#videoListResponse", [self.videos[i] for i in ids if i in self.videos])

    def list_uploads(self, query):
        ids = self.uploads.get(query["playlistId"])
        if ids is None:
            return google_error(404, "playlistNotFound", "The playlist cannot be found.", "youtube.playlistItem")
        at = int(query.get("pageToken") or 0)
        items = [{"kind": "youtube#playlistItem", "id": "item-" + i,
                  "contentDetails": {"videoId": i, "videoPublishedAt": self.videos[i]["snippet"]["publishedAt"]}}
                 for i in ids[at:at + self.page]]
        more = {"nextPageToken": str(at + self.page)} if at + self.page < len(ids) else {}
        return self.listed("youtube#playlistItemListResponse", items, **more)
