//! Patches and joined fixes, held against git itself.

mod example;

use std::path::Path;
use std::process::{Command, Stdio};

use report::{Change, Finding};

/// Applies the patch of `changes` with git in a new folder and compares what comes out.
fn applies(name: &str, changes: &[Change]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("patch").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a writable folder");
    for change in changes {
        let path = folder.join(change.path);
        std::fs::create_dir_all(path.parent().expect("inside the folder")).expect("a writable folder");
        if let Some(before) = change.before {
            std::fs::write(path, before).expect("a writable file");
        }
    }
    let patch = folder.join("the.patch");
    std::fs::write(&patch, report::patch(changes.iter().copied())).expect("a writable file");
    // Outside of any repository as far as git is concerned.
    let output = Command::new("git")
        .args(["apply", "--whitespace=nowarn", "the.patch"])
        .current_dir(&folder)
        .env("GIT_CEILING_DIRECTORIES", folder.parent().expect("has a parent"))
        .stdin(Stdio::null())
        .output()
        .expect("git is installed");
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stderr),
        report::patch(changes.iter().copied())
    );
    for change in changes {
        let after = std::fs::read_to_string(folder.join(change.path)).expect("still there");
        assert_eq!(after, change.after, "{}", change.path);
    }
}

#[test]
fn git_takes_every_kind_of_text() {
    let change = |path, before, after| Change {
        path,
        before: Some(before),
        after,
    };
    applies(
        "texts",
        &[
            change("plain.py", "a\nb\nc\n", "a\nB\nc\n"),
            change("windows.py", "a\r\nb\r\n", "a\r\nB\r\nc\r\n"),
            change("mac.py", "a\rb\r", "a\rB\r"),
            change("mixed.py", "a\rb\nc\r\nd", "a\rB\nc\r\nd"),
            change("no_end.py", "a\nb", "a\nB"),
            change("gains_end.py", "a", "a\n"),
            change("empty.py", "", "import os\n"),
            Change {
                path: "folder/made here.py",
                before: None,
                after: "import os\n",
            },
            change("bom.py", "\u{feff}a\n", "\u{feff}b\n"),
            change("form_feed.py", "a\x0cb\u{2028}c\u{85}d\n", "a\x0cB\u{2028}c\u{85}d\n"),
        ],
    );
}

#[cfg(unix)]
#[test]
fn git_takes_every_name() {
    let names = [
        "with space.py",
        "tab\there.py",
        "line\nbreak.py",
        "quo\"te\\.py",
        "名/é.py",
        "-dash b/c d.py",
    ];
    let changes: Vec<Change> = names
        .iter()
        .map(|path| Change {
            path,
            before: Some("a\n"),
            after: "b\n",
        })
        .collect();
    applies("names", &changes);
}

fn finding(old: &str, new: &str) -> Finding {
    let mut finding = example::report().findings.remove(0);
    let fix = finding.fix.as_mut().expect("the example has one");
    fix.files = vec![example::file_fix(example::AUTH_PATH, example::AUTH, old, new)];
    finding
}

#[test]
fn fixes_that_touch_are_postponed_whole() {
    let mut both = finding("\"none\"", "\"HS256\", \"HS512\"");
    both.fix
        .as_mut()
        .expect("the example has one")
        .files
        .push(example::file_fix(
            example::CONFIG_PATH,
            example::CONFIG,
            "SECRET",
            "KEY",
        ));
    let findings = [finding("none", "HS256"), both, finding("import jwt", "import jwt as j")];
    let plan = report::plan(&findings);
    assert_eq!((plan.taken.len(), plan.postponed.len()), (2, 1));
    assert_eq!(plan.edits.keys().collect::<Vec<_>>(), [&example::AUTH_PATH]);
    let after = report::apply(example::AUTH, &plan.edits[example::AUTH_PATH]).expect("inside the text");
    assert_eq!(
        after,
        example::AUTH
            .replace("none", "HS256")
            .replace("import jwt", "import jwt as j")
    );
}

#[test]
fn an_edit_shared_by_two_fixes_is_made_once() {
    let findings = [finding("none", "HS256"), finding("none", "HS256")];
    let plan = report::plan(&findings);
    assert_eq!(plan.taken.len(), 2);
    assert_eq!(plan.edits[example::AUTH_PATH].edits().len(), 1);
}

#[test]
fn line_breaks_follow_the_text() {
    let edit = |at, text: &str| {
        text::TextEdit::new(vec![text::Edit {
            range: (at, at),
            text: text.to_owned(),
        }])
        .expect("one edit")
    };
    assert_eq!(
        report::apply("a\r\nb\r\n", &edit(3, "x\ny\r\n")).as_deref(),
        Ok("a\r\nx\r\ny\r\nb\r\n")
    );
    assert_eq!(report::apply("a\nb\n", &edit(2, "x\n")).as_deref(), Ok("a\nx\nb\n"));
}
