//! The text behind the facts: what messages quote and fixes edit.

use crate::Facts;
use semantic::{ExprRef, FunctionRef, Model};
use syntax::ast::*;
use text::{FileId, LineIndex, Span, TextRange, TextSize};

/// A call as it is written.
#[derive(Debug, Clone)]
pub struct CallSyntax {
    pub span: Span,
    /// `jwt.decode` of `jwt.decode(token)`.
    pub callee: Span,
    /// Just behind the opening parenthesis.
    pub open: TextSize,
    pub arguments: Vec<ArgumentSyntax>,
    /// The function around it, with its name.
    pub function: Option<Function>,
    /// Whether the file holds tests.
    pub is_test: bool,
}

#[derive(Debug, Clone)]
pub struct ArgumentSyntax {
    /// With its name and stars.
    pub span: Span,
    pub value: Span,
    pub form: ArgumentForm,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArgumentForm {
    Positional,
    Keyword(String),
    /// `*x`
    Star,
    /// `**x`
    DoubleStar,
}

/// A statement that does nothing but call: `claims = call()`, `return call()`, `call()`.
#[derive(Debug, Clone)]
pub struct Statement {
    pub span: Span,
    /// The one name that the result is bound to.
    pub bound_to: Option<String>,
    pub is_return: bool,
}

/// A dictionary as it is written.
#[derive(Debug, Clone)]
pub struct DictSyntax {
    pub span: Span,
    /// Just behind the opening brace.
    pub open: TextSize,
    pub entries: Vec<EntrySyntax>,
}

#[derive(Debug, Clone)]
pub struct EntrySyntax {
    /// With its value, or its stars.
    pub span: Span,
    /// `None`: a key that is no text, or `**x`.
    pub key: Option<String>,
    pub value: Span,
}

/// A function of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    pub id: FunctionRef,
    pub name: String,
    /// Its name where it is defined.
    pub name_span: Span,
    /// The whole definition, decorators included.
    pub span: Span,
}

/// An import at the top level of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportStatement {
    pub range: TextRange,
    /// The module of a `from` import, leading dots included.
    pub from: Option<String>,
    pub names: Vec<ImportedName>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedName {
    /// With its alias.
    pub range: TextRange,
    /// `a.b` as written.
    pub path: String,
    pub alias: Option<String>,
}

impl<'a> Facts<'a> {
    /// The call that stands exactly there.
    pub fn call_at(&self, span: Span) -> Option<CallSyntax> {
        call_syntax(&self.model, self.model.expr_of(span)?)
    }

    /// The call that has exactly this value among its arguments.
    pub fn call_with_argument(&self, value: Span) -> Option<CallSyntax> {
        let value = self.model.expr_of(value)?;
        let ast = self.model.ast(value.file);
        let call = ast.parent_expr(value.id)?;
        let ExprKind::Call { arguments, .. } = ast[call].kind else {
            return None;
        };
        let is_argument = ast[arguments].iter().any(|argument| argument.value == value.id);
        let call = ExprRef {
            file: value.file,
            id: call,
        };
        is_argument.then(|| call_syntax(&self.model, call)).flatten()
    }

    /// The module under which a file imports names of another one.
    pub fn module_as_written(&self, file: FileId, target: FileId) -> Option<String> {
        let ast = self.model.ast(file);
        let text = self.text(file);
        ast[ast.body].iter().find_map(|&stmt| match ast[stmt].kind {
            StmtKind::ImportFrom { level, module, .. } => {
                // `from app import auth` reaches the file too, and names it differently.
                let name = text[module].rsplit('.').next().unwrap_or_default();
                let path = self.path(target);
                let stem = path.rsplit('/').next().and_then(|name| name.strip_suffix(".py"));
                let reaches = self.model.imported_files(file, stmt).contains(&target);
                (reaches && stem == Some(name)).then(|| ".".repeat(level as usize) + &text[module])
            }
            _ => None,
        })
    }

    /// In order of path.
    pub fn files(&self) -> impl Iterator<Item = FileId> + use<> {
        self.model.file_ids()
    }

    pub fn path(&self, file: FileId) -> &'a str {
        self.model.file(file).path()
    }

    pub fn text(&self, file: FileId) -> &'a str {
        self.model.file(file).text()
    }

    /// The text of a span.
    pub fn snippet(&self, span: Span) -> &'a str {
        self.model.text(span)
    }

    pub fn line_index(&self, file: FileId) -> &'a LineIndex {
        self.model.file(file).line_index()
    }

    /// Places that are not valid Python.
    pub fn syntax_errors(&self, file: FileId) -> &'a [TextRange] {
        &self.model.ast(file).errors
    }

    /// Comments, with their `#`.
    pub fn comments(&self, file: FileId) -> &'a [TextRange] {
        &self.model.ast(file).comments
    }

    pub fn is_test(&self, file: FileId) -> bool {
        self.model.file(file).is_test()
    }

    /// The module's docstring.
    pub fn docstring(&self, file: FileId) -> Option<TextRange> {
        let ast = self.model.ast(file);
        let first = ast[*ast[ast.body].first()?];
        match first.kind {
            StmtKind::Expr(expr) => matches!(ast[expr].kind, ExprKind::String { .. }).then_some(first.range),
            _ => None,
        }
    }

    /// The imports at the top level of a file, in order.
    pub fn imports(&self, file: FileId) -> Vec<ImportStatement> {
        let ast = self.model.ast(file);
        let text = self.text(file);
        let names = |list: List<syntax::ast::ImportedName>| -> Vec<ImportedName> {
            ast[list]
                .iter()
                .map(|imported| ImportedName {
                    range: imported.range,
                    path: text[imported.path].to_owned(),
                    alias: imported
                        .alias
                        .map(|alias| self.model.file(file).source().name(alias).to_owned()),
                })
                .collect()
        };
        ast[ast.body]
            .iter()
            .filter_map(|&stmt| match ast[stmt].kind {
                StmtKind::Import(list) => Some(ImportStatement {
                    range: ast[stmt].range,
                    from: None,
                    names: names(list),
                }),
                StmtKind::ImportFrom {
                    level,
                    module,
                    names: list,
                    ..
                } => Some(ImportStatement {
                    range: ast[stmt].range,
                    from: Some(".".repeat(level as usize) + &text[module]),
                    names: names(list),
                }),
                _ => None,
            })
            .collect()
    }
}

/// A parameter of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterSyntax {
    pub annotation: Option<Span>,
    /// `user_id: str | None`, `user_id=None`
    pub may_be_left_out: bool,
}

impl Facts<'_> {
    /// What a call calls, as it is written, and what another expression is: for telling by names.
    pub fn called_as(&self, call: Span) -> String {
        let Some(expr) = self.model.expr_of(call) else {
            return self.snippet(call).to_owned();
        };
        let named = match self.model.expr(expr).kind {
            ExprKind::Call { function, .. } => function,
            _ => expr.id,
        };
        self.model.written(ExprRef { id: named, ..expr }).into_owned()
    }

    /// The parameter whose name stands there, as it is written.
    pub fn parameter(&self, name: Span) -> Option<ParameterSyntax> {
        let function = self.model.function_at(name.file, name.range.start())?;
        let ast = self.model.ast(name.file);
        let parameter = ast[ast[function.id].parameters]
            .iter()
            .find(|parameter| name.range.contains_range(parameter.name_range))?;
        let written = |id: ExprId| Span::new(name.file, ast[id].range);
        let annotation = parameter.annotation;
        let file = self.model.file(name.file);
        let parts = annotation.into_iter().chain(parameter.default);
        let may_be_none = parts.flat_map(|id| ast.descendants(id)).any(|id| match ast[id].kind {
            ExprKind::None => true,
            ExprKind::Name(name) => file.imported_name(name) == "Optional",
            _ => false,
        });
        // An annotation in quotes is not read.
        let is_quoted = annotation.is_some_and(|id| matches!(ast[id].kind, ExprKind::String { .. }));
        Some(ParameterSyntax {
            annotation: annotation.map(written),
            may_be_left_out: may_be_none || is_quoted,
        })
    }

    /// The whole definition of a function, decorators included.
    pub fn function_span(&self, function: FunctionRef) -> Option<Span> {
        let ast = self.model.ast(function.file);
        let mut range = ast[ast[function.id].stmt].range;
        let decorators = ast[ast[function.id].decorators].first();
        if let Some(first) = decorators.map(|&decorator| ast[decorator].range) {
            range = range.cover(first);
        }
        Some(Span::new(function.file, range))
    }
}

/// The expression that covers exactly a span.
pub(crate) fn expr_at(model: &Model<'_>, span: Span) -> Option<ExprRef> {
    model.expr_of(span)
}

impl<'a> Facts<'a> {
    /// The dictionary that has an entry there, by the span of its key, its value or both, and which entry it is.
    pub fn entry_at(&self, span: Span) -> Option<(DictSyntax, usize)> {
        let ast = self.model.ast(span.file);
        ast.exprs().find_map(|(id, expr)| {
            let ExprKind::Dict(items) = expr.kind else { return None };
            let index = ast[items].iter().position(|item| match *item {
                DictItem::Pair { key, value } => {
                    let (key, value) = (ast[key].range, ast[value].range);
                    [key, value, key.cover(value)].contains(&span.range)
                }
                DictItem::Spread(_) => false,
            })?;
            let dict = ExprRef { file: span.file, id };
            Some((dict_syntax(&self.model, dict)?, index))
        })
    }

    /// The items of the list, tuple or set that has `item` among them.
    pub fn list_around(&self, item: Span) -> Option<Vec<TextRange>> {
        let ast = self.model.ast(item.file);
        ast.exprs().find_map(|(_, expr)| {
            let (ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items)) = expr.kind else {
                return None;
            };
            let ranges: Vec<TextRange> = ast[items].iter().map(|&item| ast[item].range).collect();
            ranges.contains(&item.range).then_some(ranges)
        })
    }
}

/// The written form of a call.
pub(crate) fn call_syntax(model: &Model<'_>, call: ExprRef) -> Option<CallSyntax> {
    let file = call.file;
    let ast = model.ast(file);
    let ExprKind::Call { function, arguments } = ast[call.id].kind else {
        return None;
    };
    // Of `asyncio.to_thread(f, x)` it is `f` that is called, with what stands behind it.
    let (callee, skipped) = match model.forwarded(call) {
        Some((forwarded, skipped)) => (model.span(forwarded), skipped),
        None => (Span::new(file, ast[function].range), 0),
    };
    let open = match skipped {
        0 => {
            let after = TextRange::new(callee.range.end(), ast[call.id].range.end());
            callee.range.end() + TextSize::new(model.file(file).text()[after].find('(')? as u32 + 1)
        }
        _ => callee.range.end(),
    };
    let arguments = ast[arguments][skipped..]
        .iter()
        .map(|argument| ArgumentSyntax {
            span: Span::new(file, argument.range),
            value: Span::new(file, ast[argument.value].range),
            form: match argument.kind {
                ArgumentKind::Positional => ArgumentForm::Positional,
                ArgumentKind::Keyword(name) => ArgumentForm::Keyword(model.file(file).source().name(name).to_owned()),
                ArgumentKind::Star => ArgumentForm::Star,
                ArgumentKind::DoubleStar => ArgumentForm::DoubleStar,
            },
        })
        .collect();
    Some(CallSyntax {
        span: Span::new(file, ast[call.id].range),
        callee,
        open,
        arguments,
        function: model.enclosing_function(call).map(|id| function_of(model, id)),
        is_test: model.file(file).is_test(),
    })
}

/// The statement that a call is, where it begins a line and is nothing else.
pub(crate) fn statement_of(model: &Model<'_>, call: ExprRef) -> Option<Statement> {
    let file = call.file;
    let ast = model.ast(file);
    if ast.parent_expr(call.id).is_some() {
        return None;
    }
    let stmt = ast.stmt_of(call.id);
    let (target, is_return) = match ast[stmt].kind {
        StmtKind::Expr(_) => (None, false),
        StmtKind::Return(_) => (None, true),
        StmtKind::Assign { targets, .. } => match ast[targets] {
            [target] => (Some(target), false),
            _ => return None,
        },
        StmtKind::AnnotatedAssign { target, .. } => (Some(target), false),
        _ => return None,
    };
    let bound_to = match target.map(|target| ast[target].kind) {
        None => None,
        Some(ExprKind::Name(name)) => Some(model.file(file).source().imported_name(name).to_owned()),
        Some(_) => return None,
    };
    let range = ast[stmt].range;
    let text = model.file(file).text();
    let before = &text[..usize::from(range.start())];
    let line = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let after = text[usize::from(range.end())..].trim_start_matches([' ', '\t']);
    let is_alone = before[line..].trim_start_matches('\u{feff}').trim().is_empty()
        && (after.is_empty() || after.starts_with(['\n', '\r', '#']));
    is_alone.then(|| Statement {
        span: Span::new(file, range),
        bound_to,
        is_return,
    })
}

/// The written form of a dictionary.
pub(crate) fn dict_syntax(model: &Model<'_>, dict: ExprRef) -> Option<DictSyntax> {
    let file = dict.file;
    let ast = model.ast(file);
    let ExprKind::Dict(items) = ast[dict.id].kind else {
        return None;
    };
    let span = model.span(dict);
    let text = model.text(span);
    // Parentheses around the dictionary count to its range.
    let open = span.range.start() + TextSize::new(text.find('{')? as u32 + 1);
    let entries = ast[items]
        .iter()
        .map(|item| match *item {
            DictItem::Pair { key, value } => EntrySyntax {
                span: Span::new(file, ast[key].range.cover(ast[value].range)),
                key: match model.eval(ExprRef { file, id: key }).as_slice() {
                    [key] => key.as_str().map(str::to_owned),
                    _ => None,
                },
                value: Span::new(file, ast[value].range),
            },
            DictItem::Spread(value) => EntrySyntax {
                span: Span::new(
                    file,
                    TextRange::new(spread_start(model, file, ast[value].range), ast[value].range.end()),
                ),
                key: None,
                value: Span::new(file, ast[value].range),
            },
        })
        .collect();
    Some(DictSyntax { span, open, entries })
}

/// Where the stars before an unpacked value begin.
fn spread_start(model: &Model<'_>, file: FileId, value: TextRange) -> TextSize {
    let before = &model.file(file).text()[..usize::from(value.start())];
    let at = before.rfind("**").unwrap_or(before.len());
    TextSize::new(at as u32)
}

pub(crate) fn function_of(model: &Model<'_>, id: FunctionRef) -> Function {
    let ast = model.ast(id.file);
    let function = ast[id.id];
    Function {
        id,
        name: model.function_name(id).to_owned(),
        name_span: Span::new(id.file, function.name_range),
        span: Span::new(id.file, ast[function.stmt].range),
    }
}

impl CallSyntax {
    /// The argument at a position or under a name, where it is written at the call.
    pub fn argument(&self, position: Option<usize>, names: &[&str]) -> Option<&ArgumentSyntax> {
        let named = self
            .arguments
            .iter()
            .find(|argument| matches!(&argument.form, ArgumentForm::Keyword(name) if names.contains(&name.as_str())));
        named.or_else(|| {
            let positional = self
                .arguments
                .iter()
                .take_while(|argument| argument.form == ArgumentForm::Positional);
            positional.clone().nth(position?)
        })
    }
}
