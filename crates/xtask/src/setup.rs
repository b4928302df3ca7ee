//! Set-up: every tool of the browser build and of the tests, installed where it is missing.
//!
//! Each tool is one file with the same three questions: is it there, what would be done, do it.
//! What is there in the right version is used as it is, wherever on `PATH` it lies; what is
//! installed goes below `target/tools` unless only the system's package manager has it. A tool
//! that cannot be installed ends set-up with one sentence that names the command to get it.

mod apt;
mod cargo_tool;
mod chromium;
mod clang;
mod components;
mod node;
mod version;
pub(crate) mod wasm_std;

use std::fs::File;

use anyhow::{Context, Result, bail};

use crate::environment::Environment;
use crate::{process, workspace};

pub(crate) use node::test_suites;

/// What the tools are wanted for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Building the site.
    Build,
    /// Building and testing.
    Everything,
}

/// The trunk that set-up installs; `Trunk.toml` pins the same.
const TRUNK_VERSION: &str = "0.21.14";

trait Tool {
    /// Adds what this tool brings to the environment. `false` when the tool is missing.
    fn provide(&self, environment: &mut Environment) -> Result<bool>;

    /// What `install` is going to do, for the user.
    fn plan(&self) -> String;

    fn install(&self, environment: &Environment) -> Result<()>;
}

/// Installs what is missing and returns the environment of browser builds.
pub(crate) fn set_up(purpose: Purpose) -> Result<Environment> {
    let folder = workspace::tools();
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be created", folder.display()))?;
    let _lock = lock()?;
    node::require()?;

    let mut environment = Environment::default();
    environment.add_folder(folder.join("bin"));
    environment.add_folder(node::tools_folder().join("node_modules/.bin"));
    environment.set("CARGO_TARGET_DIR", workspace::wasm_target());

    let tools = tools(purpose)?;
    let mut missing = Vec::new();
    for tool in &tools {
        if !tool.provide(&mut environment)? {
            missing.push(tool);
        }
    }
    if !missing.is_empty() {
        println!("Set-up will install:");
        for tool in &missing {
            println!("  - {}", tool.plan());
        }
    }
    for tool in missing {
        println!("Set-up: {}", tool.plan());
        tool.install(&environment)?;
        if !tool.provide(&mut environment)? {
            bail!("set-up ran without an error and yet this is missing: {}", tool.plan());
        }
    }

    // Builds run offline, so that nothing but set-up ever reaches for the network.
    process::run(process::cargo().args(["fetch", "--quiet"]))?;
    clang::provide_headers(&mut environment)?;
    let script = workspace::target().join("xtask-env.sh");
    std::fs::write(&script, environment.shell_script())
        .with_context(|| format!("{} cannot be written", script.display()))?;
    if purpose == Purpose::Everything {
        println!("Set-up is complete.");
    }
    Ok(environment)
}

fn tools(purpose: Purpose) -> Result<Vec<Box<dyn Tool>>> {
    let mut tools: Vec<Box<dyn Tool>> = vec![
        Box::new(wasm_std::WasmStd),
        Box::new(clang::Clang),
        Box::new(cargo_tool::CargoTool {
            package: "trunk",
            binary: "trunk",
            version: TRUNK_VERSION.into(),
            minutes: 6,
        }),
    ];
    // The crate and the command line tool have to be of the same version.
    if let Some(version) = workspace::locked_version("wasm-bindgen")? {
        tools.push(Box::new(cargo_tool::CargoTool {
            package: "wasm-bindgen-cli",
            binary: "wasm-bindgen",
            version,
            minutes: 4,
        }));
    }
    for folder in node::package_folders(purpose)? {
        tools.push(Box::new(node::Packages { folder }));
    }
    if purpose == Purpose::Everything {
        tools.push(Box::new(components::Components));
        tools.push(Box::new(chromium::Chromium));
    }
    Ok(tools)
}

/// Two set-ups at once would write over each other's installations.
fn lock() -> Result<File> {
    let path = workspace::tools().join(".lock");
    let file = File::create(&path).with_context(|| format!("{} is not writable", path.display()))?;
    if file.try_lock().is_err() {
        println!("Set-up: waiting for another set-up in this checkout to end");
        file.lock()
            .with_context(|| format!("{} cannot be locked", path.display()))?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pin of a tool in `Trunk.toml`: `name = "version"`.
    fn pin<'text>(manifest: &'text str, name: &str) -> Option<&'text str> {
        manifest.lines().find_map(|line| {
            let (key, value) = line.split_once('=')?;
            (key.trim() == name).then(|| value.trim().trim_matches('"'))
        })
    }

    #[test]
    fn trunk_toml_pins_the_versions_that_set_up_installs() -> Result<()> {
        let manifest = std::fs::read_to_string(workspace::root().join("Trunk.toml"))?;
        let lock = std::fs::read_to_string(node::tools_folder().join("package-lock.json"))?;
        let lock: serde_json::Value = serde_json::from_str(&lock)?;
        let binaryen = lock["packages"]["node_modules/binaryen"]["version"].as_str();
        let binaryen = binaryen.and_then(|version| version.split('.').next());
        assert_eq!(
            pin(&manifest, "wasm_bindgen"),
            workspace::locked_version("wasm-bindgen")?.as_deref()
        );
        assert_eq!(
            pin(&manifest, "wasm_opt"),
            binaryen.map(|major| format!("version_{major}")).as_deref()
        );
        if let Some(trunk) = pin(&manifest, "trunk-version") {
            assert_eq!(trunk.trim_start_matches(['=', '^', '~']), TRUNK_VERSION);
        }
        Ok(())
    }
}
