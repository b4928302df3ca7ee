//! Flags routes that let clients say which user they act for.

use facts::Facts;
use facts::acting::NamedUser;
use facts::flow::RequestPart;
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fixes::owners;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// Rows of a user chosen by an id that the client sends beside its token: in the query, the body, a header such
    /// as `X-User-Id` or a cookie, never compared with the verified caller. Also a "current user" that is nothing but
    /// such a header, cookie or parameter. Users in the path are the business of `path-user-mismatch-unchecked`,
    /// owners that are stored from a body of `owner-from-request-body`.
    ///
    /// Routes for administrators, ids that are compared before they are used, and what is public (posts of an author,
    /// profiles) are left alone.
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
    /// class Order(SQLModel, table=True):
    ///     id: int = Field(primary_key=True)
    ///     user_id: str
    ///
    /// def get_current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> str:
    ///     return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    ///
    /// @app.get("/orders")
    /// def list_orders(user_id: str, me: str = Depends(get_current_user), session: Session = Depends(get_session)):
    ///     return session.exec(select(Order).where(Order.user_id == user_id)).all()
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Everything in a request but the verified token is the client's word. A header that the frontend always sets is
    /// still a header that anyone can set.
    ///
    /// ## How it is exploited
    ///
    /// `curl -H "Authorization: Bearer $MY_TOKEN" "https://api.example.com/orders?user_id=2"`
    ///
    /// ## Use instead
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
    /// class Order(SQLModel, table=True):
    ///     id: int = Field(primary_key=True)
    ///     user_id: str
    ///
    /// def get_current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> str:
    ///     return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    ///
    /// @app.get("/orders")
    /// def list_orders(user_id: str, me: str = Depends(get_current_user), session: Session = Depends(get_session)):
    ///     if user_id != me:
    ///         raise HTTPException(status_code=403, detail="Not allowed")
    ///     return session.exec(select(Order).where(Order.user_id == user_id)).all()
    /// ```
    ///
    /// ```python,ok
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
    /// class Order(SQLModel, table=True):
    ///     id: int = Field(primary_key=True)
    ///     user_id: str
    ///
    /// def get_current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> str:
    ///     return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    ///
    /// @app.get("/orders")
    /// def list_orders(user_id: str = Depends(get_current_user), session: Session = Depends(get_session)):
    ///     return session.exec(select(Order).where(Order.user_id == user_id)).all()
    /// ```
    ///
    /// ## References
    ///
    /// - OWASP API1:2023, broken object level authorization: <https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/>
    /// - CWE-639: <https://cwe.mitre.org/data/definitions/639.html>
    pub(super) static RULE: Rule = Rule {
        name: "user-id-from-client",
        summary: "The client says which user it acts for",
        severity: Severity::Critical,
        phase: Phase::AuthorizationAndUserIsolation,
        cwe: 639,
        owasp: OwaspApi::BrokenObjectLevelAuthorization,
        checklist_item: Some(6),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    let users: Vec<&NamedUser> = facts
        .named_users()
        .iter()
        .filter(|user| user.part != RequestPart::Path)
        .collect();
    for (index, user) in users.iter().enumerate() {
        // One place may serve many routes: a dependency, a middleware.
        if users[..index].iter().any(|known| known.span == user.span) {
            continue;
        }
        let same: Vec<&NamedUser> = users.iter().copied().filter(|other| other.span == user.span).collect();
        report(context, facts, user, &same);
    }
}

fn report(context: &mut RuleContext<'_>, facts: &Facts<'_>, user: &NamedUser, same: &[&NamedUser]) {
    let Some(rows) = &user.used else { return };
    let name = &user.name;
    let part = part(user.part);
    let model = &rows.model;
    let message = match (user.has_caller, rows.is_change) {
        (false, _) => format!("`{name}` of the {part} is taken for the caller, and clients choose it freely"),
        (true, true) => format!("`{name}` of the {part} says whose `{model}` is changed, and the caller is not asked"),
        (true, false) => format!("`{name}` of the {part} says whose `{model}` is read, and the caller is not asked"),
    };
    let confidence = match rows.is_group {
        true => Confidence::Medium,
        false => Confidence::High,
    };
    let finding = context.report(user.span, message);
    finding.confidence(confidence);
    if let [only] = same {
        finding.fix(owners::refuse_others(facts, only));
    }
    finding.trace(
        rows.span,
        format!("rows of `{model}` are chosen by `{}` here", rows.column),
    );
    for user in same {
        let operation = &facts.applications().routes[user.route].operation;
        let methods = operation.methods.join(",");
        finding.related(operation.registration, format!("`{methods} {}`", operation.path.text));
    }
}

fn part(part: RequestPart) -> &'static str {
    match part {
        RequestPart::Path => "path",
        RequestPart::Query => "query",
        RequestPart::Body => "body",
        RequestPart::Header => "headers",
        RequestPart::Cookie => "cookies",
        RequestPart::Any => "request",
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;
    use crate::testing::projects::check_in;

    const PROJECT: &str = r#"#- auth.py
import os
import jwt
from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer
from sqlmodel import Field, Session, SQLModel, create_engine
engine = create_engine("sqlite://")
class User(SQLModel, table=True):
    id: str = Field(primary_key=True)
    email: str
    hashed_password: str
    name: str = ""
    role: str = "user"
class Task(SQLModel, table=True):
    id: int = Field(primary_key=True)
    user_id: str = Field(foreign_key="user.id")
class Post(SQLModel, table=True):
    id: int = Field(primary_key=True)
    author_id: str = Field(foreign_key="user.id")
def get_db():
    with Session(engine) as session:
        yield session
def me(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> str:
    try:
        return jwt.decode(token, os.environ["KEY"], algorithms=["HS256"])["sub"]
    except jwt.PyJWTError:
        raise HTTPException(status_code=401)
#- main.py
from fastapi import Cookie, Depends, FastAPI, Header, HTTPException, Query, Request
from pydantic import BaseModel
from sqlmodel import Session, select
from auth import Post, Task, User, get_db, me
app = FastAPI()
class Wanted(BaseModel):
    user_id: str
    text: str
"#;

    fn project(main: &str) {
        check(&format!("{PROJECT}{}", test_utils::trim_indent(main)));
    }

    #[test]
    fn beside_a_verified_caller() {
        project(
            r#"
            @app.get("/tasks/query")
            def query(user_id: str, uid: str = Depends(me), db: Session = Depends(get_db)):  # finding: user-id-from-client (critical, high)
                #     ^^^^^^^ user-id-from-client
                return db.exec(select(Task).where(Task.user_id == user_id)).all()
            @app.get("/tasks/mine")
            def mine(user_id: str = Depends(me), db: Session = Depends(get_db)):  # ok
                return db.exec(select(Task).where(Task.user_id == user_id)).all()
            @app.post("/tasks/search")
            def body(wanted: Wanted, uid: str = Depends(me), db: Session = Depends(get_db)):  # finding: user-id-from-client
                return db.exec(select(Task).where(Task.user_id == wanted.user_id)).all()
            @app.get("/tasks/header")
            def header(x_user_id: str = Header(), uid: str = Depends(me), db: Session = Depends(get_db)):  # finding: user-id-from-client
                return db.exec(select(Task).where(Task.user_id == x_user_id)).all()
            @app.get("/tasks/compared")
            def compared(user_id: str = Query(), uid: str = Depends(me), db: Session = Depends(get_db)):  # ok
                if user_id != uid:
                    raise HTTPException(status_code=403)
                return db.exec(select(Task).where(Task.user_id == user_id)).all()
            @app.get("/posts")
            def posts(author_id: str, uid: str = Depends(me), db: Session = Depends(get_db)):  # ok
                return db.exec(select(Post).where(Post.author_id == author_id)).all()
            "#,
        );
    }

    #[test]
    fn the_row_of_the_user_itself() {
        project(
            r#"
            class Profile(BaseModel):
                email: str
                name: str
                amount: int
            def by_email(db: Session, email: str):
                return db.exec(select(User).where(User.email == email)).first()
            def current_user(uid: str = Depends(me), db: Session = Depends(get_db)) -> User:
                return db.get(User, uid)
            @app.put("/account")
            def change(data: Profile, user: User = Depends(current_user), db: Session = Depends(get_db)):  # finding: user-id-from-client (critical)
                #      ^^^^ user-id-from-client
                found = by_email(db, data.email)
                found.name = data.name
                db.commit()
            @app.put("/account/all")
            def copy(data: Profile, user: User = Depends(current_user), db: Session = Depends(get_db)):  # finding: user-id-from-client
                found = by_email(db, data.email)
                for key, value in data.model_dump().items():
                    setattr(found, key, value)
                db.commit()
            @app.post("/account/close")
            def close(email: str, user: User = Depends(current_user), db: Session = Depends(get_db)):  # finding: user-id-from-client
                found = db.exec(select(User).where(User.email == email)).first()
                db.delete(found)
                db.commit()
            @app.post("/account/close/own")
            def close_own(email: str, user: User = Depends(current_user), db: Session = Depends(get_db)):  # ok
                found = db.exec(select(User).where(User.email == email)).first()
                if found.id != user.id:
                    raise HTTPException(status_code=404)
                db.delete(found)
                db.commit()
            @app.put("/account/own")
            def own(data: Profile, user: User = Depends(current_user), db: Session = Depends(get_db)):  # ok
                found = by_email(db, user.email)
                found.name = data.name
                db.commit()
            @app.post("/transfer")
            def transfer(data: Profile, user: User = Depends(current_user), db: Session = Depends(get_db)):  # ok
                receiver = by_email(db, data.email)
                receiver.balance += data.amount
                db.commit()
            @app.post("/friends")
            def befriend(data: Profile, user: User = Depends(current_user), db: Session = Depends(get_db)):  # ok
                friend = by_email(db, data.email)
                friend.friend_id = user.id
                db.commit()
            "#,
        );
    }

    #[test]
    fn administrators() {
        project(
            r#"
            def admin(uid: str = Depends(me), db: Session = Depends(get_db)) -> User:
                user = db.get(User, uid)
                if user.role != "admin":
                    raise HTTPException(status_code=403)
                return user
            def check_access(user: User):
                if hasattr(user, "has_admin_access") and user.has_admin_access:
                    return True
                raise HTTPException(status_code=403)
            @app.get("/tasks/checked")
            def checked(user_id: str, uid: str = Depends(me), db: Session = Depends(get_db)):  # ok
                check_access(db.get(User, uid))
                return db.exec(select(Task).where(Task.user_id == user_id)).all()
            @app.get("/tasks/of")
            def of(user_id: str, user: User = Depends(admin), db: Session = Depends(get_db)):  # ok
                return db.exec(select(Task).where(Task.user_id == user_id)).all()
            "#,
        );
    }

    #[test]
    fn a_caller_that_is_only_claimed() {
        project(
            r#"
            def get_current_user(
                x_user_id: str = Header(),  # finding: user-id-from-client (critical)
                db: Session = Depends(get_db),
            ) -> User:
                user = db.get(User, x_user_id)
                if user is None:
                    raise HTTPException(status_code=401)
                return user
            @app.get("/tasks")
            def tasks(user: User = Depends(get_current_user), db: Session = Depends(get_db)):  # ok
                return db.exec(select(Task).where(Task.user_id == user.id)).all()
            @app.delete("/tasks/{task_id}")
            def delete(task_id: int, user: User = Depends(get_current_user), db: Session = Depends(get_db)):  # ok
                task = db.exec(select(Task).where(Task.id == task_id, Task.user_id == user.id)).first()
                db.delete(task)
            "#,
        );
        project(
            r#"
            def get_current_user(request: Request, db: Session = Depends(get_db)) -> User:
                return db.get(User, request.cookies["user_id"])  # finding: user-id-from-client
            @app.get("/tasks")
            def tasks(user: User = Depends(get_current_user), db: Session = Depends(get_db)):  # ok
                return db.exec(select(Task).where(Task.user_id == user.id)).all()
            "#,
        );
    }

    #[test]
    fn filters_where_nothing_verifies() {
        project(
            r#"
            from fastapi.security import HTTPBearer
            @app.get("/logs", dependencies=[Depends(HTTPBearer())])
            def logs(user_id: str | None = None, db: Session = Depends(get_db)):
                query = select(Task)
                if user_id:
                    query = query.where(Task.user_id == user_id)  # ok
                return db.exec(query).all()
            @app.get("/logs/declared", dependencies=[Depends(HTTPBearer())])
            def declared(user_id: str = Query(default=None), db: Session = Depends(get_db)):
                return db.exec(select(Task).where(Task.user_id == user_id)).all()  # ok
            @app.get("/logs/documented", dependencies=[Depends(HTTPBearer())])
            def documented(user_id: str = Query(description="(None)"), db: Session = Depends(get_db)):  # finding: user-id-from-client
                return db.exec(select(Task).where(Task.user_id == user_id)).all()
            @app.get("/tasks/of", dependencies=[Depends(HTTPBearer())])
            def of(user_id: str, db: Session = Depends(get_db)):  # finding: user-id-from-client
                return db.exec(select(Task).where(Task.user_id == user_id)).all()
            "#,
        );
    }

    #[test]
    fn other_values_of_clients() {
        project(
            r#"
            @app.get("/tasks/one")
            def one(task_id: int, uid: str = Depends(me), db: Session = Depends(get_db)):  # ok
                return db.exec(select(Task).where(Task.id == task_id, Task.user_id == uid)).first()
            @app.post("/login")
            def login(email: str, password: str, db: Session = Depends(get_db)):  # ok
                return db.exec(select(User).where(User.email == email)).first()
            @app.post("/friends")
            def friend(email: str, uid: str = Depends(me), db: Session = Depends(get_db)):  # ok
                return db.exec(select(User).where(User.email == email)).first() is not None
            "#,
        );
    }

    #[test]
    fn documents_and_other_parts() {
        check_in(
            "documents",
            r#"
@app.get("/orders/header")
async def by_header(claims: dict = Depends(claims), x_user_id: str = Header()):  # finding: user-id-from-client
    return await db.orders.find({"user_id": x_user_id}).to_list(10)
@app.get("/orders/cookie")
async def by_cookie(request: Request, claims: dict = Depends(claims)):
    uid = request.cookies.get("user_id")  # finding: user-id-from-client
    return await db.orders.find({"user_id": uid}).to_list(10)
@app.get("/orders/token")
async def by_token(uid: str = Depends(me)):  # ok
    return await db.orders.find({"user_id": uid}).to_list(10)
@app.get("/orders/compared")
async def compared(user_id: str, uid: str = Depends(me)):  # ok
    if user_id != uid:
        raise HTTPException(403)
    return await db.orders.find({"user_id": user_id}).to_list(10)
@app.get("/orders/noted")
async def noted(user_id: str, uid: str = Depends(me)):  # finding: user-id-from-client
    if user_id != uid:
        print("another user")
    return await db.orders.find({"user_id": user_id}).to_list(10)
"#,
        );
    }
}
