//! Settings of a project: `claimcheck.toml`, or `[tool.claimcheck]` in `pyproject.toml`.
//!
//! ```toml
//! [tool.claimcheck]
//! secret-name = "BETTER_AUTH_SECRET"
//! owner-fields = ["keeper_ref"]
//! public-routes = ["/status", "GET /articles/**"]
//! exclude = ["legacy", "scripts/seed_*.py"]
//!
//! [tool.claimcheck.rules]
//! sql-injection = "off"
//! jwt-secret-may-be-missing = "suggestion"
//! ```
//!
//! The command line and the page read them with the same words for what is wrong.

use std::fmt;
use std::ops::Range;

use audit::{Options, RuleSetting};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Something in a file of settings that means nothing.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    pub message: String,
    /// Bytes of the text.
    pub place: Range<usize>,
}

/// Which file a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// `claimcheck.toml`: the settings stand at the top.
    Own,
    /// `pyproject.toml`: they stand in `[tool.claimcheck]`.
    Project,
}

const KEYS: [&str; 5] = ["secret-name", "owner-fields", "public-routes", "exclude", "rules"];

/// `None` for a `pyproject.toml` that does not speak of Claimcheck.
pub fn read(text: &str, file: File) -> Result<Option<Options>, Problem> {
    let document = DeTable::parse(text).map_err(|error| Problem {
        message: error.message().to_owned(),
        place: error.span().unwrap_or(0..0),
    })?;
    if file == File::Own {
        return options(document.get_ref()).map(Some);
    }
    let tool = document
        .get_ref()
        .get("tool")
        .and_then(|tool| tool.get_ref().as_table());
    match tool.and_then(|tool| tool.get("claimcheck")) {
        Some(own) => options(table(own, "tool.claimcheck")?).map(Some),
        None => Ok(None),
    }
}

fn options(table_of_settings: &DeTable<'_>) -> Result<Options, Problem> {
    let mut options = Options::default();
    for (key, value) in table_of_settings {
        let name = key.get_ref().replace('_', "-");
        match name.as_str() {
            "secret-name" => options.secret_name = string(value, &name)?.to_owned(),
            "owner-fields" => options.owner_fields = strings(value, &name)?,
            "public-routes" => options.public_routes = strings(value, &name)?,
            "exclude" => options.exclude = strings(value, &name)?,
            "rules" => rules(table(value, &name)?, &mut options)?,
            _ => return Err(unknown("setting", key, KEYS.into_iter())),
        }
    }
    Ok(options)
}

fn rules(table: &DeTable<'_>, options: &mut Options) -> Result<(), Problem> {
    let known = audit::rules();
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        if !known.iter().any(|rule| rule.name == name) {
            return Err(unknown("rule", key, known.iter().map(|rule| rule.name.as_str())));
        }
        let setting = value.get_ref().as_str().and_then(RuleSetting::parse);
        let setting = setting.ok_or_else(|| Problem {
            message: format!("`{name}` must be \"off\", \"critical\", \"warning\" or \"suggestion\""),
            place: value.span(),
        })?;
        options.rules.insert(name.to_owned(), setting);
    }
    Ok(())
}

fn unknown<'a>(what: &str, key: &Spanned<impl fmt::Display>, known: impl Iterator<Item = &'a str>) -> Problem {
    let name = key.get_ref().to_string();
    let hint = match nearest(known, &name) {
        Some(nearest) => format!("; did you mean `{nearest}`?"),
        None if what == "setting" => format!("; there are {}", KEYS.map(|key| format!("`{key}`")).join(", ")),
        None => "; `claimcheck rules` lists them".to_owned(),
    };
    Problem {
        message: format!("unknown {what} `{name}`{hint}"),
        place: key.span(),
    }
}

/// The one of `known` that `name` probably means.
pub fn nearest<'a>(known: impl Iterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    let name = name.to_lowercase().replace(['_', ' '], "-");
    let likeness = |known: &str| {
        if !name.is_empty() && known.contains(&name) {
            return 1.0;
        }
        strsim::normalized_damerau_levenshtein(known, &name)
    };
    known
        .map(|known| (likeness(known), known))
        // Of equals the first.
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .filter(|(likeness, _)| *likeness >= 0.5)
        .map(|(_, name)| name)
}

type Value<'a> = Spanned<DeValue<'a>>;

fn table<'v, 'a>(value: &'v Value<'a>, name: &str) -> Result<&'v DeTable<'a>, Problem> {
    let found = value.get_ref().as_table();
    found.ok_or_else(|| wrong_type(value, name, "a table"))
}

fn string<'v>(value: &'v Value<'_>, name: &str) -> Result<&'v str, Problem> {
    let found = value.get_ref().as_str().filter(|text| !text.is_empty());
    found.ok_or_else(|| wrong_type(value, name, "a string that is not empty"))
}

fn strings(value: &Value<'_>, name: &str) -> Result<Vec<String>, Problem> {
    let items = value.get_ref().as_array();
    let items = items.ok_or_else(|| wrong_type(value, name, "a list of strings"))?;
    let text = |item: &Value<'_>| {
        let found = item.get_ref().as_str().filter(|text| !text.is_empty());
        found
            .map(str::to_owned)
            .ok_or_else(|| wrong_type(item, name, "a list of strings that are not empty"))
    };
    items.iter().map(text).collect()
}

fn wrong_type(value: &Value<'_>, name: &str, wanted: &str) -> Problem {
    let found = value.get_ref().type_str();
    Problem {
        message: format!("`{name}` must be {wanted}; this is {} {found}", article(found)),
        place: value.span(),
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}

#[cfg(test)]
mod tests {
    use report::Severity;

    use super::*;

    fn project(text: &str) -> Result<Option<Options>, String> {
        read(text, File::Project).map_err(|problem| format!("{:?}: {}", &text[problem.place.clone()], problem.message))
    }

    #[test]
    fn every_setting() {
        let text = r#"
            [tool.other]
            exclude = 3
            [tool.claimcheck]
            secret-name = "AUTH_SECRET"
            owner_fields = ["keeper_ref"]
            public-routes = ["GET /articles/**"]
            exclude = ["legacy"]
            [tool.claimcheck.rules]
            sql-injection = "off"
            jwt-none-algorithm = "warning"
        "#;
        let options = project(text).expect("it is right").expect("it is there");
        assert_eq!(options.secret_name, "AUTH_SECRET");
        assert_eq!(options.owner_fields, ["keeper_ref"]);
        assert_eq!(options.public_routes, ["GET /articles/**"]);
        assert_eq!(options.exclude, ["legacy"]);
        assert_eq!(options.rules["sql-injection"], RuleSetting::Off);
        assert_eq!(
            options.rules["jwt-none-algorithm"],
            RuleSetting::Severity(Severity::Warning)
        );
    }

    #[test]
    fn nothing_said() {
        assert_eq!(project("[project]\nname = \"x\"\n"), Ok(None));
        assert_eq!(project("tool = 3\n"), Ok(None));
        assert_eq!(project("[tool.claimcheck]\n"), Ok(Some(Options::default())));
    }

    #[test]
    fn problems() {
        for (text, expected) in [
            (
                "[tool.claimcheck]\nsecret-nam = \"x\"\n",
                "\"secret-nam\": unknown setting `secret-nam`; did you mean `secret-name`?",
            ),
            (
                "[tool.claimcheck]\nzzz = 1\n",
                "\"zzz\": unknown setting `zzz`; there are `secret-name`, `owner-fields`, `public-routes`, `exclude`, `rules`",
            ),
            (
                "[tool.claimcheck]\nsecret-name = 3\n",
                "\"3\": `secret-name` must be a string that is not empty; this is an integer",
            ),
            (
                "[tool.claimcheck]\nexclude = [\"a\", 1]\n",
                "\"1\": `exclude` must be a list of strings that are not empty; this is an integer",
            ),
            (
                "[tool.claimcheck]\nrules = [\"a\"]\n",
                "\"[\\\"a\\\"]\": `rules` must be a table; this is an array",
            ),
            (
                "[tool.claimcheck.rules]\nsql-injektion = \"off\"\n",
                "\"sql-injektion\": unknown rule `sql-injektion`; did you mean `sql-injection`?",
            ),
            (
                "[tool.claimcheck.rules]\nsql-injection = \"error\"\n",
                "\"\\\"error\\\"\": `sql-injection` must be \"off\", \"critical\", \"warning\" or \"suggestion\"",
            ),
            (
                "[tool]\nclaimcheck = 1\n",
                "\"1\": `tool.claimcheck` must be a table; this is an integer",
            ),
        ] {
            assert_eq!(project(text).expect_err("it is wrong"), expected);
        }
        assert!(project("[tool.claimcheck\n").is_err());
    }

    #[test]
    fn the_own_file_has_no_heading() {
        let options = read("secret-name = \"A\"\n", File::Own).expect("it is right");
        assert_eq!(options.map(|options| options.secret_name).as_deref(), Some("A"));
    }
}
