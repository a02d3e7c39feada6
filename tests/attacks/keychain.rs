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
    for (name, item) in [
        ("empty", ""),
        ("cut", cut),
        ("no JSON", "\u{1b}]0;x\u{7}"),
        ("another format", &own.replace("\"schema\":1", "\"schema\":9")),
        ("another deployment's", &foreign),
        ("another key's", &own.replace("\"key\":\"M", "\"key\":\"N")),
        ("far too large", &"x".repeat(8_000)),
    ] {
        stage.replace_keychain_secret(item)?;
        let page = stage.open().await?;
        let why = page.says("sign-in-why").await?;
        assert!(why.contains("not what Polder put there"), "{name}: {why}");
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
