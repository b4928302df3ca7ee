//! Classes of a project, what they descend from and what their bodies declare.

use std::rc::Rc;

use rustc_hash::FxHashMap;
use semantic::{ClassRef, ExprRef, FunctionRef, Model, ValueKind};
use syntax::ast::*;
use text::Span;

/// Every class with its bases, and the other way round.
#[derive(Debug, Default)]
pub(crate) struct Classes {
    direct: FxHashMap<ClassRef, Vec<Base>>,
    children: FxHashMap<ClassRef, Vec<ClassRef>>,
    /// In order of file and place.
    all: Vec<ClassRef>,
}

#[derive(Debug, Clone)]
pub(crate) struct Base {
    pub(crate) kind: BaseKind,
    /// `Task` of `Repository[Task]`.
    pub(crate) arguments: Vec<ExprRef>,
}

#[derive(Debug, Clone)]
pub(crate) enum BaseKind {
    Class(ClassRef),
    /// A path; with `()` where a call made the class.
    Outside(Rc<str>),
    Unknown,
}

/// What the body of a class binds.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) annotation: Option<ExprRef>,
    pub(crate) value: Option<ExprRef>,
    pub(crate) function: Option<FunctionRef>,
    pub(crate) class: Option<ClassRef>,
}

/// Longer lines of inheritance are cut off.
const MAX_LINEAGE: usize = 48;

impl Classes {
    pub(crate) fn new(model: &Model<'_>) -> Classes {
        let mut classes = Classes::default();
        for file in model.file_ids() {
            let ast = model.ast(file);
            let mut ids: Vec<(ClassId, &Class)> = ast.classes().collect();
            text::sort_by_key(&mut ids, |(_, class)| class.name_range.start());
            for (id, class) in ids {
                let class_ref = ClassRef { file, id };
                let mut bases = Vec::new();
                for argument in &ast[class.arguments] {
                    if argument.kind == ArgumentKind::Positional {
                        let value = ExprRef {
                            file,
                            id: argument.value,
                        };
                        bases.push(base(model, value));
                    }
                }
                for base in &bases {
                    if let BaseKind::Class(parent) = base.kind
                        && parent != class_ref
                    {
                        classes.children.entry(parent).or_default().push(class_ref);
                    }
                }
                classes.direct.insert(class_ref, bases);
                classes.all.push(class_ref);
            }
        }
        classes
    }

    pub(crate) fn all(&self) -> &[ClassRef] {
        &self.all
    }

    pub(crate) fn bases(&self, class: ClassRef) -> &[Base] {
        self.direct.get(&class).map_or(&[], Vec::as_slice)
    }

    /// The class and the classes of the project that it descends from, nearest first.
    pub(crate) fn lineage(&self, class: ClassRef) -> Vec<ClassRef> {
        let mut out = vec![class];
        let mut next = 0;
        while next < out.len() && out.len() < MAX_LINEAGE {
            for base in self.bases(out[next]) {
                if let BaseKind::Class(parent) = base.kind
                    && !out.contains(&parent)
                {
                    out.push(parent);
                }
            }
            next += 1;
        }
        out
    }

    /// Paths of the classes from outside that a class descends from.
    pub(crate) fn outside(&self, class: ClassRef) -> Vec<Rc<str>> {
        let mut out = Vec::new();
        for class in self.lineage(class) {
            for base in self.bases(class) {
                if let BaseKind::Outside(path) = &base.kind {
                    out.push(path.clone());
                }
            }
        }
        out
    }

    /// Classes that descend from a class, nearest first.
    pub(crate) fn descendants(&self, class: ClassRef) -> Vec<ClassRef> {
        let mut out = Vec::new();
        let mut pending = vec![class];
        while let Some(class) = pending.pop() {
            for &child in self.children.get(&class).map_or(&[][..], Vec::as_slice) {
                if !out.contains(&child) && out.len() < 4 * MAX_LINEAGE {
                    out.push(child);
                    pending.push(child);
                }
            }
        }
        out
    }
}

fn base(model: &Model<'_>, expr: ExprRef) -> Base {
    let ast = model.ast(expr.file);
    let (class, arguments) = match ast[expr.id].kind {
        ExprKind::Subscript { object, index } => {
            let items = match ast[index].kind {
                ExprKind::Tuple(items) => ast[items].to_vec(),
                _ => vec![index],
            };
            (object, items)
        }
        _ => (expr.id, Vec::new()),
    };
    let at = |id: ExprId| ExprRef { file: expr.file, id };
    let kind = model.eval(at(class)).into_iter().find_map(|value| match value.kind {
        ValueKind::Class(class) => Some(BaseKind::Class(class)),
        ValueKind::External(path) => Some(BaseKind::Outside(path)),
        ValueKind::Call { path, .. } => Some(BaseKind::Outside(format!("{path}()").into())),
        _ => None,
    });
    Base {
        kind: kind.unwrap_or(BaseKind::Unknown),
        arguments: arguments.into_iter().map(at).collect(),
    }
}

/// What the body of a class binds, in order.
pub(crate) fn members(model: &Model<'_>, class: ClassRef) -> Vec<Member> {
    let file = model.file(class.file);
    let ast = file.ast();
    let at = |id: ExprId| ExprRef { file: class.file, id };
    let mut out = Vec::new();
    let mut push = |name: Name, range, annotation, value, function, inner| {
        out.push(Member {
            name: file.source().name(name).to_owned(),
            span: Span::new(class.file, range),
            annotation,
            value,
            function,
            class: inner,
        });
    };
    for &stmt in &ast[ast[class.id].body] {
        match ast[stmt].kind {
            StmtKind::Assign { targets, value } => {
                for &target in &ast[targets] {
                    if let ExprKind::Name(name) = ast[target].kind {
                        push(name, ast[target].range, None, Some(at(value)), None, None);
                    }
                }
            }
            StmtKind::AnnotatedAssign {
                target,
                annotation,
                value,
            } => {
                if let ExprKind::Name(name) = ast[target].kind {
                    push(name, ast[target].range, Some(at(annotation)), value.map(at), None, None);
                }
            }
            StmtKind::Function(id) => {
                let function = FunctionRef { file: class.file, id };
                push(ast[id].name, ast[id].name_range, None, None, Some(function), None);
            }
            StmtKind::Class(id) => {
                let inner = ClassRef { file: class.file, id };
                push(ast[id].name, ast[id].name_range, None, None, None, Some(inner));
            }
            _ => {}
        }
    }
    out
}

/// The value of a keyword in the list of a class's bases.
pub(crate) fn keyword(model: &Model<'_>, class: ClassRef, wanted: &str) -> Option<ExprRef> {
    let file = model.file(class.file);
    let ast = file.ast();
    let is_wanted = |argument: &&Argument| match argument.kind {
        ArgumentKind::Keyword(name) => file.source().name(name) == wanted,
        _ => false,
    };
    let found = ast[ast[class.id].arguments].iter().find(is_wanted)?;
    Some(ExprRef {
        file: class.file,
        id: found.value,
    })
}

/// The last name of what a call calls, aliases of imports undone.
pub(crate) fn called_name(model: &Model<'_>, call: ExprRef) -> Option<String> {
    let file = model.file(call.file);
    let ast = file.ast();
    let ExprKind::Call { function, .. } = ast[call.id].kind else {
        return None;
    };
    if let Some(path) = model.called_path(call) {
        let last = path.trim_end_matches("()").rsplit('.').next()?;
        return Some(last.to_owned());
    }
    match ast[function].kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => Some(file.imported_name(name).to_owned()),
        _ => None,
    }
}

/// The expression of an argument as written at a call.
pub(crate) fn argument(model: &Model<'_>, call: ExprRef, position: Option<usize>, names: &[&str]) -> Option<ExprRef> {
    let file = model.file(call.file);
    let ast = file.ast();
    let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
        return None;
    };
    let at = |argument: &Argument| ExprRef {
        file: call.file,
        id: argument.value,
    };
    let is_named = |argument: &&Argument| match argument.kind {
        ArgumentKind::Keyword(name) => names.contains(&file.source().name(name)),
        _ => false,
    };
    if let Some(found) = ast[arguments].iter().find(is_named) {
        return Some(at(found));
    }
    let mut positional = ast[arguments]
        .iter()
        .take_while(|argument| argument.kind == ArgumentKind::Positional);
    positional.nth(position?).map(at)
}

/// Whether an argument is the constant `True` or `False`.
pub(crate) fn flag(model: &Model<'_>, expr: ExprRef) -> Option<bool> {
    match model.expr(expr).kind {
        ExprKind::True => Some(true),
        ExprKind::False => Some(false),
        _ => match model.eval(expr).as_slice() {
            [value] => value.as_bool(),
            _ => None,
        },
    }
}

/// A constant text.
pub(crate) fn constant_text(model: &Model<'_>, expr: ExprRef) -> Option<String> {
    if let Some(text) = model.ast(expr.file).string(model.file(expr.file).text(), expr.id) {
        return Some(text.into_owned());
    }
    match model.eval(expr).as_slice() {
        [value] => value.as_str().map(str::to_owned),
        _ => None,
    }
}
