//! The settings of the audit.

use page_state::{Settings, SettingsProblem};
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::icons::{Icon, icon};
use crate::strings::strings;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setting {
    SecretName,
    OwnerFields,
    PublicRoutes,
    Exclude,
    Rules,
}

const ALL: [Setting; 5] = [
    Setting::SecretName,
    Setting::OwnerFields,
    Setting::PublicRoutes,
    Setting::Exclude,
    Setting::Rules,
];

impl Setting {
    pub(crate) fn of(self, settings: &mut Settings) -> &mut String {
        match self {
            Setting::SecretName => &mut settings.secret_name,
            Setting::OwnerFields => &mut settings.owner_fields,
            Setting::PublicRoutes => &mut settings.public_routes,
            Setting::Exclude => &mut settings.exclude,
            Setting::Rules => &mut settings.rules,
        }
    }
}

/// The button and the panel that it opens.
pub(crate) fn settings(
    current: &Settings,
    problem: Option<&SettingsProblem>,
    on_change: &Callback<(Setting, String)>,
) -> Html {
    let text = strings();
    html! {
        <>
            <button type="button" class="button" popovertarget="settings" title={text.settings}>
                {icon(Icon::Settings)}<span>{text.settings}</span>
            </button>
            <div id="settings" class="popover examples" popover="auto" role="group" aria-label={text.settings}>
                { for ALL.into_iter().map(|setting| field(setting, current, on_change)) }
                <p class="problem" role="status">
                    if let Some(problem) = problem {
                        {(text.settings_problem)(problem)}
                    }
                </p>
                <p class="quiet">{text.settings_text}</p>
            </div>
        </>
    }
}

fn field(setting: Setting, current: &Settings, on_change: &Callback<(Setting, String)>) -> Html {
    let (label, placeholder) = (strings().setting)(setting);
    let value = setting.of(&mut current.clone()).clone();
    let control = match setting {
        Setting::SecretName => html! {
            <input
                {value}
                {placeholder}
                spellcheck="false"
                onchange={on_change.reform(move |event: Event| {
                    (setting, event.target_unchecked_into::<HtmlInputElement>().value())
                })}
            />
        },
        _ => html! {
            <textarea
                rows="2"
                {value}
                {placeholder}
                spellcheck="false"
                onchange={on_change.reform(move |event: Event| {
                    (setting, event.target_unchecked_into::<HtmlTextAreaElement>().value())
                })}
            />
        },
    };
    html! { <label class="setting"><span>{label}</span>{control}</label> }
}
