//! Beginnings of projects with models and a verified caller, for fixtures about whose rows are read and changed.

const PROJECTS: &[(&str, &str)] = &[
    ("none", ""),
    ("tasks", include_str!("projects/tasks.py")),
    ("documents", include_str!("projects/documents.py")),
    ("variables", include_str!("projects/variables.py")),
];

/// Checks a fixture that goes on where a project ends.
#[track_caller]
pub(crate) fn check_in(project: &str, text: &str) {
    let (_, head) = PROJECTS
        .iter()
        .find(|(name, _)| *name == project)
        .expect("the project is there");
    super::check(&format!("{head}{}", text.trim_start_matches('\n')));
}
