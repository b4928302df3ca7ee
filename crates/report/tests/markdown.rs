//! The report as Markdown.

mod example;

use expect_test::expect;
use report::{FileReport, FileStatus, Report, Summary, Tool};

#[test]
fn everything_in_its_section() {
    expect![[r##"
        # Security audit of 3 Python files

        **1 critical, 1 warning, 0 suggestions in 2 files (1 of them partly read), 1 file skipped, 1 ignored by comments.** Audited by claimcheck 0.1.0.

        Turned off by the settings: `sql-injection`.

        ### ⚠️ Not fully audited

        - ``app/`x` |<img src=y>[a](http://b) @team 名␊#.py``: audited as far as it is valid Python (line 1)
        - `app/old.py`: not audited, it is not UTF-8

        ### 🚨 Act Now

        - **Active authentication bypass**: C1 at `app/auth.py:7`

        ### 🔴 Critical Security Issues (Must Fix Immediately)

        #### Phase 1: Authentication infrastructure

        ##### C1. `jwt.decode` accepts unsigned tokens: `algorithms=["none"]`

        `app/auth.py:7` · `jwt-none-algorithm` · confidence: high · CWE-347 · API2:2023 Broken Authentication

        Anyone can write such a token.

        See also:

        - `app/auth.py:1`: this is PyJWT

        **Fix** (safe): Accept `HS256` alone

        ```diff
        diff --git a/x.py b/x.py
        --- a/x.py
        +++ b/x.py
        @@ -4,4 +4,4 @@
         USERS = {}
         # Called by every route.
         def current_user(token: str):
        -    return jwt.decode(token, SECRET, algorithms=["none"])
        +    return jwt.decode(token, SECRET, algorithms=["HS256"])
        ```

        ### 🟡 Authentication Logic Warnings (Should Fix)

        #### Phase 3: Security configuration

        ##### W1. SECRET is &lt;b&gt;written&lt;/b&gt; in \[the\](code) for @&#8203;everyone, see https&#58;//x.y #&#8203;1

        ``app/`x` |<img src=y>[a](http://b) @team 名␊#.py:2`` · `jwt-hardcoded-secret` · confidence: medium · CWE-798 · API8:2023 Security Misconfiguration

        How the value gets there:

        1. ``app/`x` |<img src=y>[a](http://b) @team 名␊#.py:2``: written here
        2. `app/auth.py:7`: used as key

        **Fix** (needs a value from you): Read it from the environment

        ````diff
        diff --git a/x.py b/x.py
        --- a/x.py
        +++ b/x.py
        @@ -1,2 +1,2 @@
         # ```
        -SECRET = "🔒 hunter2"
        +SECRET = os.environ["BETTER_AUTH_SECRET"]
        ````

        ### 🟢 Best Practice Suggestions (Optional Improvements)

        Nothing to add.

        ### ✅ Security Strengths

        - queries are built with `select` (`app/auth.py:6`)

        ### 📋 Checklist

        | # | Item | Verdict | Why | Where |
        | ---: | --- | --- | --- | --- |
        | 2 | Signatures are verified with a key from the environment or a key set | ❌ fail | 1 finding speaks against it | C1 |
        | 11 | Queries are parameterised | ✅ pass | queries are built with `a\|b` | `app/auth.py:6` |

        ### 🧭 Routes

        | Method | Path | Guard | Caller | Ownership | Findings | Where |
        | --- | --- | --- | --- | --- | --- | --- |
        | GET | `/a\|b/{x}` | `current_user` | – | missing | C1 | `app/auth.py:6` |

        ### 🔕 Ignored by Comments

        - ``app/`x` |<img src=y>[a](http://b) @team 名␊#.py:2`` · `jwt-hardcoded-secret` · warning: only \[for\](http&#58;//b) @&#8203;tests
    "##]].assert_eq(&report::markdown(&example::report(), &example::rules()));
}

#[test]
fn nothing_found_is_said_kindly() {
    let report = Report {
        schema_version: report::SCHEMA_VERSION,
        tool: Tool {
            name: "claimcheck".to_owned(),
            version: "0.1.0".to_owned(),
        },
        summary: Summary {
            files_audited: 1,
            ..Summary::default()
        },
        files: vec![FileReport {
            path: "main.py".to_owned(),
            status: FileStatus::Audited,
            lines: 1,
            syntax_errors: vec![],
        }],
        findings: vec![],
        ..Report::default()
    };
    expect![[r#"
        # Security audit of `main.py`

        **0 critical, 0 warnings, 0 suggestions in 1 file.** Audited by claimcheck 0.1.0.

        ### 🔴 Critical Security Issues (Must Fix Immediately)

        None found in what was audited.

        ### 🟡 Authentication Logic Warnings (Should Fix)

        None found in what was audited.

        ### 🟢 Best Practice Suggestions (Optional Improvements)

        Nothing to add.

        ### ✅ Security Strengths

        None that the code proves by itself.
    "#]]
    .assert_eq(&report::markdown(&report, &[]));
}
