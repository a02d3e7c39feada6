//! The commands that the page may call. Each is a few lines: take the stage that it needs, ask the client,
//! answer in the page's types.

mod clipboard;
mod gate;
mod network;
mod password;
mod people;
mod projects;
mod second_step;
mod session;
mod sign_in;
mod types;
mod update;
mod window;

pub(crate) use clipboard::{SecretClipboard, forget_secret};
pub(crate) use sign_in::resume;
use tauri::Wry;
use tauri::ipc::Invoke;
pub(crate) use types::{Failure, Resumed};
pub(crate) use update::{Update, UpdateState};

#[cfg(test)]
include!("../../commands.rs");

pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        gate::gate_check,
        gate::import_update,
        update::update_watch,
        update::update_pause,
        update::restart,
        update::whats_new,
        update::whats_new_seen,
        window::quit,
        window::painted,
        window::set_theme,
        window::simpler_drawing,
        window::simpler_drawing_seen,
        network::network,
        network::set_network,
        clipboard::copy_secret,
        sign_in::session_resume,
        sign_in::sign_in_password,
        sign_in::sign_in_enrolment,
        sign_in::sign_in_confirm,
        sign_in::sign_in_code,
        sign_in::sign_in_recover,
        second_step::second_step,
        second_step::second_step_prepare,
        second_step::second_step_replace,
        second_step::second_step_remove,
        second_step::recovery_codes_renew,
        sign_in::sign_in_cancel,
        sign_in::sign_out,
        session::session_watch,
        session::devices,
        session::end_device,
        session::end_other_devices,
        session::prove,
        session::lock,
        session::unlock,
        session::stirred,
        session::lock_settings,
        session::set_lock,
        password::password_forgotten,
        password::password_code,
        password::password_strength,
        password::password_set,
        password::password_rules,
        password::password_change,
        people::people,
        people::person_add,
        people::person_letter,
        people::person_unlock,
        people::person_logins,
        people::person_second_step,
        projects::projects,
        projects::project_open,
        projects::project_sketch,
        projects::layer,
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::COMMANDS;

    /// The handlers stand in this file's text, the grants in the capability's.
    #[test]
    fn handlers_grants_and_the_list_of_commands_are_the_same() {
        let listed: BTreeSet<String> = COMMANDS.iter().map(|&name| name.to_owned()).collect();
        let source = include_str!("mod.rs");
        let (_, handlers) = source.split_once("generate_handler![").unwrap();
        let (handlers, _) = handlers.split_once(']').unwrap();
        let handled: BTreeSet<String> = handlers
            .split(',')
            .filter_map(|path| path.trim().rsplit_once("::").map(|(_, name)| name.to_owned()))
            .collect();
        assert_eq!(handled, listed);

        let capability: serde_json::Value =
            serde_json::from_str(include_str!("../../capabilities/main.json")).unwrap();
        let granted: BTreeSet<String> = capability["permissions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap().strip_prefix("allow-").unwrap().replace('-', "_"))
            .collect();
        assert_eq!(granted, listed, "nothing but Polder's own commands is granted");
    }
}
