//! What a domain's manager does about people, and what those people meet.

use polder_local::desk::{Keyring, Page};
use polder_tests::{Outcome, Stage};

const EMAIL: &str = "noora.laine@hel.example";
const FIRST: &str = "nine herons over the ditch";
const NEXT: &str = "seven lapwings in the rushes";

/// Somebody is added, gets the letter, chooses a password and is there (R20, B10); loses the authenticator, and begins anew
/// with a second letter when the manager took the second step away (B17).
#[tokio::test(flavor = "multi_thread")]
async fn a_manager_adds_somebody_who_comes_in_and_later_begins_anew_without_the_authenticator() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let elsewhere = stage.another_desk()?;
    let manager = &stage.accounts().manager;
    let here = stage.open().await?;
    stage.sign_in(&here, manager, true).await?;
    here.click("person-menu").await?;
    here.click("open-people").await?;
    // Those who were seeded in the manager's own domain, and nobody of the other one.
    here.see_many("people-row", 4).await?;
    assert!(!here.text().await?.contains(&stage.accounts().outsider.email));

    here.click("people-add").await?;
    here.write("people-add-name", "Noora Laine").await?;
    here.write("people-add-email", EMAIL).await?;
    here.click("people-add-yes").await?;
    assert!(here.says("people-done").await?.contains(EMAIL));
    here.write("people-filter", "noora").await?;
    here.when("people-row", "data-state", "invited").await?;

    let there = stage.open_at(&elsewhere).await?;
    there.see("sign-in").await?;
    come_in(&stage, &there, "first-password", FIRST).await?;
    there.click("person-menu").await?;
    there.see("open-account").await?;
    assert!(!there.shows("open-people").await?, "People is for managers");
    here.click("people-refresh").await?;
    here.when("people-row", "data-state", "active").await?;
    assert!(here.says("people-row").await?.contains("On"), "with a second step");

    here.click("people-more").await?;
    here.click("people-act-second-step").await?;
    let asked = here.says("people-ask").await?;
    assert!(asked.contains("Noora Laine") && asked.contains(EMAIL), "{asked}");
    here.click("people-ask-yes").await?;
    assert!(here.says("people-done").await?.contains("no second step"));
    here.when("people-row", "data-state", "invited").await?;
    // At once, in the middle of what they did; and the password is worth nothing.
    there.see("sign-in").await?;
    there.password(EMAIL, FIRST, false).await?;
    there.see("sign-in-error").await?;
    come_in(&stage, &there, "second-step-taken", NEXT).await?;
    here.click("people-refresh").await?;
    here.when("people-row", "data-state", "active").await?;

    there.close().await?;
    here.close().await?;
    let found = stage.search_platform_data(&["Laine", EMAIL, FIRST, NEXT])?;
    assert!(found.is_empty(), "found in the platform's data: {found:?}");
    Ok(())
}

/// From the code of a letter to the projects, with a password and a second step of one's own.
async fn come_in(stage: &Stage, page: &Page, letter: &str, password: &str) -> Outcome {
    let code = stage.code_from_letter(letter).await?;
    page.click("open-letter-code").await?;
    page.write("letter-code-field", &code).await?;
    page.click("letter-code-continue").await?;
    page.write("new-password-field", password).await?;
    page.click("new-password-set").await?;
    page.see("enrolment").await?;
    let key = page.says("enrol-key").await?;
    page.write("enrol-code", &stage.code_of(&key)?).await?;
    page.click("recovery-kept").await?;
    page.see("projects").await?;
    Ok(())
}
