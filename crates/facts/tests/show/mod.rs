//! Models and queries of small projects as lines of text.

use facts::Facts;
use facts::models::{Column, DataModel, DataModels, Extra, OwnerReason, UserEvidence};
use facts::queries::*;
use semantic::Project;
use text::Span;

/// Files separated by `#- path` lines.
pub(crate) fn project(files: &str) -> Project {
    let mut project = Project::new();
    let mut path = "main.py".to_owned();
    let mut text = String::new();
    for line in files.lines() {
        if let Some(next) = line.strip_prefix("#- ") {
            if !text.trim().is_empty() {
                project.set_file(&path, std::mem::take(&mut text));
            }
            path = next.to_owned();
        } else {
            text.push_str(line);
            text.push('\n');
        }
    }
    project.set_file(&path, text);
    project
}

/// Lines without the indentation of the test that they stand in.
pub(crate) fn lines(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

#[allow(dead_code, reason = "each test file shows its own part")]
pub(crate) fn models(files: &str) -> String {
    let project = project(files);
    let facts = Facts::new(&project);
    let models = &facts.data().models;
    let shown: Vec<String> = models
        .all()
        .map(|(_, model)| show_model(&facts, models, model))
        .collect();
    shown.join("\n")
}

#[allow(dead_code, reason = "each test file shows its own part")]
pub(crate) fn schemas(files: &str) -> String {
    let project = project(files);
    let facts = Facts::new(&project);
    let models = &facts.data().models;
    let shown = models.schemas.iter().map(|schema| {
        let fields = schema.fields.iter().map(|field| {
            let mark = if field.is_required { "" } else { "?" };
            format!("{}{mark}: {}", field.name, field.written_type)
        });
        let extra = match schema.extra {
            Extra::Ignore => "",
            Extra::Forbid => " extra=forbid",
            Extra::Allow => " extra=allow",
        };
        format!("{} {}{extra}", schema.name, fields.collect::<Vec<_>>().join(", "))
    });
    shown.collect::<Vec<_>>().join("\n")
}

#[allow(dead_code, reason = "each test file shows its own part")]
pub(crate) fn queries(files: &str) -> String {
    let project = project(files);
    let facts = Facts::new(&project);
    let data = facts.data();
    let shown: Vec<String> = data
        .queries
        .all
        .iter()
        .map(|query| show_query(&facts, &data.models, query))
        .collect();
    shown.join("\n")
}

#[allow(dead_code, reason = "each test file shows its own part")]
pub(crate) fn fills(files: &str) -> String {
    let project = project(files);
    let facts = Facts::new(&project);
    let data = facts.data();
    let shown: Vec<String> = data
        .queries
        .fills
        .iter()
        .map(|fill| show_fill(&facts, &data.models, fill))
        .collect();
    shown.join("\n")
}

#[allow(dead_code, reason = "each test file shows its own part")]
pub(crate) fn show_fill(facts: &Facts<'_>, models: &DataModels, fill: &Fill) -> String {
    let form = match fill.form {
        FillForm::Construction => "make",
        FillForm::Validation => "validate",
        FillForm::Attribute => "assign",
        FillForm::SetAttribute => "setattr",
        FillForm::Update => "update",
    };
    let model = fill
        .model
        .as_ref()
        .map(|model| show_use(models, model))
        .unwrap_or_default();
    let object = fill
        .object
        .as_ref()
        .map(|object| format!(" {}", operand(facts, models, object)));
    format!(
        "{form} {model}{}: {}",
        object.unwrap_or_default(),
        stored(facts, models, &fill.stored)
    )
}

#[allow(dead_code, reason = "each test file shows its own part")]
pub(crate) fn show_model(facts: &Facts<'_>, models: &DataModels, model: &DataModel) -> String {
    let mut out = format!(
        "{} table={} {}",
        model.name,
        model.table.as_deref().unwrap_or("?"),
        model.library
    );
    for evidence in &model.user_evidence {
        out += match evidence {
            UserEvidence::Base(_) => " user-base",
            UserEvidence::ClassName => " user-class",
            UserEvidence::TableName => " user-table",
            UserEvidence::PasswordColumn(_) => " password",
            UserEvidence::LoginColumn(_) => " login",
        };
    }
    let columns: Vec<String> = model
        .columns
        .iter()
        .map(|column| show_column(facts, models, column))
        .collect();
    out += &format!("\n{}", columns.join(", "));
    for relationship in &model.relationships {
        let target = relationship.model.map_or("?", |id| &models.get(id).name);
        let many = if relationship.is_many { "many" } else { "one" };
        let back = relationship
            .back_populates
            .as_deref()
            .map(|back| format!(" back {back}"))
            .unwrap_or_default();
        out += &format!("\nrelationship {} {many} {target}{back}", relationship.name);
    }
    for owner in &model.owners {
        let reason = match owner.reason {
            OwnerReason::Setting => "setting",
            OwnerReason::ForeignKey => "foreign key",
            OwnerReason::UserName => "user name",
            OwnerReason::GroupName => "group name",
        };
        out += &format!("\nowner {} by {reason}", owner.column);
    }
    for parent in &model.parents {
        let by = if parent.is_by_name { " by name" } else { "" };
        out += &format!("\nparent {} of {}{by}", models.get(parent.model).name, parent.column);
    }
    out
}

fn show_column(facts: &Facts<'_>, models: &DataModels, column: &Column) -> String {
    let _ = facts;
    let mut out = column.name.clone();
    if let Some(written) = &column.written_type {
        out += &format!(": {written}");
    }
    if column.is_primary_key {
        out += " pk";
    }
    if column.is_unique {
        out += " unique";
    }
    if column.is_nullable == Some(true) {
        out += " null";
    }
    if let Some(key) = &column.foreign_key {
        let target = key.model.map_or("?", |id| &models.get(id).name);
        out += &format!(" -> {target}.{}", key.column.as_deref().unwrap_or("?"));
    }
    out
}

#[allow(dead_code, reason = "each test file shows its own part")]
pub(crate) fn show_query(facts: &Facts<'_>, models: &DataModels, query: &Query) -> String {
    let mut out = format!("{:?}", query.operation);
    let used: Vec<String> = query.models.iter().map(|model| show_use(models, model)).collect();
    out += &format!(
        " {}",
        if used.is_empty() {
            "-".to_owned()
        } else {
            used.join(", ")
        }
    );
    if let Some(relationship) = &query.relationship {
        out += &format!(" by .{relationship}");
    }
    if let Some(object) = &query.object {
        out += &format!(" of {}", operand(facts, models, object));
    }
    if !query.conditions.is_empty() {
        out += &format!(" where {}", clauses(facts, models, &query.conditions));
    }
    for join in &query.joins {
        let mark = if join.is_certain { "" } else { "?" };
        out += &format!(" {mark}join {}", show_use(models, &join.model));
        for on in &join.on {
            out += &format!(" on {}", condition(facts, models, on));
        }
    }
    if !query.stored.is_empty() {
        out += &format!(" set {}", stored(facts, models, &query.stored));
    }
    if query.order.is_some() {
        out += " ordered";
    }
    if query.limit.is_some() {
        out += " limited";
    }
    if let Some(fetch) = query.fetch {
        out += &format!(" [{fetch:?}]");
    }
    out
}

fn show_use(models: &DataModels, model: &ModelUse) -> String {
    match model {
        ModelUse::Known(id) => models.get(*id).name.clone(),
        ModelUse::Generic { candidates, .. } => {
            let names: Vec<&str> = candidates
                .iter()
                .map(|candidate| &*models.get(candidate.model).name)
                .collect();
            format!("one of {}", names.join("|"))
        }
        ModelUse::Unknown { written, reason } => format!("unknown({written}, {reason:?})"),
    }
}

fn clauses(facts: &Facts<'_>, models: &DataModels, clauses: &[Clause]) -> String {
    let shown: Vec<String> = clauses
        .iter()
        .map(|clause| {
            let mark = if clause.is_certain { "" } else { "?" };
            format!("{mark}{}", condition(facts, models, &clause.condition))
        })
        .collect();
    shown.join(", ")
}

fn condition(facts: &Facts<'_>, models: &DataModels, shown: &Condition) -> String {
    let many = |parts: &[Condition], word: &str| {
        let parts: Vec<String> = parts.iter().map(|part| condition(facts, models, part)).collect();
        format!("({})", parts.join(word))
    };
    match shown {
        Condition::Compare(predicate) => {
            let column = column(models, &predicate.column);
            let value = operand(facts, models, &predicate.value);
            match &predicate.operator {
                Operator::IsTrue => column,
                Operator::IsNull => format!("{column} is null"),
                Operator::IsNotNull => format!("{column} is not null"),
                operator => format!("{column} {} {value}", show_operator(operator)),
            }
        }
        Condition::All(parts) => many(parts, " & "),
        Condition::Any(parts) => many(parts, " | "),
        Condition::OneOf(parts) => format!("one of {}", many(parts, "; ")),
        Condition::Not(part) => format!("~{}", condition(facts, models, part)),
        Condition::Exists(inner) => format!("exists {}", subquery(facts, models, inner)),
        Condition::Python(python) => {
            let word = match python.operator {
                PythonOperator::And => "and",
                PythonOperator::Or => "or",
                PythonOperator::Not => "not",
                PythonOperator::Is => "is",
                PythonOperator::IsNot => "is not",
                PythonOperator::In => "in",
                PythonOperator::NotIn => "not in",
                PythonOperator::Chain => "chain",
            };
            format!("python {word} {}", many(&python.operands, "; "))
        }
        Condition::Always(_) => "always".to_owned(),
        Condition::Never(_) => "never".to_owned(),
        Condition::Unresolved { reason, .. } => format!("unresolved {reason:?}"),
    }
}

fn show_operator(operator: &Operator) -> &str {
    match operator {
        Operator::Equal => "==",
        Operator::NotEqual => "!=",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
        Operator::In => "in",
        Operator::NotIn => "not in",
        Operator::Like => "like",
        Operator::Other(name) => name,
        Operator::IsNull | Operator::IsNotNull | Operator::IsTrue => "",
    }
}

fn column(models: &DataModels, column: &ColumnUse) -> String {
    let path = column.path.join(".");
    match &column.model {
        Some(model) => format!("{}.{path}", show_use(models, model)),
        None => path,
    }
}

fn subquery(facts: &Facts<'_>, models: &DataModels, inner: &Subquery) -> String {
    let used: Vec<String> = inner.models.iter().map(|model| show_use(models, model)).collect();
    format!(
        "[{} where {}]",
        used.join(", "),
        clauses(facts, models, &inner.conditions)
    )
}

fn operand(facts: &Facts<'_>, models: &DataModels, shown: &Operand) -> String {
    match shown {
        Operand::Expr { span, .. } => snippet(facts, *span),
        Operand::Column(shown) => format!("column {}", column(models, shown)),
        Operand::Subquery(inner) => subquery(facts, models, inner),
        Operand::Literal { text, .. } => format!("literal {text}"),
        Operand::Unresolved { reason, .. } => format!("unresolved {reason:?}"),
    }
}

fn stored(facts: &Facts<'_>, models: &DataModels, entries: &[Stored]) -> String {
    let shown: Vec<String> = entries
        .iter()
        .map(|entry| match entry {
            Stored::Column {
                column,
                value,
                is_certain,
                ..
            } => {
                let mark = if *is_certain { "" } else { "?" };
                format!("{mark}{column}={}", operand(facts, models, value))
            }
            Stored::Copied(copied) => {
                let mut out = format!("**{}", operand(facts, models, &copied.value));
                if let Some(class) = copied.class {
                    let schema = models.schema(class).map_or("?", |schema| &schema.name);
                    out += &format!(":{schema}");
                }
                if let Some(included) = &copied.included {
                    out += &format!(" only {}", included.join("+"));
                }
                if !copied.excluded.is_empty() {
                    out += &format!(" without {}", copied.excluded.join("+"));
                }
                out
            }
        })
        .collect();
    shown.join(", ")
}

fn snippet(facts: &Facts<'_>, span: Span) -> String {
    facts.snippet(span).split_whitespace().collect::<Vec<_>>().join(" ")
}
