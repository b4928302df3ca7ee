"""Answers questions about Python code, one JSON object per line on standard input and output.

{"run": "attack" or "honest", "app": FOLDER, "case": FOLDER}
    Loads the application in FOLDER and calls that function of the case's attack.py with a client for it.
    -> {"value": …} or {"error": TEXT, "loaded": whether the application did start}
{"parse": [TEXT, …]}
    Whether CPython's parser takes each text. -> {"value": [null or the complaint, …]}
{"black": [TEXT, …]}
    Whether `black --check` is content with each text. -> {"value": [true or false, …]}

Each run is a process of its own, forked from one that has imported the libraries before: a start costs milliseconds.
"""

import ast
import importlib
import importlib.util
import json
import os
import sys
import traceback
import warnings

warnings.simplefilter("ignore")

import black

WARM = """
authlib.jose bcrypt cryptography.hazmat.primitives.asymmetric.rsa fastapi fastapi.middleware.cors fastapi.security
fastapi.testclient joserfc.jwt joserfc.jwk jose.jwt jwt passlib.context pwdlib pydantic_settings sqlalchemy
sqlalchemy.ext.asyncio sqlalchemy.orm sqlmodel
"""


def main():
    for name in WARM.split():
        importlib.import_module(name)
    for line in sys.stdin:
        question = json.loads(line)
        if "run" in question:
            answer = in_another_process(question)
        elif "parse" in question:
            answer = {"value": [complaint(text) for text in question["parse"]]}
        else:
            answer = {"value": [is_formatted(text) for text in question["black"]]}
        print(json.dumps(answer), flush=True)


def complaint(text):
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def is_formatted(text):
    try:
        return black.format_str(text, mode=black.Mode()) == text
    except Exception:  # what black cannot read is nothing that it could be content with
        return False


def in_another_process(question):
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reader)
        # What the application prints and logs is no answer.
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        with os.fdopen(writer, "w", encoding="utf-8") as out:
            json.dump(run(question), out)
            out.flush()
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as answer:
        text = answer.read()
    os.waitpid(process, 0)
    return json.loads(text) if text else {"error": "the process died", "loaded": False}


def run(question):
    from fastapi.testclient import TestClient

    loaded = False
    try:
        case = module(os.path.join(question["case"], "attack.py"))
        environment = getattr(case, "ENVIRONMENT", {})
        if question["run"] == "attack":
            environment = getattr(case, "ATTACKED_ENVIRONMENT", environment)
        os.environ.update(environment)
        os.chdir(question["app"])
        sys.path.insert(0, question["app"])
        name, _, attribute = getattr(case, "APPLICATION", "main:app").partition(":")
        app = getattr(importlib.import_module(name), attribute)
        with TestClient(app, raise_server_exceptions=False) as client:
            loaded = True
            return {"value": getattr(case, question["run"])(client)}
    except BaseException:
        return {"error": traceback.format_exc(), "loaded": loaded}


def module(path):
    specification = importlib.util.spec_from_file_location("attack", path)
    loaded = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(loaded)
    return loaded


main()
