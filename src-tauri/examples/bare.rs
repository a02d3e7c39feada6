//! The emptiest window that this toolkit opens, as the yardstick of `cargo xtask bench start`: one page that says, the way
//! Polder's own does, when it is painted.

#![allow(clippy::print_stderr, reason = "whoever measures reads it there")]

fn main() -> Result<(), tauri::Error> {
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![painted])
        .setup(|app| {
            let page = tauri::WebviewUrl::App("index.html".into());
            tauri::WebviewWindowBuilder::new(app, "main", page).inner_size(1280.0, 800.0).build()?;
            Ok(())
        })
        .run(tauri::generate_context!("examples/bare/tauri.conf.json"))
}

#[tauri::command]
fn painted() {
    eprintln!("painted");
}
