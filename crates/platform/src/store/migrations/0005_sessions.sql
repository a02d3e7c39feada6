-- What a domain asks of its people's sessions. Where nobody may stay signed in, `stay_allowed` is 0; `lock_after_seconds`
-- is the longest that a client may be without a person before it locks, 0 where each decides.
ALTER TABLE domains ADD COLUMN stay_allowed BIGINT NOT NULL DEFAULT 1 CHECK (stay_allowed IN (0, 1));
ALTER TABLE domains ADD COLUMN lock_after_seconds BIGINT NOT NULL DEFAULT 0 CHECK (lock_after_seconds BETWEEN 0 AND 86400);
ALTER TABLE domains ADD COLUMN lock_on_leave BIGINT NOT NULL DEFAULT 0 CHECK (lock_on_leave IN (0, 1));
ALTER TABLE domains ADD COLUMN unlock_code BIGINT NOT NULL DEFAULT 0 CHECK (unlock_code IN (0, 1));

-- What the device calls itself travels with the sign-in.
ALTER TABLE tickets ADD COLUMN device_name BLOB;
ALTER TABLE tickets ADD COLUMN device_system BLOB;

-- `last_used_at` is coarse: a session that is used all the time writes it every five minutes. `proof_tries` counts wrong
-- passwords and codes since the last right ones.
ALTER TABLE sessions ADD COLUMN device_name BLOB;
ALTER TABLE sessions ADD COLUMN device_system BLOB;
ALTER TABLE sessions ADD COLUMN last_address BLOB;
ALTER TABLE sessions ADD COLUMN last_used_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN fresh_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN locked_at BIGINT;
ALTER TABLE sessions ADD COLUMN proof_tries BIGINT NOT NULL DEFAULT 0;
CREATE INDEX sessions_of_a_person ON sessions (domain_id, user_id, ended_at);

-- What open clients are told, for every node to read and for a short time only. A row is for one session, for a person,
-- for a domain, or for everybody, by which columns it fills. No name and nothing of a project stands in it.
CREATE TABLE events (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('session-over', 'locked', 'rights-changed', 'maintenance', 'update-ready')),
    domain_id TEXT,
    user_id TEXT,
    session_id TEXT,
    starts_at BIGINT,
    ends_at BIGINT
);
CREATE INDEX events_at ON events (at);
