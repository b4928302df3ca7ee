//! Whether a value is the caller's, or what the client chose.

use std::rc::Rc;

use semantic::{ExprRef, Frame, NameUse, ValueKind};
use syntax::ast::*;

use super::owners::member_name;
use super::run::Run;
use crate::flow::{Origin, OriginKind, Origins, RequestPart};
use crate::libraries::owners::PRIVILEGE_WORDS;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// It comes from the verified identity, and from nothing that the client may choose.
    Caller,
    Client,
    /// Both.
    Mixed,
    /// Neither: constants, what is not followed.
    Other,
}

/// A part of the request with a name: the path's `task_id`.
pub(super) type Input = (RequestPart, String);

/// `same`: inputs that were compared with the caller and are as good.
pub(super) fn who(origins: &[Origin], same: &[Input]) -> Who {
    let is_same = |origin: &&Origin| input(origin).is_some_and(|input| same.contains(&input));
    let verified = origins
        .iter()
        .any(|origin| origin.kind.is_verified() || is_same(&origin));
    let client = origins
        .iter()
        .any(|origin| origin.kind.is_from_client() && !is_same(&origin));
    match (verified, client) {
        (true, false) => Who::Caller,
        (false, true) => Who::Client,
        (true, true) => Who::Mixed,
        (false, false) => Who::Other,
    }
}

fn input(origin: &Origin) -> Option<Input> {
    match &origin.kind {
        OriginKind::Request { part, name: Some(name) } => Some((*part, name.clone())),
        _ => None,
    }
}

pub(super) type Context<'f> = Option<&'f Rc<Frame>>;

/// The calls that a frame is in, innermost first.
pub(super) fn chain(frame: Context<'_>) -> Vec<ExprRef> {
    crate::dependencies::calls_of(frame)
}

impl Run<'_, '_, '_> {
    pub(super) fn origins(&self, expr: ExprRef, frame: Context<'_>) -> Rc<Origins> {
        self.judge.flow.origins_in(expr, frame)
    }

    pub(super) fn who(&self, expr: ExprRef, frame: Context<'_>, same: &[Input]) -> Who {
        who(&self.origins(expr, frame), same)
    }

    /// The inputs that a value is, under names that tell them apart.
    pub(super) fn inputs(&self, expr: ExprRef, frame: Context<'_>) -> Vec<Input> {
        let (outer, _) = self.passed(expr, frame);
        let member = member_name(self.judge.model, outer);
        let mut out: Vec<Input> = Vec::new();
        for origin in self.origins(expr, frame).iter() {
            let Some((part, name)) = input(origin) else { continue };
            let found = match (part, member) {
                (RequestPart::Body | RequestPart::Any, Some(member)) => (part, member.to_owned()),
                _ => (part, name),
            };
            if !out.contains(&found) {
                out.push(found);
            }
        }
        out
    }

    /// The argument at the outermost call, for a name that is a parameter.
    pub(super) fn passed(&self, expr: ExprRef, frame: Context<'_>) -> (ExprRef, Option<Rc<Frame>>) {
        let mut at = (expr, frame.cloned());
        for _ in 0..6 {
            let Some(current) = &at.1 else { break };
            let Some(found) = self.argument(at.0, current) else {
                break;
            };
            at = (found, current.caller.clone());
        }
        at
    }

    /// What the call that is being followed passes for a name that is a parameter.
    pub(super) fn argument(&self, expr: ExprRef, frame: &Rc<Frame>) -> Option<ExprRef> {
        let model = self.judge.model;
        if !matches!(model.expr(expr).kind, ExprKind::Name(_)) {
            return None;
        }
        let NameUse::Bound(definitions) = model.definitions(expr) else {
            return None;
        };
        let [only] = definitions.as_slice() else { return None };
        let semantic::BindingKind::Parameter { function, index } = only.binding.kind else {
            return None;
        };
        let function = semantic::FunctionRef {
            file: only.file,
            id: function,
        };
        if frame.function != function {
            return None;
        }
        self.parameter_argument(function, index, frame)
    }

    pub(super) fn parameter_argument(
        &self,
        function: semantic::FunctionRef,
        index: u32,
        frame: &Rc<Frame>,
    ) -> Option<ExprRef> {
        let model = self.judge.model;
        let ast = model.ast(function.file);
        let parameter = ast[ast[function.id].parameters].get(index as usize)?;
        let name = model.file(function.file).source().name(parameter.name);
        let position = (index as usize).checked_sub(usize::from(frame.receiver.is_some()))?;
        model.arguments(frame.call, None).get(Some(position), &[name])?.expr
    }

    /// Whether an expression speaks of special rights of the caller: `user.is_superuser`, `claims["role"]`.
    pub(super) fn speaks_of_rights(&self, expr: ExprRef) -> bool {
        let text = self.judge.model.written(expr).to_ascii_lowercase();
        text.len() < 400 && PRIVILEGE_WORDS.iter().any(|word| text.contains(word))
    }

    pub(super) fn is_none(&self, expr: ExprRef) -> bool {
        matches!(self.judge.model.expr(expr).kind, ExprKind::None)
    }

    /// Texts that an expression may be: items of lists too.
    pub(super) fn texts(&self, expr: ExprRef, frame: Context<'_>) -> Vec<String> {
        let mut out = Vec::new();
        for value in self.judge.model.eval_in(expr, frame) {
            match &value.kind {
                ValueKind::Str(text) => out.push(text.to_string()),
                ValueKind::List(items) => {
                    for item in items.iter().flatten() {
                        out.extend(item.as_str().map(str::to_owned));
                    }
                }
                _ => {}
            }
        }
        out
    }
}
