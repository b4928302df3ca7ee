//! Counts of passed and failed tests, read from what test runners print.

use std::ops::AddAssign;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Tally {
    /// A step that is one check.
    pub(crate) fn of_check(passed: bool) -> Tally {
        Tally {
            passed: usize::from(passed),
            failed: usize::from(!passed),
        }
    }

    /// A suite that ran no test at all has failed.
    pub(crate) fn of_tests(self) -> Tally {
        if self == Tally::default() {
            Tally::of_check(false)
        } else {
            self
        }
    }

    /// A runner that failed without a failed test (a compile error, a crash) failed once.
    pub(crate) fn with_outcome(mut self, succeeded: bool) -> Self {
        if !succeeded && self.failed == 0 {
            self.failed = 1;
        }
        self
    }
}

/// What a line of `cargo test` adds: `test result: ok. 3 passed; 0 failed; 0 ignored; …`.
pub(crate) fn of_libtest(line: &str) -> Tally {
    let Some(counts) = line.strip_prefix("test result: ") else {
        return Tally::default();
    };
    let count = |name: &str| {
        counts
            .split([';', '.'])
            .find_map(|part| part.trim().strip_suffix(name)?.trim().parse().ok())
            .unwrap_or(0)
    };
    Tally {
        passed: count(" passed"),
        failed: count(" failed"),
    }
}

/// What `node --test` says in all that it printed.
pub(crate) fn of_node_run(printed: &str) -> Tally {
    let mut tally = Tally::default();
    printed.lines().for_each(|line| tally += of_node(line));
    tally
}

/// What a line of `node --test` adds: `# pass 3` in TAP, `ℹ pass 3` in the readable form.
/// A cancelled test (one whose file timed out or crashed) is a failed one.
pub(crate) fn of_node(line: &str) -> Tally {
    let line = without_colours(line);
    let mut words = line.split_whitespace();
    let (Some("#" | "ℹ"), Some(name), Some(count), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return Tally::default();
    };
    let count = count.parse().unwrap_or(0);
    match name {
        "pass" => Tally {
            passed: count,
            failed: 0,
        },
        "fail" | "cancelled" => Tally {
            passed: 0,
            failed: count,
        },
        _ => Tally::default(),
    }
}

fn without_colours(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // A colour ends with the first letter; every other sequence is cut in the same way.
        plain.push_str(part.split_once('m').map_or(part, |(_, text)| text));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: usize, failed: usize) -> Tally {
        Tally { passed, failed }
    }

    #[test]
    fn reads_the_summary_of_libtest() {
        let line = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; \
                    finished in 0.12s";
        assert_eq!(of_libtest(line), tally(12, 0));
        assert_eq!(
            of_libtest("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured"),
            tally(3, 2)
        );
        assert_eq!(of_libtest("test audit::finds_a_token ... ok"), tally(0, 0));
        assert_eq!(of_libtest("running 3 tests"), tally(0, 0));
    }

    #[test]
    fn reads_both_summaries_of_node() {
        assert_eq!(of_node("# pass 7"), tally(7, 0));
        assert_eq!(of_node("# fail 2"), tally(0, 2));
        assert_eq!(of_node("ℹ pass 7"), tally(7, 0));
        assert_eq!(of_node("\u{1b}[34mℹ cancelled 1\u{1b}[39m"), tally(0, 1));
        assert_eq!(of_node("# skipped 4"), tally(0, 0));
        assert_eq!(of_node("# Subtest: a list of 3"), tally(0, 0));
        assert_eq!(of_node("ok 1 - pass 7"), tally(0, 0));
    }

    #[test]
    fn a_runner_that_crashes_fails_once_and_counts_its_failures_once() {
        assert_eq!(tally(4, 0).with_outcome(false), tally(4, 1));
        assert_eq!(tally(4, 2).with_outcome(false), tally(4, 2));
        assert_eq!(tally(4, 0).with_outcome(true), tally(4, 0));
    }
}
