//! What the README shows for pipelines, run as far as that goes without a network.

mod command;

use std::fs;
use std::path::Path;

use command::{CLEAN, Folder, UNVERIFIED};

fn repository_file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The blocks of a language in the README.
fn blocks(language: &str) -> Vec<String> {
    let readme = repository_file("README.md");
    let fence = format!("```{language}\n");
    let blocks = readme.split(&fence).skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn the_settings_of_the_readme_are_understood() {
    let blocks = blocks("toml");
    assert_eq!(blocks.len(), 1);
    // Rules that are still to come must not stand there.
    let folder = Folder::new(&[("pyproject.toml", &blocks[0]), ("main.py", CLEAN)]);
    folder.run(&["audit"]).expect_code(0);
}

#[test]
fn the_comment_of_the_readme_ignores_its_finding() {
    let blocks = blocks("python");
    let code = format!("import jwt\n\n\ndef read(token):\n    {}    return claims\n", blocks[0]);
    let run = Folder::new(&[("main.py", &code)]).run(&["audit"]).expect_code(0);
    assert!(run.stdout.contains("1 ignored by comments"), "{}", run.stdout);
}

/// The commands of the workflow, with the arguments that stand there.
#[test]
fn the_workflow_audits_and_leaves_a_log_to_upload() {
    let yaml = blocks("yaml").into_iter().find(|block| block.contains("upload-sarif"));
    let yaml = yaml.expect("the README shows a workflow");
    let audit = yaml
        .lines()
        .find_map(|line| line.trim().strip_prefix("- run: claimcheck "));
    let arguments: Vec<&str> = audit.expect("it audits").split(' ').collect();
    let folder = Folder::new(&[("app/main.py", UNVERIFIED)]);
    folder.run(&arguments).expect_code(1);
    let uploaded = yaml.lines().find_map(|line| line.trim().strip_prefix("sarif_file: "));
    let log: serde_json::Value = serde_json::from_str(&folder.read(uploaded.expect("it uploads"))).expect("a log");
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(place["uri"], "app/main.py");
    folder.write("app/main.py", CLEAN.as_bytes());
    folder.run(&arguments).expect_code(0);
}

/// Read by line: what the hook runs, with the arguments of the README's example.
#[test]
fn the_hook_audits_the_whole_project() {
    let hooks = repository_file(".pre-commit-hooks.yaml");
    let value = |yaml: &str, key: &str| {
        let mut lines = yaml.lines().map(|line| line.trim().trim_start_matches("- "));
        lines.find_map(|line| Some(line.strip_prefix(key)?.strip_prefix(": ")?.to_owned()))
    };
    assert_eq!(value(&hooks, "pass_filenames").as_deref(), Some("false"));
    let example = blocks("yaml").into_iter().find(|block| block.contains("hooks:"));
    let example = example.expect("the README shows the hook");
    assert_eq!(value(&example, "id"), value(&hooks, "id"));
    let folder = Folder::new(&[("main.py", UNVERIFIED), ("other.py", CLEAN)]);
    for yaml in [&hooks, &example] {
        let given = value(yaml, "args").expect("arguments");
        let entry = value(&hooks, "entry").expect("an entry");
        let entry = entry.strip_prefix("claimcheck ").expect("it runs this program");
        let given = given.trim_matches(['[', ']']).split(", ");
        let arguments: Vec<&str> = entry.split(' ').chain(given).collect();
        folder.run(&arguments).expect_code(1);
    }
}
