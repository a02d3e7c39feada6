//! What somebody who may change this computer does where a person's own folder cannot hold programs.

/// The command that brings this computer's package of Polder up to date, by `/etc/os-release`
/// (<https://www.freedesktop.org/software/systemd/man/os-release.html>). None for systems whose packages Polder does not
/// come as.
pub fn package_command(os_release: &str) -> Option<&'static str> {
    let value = |key: &str| {
        let line = os_release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))?;
        Some(line.trim().trim_matches(|c| c == '"' || c == '\''))
    };
    let names = [value("ID"), value("ID_LIKE")].into_iter().flatten().flat_map(str::split_whitespace);
    names.into_iter().find_map(|name| match name {
        "debian" | "ubuntu" => Some("sudo apt-get install --only-upgrade polder"),
        "fedora" | "rhel" | "centos" => Some("sudo dnf upgrade polder"),
        "suse" | "opensuse" | "sles" => Some("sudo zypper update polder"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_family_of_systems_has_its_command_and_others_have_none() {
        let command =
            |text: &str| package_command(text).unwrap_or_default().split(' ').nth(1).unwrap_or_default();
        assert_eq!(command("NAME=\"Debian\"\nID=debian\n"), "apt-get");
        assert_eq!(command("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"), "apt-get");
        assert_eq!(command("ID=\"rocky\"\nID_LIKE='rhel centos fedora'"), "dnf");
        assert_eq!(command("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n"), "zypper");
        for none in ["", "ID=nixos", "VERSION_ID=debian", "ID", "ID_LIKE="] {
            assert_eq!(package_command(none), None, "{none}");
        }
    }
}
