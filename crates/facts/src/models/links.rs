//! How models hang together: foreign keys, relationships, the model of users, who may own rows.

use semantic::Model;
use syntax::ast::ExprKind;

use super::classes::{Classes, called_name, members};
use super::columns::calls_in;
use super::tables::constrain;
use super::{Column, DataModel, DataModelId, DataModels, ModelSource, OwnerColumn, OwnerReason, Parent, UserEvidence};
use crate::libraries::callers::words;
use crate::libraries::data::DATA_LIBRARIES;
use crate::libraries::owners::{GROUP_COLUMNS, LOGIN_COLUMNS, PASSWORD_COLUMNS, USER_COLUMNS, USER_NAMES};

pub(super) fn resolve(model: &Model<'_>, classes: &Classes, found: &mut DataModels) {
    for index in 0..found.models.len() {
        table_arguments(model, &mut found.models[index]);
        let id = DataModelId(index as u32);
        let data = found.get(id);
        let mut columns = data.columns.clone();
        for column in &mut columns {
            if let Some(key) = &mut column.foreign_key {
                key.model = target(found, &key.target, data, id);
            }
        }
        let mut relationships = data.relationships.clone();
        for relationship in &mut relationships {
            relationship.model = target(found, &relationship.target, data, id);
        }
        found.models[index].columns = columns;
        found.models[index].relationships = relationships;
    }
    for index in 0..found.models.len() {
        found.models[index].user_evidence = user_evidence(&found.models[index], classes);
    }
    // Accounts, sessions and profiles of a user are not themselves users.
    let belongs: Vec<usize> = (0..found.models.len())
        .filter(|&index| belongs_to_user(found, DataModelId(index as u32)))
        .collect();
    for index in belongs {
        found.models[index].user_evidence.clear();
    }
    for index in 0..found.models.len() {
        describe(found, DataModelId(index as u32));
    }
}

/// Whether a model without a user library's base refers to another model of users.
fn belongs_to_user(found: &DataModels, id: DataModelId) -> bool {
    let data = found.get(id);
    let is_base = |evidence: &UserEvidence| matches!(evidence, UserEvidence::Base(_));
    let refers = |column: &Column| {
        let target = column.foreign_key.as_ref().and_then(|key| key.model);
        plain(&column.name).starts_with("user")
            && target.is_some_and(|target| target != id && found.get(target).is_user())
    };
    !data.user_evidence.iter().any(is_base) && data.columns.iter().any(refers)
}

/// What `settle_collections` says again: models that were found by their use.
pub(super) fn describe_collections(_: &Model<'_>, found: &mut DataModels) {
    let collections: Vec<usize> = (0..found.models.len())
        .filter(|index| found.models[*index].source.is_by_use())
        .collect();
    for &index in &collections {
        found.models[index].user_evidence = evidence_of_columns(&found.models[index]);
    }
    for index in collections {
        describe(found, DataModelId(index as u32));
    }
}

/// `__table_args__ = (ForeignKeyConstraint(…),)`
fn table_arguments(model: &Model<'_>, data: &mut DataModel) {
    let Some(class) = data.class else { return };
    if model.class_binding(class, "__table_args__").is_none() {
        return;
    }
    let declared = members(model, class)
        .into_iter()
        .find(|member| member.name == "__table_args__");
    let Some(value) = declared.and_then(|member| member.value) else {
        return;
    };
    if !matches!(model.expr(value).kind, ExprKind::Tuple(_)) {
        return;
    }
    for call in calls_in(model, value) {
        if called_name(model, call).as_deref() == Some("ForeignKeyConstraint") {
            constrain(model, call, data);
        }
    }
}

/// The model that `users.id`, `public.users.id`, `models.User` or `User` means.
fn target(found: &DataModels, written: &str, from: &DataModel, id: DataModelId) -> Option<DataModelId> {
    let segments: Vec<&str> = written.split('.').collect();
    let last = *segments.last()?;
    let before = segments.len().checked_sub(2).map(|at| segments[at]);
    // `users.id` names a table and a column, `models.User` a module and a class.
    let names = match before {
        Some(table) if !last.starts_with(char::is_uppercase) => vec![table],
        _ => vec![last],
    };
    if names.contains(&"self") {
        return Some(id);
    }
    let known = names.iter().find_map(|name| found.named(name, from.file));
    // A table name that a base computes of the class's name: `users` for `User`.
    known.or_else(|| {
        let singular = singular(names[0]);
        let compact: String = singular.chars().filter(|c| *c != '_').collect();
        let candidate = found.named(&compact, from.file)?;
        found.get(candidate).table.is_none().then_some(candidate)
    })
}

fn singular(name: &str) -> String {
    match name {
        _ if name.ends_with("ies") => format!("{}y", &name[..name.len() - 3]),
        _ if name.ends_with("sses") => name[..name.len() - 2].to_owned(),
        _ if name.ends_with('s') && !name.ends_with("ss") => name[..name.len() - 1].to_owned(),
        _ => name.to_owned(),
    }
}

/// Lower case without underscores: `created_by_id` and `createdById` are one.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| *c != '_')
        .flat_map(char::to_lowercase)
        .collect()
}

fn user_evidence(data: &DataModel, classes: &Classes) -> Vec<UserEvidence> {
    let library = |path: &str| DATA_LIBRARIES.iter().find(|library| library.has_path(path));
    let base = data.class.and_then(|class| {
        classes.outside(class).into_iter().find_map(|path| {
            let last = path.rsplit('.').next()?.to_owned();
            library(&path)?.user_bases.contains(&&*last).then_some(last)
        })
    });
    let mut out: Vec<UserEvidence> = base.into_iter().map(UserEvidence::Base).collect();
    out.extend(evidence_of_columns(data));
    out
}

/// A password beside something to log in with, or a user's name beside either of them.
fn evidence_of_columns(data: &DataModel) -> Vec<UserEvidence> {
    let is_user_name = |name: &str| {
        let name = plain(name);
        USER_NAMES
            .iter()
            .any(|known| name == *known || name == format!("{known}s"))
    };
    let find = |names: &[&str]| {
        data.columns
            .iter()
            .find(|column| names.contains(&&*plain(&column.name)))
    };
    let password = find(PASSWORD_COLUMNS);
    let login = find(LOGIN_COLUMNS);
    let by_class = data.source == ModelSource::Class && is_user_name(&data.name);
    let by_table = data.table.as_deref().is_some_and(is_user_name);
    let is_named = by_class || by_table;
    let is_user = match (password, login) {
        (Some(_), Some(_)) => is_named || !is_account_elsewhere(data),
        (Some(_), None) | (None, Some(_)) => is_named,
        (None, None) => is_named && data.columns.len() <= 2,
    };
    if !is_user {
        return Vec::new();
    }
    let mut out = Vec::new();
    if by_class {
        out.push(UserEvidence::ClassName);
    }
    if by_table {
        out.push(UserEvidence::TableName);
    }
    out.extend(password.map(|column| UserEvidence::PasswordColumn(column.name.clone())));
    out.extend(login.map(|column| UserEvidence::LoginColumn(column.name.clone())));
    out
}

/// Rows that say how to log in somewhere else: the settings of a mail server, a gateway, a database.
fn is_account_elsewhere(data: &DataModel) -> bool {
    let has_address = data
        .columns
        .iter()
        .any(|column| ADDRESS_COLUMNS.contains(&&*plain(&column.name)));
    has_address
        || words(&data.name)
            .iter()
            .any(|word| ELSEWHERE_WORDS.contains(&word.as_str()))
}

/// Columns that say where a server is.
const ADDRESS_COLUMNS: &[&str] = &[
    "host",
    "hostname",
    "port",
    "server",
    "smtphost",
    "smtpserver",
    "smtpport",
    "imaphost",
    "baseurl",
    "endpoint",
];

/// Words of names of models that describe a connection.
const ELSEWHERE_WORDS: &[&str] = &[
    "config",
    "configs",
    "configuration",
    "setting",
    "settings",
    "gateway",
    "smtp",
    "connection",
    "integration",
    "provider",
    "datasource",
    "proxy",
];

/// Owner columns and parents of one model.
fn describe(found: &mut DataModels, id: DataModelId) {
    let data = found.get(id);
    let mut owners = Vec::new();
    let mut parents = Vec::new();
    for column in &data.columns {
        let target = column.foreign_key.as_ref().and_then(|key| key.model);
        let is_user_key = target.is_some_and(|target| found.get(target).is_user());
        let reason = match is_user_key {
            _ if found.settings.is_owner_field(&column.name) => Some(OwnerReason::Setting),
            true => Some(OwnerReason::ForeignKey),
            // What names a person in the model of users is that user's own name.
            false => reason_by_name(column).filter(|reason| !data.is_user() || *reason == OwnerReason::GroupName),
        };
        if let Some(reason) = reason {
            owners.push(OwnerColumn {
                column: column.name.clone(),
                reason,
            });
        }
        let by_name = || {
            let name = column
                .name
                .strip_suffix("_id")
                .or_else(|| column.name.strip_suffix("Id"))?;
            let parent = found
                .named(name, data.file)
                .or_else(|| found.named(&format!("{name}s"), data.file))
                .or_else(|| found.named(&name.replace('_', ""), data.file))?;
            // Its own key is not a reference to it.
            (parent != id && !column.is_primary_key).then_some(parent)
        };
        let (parent, is_by_name) = match target {
            Some(target) => (Some(target), false),
            None => (by_name(), true),
        };
        if let Some(parent) = parent
            && !found.get(parent).is_user()
        {
            parents.push(Parent {
                column: column.name.clone(),
                model: parent,
                is_by_name,
            });
        }
    }
    // What the project says is better than what names say.
    text::sort_by_key(&mut owners, |owner| match owner.reason {
        OwnerReason::Setting => 0,
        OwnerReason::ForeignKey => 1,
        OwnerReason::UserName => 2,
        OwnerReason::GroupName => 3,
    });
    let data = &mut found.models[id.0 as usize];
    data.owners = owners;
    data.parents = parents;
}

fn reason_by_name(column: &Column) -> Option<OwnerReason> {
    // `metadata.owner_email` of documents.
    let name = plain(column.name.rsplit('.').next()?);
    if USER_COLUMNS.contains(&&*name) {
        Some(OwnerReason::UserName)
    } else if GROUP_COLUMNS.contains(&&*name) {
        Some(OwnerReason::GroupName)
    } else {
        None
    }
}
