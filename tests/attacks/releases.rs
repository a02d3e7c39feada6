//! Update metadata that must not open the gate.

use polder_local::desk::Keyring;
use polder_tests::{Outcome, Stage};
use polder_wire::UnixSeconds;

async fn refuses(stage: &Stage, code: &str) -> Outcome {
    let page = stage.open_at_gate().await?;
    page.see("gate-refused").await?;
    let said = page.says("gate-code").await?;
    assert!(said.contains(code), "expected {code}, the gate says {said}");
    assert!(!page.shows("sign-in").await?);
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_timestamp_is_refused() -> Outcome {
    let mut stage = Stage::set(Keyring::Unlocked).await?;
    stage.publish(|next| next.expiries.timestamp = UnixSeconds::from_clock().plus(-60))?;
    refuses(&stage, "G-01").await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_signature_of_two_is_refused() -> Outcome {
    let mut stage = Stage::set(Keyring::Unlocked).await?;
    stage.publish(|next| next.targets_signers = 1)?;
    refuses(&stage, "G-02").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_release_keeps_the_old_client_shut() -> Outcome {
    let mut stage = Stage::set(Keyring::Unlocked).await?;
    stage.publish_newer_version()?;
    refuses(&stage, "G-07").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_not_the_released_one_is_refused() -> Outcome {
    let mut stage = Stage::set(Keyring::Unlocked).await?;
    stage.publish_another_program_under_this_version()?;
    refuses(&stage, "G-08").await
}
