//! Base classes of what bodies are read into: pydantic and its like.

/// Whether subclasses of a class from outside declare the fields of a body or response.
pub(crate) fn is_schema_base(path: &str) -> bool {
    let last = path.trim_end_matches("()").rsplit('.').next().unwrap_or_default();
    let first = path.split('.').next().unwrap_or_default();
    match first {
        "pydantic" | "humps" | "fastapi_camelcase" | "fastapi_utils" => {
            matches!(
                last,
                "BaseModel" | "GenericModel" | "RootModel" | "CamelModel" | "APIModel"
            )
        }
        "sqlmodel" => last == "SQLModel",
        "fastapi_users" => last.starts_with("BaseUser") || last == "CreateUpdateDictModel",
        "msgspec" => last == "Struct",
        "beanie" | "odmantic" => matches!(last, "Document" | "Model" | "EmbeddedModel" | "View"),
        "typing" | "typing_extensions" => last == "TypedDict",
        _ => false,
    }
}

/// Members that are settings of the class.
pub(crate) const IGNORED_FIELDS: &[&str] = &["model_config", "model_fields", "Config"];
