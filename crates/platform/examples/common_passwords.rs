//! Makes `common.bin` out of a list of passwords, one a line, on standard input.

use std::collections::BTreeSet;
use std::io::{BufRead, Write};

use polder_platform::password::common;

fn main() -> std::io::Result<()> {
    let mut entries = BTreeSet::new();
    for line in std::io::stdin().lock().split(b'\n') {
        // A few lines of such lists are no UTF-8; nobody can type them.
        if let Ok(text) = String::from_utf8(line?) {
            entries.extend(common::entry_if_long_enough(text.trim_end_matches('\r')));
        }
    }
    let mut out = std::io::stdout().lock();
    entries.iter().try_for_each(|entry| out.write_all(entry))?;
    out.flush()
}
