//! The review of fixes: every edit of every finding by file, accepted or rejected one by one, made together.

use std::collections::BTreeSet;
use std::rc::Rc;

use page_state::{Decisions, Hunk, HunkKey, hunks};
use report::{Finding, Report};
use yew::prelude::*;

use super::dialog::Dialog;
use super::diff::DiffLayout;
use super::hunks::hunk;
use super::icons;
use super::markdown::with_code;
use crate::bridge;
use crate::strings::strings;

/// How far a review is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Review {
    pub(crate) step: ReviewStep,
    /// Hunks that were shown. One that was not is not made.
    pub(crate) seen: BTreeSet<HunkKey>,
    /// Hunks that fixes of this review made possible.
    pub(crate) is_new: BTreeSet<HunkKey>,
    pub(crate) rounds: usize,
    /// Fixes that were made, and where.
    pub(crate) made: usize,
    pub(crate) files: BTreeSet<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReviewStep {
    Deciding,
    /// The fixes are made, and the audit of what they leave is under way.
    Making,
    Done,
}

impl Review {
    pub(crate) fn new() -> Review {
        Review {
            step: ReviewStep::Deciding,
            seen: BTreeSet::new(),
            is_new: BTreeSet::new(),
            rounds: 0,
            made: 0,
            files: BTreeSet::new(),
        }
    }
}

/// Hunks that are drawn at once: thousands would make the page wait.
const SHOWN: usize = 150;

#[derive(PartialEq, Properties)]
pub(crate) struct ReviewProperties {
    pub(crate) report: Rc<Report>,
    pub(crate) review: Review,
    pub(crate) decisions: Decisions,
    /// Whether the report is about the text on the screen.
    pub(crate) is_current: bool,
    pub(crate) on_decide: Callback<(HunkKey, bool)>,
    pub(crate) on_decide_all: Callback<bool>,
    pub(crate) on_make: Callback<MouseEvent>,
    pub(crate) on_undo: Callback<MouseEvent>,
    pub(crate) on_export: Callback<MouseEvent>,
    pub(crate) on_close: Callback<()>,
}

#[component]
pub(crate) fn ReviewDialog(properties: &ReviewProperties) -> Html {
    let text = &strings().fixes;
    let is_wide = bridge::prefers_wide();
    let layout = use_state(|| {
        if is_wide {
            DiffLayout::SideBySide
        } else {
            DiffLayout::Unified
        }
    });
    let shown = use_state(|| SHOWN);
    let all: Vec<Hunk<'_>> = properties.report.findings.iter().flat_map(hunks).collect();
    let body = if properties.review.step == ReviewStep::Done {
        summary(properties)
    } else if all.is_empty() {
        html! { <p class="teaching">{text.nothing_to_fix}</p> }
    } else {
        let layout_now = if is_wide { *layout } else { DiffLayout::Unified };
        let choose = |wanted: DiffLayout, label: &'static str| {
            let set = layout.setter();
            html! {
                <button
                    type="button"
                    class="button"
                    aria-pressed={(layout_now == wanted).to_string()}
                    onclick={move |_: MouseEvent| set.set(wanted)}
                >
                    {label}
                </button>
            }
        };
        let accepted = all.iter().filter(|hunk| properties.decisions.is_accepted(hunk)).count();
        let is_making = properties.review.step == ReviewStep::Making || !properties.is_current;
        let more = all.len().saturating_sub(*shown);
        html! {
            <>
                <div class="review-tools">
                    <p role="status">
                        { if is_making {
                            strings().auditing.to_owned()
                        } else {
                            (text.count)(accepted, all.len())
                        } }
                    </p>
                    <button type="button" class="text-button" onclick={properties.on_decide_all.reform(|_| true)}>
                        {text.accept_all}
                    </button>
                    <button type="button" class="text-button" onclick={properties.on_decide_all.reform(|_| false)}>
                        {text.reject_all}
                    </button>
                    if is_wide {
                        <span class="layouts" role="group" aria-label={text.layout}>
                            {choose(DiffLayout::Unified, text.unified)}
                            {choose(DiffLayout::SideBySide, text.side_by_side)}
                        </span>
                    }
                </div>
                if properties.review.rounds > 0 {
                    <p class="review-note">{text.next_round}</p>
                }
                <div class="review-files">
                    { for by_file(&all, *shown).iter().map(|(file, fixes)| html! {
                        <section class="review-file" aria-label={(*file).to_owned()}>
                            <h3 class="path">{*file}</h3>
                            { for fixes.iter().map(|of_finding| fix(properties, of_finding, layout_now)) }
                        </section>
                    }) }
                    if more > 0 {
                        <button
                            type="button"
                            class="button"
                            onclick={{
                                let (set, next) = (shown.setter(), *shown + SHOWN);
                                move |_: MouseEvent| set.set(next)
                            }}
                        >
                            {(strings().show_all)(more)}
                        </button>
                    }
                </div>
                <div class="dialog-actions">
                    <button
                        type="button"
                        class="button primary"
                        disabled={is_making || accepted == 0}
                        onclick={&properties.on_make}
                    >
                        {(text.make)(accepted)}
                    </button>
                    <button type="button" class="button" onclick={|_: MouseEvent| bridge::close_dialog()}>
                        {text.cancel}
                    </button>
                </div>
            </>
        }
    };
    html! {
        <Dialog id="review" title={text.title} on_close={properties.on_close.clone()}>
            <div class="review">{body}</div>
        </Dialog>
    }
}

/// The first hunks, by file and then by finding.
fn by_file<'a, 'h>(all: &'h [Hunk<'a>], limit: usize) -> Vec<(&'a str, Vec<Vec<&'h Hunk<'a>>>)> {
    let mut ordered: Vec<&Hunk<'_>> = all.iter().collect();
    text::sort_by_key(&mut ordered, |hunk| hunk.file);
    ordered.truncate(limit);
    let files = ordered.chunk_by(|a, b| a.file == b.file);
    files
        .map(|of_file| {
            let findings = of_file.chunk_by(|a, b| a.finding.fingerprint == b.finding.fingerprint);
            (of_file[0].file, findings.map(<[_]>::to_vec).collect())
        })
        .collect()
}

/// What one finding's fix does in one file.
fn fix(properties: &ReviewProperties, of_finding: &[&Hunk<'_>], layout: DiffLayout) -> Html {
    let text = strings();
    let Some((finding, fix)) = of_finding
        .first()
        .and_then(|hunk| Some((hunk.finding, hunk.finding.fix.as_ref()?)))
    else {
        return Html::default();
    };
    let is_new = of_finding
        .iter()
        .any(|hunk| properties.review.is_new.contains(&hunk.key()));
    html! {
        <article class="review-fix" data-rule={finding.rule.clone()} key={finding.fingerprint.clone()}>
            <h4>{icons::severity(finding.severity)}<span>{with_code(&fix.title)}</span></h4>
            <p class="quiet">{with_code(&finding.message)}</p>
            <p class="applicability">
                if is_new {
                    <strong>{text.fixes.is_new}{" "}</strong>
                }
                {(text.applicability)(fix.applicability)}
            </p>
            { for of_finding.iter().map(|one| {
                hunk(one, properties.decisions.is_accepted(one), layout, &properties.on_decide)
            }) }
        </article>
    }
}

fn summary(properties: &ReviewProperties) -> Html {
    let text = &strings().fixes;
    let review = &properties.review;
    let remaining = &properties.report.findings;
    html! {
        <div class="review-summary">
            <p role="status">
                <strong>{(text.done)(review.made, review.files.len())}</strong>{" "}
                {(text.remaining)(remaining.len())}
            </p>
            if !remaining.is_empty() {
                <ul class="remaining">
                    { for remaining.iter().take(SHOWN).map(|finding| html! {
                        <li data-rule={finding.rule.clone()}>
                            {icons::severity(finding.severity)}
                            <span>
                                {with_code(&finding.message)}
                                <span class="quiet">
                                    {format!(
                                        "{}:{} · {}",
                                        finding.location.file,
                                        finding.location.start.line,
                                        why(finding, &properties.decisions)
                                    )}
                                </span>
                            </span>
                        </li>
                    }) }
                </ul>
            }
            <div class="dialog-actions">
                <button type="button" class="button primary" onclick={&properties.on_export}>{text.export}</button>
                if review.made > 0 {
                    <button type="button" class="button" onclick={&properties.on_undo}>{text.undo_all}</button>
                }
                <button type="button" class="button" onclick={|_: MouseEvent| bridge::close_dialog()}>
                    {strings().close}
                </button>
            </div>
        </div>
    }
}

/// Why a finding is still there.
fn why(finding: &Finding, decisions: &Decisions) -> &'static str {
    let text = &strings().fixes;
    let hunks = hunks(finding);
    if hunks.is_empty() {
        text.no_edit
    } else if hunks.iter().any(|hunk| decisions.is_rejected(hunk)) {
        text.was_rejected
    } else if hunks.iter().any(Hunk::needs_value) {
        text.wants_value
    } else {
        text.can_be_fixed
    }
}
