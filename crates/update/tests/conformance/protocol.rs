use std::fs;

use super::client::{Client, passed};
use super::repository::Repository;

#[test]
fn options_may_stand_before_the_command_and_behind_it() {
    let repository = Repository::new();
    let client = Client::of(&repository);
    let mut command = client.command();
    command.args(["refresh", "--metadata-url"]).arg(client.url("metadata/"));
    assert!(passed(&command.output().unwrap()));
}

#[test]
fn whatever_is_wrong_with_the_command_ends_with_1_and_words() {
    let repository = Repository::new();
    let client = Client::of(&repository);
    for arguments in [
        &[][..],
        &["upgrade"],
        &["refresh"],
        &["init"],
        &["init", "/no/such/file"],
        &["download", "--metadata-url", "http://127.0.0.1:1/"],
        &["refresh", "--metadata-url", "http://127.0.0.1:1/", "--no-such-option"],
        &["refresh", "--metadata-url", "nonsense"],
    ] {
        assert!(!passed(&client.command().args(arguments).output().unwrap()), "{arguments:?}");
    }
    assert_eq!(repository.server.asked(), [""; 0]);
}

#[test]
fn help_and_version_are_no_failure() {
    let repository = Repository::new();
    let client = Client::without_root(&repository);
    for argument in ["--help", "--version", "help"] {
        assert!(passed(&client.command().arg(argument).output().unwrap()), "{argument}");
    }
}

#[test]
fn no_repository_elsewhere_is_asked_and_none_over_a_proxy() {
    let repository = Repository::new();
    let client = Client::of(&repository);
    for url in ["http://192.0.2.1/", "https://127.0.0.1/", "http://localhost.example/", "file:///tmp/"] {
        let output = client.command().args(["refresh", "--metadata-url", url]).output().unwrap();
        assert!(!passed(&output));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("not plain http on this computer"), "{said}");
    }
    // A proxy of the environment is not asked: this one would answer nothing.
    let mut refreshing = client.refreshing();
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy"] {
        refreshing.env(name, "http://127.0.0.1:1/");
    }
    assert!(passed(&refreshing.output().unwrap()));
}

#[test]
fn a_server_that_is_not_there_is_a_failure_with_its_reason() {
    let repository = Repository::new();
    let client = Client::of(&repository);
    drop(repository);
    let output = client.refreshing().output().unwrap();
    assert!(!passed(&output));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.to_lowercase().contains("connect"), "{said}");
}

#[test]
fn without_init_nothing_is_trusted_and_nobody_asked() {
    let repository = Repository::new();
    let client = Client::without_root(&repository);
    assert!(!client.refresh());
    assert!(!client.download(&["file"]));
    assert_eq!(repository.server.asked(), [""; 0]);
}

#[test]
fn what_cannot_be_kept_is_a_failure() {
    let mut repository = Repository::new();
    let client = Client::of(&repository);
    // A folder where the file should be.
    fs::create_dir(client.metadata().join("timestamp.json")).unwrap();
    assert!(!client.refresh());
    fs::remove_dir(client.metadata().join("timestamp.json")).unwrap();
    assert!(client.refresh());
    repository.add_target("targets", "file", b"content");
    repository.publish(&["targets", "snapshot", "timestamp"]);
    fs::create_dir_all(client.targets().join("file")).unwrap();
    assert!(!client.download(&["file"]));
}
