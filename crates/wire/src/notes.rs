use serde::{Deserialize, Serialize};

/// `notes.json` of a release ([`crate::update::notes_target`]): what is new, in plain text; empty lines part paragraphs.
/// One that reads has something to say in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Notes {
    schema: u32,
    /// In English.
    pub en: String,
    /// In Dutch.
    pub nl: String,
}

/// As it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    schema: u32,
    en: String,
    nl: String,
}

impl TryFrom<Written> for Notes {
    type Error = &'static str;

    fn try_from(Written { schema, en, nl }: Written) -> Result<Self, Self::Error> {
        let said = |text: &str| !text.trim().is_empty() && text.chars().all(|c| c == '\n' || !c.is_control());
        if schema == 1 && said(&en) && said(&nl) {
            Ok(Self { schema, en, nl })
        } else {
            Err("these are no notes in both languages")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_text_in_both_languages() {
        let read = |text: &str| serde_json::from_str::<Notes>(text);
        assert!(read(r#"{"schema":1,"en":"New.\n\nMore.","nl":"Nieuw."}"#).is_ok());
        for wrong in [
            r#"{"schema":1,"en":"New."}"#,
            r#"{"schema":1,"en":"New.","nl":" "}"#,
            r#"{"schema":2,"en":"New.","nl":"Nieuw."}"#,
            r#"{"schema":1,"en":"New.","nl":"Nieuw.","de":"Neu."}"#,
            "{\"schema\":1,\"en\":\"\\u001b[31mNew.\",\"nl\":\"Nieuw.\"}",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
