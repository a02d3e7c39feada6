/// Every command that the page may call; nothing else is callable (`build.rs` tells Tauri, and a test holds
/// the handlers against this list).
pub(crate) const COMMANDS: &[&str] = &[
    "gate_check",
    "painted",
    "set_theme",
    "network",
    "set_network",
    "copy_secret",
    "session_resume",
    "sign_in_password",
    "sign_in_enrolment",
    "sign_in_confirm",
    "sign_in_code",
    "sign_in_cancel",
    "sign_out",
    "projects",
    "project_open",
    "project_sketch",
    "layer",
    "quit",
];
