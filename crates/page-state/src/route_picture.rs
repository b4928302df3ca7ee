//! The routes as a picture: routes on the left, what is called before them, and what reads the credential on the
//! right. What several routes ask for is one node.
//!
//! Columns are the longest ways from the routes. A line over several columns passes each of them at a place of its
//! own, which all lines to the same node share: sixty routes behind one guard stay readable.

use std::collections::BTreeMap;

use report::{CredentialPart, GuardKind, Location};

use crate::route_map::{RouteRow, RouteVerdict, Step, StepRole};

/// The words of the picture in the language of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureWords {
    pub title: &'static str,
    pub header: &'static str,
    pub query: &'static str,
    pub cookie: &'static str,
    pub middleware: &'static str,
    pub handler: &'static str,
    /// Of routes before which nothing reads a credential.
    pub nobody: &'static str,
}

/// A picture and the same in words.
#[derive(Debug, Clone, PartialEq)]
pub struct RoutePicture {
    pub drawing: Element,
    /// Where the nodes lead, by the attribute `data-place`.
    pub places: Vec<Location>,
    /// What the routes ask for themselves, with the routes that do, in order of the picture.
    pub in_words: Vec<(String, Vec<String>)>,
}

/// An element of SVG, for the page and for the file alike.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Element {
    pub name: &'static str,
    pub attributes: Vec<(&'static str, String)>,
    pub children: Vec<Element>,
    pub text: String,
}

/// Units of the picture are pixels of its natural size.
const ROUTE_HEIGHT: i32 = 20;
const NODE_HEIGHT: i32 = 38;
const COLUMN_GAP: i32 = 64;
const MARGIN: i32 = 12;
/// Of one column of the monospaced labels, in tenths.
const COLUMN_WIDTH: i32 = 67;
const LONGEST_LABEL: usize = 44;
/// Dependencies of dependencies beyond this stand in one column.
const MAX_LAYER: usize = 8;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Route(usize),
    /// By name and the place of the definition.
    Called(String, Option<(String, u32)>),
    Nobody,
    /// Where lines to a node pass a column.
    Pass(usize, usize),
}

#[derive(Debug, Clone)]
struct Node {
    key: Key,
    kind: &'static str,
    label: String,
    note: String,
    /// All of it, where the label is shortened.
    title: String,
    location: Option<Location>,
    verdict: Option<RouteVerdict>,
    layer: usize,
    /// It stands in the last column.
    is_last: bool,
    x: i32,
    /// Of its middle.
    y: i32,
    width: i32,
}

struct Graph {
    nodes: Vec<Node>,
    known: BTreeMap<Key, usize>,
    edges: Vec<(usize, usize)>,
}

/// `shown` are indices into `rows`. `with_all` draws also what has nothing to do with the identity of callers.
pub fn route_picture(rows: &[RouteRow], shown: &[usize], with_all: bool, words: &PictureWords) -> RoutePicture {
    let mut graph = Graph {
        nodes: Vec::new(),
        known: BTreeMap::new(),
        edges: Vec::new(),
    };
    for &index in shown {
        graph.add_route(index, &rows[index], with_all, words);
    }
    let in_words = graph.in_words();
    graph.find_layers();
    graph.add_passes();
    let (width, height) = graph.lay_out();
    let places = graph.nodes.iter().filter_map(|node| node.location.clone()).collect();
    RoutePicture {
        drawing: draw(&graph, width, height, words),
        places,
        in_words,
    }
}

impl Graph {
    fn node(&mut self, key: Key, make: impl FnOnce() -> Node) -> usize {
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        self.known.insert(key, self.nodes.len());
        self.nodes.push(make());
        self.nodes.len() - 1
    }

    fn connect(&mut self, from: usize, to: usize) {
        if from != to && !self.edges.contains(&(from, to)) {
            self.edges.push((from, to));
        }
    }

    fn add_route(&mut self, index: usize, row: &RouteRow, with_all: bool, words: &PictureWords) {
        let name = [&row.method, " ", &row.path].concat();
        let route = self.node(Key::Route(index), || Node {
            verdict: Some(row.verdict),
            ..Node::new(
                Key::Route(index),
                "route",
                name,
                String::new(),
                Some(row.location.clone()),
            )
        });
        let is_drawn = |step: &Step| with_all || step.role != StepRole::Other;
        let steps: Vec<Option<usize>> = row
            .steps
            .iter()
            .map(|step| is_drawn(step).then(|| self.add_step(step, words)))
            .collect();
        for (step, node) in row.steps.iter().zip(&steps) {
            let Some(node) = *node else { continue };
            if step.is_direct {
                self.connect(route, node);
            }
            for needed in step.needs.iter().filter_map(|&needed| steps[needed]) {
                self.connect(node, needed);
            }
        }
        if let Some(guard) = row.guard.as_ref().filter(|guard| guard.kind != GuardKind::Dependency) {
            let by = match guard.kind {
                GuardKind::Middleware => words.middleware,
                GuardKind::Handler | GuardKind::Dependency => words.handler,
            };
            let place = &guard.location;
            let key = Key::Called(guard.name.clone(), Some((place.file.clone(), place.start.line)));
            let note = format!("{by} · {}:{}", place.file, place.start.line);
            let node = self.node(key.clone(), || {
                Node::new(key, "guard", guard.name.clone(), note, Some(place.clone()))
            });
            self.connect(route, node);
        }
        if !self.edges.iter().any(|(from, _)| *from == route) {
            let nobody = self.node(Key::Nobody, || Node {
                is_last: true,
                ..Node::new(Key::Nobody, "nobody", words.nobody.to_owned(), String::new(), None)
            });
            self.connect(route, nobody);
        }
    }

    fn add_step(&mut self, step: &Step, words: &PictureWords) -> usize {
        let definition = step.definition.as_ref();
        let place = definition.map(|place| (place.file.clone(), place.start.line));
        let (kind, part) = match step.role {
            StepRole::Guards => ("guard", None),
            StepRole::Reads(CredentialPart::Header) => ("reads", Some(words.header)),
            StepRole::Reads(CredentialPart::Query) => ("reads", Some(words.query)),
            StepRole::Reads(CredentialPart::Cookie) => ("reads", Some(words.cookie)),
            StepRole::Carries => ("carries", None),
            StepRole::Other => ("other", None),
        };
        let note = match (part, &place) {
            (Some(part), _) => part.to_owned(),
            (None, Some((file, line))) => format!("{file}:{line}"),
            (None, None) => String::new(),
        };
        let key = Key::Called(step.name.clone(), place);
        // What comes from outside leads to where it is asked for.
        let location = definition.unwrap_or(&step.declared).clone();
        let name = match definition {
            Some(_) => step.name.as_str(),
            None => step.name.rsplit('.').next().unwrap_or_default(),
        };
        let node = self.node(key.clone(), || Node {
            is_last: part.is_some(),
            title: step.name.clone(),
            ..Node::new(key, kind, name.to_owned(), note, Some(location))
        });
        if kind == "guard" {
            self.nodes[node].kind = kind;
        }
        node
    }

    fn in_words(&self) -> Vec<(String, Vec<String>)> {
        let mut out: Vec<(usize, Vec<String>)> = Vec::new();
        for &(from, to) in &self.edges {
            let Key::Route(_) = self.nodes[from].key else { continue };
            let route = self.nodes[from].title.clone();
            match out.iter_mut().find(|(known, _)| *known == to) {
                Some((_, routes)) => routes.push(route),
                None => out.push((to, vec![route])),
            }
        }
        let named = out.into_iter().map(|(node, routes)| {
            let Node { title, note, .. } = &self.nodes[node];
            let name = if note.is_empty() {
                title.clone()
            } else {
                format!("{title} ({note})")
            };
            (name, routes)
        });
        named.collect()
    }

    /// A node stands right of everything that leads to it; what reads credentials stands in the last column.
    fn find_layers(&mut self) {
        // In a circle, which dependencies do not make, the columns would go on without end.
        for _ in 0..MAX_LAYER {
            let mut moved = false;
            for &(from, to) in &self.edges {
                let layer = (self.nodes[from].layer + 1).min(MAX_LAYER);
                if self.nodes[to].layer < layer {
                    self.nodes[to].layer = layer;
                    moved = true;
                }
            }
            if !moved {
                break;
            }
        }
        let others = self.nodes.iter().filter(|node| !node.is_last);
        let last = others.map(|node| node.layer).max().unwrap_or_default() + 1;
        for node in &mut self.nodes {
            if node.is_last {
                node.layer = last;
            }
        }
    }

    /// Cuts lines over several columns into one line for each.
    fn add_passes(&mut self) {
        for (from, to) in std::mem::take(&mut self.edges) {
            let mut at = from;
            for layer in self.nodes[from].layer + 1..self.nodes[to].layer {
                let key = Key::Pass(layer, to);
                let pass = self.node(key.clone(), || Node {
                    layer,
                    ..Node::new(key, "pass", String::new(), String::new(), None)
                });
                self.connect(at, pass);
                at = pass;
            }
            self.connect(at, to);
        }
    }

    /// Gives every node its place, and returns the size of the picture.
    fn lay_out(&mut self) -> (i32, i32) {
        let layers = self
            .nodes
            .iter()
            .map(|node| node.layer)
            .max()
            .map_or(0, |last| last + 1);
        let columns: Vec<Vec<usize>> = (0..layers)
            .map(|layer| {
                (0..self.nodes.len())
                    .filter(|&node| self.nodes[node].layer == layer)
                    .collect()
            })
            .collect();
        let height_of =
            |column: &Vec<usize>| -> i32 { column.iter().map(|&node| self.nodes[node].space()).sum::<i32>() };
        let height = columns.iter().map(height_of).max().unwrap_or_default().max(NODE_HEIGHT);
        let mut x = MARGIN;
        for (layer, mut column) in columns.into_iter().enumerate() {
            let width = column
                .iter()
                .map(|&node| self.nodes[node].width)
                .max()
                .unwrap_or_default();
            if layer == 0 {
                self.order_routes(&mut column);
            } else {
                self.order_behind(&mut column);
            }
            let free = height - column.iter().map(|&node| self.nodes[node].space()).sum::<i32>();
            let mut bottom = MARGIN;
            if layer == 0 {
                bottom += free / 2;
            }
            for &index in &column {
                let node = &mut self.nodes[index];
                node.x = x;
                node.width = width;
                let half = node.height() / 2;
                node.y = if layer == 0 {
                    bottom + half
                } else {
                    node.y.max(bottom + half)
                };
                bottom = node.y - half + node.space();
            }
            // What was pushed out below moves up again, and pushes what stands above it.
            let mut top = MARGIN + height;
            for &index in column.iter().rev() {
                let node = &mut self.nodes[index];
                let half = node.height() / 2;
                node.y = node.y.min(top - half);
                top = node.y + half - node.space();
            }
            x += width + COLUMN_GAP;
        }
        (x - COLUMN_GAP + MARGIN, height + 2 * MARGIN)
    }

    /// Routes that ask for the same stand together, those that ask for nothing last.
    fn order_routes(&self, column: &mut [usize]) {
        let asked = |route: usize| -> Vec<usize> {
            let edges = self.edges.iter().filter(|(from, _)| *from == route);
            edges.map(|(_, to)| *to).collect()
        };
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut places: Vec<(bool, usize, usize)> = vec![(false, 0, 0); self.nodes.len()];
        for (place, &route) in column.iter().enumerate() {
            let asked = asked(route);
            let is_open = asked.iter().any(|&node| self.leads_to_nobody(node));
            let group = groups.iter().position(|known| *known == asked).unwrap_or_else(|| {
                groups.push(asked);
                groups.len() - 1
            });
            places[route] = (is_open, group, place);
        }
        text::sort_by_key(column, |&route| places[route]);
    }

    fn leads_to_nobody(&self, node: usize) -> bool {
        match &self.nodes[node].key {
            Key::Nobody => true,
            Key::Pass(_, to) => self.nodes[*to].key == Key::Nobody,
            Key::Route(_) | Key::Called(..) => false,
        }
    }

    /// At the middle of what leads there.
    fn order_behind(&mut self, column: &mut [usize]) {
        for &index in column.iter() {
            let before: Vec<i32> = self
                .edges
                .iter()
                .filter(|(_, to)| *to == index)
                .map(|(from, _)| self.nodes[*from].y)
                .collect();
            let count = i32::try_from(before.len()).unwrap_or(1).max(1);
            self.nodes[index].y = before.iter().sum::<i32>() / count;
        }
        text::sort_by_key(column, |&index| self.nodes[index].y);
    }
}

impl Node {
    fn new(key: Key, kind: &'static str, label: String, note: String, location: Option<Location>) -> Node {
        let width = columns(&shortened(&label)).max(columns(&shortened(&note)));
        let width = i32::try_from(width).unwrap_or_default() * COLUMN_WIDTH / 10;
        let padding = if kind == "route" { 34 } else { 20 };
        Node {
            title: label.clone(),
            kind,
            label,
            note,
            location,
            verdict: None,
            layer: 0,
            is_last: false,
            x: 0,
            y: 0,
            width: if matches!(key, Key::Pass(..)) {
                0
            } else {
                width + padding
            },
            key,
        }
    }

    fn height(&self) -> i32 {
        match self.key {
            Key::Route(_) => ROUTE_HEIGHT,
            Key::Called(..) | Key::Nobody => NODE_HEIGHT,
            Key::Pass(..) => 2,
        }
    }

    /// With the gap to the next one.
    fn space(&self) -> i32 {
        match self.key {
            Key::Route(_) => ROUTE_HEIGHT + 3,
            Key::Called(..) | Key::Nobody | Key::Pass(..) => self.height() + 10,
        }
    }
}

/// In the middle, where names differ least.
fn shortened(label: &str) -> String {
    let count = label.chars().count();
    if count <= LONGEST_LABEL {
        return label.to_owned();
    }
    let half = LONGEST_LABEL / 2;
    let start: String = label.chars().take(half).collect();
    let end: String = label.chars().skip(count - half + 1).collect();
    format!("{start}…{end}")
}

/// Columns of a monospaced font: letters of East Asia take two.
fn columns(label: &str) -> usize {
    label.chars().map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum()
}

fn draw(graph: &Graph, width: i32, height: i32, words: &PictureWords) -> Element {
    let mut root = Element::new("svg")
        .with("xmlns", "http://www.w3.org/2000/svg")
        .with("class", "route-picture")
        .with("viewBox", format!("0 0 {width} {height}"))
        .with("width", width.to_string())
        .with("height", height.to_string())
        .with("role", "img")
        .with("aria-label", words.title);
    root.children.push(
        Element::new("rect")
            .with("class", "backdrop")
            .with("width", width.to_string())
            .with("height", height.to_string()),
    );
    root.children
        .extend(graph.edges.iter().map(|&(from, to)| edge(graph, from, to)));
    let mut place = 0;
    for node in &graph.nodes {
        if matches!(node.key, Key::Pass(..)) {
            root.children.push(pass(graph, node));
            continue;
        }
        let mut drawn = draw_node(node);
        if node.location.is_some() {
            drawn = drawn.with("data-place", place.to_string());
            place += 1;
        }
        root.children.push(drawn);
    }
    root
}

fn edge(graph: &Graph, from: usize, to: usize) -> Element {
    let (a, b) = (&graph.nodes[from], &graph.nodes[to]);
    let (start, end) = (a.x + a.width, b.x);
    let middle = (start + end) / 2;
    let class = line_class(graph, to);
    Element::new("path").with("class", class).with(
        "d",
        format!("M{start} {}C{middle} {} {middle} {} {end} {}", a.y, a.y, b.y, b.y),
    )
}

/// Lines that lead to nobody are dashed.
fn line_class(graph: &Graph, to: usize) -> &'static str {
    if graph.leads_to_nobody(to) { "edge open" } else { "edge" }
}

fn pass(graph: &Graph, node: &Node) -> Element {
    let Node { x, y, width, .. } = node;
    let class = match node.key {
        Key::Pass(_, to) => line_class(graph, to),
        _ => "edge",
    };
    Element::new("path")
        .with("class", class)
        .with("d", format!("M{x} {y}h{width}"))
}

fn draw_node(node: &Node) -> Element {
    let height = node.height();
    let (x, top) = (node.x, node.y - height / 2);
    let class = match node.verdict {
        Some(verdict) => format!("node {} {}", node.kind, verdict.name()),
        None => format!("node {}", node.kind),
    };
    let text = |class: &str, x: i32, y: i32, text: &str| Element {
        text: shortened(text),
        ..Element::new("text")
            .with("class", class)
            .with("x", x.to_string())
            .with("y", y.to_string())
    };
    let mut drawn = Element::new("g").with("class", class);
    let title = if node.note.is_empty() {
        node.title.clone()
    } else {
        format!("{}\n{}", node.title, node.note)
    };
    drawn.children.push(Element {
        text: title,
        ..Element::new("title")
    });
    drawn.children.push(
        Element::new("rect")
            .with("x", x.to_string())
            .with("y", top.to_string())
            .with("width", node.width.to_string())
            .with("height", height.to_string())
            .with("rx", "5"),
    );
    if let Some(verdict) = node.verdict {
        let mark = Element::new("path")
            .with("class", "mark")
            .with("transform", format!("translate({} {}) scale(0.75)", x + 7, node.y - 6))
            .with("d", verdict_shape(verdict));
        drawn.children.push(mark);
        drawn.children.push(text("label", x + 26, node.y + 4, &node.label));
    } else if node.note.is_empty() {
        drawn.children.push(text("label", x + 10, node.y + 4, &node.label));
    } else {
        drawn.children.push(text("label", x + 10, node.y - 3, &node.label));
        drawn.children.push(text("note", x + 10, node.y + 12, &node.note));
    }
    drawn
}

/// The shape of a verdict, in a square of 16; those of severities are the ones that findings have.
pub fn verdict_shape(verdict: RouteVerdict) -> &'static str {
    match verdict {
        RouteVerdict::AtRisk => "M5 1h6l4 4v6l-4 4H5l-4-4V5z",
        RouteVerdict::Doubtful => "M8 1.2 15.6 14.6H.4z",
        RouteVerdict::Open | RouteVerdict::Public => "M8 2.5a5.5 5.5 0 1 1 0 11A5.5 5.5 0 0 1 8 2.5z",
        RouteVerdict::Unmounted => "M3 8h10",
        RouteVerdict::Guarded => "M3 8.5l3.2 3.2L13 5",
    }
}

impl Element {
    fn new(name: &'static str) -> Element {
        Element {
            name,
            ..Element::default()
        }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Element {
        self.attributes.push((name, value.into()));
        self
    }

    /// A file of its own, with rules of style inside.
    pub fn to_svg(&self, style: &str) -> String {
        let mut out = String::new();
        self.write(&mut out, style);
        out.push('\n');
        out
    }

    fn write(&self, out: &mut String, style: &str) {
        out.push('<');
        out.push_str(self.name);
        for (name, value) in &self.attributes {
            for part in [" ", name, "=\"", &escaped(value), "\""] {
                out.push_str(part);
            }
        }
        out.push('>');
        if !style.is_empty() {
            for part in ["<style>", &escaped(style), "</style>"] {
                out.push_str(part);
            }
        }
        out.push_str(&escaped(&self.text));
        for child in &self.children {
            child.write(out, "");
        }
        for part in ["</", self.name, ">"] {
            out.push_str(part);
        }
    }
}

/// Text as XML takes it: no markup, and no character that XML does not know.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// Rules of style with the colours that `light-dark(…)` gives their variables, for the light and for the dark theme.
pub fn self_contained(rules: &str, colours: &str) -> String {
    let one = |is_dark: bool| {
        let mut parts = rules.split("var(--");
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once(')').unwrap_or((part, ""));
            out.push_str(colour(colours, name, is_dark).unwrap_or("currentColor"));
            out.push_str(rest);
        }
        out
    };
    format!(
        "{}@media (prefers-color-scheme: dark) {{\n{}}}\n",
        one(false),
        one(true)
    )
}

/// `--line: light-dark(#dbe1e2, #283232);`
fn colour<'a>(colours: &'a str, name: &str, is_dark: bool) -> Option<&'a str> {
    let declared = format!("--{name}: light-dark(");
    let (_, rest) = colours.split_once(&declared)?;
    let (light, rest) = rest.split_once(',')?;
    let (dark, _) = rest.split_once(')')?;
    Some(if is_dark { dark.trim() } else { light.trim() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route_map::{route_rows, shown_routes};
    use crate::samples::audited;

    const WORDS: PictureWords = PictureWords {
        title: "Routes",
        header: "header",
        query: "query",
        cookie: "cookie",
        middleware: "middleware",
        handler: "handler",
        nobody: "nobody is asked",
    };

    /// Many routes behind one guard, some behind two, one open.
    fn service() -> String {
        let mut text = "
from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer
import jwt
app = FastAPI()
bearer = HTTPBearer()
def get_session(): ...
def caller(credentials=Depends(bearer)):
    return jwt.decode(credentials.credentials, KEY, algorithms=['HS256'], options={'require': ['exp']})['sub']
def admin(user=Depends(caller)): ...
@app.get('/open')
def opened(): ...
"
        .to_owned();
        for index in 0..60 {
            let guard = if index % 5 == 0 { "admin" } else { "caller" };
            text.push_str(&format!(
                "@app.get('/items/{index}')\ndef item_{index}(session=Depends(get_session), user=Depends({guard})): ...\n"
            ));
        }
        text
    }

    fn picture(text: &str, with_all: bool) -> RoutePicture {
        let (report, table) = audited(text);
        let rows = route_rows(&report, &table);
        let shown = shown_routes(&rows, &Default::default(), None);
        route_picture(&rows, &shown, with_all, &WORDS)
    }

    fn graph(text: &str) -> Graph {
        let (report, table) = audited(text);
        let rows = route_rows(&report, &table);
        let mut graph = Graph {
            nodes: Vec::new(),
            known: BTreeMap::new(),
            edges: Vec::new(),
        };
        for (index, row) in rows.iter().enumerate() {
            graph.add_route(index, row, true, &WORDS);
        }
        graph.find_layers();
        graph.add_passes();
        graph.lay_out();
        graph
    }

    fn labels(element: &Element) -> Vec<String> {
        let own = (element.name == "text").then(|| element.text.clone());
        own.into_iter()
            .chain(element.children.iter().flat_map(labels))
            .collect()
    }

    #[test]
    fn what_many_ask_for_is_one_node() {
        let picture = picture(&service(), false);
        let labels = labels(&picture.drawing);
        let count = |name: &str| labels.iter().filter(|label| *label == name).count();
        assert_eq!((count("caller"), count("admin"), count("HTTPBearer")), (1, 1, 1));
        assert_eq!((count("nobody is asked"), count("get_session")), (1, 0));
        let words: Vec<(&str, usize)> = picture
            .in_words
            .iter()
            .map(|(name, routes)| (name.as_str(), routes.len()))
            .collect();
        assert_eq!(
            words,
            [
                ("nobody is asked", 1),
                ("admin (main.py:10)", 12),
                ("caller (main.py:8)", 48)
            ]
        );
        assert_eq!(picture.places.len(), 61 + 3);
    }

    #[test]
    fn lines_lead_to_the_right_and_nothing_overlaps() {
        let graph = graph(&service());
        for &(from, to) in &graph.edges {
            assert_eq!(graph.nodes[from].layer + 1, graph.nodes[to].layer);
            assert!(graph.nodes[from].x + graph.nodes[from].width < graph.nodes[to].x);
        }
        for a in &graph.nodes {
            for b in &graph.nodes {
                let apart = (a.y - b.y).abs() >= (a.height() + b.height()) / 2;
                assert!(a.key == b.key || a.layer != b.layer || apart, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn names_are_no_markup() {
        let text = "
from fastapi import FastAPI
app = FastAPI()
@app.get('/<script>&\"\\x00\u{202e}')
def x(): ...
";
        let svg = picture(text, true).drawing.to_svg(".a > .b {}");
        assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""), "{svg}");
        assert!(svg.contains("<style>.a &gt; .b {}</style>"));
        assert!(!svg.contains("<script>") && !svg.contains('\0'));
    }

    #[test]
    fn no_routes_no_nodes() {
        let picture = picture("x = 1\n", true);
        assert!(picture.places.is_empty() && picture.in_words.is_empty());
    }

    #[test]
    fn colours_of_both_themes() {
        let colours = ":root {\n  --line: light-dark(#111, #eee);\n}";
        assert_eq!(
            self_contained(".edge { stroke: var(--line); }\n", colours),
            ".edge { stroke: #111; }\n@media (prefers-color-scheme: dark) {\n.edge { stroke: #eee; }\n}\n"
        );
    }
}
