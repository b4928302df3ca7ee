//! English, the language that the others are translated from.

use report::{Applicability, Confidence, Severity, Verdict};

use super::{ExportStrings, FixStrings, LinkStrings, ShareStrings, Strings};
use crate::bridge::LinkProblem;
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
    share: ShareStrings {
        open: "Share",
        title: "Share by a link",
        explanation: "The link holds the code itself, behind a # that browsers send to no server. Whoever has the link \
                      has the code.",
        content: |files, bytes| format!("What goes in: {}, {}", counted(files, "file"), size(bytes)),
        more_files: |files| format!("and {} more", counted(files, "file")),
        secrets: "Secrets",
        looking: "Looking for secrets…",
        no_secrets: "No string literal looks like a secret. Comments and names are yours to look through.",
        redact: |count| match count {
            1 => "Replace 1 string literal that looks like a secret".to_owned(),
            _ => format!("Replace {count} string literals that look like secrets"),
        },
        secret_place: |file, line| format!("{file} line {line}:"),
        redact_note: "What was found in these literals will not be found in the shared code.",
        passphrase: "Passphrase (optional)",
        passphrase_note: "Encrypts the code in the link. Tell it to the others in another way than the link: without it \
                          nobody can open it, we neither.",
        cannot_encrypt: "This page cannot encrypt: browsers allow it on HTTPS and this machine only.",
        link: "Link",
        copy: "Copy link",
        copied: "Link copied",
        copy_by_hand: "The browser does not let this page copy. The link is selected: copy it yourself.",
        making: "The link is being made…",
        length: |characters| format!("{} characters", grouped(characters)),
        long: |characters| {
            format!(
                "{} characters: some programs cut links as long as this",
                grouped(characters)
            )
        },
        too_large: "Too much for a link. Export the files instead.",
        no_address: "This frame has no address of its own: put this behind the address of a Claimcheck page.",
    },
    link: LinkStrings {
        opened: |files, is_kept| {
            let kept = if is_kept {
                ". Your own files are kept under Examples"
            } else {
                ""
            };
            format!("{} opened from the link{kept}", counted(files, "file"))
        },
        locked_title: "This link is locked",
        locked_text: "Whoever made it has encrypted the code with a passphrase. What is entered here stays in this page.",
        passphrase: "Passphrase",
        unlock: "Open",
        unlocking: "Trying…",
        leave_closed: "Leave it closed",
        broken_title: "This link cannot be opened",
        problem: |problem| match problem {
            LinkProblem::TooLong => "It is longer than 2,000,000 characters. No link that Claimcheck makes is.",
            LinkProblem::Version => {
                "It was made by a newer version of Claimcheck. Load the page again, or ask for the files."
            }
            LinkProblem::Broken => "Characters are missing or were changed on its way. Copy it again as a whole.",
            LinkProblem::TooLarge => {
                "It unpacks to more than 20 MB or 2,000 files. No link that Claimcheck makes does."
            }
            LinkProblem::Names => "It holds names of files that are not allowed, or one name twice.",
            LinkProblem::Passphrase => "That is not the passphrase, or the link was changed on its way. Try again.",
            LinkProblem::Unsupported => {
                "This browser cannot unpack or decrypt it here. Open it with a newer one, over HTTPS."
            }
        },
        broken_text: "Nothing of it was opened, and what was here before is kept.",
        go_on_empty: "Start with an empty file",
        go_back: "Back to what was here",
        kept: "Your files from before the link",
        kept_text: "They were kept when a link was opened",
        brought_back: "Your files are back",
    },
    size,
    close: "Close",
    settings: "Settings",
    settings_text: "Files, settings and the look of the page stay in this browser, and leave it as little as your code does.",
    settings_of_audit: "What the audit knows of the project",
    setting: |setting| match setting {
        Setting::SecretName => ("Variable of the shared secret", ""),
        Setting::OwnerFields => ("Columns and claims that name an owner", "keeper_ref"),
        Setting::PublicRoutes => ("Routes for everyone", "GET /articles/**"),
        Setting::Exclude => ("Paths left out", "legacy"),
    },
    rules: "Rules",
    search_rules: "Search rules",
    rules_found: |found, all, changed| match changed {
        0 => format!("{found} of {all} rules"),
        _ => format!("{found} of {all} rules, {changed} changed"),
    },
    all_rules_as_they_come: "All as they come",
    setting_of_rule: |rule| format!("Setting of {rule}"),
    as_it_comes: |severity| match severity {
        Severity::Critical => "As it comes: critical".to_owned(),
        Severity::Warning => "As it comes: warning".to_owned(),
        Severity::Suggestion => "As it comes: suggestion".to_owned(),
    },
    rule_setting: |setting| match setting {
        "critical" => "Critical",
        "warning" => "Warning",
        "suggestion" => "Suggestion",
        _ => "Off",
    },
    documentation: "Documentation",
    documentation_of: |rule| format!("Documentation of {rule}"),
    settings_as_file: "As pyproject.toml",
    settings_as_file_text: "The command line reads the same. Change or paste it here and take it over, or open a file.",
    take_over: "Take over",
    open_settings_file: "Open pyproject.toml",
    copy: "Copy",
    settings_copied: "Settings copied",
    settings_not_copied: "The browser does not let this page copy. Select the text and copy it yourself.",
    settings_taken: "Taken over.",
    settings_nothing: "There are no settings in this text: it has no [tool.claimcheck].",
    settings_problem: |line, column| format!("Line {line}, column {column}:"),
    appearance: "Look",
    choice: |name| match name {
        "text-size" => "Size of text",
        _ => "Density",
    },
    choice_value: |name, value| match (name, value) {
        (_, "small") => "Small",
        (_, "large") => "Large",
        (_, "larger") => "Very large",
        (_, "compact") => "Compact",
        (_, "roomy") => "Roomy",
        _ => "Normal",
    },
    privacy: "What stays in this browser",
    keep_nothing: "Keep nothing between visits",
    keep_nothing_text: "What is stored is deleted now. That you wish so is all that is kept.",
    keep_copy: "Keep the page for use without a network",
    keep_copy_text: |state| match state {
        "off" => "Nothing is kept: each visit loads the page from its server.",
        "next" => "From the next visit on. Nothing can be loaded now: the page is sealed.",
        "failed" => "It could not be kept this time; the next visit tries again.",
        "update" => "It is kept, and its server has a newer version.",
        _ => "It is kept. Nothing of yours is in it.",
    },
    forget: "Forget everything…",
    forget_question: "This deletes the open files, your settings, the look of the page and its copy for use without a \
                      network. It cannot be undone.",
    forget_yes: "Forget everything",
    forget_no: "Keep it",
    forgotten: "Everything is forgotten",
    update: "New version",
    update_text: "Load the new version of this page; your files stay",
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

/// With a comma between the thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
