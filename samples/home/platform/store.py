"""The platform's database: SQLite in the run directory, one connection a thread. Personal values are sealed before they get here."""

import sqlite3
import threading

PEOPLE = "CREATE TABLE people (user TEXT PRIMARY KEY, phone TEXT, phone_sealed TEXT, nickname TEXT, address TEXT);"
SCHEMA = PEOPLE + """
CREATE TABLE accounts (user TEXT PRIMARY KEY, salt TEXT, password TEXT, role TEXT, wrong INTEGER DEFAULT 0, locked_until REAL DEFAULT 0);
CREATE TABLE codes (purpose TEXT, subject TEXT, code TEXT, ends REAL, tries INTEGER DEFAULT 0, PRIMARY KEY (purpose, subject));
CREATE TABLE devices (id TEXT PRIMARY KEY, name TEXT UNIQUE, class TEXT, area TEXT, model TEXT, key TEXT, token TEXT, owner TEXT,
                      power INTEGER DEFAULT 0, brightness INTEGER DEFAULT 0, cpu INTEGER DEFAULT 0);
CREATE TABLE bind_tokens (token TEXT PRIMARY KEY, user TEXT, device TEXT, ends REAL);
CREATE TABLE files (user TEXT, name TEXT, kind TEXT, size INTEGER, place TEXT, PRIMARY KEY (user, name));
CREATE TABLE alarms (number INTEGER PRIMARY KEY, at TEXT, type TEXT, source TEXT, target TEXT, detail TEXT, action TEXT);
"""
_local = threading.local()


def create(path: str, schema: str = SCHEMA) -> None:
    _connection(path).executescript(schema)


def _connection(path: str) -> sqlite3.Connection:
    open_ones = _local.__dict__.setdefault("open", {})
    if path not in open_ones:
        connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")  # a sample may lose its last second with the power
        connection.execute("PRAGMA secure_delete = ON")
        open_ones[path] = connection
    return open_ones[path]


def run(statement: str, *values, database: str = "platform.db") -> list[sqlite3.Row]:
    """One statement, committed when it returns. A check and the change that depends on it are one statement, too."""
    return _connection(database).execute(statement, values).fetchall()


def one(statement: str, *values, database: str = "platform.db") -> sqlite3.Row | None:
    rows = run(statement, *values, database=database)
    return rows[0] if rows else None
