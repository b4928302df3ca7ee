//! Settings of the audit as people type them.

/// One text for each setting; lists have one item in each line, or between commas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    pub secret_name: String,
    pub owner_fields: String,
    pub public_routes: String,
    pub exclude: String,
    /// `rule = off`, or a severity, in each line.
    pub rules: String,
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

/// A line about rules that means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingsProblem {
    UnknownRule(String),
    /// It is no `rule = setting`.
    NoSetting(String),
}

const RULE_SETTINGS: [&str; 4] = ["off", "critical", "warning", "suggestion"];
/// Stands in no text that anybody types.
const SEPARATOR: char = '\u{1f}';

impl Settings {
    /// `known` are the names of the rules.
    pub fn read(&self, known: &[&str]) -> Result<ReadSettings, SettingsProblem> {
        let secret_name = self.secret_name.trim();
        let mut rules = Vec::new();
        for line in items(&self.rules) {
            let setting = line.split_once('=').map(|(rule, setting)| {
                let unquoted = |text: &str| text.trim().trim_matches('"').to_owned();
                (unquoted(rule), unquoted(setting))
            });
            match setting {
                Some((rule, _)) if !known.contains(&&*rule) => return Err(SettingsProblem::UnknownRule(rule)),
                Some((rule, setting)) if RULE_SETTINGS.contains(&&*setting) => rules.push((rule, setting)),
                _ => return Err(SettingsProblem::NoSetting(line)),
            }
        }
        Ok(ReadSettings {
            secret_name: (!secret_name.is_empty()).then(|| secret_name.to_owned()),
            owner_fields: items(&self.owner_fields),
            public_routes: items(&self.public_routes),
            exclude: items(&self.exclude),
            rules,
        })
    }

    /// As one text, for the next visit.
    pub fn store(&self) -> String {
        let Settings {
            secret_name,
            owner_fields,
            public_routes,
            exclude,
            rules,
        } = self;
        [secret_name, owner_fields, public_routes, exclude, rules]
            .map(String::as_str)
            .join(&SEPARATOR.to_string())
    }

    /// What [`Settings::store`] gave; the defaults for any other text.
    pub fn restore(text: &str) -> Settings {
        let parts: Vec<String> = text.split(SEPARATOR).map(str::to_owned).collect();
        let Ok([secret_name, owner_fields, public_routes, exclude, rules]) = <[String; 5]>::try_from(parts) else {
            return Settings::default();
        };
        Settings {
            secret_name,
            owner_fields,
            public_routes,
            exclude,
            rules,
        }
    }
}

fn items(text: &str) -> Vec<String> {
    let items = text.split(['\n', ',']).map(str::trim);
    items.filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            secret_name: " KEY ".to_owned(),
            owner_fields: "keeper_ref, tenant\n".to_owned(),
            public_routes: "GET /a/**\n/b".to_owned(),
            exclude: String::new(),
            rules: "sql-injection = off\n\"a-rule\"=\"warning\"".to_owned(),
        }
    }

    #[test]
    fn lists_and_rules() {
        let read = settings().read(&["sql-injection", "a-rule"]).expect("it is right");
        assert_eq!(read.secret_name.as_deref(), Some("KEY"));
        assert_eq!(read.owner_fields, ["keeper_ref", "tenant"]);
        assert_eq!(read.public_routes, ["GET /a/**", "/b"]);
        assert_eq!(read.exclude, [""; 0]);
        let rule = |name: &str, setting: &str| (name.to_owned(), setting.to_owned());
        assert_eq!(read.rules, [rule("sql-injection", "off"), rule("a-rule", "warning")]);
        assert_eq!(Settings::default().read(&[]), Ok(ReadSettings::default()));
    }

    #[test]
    fn problems() {
        let problem = |rules: &str| {
            let settings = Settings {
                rules: rules.to_owned(),
                ..Settings::default()
            };
            settings.read(&["a"]).expect_err("it is wrong")
        };
        assert_eq!(problem("b = off"), SettingsProblem::UnknownRule("b".to_owned()));
        assert_eq!(problem("a = no"), SettingsProblem::NoSetting("a = no".to_owned()));
        assert_eq!(problem("a"), SettingsProblem::NoSetting("a".to_owned()));
    }

    #[test]
    fn they_come_back() {
        assert_eq!(Settings::restore(&settings().store()), settings());
        assert_eq!(Settings::restore("something else"), Settings::default());
    }
}
