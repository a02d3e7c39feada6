use polder_wire::UnixSeconds;

use super::{moment, one_line};
use crate::mail::Letter;

pub(super) const MONTHS: [&str; 12] = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
];

const NOT_YOU: &str = "\
Was jij dit niet? Open Polder, kies \"Wachtwoord vergeten?\" en stel een
nieuw wachtwoord in. Vertel het daarna aan een beheerder van je domein.";

const FOOT: &str = "\
In brieven van Polder staat nooit een link, en niemand van Polder vraagt
om je wachtwoord of een code.";

pub(super) fn say(letter: &Letter, at: UnixSeconds) -> (String, String) {
    let at = moment(at, MONTHS);
    let (subject, text) = match letter {
        Letter::FirstPassword { code, domain_name, until } => (
            "De eerste keer aanmelden bij Polder",
            format!(
                "Welkom. Er is een account voor je in Polder, in dit domein:\n\n    {}\n\n\
                 Open Polder, kies \"Ik heb een code\" en typ:\n\n    {}\n\n\
                 Daarna kies je zelf een wachtwoord. De code werkt eenmaal, tot\n{}.\n\n\
                 Is de tijd om? Kies in Polder \"Wachtwoord vergeten?\", dan krijg je een\nnieuwe code.",
                one_line(domain_name),
                code.expose(),
                moment(*until, MONTHS)
            ),
        ),
        Letter::Reset { code, until } => (
            "Je code voor een nieuw wachtwoord",
            format!(
                "Iemand vroeg om een nieuw wachtwoord voor je account in Polder.\n\n\
                 Open Polder, kies \"Ik heb een code\" en typ:\n\n    {}\n\n\
                 De code werkt eenmaal, tot\n{}.\n\n\
                 Was jij dit niet? Doe dan niets: je wachtwoord blijft zoals het is.",
                code.expose(),
                moment(*until, MONTHS)
            ),
        ),
        Letter::PasswordChanged => (
            "Je wachtwoord is gewijzigd",
            format!(
                "Het wachtwoord van je account in Polder is gewijzigd op\n{at}.\n\
                 Op alle andere plaatsen ben je afgemeld.\n\n{NOT_YOU}"
            ),
        ),
        Letter::EmailChanged => (
            "Je e-mailadres is gewijzigd",
            format!(
                "Het e-mailadres van je account in Polder is gewijzigd op\n{at}.\n\
                 Brieven gaan voortaan naar het nieuwe adres; dit is hier de laatste.\n\n\
                 Was jij dit niet? Vertel het meteen aan een beheerder van je domein."
            ),
        ),
        Letter::RecoveryCodeUsed { left } => {
            let left = match left {
                0 => "Er is geen herstelcode meer. Maak nieuwe onder Mijn account.".to_owned(),
                1 => "Er is nog een herstelcode. Maak nieuwe onder Mijn account.".to_owned(),
                _ => format!("Er zijn nog {left} herstelcodes."),
            };
            (
                "Er is een herstelcode gebruikt",
                format!(
                    "Op {at}\nmeldde iemand zich met een herstelcode aan bij je account.\n{left}\n\n{NOT_YOU}"
                ),
            )
        }
        Letter::SignInsLocked { failures, until: None } => (
            "Nieuwe apparaten kunnen zich niet bij je account aanmelden",
            format!(
                "Iemand probeerde zich {failures} keer achter elkaar bij je account aan te\n\
                 melden met een verkeerd wachtwoord of een verkeerde code. Nieuwe apparaten\n\
                 kunnen zich er niet meer bij aanmelden. Op apparaten waar je je eerder\n\
                 aanmeldde, kun je verder werken en je ook aanmelden.\n\n\
                 Kies in Polder \"Wachtwoord vergeten?\" om het voor nieuwe apparaten te\n\
                 openen, of vraag het een beheerder van je domein.\n\
                 Er is niemand binnengekomen."
            ),
        ),
        Letter::SignInsLocked { failures, until: Some(until) } => (
            "Aanmelden kan even niet",
            format!(
                "Iemand probeerde zich {failures} keer bij je account aan te melden met een\n\
                 verkeerd wachtwoord of een verkeerde code. Nieuwe apparaten kunnen zich niet\n\
                 aanmelden tot {}.\n\
                 Waar je bent aangemeld, kun je verder werken.\n\n\
                 Was jij dit? Wacht even, of kies in Polder \"Wachtwoord vergeten?\".\n\
                 Was jij dit niet? Er is niemand binnengekomen. Je hoeft niets te doen.",
                moment(*until, MONTHS)
            ),
        ),
        Letter::SessionEndedByReuse { device } => (
            "Je bent voor je veiligheid afgemeld",
            format!(
                "Op {at}\nis de aanmelding van dit apparaat op twee plaatsen tegelijk gebruikt:\n\n    {}\n\n\
                 Dat kan betekenen dat iemand haar heeft gekopieerd, dus heeft Polder haar\n\
                 beëindigd. Meld je op dat apparaat opnieuw aan. Heb je geen oude kopie ervan\n\
                 teruggezet? Kies dan in Polder \"Wachtwoord vergeten?\" en stel een nieuw\n\
                 wachtwoord in.",
                one_line(device)
            ),
        ),
        Letter::NewDevice { device } => (
            "Een nieuw apparaat is aangemeld",
            format!(
                "Op {at}\nmeldde iemand zich aan op een apparaat dat je account niet kende:\n\n    {}\n\n{NOT_YOU}",
                one_line(device)
            ),
        ),
        Letter::SecondStepChanged => (
            "Je tweede stap is gewijzigd",
            format!(
                "De tweede stap van je account is ingesteld, vervangen of verwijderd op\n{at}.\n\n{NOT_YOU}"
            ),
        ),
        Letter::SecondStepTaken { code, until } => (
            "Je tweede stap is weggenomen: begin opnieuw",
            format!(
                "De tweede stap van je account in Polder is weggenomen, omdat je hem kwijt\n\
                 was. Je wachtwoord is daarmee vervallen, en je bent overal afgemeld.\n\n\
                 Open Polder, kies \"Ik heb een code\" en typ:\n\n    {}\n\n\
                 Daarna kies je een nieuw wachtwoord, en stel je een tweede stap in waar je\n\
                 domein die vraagt. De code werkt eenmaal, tot\n{}.\n\n\
                 Is de tijd om? Kies in Polder \"Wachtwoord vergeten?\", dan krijg je een\nnieuwe code.\n\n\
                 Heb je hier niemand om gevraagd? Vertel het aan een beheerder van je domein.\n\
                 Zonder deze code komt er niemand binnen.",
                code.expose(),
                moment(*until, MONTHS)
            ),
        ),
    };
    (subject.to_owned(), format!("{text}\n\n{FOOT}\n"))
}
