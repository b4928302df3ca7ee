//! Rust's standard library for the browser.
//!
//! `rustup target add` is the way. Where it cannot work (no rustup, or its server is out of
//! reach), Debian's `rustc-web` with the matching library source serves instead: the library is
//! built once, and a sysroot below `target/tools` joins it with the compiler. Browser builds then
//! run with `RUSTC` naming a wrapper in that sysroot; native builds keep the user's toolchain.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{Tool, apt, version};
use crate::environment::{Environment, quoted};
use crate::{process, workspace};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's compiler, which is not the user's own.
const SYSTEM_RUSTC: &str = "/usr/bin/rustc";
const SYSTEM_CLIPPY: &str = "/usr/bin/cargo-clippy";
/// A link to the linker of one LLVM release; it dangles until that release's lld is installed.
const SYSTEM_LINKER: &str = "/usr/bin/rust-lld";
const SYSTEM_PACKAGES: [&str; 4] = ["rustc-web", "rust-web-src", "rust-web-clippy", "rust-web-llvm"];
const OLDEST_RUSTC: &str = env!("CARGO_PKG_RUST_VERSION");

pub(crate) struct WasmStd;

impl Tool for WasmStd {
    fn provide(&self, environment: &mut Environment) -> Result<bool> {
        if toolchain_has_target() {
            return Ok(true);
        }
        if !sysroot_is_current() {
            return Ok(false);
        }
        environment.set("RUSTC", sysroot().join("bin/rustc"));
        Ok(true)
    }

    fn plan(&self) -> String {
        let fallback = if apt::usable() {
            "; failing that, Debian's rustc-web and a sysroot in target/tools"
        } else {
            ""
        };
        format!("Rust's standard library for {TARGET} (rustup target add{fallback})")
    }

    fn install(&self, _environment: &Environment) -> Result<()> {
        if process::find("rustup").is_some() {
            let mut command = Command::new("rustup");
            command.args(["target", "add", TARGET]).current_dir(workspace::root());
            // Where the server is out of reach, one attempt says as much as five.
            let added = process::run(command.env("RUSTUP_MAX_RETRIES", "1"));
            if added.is_ok() && toolchain_has_target() {
                return Ok(());
            }
        }
        if !apt::usable() {
            bail!(
                "Rust's standard library for {TARGET} is missing; install it with \
                 `rustup target add {TARGET}`"
            );
        }
        println!("Set-up: rustup cannot add {TARGET}; Debian's compiler is used for browser builds");
        install_sysroot().with_context(|| {
            format!(
                "Rust's standard library for {TARGET} is missing; install it with \
                 `rustup target add {TARGET}`"
            )
        })
    }
}

/// The `cargo clippy` of browser builds; it has to match the compiler the library was built by.
pub(crate) fn clippy(environment: &Environment) -> Result<Command> {
    if environment.get("RUSTC").is_none() {
        let mut command = process::cargo();
        environment.apply(&mut command)?;
        command.arg("clippy");
        return Ok(command);
    }
    let mut command = environment.command(SYSTEM_CLIPPY)?;
    let folders = std::iter::once(PathBuf::from("/usr/bin"));
    let path = environment.path()?;
    let folders = folders.chain(std::env::split_paths(&path));
    command
        .arg("clippy")
        .env("PATH", std::env::join_paths(folders)?)
        // clippy's own driver runs in the compiler's place, past the wrapper that adds this.
        .env("RUSTFLAGS", format!("--sysroot={}", sysroot().display()));
    Ok(command)
}

fn toolchain_has_target() -> bool {
    let rustc = process::user_rustc().unwrap_or_else(|| "rustc".into());
    process::output(Command::new(rustc).args(["--print", "sysroot"]))
        .is_ok_and(|sysroot| has_std(Path::new(sysroot.trim())))
}

fn has_std(sysroot: &Path) -> bool {
    let Ok(entries) = fs::read_dir(sysroot.join("lib/rustlib").join(TARGET).join("lib")) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}

fn sysroot() -> PathBuf {
    workspace::tools().join("wasm-sysroot")
}

/// Names the compiler a sysroot was made for; written last, so an interrupted one is made anew.
fn stamp() -> PathBuf {
    sysroot().join("made-for")
}

fn system_compiler() -> Result<String> {
    process::output(Command::new(SYSTEM_RUSTC).arg("-vV"))
}

fn sysroot_is_current() -> bool {
    let Ok(compiler) = system_compiler() else {
        return false;
    };
    fs::read_to_string(stamp()).is_ok_and(|made_for| made_for == compiler)
        && has_std(&sysroot())
        && Path::new(SYSTEM_CLIPPY).is_file()
        && Path::new(SYSTEM_LINKER).is_file()
}

fn install_sysroot() -> Result<()> {
    apt::install(&SYSTEM_PACKAGES)?;
    if !Path::new(SYSTEM_LINKER).is_file() {
        let link = fs::read_link(SYSTEM_LINKER)?;
        let release = llvm_release(&link).context("the system's rust-lld names no LLVM release")?;
        apt::install(&[&format!("lld-{release}")])?;
    }
    let compiler = system_compiler()?;
    let release = field(&compiler, "release").context("`rustc -vV` names no release")?;
    let host = field(&compiler, "host").context("`rustc -vV` names no host")?;
    if !version::at_least(release, OLDEST_RUSTC) {
        bail!("Debian's rustc {release} is older than the {OLDEST_RUSTC} this project needs");
    }

    let root = sysroot();
    let _ = fs::remove_dir_all(&root);
    let libraries = root.join("lib/rustlib").join(TARGET).join("lib");
    fs::create_dir_all(&libraries)?;
    fs::create_dir_all(root.join("bin"))?;
    build_std(&libraries)?;
    link(
        &Path::new("/usr/lib/rustlib").join(host),
        &root.join("lib/rustlib").join(host),
    )?;
    write_wrapper(&root)?;
    fs::write(stamp(), compiler)?;
    Ok(())
}

/// Builds std for an empty crate and keeps the libraries.
fn build_std(libraries: &Path) -> Result<()> {
    let krate = workspace::tools().join("build/wasm-std");
    fs::create_dir_all(krate.join("src"))?;
    fs::write(krate.join("src/lib.rs"), "#![no_std]\n")?;
    fs::write(
        krate.join("Cargo.toml"),
        "[package]\nname = \"seed\"\nedition = \"2024\"\n\n[workspace]\n",
    )?;
    let mut command = process::cargo();
    command
        .args(["build", "--quiet", "--release", "--target", TARGET])
        .arg("-Zbuild-std=std,panic_abort")
        .current_dir(&krate)
        .env("RUSTC", SYSTEM_RUSTC)
        .env("RUSTC_BOOTSTRAP", "1")
        // Without the bitcode a link with `lto = true` finds no section to optimise.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("CARGO_TARGET_DIR", krate.join("target"));
    process::run(&mut command)?;
    let built = krate.join("target").join(TARGET).join("release/deps");
    for entry in fs::read_dir(&built).with_context(|| format!("{}", built.display()))? {
        let file = entry?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libseed-") {
            fs::copy(&file, libraries.join(name))?;
        }
    }
    let _ = fs::remove_dir_all(krate);
    Ok(())
}

/// The compiler with this sysroot, unless the arguments bring one: given twice it is an error.
fn write_wrapper(root: &Path) -> Result<()> {
    let wrapper = root.join("bin/rustc");
    let script = format!(
        "#!/bin/sh\n\
         for argument in \"$@\"; do\n\
         \x20 case $argument in --sysroot|--sysroot=*) exec {SYSTEM_RUSTC} \"$@\" ;; esac\n\
         done\n\
         exec {SYSTEM_RUSTC} --sysroot {} \"$@\"\n",
        quoted(&root.to_string_lossy())
    );
    fs::write(&wrapper, script)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

fn link(from: &Path, to: &Path) -> Result<()> {
    #[cfg(unix)]
    std::os::unix::fs::symlink(from, to).with_context(|| format!("{} cannot be linked", to.display()))?;
    #[cfg(not(unix))]
    bail!("{} cannot be linked to {} here", from.display(), to.display());
    #[cfg(unix)]
    Ok(())
}

/// The release in a link such as `lld-22`.
fn llvm_release(link: &Path) -> Option<&str> {
    link.file_name()?.to_str()?.strip_prefix("lld-")
}

/// The value of `name: value` in `rustc -vV`.
fn field<'text>(verbose: &'text str, name: &str) -> Option<&'text str> {
    verbose
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_the_verbose_version_are_read_by_name() {
        let verbose = "rustc 1.96.0 (built)\nbinary: rustc\nhost: x86_64-unknown-linux-gnu\nrelease: 1.96.0\n";
        assert_eq!(field(verbose, "host"), Some("x86_64-unknown-linux-gnu"));
        assert_eq!(field(verbose, "release"), Some("1.96.0"));
        assert_eq!(field(verbose, "commit-hash"), None);
    }

    #[test]
    fn the_linker_s_release_is_read_from_its_link() {
        assert_eq!(llvm_release(Path::new("lld-22")), Some("22"));
        assert_eq!(llvm_release(Path::new("lld")), None);
    }
}
