//! The registry names the rule files that are there, and the rules are what their files say.

use std::path::Path;

use crate::rules;

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn registry_is_up_to_date() {
    test_utils::assert_registry_is_up_to_date(folder());
}

#[test]
fn names_are_those_of_the_files() {
    let names: Vec<String> = rules::ALL.iter().map(|rule| rule.name.replace('-', "_")).collect();
    let files = test_utils::rule_files(folder());
    assert_eq!(names, files, "a rule is named after its file, with `-` for `_`");
    assert!(rules::ALL.is_sorted_by_key(|rule| rule.name));
}

#[test]
fn metadata_makes_sense() {
    for rule in rules::ALL {
        let name = rule.name;
        let plain = name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        assert!(plain && !name.is_empty(), "{name}: not in kebab-case");
        let summary = rule.summary;
        assert!(
            !summary.is_empty() && !summary.contains('\n') && !summary.ends_with('.'),
            "{name}: the summary is one line without a full stop"
        );
        assert!(
            rule.checklist_item.is_none_or(|item| (1..=12).contains(&item)),
            "{name}: no such checklist item"
        );
        assert!(rule.cwe > 0, "{name}: no CWE");
        for other in rule.supersedes {
            let other_rule = rules::ALL.iter().find(|rule| rule.name == *other);
            assert!(other_rule.is_some(), "{name} supersedes {other}, which does not exist");
        }
        assert_ends(name, &mut Vec::new());
    }
}

/// Panics when following `supersedes` from `name` comes back to where it was.
fn assert_ends(name: &'static str, path: &mut Vec<&'static str>) {
    assert!(!path.contains(&name), "{path:?} supersede each other in a circle");
    path.push(name);
    let rule = rules::ALL.iter().find(|rule| rule.name == name);
    for other in rule.map_or(&[][..], |rule| rule.supersedes) {
        assert_ends(other, path);
    }
    path.pop();
}
