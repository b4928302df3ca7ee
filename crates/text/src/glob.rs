//! Patterns of paths, as people write them in settings.

/// Whether `pattern` describes the whole of `path`: `?` is one character and `*` any number of them inside a part
/// between slashes; `**` is anything, also over slashes. `/**` at the end means everything below, and the folder
/// itself.
pub fn glob_matches(pattern: &str, path: &str) -> bool {
    if let Some(folder) = pattern.strip_suffix("/**")
        && matches(folder, path)
    {
        return true;
    }
    matches(pattern, path)
}

/// Work is bounded by the product of the lengths: each star is tried from its newest place alone, and a `*` that
/// finds nothing before the next slash gives way to the `**` before it.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, path) = (pattern.as_bytes(), path.as_bytes());
    let (mut at, mut here) = (0, 0);
    // Where to go on when what follows does not fit: behind the star, with one more character taken.
    let mut star: Option<(usize, usize)> = None;
    let mut stars: Option<(usize, usize)> = None;
    // Whether the `**` stands for whole parts.
    let mut whole = false;
    loop {
        if pattern[at..].starts_with(b"**") {
            at += 2;
            // `**/x` is also `x`.
            whole = pattern[at..].starts_with(b"/") && (here == 0 || path[here - 1] == b'/');
            at += usize::from(whole);
            (stars, star) = (Some((at, here)), None);
        } else if pattern.get(at) == Some(&b'*') {
            at += 1;
            star = Some((at, here));
        } else if at == pattern.len() && here == path.len() {
            return true;
        } else if let (Some(&wanted), Some(&found)) = (pattern.get(at), path.get(here))
            && (wanted == found || wanted == b'?' && found != b'/')
        {
            at += 1;
            here += 1;
        } else if let Some((after, from)) = star
            && path.get(from).is_some_and(|&byte| byte != b'/')
        {
            star = Some((after, from + 1));
            (at, here) = (after, from + 1);
        } else if let Some((after, from)) = stars
            && let Some(slash) = path[from..].iter().position(|&byte| !whole || byte == b'/')
        {
            let next = from + slash + 1;
            (stars, star) = (Some((after, next)), None);
            (at, here) = (after, next);
        } else {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, yes, no) in [
            ("app/main.py", "app/main.py", "app/main.pyc"),
            ("*.py", "main.py", "app/main.py"),
            ("app/*/x.py", "app/a/x.py", "app/a/b/x.py"),
            ("**/x.py", "x.py", "ax.py"),
            ("**/x.py", "a/b/x.py", "a/b/x.pyi"),
            ("app/**", "app/a/b.py", "apps/a.py"),
            ("/docs/**", "/docs", "/docsx"),
            ("/a/**/z", "/a/b/c/z", "/a/b/c/y"),
            ("/a/**/z", "/a/z", "/az"),
            ("**/m*n/*.py", "a/m/man/x.py", "a/man/b/x.py"),
            ("/items/?", "/items/1", "/items/"),
            ("*", "a", "a/b"),
        ] {
            assert!(glob_matches(pattern, yes), "{pattern} {yes}");
            assert!(!glob_matches(pattern, no), "{pattern} {no}");
        }
        assert!(glob_matches("**", "a/b"));
        assert!(glob_matches("", "") && !glob_matches("", "a"));
    }

    #[test]
    fn many_stars_end_soon() {
        let pattern = "*a**a".repeat(200);
        assert!(!glob_matches(&pattern, &"a/".repeat(2000)));
    }
}
