"""The shipped model, with rollups and a few measures of the kinds it has none of; and what can be asked of it."""
import json
import os

VIDEO = "VideoPerformance"

COUNTERS = ["total_views", "total_likes", "total_comments", "total_interactions", "views_gained", "likes_gained"]
MONEY = ["revenue", "estimated_revenue", "cost", "profit", "impressions", "watch_time_minutes", "subscribers_net",
         "snapshots", "click_through_rate", "mean_impressions", "most_impressions", "paid_snapshots"]


def rollup(measures, dimensions, granularity, time="snapshot_time"):
    return {"type": "rollup", "measures": measures, "dimensions": dimensions, "time_dimension": time,
            "granularity": granularity}


ROLLUPS = {
    VIDEO: {
        "r_day": rollup(COUNTERS + MONEY, ["channel", "niche", "user"], "day"),
        "r_day_video": rollup(COUNTERS + MONEY, ["video", "channel"], "day"),
        "r_hour": rollup(COUNTERS[:1] + COUNTERS[3:5] + MONEY[:4], ["niche", "category", "content_type"], "hour"),
        "r_week": rollup(["total_views", "total_interactions", "revenue"], ["category"], "week"),
        "r_month": rollup(["revenue", "cost", "views_gained"], [], "month"),
        "r_segments": rollup(["revenue", "profit", "snapshots"], ["snapshot_engagement", "snapshot_profit"], "day"),
    },
    "Costs": {
        "c_hour": rollup(["total_cost", "quantity", "cost_entries", "ai_cost"], ["cost_category", "channel_id"], "hour",
                         "cost_time"),
        "c_month": rollup(["total_cost", "unit_cost"], ["cost_category", "user"], "month", "cost_time"),
    },
}

MORE = {
    VIDEO: {
        "joins": {
            "siblings": {"cube": "Channels", "relationship": "one_to_many",
                         "sql": "{channel}.user_id = {siblings}.user_id"},
        },
        "dimensions": {
            "snapshot_engagement": {"sql": "engagement_rate", "type": "number"},
            "snapshot_profit": {"sql": "profit_cents", "type": "number"},
        },
        "measures": {
            "mean_impressions": {"sql": "impressions", "type": "avg"},
            "most_impressions": {"sql": "impressions", "type": "max"},
            "least_impressions": {"sql": "impressions", "type": "min"},
            "paid_snapshots": {"type": "count", "filters": [{"sql": "actual_revenue_cents > 0"}]},
            "revenue_week": {"type": "rolling", "measure": "revenue", "window": "7 days"},
            "revenue_mtd": {"type": "to_date", "measure": "revenue", "unit": "month"},
            "revenue_before": {"type": "shift", "measure": "revenue", "window": "1 week"},
        },
    },
}


def write(source, folder, zone):
    """The model's files into a folder; `zone`: the model's own."""
    for name in sorted(os.listdir(source)):
        with open(os.path.join(source, name), encoding="utf-8") as file:
            text = json.load(file)
        for cube in text["cubes"]:
            for kind, members in MORE.get(cube["name"], {}).items():
                cube[kind].update(members)
            if cube["name"] in ROLLUPS:
                cube["pre_aggregations"] = ROLLUPS[cube["name"]]
        if "default_cube" in text and zone != "UTC":
            text["time_zone"] = zone
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            json.dump(text, file)


# whose dimensions are asked too
JOINS = ("channel", "video", "dates", "account", "current_account", "siblings", "channels")


class Cube:
    """What the generator knows of a cube; by the type of a measure, over which dimensions it adds up."""

    def __init__(self, spec, cubes):
        self.name = spec["name"]
        self.time = spec["time_dimension"]
        self.by_day = spec["dimensions"][self.time]["type"] == "date"
        self.measures = spec["measures"]
        self.segments = [name for name in spec.get("segments", {}) if name != "recent_videos"]   # of the real clock
        self.dimensions = {name: item["type"] for name, item in spec["dimensions"].items()
                           if item.get("public", True) and "alias_of" not in item and name != self.time}
        self.keyed = {name for name, item in spec["dimensions"].items() if "key" in item}
        self.shared = set()                # dimensions in several of whose groups a row may stand
        for join, item in spec.get("joins", {}).items():
            other = cubes[item["cube"]]
            for name, dimension in other["dimensions"].items():
                if dimension.get("public", True) and join in JOINS:
                    self.dimensions[join + "." + name] = dimension["type"]
                    if item["relationship"] == "one_to_many":
                        self.shared.add(join + "." + name)

    def kind(self, measure):
        """sum, count, last, increase, or other: what does not add up."""
        item = self.measures[measure]
        kind = item["type"]
        if kind in ("number", "currency"):
            return "sum" if "/ NULLIF" not in item["sql"] else "other"
        if kind == "increase" and item.get("baseline"):
            return "first"
        return kind if kind in ("sum", "count", "last", "increase") else "other"


def catalogue(folder):
    specs = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            specs.update({cube["name"]: cube for cube in json.load(file)["cubes"]})
    return {name: Cube(specs[name], specs) for name in specs if name not in ("Dates",)}
