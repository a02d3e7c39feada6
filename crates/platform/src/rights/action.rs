use super::authorized::{ByAnyone, ByDevice, Family, OnOwnAccount, OnOwnDomain, OnPerson, OnProject};

/// Something that a request does. Each is a type of its own, so that a handler names in its signature what
/// it was let through for.
pub trait Action: Send + Sync + 'static {
    /// The same, as a value for [`super::decide`] and the routes' table.
    const KIND: ActionKind;
    /// How actor and resource are found.
    type Family: Family;
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident: $family:ty;)*) => {
        /// Every action there is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ActionKind { $($(#[$doc])* $name,)* }

        impl ActionKind {
            /// Every action there is.
            pub const ALL: &[Self] = &[$(Self::$name),*];
        }

        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub enum $name {}

            impl Action for $name {
                const KIND: ActionKind = ActionKind::$name;
                type Family = $family;
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
    /// Ask who one is.
    WhoAmI: OnOwnAccount;
    /// See how one's own second step stands.
    LookAtSecondStep: OnOwnAccount;
    /// Put another second step in force, or none, or make new recovery codes.
    ChangeSecondStep: OnOwnAccount;
    /// Forget the wrong tries at somebody's account.
    UnlockPerson: OnPerson;
    /// Switch signing in off or on for somebody.
    SwitchLogins: OnPerson;
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
