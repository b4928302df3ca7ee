//! Drawings. Severities have shapes of their own: octagon, triangle, disc.

use report::Severity;
use yew::prelude::*;

/// The shape of a severity; the editor's gutter draws the same (`editor/src/shapes.js`).
pub(crate) fn severity(severity: Severity) -> Html {
    let path = match severity {
        Severity::Critical => "M5 1h6l4 4v6l-4 4H5l-4-4V5z",
        Severity::Warning => "M8 1.2 15.6 14.6H.4z",
        Severity::Suggestion => "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z",
    };
    let class = match severity {
        Severity::Critical => "shape critical",
        Severity::Warning => "shape warning",
        Severity::Suggestion => "shape suggestion",
    };
    html! {
        <svg viewBox="0 0 16 16" {class} aria-hidden="true"><path fill="currentColor" d={path} /></svg>
    }
}

/// An icon in the weight of the text around it.
pub(crate) fn icon(name: Icon) -> Html {
    let path = match name {
        Icon::Lock => "M4 7h8v6.5H4zM5.5 7V5a2.5 2.5 0 0 1 5 0v2",
        Icon::Examples => "M2.5 3.5h4.5v9H2.5zM9 3.5h4.5v9H9z",
        Icon::Share => {
            "M6.5 9.5l3-3M7 4.5l1.8-1.8a2.5 2.5 0 0 1 3.5 3.5L10.5 8M9 11.5l-1.8 1.8a2.5 2.5 0 0 1-3.5-3.5L5.5 8"
        }
        Icon::Fix => "M1.5 9l2.5 2.5L9.5 5M7 10.5l1.5 1L14.5 5",
        Icon::Export => "M8 2v8M4.5 6.5L8 10l3.5-3.5M2.5 13.5h11",
        Icon::Reset => "M3 8a5 5 0 1 0 1.6-3.7M3 2.5v3h3",
        Icon::Sun => {
            "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1"
        }
        Icon::Moon => "M13.5 9.5A6 6 0 0 1 6.5 2.5a5.8 5.8 0 1 0 7 7z",
        Icon::Screen => "M2 3h12v8H2zM6 13.5h4",
        Icon::Plus => "M8 3v10M3 8h10",
        Icon::File => "M4 2h5l3 3v9H4zM9 2v3h3",
        Icon::Folder => "M2 4h4.5l1.5 1.5h6v7H2z",
        Icon::Close => "M4 4l8 8M12 4l-8 8",
        Icon::Pencil => "M3 13l.6-2.6L10.8 3.2l2 2-7.2 7.2zM9.6 4.4l2 2",
        Icon::Check => "M3 8.5l3.2 3.2L13 5",
        Icon::Left => "M10 3L5 8l5 5",
        Icon::Right => "M6 3l5 5-5 5",
        Icon::Down => "M4 6l4 4 4-4",
        Icon::Minus => "M4 8h8",
        Icon::Question => "M5.5 6a2.5 2.5 0 1 1 2.5 2.5v1.5M8 12.5v.5",
        Icon::Filter => "M2 3h12L9.5 8.5V13l-3-1.5v-3z",
        Icon::Download => "M8 2v8M4.5 7L8 10.5 11.5 7M2.5 13.5h11",
        Icon::Up => "M4 10l4-4 4 4",
        Icon::Settings => "M2 5h6M12 5h2M10 3v4M2 11h2M8 11h6M6 9v4",
    };
    html! {
        <svg viewBox="0 0 16 16" class="icon" aria-hidden="true">
            <path
                fill="none"
                stroke="currentColor"
                stroke-width="1.5"
                stroke-linecap="round"
                stroke-linejoin="round"
                d={path}
            />
        </svg>
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    Lock,
    Examples,
    Export,
    Fix,
    Share,
    Reset,
    Sun,
    Moon,
    Screen,
    Plus,
    File,
    Folder,
    Close,
    Pencil,
    Check,
    Left,
    Right,
    Down,
    Minus,
    Question,
    Filter,
    Download,
    Up,
    Settings,
}
