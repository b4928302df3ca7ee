//! The report as one HTML file.

mod example;

fn rendered() -> String {
    report::html(&example::report(), &example::rules())
}

#[test]
fn everything_in_its_section() {
    let html = rendered();
    let headings: Vec<&str> = html
        .split("<h2>")
        .skip(1)
        .filter_map(|rest| rest.split("</h2>").next())
        .collect();
    assert_eq!(
        headings,
        [
            "Not fully audited",
            "Act now",
            "Critical security issues (must fix immediately)",
            "Authentication logic warnings (should fix)",
            "Best practice suggestions (optional improvements)",
            "Security strengths",
            "Checklist",
            "Routes",
            "Ignored by comments",
        ]
    );
    for part in [
        "<article class=\"critical\" id=\"C1\">",
        "<code>jwt.decode</code> accepts unsigned tokens: <code>algorithms=[&quot;none&quot;]</code>",
        "<a href=\"#C1\">C1</a> at <code>app/auth.py:7</code>",
        "<strong>Fix</strong> (needs a value from you): Read it from the environment",
        "<del>-SECRET = &quot;🔒 hunter2&quot;</del>",
        "<ins>+SECRET = os.environ[&quot;BETTER_AUTH_SECRET&quot;]</ins>",
        "<p>Nothing to add.</p>",
    ] {
        assert!(html.contains(part), "{part} is missing in\n{html}");
    }
}

#[test]
fn what_comes_from_the_project_is_text() {
    let html = rendered();
    assert!(html.contains("app/`x` |&lt;img src=y&gt;[a](http://b) @team 名␊#.py:2"));
    assert!(html.contains("SECRET is &lt;b&gt;written&lt;/b&gt; in [the](code)"));
    for markup in ["<img", "<b>", "<script", "<a href=\"http"] {
        assert!(!html.contains(markup), "{markup} in\n{html}");
    }
}

#[test]
fn every_element_is_closed() {
    const VOID: [&str; 2] = ["meta", "!doctype"];
    let html = rendered();
    let mut open: Vec<&str> = Vec::new();
    for tag in html.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').expect("a tag ends");
        let name = tag.split_ascii_whitespace().next().unwrap_or_default();
        match name.strip_prefix('/') {
            Some(closed) => assert_eq!(open.pop(), Some(closed), "in\n{html}"),
            None if VOID.contains(&name) => {}
            None => open.push(name),
        }
    }
    assert_eq!(open, [""; 0]);
}

#[test]
fn it_asks_for_nothing() {
    let html = rendered();
    assert!(html.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
    for request in ["src=\"", "url(", "@import", "<link"] {
        assert!(!html.contains(request), "{request} in\n{html}");
    }
}
