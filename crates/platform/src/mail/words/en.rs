use polder_wire::UnixSeconds;

use super::{moment, one_line};
use crate::mail::Letter;

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const NOT_YOU: &str = "\
Was this not you? Open Polder, choose \"Forgot your password?\" and set a
new one. Then tell your domain's manager.";

const FOOT: &str = "\
Polder's letters never have a link, and nobody from Polder asks for your
password or a code.";

pub(super) fn say(letter: &Letter, at: UnixSeconds) -> (String, String) {
    let at = moment(at, MONTHS);
    let (subject, text) = match letter {
        Letter::FirstPassword { code, domain_name, until } => (
            "Your first sign-in to Polder",
            format!(
                "Welcome. There is an account for you in Polder, in this domain:\n\n    {}\n\n\
                 Open Polder, choose \"I have a code\" and type:\n\n    {}\n\n\
                 Then you choose your own password. The code works once, until\n{}.\n\n\
                 Is the time over? Choose \"Forgot your password?\" in Polder, and you get\na new code.",
                one_line(domain_name),
                code.expose(),
                moment(*until, MONTHS)
            ),
        ),
        Letter::Reset { code, until } => (
            "Your code for a new password",
            format!(
                "Somebody asked for a new password for your account in Polder.\n\n\
                 Open Polder, choose \"I have a code\" and type:\n\n    {}\n\n\
                 The code works once, until\n{}.\n\n\
                 Was this not you? Then do nothing: your password stays as it is.",
                code.expose(),
                moment(*until, MONTHS)
            ),
        ),
        Letter::PasswordChanged => (
            "Your password was changed",
            format!(
                "The password of your account in Polder was changed on\n{at}.\n\
                 Everywhere else you were signed out.\n\n{NOT_YOU}"
            ),
        ),
        Letter::EmailChanged => (
            "Your e-mail address was changed",
            format!(
                "The e-mail address of your account in Polder was changed on\n{at}.\n\
                 Letters go to the new address from now on; this is the last one here.\n\n\
                 Was this not you? Tell your domain's manager at once."
            ),
        ),
        Letter::RecoveryCodeUsed { left } => {
            let left = match left {
                0 => "No recovery code is left. Make new ones under My account.".to_owned(),
                1 => "One recovery code is left. Make new ones under My account.".to_owned(),
                _ => format!("{left} recovery codes are left."),
            };
            (
                "A recovery code was used",
                format!(
                    "On {at}\nsomebody signed in to your account with a recovery code.\n{left}\n\n{NOT_YOU}"
                ),
            )
        }
        Letter::SignInsLocked { failures, until: None } => (
            "New devices cannot sign in to your account",
            format!(
                "Somebody tried {failures} times in a row to sign in to your account with a wrong\n\
                 password or code. New devices cannot sign in to it any more.\n\
                 On devices where you signed in before, you can go on working and signing in.\n\n\
                 To open it to new devices again, choose \"Forgot your password?\" in Polder,\n\
                 or ask a manager of your domain.\n\
                 Nobody came in."
            ),
        ),
        Letter::SignInsLocked { failures, until: Some(until) } => (
            "Signing in rests for a while",
            format!(
                "Somebody tried {failures} times to sign in to your account with a wrong\n\
                 password or code. New devices cannot sign in to it until\n{}.\n\
                 Where you are signed in, you can go on working.\n\n\
                 Was it you? Wait, or choose \"Forgot your password?\" in Polder.\n\
                 Was it not you? Nobody came in. You need do nothing.",
                moment(*until, MONTHS)
            ),
        ),
        Letter::SessionEndedByReuse { device } => (
            "You were signed out for your safety",
            format!(
                "On {at}\nthe sign-in of this device was used from two places at once:\n\n    {}\n\n\
                 That can mean that somebody copied it, so Polder ended it. Sign in again\n\
                 on that device. If you did not put back an old copy of it, choose\n\
                 \"Forgot your password?\" in Polder and set a new password.",
                one_line(device)
            ),
        ),
        Letter::NewDevice { device } => (
            "A new device signed in",
            format!(
                "On {at}\nsomebody signed in to your account on a device that it did not know:\n\n    {}\n\n{NOT_YOU}",
                one_line(device)
            ),
        ),
        Letter::SecondStepChanged => (
            "Your second step was changed",
            format!("The second step of your account was set up, replaced or removed on\n{at}.\n\n{NOT_YOU}"),
        ),
        Letter::SecondStepTaken { code, until } => (
            "Your second step was taken away: begin anew",
            format!(
                "The second step of your account in Polder was taken away, because it was\n\
                 lost. Your password went with it, and you were signed out everywhere.\n\n\
                 Open Polder, choose \"I have a code\" and type:\n\n    {}\n\n\
                 Then you choose a new password, and set up a second step where your domain\n\
                 asks for one. The code works once, until\n{}.\n\n\
                 Is the time over? Choose \"Forgot your password?\" in Polder, and you get\na new code.\n\n\
                 Did you ask nobody for this? Tell your domain's manager. Without this code\n\
                 nobody comes in.",
                code.expose(),
                moment(*until, MONTHS)
            ),
        ),
    };
    (subject.to_owned(), format!("{text}\n\n{FOOT}\n"))
}
