//! Polder's desktop shell. The only crate that names Tauri: it hardens the process, opens the one window and
//! passes calls from the page to [`polder_client`].

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod ahead;
mod appearance;
mod away;
mod deployment;
mod drawing;
#[cfg(unix)]
mod ending;
mod hardening;
mod head_start;
mod instance;
mod ipc;
mod live;
mod locking;
mod news;
mod own_file;
mod shell;
mod slot;
mod window;
mod words;

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::sync::Arc;

use tauri::Manager as _;
use tracing_subscriber::EnvFilter;

use ahead::Ahead;
use appearance::Kept;
use drawing::Drawing;
use head_start::HeadStart;
use instance::Instance;
use ipc::SecretClipboard;
use live::Live;
use locking::Locking;
use news::Told;
use shell::Shell;

/// Takes no arguments: what is given is not looked at.
fn main() -> ExitCode {
    // Before anything else runs, and while there is one thread.
    let shortfalls = hardening::harden();
    log();
    for hardening::Shortfall { what, error } in shortfalls {
        tracing::warn!(%error, what, "cannot be forbidden");
    }
    let context = tauri::generate_context!();
    let data = match deployment::data_folder(&context.config().identifier) {
        Ok(data) => data,
        Err(error) => {
            tracing::error!(%error, "there is no place for this person's data");
            return ExitCode::FAILURE;
        }
    };
    let first = match Instance::in_folder(&data) {
        Ok(Instance::First(first)) => Some(first),
        Ok(Instance::Second) => {
            tracing::info!("Polder runs already");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            // The gate will say what is wrong with the folder, and what to do.
            tracing::warn!(%error, "nobody can tell whether Polder runs already");
            None
        }
    };
    // Still one thread.
    #[cfg(unix)]
    let signals = ending::asked();
    let drawing = Arc::new(Drawing::begin(&data));
    #[cfg(unix)]
    ending::end_when_asked(signals, &drawing);
    let builder = tauri::Builder::default().manage(drawing);
    #[cfg(target_os = "macos")]
    let builder = builder.on_web_content_process_terminate(|_| drawing::page_ended());
    let app = builder
        .invoke_handler(ipc::handler())
        .setup(move |app| {
            if let Some(mut first) = first {
                window::show_when_knocked(app.handle(), &mut first);
                app.manage(first);
            }
            let handle = app.handle().clone();
            let shell = Shell::new(deployment::embedded(), &data);
            app.manage(Told::in_folder(&data, shell.version()));
            app.manage(Ahead::new());
            app.manage(Live::default());
            app.manage(Locking::in_folder(&data));
            app.manage(shell.watched(move |stage| {
                window::protect(&handle, stage.asks_for_secrets());
                handle.state::<Live>().follow(&handle, stage.whose());
            }));
            Locking::begin(app.handle());
            app.manage(SecretClipboard::default());
            app.manage(HeadStart::default());
            HeadStart::begin(app.handle());
            let handle = app.handle().clone();
            match away::watch(move |away| locking::told(&handle, away)) {
                Ok(watch) => drop(app.manage(watch)),
                Err(error) => tracing::warn!(%error, "nobody tells when the screen is locked"),
            }
            let kept = Kept::in_folder(&data);
            // Apart: the web process keeps files of its own choosing.
            let window = window::open(app, data.join("webview"), kept.read())?;
            app.manage(kept);
            Drawing::watch(app.handle(), &window);
            Ok(())
        })
        .build(context);
    match app {
        Ok(app) => {
            // It ends the process with the code that was asked for.
            app.run(|app, event| {
                if let tauri::RunEvent::Exit = event {
                    app.state::<Arc<Drawing>>().ending();
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the window could not be opened");
            ExitCode::FAILURE
        }
    }
}

/// Standard error, without secrets: what is logged are codes, ids and causes.
fn log() {
    let filter = EnvFilter::new("warn,polder_client=info,polder_desktop=info");
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
}
