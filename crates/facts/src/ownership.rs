//! Whether a route gives callers their own rows alone.
//!
//! The dependencies of a route and its handler are run on every way, with the functions that they call. Each access
//! to rows that somebody owns is *open* until something ties it to the verified identity: a predicate of the query,
//! a comparison of the row after the fetch, the parent that the row belongs to, a branch for administrators. What is
//! open where the route answers, or where it changes the row, is untied. What cannot be followed is unknown, which
//! is not untied.

mod additions;
mod caller;
mod checks;
mod owners;
mod path;
mod repairs;
mod row_security;
mod rows;
mod run;
mod state;
mod ties;
mod values;

use std::cell::{Cell, OnceCell, RefCell};

use rustc_hash::{FxHashMap, FxHashSet};
use semantic::{FunctionRef, Model};
use text::Span;

use crate::Facts;
use crate::applications::{Applications, Operation};
use crate::authentication::{Authentication, Calls, RouteAuthentication};
use crate::data::Data;
use crate::flow::Flow;
use crate::models::DataModelId;
use crate::queries::Query;
use caller::Spelling;
use owners::Owners;

pub use caller::CallerValue;
pub use repairs::{NewParameter, OwnerRepair, Pass, RepairForm};

/// Columns that say whose rows of a model are, and whether more than their name says so.
#[derive(Debug, Default)]
pub struct OwnerColumns {
    by_model: FxHashMap<DataModelId, Vec<(String, bool)>>,
}

/// What a route does with rows that somebody owns.
#[derive(Debug, Clone, Default)]
pub struct RouteOwnership {
    pub verdict: OwnershipVerdict,
    /// Models whose rows are read or changed.
    pub data: Vec<DataModelId>,
    /// What ties rows to the caller, or does not.
    pub evidence: Vec<(Span, String)>,
    /// Each access to rows that somebody owns, in the order in which the route meets them.
    pub accesses: Vec<RowAccess>,
    /// Rows that are put below a parent which nobody compares with the caller.
    pub additions: Vec<Addition>,
    /// Something is changed before the caller's right to it is checked.
    pub late_checks: Vec<LateCheck>,
    /// The key of the caller's own row among the users, as the handler writes it.
    pub own_key: Option<CallerValue>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OwnershipVerdict {
    /// Some access cannot be followed.
    Unknown,
    /// No rows that anyone owns.
    #[default]
    NotApplicable,
    Enforced,
    Missing,
}

/// One access to rows that somebody owns.
#[derive(Debug, Clone)]
pub struct RowAccess {
    /// Index in [`crate::queries::Queries::all`].
    pub query: usize,
    /// What gives the rows.
    pub span: Span,
    pub model: DataModelId,
    /// The column that should be tied; nothing for the rows of a parent that somebody owns.
    pub owner: Option<String>,
    /// Many rows, not the one with a given key.
    pub is_many: bool,
    /// They belong to an owned parent and are taken by its key.
    pub is_child: bool,
    pub tie: Tie,
    /// What happens to the rows while they are not tied.
    pub exposure: Option<Exposure>,
    /// From the handler to the function of the query: the calls, outermost first.
    pub trace: Vec<(Span, String)>,
    /// Comparisons of the row that look like checks and let everybody pass.
    pub failed_checks: Vec<FailedCheck>,
    /// What ties the rows, where the access is not tied and it is sure how.
    pub repair: Option<OwnerRepair>,
    /// What the handler would have to compare with what the client says: the caller's own value of the column.
    pub own_value: Option<CallerValue>,
}

/// A row that is put below a parent whose key the client says.
#[derive(Debug, Clone)]
pub struct Addition {
    /// What makes the row, or changes its parent.
    pub span: Span,
    pub model: DataModelId,
    pub parent: DataModelId,
    /// The column of the parent that should be tied.
    pub owner: String,
    /// From the handler to the function that adds it.
    pub trace: Vec<(Span, String)>,
}

/// What limits rows to those of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tie {
    /// A condition of the query.
    Predicate(Span),
    /// A comparison after the fetch.
    Comparison(Span),
    /// A row that is itself tied: its parent, its child, the membership of the caller.
    Related,
    /// Only rows that anyone may see are read.
    Public,
    /// Only callers with special rights get here.
    Privileged,
    /// The client says whose rows: other rules judge that.
    ClientSays,
    /// It cannot be told.
    Unknown,
    /// Nothing.
    Nothing,
}

/// How untied rows get out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    /// They are sent to the client here.
    Read(Span),
    /// They are changed here.
    Write(Span),
    /// They are deleted here.
    Delete(Span),
}

/// A comparison that looks like a check of the owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedCheck {
    pub span: Span,
    pub fault: CheckFault,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckFault {
    /// Nothing is done with its result.
    Unused,
    /// `assert` is left out of optimised code.
    Assert,
    /// Whoever fails it goes on.
    GoesOn,
    /// Whoever passes it is turned away, the others go on.
    Inverted,
    /// It compares something else than the owner with the caller.
    WrongThing,
    /// It compares a part of the owner with a part of the caller.
    Partly,
    /// The check is a coroutine that is never awaited.
    NotAwaited,
}

/// A change that comes before the check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateCheck {
    pub change: Span,
    pub check: Span,
    /// The row is compared; otherwise the caller's rights.
    pub is_owner: bool,
    pub is_delete: bool,
    pub model: Option<DataModelId>,
}

/// What is asked of one project.
pub(crate) struct Judge<'m, 'a> {
    model: &'m Model<'a>,
    flow: &'m Flow<'m, 'a>,
    calls: &'m Calls<'m, 'a>,
    data: &'m Data,
    owners: Owners,
    /// The rows are those of users themselves, which belong to whom they describe.
    is_of_users: bool,
    /// Whether running a function can matter.
    relevant: RefCell<FxHashMap<FunctionRef, bool>>,
    /// Calls that are still entered, for all routes.
    left: Cell<usize>,
    /// Models that routes without authentication read: one row, many rows.
    public_reads: RefCell<Option<FxHashSet<(DataModelId, bool)>>>,
    open_handlers: Vec<FunctionRef>,
    /// Functions of routes, guarded or not.
    handlers: FxHashSet<FunctionRef>,
    spellings: OnceCell<Vec<Spelling>>,
    secured: OnceCell<row_security::Secured>,
}

impl Judge<'_, '_> {
    /// How the project writes the caller's values of columns.
    fn spellings(&self) -> &[Spelling] {
        self.spellings
            .get_or_init(|| caller::spellings(self.model, self.flow, self.data))
    }
}

/// What routes do with the rows of users themselves.
pub(crate) struct UserRows<'m, 'a>(Judge<'m, 'a>);

/// Calls that are entered for all routes of a project.
const MAX_ENTRIES: usize = 40_000;

impl Facts<'_> {
    /// The access to data that a [`RowAccess`] speaks of.
    pub fn query_of(&self, access: &RowAccess) -> &Query {
        &self.data().queries.all[access.query]
    }
}

/// Says of each route that somebody is authenticated for what it does with rows that somebody owns.
pub(crate) fn judge(
    model: &Model<'_>,
    applications: &Applications,
    flow: &Flow<'_, '_>,
    calls: &Calls<'_, '_>,
    data: &Data,
    authentication: &mut Authentication,
) {
    // Without a caller there is nobody to own anything.
    let is_guarded = |route: &RouteAuthentication| route.guard.is_some() || route.claimed.is_some();
    let mut all = authentication.routes.iter().chain(&authentication.unmounted);
    if data.queries.all.is_empty() || !all.any(is_guarded) {
        return;
    }
    let judge = Judge {
        model,
        flow,
        calls,
        data,
        owners: Owners::new(model, flow, data),
        is_of_users: false,
        relevant: RefCell::default(),
        left: Cell::new(MAX_ENTRIES),
        public_reads: RefCell::default(),
        open_handlers: open_handlers(applications, authentication),
        handlers: handlers(applications),
        spellings: OnceCell::new(),
        secured: OnceCell::new(),
    };
    for (route, known) in applications.routes.iter().zip(&mut authentication.routes) {
        if is_guarded(known) && !applications.applications[route.application].is_test {
            known.ownership = run::route(&judge, &route.operation);
        }
    }
    // Routers of a project without an application: the file with it was not given. Others are never reached.
    if applications.applications.is_empty() {
        for (route, known) in applications.unmounted.iter().zip(&mut authentication.unmounted) {
            if is_guarded(known) {
                known.ownership = run::route(&judge, &route.operation);
            }
        }
    }
    for (id, _) in data.models.all() {
        let columns = judge.owners.columns(id).iter();
        let columns: Vec<(String, bool)> = columns.map(|column| (column.name.clone(), column.is_certain)).collect();
        if !columns.is_empty() {
            authentication.owners.by_model.insert(id, columns);
        }
    }
}

fn handlers(applications: &Applications) -> FxHashSet<FunctionRef> {
    let mounted = applications.routes.iter().map(|route| &route.operation);
    let unmounted = applications.unmounted.iter().map(|route| &route.operation);
    let operations = mounted.chain(unmounted);
    operations
        .filter_map(|operation| operation.handler.function())
        .collect()
}

impl<'m, 'a> UserRows<'m, 'a> {
    pub(crate) fn new(
        model: &'m Model<'a>,
        flow: &'m Flow<'m, 'a>,
        calls: &'m Calls<'m, 'a>,
        data: &'m Data,
    ) -> UserRows<'m, 'a> {
        UserRows(Judge {
            model,
            flow,
            calls,
            data,
            owners: Owners::of_users(data),
            is_of_users: true,
            relevant: RefCell::default(),
            left: Cell::new(MAX_ENTRIES),
            public_reads: RefCell::default(),
            open_handlers: Vec::new(),
            handlers: FxHashSet::default(),
            spellings: OnceCell::new(),
            secured: OnceCell::new(),
        })
    }

    /// Each access of a route to the rows of users.
    pub(crate) fn accesses(&self, operation: &Operation) -> Vec<RowAccess> {
        run::route(&self.0, operation).accesses
    }
}

/// Handlers of the routes that anyone may call.
fn open_handlers(applications: &Applications, authentication: &Authentication) -> Vec<FunctionRef> {
    let routes = applications.routes.iter().zip(&authentication.routes);
    let open = routes.filter(|(route, known)| {
        known.guard.is_none()
            && known.attempt.is_none()
            && !applications.applications[route.application].is_test
            && route.operation.methods.iter().any(|method| method == "GET")
    });
    open.filter_map(|(route, _)| route.operation.handler.function())
        .collect()
}

impl OwnerColumns {
    pub fn owns(&self, model: DataModelId, column: &str) -> bool {
        let columns = self.by_model.get(&model);
        columns.is_some_and(|columns| columns.iter().any(|(name, _)| name == column))
    }

    /// Whether some column says whose the rows are.
    pub fn has_owner(&self, model: DataModelId) -> bool {
        self.by_model.get(&model).is_some_and(|columns| !columns.is_empty())
    }

    /// The project fills the column with the caller, compares it to the caller, or it refers to the model of users.
    pub fn is_certain(&self, model: DataModelId, column: &str) -> bool {
        let columns = self.by_model.get(&model);
        columns.is_some_and(|columns| columns.iter().any(|(name, is_certain)| name == column && *is_certain))
    }
}

impl RouteOwnership {
    /// The verdict follows from the accesses.
    fn settle(&mut self, has_unknown: bool) {
        let mut verdict = OwnershipVerdict::NotApplicable;
        for access in &self.accesses {
            let found = match access.tie {
                Tie::Nothing if access.exposure.is_some() => OwnershipVerdict::Missing,
                // Looked at, and not shown.
                Tie::Nothing | Tie::Public => continue,
                Tie::Unknown => OwnershipVerdict::Unknown,
                Tie::ClientSays => OwnershipVerdict::Missing,
                Tie::Predicate(_) | Tie::Comparison(_) | Tie::Related | Tie::Privileged => OwnershipVerdict::Enforced,
            };
            verdict = worse(verdict, found);
        }
        if has_unknown && verdict != OwnershipVerdict::Missing {
            verdict = OwnershipVerdict::Unknown;
        }
        self.verdict = verdict;
    }
}

fn worse(a: OwnershipVerdict, b: OwnershipVerdict) -> OwnershipVerdict {
    use OwnershipVerdict::{Enforced, Missing, NotApplicable, Unknown};
    let rank = |verdict| match verdict {
        NotApplicable => 0,
        Enforced => 1,
        Unknown => 2,
        Missing => 3,
    };
    if rank(a) >= rank(b) { a } else { b }
}
