-- Schema version 3 as it was first made.
CREATE TABLE event ( seq INTEGER NOT NULL, at FLOAT NOT NULL, actor VARCHAR NOT NULL, kind VARCHAR NOT NULL, payload BLOB NOT NULL, command_id VARCHAR, previous BLOB NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (seq) );
CREATE UNIQUE INDEX event_command ON event (actor, command_id) WHERE command_id IS NOT NULL;
CREATE TABLE checkpoint ( seq INTEGER NOT NULL, hash BLOB NOT NULL, picture BLOB NOT NULL, PRIMARY KEY (seq) );
CREATE TABLE accepted ( source VARCHAR NOT NULL, source_id VARCHAR NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (source, source_id) );
CREATE TABLE poll ( source_id VARCHAR NOT NULL, url VARCHAR NOT NULL, jurisdiction_id VARCHAR NOT NULL, api_key VARCHAR NOT NULL, is_key_in_query BOOLEAN NOT NULL, ca_file VARCHAR NOT NULL, interval_s FLOAT NOT NULL, since_parameter VARCHAR NOT NULL, position FLOAT, PRIMARY KEY (source_id) );
CREATE TABLE trial ( data BLOB NOT NULL );
CREATE TABLE officer_account ( officer_id VARCHAR NOT NULL, password_hash VARCHAR NOT NULL, changed_at FLOAT NOT NULL, PRIMARY KEY (officer_id) );
CREATE TABLE token ( hash BLOB NOT NULL, officer_id VARCHAR NOT NULL, family VARCHAR NOT NULL, is_refresh BOOLEAN NOT NULL, is_used BOOLEAN NOT NULL, expires_at FLOAT NOT NULL, PRIMARY KEY (hash) );
CREATE INDEX ix_token_family ON token (family);
CREATE TABLE enrolment_code ( hash BLOB NOT NULL, unit_id VARCHAR NOT NULL, expires_at FLOAT NOT NULL, PRIMARY KEY (hash) );
CREATE TABLE device ( unit_id VARCHAR NOT NULL, hash BLOB NOT NULL, name VARCHAR NOT NULL, enrolled_at FLOAT NOT NULL, PRIMARY KEY (unit_id), UNIQUE (hash) );
CREATE TABLE source_key ( hash BLOB NOT NULL, source_id VARCHAR NOT NULL, made_at FLOAT NOT NULL, PRIMARY KEY (hash) );
CREATE INDEX ix_source_key_source_id ON source_key (source_id);
CREATE TABLE answer_address ( source_id VARCHAR NOT NULL, url VARCHAR NOT NULL, secret VARCHAR NOT NULL, PRIMARY KEY (source_id) );
CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
PRAGMA user_version=3;
