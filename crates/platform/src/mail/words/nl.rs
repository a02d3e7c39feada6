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
Was u dit niet? Open Polder, kies \"Wachtwoord vergeten?\" en stel een
nieuw wachtwoord in. Vertel het daarna aan uw domeinbeheerder.";

const FOOT: &str = "\
In brieven van Polder staat nooit een link, en niemand van Polder vraagt
om uw wachtwoord of een code.";

pub(super) fn say(letter: &Letter, at: UnixSeconds) -> (String, String) {
    let at = moment(at, MONTHS);
    let (subject, text) = match letter {
        Letter::FirstPassword { code, domain_name, until } => (
            "De eerste keer aanmelden bij Polder",
            format!(
                "Welkom. Er is een account voor u in Polder, in dit domein:\n\n    {}\n\n\
                 Open Polder, kies \"Ik heb een code\" en typ:\n\n    {}\n\n\
                 Daarna kiest u zelf een wachtwoord. De code werkt eenmaal, tot\n{}.\n\n\
                 Is de tijd om? Kies in Polder \"Wachtwoord vergeten?\", dan krijgt u een\nnieuwe code.",
                one_line(domain_name),
                code.expose(),
                moment(*until, MONTHS)
            ),
        ),
        Letter::Reset { code, until } => (
            "Uw code voor een nieuw wachtwoord",
            format!(
                "Iemand vroeg om een nieuw wachtwoord voor uw account in Polder.\n\n\
                 Open Polder, kies \"Ik heb een code\" en typ:\n\n    {}\n\n\
                 De code werkt eenmaal, tot\n{}.\n\n\
                 Was u dit niet? Doe dan niets: uw wachtwoord blijft zoals het is.",
                code.expose(),
                moment(*until, MONTHS)
            ),
        ),
        Letter::PasswordChanged => (
            "Uw wachtwoord is gewijzigd",
            format!(
                "Het wachtwoord van uw account in Polder is gewijzigd op\n{at}.\n\
                 Op alle andere plaatsen bent u afgemeld.\n\n{NOT_YOU}"
            ),
        ),
        Letter::EmailChanged => (
            "Uw e-mailadres is gewijzigd",
            format!(
                "Het e-mailadres van uw account in Polder is gewijzigd op\n{at}.\n\
                 Brieven gaan voortaan naar het nieuwe adres; dit is hier de laatste.\n\n\
                 Was u dit niet? Vertel het meteen aan uw domeinbeheerder."
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
                    "Op {at}\nmeldde iemand zich met een herstelcode aan bij uw account.\n{left}\n\n{NOT_YOU}"
                ),
            )
        }
        Letter::SignInsLocked { failures, until: None } => (
            "Nieuwe apparaten kunnen zich niet bij uw account aanmelden",
            format!(
                "Iemand probeerde zich {failures} keer achter elkaar bij uw account aan te melden met\n\
                 een verkeerd wachtwoord of een verkeerde code. Nieuwe apparaten kunnen zich er niet\n\
                 meer bij aanmelden. Op apparaten waar u zich eerder aanmeldde, kunt u verder\n\
                 werken en u ook aanmelden.\n\n\
                 Kies in Polder \"Wachtwoord vergeten?\" om het voor nieuwe apparaten te openen,\n\
                 of vraag het een beheerder van uw domein.\n\
                 Er is niemand binnengekomen."
            ),
        ),
        Letter::SignInsLocked { failures, until: Some(until) } => (
            "Aanmelden kan even niet",
            format!(
                "Iemand probeerde zich {failures} keer bij uw account aan te melden met een\n\
                 verkeerd wachtwoord of een verkeerde code. Nieuwe apparaten kunnen zich niet\n\
                 aanmelden tot {}.\n\
                 Waar u bent aangemeld, kunt u verder werken.\n\n\
                 Was u dit? Wacht even, of kies in Polder \"Wachtwoord vergeten?\".\n\
                 Was u dit niet? Er is niemand binnengekomen. U hoeft niets te doen.",
                moment(*until, MONTHS)
            ),
        ),
        Letter::SessionEndedByReuse { device } => (
            "U bent voor uw veiligheid afgemeld",
            format!(
                "Op {at}\nis de aanmelding van dit apparaat op twee plaatsen tegelijk gebruikt:\n\n    {}\n\n\
                 Dat kan betekenen dat iemand haar heeft gekopieerd, dus heeft Polder haar\n\
                 beëindigd. Meld u op dat apparaat opnieuw aan. Hebt u geen oude kopie ervan\n\
                 teruggezet? Kies dan in Polder \"Wachtwoord vergeten?\" en stel een nieuw\n\
                 wachtwoord in.",
                one_line(device)
            ),
        ),
        Letter::NewDevice { device } => (
            "Een nieuw apparaat is aangemeld",
            format!(
                "Op {at}\nmeldde iemand zich aan op een apparaat dat uw account niet kende:\n\n    {}\n\n{NOT_YOU}",
                one_line(device)
            ),
        ),
        Letter::SecondStepChanged => (
            "Uw tweede stap is gewijzigd",
            format!(
                "De tweede stap van uw account is ingesteld, vervangen of verwijderd op\n{at}.\n\n{NOT_YOU}"
            ),
        ),
    };
    (subject.to_owned(), format!("{text}\n\n{FOOT}\n"))
}
