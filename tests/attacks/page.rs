//! A script got into the page: what can it reach?

use std::net::{TcpListener, UdpSocket};

use polder_local::desk::Keyring;
use polder_tests::{Outcome, Page, Stage, Wire, alone_in_the_network};
use serde_json::Value;

/// Of a range that is for documents (RFC 5737).
const OUTSIDE: &str = "203.0.113.7";

/// What loads something from `ADDRESS` and says whether it did. Each must throw, answer `refused`, or cannot tell.
const WAYS_OUT: &[(&str, &str)] = &[
    ("fetch", "await fetch('ADDRESS'); return 'reached';"),
    ("fetch without CORS", "await fetch('ADDRESS', { mode: 'no-cors' }); return 'reached';"),
    (
        "fetch that outlives the page",
        "await fetch('ADDRESS', { keepalive: true, method: 'POST', body: 'x' }); return 'reached';",
    ),
    (
        "XHR",
        "const x = new XMLHttpRequest(); x.open('GET', 'ADDRESS'); return await says(x, 'load', () => x.send());",
    ),
    (
        "synchronous XHR",
        "const x = new XMLHttpRequest(); x.open('GET', 'ADDRESS', false); x.send(); return 'reached';",
    ),
    ("WebSocket", "const s = new WebSocket('ADDRESS'.replace('http', 'ws')); return await says(s, 'open');"),
    (
        "EventSource",
        "const s = new EventSource('ADDRESS'); return await says(s, 'open', () => {}, () => s.close());",
    ),
    ("beacon", "return navigator.sendBeacon('ADDRESS', 'x') ? 'cannot tell' : 'refused';"),
    ("image", "const i = new Image(); return await says(i, 'load', () => { i.src = 'ADDRESS'; });"),
    (
        "image in SVG",
        "const s = document.createElementNS('http://www.w3.org/2000/svg', 'svg'); \
        const i = document.createElementNS('http://www.w3.org/2000/svg', 'image'); s.append(i); document.body.append(s); \
        return await says(i, 'load', () => i.setAttribute('href', 'ADDRESS'), () => s.remove());",
    ),
    ("stylesheet", "return await element('link', 'load', { rel: 'stylesheet', href: 'ADDRESS' });"),
    ("script", "return await element('script', 'load', { src: 'ADDRESS' });"),
    ("module", "await import('ADDRESS'); return 'reached';"),
    ("font", "await new FontFace('x', 'url(ADDRESS)').load(); return 'reached';"),
    (
        "image in a style",
        "document.body.style.backgroundImage = 'url(ADDRESS)'; await frame(); return 'cannot tell';",
    ),
    (
        "rule in a sheet",
        "const s = new CSSStyleSheet(); s.replaceSync('body { cursor: url(ADDRESS), auto }'); \
        document.adoptedStyleSheets = [...document.adoptedStyleSheets, s]; await frame(); return 'cannot tell';",
    ),
    (
        "frame",
        "const f = document.createElement('iframe'); f.src = 'ADDRESS'; document.body.append(f); await frame(); \
        let inside = 'refused'; try { inside = f.contentDocument?.body?.textContent ? 'reached' : 'refused'; } catch {} \
        f.remove(); return inside;",
    ),
    ("object", "return await element('object', 'load', { data: 'ADDRESS', type: 'text/html' });"),
    ("embed", "return await element('embed', 'load', { src: 'ADDRESS', type: 'text/html' });"),
    ("video", "return await element('video', 'loadeddata', { src: 'ADDRESS', autoplay: '' });"),
    ("audio", "return await element('audio', 'loadeddata', { src: 'ADDRESS', autoplay: '' });"),
    ("manifest", "await hint('manifest'); return 'cannot tell';"),
    ("preconnect", "await hint('preconnect'); return 'cannot tell';"),
    ("DNS prefetch", "await hint('dns-prefetch'); return 'cannot tell';"),
    ("prefetch", "await hint('prefetch'); return 'cannot tell';"),
    ("preload", "await hint('preload', { as: 'image' }); return 'cannot tell';"),
    ("module preload", "await hint('modulepreload'); return 'cannot tell';"),
    (
        "form",
        "const f = document.createElement('form'); f.action = 'ADDRESS'; f.method = 'post'; document.body.append(f); \
        f.submit(); await frame(); f.remove(); return 'cannot tell';",
    ),
    (
        "form into a frame",
        "const f = document.createElement('form'); f.action = 'ADDRESS'; f.target = 'x'; \
        const i = document.createElement('iframe'); i.name = 'x'; document.body.append(f, i); f.submit(); await frame(); \
        f.remove(); i.remove(); return 'cannot tell';",
    ),
    ("window.open", "return window.open('ADDRESS') ? 'reached' : 'refused';"),
    (
        "link to a new window",
        "const a = document.createElement('a'); a.href = 'ADDRESS'; a.target = '_blank'; \
        document.body.append(a); a.click(); a.remove(); await frame(); return 'cannot tell';",
    ),
    (
        "link that pings",
        "const a = document.createElement('a'); a.href = '#x'; a.ping = 'ADDRESS'; document.body.append(a); \
        a.click(); a.remove(); await frame(); return 'cannot tell';",
    ),
    (
        "download",
        "const a = document.createElement('a'); a.href = 'ADDRESS'; a.download = 'x'; document.body.append(a); \
        a.click(); a.remove(); await frame(); return 'cannot tell';",
    ),
    ("navigation", "location.href = 'ADDRESS'; await frame(); return 'cannot tell';"),
    (
        "refresh",
        "const m = document.createElement('meta'); m.httpEquiv = 'refresh'; m.content = '0;url=ADDRESS'; \
        document.head.append(m); await frame(); m.remove(); return 'cannot tell';",
    ),
    (
        "base",
        "const b = document.createElement('base'); b.href = 'ADDRESS'; document.head.append(b); \
        const at = document.baseURI; b.remove(); return at.startsWith('tauri:') ? 'refused' : 'reached';",
    ),
    ("service worker", "await navigator.serviceWorker.register('ADDRESS'); return 'reached';"),
    ("own service worker", "await navigator.serviceWorker.register('/index.html'); return 'reached';"),
    ("worker", "const w = new Worker('ADDRESS'); return await says(w, 'message');"),
    (
        "blob worker",
        "const w = new Worker(URL.createObjectURL(new Blob(['postMessage(1)']))); return await says(w, 'message');",
    ),
    (
        "data worker",
        "const w = new Worker('data:text/javascript,postMessage(1)'); return await says(w, 'message');",
    ),
    ("shared worker", "const w = new SharedWorker('ADDRESS'); return await says(w, 'connect');"),
    (
        "WebTransport",
        "const t = new WebTransport('ADDRESS'.replace('http:', 'https:')); await t.ready; return 'reached';",
    ),
    (
        "WebRTC",
        "const p = new RTCPeerConnection({ iceServers: [{ urls: 'ADDRESS'.replace('http://', 'stun:').replace('/', '') }] }); \
        p.createDataChannel('x'); await p.setLocalDescription(await p.createOffer()); await frame(); return 'cannot tell';",
    ),
];

/// Code of its own, brought in as text. Each must throw or do nothing.
const CODE: &[(&str, &str)] = &[
    ("eval", "return eval('1 + 1') === 2 ? 'ran' : 'refused';"),
    ("Function", "return new Function('return 2')() === 2 ? 'ran' : 'refused';"),
    (
        "timer",
        "window.ran = false; setTimeout('window.ran = true', 0); await frame(); return window.ran ? 'ran' : 'refused';",
    ),
    (
        "inline script",
        "window.ran = false; const s = document.createElement('script'); s.textContent = 'window.ran = true'; \
        document.body.append(s); s.remove(); return window.ran ? 'ran' : 'refused';",
    ),
    (
        "data script",
        "window.ran = false; const r = await element('script', 'load', { src: 'data:text/javascript,window.ran=true' }); \
        return window.ran ? 'ran' : 'refused';",
    ),
    (
        "blob script",
        "window.ran = false; const u = URL.createObjectURL(new Blob(['window.ran = true'])); \
        await element('script', 'load', { src: u }); return window.ran ? 'ran' : 'refused';",
    ),
    (
        "inline handler",
        "window.ran = false; const b = document.createElement('button'); b.setAttribute('onclick', 'window.ran = true'); \
        document.body.append(b); b.click(); b.remove(); return window.ran ? 'ran' : 'refused';",
    ),
    (
        "HTML as text",
        "document.createElement('div').innerHTML = '<img src=x onerror=alert(1)>'; return 'ran';",
    ),
    ("document.write", "document.write('<p>x</p>'); return 'ran';"),
    (
        "javascript address",
        "window.ran = false; const a = document.createElement('a'); a.href = 'javascript:window.ran=true'; \
        document.body.append(a); a.click(); a.remove(); await frame(); return window.ran ? 'ran' : 'refused';",
    ),
    ("policy of its own", "trustedTypes.createPolicy('mine', { createHTML: (x) => x }); return 'ran';"),
    (
        "frame with a document",
        "const f = document.createElement('iframe'); f.srcdoc = '<p>x</p>'; document.body.append(f); f.remove(); return 'ran';",
    ),
];

/// What the scripts use: waits for an event or its failure, makes elements, waits for two frames.
const TOOLS: &str = "const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))); \
    const says = (target, event, begin = () => {}, end = () => {}) => new Promise((done) => { \
        const over = (word) => { end(); done(word); }; \
        target.addEventListener(event, () => over('reached')); \
        for (const no of ['error', 'stalled', 'abort']) target.addEventListener(no, () => over('refused')); \
        document.addEventListener('securitypolicyviolation', () => setTimeout(() => over('refused'), 50), { once: true }); \
        begin(); }); \
    const element = (name, event, attributes) => { const e = document.createElement(name); \
        return says(e, event, () => { for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v); \
            document.body.append(e); }, () => e.remove()); }; \
    const hint = async (rel, more = {}) => { const l = document.createElement('link'); \
        Object.assign(l, { rel, href: 'ADDRESS', ...more }); document.head.append(l); await frame(); l.remove(); };";

async fn attempt(page: &Page, script: &str, address: &str) -> Outcome<Value> {
    let script = format!("{TOOLS} {script}").replace("ADDRESS", address);
    Ok(page.run(&script).await?)
}

fn refused(answer: &Value) -> bool {
    answer.as_str().is_some_and(|said| said.starts_with("threw") || said == "refused")
}

#[test]
fn no_packet_leaves_whatever_a_script_in_the_page_tries() -> Outcome {
    alone_in_the_network("page::no_packet_leaves_whatever_a_script_in_the_page_tries", || async {
        let stage = Stage::set(Keyring::Unlocked).await?;
        let page = stage.open().await?;
        page.see("sign-in").await?;
        page.run("window.still = 'here';").await?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let datagrams = UdpSocket::bind(("127.0.0.1", port))?;
        datagrams.set_nonblocking(true)?;
        let wire = Wire::watch()?;

        for (name, script) in WAYS_OUT {
            for address in
                [format!("http://127.0.0.1:{port}/"), format!("http://{OUTSIDE}/"), stage.local().origin()]
            {
                let answer = attempt(&page, script, &address).await?;
                assert!(refused(&answer) || answer == "cannot tell", "{name} to {address}: {answer}");
            }
        }
        assert_eq!(
            page.run("return [window.still, location.href.split('#')[0]];").await?,
            serde_json::json!(["here", "tauri://localhost"])
        );
        assert_eq!(page.run("return (await caches.keys?.() ?? []).length;").await?.as_i64().unwrap_or(0), 0);
        // Ended, it can send nothing more.
        page.close().await?;

        assert_eq!(listener.accept().expect_err("somebody came").kind(), std::io::ErrorKind::WouldBlock);
        assert_eq!(
            datagrams.recv(&mut [0; 1]).expect_err("something came").kind(),
            std::io::ErrorKind::WouldBlock
        );
        assert_eq!(wire.left()?, Vec::<std::net::IpAddr>::new(), "packets that left");
        Ok(())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn code_that_comes_as_text_does_not_run() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    page.see("sign-in").await?;
    for (name, script) in CODE {
        let answer = attempt(&page, script, "").await?;
        assert!(refused(&answer), "{name}: {answer}");
    }
    // A link or a file that is dragged into the window is not opened.
    let dropped = "const drop = new Event('drop', { bubbles: true, cancelable: true }); \
        const over = new Event('dragover', { bubbles: true, cancelable: true }); \
        document.body.dispatchEvent(over); document.body.dispatchEvent(drop); \
        return over.defaultPrevented && drop.defaultPrevented;";
    assert_eq!(page.run(dropped).await?, true);
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unlisted_command_is_refused() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    page.see("sign-in").await?;
    for command in [
        "read_file",
        "plugin:fs|read_file",
        "plugin:shell|open",
        "plugin:window|create",
        "plugin:webview|create_webview_window",
        "plugin:app|version",
        "plugin:event|emit",
        "plugin:path|resolve_directory",
        "",
        "projects\u{0}",
        "Projects",
        "../projects",
    ] {
        let answer = invoke(&page, command, "{}").await?;
        assert!(answer.as_str().is_some_and(|a| a.starts_with("threw")), "{command}: {answer}");
    }
    // The way itself works: a listed command answers, and says that nobody is signed in.
    let answer = invoke(&page, "projects", "{}").await?;
    assert!(answer.to_string().contains("session-over"), "projects: {answer}");
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listed_command_with_damaged_arguments_is_refused_and_does_no_harm() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    stage.sign_in(&page, stage.editor(), false).await?;
    let values = [
        "undefined",
        "null",
        "0",
        "-1",
        "1e400",
        "true",
        "[]",
        "{}",
        "''",
        "'\\u0000'",
        "'../../etc/passwd'",
        "'\\ud800'",
        "'x'.repeat(1e6)",
        "'%2e%2e%2f'",
        "['a', ['b', ['c']]]",
        "new Uint8Array(9)",
    ];
    for (command, names) in [
        ("sign_in_password", &["email", "password", "stay"][..]),
        ("sign_in_code", &["code"]),
        ("sign_in_confirm", &["code"]),
        ("project_open", &["project"]),
        ("layer", &["project", "version", "layer"]),
    ] {
        for value in values {
            let arguments: Vec<_> = names.iter().map(|name| format!("{name}: {value}")).collect();
            let answer = invoke(&page, command, &format!("{{ {} }}", arguments.join(", "))).await?;
            assert!(
                answer.as_str().is_some_and(|a| a.starts_with("threw")),
                "{command} with {value}: {answer}"
            );
        }
    }
    // Still signed in, and nothing else happened.
    let answer = invoke(&page, "projects", "{}").await?;
    assert_eq!(answer, "ran");
    Ok(page.close().await?)
}

async fn invoke(page: &Page, command: &str, arguments: &str) -> Outcome<Value> {
    let command = serde_json::to_string(command)?;
    Ok(page
        .run(&format!("await window.__TAURI_INTERNALS__.invoke({command}, {arguments}); return 'ran';"))
        .await?)
}
