//! Deutsch: knapp, ohne Anrede, mit den Fachwörtern, die unter Entwicklern üblich sind.

use page_state::{RouteColumn, RouteVerdict};
use report::{Applicability, Confidence, DependencyLevel, IdentitySource, OwnershipVerdict, Severity, Verdict};

use super::{ExportStrings, FixStrings, LinkStrings, ShareStrings, Strings};
use crate::bridge::LinkProblem;
use crate::components::export::ExportForm;
use crate::components::settings::Setting;
use crate::screen::Screen;
use crate::shortcuts::{Action, Group};

pub(super) static GERMAN: Strings = Strings {
    name: "Claimcheck",
    tagline: "Audit der JWT-Authentifizierung für FastAPI",

    sealed: "Versiegelt",
    unsealed: "Lädt",
    seal_title: "Der Code kann diese Seite nicht verlassen",
    seal_explanation: &[
        "Alles, was diese Seite braucht, war geladen, bevor der Code in ihre Nähe kam. Dann wurde sie versiegelt: Eine \
         zweite Content Security Policy nahm ihr jedes Recht auf Verbindungen. Seitdem verweigert der Browser selbst \
         jede Anfrage dieser Seite und des Workers, der den Code prüft.",
        "Das muss niemand glauben: Der Selbsttest versucht auszubrechen, und die Netzwerkansicht des Browsers zeigt \
         dasselbe.",
    ],
    seal_limits: "Was eine Seite nicht versiegeln kann: das Verlassen über einen Link, Erweiterungen des Browsers, WebRTC.",
    self_test: "Versuchen, das Siegel zu brechen",
    self_test_running: "Versuch läuft …",
    self_test_again: "Noch einmal versuchen",
    attempt: |name| match name {
        "fetch" => "Anfrage mit fetch",
        "image" => "Ein Bild laden",
        "beacon" => "Einen Beacon senden",
        _ => "Anfrage aus einem Worker",
    },
    attempt_blocked: |directive| format!("vom Browser blockiert ({directive})"),
    attempt_not_blocked: "nicht blockiert",

    examples: "Beispiele",
    example: |id| match id {
        "todo" => (
            "To-do-App hinter Better Auth",
            "Tokens, die niemand prüft, Geheimnisse im Code, zu gesprächige Fehler",
        ),
        "todo-repaired" => ("Dieselbe App, repariert", "Wozu das Audit nichts zu sagen hat"),
        "oauth2" => ("OAuth2 mit Passwort und JWT", "Nach dem Muster des FastAPI-Tutorials"),
        "two-files" => (
            "Zwei Dateien",
            "Der Standardwert eines Geheimnisses in config.py, benutzt in auth.py",
        ),
        "jose" => ("python-jose", "Was diese Bibliothek durchlässt und andere nicht"),
        _ => (
            "CORS und SQL",
            "Jeder Origin mit Cookies, und aus Text geklebte Abfragen",
        ),
    },
    example_opened: |title| format!("Beispiel geöffnet: {title}"),
    export: ExportStrings {
        open: "Export",
        title: "Export",
        form_label: "Form",
        form: |form| match form {
            ExportForm::Markdown => ("Markdown", "Der Bericht zum Lesen und Weitergeben"),
            ExportForm::Html => ("HTML", "Eine Datei zum Drucken oder Verschicken, die nichts nachlädt"),
            ExportForm::Sarif => ("SARIF 2.1.0", "Für Code-Scanning"),
            ExportForm::Json => ("JSON", "Für andere Programme, wie die Kommandozeile es schreibt"),
            ExportForm::Patch => ("Patch", "Was hier geändert wurde, für git apply"),
            ExportForm::Files => ("Geänderte Dateien", "Was hier geändert wurde, als Zip"),
        },
        preview: "Vorschau",
        more: |bytes| format!("… und noch {}", size(bytes)),
        nothing_changed: "Hier wurde noch nichts geändert. Erst einen Fix anwenden oder den Code bearbeiten.",
        download: "Herunterladen",
        copy: "Kopieren",
        print: "Drucken",
        copied: "Kopiert",
        copy_by_hand: "Der Browser lässt diese Seite nicht kopieren. Der Text ist markiert und lässt sich von Hand kopieren.",
        downloaded: "Hier erzeugt und dem Browser übergeben. Erscheint keine Datei, verbietet dieser Frame Downloads: dann \
                     kopieren.",
    },
    fixes: FixStrings {
        open: "Alles beheben",
        open_review: "Alle Fixes durchsehen",
        title: "Fixes durchsehen",
        nothing_to_fix: "Kein Befund bringt eine Änderung mit. Was zu tun ist, steht bei jedem Befund.",
        count: |accepted, all| format!("{accepted} von {} angenommen", counted(all, "Änderung", "Änderungen")),
        next_round: "Die Fixes sind gemacht. Diese Änderungen mussten auf sie warten oder wurden durch sie möglich.",
        is_new: "Neu.",
        accept: "Annehmen",
        reject: "Ablehnen",
        accepted: "Angenommen",
        rejected: "Abgelehnt",
        is_rejected: "Alle Änderungen dieses Fixes sind abgelehnt. Zuerst muss eine davon angenommen sein.",
        of_line: |action, file, line| format!("{action}: Änderung in {file}, Zeile {line}"),
        accept_all: "Alle annehmen",
        reject_all: "Alle ablehnen",
        too_long: "Die geänderten Zeilen sind zu lang, um sie hier zu zeigen.",
        in_part: "Nur zum Teil: Der Befund kann bleiben.",
        layout: "Darstellung",
        unified: "Untereinander",
        side_by_side: "Nebeneinander",
        make: |edits| format!("{} anwenden", counted(edits, "Änderung", "Änderungen")),
        cancel: "Abbrechen",
        done: |fixes, files| match fixes {
            0 => "Kein Fix wurde angewendet.".to_owned(),
            _ => format!(
                "{} in {} angewendet.",
                counted(fixes, "Fix", "Fixes"),
                counted(files, "Datei", "Dateien")
            ),
        },
        remaining: |findings| match findings {
            0 => "Es bleibt nichts.".to_owned(),
            1 => "1 Befund bleibt:".to_owned(),
            _ => format!("{findings} Befunde bleiben:"),
        },
        no_edit: "von Hand zu beheben, wie die Dokumentation es sagt",
        was_rejected: "die Änderung wurde abgelehnt",
        wants_value: "braucht einen eigenen Wert: diesen Fix einzeln anwenden",
        can_be_fixed: "lässt sich beheben",
        undo_all: "Alles zurücknehmen",
        export: "Export …",
        type_value: "Den eigenen Wert anstelle des markierten eintippen",
    },
    share: ShareStrings {
        open: "Teilen",
        title: "Als Link teilen",
        explanation: "Der Link enthält den Code selbst, hinter einem #, das Browser an keinen Server schicken. Wer den Link hat, \
                      hat den Code.",
        content: |files, bytes| format!("Inhalt: {}, {}", counted(files, "Datei", "Dateien"), size(bytes)),
        more_files: |files| format!("und {}", counted(files, "weitere", "weitere")),
        secrets: "Geheimnisse",
        looking: "Geheimnisse werden gesucht …",
        no_secrets: "Kein Stringliteral sieht nach einem Geheimnis aus. Kommentare und Namen bitte selbst durchsehen.",
        redact: |count| match count {
            1 => "1 Stringliteral ersetzen, das nach einem Geheimnis aussieht".to_owned(),
            _ => format!("{count} Stringliterale ersetzen, die nach Geheimnissen aussehen"),
        },
        secret_place: |file, line| format!("{file}, Zeile {line}:"),
        redact_note: "Was in diesen Literalen gefunden wurde, wird im geteilten Code nicht gefunden.",
        passphrase: "Passphrase (freiwillig)",
        passphrase_note: "Verschlüsselt den Code im Link. Sie gehört auf einen anderen Weg als der Link: Ohne sie kann ihn \
                          niemand öffnen, auch wir nicht.",
        cannot_encrypt: "Diese Seite kann nicht verschlüsseln: Browser erlauben es nur über HTTPS und auf diesem Rechner.",
        link: "Link",
        copy: "Link kopieren",
        copied: "Link kopiert",
        copy_by_hand: "Der Browser lässt diese Seite nicht kopieren. Der Link ist markiert und lässt sich von Hand kopieren.",
        making: "Der Link entsteht …",
        length: |characters| format!("{} Zeichen", grouped(characters)),
        long: |characters| {
            format!(
                "{} Zeichen: Manche Programme schneiden so lange Links ab",
                grouped(characters)
            )
        },
        too_large: "Zu viel für einen Link. Die Dateien lassen sich stattdessen exportieren.",
        no_address: "Dieser Frame hat keine eigene Adresse: Das hier gehört hinter die Adresse einer Claimcheck-Seite.",
    },
    link: LinkStrings {
        opened: |files, is_kept| {
            let kept = if is_kept {
                ". Die eigenen Dateien stehen unter Beispiele"
            } else {
                ""
            };
            format!("{} aus dem Link geöffnet{kept}", counted(files, "Datei", "Dateien"))
        },
        locked_title: "Dieser Link ist verschlossen",
        locked_text: "Der Code wurde mit einer Passphrase verschlüsselt. Was hier eingegeben wird, bleibt in dieser Seite.",
        passphrase: "Passphrase",
        unlock: "Öffnen",
        unlocking: "Versuch läuft …",
        leave_closed: "Verschlossen lassen",
        broken_title: "Dieser Link lässt sich nicht öffnen",
        problem: |problem| match problem {
            LinkProblem::TooLong => "Er ist länger als 2.000.000 Zeichen. So lange Links macht Claimcheck nicht.",
            LinkProblem::Version => {
                "Er kommt von einer neueren Version von Claimcheck. Hilft Neuladen nicht, dann nach den Dateien fragen."
            }
            LinkProblem::Broken => {
                "Zeichen fehlen oder wurden unterwegs verändert. Der ganze Link muss neu kopiert werden."
            }
            LinkProblem::TooLarge => {
                "Entpackt sind es mehr als 20 MB oder 2.000 Dateien. Solche Links macht Claimcheck nicht."
            }
            LinkProblem::Names => "Er enthält Dateinamen, die nicht erlaubt sind, oder einen Namen zweimal.",
            LinkProblem::Passphrase => {
                "Das ist nicht die Passphrase, oder der Link wurde unterwegs verändert. Noch ein Versuch?"
            }
            LinkProblem::Unsupported => {
                "Dieser Browser kann ihn hier nicht entpacken oder entschlüsseln. Ein neuerer kann es, über HTTPS."
            }
        },
        broken_text: "Nichts davon wurde geöffnet, und was vorher hier war, ist noch da.",
        go_on_empty: "Mit einer leeren Datei anfangen",
        go_back: "Zurück zum Vorherigen",
        kept: "Die eigenen Dateien von vor dem Link",
        kept_text: "Sie wurden behalten, als ein Link geöffnet wurde",
        brought_back: "Die eigenen Dateien sind wieder da",
    },
    size,
    close: "Schließen",
    settings: "Einstellungen",
    settings_text: "Dateien, Einstellungen und Aussehen der Seite bleiben in diesem Browser und verlassen ihn so wenig wie der \
                    Code.",
    settings_of_audit: "Was das Audit vom Projekt weiß",
    setting: |setting| match setting {
        Setting::SecretName => ("Variable des gemeinsamen Geheimnisses", ""),
        Setting::OwnerFields => ("Spalten und Claims, die einen Eigentümer nennen", "keeper_ref"),
        Setting::PublicRoutes => ("Routen für alle", "GET /articles/**"),
        Setting::Exclude => ("Ausgelassene Pfade", "legacy"),
    },
    rules: "Regeln",
    search_rules: "Regeln suchen",
    rules_found: |found, all, changed| match changed {
        0 => format!("{found} von {all} Regeln"),
        _ => format!("{found} von {all} Regeln, {changed} geändert"),
    },
    all_rules_as_they_come: "Alle auf Standard",
    setting_of_rule: |rule| format!("Einstellung von {rule}"),
    as_it_comes: |severity| match severity {
        Severity::Critical => "Standard: kritisch".to_owned(),
        Severity::Warning => "Standard: Warnung".to_owned(),
        Severity::Suggestion => "Standard: Vorschlag".to_owned(),
    },
    rule_setting: |setting| match setting {
        "critical" => "Kritisch",
        "warning" => "Warnung",
        "suggestion" => "Vorschlag",
        _ => "Aus",
    },
    documentation: "Dokumentation",
    documentation_of: |rule| format!("Dokumentation von {rule}"),
    settings_as_file: "Als pyproject.toml",
    settings_as_file_text: "Die Kommandozeile liest dasselbe. Hier ändern oder einfügen und übernehmen, oder eine Datei öffnen.",
    take_over: "Übernehmen",
    open_settings_file: "pyproject.toml öffnen",
    copy: "Kopieren",
    settings_copied: "Einstellungen kopiert",
    settings_not_copied: "Der Browser lässt diese Seite nicht kopieren. Der Text lässt sich markieren und von Hand kopieren.",
    settings_taken: "Übernommen.",
    settings_nothing: "In diesem Text stehen keine Einstellungen: Ihm fehlt [tool.claimcheck].",
    settings_problem: |line, column| format!("Zeile {line}, Spalte {column}:"),
    appearance: "Aussehen",
    choice: |name| match name {
        "text-size" => "Schriftgröße",
        "language" => "Sprache",
        _ => "Dichte",
    },
    choice_value: |name, value| match (name, value) {
        (_, "small") => "Klein",
        (_, "large") => "Groß",
        (_, "larger") => "Sehr groß",
        (_, "compact") => "Eng",
        (_, "roomy") => "Weit",
        ("language", "system") => "Wie der Browser",
        ("language", "en") => "English",
        ("language", "de") => "Deutsch",
        _ => "Normal",
    },
    privacy: "Was in diesem Browser bleibt",
    keep_nothing: "Zwischen Besuchen nichts behalten",
    keep_nothing_text: "Gespeichertes wird jetzt gelöscht. Nur dieser Wunsch selbst bleibt.",
    keep_copy: "Die Seite für die Nutzung ohne Netz behalten",
    keep_copy_text: |state| match state {
        "off" => "Nichts wird behalten: Jeder Besuch lädt die Seite von ihrem Server.",
        "next" => "Ab dem nächsten Besuch. Jetzt kann nichts geladen werden: Die Seite ist versiegelt.",
        "failed" => "Diesmal ließ sie sich nicht behalten; der nächste Besuch versucht es wieder.",
        "update" => "Sie ist da, und ihr Server hat eine neuere Version.",
        _ => "Sie ist da. Nichts Eigenes steckt darin.",
    },
    forget: "Alles vergessen …",
    forget_question: "Das löscht die offenen Dateien, die Einstellungen, das Aussehen der Seite und ihre Kopie für die Nutzung \
                      ohne Netz. Es lässt sich nicht zurücknehmen.",
    forget_yes: "Alles vergessen",
    forget_no: "Behalten",
    forgotten: "Alles ist vergessen",
    update: "Neue Version",
    update_text: "Die neue Version dieser Seite laden; die Dateien bleiben",
    reset: "Neu anfangen",
    was_reset: "Neu angefangen, mit dem ersten Beispiel",
    theme: "Farben",
    theme_light: "Hell",
    theme_dark: "Dunkel",
    theme_system: "Wie das System",

    code: "Code",
    files: "Dateien",
    editor_label: "Python-Code von",
    editor_placeholder: "Code eines FastAPI-Dienstes tippen oder einfügen, oder Dateien, einen Ordner oder ein Zip auf die Seite ziehen.",
    new_file: "Neue Datei",
    open_files: "Dateien öffnen",
    close_file: |path| format!("{path} schließen"),
    open_folder: "Ordner öffnen",
    closed: |path, count| match count {
        0 | 1 => format!("{path} geschlossen"),
        _ => format!("{path} geschlossen, {count} Dateien"),
    },
    rename_file: |path| format!("{path} umbenennen"),
    new_name: "Neuer Name",
    name_empty: "Eine Datei braucht einen Namen",
    name_taken: "Eine andere Datei heißt schon so",
    name_outside: "Ein Name beginnt nicht mit / und enthält kein ..",
    find_file: "Datei suchen",
    files_found: |count| match count {
        0 => "Keine Datei gefunden".to_owned(),
        1 => "1 Datei gefunden".to_owned(),
        _ => format!("{} Dateien gefunden", grouped(count)),
    },
    no_file_found: "Keine Datei hat das in ihrem Namen",
    rows_before: |count| format!("{} davor zeigen", grouped(count)),
    tree_count: |count, worst| {
        let findings = match count {
            1 => "1 Befund".to_owned(),
            _ => format!("{} Befunde", grouped(count)),
        };
        let worst = match worst {
            Severity::Critical => "kritisch",
            Severity::Warning => "Warnung",
            Severity::Suggestion => "Vorschlag",
        };
        format!("{findings}, schlimmster: {worst}")
    },
    drop_files: "Python-Dateien, einen Ordner oder ein Zip hier ablegen, um sie zusammen zu prüfen",
    no_files_title: "Keine Datei ist offen",
    no_files_text: "Code in eine neue Datei einfügen, Dateien, einen Ordner oder ein Zip öffnen oder ablegen, oder ein Beispiel ansehen. Dateien, die \
                    einander importieren, werden zusammen geprüft. Nichts verlässt diese Seite.",
    limits: "Gelesen werden bis zu 2.000 Python-Dateien und zusammen 50 MB, je 5 MB. Zip-Archive werden hier in der Seite entpackt.",
    reading: |done, all| {
        format!(
            "{} von {} Dateien gelesen",
            grouped(done as usize),
            grouped(all as usize)
        )
    },
    looking: |seen| match seen {
        0 => "Suche nach Python-Dateien …".to_owned(),
        _ => format!("Suche nach Python-Dateien: {} Dateien gesehen", grouped(seen as usize)),
    },
    reading_label: "Gelesene Dateien",
    reading_cancelled: "Abgebrochen: nichts wurde geöffnet",
    opened: |count| match count {
        1 => "1 Datei geöffnet".to_owned(),
        _ => format!("{} Dateien geöffnet", grouped(count)),
    },
    project_opened: |name, count| match count {
        1 => format!("{name}: 1 Datei geöffnet"),
        _ => format!("{name}: {} Dateien geöffnet", grouped(count)),
    },
    nothing_opened: "Keine Python-Datei wurde geöffnet",
    settings_not_read: |path| {
        format!("Die Einstellungen in {path} wurden nicht gelesen: unter Einstellungen lassen sie sich übernehmen")
    },
    settings_of_project: |path| format!("Die Einstellungen in {path} gelten"),
    settings_wrong: |path, line| {
        format!("Die Einstellungen in {path} gelten wegen Zeile {line} nicht: siehe Einstellungen")
    },
    was_too_large: |count| {
        let files = match count {
            1 => "Die Datei des letzten Besuchs war".to_owned(),
            _ => format!("Die {} Dateien des letzten Besuchs waren", grouped(count)),
        };
        format!("{files} zu groß, um sie in diesem Browser aufzuheben. Noch einmal abgelegt, geht es weiter")
    },
    too_large_to_keep: "Das Projekt ist zu groß, um es in diesem Browser aufzuheben: mit der Seite ist es fort",
    left_out: |path, reason| format!("{path} wurde ausgelassen: {reason}"),
    left_out_count: |count| format!("{} ausgelassen", grouped(count)),
    show_left_out: "Was ausgelassen wurde",
    left_out_title: "Was ausgelassen wurde, und warum",
    problem: |name| match name {
        "not-python" => "keine Python-Datei",
        "too-large" => "größer als 5 MB",
        "too-much" => "alle Dateien zusammen sind größer als 50 MB",
        "too-many" => "es sind mehr als 2.000 Python-Dateien",
        "not-utf-8" => "kein Text in UTF-8",
        "environment" => "eine virtuelle Umgebung",
        "packages" => "installierte Pakete, kein eigener Code",
        "tool-folder" => "von Werkzeugen angelegt",
        "unsafe-name" => "der Name führt aus dem Ordner hinaus",
        "long-name" => "der Name ist länger als 1.000 Zeichen",
        "respelled" => "der Name enthält unsichtbare Zeichen; gelesen, mit ausgeschriebenem Namen",
        "duplicate" => "der Name kommt zweimal vor; gelesen wurde die erste Datei",
        "link" => "ein Verweis, keine Datei",
        "nested-zip" => "ein Zip in etwas anderem; es lässt sich für sich ablegen",
        "encrypted" => "verschlüsselt",
        "damaged" => "beschädigt",
        "unsupported" => "so gepackt, dass Browser es nicht entpacken können",
        "zip-damaged" => "das Archiv ist beschädigt oder kein Zip",
        "zip-unsupported" => "Archive über 4 GB, in Teilen oder mit mehr als 65.000 Dateien werden nicht gelesen",
        _ => "nicht lesbar",
    },
    left_out_reason: |name| match name {
        "not-python" => "Kein Python",
        "too-large" => "Größer als 5 MB",
        "too-much" => "Jenseits von 50 MB zusammen",
        "too-many" => "Jenseits von 2.000 Python-Dateien",
        "not-utf-8" => "Kein Text in UTF-8",
        "environment" => "Virtuelle Umgebungen",
        "packages" => "Installierte Pakete: site-packages, node_modules",
        "tool-folder" => "Von Werkzeugen angelegt: .git, __pycache__",
        "unsafe-name" => "Namen, die aus dem Ordner hinausführen",
        "long-name" => "Namen mit mehr als 1.000 Zeichen",
        "respelled" => "Gelesen, mit ausgeschriebenen unsichtbaren Zeichen im Namen",
        "duplicate" => "Namen, die zweimal vorkommen: gelesen wurde die erste Datei",
        "link" => "Verweise",
        "nested-zip" => "Archive in etwas anderem: sie lassen sich für sich ablegen",
        "encrypted" => "Verschlüsselt",
        "damaged" => "Beschädigt",
        "unsupported" => "So gepackt, dass Browser es nicht entpacken können",
        "zip-damaged" => "Archive, die beschädigt oder kein Zip sind",
        "zip-unsupported" => "Archive über 4 GB, in Teilen oder mit mehr als 65.000 Dateien",
        _ => "Nicht lesbar",
    },
    and_more: |count| format!("und {} weitere", grouped(count)),

    findings: "Befunde",
    severity: |severity| match severity {
        Severity::Critical => "Kritisch",
        Severity::Warning => "Warnung",
        Severity::Suggestion => "Vorschlag",
    },
    severities: |severity, count| match (severity, count) {
        (Severity::Critical, _) => format!("{count} kritisch"),
        (Severity::Warning, 1) => "1 Warnung".to_owned(),
        (Severity::Warning, _) => format!("{count} Warnungen"),
        (Severity::Suggestion, 1) => "1 Vorschlag".to_owned(),
        (Severity::Suggestion, _) => format!("{count} Vorschläge"),
    },
    severity_heading: |severity| match severity {
        Severity::Critical => "Kritisch",
        Severity::Warning => "Warnungen",
        Severity::Suggestion => "Vorschläge",
    },
    confidence: |confidence| match confidence {
        Confidence::High => "hohe Sicherheit",
        Confidence::Medium => "mittlere Sicherheit",
        Confidence::Low => "geringe Sicherheit",
    },
    strengths: "Stärken",
    act_now: "Sofort handeln",
    checklist: "Checkliste",
    verdict: |verdict| match verdict {
        Verdict::Pass => "erfüllt",
        Verdict::Fail => "verletzt",
        Verdict::NotApplicable => "nicht anwendbar",
        Verdict::Unknown => "unbekannt",
    },
    routes: "Routen",
    of_route: |route| format!("Nur {route}"),
    routes_in_short: |all, unguarded| {
        let routes = counted(all, "Route", "Routen");
        match (all, unguarded) {
            (1, 0) => "Die eine Route ist geschützt.".to_owned(),
            (_, 0) => format!("Alle {routes} sind geschützt."),
            _ => format!("{routes}; bei {unguarded} davon ist kein Schutz zu sehen."),
        }
    },
    to_route_map: "Karte der Routen öffnen",

    filter: "Befunde filtern",
    filter_words: "Wörter in Meldung, Regel oder Pfad",
    by_severity: "Befunde nach Schwere",
    only: |what| format!("Nur {what} zeigen"),
    any: "Alle",
    confidence_label: "Sicherheit",
    file: "Datei",
    hidden: |shown, hidden| format!("{shown} sichtbar, {hidden} verborgen"),
    clear_filter: "Filter aufheben",
    all_hidden: "Der Filter verbirgt alle Befunde.",

    ignore: "Ignorieren …",
    ignore_reason: "Warum ist das so richtig?",
    ignore_example: "das Gateway hat es geprüft",
    ignore_comment: "Fügt den Kommentar ein",
    insert_comment: "Kommentar einfügen",
    cancel: "Abbrechen",
    ignored_now: "Durch einen Kommentar im Code ignoriert",
    not_ignored_yet: "Der Text ist inzwischen ein anderer. Ist er geprüft, lässt sich der Befund noch einmal ignorieren.",
    no_place_for_comment: "Hier kann kein Kommentar stehen, etwa mitten in einem String. Das Gefundene zuerst in eine eigene \
                           Zeile ziehen.",

    screens: "Ansichten",
    screen: |screen| match screen {
        Screen::Findings => "Befunde",
        Screen::Routes => "Routen",
    },
    skip_to_findings: "Zu den Befunden springen",
    skip_to_routes: "Zu den Routen springen",
    with_key: |name, key| format!("{name} ({key})"),
    help: "Tasten und Hilfe",
    help_group: |group| match group {
        Group::Findings => "Befunde",
        Group::Page => "Seite",
        Group::Files => "Dateien",
    },
    action: |action| match action {
        Action::NextFinding => "Nächster Befund",
        Action::PreviousFinding => "Voriger Befund",
        Action::GoToCode => "Zu seiner Stelle im Code",
        Action::ApplyFix => "Seinen Fix anwenden",
        Action::ReviewFixes => "Alle Fixes durchsehen",
        Action::Ignore => "Ihn ignorieren, mit Begründung",
        Action::Filter => "Befunde filtern",
        Action::ClearFilter => "Filter aufheben",
        Action::OtherScreen => "Von den Befunden zu den Routen und zurück",
        Action::NextPanel => "Nächster Bereich",
        Action::PreviousPanel => "Voriger Bereich",
        Action::NewFile => "Neue Datei",
        Action::OpenFiles => "Dateien öffnen",
        Action::Undo => "Das Letzte zurücknehmen",
        Action::Export => "Bericht und geänderte Dateien exportieren",
        Action::Share => "Als Link teilen",
        Action::Help => "Diese Hilfe",
    },
    help_editor: "Im Editor",
    help_editor_keys: &[
        (&["Tab"], "Den Editor verlassen"),
        (&["Strg+F"], "Suchen und ersetzen"),
        (&["Strg+Z"], "Rückgängig"),
        (&["Strg+Y"], "Wiederherstellen"),
    ],
    or: "oder",
    single_keys: "Einzelne Zeichen sind Tasten",
    single_keys_text: "Sie wirken außerhalb des Editors und von Feldern. Wer diktiert oder sie versehentlich drückt, schaltet \
                       sie hier aus.",

    loading_routes: "Die Routen werden gelesen …",
    no_routes_title: "Noch keine Routen",
    no_routes_text: "Routen erscheinen hier, sobald der Code eine FastAPI-Anwendung oder einen Router hat. Am besten die \
                     Dateien, die sie definieren, zusammen mit denen öffnen, die sie einbinden.",
    filter_routes: "Routen filtern",
    route_words: "Wörter in Pfad, Handler oder Schutz",
    method: "Methode",
    any_method: "Alle Methoden",
    form: "Form",
    as_table: "Tabelle",
    as_picture: "Bild",
    by_verdict: "Routen nach Urteil",
    route_verdict: |verdict| match verdict {
        RouteVerdict::AtRisk => "gefährdet",
        RouteVerdict::Doubtful => "zweifelhaft",
        RouteVerdict::Open => "offen",
        RouteVerdict::Public => "öffentlich",
        RouteVerdict::Unmounted => "nicht eingebunden",
        RouteVerdict::Guarded => "geschützt",
    },
    route_verdict_meaning: |verdict| match verdict {
        RouteVerdict::AtRisk => "Ein kritischer Befund betrifft sie, oder sie gibt fremde Zeilen heraus",
        RouteVerdict::Doubtful => "Eine Warnung betrifft sie, oder nichts beweist, wer aufruft",
        RouteVerdict::Open => "Niemand muss sich ausweisen, und nichts spricht dagegen",
        RouteVerdict::Public => "Laut Einstellungen darf sie jeder aufrufen",
        RouteVerdict::Unmounted => "Sie gehört zu keiner Anwendung",
        RouteVerdict::Guarded => "Der Aufrufer wird geprüft, und nichts Schlimmeres als ein Vorschlag betrifft sie",
    },
    route_column: |column| match column {
        RouteColumn::Method => "Methode",
        RouteColumn::Path => "Pfad",
        RouteColumn::Guards => "Vorher aufgerufen, der Reihe nach",
        RouteColumn::Identity => "Identität",
        RouteColumn::Ownership => "Zeilen",
        RouteColumn::Verdict => "Urteil",
    },
    sort: "Sortieren",
    routes_hidden: |shown, hidden| format!("{shown} sichtbar, {hidden} verborgen"),
    all_routes_hidden: "Der Filter verbirgt alle Routen.",
    unfollowed_routers: "Hier werden Router eingebunden, denen sich nicht folgen lässt; Routen können fehlen:",
    place_in_short: |file, line| format!("{file}:{line}"),
    nobody_asked: "niemand wird gefragt",
    also: "und",
    asked_for_at: |name, level, file, line| {
        let by = match level {
            DependencyLevel::Application => "von der Anwendung",
            DependencyLevel::Include => "beim Einbinden des Routers",
            DependencyLevel::Router => "vom Router",
            DependencyLevel::Decorator => "vom Decorator",
            DependencyLevel::Parameter => "durch einen Parameter",
        };
        format!("{name}, verlangt {by} in {file}:{line}")
    },
    by_middleware: "Middleware",
    by_handler: "im Handler",
    no_identity: "keine",
    identity: |source, name| match source {
        IdentitySource::VerifiedClaim => format!("`{name}` des Tokens"),
        IdentitySource::UnverifiedClaim => format!("`{name}`, ungeprüft"),
        IdentitySource::Client => format!("`{name}`, wie der Client es sagt"),
        IdentitySource::Session => format!("Session von `{name}`"),
    },
    ownership: |verdict| match verdict {
        OwnershipVerdict::Enforced => "nur eigene",
        OwnershipVerdict::Missing => "auch fremde",
        OwnershipVerdict::NotApplicable => "keine mit Eigentümer",
        OwnershipVerdict::Unknown => "nicht bekannt",
    },
    findings_in_short: |[critical, warnings, suggestions]| {
        let mut parts = Vec::new();
        if critical > 0 {
            parts.push(format!("{critical} kritisch"));
        }
        if warnings > 0 {
            parts.push(counted(warnings, "Warnung", "Warnungen"));
        }
        if suggestions > 0 {
            parts.push(counted(suggestions, "Vorschlag", "Vorschläge"));
        }
        parts.join(", ")
    },
    show_findings: "Diese Befunde zeigen",
    in_header: "ein Header der Anfrage",
    in_query: "die Query der Adresse",
    in_cookie: "ein Cookie",
    all_dependencies: "Alle Dependencies",
    save_picture: "Als SVG speichern",
    picture_file: "routen.svg",
    picture_title: "Routen, was vor ihnen aufgerufen wird und wo das Token gelesen wird",
    picture_text: "Von links nach rechts: Routen, was vor ihnen aufgerufen wird, wo das Token gelesen wird. Ein Klick auf einen \
                   Kasten führt zu seinem Code.",
    picture_in_words: "Das Bild in Worten",
    picture_cut: |drawn, all| format!("Gezeichnet sind die ersten {drawn} von {all} Routen. Ein Filter zeigt andere."),
    ignored: |count| match count {
        1 => "1 Befund wird durch einen Kommentar ignoriert".to_owned(),
        _ => format!("{count} Befunde werden durch Kommentare ignoriert"),
    },
    rules_off: |count| match count {
        1 => "Die Einstellungen schalten 1 Regel aus".to_owned(),
        _ => format!("Die Einstellungen schalten {count} Regeln aus"),
    },
    files_with_findings: |count| counted(count, "Befund", "Befunde"),
    show_all: |count| format!("{count} weitere zeigen"),
    changes: |fixed, new| match (fixed, new) {
        (fixed, 0) => format!("{fixed} behoben"),
        (0, new) => format!("{new} neu"),
        (fixed, new) => format!("{fixed} behoben, {new} neu"),
    },
    no_findings_title: "Nichts gefunden",
    no_findings_text: "Keine Regel hat zu diesem Code etwas zu sagen. Das ist eine gute Nachricht und kein Beweis: Das Audit \
                       kennt bestimmte Fehler, und nur in dem Code, den es sieht.",
    nothing_to_audit_title: "Noch nichts zu prüfen",
    nothing_to_audit_text: "Befunde erscheinen hier beim Tippen. Ein guter Anfang ist die Datei, die das Token dekodiert.",
    partly_read: |path, line| format!("{path} ist in Zeile {line} kein gültiges Python; der Rest wurde geprüft"),
    skipped: |path, reason| format!("{path} wurde nicht geprüft: {reason}"),
    line: |line| format!("Zeile {line}"),
    place: |file, line, column| format!("{file}:{line}:{column}"),

    loading: "Der Prüfer wird geladen …",
    loading_text: "Tippen geht schon.",
    auditing: "Prüfung läuft …",
    audited_in: |milliseconds| {
        if milliseconds < 10.0 {
            format!("geprüft in {milliseconds:.1} ms").replace('.', ",")
        } else {
            format!("geprüft in {milliseconds:.0} ms")
        }
    },
    stop: "Anhalten",
    stopped: "Die Prüfung wurde angehalten. Mit der nächsten Änderung beginnt sie wieder.",
    load_failed: "Der Prüfer konnte nicht geladen werden",
    reload: "Seite neu laden",
    crashed_title: "Die Prüfung ist an diesem Text gescheitert",
    crashed_text: "Der Text ist sicher, und ein neuer Prüfer steht bereit. Mit der nächsten Änderung beginnt er.",
    audit_again: "Noch einmal prüfen",

    detail: "Befund",
    all_findings: "Alle Befunde",
    next_finding: "Nächster Befund (F8)",
    previous_finding: "Voriger Befund (Umschalt+F8)",
    position: |index, count| format!("{index} von {count}"),
    nothing_selected_title: "Einen Befund wählen",
    nothing_selected_text: "Hier steht dann, was falsch ist, warum es zählt und wie es sich beheben lässt.",
    go_to_code: "Zum Code",
    fix: "Fix",
    applicability: |applicability| match applicability {
        Applicability::Safe => "Sicher: Ehrliche Clients merken keinen Unterschied",
        Applicability::ChangesBehaviour => "Ändert das Verhalten: Clients oder Deployments können es merken",
        Applicability::NeedsValue => "Braucht einen eigenen Wert",
    },
    apply: "Fix anwenden",
    applied: "Fix angewendet",
    undo: "Zurücknehmen",
    dismiss: "Ausblenden",
    diff_label: |path| format!("Änderungen in {path}"),
    added: "hinzugefügt",
    removed: "entfernt",
    lines_left_out: "Zeilen ausgelassen",
    trace: "Wie es dahin kommt",
    related: "Verwandte Stellen",
    why: "Über diese Regel",
    classification: "Einordnung",
    rule: "Regel",
    weakness: "Schwachstelle",
    risk: "Risiko",
    phase: "Phase",
    code_with_finding: "Gefunden",
    code_ok: "Richtig",
    code_fixed: "Behoben",
};

fn size(bytes: usize) -> String {
    match bytes {
        0..1_000 => format!("{bytes} Bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3).replace('.', ","),
        _ => format!("{:.1} MB", bytes as f64 / 1e6).replace('.', ","),
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Mit einem Punkt zwischen den Tausendern.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}
