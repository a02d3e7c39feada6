//! What a person does and sees in the window, found by `data-testid`.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::time::{Duration, Instant};

use polder_local::desk::{Desk, Window};
use polder_local::{Account, code_of};
use polder_wire::UnixSeconds;
use thirtyfour::prelude::*;

use crate::Outcome;

/// Longer than a person would wait, because the machine may be busy building.
const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(50);
/// A display that shows the same after this long is done painting.
const SETTLED: Duration = Duration::from_millis(300);

/// Numbered pictures in a folder, or none at all.
pub(super) struct Album<'a> {
    folder: Option<&'a Path>,
    screens: Cell<u32>,
    taken: Cell<u32>,
    /// What the last picture's pixels hash to.
    last: RefCell<String>,
}

impl<'a> Album<'a> {
    pub(super) fn in_folder(folder: Option<&'a Path>) -> Outcome<Self> {
        if let Some(folder) = folder {
            std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        Ok(Self { folder, screens: Cell::new(0), taken: Cell::new(0), last: RefCell::default() })
    }

    pub(super) fn taken(&self) -> u32 {
        self.taken.get()
    }
}

/// The client's window.
pub(super) struct Page<'a> {
    window: Window,
    desk: &'a Desk,
    album: &'a Album<'a>,
}

impl<'a> Page<'a> {
    pub(super) fn new(window: Window, desk: &'a Desk, album: &'a Album<'a>) -> Self {
        Self { window, desk, album }
    }

    /// Waits for a thing, says where that is, and takes pictures: light and English, then dark, and Dutch
    /// where the screen lets a person choose.
    pub(super) async fn arrive(&self, screen: &str, thing: &str) -> Outcome {
        self.see(thing).await?;
        println!("  {screen}");
        let Some(folder) = self.album.folder else { return Ok(()) };
        let number = self.album.screens.get() + 1;
        self.album.screens.set(number);
        self.picture(&folder.join(format!("{number:02}-{screen}.png"))).await?;
        let dutch = self.look("dark", "nl").await?;
        let variant = if dutch { "dark-nl" } else { "dark" };
        self.picture(&folder.join(format!("{number:02}-{screen}-{variant}.png"))).await?;
        self.look("light", "en").await?;
        Ok(())
    }

    /// Waits until a thing is to be seen.
    pub(super) async fn see(&self, id: &str) -> Outcome<WebElement> {
        self.find(&css(id)).await
    }

    /// Waits until one of two things is there, and says which.
    pub(super) async fn see_either<'i>(&self, one: &'i str, other: &'i str) -> Outcome<&'i str> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            for id in [one, other] {
                if self.is_there(id).await? {
                    return Ok(id);
                }
            }
            tokio::time::sleep(GLANCE).await;
        }
        Err(self.lost(&format!("{one} or {other}")).await)
    }

    /// What a thing says, once it says anything.
    pub(super) async fn says(&self, id: &str) -> Outcome<String> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let text = self.see(id).await?.text().await?;
            if !text.trim().is_empty() {
                return Ok(text);
            }
            tokio::time::sleep(GLANCE).await;
        }
        Err(self.lost(&format!("words in {id}")).await)
    }

    /// Clicks what a CSS selector finds.
    pub(super) async fn click(&self, selector: &str) -> Outcome {
        Ok(self.find(selector).await?.click().await?)
    }

    /// Types into a field, instead of what was in it.
    pub(super) async fn write(&self, id: &str, text: &str) -> Outcome {
        let field = self.see(id).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// The first step of signing in, as somebody who wants to stay signed in.
    pub(super) async fn password(&self, account: &Account) -> Outcome {
        self.write("email", &account.email).await?;
        self.write("password", &account.password).await?;
        // A checkbox may be drawn by a label over it; whether it is chosen is asked of the box itself.
        let stay = self.window.driver().find(By::Css(css("stay"))).await?;
        if !stay.is_selected().await? {
            stay.click().await?;
        }
        self.click(&css("sign-in-continue")).await
    }

    /// Types the code of this moment. One that was used in the last half minute is refused, by the rule;
    /// then the next is waited for, as a person would.
    pub(super) async fn code(&self, account: &Account) -> Outcome {
        let mut last = None;
        for _ in 0..2 {
            let code = self.code_other_than(last.as_deref(), account).await?;
            self.write("code-field", &code).await?;
            if self.see_either("projects", "code-error").await? == "projects" {
                return Ok(());
            }
            last = Some(code);
        }
        Err(self.lost("the projects").await)
    }

    /// Signs out and waits for the door.
    pub(super) async fn sign_out(&self) -> Outcome {
        self.click(&css("sign-out")).await?;
        self.arrive("signed-out", "email").await
    }

    /// Waits until every layer's features are on the map, and the map has been drawn with them.
    pub(super) async fn when_drawn(&self, features: usize) -> Outcome {
        // What is drawn a second time, such as a name above all layers, has no id or the same one.
        let count = "const map = window.__polderMap; if (!map) return -1; const ids = new Set(); \
            for (const layer of map.getAllLayers()) for (const feature of layer.getSource()?.getFeatures?.() ?? []) \
            if (feature.getId() !== undefined) ids.add(feature.getId()); return ids.size;";
        let until = Instant::now() + PATIENCE;
        let mut found = -1;
        while Instant::now() < until {
            found = self.window.driver().execute(count, Vec::new()).await?.json().as_i64().unwrap_or(-1);
            if usize::try_from(found).is_ok_and(|found| found == features) {
                let drawn = "const done = arguments[0]; const map = window.__polderMap; \
                    map.once('rendercomplete', () => done(true)); map.render();";
                self.window.driver().execute_async(drawn, Vec::new()).await?;
                return Ok(());
            }
            tokio::time::sleep(GLANCE).await;
        }
        Err(self.lost(&format!("{features} features on the map (there are {found})")).await)
    }

    /// Clicks a building, found on the real map from its middle outwards.
    pub(super) async fn click_a_building(&self) -> Outcome {
        let place = "const map = window.__polderMap; const [w, h] = map.getSize(); \
            const box = map.getTargetElement().getBoundingClientRect(); \
            for (let r = 0; r < Math.min(w, h) / 2; r += 6) for (let a = 0; a < 12; a++) { \
                const p = [w / 2 + r * Math.cos(a * Math.PI / 6), h / 2 + r * Math.sin(a * Math.PI / 6)]; \
                const hit = map.forEachFeatureAtPixel(p, (f) => String(f.getId()), { hitTolerance: 4 }); \
                const x = box.left + p[0], y = box.top + p[1]; \
                const free = map.getTargetElement().contains(document.elementFromPoint(x, y)); \
                if (hit?.startsWith('buildings:') && free) return [x, y]; } \
            return null;";
        let found = self.window.driver().execute(place, Vec::new()).await?;
        let spot: Option<(f64, f64)> = serde_json::from_value(found.json().clone())?;
        let (x, y) = spot.ok_or("there is no building on the map to click")?;
        #[allow(clippy::cast_possible_truncation, reason = "a place in a window")]
        let (x, y) = (x as i64, y as i64);
        Ok(self.window.driver().action_chain().move_to(x, y).click().perform().await?)
    }

    /// Closes the window as the system would, and waits for its end.
    pub(super) async fn close(self) -> Outcome {
        Ok(self.window.close().await?)
    }

    async fn find(&self, selector: &str) -> Outcome<WebElement> {
        let found = self.window.driver().query(By::Css(selector.to_owned())).wait(PATIENCE, GLANCE);
        match found.and_displayed().first().await {
            Ok(element) => Ok(element),
            Err(_) => Err(self.lost(selector).await),
        }
    }

    async fn is_there(&self, id: &str) -> Outcome<bool> {
        Ok(!self.window.driver().find_all(By::Css(css(id))).await?.is_empty())
    }

    async fn code_other_than(&self, last: Option<&str>, account: &Account) -> Outcome<String> {
        let key = account.totp.as_deref().ok_or("this account has no second step")?;
        loop {
            let code = code_of(key, UnixSeconds::from_clock())?;
            if last != Some(code.as_str()) {
                return Ok(code);
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Changes theme and, where the screen offers it, language. Says whether the language changed.
    async fn look(&self, theme: &str, language: &str) -> Outcome<bool> {
        let script = "document.documentElement.dataset.theme = arguments[0]; \
            const chooser = document.querySelector('[data-testid=language]'); \
            if (!chooser) return false; chooser.value = arguments[1]; \
            chooser.dispatchEvent(new Event('change', { bubbles: true })); return true;";
        let changed = self.window.driver().execute(script, vec![theme.into(), language.into()]).await?;
        Ok(changed.json().as_bool() == Some(true))
    }

    async fn picture(&self, path: &Path) -> Outcome {
        // Letters in, movements over or halted and two frames gone, so that what is there is also painted.
        let painted = "const done = arguments[0]; const frame = () => new Promise(requestAnimationFrame); \
            const ends = (a) => a.effect?.getComputedTiming().endTime < 2000; \
            const moving = document.getAnimations(); \
            for (const a of moving) if (!ends(a)) a.pause(); \
            Promise.allSettled([document.fonts.ready, ...moving.filter(ends).map((a) => a.finished)]) \
            .then(frame).then(frame).then(() => done(true));";
        self.window.driver().execute_async(painted, Vec::new()).await?;
        let place = "return [screenX, screenY, innerWidth, innerHeight];";
        let place = self.window.driver().execute(place, Vec::new()).await?;
        let [x, y, width, height]: [i64; 4] = serde_json::from_value(place.json().clone())?;
        let area = format!("{width}x{height}{x:+}{y:+}");
        // The page says that it is painted a little before the display shows it. No two pictures in a row are of
        // the same look, so one that shows the same as the last came too early; and so did one after which the
        // display still changed.
        let before = self.album.last.borrow().clone();
        let mut shown = String::new();
        let until = Instant::now() + PATIENCE;
        loop {
            self.tool("import", &["-window", "root", "-crop", &area, "+repage"], path)?;
            let pixels = self.tool("identify", &["-format", "%#"], path)?;
            if pixels != before && pixels == shown {
                break;
            }
            if Instant::now() > until {
                return Err(self.lost("another look").await);
            }
            shown = pixels;
            tokio::time::sleep(SETTLED).await;
        }
        self.album.last.replace(shown);
        self.album.taken.set(self.album.taken.get() + 1);
        let go_on = "for (const a of document.getAnimations()) if (a.playState === 'paused') a.play();";
        self.window.driver().execute(go_on, Vec::new()).await?;
        Ok(())
    }

    /// One of ImageMagick's programs, at the desk, with a picture.
    fn tool(&self, program: &str, arguments: &[&str], picture: &Path) -> Outcome<String> {
        let done = self.desk.command(program).args(arguments).arg(picture).output();
        let done = done.map_err(|error| format!("{program}: {error}"))?;
        if done.status.success() {
            return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
        }
        Err(format!("{}: {}", picture.display(), String::from_utf8_lossy(&done.stderr)).into())
    }

    /// What the window says instead of what was waited for; with a picture of it.
    async fn lost(&self, waited_for: &str) -> Box<dyn std::error::Error + Send + Sync> {
        if let Some(folder) = self.album.folder {
            // The words below say it too.
            let _ = self.desk.screenshot(&folder.join("lost.png"));
        }
        let body = match self.window.driver().find(By::Css("body")).await {
            Ok(body) => body.text().await,
            Err(error) => Err(error),
        };
        let says = body.unwrap_or_else(|error| error.to_string());
        format!("waited in vain for {waited_for}; the window says:\n{says}").into()
    }
}

fn css(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}
