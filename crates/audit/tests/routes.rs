//! The table of routes where no run of FastAPI can be asked: what is missing, conditional, or runs in circles.

use audit::Auditor;
use report::RouteTable;

/// The table of files separated by `#- path` lines.
fn table(files: &str) -> RouteTable {
    let mut auditor = Auditor::new();
    for file in files.split("#- ").filter(|file| !file.trim().is_empty()) {
        let (path, text) = file.split_once('\n').expect("a path stands on a line of its own");
        auditor.set_file(path.trim(), text);
    }
    auditor.routes()
}

fn paths(table: &RouteTable) -> Vec<&str> {
    table.routes.iter().map(|route| route.path.as_str()).collect()
}

#[test]
fn a_route_says_where_it_stands_and_whose_it_is() {
    let table = table("#- main.py\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get('/x')\ndef x(): ...\n");
    let [route] = &table.routes[..] else {
        panic!("one route, not {}", table.routes.len())
    };
    assert_eq!((route.method.as_str(), route.line), ("GET", 3));
    assert_eq!(route.application.as_deref(), Some("main.py:app"));
}

#[test]
fn a_router_that_is_never_included_is_listed_with_the_reason() {
    let table = table(
        "#- main.py\nfrom fastapi import FastAPI\napp = FastAPI()\n#- items.py\nfrom fastapi import APIRouter, Depends\ndef guard(): ...\nrouter = APIRouter(prefix='/items', dependencies=[Depends(guard)])\n@router.get('/')\ndef read(): ...\n",
    );
    assert!(table.routes.is_empty());
    let [unmounted] = &table.unmounted[..] else {
        panic!("one unmounted route, not {}", table.unmounted.len())
    };
    assert_eq!(unmounted.route.path, "/items/");
    assert_eq!(unmounted.route.dependency_names(), ["guard"]);
    assert_eq!(unmounted.route.application, None);
    assert_eq!(
        unmounted.reason,
        "`router`, made in items.py:3, is included in no application"
    );
}

#[test]
fn a_router_that_cannot_be_followed_is_named() {
    let table = table("#- main.py\ndef add(thing):\n    @thing.get('/x')\n    def x(): ...\n");
    assert_eq!(table.unmounted.len(), 1);
    assert_eq!(table.unmounted[0].reason, "what `thing` is cannot be followed");
}

#[test]
fn other_objects_with_methods_of_that_name_are_no_routes() {
    let table = table(
        "#- main.py\nfrom unittest import mock\nimport flask\nweb = flask.Flask('x')\n@mock.patch('a.b')\ndef f(): ...\n@web.get('/x')\ndef g(): ...\n{}.get('/x')\n",
    );
    assert!(table.routes.is_empty() && table.unmounted.is_empty());
}

#[test]
fn a_condition_is_told_and_one_that_always_holds_is_none() {
    let table = table(
        "#- main.py\nimport os\nfrom fastapi import FastAPI\napp = FastAPI()\nif os.getenv('DEBUG'):\n    @app.get('/debug')\n    def debug(): ...\nif True:\n    @app.get('/always')\n    def always(): ...\n",
    );
    let conditions: Vec<(&str, usize)> = table
        .routes
        .iter()
        .map(|route| (route.path.as_str(), route.conditions.len()))
        .collect();
    assert_eq!(conditions, [("/debug", 1), ("/always", 0)]);
}

#[test]
fn circles_end() {
    let table = table(
        "#- main.py\nfrom fastapi import APIRouter, Depends, FastAPI\napp = FastAPI()\na = APIRouter()\nb = APIRouter()\na.include_router(b, prefix='/b')\nb.include_router(a, prefix='/a')\ndef one(x=Depends(lambda: two)): ...\ndef two(y=Depends(one)): ...\ndef three(z=Depends(four)): ...\ndef four(z=Depends(three)): ...\n@b.get('/x')\ndef x(v=Depends(two), w=Depends(three)): ...\napp.include_router(a)\n",
    );
    assert_eq!(paths(&table), ["/b/x"]);
}

#[test]
fn dependencies_that_double_at_every_step_are_cut_short() {
    let mut text = String::from("from fastapi import Depends, FastAPI\napp = FastAPI()\ndef d0(): ...\n");
    for step in 1..40 {
        let below = step - 1;
        text += &format!("def d{step}(a=Depends(d{below}), b=Depends(d{below})): ...\n");
    }
    text += "@app.get('/x')\ndef x(d=Depends(d39)): ...\n";
    let table = table(&format!("#- main.py\n{text}"));
    assert_eq!(paths(&table), ["/x"]);
}

#[test]
fn a_library_is_not_replaced_by_a_folder_of_its_name() {
    let table = table(
        "#- core/__init__.py\n\n#- core/fastapi/__init__.py\nfrom .tools import helper\n#- core/fastapi/tools.py\ndef helper(): ...\n#- core/server.py\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get('/x')\ndef x(): ...\n",
    );
    assert_eq!(paths(&table), ["/x"]);
}

#[test]
fn overrides_are_listed() {
    let table = table(
        "#- main.py\nfrom fastapi import FastAPI\napp = FastAPI()\ndef get_user(): ...\ndef fake(): ...\napp.dependency_overrides[get_user] = fake\n",
    );
    let [found] = &table.overrides[..] else {
        panic!("one override, not {}", table.overrides.len())
    };
    assert_eq!(
        (found.original.as_str(), found.replacement.as_str()),
        ("get_user", "fake")
    );
    assert!(!found.test);
}
