//! The screen is locked, or the computer goes to sleep, while somebody is signed in: told by a logind on a system bus of
//! the test's own to the real client in its window.

use std::time::{Duration, Instant};

use polder_local::desk::Keyring;
use polder_tests::{Logind, Outcome, Page, Stage};

/// Far longer than any test: what is gone before is gone for another reason.
const NEVER: (&str, &str) = ("POLDER_E2E_KEEP_COPIED", "86400");
const PATIENCE: Duration = Duration::from_secs(60);

/// The editor's window where logind is played, past the sign-in, and listening.
async fn signed_in(stage: &Stage, logind: &Logind, environment: &[(&str, &str)]) -> Outcome<Page> {
    let page = stage.open_with(&[&[logind.environment()], environment].concat(), &[]).await?;
    page.see("sign-in").await?;
    stage.sign_in(&page, stage.editor(), true).await?;
    logind.listened_to().await?;
    Ok(page)
}

/// My account, loaded anew.
async fn open_account(page: &Page) -> Outcome {
    page.click("go-projects").await?;
    page.see("projects").await?;
    page.click("person-menu").await?;
    page.click("open-account").await?;
    page.see("device").await?;
    Ok(())
}

/// What another computer's list says of the device in question.
async fn said_of_the_other(page: &Page) -> Outcome<String> {
    open_account(page).await?;
    Ok(page.says("device").await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_screen_locks_window_and_session_and_only_the_password_opens_them() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let logind = Logind::play(stage.home()).await?;
    let here = signed_in(&stage, &logind, &[]).await?;
    let elsewhere = stage.another_desk()?;
    let there = stage.open_at(&elsewhere).await?;
    there.see("sign-in").await?;
    stage.sign_in_again(&there, stage.editor(), false).await?;
    there.click("person-menu").await?;
    there.click("open-account").await?;
    assert!(!there.says("device").await?.contains("Locked"));

    assert!(here.says("project-row").await?.contains("Helsinki"));
    here.run("window.__held = 'a street in Helsinki';").await?;
    logind.lock_screen().await?;
    here.see("lock").await?;
    // Another page: what the one before held and showed is gone.
    assert_eq!(here.run("return window.__held ?? null;").await?, serde_json::Value::Null);
    let all = here.run("return document.documentElement.outerHTML;").await?;
    assert!(!all.to_string().contains("Helsinki"), "{all}");
    let until = Instant::now() + PATIENCE;
    while !said_of_the_other(&there).await?.contains("Locked") {
        assert!(Instant::now() < until, "the platform does not know that it is locked");
    }

    // The screen's own password is not Polder's, and a restart is no way round.
    logind.unlock_screen().await?;
    here.write("proof-password", "not the password").await?;
    here.click("lock-unlock").await?;
    here.see("lock-error").await?;
    here.close().await?;
    let here = stage.open_at_gate().await?;
    here.see("lock").await?;
    here.write("proof-password", &stage.editor().password).await?;
    here.click("lock-unlock").await?;
    here.see("project-row").await?;
    assert!(!said_of_the_other(&there).await?.contains("Locked"));
    there.close().await?;
    Ok(here.close().await?)
}

/// The computer waits for Polder: when it sleeps, the platform knows already.
#[tokio::test(flavor = "multi_thread")]
async fn before_the_computer_sleeps_the_platform_knows_that_the_window_is_locked() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let logind = Logind::play(stage.home()).await?;
    let here = signed_in(&stage, &logind, &[]).await?;
    let elsewhere = stage.another_desk()?;
    let there = stage.open_at(&elsewhere).await?;
    there.see("sign-in").await?;
    stage.sign_in_again(&there, stage.editor(), false).await?;

    logind.sleep().await?;
    there.click("person-menu").await?;
    there.click("open-account").await?;
    assert!(there.says("device").await?.contains("Locked"), "the computer slept too soon");
    there.close().await?;
    logind.wake().await?;
    logind.listened_to().await?;
    here.see("lock").await?;
    here.write("proof-password", &stage.editor().password).await?;
    here.click("lock-unlock").await?;
    here.see("project-row").await?;
    // And it is told of the next time as well.
    logind.sleep().await?;
    here.see("lock").await?;
    Ok(here.close().await?)
}

/// Who switched both off is not locked by the system; the window's own lock is always there.
#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_want_it_is_locked_neither_with_the_screen_nor_before_sleep() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let logind = Logind::play(stage.home()).await?;
    let page = signed_in(&stage, &logind, &[]).await?;
    page.click("person-menu").await?;
    page.click("open-account").await?;
    for switch in ["locking-screen", "locking-sleep"] {
        page.click(switch).await?;
        page.when_chosen(switch, false).await?;
    }
    page.run("window.__held = true;").await?;
    logind.lock_screen().await?;
    // They are told one after the other: when the computer is let sleep, both are done with.
    logind.sleep().await?;
    assert_eq!(page.run("return window.__held ?? false;").await?, true);
    page.click("go-projects").await?;
    page.see("project-row").await?;
    page.click("person-menu").await?;
    page.click("lock-window").await?;
    page.see("lock").await?;
    Ok(page.close().await?)
}

/// New recovery codes, copied; answers what can be pasted.
async fn copied(stage: &Stage, page: &Page) -> Outcome<String> {
    page.click("person-menu").await?;
    page.click("open-account").await?;
    page.click("second-step-renew").await?;
    // Whoever has some left is asked first.
    if page.see_either("second-step-renew-yes", "recovery-codes").await? == "second-step-renew-yes" {
        page.click("second-step-renew-yes").await?;
    }
    let codes = page.says("recovery-codes").await?.replace(char::is_whitespace, "");
    page.click("recovery-copy").await?;
    let pasted = stage.paste("UTF8_STRING").await?;
    assert_eq!(pasted.replace('\n', ""), codes);
    Ok(pasted)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_was_copied_is_gone_when_the_screen_is_locked() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let logind = Logind::play(stage.home()).await?;
    let page = signed_in(&stage, &logind, &[NEVER]).await?;
    copied(&stage, &page).await?;
    logind.lock_screen().await?;
    page.see("lock").await?;
    stage.nothing_to_paste().await?;
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_was_copied_is_gone_before_the_computer_sleeps() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let logind = Logind::play(stage.home()).await?;
    let page = signed_in(&stage, &logind, &[NEVER]).await?;
    copied(&stage, &page).await?;
    logind.sleep().await?;
    // Not a moment later.
    assert!(stage.pasted("UTF8_STRING")?.is_none());
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_was_copied_is_gone_after_its_time_and_nothing_else_is() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let logind = Logind::play(stage.home()).await?;
    let page = signed_in(&stage, &logind, &[("POLDER_E2E_KEEP_COPIED", "5")]).await?;
    copied(&stage, &page).await?;
    stage.nothing_to_paste().await?;

    // What somebody copied since is theirs, at a lock as well.
    page.click("recovery-copy").await?;
    stage.paste("UTF8_STRING").await?;
    stage.copy_elsewhere("a line of a letter")?;
    logind.lock_screen().await?;
    page.see("lock").await?;
    assert_eq!(stage.paste("UTF8_STRING").await?, "a line of a letter");
    Ok(page.close().await?)
}
