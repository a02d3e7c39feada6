-- In which language letters to somebody are written.
ALTER TABLE users ADD COLUMN language TEXT NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'nl'));

-- The shortest new password that a domain takes (R54). People without a second step need 15 characters anyway.
ALTER TABLE domains ADD COLUMN password_minimum BIGINT NOT NULL DEFAULT 8
    CHECK (password_minimum BETWEEN 8 AND 64);

-- Letters that wait. `letter` holds address, language and what is told, sealed. A letter is taken by moving
-- `try_at` on, so that of many nodes one sends it; it goes when it left, or at `keep_until`.
CREATE TABLE outbox (
    id TEXT NOT NULL PRIMARY KEY,
    domain_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    letter BLOB NOT NULL,
    posted_at BIGINT NOT NULL,
    keep_until BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    try_at BIGINT NOT NULL,
    FOREIGN KEY (domain_id, user_id) REFERENCES users (domain_id, id) ON DELETE CASCADE
);
CREATE INDEX outbox_due ON outbox (try_at);

-- Codes that let a person set a password: the first one, or a new one. `hash` is SHA-256 of the code, which
-- has 100 random bits.
CREATE TABLE password_codes (
    hash TEXT NOT NULL PRIMARY KEY,
    domain_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('first', 'reset')),
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (domain_id, user_id) REFERENCES users (domain_id, id) ON DELETE CASCADE
);
CREATE INDEX password_codes_user ON password_codes (domain_id, user_id);
CREATE INDEX password_codes_expire ON password_codes (expires_at);

-- Who asked for a new password, by the keyed hash of the e-mail that was typed, whether or not there is such an
-- account: the request does the same work for both. Looking for the account comes later and apart.
CREATE TABLE reset_requests (
    email_hash TEXT NOT NULL PRIMARY KEY,
    asked_at BIGINT NOT NULL
);
