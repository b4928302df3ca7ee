//! The rules' documentation, from Markdown to elements of the page. No HTML is ever parsed.

use page_state::{Block, Inline};
use yew::prelude::*;

use crate::bridge;
use crate::strings::strings;

/// Draws a line of the audit. Like everything that the audit says it is English, whatever the page speaks.
pub(crate) fn with_code(text: &str) -> Html {
    html! { <span lang="en">{own_with_code(text)}</span> }
}

/// Draws a line of the page itself in which names from the code stand between backticks.
pub(crate) fn own_with_code(text: &str) -> Html {
    let parts = text.split('`').enumerate();
    parts
        .map(|(place, part)| match place % 2 {
            0 => html! { {part} },
            _ => html! { <code>{part}</code> },
        })
        .collect()
}

/// Draws a text. Its headings stand below those of the panel around it.
pub(crate) fn markdown(text: &str) -> Html {
    page_state::markdown(text).iter().map(block).collect()
}

fn block(block: &Block) -> Html {
    match block {
        Block::Heading(_, parts) => html! { <h4>{line(parts)}</h4> },
        Block::Paragraph(parts) => html! { <p>{line(parts)}</p> },
        Block::List { ordered, items } => {
            let items = items.iter().map(|item| html! { <li>{line(item)}</li> });
            if *ordered {
                html! { <ol>{ for items }</ol> }
            } else {
                html! { <ul>{ for items }</ul> }
            }
        }
        Block::Code { label, text } => code(label, text),
    }
}

fn line(parts: &[Inline]) -> Html {
    parts
        .iter()
        .map(|part| match part {
            Inline::Text(text) => html! { {text} },
            Inline::Code(text) => html! { <code>{text}</code> },
            Inline::Strong(text) => html! { <strong>{text}</strong> },
            Inline::Emphasis(text) => html! { <em>{text}</em> },
            // A link would leave the page, and the seal with it: its address is there to read.
            Inline::Link { text, address } if text == address => html! { <span class="address">{address}</span> },
            Inline::Link { text, address } => html! { <>{text}{" "}<span class="address">{address}</span></> },
        })
        .collect()
}

/// `label` is the fence's: `python`, `python,finding`, `python,ok`, `python,fixed`.
fn code(label: &str, code: &str) -> Html {
    let text = strings();
    let mut words = label.split(',');
    let is_python = words.next() == Some("python");
    let caption = words.find_map(|word| match word {
        "finding" => Some(("code-finding", text.code_with_finding)),
        "ok" => Some(("code-ok", text.code_ok)),
        "fixed" => Some(("code-fixed", text.code_fixed)),
        _ => None,
    });
    let pieces = if is_python {
        bridge::highlight_python(code)
    } else {
        vec![code.to_owned(), String::new()]
    };
    let code = pieces.chunks(2).map(|piece| match piece {
        [text, class] if !class.is_empty() => html! { <span class={class.clone()}>{text}</span> },
        [text, ..] => html! { {text} },
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
