//! The report as JSON.

mod example;

use report::Report;

#[test]
fn reads_back_as_the_same_report() {
    let report = example::report();
    let json = report::json(&report);
    assert!(json.ends_with("}\n"));
    assert_eq!(serde_json::from_str::<Report>(&json).expect("valid JSON"), report);
    assert_eq!(report::json(&report), json);
}

#[test]
fn has_the_documented_shape() {
    let json: serde_json::Value = serde_json::from_str(&report::json(&example::report())).expect("valid JSON");
    assert_eq!(json["schemaVersion"], report::SCHEMA_VERSION);
    assert_eq!(json["files"][2]["status"]["kind"], "skipped");
    assert_eq!(json["files"][2]["status"]["reason"], "it is not UTF-8");
    let finding = &json["findings"][0];
    assert_eq!(finding["severity"], "critical");
    assert_eq!(finding["owasp"], "API2:2023");
    assert_eq!(finding["location"]["start"]["line"], 7);
    assert_eq!(finding["fix"]["applicability"], "safe");
}
