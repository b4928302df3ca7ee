//! The picture of the routes: the drawing of `page_state`, as elements of the page and as a file.

use page_state::{Element, self_contained};
use yew::prelude::*;
use yew::virtual_dom::{VNode, VTag, VText};

/// The rules for the picture, in the page and in the file.
const RULES: &str = include_str!("../../styles/picture.css");
const COLOURS: &str = include_str!("../../styles/colours.css");

pub(crate) fn drawn(element: &Element) -> Html {
    VNode::from(tag(element))
}

fn tag(element: &Element) -> VTag {
    let mut tag = VTag::new(element.name);
    for (name, value) in &element.attributes {
        tag.add_attribute(name, value.clone());
    }
    if !element.text.is_empty() {
        tag.add_child(VText::new(element.text.clone()).into());
    }
    tag.add_children(element.children.iter().map(|child| VNode::from(self::tag(child))));
    tag
}

pub(crate) fn file(element: &Element) -> String {
    element.to_svg(&self_contained(RULES, COLOURS))
}
