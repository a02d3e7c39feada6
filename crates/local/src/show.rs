//! What a person reads in the terminal.

use polder_local::{Account, Accounts, LocalError, code_of};
use polder_wire::UnixSeconds;
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

/// Half a minute (RFC 6238).
const STEP: i64 = 30;

/// Who can sign in, in a table with the codes of this moment.
///
/// # Errors
/// When an account's key is none.
pub(crate) fn accounts(accounts: &Accounts, now: UnixSeconds) -> Result<String, LocalError> {
    let left = STEP - now.0.rem_euclid(STEP);
    let head = ["name", "role", "e-mail", "password", "code now", "then"].map(str::to_owned);
    let mut rows = vec![head];
    for account in accounts.all() {
        let (code, then) = match &account.totp {
            Some(key) => (code_of(key, now)?, code_of(key, now.plus(STEP))?),
            None => ("none yet".to_owned(), "asked for at the first sign-in".to_owned()),
        };
        let [name, role, email, password] =
            [&account.name, &account.role, &account.email, &account.password].map(Clone::clone);
        rows.push([name, role, email, password, code, then]);
    }
    let widths: [usize; 6] =
        std::array::from_fn(|i| rows.iter().map(|row| row[i].chars().count()).max().unwrap_or_default());
    let lines = rows.iter().map(|row| {
        let cells: Vec<_> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        format!("  {}", cells.join("  ").trim_end())
    });
    let lines: Vec<_> = lines.collect();
    let others = "Joris is in another domain and sees none of Helsinki.";
    Ok(format!("Who can sign in (\"code now\" lasts {left} s more)\n{}\n  {others}", lines.join("\n")))
}

/// Every second step that is set up, as a QR for an authenticator.
///
/// # Errors
/// When an account's key does not fit into a QR.
pub(crate) fn second_steps(accounts: &Accounts) -> Result<String, LocalError> {
    let enrolled = accounts.all().into_iter().filter_map(|account| Some((account, account.otpauth()?)));
    let blocks: Result<Vec<_>, LocalError> = enrolled.map(|(account, uri)| block(account, &uri)).collect();
    Ok(blocks?.join("\n\n"))
}

fn block(account: &Account, uri: &str) -> Result<String, LocalError> {
    let key = account.totp.as_deref().unwrap_or_default();
    Ok(format!("  {} ({}), key {key}\n{}", account.name, account.role, qr(uri)?))
}

/// Dark on light whatever the terminal's colours are.
fn qr(text: &str) -> Result<String, LocalError> {
    // The lowest level of repair makes it small; a screen has no stains.
    let code = QrCode::with_error_correction_level(text, EcLevel::L).map_err(|_| LocalError::NoTotpKey)?;
    // What is drawn are the light squares, in white on black, whose contrast the terminal's theme cannot change.
    let drawn = code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build();
    let line = |line| format!("    \x1b[38;5;231;48;5;16m{line}\x1b[0m");
    Ok(drawn.lines().map(line).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str, totp: Option<&str>) -> Account {
        Account {
            name: name.to_owned(),
            email: format!("{}@hel.example", name.to_lowercase()),
            role: "editor".to_owned(),
            password: "one-two".to_owned(),
            totp: totp.map(str::to_owned),
        }
    }

    fn everybody() -> Accounts {
        let key = Some("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        Accounts {
            manager: account("Leena", key),
            editor: account("Aino", key),
            viewer: account("Mikael", key),
            newcomer: account("Mäkinen", None),
            outsider: account("Joris", key),
            project: "p".to_owned(),
            foreign_project: "f".to_owned(),
        }
    }

    #[test]
    fn the_table_shows_the_codes_of_now_and_then_in_straight_columns() {
        let table = accounts(&everybody(), UnixSeconds(59)).unwrap();
        assert!(table.contains("lasts 1 s more"), "{table}");
        // RFC 6238, appendix B, at 59 s, and RFC 4226, appendix D, for the step after it.
        let aino = table.lines().find(|line| line.contains("Aino")).unwrap();
        assert!(aino.ends_with("287082    359152"), "{aino}");
        let column = |name: &str, what: &str| {
            let line = table.lines().find(|line| line.contains(name)).unwrap();
            line[..line.find(what).unwrap()].chars().count()
        };
        assert_eq!(column("Mäkinen", "one-two"), column("Aino", "one-two"));
    }

    #[test]
    fn a_qr_is_dark_on_light_with_a_quiet_zone() {
        let drawn = qr("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ").unwrap();
        let plain = drawn.replace("\x1b[38;5;231;48;5;16m", "").replace("\x1b[0m", "");
        let lines: Vec<Vec<char>> = plain.lines().map(|line| line.chars().skip(4).collect()).collect();
        // Four light squares around it: two full lines, four full columns.
        assert!(lines[0].iter().chain(&lines[1]).all(|&square| square == '█'));
        assert!(lines[..lines.len() - 1].iter().all(|line| line[..4].iter().all(|&square| square == '█')));
        // The finder pattern's upper edge is dark on top, its ring light below.
        assert_eq!(lines[2][4..11].iter().collect::<String>(), " ▄▄▄▄▄ ");
    }

    #[test]
    fn nobody_without_a_second_step_gets_a_qr() {
        let shown = second_steps(&everybody()).unwrap();
        assert!(shown.contains("Leena") && !shown.contains("Mäkinen"));
    }
}
