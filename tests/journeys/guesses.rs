//! Wrong codes, a lost phone, and a lock that counts down, in the window.

use polder_local::desk::Keyring;
use polder_tests::{Outcome, Stage};

/// Codes that are wrong, both clocks, then one of the recovery codes that came with the second step.
#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_show_both_clocks_and_a_recovery_code_gets_in() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    let newcomer = stage.newcomer();
    page.password(&newcomer.email, &newcomer.password, false).await?;
    let key = page.says("enrol-key").await?;
    page.write("enrol-code", &stage.code_of(&key)?).await?;
    // Ten, of nineteen characters each.
    let said = page.says("recovery-codes").await?.replace(char::is_whitespace, "");
    let codes: Vec<String> =
        said.as_bytes().chunks(19).map(|code| String::from_utf8_lossy(code).into_owned()).collect();
    assert_eq!((codes.len(), said.len()), (10, 190), "{codes:?}");
    // They can be kept elsewhere, past the history of the clipboard (B37).
    page.click("recovery-copy").await?;
    assert_eq!(stage.paste("UTF8_STRING").await?, codes.join("\n"));
    assert_eq!(stage.paste("x-kde-passwordManagerHint").await?, "secret");
    page.click("recovery-kept").await?;
    page.see("projects").await?;
    page.sign_out().await?;

    page.password(&newcomer.email, &newcomer.password, false).await?;
    for _ in 0..2 {
        page.write("code-field", &stage.wrong_code_of(&key)?).await?;
        page.see("code-error").await?;
    }
    page.see("clocks").await?;
    assert!(!page.says("clock-platform").await?.is_empty() && !page.says("clock-here").await?.is_empty());
    page.click("code-other").await?;
    page.write("recover-field", "0000-0000-0000-0000").await?;
    page.click("recover-continue").await?;
    page.see("recover-error").await?;
    assert!(!page.shows("recovered").await?);
    page.write("recover-field", &codes[4].to_uppercase().replace('-', " ")).await?;
    page.click("recover-continue").await?;
    assert!(page.says("recovered-left").await?.contains('9'));
    page.click("recovered-continue").await?;
    page.see("projects").await?;

    // Each once.
    page.sign_out().await?;
    page.password(&newcomer.email, &newcomer.password, false).await?;
    page.click("code-other").await?;
    page.write("recover-field", &codes[4]).await?;
    page.click("recover-continue").await?;
    page.see("recover-error").await?;
    Ok(page.close().await?)
}

/// A computer that Polder does not know waits, and says how long.
#[tokio::test(flavor = "multi_thread")]
async fn wrong_tries_lock_with_a_countdown_and_the_right_password_gets_in_when_it_is_over() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    let editor = stage.editor();
    for _ in 0..5 {
        page.password(&editor.email, "not the password at all", false).await?;
        page.see("sign-in-error").await?;
    }
    let wait = page.says("wait").await?;
    assert!(wait.contains("0:2") || wait.contains("0:30"), "the wait reads {wait}");
    // Nothing is sent while it lasts, and it is over by itself.
    page.see("wait-over").await?;
    stage.sign_in(&page, editor, false).await?;
    Ok(page.close().await?)
}
