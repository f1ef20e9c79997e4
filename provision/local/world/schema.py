"""What a world file holds: its tables, and the version that says they fit."""

APPLICATION_ID = 0x464C5957  # "FLYW"; tells a world from any other SQLite file
VERSION = 2

TABLES = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE counters (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE organizations (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    slug TEXT NOT NULL UNIQUE,
    raw_slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    paid_plan INTEGER NOT NULL,
    billable INTEGER NOT NULL,
    viewer_role TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    replays_cross INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE networks (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    organization INTEGER NOT NULL REFERENCES organizations ON DELETE CASCADE,
    name TEXT NOT NULL,
    UNIQUE (organization, name)
);
CREATE TABLE apps (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    organization INTEGER NOT NULL REFERENCES organizations,
    network INTEGER NOT NULL REFERENCES networks,
    deployed INTEGER NOT NULL DEFAULT 0,
    secrets_version INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    visible_at INTEGER NOT NULL
);
CREATE TABLE addresses (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    app INTEGER NOT NULL REFERENCES apps ON DELETE CASCADE,
    id TEXT NOT NULL,
    address TEXT NOT NULL,
    type TEXT NOT NULL,
    region TEXT NOT NULL,
    network INTEGER REFERENCES networks ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    visible_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX shared_v4_once ON addresses (app) WHERE type = 'shared_v4';
CREATE UNIQUE INDEX address_once ON addresses (address) WHERE type <> 'shared_v4';
CREATE TABLE secrets (
    app INTEGER NOT NULL REFERENCES apps ON DELETE CASCADE,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (app, name)
) WITHOUT ROWID;
CREATE TABLE volumes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    app INTEGER NOT NULL REFERENCES apps ON DELETE CASCADE,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    region TEXT NOT NULL,
    zone TEXT NOT NULL,
    size_gb INTEGER NOT NULL,
    encrypted INTEGER NOT NULL,
    snapshot_retention INTEGER NOT NULL,
    auto_backup INTEGER NOT NULL,
    machine TEXT,
    created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX volume_attached_once ON volumes (machine) WHERE machine IS NOT NULL;
CREATE TABLE builds (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    app INTEGER NOT NULL REFERENCES apps ON DELETE CASCADE,
    status TEXT NOT NULL
);
CREATE TABLE images (
    reference TEXT PRIMARY KEY,
    id TEXT NOT NULL,
    digest TEXT NOT NULL,
    size INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE releases (
    app INTEGER NOT NULL REFERENCES apps ON DELETE CASCADE,
    version INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    strategy TEXT NOT NULL,
    image_ref TEXT NOT NULL,
    definition TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (app, version)
) WITHOUT ROWID;
CREATE TABLE machines (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    app INTEGER NOT NULL REFERENCES apps ON DELETE CASCADE,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    region TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    private_ip TEXT NOT NULL,
    image TEXT NOT NULL,
    config TEXT NOT NULL,
    life TEXT NOT NULL,
    ends TEXT NOT NULL,
    healthy INTEGER NOT NULL,
    listens INTEGER NOT NULL,
    updated INTEGER NOT NULL DEFAULT 0,
    host_status TEXT NOT NULL,
    cordoned INTEGER NOT NULL,
    hidden INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
);
CREATE INDEX machines_of_app ON machines (app);
CREATE TABLE events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    machine TEXT NOT NULL REFERENCES machines (id) ON DELETE CASCADE,
    happens_at INTEGER NOT NULL,
    timestamp INTEGER NOT NULL,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    source TEXT NOT NULL,
    exit TEXT
);
CREATE INDEX events_of_machine ON events (machine);
CREATE TABLE leases (
    machine TEXT PRIMARY KEY REFERENCES machines (id) ON DELETE CASCADE,
    nonce TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    owner TEXT NOT NULL,
    description TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE logs (
    id TEXT PRIMARY KEY,
    app INTEGER NOT NULL REFERENCES apps ON DELETE CASCADE,
    instance TEXT NOT NULL,
    region TEXT NOT NULL,
    provider TEXT NOT NULL,
    level TEXT NOT NULL,
    message TEXT NOT NULL,
    happens_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX logs_of_app ON logs (app);
CREATE TABLE requests (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    operation TEXT NOT NULL,
    app TEXT,
    outcome TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE TABLE faults (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    scenario TEXT NOT NULL,
    operation TEXT NOT NULL,
    app TEXT,
    kind TEXT NOT NULL,
    status INTEGER NOT NULL,
    message TEXT NOT NULL,
    code TEXT NOT NULL,
    seconds REAL NOT NULL,
    skip INTEGER NOT NULL,
    times INTEGER
);
"""
