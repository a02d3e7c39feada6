//! The keychain is locked, gone, dies, or holds what nobody put there. Nobody is signed out by that, and nothing of a
//! session is written anywhere else.

use polder_local::desk::Keyring;
use polder_tests::{Outcome, Page, Running, Stage};

/// Signs in, asking to stay, and is told why that does not last; and nothing lies in a file.
async fn lasts_for_this_run(stage: &Stage, page: &Page, words: &str) -> Outcome {
    // Somebody else than who is signed in: a code works once in its half minute.
    stage.sign_in(page, &stage.accounts().viewer, true).await?;
    let notice = page.says("not-remembered").await?;
    assert!(notice.contains(words), "the notice says {notice}");
    page.see_many("project-row", 1).await?;
    let kept = stage.search_client_files()?;
    assert!(kept.is_empty(), "a token lies in {kept:?}");
    Ok(())
}

/// Somebody who is signed in and stays so.
async fn staying(keyring: Keyring) -> Outcome<Stage> {
    let stage = Stage::set(keyring).await?;
    let page = stage.open().await?;
    stage.sign_in(&page, stage.editor(), true).await?;
    page.close().await?;
    assert_eq!(stage.keychain_items()?, 1);
    Ok(stage)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_bus_the_sign_in_lasts_for_this_run() -> Outcome {
    let stage = Stage::set(Keyring::NoBus).await?;
    let page = stage.open().await?;
    lasts_for_this_run(&stage, &page, "no locked place").await?;
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_service_the_sign_in_lasts_for_this_run() -> Outcome {
    let stage = Stage::set(Keyring::None).await?;
    let page = stage.open().await?;
    lasts_for_this_run(&stage, &page, "GNOME Keyring").await?;
    page.close().await?;
    let page = stage.open().await?;
    page.see("sign-in").await?;
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_collection_the_sign_in_lasts_for_this_run() -> Outcome {
    let stage = Stage::set(Keyring::Empty).await?;
    let page = stage.open().await?;
    lasts_for_this_run(&stage, &page, "locked place").await?;
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_keychain_is_said_so_and_once_open_the_person_is_still_signed_in() -> Outcome {
    let mut stage = staying(Keyring::Unlocked).await?;
    stage.restart_keyring(false)?;
    let page = stage.open().await?;
    let why = page.says("sign-in-why").await?;
    assert!(why.contains("locked") && why.contains("Nothing was deleted"), "{why}");
    // Signing in all the same works, and does not touch what is locked in.
    lasts_for_this_run(&stage, &page, "stayed locked").await?;
    page.close().await?;

    stage.restart_keyring(true)?;
    let page = stage.open().await?;
    page.see("projects").await?;
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_that_dies_in_the_middle_costs_no_session() -> Outcome {
    let mut stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    stage.end_keyring();
    lasts_for_this_run(&stage, &page, "locked place").await?;
    page.click("project-row").await?;
    page.see("project").await?;
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_that_died_is_not_an_empty_one() -> Outcome {
    let mut stage = staying(Keyring::Unlocked).await?;
    stage.end_keyring();
    let page = stage.open().await?;
    let why = page.says("sign-in-why").await?;
    assert!(why.contains("locked place"), "{why}");
    page.close().await?;
    stage.restart_keyring(true)?;
    let page = stage.open().await?;
    page.see("projects").await?;
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_nobody_put_there_is_said_so_and_a_sign_in_puts_it_right() -> Outcome {
    let stage = staying(Keyring::Unlocked).await?;
    let own = stage.keychain_secret()?;
    let foreign = own.replace(&stage.local().origin(), "https://polder.elsewhere.example");
    assert_ne!(foreign, own);
    let (cut, _) = own.split_at(own.len() / 2);
    // As a Polder of before kept it: without a proof.
    let (_, unproven) = own.split_at(own.find('{').ok_or("the item is no JSON")?);
    const DAMAGED: &str = "not what Polder put there";
    const FOREIGN: &str = "not kept there by you";
    for (name, item, words) in [
        ("empty", "", DAMAGED),
        ("no proof", unproven, DAMAGED),
        ("no JSON", "\u{1b}]0;x\u{7}", DAMAGED),
        ("far too large", &"x".repeat(8_000), DAMAGED),
        ("cut", cut, FOREIGN),
        ("another format", &own.replace("\"schema\":1", "\"schema\":9"), FOREIGN),
        ("another deployment's", &foreign, FOREIGN),
        ("another key's", &own.replace("\"key\":\"M", "\"key\":\"N"), FOREIGN),
    ] {
        stage.replace_keychain_secret(item)?;
        let page = stage.open().await?;
        let why = page.says("sign-in-why").await?;
        assert!(why.contains(words), "{name}: {why}");
        page.close().await?;
        assert_eq!(stage.keychain_secret()?, item, "{name}: what is there stays until it is replaced");
    }
    let page = stage.open().await?;
    stage.sign_in_again(&page, stage.editor(), true).await?;
    page.close().await?;
    let page = stage.open().await?;
    page.see("projects").await?;
    Ok(page.close().await?)
}

/// Somebody else's whole sign-in, put into this person's keychain so that they work in the other's account without
/// noticing, or taken along with a copy of the keychain.
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_another_person_or_computer_kept_signs_nobody_in() -> Outcome {
    let stage = staying(Keyring::Unlocked).await?;
    let elsewhere = stage.another_desk()?;
    let there = stage.open_at(&elsewhere).await?;
    there.see("sign-in").await?;
    stage.sign_in(&there, &stage.accounts().viewer, true).await?;
    there.close().await?;
    let theirs = elsewhere.command("secret-tool").args(["lookup", "service", "Polder"]).output()?;
    let theirs = String::from_utf8(theirs.stdout)?;
    assert!(theirs.contains(&stage.local().origin()), "the very same platform");
    stage.replace_keychain_secret(&theirs)?;
    let page = stage.open().await?;
    let why = page.says("sign-in-why").await?;
    assert!(why.contains("not kept there by you"), "{why}");
    Ok(page.close().await?)
}

/// Another keychain answers in the place of the one that is known: nothing is kept in it before the person was told.
#[tokio::test(flavor = "multi_thread")]
async fn another_keychain_gets_no_token_before_the_person_was_told_and_stays_signed_in_all_the_same()
-> Outcome {
    let stage = staying(Keyring::Unlocked).await?;
    let known = keyrings::default_collection(&stage).await?;
    let page = stage.open().await?;
    page.see("projects").await?;
    page.sign_out().await?;
    assert_eq!(stage.keychain_items()?, 0);
    let other = keyrings::make_default(&stage, "Elsewhere").await?;
    assert_ne!(known, other);
    // In this run nobody was told: it lasts for this run, and says why.
    stage.sign_in_again(&page, stage.editor(), true).await?;
    assert!(page.says("not-remembered").await?.contains("another place"));
    assert_eq!(stage.keychain_items()?, 0);
    page.close().await?;

    let page = stage.open().await?;
    let why = page.says("sign-in-why").await?;
    assert!(why.contains("another place") && why.contains("tell IT"), "{why}");
    stage.sign_in(&page, &stage.accounts().viewer, true).await?;
    assert!(!page.shows("not-remembered").await?);
    assert_eq!(stage.keychain_items()?, 1);
    page.close().await?;
    let page = stage.open().await?;
    page.see("projects").await?;
    Ok(page.close().await?)
}

/// Another keyring, by gnome-keyring's own means: no dialog is there to be answered.
mod keyrings {
    use std::collections::HashMap;

    use polder_tests::{Outcome, Stage};
    use zbus::Connection;
    use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

    const NAME: Option<&str> = Some("org.freedesktop.secrets");
    const PATH: &str = "/org/freedesktop/secrets";
    const SERVICE: Option<&str> = Some("org.freedesktop.Secret.Service");

    pub(super) async fn default_collection(stage: &Stage) -> Outcome<OwnedObjectPath> {
        let bus = connect(stage).await?;
        let answer = bus.call_method(NAME, PATH, SERVICE, "ReadAlias", &"default").await?;
        Ok(answer.body().deserialize()?)
    }

    /// Makes an open one, in which things are kept from now on.
    pub(super) async fn make_default(stage: &Stage, label: &str) -> Outcome<OwnedObjectPath> {
        let bus = connect(stage).await?;
        let opened = bus.call_method(NAME, PATH, SERVICE, "OpenSession", &("plain", Value::from(""))).await?;
        let (_, session): (OwnedValue, OwnedObjectPath) = opened.body().deserialize()?;
        let attributes = HashMap::from([("org.freedesktop.Secret.Collection.Label", Value::from(label))]);
        let password = (session, Vec::<u8>::new(), Vec::<u8>::new(), "text/plain");
        let own = Some("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface");
        let arguments = (attributes, password);
        let made = bus.call_method(NAME, PATH, own, "CreateWithMasterPassword", &arguments).await?;
        let made: OwnedObjectPath = made.body().deserialize()?;
        bus.call_method(NAME, PATH, SERVICE, "SetAlias", &("default", &made)).await?;
        Ok(made)
    }

    async fn connect(stage: &Stage) -> Outcome<Connection> {
        let address = stage.variable("DBUS_SESSION_BUS_ADDRESS").ok_or("a desk without a bus")?;
        Ok(zbus::connection::Builder::address(address.as_str())?.build().await?)
    }
}

/// What asks for the keyring's password on behalf of gnome-keyring.
const PROMPTER: &str = "/usr/libexec/gcr-prompter";

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_is_dismissed_leaves_everything_as_it_was() -> Outcome {
    let mut stage = staying(Keyring::Unlocked).await?;
    stage.restart_keyring(false)?;
    let prompter = Running::start(&mut stage.command(PROMPTER))?;
    let page = stage.open_at_gate().await?;
    for arguments in [
        &["search", "--sync", "--onlyvisible", "--class", "gcr-prompter", "windowfocus", "--sync"][..],
        // To whatever has the focus: sent to the window, the release of the key would come too late for it.
        &["key", "Escape"],
    ] {
        let done = stage.command("xdotool").args(arguments).output()?;
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    let why = page.says("sign-in-why").await?;
    assert!(why.contains("locked") && why.contains("Nothing was deleted"), "{why}");
    page.close().await?;
    drop(prompter);

    stage.restart_keyring(true)?;
    let page = stage.open().await?;
    page.see("projects").await?;
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_nobody_answers_keeps_nobody_waiting_for_ever() -> Outcome {
    let mut stage = staying(Keyring::Unlocked).await?;
    stage.restart_keyring(false)?;
    let _prompter = Running::start(&mut stage.command(PROMPTER))?;
    let page = stage.open_at_gate().await?;
    let why = page.says("sign-in-why").await?;
    assert!(why.contains("did not answer in time") && why.contains("Nothing was deleted"), "{why}");
    Ok(page.close().await?)
}
