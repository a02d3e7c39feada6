//! Polder's desktop shell. The only crate that names Tauri: it hardens the process, opens the one window and
//! passes calls from the page to [`polder_client`].

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod ahead;
mod appearance;
mod deployment;
mod hardening;
mod head_start;
mod instance;
mod ipc;
mod live;
mod locking;
mod news;
mod shell;
mod slot;
mod window;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use tauri::Manager as _;
use tracing_subscriber::EnvFilter;

use ahead::Ahead;
use appearance::Kept;
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
    let Some(data) = deployment::data_folder(&context.config().identifier) else {
        tracing::error!("the system knows no home folder for this person");
        return ExitCode::FAILURE;
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
    let app = tauri::Builder::default()
        .invoke_handler(ipc::handler())
        .setup(move |app| {
            if let Some(first) = first {
                #[cfg(unix)]
                window::show_when_knocked(app.handle(), &first);
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
            let kept = Kept::in_folder(&data);
            // Apart: the web process keeps files of its own choosing.
            window::open(app, data.join("webview"), kept.read())?;
            app.manage(kept);
            Ok(())
        })
        .run(context);
    match app {
        Ok(()) => ExitCode::SUCCESS,
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
