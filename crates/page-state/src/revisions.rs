//! Which audit answers which text.
//!
//! Every change of the project makes a new revision. One request is under way at a time and carries the newest
//! revision; what changes meanwhile waits for the next one. An answer to an older revision is dropped: its
//! positions are not those of the text on the screen.

use std::collections::BTreeSet;

/// The bookkeeping between the page and its worker.
#[derive(Debug, Default)]
pub struct Revisions {
    newest: u32,
    /// The revision that the worker is auditing.
    under_way: Option<u32>,
    /// The newest revision that was answered.
    answered: u32,
    /// What the worker has not been told yet. There may be thousands.
    changed: BTreeSet<String>,
    removed: BTreeSet<String>,
}

/// What to tell the worker.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    pub revision: u32,
    /// Files to forget, before the changed ones are taken.
    pub removed: Vec<String>,
    /// Files whose text to send.
    pub changed: Vec<String>,
}

/// What to do with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is about the text on the screen.
    Current,
    /// The text has changed since.
    Stale,
}

impl Revisions {
    /// A file is new or has another text.
    pub fn change(&mut self, path: &str) {
        self.newest += 1;
        self.changed.insert(path.to_owned());
    }

    /// A file is gone.
    pub fn remove(&mut self, path: &str) {
        self.newest += 1;
        self.changed.remove(path);
        self.removed.insert(path.to_owned());
    }

    /// The settings are others: everything is to be audited again.
    pub fn change_settings(&mut self) {
        self.newest += 1;
    }

    /// More is wanted of the same text.
    pub fn ask_again(&mut self) {
        self.newest += 1;
    }

    /// The worker is new and knows nothing: everything has to be told again.
    pub fn start_over<'a>(&mut self, paths: impl IntoIterator<Item = &'a str>) {
        self.newest += 1;
        self.under_way = None;
        self.removed.clear();
        self.changed = paths.into_iter().map(str::to_owned).collect();
    }

    /// The next request, when there is something to ask and nothing is under way.
    pub fn next_request(&mut self) -> Option<Request> {
        if self.under_way.is_some() || self.answered == self.newest {
            return None;
        }
        self.under_way = Some(self.newest);
        Some(Request {
            revision: self.newest,
            removed: std::mem::take(&mut self.removed).into_iter().collect(),
            changed: std::mem::take(&mut self.changed).into_iter().collect(),
        })
    }

    /// The worker has answered.
    pub fn answer(&mut self, revision: u32) -> Answer {
        if self.under_way == Some(revision) {
            self.under_way = None;
        }
        if revision != self.newest {
            return Answer::Stale;
        }
        self.answered = revision;
        Answer::Current
    }

    /// Whether the last answer is about the text on the screen.
    pub fn is_current(&self) -> bool {
        self.answered == self.newest
    }

    /// The newest revision with an answer.
    pub fn answered(&self) -> u32 {
        self.answered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(revision: u32, removed: &[&str], changed: &[&str]) -> Option<Request> {
        let owned = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect();
        Some(Request {
            revision,
            removed: owned(removed),
            changed: owned(changed),
        })
    }

    #[test]
    fn nothing_changed_nothing_asked() {
        let mut revisions = Revisions::default();
        assert_eq!(revisions.next_request(), None);
        assert!(revisions.is_current());
    }

    #[test]
    fn one_request_at_a_time_and_the_newest_wins() {
        let mut revisions = Revisions::default();
        revisions.change("a.py");
        assert_eq!(revisions.next_request(), request(1, &[], &["a.py"]));
        revisions.change("a.py");
        revisions.change("b.py");
        assert_eq!(revisions.next_request(), None);
        assert_eq!(revisions.answer(1), Answer::Stale);
        assert!(!revisions.is_current());
        assert_eq!(revisions.next_request(), request(3, &[], &["a.py", "b.py"]));
        assert_eq!(revisions.answer(3), Answer::Current);
        assert!(revisions.is_current());
        assert_eq!(revisions.next_request(), None);
    }

    #[test]
    fn a_file_removed_and_added_again_is_told_in_that_order() {
        let mut revisions = Revisions::default();
        revisions.change("a.py");
        revisions.remove("a.py");
        revisions.change("a.py");
        assert_eq!(revisions.next_request(), request(3, &["a.py"], &["a.py"]));
        revisions.answer(3);
        revisions.change("a.py");
        revisions.remove("a.py");
        assert_eq!(revisions.next_request(), request(5, &["a.py"], &[]));
    }

    #[test]
    fn a_new_worker_is_told_everything_and_answers_of_the_old_one_are_stale() {
        let mut revisions = Revisions::default();
        revisions.change("a.py");
        revisions.next_request();
        revisions.start_over(["a.py", "b.py"]);
        assert_eq!(revisions.answer(1), Answer::Stale);
        assert_eq!(revisions.next_request(), request(2, &[], &["a.py", "b.py"]));
    }
}
