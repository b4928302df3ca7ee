//! `claimcheck routes`.

use std::fmt::Write as _;
use std::process::ExitCode;

use report::{Route, RouteTable, visible};

use crate::arguments::{Color, Routes, RoutesFormat};
use crate::core::Core;
use crate::{FAILURE, audit_command, output, project};

pub(crate) fn run(arguments: &Routes, color: Color) -> anyhow::Result<ExitCode> {
    let project = project::read(&arguments.paths)?;
    audit_command::name_skipped_files(&project);
    let table = Core::new(&project).routes();
    let to_terminal = arguments.output.is_none();
    let coloured = arguments.format == RoutesFormat::Text && to_terminal && output::is_coloured(color);
    let text = match arguments.format {
        RoutesFormat::Json => report::routes_json(&table),
        RoutesFormat::Markdown => report::routes_markdown(&table),
        RoutesFormat::Text => render(&table, coloured),
    };
    match &arguments.output {
        Some(path) => output::write_file(path, &text)?,
        None => output::print(&text, coloured)?,
    }
    if project.files.is_empty() {
        output::say_on_stderr("error: none of the files could be read");
        return Ok(ExitCode::from(FAILURE));
    }
    Ok(ExitCode::SUCCESS)
}

/// Columns wider than this are not aligned to.
const WIDEST: usize = 48;

fn render(table: &RouteTable, coloured: bool) -> String {
    let mut out = String::new();
    for (application, routes) in table.by_application() {
        heading(&mut out, &application.name, coloured);
        for mount in &application.mounts {
            writeln!(
                out,
                "  mounted at {} in {}",
                visible(&mount.path),
                visible(&mount.application)
            )
            .expect("a string takes everything");
        }
        rows(&mut out, routes.iter().map(|route| (*route, None)));
        out.push('\n');
    }
    if !table.unmounted.is_empty() {
        heading(&mut out, "unmounted", coloured);
        let unmounted = table.unmounted.iter();
        rows(
            &mut out,
            unmounted.map(|unmounted| (&unmounted.route, Some(unmounted.reason.as_str()))),
        );
        out.push('\n');
    }
    writeln!(out, "{}", table.sentence()).expect("a string takes everything");
    out
}

fn heading(out: &mut String, text: &str, coloured: bool) {
    let text = visible(text);
    if coloured {
        let bold = anstyle();
        writeln!(out, "{bold}{text}{bold:#}").expect("a string takes everything");
    } else {
        writeln!(out, "{text}").expect("a string takes everything");
    }
}

fn anstyle() -> clap::builder::styling::Style {
    clap::builder::styling::Style::new().bold()
}

fn rows<'r>(out: &mut String, routes: impl Iterator<Item = (&'r Route, Option<&'r str>)>) {
    let rows: Vec<[String; 5]> = routes.map(|(route, reason)| row(route, reason)).collect();
    let width = |column: usize| {
        let lengths = rows.iter().map(|row| row[column].chars().count());
        lengths.max().unwrap_or(0).min(WIDEST)
    };
    let widths = [0, 1, 2, 3].map(width);
    for row in &rows {
        let mut line = String::from(" ");
        for (text, width) in row.iter().zip(widths) {
            write!(line, " {text:width$} ").expect("a string takes everything");
        }
        write!(line, " {}", row[4]).expect("a string takes everything");
        writeln!(out, "{}", line.trim_end()).expect("a string takes everything");
    }
}

fn row(route: &Route, reason: Option<&str>) -> [String; 5] {
    let last = match reason {
        Some(reason) => reason.to_owned(),
        None => {
            let mut last = route.dependency_names().join(", ");
            if !route.conditions.is_empty() {
                last = format!("(conditional) {last}");
            }
            last
        }
    };
    [
        route.method.clone(),
        visible(&route.path).into_owned(),
        visible(&route.handler).into_owned(),
        visible(&format!("{}:{}", route.file, route.line)).into_owned(),
        visible(&last).into_owned(),
    ]
}
