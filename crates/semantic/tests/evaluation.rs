//! What the calls of `probe(…)` in a project are given.

use semantic::{DictEntry, Injector, Model, Project, TextOrValue, Value, ValueKind, Values};

const INJECTORS: &[Injector] = &[Injector {
    path: "fastapi.Depends",
    keyword: "dependency",
}];

/// Renders the first argument of the only call of `probe` in files separated by `#- path` lines.
fn probe(files: &str) -> String {
    let mut project = Project::new();
    let mut path = "main.py".to_owned();
    let mut text = String::new();
    for line in files.lines() {
        if let Some(next) = line.strip_prefix("#- ") {
            project.set_file(&path, std::mem::take(&mut text));
            path = next.to_owned();
        } else {
            text.push_str(line);
            text.push('\n');
        }
    }
    project.set_file(&path, text);
    let model = Model::new(&project, INJECTORS);
    let calls: Vec<_> = model
        .file_ids()
        .flat_map(|file| model.calls_named(file, ["probe"]))
        .collect();
    let [call] = calls[..] else {
        panic!("one call of probe, not {}", calls.len())
    };
    let arguments = model.arguments(call, None);
    show(
        &arguments
            .get(Some(0), &["it"])
            .map(|argument| argument.values.clone())
            .unwrap_or_default(),
    )
}

fn show(values: &Values) -> String {
    values.iter().map(show_one).collect::<Vec<_>>().join(" | ")
}

fn show_one(value: &Value) -> String {
    match &value.kind {
        ValueKind::None => "None".to_owned(),
        ValueKind::Bool(value) => value.to_string(),
        ValueKind::Int(value) => value.to_string(),
        ValueKind::Str(text) => format!("'{text}'"),
        ValueKind::Bytes(text) => format!("b'{text}'"),
        ValueKind::Format(parts) => {
            let parts: Vec<String> = parts
                .iter()
                .map(|part| match part {
                    TextOrValue::Text(text) => text.to_string(),
                    TextOrValue::Value(_, values) => format!("<{}>", show(values)),
                })
                .collect();
            parts.concat()
        }
        ValueKind::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        ValueKind::Dict(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|entry| match entry {
                    DictEntry::Pair { key, value, .. } => {
                        format!("{}: {}", key.as_deref().unwrap_or("?"), show(value))
                    }
                    DictEntry::Spread(values) => format!("**{}", show(values)),
                })
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        ValueKind::External(path) => path.to_string(),
        ValueKind::Call { path, .. } => format!("{path}()"),
        ValueKind::Field { name, .. } => format!("field {name}"),
        ValueKind::Item { base, key } => format!("{}[{}]", show_one(base), show(key)),
        ValueKind::Instance { .. } => "instance".to_owned(),
        ValueKind::Parameter { .. } => "parameter".to_owned(),
        ValueKind::Unknown(_) => "unknown".to_owned(),
        ValueKind::Attribute { base, name } => format!("{}.{name}", show_one(base)),
        ValueKind::Function(_) => "function".to_owned(),
        ValueKind::Class(_) => "class".to_owned(),
        ValueKind::Module(_) => "module".to_owned(),
        ValueKind::Lambda(_) => "lambda".to_owned(),
        ValueKind::MethodCall { receiver, name, .. } => format!("{}.{name}()", show_one(receiver)),
        ValueKind::Comprehension { .. } => "comprehension".to_owned(),
        ValueKind::Caught { types } => match types {
            Some(_) => "caught".to_owned(),
            None => "caught anything".to_owned(),
        },
        ValueKind::Float => "float".to_owned(),
        ValueKind::Method { .. } => "method".to_owned(),
    }
}

macro_rules! evaluates {
    ($($name:ident: $code:expr => $expected:expr;)*) => {
        $(#[test] fn $name() { assert_eq!(probe($code), $expected); })*
    };
}

evaluates! {
    literal: "probe('x')" => "'x'";
    constant: "KEY = 'x'\ndef f():\n    probe(KEY)" => "'x'";
    import_alias: "from jose import jwt as j\nprobe(j.decode)" => "jose.jwt.decode";
    module_alias: "import a.b as c\nprobe(c.d)" => "a.b.d";
    environment_or_default: "import os\nKEY = os.getenv('A') or 'dev'\nprobe(KEY)" => "os.getenv() | 'dev'";
    environment_item: "import os\nprobe(os.environ['A'])" => "os.environ['A']";
    both_branches: "if x:\n    k = 'a'\nelse:\n    k = 'b'\nprobe(k)" => "'a' | 'b'";
    raising_branch: "if x:\n    k = 'a'\nelse:\n    k = 'b'\n    raise E\nprobe(k)" => "'a'";
    overwritten: "k = 'a'\nk = 'b'\nprobe(k)" => "'b'";
    overwritten_later: "k = 'a'\nprobe(k)\nk = 'b'" => "'a'";
    handler_default: "import os\ntry:\n    k = os.environ['A']\nexcept KeyError:\n    k = 'dev'\nprobe(k)" => "os.environ['A'] | 'dev'";
    break_comes_out: "k = 'a'\nfor i in x:\n    k = 'b'\n    break\nprobe(k)" => "'a' | 'b'";
    break_goes_past_else: "for i in x:\n    if i:\n        k = 'b'\n        break\nelse:\n    raise E\nprobe(k)" => "'b'";
    continue_goes_round: "k = 'a'\nfor i in x:\n    probe(k)\n    if i:\n        k = 'b'\n        continue\n    k = 'c'" => "'a' | 'c' | 'b'";
    loop_goes_round: "k = 'a'\nfor i in x:\n    probe(k)\n    k = 'b'" => "'a' | 'b'";
    dictionary_with_changes: "o = {'a': 1}\no['b'] = 2\no.update(c=3, **{'d': 4})\ndel o['a']\nprobe(o)" => "{b: 2, c: 3, d: 4}";
    conditional_change: "p = {'a': 1}\nif x:\n    p['exp'] = 2\nprobe(p)" => "{a: 1} | {a: 1, exp: 2}";
    change_in_both: "p = {'a': 1}\nif x:\n    p.update({'exp': 2})\nelse:\n    p.update({'exp': 3})\nprobe(p)" => "{a: 1, exp: 2} | {a: 1, exp: 3}";
    spread_and_union: "a = {'x': 1}\nprobe({**a, 'y': 2} | {'z': 3})" => "{x: 1, y: 2, z: 3}";
    copy_of_unknown: "def f(data):\n    d = data.copy()\n    d['exp'] = 1\n    probe(d)" => "{**parameter, exp: 1}";
    encoded_text: "import lib\nprobe(lib.key().encode('utf-8').encode())" => "lib.key()";
    encoded_claims: "import lib\nprobe(lib.tokens().encode({'alg': 'HS256'}, x))" => "lib.tokens().encode()";
    callers_are_joined: "def f(k):\n    probe(k)\nf('a')\nf(k='b')" => "'a' | 'b'";
    caller_default: "def f(k='d'):\n    probe(k)\nf()" => "'d'";
    keyword_arguments: "def f(**o):\n    probe(o)\nf(a=1)" => "{a: 1}";
    returned: "def key():\n    return 'x'\nprobe(key())" => "'x'";
    returned_argument: "def same(k):\n    return k\nsame('other')\nprobe(same('x'))" => "'x'";
    text_is_joined: "T = 'users'\nprobe(f'SELECT * FROM {T} WHERE id = {x}')" => "SELECT * FROM users WHERE id = <builtins.x>";
    percent: "probe('a %s' % x)" => "a %s<builtins.x>";
    format_method: "probe('a {}'.format(x))" => "a {}<builtins.x>";
    generic_class: "from lib import Users\nusers = Users[int, str](x)\nprobe(users.get)" => "lib.Users().get";
    library_behind_namesake: "#- core/__init__.py\n\n#- core/server.py\nfrom lib import Thing\nprobe(Thing)\n#- core/lib/__init__.py\nfrom .other import x\n#- core/lib/other.py\nx = 1" => "lib.Thing";
    framework_beside_its_users: "#- docs/main.py\nfrom fastapi import Header\nprobe(Header)\n#- fastapi/__init__.py\nfrom .params import Header\n#- fastapi/params.py\ndef Header(x):\n    return x" => "fastapi.Header";
    constant_percent: "T = 'x'\nprobe('/%s/%d%%' % (T, 2))" => "'/x/2%'";
    constant_format: "T = 'x'\nprobe('{}/{a}/{{0}}'.format(T, a=2))" => "'x/2/{0}'";
    plus: "probe('a' + x + 'b')" => "a<builtins.x>b";
    helper_called_twice: "import os\ndef env(n, d):\n    return os.getenv(n, d)\nif x:\n    k = env('A', 'a')\nelse:\n    k = env('B', 'b')\nprobe(k)" => "os.getenv() | os.getenv()";
    repeated: "probe('ab' * 3)" => "'ababab'";
    unpacking: "a, b = 'x', 'y'\nprobe(b)" => "'y'";
    list_with_changes: "l = ['a']\nl.append('b')\nprobe(l)" => "['a', 'b']";
    class_attribute: "class C:\n    K = 'x'\nprobe(C.K)" => "'x'";
    instance_attribute: "class C:\n    K = 'x'\nc = C()\nprobe(c.K)" => "'x'";
    self_attribute: "class C:\n    def __init__(self, k):\n        self.k = k\nprobe(C('x').k)" => "'x'";
    self_in_method: "class C:\n    def __init__(self, k):\n        self.k = k\n    def m(self):\n        probe(self.k)\nC('x').m()" => "'x'";
    settings_field: "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    K: str = 'x'\ns = S()\nprobe(s.K)" => "field K";
    enum_value: "from enum import Enum\nclass A(str, Enum):\n    H = 'HS256'\nprobe(A.H.value)" => "'HS256'";
    other_file: "from app.core.config import KEY\nprobe(KEY)\n#- app/core/config.py\nKEY = 'x'" => "'x'";
    module_member: "from app.core import config\nprobe(config.KEY)\n#- app/core/config.py\nKEY = 'x'" => "'x'";
    relative: "#- app/api/deps.py\nfrom ..core.config import KEY as K\nprobe(K)\n#- app/core/config.py\nKEY = 'x'" => "'x'";
    folder_without_init: "#- app/main.py\nfrom .api import users\nprobe(users.KEY)\n#- app/api/users.py\nKEY = 'x'" => "'x'";
    re_exported: "from app import KEY\nprobe(KEY)\n#- app/__init__.py\nfrom .config import *\n#- app/config.py\nKEY = 'x'" => "'x'";
    nested_root: "#- backend/app/main.py\nfrom app.config import KEY\nprobe(KEY)\n#- backend/app/config.py\nKEY = 'x'\n#- old/app/config.py\nKEY = 'y'" => "'x'";
    library_beside_namesake: "#- app/auth/service.py\nimport jwt\nprobe(jwt.decode)\n#- app/core/jwt.py\ndecode = 'mine'" => "jwt.decode";
    attribute_by_name: "class C:\n    K = 'x'\nprobe(getattr(C, 'K', 'd'))" => "'x'";
    attribute_by_name_or_default: "from outside import c\nprobe(getattr(c(), 'K').x)" => "outside.c().K.x";
    attribute_that_may_not_be_there: "class C:\n    pass\nprobe(getattr(C, 'K', 'd'))" => "class.K | 'd'";
    injected_settings: "from fastapi import Depends\ndef get():\n    return 'x'\ndef route(s=Depends(get)):\n    probe(s)" => "'x'";
    annotated_session: "from sqlmodel import Session\ndef route(db: Session):\n    probe(db.exec)" => "sqlmodel.Session().exec";
    aliased_session: "from typing import Annotated\nfrom fastapi import Depends\nfrom sqlmodel import Session\nDb = Annotated[Session, Depends(f)]\ndef route(db: Db):\n    probe(db.exec)" => "sqlmodel.Session().exec";
    with_context: "from sqlmodel import Session\nwith Session(e) as s:\n    probe(s.exec)" => "sqlmodel.Session().exec";
    cached_settings: "from functools import lru_cache\nfrom pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    K: str = 'x'\n@lru_cache\ndef get():\n    return S()\nprobe(get().K)" => "field K";
    recursion_ends: "def f(x):\n    return f(x)\nprobe(f(1))" => "unknown";
    own_name: "x = x + 1\nprobe(x)" => "unknown";
    comprehension_variable: "k = 'a'\n[probe(k) for k in y]" => "builtins.y[unknown]";
    comprehension_over_constants: "[probe(k) for k in ['a', 'b']]" => "'a' | 'b'";
    comprehension_iterable: "k = ['a']\n[probe(k) for k in k]" => "'a'";
    comprehension_of_comprehension: "c = [x.strip() for x in y]\n[probe(k) for k in c]" => "builtins.y[unknown].strip()";
    comprehension_pairs: "[probe(v) for k, v in {'a': 'b'}.items()]" => "'b'";
    loop_over_unknown: "def f(d):\n    for k, v in d.items():\n        probe(k)" => "parameter.items()[unknown][0]";
    look_up: "D = {'a': 'x', 'b': 'y'}\ndef f(k):\n    probe(D[k])" => "'x' | 'y'";
    look_up_or_default: "D = {'a': 'x'}\ndef f(k):\n    probe(D.get(k, 'z'))" => "'x' | 'z'";
    method_of_parameter: "def f(k):\n    probe(k.strip().lower())" => "parameter.strip().lower()";
    number: "def f(k):\n    probe(int(k))" => "builtins.int()";
    number_of_text: "probe(int('30'))" => "30";
    text_added_to_unknown: "def f(q):\n    q += ' x'\n    probe(q)" => "<parameter> x";
    format_spread: "def f(d):\n    probe('a {}'.format(**d))" => "a {}<unknown>";
    list_and_unknown: "def f(d):\n    probe(['a'] + d)" => "['a', parameter[unknown]]";
    caught_here: "try:\n    f()\nexcept ValueError as e:\n    probe(e)\nexcept:\n    e = 'other'" => "caught";
    caught: "try:\n    f()\nexcept ValueError as e:\n    probe(e)" => "caught";
    global_assignment: "K = None\ndef init():\n    global K\n    K = 'x'\ndef f():\n    probe(K)" => "None | 'x'";
    generator_dependency: "from fastapi import Depends\ndef get():\n    yield 'x'\ndef r(s=Depends(get)):\n    probe(s)" => "'x'";
    members_of_an_enumeration: "from enum import Enum\nclass A(str, Enum):\n    H = 'HS256'\n    N = 'none'\n[probe(a.value) for a in A]" => "'HS256' | 'none'";
    field_of_a_dataclass: "from dataclasses import dataclass, field\n@dataclass\nclass C:\n    o: dict = field(default_factory=lambda: {'a': 'x'})\nprobe(C().o['a'])" => "'x'";
    forwarded_to_a_thread: "import asyncio\ndef f(k):\n    return k\nasync def r():\n    probe(await asyncio.to_thread(f, 'x'))" => "'x'";
    forwarded_to_a_pool: "from fastapi.concurrency import run_in_threadpool\ndef f(k, l):\n    return l\nasync def r():\n    probe(await run_in_threadpool(f, 'x', l='y'))" => "'y'";
    forwarded_to_an_executor: "def f(k):\n    return k\nasync def r(loop):\n    probe(await loop.run_in_executor(None, f, 'x'))" => "'x'";
    forwarded_by_another: "from elsewhere import run_in_threadpool\ndef f(k):\n    return k\nprobe(run_in_threadpool(f, 'x'))" => "elsewhere.run_in_threadpool()";
    callers_that_forward: "import asyncio\ndef f(k):\n    probe(k)\nasync def r():\n    await asyncio.to_thread(f, 'x')" => "'x'";
    frozen_dictionary: "from types import MappingProxyType\nO = MappingProxyType({'a': 1})\nprobe(dict(O))" => "{a: 1}";
    dictionary_from_keys: "probe(dict.fromkeys(['a', 'b'], False))" => "{a: false, b: false}";
    dictionary_of_pairs: "probe(dict([('a', 1), ('b', 2)], c=3))" => "{a: 1, b: 2, c: 3}";
    dictionary_of_rounds: "probe({k: 1 for k in ('a', 'b')})" => "{a: 1, b: 1}";
    dictionary_of_unknown_rounds: "probe({k: 1 for k in y})" => "comprehension";
    namespace: "from types import SimpleNamespace\nc = SimpleNamespace(k='x')\nprobe(c.k)" => "'x'";
    module_by_name: "import importlib\nm = importlib.import_module('jwt')\nprobe(m.decode)" => "jwt.decode";
    own_module_by_name: "import importlib\nprobe(importlib.import_module('app.config').KEY)\n#- app/config.py\nKEY = 'x'" => "'x'";
    external_object: "import jwt\nclient = jwt.PyJWKClient(u)\nkey = client.get_signing_key_from_jwt(t)\nprobe(key.key)" => "jwt.PyJWKClient().get_signing_key_from_jwt().key";
}

/// However many conditions there are, what the last one may add is not forgotten.
#[test]
fn many_conditions() {
    let conditions: String = (0..9).map(|n| format!("if c{n}:\n    q += '{n}'\n")).collect();
    let shown = probe(&format!("q = ''\n{conditions}if c:\n    q += f(y)\nprobe(q)"));
    assert!(shown.contains("<builtins.f()>"), "{shown}");
}
