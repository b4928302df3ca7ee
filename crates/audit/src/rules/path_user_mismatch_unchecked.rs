//! Flags users in a path that are never compared with the user of the token.

use facts::Facts;
use facts::acting::NamedUser;
use facts::flow::RequestPart;
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fixes::owners;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A route that authenticates its caller, takes a user, account or organisation from its path
    /// (`/users/{user_id}/tasks`), reads or changes rows by it, and compares it with the verified caller nowhere:
    /// not in the route, not in a dependency, not in a function that it is passed to. For reading the row of the user
    /// alone it is a warning, since other users may be meant to be seen.
    ///
    /// Routes for administrators, membership looked up together with the caller, a path value that is not used, and
    /// what is public (profiles, posts of an author) are left alone.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI
    /// from fastapi.security import OAuth2PasswordBearer
    /// from sqlmodel import Field, Session, SQLModel, select
    /// from app.database import get_session
    ///
    /// app = FastAPI()
    ///
    /// class Task(SQLModel, table=True):
    ///     id: int = Field(primary_key=True)
    ///     user_id: str
    ///
    /// def get_current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> str:
    ///     return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    ///
    /// @app.get("/users/{user_id}/tasks")
    /// def list_tasks(user_id: str, me: str = Depends(get_current_user), session: Session = Depends(get_session)):
    ///     return session.exec(select(Task).where(Task.user_id == user_id)).all()
    /// ```
    ///
    /// ## Why it matters
    ///
    /// The token proves who is calling. The path says whose rows are wanted, and the caller writes it. Unless the two
    /// are compared, any account reads and changes the rows of all others.
    ///
    /// ## How it is exploited
    ///
    /// Log in as anyone and call `GET /users/2/tasks`, `/users/3/tasks` and so on with your own token.
    ///
    /// ## Use instead
    ///
    /// Compare before the rows are touched, best in a dependency that all of these routes share; or leave the user
    /// out of the path and take it from the token.
    ///
    /// ```python,fixed
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI, HTTPException
    /// from fastapi.security import OAuth2PasswordBearer
    /// from sqlmodel import Field, Session, SQLModel, select
    /// from app.database import get_session
    ///
    /// app = FastAPI()
    ///
    /// class Task(SQLModel, table=True):
    ///     id: int = Field(primary_key=True)
    ///     user_id: str
    ///
    /// def get_current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> str:
    ///     return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    ///
    /// @app.get("/users/{user_id}/tasks")
    /// def list_tasks(user_id: str, me: str = Depends(get_current_user), session: Session = Depends(get_session)):
    ///     if user_id != me:
    ///         raise HTTPException(status_code=403, detail="Not allowed")
    ///     return session.exec(select(Task).where(Task.user_id == user_id)).all()
    /// ```
    ///
    /// ```python,ok
    /// from fastapi import Depends
    ///
    /// @app.get("/tasks")
    /// def list_tasks(user=Depends(get_current_user)):
    ///     return user.tasks
    /// ```
    ///
    /// ## References
    ///
    /// - OWASP API1:2023, broken object level authorization: <https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/>
    /// - CWE-639: <https://cwe.mitre.org/data/definitions/639.html>
    pub(super) static RULE: Rule = Rule {
        name: "path-user-mismatch-unchecked",
        summary: "A user in the path is not compared with the user of the token",
        severity: Severity::Critical,
        phase: Phase::AuthorizationAndUserIsolation,
        cwe: 639,
        owasp: OwaspApi::BrokenObjectLevelAuthorization,
        checklist_item: Some(8),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for user in facts.named_users() {
        if user.part == RequestPart::Path && user.has_caller {
            report(context, facts, user);
        }
    }
}

fn report(context: &mut RuleContext<'_>, facts: &Facts<'_>, user: &NamedUser) {
    let route = &facts.applications().routes[user.route];
    let operation = &route.operation;
    let methods = operation.methods.join(",");
    let path = &operation.path.text;
    let name = &user.name;
    let does = match &user.used {
        Some(rows) if rows.is_change => format!("any user can change `{}` of others", rows.model),
        Some(rows) => format!("any user can read `{}` of others", rows.model),
        None => "any user can name others".to_owned(),
    };
    let message = format!("`{methods} {path}` never compares `{name}` of the path with the caller: {does}");
    let is_read = operation.methods.iter().all(|method| method == "GET");
    let (severity, confidence) = match &user.used {
        Some(rows) if rows.is_user && is_read => (Severity::Warning, Confidence::Medium),
        Some(rows) if rows.is_group => (Severity::Critical, Confidence::Medium),
        Some(_) => (Severity::Critical, Confidence::High),
        None => (Severity::Warning, Confidence::Medium),
    };
    let finding = context.report(user.span, message);
    finding.severity(severity).confidence(confidence);
    finding.fix(owners::refuse_others(facts, user));
    finding.related(operation.registration, "the route");
    if let Some(rows) = &user.used {
        finding.trace(
            rows.span,
            format!("rows of `{}` are chosen by `{}` here", rows.model, rows.column),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;
    use crate::testing::projects::check_in;

    const PROJECT: &str = r#"#- auth.py
import os
import jwt
from typing import Annotated
from fastapi import Depends, HTTPException, Path
from fastapi.security import OAuth2PasswordBearer
from sqlmodel import Field, Session, SQLModel, create_engine
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="login")
engine = create_engine("sqlite://")
class User(SQLModel, table=True):
    id: str = Field(primary_key=True)
    email: str
    hashed_password: str
    name: str = ""
    is_admin: bool = False
class Task(SQLModel, table=True):
    id: int = Field(primary_key=True)
    title: str
    user_id: str = Field(foreign_key="user.id")
class Post(SQLModel, table=True):
    id: int = Field(primary_key=True)
    user_id: str = Field(foreign_key="user.id")
def get_db():
    with Session(engine) as session:
        yield session
def me(token: str = Depends(oauth2_scheme)) -> str:
    try:
        return jwt.decode(token, os.environ["KEY"], algorithms=["HS256"])["sub"]
    except jwt.PyJWTError:
        raise HTTPException(status_code=401)
def current_user(uid: str = Depends(me), db: Session = Depends(get_db)) -> User:
    return db.get(User, uid)
def own(user_id: str, uid: str = Depends(me)) -> str:
    if user_id != uid:
        raise HTTPException(status_code=403)
    return user_id
def verify_same(wanted: str, user: User):
    if str(wanted) != str(user.id):
        raise HTTPException(status_code=403)
#- main.py
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from sqlmodel import Session, select
from auth import Post, Task, User, current_user, get_db, me, own, verify_same
app = FastAPI()
"#;

    fn project(main: &str) {
        check(&format!("{PROJECT}{}", test_utils::trim_indent(main)));
    }

    #[test]
    fn users_found_by_a_condition() {
        project(
            r#"
            def by_email(db: Session, email: str):
                return db.exec(select(User).where(User.email == email)).first()
            @app.put("/users/{user_id}")
            def change(user_id: str, name: str, user: User = Depends(current_user), db: Session = Depends(get_db)):  # finding: path-user-mismatch-unchecked (critical)
                found = db.exec(select(User).where(User.id == user_id)).first()
                found.name = name
                db.commit()
            @app.put("/users/{user_id}/own")
            def change_own(user_id: str, name: str, user: User = Depends(current_user), db: Session = Depends(get_db)):  # ok
                found = db.exec(select(User).where(User.id == user_id)).first()
                if found.id != user.id:
                    raise HTTPException(status_code=404)
                found.name = name
                db.commit()
            @app.delete("/accounts/{email}")
            def delete(email: str, user: User = Depends(current_user), db: Session = Depends(get_db)):  # finding: path-user-mismatch-unchecked (critical)
                db.delete(by_email(db, email))
                db.commit()
            @app.delete("/accounts/{email}/own")
            def delete_own(email: str, user: User = Depends(current_user), db: Session = Depends(get_db)):  # ok
                found = by_email(db, email)
                if found is None or found.email != user.email:
                    raise HTTPException(status_code=404)
                db.delete(found)
                db.commit()
            "#,
        );
    }

    #[test]
    fn compared_and_not() {
        project(
            r#"
            @app.get("/{user_id}/tasks")
            def open(user_id: str, uid: str = Depends(me), db: Session = Depends(get_db)):  # finding: path-user-mismatch-unchecked (critical, high)
                #    ^^^^^^^ path-user-mismatch-unchecked
                return db.exec(select(Task).where(Task.user_id == user_id)).all()
            @app.get("/{user_id}/tasks/compared")
            def compared(user_id: str, uid: str = Depends(me), db: Session = Depends(get_db)):  # ok
                if user_id != uid:
                    raise HTTPException(status_code=403)
                return db.exec(select(Task).where(Task.user_id == user_id)).all()
            @app.get("/{user_id}/tasks/other")
            def other(user_id: str, uid: str = Depends(me), db: Session = Depends(get_db)):  # finding: path-user-mismatch-unchecked
                if user_id == "":
                    raise HTTPException(status_code=403)
                return db.exec(select(Task).where(Task.user_id == user_id)).all()
            @app.get("/{user_id}/tasks/ignored")
            def ignored(user_id: str, uid: str = Depends(me), db: Session = Depends(get_db)):  # ok
                return db.exec(select(Task).where(Task.user_id == uid)).all()
            "#,
        );
    }

    #[test]
    fn comparisons_that_stop_nobody() {
        project(
            r#"
            import logging
            logger = logging.getLogger(__name__)
            @app.get("/a/{user_id}")
            def noted(user_id: str, uid: str = Depends(me), db: Session = Depends(get_db)):  # finding: path-user-mismatch-unchecked
                if user_id != uid:
                    logger.warning("another user: %s", user_id)
                return db.exec(select(Task).where(Task.user_id == user_id)).all()
            @app.get("/b/{user_id}")
            def refused(user_id: str, uid: str = Depends(me), db: Session = Depends(get_db)):  # ok
                if user_id != uid:
                    logger.warning("another user: %s", user_id)
                    raise HTTPException(status_code=403)
                return db.exec(select(Task).where(Task.user_id == user_id)).all()
            @app.get("/c/{user_id}")
            def turned(user_id: str, uid: str = Depends(me), db: Session = Depends(get_db)):  # finding: path-user-mismatch-unchecked
                if user_id == uid:
                    raise HTTPException(status_code=403)
                return db.exec(select(Task).where(Task.user_id == user_id)).all()
            @app.get("/d/{user_id}")
            def negated(user_id: str, uid: str = Depends(me), db: Session = Depends(get_db)):  # ok
                if not user_id == uid:
                    raise HTTPException(status_code=403)
                return db.exec(select(Task).where(Task.user_id == user_id)).all()
            @app.get("/e/{user_id}")
            def thrown_away(user_id: str, uid: str = Depends(me), db: Session = Depends(get_db)):  # finding: path-user-mismatch-unchecked
                user_id == uid
                return db.exec(select(Task).where(Task.user_id == user_id)).all()
            "#,
        );
    }

    #[test]
    fn compared_elsewhere() {
        project(
            r#"
            @app.get("/a/{user_id}")
            def dependency(user_id: str = Depends(own), db: Session = Depends(get_db)):  # ok
                return db.exec(select(Task).where(Task.user_id == user_id)).all()
            @app.get("/b/{user_id}", dependencies=[Depends(own)])
            def listed(user_id: str, db: Session = Depends(get_db)):  # ok
                return db.exec(select(Task).where(Task.user_id == user_id)).all()
            @app.get("/c/{user_id}")
            def helper(user_id: str, user: User = Depends(current_user), db: Session = Depends(get_db)):  # ok
                verify_same(user_id, user)
                return db.exec(select(Task).where(Task.user_id == user_id)).all()
            @app.get("/d/{user_id}")
            def no_helper(user_id: str, user: User = Depends(current_user), db: Session = Depends(get_db)):  # finding: path-user-mismatch-unchecked
                return db.exec(select(Task).where(Task.user_id == user_id)).all()
            @app.get("/e/{user_id}")
            def administrator(user_id: str, user: User = Depends(current_user), db: Session = Depends(get_db)):  # ok
                if not user.is_admin:
                    raise HTTPException(status_code=403)
                return db.exec(select(Task).where(Task.user_id == user_id)).all()
            @app.get("/f/{user_id}")
            def both(user_id: str, uid: str = Depends(me), db: Session = Depends(get_db)):  # ok
                return db.exec(select(Task).where(Task.user_id == user_id, Task.user_id == uid)).all()
            "#,
        );
    }

    #[test]
    fn in_services() {
        project(
            r#"
            class Tasks:
                def __init__(self, db: Session):
                    self.db = db
                def of(self, owner: str):
                    return self.db.exec(select(Task).where(Task.user_id == owner)).all()
            def tasks(db: Session = Depends(get_db)) -> Tasks:
                return Tasks(db)
            @app.get("/{user_id}/tasks")
            def named(user_id: str, uid: str = Depends(me), tasks: Tasks = Depends(tasks)):  # finding: path-user-mismatch-unchecked
                return tasks.of(user_id)
            @app.get("/mine/{user_id}")
            def mine(user_id: str, uid: str = Depends(me), tasks: Tasks = Depends(tasks)):  # ok
                return tasks.of(uid)
            class Static:
                @staticmethod
                def one(db: Session, task_id: int, owner: str):
                    return db.exec(select(Task).where(Task.id == task_id, Task.user_id == owner)).first()
            @app.get("/static/{task_id}")
            def static(task_id: int, uid: str = Depends(me), db: Session = Depends(get_db)):  # ok
                return Static.one(db, task_id, uid)
            @app.delete("/users/{user_id}")
            def remove(user_id: str, uid: str = Depends(me), db: Session = Depends(get_db)):  # finding: path-user-mismatch-unchecked (critical)
                db.delete(db.get(User, user_id))
                db.commit()
            @app.get("/users/{user_id}")
            def read(user_id: str, uid: str = Depends(me), db: Session = Depends(get_db)):  # finding: path-user-mismatch-unchecked (warning)
                return db.get(User, user_id)
            @app.get("/profiles/{user_id}")
            def profile(user_id: str, uid: str = Depends(me), db: Session = Depends(get_db)):  # ok
                return db.get(User, user_id)
            @app.get("/users/{user_id}/posts")
            def posts(user_id: str, uid: str = Depends(me), db: Session = Depends(get_db)):  # ok
                return db.exec(select(Post).where(Post.user_id == user_id)).all()
            "#,
        );
    }

    /// What the caller is cannot be followed: comparing with it is enough.
    #[test]
    fn callers_from_elsewhere() {
        check(
            r#"
            from company.auth import get_current_user
            from fastapi import Depends, FastAPI, HTTPException
            from sqlalchemy.orm import Session
            from sqlalchemy import Column, Integer, String
            from sqlalchemy.orm import declarative_base
            from company.db import get_db
            Base = declarative_base()
            class Order(Base):
                __tablename__ = "orders"
                id = Column(Integer, primary_key=True)
                user_id = Column(String)
            app = FastAPI()
            @app.get("/users/{user_id}/orders")
            def compared(user_id: str, user=Depends(get_current_user), db: Session = Depends(get_db)):  # ok
                if user.id != user_id:
                    raise HTTPException(status_code=403)
                return db.query(Order).filter(Order.user_id == user_id).all()
            @app.get("/users/{user_id}/orders/all")
            def open(user_id: str, user=Depends(get_current_user), db: Session = Depends(get_db)):  # finding: path-user-mismatch-unchecked
                return db.query(Order).filter(Order.user_id == user_id).all()
            "#,
        );
    }

    #[test]
    fn documents_and_keys() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Depends, FastAPI, Header, HTTPException
            from fastapi.security import HTTPBearer
            from motor.motor_asyncio import AsyncIOMotorClient
            app = FastAPI()
            db = AsyncIOMotorClient(os.environ["MONGO"])["shop"]
            def user(creds=Depends(HTTPBearer())):
                return jwt.decode(creds.credentials, os.environ["KEY"], algorithms=["HS256"])
            def service(x_api_key: str = Header()):
                if x_api_key != os.environ["SERVICE_KEY"]:
                    raise HTTPException(status_code=401)
            @app.get("/orders/{user_id}")
            async def orders(user_id: str, claims=Depends(user)):  # finding: path-user-mismatch-unchecked
                return await db["orders"].find({"user_id": user_id}).to_list(100)
            @app.get("/internal/orders/{user_id}", dependencies=[Depends(service)])
            async def for_services(user_id: str):  # ok
                return await db["orders"].find({"user_id": user_id}).to_list(100)
            @app.delete("/orders/{user_id}")
            async def delete(user_id: str, claims=Depends(user)):  # ok
                if claims["sub"] == user_id:
                    await db["orders"].delete_many({"user_id": user_id})
            "#,
        );
    }

    #[test]
    fn attributes_by_name() {
        let app = |name: &str| {
            format!(
                r#"
                import os

                import jwt
                from fastapi import Depends, FastAPI, HTTPException, Path, Request
                from fastapi.responses import JSONResponse
                from sqlmodel import Field, Session, SQLModel, select

                app = FastAPI()

                class Task(SQLModel, table=True):
                    id: int = Field(primary_key=True)
                    user_id: str

                @app.middleware("http")
                async def authenticate(request: Request, call_next):
                    try:
                        claims = jwt.decode(request.headers["Authorization"][7:], os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                    except (jwt.PyJWTError, KeyError):
                        return JSONResponse({{"detail": "Not authenticated"}}, 401)
                    request.state.user_id = claims.get("sub")
                    return await call_next(request)

                def own(request: Request, user_id: str = Path(...)) -> str:
                    caller = getattr(request.state, "{name}", None)
                    if not caller:
                        raise HTTPException(401)
                    if caller != user_id:
                        raise HTTPException(403)
                    return user_id

                @app.get("/{{user_id}}/tasks")
                def tasks(user_id: str = Depends(own), db: Session = Depends(get_db)):
                    return db.exec(select(Task).where(Task.user_id == user_id)).all()
                "#
            )
        };
        check(&app("user_id"));
    }

    #[test]
    fn entries_of_variables() {
        check_in(
            "variables",
            r#"
@app.get("/carts/{user_id}")
def cart(user_id: str, uid: str = Depends(me)):  # finding: path-user-mismatch-unchecked
    return db["carts"][user_id]
@app.get("/carts/{user_id}/safe")  # ok
def cart_safe(user_id: str, uid: str = Depends(me)):
    if user_id != uid:
        raise HTTPException(403)
    return db["carts"][user_id]
@app.get("/cart")  # ok
def my_cart(uid: str = Depends(me)):
    return db["carts"].get(uid, [])
"#,
        );
    }
}
