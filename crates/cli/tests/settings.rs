//! Settings in `pyproject.toml` and `claimcheck.toml` as a user writes them.

mod command;

use command::{CLEAN, Folder, UNVERIFIED, UNVERIFIED_RULE};

#[test]
fn severity_changed_and_rules_off() {
    let folder = Folder::new(&[("main.py", UNVERIFIED)]);
    let rule = |setting: &str| format!("[tool.claimcheck.rules]\n{UNVERIFIED_RULE} = \"{setting}\"\n");
    folder.write("pyproject.toml", rule("suggestion").as_bytes());
    let run = folder.run(&["audit"]).expect_code(0);
    assert!(
        run.stdout.contains(&format!("suggestion[{UNVERIFIED_RULE}]")),
        "{}",
        run.stdout
    );
    folder.write("pyproject.toml", rule("off").as_bytes());
    let run = folder.run(&["audit", "--fail-on=suggestion"]).expect_code(0);
    let shown = format!("[{UNVERIFIED_RULE}]");
    assert!(!run.stdout.contains(&shown), "{}", run.stdout);
    folder.run(&["audit", "--no-config"]).expect_code(1);
}

#[test]
fn files_are_left_out_as_seen_from_the_settings() {
    let folder = Folder::new(&[
        ("service/claimcheck.toml", "exclude = [\"app/old\"]\n"),
        ("service/app/main.py", CLEAN),
        ("service/app/old/main.py", UNVERIFIED),
    ]);
    let paths = |arguments: &[&str]| folder.run(arguments).expect_code(0).paths();
    assert_eq!(paths(&["audit", "--format=json", "service"]), ["app/main.py"]);
    assert_eq!(paths(&["audit", "--format=json", "service/app"]), ["main.py"]);
    // Whoever audits from further up does not get them.
    folder.run(&["audit"]).expect_code(1);
    let arguments = [
        "audit",
        "--format=json",
        "--config",
        "service/claimcheck.toml",
        "service/app",
    ];
    assert_eq!(paths(&arguments), ["main.py"]);
}

#[test]
fn the_nearest_settings_count_and_stop_at_the_repository() {
    let folder = Folder::new(&[
        ("claimcheck.toml", "zzz = 1\n"),
        ("repository/.git/HEAD", ""),
        ("repository/pyproject.toml", "[project]\nname = \"x\"\n"),
        ("repository/main.py", CLEAN),
    ]);
    folder.run(&["audit", "repository"]).expect_code(0);
    folder.run(&["audit"]).expect_code(2);
}

#[test]
fn what_means_nothing_is_said_with_file_and_line() {
    let folder = Folder::new(&[("main.py", CLEAN)]);
    for (name, text, expected) in [
        (
            "pyproject.toml",
            "[project]\nname = \"x\"\n\n[tool.claimcheck]\nsecret-nam = \"X\"\n",
            "error: pyproject.toml:5:1: unknown setting `secret-nam`; did you mean `secret-name`?\n",
        ),
        (
            "claimcheck.toml",
            "# one\nexclude = \"legacy\"\n",
            "error: claimcheck.toml:2:11: `exclude` must be a list of strings; this is a string\n",
        ),
        ("claimcheck.toml", "x = \n", "error: claimcheck.toml:1:"),
    ] {
        folder.write(name, text.as_bytes());
        for command in ["audit", "routes", "fix"] {
            let run = folder.run(&[command]).expect_code(2);
            assert!(run.stderr.starts_with(expected), "{}", run.stderr);
        }
    }
}

/// Templates of projects hold files that are TOML only once they are filled in.
#[test]
fn broken_files_of_others_stop_nothing() {
    let folder = Folder::new(&[
        ("main.py", CLEAN),
        ("pyproject.toml", "[tool.{{ name }}]\nx = {{ y }}\n"),
    ]);
    folder.run(&["audit"]).expect_code(0);
    folder.write("pyproject.toml", b"\xff");
    folder.run(&["audit"]).expect_code(0);
    folder.write(
        "pyproject.toml",
        b"\xef\xbb\xbf[tool.claimcheck]\nexclude = [\"old\"]\n",
    );
    folder.run(&["audit"]).expect_code(0);
    folder.write("pyproject.toml", b"[tool.claimcheck]\nx = {{ y }}\n");
    let run = folder.run(&["audit"]).expect_code(2);
    assert!(run.stderr.starts_with("error: pyproject.toml:2:"), "{}", run.stderr);
}
