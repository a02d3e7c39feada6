//! Something else answers in the platform's place.

use std::time::{Duration, Instant};

use polder_local::desk::Keyring;
use polder_tests::{Impostor, Outcome, Stage};

/// Starts the client against an impostor and expects the gate to stay shut with this code.
async fn refuses(mut stage: Stage, impostor: Impostor, code: &str) -> Outcome {
    let page = stage.open_at_gate().await?;
    page.see("gate-refused").await?;
    let said = page.says("gate-code").await?;
    assert!(said.contains(code), "expected {code}, the gate says {said}");
    assert!(!page.shows("sign-in").await?);
    page.close().await?;

    let kept = impostor.leave().await;
    assert!(kept.connections > 0, "the client never came");
    assert!(kept.requests.is_empty(), "the client spoke to an impostor: {:?}", kept.requests);

    // And with the real platform back, the same client opens.
    stage.restart_platform().await?;
    let page = stage.open().await?;
    page.see("sign-in").await?;
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_ca_with_another_key_is_refused() -> Outcome {
    let mut stage = Stage::set(Keyring::Unlocked).await?;
    stage.stop_platform();
    let impostor = Impostor::of_the_right_ca_with_another_key(stage.local()).await?;
    refuses(stage, impostor, "N-04").await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_ca_is_refused() -> Outcome {
    let mut stage = Stage::set(Keyring::Unlocked).await?;
    stage.stop_platform();
    let impostor = Impostor::of_an_unknown_ca(stage.local()).await?;
    refuses(stage, impostor, "N-05").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_that_is_down_keeps_the_gate_shut_and_try_again_opens_it() -> Outcome {
    let mut stage = Stage::set(Keyring::Unlocked).await?;
    stage.stop_platform();
    let page = stage.open_at_gate().await?;
    page.see("gate-refused").await?;
    assert!(page.says("gate-code").await?.contains("N-02"));
    stage.restart_platform().await?;
    page.click("gate-retry").await?;
    page.see("sign-in").await?;
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_that_sends_a_byte_a_second_is_given_up_on() -> Outcome {
    let mut stage = Stage::set(Keyring::Unlocked).await?;
    stage.stop_platform();
    let impostor = Impostor::that_sends_a_byte_a_second(stage.local()).await?;
    let begun = Instant::now();
    let page = stage.open_at_gate().await?;
    page.see("gate-refused").await?;
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    assert!(page.says("gate-code").await?.contains("N-03"));
    let kept = impostor.leave().await;
    // What it got is a question for a public file.
    assert!(!kept.requests.is_empty());
    for said in &kept.requests {
        assert!(said.starts_with("GET /updates/"), "{said}");
        assert!(
            !said.to_lowercase().contains("authorization") && !said.to_lowercase().contains("dpop"),
            "{said}"
        );
    }
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_impostor_that_comes_after_the_gate_gets_no_password_and_no_code() -> Outcome {
    let mut stage = Stage::set(Keyring::Unlocked).await?;
    let editor = stage.editor().clone();
    let page = stage.open().await?;
    page.see("sign-in").await?;
    stage.stop_platform();
    let impostor = Impostor::of_the_right_ca_with_another_key(stage.local()).await?;
    page.password(&editor.email, &editor.password, true).await?;
    assert!(page.says("sign-in-error").await?.contains("N-04"));
    let kept = impostor.leave().await;
    assert!(kept.connections > 0 && kept.requests.is_empty(), "{kept:?}");

    // The platform is back, the password is typed again, and only then somebody else takes its place.
    stage.restart_platform().await?;
    page.password(&editor.email, &editor.password, true).await?;
    page.see("code-field").await?;
    stage.stop_platform();
    let impostor = Impostor::of_an_unknown_ca(stage.local()).await?;
    page.write("code-field", &stage.code(&editor)?).await?;
    assert!(page.says("code-error").await?.contains("N-05"));
    let kept = impostor.leave().await;
    assert!(kept.connections > 0 && kept.requests.is_empty(), "{kept:?}");
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_impostor_that_comes_after_the_sign_in_gets_no_token() -> Outcome {
    let mut stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    stage.sign_in(&page, stage.editor(), true).await?;
    page.see_many("project-row", 1).await?;
    stage.stop_platform();
    let impostor = Impostor::of_the_right_ca_with_another_key(stage.local()).await?;
    page.click("project-row").await?;
    assert!(page.says("project-error").await?.contains("N-04"));
    page.close().await?;
    // Nor does the next start, which has a token in the keychain to try.
    let page = stage.open_at_gate().await?;
    page.see("gate-refused").await?;
    page.close().await?;
    let kept = impostor.leave().await;
    assert!(kept.connections > 1 && kept.requests.is_empty(), "{kept:?}");
    stage.restart_platform().await?;
    let page = stage.open().await?;
    page.see("projects").await?;
    Ok(page.close().await?)
}
