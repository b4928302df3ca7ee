//! Flags claims that name the user and are used without asking whether they are there.

use facts::Facts;
use facts::libraries::RequireExpiry;
use facts::subjects::{SubjectRisk, UncheckedSubject};
use facts::tokens::TokenDecode;
use report::{Confidence, OwaspApi, Phase, Severity};
use text::Span;

use crate::fix::{Fix, Replacement};
use crate::fixes::{answers, tokens};
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A claim that names the user (`sub`, `user_id`, `email`, …) of a verified token, used as if it had to be
    /// there: `claims["sub"]` where nothing catches `KeyError`; `int(…)`, `UUID(…)` or `ObjectId(…)` of it where
    /// nothing catches `ValueError` and `TypeError`; `claims.get("sub")` that goes into queries or to the routes
    /// with no test for `None`, also of what the query gives. Claims are followed to callers and into routes that
    /// have them injected.
    ///
    /// Claims that decoding requires, that are read into a pydantic model, and failures that become a 401 are right.
    /// Where every token that the project issues has the claim, it is a suggestion.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, HTTPException
    /// from fastapi.security import OAuth2PasswordBearer
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    ///
    /// def get_user_id(token: str = Depends(OAuth2PasswordBearer(tokenUrl="token"))) -> str:
    ///     try:
    ///         claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    ///     except jwt.PyJWTError:
    ///         raise HTTPException(401, "Invalid token")
    ///     return claims["sub"]
    /// ```
    ///
    /// ## Why it matters
    ///
    /// A verified signature says who issued the token, not what is in it. Tokens of another kind under the same key
    /// (a mail link, a service's token) may have no `sub`. An exception that nobody catches is a 500 instead of a
    /// 401. `None` as the user matches rows without an owner, and passes every check that compares it with `None`.
    ///
    /// ## How it is exploited
    ///
    /// With a valid token whose payload has no `sub`:
    ///
    /// ```text
    /// payload: {"email": "mallory@example.com", "exp": 4102444800}
    /// GET /tasks → SELECT … WHERE owner_id IS NULL
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, HTTPException
    /// from fastapi.security import OAuth2PasswordBearer
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    ///
    /// def get_user_id(token: str = Depends(OAuth2PasswordBearer(tokenUrl="token"))) -> str:
    ///     try:
    ///         claims = jwt.decode(
    ///             token, SECRET, algorithms=["HS256"], options={"require": ["sub"]}
    ///         )
    ///     except jwt.PyJWTError:
    ///         raise HTTPException(401, "Invalid token")
    ///     return claims["sub"]
    /// ```
    ///
    /// ```python,ok
    /// import os
    ///
    /// import jwt
    /// from fastapi import HTTPException
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    ///
    /// def user_id(token: str) -> int:
    ///     try:
    ///         claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    ///         return int(claims["sub"])
    ///     except (jwt.PyJWTError, KeyError, ValueError):
    ///         raise HTTPException(401, "Invalid token")
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-287, improper authentication: <https://cwe.mitre.org/data/definitions/287.html>
    /// - PyJWT, requiring claims: <https://pyjwt.readthedocs.io/en/stable/usage.html#requiring-presence-of-claims>
    /// - RFC 7519, the `sub` claim is optional: <https://www.rfc-editor.org/rfc/rfc7519#section-4.1.2>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-subject-not-checked",
        summary: "The claim that names the user is used without asking whether it is there",
        severity: Severity::Warning,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 287,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(4),
        fixable: true,
        supersedes: &[],
        check,
    };
}

/// Reads that are shown with a finding.
const SHOWN: usize = 6;

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for subject in facts.unchecked_subjects() {
        let read = facts.snippet(subject.span);
        let read = if read.contains('\n') {
            subject.claim.as_str()
        } else {
            read
        };
        let (message, confidence) = match &subject.risk {
            SubjectRisk::Raises => (
                format!(
                    "`{read}` raises `KeyError` for a token without `{}`, and nothing catches it",
                    subject.claim
                ),
                Confidence::High,
            ),
            SubjectRisk::ConversionRaises(_) => (
                format!(
                    "`{read}` raises for a token with another `{}` or none, and nothing catches it",
                    subject.claim
                ),
                Confidence::High,
            ),
            SubjectRisk::BecomesNone => (
                format!(
                    "`{read}` is `None` for a token without `{}`, and nothing checks that",
                    subject.claim
                ),
                Confidence::Medium,
            ),
        };
        let (severity, confidence) = match subject.is_always_issued {
            true => (Severity::Suggestion, Confidence::Low),
            false => (Severity::Warning, confidence),
        };
        let fix = fix(facts, &subject).or_else(|| answered(facts, &subject));
        let finding = context.report(subject.span, message);
        finding.severity(severity).confidence(confidence).fix(fix);
        for &other in subject.others.iter().take(SHOWN) {
            finding.related(other, "used unchecked here, too");
        }
        let is_inside = subject.call.file == subject.span.file && subject.span.range.contains_range(subject.call.range);
        if !is_inside {
            finding.related(subject.call, "the claims come from here");
        }
    }
}

/// Lets decoding refuse tokens without the claim, where its failure is caught already. Every decode that leads to
/// the read has to.
fn fix(facts: &Facts<'_>, subject: &UncheckedSubject<'_>) -> Option<Fix> {
    if !matches!(subject.risk, SubjectRisk::Raises | SubjectRisk::BecomesNone) {
        return None;
    }
    let claim = subject.claim.as_str();
    let further = subject
        .further
        .iter()
        .map(|further| (further.decode, further.is_caught));
    let decodes = std::iter::once((subject.decode, subject.is_decode_caught)).chain(further);
    let edits: Option<Vec<Replacement>> = decodes
        .map(|(decode, is_caught)| required(facts, decode.filter(|_| is_caught)?, claim))
        .collect();
    Some(Fix::changes_behaviour(format!("Refuse tokens without `{claim}`")).with(edits?))
}

/// Turns what the read raises into 401.
fn answered(facts: &Facts<'_>, subject: &UncheckedSubject<'_>) -> Option<Fix> {
    let raises = match &subject.risk {
        SubjectRisk::Raises => true,
        // What it raises is no `ValueError`.
        SubjectRisk::ConversionRaises(conversion) => !conversion.ends_with("ObjectId"),
        SubjectRisk::BecomesNone => false,
    };
    if !raises || !facts.answers_request(subject.span) {
        return None;
    }
    let is_one = subject.span.file == subject.call.file && subject.span.range.contains_range(subject.call.range);
    match subject.decode {
        // The decode in the same statement raises as well.
        Some(decode) if is_one && !subject.is_decode_caught => {
            answers::refused_token(facts, subject.call, decode.library.name)
        }
        _ => {
            let reads: Vec<Span> = std::iter::once(subject.span)
                .chain(subject.others.iter().copied())
                .collect();
            answers::missing_claim(facts, &subject.claim, &reads)
        }
    }
}

fn required(facts: &Facts<'_>, decode: &TokenDecode, claim: &str) -> Option<Replacement> {
    if !tokens::is_plain(&decode.call) {
        return None;
    }
    match decode.library.require_expiry {
        RequireExpiry::RequireList => tokens::require_in_list(facts, decode, claim),
        // python-jose knows a flag for each registered claim.
        RequireExpiry::RequireFlag if claim == "sub" => tokens::require_by_flag(facts, decode, claim),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn missing_keys() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Depends, HTTPException
            from fastapi.security import HTTPBearer
            SECRET = os.environ["BETTER_AUTH_SECRET"]

            def get_user_id(creds=Depends(HTTPBearer())):
                try:
                    payload = jwt.decode(creds.credentials, SECRET, algorithms=["HS256"])
                    return payload["sub"]  # finding: jwt-subject-not-checked (warning, high, changes-behaviour)
                    #      ^^^^^^^^^^^^^^ jwt-subject-not-checked
                except jwt.PyJWTError:
                    raise HTTPException(401)

            def caught(creds=Depends(HTTPBearer())):
                try:
                    payload = jwt.decode(creds.credentials, SECRET, algorithms=["HS256"])
                    return payload["sub"]  # ok
                except (jwt.PyJWTError, KeyError):
                    raise HTTPException(401)

            def all_caught(creds=Depends(HTTPBearer())):
                try:
                    return jwt.decode(creds.credentials, SECRET, algorithms=["HS256"])["user_id"]  # ok
                except Exception:
                    raise HTTPException(401)

            def required(creds=Depends(HTTPBearer())):
                payload = jwt.decode(creds.credentials, SECRET, algorithms=["HS256"], options={"require": ["exp", "sub"]})
                return payload["sub"]  # ok

            def asked(creds=Depends(HTTPBearer())):
                payload = jwt.decode(creds.credentials, SECRET, algorithms=["HS256"])
                if "sub" not in payload:
                    raise HTTPException(401)
                return payload["sub"]  # ok

            def got(creds=Depends(HTTPBearer())):
                payload = jwt.decode(creds.credentials, SECRET, algorithms=["HS256"])
                if not payload.get("sub"):
                    raise HTTPException(401)
                return payload["sub"]  # ok

            def other_claims(creds=Depends(HTTPBearer())):
                payload = jwt.decode(creds.credentials, SECRET, algorithms=["HS256"])
                return payload["theme"]  # ok
            "#,
        );
    }

    #[test]
    fn conversions() {
        check(
            r#"
            import os
            from uuid import UUID
            from bson import ObjectId
            from fastapi import Depends, HTTPException
            from fastapi.security import OAuth2PasswordBearer
            from jose import JWTError, jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            scheme = OAuth2PasswordBearer(tokenUrl="token")

            def number(token: str = Depends(scheme)):
                try:
                    payload = jwt.decode(token, SECRET, algorithms=["HS256"])
                    user_id = int(payload.get("sub"))  # finding: jwt-subject-not-checked (warning, high, fix)
                    #         ^^^^^^^^^^^^^^^^^^^^^^^ jwt-subject-not-checked
                except JWTError:
                    raise HTTPException(401)
                return user_id

            def number_well(token: str = Depends(scheme)):
                try:
                    payload = jwt.decode(token, SECRET, algorithms=["HS256"])
                    user_id = int(payload.get("sub"))  # ok
                except (JWTError, TypeError, ValueError):
                    raise HTTPException(401)
                return user_id

            def later(token: str = Depends(scheme)):
                payload = jwt.decode(token, SECRET, algorithms=["HS256"])
                sub = payload.get("sub")
                if sub is None:
                    raise HTTPException(401)
                return UUID(sub)  # finding: jwt-subject-not-checked

            def later_well(token: str = Depends(scheme)):
                payload = jwt.decode(token, SECRET, algorithms=["HS256"])
                sub = payload.get("sub")
                if sub is None:
                    raise HTTPException(401)
                try:
                    return UUID(sub)  # ok
                except ValueError:
                    raise HTTPException(401)

            def mongo(token: str = Depends(scheme)):
                payload = jwt.decode(token, SECRET, algorithms=["HS256"], options={"require_sub": True})
                return ObjectId(payload["sub"])  # finding: jwt-subject-not-checked
            "#,
        );
    }

    #[test]
    fn nothing_instead_of_a_user() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Depends, FastAPI, HTTPException
            from fastapi.security import OAuth2PasswordBearer
            from sqlalchemy import select
            from app.db import Task, User, get_db
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            scheme = OAuth2PasswordBearer(tokenUrl="token")
            app = FastAPI()

            def get_user_id(token: str = Depends(scheme)):
                payload = jwt.decode(token, SECRET, algorithms=["HS256"])
                return payload.get("sub")  # finding: jwt-subject-not-checked (warning, medium)

            def get_user_id_well(token: str = Depends(scheme)):
                payload = jwt.decode(token, SECRET, algorithms=["HS256"])
                user_id = payload.get("sub")
                if user_id is None:
                    raise HTTPException(401)
                return user_id

            def get_user(token: str = Depends(scheme), db=Depends(get_db)):
                payload = jwt.decode(token, SECRET, algorithms=["HS256"])
                email = payload.get("email")  # ok
                user = db.execute(select(User).where(User.email == email)).scalar_one_or_none()
                if user is None:
                    raise HTTPException(401)
                return user

            @app.get("/tasks")
            def tasks(user_id=Depends(get_user_id), db=Depends(get_db)):
                return db.scalars(select(Task).where(Task.user_id == user_id)).all()

            @app.get("/tasks/well")
            def tasks_well(user_id=Depends(get_user_id_well), db=Depends(get_db)):
                return db.scalars(select(Task).where(Task.user_id == user_id)).all()
            "#,
        );
    }

    #[test]
    fn in_routes() {
        check(
            r#"
            #- auth.py
            import os
            import jwt
            from fastapi import Depends, HTTPException
            from fastapi.security import HTTPBearer
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def verify(creds=Depends(HTTPBearer())):
                try:
                    return jwt.decode(creds.credentials, SECRET, algorithms=["HS256"])
                except jwt.InvalidTokenError:
                    raise HTTPException(401)
            #- main.py
            from typing import Annotated
            from fastapi import Depends, FastAPI
            from auth import verify
            app = FastAPI()
            Claims = Annotated[dict, Depends(verify)]
            @app.get("/me")
            def me(claims: dict = Depends(verify)):
                return {"id": claims["sub"]}  # finding: jwt-subject-not-checked (warning, high, fix)
            @app.get("/mine")
            def mine(claims: Claims):
                return {"id": claims["sub"], "name": claims["name"]}
            "#,
        );
    }

    /// The tutorial of FastAPI, and what people make of it.
    #[test]
    fn tutorials() {
        check(
            r#"
            #- a.py
            import os
            from typing import Annotated
            import jwt
            from fastapi import Depends, HTTPException
            from fastapi.security import OAuth2PasswordBearer
            from pydantic import BaseModel
            from app.users import get_user
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            scheme = OAuth2PasswordBearer(tokenUrl="token")
            class TokenData(BaseModel):
                username: str | None = None
            class Payload(BaseModel):
                sub: str
            async def get_current_user(token: Annotated[str, Depends(scheme)]):
                unauthorized = HTTPException(401)
                try:
                    payload = jwt.decode(token, SECRET, algorithms=["HS256"])
                    username = payload.get("sub")  # ok
                    if username is None:
                        raise unauthorized
                    token_data = TokenData(username=username)
                except jwt.InvalidTokenError:
                    raise unauthorized
                user = get_user(username=token_data.username)
                if user is None:
                    raise unauthorized
                return user
            async def by_model(token: Annotated[str, Depends(scheme)]):
                payload = jwt.decode(token, SECRET, algorithms=["HS256"])
                return Payload(**payload).sub  # ok
            async def by_walrus(token: Annotated[str, Depends(scheme)]):
                payload = jwt.decode(token, SECRET, algorithms=["HS256"])
                if not (username := payload.get("sub")):  # ok
                    raise HTTPException(401)
                return username
            async def more_of_the_user(token: Annotated[str, Depends(scheme)]):
                payload = jwt.decode(token, SECRET, algorithms=["HS256"])
                user_id = payload.get("sub")
                email = payload.get("email")  # ok
                if not user_id:
                    raise HTTPException(401)
                return {"user_id": user_id, "email": email}
            async def by_match(token: Annotated[str, Depends(scheme)], user_id: str):
                payload = jwt.decode(token, SECRET, algorithms=["HS256"])
                if payload.get("sub") != user_id:  # ok
                    raise HTTPException(403)
                return user_id
            "#,
        );
    }

    #[test]
    fn caught_by_the_caller() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Depends, HTTPException
            from fastapi.security import HTTPBearer
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def subject(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])["sub"]  # ok
            def other_subject(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])["sub"]  # finding: jwt-subject-not-checked
            def current(creds=Depends(HTTPBearer())):
                try:
                    return subject(creds.credentials)
                except (jwt.PyJWTError, KeyError):
                    raise HTTPException(401)
            def other(creds=Depends(HTTPBearer())):
                try:
                    return other_subject(creds.credentials)
                except jwt.PyJWTError:
                    raise HTTPException(401)
            "#,
        );
    }

    /// The project issues every token, each with the claim.
    #[test]
    fn always_issued() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Depends
            from fastapi.security import HTTPBearer
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def issue(user, expires):
                return jwt.encode({"sub": str(user.id), "exp": expires}, SECRET, algorithm="HS256")
            def current(creds=Depends(HTTPBearer())):
                return jwt.decode(creds.credentials, SECRET, algorithms=["HS256"])["sub"]  # finding: jwt-subject-not-checked (suggestion, low), auth-failure-not-401
            "#,
        );
    }

    #[test]
    fn fixes() {
        check_fix(
            &RULE,
            r#"
            import os
            from fastapi import Depends, HTTPException
            from fastapi.security import HTTPBearer
            from jose import JWTError, jwt
            SECRET = os.environ['BETTER_AUTH_SECRET']
            def current(creds=Depends(HTTPBearer())):
                try:
                    claims = jwt.decode(creds.credentials, SECRET, algorithms=['HS256'], options={'verify_aud': False})
                except JWTError:
                    raise HTTPException(401)
                return claims['sub']  # finding: jwt-subject-not-checked (changes-behaviour)
            "#,
            r#"
            import os
            from fastapi import Depends, HTTPException
            from fastapi.security import HTTPBearer
            from jose import JWTError, jwt
            SECRET = os.environ['BETTER_AUTH_SECRET']
            def current(creds=Depends(HTTPBearer())):
                try:
                    claims = jwt.decode(
                        creds.credentials, SECRET, algorithms=['HS256'], options={'verify_aud': False, 'require_sub': True}
                    )
                except JWTError:
                    raise HTTPException(401)
                return claims['sub']
            "#,
        );
    }
}
