//! What the audit says of the project as a whole: what cannot wait, the checklist, the routes.

use report::{Location, OwnershipVerdict, Report, RouteSummary, Verdict};
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

/// Routes that are listed: more help nobody.
const MAX_ROUTES: usize = 300;

pub(crate) fn routes(report: &Report, shown: Option<usize>, on_route: &Callback<Option<usize>>) -> Html {
    if report.routes.is_empty() {
        return Html::default();
    }
    let rows = report.routes.iter().take(MAX_ROUTES).enumerate().map(|(index, route)| {
        let is_shown = shown == Some(index);
        let onclick = on_route.reform(move |_: MouseEvent| (!is_shown).then_some(index));
        html! {
            <tr>
                <th scope="row">
                    <button
                        type="button"
                        class="text-button path"
                        aria-pressed={is_shown.to_string()}
                        data-route={name(route)}
                        {onclick}
                    >
                        {name(route)}
                    </button>
                </th>
                <td>{guard(route)}</td>
                <td>{ownership(route)}</td>
                <td>{route.findings.len()}</td>
            </tr>
        }
    });
    html! {
        <section class="severity routes" aria-labelledby="routes">
            <h3 id="routes">{strings().routes}<span class="quiet">{report.routes.len()}</span></h3>
            <table><tbody>{ for rows }</tbody></table>
        </section>
    }
}

pub(crate) fn name(route: &RouteSummary) -> String {
    [&route.method, " ", &route.path].concat()
}

fn guard(route: &RouteSummary) -> Html {
    match &route.guard {
        Some(guard) => html! { <code>{guard}</code> },
        None if route.public => html! { <span>{strings().public_route}</span> },
        None => html! { <span class="quiet">{strings().open_route}</span> },
    }
}

fn ownership(route: &RouteSummary) -> &'static str {
    match route.ownership {
        OwnershipVerdict::Enforced | OwnershipVerdict::Missing => route.ownership.name(),
        OwnershipVerdict::NotApplicable | OwnershipVerdict::Unknown => "",
    }
}
