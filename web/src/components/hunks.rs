//! The hunks of a fix, each of which can be rejected.

use page_state::{Hunk, HunkKey};
use yew::prelude::*;

use super::diff::{DiffLayout, diff};
use super::icons::{Icon, icon};
use crate::strings::strings;

/// One hunk with what was decided about it, and how to decide otherwise.
pub(crate) fn hunk(
    hunk: &Hunk<'_>,
    is_accepted: bool,
    layout: DiffLayout,
    on_decide: &Callback<(HunkKey, bool)>,
) -> Html {
    let text = &strings().fixes;
    let key = hunk.key();
    let (class, drawing, label) = if is_accepted {
        ("hunk accepted", Icon::Check, text.accepted)
    } else {
        ("hunk rejected-hunk", Icon::Close, text.rejected)
    };
    let action = if is_accepted { text.reject } else { text.accept };
    let line = hunk.edits.first().map_or(0, |edit| edit.start.line);
    html! {
        <div {class} data-file={hunk.file.to_owned()}>
            if hunk.diff.is_empty() {
                <p class="quiet">{text.too_long}</p>
            } else {
                {diff(hunk.file, hunk.diff, layout)}
            }
            <div class="hunk-actions">
                <span class="decision">{icon(drawing)}{label}</span>
                <button
                    type="button"
                    class="text-button"
                    aria-label={(text.of_line)(action, hunk.file, line)}
                    onclick={on_decide.reform(move |_| (key.clone(), !is_accepted))}
                >
                    {action}
                </button>
            </div>
        </div>
    }
}
