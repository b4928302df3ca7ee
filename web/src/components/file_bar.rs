//! The open files.

use page_state::{Files, RenameProblem};
use report::Severity;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::icons::{self, Icon, icon};
use crate::strings::strings;

/// One open file and what was found in it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FileTab {
    pub(crate) path: String,
    pub(crate) count: usize,
    pub(crate) worst: Option<Severity>,
}

#[derive(PartialEq, Properties)]
pub(crate) struct FileBarProperties {
    pub(crate) tabs: Vec<FileTab>,
    pub(crate) files: Files,
    pub(crate) on_show: Callback<String>,
    pub(crate) on_close: Callback<String>,
    /// From the first name to the second.
    pub(crate) on_rename: Callback<(String, String)>,
    pub(crate) on_new: Callback<MouseEvent>,
    pub(crate) on_open: Callback<MouseEvent>,
}

#[component]
pub(crate) fn FileBar(properties: &FileBarProperties) -> Html {
    let text = strings();
    let renaming = use_state(|| None::<String>);
    let tabs = properties.tabs.iter().map(|tab| {
        let is_current = properties.files.current() == Some(&tab.path);
        if is_current && renaming.as_ref() == Some(&tab.path) {
            let renaming = renaming.clone();
            return html! {
                <li class="file current" key={tab.path.clone()}>
                    <Rename
                        path={tab.path.clone()}
                        files={properties.files.clone()}
                        on_rename={properties.on_rename.clone()}
                        on_done={Callback::from(move |()| renaming.set(None))}
                    />
                </li>
            };
        }
        let show = {
            let path = tab.path.clone();
            properties.on_show.reform(move |_: MouseEvent| path.clone())
        };
        let rename = {
            let (renaming, path) = (renaming.clone(), tab.path.clone());
            Callback::from(move |_: MouseEvent| renaming.set(Some(path.clone())))
        };
        let close = {
            let path = tab.path.clone();
            properties.on_close.reform(move |_: MouseEvent| path.clone())
        };
        html! {
            <li class={classes!("file", is_current.then_some("current"))} key={tab.path.clone()}>
                <button
                    type="button"
                    class="file-name"
                    aria-current={is_current.then_some("true")}
                    onclick={show}
                    ondblclick={rename.clone()}
                >
                    <span class="path">{&tab.path}</span>
                    if let Some(worst) = tab.worst {
                        <span class="count" title={(text.files_with_findings)(tab.count)}>
                            {icons::severity(worst)}
                            {tab.count}
                            <span class="offscreen">{(text.files_with_findings)(tab.count)}</span>
                        </span>
                    }
                </button>
                if is_current {
                    <button
                        type="button"
                        class="icon-button"
                        aria-label={(text.rename_file)(&tab.path)}
                        title={(text.rename_file)(&tab.path)}
                        onclick={rename}
                    >
                        {icon(Icon::Pencil)}
                    </button>
                }
                <button
                    type="button"
                    class="icon-button"
                    aria-label={(text.close_file)(&tab.path)}
                    title={(text.close_file)(&tab.path)}
                    onclick={close}
                >
                    {icon(Icon::Close)}
                </button>
            </li>
        }
    });
    html! {
        <nav class="file-bar" aria-label={text.files}>
            <ul>{ for tabs }</ul>
            <div class="file-actions">
                <button
                    type="button"
                    class="icon-button"
                    aria-label={text.new_file}
                    title={text.new_file}
                    onclick={&properties.on_new}
                >
                    {icon(Icon::Plus)}
                </button>
                <button
                    type="button"
                    class="icon-button"
                    aria-label={text.open_files}
                    title={text.open_files}
                    onclick={&properties.on_open}
                >
                    {icon(Icon::Folder)}
                </button>
            </div>
        </nav>
    }
}

#[derive(PartialEq, Properties)]
struct RenameProperties {
    path: String,
    files: Files,
    on_rename: Callback<(String, String)>,
    on_done: Callback<()>,
}

/// The field in the place of a file's name. Enter takes the name, Escape and leaving without a change do not.
#[component]
fn Rename(properties: &RenameProperties) -> Html {
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
    let problem = properties.files.clone().rename(&properties.path, &name).err();
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
                    }}
                </span>
            }
        </span>
    }
}
