//! Writes the registry of rules. Here, and not beside the rules, so that it can also be written when a rule file
//! has gone and the crate of the rules does not compile.

use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Panics when `src/rules.rs` of the crate in `folder` does not name the files in `src/rules/`, after making it
/// do so.
#[track_caller]
pub fn assert_registry_is_up_to_date(folder: &Path) {
    let path = folder.join("src/rules.rs");
    let current = fs::read_to_string(&path)
        .expect("the registry is there")
        .replace("\r\n", "\n");
    let expected = generated(&rule_files(folder));
    if current != expected {
        fs::write(&path, expected).expect("the registry can be written");
        panic!(
            "{} was not up to date and has been written: run the tests again",
            path.display()
        );
    }
}

/// The stems of the files in `src/rules/`, in the order of the rules' names, which have `-` for `_`.
pub fn rule_files(folder: &Path) -> Vec<String> {
    // No folder: no rules.
    let entries = fs::read_dir(folder.join("src/rules")).into_iter().flatten();
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut stems: Vec<String> = names
        .filter_map(|name| name.strip_suffix(".rs").map(str::to_owned))
        .collect();
    stems.sort();
    stems
}

fn generated(files: &[String]) -> String {
    let mut out = String::from(
        "//! The registry: every rule, by name.\n\
         //!\n\
         //! Written by the test `registry_is_up_to_date` from the files in `rules/`. Do not edit.\n\n",
    );
    for file in files {
        let _ = writeln!(out, "mod {file};");
    }
    let gap = if files.is_empty() { "" } else { "\n" };
    let _ = write!(
        out,
        "{gap}use crate::rule::Rule;\n\n#[rustfmt::skip]\npub(crate) static ALL: &[&Rule] = &[\n"
    );
    for file in files {
        let _ = writeln!(out, "    &{file}::RULE,");
    }
    out + "];\n"
}
