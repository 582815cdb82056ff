import SwiftProtobuf
import Testing
import TradeRules

@testable import SyncProtocol

@Suite("Rows travel column by column and arrive as they left")
struct RowBatchTests {
  private static let synced = TableDescription.all.filter { !$0.isCentreOnly }

  @Test("rows of every table arrive as they left, null and empty cells included", arguments: 1...5)
  func roundTrip(seed: UInt64) throws {
    var dice = Dice(seed)
    for table in RowBatchTests.synced {
      for count in [1, 7, 8, 9, 100] {
        let rows = (0..<count).map { _ in dice.row(of: table) }
        let (found, decoded) = try RowBatch.decode(RowBatch.encode(rows, of: table))
        #expect(found.number == table.number)
        #expect(decoded == rows, "\(table.name), \(count) rows")
      }
    }
  }

  @Test("cells read one by one are the cells of the rows")
  func cellsWithoutRows() throws {
    var dice = Dice(11)
    for table in RowBatchTests.synced {
      let rows = (0..<20).map { _ in dice.row(of: table) }
      let reader = try RowBatchReader(RowBatch.encode(rows, of: table))
      #expect(reader.versions == rows.map(\.version))
      for (place, column) in table.columns.enumerated() {
        for (index, row) in rows.enumerated() {
          let cell: Value =
            switch reader.cell(place, row: index) {
            case .null: .null
            case .integer(let number): .integer(number)
            case .id(let id): .id(id)
            case .text(let range) where column.kind == .personal:
              .personal(PersonalText(reader.text(range)))
            case .text(let range): .text(reader.text(range))
            case .blob(let range): .blob(Array(reader.bytes[range]))
            }
          #expect(cell == row.values[column.number - 1], "\(table.name).\(column.name)")
        }
      }
    }
  }

  @Test("cells appended one by one make the same bytes as rows")
  func writingCellByCell() {
    var dice = Dice(12)
    for table in RowBatchTests.synced {
      let rows = (0..<20).map { _ in dice.row(of: table) }
      var writer = RowBatchWriter(table)
      for row in rows {
        for (place, column) in table.columns.enumerated() {
          switch row.values[column.number - 1] {
          case .null: writer.appendNull(column: place)
          case .integer(let number): writer.append(integer: number, column: place)
          case .id(let id): writer.append(id: id, column: place)
          case .blob(let blob): blob.withUnsafeBufferPointer { writer.append(bytes: $0, column: place) }
          case .text(let text):
            Array(text.utf8).withUnsafeBufferPointer { writer.append(bytes: $0, column: place) }
          case .personal(let personal):
            Array(personal.text.utf8).withUnsafeBufferPointer { writer.append(bytes: $0, column: place) }
          }
        }
        writer.endRow(version: row.version)
      }
      #expect(writer.encode() == RowBatch.encode(rows, of: table), "\(table.name)")
    }
  }

  @Test("other languages read the same batch with their own protobuf library")
  func protobufAgrees() throws {
    var dice = Dice(13)
    for table in RowBatchTests.synced {
      let rows = (0..<30).map { _ in dice.row(of: table) }
      let bytes = RowBatch.encode(rows, of: table)
      let wire = try WireRowBatch(serializedBytes: bytes)
      #expect(wire.table == UInt32(table.number) && wire.rowCount == 30 && wire.versions.count == 30)
      #expect(wire.columns.map(\.number) == wire.columns.map(\.number).sorted())
      #expect(try wire.serializedBytes() as [UInt8] == bytes, "\(table.name)")
    }
  }

  @Test("a person's text travels, its commitment never does (G28)")
  func commitmentsStayAtHome() throws {
    let table = TableDescription.of(CustomerColumns.self)
    var customer = Customer()
    customer.id = Samples.epoch
    customer.name = PersonalText("Zoë", commitment: Samples.bytes(32, from: 200))
    customer.row.version = 5
    let bytes = RowBatch.encode([customer.row], of: table)
    let holdsCommitment = bytes.indices.contains { bytes[$0...].starts(with: customer.name.commitment) }
    #expect(!holdsCommitment)
    let arrived = try #require(try RowBatch.decode(bytes).rows.first)
    #expect(Customer(arrived).name == PersonalText("Zoë"))
  }

  @Test("columns of a newer centre are kept as canonical cells, and only where they hold something (G24)")
  func unknownColumns() throws {
    let table = TableDescription.of(UnitColumns.self)
    var wire = try WireRowBatch(serializedBytes: RowBatch.encode(Samples.units.map(\.row), of: table))
    wire.columns.append(
      .with {
        $0.number = 40
        $0.kind = .integer
        $0.absent = .of([0b010])
        $0.integers = [-1, 151]
      })
    wire.columns.append(
      .with {
        $0.number = 63
        $0.kind = .text
        $0.lengths = [1, 0, 2]
        $0.data = .of(Array("aé".utf8))
      })
    let rows = try RowBatch.decode(wire.serializedBytes()).rows
    // Tag 40·8 and zigzag -1; tag 63·8 + 2, one byte "a".
    #expect(rows[0].unknown == [0xC0, 0x02, 0x01, 0xFA, 0x03, 0x01, 0x61])
    #expect(rows[1].unknown == [0xFA, 0x03, 0x00])
    // 150 is zigzag 300.
    #expect(rows[2].unknown == [0xC0, 0x02, 0xAC, 0x02, 0xFA, 0x03, 0x02, 0xC3, 0xA9])
    #expect(rows.map { MeasureUnit($0).code } == ["EA", "KG", "LT"])
  }

  @Test("what a newer centre adds to a batch or a page is passed over (G24)")
  func unknownFields() throws {
    let table = TableDescription.of(UnitColumns.self)
    let extra: [UInt8] = [0xD2, 0x05, 1, 9, 0xD2, 0x05, 1, 9]
    let batch = RowBatch.encode(Samples.units.map(\.row), of: table) + extra
    #expect(try RowBatch.decode(batch).rows == Samples.units.map(\.row))
    let content = try PageContent(PageContent.encode(batches: [batch, batch]) + extra)
    #expect(content.batches.map(\.rowCount) == [3, 3])
  }

  @Test("a table of a newer schema asks for an upgrade instead of guessing")
  func unknownTable() throws {
    let violation = #expect(throws: ProtocolViolation.self) {
      try RowBatchReader([0x08, 0xFF, 0x01, 0x10, 1, 0x1A, 1, 2])
    }
    #expect(violation?.closeCode == .upgradeRequired)
    let invitation = TableDescription.of(InvitationColumns.self).number
    #expect(throws: ProtocolViolation.self) { try RowBatchReader([0x08, invitation, 0x10, 1, 0x1A, 1, 2]) }
  }

  @Test("a batch that contradicts itself is refused whole")
  func contradictions() throws {
    let table = TableDescription.of(UnitColumns.self)
    let good = try WireRowBatch(serializedBytes: RowBatch.encode(Samples.units.map(\.row), of: table))
    let faults: [(String, (inout WireRowBatch) -> Void)] = [
      ("no rows", { $0.rowCount = 0 }), ("too many rows", { $0.rowCount = 65_537 }),
      ("more rows than versions", { $0.rowCount = 4 }), ("fewer rows than versions", { $0.rowCount = 2 }),
      ("version 0", { $0.versions[0] = 0 }), ("a column twice", { $0.columns.append($0.columns[1]) }),
      ("columns descending", { $0.columns.reverse() }), ("column 64", { $0.columns[1].number = 64 }),
      ("another kind", { $0.columns[0].kind = .blob }), ("no kind", { $0.columns[0].kind = .unspecified }),
      ("integers of a text", { $0.columns[0].integers = [1] }),
      ("an integer too few", { $0.columns[1].integers.removeLast() }),
      ("an integer too many", { $0.columns[1].integers.append(1) }),
      ("texts of integers", { $0.columns[1].data = .of([65]) }),
      ("a length too few", { $0.columns[0].lengths.removeLast() }),
      ("a length too many", { $0.columns[0].lengths.append(0) }),
      ("lengths beyond the data", { $0.columns[0].lengths[2] = 3 }),
      ("data beyond the lengths", { $0.columns[0].data.append(65) }),
      ("a long bitmap", { $0.columns[1].absent = .of([1, 0]) }),
      ("bits beyond the rows", { $0.columns[1].absent = .of([0b1001]) }),
      ("all cells absent but one", { $0.columns[1].absent = .of([0b111]) }),
      ("no UTF-8", { $0.columns[0].data = .of([0xFF, 65, 65, 65, 65, 65]) }),
      ("a NUL", { $0.columns[0].data = .of([0, 65, 65, 65, 65, 65]) }),
      (
        "a character cut in two",
        {
          $0.columns[0].data = .of(Array("aéaaa".utf8))
        }
      ),
    ]
    for (name, fault) in faults {
      var wire = good
      fault(&wire)
      let bytes: [UInt8] = try wire.serializedBytes()
      #expect(throws: ProtocolViolation.self, "\(name)") { try RowBatchReader(bytes) }
    }
  }

  @Test("ids come in sixteens")
  func idBounds() throws {
    let table = TableDescription.of(CustomerColumns.self)
    var customer = Customer()
    customer.id = Samples.epoch
    customer.row.version = 1
    var wire = try WireRowBatch(serializedBytes: RowBatch.encode([customer.row], of: table))
    wire.columns[0].data.removeLast()
    #expect(throws: ProtocolViolation.self) { try RowBatchReader(try wire.serializedBytes()) }
  }
}
