//! `cargo xtask serve`: the release site on this machine.
//!
//! The files are served as they were built: a development server that adds a script of its own
//! would break the page's content security policy, and would show something that is not shipped.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::{process, setup, site, workspace};

pub(crate) fn serve(port: u16, open: bool) -> Result<()> {
    // Before the build: it takes minutes, and a port in use ends all.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .with_context(|| format!("port {port} cannot be used; choose another with `cargo xtask serve --port N`"))?;
    let environment = setup::set_up(setup::Purpose::Build)?;
    site::build(&environment)?;

    let address = format!("http://127.0.0.1:{}", listener.local_addr()?.port());
    println!("The playground is at {address} (Ctrl-C ends it)");
    if open {
        open_browser(&address);
    }
    for stream in listener.incoming().flatten() {
        // A browser opens connections ahead of need and leaves them idle: each gets a thread.
        std::thread::spawn(move || {
            if let Err(error) = answer(stream, &workspace::dist()) {
                eprintln!("warning: {error:#}");
            }
        });
    }
    Ok(())
}

fn open_browser(address: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    if let Err(error) = process::run(Command::new(program).arg(address)) {
        eprintln!("warning: the browser was not opened: {error:#}");
    }
}

/// Reads one request and answers it with a file of the folder.
fn answer(stream: TcpStream, folder: &Path) -> Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut lines = BufReader::new(&stream).lines();
    // An idle connection that closes or times out asked for nothing.
    let Some(Ok(request)) = lines.next() else {
        return Ok(());
    };
    for header in lines.by_ref() {
        if header.map_or(true, |header| header.is_empty()) {
            break;
        }
    }
    let response = respond(&request, folder);
    let mut output = &stream;
    write!(
        output,
        "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: {}\r\n\
         X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
        response.status,
        response.content_type,
        response.body.len(),
        response.keep
    )
    .and_then(|()| {
        if response.with_body {
            output.write_all(&response.body)
        } else {
            Ok(())
        }
    })
    .or_else(|error| match error.kind() {
        // The browser went on to another page.
        std::io::ErrorKind::BrokenPipe | std::io::ErrorKind::ConnectionReset => Ok(()),
        _ => Err(error),
    })?;
    Ok(())
}

struct Response {
    status: &'static str,
    content_type: &'static str,
    /// How long it may be kept.
    keep: &'static str,
    body: Vec<u8>,
    with_body: bool,
}

fn respond(request: &str, folder: &Path) -> Response {
    let plain = |status: &'static str| Response {
        status,
        content_type: "text/plain; charset=utf-8",
        keep: "no-cache",
        body: status.as_bytes().to_vec(),
        with_body: true,
    };
    let mut words = request.split(' ');
    let method = words.next().unwrap_or_default();
    if !matches!(method, "GET" | "HEAD") {
        return plain("405 Method Not Allowed");
    }
    let Some(path) = words.next().and_then(relative_path) else {
        return plain("400 Bad Request");
    };
    let mut file = folder.join(&path);
    if file.is_dir() {
        file.push("index.html");
    }
    match std::fs::read(&file) {
        Ok(body) => Response {
            status: "200 OK",
            content_type: content_type(&file),
            keep: keep(&file),
            body,
            with_body: method == "GET",
        },
        Err(_) => plain("404 Not Found"),
    }
}

/// The path of a request's target below the served folder; `None` when it would leave it.
fn relative_path(target: &str) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?.strip_prefix('/')?;
    let path = percent_decoded(path)?;
    let mut relative = PathBuf::new();
    for part in path.split('/') {
        if part == ".." || part.contains(['\\', '\0', ':']) {
            return None;
        }
        if !part.is_empty() && part != "." {
            relative.push(part);
        }
    }
    Some(relative)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

/// Files that carry a hash of their content never change; the page that names them does.
fn keep(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("js" | "css" | "wasm") => "public, max-age=31536000, immutable",
        _ => "no-cache",
    }
}

fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        // Streaming compilation refuses any other type.
        Some("wasm") => "application/wasm",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt" | "md" | "py") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_stay_below_the_folder() {
        assert_eq!(relative_path("/"), Some(PathBuf::new()));
        assert_eq!(relative_path("/a/b%20c.js?v=1"), Some(PathBuf::from("a/b c.js")));
        assert_eq!(relative_path("/a/../../etc/passwd"), None);
        assert_eq!(relative_path("/%2e%2e/secret"), None);
        assert_eq!(relative_path("/%2e%2e%2fsecret"), None);
        assert_eq!(relative_path("//etc/passwd"), Some(PathBuf::from("etc/passwd")));
        assert_eq!(relative_path("/%zz"), None);
        assert_eq!(relative_path("http://elsewhere/"), None);
    }

    #[test]
    fn files_are_answered_with_the_type_the_browser_needs() -> Result<()> {
        let folder = std::env::temp_dir().join(format!("xtask-serve-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("index.html"), "<!doctype html>")?;
        std::fs::write(folder.join("core.wasm"), b"\0asm")?;

        let page = respond("GET / HTTP/1.1", &folder);
        assert_eq!((page.status, page.content_type), ("200 OK", "text/html; charset=utf-8"));
        let module = respond("HEAD /core.wasm HTTP/1.1", &folder);
        assert_eq!((module.content_type, module.with_body), ("application/wasm", false));
        assert_eq!(
            (page.keep, module.keep),
            ("no-cache", "public, max-age=31536000, immutable")
        );
        assert_eq!(respond("GET /absent HTTP/1.1", &folder).status, "404 Not Found");
        assert_eq!(respond("POST / HTTP/1.1", &folder).status, "405 Method Not Allowed");

        std::fs::remove_dir_all(folder)?;
        Ok(())
    }
}
