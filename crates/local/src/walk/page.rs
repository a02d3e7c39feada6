//! The window as the walk sees it: each screen waited for, named and pictured.

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::path::Path;
use std::time::{Duration, Instant};

use polder_local::desk::{self, Desk};
use polder_local::{Account, code_of};
use polder_wire::UnixSeconds;

use crate::Outcome;

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

/// The client's window, with an album.
pub(super) struct Page<'a> {
    page: desk::Page,
    desk: &'a Desk,
    album: &'a Album<'a>,
}

impl Deref for Page<'_> {
    type Target = desk::Page;

    fn deref(&self) -> &desk::Page {
        &self.page
    }
}

impl<'a> Page<'a> {
    pub(super) fn new(page: desk::Page, desk: &'a Desk, album: &'a Album<'a>) -> Self {
        Self { page, desk, album }
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
        Err(self.lost("the projects").await.into())
    }

    /// Signs out and waits for the door.
    pub(super) async fn sign_out(&self) -> Outcome {
        self.page.sign_out().await?;
        self.arrive("signed-out", "email").await
    }

    /// Closes the window as the system would, and waits for its end.
    pub(super) async fn close(self) -> Outcome {
        Ok(self.page.close().await?)
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
        let changed = self.driver().execute(script, vec![theme.into(), language.into()]).await?;
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
        self.driver().execute_async(painted, Vec::new()).await?;
        let place = "return [screenX, screenY, innerWidth, innerHeight];";
        let place = self.driver().execute(place, Vec::new()).await?;
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
                return Err(self.lost("another look").await.into());
            }
            shown = pixels;
            tokio::time::sleep(SETTLED).await;
        }
        self.album.last.replace(shown);
        self.album.taken.set(self.album.taken.get() + 1);
        let go_on = "for (const a of document.getAnimations()) if (a.playState === 'paused') a.play();";
        self.driver().execute(go_on, Vec::new()).await?;
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
}
