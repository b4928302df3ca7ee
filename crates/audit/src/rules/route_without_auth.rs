//! Flags routes that read or change data and authenticate nobody.

use facts::Facts;
use facts::exposure::{ExposedRoute, Exposure, OpenApplication, OpenInclude};
use facts::undeclared::Undeclared;
use report::{Confidence, OwaspApi, Phase, Severity};
use text::Span;

use crate::fix::Fix;
use crate::fixes::logins::{self, Open};
use crate::fixes::{calls, style};
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A route that changes rows, reads users or rows that somebody owns, or administers the application, and that
    /// no dependency, router, `include_router`, application, decorator or middleware authenticates. Also a single
    /// open route among guarded ones that read the same data (a warning), one `include_router` without the
    /// dependency that those beside it have, and an application that authenticates nobody at all, which is one
    /// finding however many routes it has.
    ///
    /// Routes that are public by nature are left alone: login, registration, refresh, password reset, OAuth
    /// callbacks, health checks, webhooks, public pages and catalogues. So is every route with a dependency or
    /// middleware that reads a credential or cannot be followed: a guard that does not hold is another rule's
    /// finding. `Depends(get_db)` authenticates nobody.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI
    /// from fastapi.security import OAuth2PasswordBearer
    /// from sqlmodel import Field, Session, SQLModel
    /// from app.database import get_session
    ///
    /// app = FastAPI()
    ///
    /// class Product(SQLModel, table=True):
    ///     id: int = Field(primary_key=True)
    ///     price: int
    ///
    /// def get_current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> str:
    ///     return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    ///
    /// @app.get("/me")
    /// def me(user_id: str = Depends(get_current_user)):
    ///     return user_id
    ///
    /// @app.delete("/products/{product_id}")
    /// def delete_product(product_id: int, session: Session = Depends(get_session)):
    ///     session.delete(session.get(Product, product_id))
    ///     session.commit()
    /// ```
    ///
    /// ## Why it matters
    ///
    /// FastAPI runs what a route, its routers and its application declare, and nothing else. A dependency that is
    /// defined but attached nowhere protects nothing. Routes of mounted applications, and plain Starlette routes,
    /// do not run the dependencies of the application around them.
    ///
    /// ## How it is exploited
    ///
    /// `curl -X DELETE https://api.example.com/products/1`, then 2, 3, 4: no token is asked for. The paths stand in
    /// `/openapi.json`.
    ///
    /// ## Use instead
    ///
    /// Ask for the user in the route, or for all routes of a router with
    /// `APIRouter(dependencies=[Depends(get_current_user)])`.
    ///
    /// ```python,fixed
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI
    /// from fastapi.security import OAuth2PasswordBearer
    /// from sqlmodel import Field, Session, SQLModel
    /// from app.database import get_session
    ///
    /// app = FastAPI()
    ///
    /// class Product(SQLModel, table=True):
    ///     id: int = Field(primary_key=True)
    ///     price: int
    ///
    /// def get_current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> str:
    ///     return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    ///
    /// @app.get("/me")
    /// def me(user_id: str = Depends(get_current_user)):
    ///     return user_id
    ///
    /// @app.delete("/products/{product_id}", dependencies=[Depends(get_current_user)])
    /// def delete_product(product_id: int, session: Session = Depends(get_session)):
    ///     session.delete(session.get(Product, product_id))
    ///     session.commit()
    /// ```
    ///
    /// Rows that somebody owns have to be limited to those of the user as well.
    ///
    /// ```python,ok
    /// from fastapi import FastAPI
    ///
    /// app = FastAPI()
    ///
    /// @app.get("/health")
    /// def health():
    ///     return {"status": "ok"}
    /// ```
    ///
    /// ## References
    ///
    /// - FastAPI, dependencies in path operation decorators: <https://fastapi.tiangolo.com/tutorial/dependencies/dependencies-in-path-operation-decorators/>
    /// - OWASP API2:2023, broken authentication: <https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/>
    /// - CWE-306: <https://cwe.mitre.org/data/definitions/306.html>
    pub(super) static RULE: Rule = Rule {
        name: "route-without-auth",
        summary: "A route that reads or changes data authenticates nobody",
        severity: Severity::Critical,
        phase: Phase::AuthorizationAndUserIsolation,
        cwe: 306,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(7),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    let exposures = facts.exposures();
    for application in &exposures.applications {
        report_application(context, facts, application);
    }
    for include in &exposures.includes {
        report_include(context, facts, include);
    }
    let undeclared = match exposures.routes.is_empty() {
        true => Vec::new(),
        false => facts.undeclared(),
    };
    for route in &exposures.routes {
        if !undeclared.iter().any(|known| asks_in_vain(known, route)) {
            report_route(context, facts, route);
        }
    }
}

/// The handler asks for its caller and does not say so to FastAPI: that is the mistake, and has a rule of its own.
fn asks_in_vain(undeclared: &Undeclared, route: &ExposedRoute) -> bool {
    undeclared.span.file == route.registration.file && undeclared.function == short(&route.handler)
}

fn report_application(context: &mut RuleContext<'_>, facts: &Facts<'_>, application: &OpenApplication) {
    let Some((first, others)) = application.routes.split_first() else {
        return;
    };
    let name = &application.name;
    let message = match others.len() {
        0 => format!(
            "No route of `{name}` authenticates anyone: {} at {}",
            does(first),
            place(first)
        ),
        1 => format!(
            "No route of `{name}` authenticates anyone: {} at {}, and one other route is open",
            does(first),
            place(first)
        ),
        more => format!(
            "No route of `{name}` authenticates anyone: {} at {}, and {more} others are open",
            does(first),
            place(first)
        ),
    };
    // Where nothing belongs to anyone, nothing says either that callers should be known.
    let knows_nobody = application.routes.iter().all(|route| {
        route.lacks_login_alone
            && matches!(
                route.exposure,
                Exposure::DeletesRows | Exposure::ChangesRows | Exposure::CreatesRows
            )
    });
    let (severity, confidence) = match application.is_in_memory || knows_nobody {
        true => (Severity::Warning, Confidence::Medium),
        false => (Severity::Critical, Confidence::High),
    };
    // What would be open among guarded routes then has to be guarded with them.
    let routes: Vec<ExposedRoute> = application.routes.iter().chain(&application.further).cloned().collect();
    let fix = ask(facts, &routes, application.span, &context.options().secret_name);
    let finding = context.report(first.registration, message);
    finding.severity(severity).confidence(confidence).fix(fix);
    finding.related(
        application.span,
        "the application, without a dependency or middleware that authenticates",
    );
    finding.traces(first.evidence.map(|at| (at, format!("{} here", does(first)))));
    for route in others {
        finding.related(route.registration, format!("{} at {}", does(route), place(route)));
    }
}

/// Lets routes ask for their callers, where a login is what they lack.
fn ask(facts: &Facts<'_>, routes: &[ExposedRoute], application: Span, secret_name: &str) -> Option<Fix> {
    let registrations: Vec<Span> = routes.iter().map(|route| route.registration).collect();
    let can_ask = routes
        .iter()
        .all(|route| route.takes_dependencies && route.exposure != Exposure::Administers);
    let open = Open {
        registrations: &registrations,
        application,
        secret_name,
    };
    can_ask.then(|| logins::ask(facts, &open)).flatten()
}

fn report_include(context: &mut RuleContext<'_>, facts: &Facts<'_>, include: &OpenInclude) {
    let Some(first) = include.routes.first() else { return };
    let guard = short(&include.guard);
    let message = format!(
        "This router is included without `{guard}`, which the one beside it has: {} at {}",
        does(first),
        place(first)
    );
    let fix = facts.call_at(include.span).and_then(|call| {
        let marker = facts.snippet(include.marker);
        let is_free = call.argument(None, &["dependencies"]).is_none()
            && include.routes.iter().all(|route| route.lacks_login_alone);
        (is_free && include.marker.file == include.span.file).then(|| {
            let argument = format!("dependencies=[{marker}]");
            Fix::changes_behaviour(format!("Include it with `{marker}`"))
                .with([calls::append_argument(facts, &call, &argument)])
        })
    });
    let severity = severity(first);
    let finding = context.report(include.span, message);
    finding.severity(severity).fix(fix);
    finding.related(include.sibling, format!("included with `{guard}`"));
    for route in &include.routes {
        finding.related(route.registration, format!("{} at {}", does(route), place(route)));
    }
}

fn report_route(context: &mut RuleContext<'_>, facts: &Facts<'_>, route: &ExposedRoute) {
    let message = match route.exposure {
        Exposure::Administers => format!(
            "{}, an administrative route by its path, authenticates nobody",
            place(route)
        ),
        Exposure::Changes => format!("{} authenticates nobody, unlike the routes beside it", place(route)),
        Exposure::ReadsRows => format!(
            "{} authenticates nobody, unlike the routes beside it: {}",
            place(route),
            does(route)
        ),
        _ => format!("{} authenticates nobody: {}", place(route), does(route)),
    };
    let fix = fix(facts, route).or_else(|| {
        let application = route.application.filter(|_| route.lacks_login_alone)?;
        ask(
            facts,
            std::slice::from_ref(route),
            application,
            &context.options().secret_name,
        )
    });
    let confidence = match (route.is_seen, &route.exposure) {
        (true, Exposure::ServesFiles) | (false, _) => Confidence::Medium,
        (true, _) => Confidence::High,
    };
    let severity = severity(route);
    let is_fixed = fix.is_some();
    let finding = context.report(route.registration, message);
    finding.severity(severity).confidence(confidence).fix(fix);
    finding.traces(route.evidence.map(|at| (at, format!("{} here", does(route)))));
    if let Some(sibling) = &route.sibling {
        let guard = short(&sibling.guard);
        finding.related(
            sibling.registration,
            format!("a route beside it is guarded by `{guard}`"),
        );
    } else if !is_fixed && let Some((at, advice)) = logins::advice(facts) {
        finding.related(at, advice);
    }
}

fn severity(route: &ExposedRoute) -> Severity {
    match route.exposure {
        _ if route.is_in_memory => Severity::Warning,
        Exposure::ReadsRows | Exposure::Changes | Exposure::ServesFiles => Severity::Warning,
        _ => Severity::Critical,
    }
}

/// Asks for the guard of the route beside it, where that is written in the same file.
fn fix(facts: &Facts<'_>, route: &ExposedRoute) -> Option<Fix> {
    let Some(marker) = route.sibling.as_ref()?.marker else {
        return one_more_parameter(facts, route);
    };
    let call = facts.call_at(route.registration)?;
    if call.argument(None, &["dependencies"]).is_some() || !route.lacks_login_alone {
        return None;
    }
    let marker = facts.snippet(marker);
    let argument = format!("dependencies=[{marker}]");
    let title = format!("Ask for `{marker}`");
    Some(Fix::changes_behaviour(title).with([calls::append_argument(facts, &call, &argument)]))
}

/// `user: CurrentUser`, as the handler beside it has.
fn one_more_parameter(facts: &Facts<'_>, route: &ExposedRoute) -> Option<Fix> {
    let parameter = facts.snippet(route.sibling.as_ref()?.parameter?);
    let place = route.parameters?;
    let text = facts.text(place.file);
    let start = place.range.start();
    let rest = &text[usize::from(start)..];
    let (name, _) = parameter.split_once(':')?;
    let list = rest.split("):").next()?.split(") ->").next()?;
    let has_name = list
        .split(|character: char| !character.is_alphanumeric() && character != '_')
        .any(|word| word == name);
    // A method's own object comes first; a default would have to come last.
    if has_name || parameter.contains(['=', '\n']) || rest.starts_with("self") || rest.starts_with("cls") {
        return None;
    }
    let indent = style::indent_at(text, start);
    let line = style::line_start(text, start.into());
    let gap = match (rest.starts_with(')'), line + indent.len() == usize::from(start)) {
        (true, _) => String::new(),
        (false, true) => format!(",\n{indent}"),
        (false, false) => ", ".to_owned(),
    };
    let title = format!("Ask for `{parameter}`");
    Some(Fix::changes_behaviour(title).insert(place.file, start, format!("{parameter}{gap}")))
}

fn place(route: &ExposedRoute) -> String {
    format!("`{}` (`{}`)", route.label, short(&route.handler))
}

/// What anyone can do, as the end of a sentence.
fn does(route: &ExposedRoute) -> String {
    let subject = |with: &str, without: &str| match &route.subject {
        Some(subject) => format!("anyone can {with} `{subject}`"),
        None => format!("anyone can {without} rows"),
    };
    match route.exposure {
        Exposure::DeletesRows => subject("delete from", "delete"),
        Exposure::ChangesRows => subject("change", "change"),
        Exposure::CreatesRows => subject("add to", "add"),
        Exposure::ReadsUsers | Exposure::ReadsOwnedRows | Exposure::ReadsRows => subject("read", "read"),
        Exposure::IssuesToken => "a token is issued to anyone".to_owned(),
        Exposure::ServesFiles => "anyone can read files".to_owned(),
        Exposure::Administers | Exposure::Changes => "anyone can call it".to_owned(),
    }
}

/// `check` of `require_role.<locals>.check`.
fn short(name: &str) -> &str {
    name.strip_suffix("()")
        .unwrap_or(name)
        .rsplit('.')
        .next()
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix, report};

    const AUTH: &str = r#"
#- auth.py
import os
import jwt
from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="login")
def get_current_user(token: str = Depends(oauth2_scheme)) -> str:
    try:
        claims = jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    except jwt.PyJWTError:
        raise HTTPException(status_code=401, detail="Could not validate credentials")
    return claims["sub"]
#- db.py
from sqlmodel import Field, Session, SQLModel, create_engine
engine = create_engine("sqlite://")
class User(SQLModel, table=True):
    id: int = Field(primary_key=True)
    email: str
    hashed_password: str
class Task(SQLModel, table=True):
    id: int = Field(primary_key=True)
    title: str
    user_id: int = Field(foreign_key="user.id")
class Product(SQLModel, table=True):
    id: int = Field(primary_key=True)
    name: str
class TaskIn(SQLModel):
    title: str
def get_db():
    with Session(engine) as session:
        yield session
"#;

    /// A project with authentication and models, and this text in `main.py`.
    fn in_project(main: &str) -> String {
        let main = test_utils::trim_indent(main);
        format!("{AUTH}#- main.py\n{HEAD}{main}")
    }

    const HEAD: &str = "from fastapi import APIRouter, Depends, FastAPI, Request, WebSocket\n\
                        from sqlmodel import Session, select\n\
                        from auth import get_current_user\n\
                        from db import Product, Task, TaskIn, User, get_db\n\
                        app = FastAPI()\n";

    const GUARDED: &str = "@app.get(\"/tasks\")\ndef tasks(user=Depends(get_current_user), db: Session = Depends(get_db)):\n    \
                           return db.exec(select(Task).where(Task.user_id == user)).all()\n";

    fn project(main: &str) {
        check(&in_project(&format!("{GUARDED}{}", test_utils::trim_indent(main))));
    }

    #[test]
    fn one_open_route_among_guarded_ones() {
        project(
            r#"
            @app.post("/products")  # finding: route-without-auth (critical, high, fix, changes-behaviour)
            def create_product(name: str, db: Session = Depends(get_db)):
                db.add(Product(name=name))
                db.commit()
            @app.post("/tasks")  # finding: route-without-auth (critical, high, no-fix)
            def create(task: TaskIn, db: Session = Depends(get_db)):
                db.add(Task(title=task.title, user_id=1))
                db.commit()
            @app.post("/tasks/mine")  # ok
            def create_mine(task: TaskIn, user=Depends(get_current_user), db: Session = Depends(get_db)):
                db.add(Task(title=task.title, user_id=user))
                db.commit()
            "#,
        );
    }

    #[test]
    fn reads_and_deletes() {
        project(
            r#"
            @app.get("/users")  # finding: route-without-auth (critical)
            def users(db: Session = Depends(get_db)):
                return db.exec(select(User)).all()
            @app.get("/users/me")  # ok
            def me(user=Depends(get_current_user), db: Session = Depends(get_db)):
                return db.get(User, user)
            @app.delete("/tasks/{task_id}", dependencies=[Depends(get_db)])  # finding: route-without-auth (no-fix)
            def delete(task_id: int, db: Session = Depends(get_db)):
                db.delete(db.get(Task, task_id))
                db.commit()
            @app.delete("/tasks/all/{task_id}", dependencies=[Depends(get_current_user)])  # ok
            def delete_too(task_id: int, db: Session = Depends(get_db)):
                db.delete(db.get(Task, task_id))
                db.commit()
            @app.get("/tasks/{task_id}")  # finding: route-without-auth (critical)
            def read(task_id: int, db: Session = Depends(get_db)):
                return db.get(Task, task_id)
            "#,
        );
    }

    #[test]
    fn public_by_design() {
        project(
            r#"
            from fastapi.security import OAuth2PasswordRequestForm
            from passlib.context import CryptContext
            pwd = CryptContext(schemes=["bcrypt"])
            @app.get("/")  # ok
            def root():
                return {"name": "tasks"}
            @app.get("/health")  # ok
            def health(db: Session = Depends(get_db)):
                return db.exec(select(Product)).first() is not None
            @app.post("/auth/enter")  # ok
            def enter(email: str, password: str, db: Session = Depends(get_db)):
                user = db.exec(select(User).where(User.email == email)).first()
                return pwd.verify(password, user.hashed_password)
            @app.post("/token")  # ok
            def token(form: OAuth2PasswordRequestForm = Depends(), db: Session = Depends(get_db)):
                return db.exec(select(User).where(User.email == form.username)).first().id
            @app.post("/users")  # ok
            def sign_on(email: str, db: Session = Depends(get_db)):
                db.add(User(email=email, hashed_password=pwd.hash("x")))
                db.commit()
            @app.post("/forgot-password")  # ok
            def forgot(email: str, db: Session = Depends(get_db)):
                user = db.exec(select(User).where(User.email == email)).first()
                user.reset = "x"
                db.add(user)
                db.commit()
            @app.get("/products")  # ok
            def products(db: Session = Depends(get_db)):
                return db.exec(select(Product)).all()
            @app.get("/docs/export")  # ok
            def docs():
                return {}
            "#,
        );
    }

    #[test]
    fn public_words_do_not_open_rows() {
        project(
            r#"
            @app.post("/tasks/{task_id}/confirm")  # finding: route-without-auth
            def confirm(task_id: int, db: Session = Depends(get_db)):
                task = db.get(Task, task_id)
                task.title = "done"
                db.add(task)
                db.commit()
            @app.post("/admin/reset")  # finding: route-without-auth
            def reset(db: Session = Depends(get_db)):
                for task in db.exec(select(Task)).all():
                    db.delete(task)
                db.commit()
            @app.post("/confirm/{token}")  # ok
            def confirm_mail(token: str, db: Session = Depends(get_db)):
                user = db.exec(select(User).where(User.email == token)).first()
                db.add(user)
                db.commit()
            "#,
        );
    }

    #[test]
    fn a_login_where_the_project_has_none() {
        check_fix(
            &RULE,
            r#"
            #- api/main.py
            from fastapi import FastAPI
            from api.routes import rooms
            app = FastAPI()
            app.include_router(rooms.router)
            #- api/routes/rooms.py
            from fastapi import APIRouter
            router = APIRouter()
            guests = {}
            @router.put("/rooms/{room}")  # finding: route-without-auth (warning, fix)
            async def book(room: str, guest: str | None = None):
                guests[room] = guest
            #- api/dependencies.py
            import os
            from fastapi import Query
            def page(number: int = Query(1)) -> int:
                return number
            "#,
            r#"
            #- api/main.py
            from fastapi import FastAPI
            from api.routes import rooms
            app = FastAPI()
            app.include_router(rooms.router)
            #- api/routes/rooms.py
            from fastapi import APIRouter, Depends

            from api.dependencies import get_current_user
            router = APIRouter()
            guests = {}
            @router.put("/rooms/{room}", dependencies=[Depends(get_current_user)])
            async def book(room: str, guest: str | None = None):
                guests[room] = guest
            #- api/dependencies.py
            import os
            from typing import Optional
            import jwt
            from fastapi import Query, Depends, HTTPException
            from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

            BETTER_AUTH_SECRET = os.environ["BETTER_AUTH_SECRET"]
            if not BETTER_AUTH_SECRET:
                raise RuntimeError("BETTER_AUTH_SECRET is empty")

            bearer_scheme = HTTPBearer(auto_error=False)


            def get_current_user(
                credentials: Optional[HTTPAuthorizationCredentials] = Depends(bearer_scheme),
            ) -> str:
                unauthorized = HTTPException(
                    status_code=401, headers={"WWW-Authenticate": "Bearer"}
                )
                if credentials is None:
                    raise unauthorized
                try:
                    claims = jwt.decode(
                        credentials.credentials,
                        BETTER_AUTH_SECRET,
                        algorithms=["HS256"],
                        options={"require": ["exp", "sub"]},
                    )
                except jwt.PyJWTError:
                    raise unauthorized from None
                return claims["sub"]


            def page(number: int = Query(1)) -> int:
                return number
            "#,
        );
    }

    #[test]
    fn an_application_that_authenticates_nobody() {
        check(
            r#"
            #- models.py
            from sqlalchemy import Column, ForeignKey, Integer, String
            from sqlalchemy.orm import declarative_base
            Base = declarative_base()
            class Todo(Base):
                __tablename__ = "todos"
                id = Column(Integer, primary_key=True)
                title = Column(String)
            #- main.py
            from fastapi import Depends, FastAPI
            from sqlalchemy.orm import Session
            from database import get_db
            from models import Todo
            app = FastAPI()
            @app.get("/todos")
            def todos(db: Session = Depends(get_db)):
                return db.query(Todo).all()
            @app.post("/todos")  # finding: route-without-auth (warning, medium, fix)
            def create(title: str, db: Session = Depends(get_db)):
                db.add(Todo(title=title))
                db.commit()
            @app.delete("/todos/{todo_id}")
            def delete(todo_id: int, db: Session = Depends(get_db)):
                db.delete(db.get(Todo, todo_id))
                db.commit()
            "#,
        );
        let report = report(
            "from fastapi import FastAPI\napp = FastAPI()\nitems = {}\n@app.put('/items/{key}')\ndef put(key: str, value: str):\n    items[key] = value\n",
        );
        let messages: Vec<&str> = report.findings.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(
            messages,
            ["No route of `main.py:app` authenticates anyone: anyone can change `items` at `PUT /items/{key}` (`put`)"]
        );
    }

    #[test]
    fn nothing_to_protect() {
        check(
            r#"
            import joblib
            from fastapi import FastAPI
            from pydantic import BaseModel
            app = FastAPI()
            model = joblib.load("model.bin")
            class Features(BaseModel):
                values: list[float]
            @app.get("/")  # ok
            def hello():
                return {"hello": "world"}
            @app.post("/predict")  # ok
            def predict(features: Features):
                return {"label": model.predict([features.values])[0]}
            @app.get("/items/{item_id}")  # ok
            def item(item_id: int, q: str | None = None):
                return {"item_id": item_id, "q": q}
            "#,
        );
    }

    #[test]
    fn routers_and_includes() {
        project(
            r#"
            notes = APIRouter(prefix="/notes")
            @notes.delete("/{task_id}")  # ok
            def remove(task_id: int, db: Session = Depends(get_db)):
                db.delete(db.get(Task, task_id))
            shut = APIRouter(prefix="/shut", dependencies=[Depends(get_current_user)])
            @shut.delete("/{task_id}")  # ok
            def remove_shut(task_id: int, db: Session = Depends(get_db)):
                db.delete(db.get(Task, task_id))
            bare = APIRouter(prefix="/bare")
            @bare.delete("/{task_id}")  # ok
            def remove_bare(task_id: int, db: Session = Depends(get_db)):
                db.delete(db.get(Task, task_id))
            app.include_router(notes, dependencies=[Depends(get_current_user)])  # ok
            app.include_router(shut)  # ok
            app.include_router(bare)  # finding: route-without-auth (critical, high, no-fix)
            "#,
        );
    }

    #[test]
    fn an_include_gets_what_those_beside_it_have() {
        let code = |arguments: &str| {
            in_project(&format!(
                "{GUARDED}a = APIRouter()\nb = APIRouter()\n@a.delete(\"/a/{{i}}\")\ndef da(i: int, db: Session = Depends(get_db)):\n    \
                 db.delete(db.get(Product, i))\n@b.delete(\"/b/{{i}}\")\ndef db_(i: int, db: Session = Depends(get_db)):\n    \
                 db.delete(db.get(Product, i))\napp.include_router(a, dependencies=[Depends(get_current_user)])\napp.include_router({arguments}\n"
            ))
        };
        check_fix(
            &RULE,
            &code("b)  # finding: route-without-auth"),
            &code("b, dependencies=[Depends(get_current_user)])  # ok"),
        );
    }

    #[test]
    fn guards_in_lists_that_are_not_followed() {
        check(
            r#"
            from company.guards import standard
            from fastapi import APIRouter, Depends, FastAPI
            from sqlalchemy.orm import Session
            from models import Order
            app = FastAPI()
            def get_db() -> Session: ...
            def routes(router: APIRouter, guards: list, more):
                @router.delete("/orders/{order_id}", dependencies=guards)  # ok
                def delete(order_id: int, db: Session = Depends(get_db)):
                    db.query(Order).filter(Order.id == order_id).delete()
                @router.delete("/all/{order_id}", dependencies=[more.guard])  # ok
                def delete_all(order_id: int, db: Session = Depends(get_db)):
                    db.query(Order).filter(Order.id == order_id).delete()
            router = APIRouter()
            routes(router, standard(), standard)
            app.include_router(router)
            @app.delete("/drafts/{order_id}", dependencies=[*standard()])  # ok
            def drafts(order_id: int, db: Session = Depends(get_db)):
                db.query(Order).filter(Order.id == order_id).delete()
            @app.delete("/open/{order_id}", dependencies=[])  # finding: route-without-auth
            def open_to_all(order_id: int, db: Session = Depends(get_db)):
                db.query(Order).filter(Order.id == order_id).delete()
            "#,
        );
    }

    #[test]
    fn guards_of_unknown_strength() {
        check(
            r#"
            from company.auth import current_user, AuthMiddleware
            from company.db import get_db
            from fastapi import Depends, FastAPI, Header, Request
            from sqlalchemy.orm import Session
            from models import Order
            app = FastAPI()
            @app.delete("/orders/{order_id}")  # ok
            def delete(order_id: int, user=Depends(current_user), db: Session = Depends(get_db)):
                db.query(Order).filter(Order.id == order_id).delete()
            @app.put("/orders/{order_id}")  # ok
            def change(order_id: int, request: Request, db: Session = Depends(get_db)):
                user = request.state.user
                db.query(Order).filter(Order.id == order_id).update({"by": user.id})
            @app.patch("/orders/{order_id}")  # finding: route-without-auth
            def patch(order_id: int, db: Session = Depends(get_db)):
                db.query(Order).filter(Order.id == order_id).delete()
            "#,
        );
    }

    #[test]
    fn other_applications_of_the_project() {
        check(&format!(
            "{AUTH}#- main.py\n{HEAD}{GUARDED}#- tools.py\nfrom fastapi import Depends, FastAPI\nfrom db import Task, get_db\n\
             api = FastAPI()\n@api.delete(\"/x/{{i}}\")  # finding: route-without-auth\ndef x(i: int, db=Depends(get_db)):\n    db.delete(db.get(Task, i))\n"
        ));
    }

    #[test]
    fn mounted_and_plain() {
        project(
            r#"
            shut = FastAPI(dependencies=[Depends(get_current_user)])
            inner = FastAPI()
            @inner.delete("/tasks/{task_id}")  # finding: route-without-auth
            def remove(task_id: int, db: Session = Depends(get_db)):
                db.delete(db.get(Task, task_id))
            @shut.delete("/tasks/{task_id}")  # ok
            def remove_shut(task_id: int, db: Session = Depends(get_db)):
                db.delete(db.get(Task, task_id))
            app.mount("/shut", shut)
            shut.mount("/inner", inner)
            "#,
        );
    }

    #[test]
    fn middleware_with_paths() {
        check(
            &(in_project(
                r#"
                from fastapi.responses import JSONResponse
                import jwt, os
                OPEN = ["/login", "/tasks/import"]
                @app.middleware("http")
                async def authenticate(request: Request, call_next):
                    if request.url.path in OPEN:
                        return await call_next(request)
                    try:
                        token = request.headers["Authorization"].removeprefix("Bearer ")
                        request.state.user = jwt.decode(token, os.environ["KEY"], algorithms=["HS256"])["sub"]
                    except Exception:
                        return JSONResponse({"detail": "Unauthorized"}, status_code=401)
                    return await call_next(request)
                @app.delete("/tasks/{task_id}")  # ok
                def remove(task_id: int, db: Session = Depends(get_db)):
                    db.delete(db.get(Task, task_id))
                @app.post("/tasks/import")  # finding: route-without-auth
                def bring(rows: list[TaskIn], db: Session = Depends(get_db)):
                    for row in rows:
                        db.add(Task(title=row.title))
                "#,
            )),
        );
    }

    #[test]
    fn tokens_for_anyone() {
        project(
            r#"
            import jwt, os, datetime
            @app.get("/debug/token")  # finding: route-without-auth (critical)
            def debug_token():
                return jwt.encode({"sub": "1", "exp": datetime.datetime.max}, os.environ["KEY"], "HS256")
            @app.post("/exchange")  # ok
            def exchange(code: str):
                return jwt.encode({"sub": code, "exp": datetime.datetime.max}, os.environ["KEY"], "HS256")
            "#,
        );
    }

    #[test]
    fn documents_and_development() {
        check(
            r#"
            #- main.py
            import os
            import jwt
            from fastapi import Depends, FastAPI, HTTPException
            from fastapi.security import HTTPBearer
            from motor.motor_asyncio import AsyncIOMotorClient
            app = FastAPI()
            db = AsyncIOMotorClient(os.environ["MONGO"])["shop"]
            def user(creds=Depends(HTTPBearer())):
                return jwt.decode(creds.credentials, os.environ["KEY"], algorithms=["HS256"])["sub"]
            @app.get("/orders")  # ok
            async def orders(uid=Depends(user)):
                return await db["orders"].find({"user_id": uid}).to_list(100)
            @app.get("/orders/{order_id}")  # finding: route-without-auth
            async def order(order_id: str):
                return await db["orders"].find_one({"_id": order_id})
            @app.post("/contact")  # ok
            async def contact(text: str):
                await db["contact_messages"].insert_one({"text": text})
            if os.environ.get("ENV") == "development":
                @app.delete("/orders")  # ok
                async def wipe():
                    await db["orders"].delete_many({})
            "#,
        );
    }

    #[test]
    fn asked_for_as_beside_it() {
        let deps = r#"
            #- deps.py
            from typing import Annotated
            from fastapi import Depends
            from auth import get_current_user
            CurrentUser = Annotated[str, Depends(get_current_user)]
            #- main.py
            from fastapi import FastAPI
            from sqlmodel import Session
            from db import Product, engine
            from deps import CurrentUser

            app = FastAPI()

            @app.post("/products")
            def create(name: str, user: CurrentUser):
                with Session(engine) as session:
                    session.add(Product(name=name))
                    session.commit()

            @app.delete("/products/{id}")
"#;
        let delete = r#"
                with Session(engine) as session:
                    session.delete(session.get(Product, id))
                    session.commit()
"#;
        let project = |head: &str, announced: &str| {
            let deps = deps.replace(r#"/products/{id}")"#, &format!(r#"/products/{{id}}"){announced}"#));
            let text = format!("{deps}            {head}{delete}");
            let lines: Vec<&str> = text
                .lines()
                .map(|line| line.strip_prefix("            ").unwrap_or(line))
                .collect();
            format!("{AUTH}{}\n", lines.join("\n"))
        };
        let announced = "  # finding: route-without-auth";
        check_fix(
            &RULE,
            &project("def delete(id: int):", announced),
            &project("def delete(user: CurrentUser, id: int):", ""),
        );
    }

    /// `ArticleDocument` holds articles, `InvoiceDocument` invoices.
    #[test]
    fn kinds_of_classes_say_nothing_of_their_rows() {
        check(
            r#"
            import os
            import jwt
            from beanie import Document
            from fastapi import Depends, FastAPI
            from fastapi.security import OAuth2PasswordBearer
            app = FastAPI()
            class ArticleDocument(Document):
                title: str
            class InvoiceDocument(Document):
                title: str
                customer: str
            def me(token: str = Depends(OAuth2PasswordBearer(tokenUrl="token"))) -> str:
                return jwt.decode(token, os.environ["KEY"], algorithms=["HS256"])["sub"]
            @app.get("/articles")
            async def articles():  # ok
                return await ArticleDocument.find_all().to_list()
            @app.get("/invoices")  # finding: route-without-auth
            async def invoices():
                return await InvoiceDocument.find_all().to_list()
            @app.post("/articles")
            async def write(title: str, uid: str = Depends(me)):
                return await ArticleDocument(title=title).insert()
            @app.post("/invoices")
            async def bill(title: str, uid: str = Depends(me)):
                return await InvoiceDocument(title=title, customer=uid).insert()
            @app.get("/system/maintenance-status")
            async def status():  # ok
                return {"on": False}
            "#,
        );
    }

    #[test]
    fn unlike_the_routes_beside_them() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Depends, FastAPI, WebSocket
            from fastapi.security import OAuth2PasswordBearer
            app = FastAPI()
            rooms = {}
            def me(token: str = Depends(OAuth2PasswordBearer(tokenUrl="token"))) -> str:
                return jwt.decode(token, os.environ["KEY"], algorithms=["HS256"])["sub"]
            @app.put("/valves/{valve_id}")
            def turn(valve_id: int, uid: str = Depends(me)):  # ok
                return {"turned": valve_id}
            @app.delete("/valves/{valve_id}")  # finding: route-without-auth (warning, medium)
            def shut(valve_id: int):
                return {"shut": valve_id}
            @app.get("/valves/{valve_id}")
            def show(valve_id: int):  # ok
                return {"valve": valve_id}
            @app.websocket("/rooms/{room}")  # finding: route-without-auth (warning, medium)
            async def chat(socket: WebSocket, room: str):
                await socket.accept()
                rooms.setdefault(room, []).append(socket)
                while True:
                    text = await socket.receive_text()
                    for other in rooms[room]:
                        await other.send_text(text)
            @app.websocket("/clock")
            async def clock(socket: WebSocket):  # ok
                await socket.accept()
                await socket.send_text("12:00")
            "#,
        );
    }

    /// Who asks for the caller in vain has made another mistake.
    #[test]
    fn callers_that_are_not_declared() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Depends, FastAPI
            from fastapi.security import OAuth2PasswordBearer
            from sqlmodel import Field, Session, SQLModel, select
            app = FastAPI()
            class Task(SQLModel, table=True):
                id: int = Field(primary_key=True)
                user_id: str
            def get_current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="token"))) -> str:
                return jwt.decode(token, os.environ["KEY"], algorithms=["HS256"])["sub"]
            @app.get("/mine")
            def mine(user: str = Depends(get_current_user), db: Session = Depends(Session)):  # ok
                return db.exec(select(Task).where(Task.user_id == user)).all()
            @app.get("/undeclared")  # ok
            def undeclared(user: str = get_current_user, db: Session = Depends(Session)):  # finding: dependency-not-declared
                return db.exec(select(Task).where(Task.user_id == user)).all()
            @app.get("/open")  # finding: route-without-auth
            def open(db: Session = Depends(Session)):
                return db.exec(select(Task)).all()
            "#,
        );
    }
}
