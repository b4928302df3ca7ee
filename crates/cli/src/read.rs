//! Reading one file, or saying why not.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Files over this many bytes are not audited: code that people write is far smaller.
pub(crate) const LARGEST_FILE: u64 = 5 * 1024 * 1024;

/// The text of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) text: String,
    /// The file began with a byte order mark, which is not part of `text`: editors and the page, which take it
    /// away too, count columns from the first character.
    pub(crate) byte_order_mark: bool,
}

/// The text of the file, or the reason why it cannot be audited.
pub(crate) fn read_file(path: &Path) -> Result<Content, String> {
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    // The length is only a hint: it is 0 for pipes, and the file may grow.
    if file.metadata().is_ok_and(|metadata| metadata.len() > LARGEST_FILE) {
        return Err(TOO_LARGE.to_owned());
    }
    read(file)
}

/// The text that `source` gives, or the reason why it cannot be audited.
pub(crate) fn read(source: impl Read) -> Result<Content, String> {
    let mut bytes = Vec::new();
    source
        .take(LARGEST_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(TOO_LARGE.to_owned());
    }
    let text = String::from_utf8(bytes)
        .map_err(|error| format!("it is not UTF-8 (byte {})", error.utf8_error().valid_up_to() + 1))?;
    Ok(match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => Content {
            text: rest.to_owned(),
            byte_order_mark: true,
        },
        None => Content {
            text,
            byte_order_mark: false,
        },
    })
}

pub(crate) const BYTE_ORDER_MARK: &str = "\u{feff}";
const TOO_LARGE: &str = "it is larger than 5 MB";

pub(crate) fn unreadable(error: &io::Error) -> String {
    format!("it cannot be read: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_with_and_without_byte_order_mark() {
        let content = |text: &str, byte_order_mark| {
            Ok(Content {
                text: text.to_owned(),
                byte_order_mark,
            })
        };
        assert_eq!(read(&b"x = 1\r\n"[..]), content("x = 1\r\n", false));
        assert_eq!(read(&b"\xef\xbb\xbfx"[..]), content("x", true));
        assert_eq!(read(&b""[..]), content("", false));
    }

    #[test]
    fn what_is_not_text_is_refused() {
        assert_eq!(read(&b"ab\xff"[..]), Err("it is not UTF-8 (byte 3)".to_owned()));
        assert_eq!(read(&b"\xff\xfex\0"[..]), Err("it is not UTF-8 (byte 1)".to_owned()));
    }

    #[test]
    fn the_limit_is_inclusive() {
        assert!(read(io::repeat(b' ').take(LARGEST_FILE)).is_ok());
        assert_eq!(read(io::repeat(b' ')), Err(TOO_LARGE.to_owned()));
    }
}
