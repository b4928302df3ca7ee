//! What the user may set.

use std::collections::BTreeMap;

use facts::settings::Settings;
use report::Severity;
use text::glob_matches;

use crate::rules;

/// Settings of an audit. The defaults suit a FastAPI service behind Better Auth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Name of the environment variable that holds the shared secret.
    pub secret_name: String,
    /// Columns and claims that say whose a row is, beside those known by their names.
    pub owner_fields: Vec<String>,
    /// Routes that anyone may call: paths with `*` and `**`, perhaps after a method: `GET /articles/**`.
    pub public_routes: Vec<String>,
    /// Files that are left out: paths with `*`, `?` and `**`. A pattern without a slash is the name of a file or
    /// folder anywhere; one that names a folder stands for everything in it.
    pub exclude: Vec<String>,
    /// By name of a rule.
    pub rules: BTreeMap<String, RuleSetting>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleSetting {
    Off,
    /// Every finding of the rule has this severity.
    Severity(Severity),
}

impl Default for Options {
    fn default() -> Options {
        Options {
            secret_name: "BETTER_AUTH_SECRET".to_owned(),
            owner_fields: Vec::new(),
            public_routes: Vec::new(),
            exclude: Vec::new(),
            rules: BTreeMap::new(),
        }
    }
}

impl Options {
    /// Whether the file of this path is left out.
    pub fn leaves_out(&self, path: &str) -> bool {
        self.exclude.iter().any(|pattern| is_excluded(pattern, path))
    }

    /// The first name among [`Options::rules`] that no rule has.
    pub fn unknown_rule(&self) -> Option<&str> {
        let known = |name: &&String| rules::ALL.iter().any(|rule| rule.name == name.as_str());
        self.rules.keys().find(|name| !known(name)).map(String::as_str)
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings {
            owner_fields: self.owner_fields.clone(),
            public_routes: self.public_routes.clone(),
        }
    }
}

fn is_excluded(pattern: &str, path: &str) -> bool {
    let anchored = pattern.strip_prefix("./").unwrap_or(pattern);
    let pattern = anchored.trim_matches('/');
    let is_name = !pattern.contains('/') && !anchored.starts_with('/');
    // The file, and every folder around it.
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    let mut start = 0;
    for end in ends {
        let part = if is_name { &path[start..end] } else { &path[..end] };
        if glob_matches(pattern, part) {
            return true;
        }
        start = end + 1;
    }
    false
}

impl RuleSetting {
    /// What [`RuleSetting::parse`] reads.
    pub fn name(self) -> &'static str {
        match self {
            RuleSetting::Off => "off",
            RuleSetting::Severity(severity) => severity.name(),
        }
    }

    /// Reads `off`, `critical`, `warning` or `suggestion`.
    pub fn parse(text: &str) -> Option<RuleSetting> {
        let severities = [Severity::Critical, Severity::Warning, Severity::Suggestion];
        match text {
            "off" => Some(RuleSetting::Off),
            _ => severities
                .into_iter()
                .find(|severity| severity.name() == text)
                .map(RuleSetting::Severity),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_left_out() {
        for (pattern, yes, no) in [
            ("legacy", "app/legacy/x.py", "app/legacy_x.py"),
            ("legacy/", "legacy/a/b.py", "legacy.py"),
            ("/legacy", "legacy/x.py", "app/legacy/x.py"),
            ("./app/old.py", "app/old.py", "old.py"),
            ("seed_*.py", "scripts/seed_users.py", "scripts/seeds.py"),
            ("**/migrations/**", "a/migrations/1.py", "a/migration/1.py"),
            ("app/*/generated", "app/x/generated/y.py", "app/generated/y.py"),
        ] {
            assert!(is_excluded(pattern, yes), "{pattern} {yes}");
            assert!(!is_excluded(pattern, no), "{pattern} {no}");
        }
    }

    #[test]
    fn settings_of_rules() {
        assert_eq!(RuleSetting::parse("off"), Some(RuleSetting::Off));
        assert_eq!(
            RuleSetting::parse("warning"),
            Some(RuleSetting::Severity(Severity::Warning))
        );
        assert_eq!(RuleSetting::parse("error"), None);
        for name in ["off", "critical", "warning", "suggestion"] {
            assert_eq!(RuleSetting::parse(name).map(RuleSetting::name), Some(name));
        }
    }
}
