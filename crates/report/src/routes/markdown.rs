//! The table of routes as Markdown.

use std::fmt::Write as _;

use super::{Route, RouteTable};
use crate::markdown::{code, inline};

/// The table as GitHub-flavoured Markdown.
pub fn markdown(table: &RouteTable) -> String {
    let mut out = String::new();
    writeln!(
        out,
        "# Routes\n\n**{}.** Read by {} {}.\n",
        inline(&table.sentence()),
        inline(&table.tool.name),
        inline(&table.tool.version)
    )
    .expect("a string takes everything");
    for (application, routes) in table.by_application() {
        writeln!(out, "## {}\n", code(&application.name)).expect("a string takes everything");
        for mount in &application.mounts {
            writeln!(
                out,
                "Mounted at {} in {}.\n",
                code(&mount.path),
                code(&mount.application)
            )
            .expect("a string takes everything");
        }
        if routes.is_empty() {
            out.push_str("No routes.\n\n");
            continue;
        }
        out.push_str("| Method | Path | Handler | Place | Dependencies | Guard | Identity | Ownership |\n");
        out.push_str("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for route in routes {
            row(&mut out, route, None);
        }
        out.push('\n');
    }
    if !table.unmounted.is_empty() {
        out.push_str("## Unmounted\n\n| Method | Path | Handler | Place | Why |\n| --- | --- | --- | --- | --- |\n");
        for unmounted in &table.unmounted {
            row(&mut out, &unmounted.route, Some(&unmounted.reason));
        }
        out.push('\n');
    }
    if !table.unfollowed.is_empty() {
        out.push_str("## Not followed\n\n");
        for location in &table.unfollowed {
            writeln!(out, "- {}", code(&format!("{}:{}", location.file, location.start.line)))
                .expect("a string takes everything");
        }
    }
    out
}

fn row(out: &mut String, route: &Route, reason: Option<&str>) {
    let mut cells = vec![
        route.method.clone(),
        cell(&route.path),
        cell(&route.handler),
        cell(&format!("{}:{}", route.file, route.line)),
    ];
    match reason {
        Some(reason) => cells.push(inline(reason)),
        None => cells.extend([
            route
                .dependency_names()
                .into_iter()
                .map(cell)
                .collect::<Vec<_>>()
                .join(", "),
            route
                .guard
                .as_ref()
                .map_or_else(|| "unknown".to_owned(), |guard| cell(&guard.name)),
            route
                .identity
                .as_ref()
                .map_or_else(|| "unknown".to_owned(), |identity| cell(&identity.name)),
            route.ownership.verdict.name().to_owned(),
        ]),
    }
    writeln!(out, "| {} |", cells.join(" | ")).expect("a string takes everything");
}

/// Code in a cell, where a bar would end it.
fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}
