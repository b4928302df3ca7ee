//! Names under which clients send what proves who they are, and names of what checks it.

/// Words of a header, cookie or parameter that holds a credential.
const CREDENTIAL_WORDS: &[&str] = &[
    "token",
    "auth",
    "authorization",
    "authentication",
    "secret",
    "signature",
    "sig",
    "hmac",
    "jwt",
    "apikey",
    "xapikey",
    "credential",
    "credentials",
    "bearer",
    "assertion",
    "invite",
    "invitation",
    "otp",
];

/// Words beside which `key` or `code` is a credential.
const KEY_WORDS: &[&str] = &[
    "api",
    "access",
    "admin",
    "internal",
    "service",
    "auth",
    "x",
    "verification",
    "reset",
    "activation",
    "security",
    "totp",
];

/// Words with which none of it is a credential.
const OTHER_WORDS: &[&str] = &[
    "csrf",
    "xsrf",
    "page",
    "next",
    "cursor",
    "continuation",
    "max",
    "count",
    "limit",
];

/// Words that name a credential in a header or cookie, and a row elsewhere: `/sessions/{session_id}`.
const SESSION_WORDS: &[&str] = &["session", "sessionid", "sid"];

/// Whether a header or cookie of this name holds a credential.
pub(crate) fn is_credential(name: &str) -> bool {
    is_secret(name) || words(name).iter().any(|word| SESSION_WORDS.contains(&word.as_str()))
}

/// Whether a part of a path, query or body of this name is something that only its owner knows.
pub(crate) fn is_secret(name: &str) -> bool {
    let words = words(name);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    !has(OTHER_WORDS) && (has(CREDENTIAL_WORDS) || (has(&["key", "code"]) && has(KEY_WORDS)))
}

/// Words in the name of a function, class or decorator that has to do with who the caller is.
const AUTHENTICATION_WORDS: &[&str] = &[
    "auth",
    "authenticate",
    "authenticated",
    "authentication",
    "authorize",
    "authorized",
    "authorization",
    "authorizer",
    "oauth",
    "oauth2",
    "oidc",
    "jwt",
    "token",
    "tokens",
    "bearer",
    "credential",
    "credentials",
    "apikey",
    "login",
    "logged",
    "user",
    "userid",
    "users",
    "superuser",
    "admin",
    "principal",
    "identity",
    "claims",
    "permission",
    "permissions",
    "role",
    "roles",
    "scope",
    "scopes",
    "rbac",
    "acl",
    "guard",
    "guarded",
    "protect",
    "protected",
    "require",
    "required",
    "requires",
    "access",
    "current",
    "caller",
    "tenant",
    "owner",
    "member",
    "verify",
    "verified",
    "verifier",
    "security",
    "secured",
    "keycloak",
    "cognito",
    "firebase",
    "clerk",
    "supabase",
    "signature",
    "session",
];

/// Last words in the name of what serves data, settings or limits and authenticates nobody.
const SERVING_WORDS: &[&str] = &[
    "db",
    "database",
    "repository",
    "repo",
    "repositories",
    "service",
    "services",
    "crud",
    "dao",
    "manager",
    "settings",
    "config",
    "engine",
    "uow",
    "work",
    "client",
    "logger",
    "limiter",
    "limit",
    "pagination",
    "paginator",
    "params",
    "parameters",
    "page",
    "filter",
    "filters",
    "query",
    "queries",
    "cache",
    "redis",
    "storage",
    "store",
    "model",
    "tasks",
    "form",
    "conn",
    "connection",
    "cursor",
    "factory",
    "sessionmaker",
    "controller",
    "usecase",
    "template",
    "templates",
    "mailer",
    "queue",
];

/// Modules from which nothing comes that authenticates.
const SERVING_MODULES: &[&str] = &[
    "sqlalchemy",
    "sqlmodel",
    "motor",
    "pymongo",
    "redis",
    "aioredis",
    "fastapi_limiter",
    "fastapi_pagination",
    "fastapi_filter",
    "fastapi_cache",
    "fastapi_csrf_protect",
    "slowapi",
    "fastapi_jwt_auth",
    "another_fastapi_jwt_auth",
    "async_fastapi_jwt_auth",
    "dependency_injector",
    "dishka",
    "builtins",
    "typing",
    "pydantic",
    "starlette",
    "functools",
    "prisma",
    "tortoise",
    "beanie",
    "databases",
    "logging",
];

/// Whether something from outside, by its path, may authenticate: it is named so, or its name says nothing.
pub(crate) fn may_authenticate(path: &str) -> bool {
    let root = path.split(['.', '(']).find(|part| !part.is_empty()).unwrap_or_default();
    if SERVING_MODULES.contains(&root) || path == "fastapi.BackgroundTasks" {
        return false;
    }
    if let Some(rest) = path.strip_prefix("fastapi.") {
        return rest.contains("security.") && !path.contains("RequestForm") && !path.ends_with("SecurityScopes");
    }
    let name = path.rsplit('.').find(|part| *part != "()").unwrap_or(path);
    !serves(name)
}

/// `get_db`, `get_user_service`, `SessionDep`: by its name, something that serves the handler.
fn serves(name: &str) -> bool {
    let words = words(name);
    let last = words
        .iter()
        .rev()
        .find(|word| !matches!(word.as_str(), "dep" | "dependency" | "depends"));
    let is_serving = last.is_some_and(|last| SERVING_WORDS.contains(&last.as_str()));
    let is_session = last.is_some_and(|last| last == "session")
        && words
            .iter()
            .all(|word| word == "session" || !AUTHENTICATION_WORDS.contains(&word.as_str()));
    is_serving || is_session
}

/// Whether a name speaks of who the caller is.
pub(crate) fn speaks_of_callers(name: &str) -> bool {
    let words = words(name);
    words.iter().any(|word| AUTHENTICATION_WORDS.contains(&word.as_str())) && !serves(name)
}

/// Names of dependencies that can be nothing but guards.
pub(crate) fn is_guard_name(name: &str) -> bool {
    let words = words(name);
    let has = |word: &str| words.iter().any(|known| known == word);
    let says = |all: &[&str]| all.iter().any(|word| has(word));
    says(&[
        "authenticate",
        "authenticated",
        "authorize",
        "authorized",
        "authentication",
        "authorization",
        "jwt",
        "apikey",
        "permission",
        "permissions",
    ]) || (has("current")
        && says(&[
            "user",
            "admin",
            "superuser",
            "account",
            "principal",
            "member",
            "customer",
        ]))
        || (says(&[
            "require",
            "requires",
            "required",
            "verify",
            "check",
            "validate",
            "ensure",
            "protected",
        ]) && says(&[
            "auth",
            "user",
            "admin",
            "login",
            "token",
            "role",
            "roles",
            "key",
            "session",
            "access",
            "signature",
            "scope",
            "scopes",
            "credentials",
        ]))
}

/// Words of a dependency or decorator that asks for a right.
const ROLE_WORDS: &[&str] = &[
    "admin",
    "admins",
    "administrator",
    "superuser",
    "superadmin",
    "staff",
    "moderator",
    "role",
    "roles",
    "permission",
    "permissions",
    "scope",
    "scopes",
    "rbac",
    "acl",
    "policy",
    "casbin",
    "privilege",
    "privileged",
    "manager",
    "owner",
    "authorize",
    "authorization",
    "authorizer",
    "can",
    "allowed",
    "allow",
    "grant",
];

/// Whether something of this name asks for a right beyond being logged in.
pub(crate) fn is_role_name(name: &str) -> bool {
    let words = words(name);
    words.iter().any(|word| ROLE_WORDS.contains(&word.as_str()))
        && (!serves(name) || words.iter().any(|word| word == "require"))
}

/// Attributes that hold what somebody may do.
const ROLE_FIELDS: &[&str] = &[
    "role",
    "roles",
    "role_id",
    "role_name",
    "user_role",
    "is_admin",
    "is_superuser",
    "is_staff",
    "is_superadmin",
    "is_super_admin",
    "is_moderator",
    "is_manager",
    "is_owner",
    "admin",
    "superuser",
    "permissions",
    "permission",
    "scopes",
    "scope",
    "groups",
    "privileges",
    "user_type",
    "account_type",
    "access_level",
    "is_administrator",
    "isadmin",
    "usertype",
    "userrole",
    "admin_ids",
    "admin_emails",
    "admins",
];

pub(crate) fn is_role_field(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ROLE_FIELDS.contains(&name.as_str())
}

/// An attribute whose test asks what somebody may do: those that hold roles, `has_admin_access`, `can_manage_users`.
pub(crate) fn is_right_flag(name: &str) -> bool {
    if is_role_field(name) {
        return true;
    }
    let words = words(name);
    let Some((first, rest)) = words.split_first() else {
        return false;
    };
    let has = |words: &[&str]| rest.iter().any(|word| words.contains(&word.as_str()));
    match first.as_str() {
        "can" => has(RIGHT_WORDS) || has(RIGHT_VERBS),
        "is" | "has" => has(RIGHT_WORDS),
        _ => false,
    }
}

/// What not everybody can do: `can_manage_users`, not `can_login`.
const RIGHT_VERBS: &[&str] = &[
    "manage",
    "administer",
    "moderate",
    "approve",
    "edit",
    "delete",
    "write",
    "update",
    "create",
    "publish",
    "view",
    "read",
    "access",
];

/// Words that stand for rights alone: others may be about limits and files.
const RIGHT_WORDS: &[&str] = &[
    "admin",
    "administrator",
    "superuser",
    "superadmin",
    "moderator",
    "role",
    "permission",
    "permissions",
    "privilege",
    "privileges",
];

/// A key of claims, or a role that something is compared with.
pub(crate) fn is_role_key(text: &str) -> bool {
    is_role_field(text)
        || matches!(
            text.to_ascii_lowercase().as_str(),
            "super_admin" | "administrator" | "moderator" | "staff"
        )
}

/// Names of what says who somebody is.
const USER_NAMES: &[&str] = &[
    "userid",
    "user",
    "useruuid",
    "uid",
    "username",
    "useremail",
    "ownerid",
    "owner",
    "accountid",
    "customerid",
    "patientid",
    "memberid",
    "employeeid",
    "studentid",
    "currentuser",
    "currentuserid",
    "authuser",
    "authuserid",
    "authorid",
    "actorid",
    "clientid",
    "sellerid",
    "buyerid",
    "userpk",
    "createdby",
    "tenantid",
    "orgid",
    "organizationid",
    "organisationid",
    "companyid",
    "workspaceid",
];

/// `user_id`, `X-User-Id`, `userId`
pub(crate) fn names_user(name: &str) -> bool {
    let plain: String = words(name).concat();
    let plain = plain
        .strip_prefix('x')
        .filter(|_| name.to_ascii_lowercase().starts_with("x-") || name.starts_with("x_"))
        .unwrap_or(&plain);
    USER_NAMES.contains(&plain)
}

/// `admin` and its like, as values of a role.
pub(crate) fn is_privileged_role(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    matches!(
        text.as_str(),
        "admin"
            | "administrator"
            | "superadmin"
            | "super_admin"
            | "superuser"
            | "staff"
            | "moderator"
            | "manager"
            | "owner"
            | "root"
            | "true"
            | "1"
    )
}

/// `X-User-Role`, `is_admin`, `role`: a value of this name says what its sender may do.
pub(crate) fn speaks_of_rights(name: &str) -> bool {
    words(name).iter().any(|word| {
        matches!(
            word.as_str(),
            "role"
                | "roles"
                | "admin"
                | "isadmin"
                | "superuser"
                | "staff"
                | "permission"
                | "permissions"
                | "privilege"
                | "scope"
                | "scopes"
                | "userrole"
        )
    })
}

/// `is_admin`: true or false.
pub(crate) fn is_role_flag(name: &str) -> bool {
    let words = words(name);
    words.iter().any(|word| word == "is" || word == "isadmin") && speaks_of_rights(name)
}

/// Words of a middleware's class that say that it is about something else.
const OTHER_MIDDLEWARE: &[&str] = &[
    "cors",
    "gzip",
    "trusted",
    "https",
    "proxy",
    "prometheus",
    "slow",
    "rate",
    "log",
    "logging",
    "logger",
    "correlation",
    "timing",
    "time",
    "metrics",
    "sentry",
    "telemetry",
    "trace",
    "tracing",
    "brotli",
    "cache",
    "error",
    "errors",
    "exception",
    "context",
    "db",
    "sql",
    "sqlalchemy",
    "debug",
    "profiler",
    "header",
    "headers",
    "static",
    "wsgi",
    "locale",
    "csrf",
    "timeout",
    "id",
    "session",
    "compress",
    "compression",
];

/// Whether a middleware from outside the project may authenticate.
pub(crate) fn middleware_may_authenticate(path: &str) -> bool {
    if path.starts_with("starlette.") || path.starts_with("fastapi.") {
        return false;
    }
    let name = path.rsplit('.').next().unwrap_or(path);
    let words = words(name);
    let is_other = words.iter().any(|word| OTHER_MIDDLEWARE.contains(&word.as_str()));
    let is_known = words
        .iter()
        .any(|word| word != "session" && AUTHENTICATION_WORDS.contains(&word.as_str()));
    is_known || !is_other
}

/// The words of a name: `get`, `current`, `user` of `getCurrentUser`, `get_current_user`, `Get-Current-User`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut before = '_';
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            before = '_';
            continue;
        }
        let begins = before == '_' || (c.is_ascii_uppercase() && !before.is_ascii_uppercase());
        if begins {
            out.push(String::new());
        }
        if let Some(word) = out.last_mut() {
            word.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_by_yes_or_no() {
        for name in ["has_admin_access", "is_site_admin", "has_permission", "can_use_admin"] {
            assert!(is_right_flag(name), "{name}");
        }
        for name in ["has_address", "is_active", "is_allowed", "can_login", "admin_notes"] {
            assert!(!is_right_flag(name), "{name}");
        }
    }

    #[test]
    fn names() {
        for name in [
            "Authorization",
            "X-API-Key",
            "access_token",
            "x_hub_signature_256",
            "apiKey",
            "session_id",
        ] {
            assert!(is_credential(name), "{name}");
        }
        for name in [
            "X-User-Id",
            "author",
            "page_token",
            "csrf_token",
            "max_tokens",
            "key",
            "code",
            "design",
        ] {
            assert!(!is_credential(name), "{name}");
        }
        for path in [
            "auth.get_current_user",
            "shared.deps.whoever",
            "fastapi.security.HTTPBearer",
        ] {
            assert!(may_authenticate(path), "{path}");
        }
        for path in [
            "database.get_db",
            "db.get_session",
            "core.get_user_service",
            "fastapi.security.OAuth2PasswordRequestForm",
            "fastapi_limiter.depends.RateLimiter",
        ] {
            assert!(!may_authenticate(path), "{path}");
        }
        assert!(is_guard_name("get_current_active_user"));
        assert!(is_guard_name("require_role.<locals>.check"));
        assert!(!is_guard_name("get_user_service"));
        assert!(middleware_may_authenticate("company.AuthMiddleware"));
        assert!(!middleware_may_authenticate(
            "asgi_correlation_id.CorrelationIdMiddleware"
        ));
    }
}
