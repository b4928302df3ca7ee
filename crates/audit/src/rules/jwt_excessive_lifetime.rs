//! Flags tokens that live for long, and expired ones that still pass for long.

use facts::lifetimes::LifetimeEnd;
use facts::token_kinds::TokenKind;
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// Access tokens that live for more than a day, tokens to reset a password or confirm an address for more than
    /// seven, refresh tokens for more than thirty, a `leeway` of more than five minutes, an `exp` that is a fixed day
    /// decades ahead, and one that counts milliseconds. Lifetimes are followed
    /// through constants, settings and their defaults, `timedelta`, sums and products, to the number that says them.
    /// What a token is for is told by a claim such as `type`, and by the names of functions and constants.
    ///
    /// ```python,finding
    /// import os
    /// from datetime import datetime, timedelta, timezone
    ///
    /// import jwt
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    /// ACCESS_TOKEN_EXPIRE_MINUTES = 60 * 24 * 30
    ///
    ///
    /// def create_access_token(user_id: str) -> str:
    ///     expire = datetime.now(timezone.utc) + timedelta(minutes=ACCESS_TOKEN_EXPIRE_MINUTES)
    ///     return jwt.encode({"sub": user_id, "exp": expire}, SECRET, algorithm="HS256")
    /// ```
    ///
    /// ## Why it matters
    ///
    /// A JSON Web Token is good until it expires, whatever happens to the account: a new password, another role, a
    /// closed account change nothing. Its life is how long a theft goes on.
    ///
    /// ## How it is exploited
    ///
    /// A token from a log file or a shared computer, weeks after its user has left the company:
    ///
    /// ```text
    /// $ curl -H "Authorization: Bearer eyJhbGciOiJIUzI1NiIs…" https://api.example.com/users/me
    /// ```
    ///
    /// ## Use instead
    ///
    /// Access tokens for minutes, renewed by refresh tokens that a store can withdraw.
    ///
    /// ```python,ok
    /// import os
    /// from datetime import datetime, timedelta, timezone
    ///
    /// import jwt
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    /// ACCESS_TOKEN_EXPIRE_MINUTES = 15
    ///
    ///
    /// def create_access_token(user_id: str) -> str:
    ///     expire = datetime.now(timezone.utc) + timedelta(minutes=ACCESS_TOKEN_EXPIRE_MINUTES)
    ///     return jwt.encode({"sub": user_id, "exp": expire}, SECRET, algorithm="HS256")
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-613, insufficient session expiration: <https://cwe.mitre.org/data/definitions/613.html>
    /// - RFC 9700, Best Current Practice for OAuth 2.0 Security, section 2.2: <https://www.rfc-editor.org/rfc/rfc9700#section-2.2>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-excessive-lifetime",
        summary: "A token lives for long",
        severity: Severity::Suggestion,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 613,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(3),
        fixable: false,
        supersedes: &[],
        check,
    };
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The audit knows no date; this one is far from all in which it runs.
const FAR_YEAR: i64 = 2040;

/// Clocks of servers differ by less.
const MOST_LEEWAY: i64 = 5 * MINUTE;

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for lifetime in facts.lifetimes() {
        let (most, what) = match lifetime.kind {
            TokenKind::Access => (DAY, "an access token"),
            TokenKind::Reset | TokenKind::Confirmation => (7 * DAY, "a token for a link in a mail"),
            TokenKind::Refresh => (30 * DAY, "a refresh token"),
        };
        let message = match lifetime.end {
            LifetimeEnd::After(seconds) if seconds > most => format!(
                "{} is long for {what}; {} is the most that is usual",
                words(seconds),
                words(most)
            ),
            LifetimeEnd::Fixed(year) if year >= FAR_YEAR => {
                format!("Every token lives until the year {year}, whenever it was issued")
            }
            LifetimeEnd::Milliseconds => {
                "`exp` counts seconds; a time in milliseconds lies tens of thousands of years ahead".to_owned()
            }
            _ => continue,
        };
        let finding = context.report(lifetime.written, message);
        finding.confidence(Confidence::Medium);
        finding.related(lifetime.call, "the token is signed here");
    }
    for leeway in facts.leeways() {
        if leeway.seconds > MOST_LEEWAY {
            let callee = facts.snippet(leeway.decode.call.callee);
            let message = format!("`{callee}` takes tokens that expired {} ago", words(leeway.seconds));
            let finding = context.report(leeway.written, message);
            if !leeway.decode.call.span.range.contains_range(leeway.written.range) {
                finding.related(leeway.decode.call.span, "the token is verified here");
            }
        }
    }
}

/// `8 days`, `90 minutes`
fn words(seconds: i64) -> String {
    let (count, unit) = match seconds {
        _ if seconds >= DAY && (seconds % DAY == 0 || seconds >= 10 * DAY) => (seconds / DAY, "day"),
        _ if seconds >= HOUR && seconds % HOUR == 0 || seconds >= DAY => (seconds / HOUR, "hour"),
        _ if seconds >= MINUTE => (seconds / MINUTE, "minute"),
        _ => (seconds, "second"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn constants_and_arithmetic() {
        check(
            r#"
            #- a.py
            import os
            from datetime import datetime, timedelta, timezone
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            MINUTES = 60 * 24 * 8  # finding: jwt-excessive-lifetime (suggestion, medium)
            #         ^^^^^^^^^^^ jwt-excessive-lifetime
            def create_access_token(user):
                return jwt.encode({"sub": user, "exp": datetime.now(timezone.utc) + timedelta(minutes=MINUTES)}, SECRET, algorithm="HS256")
            #- b.py
            import os
            import time
            from jose import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def create_access_token(user):
                claims = {"sub": user}
                claims["exp"] = int(time.time()) + 86400 * 365  # finding: jwt-excessive-lifetime
                #                                  ^^^^^^^^^^^ jwt-excessive-lifetime
                return jwt.encode(claims, SECRET, algorithm="HS256")
            #- c.py
            import os
            from datetime import datetime, timedelta
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def create_access_token(user):
                expire = (datetime.utcnow() + timedelta(days=30)).timestamp()  # finding: jwt-excessive-lifetime
                return jwt.encode({"sub": user, "exp": expire}, SECRET, algorithm="HS256")
            #- d.py
            import os
            from datetime import datetime, timedelta
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def create_access_token(user):
                expire = datetime.utcnow() + timedelta(hours=24)  # ok
                return jwt.encode({"sub": user, "exp": expire}, SECRET, algorithm="HS256")
            "#,
        );
    }

    #[test]
    fn settings_and_callers() {
        check(
            r#"
            #- config.py
            import os
            from pydantic_settings import BaseSettings
            class Settings(BaseSettings):
                SECRET_KEY: str
                ACCESS_TOKEN_EXPIRE_MINUTES: int = 60 * 24 * 8  # finding: jwt-excessive-lifetime
                REFRESH_TOKEN_EXPIRE_DAYS: int = 7  # ok
            settings = Settings()
            EXPIRE = int(os.getenv("EXPIRE_MINUTES", "43200"))  # finding: jwt-excessive-lifetime
            #- security.py
            from datetime import datetime, timedelta
            import jwt
            from config import EXPIRE, settings
            def create_access_token(subject, expires_delta: timedelta = None):
                if expires_delta:
                    expire = datetime.utcnow() + expires_delta
                else:
                    expire = datetime.utcnow() + timedelta(minutes=settings.ACCESS_TOKEN_EXPIRE_MINUTES)
                return jwt.encode({"exp": expire, "sub": str(subject)}, settings.SECRET_KEY, algorithm="HS256")
            def create_refresh_token(subject):
                expire = datetime.utcnow() + timedelta(days=settings.REFRESH_TOKEN_EXPIRE_DAYS)
                return jwt.encode({"exp": expire, "sub": str(subject), "type": "refresh"}, settings.SECRET_KEY, algorithm="HS256")
            def login(user):
                return create_access_token(user.id, timedelta(minutes=EXPIRE))
            def login_short(user):
                return create_access_token(user.id, timedelta(minutes=30))  # ok
            "#,
        );
    }

    #[test]
    fn kinds() {
        check(
            r#"
            import os
            from datetime import datetime, timedelta
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def create_token(data, expires_delta):
                return jwt.encode({**data, "exp": datetime.utcnow() + expires_delta}, SECRET, algorithm="HS256")
            def login(user):
                access_token = create_token({"sub": user}, timedelta(days=3))  # finding: jwt-excessive-lifetime
                refresh_token = create_token({"sub": user}, timedelta(days=14))  # ok
                return access_token, refresh_token
            def create_refresh_token(user):
                return jwt.encode({"sub": user, "exp": datetime.utcnow() + timedelta(days=365)}, SECRET, algorithm="HS256")  # finding: jwt-excessive-lifetime
            def create_reset_token(user):
                return jwt.encode({"sub": user, "exp": datetime.utcnow() + timedelta(hours=48)}, SECRET, algorithm="HS256")  # ok
            "#,
        );
    }

    #[test]
    fn leeway() {
        check(
            r#"
            import os
            from datetime import timedelta
            import jwt
            from jose import jwt as jose_jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], leeway=3600)  # finding: jwt-excessive-lifetime (suggestion, high)
                #                                                             ^^^^ jwt-excessive-lifetime
            def read_by_delta(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], leeway=timedelta(hours=1))  # finding: jwt-excessive-lifetime
            def read_by_option(token):
                return jose_jwt.decode(token, SECRET, algorithms=["HS256"], options={"leeway": 86400})  # finding: jwt-excessive-lifetime
            def read_well(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], leeway=30)  # ok
            def read_by_option_well(token):
                return jose_jwt.decode(token, SECRET, algorithms=["HS256"], options={"leeway": 60})  # ok
            "#,
        );
    }

    #[test]
    fn ends_that_never_come() {
        check(
            r#"
            import os
            import time
            from datetime import datetime, timedelta
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def fixed(user):
                return jwt.encode({"sub": user, "exp": 4102444800}, SECRET, algorithm="HS256")  # finding: jwt-excessive-lifetime (suggestion, medium)
                #                                      ^^^^^^^^^^ jwt-excessive-lifetime
            def fixed_day(user):
                return jwt.encode({"sub": user, "exp": datetime(2099, 12, 31)}, SECRET, algorithm="HS256")  # finding: jwt-excessive-lifetime
            def last_day(user):
                return jwt.encode({"sub": user, "exp": datetime.max}, SECRET, algorithm="HS256")  # finding: jwt-excessive-lifetime
            def milliseconds(user):
                return jwt.encode({"sub": user, "exp": int(time.time() * 1000) + 900_000}, SECRET, algorithm="HS256")  # finding: jwt-excessive-lifetime
            def milliseconds_of_a_date(user):
                end = datetime.utcnow() + timedelta(minutes=15)
                return jwt.encode({"sub": user, "exp": int(end.timestamp() * 1000)}, SECRET, algorithm="HS256")  # finding: jwt-excessive-lifetime
            def soon(user):
                return jwt.encode({"sub": user, "exp": datetime(2030, 1, 1)}, SECRET, algorithm="HS256")  # ok
            def seconds(user):
                return jwt.encode({"sub": user, "exp": int(time.time()) + 900}, SECRET, algorithm="HS256")  # ok
            def rounded(user):
                return jwt.encode({"sub": user, "exp": time.time() + 15 * 60}, SECRET, algorithm="HS256")  # ok
            "#,
        );
    }

    #[test]
    fn what_is_not_known() {
        check(
            r#"
            import os
            from datetime import datetime, timedelta
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def from_environment(user):
                expire = datetime.utcnow() + timedelta(minutes=int(os.environ["MINUTES"]))  # ok
                return jwt.encode({"sub": user, "exp": expire}, SECRET, algorithm="HS256")
            def given(user, expire):
                return jwt.encode({"sub": user, "exp": expire}, SECRET, algorithm="HS256")  # ok
            def other_claims(user):
                return jwt.encode({"sub": user, "exp": datetime.utcnow() + timedelta(minutes=5), "trial": 86400 * 365}, SECRET, algorithm="HS256")  # ok
            "#,
        );
    }
}
