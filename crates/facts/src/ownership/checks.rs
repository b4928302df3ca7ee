//! What a test says about rows and their caller when it comes out true, or false.

use semantic::{Catch, ExprRef, NameUse, ValueKind, implied};
use syntax::ast::*;
use text::Span;

use super::owners::{member_name, plain};
use super::path::Path;
use super::state::{Exit, Gives, State, joined};
use super::ties::is_visibility;
use super::values::Who;
use super::{CheckFault, Exposure, Tie};
use crate::flow::{OriginKind, RequestPart};
use crate::libraries::owners::{
    CALLER_NAMES, CATCHES_REFUSALS, LOGIN_COLUMNS, ORDINARY_ROLES, PLAIN_FUNCTIONS, PLAIN_METHODS, SECRET_WORDS,
};

/// Tests inside tests.
const MAX_DEPTH: usize = 8;

impl Path<'_, '_, '_, '_> {
    /// The state on the way on which a test came out as `truth`.
    pub(super) fn tested(&mut self, test: ExprId, truth: bool, state: &State) -> State {
        let model = self.run.model();
        let ast = model.ast(self.function.file);
        let stmt = ast.stmt_of(test);
        let is_assert = matches!(ast[stmt].kind, StmtKind::Assert { test: asserted, .. } if asserted == test);
        if is_assert {
            // Optimised code has no assertions.
            for (expr, span) in self.owner_comparisons(test) {
                let rows = self.compared_rows(expr);
                self.run.saw(rows, span, CheckFault::Assert);
            }
            return state.clone();
        }
        let after = self.holds(test, truth, state.clone(), 0);
        if !after.is_privileged || state.is_privileged || state.effects.is_empty() || state.is_dead {
            return after;
        }
        // The rights of the caller are checked when something has been changed.
        if self.other_way_leaves(test, truth)
            && let Some(&(change, is_delete)) = state.effects.first()
        {
            let exposure = match is_delete {
                true => Exposure::Delete(change),
                false => Exposure::Write(change),
            };
            let span = model.span(self.at(test));
            self.run.is_late(exposure, span, false, None);
        }
        after
    }

    /// Whether those for whom an `if` comes out the other way are turned away.
    fn other_way_leaves(&self, test: ExprId, truth: bool) -> bool {
        let ast = self.run.model().ast(self.function.file);
        let raises = |block: Block| {
            ast[block]
                .last()
                .is_some_and(|&last| matches!(ast[last].kind, StmtKind::Raise { .. }))
        };
        match ast[ast.stmt_of(test)].kind {
            StmtKind::If { branches, otherwise } => match truth {
                false => ast[branches]
                    .iter()
                    .any(|branch| branch.test == test && raises(branch.body)),
                true => otherwise.is_some_and(raises),
            },
            _ => false,
        }
    }

    pub(super) fn holds(&mut self, test: ExprId, truth: bool, mut state: State, depth: usize) -> State {
        if depth > MAX_DEPTH {
            return state;
        }
        let ast = self.run.model().ast(self.function.file);
        for (atom, truth) in implied(ast, test, truth) {
            if let ExprKind::Boolean { left, right, .. } = ast[atom].kind {
                // One of them holds, or both.
                let one = self.holds(left, truth, state.clone(), depth + 1);
                let other = self.holds(right, truth, state.clone(), depth + 1);
                if one.is_dead || other.is_dead {
                    state = one.join(&other);
                    continue;
                }
                let doubtful: Vec<u32> = [(&one, right), (&other, left)]
                    .into_iter()
                    .filter(|(_, rest)| !self.is_understood(*rest, depth))
                    .flat_map(|(closing, _)| closing.closed.clone())
                    .filter(|closed| !state.closed.contains(closed))
                    .collect();
                let unproven: Vec<u32> = one
                    .unproven
                    .iter()
                    .copied()
                    .filter(|row| other.unproven.contains(row))
                    .collect();
                state = one.join(&other);
                state.unproven = unproven;
                for open in state.open.iter_mut().filter(|open| doubtful.contains(&open.access)) {
                    open.is_doubtful = true;
                }
            } else if constant(ast, atom).is_some_and(|always| always != truth) {
                return State::dead();
            } else {
                self.atom(atom, truth, &mut state, depth);
                if state.is_privileged {
                    state.unproven.clear();
                }
                if state.is_privileged && !state.open.is_empty() {
                    let open: Vec<u32> = state.open.iter().map(|open| open.access).collect();
                    self.run.close(&mut state, &open, None, Tie::Privileged);
                }
            }
        }
        state
    }

    /// Rows of the caller are there, so what belongs to them is the caller's, too.
    pub(super) fn present(&mut self, rows: &[u32], state: &mut State) {
        let shown: Vec<u32> = rows
            .iter()
            .copied()
            .filter(|row| state.unproven.contains(row))
            .collect();
        if !shown.is_empty() {
            state.unproven.retain(|row| !shown.contains(row));
            self.run.close(state, &shown, None, Tie::Related);
        }
    }

    /// `project.name` raises where there is no project.
    pub(super) fn used(&mut self, expr: ExprId, state: &mut State) {
        if state.unproven.is_empty() || state.is_dead {
            return;
        }
        let ast = self.run.model().ast(self.function.file);
        for id in ast.descendants(expr) {
            let (ExprKind::Attribute { object, .. } | ExprKind::Subscript { object, .. }) = ast[id].kind else {
                continue;
            };
            if matches!(ast[object].kind, ExprKind::Name(_)) {
                let rows = self.run.rows(self.at(object), self.frame.as_ref());
                self.present(&rows, state);
            }
        }
    }

    fn atom(&mut self, atom: ExprId, truth: bool, state: &mut State, depth: usize) {
        if self.is_told_otherwise(atom, truth, state) {
            *state = State::dead();
            return;
        }
        if !state.unproven.is_empty() {
            self.looked_for(atom, truth, state);
        }
        let model = self.run.model();
        let ast = model.ast(self.function.file);
        let frame = self.frame.clone();
        let expr = self.at(atom);
        match ast[atom].kind {
            ExprKind::Compare { first, rest } => {
                if let [comparison] = ast[rest] {
                    self.comparison(atom, first, comparison, truth, state);
                }
            }
            ExprKind::Walrus { value, .. } => self.atom(value, truth, state, depth),
            ExprKind::Await(inner) => self.atom(inner, truth, state, depth),
            // `is_admin = await roles.has(user, "admin")`
            ExprKind::Name(_) if truth && self.is_right_of_caller(expr, true) => state.is_privileged = true,
            ExprKind::Name(_) => match self.bound(expr) {
                Some(value) if value.file == self.function.file && self.is_test(value.id) => {
                    *state = self.holds(value.id, truth, state.clone(), depth + 1);
                }
                _ if !truth => self.absent(expr, state),
                _ => {}
            },
            ExprKind::Attribute { object, name, .. } => {
                let name = model.file(expr.file).source().name(name);
                if truth && self.is_right_of_caller(expr, true) {
                    state.is_privileged = true;
                    return;
                }
                let rows = self.run.rows(self.at(object), frame.as_ref());
                if !rows.is_empty() && (truth && is_visibility(name) || !truth && self.owns(&rows, name)) {
                    // Anyone may see it, or nobody holds it.
                    self.run.close(state, &rows, None, Tie::Public);
                }
            }
            ExprKind::Call { function, .. } => {
                if let Some((tests, is_all)) = self.of_list(atom) {
                    let held = |path: &mut Self, state: State, test: ExprId| path.holds(test, truth, state, depth + 1);
                    *state = match is_all == truth {
                        true => tests
                            .into_iter()
                            .fold(state.clone(), |state, test| held(self, state, test)),
                        false => {
                            let ways: Vec<State> =
                                tests.into_iter().map(|test| held(self, state.clone(), test)).collect();
                            joined(ways)
                        }
                    };
                    return;
                }
                if let Some(test) = self.of_each(atom, truth) {
                    *state = self.holds(test, truth, state.clone(), depth + 1);
                    return;
                }
                let outcome = self.outcomes.iter().find(|(call, _)| *call == atom);
                if let Some((_, exits)) = outcome {
                    let fits = |exit: &&Exit| match exit.gives {
                        Gives::Nothing | Gives::False => !truth,
                        Gives::True => truth,
                        Gives::Something => true,
                    };
                    let found = joined(exits.iter().filter(fits).map(|exit| exit.state.clone()));
                    if !found.is_dead {
                        let newly: Vec<u32> = found
                            .closed
                            .iter()
                            .copied()
                            .filter(|closed| !state.closed.contains(closed))
                            .collect();
                        self.run
                            .close(state, &newly, Some(model.span(expr)), Tie::Comparison(model.span(expr)));
                        state.is_privileged |= found.is_privileged;
                        for input in found.same {
                            if !state.same.contains(&input) {
                                state.same.push(input);
                            }
                        }
                    }
                    if !truth {
                        self.absent(expr, state);
                    } else if self.is_right_of_caller(expr, true) {
                        state.is_privileged = true;
                    }
                    return;
                }
                if let ExprKind::Attribute { object, .. } = ast[function].kind
                    && truth
                    && self.run.speaks_of_rights(self.at(function))
                    && self.run.who(self.at(object), frame.as_ref(), &[]) == Who::Caller
                {
                    state.is_privileged = true;
                    return;
                }
                if truth && self.is_right_of_caller(expr, true) {
                    state.is_privileged = true;
                } else if !truth {
                    self.absent(expr, state);
                }
            }
            ExprKind::Subscript { .. } if truth && self.is_right_of_caller(expr, true) => state.is_privileged = true,
            _ => {}
        }
    }

    /// `if error:` after `error = None`: this way is not taken.
    fn is_told_otherwise(&self, atom: ExprId, truth: bool, state: &State) -> bool {
        if state.flags.is_empty() {
            return false;
        }
        let ast = self.run.model().ast(self.function.file);
        let (id, truth) = match ast[atom].kind {
            ExprKind::Compare { first, rest } => match ast[rest] {
                [comparison] if matches!(ast[comparison.right].kind, ExprKind::None) => match comparison.operator {
                    CompareOperator::Is | CompareOperator::Equal => (first, !truth),
                    CompareOperator::IsNot | CompareOperator::NotEqual => (first, truth),
                    _ => return false,
                },
                _ => return false,
            },
            _ => (atom, truth),
        };
        let ExprKind::Name(name) = ast[id].kind else {
            return false;
        };
        state
            .flags
            .iter()
            .any(|&(known, is_true)| known == name && is_true != truth)
    }

    /// The tests of `any([a, b])`, `all((a, b))`, and whether all of them have to hold.
    fn of_list(&self, call: ExprId) -> Option<(Vec<ExprId>, bool)> {
        let ast = self.run.model().ast(self.function.file);
        let ExprKind::Call { function, arguments } = ast[call].kind else {
            return None;
        };
        let (ExprKind::Name(name), [only]) = (ast[function].kind, &ast[arguments]) else {
            return None;
        };
        let is_all = match self.source_name(name) {
            "all" => true,
            "any" => false,
            _ => return None,
        };
        match ast[only.value].kind {
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) if !ast[items].is_empty() => {
                Some((ast[items].to_vec(), is_all))
            }
            _ => None,
        }
    }

    /// `any(task.user_id != me for task in tasks)`, `all(task.user_id == me for task in tasks)`: the test that holds
    /// for each row where the call comes out as `truth`.
    fn of_each(&self, call: ExprId, truth: bool) -> Option<ExprId> {
        let ast = self.run.model().ast(self.function.file);
        let ExprKind::Call { function, arguments } = ast[call].kind else {
            return None;
        };
        let ExprKind::Name(name) = ast[function].kind else {
            return None;
        };
        let holds_for_all = match self.source_name(name) {
            "all" => truth,
            "any" => !truth,
            _ => return None,
        };
        match ast[arguments] {
            [only] if holds_for_all => match ast[only.value].kind {
                ExprKind::Comprehension { element, .. } => {
                    // All but one being the caller's says nothing.
                    let compared = self.owner_comparisons(element);
                    let is_equal = |&(compare, _): &(ExprId, Span)| match ast[compare].kind {
                        ExprKind::Compare { rest, .. } => !ast[rest].iter().any(|comparison| {
                            matches!(comparison.operator, CompareOperator::NotEqual | CompareOperator::IsNot)
                        }),
                        _ => false,
                    };
                    compared
                        .iter()
                        .any(|compare| is_equal(compare) == truth)
                        .then_some(element)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// A test says that rows which were asked for are there: `if task:`, `count > 0`, `task is not None`.
    fn looked_for(&mut self, atom: ExprId, truth: bool, state: &mut State) {
        let ast = self.run.model().ast(self.function.file);
        // `len(tasks)`, `bool(task)`
        let told = |expr: ExprRef| match ast[expr.id].kind {
            ExprKind::Call { function, arguments } if matches!(ast[function].kind, ExprKind::Name(_)) => {
                ast[arguments].first().map_or(expr, |first| self.at(first.value))
            }
            _ => expr,
        };
        let subject = match ast[atom].kind {
            ExprKind::Compare { first, rest } => {
                let [comparison] = ast[rest] else { return };
                let (left, right) = (self.at(first), self.at(comparison.right));
                let number = self.run.model().eval(right).first().and_then(|value| match value.kind {
                    ValueKind::Int(number) => Some(number),
                    _ => None,
                });
                let is_none = self.run.is_none(right);
                let is_there = match (comparison.operator, number) {
                    (CompareOperator::Is | CompareOperator::Equal, _) if is_none => !truth,
                    (CompareOperator::IsNot | CompareOperator::NotEqual, _) if is_none => truth,
                    (CompareOperator::Equal, Some(0)) | (CompareOperator::Less, Some(1)) => !truth,
                    (CompareOperator::NotEqual | CompareOperator::Greater, Some(0)) => truth,
                    (CompareOperator::Equal | CompareOperator::GreaterEqual, Some(1)) => truth,
                    (CompareOperator::NotEqual, Some(1)) => !truth,
                    (CompareOperator::In, _) => truth,
                    (CompareOperator::NotIn, _) => !truth,
                    // A part of the row is compared, which has to be there.
                    _ => true,
                };
                if !is_there {
                    return;
                }
                let mut rows = self.run.rows(told(left), self.frame.as_ref());
                rows.extend(self.run.rows(right, self.frame.as_ref()));
                rows
            }
            _ if truth => {
                let mut rows = self.run.rows(self.at(atom), self.frame.as_ref());
                rows.extend(self.run.rows(told(self.at(atom)), self.frame.as_ref()));
                rows
            }
            _ => return,
        };
        self.present(&subject, state);
    }

    fn comparison(&mut self, atom: ExprId, first: ExprId, comparison: Comparison, truth: bool, state: &mut State) {
        let model = self.run.model();
        let ast = model.ast(self.function.file);
        let frame = self.frame.clone();
        let frame = frame.as_ref();
        let (left, right) = (self.at(first), self.at(comparison.right));
        let span = model.span(self.at(atom));
        let is_equal = match comparison.operator {
            CompareOperator::Equal | CompareOperator::Is | CompareOperator::In => truth,
            CompareOperator::NotEqual | CompareOperator::IsNot | CompareOperator::NotIn => !truth,
            _ => return self.ordered(atom, truth, state),
        };
        let is_in = matches!(comparison.operator, CompareOperator::In | CompareOperator::NotIn);
        if self.run.is_none(right) || self.run.is_none(left) {
            let other = if self.run.is_none(right) { left } else { right };
            if is_equal {
                self.absent(other, state);
            } else if self.is_right_of_caller(other, true) {
                state.is_privileged = true;
            }
            return;
        }
        for (side, other) in [(left, right), (right, left)] {
            if self.run.who(other, frame, &state.same) != Who::Caller {
                continue;
            }
            let rows = self.run.rows(side, frame);
            let name = member_name(model, side);
            if !rows.is_empty() {
                // `task.id == user.id` says nothing about the owner.
                let is_key = name.is_some_and(|name| matches!(name, "id" | "_id" | "pk"))
                    && !is_in
                    && member_name(model, other).is_some_and(|name| matches!(name, "id" | "sub" | "_id"))
                    && matches!(ast[side.id].kind, ExprKind::Attribute { object, .. } if matches!(ast[object].kind, ExprKind::Name(_)))
                    && name.is_some_and(|name| !self.owns(&rows, name));
                if is_key {
                    self.run.saw(rows, span, CheckFault::WrongThing);
                    continue;
                }
                if self.is_partly(&rows, first, comparison) {
                    self.run.saw(rows, span, CheckFault::Partly);
                    continue;
                }
                if is_equal {
                    self.run.close(state, &rows, Some(span), Tie::Comparison(span));
                    continue;
                }
                if self.is_element(side) {
                    // A loop over many rows that leaves some of them out.
                    self.run.filter(&rows);
                    continue;
                }
                // What becomes of a stranger.
                let (span, fault) = match self.fault(atom, truth) {
                    Some(found) => found,
                    None => continue,
                };
                self.run.saw(rows, span, fault);
                continue;
            }
            if self.run.speaks_of_rights(other) || name.is_some_and(|name| plain(name).contains("role")) {
                self.rights(side, is_equal, state);
                continue;
            }
            let inputs = self.run.inputs(side, frame);
            // `if username != "admin"`: one caller whom the code names.
            if is_equal && self.names_caller(other) && inputs.is_empty() && self.is_written(side) {
                state.is_privileged = true;
                continue;
            }
            if self.run.who(side, frame, &state.same) == Who::Client && is_equal {
                for input in inputs {
                    if !state.same.contains(&input) {
                        state.same.push(input);
                    }
                }
            }
        }
        if !is_equal {
            return;
        }
        // `task.project_id == project.id`, `task.user_id == user_id`
        let (a, b) = (self.run.rows(left, frame), self.run.rows(right, frame));
        for (rows, others, side, other) in [(&a, &b, left, right), (&b, &a, right, left)] {
            if rows.is_empty() {
                continue;
            }
            let who = self.run.who(other, frame, &state.same);
            let name = member_name(model, side).unwrap_or_default();
            if others.is_empty() && who == Who::Client {
                if self.owns(rows, name) {
                    // Whether the user in a path is the caller is told there; of other inputs nobody asks.
                    let inputs = self.run.inputs(other, frame);
                    if inputs.is_empty() || inputs.iter().any(|(part, _)| *part == RequestPart::Path) {
                        self.run.close(state, rows, None, Tie::ClientSays);
                    }
                } else {
                    self.linked_by_input(rows, name, other, state);
                }
            } else if others.is_empty() && who == Who::Mixed && self.owns(rows, name) {
                self.run.close(state, rows, None, Tie::Unknown);
            } else if !others.is_empty() && rows != others {
                let is_closed = others.iter().any(|other| {
                    state.closed.contains(other)
                        || matches!(
                            self.run.accesses.borrow()[*other as usize].tie,
                            Some(Tie::Predicate(_) | Tie::Related | Tie::Privileged)
                        )
                });
                if is_closed {
                    self.run.close(state, rows, Some(span), Tie::Related);
                }
            }
        }
    }

    /// `str(task.user_id)[:8] == me[:8]`, `str(me.id) in str(task.user_id)`: others fit, too.
    fn is_partly(&self, rows: &[u32], first: ExprId, comparison: Comparison) -> bool {
        let ast = self.run.model().ast(self.function.file);
        if matches!(comparison.operator, CompareOperator::In | CompareOperator::NotIn) {
            let within = comparison.right;
            let is_text = matches!(ast[within].kind, ExprKind::Call { function, .. }
                if matches!(ast[function].kind, ExprKind::Name(name) if self.source_name(name) == "str"));
            let name = member_name(self.run.model(), self.at(within)).unwrap_or_default();
            let accesses = self.run.accesses.borrow();
            let is_single = |row: &u32| {
                let data = self.run.judge.data.models.get(accesses[*row as usize].model);
                let column = data.column(name);
                column.is_some_and(|column| {
                    let written = column.written_type.as_deref().unwrap_or_default().to_ascii_lowercase();
                    column.foreign_key.is_some()
                        || self.run.judge.owners.owns(accesses[*row as usize].model, name)
                            && (written.contains("str") || written.contains("uuid"))
                            && !["list", "set", "dict", "array", "json"]
                                .iter()
                                .any(|word| written.contains(word))
                })
            };
            return is_text || rows.iter().any(is_single);
        }
        let is_short = |id: ExprId| match ast[id].kind {
            ExprKind::Subscript { index, .. } => match ast[index].kind {
                ExprKind::Slice { lower, upper } => lower.is_some() || upper.is_some(),
                _ => false,
            },
            _ => false,
        };
        is_short(first) && is_short(comparison.right)
    }

    fn source_name(&self, name: Name) -> &str {
        self.run.model().file(self.function.file).source().name(name)
    }

    /// `task.project_id == project_id`: the row belongs to the parent with this key.
    fn linked_by_input(&mut self, rows: &[u32], name: &str, other: ExprRef, state: &mut State) {
        let inputs = self.run.inputs(other, self.frame.as_ref());
        let keyed: Vec<u32> = self
            .run
            .accesses
            .borrow()
            .iter()
            .enumerate()
            .filter(|(_, met)| {
                met.keyed
                    .iter()
                    .any(|(_, known)| known.iter().any(|input| inputs.contains(input)))
            })
            .map(|(number, _)| number as u32)
            .filter(|number| !rows.contains(number))
            .collect();
        let is_closed = keyed.iter().any(|number| state.closed.contains(number));
        if is_closed && !matches!(name, "id" | "_id") {
            self.run.close(state, rows, None, Tie::Related);
        } else {
            // The parent may be checked later.
            let mut accesses = self.run.accesses.borrow_mut();
            for &row in rows {
                for &parent in keyed.iter().filter(|_| !matches!(name, "id" | "_id")) {
                    accesses[row as usize].links.push(parent);
                    accesses[parent as usize].links.push(row);
                }
            }
        }
    }

    /// What tells one caller from all others: `user.email`, `claims["sub"]`, `username`.
    fn names_caller(&self, expr: ExprRef) -> bool {
        let model = self.run.model();
        let name = member_name(model, expr).or_else(|| match model.expr(expr).kind {
            ExprKind::Name(name) => Some(model.file(expr.file).source().imported_name(name)),
            _ => None,
        });
        name.is_some_and(|name| {
            let name = plain(name);
            CALLER_NAMES.contains(&&*name) || LOGIN_COLUMNS.contains(&&*name)
        })
    }

    /// Whether the code or the environment says a value.
    fn is_written(&self, expr: ExprRef) -> bool {
        let origins = self.run.judge.flow.origins_in(expr, self.frame.as_ref());
        !origins.is_empty()
            && origins
                .iter()
                .all(|origin| matches!(origin.kind, OriginKind::Constant | OriginKind::Environment))
    }

    /// `user.level >= 5`
    fn ordered(&mut self, atom: ExprId, truth: bool, state: &mut State) {
        let expr = self.at(atom);
        if truth && self.run.speaks_of_rights(expr) && self.any_caller(expr) {
            state.is_privileged = true;
        }
    }

    /// A comparison of the caller's role with `side`.
    fn rights(&mut self, side: ExprRef, is_equal: bool, state: &mut State) {
        let mut texts = self.run.texts(side, self.frame.as_ref());
        // `self.roles` is what every checker of the class was made with; this one's own count.
        let asked = self.run.asked.borrow();
        let is_asked = |text: &String| asked.contains(&text.to_lowercase());
        if texts.iter().any(is_asked) {
            texts.retain(is_asked);
        }
        let is_ordinary = |text: &String| ORDINARY_ROLES.contains(&&*text.to_ascii_lowercase());
        let written = self.run.model().written(side).to_ascii_lowercase();
        let ends_ordinary = ORDINARY_ROLES
            .iter()
            .any(|role| written.rsplit('.').next() == Some(*role));
        let ordinary = texts.iter().any(is_ordinary) || texts.is_empty() && ends_ordinary;
        state.is_privileged |= is_equal != ordinary;
    }

    /// A test of the caller's rights.
    fn is_right_of_caller(&self, expr: ExprRef, _truth: bool) -> bool {
        self.run.speaks_of_rights(expr) && self.any_caller(expr)
    }

    fn any_caller(&self, expr: ExprRef) -> bool {
        let frame = self.frame.as_ref();
        match self.run.who(expr, frame, &[]) {
            Who::Caller => true,
            Who::Client => false,
            Who::Mixed | Who::Other => {
                let ast = self.run.model().ast(expr.file);
                let mut children = Vec::new();
                ast.children(expr.id, |child| children.push(child));
                children
                    .into_iter()
                    .any(|id| self.run.who(ExprRef { id, ..expr }, frame, &[]) == Who::Caller)
            }
        }
    }

    /// The row that an expression holds is not there.
    fn absent(&mut self, expr: ExprRef, state: &mut State) {
        let ast = self.run.model().ast(expr.file);
        if let ExprKind::Attribute { object, name, .. } = ast[expr.id].kind {
            let name = self.run.model().file(expr.file).source().name(name);
            let rows = self.run.rows(ExprRef { id: object, ..expr }, self.frame.as_ref());
            if self.owns(&rows, name) {
                self.run.close(state, &rows, None, Tie::Public);
            }
            return;
        }
        if !matches!(
            ast[expr.id].kind,
            ExprKind::Name(_) | ExprKind::Call { .. } | ExprKind::Await(_) | ExprKind::Walrus { .. }
        ) {
            return;
        }
        let rows = self.run.rows(expr, self.frame.as_ref());
        state
            .open
            .retain(|open| !rows.contains(&open.access) || open.touched.is_some());
    }

    pub(super) fn owns(&self, rows: &[u32], column: &str) -> bool {
        let accesses = self.run.accesses.borrow();
        rows.iter()
            .any(|row| self.run.judge.owners.owns(accesses[*row as usize].model, column))
    }

    /// What a name stands for, where one expression is bound to it.
    fn bound(&self, expr: ExprRef) -> Option<ExprRef> {
        let NameUse::Bound(definitions) = self.run.model().definitions(expr) else {
            return None;
        };
        let [only] = definitions.as_slice() else { return None };
        match only.binding.kind {
            semantic::BindingKind::Value(id) => Some(ExprRef { file: only.file, id }),
            _ => None,
        }
    }

    fn is_test(&self, id: ExprId) -> bool {
        let ast = self.run.model().ast(self.function.file);
        let inner = match ast[id].kind {
            ExprKind::Await(inner) => inner,
            _ => id,
        };
        match ast[inner].kind {
            ExprKind::Compare { .. } | ExprKind::Boolean { .. } => true,
            ExprKind::Unary { operator, .. } => operator == UnaryOperator::Not,
            ExprKind::Call { .. } => self.outcomes.iter().any(|(call, _)| *call == inner),
            _ => false,
        }
    }

    /// Whether it is known what the parts of a test have to do with the caller.
    fn is_understood(&self, test: ExprId, depth: usize) -> bool {
        if depth > MAX_DEPTH {
            return false;
        }
        let ast = self.run.model().ast(self.function.file);
        let frame = self.frame.as_ref();
        let mut pending = vec![test];
        while let Some(id) = pending.pop() {
            match ast[id].kind {
                ExprKind::Boolean { left, right, .. } => pending.extend([left, right]),
                ExprKind::Unary { operand, .. } => pending.push(operand),
                _ => {
                    let expr = self.at(id);
                    let is_row = !self.run.rows(expr, frame).is_empty() || self.mentions_rows(id);
                    let is_known = constant(ast, id).is_some() || is_row || self.any_caller(expr);
                    if !is_known && !self.is_client_choice(expr) {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// What whoever calls may say: `debug`, `request.headers.get("X-Internal") == "1"`. A secret is not for everybody
    /// to say, and rights that the client claims are another rule's business.
    fn is_client_choice(&self, expr: ExprRef) -> bool {
        let model = self.run.model();
        let ast = model.ast(expr.file);
        let frame = self.frame.as_ref();
        if self.run.speaks_of_rights(expr) || self.speaks_of_secrets(expr) {
            return false;
        }
        match ast[expr.id].kind {
            ExprKind::Compare { first, rest } => {
                let sides = std::iter::once(first).chain(ast[rest].iter().map(|comparison| comparison.right));
                let mut is_said = false;
                for id in sides {
                    let side = self.at(id);
                    let is_client = self.is_said_by_client(side);
                    is_said |= is_client;
                    if !is_client && !self.is_plain(id) {
                        return false;
                    }
                }
                is_said
            }
            ExprKind::Walrus { value, .. } => self.run.who(self.at(value), frame, &[]) == Who::Client,
            _ => self.is_said_by_client(expr),
        }
    }

    /// A value as the request brings it: calls of the project, or of others, may have judged it.
    fn is_said_by_client(&self, expr: ExprRef) -> bool {
        let model = self.run.model();
        let ast = model.ast(expr.file);
        let is_plain_call = |id: ExprId| match ast[id].kind {
            ExprKind::Call { function, .. } => {
                let source = model.file(expr.file).source();
                let is_named = match ast[function].kind {
                    ExprKind::Attribute { name, .. } => PLAIN_METHODS.contains(&source.name(name)),
                    ExprKind::Name(name) => PLAIN_FUNCTIONS.contains(&source.name(name)),
                    _ => false,
                };
                is_named && self.run.callees(ExprRef { file: expr.file, id }, None).is_empty()
            }
            ExprKind::Await(_) | ExprKind::Lambda { .. } => false,
            _ => true,
        };
        let mut ids = ast.descendants(expr.id).into_iter().take(30);
        self.run.who(expr, self.frame.as_ref(), &[]) == Who::Client && ids.all(is_plain_call)
    }

    /// A literal that stands here, or several.
    fn is_plain(&self, id: ExprId) -> bool {
        let ast = self.run.model().ast(self.function.file);
        match ast[id].kind {
            ExprKind::Tuple(items) | ExprKind::List(items) | ExprKind::Set(items) => {
                ast[items].iter().all(|&item| is_literal(ast, item))
            }
            _ => is_literal(ast, id),
        }
    }

    fn speaks_of_secrets(&self, expr: ExprRef) -> bool {
        let text = self.run.model().text(self.run.model().span(expr)).to_ascii_lowercase();
        text.len() >= 400 || SECRET_WORDS.iter().any(|word| text.contains(word))
    }

    /// The state in which a handler begins that catches what a statement raises. What a check raises does not reach
    /// handlers of other exceptions.
    pub(super) fn caught_by(&self, thrower: StmtId, catch: &Catch, state: State) -> Option<State> {
        let model = self.run.model();
        let file = self.function.file;
        let ast = model.ast(file);
        if state.open.is_empty() || catch.types.is_empty() {
            return Some(state);
        }
        let name = |id: ExprId| {
            let id = match ast[id].kind {
                ExprKind::Call { function, .. } => function,
                _ => id,
            };
            match ast[id].kind {
                ExprKind::Name(name) | ExprKind::Attribute { name, .. } => Some(model.file(file).source().name(name)),
                _ => None,
            }
        };
        let mut caught = Vec::new();
        for &id in &catch.types {
            // Classes of the project may stand for refusals.
            let is_outside = model
                .eval(ExprRef { file, id })
                .iter()
                .all(|value| matches!(value.kind, ValueKind::External(_)));
            match name(id) {
                Some(name) if is_outside && !CATCHES_REFUSALS.contains(&name) => caught.push(name),
                _ => return Some(state),
            }
        }
        match ast[thrower].kind {
            StmtKind::Raise {
                exception: Some(exception),
                ..
            } => match name(exception) {
                Some("HTTPException") => None,
                _ => Some(state),
            },
            // The test raises nothing by itself; what its blocks raise is seen there.
            StmtKind::If { branches, .. } => {
                let tests = ast[branches].iter().map(|branch| branch.test);
                let calls = tests.flat_map(|test| ast.descendants(test));
                let has_call = calls
                    .into_iter()
                    .any(|id| matches!(ast[id].kind, ExprKind::Call { .. }));
                has_call.then_some(state)
            }
            StmtKind::Expr(expr) => {
                let call = match ast[expr].kind {
                    ExprKind::Await(inner) => inner,
                    _ => expr,
                };
                let callees = self.run.callees(self.at(call), self.frame.as_ref());
                let raises_it = callees.iter().any(|(callee, _)| self.run.may_raise(*callee, &caught));
                let exits = self.outcomes.iter().find(|(known, _)| *known == call);
                match exits {
                    Some((_, exits)) if !raises_it => Some(joined(exits.iter().map(|exit| exit.state.clone()))),
                    _ => Some(state),
                }
            }
            _ => Some(state),
        }
    }

    fn mentions_rows(&self, id: ExprId) -> bool {
        let ast = self.run.model().ast(self.function.file);
        let mut found = false;
        ast.children(id, |child| {
            found |= !self.run.rows(self.at(child), self.frame.as_ref()).is_empty();
        });
        found
    }

    /// Comparisons of rows with the caller, in an expression.
    fn owner_comparisons(&self, expr: ExprId) -> Vec<(ExprId, Span)> {
        let model = self.run.model();
        let ast = model.ast(self.function.file);
        let ids = ast.descendants(expr).into_iter().take(60);
        ids.filter(|&id| matches!(ast[id].kind, ExprKind::Compare { .. }))
            .filter(|&id| !self.compared_rows(id).is_empty())
            .map(|id| (id, model.span(self.at(id))))
            .collect()
    }

    /// The rows that a comparison compares with the caller.
    fn compared_rows(&self, compare: ExprId) -> Vec<u32> {
        let ast = self.run.model().ast(self.function.file);
        let frame = self.frame.as_ref();
        let ExprKind::Compare { first, rest } = ast[compare].kind else {
            return Vec::new();
        };
        let [comparison] = ast[rest] else { return Vec::new() };
        for (side, other) in [(first, comparison.right), (comparison.right, first)] {
            if self.run.who(self.at(other), frame, &[]) == Who::Caller {
                let rows = self.run.rows(self.at(side), frame);
                if !rows.is_empty() {
                    return rows;
                }
            }
        }
        Vec::new()
    }

    /// Comparisons outside of tests: filters of comprehensions and lambdas, conditional expressions; and those whose
    /// result is thrown away.
    pub(super) fn compared(&mut self, expr: ExprId, state: &mut State) {
        if state.open.is_empty() || state.is_dead {
            return;
        }
        let model = self.run.model();
        let file = self.function.file;
        let ast = model.ast(file);
        let stmt = ast.stmt_of(expr);
        let is_statement = matches!(ast[stmt].kind, StmtKind::Expr(whole) if whole == expr);
        let is_test = match ast[stmt].kind {
            StmtKind::If { branches, .. } => ast[branches].iter().any(|branch| branch.test == expr),
            StmtKind::While { test, .. } | StmtKind::Assert { test, .. } => test == expr,
            _ => false,
        };
        // What is returned is the business of the caller.
        let is_returned = matches!(ast[stmt].kind, StmtKind::Return(_)) && self.frame.is_some();
        if is_test {
            return;
        }
        for (compare, span) in self.owner_comparisons(expr) {
            let rows = self.compared_rows(compare);
            if is_statement && compare == expr {
                self.run.saw(rows, span, CheckFault::Unused);
                continue;
            }
            let chosen =
                std::iter::successors(Some(compare), |&id| ast.parent_expr(id)).find_map(|id| match ast[id].kind {
                    ExprKind::Comprehension { clauses, .. } => {
                        let is_tested = ast[clauses].iter().any(|clause| match clause {
                            ComprehensionClause::If(test) => ast[*test].range.contains_range(ast[compare].range),
                            ComprehensionClause::For { .. } => false,
                        });
                        is_tested.then_some(None)
                    }
                    ExprKind::Lambda { .. } => Some(None),
                    ExprKind::Conditional { test, then, otherwise } => {
                        let is_tested = ast[test].range.contains_range(ast[compare].range);
                        is_tested.then_some(Some((then, otherwise)))
                    }
                    _ => None,
                });
            if let Some(ways) = chosen {
                // What strangers are given: what is left of a filter, or the other way of a conditional expression.
                let is_kept = says_equal(ast, compare);
                let is_fair = match ways {
                    None => is_kept,
                    Some((then, otherwise)) => {
                        let other = if is_kept { otherwise } else { then };
                        let given = self.run.rows(self.at(other), self.frame.as_ref());
                        !rows.iter().any(|row| given.contains(row))
                    }
                };
                match is_fair {
                    true => self.run.close(state, &rows, Some(span), Tie::Comparison(span)),
                    false => self.run.saw(rows, span, CheckFault::Inverted),
                }
            } else if !is_returned && !self.is_told(compare) {
                // `allowed = task.user_id == user.id`
                self.run.saw(rows, span, CheckFault::GoesOn);
            }
        }
    }

    /// `{"mine": task.user_id == user.id}`: an answer, not a check.
    fn is_told(&self, compare: ExprId) -> bool {
        let ast = self.run.model().ast(self.function.file);
        let mut around = std::iter::successors(ast.parent_expr(compare), |&id| ast.parent_expr(id));
        around.any(|id| matches!(ast[id].kind, ExprKind::Dict(_) | ExprKind::Comprehension { .. }))
    }

    /// What is wrong with a check that a stranger fails when it comes out as `truth`; nothing where that way ends.
    fn fault(&self, atom: ExprId, truth: bool) -> Option<(Span, CheckFault)> {
        let ast = self.run.model().ast(self.function.file);
        let stmt = ast.stmt_of(atom);
        // A helper says it, and its caller should listen.
        if matches!(ast[stmt].kind, StmtKind::Return(_))
            && let Some(frame) = &self.frame
        {
            let call = frame.call;
            let home = self.run.model().ast(call.file);
            let span = self.run.model().span(call);
            return match home[home.stmt_of(call.id)].kind {
                StmtKind::Expr(_) => Some((span, CheckFault::Unused)),
                StmtKind::If { .. } => self.fault_of_test(call, truth),
                _ => Some((span, CheckFault::GoesOn)),
            };
        }
        self.fault_of_test(self.at(atom), truth)
    }

    fn fault_of_test(&self, atom: ExprRef, truth: bool) -> Option<(Span, CheckFault)> {
        let ast = self.run.model().ast(atom.file);
        let is_part = ast
            .parent_expr(atom.id)
            .is_some_and(|parent| matches!(ast[parent].kind, ExprKind::Boolean { .. }));
        let fault = match (self.leaves_when(atom, truth), self.leaves_when(atom, !truth)) {
            (true, _) if !is_part => return None,
            (true, _) => CheckFault::GoesOn,
            (false, true) => CheckFault::Inverted,
            (false, false) => CheckFault::GoesOn,
        };
        Some((self.run.model().span(atom), fault))
    }

    /// `task.user_id` of `for task in tasks`.
    fn is_element(&self, side: ExprRef) -> bool {
        let model = self.run.model();
        let ast = model.ast(side.file);
        let mut id = side.id;
        for _ in 0..6 {
            id = match ast[id].kind {
                ExprKind::Attribute { object, .. } | ExprKind::Subscript { object, .. } => object,
                ExprKind::Call { function, arguments } => match (ast[function].kind, ast[arguments].first()) {
                    (ExprKind::Attribute { object, .. }, _) => object,
                    (_, Some(first)) => first.value,
                    _ => return false,
                },
                _ => break,
            };
        }
        match model.definitions(ExprRef { id, ..side }) {
            NameUse::Bound(definitions) => definitions.iter().any(|definition| {
                matches!(
                    definition.binding.kind,
                    semantic::BindingKind::Element(_) | semantic::BindingKind::ElementUnpack { .. }
                )
            }),
            NameUse::Element { .. } => true,
            NameUse::Outside | NameUse::Opaque => false,
        }
    }

    /// Whether the way on which a test comes out so ends there.
    fn leaves_when(&self, atom: ExprRef, truth: bool) -> bool {
        let ast = self.run.model().ast(atom.file);
        let atom = atom.id;
        let leaves = |block: Block| {
            ast[block].last().is_some_and(|&last| {
                matches!(
                    ast[last].kind,
                    StmtKind::Raise { .. } | StmtKind::Return(_) | StmtKind::Continue | StmtKind::Break
                )
            })
        };
        // The test is true where the atom is, unless a `not` stands around it.
        match ast[ast.stmt_of(atom)].kind {
            StmtKind::If { branches, otherwise } => {
                let holding = ast[branches]
                    .iter()
                    .find(|branch| ast[branch.test].range.contains_range(ast[atom].range));
                let Some(branch) = holding else { return false };
                let mut truth = truth;
                for around in std::iter::successors(ast.parent_expr(atom), |&id| ast.parent_expr(id)) {
                    if matches!(
                        ast[around].kind,
                        ExprKind::Unary {
                            operator: UnaryOperator::Not,
                            ..
                        }
                    ) {
                        truth = !truth;
                    }
                }
                match truth {
                    true => leaves(branch.body),
                    false => otherwise.is_some_and(leaves),
                }
            }
            _ => false,
        }
    }
}

/// How `if True:`, `or "admin"` come out.
pub(super) fn constant(ast: &Ast, id: ExprId) -> Option<bool> {
    match ast[id].kind {
        ExprKind::True => Some(true),
        ExprKind::False | ExprKind::None => Some(false),
        ExprKind::String { parts, .. } => Some(!ast[parts].is_empty()),
        _ => None,
    }
}

fn is_literal(ast: &Ast, id: ExprId) -> bool {
    matches!(ast[id].kind, ExprKind::Integer | ExprKind::Float) || constant(ast, id).is_some()
}

/// Whether a comparison, with every `not` around it, is true where both sides are the same.
pub(super) fn says_equal(ast: &Ast, compare: ExprId) -> bool {
    let ExprKind::Compare { rest, .. } = ast[compare].kind else {
        return true;
    };
    let is_equal = ast[rest].iter().all(|comparison| {
        !matches!(
            comparison.operator,
            CompareOperator::NotEqual | CompareOperator::IsNot | CompareOperator::NotIn
        )
    });
    let is_not = |id: &ExprId| {
        matches!(
            ast[*id].kind,
            ExprKind::Unary {
                operator: UnaryOperator::Not,
                ..
            }
        )
    };
    let around = std::iter::successors(ast.parent_expr(compare), |&id| ast.parent_expr(id));
    is_equal == (around.take(MAX_DEPTH).filter(is_not).count() % 2 == 0)
}
