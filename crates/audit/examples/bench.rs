//! Prints how long an audit takes beside the parse alone, as one JSON object for each given file. A folder is taken
//! for a project, and measured once, twice, four and eight times over.
//!
//! `cargo run --release -p audit --example bench -- FILE-OR-FOLDER…`

#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use audit::{Options, SourceFile};
use facts::Facts;
use semantic::Project;
use syntax::Parser;

/// Rounds that are measured; the fastest counts, since a machine only ever adds to it.
const ROUNDS: usize = 60;

/// Rounds for a project.
const PROJECT_ROUNDS: usize = 6;

fn main() {
    for path in std::env::args().skip(1) {
        if Path::new(&path).is_dir() {
            project(Path::new(&path));
            continue;
        }
        let text: Arc<str> = std::fs::read_to_string(&path).expect("a Python file").into();
        let files = [SourceFile {
            path: path.clone(),
            text: text.clone(),
        }];
        let options = Options::default();
        let (mut parse, mut audit) = (Duration::MAX, Duration::MAX);
        for _ in 0..ROUNDS {
            parse = parse.min(time(|| Parser::new().parse_only(&text)));
            audit = audit.min(time(|| drop(audit::audit(&files, &options))));
        }
        println!(
            r#"{{"name":"{path}","bytes":{},"parse_ms":{},"audit_ms":{}}}"#,
            text.len(),
            milliseconds(parse),
            milliseconds(audit)
        );
    }
}

fn project(folder: &Path) {
    let mut texts = Vec::new();
    read(folder, "", &mut texts);
    texts.sort();
    let options = Options::default();
    for copies in [1, 2, 4, 8] {
        let files: Vec<SourceFile> = (0..copies)
            .flat_map(|copy| {
                texts.iter().map(move |(path, text)| SourceFile {
                    path: format!("copy{copy}{path}"),
                    text: text.clone(),
                })
            })
            .collect();
        let [mut parse, mut model, mut audit] = [Duration::MAX; 3];
        for _ in 0..PROJECT_ROUNDS {
            parse = parse.min(time(|| {
                for file in &files {
                    Parser::new().parse_only(&file.text);
                }
            }));
            let mut project = Project::new();
            for file in &files {
                project.set_file(&file.path, file.text.clone());
            }
            model = model.min(time(|| {
                Facts::new(&project).authentication();
            }));
            audit = audit.min(time(|| drop(audit::audit(&files, &options))));
        }
        println!(
            r#"{{"copies":{copies},"files":{},"parse_ms":{},"model_ms":{},"audit_ms":{}}}"#,
            files.len(),
            milliseconds(parse),
            milliseconds(model),
            milliseconds(audit)
        );
    }
}

/// The Python files of a folder, by their paths from there.
fn read(folder: &Path, path: &str, out: &mut Vec<(String, Arc<str>)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("a file or folder");
        let path = format!("{path}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read(&entry.path(), &path, out);
        } else if path.ends_with(".py") {
            let text = std::fs::read_to_string(entry.path()).expect("a Python file");
            out.push((path, text.into()));
        }
    }
}

fn time(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
