//! What a client cannot start without: the system's web view. This launcher does not need it, so it can say what is
//! missing instead of the loader, whose message nobody sees who double-clicked.

/// What a program ends with whose libraries are not all there: the loader's own code (ld.so, `_dl_fatal_printf`).
const NOT_LOADED: u8 = 127;
/// The client's. It brings all others that the client needs.
const WEB_VIEW: &str = "libwebkit2gtk-4.1.so.0";

/// Whether a program that ended with this code was never loaded, because there is no web view.
pub(super) fn is_web_view(code: u8) -> bool {
    code == NOT_LOADED && !loads(WEB_VIEW)
}

/// What installs it, by the system's own description (os-release(5)): the command for whoever looks after it. None for
/// one that says nothing that is known.
pub(super) fn command(os_release: &str) -> Option<&'static str> {
    let value = |name: &str| {
        let line = os_release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_default().trim_matches(['"', '\''])
    };
    let mut names = value("ID").split_whitespace().chain(value("ID_LIKE").split_whitespace());
    names.find_map(|name| match name {
        "debian" | "ubuntu" => Some("sudo apt install libwebkit2gtk-4.1-0"),
        "fedora" | "rhel" => Some("sudo dnf install webkit2gtk4.1"),
        "suse" | "opensuse" | "opensuse-leap" | "opensuse-tumbleweed" => {
            Some("sudo zypper install libwebkit2gtk-4_1-0")
        }
        "arch" => Some("sudo pacman -S webkit2gtk-4.1"),
        _ => None,
    })
}

/// What to say to whoever lacks it, and to their log.
pub(super) fn words(language: &str, install: Option<&str>) -> String {
    let (what, ask, kind) = if language.starts_with("nl") {
        (
            "Polder kan niet starten: op deze computer ontbreekt WebKitGTK 4.1, waarmee Polder zijn venster tekent.",
            "Installeer het, of vraag wie deze computer beheert:",
            "het pakket met libwebkit2gtk-4.1.so.0",
        )
    } else {
        (
            "Polder cannot be started: this computer lacks WebKitGTK 4.1, with which Polder draws its window.",
            "Install it, or ask who looks after this computer:",
            "the package with libwebkit2gtk-4.1.so.0",
        )
    };
    format!("{what} {ask} {}", install.unwrap_or(kind))
}

#[allow(unsafe_code, reason = "a library runs code when it is loaded")]
fn loads(library: &str) -> bool {
    // SAFETY: a library of the system's, which the client would have loaded a moment ago. It stays until this program
    // ends: not every library bears to be unloaded.
    let loaded = unsafe { libloading::Library::new(library) };
    loaded.map(std::mem::forget).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_lacks_the_web_view_reads_what_to_install() {
        let install = Some("sudo apt install it");
        for language in ["nl_NL", "C"] {
            let said = words(language, install);
            assert!(said.contains("WebKitGTK 4.1") && said.ends_with("sudo apt install it"), "{said}");
            assert!(words(language, None).contains("libwebkit2gtk-4.1.so.0"));
        }
        assert_ne!(words("nl", None), words("en", None));
    }

    #[test]
    fn only_what_was_never_loaded_lacks_a_library() {
        assert!(!is_web_view(0) && !is_web_view(1) && !is_web_view(139));
        assert!(!loads("libnobody-has-this.so.0"));
        assert!(loads("libc.so.6"));
    }

    #[test]
    fn each_family_of_systems_is_told_its_own_command() {
        for (description, says) in [
            ("NAME=\"Debian GNU/Linux\"\nID=debian\n", "apt install libwebkit2gtk-4.1-0"),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", "apt install"),
            ("ID=fedora\n", "dnf install webkit2gtk4.1"),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", "dnf install"),
            ("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n", "zypper install libwebkit2gtk-4_1-0"),
            ("ID=manjaro\nID_LIKE=arch\n", "pacman -S webkit2gtk-4.1"),
        ] {
            assert!(command(description).is_some_and(|command| command.contains(says)), "{description}");
        }
        assert_eq!(command("ID=slackware\nVERSION_ID=15\n"), None);
        assert_eq!(command(""), None);
    }
}
