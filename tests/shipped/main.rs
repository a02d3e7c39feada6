//! The client as people get it: built for release, with none of what lets a test drive it.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};

use polder_local::desk::{Desk, DeskOptions};
use polder_tests::{Outcome, Running};

#[test]
fn a_release_holds_nothing_of_the_e2e_feature() -> Outcome {
    for word in ["POLDER_E2E", "__polderMap"] {
        let holds = |program: &Path| -> Outcome<bool> {
            Ok(fs::read(program)?.windows(word.len()).any(|bytes| bytes == word.as_bytes()))
        };
        assert!(!holds(&built("POLDER_SHIPPED_BIN")?)?, "{word} stands in the shipped client");
        // The page is compressed into the program, so its own word is looked for where it was built.
        if word.starts_with("POLDER") {
            assert!(holds(&built("POLDER_CLIENT_BIN")?)?, "the search does not find {word} where it is");
            assert!(!holds(&built("POLDER_SHIPPED_LAUNCHER_BIN")?)?, "{word} stands in the shipped launcher");
            assert!(
                holds(&built("POLDER_LAUNCHER_BIN")?)?,
                "the search does not find {word} in the launcher"
            );
        }
    }
    Ok(())
}

#[test]
fn a_release_lets_nobody_drive_or_inspect_it() -> Outcome {
    // Each the way in that its name says: automation (Tauri) goes through the inspector's server.
    let drivable = |program: &Path| -> Outcome<bool> {
        let desk = Desk::new(DeskOptions::default())?;
        let [inspector, http] = [free_port()?, free_port()?];
        let mut client = desk.command(&program.display().to_string());
        client.env("TAURI_WEBVIEW_AUTOMATION", "true").env("GTK_DEBUG", "interactive");
        client.env("WEBKIT_INSPECTOR_SERVER", format!("127.0.0.1:{inspector}"));
        client.env("WEBKIT_INSPECTOR_HTTP_SERVER", format!("127.0.0.1:{http}"));
        // What listens does so before there is a page.
        let mut client = Running::start(&mut client)?;
        client.wait_for_a_page()?;
        Ok([inspector, http].iter().any(|port| TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).is_ok()))
    };
    assert!(drivable(&built("POLDER_CLIENT_BIN")?)?, "a client for tests can be driven, and this sees it");
    assert!(!drivable(&built("POLDER_SHIPPED_BIN")?)?, "the shipped client can be driven");
    Ok(())
}

fn built(variable: &str) -> Outcome<PathBuf> {
    let path = std::env::var_os(variable)
        .ok_or_else(|| format!("{variable} is not set; `cargo xtask test` does"))?;
    Ok(PathBuf::from(path))
}

fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
