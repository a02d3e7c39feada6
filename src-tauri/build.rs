//! Embeds the deployment that this client is built for, and tells Tauri which commands exist.

include!("commands.rs");
include!("../crates/launcher/embed.rs");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=commands.rs");
    println!("cargo:rerun-if-changed=../crates/launcher/embed.rs");
    // The screens are embedded while this crate compiles; without this, new ones would not be noticed.
    println!("cargo:rerun-if-changed=../ui/dist");
    embed_deployment()?;
    let commands = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))?;
    Ok(())
}
