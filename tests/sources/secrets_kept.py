"""Secrets: an API that repeats every key it is shown, in every place of its answers; and then no log, table, dump, error,
tape or core of the runs that failed on it has one."""
import json
import os
import signal
import stat
import subprocess
import tempfile
import time
import urllib.parse

import place as ground
from api_server import Answer, ApiServer
from youtube_world import channel_id

KEYS = {"YOUTUBE_API_KEY": "AIza/se+cret-youtube", "OPENAI_ADMIN_KEY": "sk-admin-se\"cret-openai", "STRIPE_API_KEY": "rk_live_secret_stripe",
        "ELEVENLABS_API_KEY": "xi-secret-elevenlabs", "YOUTUBE_REFRESH_TOKEN": "1//0secret-refresh", "YOUTUBE_CLIENT_ID": "client-of-google",
        "YOUTUBE_CLIENT_SECRET": "GOCSPX-secret-client"}
PASSWORD = "secret-of-the-dsn"
TOKEN = "ya29.a-secret-access-token"
SOURCES = {"youtube-data": "YOUTUBE_API_KEY", "openai-costs": "OPENAI_ADMIN_KEY", "stripe": "STRIPE_API_KEY",
           "elevenlabs-usage": "ELEVENLABS_API_KEY", "youtube-analytics": "YOUTUBE_REFRESH_TOKEN"}
FAST = "tries=2 pause=1 timeout=5"
CASES = []


def case(function):
    CASES.append(function)
    return function


def forms(secret):
    """As it is, in a URL, in JSON, in JSON of those who escape slashes, and in a dump's COPY."""
    in_json = json.dumps(secret)[1:-1]
    return {secret, urllib.parse.quote(secret, safe=""), in_json, in_json.replace("/", "\\/"), in_json.replace("\\", "\\\\")}


SECRETS = {form for secret in [*(value for name, value in KEYS.items() if name != "YOUTUBE_CLIENT_ID"), PASSWORD, TOKEN]
           for form in forms(secret)}


def assert_free(text, where):
    if isinstance(text, bytes):
        text = text.decode(errors="replace")
    for secret in SECRETS:
        at = text.find(secret)
        assert at < 0, "%s has '%s': …%s…" % (where, secret, text[max(0, at - 300):at + 100])


class Home:
    """A configuration of its own: the keys in the file of secrets, the password in a profile."""

    def __init__(self):
        self.place = ground.Place({})
        self.place.psql("INSERT INTO users.accounts (user_id, email) VALUES ('00000000-0000-4000-8000-00000000a000', 'owner@example.invalid');"
                        "INSERT INTO users.channels (channel_id, user_id, channel_name) VALUES ('%s', '00000000-0000-4000-8000-00000000a000', 'x')"
                        % channel_id(0))
        self.folder = tempfile.mkdtemp(prefix="secrets.", dir=os.environ["HOME"])   # goes with the run
        config = os.path.join(self.folder, "ytempire")
        os.mkdir(config)
        self.write(os.path.join(config, "secrets"), "".join("%s=%s\n" % pair for pair in KEYS.items()))
        self.write(os.path.join(config, "config.ini"), "[far]\ndsn = %s password=%s\n" % (self.place.dsn, PASSWORD))
        self.environment = {**os.environ, "XDG_CONFIG_HOME": self.folder}

    @staticmethod
    def write(path, text):
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, stat.S_IRUSR | stat.S_IWUSR)

    def program(self, *words):
        return [ground.PROGRAM, "--profile", "far", "--log-level", "debug", *words]

    def run(self, line):
        done = subprocess.run(self.program("--exec", line), stdin=subprocess.DEVNULL, capture_output=True, env=self.environment, timeout=120)
        assert_free(done.stdout + done.stderr, "what '%s' says" % line.split(" base=")[0])
        return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def shown(request):
    """The keys that a request shows."""
    text = "%s %s %s %s" % (request, dict(request.headers), request.body.decode(errors="replace"), request.pairs)
    return [secret for secret in [*KEYS.values(), TOKEN] if any(form in text for form in forms(secret))] or ["none"]


def is_token(request):
    return request.path == "/token"


def refusal(request):
    said = " and ".join(shown(request))
    return Answer({"error": {"code": 400, "message": "no such key: " + said, "status": said, "errors": [{"reason": said}]},
                   "detail": {"status": said, "message": said}}, 400, {"X-Echo": said, "Set-Cookie": "a=" + said, "Location": "/?key=" + said})


def page(request):
    return Answer("<html>key=%s</html>" % shown(request)[0], 503)


def no_json(request):
    return Answer("you said %s" % shown(request)[0], 200)


def half(request):
    return Answer('{"you": {"said": %s' % json.dumps(shown(request)[0]), 200)


def unauthorized(request):
    return Answer({"error": {"message": "Incorrect API key provided: %s" % shown(request)[0], "type": "invalid_request_error"}}, 401)


def wrong_shape(request):
    said = shown(request)[0]
    return Answer({said: said, "items": [{"id": said, "snippet": {"title": said}}, said], "rows": [[said, said, said]],
                   "columns": ["timestamp", "product_type", "x"], "column_units": [None, None, "credits"],
                   "has_more": False, "next_page": None, "character_count": said, "character_limit": said,
                   "data": [said, {said: said}, {"id": said, "created": said, "amount": said},
                            {"start_time": 1793491200, "results": [said, {"line_item": said, "amount": {"value": said, "currency": said}},
                                                                   {"line_item": said, "amount": {"value": 1, "currency": "usd"}}]}]}, 200)


def answering(how):
    def answer(request):
        if is_token(request) and how is not refusal:
            return Answer({"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer", "refresh_token": KEYS["YOUTUBE_REFRESH_TOKEN"]})
        return how(request)
    return answer


def line_of(source, server):
    more = " token_url=%s/token" % server.base if source == "youtube-analytics" else ""
    return "ingest %s base=%s %s%s" % (source, server.base, FAST, more)


def there(home):
    """The sources that are built in, of those above."""
    listed = home.run("sources")[1]
    return [source for source in SOURCES if source in listed]


def assert_database_free(home):
    dump = ground.servers.run(os.path.join(os.path.dirname(ground.servers.PSQL), "pg_dump"), "--inserts", home.place.dsn)
    assert dump.returncode == 0, dump.stderr
    assert "ops.tape" in dump.stdout
    assert_free(dump.stdout, "the database")
    for source in there(home):
        home.run("source tape %s" % source)
        for number, in home.place.rows("SELECT id FROM ops.tape WHERE source = '%s' ORDER BY id DESC LIMIT 3" % source):
            home.run("source tape %s %s" % (source, number))
        home.run("deadletters %s" % source)
    for number, in home.place.rows("SELECT id FROM ops.jobs"):
        home.run("job show %s; job log %s" % (number, number))
    logs = 0
    for folder, _, names in os.walk(os.environ["XDG_DATA_HOME"], followlinks=True):
        for name in names:
            if "log" in name and os.path.isfile(os.path.join(folder, name)):
                with open(os.path.join(folder, name), "rb") as file:
                    assert_free(file.read(), name)
                    logs += 1
    assert logs > 0, "there is no log of the servers"


@case
def no_failing_run_shows_a_secret():
    home = Home()
    for how in (refusal, page, no_json, half, unauthorized, wrong_shape):
        with ApiServer(answering(how)) as server:
            for source in there(home):
                home.run(line_of(source, server))
                assert any(KEYS[SOURCES[source]] in shown(request) for request in server.asked), "%s showed no key" % source
                server.forget()
    assert_database_free(home)


@case
def no_worker_tells_a_secret():
    home = Home()
    log, said = os.path.join(home.folder, "worker.log"), os.path.join(home.folder, "worker.out")
    with ApiServer(answering(refusal)) as server, open(said, "wb") as out:
        sources = there(home)
        for source in sources:
            assert home.run(line_of(source, server) + " --detach")[0] == 0
        worker = subprocess.Popen(home.program("--worker", "--http-port", "off", "--log-file", log), stdin=subprocess.DEVNULL,
                                  stdout=out, stderr=out, env=home.environment)
        try:
            ground.servers.eventually("the jobs end", lambda: home.place.psql("SELECT count(*) FROM ops.jobs WHERE state = 'discarded'")
                                      == str(len(sources)))
            with open("/proc/%d/cmdline" % worker.pid, "rb") as file:
                assert_free(file.read(), "the worker's command line")
        finally:
            worker.send_signal(signal.SIGTERM)
            worker.wait(60)
    for path in (log, said):
        with open(path, "rb") as file:
            text = file.read()
        assert_free(text, path)
    with open(log) as file:
        assert "400" in file.read()
    assert_database_free(home)


@case
def a_program_that_knows_a_secret_leaves_no_core():
    home = Home()
    with ApiServer(answering(refusal)) as server:
        server.fault("stall", times=9)
        program = subprocess.Popen(["sh", "-c", 'ulimit -c unlimited 2>/dev/null; exec "$@"', "sh",
                                    *home.program("--exec", line_of("stripe", server))], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, env=home.environment, cwd=home.folder)
        ground.servers.eventually("it asks", lambda: server.asked)
        program.send_signal(signal.SIGABRT)
        assert_free(program.communicate(timeout=60)[0], "what it says as it dies")
    assert program.returncode < 0
    time.sleep(0.1)
    assert sorted(os.listdir(home.folder)) == ["ytempire"], os.listdir(home.folder)


@case
def what_cannot_connect_keeps_its_password():
    home = Home()
    done = subprocess.run([ground.PROGRAM, "--log-level", "debug", "--exec", "sources"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                          env={**home.environment, "DATABASE_URL": "postgresql://ann:%s@127.0.0.1:1/x" % PASSWORD,
                               "PGPASSWORD": PASSWORD, "PGHOST": "127.0.0.1", "PGPORT": "1"})
    assert done.returncode == 3, done.stderr
    assert_free(done.stdout + done.stderr, "an error of a connection")
