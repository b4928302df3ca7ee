//! The JSON form, held against its own schema: what `docs/report.schema.json` promises to other programs.

mod example;

use report::Report;
use serde_json::Value;

const SCHEMA: &str = include_str!("../../../docs/report.schema.json");

fn schema() -> Value {
    serde_json::from_str(SCHEMA).expect("valid JSON")
}

/// Nothing that the schema does not know may be there: a field that is added is described, too.
fn closed(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.contains_key("properties") {
                object.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            object.values_mut().for_each(closed);
        }
        Value::Array(items) => items.iter_mut().for_each(closed),
        _ => {}
    }
}

#[test]
fn reports_are_as_described() {
    let mut schema = schema();
    closed(&mut schema);
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    for report in [example::report(), empty()] {
        let value: Value = serde_json::from_str(&report::json(&report)).expect("valid JSON");
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let back: Report = serde_json::from_value(value).expect("what was written can be read");
        assert_eq!(back, report);
    }
}

#[test]
fn the_version_is_that_of_the_schema() {
    assert_eq!(schema()["properties"]["schemaVersion"]["const"], report::SCHEMA_VERSION);
}

fn empty() -> Report {
    let mut report = Report {
        schema_version: report::SCHEMA_VERSION,
        ..Report::default()
    };
    report.settle();
    report
}
