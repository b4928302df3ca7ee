//! Which origins a regular expression lets through, and whether a stranger can register one of them.
//!
//! Starlette matches `allow_origin_regex` against the whole `Origin` header (`re.fullmatch`), and a browser sends
//! nothing there but `scheme://host[:port]`. So `https://.*\.example\.com` allows subdomains of `example.com` alone,
//! `https://.*example\.com` also `https://evilexample.com`, and in `https://app.example.com` the dots stand for any
//! character, so that `https://appxexample.com` passes. The pattern is written out to sample origins, each
//! character marked as given by the pattern or free; an origin is a stranger's when a free character stands in the
//! part of the host that is registered.

/// An origin that a pattern allows and a stranger can hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignOrigin {
    /// For instance `https://evilexample.com`.
    pub example: String,
    pub reach: Reach,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Every site.
    Everyone,
    /// Whoever registers a domain that fits.
    Domain,
    /// Whoever takes a name at a hosting service where anybody can: `*.vercel.app`.
    SharedHost,
}

/// `None`: no stranger's origin fits, or the pattern is not understood.
pub fn foreign_origin(pattern: &str) -> Option<ForeignOrigin> {
    if pattern.len() > MAX_LENGTH {
        return None;
    }
    let mut parser = Parser {
        chars: pattern.chars().collect(),
        at: 0,
    };
    let node = parser.alternatives(0)?;
    if parser.at < parser.chars.len() {
        return None;
    }
    let samples = node.samples();
    let mut best: Option<ForeignOrigin> = None;
    for sample in &samples {
        if let Some(found) = judge(sample)
            && best.as_ref().is_none_or(|best| found.reach < best.reach)
        {
            best = Some(found);
        }
    }
    best
}

/// A pattern that means what the author of `pattern` most likely meant: dots are dots, and what varies is a
/// subdomain. `None` where no such pattern keeps strangers out.
pub fn repaired(pattern: &str) -> Option<String> {
    let dots = with_literal_dots(pattern);
    let subdomains = dots.replace("://.*", "://(.*\\.)?").replace("(.*\\.)?\\.", "(.*\\.)?");
    [dots, subdomains]
        .into_iter()
        .find(|candidate| candidate != pattern && candidate.contains("\\.") && foreign_origin(candidate).is_none())
}

/// Escapes the dots that stand between names: `app.example.com`, not `.*`.
fn with_literal_dots(pattern: &str) -> String {
    let mut out = String::new();
    let chars: Vec<char> = pattern.chars().collect();
    let mut in_class = false;
    for (at, &c) in chars.iter().enumerate() {
        let is_escaped = at > 0 && chars[at - 1] == '\\';
        in_class = match c {
            '[' if !is_escaped => true,
            ']' if !is_escaped => false,
            _ => in_class,
        };
        let is_repeated = matches!(chars.get(at + 1), Some('*' | '+' | '?' | '{'));
        if c == '.' && !is_escaped && !is_repeated && !in_class {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Services where anybody can take a name below the domain.
const SHARED_HOSTS: &[&str] = &[
    "vercel.app",
    "now.sh",
    "netlify.app",
    "netlify.com",
    "herokuapp.com",
    "github.io",
    "gitlab.io",
    "pages.dev",
    "workers.dev",
    "onrender.com",
    "railway.app",
    "up.railway.app",
    "fly.dev",
    "web.app",
    "firebaseapp.com",
    "azurewebsites.net",
    "azurestaticapps.net",
    "cloudfront.net",
    "amazonaws.com",
    "amplifyapp.com",
    "run.app",
    "appspot.com",
    "hf.space",
    "surge.sh",
    "repl.co",
    "replit.app",
    "replit.dev",
    "glitch.me",
    "ngrok.io",
    "ngrok.app",
    "ngrok-free.app",
    "ngrok.dev",
    "loca.lt",
    "trycloudflare.com",
    "gitpod.io",
    "github.dev",
    "app.github.dev",
    "stackblitz.io",
    "webcontainer.io",
    "codesandbox.io",
    "csb.app",
    "lovable.app",
    "lovableproject.com",
    "streamlit.app",
    "deno.dev",
    "ondigitalocean.app",
];

/// More samples than this are not written out.
const MAX_SAMPLES: usize = 4_000;
/// Longer patterns are not understood.
const MAX_LENGTH: usize = 400;
/// Groups nested deeper than this are not understood.
const MAX_DEPTH: usize = 12;

/// A character of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    char: char,
    /// The pattern leaves it open.
    is_free: bool,
}

type Sample = Vec<Mark>;

#[derive(Debug, Clone)]
enum Node {
    Literal(char),
    Class(Class),
    Sequence(Vec<Node>),
    Alternatives(Vec<Node>),
    Repeat { node: Box<Node>, min: usize, max: usize },
}

#[derive(Debug, Clone)]
struct Class {
    is_negated: bool,
    ranges: Vec<(char, char)>,
}

impl Class {
    fn dot() -> Class {
        Class {
            is_negated: true,
            ranges: vec![('\n', '\n')],
        }
    }

    fn allows(&self, c: char) -> bool {
        self.ranges.iter().any(|&(low, high)| low <= c && c <= high) != self.is_negated
    }

    /// A character to stand for the class, other than a dot.
    fn filler(&self) -> Option<char> {
        ['x', 'X', '1', '-', '_', ':', '/']
            .into_iter()
            .find(|&c| self.allows(c))
            .or_else(|| {
                let (low, _) = self.ranges.first()?;
                (!self.is_negated).then_some(*low)
            })
    }
}

impl Node {
    fn samples(&self) -> Vec<Sample> {
        match self {
            Node::Literal(char) => vec![vec![Mark {
                char: char.to_ascii_lowercase(),
                is_free: false,
            }]],
            Node::Class(class) => {
                let fill = class.filler().into_iter().chain(class.allows('.').then_some('.'));
                fill.map(|c| free(&c.to_string())).collect()
            }
            Node::Sequence(nodes) => {
                let mut out: Vec<Sample> = vec![Vec::new()];
                for node in nodes {
                    out = product(&out, &node.samples());
                }
                out
            }
            Node::Alternatives(nodes) => {
                let mut out: Vec<Sample> = nodes.iter().flat_map(Node::samples).collect();
                out.truncate(MAX_SAMPLES);
                out
            }
            Node::Repeat { node, min, max } => match &**node {
                Node::Class(class) => repeated_class(class, *min, *max),
                node => {
                    let once = node.samples();
                    let mut out = Vec::new();
                    let mut times: Vec<Sample> = vec![Vec::new()];
                    for count in 0..=(*min + 2).min(*max) {
                        if count > 0 {
                            times = product(&times, &once);
                        }
                        if count >= *min {
                            out.extend(times.iter().cloned());
                        }
                        if out.len() >= MAX_SAMPLES {
                            break;
                        }
                    }
                    out.truncate(MAX_SAMPLES);
                    out
                }
            },
        }
    }
}

fn product(left: &[Sample], right: &[Sample]) -> Vec<Sample> {
    let mut out = Vec::new();
    for a in left {
        for b in right {
            if out.len() >= MAX_SAMPLES {
                return out;
            }
            out.push(a.iter().chain(b).copied().collect());
        }
    }
    out
}

/// Fills that change which domain a host belongs to.
fn repeated_class(class: &Class, min: usize, max: usize) -> Vec<Sample> {
    let fills = [
        "https://evil.example",
        ".evil.example",
        "evil.example",
        "evil.",
        "evil",
        ".evil",
        "",
    ];
    let mut out = Vec::new();
    for fill in fills {
        let fits = fill.chars().all(|c| class.allows(c)) && fill.len() >= min && fill.len() <= max;
        if fits {
            out.push(free(fill));
        }
    }
    if let Some(filler) = class.filler() {
        let length = min.max(1).min(max);
        if length <= 64 {
            out.push(free(&filler.to_string().repeat(length)));
        }
    }
    out
}

fn free(text: &str) -> Sample {
    text.chars().map(|char| Mark { char, is_free: true }).collect()
}

/// Whether a sample is an origin that a stranger can hold.
fn judge(sample: &[Mark]) -> Option<ForeignOrigin> {
    let text: String = sample.iter().map(|mark| mark.char).collect();
    // One byte for each character from here on.
    if !text.is_ascii() {
        return None;
    }
    let at = text.find("://")?;
    if !matches!(&text[..at], "http" | "https") {
        return None;
    }
    let start = at + 3;
    let end = text[start..].find(':').map_or(text.len(), |at| start + at);
    let port = text[end..].strip_prefix(':').unwrap_or("");
    if !port.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let host = &text[start..end];
    let labels: Vec<&str> = host.split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let top = *labels.last()?;
    let is_domain = labels.len() >= 2
        && labels.iter().all(is_label)
        && top.len() >= 2
        && top.chars().all(|c| c.is_ascii_alphabetic());
    if !is_domain {
        return None;
    }
    let shared = SHARED_HOSTS
        .iter()
        .filter(|shared| host.strip_suffix(**shared).is_some_and(|rest| rest.ends_with('.')))
        .max_by_key(|shared| shared.len())
        .filter(|shared| sample[end - shared.len()..end].iter().all(|mark| !mark.is_free));
    let suffix = match shared {
        Some(shared) => shared.split('.').count(),
        // `example.co.uk`
        None if labels.len() >= 3
            && top.len() == 2
            && matches!(
                labels[labels.len() - 2],
                "co" | "com" | "org" | "net" | "gov" | "ac" | "edu"
            ) =>
        {
            2
        }
        None => 1,
    };
    let registered = labels[labels.len().checked_sub(suffix + 1)?..].join(".").len();
    let registered = &sample[end - registered..end];
    if !registered.iter().any(|mark| mark.char != '.' && mark.is_free) {
        return None;
    }
    let reach = match shared {
        Some(_) => Reach::SharedHost,
        None if sample[start..end].iter().all(|mark| mark.is_free || mark.char == '.') => Reach::Everyone,
        None => Reach::Domain,
    };
    Some(ForeignOrigin { example: text, reach })
}

/// The part of Python's regular expressions that origins are written in.
struct Parser {
    chars: Vec<char>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = text
            .chars()
            .enumerate()
            .all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        if found {
            self.at += text.chars().count();
        }
        found
    }

    fn alternatives(&mut self, depth: usize) -> Option<Node> {
        let mut out = vec![self.sequence(depth)?];
        while self.eat("|") {
            out.push(self.sequence(depth)?);
        }
        Some(match out.len() {
            1 => out.remove(0),
            _ => Node::Alternatives(out),
        })
    }

    fn sequence(&mut self, depth: usize) -> Option<Node> {
        let mut out = Vec::new();
        while let Some(c) = self.peek() {
            if c == '|' || c == ')' {
                break;
            }
            let Some(node) = self.atom(depth)? else { continue };
            out.push(self.repeated(node)?);
        }
        Some(Node::Sequence(out))
    }

    /// `Some(None)`: something that takes no character.
    fn atom(&mut self, depth: usize) -> Option<Option<Node>> {
        Some(match self.next()? {
            '^' | '$' => None,
            '.' => Some(Node::Class(Class::dot())),
            '[' => Some(Node::Class(self.class()?)),
            '(' => {
                if depth >= MAX_DEPTH {
                    return None;
                }
                if self.eat("?") {
                    if self.eat("P<") {
                        while self.next()? != '>' {}
                    } else if self.eat("i)") || self.eat("s)") || self.eat("is)") {
                        return Some(None);
                    } else if !self.eat(":") {
                        // Looking ahead or behind, and what else there is.
                        return None;
                    }
                }
                let inner = self.alternatives(depth + 1)?;
                if !self.eat(")") {
                    return None;
                }
                Some(inner)
            }
            '\\' => match self.next()? {
                'A' | 'Z' | 'z' | 'b' => None,
                c @ ('d' | 'w' | 'S' | 's') => Some(Node::Class(escape_class(c))),
                c if c.is_ascii_alphanumeric() => return None,
                c => Some(Node::Literal(c)),
            },
            '*' | '+' | '?' | '{' => return None,
            c => Some(Node::Literal(c)),
        })
    }

    fn repeated(&mut self, node: Node) -> Option<Node> {
        let (min, max) = match self.peek() {
            Some('*') => (0, usize::MAX),
            Some('+') => (1, usize::MAX),
            Some('?') => (0, 1),
            Some('{') => {
                let close = self.chars[self.at..].iter().position(|&c| c == '}')? + self.at;
                let inner: String = self.chars[self.at + 1..close].iter().collect();
                self.at = close;
                let (min, max) = match inner.split_once(',') {
                    None => (inner.parse().ok()?, inner.parse().ok()?),
                    Some((min, "")) => (min.parse().ok()?, usize::MAX),
                    Some(("", max)) => (0, max.parse().ok()?),
                    Some((min, max)) => (min.parse().ok()?, max.parse().ok()?),
                };
                (min, max)
            }
            _ => return Some(node),
        };
        self.at += 1;
        // Lazy or possessive: the same texts match.
        if matches!(self.peek(), Some('?' | '+')) {
            self.at += 1;
        }
        let min: usize = min;
        Some(Node::Repeat {
            node: Box::new(node),
            min: min.min(64),
            max,
        })
    }

    fn class(&mut self) -> Option<Class> {
        let is_negated = self.eat("^");
        let mut ranges = Vec::new();
        let mut is_first = true;
        loop {
            let low = match self.next()? {
                ']' if !is_first => break,
                '\\' => match self.next()? {
                    c @ ('d' | 'w' | 's' | 'S') => {
                        let class = escape_class(c);
                        if class.is_negated {
                            return None;
                        }
                        ranges.extend(class.ranges);
                        is_first = false;
                        continue;
                    }
                    c => c,
                },
                c => c,
            };
            is_first = false;
            let is_range = self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|&c| c != ']');
            if is_range {
                self.at += 1;
                let high = match self.next()? {
                    '\\' => self.next()?,
                    c => c,
                };
                ranges.push((low, high));
            } else {
                ranges.push((low, low));
            }
        }
        Some(Class { is_negated, ranges })
    }
}

fn escape_class(c: char) -> Class {
    let (is_negated, ranges) = match c {
        'd' => (false, vec![('0', '9')]),
        'w' => (false, vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')]),
        's' => (false, vec![(' ', ' ')]),
        _ => (true, vec![(' ', ' ')]),
    };
    Class { is_negated, ranges }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reaches(pattern: &str, reach: Reach) {
        let found = foreign_origin(pattern);
        assert_eq!(
            found.as_ref().map(|found| found.reach),
            Some(reach),
            "{pattern}: {found:?}"
        );
    }

    #[track_caller]
    fn closed(pattern: &str) {
        assert_eq!(foreign_origin(pattern), None, "{pattern}");
    }

    #[test]
    fn everyone() {
        for pattern in [
            ".*",
            "^.*$",
            ".+",
            "https?://.*",
            "https://.+",
            r"https?://[\w.-]+",
            r"http(s)?://.*(:\d+)?",
            r"https://[^/]+",
            r"(.*)",
            r"https://[a-z]+\.[a-z]+",
        ] {
            reaches(pattern, Reach::Everyone);
        }
    }

    #[test]
    fn domains() {
        for pattern in [
            r"https://.*example\.com",
            r"https?://example\.com.*",
            r"https://.*.example.com",
            "https://app.example.com",
            r"https://example\.[a-z]+",
            r"https://.*example\.co\.uk",
            r"https://(.*\.)?my-?.*\.com",
            r"https://example\.com|https://.*foo\.org",
        ] {
            reaches(pattern, Reach::Domain);
        }
        reaches(r"http://localhost.*", Reach::Domain);
        reaches(r"http://192\.168\..*", Reach::Domain);
    }

    #[test]
    fn shared_hosts() {
        reaches(r"https://.*\.vercel\.app", Reach::SharedHost);
        reaches(r"https://my-app-[a-z0-9]+\.vercel\.app", Reach::SharedHost);
        reaches(r"https://.*\.ngrok-free\.app", Reach::SharedHost);
        closed(r"https://my-app\.vercel\.app");
        closed(r"https://.*\.my-app\.vercel\.app");
    }

    #[test]
    fn subdomains_and_local_hosts() {
        for pattern in [
            r"https://.*\.example\.com",
            r"^https://([a-z0-9-]+\.)*example\.com$",
            r"https://[a-z-]+\.example\.co\.uk",
            r"https?://(localhost|127\.0\.0\.1)(:\d+)?",
            r"http://localhost:\d+",
            r"http://localhost:.*",
            r"https://(app|admin)\.example\.(com|org)",
            r"https://example\.com",
            "https://example.com",
            r"http://192\.168\.\d{1,3}\.\d{1,3}:3000",
            r"(?i)https://(?:www\.)?example\.com",
            r"https://(?P<sub>[a-z]+)\.example\.com",
            "chrome-extension://.*",
        ] {
            closed(pattern);
        }
    }

    #[test]
    fn repairs() {
        let is = |pattern: &str, expected: Option<&str>| assert_eq!(repaired(pattern).as_deref(), expected);
        is("https://app.example.com", Some(r"https://app\.example\.com"));
        is("https://.*.example.com", Some(r"https://.*\.example\.com"));
        is(r"https://.*example\.com", Some(r"https://(.*\.)?example\.com"));
        is(".*", None);
        is(r"https://.*\.vercel\.app", None);
    }

    #[test]
    fn not_understood() {
        for pattern in [r"https://(?!evil).*", "(", "[a", "a{", r"(a)\1", "*"] {
            closed(pattern);
        }
        closed(&"(".repeat(100_000));
        closed(&"(a|b)*".repeat(1_000));
    }
}
