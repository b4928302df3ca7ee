//! Makes the JavaScript that this crate imports, so that a plain `cargo check` or `clippy` finds it.

use std::process::Command;

fn main() {
    for input in ["editor", "styles", "package-lock.json"] {
        println!("cargo::rerun-if-changed={input}");
    }
    let made = Command::new("node").arg("editor/build.mjs").status();
    match made {
        Ok(status) if status.success() => {}
        Ok(_) => {
            println!("cargo::error=the page's JavaScript could not be bundled; `npm ci` in web/ gets its packages")
        }
        Err(error) => println!("cargo::error=Node.js bundles the page's JavaScript and could not be started: {error}"),
    }
}
