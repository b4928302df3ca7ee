//! The report to copy by hand, where the browser does not let the page do it.

use yew::prelude::*;

use crate::strings::strings;

/// `area` takes the focus when it appears.
pub(crate) fn copy_by_hand(report: &str, area: &NodeRef, on_close: &Callback<()>) -> Html {
    let text = strings();
    let key = {
        let on_close = on_close.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                on_close.emit(());
            }
        })
    };
    html! {
        <div class="copy-by-hand" role="dialog" aria-labelledby="copy-by-hand-title" onkeydown={key}>
            <p id="copy-by-hand-title">{text.copy_by_hand}</p>
            <textarea ref={area} readonly=true aria-label={text.copy_report} value={report.to_owned()} />
            <button type="button" class="button" onclick={on_close.reform(|_| ())}>{text.close}</button>
        </div>
    }
}
