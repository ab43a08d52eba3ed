"""A small engine in this process, which misbehaves as told: for what real ones do on bad days."""

import base64
import contextlib
import hashlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from urllib.request import parse_http_list, parse_keqv_list

import pyoxigraph as ox

USER, PASSWORD, REALM, NONCE = "editor", "sésame: ouvre", "kg", "0a1b2c"
ROWS, GRAPH = "application/sparql-results+json", "application/n-triples"


class Engine:
    """Answers queries at /sparql, updates at /update and the Graph Store Protocol at /data.

    ``faults`` are asked in turn, for each request but queries, what to do instead of the work: a status with headers
    and text, "reset", "hang", or nothing. ``after`` faults come after the work was done.
    """

    def __init__(self, address):
        self.store = ox.Store()
        self.address = address
        self.faults = []
        self.after = []
        self.asks_for = None
        self.reading_asks_too = False
        self.query_answer = None
        self.spoils = lambda text: text
        self.seen = []  # (method, path, size of the body, whether it was signed)

    @property
    def writes(self):
        return [each for each in self.seen if each[1] != "/sparql"]

    def lines(self, graph=None):
        """The triples of a graph as lines, or of all graphs by name."""
        if graph is None:
            return {name.value: self.lines(name.value) for name in self.store.named_graphs() if self.lines(name.value)}
        return {str(quad.triple) for quad in self.store.quads_for_pattern(None, None, None, ox.NamedNode(graph))}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    engine = None

    def _any(self):
        engine = self.engine
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        signed = self.headers.get("Authorization") or ""
        engine.seen.append((self.command, path, len(body), bool(signed)))
        is_query = path == "/sparql"
        if engine.asks_for and not self._is_signed(signed) and (engine.reading_asks_too or not is_query):
            return self._tell(401, {"WWW-Authenticate": CHALLENGES[engine.asks_for]}, "who are you?")
        if is_query:
            return self._query(parse_qs(body.decode())["query"][0])
        fault = engine.faults.pop(0) if engine.faults else None
        if fault:
            return self._fail(fault)
        self._work(path, engine.spoils(body.decode()), query)
        fault = engine.after.pop(0) if engine.after else None
        return self._fail(fault) if fault else self._tell(200, {}, "<html>Done</html>")

    def do_GET(self):
        """What a browser would ask, and what asks at an address that was sent on to."""
        self.engine.seen.append(("GET", urlsplit(self.path).path, 0, bool(self.headers.get("Authorization"))))
        self._tell(404, {}, "nothing here")

    do_POST = do_PUT = do_DELETE = _any  # noqa: N815 - names of the library

    def _query(self, query):
        if self.engine.query_answer:
            return self._tell(*self.engine.query_answer)
        answer = self.engine.store.query(query, use_default_graph_as_union=True)
        if isinstance(answer, ox.QueryTriples):
            return self._tell(200, {"Content-Type": GRAPH}, ox.serialize(answer, format=ox.RdfFormat.N_TRIPLES))
        return self._tell(200, {"Content-Type": ROWS}, answer.serialize(format=ox.QueryResultsFormat.JSON))

    def _work(self, path, text, query):
        if path == "/update":
            self.engine.store.update(text)
            return
        graph = ox.NamedNode(query["graph"][0])
        if self.command in ("PUT", "DELETE"):
            self.engine.store.remove_graph(graph)
        if text:
            self.engine.store.load(text, format=ox.RdfFormat.N_TRIPLES, to_graph=graph)

    def _fail(self, fault):
        if fault == "hang":
            time.sleep(0.6)
        if fault in ("hang", "reset"):
            self.close_connection = True
            self.connection.close()
            return
        self._tell(*fault)

    def _tell(self, status, headers, text):
        data = text if isinstance(text, bytes) else text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "text/html", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _is_signed(self, signed):
        if self.engine.asks_for == "basic":
            return signed == "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if not signed.startswith("Digest "):
            return False
        told = parse_keqv_list(parse_http_list(signed.removeprefix("Digest ")))
        made = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[told["algorithm"]]

        def hashed(*words):
            return made(":".join(words).encode()).hexdigest()

        secret, asked = hashed(USER, REALM, PASSWORD), hashed(self.command, self.path)
        return told["uri"] == self.path and told["response"] == hashed(
            secret, NONCE, told["nc"], told["cnonce"], told["qop"], asked
        )

    def log_message(self, *args):
        """Quiet."""


CHALLENGES = {
    "basic": f'Basic realm="{REALM}", charset="UTF-8"',
    "digest": f'Digest realm="{REALM}", nonce="{NONCE}", qop="auth, auth-int", algorithm=MD5',
    "either": f'Basic realm="{REALM}", Digest realm="{REALM}", nonce="{NONCE}", qop="auth", algorithm=SHA-256',
}


@contextlib.contextmanager
def misbehaving():
    """A running engine of this kind."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    handler.engine = Engine(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield handler.engine
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
