//! The pages in a real browser: headless Chromium, driven through chromedriver.
//!
//! Where they are not installed the test is skipped, loudly; with `SSE_REQUIRE_BROWSER=1` that is
//! a failure.

mod support;

use std::fs;
use std::io;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::Agent;

use support::{Demo, Line, Lines, PATIENCE};

/// How long chromedriver may take for one command; starting the browser is the longest.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(50);

#[test]
fn the_page_shows_messages_and_reconnects_after_the_server_was_away() {
    let Some(browser) = Browser::started() else {
        return;
    };
    let demo = Demo::start("100ms");
    let port = demo.port;
    browser.open(&demo.url("/"));
    browser.wait_until("document.querySelector('#state').dataset.state === 'open'");
    browser.wait_until("document.querySelectorAll('#messages li').length >= 3");
    let numbers = browser.numbers();
    assert!(is_without_gap(&numbers), "{numbers:?}");
    let newest = browser.evaluate("document.querySelector('#messages li').textContent");
    assert!(newest.as_str().unwrap().starts_with('#'), "{newest}");

    assert_eq!(
        browser.evaluate("document.querySelector('#notice').hidden"),
        true
    );

    drop(demo);
    browser.wait_until("document.querySelector('#state').dataset.state === 'reconnecting'");
    browser.wait_until("document.querySelector('#state').textContent === 'Reconnecting'");
    let count = "Number(document.querySelector('#count').textContent.replaceAll(',', ''))";
    let before = browser.evaluate(count);

    let mut demo = start_again(port);
    browser.wait_until("document.querySelector('#state').dataset.state === 'open'");
    browser.wait_until(&format!("{count} >= {before} + 3"));
    assert_eq!(
        browser.evaluate("document.querySelector('#reconnections').textContent"),
        "1"
    );
    // The new server does not know the id of the old one, and says so.
    browser.wait_until("document.querySelector('#notice').hidden === false");

    // A connection that drops while the server goes on is taken up where it was.
    let line = Line::to(port);
    browser.open(&format!("http://127.0.0.1:{}/", line.port));
    browser.wait_until("document.querySelectorAll('#messages li').length >= 3");
    line.cut();
    browser.wait_until("document.querySelector('#state').dataset.state === 'reconnecting'");
    for _ in 0..5 {
        demo.log.wait_for(|line| line.ends_with(" sent"));
    }
    line.mend();
    let shown = browser.numbers();
    browser.wait_until(&format!("{count} >= {} + 8", shown.len()));
    let numbers = browser.numbers();
    assert!(is_without_gap(&numbers), "{numbers:?}");
    assert_eq!(
        browser.evaluate("document.querySelector('#notice').hidden"),
        true
    );
}

#[test]
fn the_status_page_publishes_and_shows_what_comes() {
    let Some(browser) = Browser::started() else {
        return;
    };
    let server = Demo::serve(&["serve", "--publish-token", "t", "--subscribe-token", "t"]);
    browser.open(&server.url("/?token=t"));
    browser.wait_until("document.querySelector('#state').dataset.open === 'true'");
    browser.run("document.querySelector('#form button').click()");
    browser.wait_until("document.querySelector('#tail').innerText.endsWith('hello')");
    browser.wait_until("document.querySelector('#answer').textContent.includes('ids')");
    browser.wait_until("document.querySelector('#rows').innerText.startsWith('news')");
    browser.wait_until("document.querySelector('#published').textContent === '1'");
    if let Some(folder) = std::env::var_os("SSE_SCREENSHOTS") {
        browser.save_screenshot(&PathBuf::from(folder).join("serve.png"));
    }
    drop(server);
    browser.wait_until("document.querySelector('#state').dataset.open === 'false'");
}

/// Of messages, the newest first.
fn is_without_gap(numbers: &[u64]) -> bool {
    numbers.is_sorted_by(|newer, older| newer == &(older + 1))
}

fn number(message: &str) -> u64 {
    let rest = message.strip_prefix("Message ").unwrap();
    rest.split(' ').next().unwrap().parse().unwrap()
}

/// Starts the demo on the port it had; someone's outgoing connection may hold it for a moment.
fn start_again(port: u16) -> Demo {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(demo) = Demo::try_start(port, "100ms") {
            return demo;
        }
        assert!(Instant::now() < deadline, "port {port} stays taken");
        sleep(PAUSE);
    }
}

/// A browser with one window; dropping it closes it.
struct Browser {
    driver: Child,
    agent: Agent,
    session: String,
    profile: PathBuf,
}

impl Browser {
    /// Starts the browser; `None`, said loudly, where there is none.
    fn started() -> Option<Self> {
        let missing = match Self::start() {
            Ok(browser) => return Some(browser),
            Err(missing) => missing,
        };
        let is_required = std::env::var_os("SSE_REQUIRE_BROWSER").is_some_and(|value| value == "1");
        assert!(!is_required, "{missing}");
        // Past the macros, whose output a test that passes keeps to itself.
        let line = format!("SKIPPED: {missing}; the page was not tested in a browser\n");
        let _ = io::stderr().write_all(line.as_bytes());
        None
    }

    /// Runs a statement in the page.
    fn run(&self, statement: &str) {
        self.post("/execute/sync", &json!({ "script": statement, "args": [] }));
    }

    /// What is to be seen, for people to look at.
    fn save_screenshot(&self, file: &std::path::Path) {
        let url = format!("{}/screenshot", self.session);
        let mut response = self.agent.get(url).call().unwrap();
        let answer: Value = response.body_mut().read_json().unwrap();
        fs::write(file, answer["value"].as_str().unwrap()).unwrap();
    }

    /// Starts the browser, or says what is missing.
    fn start() -> Result<Self, String> {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => "chromedriver is not installed".to_owned(),
                _ => panic!("chromedriver cannot be started: {error}"),
            })?;
        let mut output = Lines::of(driver.stdout.take().unwrap());
        let ready = output.wait_for(|line| line.contains("started successfully on port"));
        let port: u16 = ready
            .rsplit(' ')
            .next()
            .and_then(|port| port.trim_end_matches('.').parse().ok())
            .unwrap();
        let profile = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("chromium-{}-{port}", std::process::id()));
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(COMMAND_TIMEOUT))
            .build()
            .into();
        let mut browser = Self {
            driver,
            agent,
            session: format!("http://127.0.0.1:{port}/session"),
            profile,
        };
        let answer = browser.post("", &browser.capabilities());
        if let Some(message) = answer["message"].as_str() {
            assert!(message.contains("cannot find"), "no session: {message}");
            return Err("Chromium is not installed".to_owned());
        }
        browser.session += &format!("/{}", answer["sessionId"].as_str().unwrap());
        Ok(browser)
    }

    fn capabilities(&self) -> Value {
        let profile = format!("--user-data-dir={}", self.profile.display());
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            &profile,
        ];
        json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": { "args": arguments } } } })
    }

    fn open(&self, url: &str) {
        let answer = self.post("/url", &json!({ "url": url }));
        assert_eq!(answer, Value::Null);
    }

    /// The value of an expression in the page.
    fn evaluate(&self, expression: &str) -> Value {
        let script = format!("return {expression}");
        let answer = self.post("/execute/sync", &json!({ "script": script, "args": [] }));
        assert_eq!(answer["error"], Value::Null, "{answer}");
        answer
    }

    /// The numbers of the messages on the page, the newest first.
    fn numbers(&self) -> Vec<u64> {
        self.evaluate(
            "[...document.querySelectorAll('#messages .text')].map(text => text.textContent)",
        )
        .as_array()
        .unwrap()
        .iter()
        .map(|text| number(text.as_str().unwrap()))
        .collect()
    }

    fn wait_until(&self, condition: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.evaluate(condition) != true {
            if Instant::now() > deadline {
                let page = self.evaluate("document.body.innerText");
                panic!("never: {condition}\nthe page: {page}");
            }
            sleep(PAUSE);
        }
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.session);
        let mut response = self.agent.post(url).send_json(body).unwrap();
        let mut answer: Value = response.body_mut().read_json().unwrap();
        answer["value"].take()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}
