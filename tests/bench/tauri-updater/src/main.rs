//! tauri-plugin-updater's own check, download, verification and installation, without a window:
//! `tauri-updater ENDPOINT CA PUBLIC-KEY PROGRAM`. It replaces PROGRAM, as it would an AppImage.
//!
//! Says `idle`, `known` and `staged` with the microseconds of processor time that this process took until then, and goes on when a
//! line comes: as `crates/client/examples/update.rs` does.

use std::error::Error;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tauri::test::{mock_builder, mock_context, noop_assets};
use tauri_plugin_updater::UpdaterExt as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [endpoint, ca, public_key, program] = arguments.as_slice() else {
        return Err("tauri-updater ENDPOINT CA PUBLIC-KEY PROGRAM".into());
    };
    let mut context = mock_context(noop_assets());
    context.config_mut().plugins.0.insert(
        "updater".into(),
        serde_json::json!({ "pubkey": public_key, "endpoints": [endpoint] }),
    );
    let app = mock_builder().plugin(tauri_plugin_updater::Builder::new().build()).build(context)?;
    let ca = reqwest::Certificate::from_pem(&std::fs::read(ca)?)?;
    let updater = app
        .updater_builder()
        .executable_path(program)
        .no_proxy()
        .configure_client(move |client| client.tls_certs_only([ca.clone()]))
        .build()?;
    say_and_wait("idle")?;
    let update = updater.check().await?.ok_or("nothing newer")?;
    say_and_wait("known")?;
    update.download_and_install(|_, _| {}, || {}).await?;
    say_and_wait("staged")
}

fn say_and_wait(what: &str) -> Result<(), Box<dyn Error>> {
    let taken = Duration::try_from(clock_gettime(ClockId::ProcessCPUTime))?;
    println!("{what} {}", taken.as_micros());
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}
