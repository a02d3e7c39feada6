use std::time::Duration;

use polder_local::desk::Window;
use thirtyfour::prelude::*;

use crate::Outcome;

/// How long a person would wait at most before calling it broken.
const PATIENCE: Duration = Duration::from_secs(30);
const GLANCE: Duration = Duration::from_millis(50);

/// The client's window, in the words of somebody who uses it. Things are found by `data-testid`.
pub struct Page {
    window: Window,
}

impl Page {
    /// Around an open window.
    pub fn new(window: Window) -> Self {
        Self { window }
    }

    /// Waits until the thing is to be seen.
    pub async fn see(&self, id: &str) -> Outcome<WebElement> {
        let found = self
            .window
            .driver()
            .query(By::Css(format!("[data-testid=\"{id}\"]")))
            .wait(PATIENCE, GLANCE)
            .and_displayed()
            .first()
            .await;
        match found {
            Ok(element) => Ok(element),
            Err(error) => {
                let shows = self.text().await.unwrap_or_else(|error| error.to_string());
                Err(format!("{id} is not to be seen ({error}); the window says: {shows}").into())
            }
        }
    }

    /// Waits until at least so many of the thing are there.
    pub async fn see_many(&self, id: &str, least: usize) -> Outcome<Vec<WebElement>> {
        let mut all = Vec::new();
        for _ in 0..PATIENCE.as_millis() / GLANCE.as_millis() {
            all = self.window.driver().find_all(By::Css(format!("[data-testid=\"{id}\"]"))).await?;
            if all.len() >= least {
                return Ok(all);
            }
            tokio::time::sleep(GLANCE).await;
        }
        Err(format!("{} of {id} instead of {least}; the window says: {}", all.len(), self.text().await?)
            .into())
    }

    /// Whether the thing is there at this moment.
    pub async fn shows(&self, id: &str) -> Outcome<bool> {
        Ok(!self.window.driver().find_all(By::Css(format!("[data-testid=\"{id}\"]"))).await?.is_empty())
    }

    /// Clicks it.
    pub async fn click(&self, id: &str) -> Outcome {
        self.see(id).await?.click().await?;
        Ok(())
    }

    /// Types into it, after what stands there is gone.
    pub async fn write(&self, id: &str, text: &str) -> Outcome {
        let field = self.see(id).await?;
        field.clear().await?;
        field.send_keys(text).await?;
        Ok(())
    }

    /// What a thing says.
    pub async fn says(&self, id: &str) -> Outcome<String> {
        Ok(self.see(id).await?.text().await?)
    }

    /// Everything that the window says.
    pub async fn text(&self) -> Outcome<String> {
        Ok(self.window.driver().find(By::Css("body")).await?.text().await?)
    }

    /// Runs a script in the page, as an attacker who got one in would; an `await` works.
    pub async fn run(&self, script: &str) -> Outcome<serde_json::Value> {
        let wrapped = format!(
            "const done = arguments[arguments.length - 1]; (async () => {{ {script} }})()\
             .then(v => done(v === undefined ? null : v), e => done('threw: ' + (e.message ?? e.code ?? JSON.stringify(e))));"
        );
        Ok(self.window.driver().execute_async(&wrapped, Vec::new()).await?.json().clone())
    }

    /// First step of signing in.
    pub async fn password(&self, email: &str, password: &str, stay: bool) -> Outcome {
        self.write("email", email).await?;
        self.write("password", password).await?;
        let box_ = self.see("stay").await?;
        if box_.is_selected().await? != stay {
            box_.click().await?;
        }
        self.click("sign-in-continue").await
    }

    /// Clicks a place in the window.
    pub async fn click_at(&self, x: i64, y: i64) -> Outcome {
        Ok(self.window.driver().action_chain().move_to(x, y).click().perform().await?)
    }

    /// Closes the window as the system would, and waits for its end.
    pub async fn close(self) -> Outcome {
        Ok(self.window.close().await?)
    }
}
