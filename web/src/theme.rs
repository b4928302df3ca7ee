//! Light, dark, or as the system says.

use crate::bridge;

/// Read by `start.js`, too, before anything is drawn.
const KEY: &str = "claimcheck.theme";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    Light,
    Dark,
    System,
}

impl Theme {
    pub(crate) const ALL: [Theme; 3] = [Theme::Light, Theme::Dark, Theme::System];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
            Theme::System => "system",
        }
    }

    pub(crate) fn stored() -> Theme {
        let name = bridge::read_storage(KEY);
        Theme::ALL
            .into_iter()
            .find(|theme| Some(theme.name()) == name.as_deref())
            .unwrap_or(Theme::System)
    }

    pub(crate) fn choose(self) {
        bridge::apply_theme(self.name());
        bridge::write_storage(KEY, self.name());
    }
}
