//! Rows that nothing ties to the caller: one mistake for each query, with the routes that reach it.

use facts::Facts;
use facts::applications::Operation;
use facts::ownership::{Exposure, RouteOwnership, RowAccess, Tie};
use facts::queries::Query;
use report::Confidence;
use text::Span;

use crate::finding::Finding;
use crate::fix::Fix;
use crate::fixes::owners;
use crate::rule::RuleContext;

pub(crate) struct Untied<'f> {
    pub(crate) access: &'f RowAccess,
    pub(crate) query: &'f Query,
    /// Those that reach the query, the first one first.
    pub(crate) routes: Vec<&'f Operation>,
    /// Every route that reaches the query shows rows of others: what ties them for one is right for all.
    pub(crate) is_open_for_all: bool,
}

/// Accesses that let rows of others out, once for each query, in order of file and place.
pub(crate) fn untied<'f>(facts: &'f Facts<'f>) -> Vec<Untied<'f>> {
    let mut out: Vec<Untied<'f>> = Vec::new();
    for (route, owned) in owned_routes(facts) {
        for access in &owned.accesses {
            if access.tie != Tie::Nothing || access.exposure.is_none() {
                continue;
            }
            let query = facts.query_of(access);
            if query.is_test {
                continue;
            }
            match out.iter_mut().find(|known| known.access.query == access.query) {
                Some(known) => {
                    let is_known = |other: &&Operation| other.declaration == route.declaration;
                    if !known.routes.iter().any(is_known) {
                        known.routes.push(route);
                    }
                    // The route that shows most speaks.
                    if is_read(known.access) && !is_read(access) {
                        known.access = access;
                        let last = known.routes.len() - 1;
                        known.routes.swap(0, last);
                    }
                }
                None => out.push(Untied {
                    access,
                    query,
                    routes: vec![route],
                    is_open_for_all: true,
                }),
            }
        }
    }
    for (_, owned) in owned_routes(facts) {
        for access in &owned.accesses {
            let is_open = access.tie == Tie::Nothing && access.exposure.is_some();
            let known = out.iter_mut().find(|known| known.access.query == access.query);
            if let Some(known) = known.filter(|_| !is_open) {
                known.is_open_for_all = false;
            }
        }
    }
    text::sort_by_number(&mut out, |untied| untied.query.span.number());
    out
}

/// Every route with what it does with rows that somebody owns.
pub(crate) fn owned_routes<'f>(facts: &'f Facts<'f>) -> impl Iterator<Item = (&'f Operation, &'f RouteOwnership)> {
    let applications = facts.applications();
    let mounted = applications.routes.iter().map(|route| &route.operation);
    let unmounted = applications.unmounted.iter().map(|route| &route.operation);
    let known = facts.authentication();
    let mounted = mounted.zip(&known.routes);
    mounted
        .chain(unmounted.zip(&known.unmounted))
        .map(|(operation, known)| (operation, &known.ownership))
}

fn is_read(access: &RowAccess) -> bool {
    matches!(access.exposure, Some(Exposure::Read(_)))
}

impl Untied<'_> {
    /// What the route does with the rows: "shows", "changes", "deletes".
    pub(crate) fn verb(&self) -> &'static str {
        match self.access.exposure {
            Some(Exposure::Write(_)) => "changes",
            Some(Exposure::Delete(_)) => "deletes",
            _ => "shows",
        }
    }

    /// The whole chain, or where the statement begins when it is built before it is run.
    pub(crate) fn place(&self) -> Span {
        let (whole, begin) = (self.query.span, self.query.source);
        match whole.file == begin.file && !whole.range.contains_range(begin.range) {
            true => begin,
            false => whole,
        }
    }

    /// Ties the rows to the caller, where it is sure how.
    pub(crate) fn fix(&self, facts: &Facts<'_>) -> Option<Fix> {
        let repair = self.access.repair.as_ref().filter(|_| self.is_open_for_all)?;
        // A claim that may be missing ties nothing: that it is there is asked first, by another fix.
        if repair.value.text.contains(['[', '(']) && !facts.unchecked_subjects().is_empty() {
            return None;
        }
        Some(owners::tie(facts, repair, self.model(facts)))
    }

    pub(crate) fn model<'f>(&self, facts: &'f Facts<'_>) -> &'f str {
        &facts.data().models.get(self.access.model).name
    }

    /// The way to the query, what happens to the rows, and the other routes.
    pub(crate) fn describe(&self, facts: &Facts<'_>, finding: &mut Finding) {
        finding.traces(self.access.trace.iter().cloned());
        let place = self.place();
        finding.trace(place, "the query stands here");
        let exposure = match self.access.exposure {
            Some(Exposure::Read(span)) => Some((span, "the rows are sent to the client here")),
            Some(Exposure::Write(span)) => Some((span, "the row is changed here")),
            Some(Exposure::Delete(span)) => Some((span, "the row is deleted here")),
            None => None,
        };
        if let Some((span, message)) = exposure
            && span != place
        {
            finding.trace(span, message);
        }
        for route in &self.routes[1..] {
            finding.related(route.declaration, format!("`{}` reaches it, too", name(route)));
        }
        let is_certain = self.access.owner.as_ref().is_some_and(|owner| {
            let model = facts.data().models.get(self.access.model);
            facts.authentication().owners.is_certain(self.access.model, owner) || model.column(owner).is_none()
        });
        finding.confidence(match is_certain {
            true => Confidence::High,
            false => Confidence::Medium,
        });
    }
}

/// `DELETE /tasks/{task_id}`
pub(crate) fn name(route: &Operation) -> String {
    let method = route.methods.first().map_or("WEBSOCKET", String::as_str);
    format!("{method} {}", route.path.text)
}

/// Reports one of them at its place.
pub(crate) fn report<'c>(context: &'c mut RuleContext<'_>, untied: &Untied<'_>, message: String) -> &'c mut Finding {
    let facts = context.facts();
    let finding = context.report(untied.place(), message);
    untied.describe(facts, finding);
    finding.fix(untied.fix(facts));
    finding
}
