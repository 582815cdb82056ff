import TradeRules

/// One row of a file that was refused.
struct RowRefusal {
  let row: Int
  let line: Int
  let code: String
  let message: String

  init(row: Int, line: Int, _ refusal: Refusal) {
    (self.row, self.line) = (row, line)
    code = refusal.code.rawValue
    message = Failure(refusal.code, refusal.detail).message
  }

  init(_ error: RowError) {
    (row, line) = (error.row, error.line)
    (code, message) = (error.fault.code, error.fault.message)
  }

  /// For the rejects file and for people.
  var text: String { "\(code): \(message)" }

  var json: JSONValue {
    [
      "row": .integer(row), "line": .integer(line), "code": .string(code), "message": .string(message),
    ]
  }
}
