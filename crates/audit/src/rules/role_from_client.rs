//! Flags rights that clients give themselves.

use facts::administrators::ClaimedRight;
use facts::flow::RequestPart;
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A decision about what the caller may do that rests on a role, permission or flag of the request itself: a
    /// header such as `X-User-Role`, a query parameter `is_admin`, a field of the body, a plain cookie. Roles of the
    /// verified token or of the user's row in the database are right, and so is a role in a body that is only
    /// validated or stored: what may be stored is the business of `mass-assignment`.
    ///
    /// ```python,finding
    /// from fastapi import FastAPI, Header, HTTPException
    ///
    /// app = FastAPI()
    ///
    /// @app.get("/stats")
    /// def stats(x_user_role: str = Header()):
    ///     if x_user_role != "admin":
    ///         raise HTTPException(status_code=403, detail="Not enough permissions")
    ///     return {"visits": 7}
    /// ```
    ///
    /// ## Why it matters
    ///
    /// The client writes every part of its request. A header that the frontend or a gateway sets is a header that
    /// anyone can set who reaches the application.
    ///
    /// ## How it is exploited
    ///
    /// `curl -H "X-User-Role: admin" https://api.example.com/stats`
    ///
    /// ## Use instead
    ///
    /// Read the role from the verified token, or from the row of the verified user.
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
    /// def get_claims(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> dict:
    ///     return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    ///
    /// @app.get("/stats")
    /// def stats(claims: dict = Depends(get_claims)):
    ///     if claims.get("role") != "admin":
    ///         raise HTTPException(status_code=403, detail="Not enough permissions")
    ///     return {"visits": 7}
    /// ```
    ///
    /// ## References
    ///
    /// - OWASP API5:2023, broken function level authorization: <https://owasp.org/API-Security/editions/2023/en/0xa5-broken-function-level-authorization/>
    /// - CWE-269: <https://cwe.mitre.org/data/definitions/269.html>
    pub(super) static RULE: Rule = Rule {
        name: "role-from-client",
        summary: "A role or right is taken from the request",
        severity: Severity::Critical,
        phase: Phase::AuthorizationAndUserIsolation,
        cwe: 269,
        owasp: OwaspApi::BrokenFunctionLevelAuthorization,
        checklist_item: Some(6),
        fixable: false,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for claimed in &facts.privileges().claimed {
        report(context, claimed);
    }
}

fn report(context: &mut RuleContext<'_>, claimed: &ClaimedRight) {
    let name = &claimed.name;
    let part = match claimed.part {
        RequestPart::Path => "path",
        RequestPart::Query => "query",
        RequestPart::Body => "body",
        RequestPart::Header => "headers",
        RequestPart::Cookie => "cookies",
        RequestPart::Any => "request",
    };
    let message = match claimed.refuses {
        true => format!("`{name}` of the {part} decides who may go on, and clients choose it freely"),
        false => format!("`{name}` of the {part} decides what is done, and clients choose it freely"),
    };
    // Without a refusal the branch may be a choice and no right.
    let (severity, confidence) = match claimed.refuses {
        true => (Severity::Critical, Confidence::High),
        false => (Severity::Warning, Confidence::Low),
    };
    let finding = context.report(claimed.span, message);
    finding.severity(severity).confidence(confidence);
    finding.trace(claimed.source, format!("`{name}` comes from the {part} here"));
    for &route in &claimed.routes {
        finding.related(route, "a route behind it");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;
    use crate::testing::projects::check_in;

    const HEAD: &str = r#"
import os
import jwt
from fastapi import Cookie, Depends, FastAPI, Header, HTTPException, Query, Request
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel
app = FastAPI()
class Change(BaseModel):
    role: str
    is_admin: bool = False
    title: str
def claims(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> dict:
    return jwt.decode(token, os.environ["KEY"], algorithms=["HS256"])
"#;

    fn project(main: &str) {
        check(&format!("{HEAD}{}", test_utils::trim_indent(main)));
    }

    #[test]
    fn headers_queries_cookies_bodies() {
        project(
            r#"
            @app.get("/a")
            def a(x_role: str = Header(), user=Depends(claims)):
                if x_role != "admin":  # finding: role-from-client (critical, high)
                    raise HTTPException(status_code=403)
            @app.get("/b")
            def b(is_admin: bool = False, user=Depends(claims)):
                if not is_admin:  # finding: role-from-client
                    raise HTTPException(403)
            @app.get("/c")
            def c(request: Request, user=Depends(claims)):
                if request.cookies.get("role") not in ("admin", "staff"):  # finding: role-from-client
                    raise HTTPException(status_code=403)
            @app.post("/d")
            def d(change: Change, user=Depends(claims)):
                if change.role != "admin":  # finding: role-from-client
                    raise HTTPException(status_code=403)
            @app.get("/e")
            def e(user: dict = Depends(claims)):
                if user["role"] != "admin":  # ok
                    raise HTTPException(status_code=403)
            "#,
        );
    }

    #[test]
    fn in_dependencies() {
        project(
            r#"
            def admin(request: Request, user=Depends(claims)):
                if request.headers.get("X-User-Role") != "admin":  # finding: role-from-client
                    raise HTTPException(status_code=403)
            @app.get("/a", dependencies=[Depends(admin)])
            def a():
                return 1
            @app.get("/b", dependencies=[Depends(admin)])
            def b():
                return 1
            def verified(user=Depends(claims)):
                if user.get("role") != "admin":  # ok
                    raise HTTPException(status_code=403)
            @app.get("/c", dependencies=[Depends(verified)])
            def c():
                return 1
            "#,
        );
    }

    #[test]
    fn what_is_only_validated() {
        project(
            r#"
            @app.post("/a")
            def a(change: Change, user=Depends(claims)):
                if change.role not in ("admin", "user"):  # ok
                    raise HTTPException(status_code=422)
                return change
            @app.post("/b")
            def b(change: Change, user=Depends(claims)):
                if change.role == "admin" and user["role"] != "admin":  # ok
                    raise HTTPException(status_code=403)
                return change
            @app.get("/c")
            def c(role: str | None = None, user=Depends(claims)):
                if role:  # ok
                    return [role]
                return []
            @app.post("/d")
            def d(change: Change, user=Depends(claims)):
                if change.title == "admin":  # ok
                    raise HTTPException(status_code=403)
            "#,
        );
    }

    /// Nobody but an administrator may hand out the role: a refusal of the value is no right.
    #[test]
    fn a_value_that_is_refused() {
        project(
            r#"
            @app.post("/register")
            def register(change: Change):
                if change.role == "admin":  # ok
                    raise HTTPException(status_code=403)
                return change
            "#,
        );
    }

    #[test]
    fn documents_and_other_parts() {
        check_in(
            "documents",
            r#"
@app.delete("/settings/header/{i}")
async def by_header(i: str, uid: str = Depends(me), x_role: str = Header()):
    if x_role != "admin":  # finding: role-from-client
        raise HTTPException(403)
    await db.settings.delete_one({"_id": i})
@app.delete("/settings/query/{i}")
async def by_query(i: str, is_admin: bool = False, uid: str = Depends(me)):
    if not is_admin:  # finding: role-from-client
        raise HTTPException(403)
    await db.settings.delete_one({"_id": i})
@app.delete("/settings/token/{i}")
async def by_token(i: str, claims: dict = Depends(claims)):  # ok
    if claims.get("role") != "admin":
        raise HTTPException(403)
    await db.settings.delete_one({"_id": i})
@app.get("/settings")
async def other_flag(include_deleted: bool = False, claims: dict = Depends(claims)):  # ok
    if claims.get("role") != "admin":
        raise HTTPException(403)
    return await db.settings.find({"deleted": include_deleted}).to_list(10)
"#,
        );
    }
}
