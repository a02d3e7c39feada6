//! From the click on Helsinki to the first picture of its map, in the real window.

use polder_local::desk::{Desk, DeskOptions};
use polder_tests::{Outcome, built};
use polder_wire::UnixSeconds;

use crate::deployment::Deployment;
use crate::series::Series;

const TIMES: usize = 9;
/// Milliseconds after the click.
const LIMIT: f64 = 400.0;

/// Clicks on the project and waits for the first frame in which the map shows something of it.
const OPEN: &str = "const frame = () => new Promise(requestAnimationFrame); \
    const row = document.querySelector('[data-testid=\"project-row\"]'); \
    const target = row.querySelector('button, a') ?? row; const begun = performance.now(); target.click(); \
    while (!window.__polderMap && performance.now() - begun < 20000) await frame(); \
    const map = window.__polderMap; \
    const shows = () => map.getAllLayers().some((layer) => layer.getSource()?.getFeatures?.().length > 0); \
    await new Promise((done) => map.on('postrender', () => { if (shows()) done(); })); \
    await frame(); return performance.now() - begun;";

const WHOLE: &str = "while (document.querySelectorAll('[data-stage=ready]').length < 6) \
    await new Promise(requestAnimationFrame); return null;";

pub(crate) async fn measure() -> Outcome<bool> {
    let client = built("POLDER_DRIVEN_BIN")?;
    let deployment = Deployment::serving(&client)?;
    let desk = Desk::new(DeskOptions::default())?;
    let file = deployment.local.deployment_file().display().to_string();
    let page = desk.open(&client, &[("POLDER_E2E_DEPLOYMENT", &file), ("no_proxy", "localhost")]).await?;
    let editor = &deployment.accounts.editor;
    page.see_either("sign-in", "projects").await?;
    page.password(&editor.email, &editor.password, false).await?;
    page.write("code-field", &editor.code(UnixSeconds::from_clock())?).await?;
    let mut first = Series::default();
    // The first time loads the map's code, too, as it does for a person; it is counted.
    for _ in 0..TIMES {
        page.see_many("project-row", 1).await?;
        let taken = page.run(OPEN).await?;
        first.add(taken.as_f64().ok_or_else(|| format!("not opened: {taken}"))?);
        page.run(WHOLE).await?;
        page.click("project-back").await?;
    }
    page.close().await?;
    println!("Opening Helsinki: {TIMES} times in one window, release build, software rendering");
    first.say("click to first picture", "ms");
    let kept = first.median() <= LIMIT;
    println!("  limit {LIMIT:.0} ms: {}", if kept { "kept" } else { "MISSED" });
    Ok(kept)
}
