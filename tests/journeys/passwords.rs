//! Somebody's first password, and one that was forgotten.

use polder_local::desk::Keyring;
use polder_tests::{Outcome, Stage};

const NEW: &str = "nine herons over the ditch";

/// From a letter to the projects: code, password, second step (R20).
#[tokio::test(flavor = "multi_thread")]
async fn a_first_code_leads_to_a_password_a_second_step_and_in() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    stage.invite("Noora Laine", "noora.laine@hel.example")?;
    let code = stage.code_from_letter("first-password").await?;
    let page = stage.open().await?;
    page.click("open-letter-code").await?;
    // A mistyped one first: what to do is said, and nothing is lost.
    page.write("letter-code-field", "00000-00000-00000-00000").await?;
    page.click("letter-code-continue").await?;
    page.see("letter-code-error").await?;
    page.write("letter-code-field", &code.to_lowercase()).await?;
    page.click("letter-code-continue").await?;

    // What is easy to guess is said while it is typed, and what many people use when it is sent.
    page.write("new-password-field", "trustno1").await?;
    page.when("password-strength", "data-enough", "false").await?;
    page.click("new-password-set").await?;
    page.see("new-password-error").await?;
    page.write("new-password-field", NEW).await?;
    page.when("password-strength", "data-enough", "true").await?;
    page.click("new-password-set").await?;

    page.see("enrolment").await?;
    let key = page.says("enrol-key").await?;
    page.write("enrol-code", &stage.code_of(&key)?).await?;
    page.click("recovery-kept").await?;
    page.see("projects").await?;
    assert!(page.says("who").await?.contains("Noora Laine"));
    page.sign_out().await?;
    page.password("noora.laine@hel.example", NEW, false).await?;
    page.see("code").await?;
    page.close().await?;

    let found = stage.search_platform_data(&["Laine", "noora.laine", NEW, &code, &code.replace('-', "")])?;
    assert!(found.is_empty(), "found in the platform's data: {found:?}");
    let log = std::fs::read_to_string(stage.local().platform_log())?;
    assert!(!log.contains(&code) && !log.contains("noora.laine"));
    Ok(())
}

/// The door says the same for whoever asks; the letter leads back in, past the second step (B9).
#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_set_anew_and_the_second_step_is_asked() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    page.click("open-forgotten").await?;
    page.write("forgotten-email", "nobody.at.all@hel.example").await?;
    page.click("forgotten-send").await?;
    let unknown = page.says("forgotten-sent").await?;
    page.click("forgotten-back").await?;
    page.click("open-forgotten").await?;
    let editor = stage.editor();
    page.write("forgotten-email", &editor.email).await?;
    page.click("forgotten-send").await?;
    let known = page.says("forgotten-sent").await?;
    assert_eq!(known.replace(&editor.email, ""), unknown.replace("nobody.at.all@hel.example", ""));

    let code = stage.code_from_letter("reset").await?;
    page.click("forgotten-have-code").await?;
    page.write("letter-code-field", &code).await?;
    page.click("letter-code-continue").await?;
    page.write("new-password-field", NEW).await?;
    page.click("new-password-set").await?;
    page.see("code").await?;
    page.write("code-field", &stage.code(editor)?).await?;
    page.see("projects").await?;
    page.sign_out().await?;

    // The old one is worth nothing.
    page.password(&editor.email, &editor.password, false).await?;
    page.see("sign-in-error").await?;
    Ok(page.close().await?)
}
