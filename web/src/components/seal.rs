//! The seal: what it promises, and the test that lets the browser prove it.

use wasm_bindgen_futures::JsFuture;
use yew::prelude::*;

use super::icons::{Icon, icon};
use crate::bridge::{self, Attempt};
use crate::strings::strings;

#[derive(PartialEq, Properties)]
pub(crate) struct SealProperties {
    pub(crate) sealed: bool,
}

#[derive(Clone, PartialEq)]
enum SelfTest {
    NotRun,
    Running,
    Done(Vec<Attempt>),
}

#[component]
pub(crate) fn Seal(properties: &SealProperties) -> Html {
    let text = strings();
    let self_test = use_state(|| SelfTest::NotRun);
    if !properties.sealed {
        return html! { <span class="badge unsealed">{text.unsealed}</span> };
    }
    let run = {
        let self_test = self_test.clone();
        Callback::from(move |_: MouseEvent| {
            let self_test = self_test.clone();
            self_test.set(SelfTest::Running);
            wasm_bindgen_futures::spawn_local(async move {
                let attempts = JsFuture::from(bridge::run_self_test()).await.unwrap_or_default();
                let attempts = serde_wasm_bindgen::from_value(attempts).unwrap_or_default();
                self_test.set(SelfTest::Done(attempts));
            });
        })
    };
    let label = match *self_test {
        SelfTest::NotRun => text.self_test,
        SelfTest::Running => text.self_test_running,
        SelfTest::Done(_) => text.self_test_again,
    };
    html! {
        <>
            <button type="button" class="badge sealed" popovertarget="seal">
                {icon(Icon::Lock)}<span>{text.sealed}</span>
            </button>
            <div id="seal" class="popover seal" popover="auto" role="group" aria-labelledby="seal-title">
                <h2 id="seal-title">{text.seal_title}</h2>
                { for text.seal_explanation.iter().map(|paragraph| html! { <p>{*paragraph}</p> }) }
                <button type="button" class="button" disabled={*self_test == SelfTest::Running} onclick={run}>
                    {label}
                </button>
                <div role="status">
                    if let SelfTest::Done(attempts) = &*self_test {
                        <ul class="attempts">{ for attempts.iter().map(attempt) }</ul>
                    }
                </div>
                <p class="quiet">{text.seal_limits}</p>
            </div>
        </>
    }
}

fn attempt(attempt: &Attempt) -> Html {
    let text = strings();
    let (class, drawing, outcome) = if attempt.blocked {
        ("blocked", Icon::Check, (text.attempt_blocked)(&attempt.directive))
    } else {
        ("not-blocked", Icon::Close, text.attempt_not_blocked.to_owned())
    };
    html! {
        <li {class} data-attempt={attempt.attempt.clone()}>
            {icon(drawing)}<span>{(text.attempt)(&attempt.attempt)}{": "}{outcome}</span>
        </li>
    }
}
