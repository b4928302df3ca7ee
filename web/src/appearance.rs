//! How the page looks, by choice: `start.js` reads the same before anything is drawn.

use crate::bridge;
use crate::strings::{Language, speak};

/// One thing to choose. The first value is that of somebody who chose nothing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Stands in the storage's key and in the attribute of the page: `data-theme`.
    pub(crate) name: &'static str,
    pub(crate) values: &'static [&'static str],
}

pub(crate) static THEME: Choice = Choice {
    name: "theme",
    values: &["system", "light", "dark"],
};

pub(crate) static TEXT_SIZE: Choice = Choice {
    name: "text-size",
    values: &["normal", "small", "large", "larger"],
};

pub(crate) static DENSITY: Choice = Choice {
    name: "density",
    values: &["normal", "compact", "roomy"],
};

pub(crate) static LANGUAGE: Choice = Choice {
    name: "language",
    values: &["system", "en", "de"],
};

/// What is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Appearance {
    pub(crate) theme: &'static str,
    pub(crate) text_size: &'static str,
    pub(crate) density: &'static str,
    pub(crate) language: &'static str,
}

impl Appearance {
    /// Speaks the chosen language, or that of the browser.
    pub(crate) fn speak(self) {
        let language = match self.language {
            "system" => Language::of_tag(&bridge::browser_language()),
            tag => Language::of_tag(tag),
        };
        speak(language);
        bridge::set_language(language.tag());
    }

    /// With another value for one of the choices; storage may have refused it.
    pub(crate) fn with(before: Appearance, choice: &Choice, value: &'static str) -> Appearance {
        let mut after = before;
        for (name, field) in [
            (THEME.name, &mut after.theme),
            (TEXT_SIZE.name, &mut after.text_size),
            (DENSITY.name, &mut after.density),
            (LANGUAGE.name, &mut after.language),
        ] {
            if name == choice.name {
                *field = value;
            }
        }
        after
    }

    pub(crate) fn stored() -> Appearance {
        Appearance {
            theme: THEME.stored(),
            text_size: TEXT_SIZE.stored(),
            density: DENSITY.stored(),
            language: LANGUAGE.stored(),
        }
    }
}

impl Choice {
    fn key(&self) -> String {
        format!("claimcheck.{}", self.name)
    }

    pub(crate) fn stored(&self) -> &'static str {
        let stored = bridge::read_storage(&self.key());
        let known = self.values.iter().find(|value| Some(**value) == stored.as_deref());
        known.or(self.values.first()).copied().unwrap_or_default()
    }

    /// Shows the page so, and keeps the choice for the next visit.
    pub(crate) fn choose(&self, value: &str) {
        let is_first = self.values.first() == Some(&value);
        bridge::apply_choice(self.name, if is_first { "" } else { value });
        bridge::write_storage(&self.key(), value);
    }
}
