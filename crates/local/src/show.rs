use polder_local::{Accounts, LocalError};
use polder_wire::UnixSeconds;
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

/// Prints who can sign in, each second step as a QR and as the code of this moment.
pub(crate) fn accounts(
    accounts: &Accounts,
    now: UnixSeconds,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    println!("\nWho can sign in");
    for account in accounts.all() {
        println!("\n  {} ({})", account.name, account.role);
        println!("    e-mail     {}", account.email);
        println!("    password   {}", account.password);
        match (&account.totp, account.otpauth()) {
            (Some(key), Some(uri)) => {
                let left = 30 - now.0.rem_euclid(30);
                println!("    code       {}  (for {left} s; key {key})", account.code(now)?);
                println!("{}", qr(&uri)?);
            }
            _ => println!(
                "    code       none yet: Polder asks to set up the second step at the first sign-in"
            ),
        }
    }
    Ok(())
}

/// Dark on light whatever the terminal's colours are.
fn qr(text: &str) -> Result<String, LocalError> {
    let code = QrCode::new(text).map_err(|_| LocalError::NoTotpKey)?;
    // The renderer draws light modules as blocks; black on white is set around each line.
    let drawn = code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build();
    Ok(drawn
        .lines()
        .map(|line| format!("      \x1b[38;5;231;48;5;16m{line}\x1b[0m"))
        .collect::<Vec<_>>()
        .join("\n"))
}
