//! The report to copy by hand, where the browser does not let the page do it.

use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use crate::strings::strings;

#[derive(PartialEq, Properties)]
pub(crate) struct CopyByHandProperties {
    pub(crate) text: String,
    pub(crate) on_close: Callback<()>,
}

#[component]
pub(crate) fn CopyByHand(properties: &CopyByHandProperties) -> Html {
    let text = strings();
    let area = use_node_ref();
    {
        let area = area.clone();
        use_effect_with((), move |()| {
            if let Some(area) = area.cast::<HtmlTextAreaElement>() {
                let _ = area.focus();
                area.select();
            }
        });
    }
    let key = {
        let on_close = properties.on_close.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                on_close.emit(());
            }
        })
    };
    html! {
        <div class="copy-by-hand" role="dialog" aria-labelledby="copy-by-hand-title" onkeydown={key}>
            <p id="copy-by-hand-title">{text.copy_by_hand}</p>
            <textarea ref={area} readonly=true aria-label={text.copy_report} value={properties.text.clone()} />
            <button type="button" class="button" onclick={properties.on_close.reform(|_| ())}>{text.close}</button>
        </div>
    }
}
