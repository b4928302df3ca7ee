//! What was not read of what somebody gave, and why.

use yew::prelude::*;

use crate::bridge::LeftOut;
use crate::strings::strings;

/// A panel that buttons with `popovertarget="left-out"` open.
pub(crate) fn left_out(groups: &[LeftOut]) -> Html {
    let text = strings();
    html! {
        <div id="left-out" class="popover left-out" popover="auto" role="group" aria-labelledby="left-out-title">
            <h2 id="left-out-title">{text.left_out_title}</h2>
            { for groups.iter().map(|group| html! {
                <details key={group.reason.clone()} data-reason={group.reason.clone()}>
                    <summary>
                        {(text.left_out_reason)(&group.reason)}{" "}
                        <span class="quiet">{group.count}</span>
                    </summary>
                    <ul>
                        { for group.names.iter().map(|name| html! { <li class="path">{name}</li> }) }
                        if group.names.len() < group.count {
                            <li class="quiet">{(text.and_more)(group.count - group.names.len())}</li>
                        }
                    </ul>
                </details>
            }) }
            <p class="quiet">{text.limits}</p>
            <button type="button" class="button" popovertarget="left-out" popovertargetaction="hide">
                {text.close}
            </button>
        </div>
    }
}
