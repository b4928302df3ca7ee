//! The page.
//!
//! A Yew application around the code editor. It draws reports; the audit runs in a worker with a WebAssembly
//! module of its own, so that the main thread only ever waits for drawing. Nothing is requested after the worker's
//! parts are loaded: see `editor/src/seal.js`.

mod app;
mod appearance;
mod auditor;
mod bridge;
mod components;
mod examples;
mod screen;
mod shortcuts;
mod strings;

use wasm_bindgen::JsCast as _;
use web_sys::Element;

fn main() {
    let root: Option<Element> = root_element();
    if let Some(root) = root {
        yew::Renderer::<app::App>::with_root(root).render();
    }
}

/// The element that index.html keeps for the application.
fn root_element() -> Option<Element> {
    let document = web_sys::window()?.document()?;
    document.get_element_by_id("app")?.dyn_into().ok()
}
