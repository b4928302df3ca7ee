//! What is asked of the findings that are listed.

use std::rc::Rc;

use page_state::{Filter, counted};
use report::{Confidence, Phase, Report};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::findings::SEVERITIES;
use super::icons::{self, Icon, icon};
use super::verdicts;
use crate::shortcuts::{Action, key_of};
use crate::strings::strings;

#[derive(PartialEq, Properties)]
pub(crate) struct SeverityFilterProperties {
    pub(crate) report: Rc<Report>,
    pub(crate) filter: Filter,
    pub(crate) on_filter: Callback<Filter>,
}

/// How many findings there are of each severity; each number is a switch that lists those alone.
#[component]
pub(crate) fn SeverityFilter(properties: &SeverityFilterProperties) -> Html {
    let text = strings();
    let switches = SEVERITIES.into_iter().filter_map(|severity| {
        let findings = properties.report.findings.iter();
        let count = findings.filter(|finding| finding.severity == severity).count();
        let is_asked = properties.filter.severity == Some(severity);
        let filter = properties.filter.clone();
        let onclick = properties.on_filter.reform(move |_: MouseEvent| Filter {
            severity: (!is_asked).then_some(severity),
            ..filter.clone()
        });
        (count > 0 || is_asked).then(|| {
            html! {
                <li data-severity={severity.name()}>
                    <button
                        type="button"
                        class="count-switch"
                        aria-pressed={is_asked.to_string()}
                        title={(text.only)(&(text.severities)(severity, count))}
                        {onclick}
                    >
                        {icons::severity(severity)}
                        <span aria-hidden="true">{count}</span>
                        <span class="offscreen">{(text.severities)(severity, count)}</span>
                    </button>
                </li>
            }
        })
    });
    html! { <ul class="counts" aria-label={text.by_severity}>{ for switches }</ul> }
}

#[derive(PartialEq, Properties)]
pub(crate) struct FilterButtonProperties {
    pub(crate) is_open: bool,
    /// How many things are asked.
    pub(crate) asked: usize,
    pub(crate) on_open: Callback<bool>,
}

#[component]
pub(crate) fn FilterButton(properties: &FilterButtonProperties) -> Html {
    let text = strings();
    let is_open = properties.is_open;
    html! {
        <button
            type="button"
            class={classes!("icon-button", "filter-button", (properties.asked > 0).then_some("active"))}
            aria-expanded={is_open.to_string()}
            aria-label={text.filter}
            title={(text.with_key)(text.filter, key_of(Action::Filter))}
            onclick={properties.on_open.reform(move |_| !is_open)}
        >
            {icon(Icon::Filter)}
        </button>
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct FiltersProperties {
    pub(crate) report: Rc<Report>,
    pub(crate) filter: Filter,
    /// The field for words.
    pub(crate) field: NodeRef,
    pub(crate) on_filter: Callback<Filter>,
}

#[component]
pub(crate) fn Filters(properties: &FiltersProperties) -> Html {
    let text = strings();
    let report = &properties.report;
    let filter = &properties.filter;
    let typed = {
        let filter = filter.clone();
        properties.on_filter.reform(move |event: InputEvent| Filter {
            text: event.target_unchecked_into::<HtmlInputElement>().value(),
            ..filter.clone()
        })
    };
    let phases = Phase::ALL.map(|phase| {
        let count = report.findings.iter().filter(|finding| finding.phase == phase).count();
        (phase.title().to_owned(), count)
    });
    let confidences = [Confidence::High, Confidence::Medium, Confidence::Low];
    let of_confidence = confidences.map(|confidence| {
        let findings = report.findings.iter();
        let count = findings.filter(|finding| finding.confidence == confidence).count();
        ((text.confidence)(confidence).to_owned(), count)
    });
    let owned = |counts: Vec<(&str, usize)>| -> Vec<(String, usize)> {
        counts
            .into_iter()
            .map(|(name, count)| (name.to_owned(), count))
            .collect()
    };
    let rules = owned(counted(report, |finding| &finding.rule));
    let files = owned(counted(report, |finding| &finding.location.file));
    let place = |names: &[(String, usize)], asked: &Option<String>| {
        let asked = asked.as_ref()?;
        names.iter().position(|(name, _)| name == asked)
    };
    let choose = |set: fn(&mut Filter, Option<usize>, &Names)| {
        let (filter, on_filter) = (filter.clone(), properties.on_filter.clone());
        Callback::from(move |(chosen, names): (Option<usize>, Names)| {
            let mut filter = filter.clone();
            set(&mut filter, chosen, &names);
            on_filter.emit(filter);
        })
    };
    html! {
        <search class="filters" aria-label={text.filter}>
            <input
                ref={properties.field.clone()}
                type="search"
                class="filter-words"
                value={filter.text.clone()}
                placeholder={text.filter_words}
                aria-label={text.filter_words}
                autocomplete="off"
                spellcheck="false"
                oninput={typed}
            />
            {choice(
                text.phase,
                phases.to_vec(),
                filter.phase.and_then(|asked| Phase::ALL.iter().position(|phase| *phase == asked)),
                choose(|filter, chosen, _| filter.phase = chosen.and_then(|index| Phase::ALL.get(index).copied())),
            )}
            {choice(
                text.confidence_label,
                of_confidence.to_vec(),
                filter.confidence.and_then(|asked| confidences.iter().position(|known| *known == asked)),
                choose(|filter, chosen, _| {
                    filter.confidence = match chosen {
                        Some(0) => Some(Confidence::High),
                        Some(1) => Some(Confidence::Medium),
                        Some(_) => Some(Confidence::Low),
                        None => None,
                    };
                }),
            )}
            {choice(
                text.rule,
                rules.clone(),
                place(&rules, &filter.rule),
                choose(|filter, chosen, names| filter.rule = name(chosen, names)),
            )}
            if files.len() > 1 || filter.file.is_some() {
                {choice(
                    text.file,
                    files.clone(),
                    place(&files, &filter.file),
                    choose(|filter, chosen, names| filter.file = name(chosen, names)),
                )}
            }
        </search>
    }
}

/// Names with the number of their findings.
type Names = Rc<Vec<(String, usize)>>;

fn name(chosen: Option<usize>, names: &Names) -> Option<String> {
    Some(names.get(chosen?)?.0.clone())
}

/// One of several names, or any.
fn choice(
    label: &'static str,
    names: Vec<(String, usize)>,
    chosen: Option<usize>,
    on_choose: Callback<(Option<usize>, Names)>,
) -> Html {
    let names = Rc::new(names);
    let options = names.iter().enumerate().map(|(index, (name, count))| {
        html! {
            <option value={index.to_string()} selected={chosen == Some(index)} disabled={*count == 0}>
                {format!("{name} ({count})")}
            </option>
        }
    });
    let onchange = {
        let names = names.clone();
        on_choose.reform(move |event: Event| {
            let value = event.target_unchecked_into::<HtmlSelectElement>().value();
            (value.parse().ok(), names.clone())
        })
    };
    html! {
        <label class="filter-choice">
            <span>{label}</span>
            <select {onchange}>
                <option value="" selected={chosen.is_none()}>{strings().any}</option>
                { for options }
            </select>
        </label>
    }
}

/// How many findings the filter hides, and the way to see them. The region stays, so that changes are read out.
pub(crate) fn hidden(filter: &Filter, report: &Report, on_filter: &Callback<Filter>) -> Html {
    let text = strings();
    let route = filter.route.and_then(|index| report.routes.get(index));
    html! {
        <div class="hidden-findings" role="status">
            if !filter.is_open() {
                <p>
                    if let Some(route) = route {
                        {(text.of_route)(&verdicts::name(route))}{". "}
                    }
                    {(text.hidden)(report.findings.len() - filter.hidden(report), filter.hidden(report))}
                </p>
                <button
                    type="button"
                    class="text-button"
                    title={(text.with_key)(text.clear_filter, key_of(Action::ClearFilter))}
                    onclick={on_filter.reform(|_| Filter::default())}
                >
                    {text.clear_filter}
                </button>
            }
        </div>
    }
}
