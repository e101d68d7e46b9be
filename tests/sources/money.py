"""openai-costs, elevenlabs-usage and stripe: whatever befalls an answer, what is stored is that of a run without it; and the
tapes of all sources, played again."""
import json
import os
import signal

import place as ground
import youtube_data
from api_server import FAULTS, ApiServer
from place import same
from youtube_world import World

SECRETS = {"OPENAI_ADMIN_KEY": "sk-admin-of-the-test", "ELEVENLABS_API_KEY": "xi-key-of-the-test", "STRIPE_API_KEY": "rk-of-the-test"}
FAST = " tries=4 pause=1 timeout=2"
DAY = 86400
FIRST = 1793491200                       # 2026-11-01 00:00 UTC
CASES = []


def case(function):
    CASES.append(function)
    return function


# -- what they have to say

def openai(request):
    """Two days a page, of six."""
    page = int(request.query.get("page", "page_0")[5:])
    days = [{"object": "bucket", "start_time": FIRST + day * DAY, "end_time": FIRST + (day + 1) * DAY, "results": [
        {"object": "organization.costs.result", "amount": {"value": (day + 1) / 1000 + line / 7, "currency": "usd"},
         "line_item": "model %d" % line, "project_id": "proj_a", "quantity": 10 * line + 1} for line in range(day)]}
        for day in (2 * page, 2 * page + 1)]
    return {"object": "page", "data": days, "has_more": page < 2, "next_page": "page_%d" % (page + 1) if page < 2 else None}


def elevenlabs(request):
    if request.path == "/v1/user/subscription":
        return {"tier": "pro", "character_count": 5, "character_limit": 500000, "status": "active"}
    return {"columns": ["timestamp", "product_type", "total_usage"], "column_types": ["datetime", "string", "float"],
            "column_units": [None, None, "credits"],
            "rows": [[(FIRST + day * DAY) * 1000, product, day + 0.25] for day in range(5) for product in ("TTS", "Dubbing")]}


def transaction(number):
    refund = number % 5 == 4
    charge = "ch_%d" % (number - 4 if refund else number)
    source = {"object": "refund", "id": "re_%d" % number, "charge": charge, "metadata": {}} if refund else \
             {"object": "charge", "id": charge, "metadata": {"channel_id": "UC%d" % (number % 3), "revenue": "sponsorship"} if number % 2 else {}}
    return {"id": "txn_%d" % number, "object": "balance_transaction", "amount": -100 if refund else 1000 + number, "fee": 0 if refund else 59,
            "currency": "usd", "created": FIRST + number * 3600, "type": "refund" if refund else "charge",
            "reporting_category": "refund" if refund else "charge", "status": "available", "source": source}


def stripe(request, count=25, size=10):
    """Newest first."""
    first = int(request.query["starting_after"][4:]) if "starting_after" in request.query else count
    return {"object": "list", "url": "/v1/balance_transactions", "has_more": first > size,
            "data": [transaction(number) for number in range(first - 1, max(first - 1 - size, -1), -1)]}


SOURCES = {"openai-costs": openai, "elevenlabs-usage": elevenlabs, "stripe": stripe}
MORE = {"openai-costs": "", "elevenlabs-usage": " price=22 history=3650", "stripe": ""}

# All that they write, but for clocks and jobs.
WAREHOUSE = """
SELECT line FROM (
  SELECT concat_ws('|', 'cost', source, source_ref, cost_timestamp, date_key, cost_category, cost_subcategory, quantity, unit_cost_cents,
                   total_cost_cents, channel_id, video_id) AS line FROM analytics.fact_costs
  UNION ALL SELECT concat_ws('|', 'ledger', source, source_ref, kind, metric_date, channel_id, amount_cents, detail) FROM ops.revenue_ledger
  UNION ALL SELECT concat_ws('|', 'revenue', source, channel_id, metric_date, sponsorship_revenue_cents, membership_revenue_cents)
    FROM analytics.fact_revenue
  UNION ALL SELECT concat_ws('|', 'letter', source, file, column_name, reason, raw) FROM ops.dead_letters
  UNION ALL SELECT concat_ws('|', 'position', source, stream, position) FROM ops.watermarks
) AS lines ORDER BY line COLLATE "C"
"""


def load(made, source, server, code=0):
    return made.run("ingest %s base=%s%s%s" % (source, server.base, FAST, MORE[source]), code=code)


def whole(source, made=None):
    """What is stored by a run that nothing befalls."""
    made = made or ground.Place(SECRETS)
    with ApiServer(SOURCES[source]) as server:
        load(made, source, server)
    return made.psql(WAREHOUSE)


# -- faults

ENDS = {"429 long": 3, "401": 1, "quota": 1}


def faults_of(source):
    wanted = whole(source)
    assert wanted.count("\n") > 5, wanted
    made = ground.Place(SECRETS)
    with ApiServer(SOURCES[source]) as server:
        for kind in FAULTS:
            made.psql("DELETE FROM analytics.fact_costs; DELETE FROM analytics.fact_revenue; DELETE FROM ops.revenue_ledger;"
                      "DELETE FROM ops.watermarks")
            server.forget()
            server.fault(kind, after=1)
            load(made, source, server, code=ENDS.get(kind, 0))
            if kind in ENDS:
                same(made.psql("SELECT count(*) FROM ops.watermarks WHERE stream = ''"), "0", "the bookmark after %s" % kind)
                load(made, source, server)
            same(made.psql(WAREHOUSE), wanted, "%s after %s" % (source, kind))


@case
def whatever_befalls_openai_costs_it_ends_right():
    faults_of("openai-costs")


@case
def whatever_befalls_elevenlabs_usage_it_ends_right():
    made = ground.Place(SECRETS)
    with ApiServer(elevenlabs) as server:
        server.fault("429", path="/v1/user/subscription")
        load(made, "elevenlabs-usage", server)
    faults_of("elevenlabs-usage")


@case
def whatever_befalls_stripe_it_ends_right():
    faults_of("stripe")


@case
def a_load_that_is_killed_between_its_pages_is_done_again_from_the_start():
    wanted = whole("stripe")
    made = ground.Place(SECRETS)
    with ApiServer(stripe) as server:
        server.fault("stall", after=2)
        program = made.start("ingest stripe base=%s timeout=60" % server.base)
        ground.servers.eventually("it asks for the third page", lambda: len(server.asked) == 3)
        program.send_signal(signal.SIGKILL)
        program.wait()
        same(made.psql("SELECT count(*) FROM ops.revenue_ledger"), "0", "what was stored")
        load(made, "stripe", server)
    same(made.psql(WAREHOUSE), wanted, "after a kill")


@case
def many_transactions_are_stored_by_the_way_and_once():
    made = ground.Place(SECRETS)
    with ApiServer(lambda request: stripe(request, 20000, 1000), etags=False) as server:
        load(made, "stripe", server)
        same(made.psql("SELECT count(*), sum(amount_cents) FROM ops.revenue_ledger"),
             made.psql("SELECT 20000, sum(CASE WHEN n % 5 = 4 THEN -100 ELSE 1000 + n END)::numeric(18,6) FROM generate_series(0, 19999) AS n"))
        same(made.psql("SELECT sum(total_revenue_cents) FROM analytics.fact_revenue"),
             made.psql("SELECT sum(amount_cents) FROM ops.revenue_ledger"))
        same(made.psql("SELECT count(*) FROM ops.revenue_ledger AS r JOIN ops.revenue_ledger AS c ON c.source_ref = 'txn_' || substr(r.detail->>'charge', 4)"
                       " WHERE r.amount_cents < 0 AND (r.kind, r.channel_id) IS DISTINCT FROM (c.kind, c.channel_id)"), "0", "refunds elsewhere")
        load(made, "stripe", server)
    same(made.psql("SELECT rows_read, rows_loaded FROM ops.jobs ORDER BY id DESC LIMIT 1"), "20000\x1f0", "the second run")


@case
def a_letter_of_an_api_goes_when_the_api_tells_it_rightly():
    made, wrong = ground.Place(SECRETS), {"fee": "no"}
    with ApiServer(lambda request: {"object": "list", "has_more": False, "data": [{**transaction(1), **wrong}]}, etags=False) as server:
        load(made, "stripe", server, code=4)
        letter = made.json("deadletters stripe")[0]
        same((letter["reason"], letter["file"], letter["line"]), ("fee: it is no whole number of minor units", "txn_1", 0), "the letter")
        said = made.run("deadletter retry %d" % letter["id"], code=2)[1]
        assert "the items of 'stripe' are asked for again, not replayed" in said, said
        same(made.psql("SELECT count(*) FROM ops.dead_letters WHERE state = 'open'"), "1", "letters")
        wrong.clear()
        load(made, "stripe", server)
    same(made.json("deadletters stripe"), [], "letters")


# -- tapes

def carry_tape(made, to):
    program = os.path.join(os.path.dirname(ground.servers.PSQL), "pg_dump")
    dump = ground.servers.run(program, "--data-only", "--table=ops.tape", made.dsn)
    assert dump.returncode == 0, dump.stderr
    path = os.path.join(os.environ["HOME"], "tape.sql")
    with open(path, "w") as file:
        file.write(dump.stdout)
    done = ground.servers.run(ground.servers.PSQL, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", path, to.dsn)
    assert done.returncode == 0, done.stderr


@case
def a_tape_is_played_elsewhere_without_a_key_and_ends_the_same():
    for source, answer in SOURCES.items():
        made, there = ground.Place(SECRETS), ground.Place({})
        with ApiServer(answer) as server:
            server.fault("500")
            server.fault("half", after=1)
            load(made, source, server)
            asked = len(server.asked)
            carry_tape(made, there)
            there.run("source replay %s base=%s%s%s" % (source, server.base, FAST, MORE[source]))
            same(len(server.asked), asked, "what was asked of %s" % source)
        same(there.psql(WAREHOUSE), made.psql(WAREHOUSE), source)


@case
def the_tape_of_youtube_is_played_elsewhere_and_ends_the_same():
    world = World(2, 3)
    made, there = youtube_data.place(), youtube_data.place()
    there.secrets = {}
    with ApiServer(world.answer) as server:
        server.fault("429", path="/videos")
        youtube_data.load(made, server)
        asked = len(server.asked)
        carry_tape(made, there)
        there.run("source replay youtube-data base=%s%s" % (server.base, youtube_data.FAST))
        same(len(server.asked), asked, "what was asked")
    same(youtube_data.warehouse(there), youtube_data.warehouse(made), "youtube-data")
    same(there.psql("SELECT DISTINCT \"timestamp\" FROM analytics.fact_video_performance"),
         made.psql("SELECT DISTINCT \"timestamp\" FROM analytics.fact_video_performance"), "the time")
    same(there.psql("SELECT count(*) FROM ops.quota_spent"), "0", "quota")


@case
def a_tape_is_shown():
    made = ground.Place(SECRETS)
    with ApiServer(stripe) as server:
        load(made, "stripe", server)
    rows = made.json("source tape stripe")
    same([row["status"] for row in rows], [200, 200, 200], "statuses")
    assert list(rows[0]) == ["id", "at", "job", "method", "url", "status", "ms", "bytes", "received", "whole"], rows[0]
    fields = {row["field"]: row["value"] for row in made.json("source tape stripe %d" % rows[0]["id"])}
    same(json.loads(fields["body"])["has_more"], False, "the body")
    assert fields["header Content-Type"] == "application/json", fields
    made.run("source tape stripe 999999", code=2)
    made.run("source replay trending", code=2)
