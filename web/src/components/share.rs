//! Sharing by a link that holds the code itself: what goes in, without the secrets, behind a passphrase.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use serde::Deserialize;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlInputElement, Worker};
use yew::prelude::*;

use super::dialog::Dialog;
use super::export::beginning;
use crate::bridge::{self, Editor, SharedFile, SharedProject};
use crate::strings::strings;

/// A link waits for the passphrase to be typed to its end: each takes the browser a while.
const TYPING_PAUSE_MS: u32 = 350;

/// As `LONGEST_LINK` in `editor/src/share.js`.
const LONGEST_LINK: usize = 2_000_000;

/// Chat programs and mail cut longer ones.
const LONG_LINK: usize = 8_000;

/// Files whose text is laid out to be looked through.
const SHOWN_FILES: usize = 60;

#[derive(PartialEq, Properties)]
pub(crate) struct ShareProperties {
    pub(crate) worker: Option<Worker>,
    pub(crate) editor: Option<Editor>,
    pub(crate) paths: Vec<String>,
    pub(crate) on_close: Callback<()>,
}

/// A file without its secrets, as the worker tells it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Redacted {
    path: String,
    text: String,
    replaced: Vec<Replaced>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Replaced {
    line: u32,
    was: String,
    becomes: String,
}

/// What a link depends on. One that was made for anything else is not offered.
#[derive(Debug, Clone, PartialEq)]
struct Wanted {
    redact: bool,
    passphrase: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Copied,
    CopyByHand,
}

#[component]
pub(crate) fn Share(properties: &ShareProperties) -> Html {
    let text = &strings().share;
    let project = use_state(|| project_of(properties).map(Rc::new));
    let redacted = use_state(|| None::<Rc<Vec<Redacted>>>);
    let wanted = use_state(|| Wanted {
        redact: true,
        passphrase: String::new(),
    });
    let link = use_state(|| None::<(Wanted, Rc<str>)>);
    let said = use_state(|| None::<Said>);
    let field = use_node_ref();
    let size: usize = project.as_ref().map_or(0, |project| project.size());

    {
        let (redacted, project) = (redacted.clone(), (*project).clone());
        use_effect_with(properties.worker.clone(), move |worker| {
            if let (Some(worker), Some(project)) = (worker.clone(), project) {
                spawn_local(async move {
                    let files = serde_wasm_bindgen::to_value(&project.files).unwrap_or_default();
                    let question = bridge::object([("about", "redact".into()), ("files", files)]);
                    let answer = JsFuture::from(bridge::ask_worker(&worker, &question)).await;
                    let answer = answer
                        .ok()
                        .and_then(|answer| serde_wasm_bindgen::from_value(answer).ok());
                    redacted.set(answer.map(Rc::new));
                });
            }
        });
    }
    {
        let (link, project) = (link.clone(), (*project).clone());
        use_effect_with(((*wanted).clone(), (*redacted).clone()), move |(wanted, redacted)| {
            let (wanted, redacted) = (wanted.clone(), redacted.clone());
            let pause = if wanted.passphrase.is_empty() {
                0
            } else {
                TYPING_PAUSE_MS
            };
            // Dropped when something else is wanted meanwhile.
            let timer = Timeout::new(pause, move || {
                let (Some(project), Some(redacted)) = (project, redacted) else {
                    return;
                };
                spawn_local(async move {
                    let shared = if wanted.redact {
                        without_secrets(&project, &redacted)
                    } else {
                        (*project).clone()
                    };
                    let shared = serde_wasm_bindgen::to_value(&shared).unwrap_or_default();
                    let made = JsFuture::from(bridge::write_link(&shared, &wanted.passphrase)).await;
                    if let Some(made) = made.ok().and_then(|made| made.as_string()) {
                        link.set(Some((wanted, made.into())));
                    }
                });
            });
            move || drop(timer)
        });
    }

    // One that was made for another passphrase is not shown for a moment.
    let ready = link
        .as_ref()
        .filter(|(made_for, _)| *made_for == *wanted)
        .map(|(_, link)| link.clone());
    let is_too_large = project.is_none() || ready.as_ref().is_some_and(|link| link.len() > LONGEST_LINK);
    let has_address = ready.as_ref().is_none_or(|link| !link.starts_with('#'));
    let secrets: Vec<(&str, &Replaced)> = redacted
        .iter()
        .flat_map(|files| files.iter())
        .flat_map(|file| file.replaced.iter().map(|one| (file.path.as_str(), one)))
        .collect();
    let set_redact = {
        let (wanted, said) = (wanted.clone(), said.clone());
        move |event: Event| {
            said.set(None);
            wanted.set(Wanted {
                redact: event.target_unchecked_into::<HtmlInputElement>().checked(),
                ..(*wanted).clone()
            });
        }
    };
    let set_passphrase = {
        let (wanted, said) = (wanted.clone(), said.clone());
        move |event: InputEvent| {
            said.set(None);
            wanted.set(Wanted {
                passphrase: event.target_unchecked_into::<HtmlInputElement>().value(),
                ..(*wanted).clone()
            });
        }
    };
    let copy = ready.clone().map(|link| {
        let (said, field) = (said.clone(), field.clone());
        Callback::from(move |_: MouseEvent| {
            let copying = bridge::copy_text(&link);
            let (said, field) = (said.clone(), field.clone());
            spawn_local(async move {
                let done = JsFuture::from(copying).await.is_ok_and(|done| done.is_truthy());
                if !done && let Some(field) = field.cast::<HtmlInputElement>() {
                    let _ = field.focus();
                    field.select();
                }
                said.set(Some(if done { Said::Copied } else { Said::CopyByHand }));
            });
        })
    });
    let shown = project.as_ref().zip(redacted.as_ref()).map(|(project, redacted)| {
        if wanted.redact {
            without_secrets(project, redacted)
        } else {
            (**project).clone()
        }
    });
    let status = match (&ready, *said) {
        _ if is_too_large => text.too_large.to_owned(),
        (_, Some(Said::Copied)) => text.copied.to_owned(),
        (_, Some(Said::CopyByHand)) => text.copy_by_hand.to_owned(),
        (None, None) => text.making.to_owned(),
        (Some(_), None) if !has_address => text.no_address.to_owned(),
        (Some(link), None) if link.len() > LONG_LINK => (text.long)(link.len()),
        (Some(link), None) => (text.length)(link.len()),
    };
    html! {
        <Dialog id="share" title={text.title} on_close={properties.on_close.clone()}>
            <div class="share">
                <p>{text.explanation}</p>
                if project.is_some() {
                    <section aria-labelledby="share-content">
                        <h3 id="share-content">{(text.content)(properties.paths.len(), size)}</h3>
                        if let Some(shown) = &shown {
                            <div class="share-files">{ for shown.files.iter().take(SHOWN_FILES).map(preview) }</div>
                            if shown.files.len() > SHOWN_FILES {
                                <p class="quiet">{(text.more_files)(shown.files.len() - SHOWN_FILES)}</p>
                            }
                        }
                    </section>
                }
                <section aria-labelledby="share-secrets">
                    <h3 id="share-secrets">{text.secrets}</h3>
                    if project.is_none() {
                        <p class="quiet">{text.too_large}</p>
                    } else if redacted.is_none() {
                        <p class="quiet">{text.looking}</p>
                    } else if secrets.is_empty() {
                        <p class="quiet">{text.no_secrets}</p>
                    } else {
                        <label class="share-choice">
                            <input type="checkbox" checked={wanted.redact} onchange={set_redact} />
                            <span>{(text.redact)(secrets.len())}</span>
                        </label>
                        <ul class="share-secrets">
                            { for secrets.iter().map(|(path, one)| html! {
                                <li>
                                    <span class="quiet">{(text.secret_place)(path, one.line)}</span>{" "}
                                    <code>{shortened(&one.was)}</code>
                                    if wanted.redact {
                                        {" → "}<code>{&one.becomes}</code>
                                    }
                                </li>
                            }) }
                        </ul>
                        if wanted.redact {
                            <p class="quiet">{text.redact_note}</p>
                        }
                    }
                </section>
                <section>
                    <label class="share-passphrase">
                        <h3>{text.passphrase}</h3>
                        <input
                            type="text"
                            class="share-field"
                            autocomplete="off"
                            spellcheck="false"
                            disabled={!bridge::can_encrypt()}
                            oninput={set_passphrase}
                        />
                    </label>
                    <p class="quiet">
                        {if bridge::can_encrypt() { text.passphrase_note } else { text.cannot_encrypt }}
                    </p>
                </section>
            </div>
            <div class="dialog-actions share-actions">
                <input
                    ref={field}
                    class="share-field share-link"
                    readonly=true
                    aria-label={text.link}
                    value={ready.as_ref().filter(|_| !is_too_large).map_or_else(String::new, |link| link.to_string())}
                />
                <button
                    type="button"
                    class="button primary"
                    disabled={ready.is_none() || is_too_large}
                    onclick={copy}
                >
                    {text.copy}
                </button>
                <p role="status">{status}</p>
            </div>
        </Dialog>
    }
}

fn project_of(properties: &ShareProperties) -> Option<SharedProject> {
    let editor = properties.editor.as_ref()?;
    serde_wasm_bindgen::from_value(editor.project(bridge::list(&properties.paths))).ok()
}

fn without_secrets(project: &SharedProject, redacted: &[Redacted]) -> SharedProject {
    let files = project.files.iter().map(|file| {
        let redacted = redacted.iter().find(|redacted| redacted.path == file.path);
        SharedFile {
            path: file.path.clone(),
            text: redacted.map_or(&file.text, |redacted| &redacted.text).clone(),
        }
    });
    SharedProject {
        current: project.current.clone(),
        files: files.collect(),
    }
}

fn preview(file: &SharedFile) -> Html {
    html! {
        <details>
            <summary><span class="path">{&file.path}</span>{" "}<span class="quiet">{(strings().size)(file.text.len())}</span></summary>
            <pre tabindex="0"><code>{beginning(&file.text)}</code></pre>
        </details>
    }
}

/// A literal in one line.
fn shortened(literal: &str) -> String {
    const MOST: usize = 48;
    let line = literal.lines().next().unwrap_or_default();
    match line.char_indices().nth(MOST) {
        Some((end, _)) => [&line[..end], "…"].concat(),
        None if line.len() < literal.len() => [line, "…"].concat(),
        None => line.to_owned(),
    }
}
