use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use zbus::message::Type;
use zbus::zvariant::{DynamicType, OwnedObjectPath, OwnedValue, Type as Typed};
use zbus::{Connection, MatchRule, Message, MessageStream};

use crate::Outcome;

/// Longer than a person would wait, because the machine may be busy building.
const PATIENCE: Duration = Duration::from_secs(60);

const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";
const TEXT: &str = "org.a11y.atspi.Text";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
const EVENTS: &str = "org.a11y.atspi.Event.Object";
/// What a screen reader asks to be told of, as the registry names it.
const ASKED: &[&str] = &[
    "object:state-changed:focused",
    "object:active-descendant-changed",
    "object:children-changed:add",
    "object:text-changed:insert",
    "object:announcement",
];

/// Something that is shown, as a screen reader knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// What it is called.
    pub name: String,
    /// What it is, in the bus's own words, such as `button`.
    pub role: String,
    /// What is read after its name.
    pub description: String,
    /// The words in it, but for those of the things inside.
    pub text: String,
    /// What it is at the moment, such as `checked`.
    pub states: Vec<&'static str>,
    /// Whether the keyboard can come to it.
    pub focusable: bool,
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.name, self.role)?;
        for state in &self.states {
            write!(f, ", {state}")?;
        }
        if !self.description.is_empty() {
            write!(f, " ({})", self.description)?;
        }
        Ok(())
    }
}

/// What a screen reader would say by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The focus came to it.
    Focus(Thing),
    /// Words in a live region, or an alert.
    Words(String),
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Focus(thing) => write!(f, "focus  {thing}"),
            Self::Words(words) => write!(f, "words  {words}"),
        }
    }
}

/// Listens in a screen reader's place. It knows of the window only what the accessibility bus (AT-SPI) tells of it.
#[derive(Debug)]
pub struct Listener {
    bus: Bus,
    heard: Arc<watch::Sender<Vec<Heard>>>,
    listening: JoinHandle<()>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Listener {
    /// Begins to listen on the accessibility bus that this session bus knows. What starts later is heard.
    ///
    /// # Errors
    /// When there is none.
    pub async fn begin(session_bus: &str) -> Outcome<Self> {
        let session = zbus::connection::Builder::address(session_bus)?.build().await?;
        let at = ("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus");
        let address: String = session
            .call_method(Some(at.0), at.1, Some(at.2), "GetAddress", &())
            .await?
            .body()
            .deserialize()?;
        let connection = zbus::connection::Builder::address(address.as_str())?.build().await?;
        let rule = MatchRule::builder().msg_type(Type::Signal).interface(EVENTS)?.build();
        let events = MessageStream::for_match_rule(rule, &connection, Some(10_000)).await?;
        for event in ASKED {
            let registry = "org.a11y.atspi.Registry";
            let path = "/org/a11y/atspi/registry";
            connection.call_method(Some(registry), path, Some(registry), "RegisterEvent", event).await?;
        }
        let bus = Bus(connection);
        let heard = Arc::new(watch::Sender::new(Vec::new()));
        let listening = tokio::spawn(listen(bus.clone(), events, Arc::clone(&heard)));
        Ok(Self { bus, heard, listening })
    }

    /// All that was heard since the last time somebody asked to forget it.
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.borrow().clone()
    }

    /// Forgets what was heard.
    pub fn forget(&self) {
        self.heard.send_modify(Vec::clear);
    }

    /// Waits until the focus is on something with this name and role, and answers with it.
    ///
    /// # Errors
    /// When it does not come there, with what was heard instead.
    pub async fn focus_on(&self, name: &str, role: &str) -> Outcome<Thing> {
        let on = |heard: &[Heard]| {
            let last = heard.iter().rev().find_map(|heard| match heard {
                Heard::Focus(thing) => Some(thing),
                Heard::Words(_) => None,
            })?;
            (last.name == name && last.role == role).then(|| last.clone())
        };
        self.until(&format!("the focus on {name:?} {role}"), on).await
    }

    /// Waits until the focus comes to something, whatever it is, and answers with what it came to first.
    ///
    /// # Errors
    /// When it comes nowhere.
    pub async fn next_focus(&self) -> Outcome<Thing> {
        let first = |heard: &[Heard]| {
            heard.iter().find_map(|heard| match heard {
                Heard::Focus(thing) => Some(thing.clone()),
                Heard::Words(_) => None,
            })
        };
        self.until("a focus", first).await
    }

    /// Waits until words with these in them were read out by themselves, and answers with all of them.
    ///
    /// # Errors
    /// When they are not, with what was heard instead.
    pub async fn words(&self, part: &str) -> Outcome<String> {
        let said = |heard: &[Heard]| {
            heard.iter().find_map(|heard| match heard {
                Heard::Words(words) if words.contains(part) => Some(words.clone()),
                _ => None,
            })
        };
        self.until(&format!("the words {part:?}"), said).await
    }

    /// How often words with these in them were read out.
    pub fn times(&self, part: &str) -> usize {
        let said = |heard: &&Heard| matches!(heard, Heard::Words(words) if words.contains(part));
        self.heard.borrow().iter().filter(said).count()
    }

    /// Everything that the window shows, from its top to its end.
    ///
    /// # Errors
    /// When the bus does not answer.
    pub async fn window(&self) -> Outcome<Vec<Thing>> {
        let root = Place::root();
        let mut found = Vec::new();
        let mut left = self.bus.children(&root).await?;
        while let Some(place) = left.pop() {
            // What is gone meanwhile is not shown.
            let Ok(thing) = self.bus.thing(&place).await else { continue };
            let Ok(mut children) = self.bus.children(&place).await else { continue };
            children.reverse();
            left.append(&mut children);
            found.push(thing);
        }
        Ok(found)
    }

    async fn until<T>(&self, what: &str, passes: impl Fn(&[Heard]) -> Option<T>) -> Outcome<T> {
        let mut heard = self.heard.subscribe();
        let waited = tokio::time::timeout(PATIENCE, heard.wait_for(|heard| passes(heard).is_some())).await;
        let now = match waited {
            Ok(now) => passes(&now?),
            Err(_) => None,
        };
        now.ok_or_else(|| {
            let instead: Vec<_> = self.heard().iter().map(|heard| format!("\n  {heard}")).collect();
            format!("{what} was waited for and not heard, but:{}", instead.concat()).into()
        })
    }
}

async fn listen(bus: Bus, mut events: MessageStream, heard: Arc<watch::Sender<Vec<Heard>>>) {
    // What came in whole is told of once more for each part of it, and not read out again.
    let mut whole: Option<(Place, String)> = None;
    while let Some(event) = events.next().await {
        // What is gone before it was asked about would not have been read out either.
        let Ok(event) = event else { continue };
        match bus.said(&event).await {
            Ok(Some(Told::Focus(thing))) => heard.send_modify(|heard| heard.push(Heard::Focus(thing))),
            Ok(Some(Told::Words { inside, place, words })) => {
                let again = whole.as_ref().is_some_and(|(of, all)| *of == inside && all.contains(&words));
                if !again {
                    whole = Some((place, words.clone()));
                    heard.send_modify(|heard| heard.push(Heard::Words(words)));
                }
            }
            Ok(None) | Err(_) => {}
        }
    }
}

/// What an event comes to.
enum Told {
    Focus(Thing),
    /// Words that came with `place`, which stands in `inside`.
    Words {
        inside: Place,
        place: Place,
        words: String,
    },
}

/// A program on the bus, and a thing of its.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place(String, OwnedObjectPath);

impl Place {
    fn root() -> Self {
        let root = "/org/a11y/atspi/accessible/root";
        let root = OwnedObjectPath::try_from(root).unwrap_or_default();
        Self("org.a11y.atspi.Registry".to_owned(), root)
    }
}

#[derive(Debug, Clone)]
struct Bus(Connection);

type Answer<T> = zbus::Result<T>;

impl Bus {
    /// What a screen reader says at an event, if anything.
    async fn said(&self, event: &Message) -> Answer<Option<Told>> {
        let header = event.header();
        let (Some(sender), Some(path), Some(member)) = (header.sender(), header.path(), header.member())
        else {
            return Ok(None);
        };
        let source = Place(sender.to_string(), path.to_owned().into());
        let body = event.body();
        // GTK ends it with a dictionary and WebKitGTK with a reference, as older programs do.
        let (kind, on, any) =
            match body.deserialize::<(String, i32, i32, OwnedValue, HashMap<String, OwnedValue>)>() {
                Ok((kind, on, _, any, _)) => (kind, on, any),
                Err(_) => {
                    let (kind, on, _, any, _): (String, i32, i32, OwnedValue, (String, OwnedObjectPath)) =
                        body.deserialize()?;
                    (kind, on, any)
                }
            };
        let told = |inside: Place, place: Place, text: &str| {
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            (!words.is_empty()).then_some(Told::Words { inside, place, words })
        };
        let other =
            || <(String, OwnedObjectPath)>::try_from(any.clone()).ok().map(|(name, path)| Place(name, path));
        let text = || String::try_from(any.clone()).unwrap_or_default();
        match (member.as_str(), kind.as_str()) {
            ("StateChanged", "focused") if on == 1 => {
                let thing = self.thing(&source).await?;
                // The window's own boxes take it on the way to the page, and have nothing to say.
                Ok((thing.role != "filler").then_some(Told::Focus(thing)))
            }
            ("ActiveDescendantChanged", _) => match other() {
                Some(now) => Ok(Some(Told::Focus(self.thing(&now).await?))),
                None => Ok(None),
            },
            ("Announcement", _) => Ok(told(source.clone(), source, &text())),
            ("TextChanged", "insert" | "insert/system") if self.is_live(&source).await? => {
                Ok(told(source.clone(), source, &text()))
            }
            ("ChildrenChanged", "add" | "add/system") => match other() {
                Some(child) if self.is_live(&child).await? => {
                    let text = self.text(&child).await?;
                    Ok(told(source, child, &text))
                }
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// Whether what changes in it is read out.
    async fn is_live(&self, place: &Place) -> Answer<bool> {
        let attributes: HashMap<String, String> = self.ask(place, ACCESSIBLE, "GetAttributes", &()).await?;
        let live = ["live", "container-live"].iter().find_map(|name| attributes.get(*name));
        Ok(live.is_some_and(|how| how == "polite" || how == "assertive"))
    }

    async fn thing(&self, place: &Place) -> Answer<Thing> {
        let states: Vec<u32> = self.ask(place, ACCESSIBLE, "GetState", &()).await?;
        let has = |bit: usize| states.get(bit / 32).is_some_and(|word| word & (1 << (bit % 32)) != 0);
        Ok(Thing {
            name: self.property(place, "Name").await?,
            role: role(self.ask(place, ACCESSIBLE, "GetRole", &()).await?),
            description: self.property(place, "Description").await?,
            text: self.own_text(place).await?.replace('\u{fffc}', " "),
            states: STATES.iter().filter(|(bit, _)| has(*bit)).map(|(_, name)| *name).collect(),
            focusable: has(11),
        })
    }

    async fn children(&self, place: &Place) -> Answer<Vec<Place>> {
        let mut children: Vec<(String, OwnedObjectPath)> =
            self.ask(place, ACCESSIBLE, "GetChildren", &()).await?;
        // The page is another process's, and GTK names it only to who asks for it by its place.
        let counted = self.ask::<OwnedValue>(place, PROPERTIES, "Get", &(ACCESSIBLE, "ChildCount")).await?;
        if children.is_empty() && i32::try_from(counted)? > 0 {
            children.push(self.ask(place, ACCESSIBLE, "GetChildAtIndex", &0).await?);
        }
        Ok(children.into_iter().map(|(name, path)| Place(name, path)).collect())
    }

    /// What is to be read in a thing: its text, and in it, in their places, the texts of the things inside.
    async fn text(&self, place: &Place) -> Answer<String> {
        let own = match self.own_text(place).await? {
            own if own.is_empty() => self.property(place, "Name").await?,
            own => own,
        };
        let mut inside = Vec::new();
        for child in self.children(place).await? {
            inside.push(Box::pin(self.text(&child)).await?);
        }
        let mut whole = String::new();
        let mut inside = inside.into_iter();
        for letter in own.chars() {
            match letter {
                // Where a thing stands.
                '\u{fffc}' => whole.push_str(&format!(" {} ", inside.next().unwrap_or_default())),
                letter => whole.push(letter),
            }
        }
        inside.for_each(|text| whole.push_str(&format!(" {text} ")));
        Ok(whole)
    }

    /// Its text, with a mark where a thing stands in it; none of what has no text.
    async fn own_text(&self, place: &Place) -> Answer<String> {
        let interfaces: Vec<String> = self.ask(place, ACCESSIBLE, "GetInterfaces", &()).await?;
        if !interfaces.iter().any(|interface| interface == TEXT) {
            return Ok(String::new());
        }
        self.ask(place, TEXT, "GetText", &(0, -1)).await
    }

    async fn property(&self, place: &Place, name: &str) -> Answer<String> {
        let value: OwnedValue = self.ask(place, PROPERTIES, "Get", &(ACCESSIBLE, name)).await?;
        Ok(String::try_from(value)?)
    }

    async fn ask<T>(
        &self,
        place: &Place,
        interface: &str,
        method: &str,
        body: &(impl serde::Serialize + DynamicType),
    ) -> Answer<T>
    where
        T: serde::de::DeserializeOwned + Typed,
    {
        let Place(name, path) = place;
        let answer = self.0.call_method(Some(name.as_str()), path, Some(interface), method, body).await?;
        answer.body().deserialize()
    }
}

/// What a role is called (AtspiRole), by its number: WebKitGTK names none. Those that Polder has no use for stay numbers.
fn role(number: u32) -> String {
    let name = match number {
        2 => "alert",
        7 => "check box",
        11 => "combo box",
        16 => "dialog",
        20 => "filler",
        23 => "frame",
        27 => "image",
        29 => "label",
        31 => "list",
        32 => "list item",
        33 => "menu",
        35 => "menu item",
        37 => "tab",
        38 => "tab list",
        39 => "panel",
        40 => "password",
        42 => "progress bar",
        43 => "button",
        44 => "radio button",
        49 => "scroll pane",
        50 => "separator",
        51 => "slider",
        54 => "status",
        55 => "table",
        56 => "cell",
        57 => "column header",
        61 => "text",
        62 => "toggle button",
        65 => "tree",
        71 => "header",
        72 => "footer",
        73 => "paragraph",
        75 => "application",
        78 => "embedded",
        79 => "entry",
        83 => "heading",
        85 => "section",
        87 => "form",
        88 => "link",
        90 => "row",
        91 => "tree item",
        95 => "web page",
        98 => "list box",
        99 => "group",
        101 => "notification",
        110 => "landmark",
        115 => "timer",
        116 => "words",
        number => return number.to_string(),
    };
    name.to_owned()
}

/// The bits of a thing's states that are read out, by their place (AtspiStateType).
const STATES: &[(usize, &str)] =
    &[(3, "busy"), (4, "checked"), (10, "expanded"), (20, "pressed"), (23, "selected"), (36, "invalid")];
