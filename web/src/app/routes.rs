//! The screens of the page, and the map of routes.

use page_state::{RouteRow, route_rows};
use report::RouteTable;

use super::*;

/// The routes of one report.
#[derive(Debug)]
pub(crate) struct Routes {
    /// The text that they are about.
    pub(crate) revision: u32,
    pub(crate) rows: Vec<RouteRow>,
    /// Calls that add routers and cannot be followed: routes may be missing.
    pub(crate) unfollowed: Vec<Location>,
}

/// Each revision is audited once: what was drawn of it need not be compared row by row.
impl PartialEq for Routes {
    fn eq(&self, other: &Routes) -> bool {
        self.revision == other.revision
    }
}

impl App {
    pub(super) fn show_screen(&mut self, screen: Screen) {
        self.screen = screen;
        let revision = self.auditor.answered();
        let is_missing = self.routes.as_ref().is_none_or(|routes| routes.revision != revision);
        self.auditor.want_routes(screen == Screen::Routes, is_missing);
    }

    /// The focus of whoever changed the screen by key, whose place is gone with it.
    pub(super) fn focus_screen(&mut self) {
        self.focus = Some(match self.screen {
            Screen::Findings => Focus::List,
            Screen::Routes => Focus::Routes,
        });
    }

    pub(super) fn take_routes(&mut self, report: &Report, table: RouteTable) {
        self.routes = Some(Rc::new(Routes {
            revision: self.auditor.answered(),
            rows: route_rows(report, &table),
            unfollowed: table.unfollowed,
        }));
    }

    /// Lists the findings of one route alone, and goes there.
    pub(super) fn show_route(&mut self, route: usize) {
        self.show_screen(Screen::Findings);
        self.detail_open = false;
        self.set_filter(Filter::of_route(route));
        let report = self.report.as_ref();
        if let Some(place) = report.and_then(|report| Some(report.routes.get(route)?.location.clone())) {
            self.go_to(&place, false);
        }
        self.focus = Some(Focus::List);
    }
}
