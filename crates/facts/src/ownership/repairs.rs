//! Where a query, or the code behind it, can ask whose a row is.

use std::rc::Rc;

use semantic::{ExprRef, Frame, FunctionRef, ValueKind};
use syntax::ast::*;
use text::{FileId, Span, TextRange, TextSize};

use super::caller::CallerValue;
use super::run::Run;
use super::values::Context;
use crate::models::DataModelId;
use crate::queries::{Condition, ModelUse, Query};
use crate::source::{CallSyntax, DictSyntax, call_syntax, dict_syntax};

/// What ties the rows of a query to the caller.
#[derive(Debug, Clone)]
pub struct OwnerRepair {
    /// The column.
    pub owner: String,
    /// The caller's own value of it, in the function of the query.
    pub value: CallerValue,
    pub form: RepairForm,
    /// What brings the value there.
    pub passes: Vec<Pass>,
}

#[derive(Debug, Clone)]
pub enum RepairForm {
    /// One more argument of a call: `Task.user_id == user.id`; `model` is how the model is written there.
    Condition { call: CallSyntax, model: String },
    /// One more argument by name: `user_id=user.id`.
    Keyword { call: CallSyntax },
    /// A further call: `.where(Task.user_id == user.id)` behind `select(Task)`.
    Step {
        behind: Span,
        name: &'static str,
        model: String,
    },
    /// Another method that takes conditions: `Task.all()`, `Task.find_all()`. `model` where it takes expressions.
    Method {
        name: Span,
        instead: &'static str,
        call: CallSyntax,
        model: Option<String>,
    },
    /// One more entry of a dictionary of conditions.
    Entry { dict: DictSyntax },
    /// A dictionary of conditions, where there is none.
    Filter { call: CallSyntax },
    /// The test for a missing row asks for the owner too.
    Test { test: Span, row: String },
    /// A check behind the statement that binds the row.
    Check { statement: Span, row: String },
    /// A check before the row is returned: `value` of `return value` is bound first.
    BeforeReturn { statement: Span, value: Span, row: String },
}

/// One step on which the caller's value is handed on.
#[derive(Debug, Clone)]
pub enum Pass {
    /// A function takes one more parameter.
    Parameter(NewParameter),
    /// A call gives it, by name.
    Argument {
        call: CallSyntax,
        name: String,
        value: CallerValue,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewParameter {
    pub file: FileId,
    /// Those that are there.
    pub parameters: Vec<TextRange>,
    /// Just behind the opening parenthesis.
    pub open: TextSize,
    pub text: String,
    /// In front of the others: it has no default.
    pub is_first: bool,
}

/// Functions through which a value is handed on.
const MAX_DEPTH: usize = 3;
/// Calls of one such function.
const MAX_CALLS: usize = 8;

impl Run<'_, '_, '_> {
    /// How an access can be tied to the caller; nothing where that is not sure.
    pub(super) fn repair(
        &self,
        query: &Query,
        frame: Context<'_>,
        id: DataModelId,
        owner: Option<&str>,
        is_many: bool,
    ) -> Option<OwnerRepair> {
        let owner = owner?;
        let function = query.function?;
        let form = self.form(query, function, id, is_many)?;
        let (value, passes) = self.given(function, frame, id, owner, 0)?;
        Some(OwnerRepair {
            owner: owner.to_owned(),
            value,
            form,
            passes,
        })
    }

    fn form(&self, query: &Query, function: FunctionRef, id: DataModelId, is_many: bool) -> Option<RepairForm> {
        let model = self.model();
        let is_here = |call: &ExprRef| model.enclosing_function(*call) == Some(function);
        let is_python = |clause: &crate::queries::Clause| matches!(clause.condition, Condition::Python(_));
        if !query.calls.iter().all(is_here) || query.conditions.iter().any(is_python) {
            return None;
        }
        match query.library {
            "SQLModel" | "SQLAlchemy" => self.statement_form(query, id, is_many),
            "Tortoise ORM" => self.keyword_form(query),
            "Beanie" => self.beanie_form(query, id, is_many),
            "MongoDB" => self.document_form(query),
            _ => None,
        }
    }

    fn statement_form(&self, query: &Query, id: DataModelId, is_many: bool) -> Option<RepairForm> {
        let named = |names: &[&str]| self.last_call(query, names);
        if let Some(call) = named(&["where", "filter", "filter_by"]).filter(|call| self.always_limits(query, *call)) {
            let syntax = call_syntax(self.model(), call)?;
            let is_by_name = self.called_name(call) == "filter_by";
            return match (is_by_name, is_plain(&syntax, is_by_name)) {
                (true, true) => Some(RepairForm::Keyword { call: syntax }),
                (false, true) => Some(RepairForm::Condition {
                    model: self.written_model(query, id)?,
                    call: syntax,
                }),
                _ => None,
            };
        }
        let source = self.model().expr_of(query.source)?;
        let name = match self.called_name(source) {
            "query" => "filter",
            "select" | "update" | "delete" => "where",
            // `session.get(Task, task_id)`
            _ if !is_many => return self.check_form(query, id),
            _ => return None,
        };
        // A row that is taken by its key out of a query.
        if named(&["get"]).is_some() {
            return self.check_form(query, id);
        }
        Some(RepairForm::Step {
            behind: query.source,
            name,
            model: self.written_model(query, id)?,
        })
    }

    fn keyword_form(&self, query: &Query) -> Option<RepairForm> {
        if let Some(call) = self.last_call(query, &["filter", "get", "get_or_none", "exclude"]) {
            let syntax = call_syntax(self.model(), call)?;
            let is_it = self.called_name(call) != "exclude" && is_plain(&syntax, true);
            return is_it.then_some(RepairForm::Keyword { call: syntax });
        }
        self.method_form(query, "all", "filter", None)
    }

    fn beanie_form(&self, query: &Query, id: DataModelId, is_many: bool) -> Option<RepairForm> {
        if let Some(call) = self.last_call(query, &["find", "find_one", "find_many"]) {
            if self.first_dict(call).is_some() {
                return self.document_form(query);
            }
            let syntax = call_syntax(self.model(), call)?;
            let is_it = is_plain(&syntax, false) || syntax.arguments.is_empty();
            return is_it.then_some(RepairForm::Condition {
                model: self.written_model(query, id)?,
                call: syntax,
            });
        }
        if !is_many && self.last_call(query, &["get"]).is_some() {
            return self.check_form(query, id);
        }
        let model = self.written_model(query, id)?;
        self.method_form(query, "find_all", "find", Some(model.clone()))
            .or_else(|| self.method_form(query, "all", "find", Some(model)))
    }

    fn document_form(&self, query: &Query) -> Option<RepairForm> {
        const FILTERED: &[&str] = &[
            "find",
            "find_one",
            "find_many",
            "find_one_and_update",
            "find_one_and_delete",
            "find_one_and_replace",
            "update_one",
            "update_many",
            "replace_one",
            "delete_one",
            "delete_many",
        ];
        let call = self.last_call(query, FILTERED)?;
        if let Some(dict) = self.first_dict(call) {
            let is_plain = dict.entries.iter().all(|entry| entry.key.is_some());
            return is_plain.then_some(RepairForm::Entry { dict });
        }
        let syntax = call_syntax(self.model(), call)?;
        let is_bare = syntax.arguments.is_empty() && self.called_name(call) == "find";
        is_bare.then_some(RepairForm::Filter { call: syntax })
    }

    fn method_form(
        &self,
        query: &Query,
        name: &str,
        instead: &'static str,
        model: Option<String>,
    ) -> Option<RepairForm> {
        let call = self.last_call(query, &[name])?;
        let syntax = call_syntax(self.model(), call)?;
        let end = syntax.callee.range.end();
        let at = TextRange::new(end - TextSize::of(name), end);
        syntax.arguments.is_empty().then_some(RepairForm::Method {
            name: Span::new(syntax.span.file, at),
            instead,
            call: syntax,
            model,
        })
    }

    /// The comparison of a row that stands alone behind the fetch.
    fn check_form(&self, query: &Query, id: DataModelId) -> Option<RepairForm> {
        let model = self.model();
        let file = query.expr.file;
        let source = model.file(file).source();
        let ast = source.ast();
        let mut whole = query.expr.id;
        if let Some(parent) = ast.parent_expr(whole)
            && matches!(ast[parent].kind, ExprKind::Await(_))
        {
            whole = parent;
        }
        if ast.parent_expr(whole).is_some() {
            return None;
        }
        let stmt = ast.stmt_of(whole);
        let statement = Span::new(file, ast[stmt].range);
        let target = match ast[stmt].kind {
            StmtKind::Assign { targets, .. } => match ast[targets] {
                [target] => target,
                _ => return None,
            },
            StmtKind::AnnotatedAssign { target, .. } => target,
            StmtKind::Return(Some(value)) if value == whole => {
                let row = plain_name(&self.judge.data.models.get(id).name)?;
                let function = model.enclosing_function(query.expr)?;
                let range = ast.block_range(ast[function.id].body)?;
                let is_free = ast
                    .name(&row)
                    .is_none_or(|_| !model.text(Span::new(file, range)).contains(row.as_str()));
                return is_free.then_some(RepairForm::BeforeReturn {
                    statement,
                    value: Span::new(file, ast[whole].range),
                    row,
                });
            }
            _ => return None,
        };
        let ExprKind::Name(name) = ast[target].kind else {
            return None;
        };
        let row = source.name(name).to_owned();
        let next = self.next_stmt(file, stmt);
        if let Some(next) = next
            && let StmtKind::If {
                branches,
                otherwise: None,
            } = ast[next].kind
            && let [branch] = ast[branches]
            && leaves(ast, branch.body)
            && says_missing(ast, branch.test, name)
        {
            return Some(RepairForm::Test {
                test: Span::new(file, ast[branch.test].range),
                row,
            });
        }
        Some(RepairForm::Check { statement, row })
    }

    fn next_stmt(&self, file: FileId, stmt: StmtId) -> Option<StmtId> {
        let ast = self.model().ast(file);
        let end = ast[stmt].range.end();
        let parent = ast.parent_stmt(stmt);
        ast.stmts()
            .filter(|(id, other)| other.range.start() >= end && ast.parent_stmt(*id) == parent)
            .min_by_key(|(_, other)| other.range.start())
            .map(|(id, _)| id)
            .filter(|&id| self.is_same_block(file, stmt, id))
    }

    /// Whether two statements with the same parent stand in one block of it.
    fn is_same_block(&self, file: FileId, one: StmtId, other: StmtId) -> bool {
        let ast = self.model().ast(file);
        let holds = |block: Block| ast[block].contains(&one) && ast[block].contains(&other);
        let Some(parent) = ast.parent_stmt(one) else {
            return false;
        };
        let mut is_same = false;
        ast.blocks(parent, |block| is_same |= holds(block));
        is_same
    }

    fn called_name(&self, call: ExprRef) -> &str {
        let source = self.model().file(call.file).source();
        let ast = source.ast();
        match ast[call.id].kind {
            ExprKind::Call { function, .. } => match ast[function].kind {
                ExprKind::Attribute { name, .. } | ExprKind::Name(name) => source.name(name),
                _ => "",
            },
            _ => "",
        }
    }

    /// Whether the conditions of a call hold on every way to the rows.
    fn always_limits(&self, query: &Query, call: ExprRef) -> bool {
        let span = self.model().span(call);
        let is_inside = |clause: &&crate::queries::Clause| {
            clause.span.file == span.file && span.range.contains_range(clause.span.range)
        };
        query
            .conditions
            .iter()
            .filter(is_inside)
            .any(|clause| clause.is_certain)
    }

    /// The last call of a query with one of these names.
    fn last_call(&self, query: &Query, names: &[&str]) -> Option<ExprRef> {
        let is_named = |call: &&ExprRef| names.contains(&self.called_name(**call));
        let found = query.calls.iter().filter(is_named);
        found.max_by_key(|call| self.model().span(**call).range.end()).copied()
    }

    fn first_dict(&self, call: ExprRef) -> Option<DictSyntax> {
        let ast = self.model().ast(call.file);
        let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
            return None;
        };
        let first = ast[arguments].first()?;
        let is_filter = first.kind == ArgumentKind::Positional;
        let dict = ExprRef {
            file: call.file,
            id: first.value,
        };
        is_filter.then(|| dict_syntax(self.model(), dict)).flatten()
    }

    /// How a query writes its model: `Task`, `models.Task`.
    fn written_model(&self, query: &Query, id: DataModelId) -> Option<String> {
        let model = self.model();
        let class = self.judge.data.models.get(id).class?;
        let is_it = |text: &str| -> bool {
            let name = text.rsplit('.').next().unwrap_or(text);
            name == model.class_name(class)
        };
        let of_predicates = query.predicates().into_iter().find_map(|predicate| {
            let is_of_model = match &predicate.column.model {
                None => true,
                Some(ModelUse::Known(found)) => *found == id,
                Some(_) => false,
            };
            let (object, _) = model.text(predicate.column.span).rsplit_once('.')?;
            (is_of_model && is_it(object)).then(|| object.to_owned())
        });
        of_predicates.or_else(|| {
            let calls = query.calls.iter().copied().chain(model.expr_of(query.source));
            calls.into_iter().find_map(|call| {
                let ast = model.ast(call.file);
                let ExprKind::Call { function, arguments } = ast[call.id].kind else {
                    return None;
                };
                let object = match ast[function].kind {
                    ExprKind::Attribute { object, .. } => Some(object),
                    _ => None,
                };
                let written = ast[arguments].iter().map(|argument| argument.value).chain(object);
                written.into_iter().find_map(|expr| {
                    let expr = ExprRef {
                        file: call.file,
                        id: expr,
                    };
                    let is_class = model
                        .eval(expr)
                        .iter()
                        .any(|value| matches!(value.kind, ValueKind::Class(found) if found == class));
                    let is_name = matches!(model.expr(expr).kind, ExprKind::Name(_) | ExprKind::Attribute { .. });
                    (is_class && is_name).then(|| model.written(expr).into_owned())
                })
            })
        })
    }

    /// The caller's value in a function, with what hands it on to there.
    fn given(
        &self,
        function: FunctionRef,
        frame: Context<'_>,
        id: DataModelId,
        owner: &str,
        depth: usize,
    ) -> Option<(CallerValue, Vec<Pass>)> {
        if let Some(value) = self.caller_value(function, frame, id, owner) {
            return Some((value, Vec::new()));
        }
        if depth > MAX_DEPTH {
            return None;
        }
        let frame = frame.filter(|frame| frame.function == function);
        match frame {
            Some(frame) => self.handed_on(function, frame, id, owner, depth),
            None => self.asked_for(function, id, owner),
        }
    }

    /// A function takes the caller's value as one more parameter, and each of its calls gives it.
    fn handed_on(
        &self,
        function: FunctionRef,
        frame: &Rc<Frame>,
        id: DataModelId,
        owner: &str,
        depth: usize,
    ) -> Option<(CallerValue, Vec<Pass>)> {
        let model = self.model();
        let source = model.file(function.file).source();
        let ast = source.ast();
        let parameters = &ast[ast[function.id].parameters];
        let body = model.text(Span::new(function.file, ast.block_range(ast[function.id].body)?));
        let is_taken = parameters.iter().any(|parameter| source.name(parameter.name) == owner)
            || body
                .split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '_' | '.'))
                .any(|word| word == owner);
        let has_rest = parameters
            .iter()
            .any(|parameter| matches!(parameter.kind, ParameterKind::DoubleStar));
        let calls = model.callers(function);
        if is_taken || has_rest || !calls.contains(&frame.call) || calls.len() > MAX_CALLS {
            return None;
        }
        let has_default = parameters.iter().any(|parameter| parameter.default.is_some());
        let has_star = parameters
            .iter()
            .any(|parameter| matches!(parameter.kind, ParameterKind::Star | ParameterKind::KeywordOnly));
        let is_annotated = parameters.iter().any(|parameter| parameter.annotation.is_some());
        let declared = self.judge.data.models.get(id).column(owner);
        let written = declared.and_then(|column| column.written_type.as_deref());
        let annotation = written.filter(|written| is_annotated && matches!(*written, "int" | "str"));
        let star = if has_default && !has_star { "*, " } else { "" };
        let text = match annotation {
            Some(annotation) => format!("{star}{owner}: {annotation}"),
            None => format!("{star}{owner}"),
        };
        let mut passes = vec![Pass::Parameter(self.new_parameter(function, text, false)?)];
        for &call in calls.iter() {
            let around = model.enclosing_function(call)?;
            let outer = match call == frame.call {
                true => frame.caller.as_ref(),
                false => None,
            };
            let (value, further) = self.given(around, outer, id, owner, depth + 1)?;
            for pass in further {
                let is_known = |known: &Pass| match (known, &pass) {
                    (Pass::Parameter(known), Pass::Parameter(pass)) => known == pass,
                    (Pass::Argument { call: known, .. }, Pass::Argument { call, .. }) => known.span == call.span,
                    _ => false,
                };
                if !passes.iter().any(is_known) {
                    passes.push(pass);
                }
            }
            let syntax = call_syntax(model, call)?;
            let is_open = syntax
                .arguments
                .iter()
                .any(|argument| argument.form == crate::source::ArgumentForm::DoubleStar);
            if is_open || syntax.is_test {
                return None;
            }
            passes.push(Pass::Argument {
                call: syntax,
                name: owner.to_owned(),
                value,
            });
        }
        let value = CallerValue {
            text: owner.to_owned(),
            import: None,
        };
        Some((value, passes))
    }

    /// A handler or dependency asks for the identity as another function of its file does.
    fn asked_for(&self, function: FunctionRef, id: DataModelId, owner: &str) -> Option<(CallerValue, Vec<Pass>)> {
        let model = self.model();
        let source = model.file(function.file).source();
        let ast = source.ast();
        let own = &ast[ast[function.id].parameters];
        let is_called_by_framework = own
            .iter()
            .enumerate()
            .any(|(index, _)| model.injected(function, index as u32).is_some())
            || self.is_handler(function);
        if !is_called_by_framework {
            return None;
        }
        for (other, declared) in ast.functions() {
            let other = FunctionRef {
                file: function.file,
                id: other,
            };
            if other == function || !self.is_handler(other) {
                continue;
            }
            for (index, parameter) in ast[declared.parameters].iter().enumerate() {
                let Some(value) = self.value_by_parameter(other, index as u32, id, owner) else {
                    continue;
                };
                let name = source.name(parameter.name);
                let text = model.text(Span::new(function.file, parameter.range));
                let body = model.text(Span::new(function.file, ast.block_range(ast[function.id].body)?));
                let is_taken = own.iter().any(|own| source.name(own.name) == name)
                    || body
                        .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
                        .any(|word| word == name);
                // What the parameter is made of is defined before both.
                let is_later = ast[ast[function.id].stmt].range.start() < ast[declared.stmt].range.start()
                    && parameter.default.is_none()
                    && parameter.annotation.is_none();
                if is_taken || is_later || text.contains('\n') {
                    return None;
                }
                let is_first = parameter.default.is_none() && own.iter().any(|own| own.default.is_some());
                let place = self.new_parameter(function, text.to_owned(), is_first)?;
                return Some((value, vec![Pass::Parameter(place)]));
            }
        }
        None
    }

    fn is_handler(&self, function: FunctionRef) -> bool {
        self.judge.handlers.contains(&function)
    }

    fn new_parameter(&self, function: FunctionRef, text: String, is_first: bool) -> Option<NewParameter> {
        let file = function.file;
        let ast = self.model().ast(file);
        let after = ast[function.id].name_range.end();
        let rest = &self.model().file(file).text()[usize::from(after)..];
        let parameters = &ast[ast[function.id].parameters];
        let is_method = ast.class_of_method(function.id).is_some();
        (!(is_first && is_method)).then_some(NewParameter {
            file,
            parameters: parameters.iter().map(|parameter| parameter.range).collect(),
            open: after + TextSize::new(rest.find('(')? as u32 + 1),
            text,
            is_first,
        })
    }
}

/// Nothing is passed by stars, and everything in the one way that further conditions need.
fn is_plain(call: &CallSyntax, by_name: bool) -> bool {
    use crate::source::ArgumentForm::{Keyword, Positional};
    !call.arguments.is_empty()
        && call.arguments.iter().all(|argument| match argument.form {
            Positional => !by_name,
            Keyword(_) => by_name,
            _ => false,
        })
}

/// `task` for `Task`, `work_item` for `WorkItem`.
fn plain_name(class: &str) -> Option<String> {
    let mut out = String::new();
    for letter in class.chars() {
        if letter.is_uppercase() && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    let is_name = out
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    (is_name && !out.is_empty()).then_some(out)
}

fn leaves(ast: &Ast, block: Block) -> bool {
    ast[block]
        .last()
        .is_some_and(|&last| matches!(ast[last].kind, StmtKind::Raise { .. } | StmtKind::Return(_)))
}

/// Whether a test holds for a row that is not there: `not task`, `task is None`, one of them or something else.
fn says_missing(ast: &Ast, test: ExprId, row: Name) -> bool {
    let is_row = |id: ExprId| matches!(ast[id].kind, ExprKind::Name(name) if name == row);
    match ast[test].kind {
        ExprKind::Unary {
            operator: UnaryOperator::Not,
            operand,
        } => is_row(operand),
        ExprKind::Compare { first, rest } => match ast[rest] {
            [comparison] => {
                let is_none = matches!(ast[comparison.right].kind, ExprKind::None);
                let is_equal = matches!(comparison.operator, CompareOperator::Is | CompareOperator::Equal);
                is_row(first) && is_none && is_equal
            }
            _ => false,
        },
        _ => false,
    }
}
