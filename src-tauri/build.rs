//! Embeds the deployment that this client is built for, and tells Tauri which commands exist.

use std::path::PathBuf;
use std::{env, fs};

include!("commands.rs");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-env-changed=POLDER_DEPLOYMENT");
    println!("cargo:rerun-if-changed=commands.rs");
    // The screens are embedded while this crate compiles; without this, new ones would not be noticed.
    println!("cargo:rerun-if-changed=../ui/dist");
    let out = PathBuf::from(env::var("OUT_DIR")?).join("deployment.json");
    match env::var_os("POLDER_DEPLOYMENT") {
        Some(file) => {
            let file = PathBuf::from(file);
            println!("cargo:rerun-if-changed={}", file.display());
            let bytes = fs::read(&file)
                .map_err(|error| format!("POLDER_DEPLOYMENT names {}: {error}", file.display()))?;
            fs::write(out, bytes)?;
        }
        // Built for no platform: such a client keeps its gate shut.
        None => fs::write(out, b"")?,
    }
    let commands = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))?;
    Ok(())
}
