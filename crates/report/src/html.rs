//! The report as one HTML file, to be read in a browser, printed or mailed.
//!
//! Self-contained and inert: its styles stand inside, its own policy forbids scripts and every request, and whatever
//! comes from the audited project is escaped, so that a project cannot put markup into its own audit.

use crate::markdown::{example, reason};
use crate::overview::Names;
use crate::{FileStatus, Finding, Location, Note, Phase, Report, RouteSummary, RuleInfo, Severity, Verdict, visible};

const STYLES: &str = include_str!("html/report.css");

/// The report as a whole HTML document. `rules` gives the reasons; a finding whose rule is missing there goes without.
pub fn html(report: &Report, rules: &[RuleInfo]) -> String {
    let names = Names::new(report);
    let title = match report.files.as_slice() {
        [file] => format!("Security audit of {}", visible(&file.path)),
        files => format!("Security audit of {} Python files", files.len()),
    };
    let mut out = Page::default();
    out.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.raw(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
    );
    out.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.raw("<meta name=\"color-scheme\" content=\"light dark\">\n");
    out.element("title", &title);
    out.raw("<style>\n")
        .raw(STYLES)
        .raw("</style>\n</head>\n<body>\n<main>\n");
    out.element("h1", &title);
    summary(&mut out, report);
    not_fully_read(&mut out, report);
    escalations(&mut out, report, &names);
    for (severity, heading, none) in SECTIONS {
        out.element("h2", heading);
        let of_severity = || report.findings.iter().filter(|finding| finding.severity == severity);
        if of_severity().next().is_none() {
            out.element("p", none);
        }
        for (index, phase) in Phase::ALL.into_iter().enumerate() {
            let mut findings = of_severity().filter(|finding| finding.phase == phase).peekable();
            if findings.peek().is_some() {
                out.element("h3", &format!("Phase {}: {}", index + 1, phase.title()));
            }
            for finding in findings {
                write_finding(&mut out, names.of(&finding.fingerprint), finding, rules);
            }
        }
    }
    strengths(&mut out, report);
    checklist(&mut out, report, &names);
    routes(&mut out, &report.routes, &names);
    ignored(&mut out, report);
    out.raw("</main>\n</body>\n</html>\n");
    out.text
}

const SECTIONS: [(Severity, &str, &str); 3] = [
    (
        Severity::Critical,
        "Critical security issues (must fix immediately)",
        "None found in what was audited.",
    ),
    (
        Severity::Warning,
        "Authentication logic warnings (should fix)",
        "None found in what was audited.",
    ),
    (
        Severity::Suggestion,
        "Best practice suggestions (optional improvements)",
        "Nothing to add.",
    ),
];

fn summary(out: &mut Page, report: &Report) {
    let summary = &report.summary;
    let sentence = if summary.files_audited + summary.files_partly_read == 0 {
        "Nothing was audited.".to_owned()
    } else {
        format!("{}.", summary.sentence())
    };
    out.raw("<p class=\"summary\">");
    out.inline("strong", &sentence);
    let tool = format!(" Audited by {} {}.", report.tool.name, report.tool.version);
    out.words(&tool).raw("</p>\n");
    if !report.rules_off.is_empty() {
        let text = format!("Turned off by the settings: {}.", report.rules_off.join(", "));
        out.element("p", &text);
    }
}

/// What was not read is named before anything else: silence about it would read as praise.
fn not_fully_read(out: &mut Page, report: &Report) {
    let is_partial = |file: &&crate::FileReport| file.status != FileStatus::Audited;
    if !report.files.iter().any(|file| is_partial(&file)) {
        return;
    }
    out.element("h2", "Not fully audited");
    out.raw("<ul>\n");
    for file in report.files.iter().filter(is_partial) {
        out.raw("<li>").inline("code", &file.path);
        match &file.status {
            FileStatus::Skipped(why) => out.words(": not audited, ").words(why),
            _ => {
                out.words(": audited as far as it is valid Python");
                let lines: Vec<String> = file
                    .syntax_errors
                    .iter()
                    .map(|error| format!("line {}", error.location.start.line))
                    .collect();
                let places = if lines.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", lines.join(", "))
                };
                out.words(&places)
            }
        };
        out.raw("</li>\n");
    }
    out.raw("</ul>\n");
}

/// What has to be known before anything else.
fn escalations(out: &mut Page, report: &Report, names: &Names<'_>) {
    if report.escalations.is_empty() {
        return;
    }
    out.raw("<section class=\"act-now\">\n").element("h2", "Act now");
    out.raw("<ul>\n");
    for escalation in &report.escalations {
        out.raw("<li>").inline("strong", escalation.kind.title()).raw(": ");
        let findings = report
            .findings
            .iter()
            .filter(|finding| escalation.findings.contains(&finding.fingerprint));
        for (index, finding) in findings.enumerate() {
            out.raw(if index == 0 { "" } else { ", " });
            out.link_to(names.of(&finding.fingerprint)).raw(" at ");
            out.inline("code", &place(&finding.location));
        }
        out.raw("</li>\n");
    }
    out.raw("</ul>\n</section>\n");
}

fn write_finding(out: &mut Page, name: &str, finding: &Finding, rules: &[RuleInfo]) {
    out.raw("<article class=\"").raw(finding.severity.name());
    out.raw("\" id=\"").words(name).raw("\">\n<h4><span class=\"name\">");
    out.words(name)
        .raw("</span> ")
        .message(&finding.message)
        .raw("</h4>\n<p class=\"facts\">");
    out.inline("code", &place(&finding.location)).raw(" · ");
    out.inline("code", &finding.rule);
    let facts = format!(
        " · confidence: {} · CWE-{} · {}",
        finding.confidence.name(),
        finding.cwe,
        finding.owasp.title()
    );
    out.words(&facts).raw("</p>\n");
    let rule = rules.iter().find(|rule| rule.name == finding.rule);
    if let Some(why) = rule.and_then(|rule| reason(&rule.documentation)) {
        out.raw("<p>").message(&why.replace('\n', " ")).raw("</p>\n");
    }
    notes(out, "How the value gets there:", &finding.trace, "ol");
    notes(out, "See also:", &finding.related, "ul");
    let Some(fix) = &finding.fix else {
        if let Some(example) = rule.and_then(|rule| example(&rule.documentation)) {
            out.raw("<details open><summary>Instead, for example</summary>\n<pre>");
            out.lines(example).raw("</pre></details>\n");
        }
        out.raw("</article>\n");
        return;
    };
    out.raw("<p><strong>Fix</strong> (")
        .words(fix.applicability.title())
        .raw("): ");
    out.message(&fix.title).raw("</p>\n");
    for file in &fix.files {
        if file.diff.is_empty() {
            out.element("p", "The lines it changes are too long to be shown here.");
            continue;
        }
        diff(out, &file.diff);
    }
    out.raw("</article>\n");
}

fn diff(out: &mut Page, diff: &str) {
    out.raw("<pre class=\"diff\">");
    for line in diff.split_terminator('\n') {
        let element = match line.as_bytes().first() {
            Some(b'+') if !line.starts_with("+++ ") => "ins",
            Some(b'-') if !line.starts_with("--- ") => "del",
            _ => "span",
        };
        out.inline(element, line.trim_end_matches('\r')).raw("\n");
    }
    out.raw("</pre>\n");
}

fn notes(out: &mut Page, title: &str, notes: &[Note], list: &str) {
    if notes.is_empty() {
        return;
    }
    out.element("p", title).raw("<").raw(list).raw(">\n");
    for note in notes {
        out.raw("<li>").inline("code", &place(&note.location)).raw(": ");
        out.message(&note.message).raw("</li>\n");
    }
    out.raw("</").raw(list).raw(">\n");
}

fn strengths(out: &mut Page, report: &Report) {
    out.element("h2", "Security strengths");
    if report.strengths.is_empty() {
        out.element("p", "None that the code proves by itself.");
        return;
    }
    out.raw("<ul>\n");
    for strength in &report.strengths {
        out.raw("<li>").message(&strength.message).raw(" (");
        out.inline("code", &place(&strength.location)).raw(")</li>\n");
    }
    out.raw("</ul>\n");
}

fn checklist(out: &mut Page, report: &Report, names: &Names<'_>) {
    if report.checklist.is_empty() {
        return;
    }
    out.element("h2", "Checklist");
    out.table_head(&["#", "Item", "Verdict", "Why", "Where"]);
    for item in &report.checklist {
        let mark = match item.verdict {
            Verdict::Pass => "✓",
            Verdict::Fail => "✗",
            Verdict::NotApplicable => "–",
            Verdict::Unknown => "?",
        };
        out.raw("<tr><td>")
            .words(&item.item.to_string())
            .raw("</td><td>")
            .message(&item.title);
        out.raw("</td><td class=\"verdict\">")
            .words(mark)
            .raw(" ")
            .words(item.verdict.name());
        out.raw("</td><td>").message(&item.reason).raw("</td><td>");
        if item.findings.is_empty() {
            for (index, note) in item.evidence.iter().enumerate() {
                out.raw(if index == 0 { "" } else { ", " });
                out.inline("code", &place(&note.location));
            }
        } else {
            links(out, &item.findings, names);
        }
        out.raw("</td></tr>\n");
    }
    out.raw("</tbody></table>\n");
}

fn routes(out: &mut Page, routes: &[RouteSummary], names: &Names<'_>) {
    if routes.is_empty() {
        return;
    }
    out.element("h2", "Routes");
    out.table_head(&["Method", "Path", "Guard", "Caller", "Ownership", "Findings", "Where"]);
    for route in routes {
        out.raw("<tr><td>")
            .words(&route.method)
            .raw("</td><td>")
            .inline("code", &route.path);
        out.raw("</td><td>");
        match (&route.guard, route.public) {
            (None, true) => out.words("public by settings"),
            (Some(guard), _) => out.inline("code", guard),
            (None, false) => out.words("–"),
        };
        out.raw("</td><td>");
        match &route.identity {
            Some(identity) => out.inline("code", identity),
            None => out.words("–"),
        };
        out.raw("</td><td>").words(route.ownership.name()).raw("</td><td>");
        links(out, &route.findings, names);
        out.raw("</td><td>")
            .inline("code", &place(&route.location))
            .raw("</td></tr>\n");
    }
    out.raw("</tbody></table>\n");
}

fn ignored(out: &mut Page, report: &Report) {
    if report.ignored.is_empty() {
        return;
    }
    out.element("h2", "Ignored by comments");
    out.raw("<ul>\n");
    for ignored in &report.ignored {
        let reason = match ignored.reason.as_str() {
            "" => "no reason given",
            reason => reason,
        };
        out.raw("<li>")
            .inline("code", &place(&ignored.finding.location))
            .raw(" · ");
        out.inline("code", &ignored.finding.rule).raw(" · ");
        out.words(ignored.finding.severity.name())
            .raw(": ")
            .words(reason)
            .raw("</li>\n");
    }
    out.raw("</ul>\n");
}

/// The findings among `fingerprints` that the report shows: the baseline may know some of them.
fn links(out: &mut Page, fingerprints: &[String], names: &Names<'_>) {
    let shown = fingerprints.iter().filter(|finding| names.has(finding));
    for (index, finding) in shown.enumerate() {
        out.raw(if index == 0 { "" } else { ", " });
        out.link_to(names.of(finding));
    }
}

/// `file:line` or `file:line-line`.
fn place(location: &Location) -> String {
    let (first, last) = location.lines();
    if first == last {
        format!("{}:{first}", location.file)
    } else {
        format!("{}:{first}-{last}", location.file)
    }
}

/// The document as it grows. Only `raw` writes markup.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn raw(&mut self, markup: &str) -> &mut Page {
        self.text.push_str(markup);
        self
    }

    /// Text of one line, whatever it holds.
    fn words(&mut self, text: &str) -> &mut Page {
        self.escape(&visible(text));
        self
    }

    /// Text of several lines.
    fn lines(&mut self, text: &str) -> &mut Page {
        for line in text.split_inclusive('\n') {
            let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
            self.words(line).raw(end);
        }
        self
    }

    fn inline(&mut self, element: &str, text: &str) -> &mut Page {
        self.raw("<").raw(element).raw(">").words(text);
        self.raw("</").raw(element).raw(">")
    }

    fn element(&mut self, element: &str, text: &str) -> &mut Page {
        self.inline(element, text).raw("\n")
    }

    /// A message: what stands between backticks is code.
    fn message(&mut self, text: &str) -> &mut Page {
        let parts: Vec<&str> = text.split('`').collect();
        // With an odd number of backticks the last one opens nothing.
        let paired = parts.len() - (parts.len() + 1) % 2;
        for (index, part) in parts.into_iter().enumerate() {
            if index >= paired {
                self.raw("`");
            }
            if index % 2 == 1 && index < paired {
                self.inline("code", part);
            } else {
                self.words(part);
            }
        }
        self
    }

    /// `name` is that of a finding of this report.
    fn link_to(&mut self, name: &str) -> &mut Page {
        self.raw("<a href=\"#").words(name).raw("\">").words(name).raw("</a>")
    }

    fn table_head(&mut self, columns: &[&str]) {
        self.raw("<table><thead><tr>");
        for column in columns {
            self.raw("<th scope=\"col\">").words(column).raw("</th>");
        }
        self.raw("</tr></thead><tbody>\n");
    }

    fn escape(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\'' => self.text.push_str("&#39;"),
                c => self.text.push(c),
            }
        }
    }
}
