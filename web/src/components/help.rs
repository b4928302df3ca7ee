//! The help: every key of the page, drawn from the table that dispatches them.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::shortcuts::{Group, SHORTCUTS, is_single};
use crate::strings::strings;

pub(crate) fn help(single_keys: bool, on_single_keys: &Callback<bool>) -> Html {
    let text = strings();
    html! {
        <div class="help">
            <div class="help-groups">
                { for Group::ALL.into_iter().map(|group| keys_of(group, single_keys)) }
                <section>
                    <h3>{text.help_editor}</h3>
                    <dl>
                        { for text.help_editor_keys.iter().map(|(keys, says)| row(keys, says, true)) }
                    </dl>
                </section>
            </div>
            <label class="check">
                <input
                    type="checkbox"
                    checked={single_keys}
                    onchange={on_single_keys.reform(|event: Event| {
                        event.target_unchecked_into::<HtmlInputElement>().checked()
                    })}
                />
                <span>{text.single_keys}</span>
            </label>
            <p class="quiet">{text.single_keys_text}</p>
        </div>
    }
}

fn keys_of(group: Group, single_keys: bool) -> Html {
    let text = strings();
    let shortcuts = SHORTCUTS.iter().filter(|shortcut| shortcut.group == group);
    html! {
        <section>
            <h3>{(text.help_group)(group)}</h3>
            <dl>
                { for shortcuts.map(|shortcut| {
                    let acts = shortcut.keys.iter().any(|key| single_keys || !is_single(key));
                    row(shortcut.keys, (text.action)(shortcut.action), acts)
                }) }
            </dl>
        </section>
    }
}

/// `acts`: whether any of the keys does something at present.
fn row(keys: &[&str], says: &str, acts: bool) -> Html {
    html! {
        <div class={classes!("key-row", (!acts).then_some("off"))}>
            <dt>
                { for keys.iter().enumerate().map(|(place, key)| html! {
                    <>
                        if place > 0 {
                            <span class="quiet">{strings().or}</span>
                        }
                        <kbd>{*key}</kbd>
                    </>
                }) }
            </dt>
            <dd>{says}</dd>
        </div>
    }
}
