//! Which way the arrows run: `docs/architecture.md` draws them, this holds every `Cargo.toml` against it.

use std::process::Command;

use serde_json::Value;

/// A crate, what it may stand on, and what its tests may stand on besides.
struct Rule {
    name: &'static str,
    on: &'static [&'static str],
    in_tests: &'static [&'static str],
}

const RULES: &[Rule] = &[
    Rule { name: "polder-wire", on: &[], in_tests: &[] },
    // What a release looks like on a disk: who makes one, who applies it and who starts it stand on the same.
    Rule { name: "polder-slots", on: &["polder-wire"], in_tests: &[] },
    Rule { name: "polder-launcher", on: &["polder-slots", "polder-wire"], in_tests: &[] },
    Rule { name: "polder-signing", on: &["polder-slots", "polder-wire"], in_tests: &[] },
    // The two that never meet. Both read what signing makes, so their tests may make it.
    Rule { name: "polder-client", on: &["polder-slots", "polder-wire"], in_tests: &["polder-signing"] },
    Rule { name: "polder-platform", on: &["polder-wire"], in_tests: &["polder-signing"] },
    // It says for itself, in the slots, that it starts.
    Rule { name: "polder-desktop", on: &["polder-client", "polder-slots", "polder-wire"], in_tests: &[] },
    // The client's update code without its window; its tests make what it is to refuse.
    Rule {
        name: "polder-update",
        on: &["polder-client", "polder-slots", "polder-wire"],
        in_tests: &["polder-signing"],
    },
    // These start the built programs, as a person would, and link neither.
    Rule { name: "polder-local", on: &["polder-signing", "polder-wire"], in_tests: &[] },
    Rule { name: "polder-tests", on: &["polder-local", "polder-wire"], in_tests: &[] },
    // Stands on nothing: it is there before anything else is built.
    Rule { name: "xtask", on: &[], in_tests: &[] },
];

/// The only crate that knows that there is a window.
const SHELL: &str = "polder-desktop";
const WINDOW_CRATES: [&str; 3] = ["tauri", "wry", "tao"];

#[test]
fn every_edge_of_the_workspace_is_one_that_the_architecture_draws() {
    assert_eq!(wrong_edges(&workspace()), Vec::<String>::new());
}

#[test]
fn only_the_shell_names_tauri() {
    let workspace = workspace();
    assert_eq!(wrong_windows(&workspace), Vec::<String>::new());
    let shell = packages(&workspace).find(|package| package["name"] == SHELL).expect("the shell is a member");
    assert!(
        dependencies(shell).any(|(name, _)| name == "tauri"),
        "the rule looks for a name that nobody uses"
    );
}

#[test]
fn every_rule_speaks_of_a_crate_that_is_there() {
    let workspace = workspace();
    for Rule { name, .. } in RULES {
        assert!(
            packages(&workspace).any(|package| package["name"] == *name),
            "{name} is not in the workspace"
        );
    }
}

#[test]
fn a_client_that_knows_the_platform_is_caught() {
    let invented =
        invented(&[("polder-client", "polder-platform", None), ("polder-platform", "polder-client", None)]);
    assert_eq!(
        wrong_edges(&invented),
        ["polder-client stands on polder-platform", "polder-platform stands on polder-client"]
    );
}

#[test]
fn what_tests_may_use_the_program_may_not() {
    assert!(wrong_edges(&invented(&[("polder-client", "polder-signing", Some("dev"))])).is_empty());
    for kind in [None, Some("build")] {
        let invented = invented(&[("polder-client", "polder-signing", kind)]);
        assert_eq!(wrong_edges(&invented), ["polder-client stands on polder-signing"]);
    }
}

#[test]
fn a_forbidden_crate_is_caught_in_tests_as_well() {
    let invented = invented(&[("polder-client", "polder-local", Some("dev"))]);
    assert_eq!(wrong_edges(&invented), ["polder-client stands on polder-local (in tests)"]);
}

#[test]
fn a_crate_without_a_rule_is_caught() {
    let invented = invented(&[("polder-new", "polder-wire", None)]);
    assert_eq!(wrong_edges(&invented), ["polder-new has no rule here and in docs/architecture.md"]);
}

#[test]
fn tauri_in_another_crate_is_caught_whatever_it_is_for() {
    for (crate_name, kind) in
        [("tauri", None), ("tauri-plugin-log", Some("dev")), ("tauri-build", Some("build"))]
    {
        let invented = invented(&[("polder-client", crate_name, kind)]);
        assert_eq!(wrong_windows(&invented), [format!("polder-client names {crate_name}")]);
    }
    assert!(wrong_windows(&invented(&[(SHELL, "tauri", None)])).is_empty());
}

/// Edges between members that no rule allows.
fn wrong_edges(workspace: &Value) -> Vec<String> {
    let members: Vec<&str> = packages(workspace).map(name).collect();
    let mut wrong = Vec::new();
    for package in packages(workspace) {
        let from = name(package);
        let Some(rule) = RULES.iter().find(|rule| rule.name == from) else {
            wrong.push(format!("{from} has no rule here and in docs/architecture.md"));
            continue;
        };
        for (to, kind) in dependencies(package) {
            let is_edge = members.contains(&to) || RULES.iter().any(|rule| rule.name == to);
            let in_tests = kind == Some("dev");
            let allowed = rule.on.contains(&to) || in_tests && rule.in_tests.contains(&to);
            // A crate's tests may name the crate itself, to turn on a feature.
            if is_edge && !allowed && !(in_tests && to == from) {
                wrong.push(format!("{from} stands on {to}{}", if in_tests { " (in tests)" } else { "" }));
            }
        }
    }
    wrong
}

/// Crates other than the shell that know of windows.
fn wrong_windows(workspace: &Value) -> Vec<String> {
    let is_window = |name: &str| {
        WINDOW_CRATES.iter().any(|window| {
            name.strip_prefix(window).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    };
    let others = packages(workspace).filter(|package| name(package) != SHELL);
    others
        .flat_map(|package| {
            dependencies(package)
                .filter(|(to, _)| is_window(to))
                .map(|(to, _)| format!("{} names {to}", name(package)))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// What the manifests say, for all systems and features; nothing is resolved, so no network is asked.
fn workspace() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON")
}

/// A workspace with these edges, in cargo's own shape.
fn invented(edges: &[(&str, &str, Option<&str>)]) -> Value {
    let packages: Vec<Value> = edges
        .iter()
        .map(|(from, to, kind)| serde_json::json!({ "name": from, "dependencies": [{ "name": to, "kind": kind }] }))
        .collect();
    serde_json::json!({ "packages": packages })
}

fn packages(workspace: &Value) -> impl Iterator<Item = &Value> {
    workspace["packages"].as_array().expect("cargo metadata lists packages").iter()
}

fn name(package: &Value) -> &str {
    package["name"].as_str().expect("a package has a name")
}

/// Name and kind (none for the program, "dev", "build") of what a package stands on.
fn dependencies(package: &Value) -> impl Iterator<Item = (&str, Option<&str>)> {
    let dependencies = package["dependencies"].as_array().expect("a package lists its dependencies");
    dependencies.iter().map(|dependency| (name(dependency), dependency["kind"].as_str()))
}
