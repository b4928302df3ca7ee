//! The report as Markdown: what a reviewer would hand over.
//!
//! Everything that comes from the audited project (names of files, quoted code, diffs) is written so that it can
//! only be read, never be markup: a project cannot put links, pictures, mentions or headings into its own audit.

use std::fmt::Write as _;

use crate::overview::Names;
use crate::{
    FileStatus, Finding, Location, Note, Phase, Report, RouteSummary, RuleInfo, Severity, Strength, Summary, Verdict,
    visible,
};

/// The report as GitHub-flavoured Markdown. `rules` gives the reasons; a finding whose rule is missing there goes
/// without.
pub fn markdown(report: &Report, rules: &[RuleInfo]) -> String {
    let mut out = String::new();
    let names = Names::new(report);
    line(&mut out, &format!("# {}\n", title(report)));
    line(
        &mut out,
        &format!(
            "**{}** Audited by {} {}.\n",
            sentence(&report.summary),
            inline(&report.tool.name),
            inline(&report.tool.version)
        ),
    );
    rules_off(&mut out, report);
    not_fully_read(&mut out, report);
    escalations(&mut out, report, &names);
    let mut examples = Examples::default();
    for (severity, heading, none) in SECTIONS {
        line(&mut out, &format!("### {heading}\n"));
        let of_severity = || report.findings.iter().filter(|f| f.severity == severity);
        if of_severity().next().is_none() {
            line(&mut out, &format!("{none}\n"));
        }
        for (index, phase) in Phase::ALL.into_iter().enumerate() {
            let mut findings = of_severity().filter(|finding| finding.phase == phase).peekable();
            if findings.peek().is_some() {
                line(&mut out, &format!("#### Phase {}: {}\n", index + 1, phase.title()));
            }
            for finding in findings {
                write_finding(&mut out, names.of(&finding.fingerprint), finding, rules, &mut examples);
            }
        }
    }
    out.push_str("### ✅ Security Strengths\n\n");
    if report.strengths.is_empty() {
        out.push_str("None that the code proves by itself.\n");
    }
    for Strength { message, location, .. } in &report.strengths {
        line(&mut out, &format!("- {} ({})", inline(message), place(location)));
    }
    checklist(&mut out, report, &names);
    routes(&mut out, &report.routes, &names);
    ignored(&mut out, report);
    out
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

const SECTIONS: [(Severity, &str, &str); 3] = [
    (
        Severity::Critical,
        "🔴 Critical Security Issues (Must Fix Immediately)",
        "None found in what was audited.",
    ),
    (
        Severity::Warning,
        "🟡 Authentication Logic Warnings (Should Fix)",
        "None found in what was audited.",
    ),
    (
        Severity::Suggestion,
        "🟢 Best Practice Suggestions (Optional Improvements)",
        "Nothing to add.",
    ),
];

fn rules_off(out: &mut String, report: &Report) {
    if !report.rules_off.is_empty() {
        let rules: Vec<String> = report.rules_off.iter().map(|rule| code(rule)).collect();
        line(out, &format!("Turned off by the settings: {}.\n", rules.join(", ")));
    }
}

/// What has to be known before anything else.
fn escalations(out: &mut String, report: &Report, names: &Names<'_>) {
    if report.escalations.is_empty() {
        return;
    }
    line(out, "### 🚨 Act Now\n");
    for escalation in &report.escalations {
        let findings = report
            .findings
            .iter()
            .filter(|finding| escalation.findings.contains(&finding.fingerprint));
        let places: Vec<String> = findings
            .map(|finding| format!("{} at {}", names.of(&finding.fingerprint), place(&finding.location)))
            .collect();
        line(
            out,
            &format!("- **{}**: {}", escalation.kind.title(), places.join(", ")),
        );
    }
    out.push('\n');
}

fn checklist(out: &mut String, report: &Report, names: &Names<'_>) {
    if report.checklist.is_empty() {
        return;
    }
    line(
        out,
        "\n### 📋 Checklist\n\n| # | Item | Verdict | Why | Where |\n| ---: | --- | --- | --- | --- |",
    );
    for item in &report.checklist {
        let mark = match item.verdict {
            Verdict::Pass => "✅",
            Verdict::Fail => "❌",
            Verdict::NotApplicable => "➖",
            Verdict::Unknown => "❔",
        };
        let places: Vec<String> = match item.findings.as_slice() {
            [] => item.evidence.iter().map(|note| place(&note.location)).collect(),
            // The baseline may know some of them.
            findings => {
                let shown = findings.iter().filter(|finding| names.has(finding));
                shown.map(|finding| names.of(finding).to_owned()).collect()
            }
        };
        let row = format!(
            "| {} | {} | {mark} {} | {} | {} |",
            item.item,
            inline(&item.title),
            item.verdict.name(),
            cell(&inline(&item.reason)),
            cell(&places.join(", ")),
        );
        line(out, &row);
    }
}

fn routes(out: &mut String, routes: &[RouteSummary], names: &Names<'_>) {
    if routes.is_empty() {
        return;
    }
    line(
        out,
        "\n### 🧭 Routes\n\n| Method | Path | Guard | Caller | Ownership | Findings | Where |\n\
         | --- | --- | --- | --- | --- | --- | --- |",
    );
    for route in routes {
        let name = |name: &Option<String>| name.as_deref().map_or_else(|| "–".to_owned(), |name| cell(&code(name)));
        let guard = match (&route.guard, route.public) {
            (None, true) => "public by settings".to_owned(),
            _ => name(&route.guard),
        };
        let shown = route.findings.iter().filter(|finding| names.has(finding));
        let findings: Vec<&str> = shown.map(|finding| names.of(finding)).collect();
        let row = format!(
            "| {} | {} | {guard} | {} | {} | {} | {} |",
            inline(&route.method),
            cell(&code(&route.path)),
            name(&route.identity),
            route.ownership.name(),
            findings.join(", "),
            cell(&place(&route.location)),
        );
        line(out, &row);
    }
}

/// A bar would end the cell.
fn cell(text: &str) -> String {
    text.replace("\\|", "|").replace('|', "\\|")
}

fn ignored(out: &mut String, report: &Report) {
    if report.ignored.is_empty() {
        return;
    }
    line(out, "\n### 🔕 Ignored by Comments\n");
    for ignored in &report.ignored {
        let reason = match ignored.reason.as_str() {
            "" => "no reason given".to_owned(),
            reason => inline(reason),
        };
        let finding = &ignored.finding;
        let text = format!(
            "- {} · {} · {}: {reason}",
            place(&finding.location),
            code(&finding.rule),
            finding.severity.name()
        );
        line(out, &text);
    }
}

fn title(report: &Report) -> String {
    match report.files.as_slice() {
        [file] => format!("Security audit of {}", code(&file.path)),
        files => format!("Security audit of {} Python files", files.len()),
    }
}

fn sentence(summary: &Summary) -> String {
    if summary.files_audited + summary.files_partly_read == 0 {
        return "Nothing was audited.".to_owned();
    }
    format!("{}.", summary.sentence())
}

/// What was not read is named before anything else: silence about it would read as praise.
fn not_fully_read(out: &mut String, report: &Report) {
    let lines: Vec<String> = report
        .files
        .iter()
        .filter_map(|file| match &file.status {
            FileStatus::Audited => None,
            FileStatus::Skipped(reason) => Some(format!("- {}: not audited, {}", code(&file.path), inline(reason))),
            FileStatus::PartlyRead => {
                let places: Vec<String> = file
                    .syntax_errors
                    .iter()
                    .map(|e| format!("line {}", e.location.start.line))
                    .collect();
                let places = if places.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", places.join(", "))
                };
                Some(format!(
                    "- {}: audited as far as it is valid Python{places}",
                    code(&file.path)
                ))
            }
        })
        .collect();
    if !lines.is_empty() {
        writeln!(out, "### ⚠️ Not fully audited\n\n{}\n", lines.join("\n")).expect("a string takes everything");
    }
}

/// Under which finding the example of each rule stands: once is enough.
type Examples<'a> = Vec<(&'a str, String)>;

fn write_finding<'a>(
    out: &mut String,
    name: &str,
    finding: &'a Finding,
    rules: &[RuleInfo],
    examples: &mut Examples<'a>,
) {
    let head = format!(
        "##### {name}. {}\n\n{} · {} · confidence: {} · CWE-{} · {}\n",
        inline(&finding.message),
        place(&finding.location),
        code(&finding.rule),
        finding.confidence.name(),
        finding.cwe,
        finding.owasp.title(),
    );
    line(out, &head);
    let rule = rules.iter().find(|rule| rule.name == finding.rule);
    if let Some(why) = rule.and_then(|rule| reason(&rule.documentation)) {
        line(out, &format!("{why}\n"));
    }
    notes(out, "How the value gets there:", &finding.trace, |n| {
        format!("{}.", n + 1)
    });
    notes(out, "See also:", &finding.related, |_| "-".to_owned());
    let Some(fix) = &finding.fix else {
        let Some(example) = rule.and_then(|rule| example(&rule.documentation)) else {
            return;
        };
        match examples.iter().find(|(rule, _)| *rule == finding.rule) {
            Some((_, shown)) => line(out, &format!("**Instead**: as under {shown}.\n")),
            None => {
                examples.push((&finding.rule, name.to_owned()));
                let fence = fence(example);
                line(
                    out,
                    &format!("**Instead**, for example:\n\n{fence}python\n{example}{fence}\n"),
                );
            }
        }
        return;
    };
    let title = format!("**Fix** ({}): {}\n", fix.applicability.title(), inline(&fix.title));
    line(out, &title);
    let diff: String = fix.files.iter().map(|file| file.diff.as_str()).collect();
    if diff.is_empty() {
        out.push_str("The lines it changes are too long to be shown here.\n\n");
    } else {
        let fence = fence(&diff);
        let end = if diff.ends_with('\n') { "" } else { "\n" };
        line(out, &format!("{fence}diff\n{diff}{end}{fence}\n"));
    }
}

/// The first Python code under "Use instead", with the line break at its end.
pub(crate) fn example(documentation: &str) -> Option<&str> {
    let (_, section) = documentation.split_once("## Use instead\n")?;
    let section = section.split("\n## ").next()?;
    let (_, code) = section.split_once("```python")?;
    let (_, code) = code.split_once('\n')?;
    let end = code.find("```")?;
    Some(&code[..end])
}

fn notes(out: &mut String, title: &str, notes: &[Note], bullet: impl Fn(usize) -> String) {
    if notes.is_empty() {
        return;
    }
    writeln!(out, "{title}\n").expect("a string takes everything");
    for (index, Note { location, message }) in notes.iter().enumerate() {
        writeln!(out, "{} {}: {}", bullet(index), place(location), inline(message)).expect("a string takes everything");
    }
    out.push('\n');
}

/// The paragraph of a rule's documentation that says why: the first one under a heading that begins with "Why",
/// otherwise the first of all.
pub(crate) fn reason(documentation: &str) -> Option<&str> {
    let paragraphs = || documentation.split("\n\n").map(str::trim).filter(|p| !p.is_empty());
    let is_heading = |paragraph: &str| paragraph.starts_with('#');
    let is_why = |paragraph: &str| {
        let heading = paragraph.trim_start_matches('#').trim_start();
        is_heading(paragraph) && heading.get(..3).is_some_and(|word| word.eq_ignore_ascii_case("why"))
    };
    paragraphs()
        .skip_while(|paragraph| !is_why(paragraph))
        // A heading may stand on the line right above its paragraph.
        .find_map(body)
        .or_else(|| paragraphs().find_map(body))
}

/// A paragraph without the heading it may begin with; `None` when nothing else is there or when it is code.
fn body(paragraph: &str) -> Option<&str> {
    let text = if paragraph.starts_with('#') {
        paragraph.split_once('\n')?.1.trim()
    } else {
        paragraph
    };
    (!text.is_empty() && !text.starts_with("```")).then_some(text)
}

/// `file:line` or `file:line-line` as code.
fn place(location: &Location) -> String {
    let (first, last) = location.lines();
    if first == last {
        code(&format!("{}:{first}", location.file))
    } else {
        code(&format!("{}:{first}-{last}", location.file))
    }
}

/// Text as a code span, whatever it holds.
pub(crate) fn code(text: &str) -> String {
    let text = visible(text);
    let ticks = "`".repeat(longest_run_of_backticks(&text) + 1);
    // The spaces are not shown; without them a backtick at the edge would belong to the delimiter.
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// A message: `code` between backticks stays code, everything else is text.
pub(crate) fn inline(message: &str) -> String {
    let message = visible(message);
    let parts: Vec<&str> = message.split('`').collect();
    // With an odd number of backticks the last one opens nothing.
    let paired = parts.len() - (parts.len() + 1) % 2;
    let mut out = String::new();
    for (index, part) in parts.iter().enumerate() {
        if index >= paired {
            out.push_str("\\`");
        }
        if index % 2 == 1 && index < paired && !part.is_empty() {
            write!(out, "`{part}`").expect("a string takes everything");
        } else {
            escape(&mut out, part);
        }
    }
    out
}

/// Writes `text` with everything escaped that Markdown, HTML and GitHub would take for more than text.
fn escape(out: &mut String, text: &str) {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // GitHub looks for people and issues in the finished page, where escapes are gone: only a character
            // in between stops it.
            '@' => out.push_str("@&#8203;"),
            '#' if next.is_some_and(|c| c.is_ascii_digit()) => out.push_str("#&#8203;"),
            // `https://…` and `www.…` become links by themselves.
            ':' if next == Some('/') => out.push_str("&#58;"),
            '.' if ends_with_www(out) => out.push_str("&#46;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
}

fn ends_with_www(text: &str) -> bool {
    let end = text.len().saturating_sub(3);
    text.as_bytes()[end..].eq_ignore_ascii_case(b"www")
}

/// Longer than every run of backticks inside, so that the block cannot be closed from within.
fn fence(text: &str) -> String {
    "`".repeat(longest_run_of_backticks(text).max(2) + 1)
}

fn longest_run_of_backticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
