//! Every word the interface says, in one place.
//!
//! A language is one value of [`Strings`]; what depends on numbers or names is a function, so that each language
//! keeps its own order and plural forms. Names, messages and documentation of rules come from the audit.

mod en;

use page_state::SettingsProblem;
use report::{Applicability, Confidence, Severity, Verdict};

use crate::components::export::ExportForm;
use crate::components::settings::Setting;

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
    /// Of a number of bytes.
    pub(crate) size: fn(usize) -> String,
    pub(crate) close: &'static str,
    pub(crate) settings: &'static str,
    pub(crate) settings_text: &'static str,
    /// Label and placeholder of each setting.
    pub(crate) setting: fn(Setting) -> (&'static str, &'static str),
    pub(crate) settings_problem: fn(&SettingsProblem) -> String,
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
    pub(crate) close_file: fn(&str) -> String,
    pub(crate) closed_file: fn(&str) -> String,
    pub(crate) rename_file: fn(&str) -> String,
    pub(crate) new_name: &'static str,
    pub(crate) name_empty: &'static str,
    pub(crate) name_taken: &'static str,
    pub(crate) drop_files: &'static str,
    pub(crate) no_files_title: &'static str,
    pub(crate) no_files_text: &'static str,
    pub(crate) opened: fn(usize) -> String,
    pub(crate) left_out: fn(&str, &str) -> String,
    pub(crate) problem: fn(&str) -> &'static str,

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
    pub(crate) open_route: &'static str,
    pub(crate) public_route: &'static str,
    pub(crate) of_route: fn(&str) -> String,
    pub(crate) all_routes: &'static str,
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
}

/// The strings of the interface's language.
pub(crate) fn strings() -> &'static Strings {
    &en::ENGLISH
}
