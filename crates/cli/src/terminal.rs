//! The report as text for people, in the style of rustc's diagnostics.
//!
//! Names and messages hold what the audited project says, which may want to move the cursor: they pass through
//! [`visible`], and the renderer does the same to source lines.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::renderer::{AnsiColor, Effects, Style};
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};
use report::{FileFix, FileStatus, Finding, Fix, Location, Note, Report, Severity, visible};
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
    for finding in &report.findings {
        out.push_str(&renderer.render(&groups(finding, &sources)));
        out.push_str("\n\n");
    }
    let bold = if coloured {
        Style::new().effects(Effects::BOLD)
    } else {
        Style::new()
    };
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
            "\n{}. {}:{}:{}: {}",
            index + 1,
            visible(file),
            start.line,
            start.column,
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
