//! The node kinds of tree-sitter-python that lowering tells apart.

use std::sync::OnceLock;

use tree_sitter::Language;

macro_rules! kinds {
    ($($kind:ident = $name:literal,)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Kind {
            /// Punctuation and kinds without a meaning of their own.
            Other,
            $($kind,)*
        }

        fn from_name(name: &str) -> Kind {
            match name {
                $($name => Kind::$kind,)*
                _ => Kind::Other,
            }
        }
    };
}

kinds! {
    Aliased = "aliased_import",
    ArgumentList = "argument_list",
    AsPattern = "as_pattern",
    AsPatternTarget = "as_pattern_target",
    Assert = "assert_statement",
    Assignment = "assignment",
    Attribute = "attribute",
    AugmentedAssignment = "augmented_assignment",
    Await = "await",
    Binary = "binary_operator",
    Block = "block",
    Boolean = "boolean_operator",
    Break = "break_statement",
    Call = "call",
    CaseClause = "case_clause",
    CasePattern = "case_pattern",
    Class = "class_definition",
    ClassPattern = "class_pattern",
    Comment = "comment",
    Comparison = "comparison_operator",
    ComplexPattern = "complex_pattern",
    ConcatenatedString = "concatenated_string",
    Conditional = "conditional_expression",
    Continue = "continue_statement",
    Decorated = "decorated_definition",
    Decorator = "decorator",
    DefaultParameter = "default_parameter",
    Delete = "delete_statement",
    DictPattern = "dict_pattern",
    Dictionary = "dictionary",
    DictionaryComprehension = "dictionary_comprehension",
    DictionarySplat = "dictionary_splat",
    DictionarySplatPattern = "dictionary_splat_pattern",
    DottedName = "dotted_name",
    Elif = "elif_clause",
    Ellipsis = "ellipsis",
    Else = "else_clause",
    Error = "ERROR",
    ExceptClause = "except_clause",
    ExpressionList = "expression_list",
    ExpressionStatement = "expression_statement",
    False = "false",
    FinallyClause = "finally_clause",
    Float = "float",
    For = "for_statement",
    ForInClause = "for_in_clause",
    FormatExpression = "format_expression",
    FormatSpecifier = "format_specifier",
    Function = "function_definition",
    FutureImport = "future_import_statement",
    Generator = "generator_expression",
    GenericType = "generic_type",
    Global = "global_statement",
    Identifier = "identifier",
    If = "if_statement",
    IfClause = "if_clause",
    Import = "import_statement",
    ImportFrom = "import_from_statement",
    ImportPrefix = "import_prefix",
    Integer = "integer",
    Interpolation = "interpolation",
    KeywordArgument = "keyword_argument",
    KeywordPattern = "keyword_pattern",
    KeywordSeparator = "keyword_separator",
    Lambda = "lambda",
    LambdaParameters = "lambda_parameters",
    List = "list",
    ListComprehension = "list_comprehension",
    ListPattern = "list_pattern",
    ListSplat = "list_splat",
    ListSplatPattern = "list_splat_pattern",
    Match = "match_statement",
    MemberType = "member_type",
    Module = "module",
    Named = "named_expression",
    NonLocal = "nonlocal_statement",
    None = "none",
    Not = "not_operator",
    Pair = "pair",
    Parameters = "parameters",
    Parenthesized = "parenthesized_expression",
    Pass = "pass_statement",
    PatternList = "pattern_list",
    PositionalSeparator = "positional_separator",
    Raise = "raise_statement",
    RelativeImport = "relative_import",
    Return = "return_statement",
    Set = "set",
    SetComprehension = "set_comprehension",
    Slice = "slice",
    SplatPattern = "splat_pattern",
    String = "string",
    StringContent = "string_content",
    StringStart = "string_start",
    Subscript = "subscript",
    True = "true",
    Try = "try_statement",
    Tuple = "tuple",
    TuplePattern = "tuple_pattern",
    Type = "type",
    TypeAlias = "type_alias_statement",
    TypeParameter = "type_parameter",
    TypedDefaultParameter = "typed_default_parameter",
    TypedParameter = "typed_parameter",
    Unary = "unary_operator",
    UnionPattern = "union_pattern",
    UnionType = "union_type",
    While = "while_statement",
    WildcardImport = "wildcard_import",
    With = "with_statement",
    WithItem = "with_item",
    Yield = "yield",
    // Tokens that decide between forms.
    TokenAnd = "and",
    TokenAs = "as",
    TokenAsync = "async",
    TokenColon = ":",
    TokenFrom = "from",
    TokenIn = "in",
    TokenIs = "is",
    TokenIsNot = "is not",
    TokenNotIn = "not in",
    TokenOr = "or",
    TokenPlus = "+",
    TokenMinus = "-",
    TokenStar = "*",
    TokenAt = "@",
    TokenSlash = "/",
    TokenPercent = "%",
    TokenDoubleSlash = "//",
    TokenDoubleStar = "**",
    TokenPipe = "|",
    TokenAmpersand = "&",
    TokenCaret = "^",
    TokenTilde = "~",
    TokenShiftLeft = "<<",
    TokenShiftRight = ">>",
    TokenLess = "<",
    TokenLessEqual = "<=",
    TokenEqual = "==",
    TokenNotEqual = "!=",
    TokenDiamond = "<>",
    TokenGreaterEqual = ">=",
    TokenGreater = ">",
    TokenPlusEqual = "+=",
    TokenMinusEqual = "-=",
    TokenStarEqual = "*=",
    TokenSlashEqual = "/=",
    TokenAtEqual = "@=",
    TokenDoubleSlashEqual = "//=",
    TokenPercentEqual = "%=",
    TokenDoubleStarEqual = "**=",
    TokenShiftRightEqual = ">>=",
    TokenShiftLeftEqual = "<<=",
    TokenAmpersandEqual = "&=",
    TokenCaretEqual = "^=",
    TokenPipeEqual = "|=",
    TokenUnderscore = "_",
}

impl Kind {
    /// A keyword or operator.
    pub(crate) fn is_token(self) -> bool {
        self as u8 >= Kind::TokenAnd as u8
    }
}

/// Kind by tree-sitter's number for it.
pub(crate) struct KindTable {
    kinds: Vec<Kind>,
}

impl KindTable {
    /// The table of the one grammar there is, made at its first use.
    pub(crate) fn get() -> &'static KindTable {
        static TABLE: OnceLock<KindTable> = OnceLock::new();
        TABLE.get_or_init(|| KindTable::new(&tree_sitter_python::LANGUAGE.into()))
    }

    fn new(language: &Language) -> KindTable {
        let kinds = (0..language.node_kind_count())
            .map(|id| {
                let kind = language.node_kind_for_id(id as u16).map_or(Kind::Other, from_name);
                // The keyword `yield` bears the same name as the expression it begins.
                match language.node_kind_is_named(id as u16) == kind.is_token() {
                    true => Kind::Other,
                    false => kind,
                }
            })
            .collect();
        KindTable { kinds }
    }

    pub(crate) fn kind(&self, id: u16) -> Kind {
        // tree-sitter numbers errors past its table.
        self.kinds.get(id as usize).copied().unwrap_or(Kind::Error)
    }
}
