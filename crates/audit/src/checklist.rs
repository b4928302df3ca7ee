//! The twelve verdicts: what the code proves, and what the findings say against it.
//!
//! A `pass` needs a place in the code that proves it and no finding, ignored or not, against it. Every pass is a
//! strength. What proves an item stands in [`proofs`].

mod proofs;

use facts::Facts;
use report::{CHECKLIST, ChecklistItem, Note, Report, Severity, Strength, Verdict};
use text::Span;

use crate::convert::location;
use crate::options::{Options, RuleSetting};
use crate::rule::Rule;

/// What the code says of an item by itself.
pub(crate) enum Proof {
    /// What is right, in one line, and where one sees it.
    Proven {
        what: String,
        places: Vec<(Span, String)>,
    },
    NotApplicable(&'static str),
    Unknown(String),
}

/// Places that are listed for one item.
const MAX_PLACES: usize = 5;

/// Fills in what follows from the findings: verdicts, strengths, escalations.
pub(crate) fn judge(facts: &Facts<'_>, options: &Options, rules: &[&'static Rule], report: &mut Report) {
    let proofs = proofs::all(facts, options);
    for (index, proof) in proofs.into_iter().enumerate() {
        let item = item(facts, options, rules, report, index as u8 + 1, proof);
        if let (Verdict::Pass, Some(place)) = (item.verdict, item.evidence.first()) {
            report.strengths.push(Strength {
                checklist_item: item.item,
                message: item.reason.clone(),
                location: place.location.clone(),
            });
        }
        report.checklist.push(item);
    }
    report.settle();
}

fn item(
    facts: &Facts<'_>,
    options: &Options,
    rules: &[&'static Rule],
    report: &Report,
    item: u8,
    proof: Proof,
) -> ChecklistItem {
    let against = report
        .findings
        .iter()
        .filter(|finding| finding.checklist_item == Some(item));
    let findings: Vec<String> = against.clone().map(|finding| finding.fingerprint.clone()).collect();
    let graver = against
        .filter(|finding| finding.severity != Severity::Suggestion)
        .count();
    let mut out = ChecklistItem {
        item,
        title: CHECKLIST[usize::from(item) - 1].to_owned(),
        verdict: Verdict::Unknown,
        reason: String::new(),
        evidence: Vec::new(),
        findings,
    };
    let is_ignored = report
        .ignored
        .iter()
        .any(|ignored| ignored.finding.checklist_item == Some(item));
    let is_off =
        |rule: &&&Rule| rule.checklist_item == Some(item) && options.rules.get(rule.name) == Some(&RuleSetting::Off);
    if graver > 0 {
        let noun = if graver == 1 {
            "finding speaks"
        } else {
            "findings speak"
        };
        out.verdict = Verdict::Fail;
        out.reason = [&graver.to_string(), noun, "against it"].join(" ");
    } else if !out.findings.is_empty() {
        out.reason = "a suggestion speaks against it".to_owned();
    } else if is_ignored {
        out.reason = "a comment ignores a finding against it".to_owned();
    } else if let Some(rule) = rules.iter().find(is_off) {
        out.reason = ["the settings turn `", rule.name, "` off"].concat();
    } else {
        match proof {
            Proof::Proven { what, places } => {
                out.verdict = Verdict::Pass;
                out.reason = what;
                out.evidence = evidence(facts, places);
            }
            Proof::NotApplicable(why) => {
                out.verdict = Verdict::NotApplicable;
                out.reason = why.to_owned();
            }
            Proof::Unknown(why) => out.reason = why,
        }
    }
    out
}

fn evidence(facts: &Facts<'_>, mut places: Vec<(Span, String)>) -> Vec<Note> {
    places.dedup_by_key(|(span, _)| *span);
    let notes = places.into_iter().take(MAX_PLACES).map(|(span, message)| Note {
        location: location(facts, span),
        message,
    });
    notes.collect()
}

#[cfg(test)]
mod tests {
    use report::{EscalationKind, Report, Verdict};

    use crate::testing::report;

    const SERVICE: &str = r#"
        #- auth.py
        import os
        import jwt
        from fastapi import Depends, HTTPException
        from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
        SECRET = os.environ["BETTER_AUTH_SECRET"]
        bearer = HTTPBearer()
        def current_user(credentials: HTTPAuthorizationCredentials = Depends(bearer)) -> str:
            try:
                claims = jwt.decode(
                    credentials.credentials, SECRET, algorithms=["HS256"], options={"require": ["exp", "sub"]}
                )
            except jwt.PyJWTError:
                raise HTTPException(status_code=401, detail="Not authenticated", headers={"WWW-Authenticate": "Bearer"})
            return claims["sub"]
        #- models.py
        from sqlmodel import Field, SQLModel
        class TaskIn(SQLModel):
            title: str
        class Task(SQLModel, table=True):
            id: int | None = Field(default=None, primary_key=True)
            title: str
            user_id: str
        #- main.py
        from fastapi import Depends, FastAPI, HTTPException
        from sqlmodel import Session, select
        from auth import current_user
        from db import get_session
        from models import Task, TaskIn
        app = FastAPI()
        @app.get("/tasks")
        def tasks(user_id: str = Depends(current_user), session: Session = Depends(get_session)):
            return session.exec(select(Task).where(Task.user_id == user_id)).all()
        @app.post("/tasks")
        def add(task: TaskIn, user_id: str = Depends(current_user), session: Session = Depends(get_session)):
            row = Task(title=task.title, user_id=user_id)
            session.add(row)
            session.commit()
            return row
        #- db.py
        import os
        from sqlmodel import Session, create_engine
        engine = create_engine(os.environ["DATABASE_URL"])
        def get_session():
            with Session(engine) as session:
                yield session
    "#;

    fn verdicts(report: &Report) -> String {
        let letter = |verdict| match verdict {
            Verdict::Pass => 'P',
            Verdict::Fail => 'F',
            Verdict::NotApplicable => '-',
            Verdict::Unknown => '?',
        };
        report.checklist.iter().map(|item| letter(item.verdict)).collect()
    }

    #[test]
    fn a_service_in_order() {
        let report = report(SERVICE);
        assert_eq!(verdicts(&report), "PPPPPPPPPPPP", "{:#?}", report.checklist);
        assert_eq!(report.strengths.len(), 12);
        assert_eq!(report.summary.strengths, 12);
        assert!(report.escalations.is_empty());
        let evidence = &report.checklist[1].evidence[0];
        assert_eq!(
            (evidence.location.file.as_str(), evidence.location.start.line),
            ("auth.py", 9)
        );
        assert_eq!(evidence.message, "`jwt.decode` verifies the signature");
    }

    /// Each change speaks against the items given, and takes their strengths away.
    #[test]
    fn one_change_at_a_time() {
        for (from, to, expected) in [
            (
                "os.environ[\"BETTER_AUTH_SECRET\"]",
                "\"hunter2hunter2hunter2hunter2hunter2\"",
                "P?PPPPPPPFPP",
            ),
            ("\"require\"", "\"verify_exp\": False, \"require\"", "PPFPPPPPPPPP"),
            ("BETTER_AUTH_SECRET", "OTHER_SECRET", "P?PPPPPPPPPP"),
            ("Depends(bearer)", "None", "?PPPPPPPPPPP"),
        ] {
            let report = report(&SERVICE.replace(from, to));
            assert_eq!(verdicts(&report), expected, "{to}: {:#?}", report.checklist);
            let passes = expected.chars().filter(|c| *c == 'P').count();
            assert_eq!(report.strengths.len(), passes);
        }
    }

    #[test]
    fn what_is_ignored_or_turned_off_is_no_pass() {
        let secret = "os.environ[\"BETTER_AUTH_SECRET\"]";
        let ignored =
            "\"hunter2hunter2hunter2hunter2hunter2\"  # claimcheck: ignore[jwt-hardcoded-secret] for the show";
        let found = report(&SERVICE.replace(secret, ignored));
        assert_eq!(found.summary.critical, 0);
        assert_eq!(found.checklist[9].verdict, Verdict::Unknown);
        assert_eq!(found.checklist[9].reason, "a comment ignores a finding against it");
        let off = SERVICE.replacen("#- auth.py", "#- option: off = sql-injection\n        #- auth.py", 1);
        assert_eq!(
            report(&off).checklist[10].reason,
            "the settings turn `sql-injection` off"
        );
    }

    #[test]
    fn escalations() {
        let report = report(
            r#"
            import jwt
            def first(token):
                return jwt.decode(token, "hunter2hunter2hunter2hunter2hunter2", algorithms=["HS256"])
            def second(token):
                return jwt.decode(token, options={"verify_signature": False})["sub"]
            "#,
        );
        let kinds: Vec<EscalationKind> = report.escalations.iter().map(|escalation| escalation.kind).collect();
        assert_eq!(
            kinds,
            [EscalationKind::AuthenticationBypass, EscalationKind::HardcodedSecret]
        );
        let findings: Vec<&str> = report.findings.iter().map(|finding| &*finding.fingerprint).collect();
        let escalated = report.escalations.iter().flat_map(|escalation| &escalation.findings);
        assert!(escalated.into_iter().all(|finding| findings.contains(&&**finding)));
    }

    #[test]
    fn a_refusal_kept_in_a_constant() {
        let raised = "raise HTTPException(status_code=401, detail=\"Not authenticated\", headers={\"WWW-Authenticate\": \"Bearer\"})";
        let constant = SERVICE.replace(raised, "raise REFUSED").replace(
            "bearer = HTTPBearer()",
            "bearer = HTTPBearer()\n        REFUSED = HTTPException(401, headers={\"WWW-Authenticate\": \"Bearer\"})",
        );
        assert_ne!(constant, SERVICE);
        assert_eq!(verdicts(&report(&constant)), "PPPPPPPPPPPP");
    }

    #[test]
    fn nothing_to_judge() {
        assert_eq!(verdicts(&report("x = 1\n")), "------------");
    }

    #[test]
    fn routes_know_their_findings() {
        let found = report(&SERVICE.replace(
            "os.environ[\"BETTER_AUTH_SECRET\"]",
            "\"hunter2hunter2hunter2hunter2hunter2\"",
        ));
        let shown: Vec<String> = found
            .routes
            .iter()
            .map(|route| {
                format!(
                    "{} {} {:?} {}",
                    route.method,
                    route.path,
                    route.guard,
                    route.findings.len()
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                "GET /tasks Some(\"current_user\") 1",
                "POST /tasks Some(\"current_user\") 1"
            ]
        );
    }
}
