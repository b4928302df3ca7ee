//! Runs the built binary over a folder of its own.

#![allow(dead_code, reason = "each test uses its part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// One finding that every core has to make, and whose fix is safe to make: a decode that does not verify.
pub(crate) const UNVERIFIED: &str = "\
import os

import jwt

SECRET = os.environ[\"BETTER_AUTH_SECRET\"]


def read_claims(token: str) -> dict:
    return jwt.decode(token, SECRET, algorithms=[\"HS256\"], options={\"verify_signature\": False})
";
pub(crate) const UNVERIFIED_RULE: &str = "jwt-signature-not-verified";
pub(crate) const CLEAN: &str = "x = 1\n";

/// A folder that goes away with the test.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new(files: &[(&str, &str)]) -> Folder {
        let folder = Folder(TempDir::new().expect("a writable folder for temporary files"));
        for (path, text) in files {
            folder.write(path, text.as_bytes());
        }
        folder
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("inside the folder")).expect("a writable folder");
        fs::write(path, bytes).expect("a writable file");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect("a text file")
    }

    /// Runs the binary in the folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::new(
            self.command(arguments)
                .stdin(Stdio::null())
                .output()
                .expect("it starts"),
        )
    }

    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Run {
        let path = self.path("input");
        fs::write(&path, input).expect("a writable file");
        let input = fs::File::open(&path).expect("just written");
        Run::new(self.command(arguments).stdin(input).output().expect("it starts"))
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_claimcheck"));
        command.args(arguments).current_dir(self.root());
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(variable);
        }
        command
    }

    /// Applies `patch` with git, which is to know no repository here.
    pub(crate) fn git_apply(&self, patch: &str) {
        self.write("the.patch", patch.as_bytes());
        let output = Command::new("git")
            .args(["apply", "--whitespace=nowarn", "the.patch"])
            .current_dir(self.root())
            .env("GIT_CEILING_DIRECTORIES", self.root().parent().expect("has a parent"))
            .output()
            .expect("git is installed");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{message}\n{patch}");
    }
}

pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn new(output: Output) -> Run {
        Run {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    #[track_caller]
    pub(crate) fn expect_code(self, code: i32) -> Run {
        assert_eq!(self.code, Some(code), "{}\n{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).expect("JSON on standard output")
    }

    /// The paths of all files of a JSON report, with the reason where one was skipped.
    #[track_caller]
    pub(crate) fn files(&self) -> Vec<(String, Option<String>)> {
        let report = self.json();
        let files = report["files"].as_array().expect("a list");
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        files
            .iter()
            .map(|file| (text(&file["path"]).expect("a path"), text(&file["status"]["reason"])))
            .collect()
    }

    #[track_caller]
    pub(crate) fn paths(&self) -> Vec<String> {
        self.files().into_iter().map(|(path, _)| path).collect()
    }
}
