//! Every word the interface says, in one place.
//!
//! A language is one value of [`Strings`]; what depends on numbers or names is a function, so that each language
//! keeps its own order and plural forms. Names, messages and documentation of rules come from the audit.

mod de;
mod en;

use std::cell::Cell;

use page_state::{RouteColumn, RouteVerdict};
use report::{Applicability, Confidence, DependencyLevel, IdentitySource, OwnershipVerdict, Severity, Verdict};

use crate::bridge::LinkProblem;
use crate::components::export::ExportForm;
use crate::components::settings::Setting;
use crate::screen::Screen;
use crate::shortcuts::{Action, Group};

pub(crate) struct Strings {
    pub(crate) name: &'static str,
    pub(crate) tagline: &'static str,

    pub(crate) sealed: &'static str,
    pub(crate) unsealed: &'static str,
    pub(crate) seal_title: &'static str,
    pub(crate) seal_explanation: &'static [&'static str],
    pub(crate) seal_limits: &'static str,
    pub(crate) self_test: &'static str,
    pub(crate) self_test_running: &'static str,
    pub(crate) self_test_again: &'static str,
    pub(crate) attempt: fn(&str) -> &'static str,
    pub(crate) attempt_blocked: fn(&str) -> String,
    pub(crate) attempt_not_blocked: &'static str,

    pub(crate) examples: &'static str,
    pub(crate) example: fn(&str) -> (&'static str, &'static str),
    pub(crate) example_opened: fn(&str) -> String,
    pub(crate) export: ExportStrings,
    pub(crate) fixes: FixStrings,
    pub(crate) share: ShareStrings,
    pub(crate) link: LinkStrings,
    /// Of a number of bytes.
    pub(crate) size: fn(usize) -> String,
    pub(crate) close: &'static str,
    pub(crate) settings: &'static str,
    pub(crate) settings_text: &'static str,
    pub(crate) settings_of_audit: &'static str,
    /// Label and placeholder of each setting; without a placeholder its default is shown.
    pub(crate) setting: fn(Setting) -> (&'static str, &'static str),
    pub(crate) rules: &'static str,
    pub(crate) search_rules: &'static str,
    /// Found, of all, changed.
    pub(crate) rules_found: fn(usize, usize, usize) -> String,
    pub(crate) all_rules_as_they_come: &'static str,
    pub(crate) setting_of_rule: fn(&str) -> String,
    pub(crate) as_it_comes: fn(Severity) -> String,
    /// `off`, or a severity's name.
    pub(crate) rule_setting: fn(&str) -> &'static str,
    pub(crate) documentation: &'static str,
    pub(crate) documentation_of: fn(&str) -> String,
    pub(crate) settings_as_file: &'static str,
    pub(crate) settings_as_file_text: &'static str,
    pub(crate) take_over: &'static str,
    pub(crate) open_settings_file: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) settings_copied: &'static str,
    pub(crate) settings_not_copied: &'static str,
    pub(crate) settings_taken: &'static str,
    pub(crate) settings_nothing: &'static str,
    /// Comes before a message of the audit core; line and column.
    pub(crate) settings_problem: fn(u32, u32) -> String,
    pub(crate) appearance: &'static str,
    pub(crate) choice: fn(&str) -> &'static str,
    /// The name of a choice and one of its values.
    pub(crate) choice_value: fn(&str, &str) -> &'static str,
    pub(crate) privacy: &'static str,
    pub(crate) keep_nothing: &'static str,
    pub(crate) keep_nothing_text: &'static str,
    pub(crate) keep_copy: &'static str,
    /// By the state of the copy: see `editor/src/offline.js`, and `next` when it is to be kept from the next visit on.
    pub(crate) keep_copy_text: fn(&str) -> &'static str,
    pub(crate) forget: &'static str,
    pub(crate) forget_question: &'static str,
    pub(crate) forget_yes: &'static str,
    pub(crate) forget_no: &'static str,
    pub(crate) forgotten: &'static str,
    pub(crate) update: &'static str,
    pub(crate) update_text: &'static str,
    pub(crate) reset: &'static str,
    pub(crate) was_reset: &'static str,
    pub(crate) theme: &'static str,
    pub(crate) theme_light: &'static str,
    pub(crate) theme_dark: &'static str,
    pub(crate) theme_system: &'static str,

    pub(crate) code: &'static str,
    pub(crate) files: &'static str,
    pub(crate) editor_label: &'static str,
    pub(crate) editor_placeholder: &'static str,
    pub(crate) new_file: &'static str,
    pub(crate) open_files: &'static str,
    pub(crate) open_folder: &'static str,
    pub(crate) close_file: fn(&str) -> String,
    /// A file, or a folder of so many.
    pub(crate) closed: fn(&str, usize) -> String,
    pub(crate) rename_file: fn(&str) -> String,
    pub(crate) new_name: &'static str,
    pub(crate) name_empty: &'static str,
    pub(crate) name_taken: &'static str,
    pub(crate) name_outside: &'static str,
    pub(crate) find_file: &'static str,
    pub(crate) files_found: fn(usize) -> String,
    pub(crate) no_file_found: &'static str,
    pub(crate) rows_before: fn(usize) -> String,
    /// How many findings, and the worst of them.
    pub(crate) tree_count: fn(usize, Severity) -> String,
    pub(crate) drop_files: &'static str,
    pub(crate) no_files_title: &'static str,
    pub(crate) no_files_text: &'static str,
    pub(crate) limits: &'static str,
    /// So many files are read, of so many.
    pub(crate) reading: fn(u32, u32) -> String,
    pub(crate) looking: fn(u32) -> String,
    pub(crate) reading_label: &'static str,
    pub(crate) cancel: &'static str,
    pub(crate) reading_cancelled: &'static str,
    pub(crate) opened: fn(usize) -> String,
    pub(crate) project_opened: fn(&str, usize) -> String,
    pub(crate) nothing_opened: &'static str,
    pub(crate) settings_not_read: fn(&str) -> String,
    pub(crate) settings_of_project: fn(&str) -> String,
    /// With the line of the mistake; the settings say what it is.
    pub(crate) settings_wrong: fn(&str, u32) -> String,
    pub(crate) was_too_large: fn(usize) -> String,
    pub(crate) too_large_to_keep: &'static str,
    pub(crate) left_out: fn(&str, &str) -> String,
    pub(crate) left_out_count: fn(usize) -> String,
    pub(crate) show_left_out: &'static str,
    pub(crate) left_out_title: &'static str,
    /// Why a file was left out, as the end of a sentence.
    pub(crate) problem: fn(&str) -> &'static str,
    /// The same as a heading over many.
    pub(crate) left_out_reason: fn(&str) -> &'static str,
    pub(crate) and_more: fn(usize) -> String,

    pub(crate) findings: &'static str,
    pub(crate) severity: fn(Severity) -> &'static str,
    pub(crate) severities: fn(Severity, usize) -> String,
    pub(crate) severity_heading: fn(Severity) -> &'static str,
    pub(crate) confidence: fn(Confidence) -> &'static str,
    pub(crate) strengths: &'static str,
    pub(crate) act_now: &'static str,
    pub(crate) checklist: &'static str,
    pub(crate) verdict: fn(Verdict) -> &'static str,
    pub(crate) routes: &'static str,
    pub(crate) of_route: fn(&str) -> String,
    /// How many there are, and how many of them nothing is seen to guard.
    pub(crate) routes_in_short: fn(usize, usize) -> String,
    pub(crate) to_route_map: &'static str,

    pub(crate) filter: &'static str,
    pub(crate) filter_words: &'static str,
    pub(crate) by_severity: &'static str,
    pub(crate) only: fn(&str) -> String,
    pub(crate) any: &'static str,
    pub(crate) confidence_label: &'static str,
    pub(crate) file: &'static str,
    /// How many findings are shown and hidden.
    pub(crate) hidden: fn(usize, usize) -> String,
    pub(crate) clear_filter: &'static str,
    pub(crate) all_hidden: &'static str,

    pub(crate) ignored: fn(u32) -> String,
    pub(crate) rules_off: fn(usize) -> String,
    pub(crate) files_with_findings: fn(usize) -> String,
    pub(crate) show_all: fn(usize) -> String,
    pub(crate) changes: fn(usize, usize) -> String,
    pub(crate) no_findings_title: &'static str,
    pub(crate) no_findings_text: &'static str,
    pub(crate) nothing_to_audit_title: &'static str,
    pub(crate) nothing_to_audit_text: &'static str,
    pub(crate) partly_read: fn(&str, u32) -> String,
    pub(crate) skipped: fn(&str, &str) -> String,
    pub(crate) line: fn(u32) -> String,
    pub(crate) place: fn(&str, u32, u32) -> String,

    pub(crate) loading: &'static str,
    pub(crate) loading_text: &'static str,
    pub(crate) auditing: &'static str,
    pub(crate) audited_in: fn(f64) -> String,
    pub(crate) stop: &'static str,
    pub(crate) stopped: &'static str,
    pub(crate) load_failed: &'static str,
    pub(crate) reload: &'static str,
    pub(crate) crashed_title: &'static str,
    pub(crate) crashed_text: &'static str,
    pub(crate) audit_again: &'static str,

    pub(crate) detail: &'static str,
    pub(crate) all_findings: &'static str,
    pub(crate) next_finding: &'static str,
    pub(crate) previous_finding: &'static str,
    pub(crate) position: fn(usize, usize) -> String,
    pub(crate) nothing_selected_title: &'static str,
    pub(crate) nothing_selected_text: &'static str,
    pub(crate) go_to_code: &'static str,
    pub(crate) fix: &'static str,
    pub(crate) applicability: fn(Applicability) -> &'static str,
    pub(crate) apply: &'static str,
    pub(crate) applied: &'static str,
    pub(crate) undo: &'static str,
    pub(crate) dismiss: &'static str,
    pub(crate) diff_label: fn(&str) -> String,
    pub(crate) added: &'static str,
    pub(crate) removed: &'static str,
    pub(crate) lines_left_out: &'static str,
    pub(crate) trace: &'static str,
    pub(crate) related: &'static str,
    pub(crate) why: &'static str,
    pub(crate) classification: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) weakness: &'static str,
    pub(crate) risk: &'static str,
    pub(crate) phase: &'static str,
    pub(crate) code_with_finding: &'static str,
    pub(crate) code_ok: &'static str,
    pub(crate) code_fixed: &'static str,

    pub(crate) ignore: &'static str,
    pub(crate) ignore_reason: &'static str,
    pub(crate) ignore_example: &'static str,
    pub(crate) ignore_comment: &'static str,
    pub(crate) insert_comment: &'static str,
    pub(crate) ignored_now: &'static str,
    pub(crate) not_ignored_yet: &'static str,
    pub(crate) no_place_for_comment: &'static str,

    pub(crate) screens: &'static str,
    pub(crate) screen: fn(Screen) -> &'static str,
    pub(crate) skip_to_findings: &'static str,
    pub(crate) skip_to_routes: &'static str,
    /// A name and its key.
    pub(crate) with_key: fn(&str, &str) -> String,
    pub(crate) help: &'static str,
    pub(crate) help_group: fn(Group) -> &'static str,
    pub(crate) action: fn(Action) -> &'static str,
    pub(crate) help_editor: &'static str,
    pub(crate) help_editor_keys: &'static [(&'static [&'static str], &'static str)],
    pub(crate) or: &'static str,
    pub(crate) single_keys: &'static str,
    pub(crate) single_keys_text: &'static str,

    pub(crate) loading_routes: &'static str,
    pub(crate) no_routes_title: &'static str,
    pub(crate) no_routes_text: &'static str,
    pub(crate) filter_routes: &'static str,
    pub(crate) route_words: &'static str,
    pub(crate) method: &'static str,
    pub(crate) any_method: &'static str,
    pub(crate) form: &'static str,
    pub(crate) as_table: &'static str,
    pub(crate) as_picture: &'static str,
    pub(crate) by_verdict: &'static str,
    pub(crate) route_verdict: fn(RouteVerdict) -> &'static str,
    pub(crate) route_verdict_meaning: fn(RouteVerdict) -> &'static str,
    pub(crate) route_column: fn(RouteColumn) -> &'static str,
    pub(crate) sort: &'static str,
    pub(crate) routes_hidden: fn(usize, usize) -> String,
    pub(crate) all_routes_hidden: &'static str,
    pub(crate) unfollowed_routers: &'static str,
    pub(crate) place_in_short: fn(&str, u32) -> String,
    pub(crate) nobody_asked: &'static str,
    pub(crate) also: &'static str,
    pub(crate) asked_for_at: fn(&str, DependencyLevel, &str, u32) -> String,
    pub(crate) by_middleware: &'static str,
    pub(crate) by_handler: &'static str,
    pub(crate) no_identity: &'static str,
    pub(crate) identity: fn(IdentitySource, &str) -> String,
    pub(crate) ownership: fn(OwnershipVerdict) -> &'static str,
    /// Critical findings, warnings, suggestions.
    pub(crate) findings_in_short: fn([usize; 3]) -> String,
    pub(crate) show_findings: &'static str,
    pub(crate) in_header: &'static str,
    pub(crate) in_query: &'static str,
    pub(crate) in_cookie: &'static str,
    pub(crate) all_dependencies: &'static str,
    pub(crate) save_picture: &'static str,
    pub(crate) picture_file: &'static str,
    pub(crate) picture_title: &'static str,
    pub(crate) picture_text: &'static str,
    pub(crate) picture_in_words: &'static str,
    pub(crate) picture_cut: fn(usize, usize) -> String,
}

pub(crate) struct ExportStrings {
    pub(crate) open: &'static str,
    pub(crate) title: &'static str,
    pub(crate) form_label: &'static str,
    /// Name and description.
    pub(crate) form: fn(ExportForm) -> (&'static str, &'static str),
    pub(crate) preview: &'static str,
    /// Of a number of bytes that are not shown.
    pub(crate) more: fn(usize) -> String,
    pub(crate) nothing_changed: &'static str,
    pub(crate) download: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) print: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) copy_by_hand: &'static str,
    pub(crate) downloaded: &'static str,
}

pub(crate) struct FixStrings {
    pub(crate) open: &'static str,
    pub(crate) open_review: &'static str,
    pub(crate) title: &'static str,
    pub(crate) nothing_to_fix: &'static str,
    /// Of accepted edits and of all.
    pub(crate) count: fn(usize, usize) -> String,
    pub(crate) next_round: &'static str,
    pub(crate) is_new: &'static str,
    pub(crate) accept: &'static str,
    pub(crate) reject: &'static str,
    pub(crate) accepted: &'static str,
    pub(crate) rejected: &'static str,
    /// An action, a file and a line.
    pub(crate) of_line: fn(&str, &str, u32) -> String,
    pub(crate) accept_all: &'static str,
    pub(crate) reject_all: &'static str,
    pub(crate) too_long: &'static str,
    pub(crate) in_part: &'static str,
    pub(crate) layout: &'static str,
    pub(crate) unified: &'static str,
    pub(crate) side_by_side: &'static str,
    pub(crate) make: fn(usize) -> String,
    pub(crate) cancel: &'static str,
    /// Of fixes and of files.
    pub(crate) done: fn(usize, usize) -> String,
    pub(crate) remaining: fn(usize) -> String,
    pub(crate) no_edit: &'static str,
    pub(crate) was_rejected: &'static str,
    pub(crate) wants_value: &'static str,
    pub(crate) can_be_fixed: &'static str,
    pub(crate) undo_all: &'static str,
    pub(crate) export: &'static str,
    pub(crate) type_value: &'static str,
    pub(crate) is_rejected: &'static str,
}

/// Sharing by a link.
pub(crate) struct ShareStrings {
    pub(crate) open: &'static str,
    pub(crate) title: &'static str,
    pub(crate) explanation: &'static str,
    /// Of files and of bytes.
    pub(crate) content: fn(usize, usize) -> String,
    pub(crate) more_files: fn(usize) -> String,
    pub(crate) secrets: &'static str,
    pub(crate) looking: &'static str,
    pub(crate) no_secrets: &'static str,
    pub(crate) redact: fn(usize) -> String,
    pub(crate) secret_place: fn(&str, u32) -> String,
    pub(crate) redact_note: &'static str,
    pub(crate) passphrase: &'static str,
    pub(crate) passphrase_note: &'static str,
    pub(crate) cannot_encrypt: &'static str,
    pub(crate) link: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) copy_by_hand: &'static str,
    pub(crate) making: &'static str,
    /// Of characters.
    pub(crate) length: fn(usize) -> String,
    pub(crate) long: fn(usize) -> String,
    pub(crate) too_large: &'static str,
    pub(crate) no_address: &'static str,
}

/// Opening a link.
pub(crate) struct LinkStrings {
    /// A number of files, and whether what was here before is kept.
    pub(crate) opened: fn(usize, bool) -> String,
    pub(crate) locked_title: &'static str,
    pub(crate) locked_text: &'static str,
    pub(crate) passphrase: &'static str,
    pub(crate) unlock: &'static str,
    pub(crate) unlocking: &'static str,
    pub(crate) leave_closed: &'static str,
    pub(crate) broken_title: &'static str,
    pub(crate) problem: fn(LinkProblem) -> &'static str,
    pub(crate) broken_text: &'static str,
    pub(crate) go_on_empty: &'static str,
    pub(crate) go_back: &'static str,
    pub(crate) kept: &'static str,
    pub(crate) kept_text: &'static str,
    pub(crate) brought_back: &'static str,
}

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    German,
}

impl Language {
    /// As the page's `lang` says it.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
        }
    }

    /// The language of a tag such as `de-AT`; English for those that the page does not speak.
    pub(crate) fn of_tag(tag: &str) -> Language {
        match tag.split('-').next() {
            Some("de") => Language::German,
            _ => Language::English,
        }
    }
}

thread_local! {
    static SPOKEN: Cell<Language> = const { Cell::new(Language::English) };
}

/// Speaks another language from the next drawing on.
pub(crate) fn speak(language: Language) {
    SPOKEN.set(language);
}

pub(crate) fn language() -> Language {
    SPOKEN.get()
}

/// The strings of the interface's language.
pub(crate) fn strings() -> &'static Strings {
    match language() {
        Language::English => &en::ENGLISH,
        Language::German => &de::GERMAN,
    }
}
