import Testing

@testable import TradeRules
