"""Prints the routes of a project's applications as FastAPI itself knows them, as JSON.

usage: dump_routes.py PROJECT

PROJECT/oracle.json may name the applications, as {"applications": ["main:app", "main:create_app()"]}; otherwise it
is `app` of `main.py`. Start-up code runs before the routes are read.
"""

import asyncio
import functools
import importlib
import inspect
import json
import os
import sys

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount, Route, WebSocketRoute

PROJECT = os.path.realpath(sys.argv[1])


def main():
    sys.path.insert(0, PROJECT)
    os.chdir(PROJECT)
    settings = {"applications": ["main:app"]}
    if os.path.exists("oracle.json"):
        with open("oracle.json", encoding="utf-8") as file:
            settings = json.load(file)
    found = []
    for name in settings["applications"]:
        asyncio.run(started(application(name), found))
    json.dump(found, sys.stdout, indent=1)


def application(name):
    module, _, attribute = name.partition(":")
    value = importlib.import_module(module)
    for part in attribute.removesuffix("()").split("."):
        value = getattr(value, part)
    return value() if attribute.endswith("()") else value


async def started(app, found):
    async with app.router.lifespan_context(app):
        add(app, "", found)


def add(app, prefix, found):
    """Adds an application, then those mounted in it."""
    own = {"application": variable(app), "routes": []}
    found.append(own)
    walk(app.routes, prefix, own, found)


def walk(routes, prefix, own, found):
    for route in iter_route_contexts(routes):
        original = route.original_route
        if isinstance(original, Mount):
            mounted = original.app
            if isinstance(mounted, FastAPI):
                add(mounted, prefix + route.path, found)
            elif getattr(mounted, "routes", None):
                if hasattr(mounted, "router"):
                    add(mounted, prefix + route.path, found)
                else:
                    walk(mounted.routes, prefix + route.path, own, found)
        elif isinstance(original, (Route, WebSocketRoute)) and is_own(route.endpoint):
            dependant = getattr(route, "dependant", None)
            is_websocket = isinstance(original, WebSocketRoute)
            for method in ["WEBSOCKET"] if is_websocket else sorted(route.methods or ["GET"]):
                own["routes"].append(
                    {
                        "method": method,
                        "path": prefix + route.path,
                        "handler": name_of(route.endpoint),
                        "dependencies": tree(dependant) if dependant else [],
                    }
                )


def is_own(endpoint):
    """FastAPI's own routes (/docs, /openapi.json) are of no interest."""
    return not inspect.unwrap(unbound(endpoint)).__module__.startswith("fastapi.")


def tree(dependant):
    return [
        {
            "name": name_of(dependency.call),
            "scopes": dependency.own_oauth_scopes or [],
            "dependencies": tree(dependency),
        }
        for dependency in dependant.dependencies
    ]


def unbound(call):
    while isinstance(call, functools.partial):
        call = call.func
    return call


def name_of(call):
    """File and qualified name of something in the project, the name alone of what comes from outside."""
    call = unbound(call)
    if not hasattr(call, "__qualname__"):
        call = type(call)
    file = getattr(sys.modules.get(call.__module__), "__file__", None)
    if file and os.path.realpath(file).startswith(PROJECT + os.sep):
        return os.path.relpath(os.path.realpath(file), PROJECT).replace(os.sep, "/") + ":" + call.__qualname__
    return call.__qualname__


def variable(app):
    """The module variable that holds an application."""
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and os.path.realpath(file).startswith(PROJECT + os.sep):
            for name, value in vars(module).items():
                found = name if value is app else attribute(name, value, app)
                if found:
                    return os.path.relpath(os.path.realpath(file), PROJECT).replace(os.sep, "/") + ":" + found
    return None


def attribute(name, value, app):
    """`server.app`, for an object that keeps the application."""
    if name.startswith("__") or isinstance(value, FastAPI):
        return None
    held = [key for key, inner in getattr(value, "__dict__", {}).items() if inner is app]
    return f"{name}.{held[0]}" if held and not inspect.ismodule(value) else None


main()
