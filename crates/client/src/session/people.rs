//! What a domain's manager does about people.

use polder_wire::manage::{SendLetter, Switch, SwitchLogins, TakeSecondStep, Unlock};
use polder_wire::people::{
    AddPerson, AddPersonBody, Added, Colleague, ListPeople, ListPeopleAfter, PEOPLE_ON_A_PAGE, PeoplePage,
};
use polder_wire::{Code, Nothing, UserId};

use super::{Failure, Session};

/// No domain has more pages of people than that: a platform that says otherwise is not believed for ever.
const PAGES: usize = 100;

impl Session {
    /// Everybody in the domain.
    ///
    /// # Errors
    /// [`Code::NotAllowed`] for who is no manager, [`Code::AnswerBroken`] for a list that has no end, and whatever a call
    /// may meet.
    pub async fn people(&self) -> Result<Vec<Colleague>, Failure> {
        let (mut people, mut after) = (Vec::new(), None);
        for _ in 0..PAGES {
            let page = self.page(after).await?;
            if page.people.len() > PEOPLE_ON_A_PAGE {
                break;
            }
            people.extend(page.people);
            after = page.next;
            if after.is_none() {
                return Ok(people);
            }
        }
        Err(Failure::of(Code::AnswerBroken))
    }

    async fn page(&self, after: Option<UserId>) -> Result<PeoplePage, Failure> {
        self.signed(move |client, caller| {
            Box::pin(async move {
                match after {
                    None => client.call(&ListPeople, &Nothing {}, caller).await,
                    Some(person) => client.call(&ListPeopleAfter { person }, &Nothing {}, caller).await,
                }
            })
        })
        .await
    }

    /// Makes an account; the person gets a letter with a code.
    ///
    /// # Errors
    /// [`Code::EmailTaken`], [`Code::Malformed`], [`Code::NotAllowed`], [`Code::FreshSignInNeeded`], and whatever a call
    /// may meet.
    pub async fn add_person(&self, person: AddPersonBody) -> Result<UserId, Failure> {
        let added: Added = self
            .signed(move |client, caller| {
                let person = person.clone();
                Box::pin(async move { client.call(&AddPerson, &person, caller).await })
            })
            .await?;
        Ok(added.user)
    }

    /// Sends somebody who has no password yet a code for one, once more.
    ///
    /// # Errors
    /// [`Code::PasswordThere`], [`Code::NotFound`], [`Code::NotAllowed`], [`Code::FreshSignInNeeded`], and whatever a call
    /// may meet.
    pub async fn send_letter(&self, person: UserId) -> Result<(), Failure> {
        let Nothing {} = self
            .signed(move |client, caller| {
                Box::pin(async move { client.call(&SendLetter { person }, &Nothing {}, caller).await })
            })
            .await?;
        Ok(())
    }

    /// Forgets the wrong tries at somebody's account, so that devices that it does not know can sign in again.
    ///
    /// # Errors
    /// [`Code::NotFound`], [`Code::NotAllowed`], [`Code::FreshSignInNeeded`], and whatever a call may meet.
    pub async fn unlock_person(&self, person: UserId) -> Result<(), Failure> {
        let Nothing {} = self
            .signed(move |client, caller| {
                Box::pin(async move { client.call(&Unlock { person }, &Nothing {}, caller).await })
            })
            .await?;
        Ok(())
    }

    /// Switches somebody's signing in on or off.
    ///
    /// # Errors
    /// [`Code::NotFound`], [`Code::NotAllowed`], [`Code::FreshSignInNeeded`], and whatever a call may meet.
    pub async fn switch_logins(&self, person: UserId, on: bool) -> Result<(), Failure> {
        let Nothing {} = self
            .signed(move |client, caller| {
                Box::pin(async move { client.call(&SwitchLogins { person }, &Switch { on }, caller).await })
            })
            .await?;
        Ok(())
    }

    /// Takes away a second step that somebody lost, and their password with it; a letter lets them begin anew.
    ///
    /// # Errors
    /// [`Code::SecondStepAbsent`], [`Code::NotFound`], [`Code::NotAllowed`] for a manager's, [`Code::FreshSignInNeeded`],
    /// and whatever a call may meet.
    pub async fn take_second_step(&self, person: UserId) -> Result<(), Failure> {
        let Nothing {} = self
            .signed(move |client, caller| {
                Box::pin(async move { client.call(&TakeSecondStep { person }, &Nothing {}, caller).await })
            })
            .await?;
        Ok(())
    }
}
