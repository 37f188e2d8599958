// SQLite without its C face; the only file that calls it. A Database and its Statements belong to one thread at a time.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace lintel::store {

enum class Access {
  read,   // no lock is kept
  write,  // one process at a time, and no reader beside it: the lock is kept until the database is closed
};

enum class ColumnType { null, integer, real, text, bytes };

class Statement {
 public:
  // Parameters count from 1, in the order of the question marks. Bound bytes must live until the next step() or reset().
  Statement& bind(int position, std::string_view text);
  Statement& bind(int position, std::int64_t number);
  Statement& bind_bytes(int position, ByteView bytes);
  // true: a row is there. Errors as Database.
  Result<bool> step();
  // Runs a statement that gives no rows, and makes it ready for the next run.
  Result<void> run();
  void reset();

  // Columns of the current row, from 0; valid until the next step(). A column of another type reads as empty or 0.
  std::string_view text(int column);
  std::int64_t number(int column);
  ByteView bytes(int column);
  int columns() const;
  ColumnType type(int column);  // as it is stored

 private:
  friend class Database;
  struct Close {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Close> handle_;
};

// Errors of all calls: io (disk full, read or write failed), permission (read-only place), refused (another process has it), limit (a value is too large),
// invalid_input (not a database, or damaged), internal (our SQL is wrong).
class Database {
 public:
  // Opens a file that exists. Blocks for at most a second when another process holds it.
  static Result<Database> open(const std::filesystem::path& path, Access access);
  // Makes a new file. Requires: there is none.
  static Result<Database> create(const std::filesystem::path& path);

  Result<Statement> prepare(std::string_view sql);
  Result<void> execute(std::string_view sql);  // one statement; rows are thrown away
  std::int64_t changes() const;                // rows that the last statement wrote

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  static Result<Database> open_with(const std::filesystem::path& path, int flags);
  std::unique_ptr<sqlite3, Close> handle_;
};

// A transaction that is undone unless commit() succeeded.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(other.database_) { other.database_ = nullptr; }
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace lintel::store
