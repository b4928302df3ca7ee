//! Words in paths, names of handlers and models that say what a route is for.

use super::callers::{is_secret, words};

/// Segments and names of routes that everybody may call.
const PUBLIC_WORDS: &[&str] = &[
    "login",
    "logon",
    "signin",
    "register",
    "registration",
    "registrations",
    "signup",
    "refresh",
    "logout",
    "signout",
    "verify",
    "verification",
    "confirm",
    "confirmation",
    "activate",
    "activation",
    "recover",
    "recovery",
    "forgot",
    "forgotten",
    "forget",
    "magic",
    "magiclink",
    "passwordless",
    "oauth",
    "oauth2",
    "sso",
    "saml",
    "oidc",
    "callback",
    "authorize",
    "authenticate",
    "captcha",
    "csrf",
    "otp",
    "2fa",
    "mfa",
    "totp",
    "health",
    "healthz",
    "healthcheck",
    "heartbeat",
    "ready",
    "readyz",
    "readiness",
    "live",
    "livez",
    "liveness",
    "ping",
    "pong",
    "version",
    "metrics",
    "prometheus",
    "docs",
    "redoc",
    "openapi",
    "swagger",
    "favicon",
    "robots",
    "sitemap",
    "manifest",
    "jwks",
    "root",
    "home",
    "homepage",
    "index",
    "welcome",
    "landing",
    "about",
    "terms",
    "privacy",
    "faq",
    "contact",
    "newsletter",
    "subscribe",
    "unsubscribe",
    "waitlist",
    "webhook",
    "webhooks",
    "public",
    "share",
    "shared",
    "guest",
    "anonymous",
    "static",
    "assets",
    "introspect",
];

/// Words among them that say little where a row is named beside them: `/orders/{order_id}/confirm`.
const WEAK_WORDS: &[&str] = &[
    "register",
    "registration",
    "registrations",
    "refresh",
    "verify",
    "verification",
    "confirm",
    "confirmation",
    "activate",
    "activation",
    "authorize",
    "live",
    "ready",
    "version",
    "metrics",
    "index",
    "home",
    "root",
    "about",
    "contact",
    "subscribe",
    "share",
    "shared",
    "public",
    "static",
    "assets",
    "manifest",
];

/// Pairs of words that are public together.
const PUBLIC_PAIRS: &[(&str, &str)] = &[
    ("log", "in"),
    ("sign", "in"),
    ("sign", "up"),
    ("sign", "out"),
    ("log", "out"),
    ("reset", "password"),
    ("password", "reset"),
    ("reset", "request"),
    ("well", "known"),
    ("access", "token"),
    ("check", "email"),
    ("check", "username"),
    ("create", "account"),
    ("accept", "invite"),
    ("accept", "invitation"),
    ("get", "token"),
    ("token", "auth"),
];

/// Words of routes that are for those who run the application.
const ADMINISTRATIVE_WORDS: &[&str] = &[
    "admin",
    "administration",
    "administrator",
    "superadmin",
    "superuser",
    "backoffice",
    "internal",
    "seed",
    "seeds",
    "reseed",
    "migrate",
    "migrations",
    "logs",
    "backup",
    "backups",
    "dump",
    "maintenance",
    "cleanup",
    "purge",
    "truncate",
    "impersonate",
    "ban",
    "unban",
    "promote",
    "demote",
];

/// Models whose rows people send in without an account.
const INTAKE_WORDS: &[&str] = &[
    "contact",
    "feedback",
    "inquiry",
    "enquiry",
    "subscriber",
    "subscription",
    "newsletter",
    "lead",
    "waitlist",
    "visit",
    "visitor",
    "view",
    "pageview",
    "click",
    "event",
    "analytics",
    "log",
    "audit",
    "metric",
    "hit",
    "survey",
    "response",
    "application",
];

/// Models whose rows everybody may read although somebody wrote them.
const CONTENT_WORDS: &[&str] = &[
    "post",
    "posts",
    "article",
    "blog",
    "comment",
    "product",
    "review",
    "rating",
    "recipe",
    "category",
    "tag",
    "movie",
    "film",
    "book",
    "event",
    "news",
    "page",
    "faq",
    "listing",
    "property",
    "course",
    "lesson",
    "job",
    "vacancy",
    "question",
    "answer",
    "topic",
    "thread",
    "forum",
    "restaurant",
    "menu",
    "dish",
    "hotel",
    "room",
    "song",
    "album",
    "artist",
    "playlist",
    "video",
    "channel",
    "photo",
    "image",
    "gallery",
    "store",
    "shop",
    "brand",
    "auction",
    "bid",
    "vote",
    "like",
    "follow",
    "profile",
    "feed",
    "story",
    "tweet",
    "quote",
    "poll",
    "game",
    "score",
    "leaderboard",
    "team",
    "venue",
    "city",
    "country",
    "ad",
    "offer",
    "plan",
    "blogs",
    "template",
    "recipes",
];

/// Models whose rows are their owner's business.
const PRIVATE_WORDS: &[&str] = &[
    "task",
    "todo",
    "note",
    "order",
    "cart",
    "basket",
    "invoice",
    "payment",
    "transaction",
    "message",
    "chat",
    "conversation",
    "document",
    "file",
    "upload",
    "account",
    "wallet",
    "expense",
    "income",
    "budget",
    "patient",
    "record",
    "appointment",
    "prescription",
    "diagnosis",
    "medical",
    "address",
    "card",
    "salary",
    "session",
    "token",
    "key",
    "secret",
    "credential",
    "notification",
    "log",
    "diary",
    "journal",
    "reminder",
    "contact",
    "customer",
    "employee",
    "member",
    "student",
    "user",
    "booking",
    "reservation",
    "ticket",
    "report",
    "balance",
    "loan",
    "claim",
    "subscription",
    "habit",
    "goal",
    "workout",
    "memo",
    "command",
];

/// Columns whose comparison shows rows that everybody may see.
const VISIBILITY_WORDS: &[&str] = &[
    "public",
    "published",
    "visibility",
    "visible",
    "slug",
    "share",
    "shared",
    "token",
    "approved",
    "featured",
    "private",
    "draft",
];

/// What a path and the name of its handler say.
pub(crate) struct Purpose {
    /// Words of the last two segments of the path that are not parameters, and of the handler's name.
    words: Vec<String>,
    path: Vec<String>,
    is_root: bool,
    /// The path names a row: it has a parameter that is no secret of its own.
    names_row: bool,
    last: String,
}

impl Purpose {
    pub(crate) fn new(path: &str, handler: &str) -> Purpose {
        let segments: Vec<&str> = path
            .split('/')
            .filter(|segment| !segment.is_empty() && !segment.starts_with('{') && !segment.starts_with('<'))
            .collect();
        let last = segments.last().copied().unwrap_or_default();
        let is_prefix = |segment: &&str| matches!(*segment, "api" | "rest") || is_version(segment);
        let handler = handler.rsplit('.').next().unwrap_or(handler);
        let near = segments.iter().rev().take(2);
        let mut parameters = path.split('{').skip(1).filter_map(|rest| rest.split(['}', ':']).next());
        let names_row = parameters.any(|name| {
            !is_secret(name) && !matches!(name, "provider" | "email" | "code" | "slug" | "uid" | "uidb64" | "hash")
        });
        Purpose {
            words: near.flat_map(|segment| words(segment)).chain(words(handler)).collect(),
            path: segments.iter().flat_map(|segment| words(segment)).collect(),
            is_root: segments.iter().all(is_prefix) && !path.contains('{'),
            names_row,
            last: last.to_ascii_lowercase(),
        }
    }

    /// Everybody may call it, by what it is called.
    pub(crate) fn is_public(&self, is_read: bool, is_delete: bool) -> bool {
        let has = |word: &str| self.words.iter().any(|known| known == word);
        let tells_status = is_read && !self.names_row && words(&self.last).iter().any(|word| word == "status");
        if self.is_administrative() {
            return tells_status && !self.names_administrators();
        }
        if is_delete {
            return ["logout", "signout", "unsubscribe", "session", "token"]
                .iter()
                .any(|word| has(word));
        }
        let pair = |&(a, b): &(&str, &str)| has(a) && has(b);
        let is_token = matches!(self.last.as_str(), "token" | "tokens" | "auth" | "session" | "me/token");
        let is_status = is_read && ["status", "info", "config", "settings"].contains(&self.last.as_str());
        is_status
            || (!is_read && is_token)
            || PUBLIC_WORDS
                .iter()
                .any(|word| has(word) && (is_read || !self.names_row || !WEAK_WORDS.contains(word)))
            || PUBLIC_PAIRS.iter().any(pair)
    }

    /// `/`, `/api/v1`
    pub(crate) fn is_root(&self) -> bool {
        self.is_root
    }

    /// It is for those who run the application, by what it is called.
    pub(crate) fn is_administrative(&self) -> bool {
        let has = |word: &&str| self.path.iter().any(|known| known == word);
        ADMINISTRATIVE_WORDS.iter().any(has)
    }

    /// Its path names administrators.
    pub(crate) fn names_administrators(&self) -> bool {
        self.has_word(&[
            "admin",
            "admins",
            "administration",
            "administrator",
            "superadmin",
            "superuser",
            "backoffice",
            "impersonate",
        ])
    }

    /// `/users/{name}`, `/profiles/{name}`: a page that shows one person to others.
    pub(crate) fn is_profile(&self) -> bool {
        self.path
            .iter()
            .any(|word| matches!(word.as_str(), "profile" | "profiles" | "author" | "authors"))
    }

    pub(crate) fn has_word(&self, wanted: &[&str]) -> bool {
        self.path.iter().any(|word| wanted.contains(&word.as_str()))
    }
}

fn is_version(segment: &str) -> bool {
    segment
        .strip_prefix('v')
        .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || c == '.'))
}

/// Whether a handler, by its name, logs in and out, says whether a token is good, or shows a page to whoever comes.
pub(crate) fn is_for_anyone(handler: &str) -> bool {
    let words = words(handler);
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    // `log_out`, and not `check_out`
    match has(&["out"]) {
        true => has(&["log", "sign"]),
        false => has(ANYONE_WORDS),
    }
}

const ANYONE_WORDS: &[&str] = &[
    "login",
    "logout",
    "signout",
    "refresh",
    "verify",
    "reset",
    "revoke",
    "introspect",
    "validate",
    "check",
    "confirm",
    "callback",
    "page",
    "index",
    "home",
    "homepage",
    "status",
    "session",
    "sessions",
];

/// Whether a variable, by its name, holds what keeps an application running, and not what it is there for.
pub(crate) fn is_upkeep(variable: &str) -> bool {
    has_word_or_plural(variable, UPKEEP_WORDS)
}

/// Whether a variable, by its name, cannot hold rows: what is remembered, counted or limited.
pub(crate) fn is_for_running(variable: &str) -> bool {
    has_word_or_plural(variable, RUNNING_WORDS)
}

/// `note_caches` for `cache`, and not `blocks` for `lock`.
fn has_word_or_plural(name: &str, wanted: &[&str]) -> bool {
    words(name)
        .iter()
        .any(|word| wanted.contains(&word.as_str()) || word.strip_suffix('s').is_some_and(|one| wanted.contains(&one)))
}

pub(crate) fn is_intake(model: &str) -> bool {
    has_word(model, INTAKE_WORDS)
}

pub(crate) fn is_content(model: &str) -> bool {
    has_word(subject(model), CONTENT_WORDS) && !is_private(model)
}

pub(crate) fn is_private(model: &str) -> bool {
    has_word(subject(model), PRIVATE_WORDS)
}

const RUNNING_WORDS: &[&str] = &[
    "cache",
    "cached",
    "stat",
    "statistic",
    "metric",
    "counter",
    "rate",
    "ratelimit",
    "limit",
    "limiter",
    "lock",
    "attempt",
    "blacklist",
    "blacklisted",
    "denylist",
    "revoked",
    "registry",
    "handler",
    "connection",
    "queue",
];

const UPKEEP_WORDS: &[&str] = &[
    "cache",
    "cached",
    "stat",
    "statistic",
    "metric",
    "counter",
    "log",
    "history",
    "connection",
    "client",
    "queue",
    "rate",
    "ratelimit",
];

/// Endings that say what kind of class holds the rows, not what is in them.
const KINDS: &[&str] = &[
    "Document", "Doc", "Model", "Entity", "Table", "Orm", "ORM", "Record", "Db", "DB", "Schema",
];

/// `Article` of `ArticleDocument`, but `Document` of `Document`.
pub(crate) fn subject(model: &str) -> &str {
    let stripped = KINDS.iter().find_map(|kind| model.strip_suffix(kind));
    match stripped.map(|rest| rest.trim_end_matches('_')) {
        Some(rest) if rest.len() > 2 => rest,
        _ => model,
    }
}

pub(crate) fn is_about_users(table: &str) -> bool {
    has_word(
        table,
        &[
            "user", "account", "customer", "employee", "member", "patient", "student",
        ],
    )
}

pub(crate) fn is_visibility(column: &str) -> bool {
    has_word(column, VISIBILITY_WORDS)
}

/// `BlogPost`, `blog_posts` and `posts` have the word `post`.
fn has_word(name: &str, wanted: &[&str]) -> bool {
    words(name).iter().any(|word| {
        let singular = word.strip_suffix('s').unwrap_or(word);
        wanted.contains(&word.as_str()) || wanted.contains(&singular)
    })
}

/// Functions that compare a password with its hash.
const PASSWORD_CHECKS: &[&str] = &[
    "verify_password",
    "check_password",
    "checkpw",
    "verify_and_update",
    "check_password_hash",
    "authenticate_user",
    "authenticate",
    "verify_hash",
    "compare_password",
    "password_verify",
    "verify_pwd",
    "validate_password",
];

/// Whether a function of this name, with what it belongs to, compares a password with its hash.
pub(crate) fn checks_password(name: &str, receiver: Option<&str>) -> bool {
    PASSWORD_CHECKS.contains(&name)
        || (name == "verify"
            && receiver.is_some_and(|receiver| {
                words(receiver).iter().any(|word| {
                    matches!(
                        word.as_str(),
                        "pwd"
                            | "password"
                            | "passwords"
                            | "bcrypt"
                            | "hasher"
                            | "hash"
                            | "argon2"
                            | "ph"
                            | "crypt"
                            | "context"
                    )
                })
            }))
}
