//! What guards the routes of a project, and whom it takes the caller for.

use facts::Facts;
use facts::authentication::GuardKind;
use facts::flow::OriginKind;
use semantic::Project;

/// One line for each route: `GET /path: guard, identity`.
fn routes(files: &str) -> String {
    let mut project = Project::new();
    let mut path = "main.py".to_owned();
    let mut text = String::new();
    for line in files.lines() {
        if let Some(next) = line.strip_prefix("#- ") {
            project.set_file(&path, std::mem::take(&mut text));
            path = next.to_owned();
        } else {
            text.push_str(line);
            text.push('\n');
        }
    }
    project.set_file(&path, text);
    let facts = Facts::new(&project);
    let known = &facts.authentication().routes;
    let lines = facts.applications().routes.iter().zip(known).map(|(route, known)| {
        let operation = &route.operation;
        let guard = match &known.guard {
            Some(guard) => {
                let kind = match guard.kind {
                    GuardKind::Dependency => "dependency",
                    GuardKind::Middleware => "middleware",
                    GuardKind::Handler => "handler",
                };
                format!("{kind} {}", guard.name)
            }
            None => "open".to_owned(),
        };
        let identity = match known.identity.as_ref().map(|identity| &identity.origin.kind) {
            Some(OriginKind::Claim { name, .. }) => format!(", claim {}", name.as_deref().unwrap_or("?")),
            Some(OriginKind::Identity { by }) => format!(", {by}"),
            _ => String::new(),
        };
        format!(
            "{} {}: {guard}{identity}",
            operation.methods.join(","),
            operation.path.text
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

const HEAD: &str = "
import os
import jwt
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.security import HTTPBearer, OAuth2PasswordBearer
app = FastAPI()
bearer = HTTPBearer()
KEY = os.environ['BETTER_AUTH_SECRET']
def claims_of(token):
    return jwt.decode(token, KEY, algorithms=['HS256'])
def current_user(credentials=Depends(bearer)):
    try:
        claims = claims_of(credentials.credentials)
    except jwt.PyJWTError:
        raise HTTPException(401)
    return claims['sub']
";

macro_rules! guards {
    ($($name:ident: $code:expr => $expected:expr;)*) => {
        $(#[test] fn $name() { assert_eq!(routes(&format!("{HEAD}{}", $code)), $expected); })*
    };
}

guards! {
    none: "@app.get('/a')\ndef a():\n    return 1" => "GET /a: open";
    a_scheme_alone_is_none: "@app.get('/a')\ndef a(t=Depends(bearer)):\n    return 1" => "GET /a: open";
    a_session_is_none: "def db():\n    yield 1\n@app.get('/a')\ndef a(s=Depends(db)):\n    return 1" => "GET /a: open";
    a_parameter: "@app.get('/a')\ndef a(user=Depends(current_user)):\n    return 1" => "GET /a: dependency current_user, claim sub";
    the_decorator: "@app.get('/a', dependencies=[Depends(current_user)])\ndef a():\n    return 1" => "GET /a: dependency current_user, claim sub";
    a_chain: "def active(user=Depends(current_user)):\n    return user\n@app.get('/a')\ndef a(user=Depends(active)):\n    return 1" => "GET /a: dependency active, claim sub";
    an_alias: "from typing import Annotated\nUser = Annotated[str, Depends(current_user)]\n@app.get('/a')\ndef a(user: User):\n    return 1" => "GET /a: dependency current_user, claim sub";
    the_handler_itself: "@app.get('/a')\ndef a(request: Request):\n    return claims_of(request.headers['Authorization'])['sub']" => "GET /a: handler a";
    not_verified: "def peek(credentials=Depends(bearer)):\n    return jwt.decode(credentials.credentials, options={'verify_signature': False})['sub']\n@app.get('/a')\ndef a(user=Depends(peek)):\n    return 1" => "GET /a: open";
    a_middleware: "@app.middleware('http')\nasync def check(request, call_next):\n    claims_of(request.headers['Authorization'])\n    return await call_next(request)\n@app.get('/a')\ndef a():\n    return 1" => "GET /a: middleware check";
    a_callable_object: "class Role:\n    def __init__(self, name):\n        self.name = name\n    def __call__(self, user=Depends(current_user)):\n        return user\n@app.get('/a')\ndef a(user=Depends(Role('x'))):\n    return 1" => "GET /a: dependency Role, claim sub";
    a_user_loaded_by_the_claim: "def me(uid=Depends(current_user), db=Depends(object)):\n    return db.get(User, uid)\n@app.get('/a')\ndef a(user=Depends(me)):\n    return 1" => "GET /a: dependency me, claim sub";
    fastapi_users: "from fastapi_users import FastAPIUsers\nusers = FastAPIUsers(m, [b])\nactive = users.current_user(active=True)\n@app.get('/a')\ndef a(user=Depends(active)):\n    return 1" => "GET /a: dependency fastapi_users.FastAPIUsers().current_user, fastapi-users";
}

#[test]
fn each_router_by_itself() {
    let files = format!(
        "#- auth.py\n{HEAD}\n#- main.py\nfrom fastapi import APIRouter, Depends, FastAPI\nfrom auth import current_user\n\
         open = APIRouter()\nshut = APIRouter(dependencies=[Depends(current_user)])\n\
         @open.get('/a')\ndef a(): ...\n@shut.get('/b')\ndef b(): ...\n\
         main = FastAPI()\nmain.include_router(open, prefix='/x')\nmain.include_router(shut)\n"
    );
    assert_eq!(
        routes(&files),
        "GET /x/a: open\nGET /b: dependency current_user, claim sub"
    );
}
