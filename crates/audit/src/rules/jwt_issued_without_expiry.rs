//! Flags tokens that are issued without the claim `exp`.

use facts::expiry::{ClaimState, IssuedToken, OtherLimitKind, TokenPurpose};
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fix::Fix;
use crate::fixes::expiry;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A JSON Web Token that is signed without the claim `exp` on some way: never set, set only under
    /// `if expires_delta:` without an `else`, left out by one of several callers, or switched off in a library that
    /// issues tokens by itself (`JWTStrategy(lifetime_seconds=None)` of fastapi-users).
    ///
    /// `exp` that is set in every branch, by a helper, by the callers, by a pydantic model, or a claim of the
    /// project's own that is compared with the time where tokens are read are right. Claims that are not followed
    /// are not reported; a function that signs the dictionary it is given, and whose callers are not among the
    /// files, is a suggestion.
    ///
    /// Critical for an access token that names a user and has nothing else that limits it; a warning for other
    /// tokens, where only some way leads there, where decoding requires `exp`, or where the token carries an
    /// identifier (`jti`, `sid`, a version) by which a store may know it.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    ///
    /// def create_access_token(user_id: int) -> str:
    ///     return jwt.encode({"sub": str(user_id)}, SECRET, algorithm="HS256")
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Libraries check `exp` when it is there and accept a token without it: PyJWT (2.15), python-jose (3.5),
    /// Authlib (1.9) and joserfc (1.8) alike. Such a token is good until the secret changes, which logs everybody
    /// out.
    ///
    /// ## How it is exploited
    ///
    /// A token from a log, a browser's history, a backup or a stolen telephone still works years later, after a
    /// change of password and after the account was closed:
    ///
    /// ```text
    /// $ curl -H "Authorization: Bearer eyJhbGciOiJIUzI1NiIs…" https://api.example.com/users/me
    /// ```
    ///
    /// ## Use instead
    ///
    /// Access tokens that live for minutes, and refresh tokens that can be revoked.
    ///
    /// ```python,fixed
    /// import datetime
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    ///
    /// def create_access_token(user_id: int) -> str:
    ///     return jwt.encode(
    ///         {
    ///             "sub": str(user_id),
    ///             "exp": datetime.datetime.now(datetime.timezone.utc)
    ///             + datetime.timedelta(minutes=15),
    ///         },
    ///         SECRET,
    ///         algorithm="HS256",
    ///     )
    /// ```
    ///
    /// ```python,ok
    /// import os
    /// from datetime import datetime, timedelta, timezone
    ///
    /// import jwt
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    ///
    /// def create_access_token(data: dict, expires_delta: timedelta | None = None) -> str:
    ///     to_encode = data.copy()
    ///     if expires_delta:
    ///         expire = datetime.now(timezone.utc) + expires_delta
    ///     else:
    ///         expire = datetime.now(timezone.utc) + timedelta(minutes=15)
    ///     to_encode.update({"exp": expire})
    ///     return jwt.encode(to_encode, SECRET, algorithm="HS256")
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-613, insufficient session expiration: <https://cwe.mitre.org/data/definitions/613.html>
    /// - RFC 7519, the `exp` claim: <https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4>
    /// - RFC 9700, Best Current Practice for OAuth 2.0 Security, section 2.2.2:
    ///   <https://www.rfc-editor.org/rfc/rfc9700#section-2.2.2>
    /// - PyJWT, expiration time: <https://pyjwt.readthedocs.io/en/stable/usage.html#expiration-time-claim-exp>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-issued-without-expiry",
        summary: "A token is issued that never expires",
        severity: Severity::Warning,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 613,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(3),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for token in &facts.issued {
        let limit = token.other_limit.as_ref().map(|limit| &limit.kind);
        if matches!(limit, Some(OtherLimitKind::CheckedClaim(_))) {
            continue;
        }
        if let Some(verdict) = verdict(token) {
            report(context, token, verdict);
        }
    }
    for service in &facts.endless_services {
        let name = facts.snippet(service.argument);
        let message = format!("`{}` is told `{name}`: its tokens never expire", service.callee);
        let fix = Fix::changes_behaviour("Let tokens expire after an hour").edit(service.value, "3600");
        context
            .report(service.argument, message)
            .severity(Severity::Critical)
            .fix(fix);
    }
}

/// How certain it is that tokens without `exp` leave the call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Always,
    OnSomeWay,
    /// The claims are those of callers that are not known.
    Perhaps,
}

fn verdict(token: &IssuedToken) -> Option<Verdict> {
    let any = |state: ClaimState| token.ways.iter().any(|way| way.expiry == state);
    let all = |state: ClaimState| !token.ways.is_empty() && token.ways.iter().all(|way| way.expiry == state);
    if all(ClaimState::Unset) {
        Some(Verdict::Always)
    } else if any(ClaimState::Unset) || any(ClaimState::Sometimes) {
        Some(Verdict::OnSomeWay)
    } else if all(ClaimState::LeftToCallers) {
        Some(Verdict::Perhaps)
    } else {
        // `if expires_delta: claims["exp"] = …` on the claims of unknown callers: without it, on some way.
        let is_conditional = any(ClaimState::Set) && any(ClaimState::LeftToCallers);
        is_conditional.then_some(Verdict::OnSomeWay)
    }
}

fn report(context: &mut RuleContext<'_>, token: &IssuedToken, verdict: Verdict) {
    let facts = context.facts();
    let callee = &token.callee;
    let what = match token.purpose {
        TokenPurpose::Access => "an access token",
        TokenPurpose::Refresh => "a refresh token",
        TokenPurpose::OneTime => "a token for a single purpose",
        TokenPurpose::Unknown => "a token",
    };
    let mut message = match verdict {
        Verdict::Always => format!("`{callee}` signs {what} without `exp`: it never expires"),
        Verdict::OnSomeWay => format!("`{callee}` signs {what} that has no `exp` on some way"),
        Verdict::Perhaps => {
            format!("`{callee}` signs the claims that it is given, and nothing here sets `exp`")
        }
    };
    let is_access = token.purpose == TokenPurpose::Access;
    let limit = token.other_limit.as_ref();
    if let Some(limit) = limit {
        message += &match &limit.kind {
            OtherLimitKind::RequiredOnDecode => "; decoding requires the claim and refuses such tokens".to_owned(),
            OtherLimitKind::Handle(claim) => format!("; at most a store that knows its `{claim}` ends it"),
            OtherLimitKind::UncheckedClaim(claim) => format!("; its own claim `{claim}` is compared nowhere"),
            OtherLimitKind::CheckedClaim(_) => String::new(),
        };
    }
    let is_limited = limit.is_some_and(|limit| !matches!(limit.kind, OtherLimitKind::UncheckedClaim(_)));
    let (severity, confidence) = match verdict {
        Verdict::Always if is_access && !is_limited => (Severity::Critical, Confidence::High),
        Verdict::Always => (Severity::Warning, Confidence::High),
        Verdict::OnSomeWay => (Severity::Warning, Confidence::Medium),
        Verdict::Perhaps => (Severity::Suggestion, Confidence::Low),
    };
    let finding = context.report(token.call.span, message);
    finding
        .severity(severity)
        .confidence(confidence)
        .fix(expiry::add(facts, token));
    let lacking = token
        .ways
        .iter()
        .find(|way| matches!(way.expiry, ClaimState::Unset | ClaimState::Sometimes));
    if let Some(way) = lacking {
        let is_inside =
            token.call.span.file == way.origin.file && token.call.span.range.contains_range(way.origin.range);
        if !is_inside {
            finding.related(way.origin, "these claims have no `exp`");
        }
        finding.traces(way.steps.iter().cloned());
    }
    if let Some(limit) = limit {
        let words = match &limit.kind {
            OtherLimitKind::RequiredOnDecode => "`exp` is required here",
            OtherLimitKind::Handle(_) => "the claim by which the token may be known",
            OtherLimitKind::UncheckedClaim(_) | OtherLimitKind::CheckedClaim(_) => "the claim that limits it",
        };
        finding.related(limit.span, words);
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn never_set() {
        check(
            r#"
            import os
            import jwt
            from jose import jwt as jose_jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]

            def create_access_token(user_id):
                return jwt.encode({"sub": user_id}, SECRET, algorithm="HS256")  # finding: jwt-issued-without-expiry (critical, high, changes-behaviour)
                #      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ jwt-issued-without-expiry

            async def login(user):
                claims = {"user_id": user.id, "email": user.email}
                return jose_jwt.encode(claims, SECRET, algorithm="HS256")  # finding: jwt-issued-without-expiry (critical, high, fix)

            def empty_then_filled(user):
                claims = dict(sub=user.id)
                claims["role"] = user.role
                return jwt.encode(payload=claims, key=SECRET, algorithm="HS256")  # finding: jwt-issued-without-expiry (critical, high, fix)
            "#,
        );
    }

    #[test]
    fn set_in_every_form() {
        check(
            r#"
            import os
            import time
            import jwt
            from datetime import datetime, timedelta, timezone
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            EXP = "exp"

            def now():
                return datetime.now(timezone.utc)

            def literal(user):
                return jwt.encode({"sub": user.id, "exp": now()}, SECRET, algorithm="HS256")  # ok

            def updated(data: dict):
                to_encode = data.copy()
                to_encode.update({"exp": now()})
                return jwt.encode(to_encode, SECRET, algorithm="HS256")  # ok

            def keyword(data: dict):
                claims = dict(data)
                claims.update(exp=now(), iat=now())
                return jwt.encode(claims, SECRET, algorithm="HS256")  # ok

            def subscript(user):
                claims = {"sub": user.id}
                claims["exp"] = time.time() + 900
                return jwt.encode(claims, SECRET, algorithm="HS256")  # ok

            def named(user):
                claims = {"sub": user.id}
                claims[EXP] = time.time() + 900
                return jwt.encode(claims, SECRET, algorithm="HS256")  # ok

            def spread(data):
                return jwt.encode({**data, "exp": now()}, SECRET, algorithm="HS256")  # ok

            def union(data: dict):
                return jwt.encode(data | {"exp": now()}, SECRET, algorithm="HS256")  # ok

            def union_in_place(data: dict):
                claims = {"sub": "1"}
                claims |= {"exp": now()}
                return jwt.encode(claims, SECRET, algorithm="HS256")  # ok

            def both(data: dict, expires_delta: timedelta | None = None):
                claims = data.copy()
                if expires_delta:
                    expire = now() + expires_delta
                else:
                    expire = now() + timedelta(minutes=15)
                claims.update({"exp": expire})
                return jwt.encode(claims, SECRET, algorithm="HS256")  # ok

            def each_branch(data: dict, remember: bool):
                claims = {"sub": data["sub"]}
                if remember:
                    claims["exp"] = now() + timedelta(days=7)
                else:
                    claims["exp"] = now() + timedelta(minutes=15)
                return jwt.encode(claims, SECRET, algorithm="HS256")  # ok

            def set_by_default(data: dict):
                claims = {"sub": data["sub"]}
                claims.setdefault("exp", now())
                return jwt.encode(claims, SECRET, algorithm="HS256")  # ok
            "#,
        );
    }

    #[test]
    fn set_on_some_way() {
        check(
            r#"
            import os
            import jwt
            from datetime import datetime, timedelta, timezone
            SECRET = os.environ["BETTER_AUTH_SECRET"]

            def create_access_token(data: dict, expires_delta: timedelta | None = None):
                to_encode = data.copy()
                if expires_delta:
                    to_encode.update({"exp": datetime.now(timezone.utc) + expires_delta})
                return jwt.encode(to_encode, SECRET, algorithm="HS256")  # finding: jwt-issued-without-expiry (warning, medium, fix)

            def create_token(user, remember=False):
                claims = {"sub": user.id}
                if not remember:
                    claims["exp"] = datetime.now(timezone.utc) + timedelta(minutes=15)
                return jwt.encode(claims, SECRET, algorithm="HS256")  # finding: jwt-issued-without-expiry (warning, medium, fix)

            def create_with_parts(user, forever):
                life = {} if forever else {"exp": datetime.now(timezone.utc)}
                return jwt.encode({"sub": user.id, **life}, SECRET, algorithm="HS256")  # finding: jwt-issued-without-expiry (warning, medium, fix)
            "#,
        );
    }

    #[test]
    fn taken_away_again() {
        check(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]

            def popped(user, expire):
                claims = {"sub": user.id, "exp": expire}
                claims.pop("exp", None)
                return jwt.encode(claims, SECRET, algorithm="HS256")  # finding: jwt-issued-without-expiry (critical, high)

            def deleted(user, expire, remember):
                claims = {"sub": user.id, "exp": expire}
                if remember:
                    del claims["exp"]
                return jwt.encode(claims, SECRET, algorithm="HS256")  # finding: jwt-issued-without-expiry (warning, medium)
            "#,
        );
    }

    #[test]
    fn set_by_callers() {
        check(
            r#"
            #- tokens.py
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]

            def jwt_encode(payload: dict) -> str:
                return jwt.encode(payload, SECRET, algorithm="HS256")  # ok
            #- access.py
            from datetime import datetime, timedelta, timezone
            from tokens import jwt_encode

            async def create_access_token(user_id: int):
                expire = datetime.now(timezone.utc) + timedelta(minutes=15)
                return jwt_encode({"sub": str(user_id), "exp": expire})

            async def create_refresh_token(user_id: int):
                expire = datetime.now(timezone.utc) + timedelta(days=7)
                return jwt_encode({"sub": str(user_id), "exp": expire, "type": "refresh"})
            "#,
        );
        check(
            r#"
            #- tokens.py
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]

            def jwt_encode(payload: dict) -> str:
                return jwt.encode(payload, SECRET, algorithm="HS256")  # finding: jwt-issued-without-expiry (warning, medium, fix)
            #- access.py
            from datetime import datetime, timedelta, timezone
            from tokens import jwt_encode

            async def create_access_token(user_id: int):
                return jwt_encode({"sub": str(user_id)})

            async def create_refresh_token(user_id: int):
                expire = datetime.now(timezone.utc) + timedelta(days=7)
                return jwt_encode({"sub": str(user_id), "exp": expire, "type": "refresh"})
            "#,
        );
    }

    #[test]
    fn set_by_helpers() {
        check(
            r#"
            import os
            import jwt
            from datetime import datetime, timedelta, timezone
            SECRET = os.environ["BETTER_AUTH_SECRET"]

            def add_expiry(payload: dict, minutes: int = 15) -> dict:
                payload["exp"] = datetime.now(timezone.utc) + timedelta(minutes=minutes)
                return payload

            def with_life(payload: dict) -> dict:
                return {**payload, "exp": datetime.now(timezone.utc)}

            def in_place(user):
                claims = {"sub": user.id}
                add_expiry(claims)
                return jwt.encode(claims, SECRET, algorithm="HS256")  # ok

            def returned(user):
                return jwt.encode(add_expiry({"sub": user.id}), SECRET, algorithm="HS256")  # ok

            def made(user):
                claims = with_life({"sub": user.id})
                return jwt.encode(claims, SECRET, algorithm="HS256")  # ok

            class Tokens:
                def _claims(self, user):
                    return {"sub": user.id, "exp": datetime.now(timezone.utc)}

                def create(self, user):
                    return jwt.encode(self._claims(user), SECRET, algorithm="HS256")  # ok

                def create_forever(self, user):
                    return jwt.encode(self._endless(user), SECRET, algorithm="HS256")  # finding: jwt-issued-without-expiry (critical, high)

                def _endless(self, user):
                    claims = {"sub": user.id}
                    print(claims)
                    return claims
            "#,
        );
    }

    #[test]
    fn set_where_it_is_missing() {
        check(
            r#"
            import os
            import jwt
            from datetime import datetime, timedelta, timezone
            SECRET = os.environ["BETTER_AUTH_SECRET"]

            def encode(payload: dict):
                if "exp" not in payload:
                    payload["exp"] = datetime.now(timezone.utc) + timedelta(minutes=15)
                return jwt.encode(payload, SECRET, algorithm="HS256")  # ok

            def login(user):
                return encode({"sub": user.id})

            def other(user):
                claims = {"sub": user.id, **user.extra}
                if not claims.get("exp"):
                    claims["exp"] = datetime.now(timezone.utc)
                return jwt.encode(claims, SECRET, algorithm="HS256")  # ok
            "#,
        );
    }

    #[test]
    fn set_by_models() {
        check(
            r#"
            import os
            import jwt
            from datetime import datetime, timedelta, timezone
            from pydantic import BaseModel
            SECRET = os.environ["BETTER_AUTH_SECRET"]

            class JWTMeta(BaseModel):
                exp: datetime
                sub: str

            class JWTUser(BaseModel):
                username: str

            def updated(content: dict, life: timedelta):
                to_encode = content.copy()
                to_encode.update(JWTMeta(exp=datetime.now(timezone.utc) + life, sub="access").dict())
                return jwt.encode(to_encode, SECRET, algorithm="HS256")  # ok

            def dumped(user, expire):
                claims = JWTMeta(exp=expire, sub=user.id)
                return jwt.encode(claims.model_dump(), SECRET, algorithm="HS256")  # ok

            def without(user):
                claims = JWTUser(username=user.name)
                return jwt.encode(claims.model_dump(), SECRET, algorithm="HS256")  # finding: jwt-issued-without-expiry (critical, high, fix)

            def not_all(user, expire=None):
                claims = Optional(sub=user.id, exp=expire)
                return jwt.encode(claims.model_dump(), SECRET, algorithm="HS256")  # ok

            class Optional(BaseModel):
                sub: str
                exp: datetime | None = None
            "#,
        );
    }

    #[test]
    fn own_claims() {
        check(
            r#"
            import os
            import time
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]

            def sign_jwt(user_id: str):
                payload = {"user_id": user_id, "expires": time.time() + 600}
                return jwt.encode(payload, SECRET, algorithm="HS256")  # ok

            def decode_jwt(token: str):
                decoded = jwt.decode(token, SECRET, algorithms=["HS256"])
                return decoded if decoded["expires"] >= time.time() else None
            "#,
        );
        check(
            r#"
            import os
            import time
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]

            def sign_jwt(user_id: str):
                payload = {"user_id": user_id, "expires": time.time() + 600}
                return jwt.encode(payload, SECRET, algorithm="HS256")  # finding: jwt-issued-without-expiry (critical, high)

            def decode_jwt(token: str):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn other_limits() {
        check(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]

            def create_access_token(user, session):
                return jwt.encode({"sub": user.id, "jti": session.id}, SECRET, algorithm="HS256")  # finding: jwt-issued-without-expiry (warning, high)

            def create_refresh_token(user):
                return jwt.encode({"sub": user.id, "type": "refresh"}, SECRET, algorithm="HS256")  # finding: jwt-issued-without-expiry (warning, high)

            def verification_link(user):
                return jwt.encode({"email": user.email}, SECRET, algorithm="HS256")  # finding: jwt-issued-without-expiry (warning, high)
            "#,
        );
        check(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]

            def create_access_token(user):
                return jwt.encode({"sub": user.id}, SECRET, algorithm="HS256")  # finding: jwt-issued-without-expiry (warning, high)

            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["exp", "sub"]})
            "#,
        );
    }

    #[test]
    fn claims_that_are_not_followed() {
        check(
            r#"
            import os
            import jwt
            from claims import build, extend
            SECRET = os.environ["BETTER_AUTH_SECRET"]

            def unknown(user):
                return jwt.encode(build(user), SECRET, algorithm="HS256")  # ok

            def unknown_part(user):
                return jwt.encode({"sub": user.id, **build(user)}, SECRET, algorithm="HS256")  # ok

            def unknown_helper(user):
                claims = {"sub": user.id}
                extend(claims)
                return jwt.encode(claims, SECRET, algorithm="HS256")  # ok

            def any_key(user, extra):
                claims = {"sub": user.id}
                for key, value in extra.items():
                    claims[key] = value
                return jwt.encode(claims, SECRET, algorithm="HS256")  # ok

            def of_callers(data: dict):
                return jwt.encode(data, SECRET, algorithm="HS256")  # finding: jwt-issued-without-expiry (suggestion, low)
            "#,
        );
    }

    #[test]
    fn other_libraries() {
        check(
            r#"
            import os
            from authlib.jose import jwt
            from joserfc import jwt as joserfc_jwt
            from joserfc.jwk import OctKey
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            key = OctKey.import_key(SECRET)

            def authlib(user):
                return jwt.encode({"alg": "HS256"}, {"sub": user.id}, SECRET)  # finding: jwt-issued-without-expiry (critical, high)

            def joserfc(user):
                return joserfc_jwt.encode({"alg": "HS256"}, {"sub": user.id}, key)  # finding: jwt-issued-without-expiry (critical, high)

            def joserfc_right(user, expire):
                return joserfc_jwt.encode({"alg": "HS256"}, {"sub": user.id, "exp": expire}, key)  # ok
            "#,
        );
        check(
            r#"
            import os
            from fastapi_users.authentication import JWTStrategy
            SECRET = os.environ["BETTER_AUTH_SECRET"]

            def endless() -> JWTStrategy:
                return JWTStrategy(secret=SECRET, lifetime_seconds=None)  # finding: jwt-issued-without-expiry (critical, high, fix)

            def right() -> JWTStrategy:
                return JWTStrategy(secret=SECRET, lifetime_seconds=3600)  # ok
            "#,
        );
    }

    #[test]
    fn tests_may_sign_what_they_like() {
        check(
            r#"
            #- tests/test_auth.py
            import os
            import jwt
            token = jwt.encode({"sub": "1"}, os.environ["BETTER_AUTH_SECRET"], algorithm="HS256")  # ok
            "#,
        );
    }

    #[test]
    fn fixed_in_the_style_of_the_file() {
        check_fix(
            &RULE,
            r#"
            #- a.py
            import os
            from datetime import datetime, timedelta

            import jwt

            SECRET = os.environ["BETTER_AUTH_SECRET"]
            ACCESS_TOKEN_EXPIRE_MINUTES = 30

            def create_access_token(user):
                claims = {
                    "sub": user.id,
                    "role": user.role,
                }
                return jwt.encode(claims, SECRET, algorithm="HS256")  # finding: jwt-issued-without-expiry
            #- b.py
            import datetime as dt
            import os
            import jwt
            SECRET = os.environ['BETTER_AUTH_SECRET']
            def create_access_token(data: dict, life: dt.timedelta | None = None):
                to_encode = data.copy()
                if life:
                    to_encode.update({'exp': dt.datetime.now(dt.timezone.utc) + life})
                return jwt.encode(to_encode, SECRET, algorithm='HS256')  # finding: jwt-issued-without-expiry
            #- c.py
            import os
            import time
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def create_refresh_token(user):
                return jwt.encode({"sub": user.id, "iat": int(time.time())}, SECRET, algorithm="HS256")  # finding: jwt-issued-without-expiry
            "#,
            r#"
            #- a.py
            import os
            from datetime import datetime, timedelta, timezone

            import jwt

            SECRET = os.environ["BETTER_AUTH_SECRET"]
            ACCESS_TOKEN_EXPIRE_MINUTES = 30

            def create_access_token(user):
                claims = {
                    "sub": user.id,
                    "role": user.role,
                    "exp": datetime.now(timezone.utc) + timedelta(minutes=ACCESS_TOKEN_EXPIRE_MINUTES),
                }
                return jwt.encode(claims, SECRET, algorithm="HS256")
            #- b.py
            import datetime as dt
            import os
            import jwt
            SECRET = os.environ['BETTER_AUTH_SECRET']
            def create_access_token(data: dict, life: dt.timedelta | None = None):
                to_encode = data.copy()
                if life:
                    to_encode.update({'exp': dt.datetime.now(dt.timezone.utc) + life})
                return jwt.encode(
                    {'exp': dt.datetime.now(dt.timezone.utc) + dt.timedelta(minutes=15), **to_encode},
                    SECRET,
                    algorithm='HS256',
                )
            #- c.py
            import os
            import time
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def create_refresh_token(user):
                return jwt.encode({"sub": user.id, "iat": int(time.time()), "exp": int(time.time()) + 7 * 24 * 60 * 60}, SECRET, algorithm="HS256")
            "#,
        );
    }

    #[test]
    fn attributes_that_configure_a_library() {
        check(
            r#"
            import os
            from datetime import timedelta
            from fastapi_jwt_auth import AuthJWT
            from pydantic import BaseModel
            class Settings(BaseModel):
                authjwt_secret_key: str = os.environ["BETTER_AUTH_SECRET"]
                authjwt_access_token_expires: bool = False  # finding: jwt-issued-without-expiry (critical, fix)
            class ShortLived(BaseModel):
                authjwt_secret_key: str = os.environ["BETTER_AUTH_SECRET"]
                authjwt_access_token_expires: int = 900  # ok
                authjwt_refresh_token_expires: timedelta = timedelta(days=7)  # ok
            @AuthJWT.load_config
            def get_config():
                return Settings()
            "#,
        );
    }
}
