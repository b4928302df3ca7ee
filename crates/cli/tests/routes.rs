//! `claimcheck routes` as its users run it.

use std::path::Path;
use std::process::{Command, Output};

const PROJECT: &str = "../../tests/oracle/projects/included_twice";

fn run(parameters: &[&str]) -> Output {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join(PROJECT);
    let mut command = Command::new(env!("CARGO_BIN_EXE_claimcheck"));
    command.arg("routes").arg(project).args(parameters);
    command.output().expect("the command line runs")
}

fn text(parameters: &[&str]) -> String {
    let output = run(parameters);
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8(output.stdout).expect("output is UTF-8")
}

#[test]
fn text_lists_routes_and_what_is_unmounted() {
    let text = text(&[]);
    assert!(text.starts_with("main.py:app\n  GET  /items/"), "{text}");
    assert!(text.contains("\nunmounted\n"), "{text}");
    assert!(text.ends_with("8 routes in 1 application, 2 unmounted\n"), "{text}");
}

#[test]
fn markdown_has_a_table_for_each_application() {
    let text = text(&["--format", "markdown"]);
    assert!(text.contains("## `main.py:app`\n"), "{text}");
    assert!(text.contains("| GET | `/guarded/items/` | `read` |"), "{text}");
}

#[test]
fn json_has_the_fields_that_others_read() {
    let table: serde_json::Value = serde_json::from_str(&text(&["--format", "json"])).expect("it is JSON");
    let route = &table["routes"][0];
    let fields = [
        "method",
        "path",
        "handler",
        "file",
        "line",
        "application",
        "dependencies",
        "guard",
        "identity",
        "ownership",
    ];
    for field in fields {
        assert!(route.get(field).is_some(), "no {field}");
        assert!(table["unmounted"][0].get(field).is_some(), "no {field} in unmounted");
    }
    assert!(route["ownership"]["verdict"].is_string());
    assert!(table["unmounted"][0]["reason"].is_string());
}
