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

/// The expression that covers exactly a span. Linear in the size of the file: for single questions.
pub(crate) fn expr_at(model: &Model<'_>, span: Span) -> Option<ExprRef> {
    let ast = model.ast(span.file);
    let (id, _) = ast.exprs().find(|(_, expr)| expr.range == span.range)?;
    Some(ExprRef { file: span.file, id })
}

/// The written form of a call.
pub(crate) fn call_syntax(model: &Model<'_>, call: ExprRef) -> Option<CallSyntax> {
    let file = call.file;
    let ast = model.ast(file);
    let ExprKind::Call { function, arguments } = ast[call.id].kind else {
        return None;
    };
    let callee = Span::new(file, ast[function].range);
    let after = TextRange::new(callee.range.end(), ast[call.id].range.end());
    let open = model.file(file).text()[after].find('(')? as u32 + 1;
    let arguments = ast[arguments]
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
        open: callee.range.end() + TextSize::new(open),
        arguments,
        function: model.enclosing_function(call).map(|id| function_of(model, id)),
        is_test: model.file(file).is_test(),
    })
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
