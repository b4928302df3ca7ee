//! The list of findings, by severity.

use std::rc::Rc;

use page_state::{Changes, Filter, Group, groups};
use report::{FileStatus, Finding, Location, Report, Severity};
use yew::prelude::*;

use super::filters::{FilterButton, Filters, SeverityFilter, hidden};
use super::icons::{self, Icon, icon};
use super::markdown::with_code;
use super::notices::{crashed, load_failed, stopped};
use super::verdicts;
use crate::app::AuditStatus;
use crate::strings::strings;

/// Longer sections are shown on request: a page of ten thousand rows helps nobody and answers no key.
const SHOWN_AT_FIRST: usize = 200;

pub(crate) const SEVERITIES: [Severity; 3] = [Severity::Critical, Severity::Warning, Severity::Suggestion];

#[derive(PartialEq, Properties)]
pub(crate) struct FindingsProperties {
    pub(crate) panel: NodeRef,
    pub(crate) report: Option<Rc<Report>>,
    /// There is no text to audit.
    pub(crate) blank: bool,
    pub(crate) several_files: bool,
    pub(crate) selected: Option<usize>,
    /// The revision of the text that the list is about.
    pub(crate) revision: u32,
    /// The text has changed since.
    pub(crate) busy: bool,
    pub(crate) milliseconds: f64,
    pub(crate) changes: Changes,
    pub(crate) audit: AuditStatus,
    pub(crate) load_failure: Option<String>,
    /// Which findings are listed.
    pub(crate) filter: Filter,
    pub(crate) filters_open: bool,
    pub(crate) filter_field: NodeRef,
    pub(crate) on_filter: Callback<Filter>,
    /// Opens the filters, or closes them.
    pub(crate) on_filters: Callback<bool>,
    pub(crate) on_routes: Callback<MouseEvent>,
    pub(crate) on_choose: Callback<usize>,
    pub(crate) on_go_to: Callback<Location>,
    pub(crate) on_stop: Callback<MouseEvent>,
    pub(crate) on_again: Callback<MouseEvent>,
}

#[component]
pub(crate) fn Findings(properties: &FindingsProperties) -> Html {
    let text = strings();
    // The severity whose long section was asked for as a whole.
    let whole = use_state(|| None::<Severity>);
    let body = match (&properties.load_failure, &properties.report) {
        (Some(reason), _) => load_failed(reason),
        (None, None) => html! {
            <div class="teaching">
                <p class="loading">{text.loading}</p>
                <p class="quiet">{text.loading_text}</p>
            </div>
        },
        (None, Some(report)) => list(properties, report, &whole),
    };
    html! {
        <section
            class="findings"
            ref={properties.panel.clone()}
            tabindex="-1"
            aria-labelledby="findings-title"
            aria-busy={properties.busy.to_string()}
            data-revision={properties.revision.to_string()}
        >
            <div class="panel-head">
                <h2 id="findings-title">{text.findings}</h2>
                if let Some(report) = &properties.report {
                    <SeverityFilter
                        report={report.clone()}
                        filter={properties.filter.clone()}
                        on_filter={properties.on_filter.clone()}
                    />
                    <FilterButton
                        is_open={properties.filters_open}
                        asked={properties.filter.asked()}
                        on_open={properties.on_filters.clone()}
                    />
                }
                <p class="changes" role="status">
                    if !properties.changes.is_empty() {
                        {(text.changes)(properties.changes.fixed, properties.changes.new)}
                    }
                </p>
            </div>
            if let Some(report) = &properties.report {
                if properties.filters_open {
                    <Filters
                        report={report.clone()}
                        filter={properties.filter.clone()}
                        field={properties.filter_field.clone()}
                        on_filter={properties.on_filter.clone()}
                    />
                }
                {hidden(&properties.filter, report, &properties.on_filter)}
            }
            {notice(properties)}
            <div class="panel-body">{body}</div>
            <p class="panel-foot">{footer(properties)}</p>
        </section>
    }
}

fn notice(properties: &FindingsProperties) -> Html {
    match &properties.audit {
        AuditStatus::Crashed(reason) => crashed(reason, &properties.on_again),
        AuditStatus::Stopped => stopped(&properties.on_again),
        AuditStatus::Quiet | AuditStatus::Auditing { .. } => Html::default(),
    }
}

fn footer(properties: &FindingsProperties) -> Html {
    let text = strings();
    match (&properties.audit, &properties.report) {
        (AuditStatus::Auditing { can_stop }, _) => html! {
            <>
                <span>{text.auditing}</span>
                if *can_stop {
                    <button type="button" class="text-button" onclick={&properties.on_stop}>
                        {text.stop}
                    </button>
                }
            </>
        },
        (_, Some(report)) => html! {
            <span>{format!("{} {}", text.name, report.tool.version)}{" · "}{(text.audited_in)(properties.milliseconds)}</span>
        },
        _ => Html::default(),
    }
}

fn list(properties: &FindingsProperties, report: &Report, whole: &UseStateHandle<Option<Severity>>) -> Html {
    let text = strings();
    let groups = groups(report, &properties.filter);
    let empty = if properties.blank && report.findings.is_empty() {
        teaching(text.nothing_to_audit_title, text.nothing_to_audit_text)
    } else if report.findings.is_empty() {
        teaching(text.no_findings_title, text.no_findings_text)
    } else if groups.is_empty() {
        html! { <p class="teaching">{text.all_hidden}</p> }
    } else {
        Html::default()
    };
    html! {
        <>
            {verdicts::escalations(report, &properties.on_choose)}
            {notes(report, &properties.on_go_to)}
            {empty}
            { for SEVERITIES.into_iter().map(|severity| section(properties, report, &groups, severity, whole)) }
            {strengths(report, &properties.on_go_to)}
            {verdicts::checklist(report, &properties.on_choose, &properties.on_go_to)}
            {verdicts::routes(report, &properties.on_routes)}
        </>
    }
}

fn teaching(title: &'static str, paragraph: &'static str) -> Html {
    html! {
        <div class="teaching">
            <h3>{title}</h3>
            <p>{paragraph}</p>
        </div>
    }
}

fn section(
    properties: &FindingsProperties,
    report: &Report,
    groups: &[Group],
    severity: Severity,
    whole: &UseStateHandle<Option<Severity>>,
) -> Html {
    let text = strings();
    let groups = groups.iter().filter(|group| group.severity == severity);
    let count: usize = groups.clone().map(|group| group.findings.len()).sum();
    if count == 0 {
        return Html::default();
    }
    let shown = if **whole == Some(severity) {
        count
    } else {
        count.min(SHOWN_AT_FIRST)
    };
    let show_all = {
        let whole = whole.clone();
        Callback::from(move |_: MouseEvent| whole.set(Some(severity)))
    };
    let mut left = shown;
    let groups = groups.map(|group| {
        let fits = left.min(group.findings.len());
        left -= fits;
        let indices = group.findings.iter().enumerate();
        // The selected one is shown in any case.
        let indices = indices.filter(|(place, index)| *place < fits || Some(**index) == properties.selected);
        let rows: Vec<Html> = indices
            .map(|(_, &index)| row(properties, index, &report.findings[index]))
            .collect();
        html! {
            if !rows.is_empty() {
                <h4 lang="en">{group.phase.title()}</h4>
                <ul>{ for rows }</ul>
            }
        }
    });
    html! {
        <section class="severity" aria-labelledby={format!("findings-{}", severity.name())}>
            <h3 id={format!("findings-{}", severity.name())}>
                {icons::severity(severity)}{(text.severity_heading)(severity)}
                <span class="quiet">{count}</span>
            </h3>
            { for groups }
            if shown < count {
                <button type="button" class="text-button" onclick={show_all}>
                    {(text.show_all)(count - shown)}
                </button>
            }
        </section>
    }
}

fn row(properties: &FindingsProperties, index: usize, finding: &Finding) -> Html {
    let text = strings();
    let is_selected = properties.selected == Some(index);
    let line = (text.line)(finding.location.start.line);
    html! {
        <li key={finding.fingerprint.clone()}>
            <button
                type="button"
                class={classes!("finding", is_selected.then_some("selected"))}
                aria-current={is_selected.then_some("true")}
                data-rule={finding.rule.clone()}
                data-line={finding.location.start.line.to_string()}
                data-file={finding.location.file.clone()}
                onclick={properties.on_choose.reform(move |_| index)}
            >
                {icons::severity(finding.severity)}
                <span class="message">
                    <span class="offscreen">{(text.severity)(finding.severity)}{": "}</span>
                    {with_code(&finding.message)}
                </span>
                <span class="meta">
                    if properties.several_files {
                        <span class="path">{&finding.location.file}</span>
                    }
                    <span>{line}</span>
                    <code>{&finding.rule}</code>
                </span>
            </button>
        </li>
    }
}

/// Files that were not read, or not to the end: what was not read is never counted as clean.
fn notes(report: &Report, on_go_to: &Callback<Location>) -> Html {
    let text = strings();
    let notes = report.files.iter().filter_map(|file| match &file.status {
        FileStatus::Audited => None,
        FileStatus::PartlyRead => {
            let place = file.syntax_errors.first()?.location.clone();
            let says = (text.partly_read)(&file.path, place.start.line);
            Some(html! {
                <li>
                    <button type="button" class="text-button" onclick={on_go_to.reform(move |_| place.clone())}>
                        {says}
                    </button>
                </li>
            })
        }
        FileStatus::Skipped(reason) => Some(html! { <li>{(text.skipped)(&file.path, reason)}</li> }),
    });
    let ignored = (report.summary.ignored > 0).then(|| html! { <li>{ignored(report, on_go_to)}</li> });
    let off = report.rules_off.len();
    let off = (off > 0).then(|| html! { <li>{(text.rules_off)(off)}</li> });
    let notes: Vec<Html> = notes.take(SHOWN_AT_FIRST).chain(ignored).chain(off).collect();
    if notes.is_empty() {
        return Html::default();
    }
    html! { <ul class="notes">{ for notes }</ul> }
}

/// Findings that comments take out of the list, to be looked at all the same.
fn ignored(report: &Report, on_go_to: &Callback<Location>) -> Html {
    let text = strings();
    let rows = report.ignored.iter().take(SHOWN_AT_FIRST).map(|ignored| {
        let place = ignored.comment.clone();
        html! {
            <li>
                <button type="button" class="text-button" onclick={on_go_to.reform(move |_| place.clone())}>
                    {(text.place)(&ignored.comment.file, ignored.comment.start.line, ignored.comment.start.column)}
                </button>
                {" "}{with_code(&ignored.finding.message)}
                if !ignored.reason.is_empty() {
                    {" – "}{&ignored.reason}
                }
            </li>
        }
    });
    html! {
        <details class="ignored">
            <summary>{(text.ignored)(report.summary.ignored)}</summary>
            <ul>{ for rows }</ul>
        </details>
    }
}

fn strengths(report: &Report, on_go_to: &Callback<Location>) -> Html {
    let strengths = &report.strengths;
    if strengths.is_empty() {
        return Html::default();
    }
    html! {
        <section class="severity strengths" aria-labelledby="strengths">
            <h3 id="strengths">{icon(Icon::Check)}{strings().strengths}<span class="quiet">{strengths.len()}</span></h3>
            <ul>
                { for strengths.iter().take(SHOWN_AT_FIRST).map(|strength| {
                    let place = strength.location.clone();
                    html! {
                        <li>
                            <button
                                type="button"
                                class="finding"
                                onclick={on_go_to.reform(move |_| place.clone())}
                            >
                                {icon(Icon::Check)}
                                <span class="message">{with_code(&strength.message)}</span>
                                <span class="meta">
                                    <span>{(strings().line)(strength.location.start.line)}</span>
                                </span>
                            </button>
                        </li>
                    }
                }) }
            </ul>
        </section>
    }
}
