//! One finding: what is wrong, how to repair it, why it matters.

use std::rc::Rc;

use page_state::{Decisions, HunkKey, hunks};
use report::{Finding, Fix, Location, Note, Report, RuleInfo};
use yew::prelude::*;

use super::diff::DiffLayout;
use super::hunks::hunk;
use super::icons::{self, Icon, icon};
use super::ignore::Ignore;
use super::markdown::{markdown, with_code};
use crate::strings::strings;

#[derive(PartialEq, Properties)]
pub(crate) struct DetailProperties {
    pub(crate) panel: NodeRef,
    pub(crate) report: Option<Rc<Report>>,
    pub(crate) rules: Rc<Vec<RuleInfo>>,
    /// Index into the report's findings.
    pub(crate) selected: Option<usize>,
    /// Indices of the findings in the order in which they are listed.
    pub(crate) order: Rc<Vec<usize>>,
    pub(crate) on_back: Callback<MouseEvent>,
    pub(crate) on_step: Callback<i32>,
    pub(crate) on_go_to: Callback<Location>,
    pub(crate) on_apply: Callback<usize>,
    /// What was decided about the hunks of fixes.
    pub(crate) decisions: Decisions,
    pub(crate) on_decide: Callback<(HunkKey, bool)>,
    pub(crate) on_review: Callback<MouseEvent>,
    /// The reason is asked for which the finding shall be ignored.
    pub(crate) asking_reason: bool,
    pub(crate) reason_field: NodeRef,
    pub(crate) on_ask_reason: Callback<bool>,
    pub(crate) on_ignore: Callback<String>,
}

#[component]
pub(crate) fn Detail(properties: &DetailProperties) -> Html {
    let text = strings();
    let count = properties.order.len();
    let place = |index: usize| properties.order.iter().position(|known| *known == index);
    let selected = properties
        .selected
        .zip(properties.report.as_ref())
        .and_then(|(index, report)| Some((index, report.findings.get(index)?)));
    html! {
        <section class="detail" ref={properties.panel.clone()} tabindex="-1" aria-label={text.detail}>
            <div class="panel-head">
                <button type="button" class="text-button back" onclick={&properties.on_back}>
                    {icon(Icon::Left)}{text.all_findings}
                </button>
                if let Some(place) = selected.and_then(|(index, _)| place(index)) {
                    <span class="quiet">{(text.position)(place + 1, count)}</span>
                }
                <span class="steps">
                    {step(properties, -1, Icon::Left, text.previous_finding, count)}
                    {step(properties, 1, Icon::Right, text.next_finding, count)}
                </span>
            </div>
            <div class="panel-body">
                if let Some((index, finding)) = selected {
                    {detail(properties, index, finding)}
                } else {
                    <div class="teaching">
                        <h3>{text.nothing_selected_title}</h3>
                        <p>{text.nothing_selected_text}</p>
                    </div>
                }
            </div>
        </section>
    }
}

fn step(properties: &DetailProperties, by: i32, drawing: Icon, label: &'static str, count: usize) -> Html {
    html! {
        <button
            type="button"
            class="icon-button"
            aria-label={label}
            title={label}
            disabled={count == 0}
            onclick={properties.on_step.reform(move |_| by)}
        >
            {icon(drawing)}
        </button>
    }
}

fn detail(properties: &DetailProperties, index: usize, finding: &Finding) -> Html {
    let text = strings();
    let rule = properties.rules.iter().find(|rule| rule.name == finding.rule);
    html! {
        <article key={finding.fingerprint.clone()}>
            <p class="facts">
                <span class={classes!("chip", finding.severity.name())}>
                    {icons::severity(finding.severity)}{(text.severity)(finding.severity)}
                </span>
                <span>{(text.confidence)(finding.confidence)}</span>
                {place(properties, &finding.location)}
            </p>
            <h2>{with_code(&finding.message)}</h2>
            if let Some(fix) = &finding.fix {
                {fix_card(properties, index, finding, fix)}
            }
            <Ignore
                rule={finding.rule.clone()}
                asking={properties.asking_reason}
                field={properties.reason_field.clone()}
                on_ask={properties.on_ask_reason.clone()}
                on_ignore={properties.on_ignore.clone()}
            />
            {notes(properties, text.trace, &finding.trace, true)}
            {notes(properties, text.related, &finding.related, false)}
            if let Some(rule) = rule {
                <h3>{text.why}</h3>
                <div class="documentation" lang="en">{markdown(&rule.documentation)}</div>
            }
            <h3>{text.classification}</h3>
            <dl>
                <dt>{text.rule}</dt><dd><code>{&finding.rule}</code></dd>
                <dt>{text.weakness}</dt><dd>{format!("CWE-{}", finding.cwe)}</dd>
                <dt>{text.risk}</dt><dd lang="en">{format!("OWASP {}", finding.owasp.title())}</dd>
                <dt>{text.phase}</dt><dd lang="en">{finding.phase.title()}</dd>
            </dl>
        </article>
    }
}

/// A place in the code, as a button that goes there.
fn place(properties: &DetailProperties, location: &Location) -> Html {
    let text = strings();
    let target = location.clone();
    html! {
        <button
            type="button"
            class="text-button place"
            title={text.go_to_code}
            onclick={properties.on_go_to.reform(move |_| target.clone())}
        >
            {(text.place)(&location.file, location.start.line, location.start.column)}
        </button>
    }
}

fn fix_card(properties: &DetailProperties, index: usize, finding: &Finding, fix: &Fix) -> Html {
    let text = strings();
    let several = fix.files.len() > 1;
    let hunks = hunks(finding);
    let rejected = hunks
        .iter()
        .filter(|hunk| properties.decisions.is_rejected(hunk))
        .count();
    html! {
        <section class="fix" aria-label={text.fix}>
            <div class="fix-head">
                <h3>{with_code(&fix.title)}</h3>
                <button
                    type="button"
                    class="button primary"
                    disabled={rejected == hunks.len()}
                    onclick={properties.on_apply.reform(move |_| index)}
                >
                    {text.apply}
                </button>
            </div>
            <p class="applicability">{(text.applicability)(fix.applicability)}</p>
            if rejected > 0 && rejected < hunks.len() {
                <p class="applicability">{text.fixes.in_part}</p>
            }
            { for hunks.chunk_by(|a, b| a.file == b.file).map(|of_file| html! {
                <>
                    if several {
                        <p class="path">{of_file[0].file}</p>
                    }
                    { for of_file.iter().map(|one| {
                        let is_accepted = !properties.decisions.is_rejected(one);
                        hunk(one, is_accepted, DiffLayout::Unified, &properties.on_decide)
                    }) }
                </>
            }) }
            <p class="fix-foot">
                <button type="button" class="text-button" onclick={&properties.on_review}>
                    {text.fixes.open_review}
                </button>
            </p>
        </section>
    }
}

fn notes(properties: &DetailProperties, title: &'static str, notes: &[Note], in_order: bool) -> Html {
    if notes.is_empty() {
        return Html::default();
    }
    let items = notes.iter().map(|note| {
        html! { <li><span>{with_code(&note.message)}</span>{place(properties, &note.location)}</li> }
    });
    html! {
        <>
            <h3>{title}</h3>
            if in_order {
                <ol class="places">{ for items }</ol>
            } else {
                <ul class="places">{ for items }</ul>
            }
        </>
    }
}
