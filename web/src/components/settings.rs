//! The settings: of the audit, of the page's look, and of what stays in the browser.

use std::rc::Rc;

use page_state::{DEFAULT_SECRET_NAME, RULE_SETTINGS, Settings};
use report::RuleInfo;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement, InputEvent, MouseEvent};
use yew::prelude::*;

use super::icons::{Icon, icon, severity};
use super::markdown::{markdown, with_code};
use crate::appearance::{Appearance, Choice, DENSITY, LANGUAGE, TEXT_SIZE};
use crate::strings::{Language, language, strings};

/// A setting of the audit that is a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setting {
    SecretName,
    OwnerFields,
    PublicRoutes,
    Exclude,
}

const TEXTS: [Setting; 4] = [
    Setting::SecretName,
    Setting::OwnerFields,
    Setting::PublicRoutes,
    Setting::Exclude,
];

impl Setting {
    fn of(self, settings: &mut Settings) -> &mut String {
        match self {
            Setting::SecretName => &mut settings.secret_name,
            Setting::OwnerFields => &mut settings.owner_fields,
            Setting::PublicRoutes => &mut settings.public_routes,
            Setting::Exclude => &mut settings.exclude,
        }
    }
}

/// What became of a text that was to be taken over.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Import {
    Taken,
    /// It does not speak of Claimcheck.
    Nothing,
    Problem {
        message: String,
        line: u32,
        column: u32,
    },
}

/// What stays in the browser.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Keeping {
    pub(crate) nothing: bool,
    /// See `editor/src/offline.js`.
    pub(crate) copy: String,
}

/// What was done in the panel.
pub(crate) enum SettingsEvent {
    Set(Settings),
    /// A text in the form of `pyproject.toml`, to be read.
    Import(String),
    /// A file of settings is to be chosen.
    PickFile,
    Copy(String),
    Choose(&'static Choice, &'static str),
    KeepNothing(bool),
    KeepCopy(bool),
    Forget,
}

#[derive(PartialEq, Properties)]
pub(crate) struct PanelProperties {
    pub(crate) settings: Settings,
    pub(crate) rules: Rc<Vec<RuleInfo>>,
    pub(crate) appearance: Appearance,
    pub(crate) keeping: Keeping,
    pub(crate) import: Option<Import>,
    pub(crate) on_event: Callback<SettingsEvent>,
}

/// The button and the panel that it opens.
#[component]
pub(crate) fn SettingsPanel(properties: &PanelProperties) -> Html {
    let text = strings();
    html! {
        <>
            <button type="button" class="button" popovertarget="settings" title={text.settings}>
                {icon(Icon::Settings)}<span>{text.settings}</span>
            </button>
            <div id="settings" class="popover settings" popover="auto" role="dialog" aria-labelledby="settings-title">
                <div class="settings-head">
                    <h2 id="settings-title">{text.settings}</h2>
                    <button
                        type="button"
                        class="icon-button"
                        popovertarget="settings"
                        popovertargetaction="hide"
                        aria-label={text.close}
                    >
                        {icon(Icon::Close)}
                    </button>
                </div>
                <section>
                    <h3>{text.settings_of_audit}</h3>
                    { for TEXTS.into_iter().map(|setting| text_field(properties, setting)) }
                </section>
                <Rules
                    language={language()}
                    settings={properties.settings.clone()}
                    rules={properties.rules.clone()}
                    on_change={properties.on_event.reform(SettingsEvent::Set)}
                />
                <TomlFile
                    language={language()}
                    settings={properties.settings.clone()}
                    import={properties.import.clone()}
                    on_event={&properties.on_event}
                />
                <section>
                    <h3>{text.appearance}</h3>
                    <div class="choices-of-look">
                        {choice(properties, &TEXT_SIZE, properties.appearance.text_size)}
                        {choice(properties, &DENSITY, properties.appearance.density)}
                        {choice(properties, &LANGUAGE, properties.appearance.language)}
                    </div>
                </section>
                <Privacy language={language()} keeping={properties.keeping.clone()} on_event={&properties.on_event} />
            </div>
        </>
    }
}

fn text_field(properties: &PanelProperties, setting: Setting) -> Html {
    let (label, placeholder) = match (strings().setting)(setting) {
        (label, "") => (label, DEFAULT_SECRET_NAME),
        both => both,
    };
    let value = setting.of(&mut properties.settings.clone()).clone();
    let settings = properties.settings.clone();
    let set = properties.on_event.reform(move |value: String| {
        let mut settings = settings.clone();
        *setting.of(&mut settings) = value;
        SettingsEvent::Set(settings)
    });
    let control = match setting {
        Setting::SecretName => html! {
            <input
                {value}
                {placeholder}
                spellcheck="false"
                autocomplete="off"
                onchange={set.reform(|event: Event| event.target_unchecked_into::<HtmlInputElement>().value())}
            />
        },
        _ => html! {
            <textarea
                rows="2"
                {value}
                {placeholder}
                spellcheck="false"
                onchange={set.reform(|event: Event| event.target_unchecked_into::<HtmlTextAreaElement>().value())}
            />
        },
    };
    html! { <label class="setting"><span>{label}</span>{control}</label> }
}

/// A choice of the page's look.
fn choice(properties: &PanelProperties, choice: &'static Choice, current: &'static str) -> Html {
    let text = strings();
    let on_event = &properties.on_event;
    html! {
        <label class="setting">
            <span>{(text.choice)(choice.name)}</span>
            <select
                name={choice.name}
                onchange={on_event.reform(move |event: Event| {
                    let index = event.target_unchecked_into::<HtmlSelectElement>().selected_index();
                    let chosen = usize::try_from(index).ok().and_then(|index| choice.values.get(index));
                    SettingsEvent::Choose(choice, chosen.or(choice.values.first()).copied().unwrap_or_default())
                })}
            >
                { for choice.values.iter().map(|value| html! {
                    <option value={*value} selected={*value == current}>{(text.choice_value)(choice.name, value)}</option>
                }) }
            </select>
        </label>
    }
}

#[derive(PartialEq, Properties)]
struct RulesProperties {
    /// Drawn anew when it changes.
    language: Language,
    settings: Settings,
    rules: Rc<Vec<RuleInfo>>,
    on_change: Callback<Settings>,
}

/// Every rule with what it is set to; a search, and the documentation on request.
#[component]
fn Rules(properties: &RulesProperties) -> Html {
    let text = strings();
    let search = use_state(String::new);
    let documented = use_state(|| None::<String>);
    let is_found = |rule: &&RuleInfo| {
        let all = format!("{} {}", rule.name, rule.summary).to_lowercase();
        search.to_lowercase().split_whitespace().all(|word| all.contains(word))
    };
    let found: Vec<&RuleInfo> = properties.rules.iter().filter(is_found).collect();
    let changed = properties.settings.rules.len();
    let on_search = {
        let search = search.clone();
        Callback::from(move |event: InputEvent| search.set(event.target_unchecked_into::<HtmlInputElement>().value()))
    };
    let as_they_come = {
        let settings = properties.settings.clone();
        properties.on_change.reform(move |_: MouseEvent| Settings {
            rules: Default::default(),
            ..settings.clone()
        })
    };
    html! {
        <section>
            <h3>{text.rules}</h3>
            <div class="rules-head">
                <label class="setting">
                    <span>{text.search_rules}</span>
                    <input type="search" value={(*search).clone()} spellcheck="false" oninput={on_search} />
                </label>
                <p class="quiet" role="status">{(text.rules_found)(found.len(), properties.rules.len(), changed)}</p>
                if changed > 0 {
                    <button type="button" class="text-button" onclick={as_they_come}>{text.all_rules_as_they_come}</button>
                }
            </div>
            <ul class="rules">
                { for found.into_iter().map(|rule| rule_row(properties, rule, &documented)) }
            </ul>
        </section>
    }
}

fn rule_row(properties: &RulesProperties, rule: &RuleInfo, documented: &UseStateHandle<Option<String>>) -> Html {
    let text = strings();
    let current = properties.settings.rules.get(&rule.name).map(String::as_str);
    let is_documented = documented.as_ref() == Some(&rule.name);
    let toggle = {
        let (documented, name) = (documented.clone(), rule.name.clone());
        Callback::from(move |_: MouseEvent| documented.set((!is_documented).then(|| name.clone())))
    };
    let set = {
        let (settings, name) = (properties.settings.clone(), rule.name.clone());
        properties.on_change.reform(move |event: Event| {
            let mut settings = settings.clone();
            match event.target_unchecked_into::<HtmlSelectElement>().value() {
                value if value.is_empty() => settings.rules.remove(&name),
                value => settings.rules.insert(name.clone(), value),
            };
            settings
        })
    };
    html! {
        <li key={rule.name.clone()} class={classes!(current.map(|_| "changed"))} data-rule={rule.name.clone()}>
            <div class="rule">
                {severity(rule.severity)}
                <div lang="en">
                    <code>{&rule.name}</code>
                    <p class="quiet">{with_code(&rule.summary)}</p>
                </div>
                <select aria-label={(text.setting_of_rule)(&rule.name)} onchange={set}>
                    <option value="" selected={current.is_none()}>{(text.as_it_comes)(rule.severity)}</option>
                    { for RULE_SETTINGS.iter().map(|setting| html! {
                        <option value={*setting} selected={current == Some(*setting)}>{(text.rule_setting)(setting)}</option>
                    }) }
                </select>
                <button
                    type="button"
                    class="icon-button"
                    aria-expanded={is_documented.to_string()}
                    aria-label={(text.documentation_of)(&rule.name)}
                    title={text.documentation}
                    onclick={toggle}
                >
                    {icon(Icon::Question)}
                </button>
            </div>
            if is_documented {
                <div class="documentation" lang="en">{markdown(&rule.documentation)}</div>
            }
        </li>
    }
}

#[derive(PartialEq, Properties)]
struct TomlProperties {
    /// Drawn anew when it changes.
    language: Language,
    settings: Settings,
    import: Option<Import>,
    on_event: Callback<SettingsEvent>,
}

/// The settings as they stand in a project, to be taken there or brought from there.
#[component]
fn TomlFile(properties: &TomlProperties) -> Html {
    let text = strings();
    // What was typed or pasted and not yet taken over.
    let draft = use_state(|| None::<String>);
    {
        // Once it is taken over, the settings speak for themselves.
        let draft = draft.clone();
        use_effect_with(properties.settings.clone(), move |_| draft.set(None));
    }
    let shown = draft.as_ref().cloned().unwrap_or_else(|| properties.settings.to_toml());
    let on_input = {
        let draft = draft.clone();
        Callback::from(move |event: InputEvent| {
            draft.set(Some(event.target_unchecked_into::<HtmlTextAreaElement>().value()));
        })
    };
    let take = {
        let shown = shown.clone();
        properties
            .on_event
            .reform(move |_: MouseEvent| SettingsEvent::Import(shown.clone()))
    };
    let copy = {
        let shown = shown.clone();
        properties
            .on_event
            .reform(move |_: MouseEvent| SettingsEvent::Copy(shown.clone()))
    };
    let outcome = match &properties.import {
        None => Html::default(),
        Some(Import::Taken) => html! { <p role="status">{text.settings_taken}</p> },
        Some(Import::Nothing) => html! { <p class="problem" role="alert">{text.settings_nothing}</p> },
        Some(Import::Problem { message, line, column }) => html! {
            <p class="problem" role="alert">
                {(text.settings_problem)(*line, *column)}{" "}<span lang="en">{with_code(message)}</span>
            </p>
        },
    };
    html! {
        <section>
            <h3>{text.settings_as_file}</h3>
            <p class="quiet">{text.settings_as_file_text}</p>
            <textarea
                class="toml"
                rows="6"
                value={shown}
                aria-label="pyproject.toml"
                spellcheck="false"
                oninput={on_input}
            />
            {outcome}
            <div class="choices">
                <button type="button" class="button" disabled={draft.is_none()} onclick={take}>{text.take_over}</button>
                <button
                    type="button"
                    class="button"
                    onclick={properties.on_event.reform(|_: MouseEvent| SettingsEvent::PickFile)}
                >
                    {text.open_settings_file}
                </button>
                <button type="button" class="button" onclick={copy}>{text.copy}</button>
            </div>
        </section>
    }
}

#[derive(PartialEq, Properties)]
struct PrivacyProperties {
    /// Drawn anew when it changes.
    language: Language,
    keeping: Keeping,
    on_event: Callback<SettingsEvent>,
}

#[component]
fn Privacy(properties: &PrivacyProperties) -> Html {
    let text = strings();
    let asked = use_state(|| false);
    let ask = |value: bool| {
        let asked = asked.clone();
        Callback::from(move |_: MouseEvent| asked.set(value))
    };
    let forget = {
        let asked = asked.clone();
        properties.on_event.reform(move |_: MouseEvent| {
            asked.set(false);
            SettingsEvent::Forget
        })
    };
    let keeping = &properties.keeping;
    let checked = |event: Event| event.target_unchecked_into::<HtmlInputElement>().checked();
    html! {
        <section>
            <h3>{text.privacy}</h3>
            <p class="quiet">{text.settings_text}</p>
            <label class="check">
                <input
                    type="checkbox"
                    name="keep-nothing"
                    checked={keeping.nothing}
                    onchange={properties.on_event.reform(move |event| SettingsEvent::KeepNothing(checked(event)))}
                />
                <span>{text.keep_nothing}<span class="quiet">{text.keep_nothing_text}</span></span>
            </label>
            if keeping.copy != "unsupported" {
                <label class="check">
                    <input
                        type="checkbox"
                        name="keep-copy"
                        checked={keeping.copy != "off"}
                        onchange={properties.on_event.reform(move |event| SettingsEvent::KeepCopy(checked(event)))}
                    />
                    <span>{text.keep_copy}<span class="quiet">{(text.keep_copy_text)(&keeping.copy)}</span></span>
                </label>
            }
            if *asked {
                <div class="question" role="group" aria-labelledby="forget-question">
                    <p id="forget-question">{text.forget_question}</p>
                    <div class="choices">
                        <button type="button" class="button danger" autofocus=true onclick={forget}>{text.forget_yes}</button>
                        <button type="button" class="button" onclick={ask(false)}>{text.forget_no}</button>
                    </div>
                </div>
            } else {
                <button type="button" class="button" onclick={ask(true)}>{text.forget}</button>
            }
        </section>
    }
}
