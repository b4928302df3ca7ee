//! What can be taken away from the page: the report in its forms, and the files as they were repaired. Everything is
//! made here, by the auditor's worker, and leaves by the clipboard or as a download.

use std::rc::Rc;

use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlTextAreaElement, Worker};
use yew::prelude::*;

use super::dialog::Dialog;
use crate::bridge::{self, Editor};
use crate::strings::strings;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExportForm {
    Markdown,
    Html,
    Sarif,
    Json,
    Patch,
    Files,
}

impl ExportForm {
    const ALL: [ExportForm; 6] = [
        ExportForm::Markdown,
        ExportForm::Html,
        ExportForm::Sarif,
        ExportForm::Json,
        ExportForm::Patch,
        ExportForm::Files,
    ];

    /// What the worker is asked for. The files come from the editor, and what is shown of them is their patch.
    fn question(self) -> &'static str {
        match self {
            ExportForm::Markdown => "markdown",
            ExportForm::Html => "html",
            ExportForm::Sarif => "sarif",
            ExportForm::Json => "json",
            ExportForm::Patch | ExportForm::Files => "patch",
        }
    }

    fn file_name(self) -> &'static str {
        match self {
            ExportForm::Markdown => "claimcheck.md",
            ExportForm::Html => "claimcheck.html",
            ExportForm::Sarif => "claimcheck.sarif",
            ExportForm::Json => "claimcheck.json",
            ExportForm::Patch => "claimcheck.patch",
            ExportForm::Files => "claimcheck-fixed.zip",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            ExportForm::Markdown => "text/markdown",
            ExportForm::Html => "text/html",
            ExportForm::Sarif => "application/sarif+json",
            ExportForm::Json => "application/json",
            ExportForm::Patch => "text/x-patch",
            ExportForm::Files => "application/zip",
        }
    }
}

/// What is shown of a long text: a field with megabytes in it makes the page wait.
const SHOWN_BYTES: usize = 60_000;

#[derive(PartialEq, Properties)]
pub(crate) struct ExportProperties {
    pub(crate) worker: Option<Worker>,
    pub(crate) editor: Option<Editor>,
    /// Whether the worker's last report is about the text on the screen, and which one it is.
    pub(crate) is_current: bool,
    pub(crate) revision: u32,
    pub(crate) on_close: Callback<()>,
}

#[derive(Clone, PartialEq)]
struct Made {
    form: ExportForm,
    text: Rc<str>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Copied,
    CopyByHand,
    Downloaded,
}

#[component]
pub(crate) fn Export(properties: &ExportProperties) -> Html {
    let text = &strings().export;
    let form = use_state(|| ExportForm::Markdown);
    let made = use_state(|| None::<Made>);
    let said = use_state(|| None::<Said>);
    let area = use_node_ref();
    {
        let made = made.clone();
        let (worker, editor) = (properties.worker.clone(), properties.editor.clone());
        use_effect_with(
            (*form, properties.is_current, properties.revision),
            move |&(form, is_current, _)| {
                if let (true, Some(worker), Some(editor)) = (is_current, worker, editor) {
                    spawn_local(async move {
                        let question = bridge::object([("about", form.question().into())]);
                        if form.question() == "patch" {
                            bridge::set(&question, "changes", &editor.changes().into());
                        }
                        let answer = JsFuture::from(bridge::ask_worker(&worker, &question)).await;
                        if let Some(text) = answer.ok().and_then(|answer| answer.as_string()) {
                            made.set(Some(Made {
                                form,
                                text: text.into(),
                            }));
                        }
                    });
                }
            },
        );
    }
    // An answer may come for a form that was chosen before.
    let ready = made.as_ref().filter(|made| made.form == *form).cloned();
    let is_empty = ready.as_ref().is_some_and(|made| made.text.is_empty());
    let can_take = ready.is_some() && !is_empty;
    let choose = {
        let (form, said) = (form.clone(), said.clone());
        Callback::from(move |chosen| {
            form.set(chosen);
            said.set(None);
        })
    };
    let copy = on_click(&ready, {
        let (said, area) = (said.clone(), area.clone());
        move |made| {
            let copying = bridge::copy_text(&made.text);
            let (said, area) = (said.clone(), area.clone());
            spawn_local(async move {
                let done = JsFuture::from(copying).await.is_ok_and(|done| done.is_truthy());
                if !done && let Some(area) = area.cast::<HtmlTextAreaElement>() {
                    // All of it, now that the field is what it is taken from.
                    area.set_value(&made.text);
                    let _ = area.focus();
                    area.select();
                }
                said.set(Some(if done { Said::Copied } else { Said::CopyByHand }));
            });
        }
    });
    let download = on_click(&ready, {
        let (said, editor) = (said.clone(), properties.editor.clone());
        move |made| {
            let content = match (made.form, &editor) {
                (ExportForm::Files, Some(editor)) => bridge::zip_of(&editor.changes()),
                _ => JsValue::from_str(&made.text),
            };
            bridge::download(made.form.file_name(), made.form.media_type(), &content);
            said.set(Some(Said::Downloaded));
        }
    });
    let print = on_click(&ready, |made| bridge::print_document(&made.text));
    html! {
        <Dialog id="export" title={text.title} on_close={properties.on_close.clone()}>
            <div class="export">
                <fieldset class="forms">
                    <legend class="offscreen">{text.form_label}</legend>
                    { for ExportForm::ALL.into_iter().map(|one| choice(one, one == *form, &choose)) }
                </fieldset>
                <div class="taken">
                    <div class="taken-head">
                        <span class="path">{form.file_name()}</span>
                        if let Some(made) = ready.as_ref().filter(|_| *form != ExportForm::Files && can_take) {
                            <span class="quiet">{(strings().size)(made.text.len())}</span>
                        }
                    </div>
                    if is_empty {
                        <p class="teaching">{text.nothing_changed}</p>
                    } else if *form == ExportForm::Files {
                        {file_list(properties.editor.as_ref())}
                    } else {
                        <textarea
                            ref={area}
                            readonly=true
                            spellcheck="false"
                            lang="en"
                            aria-label={text.preview}
                            aria-busy={ready.is_none().to_string()}
                            value={ready.as_ref().map_or_else(String::new, |made| beginning(&made.text))}
                        />
                    }
                    <div class="taken-actions">
                        <button type="button" class="button primary" disabled={!can_take} onclick={download}>
                            {text.download}
                        </button>
                        if *form != ExportForm::Files {
                            <button type="button" class="button" disabled={!can_take} onclick={copy}>
                                {text.copy}
                            </button>
                        }
                        if *form == ExportForm::Html {
                            <button type="button" class="button" disabled={!can_take} onclick={print}>
                                {text.print}
                            </button>
                        }
                        <span role="status">
                            { match *said {
                                Some(Said::Copied) => text.copied,
                                Some(Said::CopyByHand) => text.copy_by_hand,
                                Some(Said::Downloaded) => text.downloaded,
                                None => "",
                            } }
                        </span>
                    </div>
                </div>
            </div>
        </Dialog>
    }
}

fn on_click(ready: &Option<Made>, act: impl Fn(Made) + 'static) -> Option<Callback<MouseEvent>> {
    let made = ready.clone()?;
    Some(Callback::from(move |_| act(made.clone())))
}

fn choice(form: ExportForm, is_chosen: bool, on_choose: &Callback<ExportForm>) -> Html {
    let (name, description) = (strings().export.form)(form);
    html! {
        <label class="form-choice">
            <input
                type="radio"
                name="export-form"
                value={form.file_name()}
                checked={is_chosen}
                onchange={on_choose.reform(move |_| form)}
            />
            <span><strong>{name}</strong><span class="quiet">{description}</span></span>
        </label>
    }
}

/// The files that the zip will hold.
fn file_list(editor: Option<&Editor>) -> Html {
    let changes = editor.map_or_else(Array::new, Editor::changes);
    let paths = changes.iter().map(|change| {
        let path = Reflect::get(&change, &"path".into()).unwrap_or_default();
        html! { <li class="path">{path.as_string().unwrap_or_default()}</li> }
    });
    html! { <ul class="file-list" tabindex="0" aria-label={strings().files}>{ for paths }</ul> }
}

/// As much of a text as is shown.
pub(super) fn beginning(text: &str) -> String {
    if text.len() <= SHOWN_BYTES {
        return text.to_owned();
    }
    let shown = &text[..text.floor_char_boundary(SHOWN_BYTES)];
    [shown, "\n", (strings().export.more)(text.len() - shown.len()).as_str()].concat()
}
