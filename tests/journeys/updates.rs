//! From one version to the next, in the real window, with the launcher that people start.

use std::time::{Duration, Instant};

use polder_local::desk::{Key, Keyring};
use polder_tests::{Launched, Outcome};
use serde_json::{Value, json};

/// The platform looks at its releases every ten seconds.
const PATIENCE: Duration = Duration::from_secs(60);
/// So often a running client looks for the next version.
const SOON: &[(&str, &str)] = &[("POLDER_E2E_LOOK_EVERY", "1")];

#[tokio::test(flavor = "multi_thread")]
async fn a_client_updates_itself_reverts_what_crashes_and_is_mended_by_the_next_version() -> Outcome {
    let mut polder = Launched::set(Keyring::Unlocked).await?;
    let page = polder.open().await?;
    page.see_either("sign-in", "projects").await?;
    polder.stage.sign_in(&page, polder.stage.editor(), true).await?;
    page.close().await?;
    assert_eq!(polder.pointer()?, Value::Null, "what the package brought needs no pointer");

    // Version 2 is the oldest that is let in. Nobody does anything but start the program.
    polder.publish("2.0.0", |next| {
        let notes = json!({"schema": 1, "en": "The map is quicker.", "nl": "De kaart is sneller."});
        next.content.releases[0].notes = Some(notes.to_string().into_bytes());
    })?;
    let mut launch = polder.launch(&[])?;
    launch.wait_for("is in place and starts")?;
    polder.wait_until_confirmed("2.0.0")?;
    launch.end()?;

    // The sign-in of the old version still holds, and what is new is told once.
    let page = polder.open().await?;
    page.see("project-row").await?;
    page.see("whats-new").await?;
    assert!(page.says("whats-new").await?.contains("The map is quicker."));
    page.press(&[Key::Escape]).await?;
    page.gone("whats-new").await?;
    page.close().await?;
    let page = polder.open().await?;
    page.see("project-row").await?;
    assert!(!page.shows("whats-new").await?);
    page.close().await?;

    // Version 3 ends at once, without a word. Nobody has to do anything for it to be left.
    polder.publish_one_that_crashes("3.0.0", |_| {})?;
    let mut launch = polder.launch(&[])?;
    launch.wait_for("is in place and starts")?;
    launch.wait_for("release-does-not-start")?;
    launch.end()?;
    assert_eq!(polder.refused()?, [("3.0.0".to_owned(), "crashed".to_owned())]);
    assert_eq!(polder.pointer()?["current"], "2.0.0");
    let page = polder.open().await?;
    let refused = page.see("gate-refused").await?;
    assert_eq!(refused.attr("data-code").await?.as_deref(), Some("release-does-not-start"));
    let code = page.says("gate-code").await?;
    assert!(code.contains("U-04"), "a support code: {code}");
    page.close().await?;

    // Version 4 mends it.
    polder.publish("4.0.0", |_| {})?;
    let launch = polder.launch(&[])?;
    polder.wait_until_confirmed("4.0.0")?;
    launch.end()?;
    let page = polder.open().await?;
    page.see("project-row").await?;
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_came_while_somebody_worked_is_not_condemned_for_a_network_that_is_away() -> Outcome {
    let mut polder = Launched::set(Keyring::Unlocked).await?;
    // The one that runs stays allowed: nobody is interrupted.
    let running = polder_wire::VERSION.parse()?;
    let mut launch = polder.launch(SOON)?;
    launch.wait_for("the gate is open")?;
    polder.publish("5.0.0", |next| next.content.policy.min_version = running)?;
    launch.wait_for("the next version is in place")?;
    launch.end()?;
    assert_eq!(polder.pointer()?["current"], "5.0.0");

    polder.stage.stop_platform();
    for _ in 0..3 {
        let mut launch = polder.launch(&[])?;
        launch.wait_for("the gate stays shut")?;
        polder.wait_for_pointer("a verdict of 5.0.0", |pointer| {
            pointer["current"] == "5.0.0" && pointer["confirmed"] == false && pointer["starts"] == 0
        })?;
        launch.end()?;
    }
    assert_eq!(polder.refused()?, []);

    polder.stage.restart_platform().await?;
    let launch = polder.launch(&[])?;
    polder.wait_until_confirmed("5.0.0")?;
    launch.end()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_works_while_a_version_is_called_in_is_told_and_restarts_into_the_next() -> Outcome {
    let mut polder = Launched::set(Keyring::Unlocked).await?;
    let page = polder.open().await?;
    page.see_either("sign-in", "projects").await?;
    polder.stage.sign_in(&page, polder.stage.editor(), true).await?;
    polder.publish("2.0.0", |_| {})?;
    // Once the platform has looked at its releases, the next call is refused; what is on the screen stays until the
    // person restarts.
    let until = Instant::now() + PATIENCE;
    while !page.shows("over").await? {
        assert!(Instant::now() < until, "nobody says that this version's time is over");
        page.click("person-menu").await?;
        page.click("open-settings").await?;
        // The list is read anew.
        page.click("go-projects").await?;
        page.see_either("project-row", "over").await?;
    }
    page.click("over-later").await?;
    page.see("update-notice").await?;
    // The window ends under the click, and the driver with it: whether it still answers is chance. What counts comes next.
    drop(page.click("update-restart").await);
    polder.wait_until_confirmed("2.0.0")?;
    Ok(page.close().await?)
}

/// Where the network lets nothing through, somebody brings a file.
#[tokio::test(flavor = "multi_thread")]
async fn an_update_file_that_is_chosen_in_the_window_leads_to_the_next_version() -> Outcome {
    let mut polder = Launched::set(Keyring::Unlocked).await?;
    polder.publish("2.0.0", |_| {})?;
    let file = polder.update_file()?;
    polder.stage.stop_platform();
    let page = polder.open().await?;
    page.see("gate-import").await?;
    // A click answers only once the dialog is closed again.
    page.run("setTimeout(() => document.querySelector('[data-testid=gate-import]').click()); return true;")
        .await?;
    let xdotool = |arguments: &[&str]| -> Outcome {
        let done = polder.stage.command("xdotool").args(arguments).output()?;
        if done.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&done.stderr).into()) }
    };
    // The toolkit's own dialog: whoever types a path is given a field for it. A hand that it does not understand, because
    // it is still reading the folder, tries again.
    xdotool(&["search", "--sync", "--onlyvisible", "--name", "Open"])?;
    let path = file.display().to_string();
    let until = Instant::now() + PATIENCE;
    while xdotool(&["search", "--onlyvisible", "--name", "Open", "windowfocus"]).is_ok() {
        assert!(Instant::now() < until, "the dialog takes no file");
        xdotool(&["key", "ctrl+l", "ctrl+a", "type", "--delay", "20", &path])?;
        xdotool(&["sleep", "0.3", "key", "Return", "sleep", "0.5"])?;
    }
    polder.wait_for_pointer("2.0.0 from the file", |pointer| pointer["current"] == "2.0.0")?;
    polder.stage.restart_platform().await?;
    page.close().await?;
    let launch = polder.launch(&[])?;
    polder.wait_until_confirmed("2.0.0")?;
    launch.end()
}
