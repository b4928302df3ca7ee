//! Flags users and sessions that one request leaves behind for another.

use facts::shared_state::{SharedKind, SharedState};
use report::{OwaspApi, Phase, Severity};

use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// The current user, or its token, kept where all requests see it: a module's global, `app.state`, an attribute
    /// of an object or class of a module, an entry of a dictionary under a constant key, a cached dependency. Also,
    /// as a warning, a database session that is made at import and used by routes.
    ///
    /// `request.state`, a `ContextVar`, and a dictionary with an entry for each user are left alone.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI
    /// from fastapi.security import OAuth2PasswordBearer
    ///
    /// app = FastAPI()
    ///
    /// def get_current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> str:
    ///     user = jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    ///     app.state.user = user
    ///     return user
    ///
    /// @app.get("/me")
    /// def me(user: str = Depends(get_current_user)):
    ///     return app.state.user
    /// ```
    ///
    /// ```python,ok
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI, Request
    /// from fastapi.security import OAuth2PasswordBearer
    ///
    /// app = FastAPI()
    ///
    /// def get_current_user(request: Request, token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> str:
    ///     user = jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    ///     request.state.user = user
    ///     return user
    ///
    /// @app.get("/me")
    /// def me(user: str = Depends(get_current_user)):
    ///     return user
    /// ```
    ///
    /// ## Why it matters
    ///
    /// FastAPI serves many requests at once, in threads and between the awaits of one. What one of them writes into a
    /// shared place the next one overwrites before the first has read it.
    ///
    /// ## How it is exploited
    ///
    /// Two users call at the same time. The second one's login replaces the first one's, and the first request
    /// goes on as the second user. Calling in a loop makes it a matter of seconds.
    ///
    /// ## Use instead
    ///
    /// Pass the user as what the dependency returns, or keep it in `request.state`. Make a database session for each
    /// request, in a dependency with `yield`.
    ///
    /// ## References
    ///
    /// - SQLAlchemy, is the session thread-safe: <https://docs.sqlalchemy.org/en/20/orm/session_basics.html#is-the-session-thread-safe-is-asyncsession-safe-to-share-in-concurrent-tasks>
    /// - CWE-488: <https://cwe.mitre.org/data/definitions/488.html>
    pub(super) static RULE: Rule = Rule {
        name: "cross-request-user-state",
        summary: "The user or database session of one request is kept where others see it",
        severity: Severity::Critical,
        phase: Phase::AuthorizationAndUserIsolation,
        cwe: 488,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(9),
        fixable: false,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for state in facts.shared_state() {
        report(context, state);
    }
}

fn report(context: &mut RuleContext<'_>, state: &SharedState) {
    let name = &state.name;
    let (message, severity) = match state.kind {
        SharedKind::Global => (
            format!("The user of a request is kept in the global `{name}`, where all requests see it"),
            Severity::Critical,
        ),
        SharedKind::Application | SharedKind::Object => (
            format!("The user of a request is kept in `{name}`, which all requests share"),
            Severity::Critical,
        ),
        SharedKind::Cached => (
            format!("`{name}` keeps the first user it gives, for all requests"),
            Severity::Critical,
        ),
        SharedKind::DatabaseSession => (
            format!("The database session `{name}` is made at import, and all requests share it"),
            Severity::Warning,
        ),
    };
    let finding = context.report(state.span, message);
    finding.severity(severity);
    if let Some(made) = state.made {
        finding.related(made, "made here, once for all requests");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const HEAD: &str = r#"
import os
import jwt
from contextvars import ContextVar
from functools import lru_cache
from fastapi import Depends, FastAPI, Request
from fastapi.security import OAuth2PasswordBearer
app = FastAPI()
def claims(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> dict:
    return jwt.decode(token, os.environ["KEY"], algorithms=["HS256"])
"#;

    fn project(main: &str) {
        check(&format!("{HEAD}{}", test_utils::trim_indent(main)));
    }

    #[test]
    fn globals() {
        project(
            r#"
            current_user = None
            requests = 0
            def user(data: dict = Depends(claims)):
                global current_user, requests
                current_user = data["sub"]  # finding: cross-request-user-state (critical, high), jwt-subject-not-checked
                requests = 7  # ok
                return current_user
            @app.get("/a")
            def a(u=Depends(user)):
                return current_user
            "#,
        );
        project(
            r#"
            def user(data: dict = Depends(claims)):
                current_user = data["sub"]  # finding: jwt-subject-not-checked
                return current_user
            @app.get("/a")
            def a(u=Depends(user)):
                return u
            "#,
        );
    }

    #[test]
    fn states() {
        project(
            r#"
            @app.get("/a")
            def a(request: Request, user=Depends(claims)):
                request.app.state.user = user  # finding: cross-request-user-state
                request.state.user = user  # ok
            @app.get("/b")
            def b(request: Request, user=Depends(claims)):
                app.state.last_call = "b"  # ok
            @app.middleware("http")
            async def keep(request: Request, call_next):
                app.state.token = request.headers["Authorization"]  # finding: cross-request-user-state
                return await call_next(request)
            "#,
        );
    }

    #[test]
    fn objects() {
        project(
            r#"
            class Session:
                user_id = None
            session = Session()
            cache = {}
            holder = {}
            variable = ContextVar("user")
            @app.get("/a")
            def a(user=Depends(claims)):
                session.user_id = user["sub"]  # finding: cross-request-user-state
                Session.user_id = user["sub"]  # finding: cross-request-user-state
                cache[user["sub"]] = user  # finding: jwt-subject-not-checked
                holder["user"] = user  # finding: cross-request-user-state
                variable.set(user["sub"])  # ok
                own = Session()
                own.user_id = user["sub"]  # ok
            "#,
        );
    }

    #[test]
    fn database_sessions() {
        check(
            r#"
            from fastapi import Depends, FastAPI
            from sqlalchemy import Column, Integer, String, create_engine
            from sqlalchemy.orm import Session, declarative_base, sessionmaker
            engine = create_engine("sqlite://")
            SessionLocal = sessionmaker(bind=engine)
            Base = declarative_base()
            class Item(Base):
                __tablename__ = "items"
                id = Column(Integer, primary_key=True)
            app = FastAPI()
            db = SessionLocal()
            def get_db():
                session = SessionLocal()
                try:
                    yield session
                finally:
                    session.close()
            @app.get("/items")
            def items():
                return db.query(Item).all()  # finding: cross-request-user-state (warning)
            @app.get("/items/own")
            def own(session: Session = Depends(get_db)):
                return session.query(Item).all()  # ok
            @app.get("/items/with")
            def with_block():
                with Session(engine) as session:
                    return session.query(Item).all()  # ok
            "#,
        );
    }
}
