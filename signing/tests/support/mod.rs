//! A desk with the built program, and people who type.

#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]
#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_polder-release");
pub const PASSPHRASE: &str = "correct horse battery staple";
/// Keys whose passphrases cost nothing to try.
pub const QUICK: &str = "--insecure-quick-for-tests";
pub const SYSTEM: &str = "linux-x86_64";
pub const PIN_A: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
pub const PIN_B: &str = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=";
pub const DAY: i64 = 24 * 60 * 60;

/// A folder that commands run in, and the time that they go by.
pub struct Desk {
    folder: tempfile::TempDir,
    pub now: i64,
}

impl Desk {
    pub fn new() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let now = i64::try_from(since.as_secs()).unwrap();
        Self { folder: tempfile::tempdir().unwrap(), now }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn at(&self) -> String {
        format!("--at {}", jiff::Timestamp::from_second(self.now).unwrap())
    }

    /// Runs a line in a shell that finds the built program by name.
    pub fn shell(&self, line: &str, typed: &str) -> Output {
        let folder = Path::new(PROGRAM).parent().unwrap().display().to_string();
        let path = format!("{folder}:{}", std::env::var("PATH").unwrap());
        let mut command = Command::new("sh");
        command.args(["-c", line]).env("PATH", path).current_dir(self.folder.path());
        finish(start(&mut command), typed)
    }

    /// Starts the program with the words of a line.
    pub fn start(&self, line: &str) -> Child {
        let mut command = Command::new(PROGRAM);
        command.args(self.at().split(' ')).args(line.split_whitespace()).current_dir(self.folder.path());
        start(&mut command)
    }

    /// Runs the program with the words of a line, a minute later.
    pub fn run(&mut self, line: &str) -> Output {
        self.now += 60;
        finish(self.start(line), "")
    }

    /// The same, with passphrases typed.
    pub fn typing(&mut self, line: &str) -> Output {
        self.now += 60;
        let line = format!("{line} --passphrase-fd 0");
        finish(self.start(&line), &format!("{PASSPHRASE}\n").repeat(4))
    }

    /// Must succeed.
    pub fn good(&mut self, line: &str) -> String {
        let out = self.run(line);
        assert!(out.status.success(), "{line}\n{}", text(&out));
        text(&out)
    }

    /// Must succeed.
    pub fn good_typing(&mut self, line: &str) -> String {
        let out = self.typing(line);
        assert!(out.status.success(), "{line}\n{}", text(&out));
        text(&out)
    }

    /// Must be refused, with these words.
    pub fn refused(&mut self, line: &str, words: &str) {
        let out = self.typing(line);
        assert_eq!(out.status.code(), Some(1), "{line}\n{}", text(&out));
        assert!(text(&out).contains(words), "{line}\n{}", text(&out));
    }

    /// Signs a proposal as a person does: reads, then signs what was read.
    pub fn sign(&mut self, proposal: &str, key: &str) -> Output {
        let root = if self.path("repo/metadata/1.root.json").exists() {
            "--root repo/metadata/1.root.json"
        } else {
            ""
        };
        let out = self.run(&format!("show {proposal} {root}"));
        assert!(out.status.success(), "{}", text(&out));
        let read = shown(&out);
        self.typing(&format!("sign {proposal} {root} --key {key} --yes-i-read {read}"))
    }

    pub fn signed(&mut self, proposal: &str, keys: &[&str]) {
        for key in keys {
            let out = self.sign(proposal, key);
            assert!(out.status.success(), "{}", text(&out));
        }
    }

    /// Keys for everybody and the first root, published.
    pub fn with_root() -> Self {
        let mut desk = Self::new();
        let keys = [
            ("root", "anna"),
            ("root", "bram"),
            ("root", "chris"),
            ("targets", "dora"),
            ("targets", "emma"),
            ("snapshot", "online"),
            ("timestamp", "online"),
            ("minisign", "mia"),
        ];
        for (role, holder) in keys {
            desk.good_typing(&format!("keys make {role} {holder} --out keys {QUICK}"));
        }
        let public: Vec<_> =
            keys[..7].iter().map(|(role, holder)| format!("--pub keys/{role}-{holder}.pub")).collect();
        desk.good(&format!("root make {} --out root.proposal", public.join(" ")));
        desk.signed("root.proposal", &["keys/root-anna.key", "keys/root-bram.key"]);
        desk.good("publish repo root.proposal");
        desk
    }

    /// A program to release.
    pub fn program(&self, version: &str, bytes: &[u8]) -> String {
        let name = format!("polder-{version}");
        fs::write(self.path(&name), bytes).unwrap();
        name
    }

    /// Adds a release to `draft`, with the minisign holder's key.
    pub fn add(&mut self, version: &str, bytes: &[u8]) -> String {
        let program = self.program(version, bytes);
        let line = format!(
            "release add draft --repo repo --version {version} --system {SYSTEM} --program {program}"
        );
        let out = self.run(&line);
        assert!(out.status.success(), "{}", text(&out));
        let read = shown(&out);
        self.good_typing(&format!("{line} --key keys/minisign-mia.key --yes-i-read {read}"))
    }

    /// Proposes the draft and has both targets holders sign it.
    pub fn propose(&mut self, out: &str) {
        self.good(&format!("propose draft --repo repo --out {out}"));
        self.signed(out, &["keys/targets-dora.key", "keys/targets-emma.key"]);
    }

    pub fn publish(&mut self, proposal: &str) -> String {
        let line = publish(proposal);
        self.good_typing(&line)
    }

    /// One release, from program to readers.
    pub fn release(&mut self, version: &str, bytes: &[u8]) {
        self.add(version, bytes);
        let first = if self.path("repo/metadata/timestamp.json").exists() {
            String::new()
        } else {
            format!("--min-version {version} --serving-pin {PIN_A}")
        };
        self.good(&format!("policy set draft --repo repo --newest {SYSTEM}={version} {first}"));
        let proposal = format!("{version}.proposal");
        self.propose(&proposal);
        self.publish(&proposal);
        fs::remove_dir_all(self.path("draft")).unwrap();
    }

    pub fn check(&mut self) -> Output {
        self.run("check repo --root repo/metadata/1.root.json --minisign keys/minisign-mia.pub")
    }
}

/// The command line that publishes a proposal with the draft's files.
pub fn publish(proposal: &str) -> String {
    format!(
        "publish repo {proposal} --draft draft --minisign keys/minisign-mia.pub \
         --snapshot-key keys/snapshot-online.key --timestamp-key keys/timestamp-online.key"
    )
}

/// The SHA-256 that `show` ends with.
pub fn shown(out: &Output) -> String {
    let text = text(out);
    let line = text.lines().find_map(|line| line.strip_prefix("SHA-256 of what is shown: "));
    line.unwrap_or_else(|| panic!("nothing was shown:\n{text}")).to_owned()
}

/// What it said, on both ways out.
pub fn text(out: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
}

/// Bytes that no packer makes smaller.
pub fn noise(length: usize, mut seed: u64) -> Vec<u8> {
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed.to_le_bytes()[3]
    };
    (0..length).map(|_| next()).collect()
}

pub fn start(command: &mut Command) -> Child {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

pub fn finish(mut child: Child, typed: &str) -> Output {
    // Who asks for nothing has closed its end, maybe; that is no matter here.
    let _unread = child.stdin.take().unwrap().write_all(typed.as_bytes());
    child.wait_with_output().unwrap()
}
