//! The journey, walked without anybody: each step is waited for, and each screen pictured.

mod page;

use std::path::Path;

use polder_local::desk::{Desk, DeskOptions};
use polder_local::{Account, Accounts, Local, Platform, code_of, helsinki_features};
use polder_wire::UnixSeconds;

use crate::Outcome;
use page::{Album, Page};

/// Walks it: a newcomer sets up a second step, an editor uses theirs, opens the project and comes back the
/// next morning.
pub(crate) async fn walk(
    client: &Path,
    local: &Local,
    platform: &Platform,
    accounts: &Accounts,
    shots: Option<&Path>,
) -> Outcome {
    let desk = Desk::new(DeskOptions::default())?;
    let walk = Walk {
        desk: &desk,
        client,
        deployment: local.deployment_file().display().to_string(),
        album: Album::in_folder(shots)?,
    };
    walk.newcomer(platform, &accounts.newcomer).await?;
    walk.editor(&accounts.editor).await?;
    walk.next_morning(&accounts.editor).await?;
    println!("\nThe whole journey worked.");
    if let Some(folder) = shots {
        println!("{} pictures lie in {}.", walk.album.taken(), folder.display());
    }
    Ok(())
}

struct Walk<'a> {
    desk: &'a Desk,
    client: &'a Path,
    deployment: String,
    album: Album<'a>,
}

impl Walk<'_> {
    async fn open(&self) -> Outcome<Page<'_>> {
        let environment = [("POLDER_E2E_DEPLOYMENT", self.deployment.as_str())];
        let page = self.desk.open(self.client, &environment).await?;
        Ok(Page::new(page, self.desk, &self.album))
    }

    /// Sets up a second step, unless an earlier run did: then there is none to set up, and it is said so.
    async fn newcomer(&self, platform: &Platform, newcomer: &Account) -> Outcome {
        println!("\nA newcomer, {}:", newcomer.name);
        // The gate opens sooner than a picture is taken; a platform that answers nobody keeps it.
        #[cfg(unix)]
        let held = platform.hold();
        let page = self.open().await?;
        page.arrive("gate", "gate-step").await?;
        #[cfg(unix)]
        drop(held);
        page.arrive("sign-in", "email").await?;
        page.click("sign-in-network").await?;
        page.arrive("network", "network-manual").await?;
        page.click("network-back").await?;
        page.password(&newcomer.email, &newcomer.password, true).await?;
        if page.see_either("enrolment", "code").await? == "code" {
            println!("  has a second step since an earlier run; --fresh starts over");
            return page.close().await;
        }
        page.see("enrol-qr").await?;
        page.arrive("enrolment", "enrol-key").await?;
        let key = page.says("enrol-key").await?;
        page.write("enrol-code", &code_of(&key, UnixSeconds::from_clock())?).await?;
        page.arrive("recovery", "recovery-codes").await?;
        page.click("recovery-kept").await?;
        page.arrive("projects-newcomer", "project-row").await?;
        page.sign_out().await?;
        page.close().await
    }

    async fn editor(&self, editor: &Account) -> Outcome {
        println!("\nAn editor, {}:", editor.name);
        let page = self.open().await?;
        page.see("email").await?;
        page.password(&editor.email, &editor.password, true).await?;
        page.arrive("code", "code-field").await?;
        page.code(editor).await?;
        page.arrive("projects", "project-row").await?;
        page.click("project-row").await?;
        page.see("layer-row").await?;
        page.when_drawn(helsinki_features()?).await?;
        page.arrive("project", "map").await?;
        page.click_a_feature("buildings").await?;
        page.arrive("feature", "feature-card").await?;
        page.click("table-toggle").await?;
        page.arrive("table", "table-row").await?;
        page.close().await
    }

    async fn next_morning(&self, editor: &Account) -> Outcome {
        println!("\n{}, the next morning:", editor.name);
        let page = self.open().await?;
        if page.see_either("project-row", "email").await? == "email" {
            return Err("the client forgot who had asked to stay signed in".into());
        }
        page.arrive("still-signed-in", "project-row").await?;
        page.sign_out().await?;
        page.close().await?;

        let page = self.open().await?;
        if page.see_either("project-row", "email").await? == "project-row" {
            return Err("signing out left a session behind".into());
        }
        page.arrive("signed-out-for-good", "email").await?;
        page.close().await
    }
}
