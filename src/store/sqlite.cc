#include "store/sqlite.h"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>

namespace lintel::store {
namespace {

tl::unexpected<Error> error_of(sqlite3* database, int result) {
  const int system = sqlite3_system_errno(database);
  if (result == SQLITE_FULL) return fail(ErrorCode::io, "the disk is full; nothing committed so far is lost");
  // A quota and a size limit end here; errno is overwritten by then.
  if (result == SQLITE_IOERR_WRITE)
    return fail(ErrorCode::io, "writing failed, the disk is full or a limit is hit; nothing committed so far is lost");
  const char* text = sqlite3_errmsg(database);
  switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return fail(ErrorCode::refused, "another process is writing it");
    case SQLITE_CORRUPT: return fail(ErrorCode::invalid_input, "the file is damaged ({})", text);
    case SQLITE_NOTADB: return fail(ErrorCode::invalid_input, "the file is damaged or no run file ({})", text);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH: return fail(ErrorCode::permission, "no permission to write ({})", text);
    case SQLITE_CANTOPEN:
      return fail(system == EACCES || system == EROFS || system == EPERM ? ErrorCode::permission : ErrorCode::io, "can't open it: {}",
                  system != 0 ? std::strerror(system) : text);
    case SQLITE_IOERR:
      return fail(ErrorCode::io, "reading or writing failed: {}", system != 0 ? std::strerror(system) : text);
    case SQLITE_TOOBIG:
    case SQLITE_NOMEM: return fail(ErrorCode::limit, "a value is too large ({})", text);
    default: return fail(ErrorCode::internal, "SQLite: {} ({})", text, result);
  }
}

}  // namespace

void Statement::Close::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Statement& Statement::bind(int position, std::string_view text) {
  sqlite3_bind_text64(handle_.get(), position, text.data() != nullptr ? text.data() : "", text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind(int position, std::int64_t number) {
  sqlite3_bind_int64(handle_.get(), position, number);
  return *this;
}

Statement& Statement::bind_bytes(int position, ByteView bytes) {
  // An empty view may have no address, which SQLite would take for NULL.
  sqlite3_bind_blob64(handle_.get(), position, bytes.empty() ? static_cast<const void*>("") : bytes.data(), bytes.size(), SQLITE_STATIC);
  return *this;
}

Result<bool> Statement::step() {
  const int result = sqlite3_step(handle_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  auto error = error_of(sqlite3_db_handle(handle_.get()), sqlite3_extended_errcode(sqlite3_db_handle(handle_.get())));
  reset();
  return error;
}

Result<void> Statement::run() {
  TRY(step());
  reset();
  return {};
}

void Statement::reset() { sqlite3_reset(handle_.get()); }

std::string_view Statement::text(int column) {
  if (sqlite3_column_type(handle_.get(), column) != SQLITE_TEXT) return {};
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  return text == nullptr ? std::string_view() : std::string_view(text, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column)));
}

std::int64_t Statement::number(int column) {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_INTEGER ? sqlite3_column_int64(handle_.get(), column) : 0;
}

ByteView Statement::bytes(int column) {
  if (sqlite3_column_type(handle_.get(), column) != SQLITE_BLOB) return {};
  const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(handle_.get(), column));
  return {bytes, bytes == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

int Statement::columns() const { return sqlite3_column_count(handle_.get()); }

ColumnType Statement::type(int column) {
  switch (sqlite3_column_type(handle_.get(), column)) {
    case SQLITE_INTEGER: return ColumnType::integer;
    case SQLITE_FLOAT: return ColumnType::real;
    case SQLITE_TEXT: return ColumnType::text;
    case SQLITE_BLOB: return ColumnType::bytes;
    default: return ColumnType::null;
  }
}

Result<Database> Database::open_with(const std::filesystem::path& path, int flags) {
  Database database;
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  database.handle_.reset(handle);  // to be closed even when opening failed
  if (handle == nullptr) return fail(ErrorCode::limit, "no memory for a database");
  if (result != SQLITE_OK) return error_of(handle, result);
  // A run file may come from anybody: no schema tricks, no huge values, no extensions.
  constexpr int kLargestValueBytes = 256 << 20;
  constexpr int kBusyMilliseconds = 1000;
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kLargestValueBytes);
  sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  TRY(database.execute("PRAGMA cell_size_check = ON"));
  TRY(database.execute("PRAGMA mmap_size = 0"));  // a file cut short under us must be an error, not a SIGBUS
  return database;
}

Result<Database> Database::open(const std::filesystem::path& path, Access access) {
  if (access == Access::read) return open_with(path, SQLITE_OPEN_READONLY);
  Database database = TRY(open_with(path, SQLITE_OPEN_READWRITE));
  // Exclusive before the first access: then the WAL index lives in memory, and a second writer is told so at once.
  TRY(database.execute("PRAGMA locking_mode = EXCLUSIVE"));
  if (sqlite3_db_readonly(database.handle_.get(), "main") == 1) return fail(ErrorCode::permission, "no permission to write");
  TRY(database.execute("BEGIN EXCLUSIVE"));
  TRY(database.execute("COMMIT"));
  return database;
}

Result<Database> Database::create(const std::filesystem::path& path) {
  return open_with(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
}

Result<Statement> Database::prepare(std::string_view sql) {
  Statement statement;
  sqlite3_stmt* handle = nullptr;
  const int result = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &handle, nullptr);
  statement.handle_.reset(handle);
  if (result != SQLITE_OK) return error_of(handle_.get(), sqlite3_extended_errcode(handle_.get()));
  return statement;
}

Result<void> Database::execute(std::string_view sql) {
  Statement statement = TRY(prepare(sql));
  while (TRY(statement.step())) {
  }
  return {};
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle_.get()); }

Result<Transaction> Transaction::begin(Database& database) {
  TRY(database.execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::~Transaction() {
  // A full disk may have rolled it back already; then this fails, and that is fine.
  if (database_ != nullptr) (void)database_->execute("ROLLBACK");
}

Result<void> Transaction::commit() {
  TRY(database_->execute("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace lintel::store
