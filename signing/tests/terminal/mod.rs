//! The program on a terminal of its own (`script` makes it), and somebody who types when asked.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use crate::support::{Desk, PROGRAM};

pub(crate) struct Terminal {
    child: Child,
    said: Arc<(Mutex<String>, Condvar)>,
    reader: std::thread::JoinHandle<()>,
}

impl Terminal {
    pub(crate) fn start(desk: &Desk, line: &str) -> Self {
        // The terminal's name comes first, so that its echo can be asked for.
        let line = format!("tty; exec {PROGRAM} {} {line}", desk.at());
        let mut child = Command::new("script")
            .args(["-qec", &line, "/dev/null"])
            .current_dir(desk.path(""))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = child.stdout.take().unwrap();
        let said = Arc::new((Mutex::new(String::new()), Condvar::new()));
        let heard = Arc::clone(&said);
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = out.read(&mut buffer) {
                heard.0.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..read]));
                heard.1.notify_all();
            }
        });
        Self { child, said, reader }
    }

    /// Types once it was asked for.
    pub(crate) fn type_shown(&mut self, prompt: &str, typed: &str) {
        self.wait_for(prompt);
        self.type_line(typed);
    }

    /// Types once it was asked for and the terminal does not echo.
    pub(crate) fn type_hidden(&mut self, prompt: &str, typed: &str) {
        let said = self.wait_for(prompt);
        let tty = said.lines().next().unwrap().trim();
        let echoes = || {
            let out = Command::new("stty").args(["-a", "-F", tty]).output().unwrap();
            assert!(out.status.success(), "{out:?}");
            !String::from_utf8(out.stdout).unwrap().split_whitespace().any(|word| word == "-echo")
        };
        while echoes() {
            std::thread::yield_now();
        }
        self.type_line(typed);
    }

    /// Whether it ended well, and everything that stood on the terminal.
    pub(crate) fn end(mut self) -> (bool, String) {
        let ended = self.child.wait().unwrap();
        drop(self.child.stdin.take());
        self.reader.join().unwrap();
        (ended.success(), self.said.0.lock().unwrap().clone())
    }

    fn wait_for(&self, words: &str) -> String {
        let said = self.said.0.lock().unwrap();
        let missing = |said: &mut String| !said.contains(words);
        let (said, late) = self.said.1.wait_timeout_while(said, Duration::from_secs(60), missing).unwrap();
        assert!(!late.timed_out(), "{words} was not said:\n{said}");
        said.clone()
    }

    fn type_line(&mut self, typed: &str) {
        let stdin = self.child.stdin.as_mut().unwrap();
        writeln!(stdin, "{typed}").and_then(|()| stdin.flush()).unwrap();
    }
}
