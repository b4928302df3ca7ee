//! Tests are data: Python text with its expectation inside, and the checks that hold for every such text.
//!
//! A fixture is a project of one or several files:
//!
//! ```python
//! #- config.py
//! SECRET = "s3cret"
//! #- auth.py
//! import jwt
//! from config import SECRET
//! jwt.decode(token, SECRET, algorithms=["HS256"])  # finding: jwt-hardcoded-secret
//! #                 ^^^^^^ jwt-hardcoded-secret
//! jwt.get_unverified_header(token)  # ok
//! ```
//!
//! | text | meaning |
//! |---|---|
//! | `#- path.py` | the next file begins; text before the first one is `main.py` |
//! | `#- option: name = value` | a setting of the audit |
//! | `#- unannounced: rule, rule` | findings of these rules need no announcement in this fixture |
//! | `# finding: rule, other-rule` | each has a finding that begins on this line |
//! | `# finding: rule (warning, low, fix)` | and is that: severity, confidence, `fix` or `no-fix`, `safe`, `changes-behaviour`, `needs-value` |
//! | `#   ^^^^ rule` | the finding covers exactly these characters of the last line that is not such a line; alone it announces the finding, beside a `# finding:` of the same rule it says where |
//! | `#<^^^ rule` | the same from the first column on: `#` and `<` stand for characters too |
//! | `#   ^^^^... rule` | begins at the first caret and goes on over later lines |
//! | `# ok` | no finding begins on this line, which is worth saying |
//! | `# todo-finding: rule` | a finding should be here and is not yet; fails when it appears |
//! | `# todo-ok: rule` | a finding is here that should not be; fails when it disappears |
//!
//! Everything but the `#-` lines is audited as it stands: annotations are Python comments. A finding that is not
//! announced fails. What is checked beyond that, for every fixture and without writing anything, stands in
//! [`check`].

mod annotation;
mod check;
mod document;
mod fix;
mod fixture;
mod invariant;
mod keep;
mod metamorphic;
mod patch;
mod problem;
mod registry;

pub use annotation::without_annotations;
pub use check::{Audit, Step, Subject, check, check_fix};
pub use document::{Block, code_blocks, headings};
pub use fixture::{Fixture, SourceText, trim_indent};
pub use registry::{assert_registry_is_up_to_date, rule_files};
