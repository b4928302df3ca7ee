//! What a file becomes.

use std::sync::Arc;

use syntax::ast::*;
use syntax::{Parser, SourceText};

fn parse(text: &str) -> SourceText {
    Parser::new().parse(Arc::from(text))
}

/// The text of every call in the file, in the order of the table.
fn calls(source: &SourceText) -> Vec<&str> {
    let ast = source.ast();
    ast.exprs()
        .filter(|(_, expr)| matches!(expr.kind, ExprKind::Call { .. }))
        .map(|(_, expr)| &source.text()[expr.range])
        .collect()
}

fn only_stmt(source: &SourceText) -> Stmt {
    let ast = source.ast();
    assert_eq!(ast[ast.body].len(), 1, "{}", source.text());
    ast[ast[ast.body][0]]
}

#[test]
fn arguments_keep_their_names_and_stars() {
    let source = parse("f(a, *b, key=c, **d)");
    let ast = source.ast();
    let StmtKind::Expr(call) = only_stmt(&source).kind else {
        panic!("an expression statement");
    };
    let ExprKind::Call { arguments, .. } = ast[call].kind else {
        panic!("a call");
    };
    let kinds: Vec<String> = ast[arguments]
        .iter()
        .map(|argument| match argument.kind {
            ArgumentKind::Positional => "positional".to_owned(),
            ArgumentKind::Keyword(name) => format!("keyword {}", source.name(name)),
            ArgumentKind::Star => "star".to_owned(),
            ArgumentKind::DoubleStar => "double star".to_owned(),
        })
        .collect();
    assert_eq!(kinds, ["positional", "star", "keyword key", "double star"]);
}

#[test]
fn every_form_of_parameter() {
    let source = parse("async def f(a, b: int, /, c=1, *args, d: str = 'x', **kw) -> None: ...");
    let ast = source.ast();
    let (_, function) = ast.functions().next().expect("a function");
    assert!(function.is_async && function.returns.is_some());
    let seen: Vec<(String, ParameterKind, bool, bool)> = ast[function.parameters]
        .iter()
        .map(|p| {
            (
                source.name(p.name).to_owned(),
                p.kind,
                p.annotation.is_some(),
                p.default.is_some(),
            )
        })
        .collect();
    let expected = [
        ("a", ParameterKind::PositionalOnly, false, false),
        ("b", ParameterKind::PositionalOnly, true, false),
        ("c", ParameterKind::Normal, false, true),
        ("args", ParameterKind::Star, false, false),
        ("d", ParameterKind::KeywordOnly, true, true),
        ("kw", ParameterKind::DoubleStar, false, false),
    ];
    assert_eq!(seen, expected.map(|(n, k, a, d)| (n.to_owned(), k, a, d)));
}

#[test]
fn comparisons_of_two_words() {
    let source = parse("a not in b is not c");
    let ast = source.ast();
    let operators: Vec<CompareOperator> = ast
        .exprs()
        .filter_map(|(_, expr)| match expr.kind {
            ExprKind::Compare { rest, .. } => Some(&ast[rest]),
            _ => None,
        })
        .flatten()
        .map(|comparison| comparison.operator)
        .collect();
    assert_eq!(operators, [CompareOperator::NotIn, CompareOperator::IsNot]);
}

#[test]
fn annotated_aliases_are_subscripts_in_both_grammars_of_types() {
    for text in ["x: Annotated[User, Depends(f)] = 1", "X = Annotated[User, Depends(f)]"] {
        let source = parse(text);
        assert_eq!(calls(&source), ["Depends(f)"], "{text}");
        let subscripts = source
            .ast()
            .exprs()
            .filter(|(_, expr)| matches!(expr.kind, ExprKind::Subscript { .. }))
            .count();
        assert_eq!(subscripts, 1, "{text}");
    }
}

#[test]
fn chained_targets_are_in_order() {
    let source = parse("a = b = c = value");
    let StmtKind::Assign { targets, .. } = only_stmt(&source).kind else {
        panic!("an assignment");
    };
    let ast = source.ast();
    let names: Vec<&str> = ast[targets]
        .iter()
        .map(|&target| &source.text()[ast[target].range])
        .collect();
    assert_eq!(names, ["a", "b", "c"]);
}

#[test]
fn imports_of_every_shape() {
    let source =
        parse("from ..core.config import settings as s, other\nfrom . import x\nfrom a import *\nimport a.b as c\n");
    let ast = source.ast();
    let seen: Vec<String> = ast[ast.body]
        .iter()
        .map(|&stmt| match ast[stmt].kind {
            StmtKind::ImportFrom {
                level,
                module,
                names,
                star,
            } => format!("{level} {} {} {star}", &source.text()[module], names.len()),
            StmtKind::Import(names) => format!("import {}", &source.text()[ast[names][0].path]),
            _ => "other".to_owned(),
        })
        .collect();
    assert_eq!(
        seen,
        ["2 core.config 2 false", "1  1 false", "0 a 0 true", "import a.b"]
    );
}

#[test]
fn handlers_with_and_without_parentheses() {
    for (text, types) in [
        ("try:\n    f()\nexcept (A, B) as e:\n    pass\n", "(A, B)"),
        ("try:\n    f()\nexcept A, B:\n    pass\n", "A, B"),
        (
            "try:\n    f()\nexcept jwt.PyJWTError as e:\n    pass\n",
            "jwt.PyJWTError",
        ),
    ] {
        let source = parse(text);
        let StmtKind::Try { handlers, .. } = only_stmt(&source).kind else {
            panic!("a try statement");
        };
        let handler = source.ast()[handlers][0];
        assert_eq!(&source.text()[source.ast()[handler.types.expect("types")].range], types);
        assert!(source.ast().errors.is_empty());
    }
}

#[test]
fn strings_are_decoded() {
    for (text, value) in [
        (r#""a\n\x41\u00e9\"""#, "a\nA\u{e9}\""),
        (r#"r"\d""#, r"\d"),
        (r#""a" 'b'"#, "ab"),
        (r#"f"{{x}}""#, "{x}"),
        ("'''\n'''", "\n"),
        ("''", ""),
        (r"'\ud800'", "\u{fffd}"),
    ] {
        let source = parse(text);
        let StmtKind::Expr(expr) = only_stmt(&source).kind else {
            panic!("an expression statement");
        };
        assert_eq!(
            source.ast().string(source.text(), expr).as_deref(),
            Some(value),
            "{text}"
        );
    }
    let nested = parse("f\"{user[\"name\"]} {x!r:>{width}}\"");
    assert!(nested.ast().errors.is_empty());
}

#[test]
fn every_expression_has_its_statement_and_parent() {
    let source = parse(
        "@router.get('/x', dependencies=[Depends(a)])\ndef f(u=Depends(b)):\n    if g(1):\n        h(lambda: 2)\n",
    );
    let ast = source.ast();
    for (id, expr) in ast.exprs() {
        let stmt = ast[ast.stmt_of(id)];
        assert!(stmt.range.contains_range(expr.range));
        if let Some(parent) = ast.parent_expr(id) {
            assert!(ast[parent].range.contains_range(expr.range));
        }
    }
    let (function, _) = ast.functions().next().expect("a function");
    let h = ast
        .stmts()
        .find(|(_, stmt)| source.text()[stmt.range].starts_with("h("))
        .expect("the call")
        .0;
    assert_eq!(ast.enclosing_function(h), Some(function));
}

#[test]
fn broken_files_are_read_as_far_as_possible() {
    let source = parse("SECRET_KEY = <SECRET_KEY>\n\ndef ok():\n    return decode(1)\n\nclass (:\n\nx = g(2)\n");
    assert!(!source.ast().errors.is_empty());
    assert!(calls(&source).contains(&"decode(1)"));
    assert!(calls(&source).contains(&"g(2)"));
}

#[test]
fn reparsing_gives_what_parsing_gives() {
    let mut parser = Parser::new();
    let texts = [
        "x = 1\n",
        "x = f('é')\n",
        "x = f('è')\r\ny = 2\n",
        "def f(:\n  pass",
        "",
        "# 🔒\nx = f('名')",
        "# 🔓\nx = f('名')",
    ];
    let mut incremental = parser.parse(Arc::from(""));
    for text in texts {
        incremental = parser.reparse(&incremental, Arc::from(text));
        let fresh = parser.parse(Arc::from(text));
        assert_eq!(
            format!("{:?}", incremental.ast()),
            format!("{:?}", fresh.ast()),
            "{text:?}"
        );
    }
}

#[test]
fn hostile_texts_take_linear_time_and_no_stack() {
    let mut parser = Parser::new();
    let nested = |open: &str, middle: &str, close: &str, n: usize| open.repeat(n) + middle + &close.repeat(n);
    for text in [
        nested("(", "1", ")", 100_000),
        nested("[", "", "]", 100_000),
        nested("f(", "", ")", 50_000),
        nested("not ", "x", "", 100_000),
        nested("a.", "b", "", 100_000),
        nested("a + ", "b", "", 100_000),
        nested("a = ", "b", "", 100_000),
        nested("(", "", "", 100_000),
        format!("x = '{}'", "a".repeat(5_000_000)),
        "\0".repeat(10_000),
        "def f(): pass\n".repeat(10_000),
        "if x:\n pass\nel".repeat(10_000),
        "\u{feff}\r\r\n\r".repeat(10_000),
    ] {
        let source = parser.parse(Arc::from(text));
        for (id, _) in source.ast().exprs() {
            source.ast().stmt_of(id);
        }
    }
}

/// Their nodes hold the keyword as a child.
#[test]
fn statements_of_one_keyword() {
    let source = parse("while a:\n    pass\n    continue\n    break");
    let ast = source.ast();
    let StmtKind::While { body, .. } = only_stmt(&source).kind else {
        panic!("a loop");
    };
    let kinds: Vec<StmtKind> = ast[body].iter().map(|&stmt| ast[stmt].kind).collect();
    assert!(
        matches!(kinds[..], [StmtKind::Pass, StmtKind::Continue, StmtKind::Break]),
        "{kinds:?}"
    );
}

#[test]
fn written_without_parentheses_and_aliases() {
    for (text, expected) in [
        ("a.b(c)", "a.b(c)"),
        ("(a)", "a"),
        ("((a).b)((c), (d, e))", "a.b(c, (d, e))"),
        ("( a . b )[('k')]", "a . b['k']"),
        ("f(x for x in (y))", "f(x for x in y)"),
        ("Maybe[(str)]", "Optional[str]"),
    ] {
        let source = parse(text);
        let StmtKind::Expr(expr) = only_stmt(&source).kind else {
            panic!("an expression statement");
        };
        let other = |name| (source.name(name) == "Maybe").then_some("Optional");
        assert_eq!(source.ast().written(source.text(), expr, other), expected, "{text}");
    }
}

#[test]
fn where_blocks_end() {
    let source = parse(
        "if a:\n    b\nelif c:\n    with d:\n        e\nelse:\n    try:\n        f\n    except X:\n        g\n    else:\n        h\n",
    );
    let ast = source.ast();
    let mut ends: Vec<&str> = ast
        .ends(ast.body)
        .iter()
        .map(|&end| &source.text()[ast[end].range])
        .collect();
    ends.sort_unstable();
    assert_eq!(ends, ["b", "e", "g", "h"]);
    let source = parse("if a:\n    b\n");
    assert_eq!(source.ast().ends(source.ast().body).len(), 2);
    let source = parse("if True:\n    b\n");
    assert_eq!(source.ast().ends(source.ast().body).len(), 1);
}
