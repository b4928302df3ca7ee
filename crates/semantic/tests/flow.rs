//! Where values are kept, where they go, and what lies on the ways there.

use semantic::{Catch, ExprRef, Following, Model, Place, PlaceRoot, Project, UseKind, Walk};
use syntax::ast::*;

fn with_model<T>(text: &str, question: impl FnOnce(&Model<'_>) -> T) -> T {
    let mut project = Project::new();
    project.set_file("main.py", text.to_owned());
    question(&Model::new(&project, &[]))
}

/// The only call of a function.
fn call(model: &Model<'_>, name: &str) -> ExprRef {
    let calls: Vec<ExprRef> = model
        .file_ids()
        .flat_map(|file| model.calls_named(file, [name]))
        .collect();
    let [call] = calls[..] else {
        panic!("one call of {name}, not {}", calls.len())
    };
    call
}

fn argument(model: &Model<'_>, call: ExprRef, index: usize) -> ExprRef {
    let arguments = model.arguments(call, None);
    arguments.positional()[index].expr.expect("it is written there")
}

/// The places of what the only call of `probe` is given.
fn places(text: &str) -> String {
    with_model(text, |model| {
        let given = argument(model, call(model, "probe"), 0);
        let shown = |place: Place| {
            let root = match place.root {
                PlaceRoot::Parameter(function, index) => {
                    let function = model.ast(function.file)[function.id];
                    let parameter = model.ast(given.file)[function.parameters][index as usize];
                    model.file(given.file).source().name(parameter.name).to_owned()
                }
                PlaceRoot::Receiver(class) => format!("self of {}", model.class_name(class)),
                PlaceRoot::Bound(file, range) => format!("line of {}", &model.file(file).text()[range]),
            };
            std::iter::once(root)
                .chain(place.path.iter().map(|part| part.to_string()))
                .collect::<Vec<_>>()
                .join(".")
        };
        model
            .places(given)
            .into_iter()
            .map(shown)
            .collect::<Vec<_>>()
            .join(" | ")
    })
}

#[test]
fn the_same_under_other_names() {
    for (code, expected) in [
        ("def f(t):\n    probe(t)", "t"),
        ("def f(c):\n    t = c.credentials\n    probe(t)", "c.credentials"),
        (
            "def f(r):\n    h = r.headers['Authorization']\n    probe(h.split(' ')[1])",
            "r.headers.Authorization",
        ),
        (
            "def f(r):\n    probe(r.headers.get('Authorization').removeprefix('Bearer '))",
            "r.headers.Authorization",
        ),
        ("def f(t):\n    if t:\n        t = t[7:]\n    probe(t)", "t"),
        ("def f(a, b):\n    probe(a or b)", "a | b"),
        ("def f(t):\n    probe(f'Bearer {t}')", "t"),
        ("def f(t):\n    a, b, c = t.split('.')\n    probe(b)", "t"),
        (
            "import jwt\ndef f(t):\n    claims = jwt.decode(t)\n    probe(claims['sub'])",
            "line of claims.sub",
        ),
        ("def f(t):\n    probe(t.encode('utf-8').decode())", "t"),
        (
            "class C:\n    def f(self):\n        probe(self.token)",
            "self of C.token",
        ),
        ("def f():\n    probe('x')", ""),
    ] {
        assert_eq!(places(code), expected, "{code}");
    }
}

/// What is done with the result of the only call of `make`.
fn uses(text: &str) -> String {
    with_model(text, |model| {
        let following = Following {
            passes_through: &|path| path == "builtins.dict",
            into_callers: true,
        };
        let shown = |kind: UseKind| match kind {
            UseKind::Item { key, .. } => format!("[{}]", key.as_deref().unwrap_or("?")),
            UseKind::Attribute { name, call } => format!(".{name}{}", if call.is_some() { "()" } else { "" }),
            UseKind::Argument { .. } => "argument".to_owned(),
            UseKind::Returned { function } => format!("returned by {}", model.function_name(function)),
            UseKind::Compared { .. } => "compared".to_owned(),
            UseKind::Tested => "tested".to_owned(),
            UseKind::Index { .. } => "index".to_owned(),
            UseKind::Text => "text".to_owned(),
            UseKind::Escapes => "escapes".to_owned(),
        };
        let uses = model.uses(call(model, "make"), following);
        let mut uses: Vec<String> = uses.into_iter().map(|used| shown(used.kind)).collect();
        uses.sort();
        uses.join(", ")
    })
}

#[test]
fn where_a_value_goes() {
    for (code, expected) in [
        ("make()", ""),
        ("make()['a']", "[a]"),
        ("v = make()\nv.get('a')\nv['b']\nv[c]", "[?], [a], [b]"),
        ("v = dict(make())\nw = v\nw['a']", "[a]"),
        ("def f():\n    return make()\nf()['a']", "[a]"),
        ("def f():\n    return make()", "returned by f"),
        ("def f(v):\n    v['a']\nf(make())", "[a]"),
        ("v = make()\nif v:\n    pass\nif v == 1:\n    pass", "compared, tested"),
        ("KEYS[make()]", "index"),
        ("print(make())", "argument"),
        ("v = make()\nv = other()\nv['a']", ""),
        ("if (v := make()):\n    v.name", ".name, tested"),
        ("x.y = make()", "escapes"),
        ("async def f():\n    v = await make()\n    v.check()", ".check()"),
        ("f'{make()}'", "text"),
    ] {
        assert_eq!(uses(code), expected, "{code}");
    }
}

/// Whether `done()` was called, at each end.
struct Done<'a> {
    model: &'a Model<'a>,
    file: text::FileId,
    ends: Vec<String>,
}

impl Walk for Done<'_> {
    type State = bool;

    fn evaluated(&mut self, expr: ExprId, done: &mut bool) {
        let text = self.model.text(self.model.span(ExprRef {
            file: self.file,
            id: expr,
        }));
        *done |= text.contains("done()");
    }

    fn branched(&mut self, test: ExprId, truth: bool, done: &mut bool) {
        let ast = self.model.ast(self.file);
        for (test, truth) in semantic::implied(ast, test, truth) {
            let text = self.model.text(self.model.span(ExprRef {
                file: self.file,
                id: test,
            }));
            *done |= truth && text == "was_done";
        }
    }

    fn caught(&mut self, _thrower: StmtId, catch: &Catch, done: bool) -> Option<bool> {
        // An exception without types stands for one that comes after it was done.
        Some(done || catch.types.is_empty())
    }

    fn returned(&mut self, _stmt: StmtId, _value: Option<ExprId>, done: &bool) {
        self.ends.push(format!("return {done}"));
    }

    fn ended(&mut self, done: &bool) {
        self.ends.push(format!("end {done}"));
    }
}

fn ends(body: &str) -> String {
    with_model(body, |model| {
        let file = model.file_ids().next().expect("there is a file");
        let mut walk = Done {
            model,
            file,
            ends: Vec::new(),
        };
        model.walk(file, model.ast(file).body, false, &mut walk);
        walk.ends.sort();
        walk.ends.join(", ")
    })
}

#[test]
fn every_way_to_an_end() {
    for (code, expected) in [
        ("done()", "end true"),
        ("if a:\n    done()", "end false, end true"),
        ("if a:\n    done()\nelse:\n    raise b", "end true"),
        ("if not (a or not was_done):\n    pass\nelse:\n    raise b", "end true"),
        ("if a:\n    return 1\ndone()", "end true, return false"),
        ("for a in b:\n    done()", "end false, end true"),
        ("while True:\n    done()\n    break", "end true"),
        ("for a in b:\n    done()\n    break\nelse:\n    raise c", "end true"),
        ("try:\n    done()\nexcept A:\n    pass", "end false, end true"),
        ("try:\n    done()\nexcept A:\n    raise", "end true"),
        ("try:\n    f()\nexcept:\n    pass\nelse:\n    done()", "end true"),
        ("try:\n    f()\nfinally:\n    done()", "end true"),
        (
            "from contextlib import suppress\nwith suppress(A):\n    done()",
            "end false, end true",
        ),
        ("with a:\n    done()", "end true"),
        (
            "match a:\n    case 1:\n        done()\n    case _:\n        raise b",
            "end true",
        ),
        (
            "def stop():\n    raise A\nif a:\n    stop()\nelse:\n    done()",
            "end true",
        ),
        ("import sys\nif a:\n    sys.exit(1)\ndone()", "end true"),
    ] {
        assert_eq!(ends(code), expected, "{code}");
    }
}

/// Many statements inside each other, and many ways one after the other, take no time.
#[test]
fn deep_and_long() {
    let deep: String = (0..300).map(|depth| format!("{}if a:\n", " ".repeat(depth))).collect();
    let deep = deep + &" ".repeat(300) + "done()\n";
    assert!(!ends(&deep).is_empty());
    let long = "if a:\n    b()\n".repeat(3000);
    assert_eq!(ends(&long), "end false");
}
