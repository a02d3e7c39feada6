use std::time::{Duration, Instant};

use serde_json::Value;
use thirtyfour::prelude::*;

use super::Window;
use crate::LocalError;

/// Longer than a person would wait, because the machine may be busy building.
const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(50);

/// The client's window, in the words of somebody who uses it. Things are found by `data-testid`.
#[derive(Debug)]
pub struct Page {
    window: Window,
}

/// A key on the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// To the next thing.
    Tab,
    /// Yes, or open.
    Enter,
    /// Out of here.
    Escape,
    /// With others.
    Control,
    /// With others: the other way.
    Shift,
    /// To the next of a list.
    Down,
    /// To the one before.
    Up,
    /// Yes, or this one.
    Space,
    /// To the next part of the window.
    F6,
    /// A letter.
    Letter(char),
}

impl Key {
    /// As WebDriver names it (its section 17.4.2).
    fn sent(self) -> char {
        match self {
            Self::Tab => '\u{e004}',
            Self::Enter => '\u{e007}',
            Self::Escape => '\u{e00c}',
            Self::Control => '\u{e009}',
            Self::Shift => '\u{e008}',
            Self::Down => '\u{e015}',
            Self::Up => '\u{e013}',
            Self::Space => '\u{e00d}',
            Self::F6 => '\u{e036}',
            Self::Letter(letter) => letter,
        }
    }
}

type Seen<T = ()> = Result<T, LocalError>;

impl Page {
    pub(super) fn new(window: Window) -> Self {
        Self { window }
    }

    /// Waits until a thing is to be seen.
    ///
    /// # Errors
    /// When it does not come; with what the window says instead.
    pub async fn see(&self, id: &str) -> Seen<WebElement> {
        let found = self.driver().query(By::Css(css(id))).wait(PATIENCE, GLANCE);
        match found.and_displayed().first().await {
            Ok(element) => Ok(element),
            Err(_) => Err(self.lost(id).await),
        }
    }

    /// Waits until one of two things is there, and says which.
    ///
    /// # Errors
    /// When neither comes.
    pub async fn see_either<'i>(&self, one: &'i str, other: &'i str) -> Seen<&'i str> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            for id in [one, other] {
                if self.shows(id).await? {
                    return Ok(id);
                }
            }
            tokio::time::sleep(GLANCE).await;
        }
        Err(self.lost(&format!("{one} or {other}")).await)
    }

    /// Waits until there are at least so many of a thing.
    ///
    /// # Errors
    /// When there are fewer.
    pub async fn see_many(&self, id: &str, least: usize) -> Seen<Vec<WebElement>> {
        let until = Instant::now() + PATIENCE;
        loop {
            let all = self.driver().find_all(By::Css(css(id))).await?;
            if all.len() >= least {
                return Ok(all);
            }
            if Instant::now() > until {
                return Err(self.lost(&format!("{least} of {id} ({} are there)", all.len())).await);
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Whether a thing is there at this moment.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn shows(&self, id: &str) -> Seen<bool> {
        Ok(!self.driver().find_all(By::Css(css(id))).await?.is_empty())
    }

    /// What the first of a thing says, once it says anything.
    ///
    /// # Errors
    /// When it does not come, or says nothing.
    pub async fn says(&self, id: &str) -> Seen<String> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            // Not `text()`: the driver takes what is cut with an ellipsis for hidden.
            let said = self.see_many(id, 1).await?[0].prop("textContent").await?.unwrap_or_default();
            if !said.trim().is_empty() {
                return Ok(said.trim().to_owned());
            }
            tokio::time::sleep(GLANCE).await;
        }
        Err(self.lost(&format!("words in {id}")).await)
    }

    /// Waits until a thing has an attribute with this value.
    ///
    /// # Errors
    /// When it does not come to that.
    pub async fn when(&self, id: &str, attribute: &str, value: &str) -> Seen {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let found =
                self.driver().find_all(By::Css(format!("{}[{attribute}=\"{value}\"]", css(id)))).await?;
            if !found.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(GLANCE).await;
        }
        Err(self.lost(&format!("{id} with {attribute} {value}")).await)
    }

    /// Waits until a switch or a box is on, or is off.
    ///
    /// # Errors
    /// When it does not come to that.
    pub async fn when_chosen(&self, id: &str, on: bool) -> Seen {
        let until = Instant::now() + PATIENCE;
        while self.see_many(id, 1).await?[0].is_selected().await? != on {
            if Instant::now() > until {
                return Err(self.lost(&format!("{id} to be {on}")).await);
            }
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    /// Everything that is to be read in the window.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn text(&self) -> Seen<String> {
        Ok(self.driver().find(By::Css("body")).await?.text().await?)
    }

    /// Clicks a thing.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn click(&self, id: &str) -> Seen {
        Ok(self.see(id).await?.click().await?)
    }

    /// Types into a field, instead of what was in it.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn write(&self, id: &str, text: &str) -> Seen {
        let field = self.see(id).await?;
        field.clear().await?;
        // The driver takes no empty text.
        if text.is_empty() { Ok(()) } else { Ok(field.send_keys(text).await?) }
    }

    /// Types to whatever has the focus.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn type_in(&self, text: &str) -> Seen {
        Ok(self.driver().action_chain().send_keys(text).perform().await?)
    }

    /// Presses keys, the first of them first, and lets them go again.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn press(&self, keys: &[Key]) -> Seen {
        let down = keys.iter().fold(self.driver().action_chain(), |chain, key| chain.key_down(key.sent()));
        let up = keys.iter().rev().fold(down, |chain, key| chain.key_up(key.sent()));
        Ok(up.perform().await?)
    }

    /// Waits until a thing is there no more.
    ///
    /// # Errors
    /// When it stays.
    pub async fn gone(&self, id: &str) -> Seen {
        let until = Instant::now() + PATIENCE;
        while self.shows(id).await? {
            if Instant::now() > until {
                return Err(self.lost(&format!("the end of {id}")).await);
            }
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    /// The first step of signing in.
    ///
    /// # Errors
    /// When the fields do not come.
    pub async fn password(&self, email: &str, password: &str, stay: bool) -> Seen {
        self.write("email", email).await?;
        self.write("password", password).await?;
        // A checkbox may be drawn by a label over it; whether it is chosen is asked of the box itself.
        let stays = self.driver().find(By::Css(css("stay"))).await?;
        if stays.is_selected().await? != stay {
            stays.click().await?;
        }
        self.click("sign-in-continue").await
    }

    /// Signs out, by the person's own menu, and waits for the door.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn sign_out(&self) -> Seen {
        self.click("person-menu").await?;
        self.click("sign-out").await?;
        self.see("sign-in").await?;
        Ok(())
    }

    /// Waits until all of a project's features are on the map, and the map has been drawn with them.
    ///
    /// # Errors
    /// When they do not come.
    pub async fn when_drawn(&self, features: usize) -> Seen {
        // What is drawn a second time, such as a name above all layers, has no id or the same one.
        let count = "const map = window.__polderMap; if (!map) return -1; const ids = new Set(); \
            for (const layer of map.getAllLayers()) for (const feature of layer.getSource()?.getFeatures?.() ?? []) \
            if (feature.getId() !== undefined) ids.add(feature.getId()); return ids.size;";
        let until = Instant::now() + PATIENCE;
        let mut found = -1;
        while Instant::now() < until {
            found = self.driver().execute(count, Vec::new()).await?.json().as_i64().unwrap_or(-1);
            if usize::try_from(found).is_ok_and(|found| found == features) {
                let drawn = "const done = arguments[0]; const map = window.__polderMap; \
                    map.once('rendercomplete', () => done(true)); map.render();";
                self.driver().execute_async(drawn, Vec::new()).await?;
                return Ok(());
            }
            tokio::time::sleep(GLANCE).await;
        }
        Err(self.lost(&format!("{features} features on the map (there are {found})")).await)
    }

    /// Clicks a feature of a layer, found on the real map from its middle outwards.
    ///
    /// # Errors
    /// When none is to be seen.
    pub async fn click_a_feature(&self, layer: &str) -> Seen {
        let place = "const map = window.__polderMap; const [w, h] = map.getSize(); \
            const box = map.getTargetElement().getBoundingClientRect(); \
            for (let r = 0; r < Math.min(w, h) / 2; r += 6) for (let a = 0; a < 12; a++) { \
                const p = [w / 2 + r * Math.cos(a * Math.PI / 6), h / 2 + r * Math.sin(a * Math.PI / 6)]; \
                const hit = map.forEachFeatureAtPixel(p, (f) => String(f.getId()), { hitTolerance: 4 }); \
                const x = Math.round(box.left + p[0]), y = Math.round(box.top + p[1]); \
                const free = map.getTargetElement().contains(document.elementFromPoint(x, y)); \
                if (hit?.startsWith(arguments[0] + ':') && free) return [x, y]; } \
            return null;";
        let found = self.driver().execute(place, vec![layer.into()]).await?;
        let Some((x, y)) = serde_json::from_value::<Option<(i64, i64)>>(found.json().clone())? else {
            return Err(self.lost(&format!("a feature of {layer} on the map")).await);
        };
        Ok(self.driver().action_chain().move_to(x, y).click().perform().await?)
    }

    /// Runs a script in the page, as somebody who got one in would; an `await` works. What it throws comes back as
    /// text that begins with `threw`.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn run(&self, script: &str) -> Seen<Value> {
        let wrapped = format!(
            "const done = arguments[arguments.length - 1]; (async () => {{ {script} }})()\
             .then(v => done(v === undefined ? null : v), e => done('threw: ' + (e.message ?? e.code ?? JSON.stringify(e))));"
        );
        Ok(self.driver().execute_async(&wrapped, Vec::new()).await?.json().clone())
    }

    /// Closes the window as the system would, and waits for its end.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn close(self) -> Seen {
        self.window.close().await
    }

    /// The client's process; none when it has ended.
    pub fn pid(&self) -> Option<u32> {
        self.window.pid()
    }

    /// For what has no word here.
    pub fn driver(&self) -> &WebDriver {
        self.window.driver()
    }

    /// What was waited for, and what the window says instead.
    pub async fn lost(&self, waited_for: &str) -> LocalError {
        let says = self.text().await.unwrap_or_else(|error| error.to_string());
        LocalError::NotSeen { what: waited_for.to_owned(), says }
    }
}

fn css(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}
