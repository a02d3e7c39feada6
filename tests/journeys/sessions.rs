//! Devices, locking, and what an open window is told, in real windows.

use std::time::{Duration, Instant};

use polder_local::desk::Keyring;
use polder_tests::{Outcome, Stage};

/// Far less than the heartbeat of twenty seconds by which it would be found out otherwise, and more than a busy machine
/// takes for what is felt within one.
const SOON: Duration = Duration::from_secs(6);

/// A device that is ended from the list is at the door at once, also when the platform was started anew in between.
#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_signed_out_from_the_list_is_at_the_door_at_once() -> Outcome {
    let mut stage = Stage::set(Keyring::Unlocked).await?;
    let elsewhere = stage.another_desk()?;
    let here = stage.open().await?;
    stage.sign_in(&here, stage.editor(), true).await?;
    let there = stage.open_at(&elsewhere).await?;
    there.see("sign-in").await?;
    stage.sign_in_again(&there, stage.editor(), true).await?;

    here.click("person-menu").await?;
    here.click("open-account").await?;
    assert!(here.says("device-current").await?.contains("This device"));
    here.see("device").await?;
    stage.restart_platform().await?;
    here.click("go-projects").await?;
    here.see("project-row").await?;

    here.click("person-menu").await?;
    here.click("open-account").await?;
    here.see("device").await?;
    here.click("device-end").await?;
    let began = Instant::now();
    there.see("sign-in").await?;
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    assert!(there.says("sign-in-why").await?.contains("signed out"));
    here.gone("device").await?;
    here.see("device-current").await?;
    there.close().await?;
    Ok(here.close().await?)
}

/// A locked window holds nothing of the project, and neither a restart nor a wrong password opens it.
#[tokio::test(flavor = "multi_thread")]
async fn a_locked_window_holds_nothing_and_a_restart_does_not_unlock_it() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    stage.sign_in(&page, stage.editor(), true).await?;
    assert!(page.says("project-row").await?.contains("Helsinki"));
    page.click("person-menu").await?;
    page.click("lock-window").await?;
    page.see("lock").await?;
    assert!(page.says("lock-who").await?.contains(&stage.editor().name));
    let all = page.run("return document.documentElement.outerHTML;").await?;
    assert!(!all.to_string().contains("Helsinki"), "{all}");
    page.close().await?;

    let page = stage.open_at_gate().await?;
    page.see("lock").await?;
    page.write("proof-password", "not the password").await?;
    page.click("lock-unlock").await?;
    page.see("lock-error").await?;
    page.write("proof-password", &stage.editor().password).await?;
    page.click("lock-unlock").await?;
    page.see("project-row").await?;
    page.close().await?;

    let page = stage.open().await?;
    page.see("projects").await?;
    Ok(page.close().await?)
}

/// A window that nobody uses locks by itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_nobody_uses_locks_by_itself() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open_with(&[("POLDER_E2E_LOCK_AFTER", "8")], &[]).await?;
    page.see("sign-in").await?;
    stage.sign_in(&page, stage.editor(), false).await?;
    page.see("lock").await?;
    page.write("proof-password", &stage.editor().password).await?;
    page.click("lock-unlock").await?;
    page.see("projects").await?;
    Ok(page.close().await?)
}
