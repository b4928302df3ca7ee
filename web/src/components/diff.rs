//! A fix as a diff.

use page_state::{DiffLine, DiffLineKind, diff_lines, side_by_side};
use yew::prelude::*;

use crate::strings::strings;

/// Both versions below each other, or beside each other where there is room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DiffLayout {
    Unified,
    SideBySide,
}

/// The changes of a fix in one file, as a table of lines. What all lines are indented by is left out.
pub(crate) fn diff(path: &str, unified: &str, layout: DiffLayout) -> Html {
    let lines = diff_lines(unified);
    let texts = lines
        .iter()
        .map(|line| line.text)
        .filter(|text| !text.trim().is_empty());
    let indent = texts
        .map(|text| text.len() - text.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0);
    let (class, rows): (_, Html) = match layout {
        DiffLayout::Unified => ("diff", lines.iter().map(|line| row(line, indent)).collect()),
        DiffLayout::SideBySide => {
            let pairs = side_by_side(&lines).into_iter();
            (
                "diff side-by-side",
                pairs.map(|(old, new)| pair(old, new, indent)).collect(),
            )
        }
    };
    html! {
        <div {class} role="group" aria-label={(strings().diff_label)(path)} tabindex="0">
            <table>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn row(line: &DiffLine<'_>, indent: usize) -> Html {
    let (class, sign, word) = marks(line.kind);
    html! {
        <tr {class}>
            <td class="number" aria-hidden="true">{number(line.new.or(line.old))}</td>
            <td class="sign"><span aria-hidden="true">{sign}</span><span class="offscreen">{word}</span></td>
            <td class="text">{line.text.get(indent..).unwrap_or_default()}</td>
        </tr>
    }
}

fn pair(old: Option<&DiffLine<'_>>, new: Option<&DiffLine<'_>>, indent: usize) -> Html {
    let half = |line: Option<&DiffLine<'_>>, place: Option<u32>| {
        let Some(line) = line else {
            return html! { <td class="nothing" colspan="3"></td> };
        };
        let (class, sign, word) = marks(line.kind);
        html! {
            <>
                <td class={classes!("number", class)} aria-hidden="true">{number(place)}</td>
                <td class={classes!("sign", class)}>
                    <span aria-hidden="true">{sign}</span><span class="offscreen">{word}</span>
                </td>
                <td class={classes!("text", class)}>{line.text.get(indent..).unwrap_or_default()}</td>
            </>
        }
    };
    html! {
        <tr>{half(old, old.and_then(|line| line.old))}{half(new, new.and_then(|line| line.new))}</tr>
    }
}

fn marks(kind: DiffLineKind) -> (&'static str, &'static str, &'static str) {
    let text = strings();
    match kind {
        DiffLineKind::Same => ("same", " ", ""),
        DiffLineKind::Removed => ("removed", "−", text.removed),
        DiffLineKind::Added => ("added", "+", text.added),
        DiffLineKind::Gap => ("gap", "⋯", text.lines_left_out),
    }
}

fn number(number: Option<u32>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}
