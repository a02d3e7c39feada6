//! Embeds the deployment that this program is built for, as the desktop client's own build does, and the name of
//! the folder in which that keeps its data.

use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-env-changed=POLDER_DEPLOYMENT");
    let out = PathBuf::from(env::var("OUT_DIR")?).join("deployment.json");
    match env::var_os("POLDER_DEPLOYMENT") {
        Some(file) => {
            let file = PathBuf::from(file);
            println!("cargo:rerun-if-changed={}", file.display());
            let bytes = fs::read(&file)
                .map_err(|error| format!("POLDER_DEPLOYMENT names {}: {error}", file.display()))?;
            fs::write(out, bytes)?;
        }
        // Built for no platform: the administrator's commands need a deployment file then.
        None => fs::write(out, b"")?,
    }
    let desktop = "../../src-tauri/tauri.conf.json";
    println!("cargo:rerun-if-changed={desktop}");
    let desktop: serde_json::Value = serde_json::from_slice(&fs::read(desktop)?)?;
    let identifier = desktop["identifier"].as_str().ok_or("the desktop client has no identifier")?;
    println!("cargo:rustc-env=POLDER_IDENTIFIER={identifier}");
    Ok(())
}
