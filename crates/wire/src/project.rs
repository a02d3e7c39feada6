//! Projects, their versions and layers.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{Endpoint, Method, Nothing, ProjectId, Raw, UnixSeconds, UserId, rights::Access};

/// `GET /api/v1/projects`: what the signed-in person may open, newest first.
#[derive(Debug, Clone, Copy)]
pub struct List;

/// Answer of [`List`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Listed {
    /// Newest version first.
    pub projects: Vec<Summary>,
}

/// A person as others in the domain see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    /// The account.
    pub id: UserId,
    /// The name.
    pub name: String,
}

/// One project in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Summary {
    /// The project.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// A sentence or two; may be empty.
    pub description: String,
    /// Whose it is.
    pub owner: Person,
    /// What the signed-in person may do with it.
    pub access: Access,
    /// The latest version.
    pub latest: Version,
}

/// One saved version (R10, B18).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Version {
    /// Counts from 1.
    pub number: u32,
    /// Who saved it.
    pub author: Person,
    /// When.
    pub saved_at: UnixSeconds,
    /// What the author wrote about it; may be empty.
    pub note: String,
    /// Bytes of all its layers.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub bytes: u64,
}

/// `GET /api/v1/projects/{project}`: the latest version's manifest. To whom it is not granted, a project
/// does not exist: 404, the same bytes as for a missing one (B2).
#[derive(Debug, Clone, Copy)]
pub struct Open {
    /// Which project.
    pub project: ProjectId,
}

/// Answer of [`Open`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Opened {
    /// The project, with its latest version.
    pub project: Summary,
    /// What that version holds.
    pub manifest: Manifest,
}

/// What a version holds: its layers, drawn from the first (bottom) to the last (top).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Manifest {
    /// `[west, south, east, north]` in WGS 84 degrees (RFC 7946, section 5).
    pub area: [f64; 4],
    /// Shown wherever the data is shown.
    pub attribution: String,
    /// Bottom first.
    pub layers: Vec<Layer>,
}

/// One layer: a GeoJSON file (RFC 7946) kept exactly as it came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Layer {
    /// Names the layer in its version: 1 to 64 of `a-z`, `0-9`, `-`.
    pub id: String,
    /// As people see it.
    pub title: String,
    /// How it is drawn.
    pub theme: Theme,
    /// How many features it has.
    pub features: u32,
    /// Size of the file.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub bytes: u64,
    /// SHA-256 of the file, in lower-case hexadecimal; the client verifies it.
    pub sha256: String,
}

/// Which of the drawn map styles a layer uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// Houses and halls.
    Buildings,
    /// Streets and paths, by class.
    Streets,
    /// Parks, blocks, works.
    Landuse,
    /// Water.
    Water,
    /// Trees.
    Trees,
    /// Stops and stations.
    Transit,
    /// Anything else, in neutral lines.
    Plain,
}

/// `GET /api/v1/projects/{project}/sketch`: a small drawing of the latest version's area, for lists.
#[derive(Debug, Clone, Copy)]
pub struct ReadSketch {
    /// Which project.
    pub project: ProjectId,
}

/// Answer of [`ReadSketch`]. A version that was saved before there were sketches has one without parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sketch {
    /// In the unit of the paths; y points down.
    pub width: u16,
    /// In the same unit.
    pub height: u16,
    /// Bottom first.
    pub parts: Vec<SketchPart>,
}

/// Things of one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SketchPart {
    /// Which map style.
    pub theme: Theme,
    /// Which class within it; the map's legend has the same.
    pub class: String,
    /// What the paths are.
    pub shape: SketchShape,
    /// Each `x0, y0, x1, y1, …`; they may lead outside of the picture. Areas are closed and filled even-odd.
    pub paths: Vec<Vec<i32>>,
}

/// What the paths of a part are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SketchShape {
    /// Closed and filled.
    Area,
    /// Open.
    Line,
    /// Each pair of numbers is a point of its own.
    Dot,
}

/// `GET /api/v1/projects/{project}/versions/{version}/layers/{layer}`: the layer's bytes.
#[derive(Debug, Clone)]
pub struct LayerBytes {
    /// Which project.
    pub project: ProjectId,
    /// Which version of it.
    pub version: u32,
    /// [`Layer::id`].
    pub layer: String,
}

impl Endpoint for List {
    const METHOD: Method = Method::Get;
    const TEMPLATE: &'static str = "/api/v1/projects";
    type Body = Nothing;
    type Answer = Listed;
}

impl Endpoint for Open {
    const METHOD: Method = Method::Get;
    const TEMPLATE: &'static str = "/api/v1/projects/{project}";
    type Body = Nothing;
    type Answer = Opened;

    fn path(&self) -> Cow<'static, str> {
        format!("/api/v1/projects/{}", self.project).into()
    }
}

impl Endpoint for ReadSketch {
    const METHOD: Method = Method::Get;
    const TEMPLATE: &'static str = "/api/v1/projects/{project}/sketch";
    type Body = Nothing;
    type Answer = Sketch;

    fn path(&self) -> Cow<'static, str> {
        format!("/api/v1/projects/{}/sketch", self.project).into()
    }
}

impl Endpoint for LayerBytes {
    const METHOD: Method = Method::Get;
    const TEMPLATE: &'static str = "/api/v1/projects/{project}/versions/{version}/layers/{layer}";
    type Body = Nothing;
    type Answer = Raw;

    fn path(&self) -> Cow<'static, str> {
        format!("/api/v1/projects/{}/versions/{}/layers/{}", self.project, self.version, self.layer).into()
    }
}

/// Whether the text may name a layer. Such a name is safe in a path as it is.
pub fn is_layer_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
