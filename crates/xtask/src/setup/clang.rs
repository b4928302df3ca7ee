//! A C compiler that makes WebAssembly, for tree-sitter and the Python grammar.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Tool, apt, version};
use crate::environment::{Environment, quoted};
use crate::{process, workspace};

/// Older ones make objects that today's linker warns about or refuses.
const OLDEST_CLANG: u32 = 14;
/// The newest release that is asked of the package manager by number.
const PREFERRED_CLANG: u32 = 22;

pub(crate) struct Clang;

impl Tool for Clang {
    fn provide(&self, environment: &mut Environment) -> Result<bool> {
        let Some((compiler, archiver)) = find() else {
            return Ok(false);
        };
        environment.set("CC_wasm32_unknown_unknown", compiler);
        environment.set("AR_wasm32_unknown_unknown", archiver);
        Ok(true)
    }

    fn plan(&self) -> String {
        let way = if apt::usable() {
            " (apt-get install clang llvm)"
        } else {
            ""
        };
        format!("clang and llvm-ar that make WebAssembly{way}")
    }

    fn install(&self, _environment: &Environment) -> Result<()> {
        if apt::usable() {
            let numbered = [format!("clang-{PREFERRED_CLANG}"), format!("llvm-{PREFERRED_CLANG}")];
            let numbered = numbered.each_ref().map(String::as_str);
            let plain = ["clang", "llvm"];
            let packages = if apt::offers(&numbered) { numbered } else { plain };
            if apt::install(&packages).is_ok() {
                return Ok(());
            }
        }
        bail!(
            "a clang that makes WebAssembly, with its llvm-ar, is missing; install them with `{}`",
            if apt::is_there() {
                "sudo apt-get install clang llvm"
            } else if cfg!(target_os = "macos") {
                // Apple's own clang is built without the WebAssembly target.
                "brew install llvm"
            } else {
                "your system's package manager"
            }
        )
    }
}

/// tree-sitter-python's build script leaves out the C headers that tree-sitter-language ships for
/// WebAssembly, where no C library is; they are passed through the compiler's flags instead.
pub(crate) fn provide_headers(environment: &mut Environment) -> Result<()> {
    let headers = wasm_headers()?;
    // The flags are split like a shell's words, so that a folder's name may hold a space.
    environment.set("CC_SHELL_ESCAPED_FLAGS", "1");
    let flag = format!("-I{}", quoted(&headers.to_string_lossy()));
    environment.set("CFLAGS_wasm32_unknown_unknown", flag);
    Ok(())
}

fn wasm_headers() -> Result<PathBuf> {
    // Cargo knows which of the versions in its registry this workspace uses; a glob does not.
    let metadata = process::output(process::cargo().args(["metadata", "--format-version=1", "--offline", "--quiet"]))?;
    let metadata: Value = serde_json::from_str(&metadata).context("cargo metadata is not JSON")?;
    let manifest = manifest_of(&metadata, "tree-sitter-language")
        .context("the workspace has no dependency tree-sitter-language")?;
    let headers = Path::new(manifest).with_file_name("wasm").join("include");
    if !headers.is_dir() {
        bail!(
            "tree-sitter-language has no C headers for WebAssembly in {}",
            headers.display()
        );
    }
    Ok(headers)
}

fn manifest_of<'metadata>(metadata: &'metadata Value, package: &str) -> Option<&'metadata str> {
    let packages = metadata["packages"].as_array()?;
    packages.iter().find(|found| found["name"] == package)?["manifest_path"].as_str()
}

fn find() -> Option<(PathBuf, PathBuf)> {
    let numbered = (OLDEST_CLANG..=PREFERRED_CLANG + 4)
        .rev()
        .map(|number| format!("clang-{number}"));
    let on_path = std::iter::once("clang".to_owned())
        .chain(numbered)
        .filter_map(|name| process::find(&name));
    let homebrew = ["/opt/homebrew/opt/llvm/bin/clang", "/usr/local/opt/llvm/bin/clang"];
    on_path
        .chain(homebrew.iter().map(PathBuf::from).filter(|file| file.is_file()))
        .filter(|compiler| makes_wasm(compiler))
        .find_map(|compiler| Some((compiler.clone(), archiver(&compiler)?)))
}

/// Compiles an empty file: some clangs know the target's name and have no code generator for it.
fn makes_wasm(compiler: &Path) -> bool {
    let printed = process::output(Command::new(compiler).arg("--version")).unwrap_or_default();
    let major = version::printed(&printed).and_then(version::major);
    if major.is_none_or(|major| major < OLDEST_CLANG) {
        return false;
    }
    let object = workspace::tools().join("probe.o");
    let mut command = Command::new(compiler);
    command.args(["--target=wasm32-unknown-unknown", "-c", "-x", "c", "/dev/null", "-o"]);
    let made = process::output(command.arg(&object)).is_ok();
    let _ = std::fs::remove_file(object);
    made
}

/// The llvm-ar that belongs to a clang: the system's `ar` writes no index of wasm objects.
fn archiver(compiler: &Path) -> Option<PathBuf> {
    let name = compiler.file_name()?.to_str()?.replace("clang", "llvm-ar");
    let real = compiler.canonicalize().ok()?;
    let beside = [compiler.with_file_name(&name), real.with_file_name("llvm-ar")];
    beside
        .into_iter()
        .find(|file| file.is_file())
        .or_else(|| process::find("llvm-ar"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_of_a_package_is_found_by_its_whole_name() {
        let metadata = serde_json::json!({"packages": [
            {"name": "tree-sitter", "manifest_path": "/a/Cargo.toml"},
            {"name": "tree-sitter-language", "manifest_path": "/b/Cargo.toml"},
        ]});
        assert_eq!(manifest_of(&metadata, "tree-sitter-language"), Some("/b/Cargo.toml"));
        assert_eq!(manifest_of(&metadata, "tree-sitter-python"), None);
    }
}
