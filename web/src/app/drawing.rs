//! What the page shows.

use super::*;

impl App {
    pub(super) fn draw(&self, ctx: &Context<Self>) -> Html {
        let text = strings();
        let link = ctx.link();
        let findings = self.report.clone();
        let is_open = self.files.current().is_some();
        let step = link.batch_callback(|event: KeyboardEvent| {
            // Inside the editor its own key bindings come first.
            if event.key() != "F8" || event.default_prevented() {
                return None;
            }
            event.prevent_default();
            Some(Message::Step(if event.shift_key() { -1 } else { 1 }))
        });
        let new_file = link.callback(|_: MouseEvent| Message::NewFile);
        let open_files = link.callback(|_: MouseEvent| Message::PickFiles);
        html! {
            <div class="page" onkeydown={step}>
                {header(&Header {
                    theme: self.theme,
                    sealed: self.auditor.state() != State::Starting || self.auditor.was_ready(),
                    can_copy: self.report.is_some(),
                    settings: settings(
                        &self.settings,
                        self.settings_problem.as_ref(),
                        &link.callback(|(setting, value)| Message::Set(setting, value)),
                    ),
                    on_theme: link.callback(Message::SetTheme),
                    on_example: link.callback(Message::LoadExample),
                    on_copy: link.callback(|_| Message::CopyReport),
                    on_reset: link.callback(|_| Message::Reset),
                })}
                <main class={classes!("workbench", self.detail_open.then_some("detail-open"))}>
                    <section class="code" aria-label={text.code}>
                        <FileBar
                            tabs={self.tabs()}
                            files={self.files.clone()}
                            on_show={link.callback(Message::ShowFile)}
                            on_close={link.callback(Message::CloseFile)}
                            on_rename={link.callback(|(from, to)| Message::RenameFile(from, to))}
                            on_new={&new_file}
                            on_open={&open_files}
                        />
                        <div class="editor" ref={self.host.clone()} hidden={!is_open}></div>
                        if !is_open && self.editor.is_some() {
                            {no_files(&new_file, &open_files)}
                        }
                    </section>
                    <Findings
                        panel={self.list_panel.clone()}
                        report={findings.clone()}
                        blank={self.is_blank()}
                        several_files={self.files.paths().len() > 1}
                        selected={self.selected}
                        revision={self.auditor.answered()}
                        busy={!self.auditor.is_current()}
                        milliseconds={self.milliseconds}
                        changes={self.changes}
                        audit={self.audit.clone()}
                        load_failure={self.load_failure.clone()}
                        route={self.route}
                        on_route={link.callback(Message::ShowRoute)}
                        on_choose={link.callback(Message::Chosen)}
                        on_go_to={link.callback(Message::GoTo)}
                        on_stop={link.callback(|_| Message::StopAudit)}
                        on_again={link.callback(|_| Message::AuditAgain)}
                    />
                    <Detail
                        panel={self.detail_panel.clone()}
                        report={findings}
                        rules={self.rules.clone()}
                        selected={self.selected}
                        order={Rc::new(self.order())}
                        on_back={link.callback(|_| Message::ShowList)}
                        on_step={link.callback(Message::Step)}
                        on_go_to={link.callback(Message::GoTo)}
                        on_apply={link.callback(Message::ApplyFix)}
                    />
                </main>
                {notice_bar(
                    self.notice.as_ref(),
                    &link.callback(Message::Undo),
                    &link.callback(|_| Message::DismissNotice),
                )}
                if let Some(report) = &self.copy_by_hand {
                    {copy_by_hand(report, &self.report_area, &link.callback(|()| Message::CloseCopyByHand))}
                }
                if self.dropping {
                    <div class="drop-target"><p>{text.drop_files}</p></div>
                }
            </div>
        }
    }

    /// The open files with what was found in them.
    pub(super) fn tabs(&self) -> Vec<FileTab> {
        let found = self.report.as_ref().map_or(&[][..], |report| &report.findings);
        self.files
            .paths()
            .iter()
            .map(|path| {
                let inside = || found.iter().filter(|finding| finding.location.file == *path);
                FileTab {
                    path: path.clone(),
                    count: inside().count(),
                    worst: inside().map(|finding| finding.severity).min(),
                }
            })
            .collect()
    }
}
