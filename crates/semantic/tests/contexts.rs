//! Questions about one call of a function, or one round of a loop.

use semantic::{ExprRef, Iteration, Model, Project, Value, ValueKind};
use syntax::ast::{ExprKind, StmtKind};

fn only_call(model: &Model<'_>, name: &str) -> ExprRef {
    let calls: Vec<ExprRef> = model
        .file_ids()
        .flat_map(|file| model.calls_named(file, [name]))
        .collect();
    let [call] = calls[..] else {
        panic!("one call of {name}, not {}", calls.len())
    };
    call
}

#[test]
fn a_returned_function_remembers_the_call_that_made_it() {
    let mut project = Project::new();
    let text = "def require(role):\n    def check(r=role):\n        pass\n    return check\nrequire('b')\nprobe(require('a'))\n";
    project.set_file("main.py", text);
    let model = Model::new(&project, &[]);
    let arguments = model.arguments(only_call(&model, "probe"), None);
    let values = &arguments.positional()[0].values;
    let [value] = &values[..] else {
        panic!("one value, not {}", values.len())
    };
    let ValueKind::Function(check) = value.kind else {
        panic!("a function, not {:?}", value.kind)
    };
    let ast = model.ast(check.file);
    let default = ast[ast[check.id].parameters][0].default.expect("`r` has a default");
    let default = ExprRef {
        file: check.file,
        id: default,
    };
    let roles = model.eval_in(default, value.closure());
    assert_eq!(roles.iter().map(Value::as_str).collect::<Vec<_>>(), [Some("a")]);
}

#[test]
fn variables_of_one_round_belong_together() {
    let mut project = Project::new();
    project.set_file("main.py", "for a, b in [('x', '1'), ('y', '2')]:\n    probe(a, b)\n");
    let model = Model::new(&project, &[]);
    let call = only_call(&model, "probe");
    let ast = model.ast(call.file);
    let iterable = ast
        .ancestors(ast.stmt_of(call.id))
        .find_map(|stmt| match ast[stmt].kind {
            StmtKind::For { iterable, .. } => Some(ExprRef {
                file: call.file,
                id: iterable,
            }),
            _ => None,
        });
    let iterable = iterable.expect("the call stands in a loop");
    assert!(matches!(model.expr(iterable).kind, ExprKind::List(_)));
    let round = [Iteration { iterable, index: 1 }];
    let arguments = model.arguments_in_iterations(call, None, &round);
    let given: Vec<Vec<Option<&str>>> = arguments
        .positional()
        .iter()
        .map(|argument| argument.values.iter().map(Value::as_str).collect())
        .collect();
    assert_eq!(given, [[Some("y")], [Some("2")]]);
}
