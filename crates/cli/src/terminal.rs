//! The report as text for people, in the style of rustc's diagnostics.
//!
//! Names and messages hold what the audited project says, which may want to move the cursor: they pass through
//! [`visible`], and the renderer does the same to source lines.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::renderer::{AnsiColor, Effects, Style};
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};
use report::{FileFix, FileStatus, Finding, Fix, Location, Note, Phase, Report, Severity, visible};
use text::LineIndex;

use crate::excerpt::{LONGEST_LINE, excerpt};

/// A place of more lines than this is shown by its first line.
const LONGEST_SPAN: u32 = 12;
/// Places of one file that are at most this many lines apart are shown in one piece.
const NEAR: u32 = 6;

/// The report as text. `sources` holds the texts that were audited, by path.
pub(crate) fn render(report: &Report, sources: &BTreeMap<&str, &str>, coloured: bool) -> String {
    let renderer = if coloured {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut sources = Sources {
        texts: sources,
        indices: BTreeMap::new(),
    };
    for finding in &report.findings {
        for file in files(finding) {
            sources.index(file);
        }
    }
    let mut out = String::new();
    let bold = if coloured {
        Style::new().effects(Effects::BOLD)
    } else {
        Style::new()
    };
    escalations(&mut out, report, coloured);
    for (index, phase) in Phase::ALL.into_iter().enumerate() {
        let mut findings = report
            .findings
            .iter()
            .filter(|finding| finding.phase == phase)
            .peekable();
        if findings.peek().is_some() {
            let title = phase.title();
            writeln!(out, "{bold}Phase {}: {title}{bold:#}\n", index + 1).expect("a string takes everything");
        }
        for finding in findings {
            out.push_str(&renderer.render(&groups(finding, &sources)));
            out.push_str("\n\n");
        }
    }
    checklist(&mut out, report, bold);
    strengths(&mut out, report, coloured);
    not_fully_read(&mut out, report);
    writeln!(out, "{bold}{}{bold:#}", report.summary.sentence()).expect("a string takes everything");
    if !report.findings.is_empty() {
        out.push_str(
            "`claimcheck explain RULE` says why a rule matters, `claimcheck fix` prints the fixes as a patch\n",
        );
    }
    out
}

/// The texts that findings are in, with their lines.
struct Sources<'a> {
    texts: &'a BTreeMap<&'a str, &'a str>,
    indices: BTreeMap<&'a str, LineIndex>,
}

impl<'a> Sources<'a> {
    fn index(&mut self, file: &str) {
        if let Some((path, text)) = self.texts.get_key_value(file) {
            self.indices.entry(path).or_insert_with(|| LineIndex::new(text));
        }
    }

    fn get(&self, file: &str) -> Option<(&'a str, &LineIndex)> {
        Some((*self.texts.get(file)?, self.indices.get(file)?))
    }
}

fn files(finding: &Finding) -> impl Iterator<Item = &str> {
    let related = finding.related.iter().map(|note| &note.location.file);
    let fixed = finding.fix.iter().flat_map(|fix| &fix.files).map(|file| &file.file);
    std::iter::once(&finding.location.file)
        .chain(related)
        .chain(fixed)
        .map(String::as_str)
}

fn groups<'a>(finding: &'a Finding, sources: &Sources<'_>) -> Vec<Group<'a>> {
    let level = match finding.severity {
        Severity::Critical => Level::ERROR.with_name("critical"),
        Severity::Warning => Level::WARNING,
        Severity::Suggestion => Level::INFO.with_name("suggestion"),
    };
    let mut group = Group::with_title(level.primary_title(visible(&finding.message)).id(finding.rule.as_str()));
    let mut shown: Vec<Piece> = vec![Piece {
        file: &finding.location.file,
        marks: vec![Mark {
            location: &finding.location,
            label: None,
        }],
    }];
    for note in &finding.related {
        show(&mut shown, note);
    }
    for piece in &shown {
        group = piece.add_to(group, sources);
    }
    group = group.element(Level::NOTE.message(format!(
        "confidence: {} · CWE-{} · {}",
        finding.confidence.name(),
        finding.cwe,
        finding.owasp.title()
    )));
    if !finding.trace.is_empty() {
        group = group.element(Level::NOTE.message(trace(&finding.trace)));
    }
    let mut groups = vec![group];
    groups.extend(finding.fix.iter().map(|fix| help(fix, sources)));
    groups
}

/// Places of one file that are shown together, the most important first.
struct Piece<'a> {
    file: &'a str,
    marks: Vec<Mark<'a>>,
}

struct Mark<'a> {
    location: &'a Location,
    /// None for the place of the finding itself, which the title speaks of.
    label: Option<&'a str>,
}

/// Adds a related place to the piece that shows its surroundings, or opens a new piece.
fn show<'a>(pieces: &mut Vec<Piece<'a>>, note: &'a Note) {
    let mark = Mark {
        location: &note.location,
        label: Some(&note.message),
    };
    let line = note.location.start.line;
    let near = |other: &Mark| {
        let (first, last) = other.location.lines();
        line + NEAR >= first && line <= last.min(first + LONGEST_SPAN) + NEAR
    };
    match pieces
        .iter_mut()
        .find(|piece| piece.file == note.location.file && piece.marks.iter().any(near))
    {
        Some(piece) => piece.marks.push(mark),
        None => pieces.push(Piece {
            file: &note.location.file,
            marks: vec![mark],
        }),
    }
}

impl<'a> Piece<'a> {
    fn add_to(&self, group: Group<'a>, sources: &Sources<'_>) -> Group<'a> {
        let main = self.marks[0].location;
        let Some((source, index)) = sources.get(self.file) else {
            let origin = Origin::path(visible(self.file))
                .line(main.start.line as usize)
                .char_column(main.start.column as usize);
            return group.element(origin);
        };
        let spans: Vec<Range<u32>> = self.marks.iter().map(|mark| bytes(mark.location, index)).collect();
        let excerpt = excerpt(source, index, &spans);
        let annotations = self
            .marks
            .iter()
            .zip(excerpt.spans)
            .map(|(mark, span)| annotation(mark, span));
        let group = group.element(
            Snippet::source(excerpt.text)
                .path(visible(self.file))
                .line_start(excerpt.first_line)
                .annotations(annotations),
        );
        if !excerpt.is_cut {
            return group;
        }
        // The renderer counts columns in what it is given.
        group.element(Level::NOTE.message(format!(
            "the line is cut here; in the file the place begins at line {}, column {}",
            main.start.line, main.start.column
        )))
    }
}

fn annotation<'a>(mark: &Mark<'a>, span: Range<usize>) -> Annotation<'a> {
    match mark.label {
        None => AnnotationKind::Primary.span(span),
        Some(label) => AnnotationKind::Context.span(span).label(visible(label)),
    }
}

/// The bytes of a place; of its first line alone when it is long.
fn bytes(location: &Location, index: &LineIndex) -> Range<u32> {
    let (first, last) = location.lines();
    let end = location.end.offset.max(location.start.offset);
    if last - first < LONGEST_SPAN {
        return location.start.offset..end;
    }
    let line_end = index
        .line_range(first - 1)
        .map_or(end, |range| u32::from(range.end()).saturating_sub(1));
    location.start.offset..line_end.clamp(location.start.offset, end)
}

fn trace(steps: &[Note]) -> String {
    let mut out = "how the value gets there:".to_owned();
    for (index, step) in steps.iter().enumerate() {
        let Location { file, start, .. } = &step.location;
        write!(
            out,
            "\n{}. {}:{}: {}",
            index + 1,
            visible(file),
            start.line,
            visible(&step.message)
        )
        .expect("a string takes everything");
    }
    out
}

fn help<'a>(fix: &'a Fix, sources: &Sources<'_>) -> Group<'a> {
    let title = format!("{} ({})", visible(&fix.title), fix.applicability.title());
    let mut group = Group::with_title(Level::HELP.secondary_title(title));
    for file in &fix.files {
        group = match patches(file, sources) {
            Some(snippet) => group.element(snippet.path(visible(&file.file))),
            None => group
                .element(Level::NOTE.message(format!("`claimcheck fix` shows the change in {}", visible(&file.file)))),
        };
    }
    group
}

/// The edits as a piece of the file before and after; none where lines are too long or too many for that.
fn patches<'a>(file: &'a FileFix, sources: &Sources<'_>) -> Option<Snippet<'a, Patch<'a>>> {
    const MOST_LINES: u32 = 60;
    let (text, index) = sources.get(&file.file)?;
    let (first, last) = (file.edits.first()?, file.edits.last()?);
    if last.end.line - first.start.line > MOST_LINES
        || file
            .edits
            .iter()
            .any(|edit| edit.replacement.lines().any(|line| line.len() > LONGEST_LINE))
    {
        return None;
    }
    let spans: Vec<Range<u32>> = file
        .edits
        .iter()
        .map(|edit| edit.start.offset..edit.end.offset)
        .collect();
    let excerpt = excerpt(text, index, &spans);
    if excerpt.is_cut {
        return None;
    }
    let patches = file
        .edits
        .iter()
        .zip(excerpt.spans)
        .map(|(edit, span)| Patch::new(span, edit.replacement.replace("\r\n", "\n")));
    Some(
        Snippet::source(excerpt.text)
            .line_start(excerpt.first_line)
            .patches(patches),
    )
}

/// What has to be known before anything else.
fn escalations(out: &mut String, report: &Report, coloured: bool) {
    let style = if coloured {
        AnsiColor::BrightRed.on_default().effects(Effects::BOLD)
    } else {
        Style::new()
    };
    for escalation in &report.escalations {
        let findings = report.findings.iter();
        let places: Vec<String> = findings
            .filter(|finding| escalation.findings.contains(&finding.fingerprint))
            .map(|finding| format!("{}:{}", visible(&finding.location.file), finding.location.start.line))
            .collect();
        let title = escalation.kind.title();
        writeln!(out, "{style}ACT NOW: {title}{style:#} ({})", places.join(", ")).expect("a string takes everything");
    }
    if !report.escalations.is_empty() {
        out.push('\n');
    }
}

fn checklist(out: &mut String, report: &Report, bold: Style) {
    if report.checklist.is_empty() {
        return;
    }
    writeln!(out, "{bold}Checklist{bold:#}").expect("a string takes everything");
    for item in &report.checklist {
        let title = item.title.replace('`', "");
        let reason = visible(&item.reason);
        let number = item.item;
        writeln!(out, "{number:>2}. {:<14}  {title}: {reason}", item.verdict.name())
            .expect("a string takes everything");
    }
    out.push('\n');
}

fn strengths(out: &mut String, report: &Report, coloured: bool) {
    let style = if coloured {
        AnsiColor::Green.on_default().effects(Effects::BOLD)
    } else {
        Style::new()
    };
    for strength in &report.strengths {
        writeln!(
            out,
            "{style}strength{style:#}: {} ({}:{})",
            visible(&strength.message),
            visible(&strength.location.file),
            strength.location.start.line
        )
        .expect("a string takes everything");
    }
    if !report.strengths.is_empty() {
        out.push('\n');
    }
}

fn not_fully_read(out: &mut String, report: &Report) {
    let start = out.len();
    for file in &report.files {
        let path = visible(&file.path);
        match &file.status {
            FileStatus::Audited => {}
            FileStatus::Skipped(reason) => {
                writeln!(out, "not audited: {path}: {}", visible(reason)).expect("a string takes everything");
            }
            FileStatus::PartlyRead => {
                let line = file.syntax_errors.first().map(|error| error.location.start.line);
                let place = line.map_or(String::new(), |line| format!(":{line}"));
                writeln!(out, "partly audited: {path}{place}: not valid Python here")
                    .expect("a string takes everything");
            }
        }
    }
    if out.len() > start {
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use report::{Applicability, Confidence, FileReport, FixEdit, OwaspApi, Position, Strength, Summary, Tool};
    use text::TextSize;

    use super::*;

    const AUTH: &str = "\
import jwt

def current_user(token: str):
    return jwt.decode(
        token,
        SECRET,
        algorithms=[\"none\"],
    )
";
    const CONFIG: &str = "NAME = '名 🔒 \u{1b}[31m'; SECRET = \"hunter2\"\r\nDEBUG = True\r\n";

    fn locate(file: &str, text: &str, needle: &str) -> Location {
        let start = text.find(needle).expect("the needle is in the text");
        let index = LineIndex::new(text);
        let position = |offset: usize| {
            let place = index.line_column(TextSize::new(offset as u32));
            Position {
                offset: offset as u32,
                line: place.line + 1,
                column: place.column + 1,
            }
        };
        Location {
            file: file.to_owned(),
            start: position(start),
            end: position(start + needle.len()),
        }
    }

    fn note(location: Location, message: &str) -> Note {
        Note {
            location,
            message: message.to_owned(),
        }
    }

    fn finding(location: Location) -> Finding {
        Finding {
            rule: "jwt-none-algorithm".to_owned(),
            severity: Severity::Critical,
            confidence: Confidence::High,
            phase: Phase::AuthenticationInfrastructure,
            message: "`jwt.decode` accepts unsigned tokens".to_owned(),
            location,
            related: vec![],
            trace: vec![],
            cwe: 347,
            owasp: OwaspApi::BrokenAuthentication,
            checklist_item: Some(2),
            fix: None,
            fingerprint: String::new(),
        }
    }

    fn replace(location: Location, replacement: &str) -> Option<Fix> {
        Some(Fix {
            title: "Accept `HS256` alone".to_owned(),
            applicability: Applicability::Safe,
            files: vec![FileFix {
                file: location.file,
                edits: vec![FixEdit {
                    start: location.start,
                    end: location.end,
                    replacement: replacement.to_owned(),
                }],
                diff: String::new(),
            }],
        })
    }

    fn report(findings: Vec<Finding>) -> Report {
        let file = |path: &str, status| FileReport {
            path: path.to_owned(),
            status,
            lines: 0,
            syntax_errors: vec![],
        };
        Report {
            schema_version: report::SCHEMA_VERSION,
            tool: Tool {
                name: "claimcheck".to_owned(),
                version: "0.1.0".to_owned(),
            },
            summary: Summary {
                critical: findings.len() as u32,
                files_audited: 2,
                files_skipped: 1,
                ..Summary::default()
            },
            files: vec![
                file("auth.py", FileStatus::Audited),
                file("con\nfig.py", FileStatus::PartlyRead),
                file("old.py", FileStatus::Skipped("it is not UTF-8".to_owned())),
            ],
            findings,
            strengths: vec![Strength {
                checklist_item: 3,
                message: "expiry is enforced".to_owned(),
                location: locate("auth.py", AUTH, "jwt.decode"),
            }],
            ..Report::default()
        }
    }

    fn rendered(findings: Vec<Finding>) -> String {
        render(
            &report(findings),
            &BTreeMap::from([("auth.py", AUTH), ("con\nfig.py", CONFIG)]),
            false,
        )
    }

    #[test]
    fn a_finding_with_everything() {
        let mut finding = finding(locate("auth.py", AUTH, "algorithms=[\"none\"]"));
        finding.related = vec![
            note(locate("auth.py", AUTH, "jwt.decode"), "in this call"),
            note(locate("con\nfig.py", CONFIG, "SECRET = \"hunter2\""), "the key"),
        ];
        finding.trace = vec![
            note(locate("con\nfig.py", CONFIG, "\"hunter2\""), "written here"),
            note(locate("auth.py", AUTH, "SECRET"), "used as key"),
        ];
        finding.fix = replace(locate("auth.py", AUTH, "\"none\""), "\"HS256\"");
        expect![[r#"
            Phase 1: Authentication infrastructure

            critical[jwt-none-algorithm]: `jwt.decode` accepts unsigned tokens
             --> auth.py:7:9
              |
            4 |     return jwt.decode(
              |            ---------- in this call
            ...
            7 |         algorithms=["none"],
              |         ^^^^^^^^^^^^^^^^^^^
              |
             ::: con␊fig.py:1:21
              |
            1 | NAME = '名 🔒 ␛[31m'; SECRET = "hunter2"
              |                       ------------------ the key
              |
              = note: confidence: high · CWE-347 · API2:2023 Broken Authentication
              = note: how the value gets there:
                      1. con␊fig.py:1: written here
                      2. auth.py:6: used as key
            help: Accept `HS256` alone (safe)
              |
            7 -         algorithms=["none"],
            7 +         algorithms=["HS256"],
              |

            strength: expiry is enforced (auth.py:4)

            partly audited: con␊fig.py: not valid Python here
            not audited: old.py: it is not UTF-8

            1 critical, 0 warnings, 0 suggestions in 2 files, 1 file skipped
            `claimcheck explain RULE` says why a rule matters, `claimcheck fix` prints the fixes as a patch
        "#]]
        .assert_eq(&rendered(vec![finding]));
    }

    #[test]
    fn hostile_text_moves_no_cursor() {
        let mut finding = finding(locate("con\nfig.py", CONFIG, "\"hunter2\""));
        finding.message = "SECRET is\n\x1b[2Jwritten".to_owned();
        finding.severity = Severity::Suggestion;
        expect![[r#"
            Phase 1: Authentication infrastructure

            suggestion[jwt-none-algorithm]: SECRET is␊␛[2Jwritten
             --> con␊fig.py:1:30
              |
            1 | NAME = '名 🔒 ␛[31m'; SECRET = "hunter2"
              |                                ^^^^^^^^^
              |
              = note: confidence: high · CWE-347 · API2:2023 Broken Authentication

            strength: expiry is enforced (auth.py:4)

            partly audited: con␊fig.py: not valid Python here
            not audited: old.py: it is not UTF-8

            1 critical, 0 warnings, 0 suggestions in 2 files, 1 file skipped
            `claimcheck explain RULE` says why a rule matters, `claimcheck fix` prints the fixes as a patch
        "#]]
        .assert_eq(&rendered(vec![finding]));
    }

    #[test]
    fn a_place_without_its_source_still_has_its_name() {
        let text = rendered(vec![finding(locate("gone.py", AUTH, "import jwt"))]);
        assert!(text.contains("--> gone.py:1:1"), "{text}");
    }

    #[test]
    fn long_places_are_shown_by_their_first_line() {
        let long = format!("class A:\n{}", "    x = 1\n".repeat(1000));
        let mut whole = finding(locate("auth.py", &long, &long));
        whole.message = "`A` is long".to_owned();
        let text = render(
            &report(vec![whole]),
            &BTreeMap::from([("auth.py", long.as_str())]),
            false,
        );
        assert!(text.contains("1 | class A:\n  | ^^^^^^^^\n"), "{text}");
    }

    #[test]
    fn long_lines_are_cut_and_the_column_is_said() {
        let filler = "a = 1; ".repeat(1000);
        let line = format!("import jwt\n{filler}jwt.decode(t){filler}\n");
        let mut finding = finding(locate("auth.py", &line, "jwt.decode(t)"));
        finding.fix = replace(locate("auth.py", &line, "jwt.decode(t)"), "decode(t)");
        expect![[r#"
            Phase 1: Authentication infrastructure

            critical[jwt-none-algorithm]: `jwt.decode` accepts unsigned tokens
             --> auth.py:2:44
              |
            2 | ...= 1; a = 1; a = 1; a = 1; a = 1; a = 1; jwt.decode(t)a = 1; a = 1; a = 1; a = 1; a = 1; a = 1...
              |                                            ^^^^^^^^^^^^^
              |
              = note: the line is cut here; in the file the place begins at line 2, column 7001
              = note: confidence: high · CWE-347 · API2:2023 Broken Authentication
            help: Accept `HS256` alone (safe)
              |
              = note: `claimcheck fix` shows the change in auth.py

            strength: expiry is enforced (auth.py:4)

            partly audited: con␊fig.py: not valid Python here
            not audited: old.py: it is not UTF-8

            1 critical, 0 warnings, 0 suggestions in 2 files, 1 file skipped
            `claimcheck explain RULE` says why a rule matters, `claimcheck fix` prints the fixes as a patch
        "#]]
        .assert_eq(&render(
            &report(vec![finding]),
            &BTreeMap::from([("auth.py", line.as_str())]),
            false,
        ));
    }

    #[test]
    fn colour_adds_nothing_but_colour() {
        let finding = finding(locate("auth.py", AUTH, "algorithms=[\"none\"]"));
        let sources = BTreeMap::from([("auth.py", AUTH)]);
        let coloured = render(&report(vec![finding.clone()]), &sources, true);
        assert!(coloured.contains("\x1b["));
        let stripped = anstream::adapter::strip_str(&coloured).to_string();
        assert_eq!(stripped, render(&report(vec![finding]), &sources, false));
    }
}
