//! The whole way without a pointer (B39).

use polder_local::desk::{Key, Keyring};
use polder_local::helsinki_features;
use polder_tests::{Outcome, Page, Stage};

/// Tab, until what has the focus lies in one of these things.
async fn tab_to(page: &Page, id: &str) -> Outcome {
    let inside = format!("return document.activeElement?.closest('[data-testid=\"{id}\"]') !== null;");
    for _ in 0..40 {
        if page.run(&inside).await? == true {
            return Ok(());
        }
        page.press(&[Key::Tab]).await?;
    }
    Err(format!("forty times Tab did not lead to {id}").into())
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_door_to_a_project_and_into_the_settings_nothing_needs_a_pointer() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    let editor = stage.editor();
    // The first field has the focus.
    page.see("email").await?;
    page.type_in(&editor.email).await?;
    page.press(&[Key::Tab]).await?;
    page.type_in(&editor.password).await?;
    page.press(&[Key::Enter]).await?;
    page.see("code-field").await?;
    page.type_in(&stage.code(editor)?).await?;

    page.see("project-row").await?;
    tab_to(&page, "project-row").await?;
    page.press(&[Key::Enter]).await?;
    page.when_drawn(helsinki_features()?).await?;
    page.type_in("t").await?;
    page.see_many("table-row", 5).await?;
    page.press(&[Key::Escape]).await?;
    page.gone("table-row").await?;

    page.press(&[Key::Control, Key::Letter('k')]).await?;
    page.see("palette-field").await?;
    page.type_in("appear").await?;
    page.see("palette-entry").await?;
    page.press(&[Key::Enter]).await?;
    page.see("settings").await?;
    page.press(&[Key::Escape]).await?;
    page.see("project-row").await?;
    Ok(page.close().await?)
}
