//! `claimcheck audit` as a user runs it.

mod command;

use std::io::Read as _;
use std::process::Stdio;

use command::{CLEAN, Folder, UNVERIFIED, UNVERIFIED_RULE};

const JSON: [&str; 4] = ["audit", "--format", "json", "--fail-on=never"];

fn json<'a>(paths: &[&'a str]) -> Vec<&'a str> {
    JSON.iter().chain(paths).copied().collect()
}

#[test]
fn exit_code_follows_fail_on() {
    let folder = Folder::new(&[("main.py", UNVERIFIED)]);
    folder.run(&["audit"]).expect_code(1);
    folder.run(&["audit", "--fail-on", "suggestion"]).expect_code(1);
    folder.run(&["audit", "--fail-on", "never"]).expect_code(0);
    Folder::new(&[("main.py", CLEAN)])
        .run(&["audit", "--fail-on", "suggestion"])
        .expect_code(0);
}

#[test]
fn wrong_usage_is_2() {
    let folder = Folder::new(&[("main.py", CLEAN)]);
    for arguments in [
        &["audit", "nowhere"][..],
        &["audit", "main.py", "nowhere.py"],
        &["audit", "--format", "xml"],
        &["audit", "--output", "no/such/folder/report.txt"],
        &["frobnicate"],
        &[],
    ] {
        let run = folder.run(arguments).expect_code(2);
        assert!(!run.stderr.is_empty(), "{arguments:?} says why");
    }
}

#[test]
fn an_audit_of_nothing_is_not_clean() {
    let run = Folder::new(&[("readme.txt", "")]).run(&["audit"]).expect_code(2);
    assert!(run.stderr.contains("no Python files in ."), "{}", run.stderr);
    let folder = Folder::new(&[]);
    folder.write("a.py", b"\xff");
    let run = folder.run(&["audit"]).expect_code(2);
    assert!(
        run.stdout.contains("not audited: a.py: it is not UTF-8"),
        "{}",
        run.stdout
    );
    assert!(
        run.stderr.contains("none of the files could be audited"),
        "{}",
        run.stderr
    );
}

#[test]
fn text_shows_the_place_and_the_sum() {
    let folder = Folder::new(&[("app/main.py", UNVERIFIED), ("app/other.py", CLEAN)]);
    let run = folder.run(&["audit"]).expect_code(1);
    for part in [
        format!("critical[{UNVERIFIED_RULE}]: "),
        "--> app/main.py:9:".to_owned(),
        "9 |     return jwt.decode(token, SECRET".to_owned(),
        "= note: confidence: ".to_owned(),
        " in 2 files\n".to_owned(),
    ] {
        assert!(run.stdout.contains(&part), "{part}\n{}", run.stdout);
    }
    assert!(!run.stdout.contains('\x1b'), "no colour without a terminal");
}

#[test]
fn colour_is_a_matter_of_the_option_and_the_environment() {
    let folder = Folder::new(&[("main.py", UNVERIFIED)]);
    let coloured = folder.run(&["audit", "--color", "always"]).expect_code(1);
    assert!(coloured.stdout.contains("\x1b["));
    let forced = folder
        .command(&["audit"])
        .env("CLICOLOR_FORCE", "1")
        .output()
        .expect("it starts");
    assert!(forced.stdout.contains(&b'\x1b'));
    let mut refused = folder.command(&["audit"]);
    let refused = refused.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output();
    assert!(!refused.expect("it starts").stdout.contains(&b'\x1b'));
    // Colour belongs to text on a terminal, not to files and other formats.
    let json = folder.run(&["audit", "--color", "always", "--format", "json"]);
    assert!(!json.stdout.contains('\x1b'));
    folder
        .run(&["audit", "--color", "always", "--output", "report.txt"])
        .expect_code(1);
    assert!(!folder.read("report.txt").contains('\x1b'));
}

#[test]
fn every_format_on_standard_output_and_in_a_file() {
    let folder = Folder::new(&[("main.py", UNVERIFIED)]);
    for (format, sign) in [
        ("text", "critical["),
        ("json", "\"schemaVersion\": 1"),
        ("sarif", "\"version\": \"2.1.0\""),
        ("markdown", "### 🔴 Critical Security Issues (Must Fix Immediately)"),
    ] {
        let run = folder.run(&["audit", "--format", format]).expect_code(1);
        assert!(run.stdout.contains(sign), "{}", run.stdout);
        assert!(run.stdout.ends_with('\n'));
        let file = folder
            .run(&["audit", "--format", format, "--output", "report.out"])
            .expect_code(1);
        assert_eq!((file.stdout.as_str(), folder.read("report.out")), ("", run.stdout));
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let folder = Folder::new(&[("b/main.py", UNVERIFIED), ("a/main.py", UNVERIFIED), ("c.py", CLEAN)]);
    for format in ["text", "json", "sarif", "markdown"] {
        let first = folder.run(&["audit", "--format", format]);
        let second = folder.run(&["audit", "--format", format, "."]);
        assert_eq!(first.stdout, second.stdout);
    }
}

#[test]
fn folders_are_searched_for_code_of_the_project() {
    let folder = Folder::new(&[
        (".gitignore", "build/\n*_generated.py\n"),
        ("app/main.py", CLEAN),
        ("app/types.pyi", CLEAN),
        ("app/notes.txt", CLEAN),
        ("app/x_generated.py", CLEAN),
        (".hidden/tool.py", CLEAN),
        ("build/out.py", CLEAN),
        ("environment/pyvenv.cfg", ""),
        ("environment/lib/x.py", CLEAN),
        ("lib/site-packages/x.py", CLEAN),
        ("node_modules/gyp/x.py", CLEAN),
        ("app/__pycache__/x.py", CLEAN),
        (".git/hooks/x.py", CLEAN),
    ]);
    let run = folder.run(&JSON).expect_code(0);
    assert_eq!(run.paths(), [".hidden/tool.py", "app/main.py"]);
    // What is named is meant.
    let run = folder
        .run(&json(&["build/out.py", "app/notes.txt", "environment"]))
        .expect_code(0);
    assert_eq!(run.paths(), ["app/notes.txt", "build/out.py", "environment/lib/x.py"]);
}

#[test]
fn paths_are_relative_to_the_folder_or_to_what_is_common() {
    let folder = Folder::new(&[("a/x/one.py", CLEAN), ("a/y/two.py", CLEAN), ("b/three.py", CLEAN)]);
    let paths = |arguments: &[&str]| folder.run(&json(arguments)).expect_code(0).paths();
    assert_eq!(paths(&["a"]), ["x/one.py", "y/two.py"]);
    assert_eq!(paths(&["a/x/../x/"]), ["one.py"]);
    assert_eq!(paths(&["a/x/one.py"]), ["a/x/one.py"]);
    assert_eq!(paths(&["a/x", "a/y"]), ["a/x/one.py", "a/y/two.py"]);
    assert_eq!(paths(&["a", "a/x/one.py", "./a/x"]), ["a/x/one.py", "a/y/two.py"]);
    // From elsewhere: the deepest folder that holds all.
    let elsewhere = Folder::new(&[]);
    let (x, y) = (folder.path("a/x"), folder.path("a/y/two.py"));
    let arguments = [x.to_str().expect("UTF-8"), y.to_str().expect("UTF-8")];
    let run = elsewhere.run(&json(&arguments)).expect_code(0);
    assert_eq!(run.paths(), ["x/one.py", "y/two.py"]);
}

#[test]
fn standard_input_is_a_file() {
    let folder = Folder::new(&[("main.py", CLEAN)]);
    let run = folder
        .run_with_input(&["audit", "-"], UNVERIFIED.as_bytes())
        .expect_code(1);
    assert!(run.stdout.contains("--> stdin.py:9:"), "{}", run.stdout);
    let run = folder.run_with_input(&json(&["-", "main.py"]), b"").expect_code(0);
    assert_eq!(run.paths(), ["main.py", "stdin.py"]);
    folder.run_with_input(&["audit", "-"], b"\xff").expect_code(2);
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_audited() {
    let folder = Folder::new(&[("main.py", UNVERIFIED)]);
    folder.write("latin.py", b"# \xe9");
    folder.write("large.py", &vec![b'#'; 5 * 1024 * 1024 + 1]);
    let run = folder.run(&json(&[]));
    let reason = |text: &str| Some(text.to_owned());
    assert_eq!(
        run.files(),
        [
            ("large.py".to_owned(), reason("it is larger than 5 MB")),
            ("latin.py".to_owned(), reason("it is not UTF-8 (byte 3)")),
            ("main.py".to_owned(), None),
        ]
    );
    let report = run.json();
    assert_eq!(report["summary"]["filesSkipped"], 2);
    assert_eq!(report["summary"]["filesAudited"], 1);
    assert_eq!(report["findings"][0]["rule"], UNVERIFIED_RULE);
    assert!(
        run.stderr
            .contains("warning: latin.py is not audited: it is not UTF-8 (byte 3)")
    );
    for format in ["text", "markdown", "sarif"] {
        let run = folder.run(&["audit", "--format", format]).expect_code(1);
        assert!(
            run.stdout.contains("large.py") && run.stdout.contains("latin.py"),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn a_byte_order_mark_moves_no_column() {
    let folder = Folder::new(&[("plain.py", UNVERIFIED)]);
    folder.write("marked.py", format!("\u{feff}{UNVERIFIED}").as_bytes());
    let report = folder.run(&JSON).json();
    let findings = report["findings"].as_array().expect("a list");
    let places = |file: &str| -> Vec<_> {
        let locations = findings.iter().map(|finding| &finding["location"]);
        locations
            .filter(|at| at["file"] == file)
            .map(|at| &at["start"])
            .collect()
    };
    assert_eq!(places("marked.py"), places("plain.py"));
    assert!(!places("plain.py").is_empty());
}

#[test]
fn a_line_of_five_megabytes_is_audited_and_cut() {
    let folder = Folder::new(&[]);
    let filler = "x = 1; ".repeat(350_000);
    let decode = "claims = jwt.decode(t, KEY, algorithms=[\"HS256\"], options={\"verify_signature\": False})";
    folder.write("min.py", format!("import jwt\n{filler}{decode}; {filler}\n").as_bytes());
    let run = folder.run(&["audit"]).expect_code(1);
    assert!(run.stdout.contains("verify_signature"), "the place is shown");
    assert!(run.stdout.len() < 20_000, "{} bytes", run.stdout.len());
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::process::Command;

    use super::*;

    #[test]
    fn links_are_followed_to_files_once() {
        let folder = Folder::new(&[("app/main.py", CLEAN)]);
        let outside = Folder::new(&[("shared.py", CLEAN)]);
        let link = |target: &str, name: &str| symlink(target, folder.path(name)).expect("links can be made");
        link(".", "app/loop");
        link("..", "app/up.py");
        link("main.py", "app/alias.py");
        link("nowhere.py", "app/broken.py");
        link("self.py", "app/self.py");
        symlink(outside.path("shared.py"), folder.path("app/shared.py")).expect("links can be made");
        let reason = Some("it is a broken link".to_owned());
        assert_eq!(
            folder.run(&json(&[])).expect_code(0).files(),
            [
                ("app/broken.py".to_owned(), reason.clone()),
                ("app/main.py".to_owned(), None),
                ("app/self.py".to_owned(), reason.clone()),
                ("app/shared.py".to_owned(), None),
            ]
        );
        let run = folder.run(&json(&["app/alias.py", "app/broken.py"])).expect_code(0);
        assert_eq!(
            run.files(),
            [("app/alias.py".to_owned(), None), ("app/broken.py".to_owned(), reason)]
        );
    }

    #[test]
    fn what_is_no_regular_file_is_not_waited_for() {
        let folder = Folder::new(&[("main.py", CLEAN)]);
        let made = Command::new("mkfifo").arg(folder.path("pipe.py")).status();
        assert!(made.expect("mkfifo is installed").success());
        let reason = Some("it is not a regular file".to_owned());
        assert_eq!(
            folder.run(&json(&[])).expect_code(0).files(),
            [("main.py".to_owned(), None), ("pipe.py".to_owned(), reason)]
        );
    }

    #[test]
    fn unreadable_files_and_folders_are_named() {
        let folder = Folder::new(&[("main.py", CLEAN), ("secret.py", CLEAN), ("closed/x.py", CLEAN)]);
        let close = |path: &str, mode| {
            fs::set_permissions(folder.path(path), fs::Permissions::from_mode(mode)).expect("own file");
        };
        close("secret.py", 0o000);
        close("closed", 0o000);
        let is_refused = fs::read(folder.path("secret.py")).is_err();
        let run = folder.run(&json(&[])).expect_code(0);
        close("closed", 0o755);
        // To an administrator nothing is closed.
        if is_refused {
            assert_eq!(run.paths(), ["closed", "main.py", "secret.py"]);
            assert_eq!(run.stderr.matches("it cannot be read: Permission denied").count(), 2);
        } else {
            assert_eq!(run.paths(), ["closed/x.py", "main.py", "secret.py"]);
        }
    }

    #[test]
    fn hostile_names_stay_names() {
        let names = ["a\n| b.py", "esc\x1b[31m.py", "<b>`x` [l](y)|.py", "名 é.py"];
        let files: Vec<(&str, &str)> = names.iter().map(|name| (*name, UNVERIFIED)).collect();
        let folder = Folder::new(&files);
        let text = folder.run(&["audit"]).expect_code(1).stdout;
        assert!(!text.contains('\x1b') && text.contains("esc␛[31m.py"), "{text}");
        assert!(text.contains("--> a␊| b.py:9:"), "{text}");
        let mut expected = names.to_vec();
        expected.sort_unstable();
        assert_eq!(folder.run(&json(&[])).paths(), expected);
        let markdown = folder.run(&["audit", "--format", "markdown"]).stdout;
        assert!(markdown.contains("`a␊| b.py:9`"), "{markdown}");
        assert!(markdown.contains("``<b>`x` [l](y)|.py:9``"), "{markdown}");
        let sarif = folder.run(&["audit", "--format", "sarif"]).json();
        let uri = &sarif["runs"][0]["artifacts"][1]["location"]["uri"];
        assert_eq!(uri, "a%0A%7C%20b.py");
    }

    #[test]
    fn a_name_that_is_not_unicode_is_skipped() {
        let folder = Folder::new(&[("main.py", CLEAN)]);
        let name = OsStr::from_bytes(b"caf\xe9.py");
        if fs::write(folder.root().join(name), CLEAN).is_err() {
            return; // This file system has only Unicode names.
        }
        let reason = Some("its name is not UTF-8".to_owned());
        assert_eq!(
            folder.run(&json(&[])).expect_code(0).files(),
            [("caf\u{fffd}.py".to_owned(), reason), ("main.py".to_owned(), None)]
        );
    }
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let files: Vec<(String, &str)> = (0..300).map(|n| (format!("m{n}.py"), UNVERIFIED)).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let folder = Folder::new(&files);
    let mut child = folder
        .command(&["audit"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdout = child.stdout.take().expect("piped");
    let mut byte = [0];
    stdout.read_exact(&mut byte).expect("it prints something");
    drop(stdout);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
