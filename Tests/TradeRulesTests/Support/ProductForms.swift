@testable import TradeRules

/// What people at headquarters and in warehouses do to the catalog, as forms.
extension Filled where F == CreateCategory {
  static func category(_ code: String, below parent: String? = nil, _ name: String? = nil) -> Self {
    Filled {
      $0.code = code
      $0.parent = parent
      $0.name = name
    }
  }
}

extension Filled where F == EditCategory {
  static func moved(_ code: String, below parent: String, from seen: String = "") -> Self {
    Filled {
      $0.code = code
      $0.parent = parent
      $0.parentSeen = seen
    }
  }
}

extension Filled where F == TranslateProduct {
  static func said(_ sku: String, _ locale: String, name: String? = nil, description: String? = nil) -> Self {
    Filled {
      $0.sku = sku
      $0.locale = locale
      $0.name = name
      $0.description = description
    }
  }
}

extension Filled where F == LinkBarcode {
  static func link(_ code: String, _ sku: String, pack: String? = nil) -> Self {
    Filled {
      $0.code = code
      $0.sku = sku
      $0.pack = pack
    }
  }
}

extension Filled where F == CreatePack {
  static func pack(_ sku: String, _ code: String, of factor: Quantity, barcode: String? = nil) -> Self {
    Filled {
      $0.sku = sku
      $0.code = code
      $0.factor = factor
      $0.barcode = barcode
    }
  }
}

extension Filled where F == SetExchangeRate {
  static func rate(
    _ from: String, _ to: String, _ ratio: String, at asOf: Instant?, source: String? = nil
  ) -> Self {
    Filled {
      $0.from = from
      $0.to = to
      $0.asOf = asOf
      $0.ratio = Ratio(decimal: ratio) ?? Ratio(trillionths: 0)
      $0.source = source
    }
  }
}

extension Filled where F == ResolveConflict {
  static func settle(_ conflict: Conflict, _ keep: String, value: String? = nil) -> Self {
    Filled {
      $0.conflict = conflict.id
      $0.keep = keep
      $0.value = value.map { PersonalText($0) }
    }
  }
}
