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

/// Eight times the text may take four times eight times as long, and a little to begin with: other work on the
/// machine must not show. What grows with the square takes twice that.
#[track_caller]
fn is_linear(make: impl Fn(usize) -> String) {
    let small = time(&make(150)).max(time(&make(150)));
    let large = time(&make(1_200));
    let most = small * 32 + Duration::from_millis(1_000);
    assert!(large < most, "{small:?} became {large:?}");
}

#[test]
fn unverified_decodes_in_one_module() {
    is_linear(|count| {
        let line = "claims = jwt.decode(token, options={'verify_signature': False})\n";
        format!("import jwt\n{}", line.repeat(count))
    });
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

#[test]
fn tokens_of_two_kinds() {
    is_linear(|count| {
        let functions = (0..count).map(|i| {
            format!(
                "def create_refresh_token_{i}(user):\n    return jwt.encode({{'sub': user, 'exp': 1}}, KEY, algorithm='HS256')\n\
                 def create_access_token_{i}(user):\n    return jwt.encode({{'sub': user}}, KEY, algorithm='HS256')\n\
                 def read_{i}(token):\n    return jwt.decode(token, KEY, algorithms=['HS256'])['sub']\n"
            )
        });
        format!(
            "import os\nimport jwt\nKEY = os.environ['KEY']\n{}",
            functions.collect::<String>()
        )
    });
}
