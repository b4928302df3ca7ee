//! The files of a project as a tree, with a search by name: after the pattern for trees of the ARIA Authoring Practices.
//!
//! One row takes part in the order of Tab; arrows lead from row to row. Of large projects a part of the rows is drawn,
//! around the one that keys have reached.

use std::collections::BTreeMap;
use std::rc::Rc;

use page_state::{Counts, Files, Tree, TreeRow};
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use super::file_bar::{FileActions, TREE_ID, count};
use super::icons::{Icon, icon};
use super::rename::Rename;
use crate::bridge;
use crate::strings::strings;

/// Rows that are drawn at a time: more help nobody and make every key slow.
const MOST_ROWS: usize = 300;

/// In larger projects folders are closed until somebody opens them.
const ALL_OPEN_UP_TO: usize = 150;

#[derive(PartialEq, Properties)]
pub(crate) struct FileTreeProperties {
    pub(crate) files: Files,
    pub(crate) counts: Rc<Counts>,
    pub(crate) actions: FileActions,
    /// Files and folders that were left out.
    pub(crate) left_out: usize,
}

/// A row, by its path and whether it is a folder.
type Place = (String, bool);

fn place(row: &TreeRow) -> Place {
    (row.path.clone(), row.is_folder)
}

/// What is where in the tree, for as long as it is on the screen.
#[derive(Clone)]
struct View {
    /// Folders that somebody opened or closed.
    toggled: UseStateHandle<BTreeMap<String, bool>>,
    /// The row that keys have reached.
    active: UseStateHandle<Option<Place>>,
    renaming: UseStateHandle<Option<Place>>,
    /// After the next drawing the focus goes to the active row.
    takes_focus: UseStateHandle<bool>,
}

impl View {
    fn toggle(&self, folder: &str, open: bool) {
        let mut toggled = (*self.toggled).clone();
        toggled.insert(folder.to_owned(), open);
        self.toggled.set(toggled);
    }

    fn go_to(&self, row: &TreeRow) {
        self.active.set(Some(place(row)));
        self.takes_focus.set(true);
    }
}

#[component]
pub(crate) fn FileTree(properties: &FileTreeProperties) -> Html {
    let text = strings();
    let view = View {
        toggled: use_state(BTreeMap::new),
        active: use_state(|| None),
        renaming: use_state(|| None),
        takes_focus: use_state(|| false),
    };
    let words = use_state(String::new);
    let list = use_node_ref();
    let tree = use_memo(properties.files.shared_paths(), |paths| Tree::new(paths));
    let current = properties.files.current().map(str::to_owned);
    {
        // What is shown in the editor is to be seen in the tree.
        let (view, tree) = (view.clone(), tree.clone());
        use_effect_with(current.clone(), move |current| {
            let Some(current) = current else {
                return;
            };
            let mut toggled = (*view.toggled).clone();
            for folder in tree.around(current) {
                toggled.insert(folder.path.clone(), true);
            }
            view.toggled.set(toggled);
            view.active.set(Some((current.clone(), false)));
        });
    }
    {
        let (list, takes_focus) = (list.clone(), view.takes_focus.clone());
        use_effect_with(((*view.active).clone(), *takes_focus), move |_| {
            if let Some(list) = list.cast::<HtmlElement>() {
                bridge::show_row(&list, *takes_focus);
            }
            if *takes_focus {
                takes_focus.set(false);
            }
        });
    }

    let all_open = properties.files.paths().len() <= ALL_OPEN_UP_TO;
    let is_searching = !words.trim().is_empty();
    let is_open = |row: &TreeRow| is_searching || view.toggled.get(&row.path).copied().unwrap_or(all_open);
    let rows = if is_searching {
        tree.matching(words.trim())
    } else {
        tree.visible(is_open)
    };
    let active = view
        .active
        .as_ref()
        .and_then(|active| rows.iter().position(|row| place(row) == *active))
        .unwrap_or_default();
    let first = active
        .saturating_sub(MOST_ROWS / 2)
        .min(rows.len().saturating_sub(MOST_ROWS));
    let end = (first + MOST_ROWS).min(rows.len());

    let keys = keys(properties, &view, &tree, &rows, active, is_open);
    let found = rows.iter().filter(|row| !row.is_folder).count();
    let drawn = (first..end).map(|index| draw(properties, &view, rows[index], index == active, is_open(rows[index])));
    html! {
        <div class="file-tree" id={TREE_ID}>
            {search(properties, &words, &list, rows.iter().find(|row| !row.is_folder).map(|row| row.path.clone()))}
            <p class="offscreen" role="status">
                if is_searching {
                    {(text.files_found)(found)}
                }
            </p>
            <div class="tree-rows">
                {more(&view, first.checked_sub(1).map(|before| rows[before]), (text.rows_before)(first))}
                <div role="tree" aria-label={text.files} ref={list} onkeydown={keys}>
                    { for drawn }
                </div>
                {more(&view, rows.get(end).copied(), (text.show_all)(rows.len() - end))}
                if rows.is_empty() {
                    <p class="quiet nothing">{text.no_file_found}</p>
                }
            </div>
            if properties.left_out > 0 {
                <button type="button" class="text-button" popovertarget="left-out">
                    {(text.left_out_count)(properties.left_out)}
                </button>
            }
        </div>
    }
}

fn search(
    properties: &FileTreeProperties,
    words: &UseStateHandle<String>,
    list: &NodeRef,
    first: Option<String>,
) -> Html {
    let text = strings();
    let typed = {
        let words = words.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                words.set(input.value());
            }
        })
    };
    let key = {
        let (words, list, show) = (words.clone(), list.clone(), properties.actions.show.clone());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "ArrowDown" => {
                event.prevent_default();
                if let Some(list) = list.cast::<HtmlElement>() {
                    bridge::show_row(&list, true);
                }
            }
            "Enter" => {
                if let Some(first) = &first {
                    show.emit((first.clone(), true));
                }
            }
            "Escape" => words.set(String::new()),
            _ => {}
        })
    };
    html! {
        <input
            type="search"
            class="tree-search"
            placeholder={text.find_file}
            aria-label={text.find_file}
            autocomplete="off"
            spellcheck="false"
            value={(**words).clone()}
            oninput={typed}
            onkeydown={key}
        />
    }
}

/// Leads to the rows that are not drawn.
fn more(view: &View, next: Option<&TreeRow>, words: String) -> Html {
    let Some(next) = next.map(place) else {
        return Html::default();
    };
    let view = view.clone();
    let go = Callback::from(move |_: MouseEvent| {
        view.active.set(Some(next.clone()));
        view.takes_focus.set(true);
    });
    html! { <button type="button" class="text-button more" onclick={go}>{words}</button> }
}

fn draw(properties: &FileTreeProperties, view: &View, row: &TreeRow, is_active: bool, is_open: bool) -> Html {
    let text = strings();
    let key = format!("{}{}", row.path, if row.is_folder { "/" } else { "" });
    if is_active && *view.renaming == Some(place(row)) {
        let view = view.clone();
        return html! {
            <div
                class="tree-row renaming"
                role="treeitem"
                aria-level={row.level.to_string()}
                aria-selected="false"
                {key}
            >
                <span class="offscreen">{&row.name}</span>
                <Rename
                    path={row.path.clone()}
                    files={properties.files.clone()}
                    on_rename={renamed(properties, &view, row)}
                    on_done={Callback::from(move |()| {
                        view.renaming.set(None);
                        view.takes_focus.set(true);
                    })}
                />
            </div>
        };
    }
    let is_current = !row.is_folder && properties.files.current() == Some(&row.path);
    let found = if row.is_folder {
        properties.counts.of_folder(&row.path)
    } else {
        properties.counts.of_file(&row.path)
    };
    let click = {
        let (view, row, show) = (view.clone(), row.clone(), properties.actions.show.clone());
        Callback::from(move |_: MouseEvent| {
            view.active.set(Some(place(&row)));
            if row.is_folder {
                view.toggle(&row.path, !is_open);
            } else {
                show.emit((row.path.clone(), false));
            }
        })
    };
    html! {
        <div
            class={classes!("tree-row", is_current.then_some("current"))}
            {key}
            role="treeitem"
            tabindex={if is_active { "0" } else { "-1" }}
            title={row.path.clone()}
            aria-level={row.level.to_string()}
            aria-posinset={row.place.to_string()}
            aria-setsize={row.count.to_string()}
            aria-expanded={row.is_folder.then(|| is_open.to_string())}
            aria-selected={(!row.is_folder).then(|| is_current.to_string())}
            aria-keyshortcuts="F2 Delete"
            onclick={click}
        >
            <span class="twisty">
                if row.is_folder {
                    {icon(if is_open { Icon::Down } else { Icon::Right })}
                }
            </span>
            <span class="path">{&row.name}</span>
            if let Some(found) = found {
                <span class="offscreen">{(text.tree_count)(found.findings, found.worst)}</span>
            }
            // Those who listen have heard it, and have the keys. A folder that is open says it in its files.
            <span class="row-end" aria-hidden="true">
                if !row.is_folder || !is_open {
                    {count(found)}
                }
                if is_active {
                    {row_actions(properties, view, row)}
                }
            </span>
        </div>
    }
}

/// For the pointer; keys have F2 and Delete.
fn row_actions(properties: &FileTreeProperties, view: &View, row: &TreeRow) -> Html {
    let text = strings();
    let rename = {
        let (view, row) = (view.clone(), row.clone());
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            view.renaming.set(Some(place(&row)));
        })
    };
    let close = {
        let (path, close) = (row.path.clone(), properties.actions.close.clone());
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            close.emit((path.clone(), false));
        })
    };
    let button = |name: String, drawing: Icon, act: Callback<MouseEvent>| {
        html! {
            <button type="button" class="icon-button" tabindex="-1" aria-label={name.clone()} title={name} onclick={act}>
                {icon(drawing)}
            </button>
        }
    };
    html! {
        <span class="row-actions">
            {button((text.rename_file)(&row.path), Icon::Pencil, rename)}
            {button((text.close_file)(&row.path), Icon::Close, close)}
        </span>
    }
}

/// The row goes with its name.
fn renamed(properties: &FileTreeProperties, view: &View, row: &TreeRow) -> Callback<(String, String)> {
    let (view, rename, is_folder) = (view.clone(), properties.actions.rename.clone(), row.is_folder);
    let files = properties.files.clone();
    Callback::from(move |(from, to): (String, String)| {
        let renames = files.renamed(&from, &to).unwrap_or_default();
        let now = renames.iter().find(|(before, _)| is_folder || *before == from);
        if let Some((before, now)) = now {
            let path = now.strip_suffix(&before[from.len()..]).unwrap_or(now);
            view.active.set(Some((path.to_owned(), is_folder)));
            if is_folder {
                view.toggle(path, true);
            }
        }
        rename.emit((from, to));
    })
}

fn keys(
    properties: &FileTreeProperties,
    view: &View,
    tree: &Tree,
    rows: &[&TreeRow],
    active: usize,
    is_open: impl Fn(&TreeRow) -> bool,
) -> Callback<KeyboardEvent> {
    let rows: Vec<(TreeRow, bool)> = rows.iter().map(|row| ((*row).clone(), is_open(row))).collect();
    let parent = rows.get(active).and_then(|(row, _)| tree.parent(row)).cloned();
    let (view, actions) = (view.clone(), properties.actions.clone());
    Callback::from(move |event: KeyboardEvent| {
        // The field for a new name has keys of its own.
        let is_typing = event.target_dyn_into::<HtmlInputElement>().is_some();
        let Some((row, is_open)) = rows.get(active).filter(|_| !is_typing) else {
            return;
        };
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let go_to = |index: usize| {
            if let Some((row, _)) = rows.get(index) {
                view.go_to(row);
            }
        };
        match event.key().as_str() {
            "ArrowDown" => go_to(active + 1),
            "ArrowUp" => go_to(active.saturating_sub(1)),
            "Home" => go_to(0),
            "End" => go_to(rows.len() - 1),
            "ArrowRight" if row.is_folder && !is_open => view.toggle(&row.path, true),
            "ArrowRight" if row.is_folder => go_to(active + 1),
            "ArrowLeft" if row.is_folder && *is_open => view.toggle(&row.path, false),
            "ArrowLeft" => {
                if let Some(parent) = &parent {
                    view.go_to(parent);
                }
            }
            "Enter" | " " if row.is_folder => view.toggle(&row.path, !is_open),
            "Enter" => actions.show.emit((row.path.clone(), true)),
            " " => actions.show.emit((row.path.clone(), false)),
            "F2" => view.renaming.set(Some(place(row))),
            "Delete" => {
                // The next row that stays, else the one before.
                let is_gone = |other: &TreeRow| {
                    let rest = other.path.strip_prefix(row.path.as_str());
                    rest.is_some_and(|rest| rest.is_empty() || (row.is_folder && rest.starts_with('/')))
                };
                let next = rows[active..].iter().find(|(other, _)| !is_gone(other));
                if let Some((next, _)) = next.or_else(|| rows[..active].last()) {
                    view.go_to(next);
                }
                actions.close.emit((row.path.clone(), false));
            }
            key => {
                let mut letters = key.chars();
                let (Some(letter), None) = (letters.next(), letters.next()) else {
                    return;
                };
                // Other characters are keys of the page.
                if !letter.is_alphanumeric() && letter != '_' {
                    return;
                }
                let begins = |(other, _): &(TreeRow, bool)| {
                    let first = other.name.chars().next();
                    first.is_some_and(|first| first.to_lowercase().eq(letter.to_lowercase()))
                };
                let after = rows[active + 1..].iter().position(begins).map(|at| active + 1 + at);
                if let Some(index) = after.or_else(|| rows[..active].iter().position(begins)) {
                    go_to(index);
                }
            }
        }
        event.prevent_default();
    })
}
