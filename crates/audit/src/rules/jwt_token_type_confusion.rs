//! Flags uses of tokens that take one kind for another.

use facts::token_kinds::TokenKind;
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// Access tokens and refresh, reset or confirmation tokens that are signed with one key, and code that verifies
    /// them without asking which kind it holds: no claim such as `type` is read, no `audience` is asked for, and the
    /// other kind has every claim that is needed. What a token is for is told by such a claim, and by the names of
    /// the functions that issue it.
    ///
    /// Said once for a key: at the decode for access tokens, or the first one. A key or an audience for each kind, a
    /// claim that is compared, and a claim that only the right kind has are right.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    ///
    /// def create_access_token(user_id: str, exp: int) -> str:
    ///     return jwt.encode({"sub": user_id, "exp": exp, "type": "access"}, SECRET, algorithm="HS256")
    ///
    ///
    /// def create_reset_token(user_id: str, exp: int) -> str:
    ///     return jwt.encode({"sub": user_id, "exp": exp, "type": "reset"}, SECRET, algorithm="HS256")
    ///
    ///
    /// def current_user_id(token: str) -> str | None:
    ///     return jwt.decode(token, SECRET, algorithms=["HS256"]).get("sub")
    /// ```
    ///
    /// ## Why it matters
    ///
    /// A refresh token lives for weeks because it is only shown to one route, and can be withdrawn. A reset token
    /// travels by mail. Accepted as access tokens, the one makes the short life of access tokens useless, and the
    /// other opens the account to whoever reads the mail. An access token that passes for a reset token changes the
    /// password.
    ///
    /// ## How it is exploited
    ///
    /// ```text
    /// GET /users/me
    /// Authorization: Bearer <the refresh token, or the one from the link in a mail>
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```python,ok
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    ///
    /// def create_access_token(user_id: str, exp: int) -> str:
    ///     return jwt.encode({"sub": user_id, "exp": exp, "type": "access"}, SECRET, algorithm="HS256")
    ///
    ///
    /// def create_reset_token(user_id: str, exp: int) -> str:
    ///     return jwt.encode({"sub": user_id, "exp": exp, "type": "reset"}, SECRET, algorithm="HS256")
    ///
    ///
    /// def current_user_id(token: str) -> str | None:
    ///     claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    ///     return claims.get("sub") if claims.get("type") == "access" else None
    /// ```
    ///
    /// ## References
    ///
    /// - RFC 8725, JSON Web Token Best Current Practices, sections 2.8 and 3.12: <https://www.rfc-editor.org/rfc/rfc8725#section-3.12>
    /// - CWE-287, improper authentication: <https://cwe.mitre.org/data/definitions/287.html>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-token-type-confusion",
        summary: "One kind of token passes for another",
        severity: Severity::Warning,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 287,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(2),
        fixable: false,
        supersedes: &[],
        check,
    };
}

/// Uses that are shown with a finding.
const SHOWN: usize = 6;

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for confusion in facts.type_confusions() {
        let callee = facts.snippet(confusion.decode.call.callee);
        let (taken, wanted) = (confusion.taken.words(), confusion.wanted.words());
        let unread = match &confusion.claim {
            Some(claim) => format!("nothing reads `{claim}`"),
            None => "nothing in them tells them apart".to_owned(),
        };
        let message = format!("`{callee}` takes {taken} for {wanted}: both are signed with one key and {unread}");
        let finding = context.report(confusion.decode.call.span, message);
        // That an access token refreshes itself ends with the access token.
        finding.confidence(match (confusion.wanted, &confusion.claim) {
            (TokenKind::Access, Some(_)) => Confidence::High,
            (TokenKind::Refresh, None) => Confidence::Low,
            _ => Confidence::Medium,
        });
        finding.related(confusion.issued, format!("{taken} is issued here"));
        for &user in confusion.user.iter().chain(&confusion.others).take(SHOWN) {
            finding.related(user, "its claims are used here");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn access_and_refresh() {
        check(
            r#"
            #- bad.py
            import os
            from datetime import datetime, timedelta, timezone
            from fastapi import Depends, HTTPException
            from fastapi.security import OAuth2PasswordBearer
            from jose import JWTError, jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def create_access_token(data: dict):
                claims = {**data, "exp": datetime.now(timezone.utc) + timedelta(minutes=15)}
                return jwt.encode(claims, SECRET, algorithm="HS256")
            def create_refresh_token(data: dict):
                claims = {**data, "exp": datetime.now(timezone.utc) + timedelta(days=7)}
                return jwt.encode(claims, SECRET, algorithm="HS256")
            def get_current_user(token=Depends(OAuth2PasswordBearer(tokenUrl="token"))):
                try:
                    payload = jwt.decode(token, SECRET, algorithms=["HS256"])  # finding: jwt-token-type-confusion (warning)
                    #         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ jwt-token-type-confusion
                    return payload["sub"]
                except (JWTError, KeyError):
                    raise HTTPException(401)
            #- good.py
            import os
            from datetime import datetime, timedelta, timezone
            from fastapi import Depends, HTTPException
            from fastapi.security import OAuth2PasswordBearer
            from jose import JWTError, jwt
            SECRET = os.environ["OTHER_SECRET"]
            def create_access_token(data: dict):
                claims = {**data, "type": "access", "exp": datetime.now(timezone.utc) + timedelta(minutes=15)}
                return jwt.encode(claims, SECRET, algorithm="HS256")
            def create_refresh_token(data: dict):
                claims = {**data, "type": "refresh", "exp": datetime.now(timezone.utc) + timedelta(days=7)}
                return jwt.encode(claims, SECRET, algorithm="HS256")
            def get_current_user(token=Depends(OAuth2PasswordBearer(tokenUrl="token"))):
                try:
                    payload = jwt.decode(token, SECRET, algorithms=["HS256"])  # ok
                    if payload.get("type") != "access":
                        raise HTTPException(401)
                    return payload["sub"]
                except (JWTError, KeyError):
                    raise HTTPException(401)
            "#,
        );
    }

    /// One helper signs, another one decodes; only one of its callers asks.
    #[test]
    fn helpers() {
        check(
            r#"
            #- security.py
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def create_token(data, kind, exp):
                return jwt.encode({"sub": data, "type": kind, "exp": exp}, SECRET, algorithm="HS256")
            def decode_token(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])  # finding: jwt-token-type-confusion (warning), auth-failure-not-401
            #- routes.py
            from fastapi import APIRouter, Depends, HTTPException
            from fastapi.security import HTTPBearer
            from security import create_token, decode_token
            router = APIRouter()
            def get_current_user(creds=Depends(HTTPBearer())):
                payload = decode_token(creds.credentials)
                if not payload.get("sub"):
                    raise HTTPException(401)
                return payload["sub"]
            @router.post("/refresh")
            def refresh(token: str):
                payload = decode_token(token)
                if payload.get("type") != "refresh":
                    raise HTTPException(401)
                return create_token(payload.get("sub"), "access", 900)
            @router.post("/login")
            def login(user: str):
                return {"access_token": create_token(user, "access", 900), "refresh_token": create_token(user, "refresh", 9000)}
            "#,
        );
    }

    #[test]
    fn helpers_that_ask() {
        check(
            r#"
            #- security.py
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def create_token(data, kind, exp):
                return jwt.encode({"sub": data, "type": kind, "exp": exp}, SECRET, algorithm="HS256")
            def decode_token(token, expected):
                payload = jwt.decode(token, SECRET, algorithms=["HS256"])  # finding: auth-failure-not-401
                if payload.get("type") != expected:
                    raise ValueError("wrong kind of token")
                return payload
            #- routes.py
            from fastapi import APIRouter, Depends, HTTPException
            from fastapi.security import HTTPBearer
            from security import create_token, decode_token
            router = APIRouter()
            def get_current_user(creds=Depends(HTTPBearer())):
                return decode_token(creds.credentials, "access").get("sub", "")
            @router.post("/refresh")
            def refresh(token: str):
                return create_token(decode_token(token, "refresh").get("sub"), "access", 900)
            @router.post("/login")
            def login(user: str):
                return {"access_token": create_token(user, "access", 900), "refresh_token": create_token(user, "refresh", 9000)}
            "#,
        );
    }

    #[test]
    fn keys_audiences_and_claims_of_their_own() {
        check(
            r#"
            #- keys.py
            import os
            import jwt
            ACCESS = os.environ["BETTER_AUTH_SECRET"]
            REFRESH = os.environ["REFRESH_SECRET"]
            def create_access_token(user, exp):
                return jwt.encode({"sub": user, "exp": exp}, ACCESS, algorithm="HS256")
            def create_refresh_token(user, exp):
                return jwt.encode({"sub": user, "exp": exp}, REFRESH, algorithm="HS256")
            def current(token):
                return jwt.decode(token, ACCESS, algorithms=["HS256"]).get("sub", "")  # ok
            #- audiences.py
            import os
            import jwt
            SECRET = os.environ["SECOND"]
            def create_access_token(user, exp):
                return jwt.encode({"sub": user, "exp": exp, "aud": "api"}, SECRET, algorithm="HS256")
            def create_reset_token(user, exp):
                return jwt.encode({"sub": user, "exp": exp, "aud": "reset"}, SECRET, algorithm="HS256")
            def current(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], audience="api").get("sub", "")  # ok
            #- claims.py
            import os
            import jwt
            SECRET = os.environ["THIRD"]
            def create_access_token(user, exp):
                return jwt.encode({"sub": user, "exp": exp}, SECRET, algorithm="HS256")
            def create_verification_token(email, exp):
                return jwt.encode({"email": email, "exp": exp}, SECRET, algorithm="HS256")
            def current(token):
                try:
                    return jwt.decode(token, SECRET, algorithms=["HS256"])["sub"]  # ok
                except KeyError:
                    return ""
            "#,
        );
    }

    #[test]
    fn reset_links() {
        check(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def create_access_token(user, exp):
                return jwt.encode({"sub": user, "exp": exp}, SECRET, algorithm="HS256")
            def create_password_reset_token(user, exp):
                return jwt.encode({"sub": user, "exp": exp}, SECRET, algorithm="HS256")
            def verify_password_reset_token(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"]).get("sub", "")  # finding: jwt-token-type-confusion (warning, medium)
            "#,
        );
    }

    /// A class that the claims are read into knows the kind.
    #[test]
    fn models() {
        check(
            r#"
            import os
            import jwt
            from pydantic import BaseModel
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            class Payload(BaseModel):
                sub: str
                type: str
            def create_access_token(user, exp):
                return jwt.encode({"sub": user, "exp": exp, "type": "access"}, SECRET, algorithm="HS256")
            def create_refresh_token(user, exp):
                return jwt.encode({"sub": user, "exp": exp, "type": "refresh"}, SECRET, algorithm="HS256")
            def current(token):
                payload = Payload(**jwt.decode(token, SECRET, algorithms=["HS256"]))  # ok
                if payload.type != "access":
                    raise ValueError(payload.type)
                return payload.sub
            "#,
        );
    }

    /// What a store holds is of one kind, and a helper without users has none that could confuse them.
    #[test]
    fn stores_and_helpers_without_users() {
        check(
            r#"
            import os
            import jwt
            from fastapi import HTTPException
            from app.store import redis
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def create_access_token(user, exp):
                return jwt.encode({"sub": user, "exp": exp}, SECRET, algorithm="HS256")
            def create_refresh_token(user, exp):
                return jwt.encode({"sub": user, "exp": exp}, SECRET, algorithm="HS256")
            async def current(token):
                user_id = jwt.decode(token, SECRET, algorithms=["HS256"]).get("sub", "")  # ok
                stored_token = await redis.get(f"access:{user_id}")
                if token != stored_token:
                    raise HTTPException(401)
                return user_id
            def helper(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])  # ok
            "#,
        );
    }

    /// Nothing in the tokens says what they are for; the names that callers give them do.
    #[test]
    fn told_by_callers() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Depends
            from fastapi.security import HTTPBearer
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def create_token(user, minutes):
                return jwt.encode({"sub": user, "exp": minutes}, SECRET, algorithm="HS256")
            def login(user):
                return {"access_token": create_token(user, 15), "refresh_token": create_token(user, 9000)}
            def current(creds=Depends(HTTPBearer())):
                return jwt.decode(creds.credentials, SECRET, algorithms=["HS256"]).get("sub", "")  # finding: jwt-token-type-confusion (warning, medium), auth-failure-not-401
            "#,
        );
    }

    #[test]
    fn one_kind() {
        check(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def create_access_token(user, exp):
                return jwt.encode({"sub": user, "exp": exp}, SECRET, algorithm="HS256")
            def current(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"]).get("sub", "")  # ok
            "#,
        );
    }

    #[test]
    fn a_kind_that_is_only_told() {
        check(
            r#"
            #- a.py
            import os
            import jwt
            from fastapi import Depends, FastAPI, HTTPException
            from fastapi.security import OAuth2PasswordBearer
            app = FastAPI()
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def create_access_token(user, exp):
                return jwt.encode({"sub": user, "type": "access", "exp": exp}, SECRET, algorithm="HS256")
            def create_refresh_token(user, exp):
                return jwt.encode({"sub": user, "type": "refresh", "exp": exp}, SECRET, algorithm="HS256")
            def current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="token"))):
                try:
                    claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["sub"]})  # finding: jwt-token-type-confusion
                except jwt.PyJWTError:
                    raise HTTPException(401, "Invalid token")
                if claims.get("type") != "access":
                    print("not an access token")
                return claims["sub"]
            #- b.py
            import os
            import jwt
            from fastapi import Depends, FastAPI, HTTPException
            from fastapi.security import OAuth2PasswordBearer
            app = FastAPI()
            SECRET = os.environ["OTHER_SECRET"]
            def create_access_token(user, exp):
                return jwt.encode({"sub": user, "type": "access", "exp": exp}, SECRET, algorithm="HS256")
            def create_refresh_token(user, exp):
                return jwt.encode({"sub": user, "type": "refresh", "exp": exp}, SECRET, algorithm="HS256")
            def current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="token"))):
                try:
                    claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["sub"]})  # ok
                except jwt.PyJWTError:
                    raise HTTPException(401, "Invalid token")
                if claims.get("type") != "access":
                    print("not an access token")
                    raise HTTPException(401, "Invalid token")
                return claims["sub"]
            "#,
        );
    }
}
