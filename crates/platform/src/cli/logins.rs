use std::error::Error;

use clap::{Args, Subcommand, ValueEnum};
use polder_wire::{Code, DomainId, UserId};

use super::say;
use crate::account::lost::{By, take_away};
use crate::app::Surroundings;
use crate::config::Config;
use crate::login::switch::{self, Scope};
use crate::{App, account};

type Done = Result<(), Box<dyn Error>>;

#[derive(Debug, Args)]
pub(super) struct Logins {
    #[arg(value_enum)]
    to: To,
    /// For this domain only
    #[arg(long, conflicts_with = "user")]
    domain: Option<DomainId>,
    /// For this person only
    #[arg(long)]
    user: Option<UserId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    On,
    Off,
}

#[derive(Debug, Args)]
pub(super) struct Unlock {
    /// Whose account
    #[arg(long)]
    user: UserId,
}

/// What an operator does about a second step.
#[derive(Debug, Subcommand)]
pub(super) enum SecondStep {
    /// Take away one that was lost, from a manager too. The password goes with it, every session ends, and a letter
    /// brings the person a code to begin anew with
    Remove {
        /// Whose account
        #[arg(long)]
        user: UserId,
    },
}

pub(super) async fn switch(config: &Config, around: Surroundings, command: Logins) -> Done {
    let scope = match (command.domain, command.user) {
        (_, Some(user)) => Scope::Person(user),
        (Some(domain), None) => Scope::Domain(domain),
        (None, None) => Scope::Platform,
    };
    let app = App::open(config, around).await?;
    let changed = switch::set(&app, scope, command.to == To::On).await?;
    app.store.close().await;
    if !changed {
        return Err("there is no such domain or person".into());
    }
    let whose = match scope {
        Scope::Platform => "everybody",
        Scope::Domain(_) => "this domain",
        Scope::Person(_) => "this person",
    };
    Ok(say(&format!("signing in is {} for {whose}", if command.to == To::On { "on" } else { "off" }))?)
}

pub(super) async fn unlock(config: &Config, around: Surroundings, command: Unlock) -> Done {
    let app = App::open(config, around).await?;
    let known = account::locks::forget_wrong_tries(&app, None, command.user).await?;
    app.store.close().await;
    if known { Ok(say("unlocked")?) } else { Err("there is no such person".into()) }
}

pub(super) async fn second_step(config: &Config, around: Surroundings, command: SecondStep) -> Done {
    let SecondStep::Remove { user } = command;
    let app = App::open(config, around).await?;
    let taken = take_away(&app, user, By::Operator).await;
    app.store.close().await;
    match taken.map_err(|refused| (refused.code(), refused)) {
        Ok(()) => {
            tracing::warn!(%user, "an operator took a second step away");
            Ok(say("taken away; a letter with a code is on its way")?)
        }
        Err((Code::NotFound, _)) => Err("there is no such person".into()),
        Err((Code::SecondStepAbsent, _)) => Err("this person has no second step".into()),
        Err((_, refused)) => Err(refused.into()),
    }
}
