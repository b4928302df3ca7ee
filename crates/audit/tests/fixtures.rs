//! One test for each fixture in the workspace's `tests/fixtures`: a file under `single/` or a folder under
//! `projects/`, real Python files whose comments say what is to be found; and one for each file in
//! `tests/patterns/<section>/`, a small project with `#- path.py` between its files. `cargo test -p audit --test
//! fixtures NAME` runs those whose name holds NAME.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use audit::Auditor;
use libtest_mimic::{Arguments, Failed, Trial};
use test_utils::{Fixture, SourceText, Subject};

#[path = "../src/testing/subject.rs"]
mod subject;

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let mut trials = Vec::new();
    for path in entries(&folder.join("single")) {
        if is_python(&path) {
            let name = format!("single/{}", file_name(&path));
            trials.push(Trial::test(name, move || check(&path, std::slice::from_ref(&path))));
        }
    }
    for path in entries(&folder.join("projects")) {
        let name = format!("projects/{}", file_name(&path));
        trials.push(Trial::test(name, move || check(&path, &python_files(&path))));
    }
    for section in entries(&folder.join("../patterns")) {
        for path in entries(&section).into_iter().filter(|path| is_python(path)) {
            let name = format!("patterns/{}/{}", file_name(&section), file_name(&path));
            trials.push(Trial::test(name, move || {
                let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
                judge(&Fixture::parse(&with_beginning(text)?))
            }));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// `#- begins as tasks` in the first line puts a project of `src/testing/projects` in front of the text.
fn with_beginning(text: String) -> Result<String, Failed> {
    let Some((name, rest)) = text
        .strip_prefix("#- begins as ")
        .and_then(|text| text.split_once('\n'))
    else {
        return Ok(text);
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/testing/projects");
    let path = folder.join(format!("{name}.py"));
    let beginning = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(beginning + rest)
}

/// Audits `files`, whose paths in the project are those below `root`.
fn check(root: &Path, files: &[PathBuf]) -> Result<(), Failed> {
    let mut sources = Vec::new();
    for file in files {
        let below = file.strip_prefix(root).map_err(|error| error.to_string())?;
        let parts: Vec<String> = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        sources.push(SourceText {
            path: if parts.is_empty() {
                file_name(file)
            } else {
                parts.join("/")
            },
            text: fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?,
        });
    }
    judge(&Fixture::of_files(sources))
}

fn judge(fixture: &Fixture) -> Result<(), Failed> {
    let subject = Subject {
        rules: audit::rules().into_iter().map(|rule| rule.name).collect(),
        audit: &|options, steps| subject::play(Auditor::new(), options, steps),
    };
    test_utils::check(fixture, &subject).map_err(Failed::from)
}

/// Every Python file below `folder`, in order of path.
fn python_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            if path.is_dir() {
                folders.push(path);
            } else if is_python(&path) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    // No folder: no fixtures.
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
}

fn is_python(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "py")
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
