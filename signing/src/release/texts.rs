use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `notes.json`: what is new, in plain text; empty lines part paragraphs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notes {
    schema: u32,
    /// In English.
    pub en: String,
    /// In Dutch.
    pub nl: String,
}

impl Notes {
    /// Reads the file's bytes; nothing, if they are no notes in both languages.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let notes: Self = serde_json::from_slice(bytes).ok()?;
        let said = |text: &str| !text.trim().is_empty() && text.chars().all(|c| c == '\n' || !c.is_control());
        (notes.schema == 1 && said(&notes.en) && said(&notes.nl)).then_some(notes)
    }
}

/// Whether these bytes are a CycloneDX list of parts.
pub fn is_sbom(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Value>(bytes).is_ok_and(|sbom| sbom["bomFormat"] == "CycloneDX")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_text_in_both_languages() {
        assert!(Notes::parse(br#"{"schema":1,"en":"New.\n\nMore.","nl":"Nieuw."}"#).is_some());
        for wrong in [
            r#"{"schema":1,"en":"New."}"#,
            r#"{"schema":1,"en":"New.","nl":" "}"#,
            r#"{"schema":2,"en":"New.","nl":"Nieuw."}"#,
            r#"{"schema":1,"en":"New.","nl":"Nieuw.","de":"Neu."}"#,
            "{\"schema\":1,\"en\":\"\\u001b[31mNew.\",\"nl\":\"Nieuw.\"}",
        ] {
            assert!(Notes::parse(wrong.as_bytes()).is_none(), "{wrong}");
        }
    }
}
