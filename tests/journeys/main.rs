//! What people do, in the real window against a real platform with a real keychain.

mod account;
#[cfg(target_os = "linux")]
mod empty_window;
mod guesses;
mod keyboard;
#[cfg(target_os = "linux")]
mod listening;
#[cfg(target_os = "linux")]
mod lock;
mod passwords;
mod people;
mod sessions;
#[cfg(target_os = "linux")]
mod surroundings;
#[cfg(unix)]
mod updates;

use polder_local::desk::Keyring;
use polder_local::helsinki_features;
use polder_tests::{Outcome, Stage};

/// The whole way of a newcomer: gate, password, enrolment, projects, project.
#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_passes_the_gate_enrols_and_opens_the_helsinki_project() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    let newcomer = stage.newcomer();

    page.password(&newcomer.email, &newcomer.password, true).await?;
    page.see("enrolment").await?;
    let qr = page.see("enrol-qr").await?.attr("src").await?.unwrap_or_default();
    assert!(qr.starts_with("data:image/svg+xml"), "the QR is {qr:.60}");
    let key = page.says("enrol-key").await?;
    page.write("enrol-code", &stage.code_of(&key)?).await?;

    page.see("recovery-codes").await?;
    page.click("recovery-kept").await?;

    page.see("projects").await?;
    let who = page.says("who").await?;
    assert!(who.contains(&newcomer.name), "signed in as {who}");
    let row = page.says("project-row").await?;
    assert!(row.contains("Helsinki"), "the list says {row}");

    page.click("project-row").await?;
    page.see("project").await?;
    let layers = page.see_many("layer-row", 6).await?;
    assert_eq!(layers.len(), 6);
    assert!(page.says("attribution").await?.contains("OpenStreetMap"));
    page.when_drawn(helsinki_features()?).await?;

    page.click_a_feature("buildings").await?;
    let card = page.says("feature-card").await?;
    assert!(card.contains("OSM number"), "the card says {card}");

    page.click("table-toggle").await?;
    page.see_many("table-row", 5).await?;
    assert!(!page.says("table-row").await?.is_empty());
    Ok(page.close().await?)
}

/// A key that was copied must not stay in a clipboard's history (B37).
#[tokio::test(flavor = "multi_thread")]
async fn a_copied_key_can_be_pasted_and_clipboard_managers_are_told_to_forget_it() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    let newcomer = stage.newcomer();
    page.password(&newcomer.email, &newcomer.password, false).await?;
    let key = page.says("enrol-key").await?.replace(char::is_whitespace, "");
    page.click("enrol-copy").await?;
    // Whoever pastes waits for the one who copied.
    assert_eq!(stage.paste("UTF8_STRING").await?, key);
    assert!(stage.paste("TARGETS").await?.contains("x-kde-passwordManagerHint"));
    assert_eq!(stage.paste("x-kde-passwordManagerHint").await?, "secret");
    Ok(page.close().await?)
}

/// Stay signed in: the next start opens without typing; signing out leaves nothing behind.
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_stays_signed_in_and_signing_out_leaves_nothing_in_the_keychain() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    assert_eq!(stage.keychain_items()?, 0, "a fresh keychain");

    let page = stage.open().await?;
    stage.sign_in(&page, stage.editor(), true).await?;
    assert_eq!(stage.keychain_items()?, 1, "one item holds the session");
    page.click("welcome-done").await?;
    page.gone("welcome").await?;
    page.close().await?;

    let page = stage.open().await?;
    page.see("project-row").await?;
    assert!(!page.shows("sign-in").await?);
    assert!(!page.shows("welcome").await?, "who has read it is not welcomed again");
    page.sign_out().await?;
    assert_eq!(stage.keychain_items()?, 0, "after signing out");
    page.close().await?;

    let page = stage.open().await?;
    page.see("sign-in").await?;
    Ok(page.close().await?)
}

/// Who does not want to stay signed in is asked again, and nothing was kept.
#[tokio::test(flavor = "multi_thread")]
async fn without_stay_signed_in_nothing_is_kept() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    stage.sign_in(&page, stage.editor(), false).await?;
    assert_eq!(stage.keychain_items()?, 0);
    page.close().await?;

    let page = stage.open().await?;
    page.see("sign-in").await?;
    Ok(page.close().await?)
}

/// What the platform keeps on disk tells nothing to a thief (R27).
#[tokio::test(flavor = "multi_thread")]
async fn after_a_journey_the_platforms_files_hold_no_name_no_email_and_no_street() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    stage.sign_in(&page, stage.editor(), true).await?;
    page.click("project-row").await?;
    page.when_drawn(helsinki_features()?).await?;
    page.close().await?;

    let editor = stage.editor();
    let secret = editor.totp.clone().unwrap_or_default();
    let wanted = [
        editor.email.as_str(),
        editor.name.as_str(),
        "Helsinki",
        "Mannerheimintie",
        secret.as_str(),
        &editor.password,
    ];
    let found = stage.search_platform_data(&wanted)?;
    assert!(found.is_empty(), "found in the platform's data: {found:?}");
    Ok(())
}

/// Settings are there while somebody works: what they change stays, and costs no session.
#[tokio::test(flavor = "multi_thread")]
async fn settings_are_kept_and_a_change_of_the_network_ends_no_session() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    stage.sign_in(&page, stage.editor(), true).await?;
    page.click("person-menu").await?;
    page.click("open-settings").await?;
    page.click("theme-dark").await?;
    page.click("settings-network").await?;
    page.click("network-direct").await?;
    page.click("network-save").await?;
    assert!(page.says("network-said").await?.contains("next start"));
    page.click("settings-about").await?;
    assert!(page.says("about-version").await?.contains(polder_wire::VERSION));
    page.click("go-projects").await?;
    page.click("project-row").await?;
    page.when_drawn(helsinki_features()?).await?;
    page.close().await?;

    let page = stage.open().await?;
    page.see("project-row").await?;
    assert_eq!(page.run("return document.documentElement.dataset.theme;").await?, "dark");
    page.sign_out().await?;
    page.click("sign-in-network").await?;
    assert!(page.see("network-direct").await?.is_selected().await?);
    Ok(page.close().await?)
}
