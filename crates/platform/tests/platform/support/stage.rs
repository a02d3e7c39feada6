use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_lc_rs::rand::SystemRandom;
use polder_platform::app::{App, Surroundings};
use polder_platform::config::{Config, Overrides};
use polder_platform::http;
use polder_platform::login::hashing::Cost;
use polder_platform::store::Engine;
use polder_wire::UnixSeconds;
use tokio::sync::oneshot;

use super::database::Databases;
use super::releases::Repository;
use super::{Device, tls};

/// When every test begins.
pub(crate) const START: i64 = 1_790_000_000;
/// What clients know the platform by. It differs from where it listens, as behind any address translation.
pub(crate) const ORIGIN: &str = "https://platform.test";

/// A platform at work.
pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) address: SocketAddr,
    pub(crate) engine: Engine,
    pub(crate) config: Config,
    /// The CA's certificate, DER.
    pub(crate) ca: Vec<u8>,
    pub(crate) releases: Repository,
    clock: Arc<AtomicI64>,
    http: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    running: Option<tokio::task::JoinHandle<std::io::Result<()>>>,
    pub(crate) folder: tempfile::TempDir,
    // Dropped last: the databases go when nobody uses them any more.
    _databases: Databases,
}

impl Stage {
    pub(crate) async fn begin(engine: Engine) -> Self {
        Self::begin_with(engine, "").await
    }

    /// With sections more in its configuration.
    pub(crate) async fn begin_with(engine: Engine, more: &str) -> Self {
        Self::begin_at(engine, more, Cost::CHEAP_FOR_TESTS).await
    }

    /// With hashes that cost so much.
    pub(crate) async fn begin_at(engine: Engine, more: &str, cost: Cost) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let databases = Databases::make(engine).await;
        let ca = tls::write(folder.path());
        let releases = Repository::write(folder.path(), "0.1.0", START);
        let config = config(folder.path(), &databases, more);

        let clock = Arc::new(AtomicI64::new(START));
        let read = Arc::clone(&clock);
        let around = Surroundings {
            clock: Arc::new(move || UnixSeconds(read.load(Ordering::SeqCst))),
            random: Box::leak(Box::new(SystemRandom::new())),
            cost,
        };
        let app = App::open_to_serve(&config, around).await.unwrap();
        let server = http::listen(app.clone(), &config).unwrap();
        let address = server.address();
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(server.run(async {
            // Also when the stage is dropped.
            stopped.await.ok();
        }));
        let http = client(&ca, address);
        Self {
            app,
            address,
            engine,
            config,
            ca,
            releases,
            clock,
            http,
            stop: Some(stop),
            running: Some(running),
            folder,
            _databases: databases,
        }
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.load(Ordering::SeqCst)
    }

    /// Moves the platform's clock.
    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    /// A new device with a key of its own.
    pub(crate) fn device(&self) -> Device {
        Device::new(self.http.clone(), format!("https://localhost:{}", self.address.port()), ORIGIN.into())
    }

    /// A new device at another address of this machine.
    pub(crate) fn device_at(&self, address: std::net::IpAddr) -> Device {
        let builder = client_builder(&self.ca, self.address).local_address(address);
        let base = format!("https://localhost:{}", self.address.port());
        Device::new(builder.build().unwrap(), base, ORIGIN.into())
    }

    /// An HTTP client with no connection yet.
    pub(crate) fn connection(&self) -> reqwest::Client {
        client(&self.ca, self.address)
    }

    /// Another node on the same databases with the same clock, at which hashing a password costs so much; with a device
    /// that talks to it.
    pub(crate) async fn another_node(&self, cost: Cost) -> (App, Device) {
        let read = Arc::clone(&self.clock);
        let around = Surroundings {
            clock: Arc::new(move || UnixSeconds(read.load(Ordering::SeqCst))),
            random: Box::leak(Box::new(SystemRandom::new())),
            cost,
        };
        let app = App::open_to_serve(&self.config, around).await.unwrap();
        let server = http::listen(app.clone(), &self.config).unwrap();
        let mut device = self.device();
        device.base = format!("https://localhost:{}", server.address().port());
        device.http = client(&self.ca, server.address());
        tokio::spawn(server.run(std::future::pending()));
        (app, device)
    }

    /// Stops the platform and waits until it did, so that its files are at rest.
    pub(crate) async fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(running) = self.running.take() {
            running.await.unwrap().unwrap();
        }
        self.app.store.close().await;
    }
}

fn client(ca: &[u8], address: SocketAddr) -> reqwest::Client {
    client_builder(ca, address).build().unwrap()
}

fn client_builder(ca: &[u8], address: SocketAddr) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls::client(ca, rustls::ALL_VERSIONS))
        .resolve("localhost", address)
        .no_proxy()
}

/// Letters go into a folder, where a test says nothing else.
const MAIL: &str = "[mail]\nfrom = \"Polder <polder@example.org>\"\nfolder = \"mail\"";

fn config(folder: &Path, databases: &Databases, more: &str) -> Config {
    let mail = if more.contains("[mail]") { "" } else { MAIL };
    let text = format!(
        r#"
listen = "127.0.0.1:0"
origin = "{ORIGIN}"
data = "data"
[database]
url = "{}"
[tls]
certificate = "cert.pem"
key = "key.pem"
[keys]
master = "master.key"
url = "{}"
[releases]
folder = "releases"
root = "root.json"
{more}
{mail}
"#,
        databases.data, databases.keys
    );
    let file = folder.join("platform.toml");
    std::fs::write(&file, text).unwrap();
    Config::read(&file, &Overrides::default()).unwrap()
}
