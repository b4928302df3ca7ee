//! English, the language that the others are translated from.

use page_state::SettingsProblem;
use report::{Applicability, Confidence, Severity, Verdict};

use super::{ExportStrings, FixStrings, Strings};
use crate::components::export::ExportForm;
use crate::components::settings::Setting;

pub(super) static ENGLISH: Strings = Strings {
    name: "Claimcheck",
    tagline: "JWT authentication audit for FastAPI",

    sealed: "Sealed",
    unsealed: "Loading",
    seal_title: "Your code cannot leave this page",
    seal_explanation: &[
        "Everything this page needs was loaded before your code came near it. Then it was sealed: a second content \
         security policy took away every right to connect. From that moment your browser itself refuses any \
         request of this page and of the worker that audits your code.",
        "You need not believe it: the self-test tries to break out, and your browser's network panel shows the \
         same.",
    ],
    seal_limits: "What a page cannot seal: leaving it by a link, extensions of your browser, WebRTC.",
    self_test: "Try to break the seal",
    self_test_running: "Trying…",
    self_test_again: "Try again",
    attempt: |name| match name {
        "fetch" => "Request with fetch",
        "image" => "Load an image",
        "beacon" => "Send a beacon",
        _ => "Request from a worker",
    },
    attempt_blocked: |directive| format!("blocked by the browser ({directive})"),
    attempt_not_blocked: "not blocked",

    examples: "Examples",
    example: |id| match id {
        "todo" => (
            "To-do app behind Better Auth",
            "Tokens nobody verifies, secrets in the code, errors that talk too much",
        ),
        "todo-repaired" => ("The same app, repaired", "What the audit has nothing to say about"),
        "oauth2" => (
            "OAuth2 with password and JWT",
            "After the pattern of FastAPI's tutorial",
        ),
        "two-files" => ("Two files", "A secret's default in config.py, used in auth.py"),
        "jose" => ("python-jose", "What this library lets through and others do not"),
        _ => ("CORS and SQL", "Any origin with cookies, and queries glued from text"),
    },
    example_opened: |title| format!("Example opened: {title}"),
    export: ExportStrings {
        open: "Export",
        title: "Export",
        form_label: "Form",
        form: |form| match form {
            ExportForm::Markdown => ("Markdown", "The report to read and to hand over"),
            ExportForm::Html => ("HTML", "One file to print or to mail, which loads nothing"),
            ExportForm::Sarif => ("SARIF 2.1.0", "For code scanning"),
            ExportForm::Json => ("JSON", "For other programs, as the command line writes it"),
            ExportForm::Patch => ("Patch", "What was changed here, for git apply"),
            ExportForm::Files => ("Fixed files", "What was changed here, as a zip"),
        },
        preview: "Preview",
        more: |bytes| format!("… and {} more", size(bytes)),
        nothing_changed: "Nothing was changed here yet. Apply a fix or edit the code first.",
        download: "Download",
        copy: "Copy",
        print: "Print",
        copied: "Copied",
        copy_by_hand: "The browser does not let this page copy. The text is selected: copy it yourself.",
        downloaded: "Made here and handed to the browser. If no file appears, this frame forbids downloads: copy instead.",
    },
    fixes: FixStrings {
        open: "Fix all",
        open_review: "Review all fixes",
        title: "Review the fixes",
        nothing_to_fix: "No finding comes with an edit. What to do stands with each finding.",
        count: |accepted, all| format!("{accepted} of {} accepted", counted(all, "edit")),
        next_round: "The fixes are made. These edits had to wait for them, or became possible by them.",
        is_new: "New.",
        accept: "Accept",
        reject: "Reject",
        accepted: "Accepted",
        rejected: "Rejected",
        of_line: |action, file, line| format!("{action} the edit at {file} line {line}"),
        accept_all: "Accept all",
        reject_all: "Reject all",
        too_long: "The lines it changes are too long to be shown here.",
        in_part: "In part: the finding may remain.",
        layout: "Layout",
        unified: "Unified",
        side_by_side: "Side by side",
        make: |edits| format!("Apply {}", counted(edits, "edit")),
        cancel: "Cancel",
        done: |fixes, files| match fixes {
            0 => "No fix was applied.".to_owned(),
            _ => format!("{} applied in {}.", counted(fixes, "fix"), counted(files, "file")),
        },
        remaining: |findings| match findings {
            0 => "Nothing remains.".to_owned(),
            1 => "1 finding remains:".to_owned(),
            _ => format!("{findings} findings remain:"),
        },
        no_edit: "to be repaired by hand, as its documentation says",
        was_rejected: "the edit was rejected",
        wants_value: "needs a value from you: apply its fix alone",
        can_be_fixed: "can be fixed",
        undo_all: "Undo all",
        export: "Export…",
        type_value: "Type your value in place of the selected one",
    },
    size,
    close: "Close",
    settings: "Settings",
    settings_text: "They hold for this browser, and leave it as little as your code does.",
    setting: |setting| match setting {
        Setting::SecretName => ("Variable of the shared secret", "BETTER_AUTH_SECRET"),
        Setting::OwnerFields => ("Columns and claims that name an owner", "keeper_ref"),
        Setting::PublicRoutes => ("Routes for everyone", "GET /articles/**"),
        Setting::Exclude => ("Files to leave out", "legacy"),
        Setting::Rules => ("Rules off or of another severity", "jwt-issued-without-expiry = off"),
    },
    settings_problem: |problem| match problem {
        SettingsProblem::UnknownRule(rule) => format!("There is no rule {rule}"),
        SettingsProblem::NoSetting(line) => format!("{line}: say rule = off, critical, warning or suggestion"),
    },
    reset: "Start over",
    was_reset: "Started over with the first example",
    theme: "Theme",
    theme_light: "Light",
    theme_dark: "Dark",
    theme_system: "As the system",

    code: "Code",
    files: "Files",
    editor_label: "Python code of",
    editor_placeholder: "Type or paste the code of a FastAPI service, or drop .py files anywhere on this page.",
    new_file: "New file",
    open_files: "Open files",
    close_file: |path| format!("Close {path}"),
    closed_file: |path| format!("{path} closed"),
    rename_file: |path| format!("Rename {path}"),
    new_name: "New name",
    name_empty: "A file needs a name",
    name_taken: "Another file has this name",
    drop_files: "Drop Python files to audit them together",
    no_files_title: "No file is open",
    no_files_text: "Paste code into a new file, open or drop .py files, or look at an example. Files that import \
                    each other are audited together. Nothing leaves this page.",
    opened: |count| match count {
        1 => "1 file opened".to_owned(),
        _ => format!("{count} files opened"),
    },
    left_out: |path, reason| format!("{path} was left out: {reason}"),
    problem: |name| match name {
        "not-python" => "not a Python file",
        "too-large" => "larger than 5 MB",
        "not-utf-8" => "not UTF-8 text",
        _ => "it could not be read",
    },

    findings: "Findings",
    severity: |severity| match severity {
        Severity::Critical => "Critical",
        Severity::Warning => "Warning",
        Severity::Suggestion => "Suggestion",
    },
    severities: |severity, count| match (severity, count) {
        (Severity::Critical, _) => format!("{count} critical"),
        (Severity::Warning, 1) => "1 warning".to_owned(),
        (Severity::Warning, _) => format!("{count} warnings"),
        (Severity::Suggestion, 1) => "1 suggestion".to_owned(),
        (Severity::Suggestion, _) => format!("{count} suggestions"),
    },
    severity_heading: |severity| match severity {
        Severity::Critical => "Critical",
        Severity::Warning => "Warnings",
        Severity::Suggestion => "Suggestions",
    },
    confidence: |confidence| match confidence {
        Confidence::High => "high confidence",
        Confidence::Medium => "medium confidence",
        Confidence::Low => "low confidence",
    },
    strengths: "Strengths",
    act_now: "Act now",
    checklist: "Checklist",
    verdict: |verdict| match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::NotApplicable => "not applicable",
        Verdict::Unknown => "unknown",
    },
    routes: "Routes",
    open_route: "no guard seen",
    public_route: "public",
    of_route: |route| format!("Only {route}"),
    all_routes: "Show all",
    ignored: |count| match count {
        1 => "1 finding is ignored by a comment".to_owned(),
        _ => format!("{count} findings are ignored by comments"),
    },
    rules_off: |count| match count {
        1 => "The settings turn 1 rule off".to_owned(),
        _ => format!("The settings turn {count} rules off"),
    },
    files_with_findings: |count| match count {
        1 => "1 finding".to_owned(),
        _ => format!("{count} findings"),
    },
    show_all: |count| format!("Show {count} more"),
    changes: |fixed, new| match (fixed, new) {
        (fixed, 0) => format!("{fixed} fixed"),
        (0, new) => format!("{new} new"),
        (fixed, new) => format!("{fixed} fixed, {new} new"),
    },
    no_findings_title: "Nothing found",
    no_findings_text: "No rule has anything to say about this code. That is good news and no proof: the audit knows \
                       certain mistakes, and only in the code you gave it.",
    nothing_to_audit_title: "Nothing to audit yet",
    nothing_to_audit_text: "Findings appear here while you type. A good start is the file that decodes the token.",
    partly_read: |path, line| format!("{path} is not valid Python at line {line}; the rest was audited"),
    skipped: |path, reason| format!("{path} was not audited: {reason}"),
    line: |line| format!("line {line}"),
    place: |file, line, column| format!("{file}:{line}:{column}"),

    loading: "Loading the auditor…",
    loading_text: "You can already type.",
    auditing: "Auditing…",
    audited_in: |milliseconds| {
        if milliseconds < 10.0 {
            format!("audited in {milliseconds:.1} ms")
        } else {
            format!("audited in {milliseconds:.0} ms")
        }
    },
    stop: "Stop",
    stopped: "The audit was stopped. It starts again with your next change.",
    load_failed: "The auditor could not be loaded",
    reload: "Load the page again",
    crashed_title: "The audit broke down on this text",
    crashed_text: "Your text is safe, and a new auditor stands ready. It starts again with your next change.",
    audit_again: "Audit again",

    detail: "Finding",
    all_findings: "All findings",
    next_finding: "Next finding (F8)",
    previous_finding: "Previous finding (Shift+F8)",
    position: |index, count| format!("{index} of {count}"),
    nothing_selected_title: "Choose a finding",
    nothing_selected_text: "Here you will read what is wrong, why it matters and how to repair it.",
    go_to_code: "Go to the code",
    fix: "Fix",
    applicability: |applicability| match applicability {
        Applicability::Safe => "Safe: honest clients see no difference",
        Applicability::ChangesBehaviour => "Changes behaviour: clients or deployments may notice",
        Applicability::NeedsValue => "Needs a value from you",
    },
    apply: "Apply fix",
    applied: "Fix applied",
    undo: "Undo",
    dismiss: "Dismiss",
    diff_label: |path| format!("Changes in {path}"),
    added: "added",
    removed: "removed",
    lines_left_out: "lines left out",
    trace: "How it gets there",
    related: "Related places",
    why: "About this rule",
    classification: "Classification",
    rule: "Rule",
    weakness: "Weakness",
    risk: "Risk",
    phase: "Phase",
    code_with_finding: "Found",
    code_ok: "Right",
    code_fixed: "Repaired",
};

fn size(bytes: usize) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

fn counted(count: usize, noun: &str) -> String {
    let ending = match (count, noun.ends_with('x')) {
        (1, _) => "",
        (_, true) => "es",
        (_, false) => "s",
    };
    format!("{count} {noun}{ending}")
}
