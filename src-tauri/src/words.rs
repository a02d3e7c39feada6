//! What people are told where there is no page to say it in. The words stand with all others, in Fluent; these few have
//! neither variables nor more than one line, so looking one up is all there is to it.

const ENGLISH: &str = include_str!("../../ui/src/lib/fluent/window.en.ftl");
const DUTCH: &str = include_str!("../../ui/src/lib/fluent/window.nl.ftl");

/// What there is to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// The window stays empty, and the next start draws it in another way.
    WindowEmpty,
    /// It stays empty in every way that is known.
    WindowEmptyForGood,
}

/// In the language that the person's computer speaks: the page, which knows what they chose, is not there.
pub(crate) fn of_this_person(word: Word) -> &'static str {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    of(word, &set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG")).unwrap_or_default())
}

fn of(word: Word, language: &str) -> &'static str {
    let text = if language.starts_with("nl") { DUTCH } else { ENGLISH };
    let lines = text.lines().filter_map(|line| line.split_once(" = "));
    // A test asks for each of them in each language.
    lines.into_iter().find_map(|(name, said)| (name == word.name()).then_some(said)).unwrap_or_default()
}

impl Word {
    fn name(self) -> &'static str {
        match self {
            Self::WindowEmpty => "window-empty",
            Self::WindowEmptyForGood => "window-empty-for-good",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_there_in_each_language_and_differs() {
        for word in [Word::WindowEmpty, Word::WindowEmptyForGood] {
            let [english, dutch] = ["C", "nl_NL.UTF-8"].map(|language| of(word, language));
            assert!(english.contains("Polder") && dutch.contains("Polder"), "{word:?}");
            assert_ne!(english, dutch);
            assert!(![english, dutch].iter().any(|said| said.contains('{')), "a variable: {word:?}");
        }
    }
}
