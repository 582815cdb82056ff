/// Forms as bytes: the protobuf wire format (proto3), fields in ascending order, each once, so that equal
/// forms have equal bytes.
///
/// Integers and booleans are `sint64`, texts `string`, ids and blobs `bytes`, lists repeated messages.
/// A personal field is an empty `bytes` field, a mark that it is there: its text travels beside the bytes,
/// in the order of the marks.
extension FormDescription {
  public func encode(_ form: Form) -> [UInt8] {
    var bytes: [UInt8] = []
    for (number, content) in form.contents {
      switch content {
      case .value(.integer(let integer)):
        bytes.appendVarint(UInt64(number) << 3)
        bytes.appendVarint(integer.zigZag)
      case .value(.text(let text)): bytes.appendField(number, Array(text.utf8))
      case .value(.blob(let blob)): bytes.appendField(number, blob)
      case .value(.id(let id)): bytes.appendField(number, id.bytes)
      case .value(.personal): bytes.appendField(number, [])
      case .value(.null): continue
      case .list(let forms):
        guard let list = field(number)?.list else { continue }
        for form in forms { bytes.appendField(number, list.encode(form)) }
      }
    }
    return bytes
  }

  /// The personal texts of a form, in the order of their marks in its bytes.
  public func personalTexts(of form: Form) -> [PersonalText] {
    form.contents.flatMap { number, content -> [PersonalText] in
      switch content {
      case .value(.personal(let personal)): return [personal]
      case .list(let forms):
        guard let list = field(number)?.list else { return [] }
        return forms.flatMap(list.personalTexts)
      case .value: return []
      }
    }
  }

  /// Reads bytes that a device made. Fields that only a newer program knows are skipped.
  ///
  /// - Parameter personal: the texts that travelled beside the bytes, one for each mark.
  /// - Throws: `MalformedForm` when the bytes are no message of this kind.
  public func decode(
    _ bytes: [UInt8], personal: [PersonalText] = []
  ) throws(MalformedForm) -> Form {
    var texts = personal[...]
    let form = try decode(bytes[...], &texts)
    guard texts.isEmpty else { throw .personalTexts }
    return form
  }

  private func decode(
    _ bytes: ArraySlice<UInt8>, _ personal: inout ArraySlice<PersonalText>
  ) throws(MalformedForm) -> Form {
    var reader = WireReader(Array(bytes))
    var form = Form()
    var lists: [Int: [Form]] = [:]
    var lastNumber = 0
    while !reader.isAtEnd {
      let tag = try reader.varint()
      guard let number = Int(exactly: tag >> 3), number > 0 else { throw .badTag }
      guard let field = field(number) else {
        try reader.skip(wireType: tag & 7)
        continue
      }
      // One encoding a form: what is hashed is what is meant.
      guard number > lastNumber || (field.list != nil && number == lastNumber) else { throw .outOfOrder }
      lastNumber = number
      if let list = field.list {
        guard tag & 7 == 2 else { throw .wrongType(field.name) }
        lists[number, default: []].append(try list.decode(try reader.chunk(), &personal))
      } else if field.kind == .personal {
        guard tag & 7 == 2, try reader.chunk().isEmpty else { throw .wrongType(field.name) }
        guard let text = personal.popFirst() else { throw .personalTexts }
        // It travels beside the bytes, and becomes a row all the same.
        guard text.text.utf8.count <= RowLimits.textBytesMax,
          !text.text.unicodeScalars.contains(where: { $0.isForbidden && $0 != "\n" })
        else { throw .badText(field.name) }
        form[number] = .value(.personal(text))
      } else {
        form[number] = .value(try field.value(from: &reader, wireType: tag & 7))
      }
    }
    for number in lists.keys.sorted() { form[number] = .list(lists[number] ?? []) }
    for field in fields where !field.isOptional && form[field.number] == nil {
      throw .missing(field.name)
    }
    return form
  }
}

/// Why bytes are not the form they claim to be.
public enum MalformedForm: Error, Hashable, Sendable {
  case truncated
  case badTag
  case outOfOrder
  case missing(String)
  case wrongType(String)
  case badText(String)
  /// A moment outside the years 1 … 9999.
  case outOfBounds(String)
  case unknownKind(String)
  /// The texts beside the bytes are not as many as the marks in them.
  case personalTexts
}

extension FieldDescription {
  fileprivate func value(
    from reader: inout WireReader, wireType: UInt64
  ) throws(MalformedForm) -> Value {
    guard wireType == (kind == .integer ? 0 : 2) else { throw .wrongType(name) }
    switch kind {
    case .integer:
      let number = Int64(zigZag: try reader.varint())
      guard bounds.contains(number) else { throw .outOfBounds(name) }
      return .integer(number)
    case .text:
      let bytes = try reader.chunk()
      guard bytes.count <= RowLimits.textBytesMax, let text = String(validating: bytes, as: UTF8.self),
        !text.unicodeScalars.contains(where: \.isForbidden)
      else { throw .badText(name) }
      return .text(text)
    case .blob: return .blob(Array(try reader.chunk()))
    case .id:
      guard let id = RecordID(bytes: try reader.chunk()) else { throw .wrongType(name) }
      return .id(id)
    case .personal: throw .wrongType(name)
    }
  }
}

extension Unicode.Scalar {
  /// No text has it: a reader of rows would take them for damaged, a terminal would obey it.
  fileprivate var isForbidden: Bool { value < 0x20 || value == 0x7F }
}

/// Reads the protobuf wire format.
struct WireReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func varint() throws(MalformedForm) -> UInt64 {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), through: 63, by: 7) {
      guard position < bytes.count else { throw .truncated }
      let byte = bytes[position]
      position += 1
      if shift == 63, byte > 1 { throw .badTag }
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
    }
    throw .badTag
  }

  /// Eight bytes, least significant first.
  mutating func word() throws(MalformedForm) -> UInt64 {
    guard bytes.count - position >= 8 else { throw .truncated }
    defer { position += 8 }
    return bytes.withUnsafeBytes { $0.word(at: position).littleEndian }
  }

  mutating func chunk() throws(MalformedForm) -> ArraySlice<UInt8> {
    let length = try varint()
    guard length <= UInt64(bytes.count - position) else { throw .truncated }
    defer { position += Int(length) }
    return bytes[position..<position + Int(length)]
  }

  mutating func skip(wireType: UInt64) throws(MalformedForm) {
    switch wireType {
    case 0: _ = try varint()
    case 1, 5:
      let width = wireType == 1 ? 8 : 4
      guard bytes.count - position >= width else { throw .truncated }
      position += width
    case 2: _ = try chunk()
    default: throw .badTag
    }
  }
}

extension [UInt8] {
  /// Appends a base-128 varint, least significant group first.
  public mutating func appendVarint(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  /// Appends a length-delimited protobuf field.
  mutating func appendField(_ number: Int, _ content: [UInt8]) {
    appendVarint(UInt64(number) << 3 | 2)
    appendVarint(UInt64(content.count))
    append(contentsOf: content)
  }
}

extension Int64 {
  /// Small numbers of either sign as small unsigned ones (protobuf `sint64`).
  public var zigZag: UInt64 { UInt64(bitPattern: self << 1 ^ self >> 63) }
  public init(zigZag: UInt64) { self = Int64(bitPattern: zigZag >> 1) ^ -Int64(bitPattern: zigZag & 1) }
}
