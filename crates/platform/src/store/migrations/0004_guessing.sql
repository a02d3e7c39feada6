-- Wrong tries. `subject` names what they count against: an account by the keyed hash of its e-mail (also one that does not
-- exist, so that nobody can tell), a known device, or a keyed hash of an address. `failures` decides how long
-- the next try waits and leaks away with time; `in_a_row` only a whole sign-in, a manager or a reset sets back.
CREATE TABLE guesses (
    subject TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    in_a_row BIGINT NOT NULL,
    counted_at BIGINT NOT NULL,
    free_at BIGINT NOT NULL,
    told_at BIGINT
);
CREATE INDEX guesses_counted ON guesses (counted_at);

-- Devices that completed a sign-in. `hash` is SHA-256 of what the device calls itself to this account.
CREATE TABLE known_devices (
    domain_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (domain_id, user_id, hash),
    FOREIGN KEY (domain_id, user_id) REFERENCES users (domain_id, id) ON DELETE CASCADE
);
CREATE INDEX known_devices_hash ON known_devices (hash);

-- Ways in without the authenticator. `hash` is keyed with the domain's key.
CREATE TABLE recovery_codes (
    domain_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (domain_id, user_id, hash),
    FOREIGN KEY (domain_id, user_id) REFERENCES users (domain_id, id) ON DELETE CASCADE
);

-- A key that waits for its first code, to come in place of the one in force.
CREATE TABLE second_step_changes (
    domain_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    secret BLOB NOT NULL,
    tries_left BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (domain_id, user_id),
    FOREIGN KEY (domain_id, user_id) REFERENCES users (domain_id, id) ON DELETE CASCADE
);

-- What the device called itself, and what its last wrong code would have been right for: the step, and the step at which
-- it was typed.
ALTER TABLE tickets ADD COLUMN known_as TEXT;
ALTER TABLE tickets ADD COLUMN stray_step BIGINT;
ALTER TABLE tickets ADD COLUMN stray_at BIGINT;

-- Since when signing in is switched off; NULL where it is not. A row of `platform_switches` does so for everybody.
ALTER TABLE domains ADD COLUMN logins_off_at BIGINT;
ALTER TABLE users ADD COLUMN logins_off_at BIGINT;
CREATE TABLE platform_switches (
    name TEXT NOT NULL PRIMARY KEY CHECK (name IN ('logins-off')),
    set_at BIGINT NOT NULL
);
