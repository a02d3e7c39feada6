-- Ids and hashes are text, times seconds since 1970, truth values 0 or 1. A column of type BLOB holds what
-- the domain's key sealed. The domain is part of every key.

CREATE TABLE domains (
    id TEXT NOT NULL PRIMARY KEY,
    name BLOB NOT NULL,
    second_step TEXT NOT NULL CHECK (second_step IN ('required', 'optional')),
    stay_seconds BIGINT NOT NULL DEFAULT 604800 CHECK (stay_seconds BETWEEN 600 AND 2678400),
    created_at BIGINT NOT NULL
);

-- The platform's own people belong to no domain.
CREATE TABLE operators (
    id TEXT NOT NULL PRIMARY KEY,
    email_hash TEXT NOT NULL UNIQUE,
    email BLOB NOT NULL,
    name BLOB NOT NULL,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE users (
    domain_id TEXT NOT NULL REFERENCES domains (id),
    id TEXT NOT NULL,
    email_hash TEXT NOT NULL UNIQUE,
    email BLOB NOT NULL,
    name BLOB NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'host', 'editor', 'manager')),
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (domain_id, id)
);

CREATE TABLE second_steps (
    domain_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    secret BLOB NOT NULL,
    -- The newest TOTP step that was used; the next code must be of a later one.
    last_step BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (domain_id, user_id),
    FOREIGN KEY (domain_id, user_id) REFERENCES users (domain_id, id) ON DELETE CASCADE
);

-- A sign-in under way. `hash` is SHA-256 of the ticket; `pending` a TOTP secret that is not confirmed yet.
CREATE TABLE tickets (
    hash TEXT NOT NULL PRIMARY KEY,
    domain_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    device TEXT NOT NULL,
    step TEXT NOT NULL CHECK (step IN ('code', 'enrol')),
    stay BIGINT NOT NULL,
    tries_left BIGINT NOT NULL,
    pending BLOB,
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (domain_id, user_id) REFERENCES users (domain_id, id) ON DELETE CASCADE
);
CREATE INDEX tickets_expire ON tickets (expires_at);

-- One signed-in device. `current_refresh` is the newest refresh token; `previous_refresh` the one that was
-- exchanged for it, good once more until the newest or the access token given with it was `used`.
CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    domain_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    device TEXT NOT NULL,
    stay BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    current_refresh TEXT NOT NULL,
    previous_refresh TEXT,
    used BIGINT NOT NULL,
    access TEXT NOT NULL UNIQUE,
    access_expires_at BIGINT NOT NULL,
    FOREIGN KEY (domain_id, user_id) REFERENCES users (domain_id, id) ON DELETE CASCADE
);
CREATE INDEX sessions_expire ON sessions (expires_at);

-- Every refresh token that was given out, so that one used twice is recognised.
CREATE TABLE refresh_tokens (
    hash TEXT NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    issued_at BIGINT NOT NULL
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id, issued_at);

CREATE TABLE projects (
    domain_id TEXT NOT NULL REFERENCES domains (id),
    id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    owner_access TEXT NOT NULL DEFAULT 'write' CHECK (owner_access IN ('read', 'write')),
    others_access TEXT NOT NULL DEFAULT 'none' CHECK (others_access IN ('none', 'read', 'write')),
    name BLOB NOT NULL,
    description BLOB NOT NULL,
    latest BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (domain_id, id),
    FOREIGN KEY (domain_id, owner_id) REFERENCES users (domain_id, id)
);

CREATE TABLE project_grants (
    domain_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    access TEXT NOT NULL CHECK (access IN ('read', 'write')),
    PRIMARY KEY (domain_id, project_id, user_id),
    FOREIGN KEY (domain_id, project_id) REFERENCES projects (domain_id, id) ON DELETE CASCADE,
    FOREIGN KEY (domain_id, user_id) REFERENCES users (domain_id, id) ON DELETE CASCADE
);

CREATE TABLE versions (
    domain_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    number BIGINT NOT NULL CHECK (number > 0),
    author_id TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    note BLOB NOT NULL,
    manifest BLOB NOT NULL,
    bytes BIGINT NOT NULL,
    PRIMARY KEY (domain_id, project_id, number),
    FOREIGN KEY (domain_id, project_id) REFERENCES projects (domain_id, id) ON DELETE CASCADE,
    FOREIGN KEY (domain_id, author_id) REFERENCES users (domain_id, id)
);

-- Which blob is which layer of a version, by its place in the manifest, bottom first from 0.
CREATE TABLE version_blobs (
    domain_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    place BIGINT NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (domain_id, project_id, number, place),
    FOREIGN KEY (domain_id, project_id, number)
        REFERENCES versions (domain_id, project_id, number) ON DELETE CASCADE
);
CREATE INDEX version_blobs_address ON version_blobs (domain_id, address);
