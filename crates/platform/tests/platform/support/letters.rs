use polder_platform::{mail, password};

use super::Stage;

/// A letter as it lies in the folder.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) kind: String,
    /// The whole message, head and body.
    pub(crate) text: String,
}

impl Letter {
    /// The code that it brings, as it is typed.
    pub(crate) fn code(&self) -> String {
        code_in(&self.text).unwrap_or_else(|| panic!("no code in {self:?}"))
    }

    pub(crate) fn is_to(&self, email: &str) -> bool {
        self.text.lines().any(|line| line == format!("To: {email}"))
    }
}

/// The line that looks like one of our codes.
pub(crate) fn code_in(text: &str) -> Option<String> {
    let found = text.lines().map(str::trim).find(|line| {
        let groups: Vec<_> = line.split('-').collect();
        groups.len() == 4 && groups.iter().all(|group| group.len() == 5 && group.is_ascii())
    });
    found.map(str::to_owned)
}

impl Stage {
    /// Does what the platform's task does, once, and answers all letters that have left by now, oldest first.
    pub(crate) async fn letters(&self) -> Vec<Letter> {
        while password::answer_requests(&self.app).await.unwrap() > 0 {}
        mail::deliver_due(&self.app).await.unwrap();
        self.delivered()
    }

    /// The letters in the folder.
    pub(crate) fn delivered(&self) -> Vec<Letter> {
        let folder = self.folder.path().join("mail");
        let mut files: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        // By when they were written: the clock in their names stands still.
        files.sort_by_key(|path| std::fs::metadata(path).unwrap().modified().unwrap());
        let read = |path: std::path::PathBuf| {
            let name = path.file_name().unwrap().to_str().unwrap();
            let name = name.strip_suffix(".eml").unwrap_or_else(|| panic!("{name} is no letter"));
            let (_, rest) = name.split_once('-').unwrap();
            let kind = rest.rsplit_once('-').unwrap().0.to_owned();
            Letter { kind, text: std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n") }
        };
        files.into_iter().map(read).collect()
    }

    /// The newest letter of a kind to somebody.
    pub(crate) async fn letter(&self, kind: &str, email: &str) -> Letter {
        let letters = self.letters().await;
        let found = letters.iter().rev().find(|letter| letter.kind == kind && letter.is_to(email));
        found.unwrap_or_else(|| panic!("no {kind} to {email} among {letters:?}")).clone()
    }
}
