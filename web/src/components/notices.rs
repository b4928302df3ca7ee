//! What the page says when something happened, or when there is nothing to show.

use yew::prelude::*;

use super::file_bar::FileActions;
use super::icons::{Icon, icon};
use crate::app::Undo;
use crate::strings::strings;

/// A word about what was just done, and how to take it back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Notice {
    pub(crate) text: String,
    pub(crate) undo: Option<Undo>,
    /// Something was left out, and can be looked at.
    pub(crate) has_left_out: bool,
}

pub(crate) fn notice_bar(notice: Option<&Notice>, on_undo: &Callback<Undo>, on_dismiss: &Callback<MouseEvent>) -> Html {
    let text = strings();
    // The live region is always there: one that appears together with its text is not read out.
    html! {
        <div class="notice-bar" role="status">
            if let Some(notice) = notice {
                <div class="notice">
                    <p>{&notice.text}</p>
                    if notice.has_left_out {
                        <button type="button" class="text-button" popovertarget="left-out">
                            {text.show_left_out}
                        </button>
                    }
                    if let Some(undo) = notice.undo.clone() {
                        <button
                            type="button"
                            class="text-button"
                            onclick={on_undo.reform(move |_| undo.clone())}
                        >
                            {text.undo}
                        </button>
                    }
                    <button
                        type="button"
                        class="icon-button"
                        aria-label={text.dismiss}
                        onclick={on_dismiss}
                    >
                        {icon(Icon::Close)}
                    </button>
                </div>
            }
        </div>
    }
}

/// How far the reading of files is.
pub(crate) fn reading_bar(done: u32, all: u32, on_cancel: &Callback<MouseEvent>) -> Html {
    let text = strings();
    let words = if all == 0 {
        (text.looking)(done)
    } else {
        (text.reading)(done, all)
    };
    let (value, max) = if all == 0 {
        (None, None)
    } else {
        (Some(done.to_string()), Some(all.to_string()))
    };
    html! {
        <div class="reading">
            <p>{words}</p>
            <progress aria-label={text.reading_label} {value} {max}></progress>
            <button type="button" class="button" onclick={on_cancel}>{text.cancel}</button>
        </div>
    }
}

pub(crate) fn no_files(actions: &FileActions) -> Html {
    let text = strings();
    html! {
        <div class="teaching no-files">
            <h2>{text.no_files_title}</h2>
            <p>{text.no_files_text}</p>
            <p>{text.limits}</p>
            <div class="choices">
                <button type="button" class="button primary" onclick={&actions.add}>
                    {text.new_file}
                </button>
                <button type="button" class="button" onclick={&actions.open}>
                    {text.open_files}
                </button>
                <button type="button" class="button" onclick={&actions.open_folder}>
                    {text.open_folder}
                </button>
                <button type="button" class="button" popovertarget="examples">{text.examples}</button>
            </div>
        </div>
    }
}

pub(crate) fn load_failed(reason: &str) -> Html {
    html! {
        <div class="trouble" role="alert">
            <h3>{strings().load_failed}</h3>
            <p class="reason">{reason}</p>
            // An empty address is this page's own.
            <a class="button" href="">{strings().reload}</a>
        </div>
    }
}

pub(crate) fn crashed(reason: &str, on_again: &Callback<MouseEvent>) -> Html {
    let text = strings();
    html! {
        <div class="trouble" role="alert">
            <h3>{text.crashed_title}</h3>
            <p>{text.crashed_text}</p>
            <p class="reason">{reason}</p>
            <button type="button" class="button" onclick={on_again}>
                {text.audit_again}
            </button>
        </div>
    }
}

pub(crate) fn stopped(on_again: &Callback<MouseEvent>) -> Html {
    let text = strings();
    html! {
        <div class="trouble" role="alert">
            <p>{text.stopped}</p>
            <button type="button" class="button" onclick={on_again}>
                {text.audit_again}
            </button>
        </div>
    }
}
