//! Release files: what clients update from, and the signed policy that says who is too old.

mod tag;

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;
use http::{HeaderValue, Method, Request, StatusCode, header};
use polder_wire::update::{POLICY_TARGET, Policy};
use polder_wire::{Code, UnixSeconds};
use semver::Version;
use tokio::sync::RwLock;
use tough::{FilesystemTransport, RepositoryLoader, TargetName};
use tower::ServiceExt;
use tower_http::services::ServeDir;
use url::Url;

use crate::http::Refused;

/// How often the metadata is looked at again, in seconds.
const LOOK_EVERY: i64 = 10;
/// No policy is larger.
const POLICY_LIMIT: usize = 64 * 1024;

/// Release files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// A file or folder cannot be read.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The path cannot be used.
    #[error("{path}: is not a full path", path = path.display())]
    Path {
        /// Which.
        path: PathBuf,
    },
    /// The metadata does not verify.
    #[error("the release metadata does not verify: {0}")]
    Metadata(#[from] Box<tough::error::Error>),
    /// There is no usable policy in it.
    #[error("the release metadata names no usable policy")]
    NoPolicy,
}

/// Release files in a folder.
pub struct Releases {
    metadata: PathBuf,
    root: Vec<u8>,
    metadata_url: Url,
    targets_url: Url,
    files: ServeDir,
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    looked_at: Option<i64>,
    written: Option<(SystemTime, u64)>,
    policy: Option<Policy>,
}

impl Releases {
    /// Opens a folder that has `metadata/` and `targets/`, with the TUF root that is trusted.
    ///
    /// # Errors
    /// When the root or the folder cannot be read.
    pub async fn open(folder: &Path, root: &Path) -> Result<Self, ReleaseError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| ReleaseError::File { path, source }
        };
        let root_bytes = tokio::fs::read(root).await.map_err(failed(root))?;
        let folder = tokio::fs::canonicalize(folder).await.map_err(failed(folder))?;
        let url = |name: &str| {
            let path = folder.join(name);
            Url::from_directory_path(&path).map_err(|()| ReleaseError::Path { path })
        };
        Ok(Self {
            metadata: folder.join("metadata"),
            root: root_bytes,
            metadata_url: url("metadata")?,
            targets_url: url("targets")?,
            files: ServeDir::new(&folder).append_index_html_on_directories(false),
            known: RwLock::default(),
        })
    }

    /// Whether a client of this version may go on. The last policy that verified stays in force when what
    /// lies there now does not verify.
    ///
    /// # Errors
    /// When no policy ever verified.
    pub async fn admits(&self, version: &Version, now: UnixSeconds) -> Result<bool, ReleaseError> {
        {
            let known = self.known.read().await;
            if let (Some(looked_at), Some(policy)) = (known.looked_at, &known.policy)
                && (0..LOOK_EVERY).contains(&now.0.saturating_sub(looked_at))
            {
                return Ok(*version >= policy.min_version);
            }
        }
        let mut known = self.known.write().await;
        let written = self.written().await;
        if known.policy.is_none() || known.written != written {
            match self.verify().await {
                Ok(policy) if known.policy.as_ref().is_none_or(|old| policy.issued >= old.issued) => {
                    known.policy = Some(policy);
                    known.written = written;
                }
                Ok(_) => tracing::error!("the release metadata holds an older policy; the newer one stays"),
                Err(error) if known.policy.is_some() => {
                    tracing::error!(%error, "the last policy that verified stays in force");
                }
                Err(error) => return Err(error),
            }
        }
        known.looked_at = Some(now.0);
        known.policy.as_ref().map(|policy| *version >= policy.min_version).ok_or(ReleaseError::NoPolicy)
    }

    /// When the policy that is in force was signed: a later one comes with newer releases. None when none ever verified.
    pub(crate) async fn issued(&self, now: UnixSeconds) -> Option<UnixSeconds> {
        // Whether anybody is let in does not matter here; but it looks at the files again where it is time.
        if let Err(error) = self.admits(&Version::new(0, 0, 0), now).await {
            tracing::error!(%error, "nobody can tell whether there is a newer release");
        }
        self.known.read().await.policy.as_ref().map(|policy| policy.issued)
    }

    /// Answers `GET` and `HEAD` of a file below the folder; everything else does not exist.
    pub async fn serve(&self, request: Request<Body>) -> Response {
        let path = below_folder(request.uri().path()).map(str::to_owned);
        let (Some(path), &Method::GET | &Method::HEAD) = (path, request.method()) else {
            return Refused::from(Code::NotFound).into_response();
        };
        let (mut parts, body) = request.into_parts();
        let tag = tag::of(&path);
        tag::settle_range(&mut parts.headers, tag.as_ref());
        let known = tag::settle_known(&mut parts.headers, tag.as_ref());
        let Ok(uri) = path.parse() else { return Refused::from(Code::NotFound).into_response() };
        parts.uri = uri;
        // A static file service does not fail; it answers what went wrong.
        let Ok(mut response) = self.files.clone().oneshot(Request::from_parts(parts, body)).await;
        if !response.status().is_success()
            && !matches!(
                response.status(),
                StatusCode::NOT_MODIFIED
                    | StatusCode::RANGE_NOT_SATISFIABLE
                    | StatusCode::PRECONDITION_FAILED
            )
        {
            return Refused::from(Code::NotFound).into_response();
        }
        // Names that hold a version or hash never change their content.
        let caching = if path == "/metadata/timestamp.json" {
            "no-cache"
        } else {
            "public, max-age=31536000, immutable"
        };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        if let Some(tag) = tag {
            response.headers_mut().insert(header::ETAG, tag);
        }
        if known && response.status().is_success() {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            for name in [header::CONTENT_LENGTH, header::CONTENT_RANGE, header::CONTENT_TYPE] {
                response.headers_mut().remove(name);
            }
            return response.map(|_| Body::empty());
        }
        response.map(Body::new)
    }

    async fn written(&self) -> Option<(SystemTime, u64)> {
        // A file that cannot be read counts as changed; verifying says why.
        let found = tokio::fs::metadata(self.metadata.join("timestamp.json")).await.ok()?;
        Some((found.modified().ok()?, found.len()))
    }

    async fn verify(&self) -> Result<Policy, ReleaseError> {
        let repository =
            RepositoryLoader::new(&self.root, self.metadata_url.clone(), self.targets_url.clone())
                .transport(FilesystemTransport)
                .load()
                .await
                .map_err(Box::new)?;
        let name = TargetName::new(POLICY_TARGET).map_err(Box::new)?;
        let stream = repository.read_target(&name).await.map_err(Box::new)?.ok_or(ReleaseError::NoPolicy)?;
        let bytes = stream
            .map_err(|_| ReleaseError::NoPolicy)
            .try_fold(Vec::new(), |mut bytes, part| async move {
                bytes.extend_from_slice(&part);
                if bytes.len() > POLICY_LIMIT { Err(ReleaseError::NoPolicy) } else { Ok(bytes) }
            })
            .await?;
        policy_of(&bytes)
    }
}

fn policy_of(bytes: &[u8]) -> Result<Policy, ReleaseError> {
    let policy: Policy = serde_json::from_slice(bytes).map_err(|_| ReleaseError::NoPolicy)?;
    if policy.schema == 1 { Ok(policy) } else { Err(ReleaseError::NoPolicy) }
}

/// Where a request's path leads below the folder, if it is one of a file that may be there.
fn below_folder(path: &str) -> Option<&str> {
    let path = path.strip_prefix("/updates")?;
    let plain = path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/.-_+".contains(&b));
    let steps_down = path.split('/').skip(1).all(|part| !part.is_empty() && !part.starts_with('.'));
    let listed = path.starts_with("/metadata/") || path.starts_with("/targets/");
    (plain && steps_down && listed).then_some(path)
}

#[cfg(fuzzing)]
pub(crate) fn fuzz(bytes: &[u8]) {
    use tough::schema::{Root, Signed, Snapshot, Targets, Timestamp};

    fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) {
        drop(serde_json::from_slice::<Signed<T>>(bytes));
    }

    read::<Root>(bytes);
    read::<Snapshot>(bytes);
    read::<Targets>(bytes);
    read::<Timestamp>(bytes);
    if let Ok(policy) = policy_of(bytes) {
        assert_eq!(policy.schema, 1);
    }
}

#[cfg(fuzzing)]
pub(crate) fn fuzz_path(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(path) = below_folder(&text) {
        let way = Path::new(path).components().skip(1);
        assert!(way.clone().count() >= 2, "{path} is no file below the folder");
        assert!(way.clone().all(|part| matches!(part, std::path::Component::Normal(_))), "{path} steps up");
    }
}
