//! What the audit says of the project as a whole: what cannot wait, the checklist, the routes.

use report::{Location, Report, RouteSummary, Verdict};
use yew::prelude::*;

use super::icons::{Icon, icon};
use super::markdown::with_code;
use crate::strings::strings;

pub(crate) fn escalations(report: &Report, on_choose: &Callback<usize>) -> Html {
    if report.escalations.is_empty() {
        return Html::default();
    }
    let rows = report.escalations.iter().map(|escalation| {
        let first = report
            .findings
            .iter()
            .position(|finding| escalation.findings.contains(&finding.fingerprint))
            .unwrap_or_default();
        html! {
            <li>
                <button type="button" class="text-button" onclick={on_choose.reform(move |_| first)}>
                    {escalation.kind.title()}
                </button>
                {" "}{escalation.findings.len()}
            </li>
        }
    });
    html! {
        <div class="escalations"><strong>{strings().act_now}</strong><ul>{ for rows }</ul></div>
    }
}

pub(crate) fn checklist(report: &Report, on_choose: &Callback<usize>, on_go_to: &Callback<Location>) -> Html {
    // Of a project without anything to judge, twelve times nothing is no news.
    if report
        .checklist
        .iter()
        .all(|item| item.verdict == Verdict::NotApplicable)
    {
        return Html::default();
    }
    let text = strings();
    let rows = report.checklist.iter().map(|item| {
        let finding = item.findings.iter().find_map(|fingerprint| {
            report
                .findings
                .iter()
                .position(|finding| finding.fingerprint == *fingerprint)
        });
        let place = item.evidence.first().map(|note| note.location.clone());
        let onclick = match (finding, place) {
            (Some(index), _) => Some(on_choose.reform(move |_: MouseEvent| index)),
            (None, Some(place)) => Some(on_go_to.reform(move |_: MouseEvent| place.clone())),
            (None, None) => None,
        };
        let drawing = match item.verdict {
            Verdict::Pass => Icon::Check,
            Verdict::Fail => Icon::Close,
            Verdict::NotApplicable => Icon::Minus,
            Verdict::Unknown => Icon::Question,
        };
        let verdict = (text.verdict)(item.verdict);
        html! {
            <li>
                <button
                    type="button"
                    class="finding"
                    data-item={item.item.to_string()}
                    data-verdict={verdict}
                    aria-disabled={onclick.is_none().then_some("true")}
                    {onclick}
                >
                    {icon(drawing)}
                    <span class="message">{item.item}{". "}{with_code(&item.title)}</span>
                    <span class="meta"><span>{verdict}{": "}{with_code(&item.reason)}</span></span>
                </button>
            </li>
        }
    });
    html! {
        <section class="severity checklist" aria-labelledby="checklist">
            <h3 id="checklist">{text.checklist}</h3>
            <ol>{ for rows }</ol>
        </section>
    }
}

/// How many routes there are; who guards them stands on a screen of its own.
pub(crate) fn routes(report: &Report, on_routes: &Callback<MouseEvent>) -> Html {
    if report.routes.is_empty() {
        return Html::default();
    }
    let text = strings();
    let unguarded = report
        .routes
        .iter()
        .filter(|route| route.guard.is_none() && !route.public);
    html! {
        <section class="severity routes" aria-labelledby="routes">
            <h3 id="routes">{text.routes}<span class="quiet">{report.routes.len()}</span></h3>
            <p>{(text.routes_in_short)(report.routes.len(), unguarded.count())}</p>
            <button type="button" class="text-button" onclick={on_routes}>{text.to_route_map}</button>
        </section>
    }
}

pub(crate) fn name(route: &RouteSummary) -> String {
    [&route.method, " ", &route.path].concat()
}
