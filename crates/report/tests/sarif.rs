//! The report as SARIF, held against the schema of the standard.

mod example;

use jsonschema::Validator;
use report::{Report, RuleInfo};
use serde_json::{Value, json};

const SCHEMA: &str = include_str!("../../../tests/schemas/sarif-2.1.0.json");

fn validator() -> Validator {
    let mut schema: Value = serde_json::from_str(SCHEMA).expect("valid JSON");
    // The one pattern of the published schema that is no regular expression (a `]` too many). Nothing here writes
    // `language`.
    for object in ["run", "toolComponent"] {
        schema["definitions"][object]["properties"]["language"] = json!({ "type": "string" });
    }
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("a valid schema")
}

fn log(report: &Report, rules: &[RuleInfo]) -> Value {
    let text = report::sarif(report, rules);
    assert!(text.ends_with("}\n"));
    let log = serde_json::from_str(&text).expect("valid JSON");
    let errors: Vec<String> = validator()
        .iter_errors(&log)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    log
}

#[test]
fn valid_with_everything_and_with_nothing() {
    let mut report = example::report();
    log(&report, &example::rules());
    log(&report, &[]);
    report.findings.clear();
    report.strengths.clear();
    report.files.clear();
    log(&report, &example::rules());
}

#[test]
fn the_schema_test_notices_mistakes() {
    let good = log(&example::report(), &example::rules());
    for (pointer, bad) in [
        ("/runs/0/results/0/level", json!("critical")),
        (
            "/runs/0/results/0/locations/0/physicalLocation/region/startLine",
            json!(0),
        ),
        ("/runs/0/artifacts/0/location/uri", json!("a b.py")),
    ] {
        let mut log = good.clone();
        *log.pointer_mut(pointer).expect("the log has it") = bad;
        assert!(!validator().is_valid(&log), "{pointer}");
    }
}

#[test]
fn a_finding_with_all_its_parts() {
    let log = log(&example::report(), &example::rules());
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");

    let rule = &run["tool"]["driver"]["rules"][0];
    assert_eq!(rule["id"], "jwt-none-algorithm");
    assert_eq!(rule["fullDescription"]["text"], "Anyone can write such a token.");
    assert_eq!(rule["properties"]["security-severity"], "9.0");
    assert_eq!(rule["properties"]["precision"], "high");
    assert_eq!(
        rule["properties"]["tags"],
        json!(["security", "external/cwe/cwe-347", "external/owasp-api/API2:2023"])
    );

    let none = &run["results"][0];
    assert_eq!((&none["level"], &none["kind"]), (&json!("error"), &json!("fail")));
    assert_eq!(none["ruleIndex"], 0);
    assert_eq!(
        none["locations"][0]["physicalLocation"]["region"],
        json!({"startLine": 7, "startColumn": 12, "endLine": 7, "endColumn": 58})
    );
    assert_eq!(none["relatedLocations"][0]["message"]["text"], "this is PyJWT");
    assert_eq!(none["partialFingerprints"], json!({"claimcheck/v1": "00aa"}));
    let change = &none["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "app/auth.py");
    assert_eq!(change["replacements"][0]["insertedContent"]["text"], "HS256");

    // A rule that is not among those given.
    let secret = &run["results"][1];
    assert_eq!(
        (&secret["level"], &secret["ruleIndex"]),
        (&json!("warning"), &Value::Null)
    );
    let flow = &secret["codeFlows"][0]["threadFlows"][0]["locations"];
    assert_eq!(flow[1]["location"]["message"]["text"], "used as key");
    assert_eq!(
        secret["message"]["text"],
        "SECRET is <b>written</b> in \\[the\\](code) for @everyone, see https://x.y #1"
    );
}

#[test]
fn columns_are_utf16() {
    let log = log(&example::report(), &[]);
    let step = &log["runs"][0]["results"][1]["codeFlows"][0]["threadFlows"][0]["locations"][0]["location"];
    assert_eq!(
        step["physicalLocation"]["region"],
        json!({"startLine": 2, "startColumn": 10, "endLine": 2, "endColumn": 22})
    );
}

#[test]
fn strengths_pass_and_unread_files_are_notified() {
    let log = log(&example::report(), &example::rules());
    let run = &log["runs"][0];
    let strength = &run["results"][3];
    assert_eq!(
        (&strength["kind"], &strength["level"]),
        (&json!("pass"), &json!("none"))
    );
    let rule = strength["ruleIndex"].as_u64().expect("an index") as usize;
    assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], strength["ruleId"]);

    let notes = &run["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(notes[0]["descriptor"]["id"], "file-partly-read");
    assert_eq!(notes[1]["descriptor"]["id"], "file-skipped");
    assert_eq!(notes[1]["message"]["text"], "Not audited: it is not UTF-8");
}

#[test]
fn paths_become_uris() {
    let log = log(&example::report(), &[]);
    let artifact = &log["runs"][0]["artifacts"][0]["location"];
    assert_eq!(
        artifact["uri"],
        "app/%60x%60%20%7C%3Cimg%20src%3Dy%3E%5Ba%5D%28http%3A//b%29%20%40team%20%E5%90%8D%0A%23.py"
    );
    assert_eq!(artifact["uriBaseId"], "%SRCROOT%");
    assert_eq!(artifact["index"], 0);
}

#[test]
fn what_comments_ignore_is_suppressed() {
    let log = log(&example::report(), &example::rules());
    let run = &log["runs"][0];
    let ignored = &run["results"][2];
    assert_eq!(ignored["partialFingerprints"], json!({"claimcheck/v1": "00cc"}));
    let suppression = &ignored["suppressions"][0];
    assert_eq!(suppression["kind"], "inSource");
    assert_eq!(suppression["justification"], "only \\[for\\](http://b) @tests");
    assert_eq!(suppression["location"]["physicalLocation"]["region"]["startLine"], 5);
    assert_eq!(run["results"][0]["suppressions"], Value::Null);
    assert_eq!(run["properties"]["checklist"][0]["verdict"], "fail");
    assert_eq!(run["properties"]["escalations"][0]["kind"], "authentication-bypass");
}
