use std::fs::File;
use std::io::{self, BufRead, BufReader, Write as _};

use zeroize::Zeroizing;

use super::fault::CliFault;
use super::{PassphraseArgs, say};

/// The shortest passphrase that a new key is sealed with, in characters.
const SHORTEST: usize = 12;

/// Where passphrases come from: the terminal, without echo, or the lines of a file descriptor.
pub(crate) struct Passphrases {
    lines: Option<Box<dyn BufRead>>,
}

impl Passphrases {
    pub(crate) fn new(args: &PassphraseArgs) -> Result<Self, CliFault> {
        let lines = args.passphrase_fd.map(descriptor).transpose().map_err(CliFault::NoPassphrase)?;
        Ok(Self { lines })
    }

    /// Of a key that is there.
    pub(crate) fn of(&mut self, key: &str) -> Result<Zeroizing<String>, CliFault> {
        match &mut self.lines {
            Some(lines) => line(lines.as_mut()),
            None => hidden(&format!("Passphrase of {key}: ")),
        }
    }

    /// For a new key: on the terminal, asked twice.
    pub(crate) fn new_one(&mut self, key: &str) -> Result<Zeroizing<String>, CliFault> {
        let passphrase = match &mut self.lines {
            Some(lines) => line(lines.as_mut())?,
            None => {
                let first = hidden(&format!("New passphrase for {key}: "))?;
                if first.as_str() != hidden("The same again: ")?.as_str() {
                    return Err(CliFault::Differ);
                }
                first
            }
        };
        if passphrase.chars().count() < SHORTEST { Err(CliFault::Short) } else { Ok(passphrase) }
    }
}

/// Shows a text and asks for its word; with `read`, the SHA-256 of a text that was read before, only compares.
pub(crate) fn confirm(text: &str, sha256: &str, word: &str, read: Option<&str>) -> Result<(), CliFault> {
    say(text)?;
    if let Some(read) = read {
        let (read, shown) = (read.to_owned(), sha256.to_owned());
        return if read == shown { Ok(()) } else { Err(CliFault::OtherShown { read, shown }) };
    }
    write!(io::stdout(), "Compare what is above with what you know. To sign it, type {word}\n> ")
        .and_then(|()| io::stdout().flush())
        .map_err(CliFault::Output)?;
    let mut typed = String::new();
    io::stdin().lock().read_line(&mut typed).map_err(CliFault::NoPassphrase)?;
    if typed.trim() == word { Ok(()) } else { Err(CliFault::OtherWord) }
}

fn hidden(prompt: &str) -> Result<Zeroizing<String>, CliFault> {
    rpassword::prompt_password(prompt).map(Zeroizing::new).map_err(CliFault::NoPassphrase)
}

fn line(lines: &mut dyn BufRead) -> Result<Zeroizing<String>, CliFault> {
    let mut line = Zeroizing::new(String::new());
    if lines.read_line(&mut line).map_err(CliFault::NoPassphrase)? == 0 {
        return Err(CliFault::NoPassphrase(io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}

fn descriptor(number: u32) -> io::Result<Box<dyn BufRead>> {
    if number == 0 {
        return Ok(Box::new(io::stdin().lock()));
    }
    #[cfg(unix)]
    return Ok(Box::new(BufReader::new(File::open(format!("/dev/fd/{number}"))?)));
    #[cfg(not(unix))]
    Err(io::Error::new(io::ErrorKind::Unsupported, "only standard input (0) can be read here"))
}
