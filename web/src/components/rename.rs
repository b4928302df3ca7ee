//! The field in which a file or folder gets another name.

use page_state::{Files, RenameProblem};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::strings::strings;

#[derive(PartialEq, Properties)]
pub(crate) struct RenameProperties {
    pub(crate) path: String,
    pub(crate) files: Files,
    pub(crate) on_rename: Callback<(String, String)>,
    pub(crate) on_done: Callback<()>,
}

/// The field in the place of a file's name. Enter takes the name, Escape and leaving without a change do not.
#[component]
pub(crate) fn Rename(properties: &RenameProperties) -> Html {
    let text = strings();
    let name = use_state(|| properties.path.clone());
    let input = use_node_ref();
    {
        let input = input.clone();
        use_effect_with((), move |()| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                let _ = input.focus();
                input.select();
            }
        });
    }
    let problem = properties.files.renamed(&properties.path, &name).err();
    let typed = {
        let name = name.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                name.set(input.value());
            }
        })
    };
    let finish = {
        let (name, path) = (name.clone(), properties.path.clone());
        let (on_rename, on_done) = (properties.on_rename.clone(), properties.on_done.clone());
        move || {
            if problem.is_none() {
                on_rename.emit((path.clone(), (*name).clone()));
            }
            on_done.emit(());
        }
    };
    let key = {
        let (finish, on_done) = (finish.clone(), properties.on_done.clone());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" if problem.is_none() => finish(),
            "Escape" => on_done.emit(()),
            _ => {}
        })
    };
    html! {
        <span class="rename">
            <input
                ref={input}
                type="text"
                value={(*name).clone()}
                aria-label={text.new_name}
                aria-invalid={problem.is_some().then_some("true")}
                aria-describedby={problem.is_some().then_some("rename-problem")}
                spellcheck="false"
                oninput={typed}
                onkeydown={key}
                onblur={Callback::from(move |_: FocusEvent| finish())}
            />
            if let Some(problem) = problem {
                <span id="rename-problem" class="problem" role="alert">
                    {match problem {
                        RenameProblem::Empty => text.name_empty,
                        RenameProblem::Taken => text.name_taken,
                        RenameProblem::Outside => text.name_outside,
                    }}
                </span>
            }
        </span>
    }
}
