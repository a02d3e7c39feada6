//! A script got into the page: what can it reach?

use polder_local::desk::Keyring;
use polder_tests::{Outcome, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn fetch_from_the_page_reaches_nobody() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    page.see("sign-in").await?;
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();
    for target in [format!("http://127.0.0.1:{port}/"), stage.local().origin()] {
        let answer = page.run(&format!("await fetch('{target}'); return 'reached';")).await?;
        assert!(answer.as_str().is_some_and(|a| a.starts_with("threw")), "fetch of {target}: {answer}");
    }
    let error = listener.accept().expect_err("nobody may have come");
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unlisted_command_is_refused() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    page.see("sign-in").await?;
    for command in [
        "read_file",
        "plugin:fs|read_file",
        "plugin:shell|open",
        "plugin:window|create",
        "plugin:app|version",
    ] {
        let answer = page
            .run(&format!("await window.__TAURI_INTERNALS__.invoke('{command}', {{}}); return 'ran';"))
            .await?;
        assert!(answer.as_str().is_some_and(|a| a.starts_with("threw")), "{command}: {answer}");
    }
    // The way itself works: a listed command answers, and says that nobody is signed in.
    let answer = page.run("await window.__TAURI_INTERNALS__.invoke('projects', {}); return 'ran';").await?;
    assert!(answer.to_string().contains("session-over"), "projects: {answer}");
    Ok(page.close().await?)
}
