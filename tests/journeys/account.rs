//! My account: another password, another second step, none, and new recovery codes, in the window.

use polder_local::desk::Keyring;
use polder_tests::{Outcome, Page, Stage};

const NEW: &str = "nine herons over the ditch";

async fn open_account(page: &Page) -> Outcome {
    page.click("person-menu").await?;
    page.click("open-account").await?;
    page.see("second-step-standing").await?;
    Ok(())
}

/// The recovery codes on the screen, one by one; then they are kept.
async fn kept_codes(page: &Page) -> Outcome<Vec<String>> {
    // Ten, of nineteen characters each.
    let said = page.says("recovery-codes").await?.replace(char::is_whitespace, "");
    let codes: Vec<String> =
        said.as_bytes().chunks(19).map(|code| String::from_utf8_lossy(code).into_owned()).collect();
    assert_eq!((codes.len(), said.len()), (10, 190), "{codes:?}");
    page.click("recovery-kept").await?;
    page.gone("recovery-codes").await?;
    Ok(codes)
}

/// What is wrong is said where it is typed; what is right signs out every other device, and asks for nothing twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_changed_in_one_form_others_are_signed_out_and_this_one_stays() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let newcomer = stage.newcomer();
    let here = stage.open().await?;
    here.password(&newcomer.email, &newcomer.password, true).await?;
    let key = here.says("enrol-key").await?;
    here.write("enrol-code", &stage.code_of(&key)?).await?;
    let recovery = kept_codes(&here).await?;
    here.see("projects").await?;
    let elsewhere = stage.another_desk()?;
    let there = stage.open_at(&elsewhere).await?;
    there.see("sign-in").await?;
    there.password(&newcomer.email, &newcomer.password, true).await?;
    there.click("code-other").await?;
    there.write("recover-field", &recovery[0]).await?;
    there.click("recover-continue").await?;
    there.click("recovered-continue").await?;
    there.see("projects").await?;

    open_account(&here).await?;
    here.write("change-password-old", "not the password").await?;
    here.write("change-password-new", NEW).await?;
    here.click("change-password-set").await?;
    assert!(here.says("change-password-error").await?.contains("until now"));
    here.write("change-password-old", &newcomer.password).await?;
    here.write("change-password-new", "trustno1").await?;
    here.when("password-strength", "data-enough", "false").await?;
    here.click("change-password-set").await?;
    assert!(here.says("change-password-error").await?.contains("Many people"));

    // Unlocked by the password alone, the sign-in is not fresh: the form asks for a code, and no dialog for all of it.
    here.click("person-menu").await?;
    here.click("lock-window").await?;
    here.write("proof-password", &newcomer.password).await?;
    here.click("lock-unlock").await?;
    here.see("projects").await?;
    open_account(&here).await?;
    here.write("change-password-old", &newcomer.password).await?;
    here.write("change-password-new", NEW).await?;
    here.when("password-strength", "data-enough", "true").await?;
    here.click("change-password-set").await?;
    here.see("change-password-code").await?;
    assert!(!here.shows("fresh").await? && !here.shows("change-password-error").await?);
    here.write("change-password-code", &stage.wrong_code_of(&key)?).await?;
    here.click("change-password-set").await?;
    here.see("change-password-error").await?;
    here.write("change-password-code", &stage.next_code_of(&key)?).await?;
    here.click("change-password-set").await?;
    here.see("change-password-done").await?;

    there.see("sign-in").await?;
    assert!(there.says("sign-in-why").await?.contains("signed out"));
    there.close().await?;
    here.click("go-projects").await?;
    here.see("project-row").await?;
    here.sign_out().await?;
    here.password(&newcomer.email, &newcomer.password, false).await?;
    here.see("sign-in-error").await?;
    here.password(&newcomer.email, NEW, false).await?;
    here.see("code").await?;
    Ok(here.close().await?)
}

/// Where the domain leaves it to each: turned on, other recovery codes, another authenticator, turned off.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_step_is_turned_on_renewed_replaced_and_turned_off_where_the_domain_allows() -> Outcome {
    const EMAIL: &str = "noora.laine@hel.example";
    let stage = Stage::set(Keyring::Unlocked).await?;
    stage.invite_to("optional", "Noora Laine", EMAIL)?;
    let letter = stage.code_from_letter("first-password").await?;
    let page = stage.open().await?;
    page.click("open-letter-code").await?;
    page.write("letter-code-field", &letter).await?;
    page.click("letter-code-continue").await?;
    page.write("new-password-field", NEW).await?;
    page.click("new-password-set").await?;
    page.see("projects").await?;

    open_account(&page).await?;
    assert!(page.says("second-step-standing").await?.contains("Off"));
    page.click("second-step-add").await?;
    let first_key = page.says("enrol-key").await?;
    page.write("second-step-code", &stage.wrong_code_of(&first_key)?).await?;
    page.see("second-step-error").await?;
    page.write("second-step-code", &stage.code_of(&first_key)?).await?;
    let first_codes = kept_codes(&page).await?;
    assert!(page.says("second-step-standing").await?.contains("On since"));
    assert!(page.says("second-step-left").await?.contains("10"));

    page.click("second-step-renew").await?;
    page.click("second-step-renew-yes").await?;
    let second_codes = kept_codes(&page).await?;
    assert!(second_codes.iter().all(|code| !first_codes.contains(code)), "all of them are new");

    page.click("second-step-replace").await?;
    let second_key = page.says("enrol-key").await?;
    assert_ne!(second_key, first_key);
    page.write("second-step-code", &stage.code_of(&second_key)?).await?;
    let third_codes = kept_codes(&page).await?;
    assert!(third_codes.iter().all(|code| !second_codes.contains(code)));

    // At the door the one before opens nothing any more, and neither do its recovery codes.
    page.sign_out().await?;
    page.password(EMAIL, NEW, false).await?;
    page.write("code-field", &stage.next_code_of(&first_key)?).await?;
    page.see("code-error").await?;
    page.click("code-other").await?;
    page.write("recover-field", &second_codes[0]).await?;
    page.click("recover-continue").await?;
    page.see("recover-error").await?;
    page.click("recover-back").await?;
    page.write("code-field", &stage.next_code_of(&second_key)?).await?;
    page.see("projects").await?;

    open_account(&page).await?;
    page.click("second-step-remove").await?;
    page.click("second-step-remove-yes").await?;
    page.see("second-step-add").await?;
    assert!(page.says("second-step-standing").await?.contains("Off"));
    page.sign_out().await?;
    page.password(EMAIL, NEW, false).await?;
    page.see("projects").await?;
    Ok(page.close().await?)
}

/// Where the domain asks for one, it can be replaced and not removed.
#[tokio::test(flavor = "multi_thread")]
async fn where_the_domain_asks_for_a_second_step_nothing_offers_to_turn_it_off() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    stage.sign_in(&page, stage.editor(), false).await?;
    open_account(&page).await?;
    page.see("second-step-replace").await?;
    assert!(page.says("second-step-standing").await?.contains("asks for it"));
    assert!(!page.shows("second-step-remove").await?);
    Ok(page.close().await?)
}
