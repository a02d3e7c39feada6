//! The journey, walked without anybody: each step is waited for, and each screen pictured.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use polder_local::desk::{Desk, DeskOptions, Window};
use polder_local::{Account, Accounts, code_of};
use polder_wire::UnixSeconds;
use thirtyfour::prelude::*;

use crate::Outcome;

type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Walks it twice: a newcomer sets up a second step, an editor uses theirs. The newcomer's walk needs a
/// platform where they did not do so before; afterwards it is left out, and said so.
pub(crate) async fn walk(client: &Path, accounts: &Accounts, shots: Option<&Path>) -> Outcome {
    if let Some(folder) = shots {
        std::fs::create_dir_all(folder)?;
    }
    let desk = Desk::new(DeskOptions::default())?;
    let mut walker = Walker { desk: &desk, client, shots, taken: 0 };
    walker.newcomer(&accounts.newcomer).await?;
    walker.editor(&accounts.editor).await?;
    println!("\nThe whole journey worked.");
    if let Some(folder) = shots {
        println!("{} pictures lie in {}.", walker.taken, folder.display());
    }
    Ok(())
}

struct Walker<'a> {
    desk: &'a Desk,
    client: &'a Path,
    shots: Option<&'a Path>,
    taken: u32,
}

const PATIENCE: Duration = Duration::from_secs(30);
const GLANCE: Duration = Duration::from_millis(50);

impl Walker<'_> {
    async fn newcomer(&mut self, newcomer: &Account) -> Outcome {
        println!("\nA newcomer, {}:", newcomer.name);
        let window = self.desk.open(self.client, &[]).await?;
        self.step(&window, "gate", "gate").await?;
        self.password(&window, newcomer).await?;
        if is_there(&window, "code").await? {
            println!("  has a second step since an earlier run; --fresh starts over");
            return Ok(window.close().await?);
        }
        self.step(&window, "enrolment", "enrol-key").await?;
        let key = find(&window, "enrol-key").await?.text().await?;
        type_code(&window, "enrol-code", &key, None).await?;
        self.step(&window, "projects", "project-row").await?;
        find(&window, "sign-out").await?.click().await?;
        self.step(&window, "signed-out", "sign-in").await?;
        Ok(window.close().await?)
    }

    async fn editor(&mut self, editor: &Account) -> Outcome {
        println!("\nAn editor, {}:", editor.name);
        let window = self.desk.open(self.client, &[]).await?;
        self.step(&window, "sign-in", "sign-in").await?;
        self.password(&window, editor).await?;
        self.step(&window, "code", "code-field").await?;
        let key = editor.totp.as_deref().ok_or("the editor has no second step")?;
        type_code(&window, "code-field", key, Some("projects")).await?;
        self.step(&window, "projects-editor", "project-row").await?;
        find(&window, "project-row").await?.click().await?;
        find(&window, "layer-row").await?;
        drawn(&window).await?;
        self.step(&window, "project", "map").await?;
        click_the_middle(&window).await?;
        self.step(&window, "feature", "feature-card").await?;
        find(&window, "table-toggle").await?.click().await?;
        self.step(&window, "table", "table-row").await?;
        self.variants(&window).await?;
        window.close().await?;

        println!("\nThe same person, the next morning:");
        let window = self.desk.open(self.client, &[]).await?;
        self.step(&window, "still-signed-in", "project-row").await?;
        find(&window, "sign-out").await?.click().await?;
        find(&window, "sign-in").await?;
        Ok(window.close().await?)
    }

    /// The same screen in the dark.
    async fn variants(&mut self, window: &Window) -> Outcome {
        let script = "document.documentElement.dataset.theme = 'dark';";
        window.driver().execute(script, Vec::new()).await?;
        self.step(window, "table-dark", "table-row").await
    }

    async fn password(&mut self, window: &Window, account: &Account) -> Outcome {
        fill(window, "email", &account.email).await?;
        fill(window, "password", &account.password).await?;
        self.step(window, "password", "sign-in-continue").await?;
        find(window, "sign-in-continue").await?.click().await?;
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if is_there(window, "code").await? || is_there(window, "enrolment").await? {
                return Ok(());
            }
            tokio::time::sleep(GLANCE).await;
        }
        Err(lost(window, "a second step").await)
    }

    /// Waits for a thing, says so, and takes a picture of the screen.
    async fn step(&mut self, window: &Window, name: &str, thing: &str) -> Outcome {
        find(window, thing).await?;
        println!("  {name}");
        if let Some(folder) = self.shots {
            self.taken += 1;
            let path: PathBuf = folder.join(format!("{:02}-{name}.png", self.taken));
            // Two frames, so that what is there is also painted.
            let painted = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(1)));";
            window.driver().execute_async(painted, Vec::new()).await?;
            self.desk.screenshot(&path)?;
        }
        Ok(())
    }
}

fn css(id: &str) -> By {
    By::Css(format!("[data-testid=\"{id}\"]"))
}

async fn find(window: &Window, id: &str) -> Fallible<WebElement> {
    match window.driver().query(css(id)).wait(PATIENCE, GLANCE).and_displayed().first().await {
        Ok(element) => Ok(element),
        Err(_) => Err(lost(window, id).await),
    }
}

async fn is_there(window: &Window, id: &str) -> Fallible<bool> {
    Ok(!window.driver().find_all(css(id)).await?.is_empty())
}

async fn fill(window: &Window, id: &str, text: &str) -> Outcome {
    let field = find(window, id).await?;
    field.clear().await?;
    Ok(field.send_keys(text).await?)
}

/// Types the code of this moment. A code that was used in the last half minute is refused once; the next
/// one is waited for then, as a person would.
async fn type_code(window: &Window, field: &str, key: &str, expects: Option<&str>) -> Outcome {
    let code = code_of(key, UnixSeconds::from_clock())?;
    fill(window, field, &code).await?;
    let Some(expected) = expects else { return Ok(()) };
    let until = Instant::now() + PATIENCE;
    while !is_there(window, expected).await? {
        if is_there(window, "code-error").await? {
            let mut next = code.clone();
            while next == code {
                tokio::time::sleep(GLANCE).await;
                next = code_of(key, UnixSeconds::from_clock())?;
            }
            return fill(window, field, &next).await;
        }
        if Instant::now() > until {
            return Err(lost(window, expected).await);
        }
        tokio::time::sleep(GLANCE).await;
    }
    Ok(())
}

/// Waits until every layer's features are on the map.
async fn drawn(window: &Window) -> Outcome {
    let count = "const map = window.__polderMap; if (!map) return -1; \
        return map.getAllLayers().reduce((n, l) => n + (l.getSource()?.getFeatures?.().length ?? 0), 0);";
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if window.driver().execute(count, Vec::new()).await?.json().as_i64() >= Some(3975) {
            return Ok(());
        }
        tokio::time::sleep(GLANCE).await;
    }
    Err(lost(window, "all features on the map").await)
}

/// Clicks where a building is, found on the real map.
async fn click_the_middle(window: &Window) -> Outcome {
    let place = "const map = window.__polderMap; const [w, h] = map.getSize(); const box = map.getTargetElement().getBoundingClientRect();\
        for (let r = 0; r < Math.min(w, h) / 2; r += 8) for (let a = 0; a < 8; a++) {\
            const p = [w / 2 + r * Math.cos(a * Math.PI / 4), h / 2 + r * Math.sin(a * Math.PI / 4)];\
            if (map.hasFeatureAtPixel(p)) return [box.left + p[0], box.top + p[1]]; }\
        return null;";
    let found = window.driver().execute(place, Vec::new()).await?;
    let spot: Option<(f64, f64)> = serde_json::from_value(found.json().clone())?;
    let (x, y) = spot.ok_or("there is nothing on the map to click")?;
    #[allow(clippy::cast_possible_truncation, reason = "a place in a window")]
    let (x, y) = (x as i64, y as i64);
    Ok(window.driver().action_chain().move_to(x, y).click().perform().await?)
}

/// What the window says instead of what was waited for.
async fn lost(window: &Window, waited_for: &str) -> Box<dyn std::error::Error + Send + Sync> {
    let body = match window.driver().find(By::Css("body")).await {
        Ok(body) => body.text().await,
        Err(error) => Err(error),
    };
    let says = body.unwrap_or_else(|error| error.to_string());
    format!("waited in vain for {waited_for}; the window says:\n{says}").into()
}
