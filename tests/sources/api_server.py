"""An HTTP API on this machine for tests: answers from a function, and faults when they are asked for.

    with ApiServer(answer) as server:              # answer(Request) -> Answer, or a dict (200), or None (404)
        server.fault("cut", path="/videos")        # the next request there; times=3: the next three
        … run the program with base=server.base …
        server.asked                               # the Requests there were, in order

Faults: what an API, a proxy or a line does to an answer, by name in FAULTS. An ETag that is asked for (If-None-Match)
and has not changed is answered by 304, as real ones do. Python's standard library only.
"""
import email.utils
import gzip
import hashlib
import http.server
import json
import os
import socket
import threading
import time
import urllib.parse

SHARED = os.environ.get("YTEMPIRE_SHARED") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../shared")
FIXTURES = os.path.join(SHARED, "fixtures")


class Request:
    def __init__(self, method, url, headers, body):
        parts = urllib.parse.urlsplit(url)
        self.method, self.path, self.headers, self.body = method, parts.path, headers, body
        self.pairs = urllib.parse.parse_qsl(parts.query, keep_blank_values=True)
        self.query = dict(self.pairs)
        self.fault = None

    def __repr__(self):
        return "%s %s%s" % (self.method, self.path, "?" + urllib.parse.urlencode(self.pairs) if self.pairs else "")


class Answer:
    def __init__(self, body=b"", status=200, headers=None, etag=None):
        if not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        self.body = body.encode() if isinstance(body, str) else body
        self.status, self.headers, self.etag = status, dict(headers or {}), etag


def google_error(status, reason, message, domain="youtube.quota"):
    return Answer({"error": {"code": status, "message": message,
                             "errors": [{"message": message, "domain": domain, "reason": reason}]}}, status)


def date_of(seconds):
    return email.utils.formatdate(seconds, usegmt=True)


# -- faults: what is done in the place of answering; each gets the talk, the request and the answer there would have been

def _429(talk, request, answer):
    talk.say(google_error(429, "rateLimitExceeded", "Too many requests", "usageLimits"))


def _429_after(talk, request, answer):
    talk.say(Answer("{}", 429, {"Retry-After": "1"}))


def _429_skewed(talk, request, answer):
    """A server whose clock is a day ahead: it means one second."""
    there = time.time() + 86400
    talk.say(Answer("{}", 429, {"Date": date_of(there), "Retry-After": date_of(there + 1)}))


def _429_long(talk, request, answer):
    talk.say(Answer("{}", 429, {"Retry-After": "3600"}))


def _500(talk, request, answer):
    talk.say(google_error(500, "backendError", "Backend Error", "global"))


def _503_html(talk, request, answer):
    talk.say(Answer("<html><body>Service Unavailable</body></html>", 503, {"Content-Type": "text/html"}))


def _401(talk, request, answer):
    talk.say(google_error(401, "authError", "Invalid Credentials", "global"))


def _quota(talk, request, answer):
    talk.say(google_error(403, "quotaExceeded", 'The request cannot be completed because you have exceeded your '
                          '<a href="/youtube/v3/getting-started#quota">quota</a>.'))


def _cut(talk, request, answer):
    """The line is cut in the middle of the body."""
    talk.head(answer, len(answer.body))
    talk.wfile.write(answer.body[:len(answer.body) // 2])
    talk.drop()


def _drop(talk, request, answer):
    """The line is cut before a word is said."""
    talk.drop()


def _reset(talk, request, answer):
    talk.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    talk.drop()


def _half(talk, request, answer):
    """All of what is promised comes, and it is half a JSON."""
    talk.say(Answer(answer.body[:len(answer.body) // 2], 200, answer.headers))


def _empty(talk, request, answer):
    talk.say(Answer(b"", 200))


def _html(talk, request, answer):
    """A proxy that says who it is."""
    talk.say(Answer("<html>log in first</html>", 200, {"Content-Type": "text/html"}))


def _slow(talk, request, answer):
    """Byte by byte, and all of it in the end."""
    talk.head(answer, len(answer.body))
    for i in range(0, len(answer.body), max(1, len(answer.body) // 40)):
        talk.wfile.write(answer.body[i:i + max(1, len(answer.body) // 40)])
        talk.wfile.flush()
        time.sleep(0.02)


def _stall(talk, request, answer):
    """A few bytes, and then none until the other side has had enough."""
    talk.head(answer, len(answer.body))
    talk.wfile.write(answer.body[:10])
    talk.wfile.flush()
    talk.connection.settimeout(60)
    try:
        talk.connection.recv(1)
    except OSError:
        pass
    talk.drop()


def _bad_gzip(talk, request, answer):
    talk.say(Answer(gzip.compress(answer.body)[:-20], 200, {"Content-Encoding": "gzip"}))


FAULTS = {"429": _429, "429 after": _429_after, "429 skewed": _429_skewed, "429 long": _429_long, "500": _500,
          "503 html": _503_html, "401": _401, "quota": _quota, "cut": _cut, "drop": _drop, "reset": _reset,
          "half": _half, "empty": _empty, "html": _html, "slow": _slow, "stall": _stall, "bad gzip": _bad_gzip}


# -- the server

class Talk(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args):
        pass

    def head(self, answer, length):
        self.send_response_only(answer.status)
        headers = {"Date": date_of(time.time() + self.server.owner.skew), "Content-Type": "application/json",
                   **answer.headers}
        if answer.etag:
            headers["ETag"] = answer.etag
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.flush()

    def say(self, answer):
        self.head(answer, len(answer.body))
        self.wfile.write(answer.body)

    def drop(self):
        self.close_connection = True
        try:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def serve(self):
        owner = self.server.owner
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(self.command, self.path, self.headers, self.rfile.read(length))
        with owner.lock:
            answer = owner.answer(request)
            if answer is None:
                answer = google_error(404, "notFound", "Not Found", "global")
            elif not isinstance(answer, Answer):
                answer = Answer(answer)
            if owner.etags and answer.status == 200 and answer.etag is None:
                answer.etag = '"%s"' % hashlib.md5(answer.body).hexdigest()
            request.fault = owner.take_fault(request)
            owner.asked.append(request)
        try:
            if request.fault:
                FAULTS[request.fault](self, request, answer)
            elif answer.etag and self.headers.get("If-None-Match") == answer.etag:
                self.say(Answer(b"", 304, answer.headers, answer.etag))
            else:
                self.say(answer)
        except OSError:
            self.close_connection = True

    do_GET = do_POST = serve


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass


class ApiServer:
    def __init__(self, answer, etags=True):
        self.answer, self.etags, self.skew = answer, etags, 0
        self.lock, self.asked, self.waiting = threading.Lock(), [], []
        self.server = Server(("127.0.0.1", 0), Talk)
        self.server.owner = self
        self.base = "http://127.0.0.1:%d" % self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *args):
        self.server.shutdown()
        self.server.server_close()

    def fault(self, kind, path="", after=0, times=1):
        """What befalls `times` requests whose path has `path` in it, after `after` such ones."""
        assert kind in FAULTS, kind
        with self.lock:
            self.waiting.append([kind, path, after, times])

    def take_fault(self, request):
        for fault in self.waiting:
            if fault[1] not in request.path:
                continue
            if fault[2] > 0:
                fault[2] -= 1
                continue
            fault[3] -= 1
            if fault[3] == 0:
                self.waiting.remove(fault)
            return fault[0]
        return None

    def forget(self):
        with self.lock:
            self.asked, self.waiting = [], []


def recorded(name):
    """A recorded answer of ../shared/fixtures, as JSON; None when it is not beside the checkout."""
    path = os.path.join(FIXTURES, name)
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return json.load(file)
