//! A link is dragged with a real pointer and let go over the window.

use std::time::{Duration, Instant};

use polder_local::desk::Keyring;
use polder_tests::{Outcome, Stage};
use serde_json::{Value, json};

/// Puts a link into the page and notes what is dropped, before anything of Polder's hears of it.
const BAIT: &str = "window.still = 'here'; window.drops = []; \
    const a = document.createElement('a'); a.href = 'https://203.0.113.7/'; a.textContent = 'a link to drag'; \
    Object.assign(a.style, { position: 'fixed', left: '40px', top: '40px', padding: '20px', zIndex: '9' }); \
    document.body.append(a); \
    addEventListener('drop', (e) => window.drops.push([e.isTrusted, e.dataTransfer.getData('text/uri-list')]), true); \
    const middle = (box) => [screenX + box.left + box.width / 2, screenY + box.top + box.height / 2].map(Math.round); \
    return [a, document.querySelector('input[type=email]')].map((each) => middle(each.getBoundingClientRect()));";

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_dropped_on_the_window_is_not_followed() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    page.see("sign-in").await?;
    // Let go over the field: nothing else of the page takes what is dropped.
    let [(x, y), (to_x, to_y)]: [(i32, i32); 2] = serde_json::from_value(page.run(BAIT).await?)?;
    let pointer = |arguments: &[&str]| -> Outcome {
        let done = stage.command("xdotool").args(arguments).output()?;
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        Ok(())
    };
    let until = Instant::now() + Duration::from_secs(20);
    let mut dropped: Value = json!([]);
    // How far a pointer must go before it drags is the toolkit's affair; a hand that is not understood tries again.
    while dropped == json!([]) && Instant::now() < until {
        pointer(&["mousemove", &x.to_string(), &y.to_string(), "mousedown", "1"])?;
        for step in 1..=12 {
            pointer(&[
                "mousemove",
                &(x + (to_x - x) * step / 12).to_string(),
                &(y + (to_y - y) * step / 12).to_string(),
                "sleep",
                "0.03",
            ])?;
        }
        pointer(&["mouseup", "1", "sleep", "0.3"])?;
        dropped = page.run("return window.drops ?? 'the page is gone';").await?;
    }
    assert_eq!(dropped[0], json!([true, "https://203.0.113.7/"]), "the link was not dropped: {dropped}");
    let stands = page.run("return [window.still, location.href.split('#')[0]];").await?;
    assert_eq!(stands, json!(["here", "tauri://localhost"]));
    assert!(page.shows("sign-in").await?);
    Ok(page.close().await?)
}
