use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, AssertSqlSafe, SqlSafeStr};

use super::{Engine, StoreError};

/// Number, name and text of one step. The text serves both engines: they agree on everything but the name of
/// the type for bytes.
pub(super) type Step = (i64, &'static str, &'static str);

/// The tables of the data.
pub(super) const STEPS: &[Step] = &[
    (1, "first", include_str!("migrations/0001_first.sql")),
    (2, "sketches", include_str!("migrations/0002_sketches.sql")),
    (3, "people", include_str!("migrations/0003_people.sql")),
    (4, "guessing", include_str!("migrations/0004_guessing.sql")),
    (5, "sessions", include_str!("migrations/0005_sessions.sql")),
];

pub(super) async fn run(pool: &AnyPool, engine: Engine, steps: &'static [Step]) -> Result<(), StoreError> {
    let steps = steps
        .iter()
        .map(|&(version, name, sql)| {
            let sql = match engine {
                Engine::Sqlite => sql.to_owned(),
                Engine::Postgres => sql.replace(" BLOB", " BYTEA"),
            };
            // The text is compiled in.
            let sql = AssertSqlSafe(sql).into_sql_str();
            Migration::new(version, name.into(), MigrationType::Simple, sql, false)
        })
        .collect();
    Ok(Migrator::with_migrations(steps).run(pool).await?)
}
