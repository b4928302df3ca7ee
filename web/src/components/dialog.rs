//! A dialog over the page. The browser keeps the focus inside, closes it on Escape and gives the focus back to where
//! it was.

use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::icons::{Icon, icon};
use crate::bridge;
use crate::strings::strings;

#[derive(PartialEq, Properties)]
pub(crate) struct DialogProperties {
    /// Of the element; that of its title is made of it.
    pub(crate) id: &'static str,
    pub(crate) title: AttrValue,
    /// It was closed: by its button, by Escape, or by [`bridge::close_dialog`].
    pub(crate) on_close: Callback<()>,
    pub(crate) children: Html,
}

#[component]
pub(crate) fn Dialog(properties: &DialogProperties) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        let on_close = properties.on_close.clone();
        use_effect_with((), move |()| {
            let closed = Closure::<dyn Fn()>::new(move || on_close.emit(()));
            if let Some(element) = node.cast::<HtmlElement>() {
                bridge::open_dialog(&element, closed.as_ref());
            }
            // The listener lives as long as the dialog.
            move || drop(closed)
        });
    }
    let title = [properties.id, "-title"].concat();
    html! {
        <dialog ref={node} id={properties.id} class="dialog" aria-labelledby={title.clone()}>
            <div class="dialog-head">
                <h2 id={title}>{&properties.title}</h2>
                <button
                    type="button"
                    class="icon-button"
                    aria-label={strings().close}
                    onclick={|_: MouseEvent| bridge::close_dialog()}
                >
                    {icon(Icon::Close)}
                </button>
            </div>
            <div class="dialog-body">{properties.children.clone()}</div>
        </dialog>
    }
}
