use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest;
use bytes::Bytes;
use polder_wire::password::{ChangeBody, ChangePassword, PasswordRules, ReadRules};
use polder_wire::project::{Layer, LayerBytes, List, Listed, Open, Opened, ReadSketch, Sketch, is_layer_id};
use polder_wire::session::Policy;
use polder_wire::sign_in::{Grant, Me, Refresh, RefreshBody, SignOut};
use polder_wire::{Code, Nothing, ProjectId, Secret};

use super::{Door, Failure, Remembered};
use crate::api::{Caller, Client};
use crate::device::DeviceKey;

/// A person who is signed in. Cheap to clone; all clones end together.
#[derive(Clone)]
pub struct Session(Arc<Live>);

struct Live {
    door: Door,
    key: Arc<DeviceKey>,
    me: Me,
    state: Mutex<State>,
    /// `None` once the session is over. Held while refreshing, so that a token is exchanged once.
    tokens: tokio::sync::Mutex<Option<Tokens>>,
}

/// What changes while a session lasts.
pub(super) struct State {
    remembered: Remembered,
    pub(super) locked: bool,
    pub(super) policy: Policy,
}

#[derive(Clone)]
struct Tokens {
    access: Secret,
    refresh: Secret,
    /// Counts refreshes, so that who waited for one sees that it happened.
    generation: u64,
}

/// A call under way. Boxed, so that the compiler sees for every lifetime that it moves between threads.
pub(super) type Calling<'c, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'c>>;

/// No layer is larger; a manifest that says so is broken.
const MAX_LAYER: u64 = 512 * 1024 * 1024;

impl Session {
    pub(super) fn new(door: Door, key: Arc<DeviceKey>, grant: Grant, remembered: Remembered) -> Self {
        let Grant { access_token: access, refresh_token: refresh, me, locked, policy, .. } = grant;
        let tokens = tokio::sync::Mutex::new(Some(Tokens { access, refresh, generation: 0 }));
        let state = Mutex::new(State { remembered, locked, policy });
        Self(Arc::new(Live { door, key, me, state, tokens }))
    }

    /// Who is signed in, as the platform said when the session began.
    pub fn me(&self) -> &Me {
        &self.0.me
    }

    /// Whether the device stays signed in when the program ends. Can change with each refresh.
    pub fn remembered(&self) -> Remembered {
        self.state().remembered
    }

    /// The projects that this person may open.
    ///
    /// # Errors
    /// [`Code::SessionOver`], and whatever a call may meet.
    pub async fn projects(&self) -> Result<Listed, Failure> {
        self.signed(|client, caller| Box::pin(client.call(&List, &Nothing {}, caller))).await
    }

    /// A project's latest version.
    ///
    /// # Errors
    /// [`Code::NotFound`], [`Code::SessionOver`], and whatever a call may meet.
    pub async fn open(&self, project: ProjectId) -> Result<Opened, Failure> {
        self.signed(move |client, caller| {
            Box::pin(async move { client.call(&Open { project }, &Nothing {}, caller).await })
        })
        .await
    }

    /// A small drawing of the latest version's area.
    ///
    /// # Errors
    /// [`Code::NotFound`], [`Code::SessionOver`], and whatever a call may meet.
    pub async fn sketch(&self, project: ProjectId) -> Result<Sketch, Failure> {
        self.signed(move |client, caller| {
            Box::pin(async move { client.call(&ReadSketch { project }, &Nothing {}, caller).await })
        })
        .await
    }

    /// A layer's bytes, exactly as its manifest names them.
    ///
    /// # Errors
    /// [`Code::AnswerBroken`] when they are not, [`Code::NotFound`], [`Code::SessionOver`], and whatever a
    /// call may meet.
    pub async fn layer(&self, project: ProjectId, version: u32, layer: &Layer) -> Result<Bytes, Failure> {
        if !is_layer_id(&layer.id) || layer.bytes > MAX_LAYER {
            return Err(Failure::of(Code::AnswerBroken));
        }
        let (name, length) = (layer.id.clone(), layer.bytes);
        let bytes = self
            .signed(move |client, caller| {
                let call = LayerBytes { project, version, layer: name.clone() };
                Box::pin(async move { client.file(&call, length, caller).await })
            })
            .await?;
        let hash = digest::digest(&digest::SHA256, &bytes);
        if bytes.len() as u64 != layer.bytes || hex::encode(hash) != layer.sha256 {
            tracing::warn!(layer = layer.id, "a layer's bytes are not those of its manifest");
            return Err(Failure::of(Code::AnswerBroken));
        }
        Ok(bytes)
    }

    /// What this person's next password must be.
    ///
    /// # Errors
    /// [`Code::SessionOver`], and whatever a call may meet.
    pub async fn password_rules(&self) -> Result<PasswordRules, Failure> {
        self.signed(|client, caller| Box::pin(client.call(&ReadRules, &Nothing {}, caller))).await
    }

    /// Another password for the one that is known. Every other session of this person ends.
    ///
    /// # Errors
    /// [`Code::PasswordTooShort`], [`Code::PasswordCommon`], [`Code::PasswordWeak`]; [`Code::CodeNeeded`], after which it is
    /// asked again with a code of the second step; [`Code::OldPasswordWrong`], [`Code::CodeWrong`], [`Code::SessionOver`],
    /// and whatever a call may meet.
    pub async fn change_password(
        &self,
        old: Secret,
        new: Secret,
        code: Option<Secret>,
    ) -> Result<(), Failure> {
        let Nothing {} = self
            .signed(move |client, caller| {
                let body = ChangeBody { old: old.clone(), new: new.clone(), code: code.clone() };
                Box::pin(async move { client.call(&ChangePassword, &body, caller).await })
            })
            .await?;
        Ok(())
    }

    /// Ends the session in the keychain, in memory and at the platform. Each is tried even when another
    /// fails; afterwards this session is over here in any case.
    ///
    /// # Errors
    /// The first thing that did not work: what the keychain may still hold weighs more than what the
    /// platform did not hear.
    pub async fn sign_out(&self) -> Result<(), Failure> {
        let mut guard = self.0.tokens.lock().await;
        let tokens = guard.take();
        self.state().remembered = Remembered::ThisRunOnly(None);
        let at_platform = async {
            let Some(tokens) = tokens else { return Ok(()) };
            let body = RefreshBody { refresh_token: tokens.refresh };
            match self.client().call(&SignOut, &body, self.caller(None)).await {
                Ok(Nothing {}) => Ok(()),
                // It is over there already, which is what was asked for.
                Err(Failure { code: Code::SessionOver, .. }) => Ok(()),
                Err(failure) => Err(failure),
            }
        };
        let (in_keychain, at_platform) = tokio::join!(self.0.door.vault.delete(), at_platform);
        in_keychain.map_err(|error| Failure::of(super::keychain_code(&error)))?;
        at_platform
    }

    /// Calls with the access token, and once more with a new one when it ran out. While it is locked, nobody calls.
    pub(super) async fn signed<T>(
        &self,
        call: impl for<'c> Fn(&'c Client, Caller<'c>) -> Calling<'c, T> + Sync,
    ) -> Result<T, Failure> {
        if let Some(refused) = self.refused_while_locked() {
            return Err(refused);
        }
        let result = self.signed_even_if_locked(call).await;
        if matches!(result, Err(Failure { code: Code::SessionLocked, .. })) {
            self.locked_there();
        }
        result
    }

    /// The same for the little that a locked session is good for.
    pub(super) async fn signed_even_if_locked<T>(
        &self,
        call: impl for<'c> Fn(&'c Client, Caller<'c>) -> Calling<'c, T> + Sync,
    ) -> Result<T, Failure> {
        let tokens = self.tokens().await?;
        let mut result = call(self.client(), self.caller(Some(&tokens.access))).await;
        if matches!(result, Err(Failure { code: Code::AccessExpired, .. })) {
            let tokens = self.refreshed(tokens.generation).await?;
            result = call(self.client(), self.caller(Some(&tokens.access))).await;
        }
        if matches!(result, Err(Failure { code: Code::SessionOver, .. })) {
            self.end(&mut *self.0.tokens.lock().await).await;
        }
        result
    }

    async fn tokens(&self) -> Result<Tokens, Failure> {
        self.0.tokens.lock().await.clone().ok_or(Failure::of(Code::SessionOver))
    }

    /// New tokens, unless somebody else fetched some since `generation`. The keychain has the new refresh
    /// token before the old one is dropped; a crash in between is no harm, because the platform takes the
    /// old one until the new one was used.
    async fn refreshed(&self, generation: u64) -> Result<Tokens, Failure> {
        let mut guard = self.0.tokens.lock().await;
        let Some(tokens) = &*guard else { return Err(Failure::of(Code::SessionOver)) };
        if tokens.generation != generation {
            return Ok(tokens.clone());
        }
        let body = RefreshBody { refresh_token: tokens.refresh.clone() };
        let grant = match self.client().call(&Refresh, &body, self.caller(None)).await {
            Ok(grant) => grant,
            Err(failure) => {
                if failure.code == Code::SessionOver {
                    self.end(&mut guard).await;
                }
                return Err(failure);
            }
        };
        let locked = grant.locked || self.is_locked();
        let remembered = if grant.stay {
            self.0.door.keep(&self.0.key, &grant.refresh_token, locked).await
        } else {
            if self.remembered() == Remembered::Kept {
                self.0.door.forget().await;
            }
            Remembered::ThisRunOnly(None)
        };
        {
            let mut state = self.state();
            (state.remembered, state.policy) = (remembered, grant.policy);
            state.locked |= grant.locked;
        }
        let new = Tokens {
            access: grant.access_token,
            refresh: grant.refresh_token,
            generation: generation.wrapping_add(1),
        };
        *guard = Some(new.clone());
        Ok(new)
    }

    /// The platform said that it is over: nothing is kept of it.
    async fn end(&self, tokens: &mut Option<Tokens>) {
        if tokens.take().is_some() {
            self.state().remembered = Remembered::ThisRunOnly(None);
            self.0.door.forget().await;
        }
    }

    /// The same for whoever holds no tokens.
    pub(super) async fn over(&self) {
        self.end(&mut *self.0.tokens.lock().await).await;
    }

    /// Writes into the keychain whether it is locked, where the keychain has it at all.
    pub(super) async fn mark(&self) {
        let tokens = self.0.tokens.lock().await;
        let (Some(tokens), Remembered::Kept) = (&*tokens, self.remembered()) else { return };
        let locked = self.is_locked();
        self.state().remembered = self.0.door.keep(&self.0.key, &tokens.refresh, locked).await;
    }

    /// Between 0 and 1, by chance; 0 where there is none.
    pub(super) fn chance(&self) -> f64 {
        let mut byte = [0];
        // Without chance everybody waits equally long, which does no harm to anybody in particular.
        let _ = self.client().surroundings().random().fill(&mut byte);
        f64::from(byte[0]) / 255.0
    }

    fn client(&self) -> &Client {
        &self.0.door.client
    }

    fn caller<'a>(&'a self, access_token: Option<&'a Secret>) -> Caller<'a> {
        Caller { key: &self.0.key, access_token }
    }

    pub(super) fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // Nothing is done in it that fails half-way.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({})", self.0.me.session)
    }
}
