//! Settings of the audit as people type them.

use std::collections::BTreeMap;

/// One text for each setting; lists have one item in each line, or between commas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    pub secret_name: String,
    pub owner_fields: String,
    pub public_routes: String,
    pub exclude: String,
    /// `off` or a severity, by name of a rule; rules that are as they come are not here.
    pub rules: BTreeMap<String, String>,
}

/// What the audit takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadSettings {
    pub secret_name: Option<String>,
    pub owner_fields: Vec<String>,
    pub public_routes: Vec<String>,
    pub exclude: Vec<String>,
    pub rules: Vec<(String, String)>,
}

/// What a rule can be set to.
pub const RULE_SETTINGS: [&str; 4] = ["off", "critical", "warning", "suggestion"];

/// What the audit takes for the secret's name when nothing is said.
pub const DEFAULT_SECRET_NAME: &str = "BETTER_AUTH_SECRET";

/// Stands in no text that anybody types.
const SEPARATOR: char = '\u{1f}';

impl Settings {
    /// `known` are the names of the rules: a setting that an earlier version had for another one means nothing any more.
    pub fn read(&self, known: &[&str]) -> ReadSettings {
        let secret_name = self.secret_name.trim();
        let rules = self.rules.iter().filter(|(rule, _)| known.contains(&rule.as_str()));
        ReadSettings {
            secret_name: (!secret_name.is_empty()).then(|| secret_name.to_owned()),
            owner_fields: items(&self.owner_fields),
            public_routes: items(&self.public_routes),
            exclude: items(&self.exclude),
            rules: rules.map(|(rule, setting)| (rule.clone(), setting.clone())).collect(),
        }
    }

    /// What a file of settings says, as people would have typed it.
    pub fn written(read: ReadSettings) -> Settings {
        let secret_name = read.secret_name.filter(|name| name != DEFAULT_SECRET_NAME);
        Settings {
            secret_name: secret_name.unwrap_or_default(),
            owner_fields: read.owner_fields.join("\n"),
            public_routes: read.public_routes.join("\n"),
            exclude: read.exclude.join("\n"),
            rules: read.rules.into_iter().collect(),
        }
    }

    /// The part of a `pyproject.toml` that says the same.
    pub fn to_toml(&self) -> String {
        let mut out = "[tool.claimcheck]\n".to_owned();
        let secret_name = self.secret_name.trim();
        if !secret_name.is_empty() {
            out += &format!("secret-name = {}\n", quoted(secret_name));
        }
        let lists = [
            ("owner-fields", &self.owner_fields),
            ("public-routes", &self.public_routes),
            ("exclude", &self.exclude),
        ];
        for (key, list) in lists {
            let items: Vec<String> = items(list).iter().map(|item| quoted(item)).collect();
            if !items.is_empty() {
                out += &format!("{key} = [{}]\n", items.join(", "));
            }
        }
        if !self.rules.is_empty() {
            out += "\n[tool.claimcheck.rules]\n";
        }
        for (rule, setting) in &self.rules {
            out += &format!("{rule} = {}\n", quoted(setting));
        }
        out
    }

    /// As one text, for the next visit.
    pub fn store(&self) -> String {
        let rules: Vec<String> = self
            .rules
            .iter()
            .map(|(rule, setting)| format!("{rule}={setting}"))
            .collect();
        [
            &self.secret_name,
            &self.owner_fields,
            &self.public_routes,
            &self.exclude,
            &rules.join("\n"),
        ]
        .map(String::as_str)
        .join(&SEPARATOR.to_string())
    }

    /// What [`Settings::store`] gave; the defaults for any other text.
    pub fn restore(text: &str) -> Settings {
        let parts: Vec<String> = text.split(SEPARATOR).map(str::to_owned).collect();
        let Ok([secret_name, owner_fields, public_routes, exclude, rules]) = <[String; 5]>::try_from(parts) else {
            return Settings::default();
        };
        // Earlier versions kept these as they were typed.
        let unquoted = |text: &str| text.trim().trim_matches('"').to_owned();
        let rules = items(&rules).into_iter().filter_map(|line| {
            let (rule, setting) = line.split_once('=')?;
            let setting = unquoted(setting);
            RULE_SETTINGS.contains(&&*setting).then(|| (unquoted(rule), setting))
        });
        Settings {
            secret_name,
            owner_fields,
            public_routes,
            exclude,
            rules: rules.collect(),
        }
    }
}

fn items(text: &str) -> Vec<String> {
    let items = text.split(['\n', ',']).map(str::trim);
    items.filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' => out += "\\\"",
            '\\' => out += "\\\\",
            _ if character.is_control() => out += &format!("\\u{:04X}", u32::from(character)),
            _ => out.push(character),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        let rule = |name: &str, setting: &str| (name.to_owned(), setting.to_owned());
        Settings {
            secret_name: " KEY ".to_owned(),
            owner_fields: "keeper_ref, tenant\n".to_owned(),
            public_routes: "GET /a/**\n/b\"\\\u{7}".to_owned(),
            exclude: String::new(),
            rules: BTreeMap::from([rule("sql-injection", "off"), rule("jwt-none-algorithm", "warning")]),
        }
    }

    #[test]
    fn lists_and_rules() {
        let read = settings().read(&["sql-injection", "another"]);
        assert_eq!(read.secret_name.as_deref(), Some("KEY"));
        assert_eq!(read.owner_fields, ["keeper_ref", "tenant"]);
        assert_eq!(read.public_routes, ["GET /a/**", "/b\"\\\u{7}"]);
        assert_eq!(read.exclude, [""; 0]);
        assert_eq!(read.rules, [("sql-injection".to_owned(), "off".to_owned())]);
        assert_eq!(Settings::default().read(&[]), ReadSettings::default());
    }

    #[test]
    fn they_come_back() {
        assert_eq!(Settings::restore(&settings().store()), settings());
        assert_eq!(Settings::restore("something else"), Settings::default());
        let typed = Settings::restore("\u{1f}\u{1f}\u{1f}\u{1f}sql-injection = off\n\"a-rule\"=\"warning\"\nx = y");
        assert_eq!(typed.rules.len(), 2);
        assert_eq!(typed.rules["a-rule"], "warning");
    }

    #[test]
    fn the_command_line_reads_what_the_page_writes() {
        let text = settings().to_toml();
        let options = configuration::read(&text, configuration::File::Project)
            .expect("it is right")
            .expect("it is there");
        let rules = options.rules.iter();
        let read = ReadSettings {
            secret_name: Some(options.secret_name.clone()),
            owner_fields: options.owner_fields.clone(),
            public_routes: options.public_routes.clone(),
            exclude: options.exclude.clone(),
            rules: rules
                .map(|(rule, setting)| (rule.clone(), setting.name().to_owned()))
                .collect(),
        };
        let known = ["sql-injection", "jwt-none-algorithm"];
        assert_eq!(Settings::written(read.clone()).read(&known), read);
        assert_eq!(Settings::default().to_toml(), "[tool.claimcheck]\n");
    }

    #[test]
    fn the_default_name_of_the_secret_is_that_of_the_audit() {
        assert_eq!(audit::Options::default().secret_name, DEFAULT_SECRET_NAME);
    }
}
