//! A fix as a diff.

use page_state::{DiffLine, DiffLineKind, diff_lines};
use yew::prelude::*;

use crate::strings::strings;

/// The changes of a fix in one file, as a table of lines. What all lines are indented by is left out.
pub(crate) fn diff(path: &str, unified: &str) -> Html {
    let lines = diff_lines(unified);
    let texts = lines
        .iter()
        .map(|line| line.text)
        .filter(|text| !text.trim().is_empty());
    let indent = texts
        .map(|text| text.len() - text.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0);
    html! {
        <div class="diff" role="region" aria-label={(strings().diff_label)(path)} tabindex="0">
            <table>
                <tbody>{ for lines.iter().map(|line| row(line, indent)) }</tbody>
            </table>
        </div>
    }
}

fn row(line: &DiffLine<'_>, indent: usize) -> Html {
    let text = strings();
    let (class, sign, word) = match line.kind {
        DiffLineKind::Same => ("same", " ", ""),
        DiffLineKind::Removed => ("removed", "−", text.removed),
        DiffLineKind::Added => ("added", "+", text.added),
        DiffLineKind::Gap => ("gap", "⋯", text.lines_left_out),
    };
    let number = line
        .new
        .or(line.old)
        .map(|number| number.to_string())
        .unwrap_or_default();
    html! {
        <tr {class}>
            <td class="number" aria-hidden="true">{number}</td>
            <td class="sign"><span aria-hidden="true">{sign}</span><span class="offscreen">{word}</span></td>
            <td class="text">{line.text.get(indent..).unwrap_or_default()}</td>
        </tr>
    }
}
