//! What the user says of a project that its code does not.

use text::glob_matches;

/// Knowledge about a project from outside of it. Rules read it through [`crate::Facts::settings`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// Columns and claims that say whose a row is, beside those known by their names.
    pub owner_fields: Vec<String>,
    /// Routes that anyone may call: a path with `*` for one part of it and `**` for any number of them, perhaps
    /// after a method: `/articles/**`, `GET /items/{id}`.
    pub public_routes: Vec<String>,
}

impl Settings {
    /// Whether anyone may call this route. `method` in upper case; `path` as the route table has it.
    pub fn is_public_route(&self, method: &str, path: &str) -> bool {
        self.public_routes.iter().any(|pattern| {
            let (wanted, pattern) = match pattern.split_once(char::is_whitespace) {
                Some((wanted, pattern)) => (Some(wanted), pattern.trim_start()),
                None => (None, pattern.as_str()),
            };
            wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(method)) && glob_matches(pattern, path)
        })
    }

    /// Whether a column, field or claim of this name says whose something is. Letter case and underscores do not
    /// count: `tenant_ref` is also `tenantRef`.
    pub fn is_owner_field(&self, name: &str) -> bool {
        self.owner_fields.iter().any(|field| plainly_equal(field, name))
    }
}

fn plainly_equal(a: &str, b: &str) -> bool {
    let plain = |name: &str| -> Vec<u8> {
        let bytes = name.bytes().filter(|byte| *byte != b'_');
        bytes.map(|byte| byte.to_ascii_lowercase()).collect()
    };
    plain(a) == plain(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_routes() {
        let settings = Settings {
            public_routes: ["/status", "GET /articles/**", "get /u/*/card"]
                .map(str::to_owned)
                .to_vec(),
            ..Settings::default()
        };
        assert!(settings.is_public_route("POST", "/status"));
        assert!(settings.is_public_route("GET", "/articles/{slug}/comments"));
        assert!(!settings.is_public_route("DELETE", "/articles/{slug}"));
        assert!(settings.is_public_route("GET", "/u/{name}/card"));
        assert!(!settings.is_public_route("GET", "/status/all"));
        assert!(!Settings::default().is_public_route("GET", "/"));
    }

    #[test]
    fn owner_fields() {
        let settings = Settings {
            owner_fields: vec!["keeper_ref".to_owned()],
            ..Settings::default()
        };
        assert!(settings.is_owner_field("keeperRef"));
        assert!(!settings.is_owner_field("keeper"));
    }
}
