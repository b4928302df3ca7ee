//! English, the language that the others are translated from.

use page_state::{RouteColumn, RouteVerdict};
use report::{Applicability, Confidence, DependencyLevel, IdentitySource, OwnershipVerdict, Severity, Verdict};

use super::{ExportStrings, FixStrings, LinkStrings, ShareStrings, Strings};
use crate::bridge::LinkProblem;
use crate::components::export::ExportForm;
use crate::components::settings::Setting;
use crate::screen::Screen;
use crate::shortcuts::{Action, Group};

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
        is_rejected: "Every edit of this fix is rejected. Accept one of them first.",
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
        "language" => "Language",
        _ => "Density",
    },
    choice_value: |name, value| match (name, value) {
        (_, "small") => "Small",
        (_, "large") => "Large",
        (_, "larger") => "Very large",
        (_, "compact") => "Compact",
        (_, "roomy") => "Roomy",
        ("language", "system") => "As the browser",
        ("language", "en") => "English",
        ("language", "de") => "Deutsch",
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
    editor_placeholder: "Type or paste the code of a FastAPI service, or drop files, a folder or a zip anywhere on this page.",
    new_file: "New file",
    open_files: "Open files",
    open_folder: "Open a folder",
    close_file: |path| format!("Close {path}"),
    closed: |path, count| match count {
        0 | 1 => format!("{path} closed"),
        _ => format!("{path} closed, {count} files"),
    },
    rename_file: |path| format!("Rename {path}"),
    new_name: "New name",
    name_empty: "A file needs a name",
    name_taken: "Another file has this name",
    name_outside: "A name neither begins with / nor holds ..",
    find_file: "Find a file",
    files_found: |count| match count {
        0 => "No file found".to_owned(),
        1 => "1 file found".to_owned(),
        _ => format!("{} files found", grouped(count)),
    },
    no_file_found: "No file has this in its name",
    rows_before: |count| format!("Show {} before", grouped(count)),
    tree_count: |count, worst| {
        let findings = match count {
            1 => "1 finding".to_owned(),
            _ => format!("{} findings", grouped(count)),
        };
        let worst = match worst {
            Severity::Critical => "critical",
            Severity::Warning => "warning",
            Severity::Suggestion => "suggestion",
        };
        format!("{findings}, worst: {worst}")
    },
    drop_files: "Drop Python files, a folder or a zip to audit them together",
    no_files_title: "No file is open",
    no_files_text: "Paste code into a new file, open or drop files, a folder or a zip, or look at an example. Files that import \
                    each other are audited together. Nothing leaves this page.",
    limits: "Up to 2,000 Python files are read and 50 MB in all, 5 MB each. Zip archives are unpacked here in the page.",
    reading: |done, all| format!("Reading {} of {} files", grouped(done as usize), grouped(all as usize)),
    looking: |seen| match seen {
        0 => "Looking for Python files…".to_owned(),
        _ => format!("Looking for Python files: {} files seen", grouped(seen as usize)),
    },
    reading_label: "Files read",
    cancel: "Cancel",
    reading_cancelled: "Cancelled: nothing was opened",
    opened: |count| match count {
        1 => "1 file opened".to_owned(),
        _ => format!("{} files opened", grouped(count)),
    },
    project_opened: |name, count| match count {
        1 => format!("{name}: 1 file opened"),
        _ => format!("{name}: {} files opened", grouped(count)),
    },
    nothing_opened: "No Python file was opened",
    settings_not_read: |path| format!("The settings in {path} were not read: enter them under Settings"),
    settings_of_project: |path| format!("The settings in {path} apply"),
    settings_wrong: |path, line| format!("The settings in {path} do not apply because of line {line}: see Settings"),
    was_too_large: |count| {
        let files = match count {
            1 => "The file of your last visit was".to_owned(),
            _ => format!("The {} files of your last visit were", grouped(count)),
        };
        format!("{files} too large for this browser to keep. Drop them again to go on")
    },
    too_large_to_keep: "This project is too large for this browser to keep: it is gone when you leave the page",
    left_out: |path, reason| format!("{path} was left out: {reason}"),
    left_out_count: |count| match count {
        1 => "1 left out".to_owned(),
        _ => format!("{} left out", grouped(count)),
    },
    show_left_out: "What was left out",
    left_out_title: "What was left out, and why",
    problem: |name| match name {
        "not-python" => "not a Python file",
        "too-large" => "larger than 5 MB",
        "too-much" => "all files together are larger than 50 MB",
        "too-many" => "there are more than 2,000 Python files",
        "not-utf-8" => "not UTF-8 text",
        "environment" => "a virtual environment",
        "packages" => "installed packages, not your own code",
        "tool-folder" => "made by tools",
        "unsafe-name" => "its name leads out of its folder",
        "long-name" => "its name is longer than 1,000 characters",
        "respelled" => "its name holds hidden characters; it was read, with the name spelled out",
        "duplicate" => "the name comes twice; the first was read",
        "link" => "a link, not a file",
        "nested-zip" => "a zip inside of something else; drop it on its own",
        "encrypted" => "it is encrypted",
        "damaged" => "it is damaged",
        "unsupported" => "it is packed in a way that browsers cannot unpack",
        "zip-damaged" => "the archive is damaged, or no zip at all",
        "zip-unsupported" => "archives over 4 GB, in parts or with more than 65,000 files are not read",
        _ => "it could not be read",
    },
    left_out_reason: |name| match name {
        "not-python" => "Not Python",
        "too-large" => "Larger than 5 MB",
        "too-much" => "Beyond 50 MB in all",
        "too-many" => "Beyond 2,000 Python files",
        "not-utf-8" => "Not UTF-8 text",
        "environment" => "Virtual environments",
        "packages" => "Installed packages: site-packages, node_modules",
        "tool-folder" => "Made by tools: .git, __pycache__",
        "unsafe-name" => "Names that lead out of their folder",
        "long-name" => "Names longer than 1,000 characters",
        "respelled" => "Read, with hidden characters in the name spelled out",
        "duplicate" => "Names that come twice: the first was read",
        "link" => "Links",
        "nested-zip" => "Archives inside of something else: drop them on their own",
        "encrypted" => "Encrypted",
        "damaged" => "Damaged",
        "unsupported" => "Packed in a way that browsers cannot unpack",
        "zip-damaged" => "Archives that are damaged, or no zip at all",
        "zip-unsupported" => "Archives over 4 GB, in parts or with more than 65,000 files",
        _ => "Could not be read",
    },
    and_more: |count| format!("and {} more", grouped(count)),

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
    of_route: |route| format!("Only {route}"),
    routes_in_short: |all, unguarded| {
        let routes = if all == 1 { "route" } else { "routes" };
        match unguarded {
            0 => format!("Something guards each of the {all} {routes}."),
            _ => format!("{all} {routes}; nothing is seen to guard {unguarded} of them."),
        }
    },
    to_route_map: "Open the route map",

    filter: "Filter findings",
    filter_words: "Words in message, rule or path",
    by_severity: "Findings by severity",
    only: |what| format!("Show only {what}"),
    any: "Any",
    confidence_label: "Confidence",
    file: "File",
    hidden: |shown, hidden| format!("{shown} shown, {hidden} hidden"),
    clear_filter: "Clear filter",
    all_hidden: "The filter hides every finding.",

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
    show_all: |count| format!("Show {} more", grouped(count)),
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

    ignore: "Ignore…",
    ignore_reason: "Why is this right as it is?",
    ignore_example: "the gateway has verified it",
    ignore_comment: "Inserts the comment",
    insert_comment: "Insert comment",
    ignored_now: "Ignored by a comment in the code",
    not_ignored_yet: "The text has changed meanwhile. Once it is audited, ignore the finding again.",
    no_place_for_comment: "No comment can stand at this place, for instance inside a string. Take what is found out of it \
                           into a line of its own first.",

    screens: "Screens",
    screen: |screen| match screen {
        Screen::Findings => "Findings",
        Screen::Routes => "Routes",
    },
    skip_to_findings: "Skip to the findings",
    skip_to_routes: "Skip to the routes",
    with_key: |name, key| format!("{name} ({key})"),
    help: "Keys and help",
    help_group: |group| match group {
        Group::Findings => "Findings",
        Group::Page => "Page",
        Group::Files => "Files",
    },
    action: |action| match action {
        Action::NextFinding => "Next finding",
        Action::PreviousFinding => "Previous finding",
        Action::GoToCode => "Go to its place in the code",
        Action::ApplyFix => "Apply its fix",
        Action::ReviewFixes => "Review all fixes",
        Action::Ignore => "Ignore it, with a reason",
        Action::Filter => "Filter findings",
        Action::ClearFilter => "Clear the filter",
        Action::OtherScreen => "From findings to routes and back",
        Action::NextPanel => "Next panel",
        Action::PreviousPanel => "Previous panel",
        Action::NewFile => "New file",
        Action::OpenFiles => "Open files",
        Action::Undo => "Undo what was just done",
        Action::Export => "Export the report and the fixed files",
        Action::Share => "Share the code as a link",
        Action::Help => "This help",
    },
    help_editor: "Inside the editor",
    help_editor_keys: &[
        (&["Tab"], "Leave the editor"),
        (&["Ctrl+F"], "Search and replace"),
        (&["Ctrl+Z"], "Undo"),
        (&["Ctrl+Y"], "Redo"),
    ],
    or: "or",
    single_keys: "Single characters are keys",
    single_keys_text: "They act outside of the editor and of fields. Turn them off if you dictate, or press them by \
                       accident.",

    loading_routes: "Reading the routes…",
    no_routes_title: "No routes yet",
    no_routes_text: "Routes appear here once the code has a FastAPI application or a router. Open the files that define \
                     them together with those that include them.",
    filter_routes: "Filter routes",
    route_words: "Words in path, handler or guard",
    method: "Method",
    any_method: "Any method",
    form: "Form",
    as_table: "Table",
    as_picture: "Picture",
    by_verdict: "Routes by verdict",
    route_verdict: |verdict| match verdict {
        RouteVerdict::AtRisk => "at risk",
        RouteVerdict::Doubtful => "doubtful",
        RouteVerdict::Open => "open",
        RouteVerdict::Public => "public",
        RouteVerdict::Unmounted => "not mounted",
        RouteVerdict::Guarded => "guarded",
    },
    route_verdict_meaning: |verdict| match verdict {
        RouteVerdict::AtRisk => "A critical finding is about it, or it gives rows of others",
        RouteVerdict::Doubtful => "A warning is about it, or nothing proves who the caller is",
        RouteVerdict::Open => "Nobody is asked who they are, and nothing was found against that",
        RouteVerdict::Public => "The settings say that anyone may call it",
        RouteVerdict::Unmounted => "It reaches no application",
        RouteVerdict::Guarded => "Something verifies the caller, and nothing worse than a suggestion is about it",
    },
    route_column: |column| match column {
        RouteColumn::Method => "Method",
        RouteColumn::Path => "Path",
        RouteColumn::Guards => "Called before, in order",
        RouteColumn::Identity => "Identity",
        RouteColumn::Ownership => "Rows",
        RouteColumn::Verdict => "Verdict",
    },
    sort: "Sort",
    routes_hidden: |shown, hidden| format!("{shown} shown, {hidden} hidden"),
    all_routes_hidden: "The filter hides every route.",
    unfollowed_routers: "Routers are added here that cannot be followed, so routes may be missing:",
    place_in_short: |file, line| format!("{file}:{line}"),
    nobody_asked: "nobody is asked",
    also: "and",
    asked_for_at: |name, level, file, line| {
        let by = match level {
            DependencyLevel::Application => "by the application",
            DependencyLevel::Include => "where the router is included",
            DependencyLevel::Router => "by the router",
            DependencyLevel::Decorator => "by the decorator",
            DependencyLevel::Parameter => "by a parameter",
        };
        format!("{name}, asked for {by} in {file}:{line}")
    },
    by_middleware: "middleware",
    by_handler: "in the handler",
    no_identity: "none",
    identity: |source, name| match source {
        IdentitySource::VerifiedClaim => format!("`{name}` of the token"),
        IdentitySource::UnverifiedClaim => format!("`{name}`, not verified"),
        IdentitySource::Client => format!("`{name}`, as the client says"),
        IdentitySource::Session => format!("session of `{name}`"),
    },
    ownership: |verdict| match verdict {
        OwnershipVerdict::Enforced => "the caller's own",
        OwnershipVerdict::Missing => "anybody's",
        OwnershipVerdict::NotApplicable => "none with an owner",
        OwnershipVerdict::Unknown => "not known",
    },
    findings_in_short: |[critical, warnings, suggestions]| {
        let mut parts = Vec::new();
        if critical > 0 {
            parts.push(format!("{critical} critical"));
        }
        match warnings {
            0 => {}
            1 => parts.push("1 warning".to_owned()),
            _ => parts.push(format!("{warnings} warnings")),
        }
        match suggestions {
            0 => {}
            1 => parts.push("1 suggestion".to_owned()),
            _ => parts.push(format!("{suggestions} suggestions")),
        }
        parts.join(", ")
    },
    show_findings: "List these findings",
    in_header: "a header of the request",
    in_query: "the query of the address",
    in_cookie: "a cookie",
    all_dependencies: "All dependencies",
    save_picture: "Save as SVG",
    picture_file: "routes.svg",
    picture_title: "Routes, what is called before them, and where the token is read",
    picture_text: "From left to right: routes, what is called before them, where the token is read. A click on a box \
                   goes to its code.",
    picture_in_words: "The picture in words",
    picture_cut: |drawn, all| format!("The first {drawn} of {all} routes are drawn. Filter to see others."),
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
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
