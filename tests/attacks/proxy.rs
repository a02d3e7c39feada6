//! Something between the client and the platform, set by the person or by their organisation: mitmproxy, for real.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use polder_local::desk::Keyring;
use polder_tests::{Outcome, Page, Running, Stage};

/// A running mitmproxy. Ends on drop.
struct Proxy {
    _process: Running,
    port: u16,
    folder: tempfile::TempDir,
}

impl Proxy {
    /// Opens every connection that goes through it, with a CA of its own.
    async fn that_inspects() -> Outcome<Self> {
        Self::start(&[]).await
    }

    /// Lets connections through unopened, for whoever has the name and the password.
    async fn that_asks(user: &str, password: &str) -> Outcome<Self> {
        Self::start(&["--ignore-hosts", ".*", "--proxyauth", &format!("{user}:{password}")]).await
    }

    async fn start(arguments: &[&str]) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let mut command = Command::new("mitmdump");
        command.args(["--quiet", "--listen-host", "127.0.0.1", "--listen-port", &port.to_string()]);
        command.arg("--set").arg(format!("confdir={}", folder.path().display())).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let proxy = Self { _process: Running::start(&mut command)?, port, folder };
        let until = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if Instant::now() > until {
                return Err("mitmdump does not come up".into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(proxy)
    }

    /// The certificate of its CA.
    fn ca(&self) -> String {
        self.folder.path().join("mitmproxy-ca-cert.pem").display().to_string()
    }
}

/// From the network settings, which are open.
async fn set(page: &Page, proxy: &Proxy, user: &str, password: &str) -> Outcome {
    page.see("network-manual").await?;
    page.click("network-manual").await?;
    page.write("network-host", "127.0.0.1").await?;
    page.write("network-port", &proxy.port.to_string()).await?;
    page.write("network-user", user).await?;
    page.write("network-password", password).await?;
    Ok(page.click("network-save").await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_opens_tls_is_refused_by_name_also_where_the_system_trusts_it() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let proxy = Proxy::that_inspects().await?;
    let ca = proxy.ca();
    for trusted in [&[][..], &[("SSL_CERT_FILE", ca.as_str()), ("SSL_CERT_DIR", "/nowhere")]] {
        let page = stage.open_with(trusted, &[]).await?;
        page.see("sign-in").await?;
        page.click("sign-in-network").await?;
        set(&page, &proxy, "", "").await?;
        page.see("gate-refused").await?;
        assert!(page.says("gate-code").await?.contains("N-05"));
        let said = page.says("gate-refused").await?;
        assert!(said.contains("mitmproxy") && said.contains("Nothing was sent"), "{said}");
        assert!(!page.shows("sign-in").await?);

        // The way out is on the same screen.
        page.click("gate-network").await?;
        page.see("network-direct").await?;
        page.click("network-direct").await?;
        page.click("network-save").await?;
        page.see("sign-in").await?;
        page.close().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_asks_for_a_password_is_given_it_and_the_keychain_keeps_it() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let proxy = Proxy::that_asks("planner", "wind-in-the-reeds").await?;
    let page = stage.open().await?;
    page.click("sign-in-network").await?;
    set(&page, &proxy, "", "").await?;
    page.see("gate-refused").await?;
    assert!(page.says("gate-code").await?.contains("N-12"), "{}", page.says("gate-refused").await?);
    // A wrong one is asked for again.
    page.click("gate-network").await?;
    set(&page, &proxy, "planner", "wrong").await?;
    page.see("gate-refused").await?;
    assert!(page.says("gate-code").await?.contains("N-12"));
    page.click("gate-network").await?;
    set(&page, &proxy, "planner", "wind-in-the-reeds").await?;
    page.see("sign-in").await?;
    stage.sign_in(&page, stage.editor(), true).await?;
    page.see_many("project-row", 1).await?;
    page.close().await?;
    assert_eq!(stage.keychain_items()?, 2, "the sign-in and the proxy's password");
    assert_eq!(stage.search_home("wind-in-the-reeds")?, Vec::<std::path::PathBuf>::new());

    // The next morning nothing has to be typed, and without the proxy there is no way.
    let page = stage.open().await?;
    page.see("projects").await?;
    page.close().await?;
    drop(proxy);
    let page = stage.open_at_gate().await?;
    page.see("gate-refused").await?;
    assert!(page.says("gate-code").await?.contains("N-11"), "{}", page.says("gate-refused").await?);
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_systems_proxy_is_taken_unless_the_person_says_otherwise() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let proxy = Proxy::that_inspects().await?;
    let address = format!("127.0.0.1:{}", proxy.port);
    let url = format!("http://{address}");
    let page = stage.open_with(&[("https_proxy", &url)], &[]).await?;
    page.see("gate-refused").await?;
    let said = page.says("gate-refused").await?;
    assert!(said.contains("mitmproxy"), "{said}");
    page.click("gate-network").await?;
    page.see("network-system").await?;
    let said = page.says("network").await?;
    assert!(said.contains(&address), "{said}");
    page.click("network-direct").await?;
    page.click("network-save").await?;
    page.see("sign-in").await?;
    page.close().await?;
    // It stays as the person set it.
    let page = stage.open_with(&[("https_proxy", &url)], &[]).await?;
    page.see("sign-in").await?;
    Ok(page.close().await?)
}
