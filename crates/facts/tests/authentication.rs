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
            None => match &known.attempt {
                Some(attempt) => format!("perhaps {}", attempt.name),
                None => "open".to_owned(),
            },
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
    a_scheme_alone_is_none: "@app.get('/a')\ndef a(t=Depends(bearer)):\n    return 1" => "GET /a: perhaps fastapi.security.HTTPBearer";
    a_session_is_none: "def db():\n    yield 1\n@app.get('/a')\ndef a(s=Depends(db)):\n    return 1" => "GET /a: open";
    a_parameter: "@app.get('/a')\ndef a(user=Depends(current_user)):\n    return 1" => "GET /a: dependency current_user, claim sub";
    the_decorator: "@app.get('/a', dependencies=[Depends(current_user)])\ndef a():\n    return 1" => "GET /a: dependency current_user, claim sub";
    a_chain: "def active(user=Depends(current_user)):\n    return user\n@app.get('/a')\ndef a(user=Depends(active)):\n    return 1" => "GET /a: dependency active, claim sub";
    an_alias: "from typing import Annotated\nUser = Annotated[str, Depends(current_user)]\n@app.get('/a')\ndef a(user: User):\n    return 1" => "GET /a: dependency current_user, claim sub";
    the_handler_itself: "@app.get('/a')\ndef a(request: Request):\n    return claims_of(request.headers['Authorization'])['sub']" => "GET /a: handler a";
    not_verified: "def peek(credentials=Depends(bearer)):\n    return jwt.decode(credentials.credentials, options={'verify_signature': False})['sub']\n@app.get('/a')\ndef a(user=Depends(peek)):\n    return 1" => "GET /a: perhaps peek";
    a_middleware: "@app.middleware('http')\nasync def check(request, call_next):\n    claims_of(request.headers['Authorization'])\n    return await call_next(request)\n@app.get('/a')\ndef a():\n    return 1" => "GET /a: middleware check";
    a_callable_object: "class Role:\n    def __init__(self, name):\n        self.name = name\n    def __call__(self, user=Depends(current_user)):\n        return user\n@app.get('/a')\ndef a(user=Depends(Role('x'))):\n    return 1" => "GET /a: dependency Role, claim sub";
    a_user_loaded_by_the_claim: "def me(uid=Depends(current_user), db=Depends(object)):\n    return db.get(User, uid)\n@app.get('/a')\ndef a(user=Depends(me)):\n    return 1" => "GET /a: dependency me, claim sub";
    an_api_key: "from fastapi import Header\nimport secrets\ndef key(x_api_key: str = Header()):\n    if not secrets.compare_digest(x_api_key, KEY):\n        raise HTTPException(403)\n@app.get('/a', dependencies=[Depends(key)])\ndef a():\n    return 1" => "GET /a: dependency key";
    a_key_that_is_only_there: "from fastapi import Header\ndef key(x_api_key: str = Header()):\n    if not x_api_key:\n        raise HTTPException(403)\n@app.get('/a', dependencies=[Depends(key)])\ndef a():\n    return 1" => "GET /a: perhaps key";
    basic: "from fastapi.security import HTTPBasic\nbasic = HTTPBasic()\ndef admin(c=Depends(basic)):\n    if c.username != 'admin' or c.password != KEY:\n        raise HTTPException(401)\n@app.get('/a')\ndef a(u=Depends(admin)):\n    return 1" => "GET /a: dependency admin";
    another_server: "import httpx\nasync def me(request: Request):\n    async with httpx.AsyncClient() as client:\n        answer = await client.get('https://x/me', headers={'Authorization': request.headers['Authorization']})\n    if answer.status_code != 200:\n        raise HTTPException(401)\n    return answer.json()\n@app.get('/a')\nasync def a(u=Depends(me)):\n    return 1" => "GET /a: dependency me, another server";
    a_session_table: "from sqlmodel import SQLModel, Session, select\nclass S(SQLModel, table=True):\n    token: str\n    user_id: str\ndef me(request: Request, db: Session = Depends(object)):\n    row = db.exec(select(S).where(S.token == request.cookies.get('session_token'))).first()\n    if not row:\n        raise HTTPException(401)\n    return row.user_id\n@app.get('/a')\ndef a(u=Depends(me)):\n    return 1" => "GET /a: dependency me, a stored session";
    a_table_of_tokens: "TOKENS = {'x': 'ann'}\ndef me(t=Depends(OAuth2PasswordBearer(tokenUrl='t'))):\n    user = TOKENS.get(t)\n    if not user:\n        raise HTTPException(401)\n    return user\n@app.get('/a')\ndef a(u=Depends(me)):\n    return 1" => "GET /a: dependency me";
    a_webhook: "import hmac, hashlib\n@app.post('/a')\nasync def a(request: Request):\n    body = await request.body()\n    wanted = hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()\n    if not hmac.compare_digest(wanted, request.headers['X-Signature']):\n        raise HTTPException(400)" => "POST /a: handler a";
    a_decorator: "from functools import wraps\ndef auth_required(f):\n    @wraps(f)\n    async def inner(*args, **kwargs):\n        claims_of(kwargs['request'].headers['Authorization'])\n        return await f(*args, **kwargs)\n    return inner\n@app.get('/a')\n@auth_required\nasync def a(request: Request):\n    return 1" => "GET /a: handler auth_required";
    a_decorator_from_elsewhere: "from company import login_required\n@app.get('/a')\n@login_required\nasync def a(request: Request):\n    return 1" => "GET /a: perhaps a";
    a_decorator_for_other_things: "from company import cached\n@app.get('/a')\n@cached\nasync def a():\n    return 1" => "GET /a: open";
    from_elsewhere: "from company.auth import get_current_user\n@app.get('/a')\ndef a(u=Depends(get_current_user)):\n    return 1" => "GET /a: perhaps company.auth.get_current_user";
    a_database_from_elsewhere: "from company.db import get_db, get_session\n@app.get('/a')\ndef a(d=Depends(get_db), s=Depends(get_session)):\n    return 1" => "GET /a: open";
    starlette: "from starlette.authentication import requires\n@app.get('/a')\n@requires('authenticated')\nasync def a(request: Request):\n    return 1" => "GET /a: handler starlette.authentication.requires";
    the_user_of_the_request: "@app.get('/a')\nasync def a(request: Request):\n    if not request.user.is_authenticated:\n        raise HTTPException(401)" => "GET /a: perhaps a";
    fastapi_jwt_auth: "from fastapi_jwt_auth import AuthJWT\n@app.get('/a')\ndef a(Authorize: AuthJWT = Depends()):\n    Authorize.jwt_required()\n@app.get('/b')\ndef b(Authorize: AuthJWT = Depends()):\n    return 1" => "GET /a: handler a\nGET /b: open";
    fastapi_users: "from fastapi_users import FastAPIUsers\nusers = FastAPIUsers(m, [b])\nactive = users.current_user(active=True)\n@app.get('/a')\ndef a(user=Depends(active)):\n    return 1" => "GET /a: dependency fastapi_users.FastAPIUsers().current_user, fastapi-users";
}

const PATHS: &str = "
PUBLIC = {'/login', '/docs'}
PREFIXES = ('/public', '/static')
@app.get('/login')
def login(): ...
@app.get('/public/x')
def x(): ...
@app.get('/items/{id}')
def item(): ...
";

/// The same three routes behind middleware that tests the path.
#[test]
fn paths_that_middleware_lets_through() {
    let expected = "GET /login: open\nGET /public/x: open\nGET /items/{id}: middleware check";
    let body = "    try:\n        claims_of(request.headers['Authorization'])\n    except jwt.PyJWTError:\n        \
                return JSONResponse({}, status_code=401)\n    return await call_next(request)\n";
    let tests = [
        "if request.url.path in PUBLIC or request.url.path.startswith(PREFIXES):",
        "path = request.url.path\n    if path in PUBLIC or any(path.startswith(p) for p in PREFIXES):",
        "path = request.url.path.rstrip('/')\n    if path == '/login' or path.startswith('/public'):",
        "if not request.url.path.startswith('/items'):",
        "if is_public(request.url.path):",
        "open = request.url.path in PUBLIC or request.scope['path'].startswith('/public')\n    if open:",
        "if request.method == 'GET' and not request.url.path.startswith('/items/'):",
    ];
    let helper = "def is_public(path):\n    for prefix in PREFIXES:\n        if path.startswith(prefix):\n            \
                  return True\n    return path in PUBLIC\n";
    for test in tests {
        let code = format!(
            "{HEAD}{PATHS}{helper}@app.middleware('http')\nasync def check(request, call_next):\n    {test}\n        \
             return await call_next(request)\n{body}"
        );
        assert_eq!(routes(&code), expected, "{test}");
    }
}

#[test]
fn middleware_classes() {
    let class = "from starlette.middleware.base import BaseHTTPMiddleware\nclass Auth(BaseHTTPMiddleware):\n    \
                 async def dispatch(self, request, call_next):\n        if request.url.path == '/login':\n            \
                 return await call_next(request)\n        user = self.user(request)\n        if user is None:\n            \
                 return JSONResponse({}, 401)\n        return await call_next(request)\n    def user(self, request):\n        \
                 return claims_of(request.headers.get('Authorization'))\n";
    let guarded = "GET /login: open\nGET /public/x: middleware Auth\nGET /items/{id}: middleware Auth";
    let open = "GET /login: open\nGET /public/x: open\nGET /items/{id}: open";
    let code = |added: &str| format!("{HEAD}{PATHS}{class}{added}\n");
    assert_eq!(routes(&code("app.add_middleware(Auth)")), guarded);
    assert_eq!(routes(&code("")), open);
    assert_eq!(routes(&code("other = FastAPI()\nother.add_middleware(Auth)")), open);
    let asgi = "class Auth:\n    def __init__(self, app):\n        self.app = app\n    async def __call__(self, scope, receive, send):\n        \
                if scope['type'] != 'http' or scope['path'] == '/login':\n            return await self.app(scope, receive, send)\n        \
                if not claims_of(dict(scope['headers']).get(b'authorization')):\n            \
                return await JSONResponse({}, status_code=401)(scope, receive, send)\n        await self.app(scope, receive, send)\n";
    let code = format!("{HEAD}{PATHS}{asgi}app.add_middleware(Auth)\n");
    assert_eq!(routes(&code), guarded);
    let silent = "from company import AuthMiddleware, TimingMiddleware\n";
    let code = format!("{HEAD}{PATHS}{silent}app.add_middleware(TimingMiddleware)\n");
    assert_eq!(routes(&code), open);
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
