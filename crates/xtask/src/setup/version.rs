//! Versions as programs print them.

/// The first word of a program's `--version` output that begins with a digit, such as `0.21.14`
/// of `trunk 0.21.14`; a leading `v` is left out.
pub(crate) fn printed(output: &str) -> Option<&str> {
    output.split_whitespace().find_map(|word| {
        let word = word.strip_prefix('v').unwrap_or(word);
        word.starts_with(|first: char| first.is_ascii_digit()).then_some(word)
    })
}

/// The leading number of a version.
pub(crate) fn major(version: &str) -> Option<u32> {
    numbers(version).next()
}

/// Whether a version is the wanted one or newer, by its numbers up to the first that differs.
/// What follows the numbers (`-beta`, `+dfsg1`) does not count.
pub(crate) fn at_least(version: &str, wanted: &str) -> bool {
    let mut found = numbers(version);
    for wanted in numbers(wanted) {
        let found = found.next().unwrap_or(0);
        if found != wanted {
            return found > wanted;
        }
    }
    true
}

fn numbers(version: &str) -> impl Iterator<Item = u32> {
    version
        .split(['-', '+', '~', ' '])
        .next()
        .unwrap_or_default()
        .split('.')
        .map_while(|part| part.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_version_in_what_programs_print() {
        assert_eq!(printed("trunk 0.21.14\n"), Some("0.21.14"));
        assert_eq!(printed("v20.20.2"), Some("20.20.2"));
        assert_eq!(printed("Debian clang version 22.1.8 (1~deb12u1)"), Some("22.1.8"));
        assert_eq!(
            printed("rustc 1.96.0 (abc 2026-05-01) (built from a source tarball)"),
            Some("1.96.0")
        );
        assert_eq!(printed("nothing here"), None);
    }

    #[test]
    fn compares_numbers_and_not_text() {
        assert!(at_least("1.100.0", "1.95"));
        assert!(at_least("1.95.0", "1.95"));
        assert!(at_least("1.96.0+dfsg1", "1.96.0"));
        assert!(!at_least("1.94.9", "1.95"));
        assert!(!at_least("1", "1.95"));
        assert_eq!(major("22.1.8"), Some(22));
        assert_eq!(major("stable"), None);
    }
}
