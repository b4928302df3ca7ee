//! Flags administrative routes that any logged-in user may call.

use facts::Facts;
use facts::administrators::{AdministrativeReason, AdministrativeRoute};
use facts::applications::Operation;
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fix::Fix;
use crate::fixes::{calls, tokens};
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A route that is for administrators and asks for no more than a login: by its path (`/admin/…`, `/internal/…`,
    /// seeds, backups, bans), because it lists all users, because all other routes that change the same rows ask for
    /// a role, or, critically, because it stores a role or a flag of
    /// administrators in the row of a user whom the path names. A role dependency, scopes, a decorator, a test of a
    /// role, permission or flag in the route or in what it calls, and keys of services are all taken for a check.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI, HTTPException
    /// from fastapi.security import OAuth2PasswordBearer
    ///
    /// app = FastAPI()
    ///
    /// def get_current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> dict:
    ///     return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    ///
    /// def require_admin(user: dict = Depends(get_current_user)) -> dict:
    ///     if user.get("role") != "admin":
    ///         raise HTTPException(status_code=403, detail="Not enough permissions")
    ///     return user
    ///
    /// @app.delete("/admin/cache", dependencies=[Depends(require_admin)])
    /// def clear():
    ///     return {"cleared": True}
    ///
    /// @app.post("/admin/reindex")
    /// def reindex(user: dict = Depends(get_current_user)):
    ///     return {"started": True}
    /// ```
    ///
    /// ## Why it matters
    ///
    /// A login says who somebody is, not what they may do. Where registration is open, everybody has one.
    ///
    /// ## How it is exploited
    ///
    /// Register, log in, and call `POST /admin/reindex` with the token of an ordinary user.
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI, HTTPException
    /// from fastapi.security import OAuth2PasswordBearer
    ///
    /// app = FastAPI()
    ///
    /// def get_current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> dict:
    ///     return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    ///
    /// def require_admin(user: dict = Depends(get_current_user)) -> dict:
    ///     if user.get("role") != "admin":
    ///         raise HTTPException(status_code=403, detail="Not enough permissions")
    ///     return user
    ///
    /// @app.delete("/admin/cache", dependencies=[Depends(require_admin)])
    /// def clear():
    ///     return {"cleared": True}
    ///
    /// @app.post("/admin/reindex", dependencies=[Depends(require_admin)])
    /// def reindex(user: dict = Depends(get_current_user)):
    ///     return {"started": True}
    /// ```
    ///
    /// ```python,ok
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI, HTTPException
    /// from fastapi.security import OAuth2PasswordBearer
    ///
    /// app = FastAPI()
    ///
    /// def get_current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> dict:
    ///     return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    ///
    /// def require_admin(user: dict = Depends(get_current_user)) -> dict:
    ///     if user.get("role") != "admin":
    ///         raise HTTPException(status_code=403, detail="Not enough permissions")
    ///     return user
    ///
    /// @app.post("/admin/reindex", dependencies=[Depends(require_admin)])
    /// def reindex():
    ///     return {"started": True}
    /// ```
    ///
    /// ## References
    ///
    /// - OWASP API5:2023, broken function level authorization: <https://owasp.org/API-Security/editions/2023/en/0xa5-broken-function-level-authorization/>
    /// - CWE-285: <https://cwe.mitre.org/data/definitions/285.html>
    pub(super) static RULE: Rule = Rule {
        name: "admin-route-without-role-check",
        summary: "A route for administrators asks for no more than a login",
        severity: Severity::Warning,
        phase: Phase::AuthorizationAndUserIsolation,
        cwe: 285,
        owasp: OwaspApi::BrokenFunctionLevelAuthorization,
        checklist_item: Some(8),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for route in &facts.privileges().administrative {
        report(context, facts, route);
    }
}

fn report(context: &mut RuleContext<'_>, facts: &Facts<'_>, found: &AdministrativeRoute) {
    let operation = &facts.applications().routes[found.route].operation;
    let label = format!("{} {}", operation.methods.join(","), operation.path.text);
    let (message, severity, confidence) = match &found.reason {
        AdministrativeReason::ChangesRole(column) => (
            format!("`{label}` sets `{column}` of any user, and asks for no more than a login"),
            Severity::Critical,
            Confidence::High,
        ),
        AdministrativeReason::ChangesUsers => (
            format!("`{label}` changes any user, and asks for no more than a login"),
            Severity::Critical,
            Confidence::High,
        ),
        AdministrativeReason::ListsUsers => (
            format!("`{label}` gives all users to anyone who is logged in"),
            Severity::Warning,
            Confidence::Medium,
        ),
        AdministrativeReason::Siblings(model) => (
            format!("`{label}` changes `{model}` for anyone who is logged in, where the other routes ask for a role"),
            Severity::Warning,
            Confidence::Medium,
        ),
        AdministrativeReason::Path => (
            format!("`{label}` is a route for administrators by its path, and asks for no more than a login"),
            Severity::Warning,
            Confidence::Medium,
        ),
    };
    let finding = context.report(operation.registration, message);
    finding.severity(severity).confidence(confidence);
    finding.fix(fix(facts, operation, found));
    finding.traces(found.evidence.map(|at| (at, "here".to_owned())));
    if let Some((at, note)) = &found.sibling {
        finding.related(*at, format!("another route asks for more: {note}"));
    }
}

/// Asks for what other routes for administrators ask for.
fn fix(facts: &Facts<'_>, operation: &Operation, found: &AdministrativeRoute) -> Option<Fix> {
    let remedy = found.remedy.as_ref()?;
    let call = facts.call_at(operation.registration)?;
    if call.argument(None, &["dependencies"]).is_some() || !tokens::is_plain(&call) {
        return None;
    }
    let (file, place) = (call.span.file, call.span.range.start());
    let depends = calls::import_member(facts, file, "fastapi", "Depends", place);
    if depends.name != "Depends" {
        return None;
    }
    let marker = &remedy.marker;
    let fix = Fix::changes_behaviour(format!("Ask for `{marker}`")).with([calls::append_argument(
        facts,
        &call,
        &format!("dependencies=[{marker}]"),
    )]);
    let import = match &remedy.import {
        Some((module, name)) => {
            let named = calls::import_member(facts, file, module, name, place);
            if named.name != *name {
                return None;
            }
            named.import
        }
        None => None,
    };
    // Two new statements of imports would stand at one place.
    match (&depends.import, &import) {
        (Some(_), Some(_)) => None,
        _ => Some(fix.with(depends.import).with(import)),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const PROJECT: &str = r#"#- auth.py
import os
import jwt
from fastapi import Depends, Header, HTTPException, Security
from fastapi.security import OAuth2PasswordBearer
from sqlmodel import Field, Session, SQLModel, create_engine
engine = create_engine("sqlite://")
class User(SQLModel, table=True):
    id: str = Field(primary_key=True)
    email: str
    hashed_password: str
    role: str = "user"
def get_db():
    with Session(engine) as session:
        yield session
def me(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> str:
    try:
        return jwt.decode(token, os.environ["KEY"], algorithms=["HS256"])["sub"]
    except jwt.PyJWTError:
        raise HTTPException(status_code=401)
def current_user(uid: str = Depends(me), db: Session = Depends(get_db)) -> User:
    return db.get(User, uid)
def chief(user: User = Depends(current_user)) -> User:
    if user.role != "admin":
        raise HTTPException(status_code=403)
    return user
def service(x_api_key: str = Header()):
    if x_api_key != os.environ["SERVICE_KEY"]:
        raise HTTPException(status_code=401)
def needs(role: str):
    def check(user: User = Depends(current_user)):
        if user.role != role:
            raise HTTPException(status_code=403)
    return check
#- main.py
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Security
from sqlmodel import Session, select
from auth import User, chief, current_user, get_db, me, needs, service
app = FastAPI()
"#;

    fn project(main: &str) {
        check(&format!("{PROJECT}{}", test_utils::trim_indent(main)));
    }

    #[test]
    fn beside_routes_that_ask_for_a_role() {
        project(
            r#"
            from sqlmodel import Field, SQLModel
            class Dish(SQLModel, table=True):
                id: int = Field(primary_key=True)
                name: str
            class Drink(SQLModel, table=True):
                id: int = Field(primary_key=True)
                name: str
            @app.post("/dishes", dependencies=[Depends(chief)])
            def add(name: str, db: Session = Depends(get_db)):
                db.add(Dish(name=name))
                db.commit()
            @app.put("/dishes/{dish_id}", dependencies=[Depends(chief)])
            def change(dish_id: int, name: str, db: Session = Depends(get_db)):
                dish = db.get(Dish, dish_id)
                dish.name = name
                db.add(dish)
                db.commit()
            @app.delete("/dishes/{dish_id}")  # finding: admin-route-without-role-check (warning)
            def remove(dish_id: int, user: User = Depends(current_user), db: Session = Depends(get_db)):
                db.delete(db.get(Dish, dish_id))
                db.commit()
            @app.get("/dishes/{dish_id}")  # ok
            def read(dish_id: int, user: User = Depends(current_user), db: Session = Depends(get_db)):
                return db.get(Dish, dish_id)
            @app.post("/drinks", dependencies=[Depends(chief)])
            def add_drink(name: str, db: Session = Depends(get_db)):
                db.add(Drink(name=name))
                db.commit()
            @app.delete("/drinks/{drink_id}")  # ok
            def remove_drink(drink_id: int, user: User = Depends(current_user), db: Session = Depends(get_db)):
                db.delete(db.get(Drink, drink_id))
                db.commit()
            "#,
        );
    }

    #[test]
    fn by_path() {
        project(
            r#"
            @app.post("/admin/cleanup")  # finding: admin-route-without-role-check (warning, medium)
            def cleanup(user: User = Depends(current_user)):
                return {}
            @app.post("/admin/cleanup/chief")  # ok
            def cleanup_chief(user: User = Depends(chief)):
                return {}
            @app.post("/admin/inline")  # ok
            def inline(user: User = Depends(current_user)):
                if user.role != "admin":
                    raise HTTPException(status_code=403)
            @app.post("/admin/scoped")  # ok
            def scoped(user: User = Security(current_user, scopes=["admin"])):
                return {}
            @app.post("/admin/factory", dependencies=[Depends(needs("admin"))])  # ok
            def factory():
                return {}
            @app.post("/admin/key", dependencies=[Depends(service)])  # ok
            def key():
                return {}
            @app.post("/cleanup")  # ok
            def other(user: User = Depends(current_user)):
                return {}
            "#,
        );
    }

    #[test]
    fn by_router() {
        project(
            r#"
            open = APIRouter(prefix="/admin", dependencies=[Depends(me)])
            @open.get("/stats")  # finding: admin-route-without-role-check
            def stats():
                return {}
            shut = APIRouter(prefix="/admin", dependencies=[Depends(chief)])
            @shut.get("/stats/all")  # ok
            def stats_all():
                return {}
            app.include_router(open)
            app.include_router(shut)
            "#,
        );
    }

    #[test]
    fn roles_of_others() {
        project(
            r#"
            @app.put("/accounts/{account}/level")  # finding: admin-route-without-role-check (critical)
            def set_role(account: str, role: str, uid: str = Depends(me), db: Session = Depends(get_db)):
                user = db.get(User, account)
                user.role = role
                db.add(user)
                db.commit()
            @app.put("/accounts/{account}/level/checked")  # ok
            def set_role_checked(account: str, role: str, user: User = Depends(chief), db: Session = Depends(get_db)):
                other = db.get(User, account)
                other.role = role
                db.add(other)
                db.commit()
            @app.delete("/admin/users/{user_id}")  # finding: admin-route-without-role-check (critical)
            def delete(user_id: str, uid: str = Depends(me), db: Session = Depends(get_db)):  # ok
                db.delete(db.get(User, user_id))
                db.commit()
            @app.put("/me/email")  # ok
            def set_email(email: str, user: User = Depends(current_user), db: Session = Depends(get_db)):
                user.email = email
                db.add(user)
                db.commit()
            "#,
        );
    }

    #[test]
    fn all_users() {
        project(
            r#"
            @app.get("/users")  # finding: admin-route-without-role-check (warning)
            def users(uid: str = Depends(me), db: Session = Depends(get_db)):
                return db.exec(select(User)).all()
            @app.get("/users/me")  # ok
            def my(uid: str = Depends(me), db: Session = Depends(get_db)):
                return db.exec(select(User).where(User.id == uid)).first()
            @app.get("/users/all", dependencies=[Depends(chief)])  # ok
            def all_users(db: Session = Depends(get_db)):
                return db.exec(select(User)).all()
            "#,
        );
    }

    #[test]
    fn guards_from_elsewhere() {
        check(
            r#"
            from company.auth import get_current_user, require_admin, AdminUser
            from fastapi import Depends, FastAPI
            app = FastAPI()
            @app.post("/admin/a")  # finding: admin-route-without-role-check
            def a(user=Depends(get_current_user)):
                return {}
            @app.post("/admin/b")  # ok
            def b(user=Depends(require_admin)):
                return {}
            @app.post("/admin/login")  # ok
            def login(user=Depends(get_current_user)):
                return {}
            "#,
        );
    }

    #[test]
    fn guards_in_lists_that_are_not_followed() {
        project(
            r#"
            from company.guards import standard
            def routes(router: APIRouter, guards: list):
                @router.delete("/admin/users/{user_id}", dependencies=guards)
                def remove(user_id: int, session: Session = Depends(get_session)):  # ok
                    session.delete(session.get(User, user_id))
            router = APIRouter()
            routes(router, standard())
            app.include_router(router)
            "#,
        );
    }

    #[test]
    fn rights_by_other_names() {
        project(
            r#"
            def check_access(user: User):
                if hasattr(user, "has_admin_access") and user.has_admin_access:
                    return True
                raise HTTPException(status_code=403)
            def check_user(user: User):
                if hasattr(user, "email") and user.email:
                    return True
                raise HTTPException(status_code=403)
            @app.post("/admin/cleanup")  # ok
            def cleanup(user: User = Depends(current_user)):
                check_access(user)
                return {}
            @app.post("/admin/sweep")  # finding: admin-route-without-role-check (warning, medium)
            def sweep(user: User = Depends(current_user)):
                check_user(user)
                return {}
            @app.post("/admin/manage")  # ok
            def manage(user: User = Depends(current_user)):
                if not user.can_manage_users:
                    raise HTTPException(status_code=403)
                return {}
            "#,
        );
    }
}
