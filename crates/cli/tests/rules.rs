//! `claimcheck explain`, `claimcheck rules` and the rest of the surface.

mod command;

use command::{Folder, UNVERIFIED_RULE};

#[test]
fn rules_are_listed_and_each_is_explained() {
    let folder = Folder::new(&[]);
    let table = folder.run(&["rules"]).expect_code(0).stdout;
    let mut lines = table.lines();
    assert!(lines.next().expect("a heading").starts_with("RULE "));
    let names: Vec<&str> = lines.filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains(&UNVERIFIED_RULE), "{table}");
    assert!(names.is_sorted(), "{table}");
    for name in names {
        let text = folder.run(&["explain", name]).expect_code(0).stdout;
        assert!(
            text.starts_with(&format!("{name}: ")) && text.contains("CWE-"),
            "{text}"
        );
    }
}

#[test]
fn an_unknown_rule_gets_a_suggestion() {
    let run = Folder::new(&[])
        .run(&["explain", "jwt-signature-not-verifed"])
        .expect_code(2);
    assert_eq!(
        run.stderr,
        "error: there is no rule `jwt-signature-not-verifed`; did you mean `jwt-signature-not-verified`?\n"
    );
    assert_eq!(run.stdout, "");
}

#[test]
fn help_and_version_are_no_errors() {
    let folder = Folder::new(&[]);
    assert!(
        folder
            .run(&["--help"])
            .expect_code(0)
            .stdout
            .contains("Usage: claimcheck")
    );
    assert!(
        folder
            .run(&["audit", "--help"])
            .expect_code(0)
            .stdout
            .contains("--fail-on")
    );
    assert!(
        folder
            .run(&["--version"])
            .expect_code(0)
            .stdout
            .starts_with("claimcheck ")
    );
}
