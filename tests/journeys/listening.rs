//! What somebody hears who cannot see the window: a listener in a screen reader's place walks it by keyboard (B39).

use std::time::{Duration, Instant};

use polder_local::desk::{DeskOptions, Key};
use polder_local::helsinki_features;
use polder_tests::{Listener, Outcome, Page, Stage, Thing};

async fn stage_that_is_heard() -> Outcome<(Stage, Listener)> {
    let stage = Stage::set_at(DeskOptions { heard: true, ..DeskOptions::default() }).await?;
    let listener = Listener::begin(stage.session_bus()).await?;
    Ok((stage, listener))
}

/// Every text that is to be seen, but for what the page hides from readers on purpose; in an open dialog, its own.
const SHOWN: &str = r"const root = document.querySelector('dialog[open]') ?? document.body; const found = [];
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const { data, parentElement } = walk.currentNode; const text = data.replace(/\s+/g, ' ').trim();
        const off = '[aria-hidden=true], [hidden], option, details:not([open]) > :not(summary)';
        if (text === '' || parentElement.closest(off)) continue;
        const range = document.createRange(); range.selectNodeContents(walk.currentNode);
        const { width } = range.getBoundingClientRect();
        if (width > 1 && getComputedStyle(parentElement).visibility === 'visible') found.push(text);
    }
    return found;";

/// All that is shown can be read, and all that the keyboard comes to is called something. A screen may change between
/// two looks at it; it counts when both agree.
async fn reads(listener: &Listener, page: &Page, screen: &str) -> Outcome {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let shown: Vec<String> = serde_json::from_value(page.run(SHOWN).await?)?;
        let wrong = unread(&shown, &listener.window().await?);
        if shown.len() > 3 && wrong.is_empty() {
            return Ok(());
        }
        if Instant::now() > until {
            return Err(format!("on {screen}, which shows {} texts: {wrong:#?}", shown.len()).into());
        }
    }
}

/// What of this nobody is told, and what has no name though the keyboard comes to it.
fn unread(shown: &[String], things: &[Thing]) -> Vec<String> {
    let mut all = String::new();
    for thing in things {
        all.extend([&thing.name, " | ", &thing.text, " | ", &thing.description, " | "]);
    }
    // A style may have made a letter large.
    let all = all.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let lost = shown
        .iter()
        .filter(|text| !all.contains(&text.to_lowercase()))
        .map(|text| format!("{text:?} is lost"));
    // What scrolls the whole page is the web view's own.
    let reached = things.iter().filter(|thing| thing.focusable && thing.role != "scroll pane");
    let unnamed = reached.filter(|thing| thing.name.trim().is_empty());
    lost.chain(unnamed.map(|thing| format!("no name: {thing}, {:?}", thing.text))).collect()
}

/// Tab, until the focus is on it.
async fn tab_to(listener: &Listener, page: &Page, name: &str) -> Outcome {
    for _ in 0..20 {
        listener.forget();
        page.press(&[Key::Tab]).await?;
        if listener.next_focus().await?.name.starts_with(name) {
            return Ok(());
        }
    }
    Err(format!("twenty times Tab did not lead to {name}").into())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_says_each_field_and_each_mistake_once() -> Outcome {
    let (stage, listener) = stage_that_is_heard().await?;
    let page = stage.open().await?;
    let editor = stage.editor();
    listener.focus_on("E-mail", "entry").await?;
    reads(&listener, &page, "the door").await?;

    // Where the field has the focus already, its mistake is said by itself.
    page.press(&[Key::Enter]).await?;
    listener.words("Type your e-mail.").await?;
    page.type_in(&editor.email).await?;
    page.press(&[Key::Tab]).await?;
    listener.focus_on("Password", "password").await?;
    page.type_in("not the password").await?;
    page.press(&[Key::Enter]).await?;
    listener.words("That e-mail and password do not belong together.").await?;
    page.type_in(&editor.password).await?;
    page.press(&[Key::Enter]).await?;

    let field = listener.focus_on("Six-digit code", "entry").await?;
    assert!(field.description.contains("every 30 seconds"), "the field says {:?}", field.description);
    reads(&listener, &page, "the second step").await?;
    page.type_in(&stage.a_wrong_code(editor)?).await?;
    listener.words("That code is not right, or was used before.").await?;
    reads(&listener, &page, "the second step after a wrong code").await?;
    for once in ["Type your e-mail", "do not belong together", "That code is not right"] {
        assert_eq!(listener.times(once), 1, "{once:?} in {:#?}", listener.heard());
    }
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn projects_map_and_table_are_heard_by_who_walks_them_with_keys() -> Outcome {
    let (stage, listener) = stage_that_is_heard().await?;
    let page = stage.open().await?;
    stage.sign_in(&page, stage.editor(), false).await?;
    listener.focus_on("Projects", "heading").await?;
    page.see("project-row").await?;
    reads(&listener, &page, "the projects").await?;
    tab_to(&listener, &page, "Helsinki, city centre").await?;

    page.press(&[Key::Enter]).await?;
    let map = "Map of Helsinki, city centre. The table of features lists the same.";
    let told = listener.focus_on(map, "embedded").await?;
    assert!(told.description.starts_with("Tab: next feature. Esc: let go"), "{:?}", told.description);
    page.when_drawn(helsinki_features()?).await?;
    listener.words("6 of 6 layers are in").await?;
    reads(&listener, &page, "a project").await?;
    page.press(&[Key::Tab]).await?;
    listener.words("1 of ").await?;
    page.press(&[Key::Tab]).await?;
    listener.words("2 of ").await?;

    listener.forget();
    page.type_in("t").await?;
    assert_eq!(listener.next_focus().await?.role, "row");
    listener.forget();
    page.press(&[Key::Down]).await?;
    let row = listener.next_focus().await?;
    assert_eq!(row.role, "row");
    assert!(row.states.contains(&"selected"), "{row}");
    let cells =
        page.run("return [...document.activeElement.children].map((cell) => cell.textContent);").await?;
    let cells: Vec<String> = serde_json::from_value(cells)?;
    assert!(cells.len() > 2 && cells.iter().all(|cell| row.name.contains(cell)), "{cells:?} in {row}");
    reads(&listener, &page, "a table").await?;

    // The first lets go of the feature, the second closes the table.
    page.press(&[Key::Escape]).await?;
    page.press(&[Key::Escape]).await?;
    listener.focus_on("Table of features", "button").await?;
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn palette_settings_and_account_say_where_somebody_came() -> Outcome {
    let (stage, listener) = stage_that_is_heard().await?;
    let page = stage.open().await?;
    stage.sign_in(&page, stage.editor(), false).await?;
    listener.focus_on("Projects", "heading").await?;

    page.press(&[Key::Control, Key::Letter('k')]).await?;
    listener.focus_on("Go to a project or setting", "combo box").await?;
    // What comes to the first place while letters are typed is told, though nobody pressed an arrow.
    page.type_in("appear").await?;
    listener.focus_on("Settings: Appearance Setting", "list item").await?;
    reads(&listener, &page, "the palette").await?;
    page.press(&[Key::Enter]).await?;
    listener.focus_on("Appearance", "heading").await?;
    for (tab, name) in
        [("settings-keyboard", "Keyboard"), ("settings-network", "Network"), ("settings-about", "About")]
    {
        reads(&listener, &page, "the settings").await?;
        page.click(tab).await?;
        listener.focus_on(name, "button").await?;
    }
    page.see("licence").await?;
    reads(&listener, &page, "about Polder").await?;

    page.press(&[Key::Escape]).await?;
    page.see("project-row").await?;
    page.click("person-menu").await?;
    listener.focus_on("My account", "menu item").await?;
    reads(&listener, &page, "the person's menu").await?;
    page.press(&[Key::Enter]).await?;
    listener.focus_on("My account", "heading").await?;
    page.see("devices").await?;
    reads(&listener, &page, "the account").await?;
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_stays_shut_says_why_and_has_the_focus_on_the_way_out() -> Outcome {
    let (mut stage, listener) = stage_that_is_heard().await?;
    stage.stop_platform();
    let page = stage.open_at_gate().await?;
    // It is read with the button: of what is there when the window opens nothing is told by itself.
    let way_out = listener.focus_on("Try again", "button").await?;
    for part in ["Nobody answers", "so it stays closed", "What you can do", "Try again in a minute"] {
        assert!(way_out.description.contains(part), "{part:?} is not in {:?}", way_out.description);
    }
    assert_eq!(listener.times("Nobody answers"), 0, "said twice: {:#?}", listener.heard());
    reads(&listener, &page, "the gate").await?;
    Ok(page.close().await?)
}
