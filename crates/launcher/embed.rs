/// Embeds the deployment that is built for, for launcher and client alike. Without `POLDER_DEPLOYMENT` the program is
/// built for no platform: such a client keeps its gate shut, and such a launcher starts nothing.
fn embed_deployment() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-env-changed=POLDER_DEPLOYMENT");
    let out = std::path::PathBuf::from(std::env::var("OUT_DIR")?).join("deployment.json");
    let bytes = match std::env::var_os("POLDER_DEPLOYMENT") {
        Some(file) => {
            let file = std::path::PathBuf::from(file);
            println!("cargo:rerun-if-changed={}", file.display());
            std::fs::read(&file).map_err(|error| format!("POLDER_DEPLOYMENT names {}: {error}", file.display()))?
        }
        None => Vec::new(),
    };
    std::fs::write(out, bytes)?;
    Ok(())
}
