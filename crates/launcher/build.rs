//! Embeds the deployment that this launcher is built for.

include!("embed.rs");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=embed.rs");
    embed_deployment()
}
