//! Opening a link: asking for its passphrase, and saying why it cannot be opened.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::dialog::Dialog;
use crate::bridge::{self, LinkProblem};
use crate::strings::strings;

#[derive(PartialEq, Properties)]
pub(crate) struct UnlockProperties {
    /// The last passphrase was not the right one.
    pub(crate) was_wrong: bool,
    pub(crate) is_busy: bool,
    pub(crate) on_try: Callback<String>,
    pub(crate) on_close: Callback<()>,
}

#[component]
pub(crate) fn Unlock(properties: &UnlockProperties) -> Html {
    let text = &strings().link;
    let field = use_node_ref();
    let attempt = {
        let (field, on_try) = (field.clone(), properties.on_try.clone());
        Callback::from(move |()| {
            if let Some(field) = field.cast::<HtmlInputElement>() {
                on_try.emit(field.value());
            }
        })
    };
    let key = {
        let attempt = attempt.clone();
        move |event: KeyboardEvent| {
            if event.key() == "Enter" {
                event.prevent_default();
                attempt.emit(());
            }
        }
    };
    html! {
        <Dialog id="unlock" title={text.locked_title} on_close={properties.on_close.clone()}>
            <div class="share">
                <label class="share-passphrase">
                    <span>{text.locked_text}</span>
                    <input
                        ref={field}
                        type="text"
                        class="share-field"
                        autocomplete="off"
                        spellcheck="false"
                        aria-label={text.passphrase}
                        aria-invalid={properties.was_wrong.to_string()}
                        aria-describedby="unlock-problem"
                        onkeydown={key}
                    />
                </label>
                <p id="unlock-problem" class="problem" role="status">
                    if properties.is_busy {
                        {text.unlocking}
                    } else if properties.was_wrong {
                        {(text.problem)(LinkProblem::Passphrase)}
                    }
                </p>
            </div>
            <div class="dialog-actions">
                <button
                    type="button"
                    class="button primary"
                    disabled={properties.is_busy}
                    onclick={attempt.reform(|_: MouseEvent| ())}
                >
                    {text.unlock}
                </button>
                <button type="button" class="button" onclick={|_: MouseEvent| bridge::close_dialog()}>
                    {text.leave_closed}
                </button>
            </div>
        </Dialog>
    }
}

/// Says why a link cannot be opened, and offers what was there before.
pub(crate) fn broken_link(problem: LinkProblem, on_back: &Callback<MouseEvent>, on_close: &Callback<()>) -> Html {
    let text = &strings().link;
    html! {
        <Dialog id="broken-link" title={text.broken_title} on_close={on_close.clone()}>
            <div class="share">
                <p role="alert">{(text.problem)(problem)}</p>
                <p>{text.broken_text}</p>
            </div>
            <div class="dialog-actions">
                <button type="button" class="button primary" onclick={|_: MouseEvent| bridge::close_dialog()}>
                    {text.go_on_empty}
                </button>
                <button type="button" class="button" onclick={on_back}>{text.go_back}</button>
            </div>
        </Dialog>
    }
}
