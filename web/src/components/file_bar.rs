//! The open files: a tab for each when they are few, else the one that is shown, beside the tree of all.

use std::rc::Rc;

use page_state::{Count, Counts, Files};
use yew::prelude::*;

use super::icons::{self, Icon, icon};
use super::rename::Rename;
use crate::strings::strings;

/// With more files than these, tabs are no way to find one.
const MOST_TABS: usize = 6;

/// The part of the page that the button of the tree shows and hides.
pub(crate) const TREE_ID: &str = "file-tree";

/// What can be done with files, the same in the bar and in the tree.
#[derive(Clone, PartialEq)]
pub(crate) struct FileActions {
    /// Shows a file; the flag says whether to go on in its text.
    pub(crate) show: Callback<(String, bool)>,
    /// Closes a file, or a folder with everything in it; the flag says whether to go on in the editor.
    pub(crate) close: Callback<(String, bool)>,
    /// From the first name to the second, a file or a folder.
    pub(crate) rename: Callback<(String, String)>,
    pub(crate) add: Callback<MouseEvent>,
    pub(crate) open: Callback<MouseEvent>,
    pub(crate) open_folder: Callback<MouseEvent>,
    pub(crate) toggle_tree: Callback<MouseEvent>,
}

#[derive(PartialEq, Properties)]
pub(crate) struct FileBarProperties {
    pub(crate) files: Files,
    pub(crate) counts: Rc<Counts>,
    /// Whether the tree is to be seen, when there is one.
    pub(crate) tree_open: bool,
    pub(crate) actions: FileActions,
}

pub(crate) fn has_tree(files: &Files) -> bool {
    files.paths().len() > MOST_TABS
}

#[component]
pub(crate) fn FileBar(properties: &FileBarProperties) -> Html {
    let text = strings();
    let renaming = use_state(|| None::<String>);
    let names = if has_tree(&properties.files) {
        html! {
            <>
                <button
                    type="button"
                    class="tree-toggle"
                    aria-expanded={properties.tree_open.to_string()}
                    aria-controls={properties.tree_open.then_some(TREE_ID)}
                    onclick={&properties.actions.toggle_tree}
                >
                    {icon(if properties.tree_open { Icon::Down } else { Icon::Right })}
                    {text.files}{" "}
                    <span class="quiet">{properties.files.paths().len()}</span>
                </button>
                <ul>
                    { for properties.files.current().map(|path| tab(properties, path, &renaming)) }
                </ul>
            </>
        }
    } else {
        let tabs = properties.files.paths().iter();
        html! { <ul>{ for tabs.map(|path| tab(properties, path, &renaming)) }</ul> }
    };
    let actions = &properties.actions;
    html! {
        <nav class="file-bar" aria-label={text.files}>
            {names}
            <div class="file-actions">
                {action(text.new_file, Icon::Plus, &actions.add)}
                {action(text.open_files, Icon::File, &actions.open)}
                {action(text.open_folder, Icon::Folder, &actions.open_folder)}
            </div>
        </nav>
    }
}

fn action(name: &'static str, drawing: Icon, act: &Callback<MouseEvent>) -> Html {
    html! {
        <button type="button" class="icon-button" aria-label={name} title={name} onclick={act}>
            {icon(drawing)}
        </button>
    }
}

fn tab(properties: &FileBarProperties, path: &str, renaming: &UseStateHandle<Option<String>>) -> Html {
    let text = strings();
    let is_current = properties.files.current() == Some(path);
    let key = path.to_owned();
    if is_current && renaming.as_deref() == Some(path) {
        let renaming = renaming.clone();
        return html! {
            <li class="file current" {key}>
                <Rename
                    path={path.to_owned()}
                    files={properties.files.clone()}
                    on_rename={properties.actions.rename.clone()}
                    on_done={Callback::from(move |()| renaming.set(None))}
                />
            </li>
        };
    }
    let show = {
        let path = path.to_owned();
        properties
            .actions
            .show
            .reform(move |_: MouseEvent| (path.clone(), false))
    };
    let rename = {
        let (renaming, path) = (renaming.clone(), path.to_owned());
        Callback::from(move |_: MouseEvent| renaming.set(Some(path.clone())))
    };
    let close = {
        let path = path.to_owned();
        properties
            .actions
            .close
            .reform(move |_: MouseEvent| (path.clone(), true))
    };
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    html! {
        <li class={classes!("file", is_current.then_some("current"))} {key}>
            <button
                type="button"
                class="file-name"
                title={path.to_owned()}
                aria-current={is_current.then_some("true")}
                onclick={show}
                ondblclick={rename.clone()}
            >
                <span class="path">
                    if !folder.is_empty() {
                        <span class="folder">{folder}{"/"}</span>
                    }
                    <span>{name}</span>
                </span>
                {count(properties.counts.of_file(path))}
            </button>
            if is_current {
                {action_on(text.rename_file, path, Icon::Pencil, rename)}
            }
            {action_on(text.close_file, path, Icon::Close, close)}
        </li>
    }
}

fn action_on(name: fn(&str) -> String, path: &str, drawing: Icon, act: Callback<MouseEvent>) -> Html {
    html! {
        <button type="button" class="icon-button" aria-label={name(path)} title={name(path)} onclick={act}>
            {icon(drawing)}
        </button>
    }
}

/// What was found in a file or folder.
pub(crate) fn count(count: Option<Count>) -> Html {
    let Some(count) = count else {
        return Html::default();
    };
    let words = (strings().files_with_findings)(count.findings);
    html! {
        <span class="count" title={words.clone()}>
            {icons::severity(count.worst)}
            {count.findings}
            <span class="offscreen">{words}</span>
        </span>
    }
}
