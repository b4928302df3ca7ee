//! The audit: asking for it, showing what it says, announcing what changed.

use super::*;

impl App {
    pub(super) fn auditor_event(&mut self, ctx: &Context<Self>, event: AuditorEvent) {
        match event {
            AuditorEvent::Loaded(Ok(parts)) => {
                self.keeping.copy = bridge::offline_state();
                self.auditor.seal_and_start(parts);
            }
            AuditorEvent::Loaded(Err(reason)) => self.load_failure = Some(reason),
            AuditorEvent::Ready { worker, rules } => {
                if self.auditor.is_present(worker) {
                    self.rules = Rc::new(rules);
                    self.auditor.ready();
                    // A worker that takes the place of another is told by the auditor.
                    if self.settings != Settings::default() && !self.auditor.has_options() {
                        self.give_settings();
                    }
                }
            }
            AuditorEvent::Report {
                worker,
                revision,
                report,
                routes,
                milliseconds,
            } => {
                if !self.auditor.is_present(worker) {
                    return;
                }
                self.auditing_timer = None;
                self.audit = AuditStatus::Quiet;
                if self.auditor.answer(revision) == Answer::Current {
                    self.milliseconds = milliseconds;
                    if let Some(table) = routes {
                        self.take_routes(&report, *table);
                    }
                    self.show_report(ctx, Rc::new(*report));
                }
            }
            AuditorEvent::Ignore {
                worker,
                revision,
                edits,
            } => {
                if self.auditor.is_present(worker) {
                    self.insert_comment(ctx, revision, edits);
                }
            }
            AuditorEvent::Failed { worker, reason } => {
                if !self.auditor.is_present(worker) {
                    return;
                }
                self.auditing_timer = None;
                if self.auditor.was_ready() {
                    self.auditor
                        .replace_worker(self.files.paths().iter().map(String::as_str));
                    self.audit = AuditStatus::Crashed(reason);
                } else {
                    self.load_failure = Some(reason);
                }
            }
        }
    }

    pub(super) fn request_audit(&mut self, ctx: &Context<Self>) {
        let Some(editor) = &self.editor else {
            return;
        };
        if self.auditor.request(editor) {
            self.auditing_timer = Some(later(ctx, SHOW_AUDITING_AFTER_MS, || Message::ShowAuditing {
                can_stop: false,
            }));
        }
    }

    pub(super) fn show_auditing(&mut self, ctx: &Context<Self>, can_stop: bool) {
        self.audit = AuditStatus::Auditing { can_stop };
        self.auditing_timer =
            (!can_stop).then(|| later(ctx, OFFER_STOP_AFTER_MS, || Message::ShowAuditing { can_stop: true }));
    }

    pub(super) fn show_report(&mut self, ctx: &Context<Self>, report: Rc<Report>) {
        // The routes may be others.
        self.filter.route = self.filter.route.filter(|_| {
            let before = self.report.as_ref().map(|before| before.routes.len());
            before == Some(report.routes.len())
        });
        let before = self.report.replace(report.clone());
        let kept = self.selected.zip(before.as_ref()).and_then(|(index, before)| {
            let fingerprint = &before.findings.get(index)?.fingerprint;
            report
                .findings
                .iter()
                .position(|finding| finding.fingerprint == *fingerprint)
        });
        let fixed = self.just_fixed.take().filter(|_| kept.is_none());
        let wide = bridge::prefers_wide();
        let selected = match (kept, fixed) {
            (Some(kept), _) => Some(kept),
            // The next finding moves up into the place of the repaired one.
            (None, Some(fixed)) if wide => report.findings.len().checked_sub(1).map(|last| fixed.min(last)),
            _ if self.fresh_project && wide && !report.findings.is_empty() => Some(0),
            _ => None,
        };
        let counts = Counts::of(&report);
        if *self.counts != counts {
            self.counts = Rc::new(counts);
        }
        self.select(selected);
        self.decisions.keep_to(&report);
        self.review_goes_on();
        if self.fresh_project {
            self.fresh_project = false;
            self.announced = Some(report);
            self.changes = Changes::default();
        } else {
            self.announce_timer = Some(later(ctx, ANNOUNCE_AFTER_MS, || Message::Announce));
        }
        if let Some(fingerprint) = self.wanted_fix.take() {
            let found = self.report.as_ref().and_then(|report| {
                report
                    .findings
                    .iter()
                    .position(|finding| finding.fingerprint == fingerprint)
            });
            if let Some(index) = found {
                self.apply_fix(ctx, index);
            }
        }
    }

    /// Hands the editor the marks of the file on the screen, if it has others.
    pub(super) fn mark(&mut self) {
        let (Some(editor), Some(report), Some(path)) = (&self.editor, &self.report, self.files.current()) else {
            return;
        };
        let is_marked = self.marked.as_ref();
        if is_marked.is_some_and(|(marked, by)| marked == path && Rc::ptr_eq(by, report)) {
            return;
        }
        let marks: Vec<Mark<'_>> = report
            .findings
            .iter()
            .enumerate()
            .filter(|(_, finding)| finding.location.file == path)
            .map(|(index, finding)| Mark {
                index,
                severity: finding.severity.name(),
                word: (strings().severity)(finding.severity),
                message: &finding.message,
                rule: &finding.rule,
                fix: finding.fix.as_ref().map(|fix| fix.title.as_str()),
                start_line: finding.location.start.line,
                start_column: finding.location.start.column,
                end_line: finding.location.end.line,
                end_column: finding.location.end.column,
            })
            .collect();
        if let Ok(marks) = serde_wasm_bindgen::to_value(&marks) {
            editor.mark(marks);
        }
        self.marked = Some((path.to_owned(), report.clone()));
    }

    pub(super) fn announce(&mut self) {
        let Some(report) = &self.report else {
            return;
        };
        if let Some(announced) = self.announced.replace(report.clone()) {
            self.changes = Changes::between(&announced, report);
        }
    }
}
