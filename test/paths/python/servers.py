"""ASGI and WSGI servers with the app of the corpus, each on a free port, which is printed."""

import socket
import threading

import django
import flask
import uvicorn
import waitress
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import re_path
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route


def starlette_app():
    def reach(handler):
        async def endpoint(request):
            return PlainTextResponse("reached:" + handler)

        return endpoint

    routes = []
    for handler in ("public", "admin"):
        routes.append(Route("/" + handler, reach(handler)))
        routes.append(Route("/" + handler + "/{rest:path}", reach(handler)))
    return Starlette(routes=routes + [Route("/{rest:path}", reach("other"))])


def flask_app():
    app = flask.Flask(__name__)

    def reach(handler, *rules):
        def view(rest=""):
            return "reached:" + handler

        for rule in rules:
            app.add_url_rule(rule, handler, view)

    # A path with an empty segment is none of Flask's own.
    reach("public", "/public", "/public/", "/public/<path:rest>")
    reach("admin", "/admin", "/admin/", "/admin/<path:rest>")
    reach("other", "/", "/orders", "/x/<path:rest>")
    return app


def reach_by_django(handler):
    return lambda request: HttpResponse("reached:" + handler)


urlpatterns = [
    re_path(r"^public(?:/|$)", reach_by_django("public")),
    re_path(r"^admin(?:/|$)", reach_by_django("admin")),
    re_path(r"", reach_by_django("other")),
]


def listen(name, serve):
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    threading.Thread(target=serve, args=[listener], daemon=True).start()
    print(f"{name} listens on {listener.getsockname()[1]}", flush=True)


def asgi(app):
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    server.install_signal_handlers = lambda: None
    return lambda listener: server.run(sockets=[listener])


def wsgi(app):
    return lambda listener: waitress.serve(app, sockets=[listener], threads=8, _quiet=True)


settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
django.setup()
listen("Starlette 1.10 in Uvicorn", asgi(starlette_app()))
listen("Django 5.2 in Uvicorn", asgi(get_asgi_application()))
listen("Flask 3.1 in Waitress", wsgi(flask_app()))
listen("Django 5.2 in Waitress", wsgi(get_wsgi_application()))
threading.Event().wait()
