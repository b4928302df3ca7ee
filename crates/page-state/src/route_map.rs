//! The routes of a project as a table that can be filtered and sorted: who guards them, whose rows they give, and
//! what is to be thought of it.

use std::cmp::{Ordering, Reverse};

use report::{
    CredentialPart, Dependency, DependencyLevel, Guard, Identity, IdentitySource, Location, Ownership,
    OwnershipVerdict, Report, Route, RouteTable, Severity,
};

use crate::filter::has_words;

/// One method on one path.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteRow {
    pub method: String,
    pub path: String,
    pub handler: String,
    /// The decorator or call that registers it.
    pub location: Location,
    /// What FastAPI calls before the handler, in order, each once.
    pub steps: Vec<Step>,
    pub guard: Option<Guard>,
    pub identity: Option<Identity>,
    pub ownership: Ownership,
    pub verdict: RouteVerdict,
    /// Critical findings, warnings and suggestions about it.
    pub findings: [usize; 3],
    /// Index into the report's routes; `None` for what reaches no application.
    pub of_report: Option<usize>,
    /// Why it reaches no application.
    pub unmounted: Option<String>,
}

/// One call before a handler.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub name: String,
    pub level: DependencyLevel,
    /// Where it is asked for.
    pub declared: Location,
    /// Where the project defines it.
    pub definition: Option<Location>,
    pub role: StepRole,
    /// The route itself asks for it.
    pub is_direct: bool,
    /// What it asks for in turn: indices into the steps of its route.
    pub needs: Vec<usize>,
}

/// What a step has to do with the identity of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepRole {
    /// It is on the way to the place that verifies.
    Guards,
    /// It reads the credential.
    Reads(CredentialPart),
    /// It asks for something that reads the credential; nothing is known to verify it.
    Carries,
    /// Nothing: a database session, settings.
    Other,
}

/// The worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RouteVerdict {
    /// A critical finding is about it, or others' rows can be reached through it.
    AtRisk,
    /// A warning is about it, or the caller is taken for someone without proof.
    Doubtful,
    /// Nobody is asked who they are, and nothing speaks against that.
    Open,
    /// The settings say that anyone may call it.
    Public,
    /// It reaches no application.
    Unmounted,
    /// Something verifies the caller, and nothing worse than a suggestion is about it.
    Guarded,
}

impl RouteVerdict {
    pub const ALL: [RouteVerdict; 6] = [
        RouteVerdict::AtRisk,
        RouteVerdict::Doubtful,
        RouteVerdict::Open,
        RouteVerdict::Public,
        RouteVerdict::Unmounted,
        RouteVerdict::Guarded,
    ];

    /// For the names of classes and values.
    pub fn name(self) -> &'static str {
        match self {
            RouteVerdict::AtRisk => "at-risk",
            RouteVerdict::Doubtful => "doubtful",
            RouteVerdict::Open => "open",
            RouteVerdict::Public => "public",
            RouteVerdict::Unmounted => "unmounted",
            RouteVerdict::Guarded => "guarded",
        }
    }
}

/// The rows of a report and the table that was made with it: routes of applications in the order in which FastAPI
/// tries them, then those that reach none. Applications of tests are left out.
pub fn route_rows(report: &Report, table: &RouteTable) -> Vec<RouteRow> {
    let is_of_test = |route: &&Route| {
        let mut applications = table.applications.iter();
        applications.any(|known| known.test && Some(&known.name) == route.application.as_ref())
    };
    let mounted = table.routes.iter().filter(|route| !is_of_test(route)).enumerate();
    let mounted = mounted.map(|(index, route)| {
        // Both lists are made of the same routes.
        let of_report = report.routes.get(index).map(|_| index);
        row(report, route, of_report, None)
    });
    let unmounted = table.unmounted.iter();
    let unmounted = unmounted.map(|found| row(report, &found.route, None, Some(found.reason.clone())));
    mounted.chain(unmounted).collect()
}

fn row(report: &Report, route: &Route, of_report: Option<usize>, unmounted: Option<String>) -> RouteRow {
    let summary = of_report.and_then(|index| report.routes.get(index));
    let mut findings = [0; 3];
    for fingerprint in summary.iter().flat_map(|summary| &summary.findings) {
        let found = report.findings.iter().find(|found| found.fingerprint == *fingerprint);
        if let Some(found) = found {
            findings[found.severity as usize] += 1;
        }
    }
    let mut row = RouteRow {
        method: route.method.clone(),
        path: route.path.clone(),
        handler: route.handler.clone(),
        location: route.location.clone(),
        steps: steps(route),
        guard: route.guard.clone(),
        identity: route.identity.clone(),
        ownership: route.ownership.clone(),
        verdict: RouteVerdict::Open,
        findings,
        of_report,
        unmounted,
    };
    row.verdict = verdict(&row, summary.is_some_and(|summary| summary.public));
    row
}

fn verdict(row: &RouteRow, is_public: bool) -> RouteVerdict {
    let unproven = |identity: &Identity| {
        matches!(
            identity.source,
            IdentitySource::UnverifiedClaim | IdentitySource::Client
        )
    };
    let [critical, warnings, _] = row.findings;
    if row.unmounted.is_some() {
        RouteVerdict::Unmounted
    } else if critical > 0 || row.ownership.verdict == OwnershipVerdict::Missing {
        RouteVerdict::AtRisk
    } else if warnings > 0 || row.identity.as_ref().is_some_and(unproven) {
        RouteVerdict::Doubtful
    } else if row.guard.is_some() {
        RouteVerdict::Guarded
    } else if is_public {
        RouteVerdict::Public
    } else {
        RouteVerdict::Open
    }
}

fn steps(route: &Route) -> Vec<Step> {
    let evidence = route.guard.iter().flat_map(|guard| &guard.evidence);
    let guarding: Vec<&Location> = evidence.map(|note| &note.location).collect();
    let mut out = Vec::new();
    for dependency in &route.dependencies {
        add(&mut out, dependency, &guarding, true);
    }
    out
}

/// Adds a dependency behind those that it needs, and gives its index. The depth is that of dependencies, which the
/// audit bounds.
fn add(out: &mut Vec<Step>, dependency: &Dependency, guarding: &[&Location], is_direct: bool) -> usize {
    let needs: Vec<usize> = dependency
        .dependencies
        .iter()
        .map(|needed| add(out, needed, guarding, false))
        .collect();
    let same = |step: &Step| step.name == dependency.name && step.definition == dependency.definition;
    if let Some(known) = out.iter().position(same) {
        // FastAPI calls it once and keeps the result.
        let guards = guarding.contains(&&dependency.declared);
        let step = &mut out[known];
        step.is_direct |= is_direct;
        if guards && step.role != StepRole::Guards && !matches!(step.role, StepRole::Reads(_)) {
            step.role = StepRole::Guards;
        }
        return known;
    }
    let carries = needs.iter().any(|&needed| out[needed].role != StepRole::Other);
    let role = match dependency.credential {
        Some(part) => StepRole::Reads(part),
        None if guarding.contains(&&dependency.declared) => StepRole::Guards,
        None if carries => StepRole::Carries,
        None => StepRole::Other,
    };
    out.push(Step {
        name: dependency.name.clone(),
        level: dependency.level,
        declared: dependency.declared.clone(),
        definition: dependency.definition.clone(),
        role,
        is_direct,
        needs,
    });
    out.len() - 1
}

/// Which routes are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RouteFilter {
    /// Words, each of them in the method, the path, the handler, the file or the name of something that is called before.
    pub text: String,
    pub method: Option<String>,
    pub verdict: Option<RouteVerdict>,
}

impl RouteFilter {
    pub fn is_open(&self) -> bool {
        self.text.trim().is_empty() && self.method.is_none() && self.verdict.is_none()
    }

    fn admits(&self, row: &RouteRow) -> bool {
        let mut texts: Vec<&str> = vec![&row.method, &row.path, &row.handler, &row.location.file];
        texts.extend(row.steps.iter().map(|step| step.name.as_str()));
        texts.extend(row.guard.iter().map(|guard| guard.name.as_str()));
        self.method.as_ref().is_none_or(|asked| row.method == *asked)
            && self.verdict.is_none_or(|asked| row.verdict == asked)
            && has_words(&self.text, &texts)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouteColumn {
    Method,
    Path,
    Guards,
    Identity,
    Ownership,
    Verdict,
}

impl RouteColumn {
    pub const ALL: [RouteColumn; 6] = [
        RouteColumn::Method,
        RouteColumn::Path,
        RouteColumn::Guards,
        RouteColumn::Identity,
        RouteColumn::Ownership,
        RouteColumn::Verdict,
    ];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteSort {
    pub column: RouteColumn,
    pub is_descending: bool,
}

impl RouteSort {
    /// What a click on the head of a column leads to: ascending, descending, then the order of the application.
    pub fn next(now: Option<RouteSort>, column: RouteColumn) -> Option<RouteSort> {
        match now {
            Some(sort) if sort.column == column && sort.is_descending => None,
            Some(sort) if sort.column == column => Some(RouteSort {
                column,
                is_descending: true,
            }),
            _ => Some(RouteSort {
                column,
                is_descending: false,
            }),
        }
    }
}

/// Indices of the rows to show, in order. Equal ones stay in the order of the application.
pub fn shown_routes(rows: &[RouteRow], filter: &RouteFilter, sort: Option<RouteSort>) -> Vec<usize> {
    let admitted = rows.iter().enumerate().filter(|(_, row)| filter.admits(row));
    let mut shown: Vec<usize> = admitted.map(|(index, _)| index).collect();
    if let Some(RouteSort { column, is_descending }) = sort {
        text::sort_by(&mut shown, |&a, &b| {
            let order = compare(&rows[a], &rows[b], column);
            if is_descending { order.reverse() } else { order }
        });
    }
    shown
}

fn compare(a: &RouteRow, b: &RouteRow, column: RouteColumn) -> Ordering {
    match column {
        RouteColumn::Method => a.method.cmp(&b.method),
        RouteColumn::Path => a.path.cmp(&b.path),
        // What has something to say comes before what has not.
        RouteColumn::Guards => {
            let key = |row: &RouteRow| {
                let guard = row.guard.as_ref().map(|guard| guard.name.clone());
                (Reverse(guard.is_some()), guard, Reverse(row.steps.len()))
            };
            key(a).cmp(&key(b))
        }
        RouteColumn::Identity => {
            let key = |row: &RouteRow| {
                let identity = row.identity.as_ref();
                let identity = identity.map(|found| (found.source as u8, found.name.clone()));
                (Reverse(identity.is_some()), identity)
            };
            key(a).cmp(&key(b))
        }
        RouteColumn::Ownership => {
            let key = |row: &RouteRow| {
                let rank = match row.ownership.verdict {
                    OwnershipVerdict::Missing => 0,
                    OwnershipVerdict::Unknown => 1,
                    OwnershipVerdict::Enforced => 2,
                    OwnershipVerdict::NotApplicable => 3,
                };
                (rank, row.ownership.data.clone())
            };
            key(a).cmp(&key(b))
        }
        RouteColumn::Verdict => {
            let key = |row: &RouteRow| (row.verdict, Reverse(row.findings));
            key(a).cmp(&key(b))
        }
    }
}

/// The methods of some routes, each once, by name.
pub fn route_methods(rows: &[RouteRow]) -> Vec<String> {
    let mut methods: Vec<String> = rows.iter().map(|row| row.method.clone()).collect();
    text::sort(&mut methods);
    methods.dedup();
    methods
}

/// How many routes have a verdict, the worst first; verdicts without a route are left out.
pub fn route_verdicts(rows: &[RouteRow]) -> Vec<(RouteVerdict, usize)> {
    let counted = RouteVerdict::ALL.map(|verdict| {
        let with = rows.iter().filter(|row| row.verdict == verdict);
        (verdict, with.count())
    });
    counted.into_iter().filter(|(_, count)| *count > 0).collect()
}

/// The worst severity among a row's findings.
pub fn worst(findings: [usize; 3]) -> Option<Severity> {
    [Severity::Critical, Severity::Warning, Severity::Suggestion]
        .into_iter()
        .find(|severity| findings[*severity as usize] > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::audited;

    const SERVICE: &str = "
import os
import jwt
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.security import HTTPBearer

app = FastAPI()
bearer = HTTPBearer()
SECRET = os.environ['BETTER_AUTH_SECRET']

def get_settings(): ...
def get_session(): ...

def caller(credentials=Depends(bearer), settings=Depends(get_settings)) -> str:
    try:
        claims = jwt.decode(credentials.credentials, SECRET, algorithms=['HS256'], options={'require': ['exp', 'sub']})
    except jwt.PyJWTError:
        raise HTTPException(status_code=401, detail='Not authenticated', headers={'WWW-Authenticate': 'Bearer'})
    return claims['sub']

def unchecked(credentials=Depends(bearer)) -> str:
    return jwt.decode(credentials.credentials, options={'verify_signature': False})['sub']

@app.get('/me')
def me(session=Depends(get_session), user_id: str = Depends(caller)):
    return {'id': user_id}

@app.post('/guess')
def guess(user_id: str = Depends(unchecked)):
    return {'id': user_id}

@app.get('/health')
def health():
    return {}

lost = APIRouter()

@lost.get('/lost')
def nobody(): ...
";

    #[test]
    fn rows_say_who_guards_and_what_to_think() {
        let (report, table) = audited(SERVICE);
        let rows = route_rows(&report, &table);
        let shown: Vec<(&str, RouteVerdict)> = rows.iter().map(|row| (row.path.as_str(), row.verdict)).collect();
        assert_eq!(
            shown,
            [
                ("/me", RouteVerdict::Guarded),
                ("/guess", RouteVerdict::AtRisk),
                ("/health", RouteVerdict::Open),
                ("/lost", RouteVerdict::Unmounted),
            ]
        );
        assert_eq!((rows[2].of_report, rows[3].of_report), (Some(2), None));
        assert!(rows[1].findings[0] > 0);
        assert!(rows[3].unmounted.is_some());
    }

    #[test]
    fn steps_stand_in_the_order_of_their_calls() {
        let (report, table) = audited(SERVICE);
        let rows = route_rows(&report, &table);
        let steps: Vec<(&str, StepRole, bool, &[usize])> = rows[0]
            .steps
            .iter()
            .map(|step| (step.name.as_str(), step.role, step.is_direct, step.needs.as_slice()))
            .collect();
        assert_eq!(
            steps,
            [
                ("get_session", StepRole::Other, true, &[][..]),
                (
                    "fastapi.security.HTTPBearer",
                    StepRole::Reads(CredentialPart::Header),
                    false,
                    &[]
                ),
                ("get_settings", StepRole::Other, false, &[]),
                ("caller", StepRole::Guards, true, &[1, 2]),
            ]
        );
        assert_eq!(rows[1].steps[1].role, StepRole::Carries);
    }

    #[test]
    fn filtered_and_sorted() {
        let (report, table) = audited(SERVICE);
        let rows = route_rows(&report, &table);
        let shown = |filter: RouteFilter, sort: Option<RouteSort>| -> Vec<&str> {
            let shown = shown_routes(&rows, &filter, sort).into_iter();
            shown.map(|index| rows[index].path.as_str()).collect()
        };
        let open = RouteFilter::default;
        let text = |text: &str| RouteFilter {
            text: text.to_owned(),
            ..open()
        };
        assert_eq!(shown(text("httpbearer"), None), ["/me", "/guess"]);
        assert_eq!(shown(text("post gue"), None), ["/guess"]);
        let method = RouteFilter {
            method: Some("GET".to_owned()),
            ..open()
        };
        assert_eq!(shown(method, None), ["/me", "/health", "/lost"]);
        let verdict = RouteFilter {
            verdict: Some(RouteVerdict::Open),
            ..open()
        };
        assert_eq!(shown(verdict, None), ["/health"]);

        let mut sort = RouteSort::next(None, RouteColumn::Verdict);
        assert_eq!(shown(open(), sort), ["/guess", "/health", "/lost", "/me"]);
        sort = RouteSort::next(sort, RouteColumn::Verdict);
        assert_eq!(shown(open(), sort), ["/me", "/lost", "/health", "/guess"]);
        sort = RouteSort::next(sort, RouteColumn::Verdict);
        assert_eq!(sort, None);
        for column in RouteColumn::ALL {
            let mut paths = shown(open(), RouteSort::next(None, column));
            paths.sort_unstable();
            assert_eq!(paths, ["/guess", "/health", "/lost", "/me"], "{column:?}");
        }
        assert_eq!(route_methods(&rows), ["GET", "POST"]);
        assert_eq!(
            route_verdicts(&rows)[..2],
            [(RouteVerdict::AtRisk, 1), (RouteVerdict::Open, 1)]
        );
        assert_eq!(worst(rows[1].findings), Some(Severity::Critical));
    }
}
