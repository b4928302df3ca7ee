//! The top of the page: the name, the seal, and what concerns the whole project.

use yew::prelude::*;

use super::icons::{Icon, icon};
use super::seal::Seal;
use crate::examples::{EXAMPLES, Example};
use crate::screen::Screen;
use crate::shortcuts::{Action, key_of};
use crate::strings::{language, strings};

pub(crate) struct Header {
    pub(crate) screen: Screen,
    /// The switch between the screens.
    pub(crate) screens: NodeRef,
    pub(crate) on_screen: Callback<Screen>,
    pub(crate) on_help: Callback<MouseEvent>,
    pub(crate) theme: &'static str,
    pub(crate) sealed: bool,
    pub(crate) can_export: bool,
    pub(crate) settings: Html,
    /// There is a newer version of the page.
    pub(crate) update: Option<Callback<MouseEvent>>,
    pub(crate) on_theme: Callback<&'static str>,
    pub(crate) on_example: Callback<&'static Example>,
    /// Whether links took the place of projects that can be brought back.
    pub(crate) kept: bool,
    pub(crate) on_kept: Callback<MouseEvent>,
    pub(crate) on_share: Callback<MouseEvent>,
    pub(crate) on_review: Callback<MouseEvent>,
    pub(crate) on_export: Callback<MouseEvent>,
    pub(crate) on_reset: Callback<MouseEvent>,
}

pub(crate) fn header(header: &Header) -> Html {
    let text = strings();
    html! {
        <header class="header">
            <div class="brand">
                <svg viewBox="0 0 24 24" class="mark" aria-hidden="true">
                    <path fill="currentColor" d="M12 1.5 21 5v6.5c0 5.2-3.6 9.3-9 11-5.4-1.7-9-5.8-9-11V5z" />
                    <path class="mark-check" fill="none" stroke-width="2.4" d="M7.5 12l3.2 3.2 5.8-6.4" />
                </svg>
                <h1>{text.name}</h1>
                <p class="tagline">{text.tagline}</p>
            </div>
            <Seal key={language().tag()} sealed={header.sealed} />
            {screen_switch(header)}
            <button
                type="button"
                class="icon-button help-button"
                aria-label={text.help}
                title={(text.with_key)(text.help, key_of(Action::Help))}
                onclick={&header.on_help}
            >
                {icon(Icon::Question)}
            </button>
            <div role="status">
                if let Some(update) = &header.update {
                    <button type="button" class="text-button" title={text.update_text} onclick={update}>{text.update}</button>
                }
            </div>
            <div class="actions">
                <button type="button" class="button" popovertarget="examples">
                    {icon(Icon::Examples)}<span>{text.examples}</span>{icon(Icon::Down)}
                </button>
                <div id="examples" class="popover examples" popover="auto">
                    <ul>
                        { for EXAMPLES.iter().map(|example| example_choice(example, &header.on_example)) }
                        if header.kept {
                            {kept_choice(&header.on_kept)}
                        }
                    </ul>
                </div>
                {action(Icon::Fix, text.fixes.open, !header.can_export, &header.on_review)}
                {action(Icon::Export, text.export.open, !header.can_export, &header.on_export)}
                {action(Icon::Share, text.share.open, !header.can_export, &header.on_share)}
                {action(Icon::Reset, text.reset, false, &header.on_reset)}
                {header.settings.clone()}
                {theme_switch(header.theme, &header.on_theme)}
            </div>
        </header>
    }
}

fn screen_switch(header: &Header) -> Html {
    let text = strings();
    html! {
        <nav class="screens" aria-label={text.screens} ref={header.screens.clone()} tabindex="-1">
            { for Screen::ALL.into_iter().map(|screen| {
                let is_current = screen == header.screen;
                let label = (text.screen)(screen);
                html! {
                    <button
                        type="button"
                        aria-current={is_current.then_some("page")}
                        data-screen={screen.name()}
                        title={(text.with_key)(label, key_of(Action::OtherScreen))}
                        onclick={header.on_screen.reform(move |_| screen)}
                    >
                        {label}
                    </button>
                }
            }) }
        </nav>
    }
}

fn example_choice(example: &'static Example, on_choose: &Callback<&'static Example>) -> Html {
    let (title, description) = (strings().example)(example.id);
    html! {
        <li>
            <button
                type="button"
                popovertarget="examples"
                popovertargetaction="hide"
                data-example={example.id}
                onclick={on_choose.reform(move |_| example)}
            >
                <strong>{title}</strong>
                <span>{description}</span>
            </button>
        </li>
    }
}

/// The project that was here before a link was opened.
fn kept_choice(on_kept: &Callback<MouseEvent>) -> Html {
    let text = &strings().link;
    html! {
        <li>
            <button
                type="button"
                popovertarget="examples"
                popovertargetaction="hide"
                data-example="kept"
                onclick={on_kept}
            >
                <strong>{text.kept}</strong>
                <span>{text.kept_text}</span>
            </button>
        </li>
    }
}

fn theme_switch(current: &str, on_theme: &Callback<&'static str>) -> Html {
    let text = strings();
    html! {
        <fieldset class="themes">
            <legend class="offscreen">{text.theme}</legend>
            { for ["light", "dark", "system"].into_iter().map(|theme| {
                let (drawing, name) = match theme {
                    "light" => (Icon::Sun, text.theme_light),
                    "dark" => (Icon::Moon, text.theme_dark),
                    _ => (Icon::Screen, text.theme_system),
                };
                html! {
                    <label title={name}>
                        <input
                            type="radio"
                            name="theme"
                            value={theme}
                            checked={theme == current}
                            onchange={on_theme.reform(move |_| theme)}
                        />
                        {icon(drawing)}
                        <span class="offscreen">{name}</span>
                    </label>
                }
            }) }
        </fieldset>
    }
}

/// A button with a picture and a word; narrow screens show the picture alone.
fn action(picture: Icon, label: &'static str, disabled: bool, on_click: &Callback<MouseEvent>) -> Html {
    html! {
        <button type="button" class="button" title={label} disabled={disabled} onclick={on_click}>
            {icon(picture)}<span>{label}</span>
        </button>
    }
}
