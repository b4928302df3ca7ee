//! What in the code proves each item of the checklist.
//!
//! Tests and routes of tests prove nothing. Nothing is concluded from silence alone: where nothing is seen, the item
//! is unknown, or does not apply.

use facts::Facts;
use facts::applications::Route;
use facts::authentication::{GuardKind, RouteAuthentication};
use facts::dependencies::{CallableKind, Dependency};
use facts::flow::OriginKind;
use facts::keys::{Key, KeySource};
use facts::libraries::Expiry;
use facts::ownership::OwnershipVerdict;
use facts::tokens::TokenDecode;
use facts::validation::Validation;
use text::Span;

use super::Proof;
use crate::options::Options;

type Places = Vec<(Span, String)>;

/// For each item, in order.
pub(super) fn all(facts: &Facts<'_>, options: &Options) -> [Proof; 12] {
    let known = Known::new(facts, options);
    [
        known.bearer_alone(),
        known.signature(),
        known.expiry(),
        known.refusals(),
        known.centralised(),
        known.identity(),
        known.filtered(),
        known.owned(),
        known.no_sessions(),
        known.secrets(),
        known.queries(),
        known.fixed_errors(),
    ]
}

/// What several items look at.
struct Known<'k, 'a> {
    facts: &'k Facts<'a>,
    options: &'k Options,
    /// Decodes that check the signature.
    decodes: Vec<&'k TokenDecode>,
    /// Routes that something guards.
    guarded: Vec<(&'k Route, &'k RouteAuthentication)>,
    has_routes: bool,
}

const NO_TOKENS: Proof = Proof::NotApplicable("no token is read");

impl<'k, 'a> Known<'k, 'a> {
    fn new(facts: &'k Facts<'a>, options: &'k Options) -> Known<'k, 'a> {
        let applications = facts.applications();
        let routes = applications
            .routes
            .iter()
            .zip(&facts.authentication().routes)
            .filter(|(route, _)| !applications.applications[route.application].is_test);
        let checks_signature = |decode: &&TokenDecode| {
            let setting = decode.signature();
            !decode.call.is_test && !setting.unknown && setting.find(|flag| !flag).is_none()
        };
        Known {
            facts,
            options,
            decodes: facts.decodes.iter().filter(checks_signature).collect(),
            guarded: routes.clone().filter(|(_, known)| known.guard.is_some()).collect(),
            has_routes: routes.count() > 0,
        }
    }

    fn reads_tokens(&self) -> bool {
        !self.facts.decodes.is_empty() || !self.facts.unverified_reads.is_empty() || !self.guarded.is_empty()
    }

    /// Whether routes without a guard should have one is for findings to say.
    fn without_guards(&self) -> Proof {
        match self.has_routes {
            true => unknown("no route is seen to ask who calls"),
            false => Proof::NotApplicable("there are no routes"),
        }
    }

    /// 1: every guarded route asks for the header through one of FastAPI's schemes.
    fn bearer_alone(&self) -> Proof {
        if !self.reads_tokens() {
            return NO_TOKENS;
        }
        let mut places = Places::new();
        for (route, _) in &self.guarded {
            match bearer_scheme(&route.operation.dependencies) {
                Some((span, name)) => {
                    let message = ["`", name, "` takes the token from the header"].concat();
                    if !places.iter().any(|(known, _)| *known == span) {
                        places.push((span, message));
                    }
                }
                None => return unknown("where some routes take the token from is not followed"),
            }
        }
        proven("tokens are taken from `Authorization: Bearer` alone", places)
    }

    /// 2
    fn signature(&self) -> Proof {
        if !self.reads_tokens() {
            return NO_TOKENS;
        }
        let mut places = Places::new();
        let mut names: Vec<&str> = Vec::new();
        for decode in &self.decodes {
            let Some(key) = &decode.key else {
                return unknown("a key is not followed");
            };
            for source in &key.sources {
                match &source.value {
                    KeySource::Environment {
                        variable: Some(name), ..
                    } if *name == self.options.secret_name => names.push(name),
                    KeySource::Environment {
                        variable: Some(name), ..
                    } => {
                        let why = [
                            "a key comes from `",
                            name,
                            "`, not from `",
                            &self.options.secret_name,
                            "`",
                        ];
                        return Proof::Unknown(why.concat());
                    }
                    KeySource::PublicKey | KeySource::KeySet { .. } => {}
                    _ => return unknown("where a key comes from is not followed"),
                }
            }
            if key.sources.is_empty() {
                return unknown("where a key comes from is not followed");
            }
            places.push((decode.call.span, self.callee(decode) + " verifies the signature"));
        }
        let what = match names.first() {
            Some(name) => ["signatures are verified with `", name, "` from the environment"].concat(),
            None => "signatures are verified with a public key or key set".to_owned(),
        };
        proven(&what, places)
    }

    /// 3
    fn expiry(&self) -> Proof {
        if !self.reads_tokens() {
            return NO_TOKENS;
        }
        let mut places = Places::new();
        for decode in &self.decodes {
            let flag = decode.flag("verify_exp");
            let is_checked = !flag.unknown && flag.find(|flag| !flag).is_none();
            let is_validated =
                decode.library.expiry == Expiry::Rejected || decode.validation == Some(Validation::Always);
            if !is_checked || !is_validated {
                return unknown("whether expired tokens are refused is not followed");
            }
            places.push((decode.call.span, self.callee(decode) + " refuses expired tokens"));
        }
        proven("expired tokens are refused", places)
    }

    /// 4: the functions that verify turn callers away with 401.
    fn refusals(&self) -> Proof {
        if !self.reads_tokens() {
            return NO_TOKENS;
        }
        let places = self
            .refusals_of_guards()
            .map(|(span, _)| (span, "answers with 401".to_owned()));
        proven("callers without a good token are answered with 401", places.collect())
    }

    /// 12
    fn fixed_errors(&self) -> Proof {
        if !self.reads_tokens() {
            return NO_TOKENS;
        }
        let refusals: Vec<(Span, bool)> = self.refusals_of_guards().collect();
        if refusals.iter().any(|(_, is_fixed)| !is_fixed) {
            return unknown("what callers are told is not constant");
        }
        let places = refusals
            .into_iter()
            .map(|(span, _)| (span, "says nothing of the cause".to_owned()));
        proven(
            "callers that are turned away are told nothing of the cause",
            places.collect(),
        )
    }

    /// 401s in functions that verify, or that lie on the way there, and those that such a file keeps ready in a
    /// constant; with whether their text is constant.
    fn refusals_of_guards(&self) -> impl Iterator<Item = (Span, bool)> {
        let of_decodes = self.decodes.iter().map(|decode| decode.call.span);
        let of_guards = self.guarded.iter().filter_map(|(_, known)| known.guard.as_ref());
        let mut verifying: Vec<Span> = of_guards
            .flat_map(|guard| guard.evidence.iter().map(|(span, _)| *span))
            .chain(of_decodes)
            .collect();
        text::sort_by_number(&mut verifying, |span| span.number());
        verifying.dedup();
        let refusals = self.facts.refusals().iter();
        refusals
            .filter(move |refusal| {
                let function = refusal.function.as_ref().map(|function| function.span.range);
                let is_inside = |span: &Span| {
                    span.file == refusal.span.file
                        && function.is_none_or(|function| function.contains_range(span.range))
                };
                verifying.iter().any(is_inside)
            })
            .map(|refusal| (refusal.span, refusal.is_fixed_text))
    }

    /// 5
    fn centralised(&self) -> Proof {
        if self.guarded.is_empty() {
            return self.without_guards();
        }
        let mut places = Places::new();
        for (_, known) in &self.guarded {
            let Some(guard) = &known.guard else { continue };
            if guard.kind == GuardKind::Handler {
                return unknown("some handlers verify for themselves");
            }
            let Some((span, _)) = guard.evidence.last() else {
                continue;
            };
            if !places.iter().any(|(known, _)| known == span) {
                places.push((*span, ["`", &guard.name, "` verifies here"].concat()));
            }
        }
        if places.iter().any(|(span, _)| span.file != places[0].0.file) {
            return unknown("tokens are verified in several files");
        }
        proven("one dependency or middleware verifies for all routes", places)
    }

    /// 6
    fn identity(&self) -> Proof {
        if self.guarded.is_empty() {
            return self.without_guards();
        }
        let mut places = Places::new();
        for (_, known) in &self.guarded {
            let Some(identity) = &known.identity else { continue };
            let message = match &identity.origin.kind {
                OriginKind::Claim { name: Some(name), .. } => ["the claim `", name, "` names the user"].concat(),
                _ => "the verified token names the user".to_owned(),
            };
            if !places.iter().any(|(known, _)| *known == identity.origin.span) {
                places.push((identity.origin.span, message));
            }
        }
        proven("the user comes from the verified token", places)
    }

    /// 7: reads of rows that somebody owns.
    fn filtered(&self) -> Proof {
        self.ownership(|method| method == "GET", "reads are limited to the caller's rows")
    }

    /// 8: with changes among them.
    fn owned(&self) -> Proof {
        let changes = |(route, known): &&(&Route, &RouteAuthentication)| {
            let methods = &route.operation.methods;
            known.ownership.verdict == OwnershipVerdict::Enforced && methods.iter().any(|method| method != "GET")
        };
        if self.guarded.iter().any(|route| changes(&route)) {
            self.ownership(|_| true, "reads and changes are limited to the caller's rows")
        } else if self.has_owned_data() {
            unknown("no change of a row that somebody owns is followed")
        } else {
            Proof::NotApplicable("no rows that anyone owns are changed")
        }
    }

    fn ownership(&self, is_meant: fn(&str) -> bool, what: &str) -> Proof {
        let mut places = Places::new();
        for (route, known) in &self.guarded {
            if !route.operation.methods.iter().any(|method| is_meant(method)) {
                continue;
            }
            match known.ownership.verdict {
                OwnershipVerdict::Enforced => {
                    let evidence = known.ownership.evidence.first();
                    places.extend(evidence.cloned());
                }
                OwnershipVerdict::NotApplicable => {}
                OwnershipVerdict::Unknown => return unknown("the queries of some routes are not followed"),
                OwnershipVerdict::Missing => return unknown("some routes reach rows of others"),
            }
        }
        if places.is_empty() && !self.has_owned_data() {
            return Proof::NotApplicable("no rows that anyone owns are read");
        }
        proven(what, places)
    }

    fn has_owned_data(&self) -> bool {
        let mut models = self.facts.data().models.all();
        models.any(|(_, model)| !model.owners.is_empty() && !model.is_user())
    }

    /// 9
    fn no_sessions(&self) -> Proof {
        if self.decodes.is_empty() {
            return match self.reads_tokens() {
                true => unknown("where tokens are verified is not followed"),
                false => NO_TOKENS,
            };
        }
        let has_session = |word: &str| {
            let mut files = self.facts.files().filter(|file| !self.facts.is_test(*file));
            files.any(|file| self.facts.text(file).contains(word))
        };
        let words = ["SessionMiddleware", "get-session"];
        if words.into_iter().any(has_session) || self.facts.reads_sessions() {
            return unknown("sessions are used, too");
        }
        let places = self.decodes.iter().map(|decode| {
            let message = self.callee(decode) + " verifies without a session or a call to others";
            (decode.call.span, message)
        });
        proven(
            "tokens are verified here, without sessions or calls to others",
            places.collect(),
        )
    }

    /// 10
    fn secrets(&self) -> Proof {
        let decodes = self.decodes.iter().filter_map(|decode| decode.key.as_ref());
        let encodes = self.facts.encodes.iter().filter(|encode| !encode.call.is_test);
        let keys: Vec<&Key> = decodes
            .chain(encodes.filter_map(|encode| encode.key.as_ref()))
            .collect();
        if keys.is_empty() {
            return Proof::NotApplicable("no secret is used");
        }
        let mut places = Places::new();
        for source in keys.iter().flat_map(|key| &key.sources) {
            match &source.value {
                KeySource::Environment {
                    variable, has_default, ..
                } if !has_default => {
                    let name = variable.as_deref().unwrap_or("a variable");
                    let message = ["`", name, "` is read from the environment"].concat();
                    if !places.iter().any(|(span, _)| *span == source.origin) {
                        places.push((source.origin, message));
                    }
                }
                KeySource::PublicKey | KeySource::KeySet { .. } => {}
                _ => return unknown("where a key comes from is not followed"),
            }
        }
        if places.is_empty() {
            return Proof::NotApplicable("keys are public");
        }
        proven("keys come from the environment", places)
    }

    /// 11
    fn queries(&self) -> Proof {
        let mut queries = self
            .facts
            .data()
            .queries
            .all
            .iter()
            .filter(|query| !query.is_test)
            .peekable();
        if queries.peek().is_none() {
            return Proof::NotApplicable("no database is queried");
        }
        if self.facts.sql_texts.iter().any(|text| !text.call.is_test) {
            return unknown("some SQL is put together from parts");
        }
        let places = queries.map(|query| (query.source, "a query with bound parameters".to_owned()));
        proven("queries are built with bound parameters", places.take(3).collect())
    }

    fn callee(&self, decode: &TokenDecode) -> String {
        ["`", self.facts.snippet(decode.call.callee), "`"].concat()
    }
}

/// The scheme that reads the header, among dependencies and what they ask for.
fn bearer_scheme(dependencies: &[Dependency]) -> Option<(Span, &str)> {
    let mut pending: Vec<&Dependency> = dependencies.iter().collect();
    let mut left = 200;
    while let Some(dependency) = pending.pop() {
        if let CallableKind::External { path, .. } = &dependency.callable.kind
            && let Some(name) = path.strip_prefix("fastapi.security.")
        {
            let name = name.rsplit('.').next().unwrap_or(name);
            if SCHEMES.contains(&name) {
                return Some((dependency.marker, name));
            }
        }
        left -= 1;
        if left == 0 {
            break;
        }
        pending.extend(dependency.dependencies.iter());
    }
    None
}

const SCHEMES: [&str; 4] = [
    "HTTPBearer",
    "OAuth2PasswordBearer",
    "OAuth2AuthorizationCodeBearer",
    "OpenIdConnect",
];

/// Proven by places; unknown without any.
fn proven(what: &str, places: Places) -> Proof {
    match places.is_empty() {
        true => unknown("nothing in the code proves it"),
        false => Proof::Proven {
            what: what.to_owned(),
            places,
        },
    }
}

fn unknown(why: &str) -> Proof {
    Proof::Unknown(why.to_owned())
}
