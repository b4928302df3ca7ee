//! The rules' documentation, from Markdown to elements of the page. No HTML is ever parsed.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use yew::prelude::*;
use yew::virtual_dom::{VNode, VTag};

use crate::bridge;
use crate::strings::strings;

/// Draws a text. Headings begin below those of the panel around it.
pub(crate) fn markdown(text: &str) -> Html {
    let mut builder = Builder {
        open: vec![Open::new(VTag::new("div"))],
        code: None,
    };
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        builder.event(event);
    }
    while builder.open.len() > 1 {
        builder.end();
    }
    builder.open.pop().map(Open::finish).unwrap_or_default()
}

/// An element whose children are still to come.
struct Open {
    tag: VTag,
    children: Vec<VNode>,
    /// Said after the children: the address of a link.
    after: Option<String>,
}

impl Open {
    fn new(tag: VTag) -> Open {
        Open {
            tag,
            children: Vec::new(),
            after: None,
        }
    }

    fn finish(mut self) -> VNode {
        if let Some(after) = self.after {
            self.children
                .push(html! { <span class="quiet">{format!(" ({after})")}</span> });
        }
        self.tag.add_children(self.children);
        self.tag.into()
    }
}

struct Builder {
    open: Vec<Open>,
    /// The code block under way: its label and its text.
    code: Option<(String, String)>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(TagEnd::CodeBlock) => {
                if let Some((label, code)) = self.code.take() {
                    self.push(code_block(&label, &code));
                }
            }
            Event::End(TagEnd::MetadataBlock(_)) => {}
            Event::End(_) => self.end(),
            Event::Text(text) => match &mut self.code {
                Some((_, code)) => code.push_str(&text),
                None => self.push(html! { {text.to_string()} }),
            },
            Event::Code(code) => self.push(html! { <code>{code.to_string()}</code> }),
            Event::SoftBreak => self.push(html! { {" "} }),
            Event::HardBreak => self.push(html! { <br /> }),
            Event::Rule => self.push(html! { <hr /> }),
            // Markup in a text is shown as the characters it is made of.
            Event::Html(text) | Event::InlineHtml(text) => self.push(html! { {text.to_string()} }),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let mut after = None;
        let element = match tag {
            Tag::CodeBlock(kind) => {
                let label = match kind {
                    CodeBlockKind::Fenced(label) => label.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((label, String::new()));
                return;
            }
            Tag::MetadataBlock(_) => return,
            Tag::Heading {
                level: HeadingLevel::H1 | HeadingLevel::H2,
                ..
            } => "h4",
            Tag::Heading { .. } => "h5",
            Tag::BlockQuote(_) => "blockquote",
            Tag::List(None) => "ul",
            Tag::List(Some(_)) => "ol",
            Tag::Item => "li",
            Tag::Emphasis => "em",
            Tag::Strong => "strong",
            Tag::Table(_) => "table",
            Tag::TableHead | Tag::TableRow => "tr",
            Tag::TableCell => "td",
            // A link would leave the page, and the seal with it: its address is there to read.
            Tag::Link { dest_url, .. } => {
                after = Some(dest_url.to_string());
                "span"
            }
            Tag::Paragraph => "p",
            _ => "span",
        };
        let mut open = Open::new(VTag::new(element));
        open.after = after;
        self.open.push(open);
    }

    fn end(&mut self) {
        if self.open.len() > 1
            && let Some(open) = self.open.pop()
        {
            // An address in angle brackets is its own text.
            let node = match (&open.after, open.children.as_slice()) {
                (Some(address), [VNode::VText(text)]) if text.text == *address => {
                    html! { <span>{address.clone()}</span> }
                }
                _ => open.finish(),
            };
            self.push(node);
        }
    }

    fn push(&mut self, node: VNode) {
        if let Some(open) = self.open.last_mut() {
            open.children.push(node);
        }
    }
}

/// `label` is the fence's: `python`, `python,finding`, `python,ok`, `python,fixed`.
fn code_block(label: &str, code: &str) -> Html {
    let text = strings();
    let mut words = label.split(',').map(str::trim);
    let is_python = words.next() == Some("python");
    let caption = words.find_map(|word| match word {
        "finding" => Some(("code-finding", text.code_with_finding)),
        "ok" => Some(("code-ok", text.code_ok)),
        "fixed" => Some(("code-fixed", text.code_fixed)),
        _ => None,
    });
    let pieces = if is_python {
        bridge::highlight_python(code.trim_end())
    } else {
        vec![code.trim_end().to_owned(), String::new()]
    };
    let code = pieces.chunks(2).map(|piece| match piece {
        [text, class] if !class.is_empty() => html! { <span class={class.clone()}>{text.clone()}</span> },
        [text, ..] => html! { {text.clone()} },
        [] => Html::default(),
    });
    html! {
        <figure class={classes!("code-block", caption.map(|(class, _)| class))}>
            if let Some((_, caption)) = caption {
                <figcaption>{caption}</figcaption>
            }
            <pre tabindex="0"><code>{ for code }</code></pre>
        </figure>
    }
}
