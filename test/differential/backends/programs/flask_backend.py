"""The document in Flask, with its own reading of everything."""

import logging
import sys

from flask import Flask, jsonify, request

application = Flask(__name__)
logging.getLogger("werkzeug").setLevel(logging.CRITICAL)

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


def body_of(handler):
    if request.is_json:
        return request.get_json()
    form = request.form
    if handler == "login":
        return {
            "user": form.get("user"),
            "role": form.get("role"),
            "age": read(int, form.get("age")),
            "keep": is_true(form.get("keep")),
        }
    return {name: form.get(name) for name in form}


def size_of(file):
    return len(file.read())


def add(method, rule, handler):
    def answer(**params):
        sent = request.files.get("file")
        query = request.args
        return jsonify(
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
                "theme": request.cookies.get("theme"),
                "body": body_of(handler) if request.method in ("POST", "PUT") else None,
                "file": {"name": sent.filename, "bytes": size_of(sent)} if sent else None,
            }
        )

    application.add_url_rule(rule, handler, answer, methods=[method])


add("GET", "/users/<id>", "getUser")
add("PUT", "/users/<id>", "putUser")
add("DELETE", "/users/<id>", "deleteUser")
add("POST", "/users/<id>", "touchUser")
add("GET", "/users/export", "exportUsers")
add("GET", "/users/@me", "getMe")
add("POST", "/users/search", "searchUsers")
add("POST", "/users", "createUser")
add("POST", "/login", "login")
add("POST", "/uploads", "upload")
add("GET", "/files/<name>", "getFile")
add("GET", "/files/archive/<entry>", "getEntry")
add("GET", "/files/<name>/raw", "getRaw")

if __name__ == "__main__":
    application.run("127.0.0.1", int(sys.argv[1]), threaded=True)
