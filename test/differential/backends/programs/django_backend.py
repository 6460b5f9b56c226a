"""The document in Django, with its own reading of everything."""

import json
import sys

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["*"],
    DEBUG=False,
    ROOT_URLCONF=__name__,
    SECRET_KEY="differential",
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    LOGGING_CONFIG=None,
)

UNREADABLE = "(unreadable)"


def read(convert, text):
    if text is None:
        return None
    try:
        return convert(text)
    except ValueError:
        return UNREADABLE


def is_true(text):
    return None if text is None else text == "true"


def body_of(request, handler):
    if request.content_type == "application/json":
        return json.loads(request.body)
    if handler == "login":
        post = request.POST
        return {
            "user": post.get("user"),
            "role": post.get("role"),
            "age": read(int, post.get("age")),
            "keep": is_true(post.get("keep")),
        }
    return {name: request.POST.get(name) for name in request.POST}


def view(handler):
    def answer(request, **params):
        query = request.GET
        sent = request.FILES.get("file")
        return JsonResponse(
            {
                "handler": handler,
                "method": request.method,
                "path": params,
                "query": {
                    "q": query.get("q"),
                    "page": read(int, query.get("page")),
                    "ratio": read(float, query.get("ratio")),
                    "active": is_true(query.get("active")),
                    "tag": query.getlist("tag") or None,
                },
                "tenant": request.headers.get("X-Tenant"),
                "theme": request.COOKIES.get("theme"),
                "body": body_of(request, handler) if request.method in ("POST", "PUT") else None,
                "file": {"name": sent.name, "bytes": sent.size} if sent else None,
            }
        )

    return answer


def by_method(**handlers):
    views = {method: view(handler) for method, handler in handlers.items()}

    def choose(request, **params):
        found = views.get(request.method) or (views.get("GET") if request.method == "HEAD" else None)
        return found(request, **params) if found else JsonResponse({}, status=405)

    return choose


urlpatterns = [
    # A view of its own, which does not look at the method: as many are.
    path("users/export", view("exportUsers")),
    path("users/@me", view("getMe")),
    path("users/search", view("searchUsers")),
    path("users", by_method(POST="createUser")),
    path(
        "users/<str:id>",
        by_method(GET="getUser", PUT="putUser", DELETE="deleteUser", POST="touchUser"),
    ),
    path("login", by_method(POST="login")),
    path("uploads", by_method(POST="upload")),
    path("files/archive/<str:entry>", by_method(GET="getEntry")),
    path("files/<str:name>/raw", by_method(GET="getRaw")),
    path("files/<str:name>", by_method(GET="getFile")),
]

django.setup()
application = get_wsgi_application()

if __name__ == "__main__":
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

    class Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True

    class Silent(WSGIRequestHandler):
        def log_message(self, *args):
            pass

    with Server(("127.0.0.1", int(sys.argv[1])), Silent) as server:
        server.set_app(application)
        server.serve_forever()
