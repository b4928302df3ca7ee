//! `claimcheck fix` as a user runs it.

mod command;

use command::{CLEAN, Folder, UNVERIFIED, UNVERIFIED_RULE};

/// A finding whose fix only the author can finish.
const OPEN_TO_ALL: &str = "from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\n\napp = FastAPI()\napp.add_middleware(CORSMiddleware, allow_origins=[\"*\"], allow_credentials=True)\n";
const HARDCODED: &str = "import jwt\n\n\ndef read(token: str) -> dict:\n    return jwt.decode(token, \"hunter2hunter2hunter2hunter2hunter2\", algorithms=[\"HS256\"])\n";

/// The rest of the catalogue may have its own view of the examples.
const FIX: [&str; 3] = ["fix", "--rule", UNVERIFIED_RULE];
const WRITE: [&str; 4] = ["fix", "--write", "--rule", UNVERIFIED_RULE];

fn rules_found(folder: &Folder) -> Vec<String> {
    let run = folder
        .run(&["audit", "--format", "json", "--fail-on=never"])
        .expect_code(0);
    let report = run.json();
    let findings = report["findings"].as_array().expect("a list").clone();
    findings
        .iter()
        .map(|finding| finding["rule"].as_str().expect("a name").to_owned())
        .collect()
}

#[test]
fn the_patch_is_taken_by_git_and_removes_the_finding() {
    let windows = UNVERIFIED.replace('\n', "\r\n");
    let folder = Folder::new(&[
        ("app/main.py", UNVERIFIED),
        ("app/windows é.py", &windows),
        ("no_end.py", UNVERIFIED.trim_end()),
        ("clean.py", CLEAN),
    ]);
    folder.write("marked.py", format!("\u{feff}{UNVERIFIED}").as_bytes());
    let run = folder.run(&FIX).expect_code(0);
    assert_eq!(folder.read("app/main.py"), UNVERIFIED, "nothing is written");
    assert!(
        run.stderr.starts_with("the patch fixes 4 findings in 4 files\n"),
        "{}",
        run.stderr
    );
    folder.git_apply(&run.stdout);
    assert!(!rules_found(&folder).contains(&UNVERIFIED_RULE.to_owned()));

    let fixed = folder.read("app/main.py");
    assert_ne!(fixed, UNVERIFIED);
    assert_eq!(folder.read("app/windows é.py"), fixed.replace('\n', "\r\n"));
    assert_eq!(folder.read("marked.py"), format!("\u{feff}{fixed}"));
    assert_eq!(folder.read("no_end.py"), fixed.trim_end());
    assert_eq!(folder.read("clean.py"), CLEAN);
}

#[test]
fn write_does_what_the_patch_does() {
    let files = [("app/main.py", UNVERIFIED), ("b.py", UNVERIFIED)];
    let (patched, written) = (Folder::new(&files), Folder::new(&files));
    patched.git_apply(&patched.run(&FIX).expect_code(0).stdout);
    let run = written.run(&WRITE).expect_code(0);
    assert!(
        run.stdout.starts_with("fixed 2 findings in 2 files\n"),
        "{}",
        run.stdout
    );
    for (path, before) in files {
        assert_eq!(written.read(path), patched.read(path));
        assert_ne!(written.read(path), before);
    }
    let again = written.run(&WRITE).expect_code(0);
    assert!(
        again.stdout.starts_with("fixed 0 findings in 0 files\n"),
        "{}",
        again.stdout
    );
    assert_eq!(written.run(&FIX).expect_code(0).stdout, "");
}

#[test]
fn placeholders_only_when_asked_for() {
    let folder = Folder::new(&[("main.py", OPEN_TO_ALL)]);
    let run = folder.run(&["fix"]).expect_code(0);
    let change = "\n+    CORSMiddleware, allow_origins=[\"https://";
    assert!(!run.stdout.contains(change), "{}", run.stdout);
    assert!(
        run.stderr.contains("warning[cors-wildcard-with-credentials]"),
        "{}",
        run.stderr
    );
    for arguments in [
        &["fix", "--placeholders"][..],
        &["fix", "--rule", "cors-wildcard-with-credentials"],
    ] {
        let run = folder.run(arguments).expect_code(0);
        assert!(run.stdout.contains(change), "{}", run.stdout);
    }
}

#[test]
fn rules_can_be_chosen() {
    let folder = Folder::new(&[("a.py", UNVERIFIED), ("b.py", HARDCODED)]);
    let run = folder.run(&FIX).expect_code(0);
    assert!(
        run.stdout.contains("+++ b/a.py") && !run.stdout.contains("b.py\n@@"),
        "{}",
        run.stdout
    );
    let run = folder
        .run(&["fix", "--rule", "jwt-signature-not-verifed"])
        .expect_code(2);
    assert!(
        run.stderr.contains("did you mean `jwt-signature-not-verified`?"),
        "{}",
        run.stderr
    );
}

#[test]
fn standard_input_gives_a_patch_and_cannot_be_written() {
    let folder = Folder::new(&[]);
    let run = folder
        .run_with_input(&["fix", "-"], UNVERIFIED.as_bytes())
        .expect_code(0);
    assert!(run.stdout.contains("+++ b/stdin.py"), "{}", run.stdout);
    let run = folder
        .run_with_input(&["fix", "--write", "-"], UNVERIFIED.as_bytes())
        .expect_code(2);
    assert!(run.stderr.contains("stdin.py cannot be written"), "{}", run.stderr);
}

#[test]
fn nothing_is_written_when_not_everything_can_be() {
    let folder = Folder::new(&[("a.py", UNVERIFIED)]);
    let arguments = ["fix", "--write", "a.py", "-"];
    folder.run_with_input(&arguments, UNVERIFIED.as_bytes()).expect_code(2);
    assert_eq!(folder.read("a.py"), UNVERIFIED);
}

#[cfg(unix)]
#[test]
fn permissions_stay_and_links_are_left_alone() {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let outside = Folder::new(&[("shared.py", UNVERIFIED)]);
    let folder = Folder::new(&[("main.py", UNVERIFIED)]);
    fs::set_permissions(folder.path("main.py"), fs::Permissions::from_mode(0o750)).expect("own file");
    symlink(outside.path("shared.py"), folder.path("shared.py")).expect("links can be made");
    folder.run(&WRITE).expect_code(0);
    assert_ne!(folder.read("main.py"), UNVERIFIED);
    let mode = fs::metadata(folder.path("main.py"))
        .expect("still there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o750);
    assert_eq!(outside.read("shared.py"), UNVERIFIED);
    assert!(
        fs::symlink_metadata(folder.path("shared.py"))
            .expect("still there")
            .is_symlink()
    );
    let left: Vec<_> = fs::read_dir(folder.root()).expect("a folder").collect();
    assert_eq!(left.len(), 2, "no temporary file is left behind: {left:?}");
}
