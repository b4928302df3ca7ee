//! What keeps the repository in order and no compiler checks.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What each crate may depend on in this workspace, from the bottom up.
const LAYERS: [(&str, &[&str]); 13] = [
    ("text", &[]),
    ("report", &["text"]),
    ("syntax", &["text"]),
    ("semantic", &["text", "syntax"]),
    ("facts", &["text", "syntax", "semantic"]),
    ("audit", &["text", "syntax", "semantic", "facts", "report"]),
    ("configuration", &["audit"]),
    ("test-utils", &["text", "syntax", "report"]),
    ("page-state", &["text", "report"]),
    // The bench measures the parser beside the audit.
    (
        "claimcheck-wasm",
        &["text", "syntax", "audit", "configuration", "report"],
    ),
    ("claimcheck", &["text", "audit", "configuration", "report"]),
    // The audit core lives in the worker's module.
    ("web", &["text", "report", "page-state"]),
    ("xtask", &[]),
];

/// Dependencies from outside that only some crates may name.
const RESERVED: [(&str, &[&str]); 2] = [
    ("tree-sitter", &["syntax"]),
    ("serde", &["report", "claimcheck-wasm", "web", "claimcheck", "xtask"]),
];

/// What the core has no business with: it is a function of text and options.
const OUTSIDE_WORLD: [&str; 5] = ["std::fs", "std::net", "std::process", "std::thread", "std::time"];
const CORE: [&str; 6] = ["text", "syntax", "semantic", "facts", "audit", "report"];

#[test]
fn dependencies_point_one_way() {
    let mut problems = Vec::new();
    for manifest in manifests() {
        let name = manifest["package"]["name"]
            .as_str()
            .expect("a package has a name")
            .to_owned();
        let dependencies = dependencies(&manifest, "dependencies");
        let Some((_, allowed)) = LAYERS.iter().find(|(layer, _)| *layer == name) else {
            problems.push(format!("{name}: say in LAYERS what it may depend on"));
            continue;
        };
        for (dependency, is_ours) in dependencies {
            if is_ours && !allowed.contains(&&*dependency) {
                problems.push(format!("{name} depends on {dependency}, which points the wrong way"));
            }
            let reserved = RESERVED.iter().find(|(family, _)| is_of_family(&dependency, family));
            if reserved.is_some_and(|(_, crates)| !crates.contains(&&*name)) {
                problems.push(format!("{name} names {dependency}, which is not its business"));
            }
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn the_core_knows_no_outside_world() {
    let mut problems = Vec::new();
    for name in CORE {
        for path in files_below(&root().join("crates").join(name).join("src"), "rs") {
            let text = read(&path);
            // Tests stand last in a file, or in a folder of their own.
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            let is_test = path.iter().any(|part| part == "testing" || part == "tests");
            for word in OUTSIDE_WORLD.iter().filter(|word| !is_test && code.contains(**word)) {
                problems.push(format!("{} uses {word}", shown(&path)));
            }
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn files_say_what_they_are_for() {
    let mut problems = Vec::new();
    for folder in ["crates", "web/src"] {
        for path in files_below(&root().join(folder), "rs") {
            let text = read(&path);
            let first = text.lines().next().unwrap_or_default();
            if first
                .strip_prefix("//! ")
                .is_none_or(|purpose| purpose.trim().is_empty())
            {
                problems.push(format!("{} does not begin with `//!` and its purpose", shown(&path)));
            }
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn tests_neither_sleep_nor_hide() {
    let mut problems = Vec::new();
    for path in files_below(&root().join("crates"), "rs") {
        // Put together, so that this file does not find itself.
        for word in [concat!("#[", "ignore"), concat!("thread::", "sleep")] {
            // Set-up waits for servers to come up.
            if !path.iter().any(|part| part == "xtask") && read(&path).contains(word) {
                problems.push(format!("{} has {word}", shown(&path)));
            }
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn links_in_documents_lead_somewhere() {
    let mut problems = Vec::new();
    for path in files_below(&root(), "md") {
        for link in links(&read(&path)) {
            if let Some(problem) = link_problem(&path, &link) {
                problems.push(format!("{}: {problem}", shown(&path)));
            }
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// The policy of the page, in each place where a host finds it.
#[test]
fn the_documented_policy_is_that_of_the_page() {
    let page = read(&root().join("index.html"));
    let start = page.find("content=\"default-src").expect("the page has a policy") + "content=\"".len();
    let policy = page[start..].split('"').next().unwrap_or_default();
    let hosting = read(&root().join("docs/hosting.md"));
    assert_eq!(hosting.matches("default-src").count(), hosting.matches(policy).count());
    assert!(hosting.contains(policy), "{policy}");
}

fn link_problem(document: &Path, link: &str) -> Option<String> {
    let is_outside = link.contains("://") || link.starts_with("mailto:");
    if is_outside || link.is_empty() {
        return None;
    }
    let (file, anchor) = link
        .split_once('#')
        .map_or((link, None), |(file, anchor)| (file, Some(anchor)));
    let folder = document.parent().unwrap_or(document);
    let target = if file.is_empty() {
        document.to_owned()
    } else {
        folder.join(file)
    };
    if !target.exists() {
        return Some(format!("{link} leads nowhere"));
    }
    let is_document = target.extension().is_some_and(|extension| extension == "md");
    let anchor = anchor.filter(|_| is_document)?;
    let known = heading_anchors(&read(&target)).iter().any(|known| known == anchor);
    (!known).then(|| format!("{link}: there is no such heading"))
}

/// Targets of `[text](target)`, `![text](target)` and `src="target"`, outside code blocks and code spans.
fn links(markdown: &str) -> Vec<String> {
    let mut out = Vec::new();
    for line in outside_code(markdown) {
        // Every second piece is a code span.
        let text: String = line.split('`').step_by(2).collect();
        for (opening, closing) in [("](", ')'), ("src=\"", '"')] {
            let targets = text
                .split(opening)
                .skip(1)
                .filter_map(|rest| rest.split(closing).next());
            // A title may follow the target.
            out.extend(targets.filter_map(|target| target.split(' ').next()).map(str::to_owned));
        }
    }
    out
}

/// The anchors that code hosts give to headings.
fn heading_anchors(markdown: &str) -> Vec<String> {
    let headings = outside_code(markdown).filter(|line| line.starts_with('#'));
    let anchors = headings.map(|line| {
        let heading = line.trim_start_matches('#').trim().to_lowercase();
        let kept = heading
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    });
    anchors.collect()
}

fn outside_code(markdown: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    markdown.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        !in_code && !is_fence
    })
}

/// The manifests of all crates.
fn manifests() -> Vec<toml::Table> {
    let crates = fs::read_dir(root().join("crates")).expect("the crates are there");
    let mut folders: Vec<PathBuf> = crates.filter_map(|entry| Some(entry.ok()?.path())).collect();
    folders.push(root().join("web"));
    let files = folders
        .iter()
        .map(|folder| folder.join("Cargo.toml"))
        .filter(|path| path.exists());
    files
        .map(|path| read(&path).parse().expect("a manifest is TOML"))
        .collect()
}

/// Names under `dependencies` and whether they are crates of this workspace.
fn dependencies(manifest: &toml::Table, section: &str) -> BTreeMap<String, bool> {
    let table = manifest.get(section).and_then(toml::Value::as_table);
    let workspace: toml::Table = read(&root().join("Cargo.toml")).parse().expect("a manifest is TOML");
    let shared = &workspace["workspace"]["dependencies"];
    let is_path = |value: &toml::Value| value.get("path").is_some();
    let entries = table.into_iter().flatten().map(|(name, value)| {
        let is_ours = is_path(value) || shared.get(name).is_some_and(is_path);
        (name.clone(), is_ours)
    });
    entries.collect()
}

/// `serde_json` and `serde-sarif` are of the family `serde`.
fn is_of_family(dependency: &str, family: &str) -> bool {
    dependency
        .strip_prefix(family)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

/// Files with an extension, in order of path; not what tools made.
fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    const MADE: [&str; 4] = ["target", "dist", "node_modules", "test-results"];
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok);
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            if path.is_dir() && !name.starts_with('.') && !MADE.contains(&&*name) {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the workspace is there")
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn links_are_found() {
    let text = "[a](b.md#c-d) ![i](<x>) `[no](no)`\n```\n[no](no)\n```\n<img src=\"p.png\">\n";
    assert_eq!(links(text), ["b.md#c-d", "<x>", "p.png"]);
    assert_eq!(heading_anchors("# A, b! `c`\n"), ["a-b-c"]);
}
