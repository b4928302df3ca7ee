//! Long files take time in proportion to their length.

use std::time::{Duration, Instant};

use facts::Facts;
use semantic::Project;

fn time(text: &str) -> Duration {
    let mut project = Project::new();
    project.set_file("main.py", text);
    let start = Instant::now();
    let facts = Facts::new(&project);
    // What only some rules ask for.
    let found = facts.unchecked_subjects().len() + facts.type_confusions().len() + facts.lifetimes().len();
    let more = facts.confusions().len() + facts.unchecked_audiences().len() + facts.expiry_not_required().len();
    let last = facts.untrusted_key_sources().len() + facts.sensitive_claims().len() + facts.secret_variables().len();
    assert!(found + more + last < usize::MAX);
    start.elapsed()
}

/// Eight times the text may take twice eight times as long, and a little to begin with.
#[track_caller]
fn is_linear(make: impl Fn(usize) -> String) {
    let small = time(&make(250)).max(time(&make(250)));
    let large = time(&make(2_000));
    let most = small * 16 + Duration::from_millis(1_500);
    assert!(large < most, "{small:?} became {large:?}");
}

#[test]
fn unverified_decodes_in_functions() {
    is_linear(|count| {
        let functions = (0..count).map(|i| {
            format!("def f{i}(token):\n    return jwt.decode(token, options={{'verify_signature': False}})['sub']\n")
        });
        format!("import jwt\n{}", functions.collect::<String>())
    });
}

#[test]
fn secrets_in_functions() {
    is_linear(|count| {
        let functions = (0..count).map(|i| {
            format!("def f{i}(token):\n    return jwt.decode(token, 'secret-{i}', algorithms=['HS256'])['sub']\n")
        });
        format!("import jwt\n{}", functions.collect::<String>())
    });
}
