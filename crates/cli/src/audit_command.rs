//! `claimcheck audit`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use report::visible;

use crate::arguments::{Audit, Color, Format};
use crate::core::Core;
use crate::project::{self, Project};
use crate::{FAILURE, FINDINGS, output, terminal};

pub(crate) fn run(arguments: &Audit, color: Color) -> anyhow::Result<ExitCode> {
    let project = project::read(&arguments.paths)?;
    name_skipped_files(&project);
    let report = Core::new(&project).report();
    let to_terminal = arguments.output.is_none();
    let coloured = arguments.format == Format::Text && to_terminal && output::is_coloured(color);
    let text = match arguments.format {
        Format::Json => report::json(&report),
        Format::Sarif => report::sarif(&report, &audit::rules()),
        Format::Markdown => report::markdown(&report, &audit::rules()),
        Format::Text => {
            let sources: BTreeMap<&str, &str> = project.files.iter().map(|file| (&*file.path, &*file.text)).collect();
            terminal::render(&report, &sources, coloured)
        }
    };
    match &arguments.output {
        Some(path) => output::write_file(path, &text)?,
        None => output::print(&text, coloured)?,
    }
    if project.files.is_empty() {
        output::say_on_stderr("error: none of the files could be audited");
        return Ok(ExitCode::from(FAILURE));
    }
    let failed = report
        .findings
        .iter()
        .any(|finding| arguments.fail_on.includes(finding.severity));
    Ok(ExitCode::from(if failed { FINDINGS } else { 0 }))
}

pub(crate) fn name_skipped_files(project: &Project) {
    for (path, reason) in &project.skipped {
        output::say_on_stderr(&format!(
            "warning: {} is not audited: {}",
            visible(path),
            visible(reason)
        ));
    }
}
