//! Keys that the token itself leads to: by a file, a query, an address or a key that its header names.

use std::rc::Rc;

use semantic::{ExprRef, Following, UseKind};
use syntax::ast::*;
use text::Span;

use crate::Facts;
use crate::claims::{ClaimFlow, Reach};
use crate::guards::{self, Place};
use crate::libraries::key_sinks::{SinkKind, sink};
use crate::places::subject_text;
use crate::tokens::TokenPart;

/// Something in a token that chooses the key by which it is verified.
#[derive(Debug, Clone)]
pub struct UntrustedKeySource {
    /// `kid`, `jku`, `x5u`, `jwk`, `iss`
    pub member: String,
    pub kind: SinkKind,
    /// What is made of it: the path, the text of the query, the address, the key.
    pub span: Span,
    /// Where the member is read.
    pub read: Span,
    /// What it is given to, as written.
    pub callee: String,
}

/// Members of a header, or of claims that nothing has verified, that say something about the key.
const MEMBERS: &[&str] = &[
    "kid", "jku", "x5u", "jwk", "x5c", "iss", "keyid", "key_id", "key", "url",
];

/// Steps from a member to what is made of it.
const MAX_STEPS: usize = 24;

impl Facts<'_> {
    /// In order of place.
    pub fn untrusted_key_sources(&self) -> Vec<UntrustedKeySource> {
        // Without a decode there is no key.
        if self.decodes.is_empty() {
            return Vec::new();
        }
        let flow = ClaimFlow::new(&self.model, &self.handlers);
        let mut out: Vec<UntrustedKeySource> = Vec::new();
        let reads = self.unverified_reads.iter().filter(|read| !read.call.is_test);
        let reads = reads.map(|read| (read.id, read.part));
        // `jwt.decode(token, options={"verify_signature": False})["iss"]`
        let peeks = self.decodes.iter().filter(|decode| decode.purpose.is_some());
        for (read, part) in reads.chain(peeks.map(|decode| (decode.id, TokenPart::Claims))) {
            for item in flow.of_value(read, Reach::Callers).reads {
                let is_routing = match part {
                    TokenPart::Header => MEMBERS.contains(&&*item.name),
                    TokenPart::Claims => &*item.name == "iss",
                };
                if is_routing {
                    self.follow(&flow, &item.name, item.item, &mut out);
                }
            }
        }
        text::sort_by_number(&mut out, |source| source.span.number());
        out.dedup_by_key(|source| source.span);
        out
    }

    fn follow(&self, flow: &ClaimFlow<'_, '_>, member: &Rc<str>, item: ExprRef, out: &mut Vec<UntrustedKeySource>) {
        let model = &self.model;
        let mut found: Vec<UntrustedKeySource> = Vec::new();
        // With whether it is part of a text by now.
        let mut pending = vec![(item, false)];
        let mut seen = 0;
        let following = Following {
            passes_through: &|path| path.starts_with("builtins.str") || path == "urllib.parse.unquote",
            into_callers: true,
        };
        while let Some((value, is_text)) = pending.pop() {
            seen += 1;
            if seen > MAX_STEPS {
                break;
            }
            for used in model.uses(value, following) {
                match used.kind {
                    // It is compared with what is known, or looked up there.
                    UseKind::Compared { comparison } if flow.decides(comparison) && !is_none(self, comparison) => {
                        return;
                    }
                    UseKind::Argument { call } => {
                        if is_check(self, call) {
                            return;
                        }
                        let sunk = self.sink_of(member, item, used.value, call, is_text);
                        let is_sunk = sunk.is_some();
                        found.extend(sunk);
                        // `os.path.join("keys", kid)`, `Path(kid)`
                        if !is_sunk && makes_path(self, call) {
                            pending.push((call, is_text));
                        }
                    }
                    UseKind::Attribute { name, call: Some(call) } => match &*name {
                        "isalnum" | "isdigit" | "isidentifier" | "startswith" if flow.decides(call) => return,
                        // `Path(kid).read_text()`
                        "read_text" | "read_bytes" if used.value != item => found.push(UntrustedKeySource {
                            member: member.to_string(),
                            kind: SinkKind::File,
                            span: model.span(used.value),
                            read: model.span(item),
                            callee: name.to_string(),
                        }),
                        "joinpath" => pending.push((call, is_text)),
                        _ => {}
                    },
                    // Part of a text or a path.
                    UseKind::Text | UseKind::Escapes => {
                        let ast = model.ast(used.value.file);
                        let Some(parent) = ast.parent_expr(used.value.id) else {
                            continue;
                        };
                        if matches!(ast[parent].kind, ExprKind::String { .. } | ExprKind::Binary { .. }) {
                            let whole = ExprRef {
                                file: used.value.file,
                                id: parent,
                            };
                            pending.push((whole, true));
                        }
                    }
                    _ => {}
                }
            }
        }
        // A check by a list or a pattern before the use.
        found.retain(|source| {
            let Some(expr) = model.expr_of(source.span) else {
                return true;
            };
            let is_listed = |at: ExprRef| {
                model.enclosing_function(at).is_some_and(|function| {
                    guards::is_allow_listed(model, function, &subject_text(model, item), Place::Expr(at))
                })
            };
            !is_listed(expr)
        });
        out.extend(found);
    }

    fn sink_of(
        &self,
        member: &Rc<str>,
        read: ExprRef,
        value: ExprRef,
        call: ExprRef,
        is_text: bool,
    ) -> Option<UntrustedKeySource> {
        let model = &self.model;
        let ast = model.ast(call.file);
        let ExprKind::Call { function, arguments } = ast[call.id].kind else {
            return None;
        };
        let callee = &*model.written(ExprRef {
            file: call.file,
            id: function,
        });
        let index = ast[arguments].iter().position(|argument| argument.value == value.id)?;
        let is_text = is_text || matches!(ast[value.id].kind, ExprKind::String { .. } | ExprKind::Binary { .. });
        let path = model.called_path(call);
        let method = match ast[function].kind {
            ExprKind::Attribute { name, .. } => model.file(call.file).source().name(name),
            _ => "",
        };
        // The key itself: `jwt.decode(token, header["jwk"])`.
        let decode = self.decodes.iter().find(|decode| decode.id == call);
        let is_key = decode.is_some_and(|decode| {
            let given = decode
                .call
                .argument(decode.function.key.position, decode.function.key.keywords);
            given.is_some_and(|given| given.value == model.span(value))
        });
        let kind = match is_key {
            true => matches!(&**member, "jwk" | "x5c" | "key").then_some(SinkKind::Key),
            false => sink(path.as_deref(), method, index, is_text),
        }?;
        // A bound parameter of a query, and a plain look-up in a store, are right.
        let is_plain_lookup = kind == SinkKind::Query && !is_text;
        let is_key_made = kind == SinkKind::Key && !is_key && !matches!(&**member, "jwk" | "x5c" | "key");
        if is_plain_lookup || is_key_made {
            return None;
        }
        Some(UntrustedKeySource {
            member: member.to_string(),
            kind,
            span: model.span(value),
            read: model.span(read),
            callee: callee.to_owned(),
        })
    }
}

fn is_none(facts: &Facts<'_>, comparison: ExprRef) -> bool {
    let ast = facts.model.ast(comparison.file);
    match ast[comparison.id].kind {
        ExprKind::Compare { rest, .. } => ast[rest]
            .iter()
            .any(|part| matches!(ast[part.right].kind, ExprKind::None)),
        _ => false,
    }
}

/// `re.fullmatch(PATTERN, kid)`, `UUID(kid)`, `os.path.basename(kid)`, `secure_filename(kid)`
fn is_check(facts: &Facts<'_>, call: ExprRef) -> bool {
    let ast = facts.model.ast(call.file);
    let ExprKind::Call { function, .. } = ast[call.id].kind else {
        return false;
    };
    let (ExprKind::Name(name) | ExprKind::Attribute { name, .. }) = ast[function].kind else {
        return false;
    };
    let name = facts.model.file(call.file).source().imported_name(name);
    matches!(
        name,
        "fullmatch" | "match" | "UUID" | "int" | "basename" | "secure_filename" | "quote" | "quote_plus"
    )
}

fn makes_path(facts: &Facts<'_>, call: ExprRef) -> bool {
    facts.model.called_path(call).is_some_and(|path| {
        matches!(
            &*path,
            "os.path.join"
                | "pathlib.Path"
                | "pathlib.PurePath"
                | "urllib.parse.urljoin"
                | "sqlalchemy.text"
                | "sqlalchemy.sql.text"
        ) || path.ends_with(".joinpath")
    })
}
