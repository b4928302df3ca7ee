//! The map of routes: who guards each path, where the identity comes from, whose rows it gives. As a table and as a
//! picture.

use std::rc::Rc;

use page_state::{
    PictureWords, RouteColumn, RouteFilter, RouteRow, RouteSort, RouteVerdict, Step, StepRole, route_methods,
    route_picture, route_verdicts, shown_routes, verdict_shape,
};
use report::{GuardKind, Location, OwnershipVerdict};
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::icons::{Icon, icon};
use super::markdown::{own_with_code, with_code};
use super::route_picture::{drawn, file};
use crate::app::Routes;
use crate::strings::strings;

/// More rows are shown on request.
const SHOWN_AT_FIRST: usize = 300;

/// A picture of more routes is a wall of lines.
const MOST_DRAWN: usize = 200;

/// How the routes are looked at; kept while another screen is shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RouteView {
    filter: RouteFilter,
    sort: Option<RouteSort>,
    as_picture: bool,
    /// Also what has nothing to do with the identity of callers.
    with_all: bool,
}

#[derive(PartialEq, Properties)]
pub(crate) struct RouteMapProperties {
    pub(crate) panel: NodeRef,
    pub(crate) is_shown: bool,
    pub(crate) routes: Option<Rc<Routes>>,
    /// The text has changed since.
    pub(crate) busy: bool,
    pub(crate) view: RouteView,
    pub(crate) on_view: Callback<RouteView>,
    pub(crate) on_go_to: Callback<Location>,
    /// Lists the findings of a route of the report.
    pub(crate) on_findings: Callback<usize>,
    /// Saves the picture: the text of the file.
    pub(crate) on_save: Callback<String>,
}

#[component]
pub(crate) fn RouteMap(properties: &RouteMapProperties) -> Html {
    let text = strings();
    let whole = use_state(|| false);
    let body = match &properties.routes {
        // What cannot be seen is not drawn anew with every key.
        _ if !properties.is_shown => Html::default(),
        None => html! {
            <div class="teaching">
                <h2 id="routes-title">{text.loading_routes}</h2>
            </div>
        },
        Some(routes) if routes.rows.is_empty() => html! {
            <div class="teaching">
                <h2 id="routes-title">{text.no_routes_title}</h2>
                <p>{text.no_routes_text}</p>
            </div>
        },
        Some(routes) => map(properties, routes, &whole),
    };
    let revision = properties.routes.as_ref().map_or(0, |routes| routes.revision);
    html! {
        <main
            class="route-map"
            ref={properties.panel.clone()}
            tabindex="-1"
            aria-labelledby="routes-title"
            aria-busy={properties.busy.to_string()}
            data-revision={revision.to_string()}
            hidden={!properties.is_shown}
        >
            {body}
        </main>
    }
}

fn map(properties: &RouteMapProperties, routes: &Routes, whole: &UseStateHandle<bool>) -> Html {
    let text = strings();
    let view = &properties.view;
    let rows = &routes.rows;
    let shown = shown_routes(rows, &view.filter, view.sort);
    html! {
        <>
            <div class="panel-head route-head">
                <h2 id="routes-title">{text.routes}</h2>
                {verdict_filter(properties, rows)}
                {tools(properties, rows)}
            </div>
            <div class="hidden-findings" role="status">
                if !view.filter.is_open() {
                    <p>{(text.routes_hidden)(shown.len(), rows.len() - shown.len())}</p>
                    <button type="button" class="text-button" onclick={change(properties, |view, ()| {
                        view.filter = RouteFilter::default();
                    }).reform(|_: MouseEvent| ())}>
                        {text.clear_filter}
                    </button>
                }
            </div>
            if !routes.unfollowed.is_empty() {
                {unfollowed(properties, &routes.unfollowed)}
            }
            if view.as_picture {
                {picture(properties, rows, &shown)}
            } else {
                {table(properties, rows, &shown, whole)}
            }
        </>
    }
}

/// A callback that changes the view.
fn change<T: 'static>(properties: &RouteMapProperties, set: impl Fn(&mut RouteView, T) + 'static) -> Callback<T> {
    let (view, on_view) = (properties.view.clone(), properties.on_view.clone());
    Callback::from(move |value| {
        let mut view = view.clone();
        set(&mut view, value);
        on_view.emit(view);
    })
}

/// How many routes have each verdict; each number is a switch that shows those alone.
fn verdict_filter(properties: &RouteMapProperties, rows: &[RouteRow]) -> Html {
    let text = strings();
    let switches = route_verdicts(rows).into_iter().map(|(verdict, count)| {
        let is_asked = properties.view.filter.verdict == Some(verdict);
        let onclick = change(properties, move |view, _: MouseEvent| {
            view.filter.verdict = (!is_asked).then_some(verdict);
        });
        html! {
            <li>
                <button
                    type="button"
                    class="count-switch"
                    aria-pressed={is_asked.to_string()}
                    data-verdict={verdict.name()}
                    title={(text.route_verdict_meaning)(verdict)}
                    {onclick}
                >
                    {verdict_icon(verdict)}
                    <span>{count}{" "}{(text.route_verdict)(verdict)}</span>
                </button>
            </li>
        }
    });
    html! { <ul class="counts" aria-label={text.by_verdict}>{ for switches }</ul> }
}

fn tools(properties: &RouteMapProperties, rows: &[RouteRow]) -> Html {
    let text = strings();
    let view = &properties.view;
    let typed = change(properties, |view, event: InputEvent| {
        view.filter.text = event.target_unchecked_into::<HtmlInputElement>().value();
    });
    let methods = route_methods(rows);
    let asked = view.filter.method.clone();
    let options = methods.iter().map(|method| {
        let selected = asked.as_ref() == Some(method);
        html! { <option value={method.clone()} {selected}>{method}</option> }
    });
    let choose = change(properties, |view, event: Event| {
        let value = event.target_unchecked_into::<HtmlSelectElement>().value();
        view.filter.method = (!value.is_empty()).then_some(value);
    });
    let forms = [(false, text.as_table), (true, text.as_picture)];
    html! {
        <search class="route-tools" aria-label={text.filter_routes}>
            <input
                type="search"
                class="filter-words"
                value={view.filter.text.clone()}
                placeholder={text.route_words}
                aria-label={text.route_words}
                autocomplete="off"
                spellcheck="false"
                oninput={typed}
            />
            <select aria-label={text.method} onchange={choose}>
                <option value="" selected={asked.is_none()}>{text.any_method}</option>
                { for options }
            </select>
            <div class="segments" role="group" aria-label={text.form}>
                { for forms.into_iter().map(|(as_picture, label)| html! {
                    <button
                        type="button"
                        aria-pressed={(view.as_picture == as_picture).to_string()}
                        onclick={change(properties, move |view, _: MouseEvent| view.as_picture = as_picture)}
                    >
                        {label}
                    </button>
                }) }
            </div>
        </search>
    }
}

fn unfollowed(properties: &RouteMapProperties, places: &[Location]) -> Html {
    let places = places.iter().map(|location| place(properties, location));
    html! { <p class="notes">{strings().unfollowed_routers}{" "}{ for places }</p> }
}

fn table(properties: &RouteMapProperties, rows: &[RouteRow], shown: &[usize], whole: &UseStateHandle<bool>) -> Html {
    let text = strings();
    let count = if **whole {
        shown.len()
    } else {
        shown.len().min(SHOWN_AT_FIRST)
    };
    let all = {
        let whole = whole.clone();
        Callback::from(move |_: MouseEvent| whole.set(true))
    };
    // The roles stand there in words: narrow screens lay the cells out below each other, and would lose them.
    html! {
        <>
            <table class="route-table" role="table">
                <thead role="rowgroup">
                    <tr role="row">{ for RouteColumn::ALL.into_iter().map(|column| head(properties, column)) }</tr>
                </thead>
                <tbody role="rowgroup">
                    { for shown[..count].iter().map(|&index| row(properties, &rows[index])) }
                </tbody>
            </table>
            if shown.is_empty() {
                <p class="teaching">{text.all_routes_hidden}</p>
            }
            if count < shown.len() {
                <button type="button" class="text-button more-routes" onclick={all}>
                    {(text.show_all)(shown.len() - count)}
                </button>
            }
        </>
    }
}

fn head(properties: &RouteMapProperties, column: RouteColumn) -> Html {
    let sort = properties.view.sort.filter(|sort| sort.column == column);
    let (order, drawing) = match sort {
        Some(sort) if sort.is_descending => ("descending", Some(Icon::Down)),
        Some(_) => ("ascending", Some(Icon::Up)),
        None => ("none", None),
    };
    let onclick = change(properties, move |view, _: MouseEvent| {
        view.sort = RouteSort::next(view.sort, column);
    });
    html! {
        <th role="columnheader" scope="col" aria-sort={order}>
            <button type="button" title={strings().sort} {onclick}>
                {(strings().route_column)(column)}
                if let Some(drawing) = drawing {
                    {icon(drawing)}
                }
            </button>
        </th>
    }
}

fn row(properties: &RouteMapProperties, row: &RouteRow) -> Html {
    let text = strings();
    let registration = row.location.clone();
    let cell = |column: RouteColumn, content: Html| {
        html! { <td role="cell" data-label={(text.route_column)(column)}>{content}</td> }
    };
    html! {
        <tr role="row" data-route={[&row.method, " ", &row.path].concat()} data-verdict={row.verdict.name()}>
            <td role="cell" class="method"><code>{&row.method}</code></td>
            <th role="rowheader" scope="row">
                <button
                    type="button"
                    class="text-button path"
                    title={text.go_to_code}
                    onclick={properties.on_go_to.reform(move |_: MouseEvent| registration.clone())}
                >
                    {&row.path}
                </button>
                <span class="quiet">
                    <code>{&row.handler}</code>{" "}
                    {(text.place_in_short)(&row.location.file, row.location.start.line)}
                </span>
            </th>
            {cell(RouteColumn::Guards, chain(properties, row))}
            {cell(RouteColumn::Identity, identity(properties, row))}
            {cell(RouteColumn::Ownership, ownership(properties, row))}
            {cell(RouteColumn::Verdict, verdict(properties, row))}
        </tr>
    }
}

/// What is called before the handler, in order: first what concerns the caller, then the rest.
fn chain(properties: &RouteMapProperties, row: &RouteRow) -> Html {
    let text = strings();
    let (others, steps): (Vec<&Step>, Vec<&Step>) = row.steps.iter().partition(|step| step.role == StepRole::Other);
    let by_hand = row.guard.as_ref().filter(|guard| guard.kind != GuardKind::Dependency);
    let by_hand = by_hand.map(|guard| {
        let word = match guard.kind {
            GuardKind::Middleware => text.by_middleware,
            GuardKind::Handler | GuardKind::Dependency => text.by_handler,
        };
        html! {
            <li class="guards">
                {step_button(properties, &guard.name, word.to_owned(), &guard.location)}
                <span class="quiet">{" "}{word}</span>
            </li>
        }
    });
    let is_open = steps.is_empty() && by_hand.is_none();
    let steps = steps.into_iter().map(|step| {
        let class = match step.role {
            StepRole::Guards => "guards",
            StepRole::Reads(_) => "reads",
            StepRole::Carries | StepRole::Other => "",
        };
        html! { <li {class}>{called(properties, step)}</li> }
    });
    let others: Vec<Html> = others.into_iter().map(|step| called(properties, step)).collect();
    html! {
        <>
            if is_open {
                <span class="quiet">{text.nobody_asked}</span>
            } else {
                <ol class="chain">{ for by_hand }{ for steps }</ol>
            }
            if !others.is_empty() {
                <p class="quiet also">{text.also}{" "}{ for others }</p>
            }
        </>
    }
}

fn called(properties: &RouteMapProperties, step: &Step) -> Html {
    let name = match step.definition {
        Some(_) => step.name.as_str(),
        // Of what comes from outside the last part says enough.
        None => step.name.rsplit('.').next().unwrap_or_default(),
    };
    let place = &step.declared;
    let says = (strings().asked_for_at)(&step.name, step.level, &place.file, place.start.line);
    step_button(properties, name, says, place)
}

fn step_button(properties: &RouteMapProperties, name: &str, says: String, location: &Location) -> Html {
    let target = location.clone();
    html! {
        <button
            type="button"
            class="text-button path"
            title={says}
            onclick={properties.on_go_to.reform(move |_: MouseEvent| target.clone())}
        >
            {name}
        </button>
    }
}

fn identity(properties: &RouteMapProperties, row: &RouteRow) -> Html {
    let Some(identity) = &row.identity else {
        return html! { <span class="quiet">{strings().no_identity}</span> };
    };
    let target = identity.location.clone();
    html! {
        <button
            type="button"
            class="text-button"
            title={strings().go_to_code}
            onclick={properties.on_go_to.reform(move |_: MouseEvent| target.clone())}
        >
            <span>{own_with_code(&(strings().identity)(identity.source, &identity.name))}</span>
        </button>
    }
}

fn ownership(properties: &RouteMapProperties, row: &RouteRow) -> Html {
    let text = strings();
    let word = (text.ownership)(row.ownership.verdict);
    let evidence = row.ownership.evidence.first();
    let names = row.ownership.data.join(", ");
    let class = match row.ownership.verdict {
        OwnershipVerdict::Missing => "missing",
        OwnershipVerdict::Enforced => "",
        OwnershipVerdict::NotApplicable | OwnershipVerdict::Unknown => "quiet",
    };
    html! {
        <>
            if let Some(note) = evidence {
                <button
                    type="button"
                    class={classes!("text-button", class)}
                    title={note.message.replace('`', "")}
                    onclick={{
                        let target = note.location.clone();
                        properties.on_go_to.reform(move |_: MouseEvent| target.clone())
                    }}
                >
                    {word}
                </button>
            } else {
                <span {class}>{word}</span>
            }
            if !names.is_empty() {
                <code class="quiet data">{names}</code>
            }
        </>
    }
}

fn verdict(properties: &RouteMapProperties, row: &RouteRow) -> Html {
    let text = strings();
    let [critical, warnings, suggestions] = row.findings;
    let on_findings = row
        .of_report
        .map(|index| properties.on_findings.reform(move |_: MouseEvent| index));
    html! {
        <>
            <span class="route-verdict" title={(text.route_verdict_meaning)(row.verdict)}>
                {verdict_icon(row.verdict)}{(text.route_verdict)(row.verdict)}
            </span>
            if critical + warnings + suggestions > 0 {
                <button type="button" class="text-button" title={text.show_findings} onclick={on_findings}>
                    {(text.findings_in_short)(row.findings)}
                </button>
            }
            if let Some(reason) = &row.unmounted {
                <span class="quiet">{with_code(reason)}</span>
            }
        </>
    }
}

fn verdict_icon(verdict: RouteVerdict) -> Html {
    let class = classes!("shape", "verdict", verdict.name());
    html! {
        <svg viewBox="0 0 16 16" {class} aria-hidden="true"><path d={verdict_shape(verdict)} /></svg>
    }
}

fn picture(properties: &RouteMapProperties, rows: &[RouteRow], shown: &[usize]) -> Html {
    let text = strings();
    let words = PictureWords {
        title: text.picture_title,
        header: text.in_header,
        query: text.in_query,
        cookie: text.in_cookie,
        middleware: text.by_middleware,
        handler: text.by_handler,
        nobody: text.nobody_asked,
    };
    let drawn_routes = &shown[..shown.len().min(MOST_DRAWN)];
    let picture = Rc::new(route_picture(rows, drawn_routes, properties.view.with_all, &words));
    // Nodes are no controls: everything they lead to can be reached in the table by key.
    let go = {
        let picture = picture.clone();
        let on_go_to = properties.on_go_to.clone();
        Callback::from(move |event: MouseEvent| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let node = target.and_then(|target| target.closest("[data-place]").ok().flatten());
            let place = node.and_then(|node| node.get_attribute("data-place")?.parse::<usize>().ok());
            if let Some(location) = place.and_then(|place| picture.places.get(place)) {
                on_go_to.emit(location.clone());
            }
        })
    };
    let save = {
        let picture = picture.clone();
        properties.on_save.reform(move |_: MouseEvent| file(&picture.drawing))
    };
    let in_words = picture.in_words.iter().map(|(asked, routes)| {
        html! { <li><strong>{asked}</strong>{": "}{routes.join(", ")}</li> }
    });
    html! {
        <figure class="picture">
            <div class="picture-tools">
                <label class="check">
                    <input
                        type="checkbox"
                        checked={properties.view.with_all}
                        onchange={change(properties, |view, event: Event| {
                            view.with_all = event.target_unchecked_into::<HtmlInputElement>().checked();
                        })}
                    />
                    <span>{text.all_dependencies}</span>
                </label>
                <button type="button" class="button" onclick={save}>
                    {icon(Icon::Download)}<span>{text.save_picture}</span>
                </button>
            </div>
            if drawn_routes.len() < shown.len() {
                <p class="notes">{(text.picture_cut)(drawn_routes.len(), shown.len())}</p>
            }
            <figcaption>
                <p class="quiet">{text.picture_text}</p>
                <details>
                    <summary>{text.picture_in_words}</summary>
                    <ul>{ for in_words }</ul>
                </details>
            </figcaption>
            // The frame scrolls where the picture is wider than the screen.
            <div class="picture-frame" role="region" aria-label={text.picture_title} tabindex="0" onclick={go}>
                {drawn(&picture.drawing)}
            </div>
        </figure>
    }
}

fn place(properties: &RouteMapProperties, location: &Location) -> Html {
    let target = location.clone();
    html! {
        <button
            type="button"
            class="text-button place"
            onclick={properties.on_go_to.reform(move |_: MouseEvent| target.clone())}
        >
            {(strings().place_in_short)(&location.file, location.start.line)}
        </button>
    }
}
