use super::authorized::{
    ByAnyone, ByDevice, Family, OnColleague, OnOwnAccount, OnOwnDomain, OnOwnPeople, OnOwnSession, OnPerson,
    OnProject,
};

/// Something that a request does. Each is a type of its own, so that a handler names in its signature what
/// it was let through for.
pub trait Action: Send + Sync + 'static {
    /// The same, as a value for [`super::decide`] and the routes' table.
    const KIND: ActionKind;
    /// How actor and resource are found.
    type Family: Family;
    /// Whether it takes a sign-in of the last minutes (B15). Without one it is denied.
    const FRESH: bool;
}

/// `fresh` behind an action's family.
macro_rules! is_fresh {
    () => {
        false
    };
    (fresh) => {
        true
    };
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident: $family:ty $(, $needs:ident)?;)*) => {
        /// Every action there is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ActionKind { $($(#[$doc])* $name,)* }

        impl ActionKind {
            /// Every action there is.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Whether it takes a sign-in of the last minutes ([`Action::FRESH`]).
            pub fn needs_fresh(self) -> bool {
                match self { $(Self::$name => <$name as Action>::FRESH),* }
            }
        }

        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub enum $name {}

            impl Action for $name {
                const KIND: ActionKind = ActionKind::$name;
                type Family = $family;
                const FRESH: bool = is_fresh!($($needs)?);
            }
        )*
    };
}

actions! {
    /// Take a step of a sign-in. The steps themselves judge password, ticket and code.
    SignIn: ByDevice;
    /// Exchange a refresh token. The session judges the token.
    RefreshSession: ByDevice;
    /// Sign a device out. The session judges the token.
    EndSession: ByDevice;
    /// Ask for a letter with a code for a new password.
    AskForPassword: ByDevice;
    /// Set a password with a code, which the flow judges.
    SetPassword: ByDevice;
    /// Ask what one's own new password must be.
    ReadPasswordRules: OnOwnAccount;
    /// Change one's own password. The flow judges the old one, and the code where the sign-in is not fresh.
    ChangePassword: OnOwnAccount;
    /// See who is in one's domain.
    ListPeople: OnOwnPeople;
    /// Make an account in one's domain.
    AddPerson: OnOwnPeople, fresh;
    /// Say how long new passwords in one's domain must be.
    SetPasswordMinimum: OnOwnPeople, fresh;
    /// Ask who one is.
    WhoAmI: OnOwnAccount;
    /// See the devices on which one is signed in.
    ListDevices: OnOwnAccount;
    /// Sign another of one's devices out.
    EndDevice: OnOwnAccount, fresh;
    /// Sign all of one's other devices out.
    EndOthers: OnOwnAccount, fresh;
    /// Show once more who one is.
    ProveAgain: OnOwnAccount;
    /// Lock the session that asks.
    LockSession: OnOwnSession;
    /// Unlock the session that asks.
    UnlockSession: OnOwnSession;
    /// Be told what happens. A locked session, too, hears of its end.
    WatchEvents: OnOwnSession;
    /// See how one's own second step stands.
    LookAtSecondStep: OnOwnAccount;
    /// Put another second step in force, or none, or make new recovery codes.
    ChangeSecondStep: OnOwnAccount, fresh;
    /// Forget the wrong tries at somebody's account.
    UnlockPerson: OnPerson, fresh;
    /// Switch signing in off or on for somebody.
    SwitchLogins: OnPerson, fresh;
    /// Send somebody who has no password a code for one.
    SendLetter: OnPerson, fresh;
    /// Take away somebody's second step, and their password with it.
    TakeSecondStep: OnColleague, fresh;
    /// List the projects that one may open.
    ListProjects: OnOwnDomain;
    /// Read a project's latest manifest.
    OpenProject: OnProject;
    /// Read the small drawing of a project's area.
    ReadSketch: OnProject;
    /// Read the bytes of a layer.
    ReadLayer: OnProject;
    /// Read the OpenAPI document.
    ReadApiDescription: ByAnyone;
    /// Fetch update metadata or a release; a client that is too old needs it most.
    FetchRelease: ByAnyone;
}
