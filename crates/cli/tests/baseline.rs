//! `claimcheck audit --baseline` as a pipeline uses it.

mod command;

use command::{Folder, UNVERIFIED, UNVERIFIED_RULE};

const SECOND: &str = "

def read_more(token: str) -> dict:
    return jwt.decode(token, SECRET, algorithms=[\"HS256\"], options={\"verify_signature\": False})[\"more\"]
";

#[test]
fn only_what_is_new_counts() {
    let folder = Folder::new(&[("app/main.py", UNVERIFIED)]);
    for (format, file) in [("json", "old.json"), ("sarif", "old.sarif")] {
        folder
            .run(&["audit", "app", "--format", format, "--output", file])
            .expect_code(1);
    }
    // Lines move, and what was known stays known.
    folder.write("app/main.py", format!("# A comment.\n\n{UNVERIFIED}").as_bytes());
    for file in ["old.json", "old.sarif"] {
        let run = folder.run(&["audit", "app", "--baseline", file]).expect_code(0);
        assert!(run.stdout.contains("0 critical"), "{}", run.stdout);
        assert!(run.stdout.contains("known from the baseline"), "{}", run.stdout);
    }
    folder.write("app/main.py", format!("{UNVERIFIED}{SECOND}").as_bytes());
    let arguments = ["audit", "app", "--baseline", "old.json", "--format", "json"];
    let report = folder.run(&arguments).expect_code(1).json();
    let findings = report["findings"].as_array().expect("a list");
    let critical: Vec<_> = findings
        .iter()
        .filter(|finding| finding["severity"] == "critical")
        .collect();
    assert_eq!(critical.len(), 1);
    assert_eq!(critical[0]["rule"], UNVERIFIED_RULE);
    assert_eq!(critical[0]["location"]["start"]["line"], 13);
}

#[test]
fn a_baseline_that_is_none_is_an_error() {
    let folder = Folder::new(&[("main.py", UNVERIFIED), ("text.json", "hello"), ("other.json", "{}")]);
    for (file, expected) in [
        ("nowhere.json", "error: cannot read the baseline nowhere.json"),
        ("text.json", "error: the baseline text.json is not JSON\n"),
        (
            "other.json",
            "error: the baseline other.json is no report of an audit\n",
        ),
    ] {
        let run = folder.run(&["audit", "--baseline", file]).expect_code(2);
        assert!(run.stderr.starts_with(expected), "{}", run.stderr);
    }
}
