//! `claimcheck audit`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use report::{Baseline, NoBaseline, visible};

use crate::arguments::{Audit, Color, Format};
use crate::core::Core;
use crate::project::{self, Project};
use crate::{FAILURE, FINDINGS, output, terminal};

pub(crate) fn run(arguments: &Audit, color: Color) -> anyhow::Result<ExitCode> {
    let baseline = arguments.baseline.as_deref().map(read_baseline).transpose()?;
    let project = project::read(&arguments.paths)?;
    name_skipped_files(&project);
    let mut report = Core::new(&project).report();
    if let Some(baseline) = &baseline {
        report.leave_out_known(baseline);
    }
    let to_terminal = arguments.output.is_none();
    let coloured = arguments.format == Format::Text && to_terminal && output::is_coloured(color);
    let text = match arguments.format {
        Format::Json => report::json(&report),
        Format::Sarif => report::sarif(&report, &audit::rules()),
        Format::Markdown => report::markdown(&report, &audit::rules()),
        Format::Html => report::html(&report, &audit::rules()),
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

fn read_baseline(path: &Path) -> anyhow::Result<Baseline> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the baseline {}", path.display()))?;
    Baseline::parse(&text).map_err(|problem| match problem {
        NoBaseline::NotJson => anyhow!("the baseline {} is not JSON", path.display()),
        NoBaseline::NotAReport => anyhow!("the baseline {} is no report of an audit", path.display()),
    })
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
