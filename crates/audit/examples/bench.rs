//! Prints how long the audit of each given file takes beside its parse alone, as one JSON object per file.
//!
//! `cargo run --release -p audit --example bench -- FILE…`

#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use audit::{Options, SourceFile};
use syntax::Parser;

/// Rounds that are measured; the fastest counts, since a machine only ever adds to it.
const ROUNDS: usize = 60;

fn main() {
    for path in std::env::args().skip(1) {
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

fn time(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
