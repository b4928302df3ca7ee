//! What fills the page below its header.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
    /// The editor, the list of findings and one finding in detail.
    Findings,
    /// Which path is guarded by what.
    Routes,
}

impl Screen {
    pub(crate) const ALL: [Screen; 2] = [Screen::Findings, Screen::Routes];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Screen::Findings => "findings",
            Screen::Routes => "routes",
        }
    }

    pub(crate) fn other(self) -> Screen {
        match self {
            Screen::Findings => Screen::Routes,
            Screen::Routes => Screen::Findings,
        }
    }
}
