//! `claimcheck explain` and `claimcheck rules`: what the rules are.

use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::bail;
use configuration::nearest;
use report::RuleInfo;

use crate::output;

/// Prints the documentation of a rule. Fails when there is none of that name.
pub(crate) fn explain(name: &str) -> anyhow::Result<ExitCode> {
    let rules = audit::rules();
    let rule = find(&rules, name)?;
    let mut out = format!("{}: {}\n\n", rule.name, rule.summary);
    writeln!(
        out,
        "{} · CWE-{} · {} · {}{}\n",
        rule.severity.name(),
        rule.cwe,
        rule.owasp.title(),
        rule.phase.title(),
        if rule.fixable { " · can be fixed" } else { "" }
    )?;
    writeln!(out, "{}", rule.documentation.trim())?;
    output::print(&out, false)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints a table of all rules.
pub(crate) fn list() -> anyhow::Result<ExitCode> {
    output::print(&table(&audit::rules()), false)?;
    Ok(ExitCode::SUCCESS)
}

/// The rule of that name; an error that suggests the nearest one when there is none.
pub(crate) fn find<'a>(rules: &'a [RuleInfo], name: &str) -> anyhow::Result<&'a RuleInfo> {
    if let Some(rule) = rules.iter().find(|rule| rule.name == name) {
        return Ok(rule);
    }
    match nearest(rules.iter().map(|rule| rule.name.as_str()), name) {
        Some(nearest) => bail!("there is no rule `{name}`; did you mean `{nearest}`?"),
        None => bail!("there is no rule `{name}`; `claimcheck rules` lists them"),
    }
}

fn table(rules: &[RuleInfo]) -> String {
    let heading = ["RULE", "SEVERITY", "CWE", "FIX", "SUMMARY"].map(str::to_owned);
    let rows = rules.iter().map(|rule| {
        [
            rule.name.clone(),
            rule.severity.name().to_owned(),
            rule.cwe.to_string(),
            if rule.fixable { "yes" } else { "" }.to_owned(),
            rule.summary.clone(),
        ]
    });
    let rows: Vec<[String; 5]> = std::iter::once(heading).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3].map(width);
    let mut out = String::new();
    for row in &rows {
        for (cell, width) in row.iter().zip(widths) {
            write!(out, "{cell:width$}  ").expect("a string takes everything");
        }
        out.push_str(&row[4]);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use report::{OwaspApi, Phase, Severity};

    use super::*;

    fn rules() -> Vec<RuleInfo> {
        let rule = |name: &str, severity, fixable| RuleInfo {
            name: name.to_owned(),
            summary: format!("What {name} finds"),
            documentation: String::new(),
            severity,
            phase: Phase::AuthenticationInfrastructure,
            cwe: 347,
            owasp: OwaspApi::BrokenAuthentication,
            checklist_item: None,
            fixable,
        };
        vec![
            rule("jwt-none-algorithm", Severity::Critical, true),
            rule("sql-injection", Severity::Suggestion, false),
        ]
    }

    #[test]
    fn nearest_name() {
        let rules = rules();
        let nearest = |name| nearest(rules.iter().map(|rule| rule.name.as_str()), name).map(str::to_owned);
        assert_eq!(nearest("jwt-non-algoritm").as_deref(), Some("jwt-none-algorithm"));
        assert_eq!(nearest("JWT_NONE_ALGORITHM").as_deref(), Some("jwt-none-algorithm"));
        assert_eq!(nearest("injection").as_deref(), Some("sql-injection"));
        assert_eq!(nearest("zzz"), None);
        assert_eq!(nearest(""), None);
    }

    #[test]
    fn table_is_aligned() {
        expect![[r#"
            RULE                SEVERITY    CWE  FIX  SUMMARY
            jwt-none-algorithm  critical    347  yes  What jwt-none-algorithm finds
            sql-injection       suggestion  347       What sql-injection finds
        "#]]
        .assert_eq(&table(&rules()));
    }
}
