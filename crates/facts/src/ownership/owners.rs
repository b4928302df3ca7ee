//! Which columns say whose rows are: by how the project uses them, by what they refer to, by their names.

use rustc_hash::FxHashMap;
use semantic::{BindingKind, ExprRef, FunctionRef, Model, NameUse};
use syntax::ast::*;

use crate::data::Data;
use crate::flow::{Flow, Origin, OriginKind};
use crate::libraries::owners::{
    BOOKKEEPING_WORDS, IDENTITY_NAMES, LOGIN_COLUMNS, OWNER_ENDINGS, PRIVATE_NAMES, PUBLIC_NAMES, ROLE_COLUMNS,
};
use crate::libraries::purposes::subject;
use crate::models::{Column, DataModel, DataModelId, OwnerReason};
use crate::queries::{ModelUse, Operand, Operator};

use super::values::{Who, who};

/// Calls of one function that are looked at.
const MAX_CALLERS: usize = 24;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) name: String,
    /// The project fills it with, or compares it to, the verified identity, or it refers to the model of users.
    pub(super) is_certain: bool,
}

/// The columns that own the rows of each model, the best first.
#[derive(Debug, Default)]
pub(super) struct Owners {
    by_model: FxHashMap<DataModelId, Vec<Owner>>,
}

impl Owners {
    pub(super) fn new(model: &Model<'_>, flow: &Flow<'_, '_>, data: &Data) -> Owners {
        let used = used(model, flow, data);
        let compared = compared(model, flow);
        let mut owners = Owners::default();
        let users: Vec<&DataModel> = data
            .models
            .all()
            .map(|(_, found)| found)
            .filter(|m| m.is_user())
            .collect();
        for (id, found) in data.models.all() {
            if found.is_user() {
                continue;
            }
            let mut columns: Vec<Owner> = Vec::new();
            let mut add = |name: &str, is_certain: bool| {
                if !columns.iter().any(|known| known.name == name) && !is_bookkeeping(name) {
                    columns.push(Owner {
                        name: name.to_owned(),
                        is_certain,
                    });
                }
            };
            for name in used.get(&id).into_iter().flatten() {
                add(name, true);
            }
            for column in &found.columns {
                if compared.iter().any(|known| known.says_whose(found, column)) && !column.is_primary_key {
                    add(&column.name, true);
                }
            }
            for owner in &found.owners {
                match owner.reason {
                    OwnerReason::Setting | OwnerReason::ForeignKey => add(&owner.column, true),
                    OwnerReason::UserName if !ROLE_COLUMNS.contains(&&*plain(&owner.column)) => {
                        add(&owner.column, false);
                    }
                    // A group owns rows where users belong to one.
                    OwnerReason::GroupName if users.iter().any(|user| user.column(&owner.column).is_some()) => {
                        add(&owner.column, true);
                    }
                    OwnerReason::UserName | OwnerReason::GroupName => {}
                }
            }
            if !columns.is_empty() {
                owners.by_model.insert(id, columns);
            }
        }
        owners
    }

    /// Rows of users belong to those they describe: whose key it is, or whose name they log in by.
    pub(super) fn of_users(data: &Data) -> Owners {
        let mut owners = Owners::default();
        for (id, found) in data.models.all().filter(|(_, found)| found.is_user()) {
            let is_own = |column: &&Column| {
                column.is_primary_key || is_key(&column.name) || LOGIN_COLUMNS.contains(&&*plain(&column.name))
            };
            let columns = found.columns.iter().filter(is_own).map(|column| Owner {
                name: column.name.clone(),
                is_certain: true,
            });
            owners.by_model.insert(id, columns.collect());
        }
        owners
    }

    pub(super) fn columns(&self, id: DataModelId) -> &[Owner] {
        self.by_model.get(&id).map_or(&[], Vec::as_slice)
    }

    pub(super) fn owns(&self, id: DataModelId, column: &str) -> bool {
        self.columns(id).iter().any(|owner| owner.name == column)
    }
}

/// Columns that queries compare with, or fill with, the caller.
fn used(model: &Model<'_>, flow: &Flow<'_, '_>, data: &Data) -> FxHashMap<DataModelId, Vec<String>> {
    let mut out: FxHashMap<DataModelId, Vec<String>> = FxHashMap::default();
    let mut add = |used: Option<&ModelUse>, column: &str, value: &Operand| {
        let Some(ModelUse::Known(id)) = used else { return };
        if is_key(column) || out.get(id).is_some_and(|known| known.iter().any(|name| name == column)) {
            return;
        }
        let Operand::Expr { expr, frame, .. } = value else {
            return;
        };
        let is_named = is_owner_like(column) && (is_identity(model, *expr) || is_given_identity(model, *expr));
        if !is_named && !matches!(model.expr(*expr).kind, ExprKind::Name(_)) {
            return;
        }
        // What is named as neither owner nor identity is told by the claim that it is.
        let origins = flow.origins_in(*expr, frame.as_ref());
        if who(&origins, &[]) == Who::Caller && (is_named || are_identity_claims(&origins)) {
            out.entry(*id).or_default().push(column.to_owned());
        }
    };
    for found in data.queries.column_values() {
        if matches!(found.operator, None | Some(Operator::Equal | Operator::In)) {
            add(found.model, found.column, found.value);
        }
    }
    out
}

/// An attribute or key that is compared with the caller: `document.uploader != user.id`.
#[derive(PartialEq)]
struct Compared {
    column: String,
    /// What it is of, by its name: `document`.
    of: Option<String>,
}

impl Compared {
    /// Addresses and names of logins stand in many rows; they say whose those are of which they are compared.
    fn says_whose(&self, model: &DataModel, column: &Column) -> bool {
        let is_of = |of: &String| {
            let (of, name) = (plain(of), plain(&model.name));
            name.contains(&of) || of.contains(name.strip_suffix('s').unwrap_or(&name))
        };
        self.column == column.name
            && (!LOGIN_COLUMNS.contains(&&*plain(&column.name)) || self.of.as_ref().is_some_and(is_of))
    }
}

fn compared(model: &Model<'_>, flow: &Flow<'_, '_>) -> Vec<Compared> {
    let mut out: Vec<Compared> = Vec::new();
    for file in model.file_ids().filter(|&file| !model.file(file).is_test()) {
        let ast = model.ast(file);
        for (_, expr) in ast.exprs() {
            let ExprKind::Compare { first, rest } = expr.kind else {
                continue;
            };
            let [comparison] = ast[rest] else { continue };
            if !matches!(comparison.operator, CompareOperator::Equal | CompareOperator::NotEqual) {
                continue;
            }
            for (side, other) in [(first, comparison.right), (comparison.right, first)] {
                let side = ExprRef { file, id: side };
                let Some(name) = member_name(model, side) else {
                    continue;
                };
                let other = ExprRef { file, id: other };
                if !is_owner_like(name) || !is_identity(model, other) {
                    continue;
                }
                let found = Compared {
                    column: name.to_owned(),
                    of: member_of(model, side),
                };
                if out.contains(&found) {
                    continue;
                }
                if ast.enclosing_function(ast.stmt_of(side.id)).is_some()
                    && who(&flow.origins_in(other, None), &[]) == Who::Caller
                {
                    out.push(found);
                }
            }
        }
    }
    out
}

/// `task` of `task.user_id`, `task["user_id"]`, `str(task.user_id)`, and `Task` where that is what was asked for:
/// `task = db.get(Task, task_id)`.
fn member_of(model: &Model<'_>, expr: ExprRef) -> Option<String> {
    let source = model.file(expr.file).source();
    let ast = source.ast();
    let mut at = expr.id;
    for _ in 0..4 {
        at = match ast[at].kind {
            ExprKind::Attribute { object, .. } | ExprKind::Subscript { object, .. } => match ast[object].kind {
                ExprKind::Name(name) => {
                    let mut of = source.name(name).to_owned();
                    for binding in model.bindings_of(ExprRef { id: object, ..expr }) {
                        if let semantic::BindingKind::Value(value) = binding.kind {
                            for part in ast.descendants(value).into_iter().take(40) {
                                if let ExprKind::Name(class) = ast[part].kind
                                    && let class = source.imported_name(class)
                                    && class.starts_with(|c: char| c.is_ascii_uppercase())
                                {
                                    of.push_str(class);
                                }
                            }
                        }
                    }
                    return Some(of);
                }
                ExprKind::Attribute { name, .. } => return Some(source.name(name).to_owned()),
                _ => object,
            },
            ExprKind::Await(inner) => inner,
            ExprKind::Call { function, arguments } => match (ast[function].kind, &ast[arguments]) {
                (ExprKind::Attribute { .. }, [_])
                    if !matches!(ast[ast[arguments][0].value].kind, ExprKind::Attribute { .. }) =>
                {
                    function
                }
                (_, [only]) => only.value,
                _ => return None,
            },
            _ => return None,
        };
    }
    None
}

/// `user_id` of `task.user_id`, `task["user_id"]`, `task.get("user_id")`, `str(task.user_id)`.
pub(super) fn member_name<'a>(model: &Model<'a>, expr: ExprRef) -> Option<&'a str> {
    let source = model.file(expr.file).source();
    let ast = source.ast();
    match ast[expr.id].kind {
        ExprKind::Attribute { name, .. } => Some(source.name(name)),
        ExprKind::Subscript { index, .. } => literal(model, expr, index),
        ExprKind::Await(inner) => member_name(model, ExprRef { id: inner, ..expr }),
        ExprKind::Call { function, arguments } => {
            let first = ast[arguments].first()?.value;
            match ast[function].kind {
                ExprKind::Attribute { name, .. } if source.name(name) == "get" => literal(model, expr, first),
                // One conversion around it; more are not written.
                ExprKind::Name(_) | ExprKind::Attribute { .. } if ast[arguments].len() == 1 => match ast[first].kind {
                    ExprKind::Attribute { name, .. } => Some(source.name(name)),
                    ExprKind::Subscript { index, .. } => literal(model, expr, index),
                    _ => None,
                },
                _ => None,
            }
        }
        _ => None,
    }
}

fn literal<'a>(model: &Model<'a>, at: ExprRef, id: ExprId) -> Option<&'a str> {
    let file = model.file(at.file);
    match file.ast()[id].kind {
        ExprKind::String { parts, .. } => match file.ast()[parts] {
            [StringPart::Text { range, .. }] => Some(&file.text()[range]),
            _ => None,
        },
        _ => None,
    }
}

/// Whether an expression is named as an identity is: `user.id`, `claims["sub"]`, `current_user`.
fn is_identity(model: &Model<'_>, expr: ExprRef) -> bool {
    let name = member_name(model, expr).map(str::to_owned).or_else(|| {
        let source = model.file(expr.file).source();
        match source.ast()[expr.id].kind {
            ExprKind::Name(name) => Some(source.imported_name(name).to_owned()),
            // `UUID(user_id)`, `str(user_id)`
            ExprKind::Call { arguments, .. } => match source.ast()[arguments] {
                [only] => match source.ast()[only.value].kind {
                    ExprKind::Name(name) => Some(source.imported_name(name).to_owned()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    });
    name.is_some_and(|name| {
        let name = plain(&name);
        IDENTITY_NAMES.contains(&&*name) || name.ends_with("userid") || name.ends_with("user")
    })
}

/// `reporter_id` of a function that is called with `user.id`.
fn is_given_identity(model: &Model<'_>, expr: ExprRef) -> bool {
    let NameUse::Bound(definitions) = model.definitions(expr) else {
        return false;
    };
    let [only] = definitions.as_slice() else { return false };
    let BindingKind::Parameter { function, index } = only.binding.kind else {
        return false;
    };
    let ast = model.ast(only.file);
    let Some(parameter) = ast[ast[function].parameters].get(index as usize) else {
        return false;
    };
    let name = model.file(only.file).source().name(parameter.name);
    let position = (index as usize).checked_sub(usize::from(ast.class_of_method(function).is_some()));
    let callers = model.callers(FunctionRef {
        file: only.file,
        id: function,
    });
    let mut given = callers
        .iter()
        .take(MAX_CALLERS)
        .filter_map(|&call| model.arguments(call, None).get(position, &[name])?.expr)
        .peekable();
    given.peek().is_some() && given.all(|argument| is_identity(model, argument))
}

/// Whether a value is a claim that says who the caller is: `sub`, and not `role` or `plan`.
fn are_identity_claims(origins: &[Origin]) -> bool {
    !origins.is_empty()
        && origins.iter().all(|origin| match &origin.kind {
            OriginKind::Claim { name: Some(name), .. } => {
                let name = plain(name);
                IDENTITY_NAMES.contains(&&*name) || name.ends_with("userid")
            }
            _ => false,
        })
}

fn is_key(column: &str) -> bool {
    let name = plain(column.rsplit('.').next().unwrap_or(column));
    matches!(&*name, "id" | "pk")
}

pub(super) fn is_owner_like(column: &str) -> bool {
    let name = plain(column.rsplit('.').next().unwrap_or(column));
    !is_key(column) && OWNER_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn is_bookkeeping(column: &str) -> bool {
    let name = column.to_ascii_lowercase();
    BOOKKEEPING_WORDS.iter().any(|word| name.contains(word))
}

/// Rows of such models are there to be read by everybody.
pub(super) fn is_public_by_name(name: &str) -> bool {
    words(subject(name)).iter().any(|word| PUBLIC_NAMES.contains(&&**word)) && !is_private_by_name(name)
}

pub(super) fn is_private_by_name(name: &str) -> bool {
    words(subject(name)).iter().any(|word| PRIVATE_NAMES.contains(&&**word))
}

/// `blog`, `post` of `BlogPosts` and `blog_posts`.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut before_is_lower = false;
    for c in name.chars() {
        if c == '_' || c == '-' || c.is_uppercase() && before_is_lower || out.is_empty() {
            out.push(String::new());
        }
        before_is_lower = c.is_lowercase();
        if c != '_' && c != '-' {
            out.last_mut().expect("a word was begun").extend(c.to_lowercase());
        }
    }
    for word in &mut out {
        if word.ends_with('s') && !word.ends_with("ss") {
            word.pop();
        }
    }
    out
}

/// Lower case without underscores: `created_by_id` and `createdById` are one.
pub(super) fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| *c != '_')
        .flat_map(char::to_lowercase)
        .collect()
}
