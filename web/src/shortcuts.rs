//! The keys of the page: one table, from which they are dispatched and the help is drawn.

use crate::bridge;

/// What a key does. The application carries it out: see `app/keys.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    NextFinding,
    PreviousFinding,
    GoToCode,
    ApplyFix,
    ReviewFixes,
    Ignore,
    Filter,
    ClearFilter,
    OtherScreen,
    NextPanel,
    PreviousPanel,
    NewFile,
    OpenFiles,
    Undo,
    Export,
    Share,
    Help,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    Findings,
    Page,
    Files,
}

impl Group {
    pub(crate) const ALL: [Group; 3] = [Group::Findings, Group::Page, Group::Files];
}

pub(crate) struct Shortcut {
    pub(crate) action: Action,
    pub(crate) group: Group,
    /// As `editor/src/keys.js` names them. Single characters act outside of the editor and of fields alone, and can be
    /// turned off: whoever dictates, or types by accident, would trigger them.
    pub(crate) keys: &'static [&'static str],
}

pub(crate) const SHORTCUTS: [Shortcut; 17] = [
    shortcut(Group::Findings, Action::NextFinding, &["F8", "j"]),
    shortcut(Group::Findings, Action::PreviousFinding, &["Shift+F8", "k"]),
    shortcut(Group::Findings, Action::GoToCode, &["e"]),
    shortcut(Group::Findings, Action::ApplyFix, &["Ctrl+.", "a"]),
    shortcut(Group::Findings, Action::ReviewFixes, &["f"]),
    shortcut(Group::Findings, Action::Ignore, &["i"]),
    shortcut(Group::Findings, Action::Filter, &["/"]),
    shortcut(Group::Findings, Action::ClearFilter, &["x"]),
    shortcut(Group::Page, Action::OtherScreen, &["F9", "r"]),
    shortcut(Group::Page, Action::NextPanel, &["F6"]),
    shortcut(Group::Page, Action::PreviousPanel, &["Shift+F6"]),
    shortcut(Group::Page, Action::Undo, &["u"]),
    shortcut(Group::Page, Action::Export, &["s"]),
    shortcut(Group::Page, Action::Share, &["l"]),
    shortcut(Group::Page, Action::Help, &["?"]),
    shortcut(Group::Files, Action::NewFile, &["n"]),
    shortcut(Group::Files, Action::OpenFiles, &["o"]),
];

const fn shortcut(group: Group, action: Action, keys: &'static [&'static str]) -> Shortcut {
    Shortcut { action, group, keys }
}

/// The action of a key. `in_field`: what is typed belongs to a field or to the editor.
pub(crate) fn action(key: &str, in_field: bool, single_keys: bool) -> Option<Action> {
    if is_single(key) && (in_field || !single_keys) {
        return None;
    }
    let shortcut = SHORTCUTS.iter().find(|shortcut| shortcut.keys.contains(&key));
    shortcut.map(|shortcut| shortcut.action)
}

/// The first key of an action, for the tips of buttons.
pub(crate) fn key_of(action: Action) -> &'static str {
    let shortcut = SHORTCUTS.iter().find(|shortcut| shortcut.action == action);
    shortcut
        .and_then(|shortcut| shortcut.keys.first())
        .copied()
        .unwrap_or_default()
}

/// A character that is typed, without Ctrl or Alt.
pub(crate) fn is_single(key: &str) -> bool {
    key.chars().count() == 1
}

const KEY: &str = "claimcheck.keys";

pub(crate) fn stored_single_keys() -> bool {
    bridge::read_storage(KEY).as_deref() != Some("off")
}

pub(crate) fn store_single_keys(on: bool) {
    bridge::write_storage(KEY, if on { "on" } else { "off" });
}
