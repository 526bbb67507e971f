"""Two hundred people press "Book" for the same start at the same moment, over HTTP."""

import http.client
import re
from concurrent.futures import ThreadPoolExecutor
from socketserver import TCPServer
from threading import Barrier, Thread
from urllib.parse import urlencode
from wsgiref.simple_server import WSGIServer

import pytest
from django.core.servers.basehttp import WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections

from clients.models import Client
from consultations.models import Booking
from consultations.tests.rooms import typed
from studio.outbox.models import Message

PEOPLE, WORKERS = 200, 16


class Studio(WSGIServer):
    """A web server with a fixed number of workers, as in production; each has its own connection to the database."""

    request_queue_size = 2 * PEOPLE
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), QuietHandler)
        self.set_app(get_wsgi_application())
        self.workers = ThreadPoolExecutor(WORKERS)

    def server_bind(self):
        TCPServer.server_bind(self)  # the standard one asks the DNS for its own name
        self.server_name, self.server_port = self.server_address
        self.setup_environ()

    def process_request(self, request, client_address):
        self.workers.submit(self.work, request, client_address)

    def work(self, request, client_address):
        try:
            self.finish_request(request, client_address)
            self.shutdown_request(request)
        finally:
            connections.close_all()


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format, *args):
        pass


@pytest.fixture
def studio(transactional_db):
    server = Studio()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.workers.shutdown()
    server.server_close()


def ask(port: int, method: str, path: str, body: str = "", headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request(method, path, body, {"Connection": "close"} | (headers or {}))
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    return answer, page


@pytest.mark.slow
def test_of_two_hundred_at_once_exactly_one_gets_the_slot(kind, studio):
    path = f"/book/{kind.slug}/"
    answer, page = ask(studio, "GET", f"{path}?show=2026-11-19T09:45:00Z")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    together = Barrier(PEOPLE)

    def press(number: int):
        form = typed(name=f"Runner {number}", email=f"runner{number}@example.com", csrfmiddlewaretoken=token)
        together.wait()
        answer, page = ask(studio, "POST", path, urlencode(form), headers)
        return answer.status, page, number

    with ThreadPoolExecutor(PEOPLE) as people:
        answers = list(people.map(press, range(PEOPLE)))

    assert sorted(status for status, _, _ in answers) == [302] + [409] * (PEOPLE - 1)
    for status, page, number in answers:
        if status == 409:
            assert "that time has just been taken" in page  # kind,
            assert f'value="Runner {number}"' in page  # nothing typed is lost,
            assert 'name="look" value="2026-11-19T10:30:00Z"' in page  # and there is somewhere to go
    booking = Booking.objects.get()
    assert booking.client == Client.objects.get() and Message.objects.count() == 2
