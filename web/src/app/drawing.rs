//! What the page shows.

use super::*;

impl App {
    pub(super) fn draw(&self, ctx: &Context<Self>) -> Html {
        let text = strings();
        // Whatever has words is drawn anew in another language, the editor excepted.
        let language = language().tag();
        let link = ctx.link();
        let findings = self.report.clone();
        let is_open = self.files.current().is_some();
        html! {
            <div class="page">
                <div class="skip-links">
                    {skip_link(text.skip_to_findings, link.callback(|_| Message::SkipTo(Screen::Findings)))}
                    {skip_link(text.skip_to_routes, link.callback(|_| Message::SkipTo(Screen::Routes)))}
                </div>
                {header(&Header {
                    screen: self.screen,
                    screens: self.screens.clone(),
                    on_screen: link.callback(Message::ShowScreen),
                    on_help: link.callback(|_| Message::OpenDialog(OpenDialog::Help)),
                    theme: self.appearance.theme,
                    sealed: self.auditor.state() != State::Starting || self.auditor.was_ready(),
                    can_export: self.report.is_some(),
                    settings: html! {
                        <SettingsPanel
                            settings={self.settings.clone()}
                            rules={self.rules.clone()}
                            appearance={self.appearance}
                            keeping={self.keeping.clone()}
                            import={self.import.clone()}
                            on_event={link.callback(Message::Settings)}
                        />
                    },
                    update: (self.keeping.copy == "update").then(|| link.callback(|_| Message::LoadUpdate)),
                    on_theme: link.callback(|theme| Message::Settings(SettingsEvent::Choose(&THEME, theme))),
                    on_example: link.callback(Message::LoadExample),
                    kept: self.kept > 0,
                    on_kept: link.callback(|_| Message::BringBack),
                    on_share: link.callback(|_| Message::OpenDialog(OpenDialog::Share)),
                    on_review: link.callback(|_| Message::ReviewFixes),
                    on_export: link.callback(|_| Message::OpenDialog(OpenDialog::Export)),
                    on_reset: link.callback(|_| Message::Reset),
                })}
                <main
                    class={classes!("workbench", self.detail_open.then_some("detail-open"))}
                    hidden={self.screen != Screen::Findings}
                >
                    <section class="code" aria-label={text.code}>
                        <FileBar
                            key={language}
                            files={self.files.clone()}
                            counts={self.counts.clone()}
                            tree_open={self.tree_open}
                            actions={self.file_actions.clone()}
                        />
                        if let Some(under_way) = &self.reading {
                            {reading_bar(under_way.done, under_way.all, &link.callback(|_| Message::CancelReading))}
                        }
                        <div class="code-body">
                            if has_tree(&self.files) && self.tree_open {
                                <FileTree
                                    key={language}
                                    files={self.files.clone()}
                                    counts={self.counts.clone()}
                                    actions={self.file_actions.clone()}
                                    left_out={self.left_out.iter().map(|group| group.count).sum::<usize>()}
                                />
                            }
                            <div class="editor" ref={self.host.clone()} hidden={!is_open}></div>
                            if !is_open && self.editor.is_some() {
                                {no_files(&self.file_actions)}
                            }
                        </div>
                        if !self.left_out.is_empty() {
                            {left_out(&self.left_out)}
                        }
                    </section>
                    <Findings
                    key={language}
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
                        filter={self.filter.clone()}
                        filters_open={self.filters_open}
                        filter_field={self.filter_field.clone()}
                        on_filter={link.callback(Message::SetFilter)}
                        on_filters={link.callback(Message::OpenFilters)}
                        on_routes={link.callback(|_| Message::SkipTo(Screen::Routes))}
                        on_choose={link.callback(Message::Chosen)}
                        on_go_to={link.callback(Message::GoTo)}
                        on_stop={link.callback(|_| Message::StopAudit)}
                        on_again={link.callback(|_| Message::AuditAgain)}
                    />
                    <Detail
                    key={language}
                        panel={self.detail_panel.clone()}
                        report={findings}
                        rules={self.rules.clone()}
                        selected={self.selected}
                        order={Rc::new(self.order())}
                        on_back={link.callback(|_| Message::ShowList)}
                        on_step={link.callback(Message::Step)}
                        on_go_to={link.callback(Message::GoTo)}
                        on_apply={link.callback(Message::ApplyFix)}
                        decisions={self.decisions.clone()}
                        on_decide={link.callback(|(hunk, is_accepted)| Message::Decide(hunk, is_accepted))}
                        on_review={link.callback(|_| Message::ReviewFixes)}
                        asking_reason={self.asking_reason}
                        reason_field={self.reason_field.clone()}
                        on_ask_reason={link.callback(Message::AskReason)}
                        on_ignore={link.callback(Message::Ignore)}
                    />
                </main>
                <RouteMap
                    key={language}
                    panel={self.routes_panel.clone()}
                    is_shown={self.screen == Screen::Routes}
                    routes={self.routes.clone()}
                    busy={!self.auditor.is_current()}
                    view={self.route_view.clone()}
                    on_view={link.callback(Message::SetRouteView)}
                    on_go_to={link.callback(Message::GoFromRoutes)}
                    on_findings={link.callback(Message::ShowRoute)}
                    on_save={link.callback(Message::SavePicture)}
                />
                {notice_bar(
                    self.notice.as_ref(),
                    &link.callback(Message::Undo),
                    &link.callback(|_| Message::DismissNotice),
                )}
                {self.dialog(ctx)}
                if self.dropping {
                    <div class="drop-target"><p>{text.drop_files}<small>{text.limits}</small></p></div>
                }
            </div>
        }
    }

    fn dialog(&self, ctx: &Context<Self>) -> Html {
        let on_close = ctx.link().callback(|()| Message::CloseDialog);
        match self.dialog {
            Some(OpenDialog::Export) => html! {
                <Export
                    worker={self.auditor.worker().cloned()}
                    editor={self.editor.clone()}
                    is_current={self.auditor.is_current()}
                    revision={self.auditor.answered()}
                    {on_close}
                />
            },
            Some(OpenDialog::Review) => {
                let (Some(report), Some(review)) = (&self.report, &self.review) else {
                    return Html::default();
                };
                let link = ctx.link();
                html! {
                    <ReviewDialog
                        report={report.clone()}
                        review={review.clone()}
                        decisions={self.decisions.clone()}
                        is_current={self.auditor.is_current()}
                        on_decide={link.callback(|(hunk, is_accepted)| Message::Decide(hunk, is_accepted))}
                        on_decide_all={link.callback(Message::DecideAll)}
                        on_make={link.callback(|_| Message::MakeFixes)}
                        on_undo={link.batch_callback(|_| vec![Message::CloseDialog, Message::Undo(Undo::Edits)])}
                        on_export={link.callback(|_| Message::OpenDialog(OpenDialog::Export))}
                        {on_close}
                    />
                }
            }
            Some(OpenDialog::Share) => html! {
                <Share
                    worker={self.auditor.worker().cloned()}
                    editor={self.editor.clone()}
                    paths={self.files.paths().to_vec()}
                    {on_close}
                />
            },
            Some(OpenDialog::Unlock) => html! {
                <Unlock
                    was_wrong={self.locked_link.as_ref().is_some_and(|locked| locked.was_wrong)}
                    is_busy={self.locked_link.as_ref().is_some_and(|locked| locked.is_busy)}
                    on_try={ctx.link().callback(Message::Unlock)}
                    {on_close}
                />
            },
            Some(OpenDialog::BrokenLink(problem)) => {
                broken_link(problem, &ctx.link().callback(|_| Message::BackFromLink), &on_close)
            }
            Some(OpenDialog::Help) => html! {
                <Dialog id="help" title={strings().help} {on_close}>
                    {help(self.single_keys.get(), &ctx.link().callback(Message::SetSingleKeys))}
                </Dialog>
            },
            None => Html::default(),
        }
    }
}

fn skip_link(label: &'static str, onclick: Callback<MouseEvent>) -> Html {
    html! { <button type="button" class="button skip-link" {onclick}>{label}</button> }
}
