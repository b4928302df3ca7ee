//! Reports against an earlier one.

mod example;

use report::{Baseline, NoBaseline};

#[test]
fn both_forms_know_the_same() {
    let report = example::report();
    let from_json = Baseline::parse(&report::json(&report)).expect("a report");
    let from_sarif = Baseline::parse(&report::sarif(&report, &example::rules())).expect("a log");
    assert_eq!(from_json, from_sarif);
    let mut left = report.clone();
    left.leave_out_known(&from_json);
    assert_eq!(left.findings, []);
    assert_eq!(
        (left.summary.critical, left.summary.warning, left.summary.known),
        (0, 0, 2)
    );
    assert_eq!(left.escalations, []);
    assert_eq!(left.checklist, report.checklist);
}

#[test]
fn what_is_new_stays() {
    let report = example::report();
    let mut before = report.clone();
    before.findings.remove(0);
    let mut left = report.clone();
    left.leave_out_known(&Baseline::parse(&report::json(&before)).expect("a report"));
    assert_eq!(left.findings, report.findings[..1]);
    assert_eq!(left.summary.known, 1);
    assert!(left.summary.sentence().contains("1 known from the baseline"));
}

/// Reports of earlier versions lack what was added since.
#[test]
fn older_reports_and_other_texts() {
    let old = r#"{"schemaVersion": 1, "findings": [{"rule": "x", "fingerprint": "00aa"}]}"#;
    let mut report = example::report();
    report.leave_out_known(&Baseline::parse(old).expect("a report"));
    assert_eq!(report.findings.len(), 1);
    assert_eq!(Baseline::parse("nothing"), Err(NoBaseline::NotJson));
    assert_eq!(Baseline::parse("{}"), Err(NoBaseline::NotAReport));
    assert_eq!(Baseline::parse("[]"), Err(NoBaseline::NotAReport));
}
