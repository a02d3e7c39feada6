use std::error::Error;
use std::io::BufRead;
use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use polder_wire::rights::{Access, Role};
use polder_wire::{DomainId, Language, Secret, UserId};

use super::say;
use crate::account::{Email, NewPerson, PersonName};
use crate::app::Surroundings;
use crate::config::Config;
use crate::domains::SecondStep;
use crate::projects::NewProject;
use crate::rights::OthersAccess;
use crate::{App, account, domains, operators, projects};

type Done = Result<(), Box<dyn Error>>;

#[derive(Debug, Subcommand)]
pub(super) enum Operator {
    /// Add one; the password is read from standard input
    Add {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Domain {
    /// Add one with its first manager, who gets a code for the first password by mail, and print the ids of both
    Add {
        #[arg(long)]
        name: String,
        /// Whether everybody needs a second step to sign in
        #[arg(long, value_enum)]
        second_step: SecondStep,
        #[arg(long)]
        manager_email: String,
        #[arg(long)]
        manager_name: String,
        /// No letter: the password comes by standard input, on a second line perhaps the Base32 key of a second
        /// step that is set up already. For trying and for moving accounts
        #[arg(long)]
        password_stdin: bool,
        /// In which language they are written to: en or nl
        #[arg(long, default_value_t)]
        language: Language,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Add somebody, who gets a code for the first password by mail, and print their id
    Add {
        #[arg(long)]
        domain: DomainId,
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        #[arg(long, value_enum)]
        role: RoleName,
        /// No letter: the password comes by standard input, on a second line perhaps the Base32 key of a second
        /// step that is set up already. For trying and for moving accounts
        #[arg(long)]
        password_stdin: bool,
        /// In which language they are written to: en or nl
        #[arg(long, default_value_t)]
        language: Language,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Project {
    /// Make a project of GeoJSON files and print its id
    Import {
        #[arg(long)]
        domain: DomainId,
        #[arg(long)]
        owner: UserId,
        /// What everybody else in the domain may do
        #[arg(long, value_enum, default_value_t = Others::None)]
        others: Others,
        /// JSON: name, description, attribution, and layers (bottom first) with id, title, theme and file
        file: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum RoleName {
    Viewer,
    Host,
    Editor,
    Manager,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Others {
    None,
    Read,
    Write,
}

pub(super) async fn operator(config: &Config, around: Surroundings, command: Operator) -> Done {
    let Operator::Add { email, name } = command;
    let (email, name) = (Email::new(&email)?, PersonName::new(&name)?);
    let (password, _) = secrets()?;
    let app = App::open(config, around).await?;
    let id = operators::add(&app, &email, &name, password).await?;
    done(&app, &id).await
}

pub(super) async fn domain(config: &Config, around: Surroundings, command: Domain) -> Done {
    let Domain::Add { name, second_step, manager_email, manager_name, password_stdin, language } = command;
    let manager = person(&manager_email, &manager_name, language, password_stdin)?;
    let app = App::open(config, around).await?;
    let (domain, manager) = domains::add(&app, &name, second_step, manager).await?;
    done(&app, &format!("{domain}\n{manager}")).await
}

pub(super) async fn user(config: &Config, around: Surroundings, command: User) -> Done {
    let User::Add { domain, email, name, role, password_stdin, language } = command;
    let role = match role {
        RoleName::Viewer => Role::Viewer,
        RoleName::Host => Role::Host,
        RoleName::Editor => Role::Editor,
        RoleName::Manager => Role::Manager,
    };
    let person = person(&email, &name, language, password_stdin)?;
    let app = App::open(config, around).await?;
    let id = account::add(&app, domain, role, person).await?;
    done(&app, &id.to_string()).await
}

pub(super) async fn project(config: &Config, around: Surroundings, command: Project) -> Done {
    let Project::Import { domain, owner, others, file } = command;
    let others = match others {
        Others::None => OthersAccess::None,
        Others::Read => OthersAccess::Some(Access::Read),
        Others::Write => OthersAccess::Some(Access::Write),
    };
    let app = App::open(config, around).await?;
    let id = projects::import(&app, NewProject { domain, owner, others, file }).await?;
    done(&app, &id.to_string()).await
}

/// Somebody to add, with the secrets of standard input where they come from there.
fn person(
    email: &str,
    name: &str,
    language: Language,
    password_stdin: bool,
) -> Result<NewPerson, Box<dyn Error>> {
    let (email, name) = (Email::new(email)?, PersonName::new(name)?);
    let (password, second_step) = match password_stdin {
        true => secrets().map(|(password, second_step)| (Some(password), second_step))?,
        false => (None, None),
    };
    Ok(NewPerson { email, name, language, password, second_step })
}

async fn done(app: &App, id: &str) -> Done {
    app.store.close().await;
    Ok(say(id)?)
}

/// Secrets come by standard input: arguments can be seen by every process.
fn secrets() -> Result<(Secret, Option<Secret>), Box<dyn Error>> {
    let mut lines = std::io::stdin().lock().lines();
    let password =
        lines.next().transpose()?.ok_or("the password is read from standard input; it is empty")?;
    let second_step =
        lines.next().transpose()?.map(|line| line.trim().to_owned()).filter(|key| !key.is_empty());
    Ok((Secret::new(password), second_step.map(Secret::new)))
}
