//! Every finding of the applications under `tests/exploits` can be put under a comment, which takes out that finding
//! and changes nothing else.

use std::fs;
use std::path::{Path, PathBuf};

use audit::Auditor;
use report::{FileFix, Finding};

#[test]
fn comments_ignore_what_they_are_written_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/exploits/apps");
    let mut count = 0;
    for rule in folders(&root) {
        for application in folders(&rule) {
            let files = python_files(&application);
            let mut auditor = Auditor::new();
            for (path, text) in &files {
                auditor.set_file(path, text.as_str());
            }
            for finding in auditor.report().findings {
                check(&auditor, &files, &finding);
                count += 1;
            }
        }
    }
    assert!(count > 100, "{count} findings");
}

fn check(auditor: &Auditor, files: &[(String, String)], finding: &Finding) {
    let place = &finding.location;
    let name = format!("{} in {}:{}", finding.rule, place.file, place.start.line);
    let range = place.start.offset..place.end.offset;
    let edits = auditor.ignore(&place.file, range, &finding.rule, "looked at");
    let edits = edits.unwrap_or_else(|| panic!("{name}: there is no place for a comment"));
    let mut after = Auditor::new();
    for (path, text) in files {
        let text = if *path == edits.file {
            applied(text, &edits)
        } else {
            text.clone()
        };
        after.set_file(path, text);
    }
    let report = after.report();
    let ignored: Vec<&str> = report
        .ignored
        .iter()
        .map(|ignored| ignored.finding.rule.as_str())
        .collect();
    assert!(ignored.contains(&finding.rule.as_str()), "{name}: {ignored:?}");
    assert!(
        report.ignored.iter().all(|ignored| ignored.reason == "looked at"),
        "{name}"
    );
    let unjustified = report
        .findings
        .iter()
        .find(|found| found.rule == "unjustified-ignore-comment");
    assert!(unjustified.is_none(), "{name}: {unjustified:?}");
}

fn applied(text: &str, edits: &FileFix) -> String {
    let mut out = text.to_owned();
    for edit in edits.edits.iter().rev() {
        let range = edit.start.offset as usize..edit.end.offset as usize;
        out.replace_range(range, &edit.replacement);
    }
    out
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Path and text of every Python file below a folder.
fn python_files(root: &Path) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "py")
                && let (Ok(below), Ok(text)) = (path.strip_prefix(root), fs::read_to_string(&path))
            {
                out.push((below.to_string_lossy().replace('\\', "/"), text));
            }
        }
    }
    out.sort();
    out
}
