//! `cargo xtask new-rule NAME`: the file of a new audit rule.

use anyhow::{Context, Result, bail};

use crate::workspace;

/// The one place that says what a new rule's file looks like.
const TEMPLATE: &str = include_str!("../../audit/rule_template.rs.txt");

pub(crate) fn new_rule(name: &str) -> Result<()> {
    if !is_rule_name(name) {
        bail!("`{name}` is no rule name: lower-case words and digits joined by `-` are");
    }
    let module = name.replace('-', "_");
    let path = workspace::root()
        .join("crates/audit/src/rules")
        .join(format!("{module}.rs"));
    if path.exists() {
        bail!("{} exists already", path.display());
    }
    let text = TEMPLATE.replace("{name}", name).replace("{module}", &module);
    std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    println!(
        "{} is there. Describe the rule, write its check, then run",
        path.display()
    );
    println!("`cargo test -p audit`, which also adds it to the registry.");
    Ok(())
}

fn is_rule_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.split('-').all(|word| {
            !word.is_empty()
                && word
                    .chars()
                    .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_names_are_lower_case_words_joined_by_hyphens() {
        assert!(is_rule_name("jwt-none-algorithm"));
        assert!(is_rule_name("cors"));
        for name in ["", "-a", "a-", "a--b", "A", "jwt_none", "../x", "1a"] {
            assert!(!is_rule_name(name), "{name}");
        }
    }
}
