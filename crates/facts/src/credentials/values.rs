//! Values that somebody could use, told from placeholders, samples and words of the interface.

use super::Worth;
use super::contexts::{Context, Site};
use super::names::Kind;
use crate::secrets::names::{is_same_name, words};

/// Parts of texts that ask the reader to fill something in, or stand for nothing.
const PLACEHOLDERS: &[&str] = &[
    "your",
    "replace",
    "placeholder",
    "example",
    "xxx",
    "<",
    ">",
    "${",
    "{{",
    "%(",
    "todo",
    "fixme",
    "insert",
    "dummy",
    "redacted",
    "...",
    "…",
    "***",
    "changeit",
    "put_",
    "put-",
    "fill",
    "not-set",
    "not_set",
    "notset",
    "unset",
    "undefined",
    "sample",
    "foobar",
    "fake",
    "mock",
    "lorem",
    "goes-here",
    "goes_here",
    "-here",
    "_here",
    "test-key",
    "test_key",
    "n/a",
    "some-",
    "some_",
    "somesecret",
    "my-api-key",
    "my_api_key",
    "my-secret-key",
    "enter-",
];

/// Passwords that everybody tries first, and that samples are full of.
const KNOWN_DEFAULTS: &[&str] = &[
    "changeme",
    "change_me",
    "change-me",
    "changethis",
    "change_this",
    "change-this",
    "admin",
    "administrator",
    "root",
    "postgres",
    "mysql",
    "mongo",
    "mongodb",
    "redis",
    "guest",
    "rabbitmq",
    "minio",
    "minioadmin",
    "password",
    "passwd",
    "password1",
    "password123",
    "password1234",
    "passw0rd",
    "p@ssw0rd",
    "pass",
    "pass123",
    "secret",
    "secret123",
    "test",
    "test123",
    "demo",
    "1234",
    "12345",
    "123456",
    "1234567",
    "12345678",
    "123456789",
    "1234567890",
    "qwerty",
    "letmein",
    "welcome",
    "welcome1",
    "admin123",
    "admin1234",
    "admin@123",
    "administrator123",
    "root123",
    "toor",
    "user",
    "user123",
    "default",
    "abc123",
    "sa",
    "elastic",
    "neo4j",
    "docker",
    "dev",
    "local",
    "mysecretpassword",
    "pwd",
    "username",
];

/// Words that interfaces, headers and fields are made of.
const GENERIC: &[&str] = &[
    "access",
    "api",
    "apikey",
    "app",
    "authorization",
    "auth",
    "basic",
    "bearer",
    "client",
    "code",
    "cookie",
    "credentials",
    "csrf",
    "false",
    "field",
    "form",
    "grant",
    "header",
    "hidden",
    "http",
    "id",
    "input",
    "invalid",
    "jwt",
    "key",
    "keys",
    "login",
    "missing",
    "new",
    "none",
    "null",
    "oauth",
    "oauth2",
    "old",
    "password",
    "passwords",
    "plain",
    "post",
    "private",
    "query",
    "read",
    "refresh",
    "required",
    "reset",
    "rsa",
    "scope",
    "secret",
    "secrets",
    "session",
    "str",
    "string",
    "text",
    "token",
    "tokens",
    "true",
    "type",
    "url",
    "user",
    "username",
    "value",
    "wrong",
    "write",
    "x",
    "xsrf",
];

/// Names of services that run on the developer's machine with a password of the manual.
const LOCAL_SERVICES: &[&str] = &[
    "db",
    "database",
    "postgres",
    "postgresql",
    "pg",
    "mysql",
    "mariadb",
    "mongo",
    "mongodb",
    "redis",
    "rabbitmq",
    "rabbit",
    "minio",
    "elastic",
    "elasticsearch",
    "neo4j",
    "sql",
    "s3",
    "clickhouse",
    "celery",
    "broker",
];

pub(super) fn is_obvious_placeholder(text: &str) -> bool {
    let lower = text.to_lowercase();
    PLACEHOLDERS.iter().any(|part| lower.contains(part)) || is_one_character(&lower)
}

/// `xxxxxxxx`, `--------`
fn is_one_character(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next();
    characters.all(|c| Some(c) == first)
}

/// What a text is worth under a name; `None` where nobody could use it.
pub(super) fn worth(kind: Kind, name: &str, text: &str, context: &Context) -> Option<Worth> {
    let text = text.trim();
    if text.len() < 3
        || text.len() > 500
        || text.contains(char::is_whitespace)
        || text.contains("://")
        || text.starts_with(['/', '$', '{', '%', '@', '#', '.'])
        || is_obvious_placeholder(text)
        || is_same_name(name, text)
        || is_variable(text)
        || is_hash(text)
    {
        return None;
    }
    let lower = text.to_lowercase();
    let is_known = KNOWN_DEFAULTS.contains(&lower.as_str()) || lower.contains("default");
    // Of scripts that try something out.
    if context.site != Site::Compared && lower.starts_with("test") || lower == "hashed" {
        return None;
    }
    let is_generic = words(&text.replace('-', "_"))
        .iter()
        .all(|word| GENERIC.contains(&word.as_str()));
    let has_digit = text.contains(|c: char| c.is_ascii_digit());
    let has_symbol = text.contains(|c: char| c.is_ascii_punctuation() && c != '_' && c != '-');
    match (kind, context.site) {
        // `if settings.password == "changeme": raise`
        (_, Site::Compared) if context.is_guard || lower.starts_with("change") || lower == "default" => None,
        (_, Site::Compared) if is_generic => None,
        (_, Site::Compared) => Some(Worth::Certain),
        (Kind::Password, site) => {
            let is_local = words(name).iter().any(|word| LOCAL_SERVICES.contains(&word.as_str()));
            if is_known {
                let is_mapping = is_generic && matches!(site, Site::Dict | Site::Returned | Site::Local);
                let is_ignored =
                    is_local && context.is_default || is_mapping || (site == Site::Dict && !context.has_login);
                return (!is_ignored).then_some(Worth::KnownDefault);
            }
            let says_nothing = is_generic || text.len() < 4;
            let is_word = !has_digit && !has_symbol;
            // Words of an interface: `{"password": "Passwort"}`.
            let is_label = is_word && (site == Site::Returned || site == Site::Dict && !context.has_login);
            // The password of a compose file.
            let is_of_service = is_word && context.is_default && is_local;
            (!says_nothing && !is_label).then_some(match is_of_service {
                true => Worth::KnownDefault,
                false => Worth::Certain,
            })
        }
        (Kind::Key, site) => {
            let is_word = !has_digit && !text.contains(['-', '_']) && !has_mixed_case(text);
            let is_weak_site = matches!(site, Site::Dict | Site::Returned | Site::Local);
            if is_generic || text.len() < 6 || is_known || is_word && is_weak_site {
                return None;
            }
            Some(match looks_random(text) {
                true => Worth::Certain,
                false => Worth::Likely,
            })
        }
        (Kind::Token, _) => {
            let is_said = has_digit || lower.contains("secret") || has_mixed_case(text);
            if is_generic || text.len() < 12 || !is_said {
                return None;
            }
            Some(match looks_random(text) {
                true => Worth::Certain,
                false => Worth::Likely,
            })
        }
    }
}

fn looks_random(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    text.len() >= 16 && digits >= 2
}

fn has_mixed_case(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_lowercase()) && text[1..].contains(|c: char| c.is_ascii_uppercase())
}

/// `OPENAI_API_KEY`: the name of a variable.
fn is_variable(text: &str) -> bool {
    text.contains('_')
        && text
            .chars()
            .all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit())
        && text.starts_with(|c: char| c.is_ascii_uppercase())
}

/// `$2b$12$…`, `$argon2id$…`, `pbkdf2:sha256:…`
fn is_hash(text: &str) -> bool {
    text.starts_with("$2") || text.starts_with("$argon2") || text.starts_with("pbkdf2") || text.starts_with("scrypt:")
}

/// `postgresql://user:password@host/db`
pub(super) struct Address {
    pub(super) is_local: bool,
    /// The password is none of a sample.
    pub(super) is_certain: bool,
}

/// An address with a password in it that is not a sample's.
pub(super) fn address(raw: &str) -> Option<Address> {
    if let Some(address) = connection_string(raw) {
        return Some(address);
    }
    let (before, after) = raw.split_once("://")?;
    let scheme = before
        .rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '+'))
        .next()?;
    let authority = after.split(['/', '?', '#', ' ', '"', '\'', '\n', '\\']).next()?;
    let (login, host) = authority.rsplit_once('@')?;
    let (user, password) = login.split_once(':')?;
    if scheme.is_empty()
        || password.is_empty()
        || login.contains(['{', '<', '$', '%', '[', '(']) && !login.contains("%40")
    {
        return None;
    }
    judged(user, password, host)
}

/// `host=db user=app password=… dbname=app`, `Server=…;Uid=…;Pwd=…;`
fn connection_string(raw: &str) -> Option<Address> {
    let lower = raw.to_lowercase();
    let value = |keys: &[&str]| {
        keys.iter().find_map(|key| {
            let at = lower.find(key)?;
            let is_word = !lower[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
            let rest = &raw[at + key.len()..];
            let end = rest.find([' ', ';', '"', '\'', '&', '\n']).unwrap_or(rest.len());
            is_word.then(|| rest[..end].to_owned())
        })
    };
    // A URL with a query is no connection string.
    if !(lower.contains("host=") || lower.contains("server=")) || lower.contains("://") {
        return None;
    }
    let password = value(&["password=", "pwd="])?;
    if password.is_empty() || password.contains(['{', '<', '$', '%']) {
        return None;
    }
    let user = value(&["user=", "uid=", "user id="]).unwrap_or_default();
    let host = value(&["host=", "server="]).unwrap_or_default();
    judged(&user, &password, &host)
}

fn judged(user: &str, password: &str, host: &str) -> Option<Address> {
    let host = host.strip_prefix("tcp:").unwrap_or(host);
    let name = host.split([':', ',']).next().unwrap_or_default().to_lowercase();
    let lower = password.to_lowercase();
    let is_here = matches!(name.as_str(), "localhost" | "127" | "0" | "" | "host" | "hostname")
        || name.starts_with("127.")
        || name.starts_with("0.0.0.0");
    // The service of a compose file.
    let is_service = !name.contains('.') && !name.contains('{');
    let is_elsewhere_only_in_text = name.ends_with("example.com")
        || name.ends_with("example.org")
        || name.ends_with(".test")
        || name.ends_with("example");
    let is_sample = KNOWN_DEFAULTS.contains(&lower.as_str())
        || lower == user.to_lowercase()
        || lower.starts_with("test")
        || is_obvious_placeholder(password)
        || matches!(
            lower.as_str(),
            "pw" | "passwort" | "db_password" | "dbpass" | "dbpassword" | "db_pass" | "app" | "p" | "userpass"
        );
    let is_word_only = lower == "password" || lower == "pass" || lower == "pwd" || lower == "pw";
    let is_local = is_here || is_service || name.ends_with(".internal") && name.starts_with("host.docker");
    if is_elsewhere_only_in_text || is_obvious_placeholder(password) || (is_sample && is_local) {
        return None;
    }
    if is_word_only && (user.is_empty() || matches!(user, "user" | "username" | "usr")) {
        return None;
    }
    Some(Address {
        is_local,
        is_certain: !is_local && !is_sample,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let worth = |raw: &str| address(raw).map(|address| (address.is_local, address.is_certain));
        for (raw, expected) in [
            (
                "postgresql://app:Xk29sdPq@db.prod.acme.io:5432/app",
                Some((false, true)),
            ),
            (
                "mongodb+srv://admin:h4rdT0Gu3ss@cluster0.abcde.mongodb.net/shop",
                Some((false, true)),
            ),
            ("mysql+pymysql://shop:Winter2024@localhost/shop", Some((true, false))),
            ("postgresql://postgres:postgres@localhost/app", None),
            ("postgresql+asyncpg://postgres:postgres@db:5432/app", None),
            ("postgresql://user:password@localhost:5432/dbname", None),
            ("postgresql://user:password@host:5432/dbname", None),
            ("postgresql://user:{password}@db.acme.io/app", None),
            ("postgresql://user:<password>@db.acme.io/app", None),
            ("redis://localhost:6379/0", None),
            ("https://example.com/a:b@c", None),
            ("amqp://guest:guest@rabbitmq:5672//", None),
            (
                "host=db.acme.io user=app password=Xk29sdPq dbname=app",
                Some((false, true)),
            ),
            ("host=localhost user=postgres password=postgres", None),
            (
                "Server=tcp:acme.database.windows.net;Uid=app;Pwd=Xk29sdPq!;",
                Some((false, true)),
            ),
        ] {
            assert_eq!(worth(raw), expected, "{raw}");
        }
    }
}
