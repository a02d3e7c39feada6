//! Guesses at the door, and a system without a keychain.

use polder_local::desk::Keyring;
use polder_tests::{Outcome, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_name_get_the_same_words() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    page.password(&stage.editor().email, "not the password at all", true).await?;
    let wrong = page.says("sign-in-error").await?;
    page.close().await?;

    let page = stage.open().await?;
    page.password("nobody@hel.example", "not the password at all", true).await?;
    let unknown = page.says("sign-in-error").await?;
    assert_eq!(wrong, unknown);
    assert!(!wrong.is_empty());
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_is_refused_and_the_next_right_one_opens() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    let editor = stage.editor();
    page.password(&editor.email, &editor.password, true).await?;
    page.write("code-field", &stage.a_wrong_code(editor)?).await?;
    page.see("code-error").await?;
    assert!(!page.shows("projects").await?);
    page.write("code-field", &stage.code(editor)?).await?;
    page.see("projects").await?;
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_used_twice_is_refused() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    let editor = stage.editor();
    let code = stage.code(editor)?;
    page.password(&editor.email, &editor.password, false).await?;
    page.write("code-field", &code).await?;
    page.see("projects").await?;
    page.sign_out().await?;

    page.password(&editor.email, &editor.password, false).await?;
    page.write("code-field", &code).await?;
    page.see("code-error").await?;
    assert!(!page.shows("projects").await?);
    Ok(page.close().await?)
}
