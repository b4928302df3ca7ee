//! What the page says when something happened, or when there is nothing to show.

use yew::prelude::*;

use super::icons::{Icon, icon};
use crate::app::Undo;
use crate::strings::strings;

/// A word about what was just done, and how to take it back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Notice {
    pub(crate) text: String,
    pub(crate) undo: Option<Undo>,
}

#[derive(PartialEq, Properties)]
pub(crate) struct NoticeBarProperties {
    pub(crate) notice: Option<Notice>,
    pub(crate) on_undo: Callback<Undo>,
    pub(crate) on_dismiss: Callback<()>,
}

#[component]
pub(crate) fn NoticeBar(properties: &NoticeBarProperties) -> Html {
    let text = strings();
    // The live region is always there: one that appears together with its text is not read out.
    html! {
        <div class="notice-bar" role="status">
            if let Some(notice) = &properties.notice {
                <div class="notice">
                    <p>{&notice.text}</p>
                    if let Some(undo) = notice.undo.clone() {
                        <button
                            type="button"
                            class="text-button"
                            onclick={properties.on_undo.reform(move |_| undo.clone())}
                        >
                            {text.undo}
                        </button>
                    }
                    <button
                        type="button"
                        class="icon-button"
                        aria-label={text.dismiss}
                        onclick={properties.on_dismiss.reform(|_| ())}
                    >
                        {icon(Icon::Close)}
                    </button>
                </div>
            }
        </div>
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct NoFilesProperties {
    pub(crate) on_new: Callback<()>,
    pub(crate) on_open: Callback<()>,
}

#[component]
pub(crate) fn NoFiles(properties: &NoFilesProperties) -> Html {
    let text = strings();
    html! {
        <div class="teaching no-files">
            <h2>{text.no_files_title}</h2>
            <p>{text.no_files_text}</p>
            <div class="choices">
                <button type="button" class="button primary" onclick={properties.on_new.reform(|_| ())}>
                    {text.new_file}
                </button>
                <button type="button" class="button" onclick={properties.on_open.reform(|_| ())}>
                    {text.open_files}
                </button>
                <button type="button" class="button" popovertarget="examples">{text.examples}</button>
            </div>
        </div>
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct LoadFailedProperties {
    pub(crate) reason: String,
}

#[component]
pub(crate) fn LoadFailed(properties: &LoadFailedProperties) -> Html {
    html! {
        <div class="trouble" role="alert">
            <h3>{strings().load_failed}</h3>
            <p class="reason">{&properties.reason}</p>
            // An empty address is this page's own.
            <a class="button" href="">{strings().reload}</a>
        </div>
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct CrashedProperties {
    pub(crate) reason: String,
    pub(crate) on_again: Callback<()>,
}

#[component]
pub(crate) fn Crashed(properties: &CrashedProperties) -> Html {
    let text = strings();
    html! {
        <div class="trouble" role="alert">
            <h3>{text.crashed_title}</h3>
            <p>{text.crashed_text}</p>
            <p class="reason">{&properties.reason}</p>
            <button type="button" class="button" onclick={properties.on_again.reform(|_| ())}>
                {text.audit_again}
            </button>
        </div>
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct StoppedProperties {
    pub(crate) on_again: Callback<()>,
}

#[component]
pub(crate) fn Stopped(properties: &StoppedProperties) -> Html {
    let text = strings();
    html! {
        <div class="trouble" role="alert">
            <p>{text.stopped}</p>
            <button type="button" class="button" onclick={properties.on_again.reform(|_| ())}>
                {text.audit_again}
            </button>
        </div>
    }
}
