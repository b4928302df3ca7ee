//! Ignoring a finding: the button, and the field for the reason that the comment gives.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::shortcuts::{Action, key_of};
use crate::strings::strings;

#[derive(PartialEq, Properties)]
pub(crate) struct IgnoreProperties {
    pub(crate) rule: String,
    /// The reason is asked for.
    pub(crate) asking: bool,
    pub(crate) field: NodeRef,
    pub(crate) on_ask: Callback<bool>,
    /// With the reason.
    pub(crate) on_ignore: Callback<String>,
}

#[component]
pub(crate) fn Ignore(properties: &IgnoreProperties) -> Html {
    let text = strings();
    let reason = use_state(String::new);
    {
        let reason = reason.clone();
        use_effect_with(properties.rule.clone(), move |_| reason.set(String::new()));
    }
    if !properties.asking {
        return html! {
            <button
                type="button"
                class="text-button ignore-button"
                title={(text.with_key)(text.ignore, key_of(Action::Ignore))}
                onclick={properties.on_ask.reform(|_| true)}
            >
                {text.ignore}
            </button>
        };
    }
    let typed = {
        let reason = reason.clone();
        Callback::from(move |event: InputEvent| reason.set(event.target_unchecked_into::<HtmlInputElement>().value()))
    };
    let is_empty = reason.trim().is_empty();
    let insert = {
        let (reason, on_ignore) = (reason.clone(), properties.on_ignore.clone());
        move || {
            if !is_empty {
                on_ignore.emit((*reason).clone());
            }
        }
    };
    let key = {
        let (insert, on_ask) = (insert.clone(), properties.on_ask.clone());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            // While a word is being composed the key belongs to it.
            "Enter" if !event.is_composing() => insert(),
            "Escape" => on_ask.emit(false),
            _ => {}
        })
    };
    html! {
        <div class="ignore" role="group" aria-label={text.ignore}>
            <label>
                <span>{text.ignore_reason}</span>
                <input
                    ref={properties.field.clone()}
                    type="text"
                    value={(*reason).clone()}
                    placeholder={text.ignore_example}
                    aria-describedby="ignore-comment"
                    autocomplete="off"
                    oninput={typed}
                    onkeydown={key}
                />
            </label>
            <p id="ignore-comment" class="quiet">
                {text.ignore_comment}{" "}
                <code>{["# claimcheck: ignore[", &properties.rule, "] "].concat()}{reason.trim()}</code>
            </p>
            <div class="choices">
                <button
                    type="button"
                    class="button primary"
                    disabled={is_empty}
                    onclick={Callback::from(move |_: MouseEvent| insert())}
                >
                    {text.insert_comment}
                </button>
                <button type="button" class="button" onclick={properties.on_ask.reform(|_| false)}>
                    {text.cancel}
                </button>
            </div>
        </div>
    }
}
