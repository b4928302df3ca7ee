//! How long an audit takes against the bare parse of the same text, measured inside the module.

use js_sys::{Function, Object};
use serde::Serialize;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

#[derive(Serialize)]
struct Times {
    parse_ms: f64,
    audit_ms: f64,
}

/// The fastest of `rounds` parses and audits of `text`, in milliseconds. `clock` gives milliseconds and is
/// `performance.now` when left out: the module has no clock of its own.
#[wasm_bindgen]
pub fn bench(text: &str, rounds: u32, clock: Option<Function>) -> Result<Object, JsError> {
    let clock = || match &clock {
        Some(clock) => clock
            .call0(&JsValue::NULL)
            .ok()
            .and_then(|time| time.as_f64())
            .unwrap_or(f64::NAN),
        None => now(),
    };
    let files = [audit::SourceFile {
        path: "bench.py".to_owned(),
        text: text.into(),
    }];
    let options = audit::Options::default();
    let times = Times {
        parse_ms: fastest(rounds, clock, || syntax::Parser::new().parse_only(text)),
        audit_ms: fastest(rounds, clock, || {
            drop(std::hint::black_box(audit::audit(&files, &options)))
        }),
    };
    crate::write(&times)
}

fn fastest(rounds: u32, clock: impl Fn() -> f64, mut work: impl FnMut()) -> f64 {
    let mut fastest = f64::INFINITY;
    for _ in 0..rounds {
        let start = clock();
        work();
        fastest = fastest.min(clock() - start);
    }
    fastest
}
