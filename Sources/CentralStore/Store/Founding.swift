import TradeRules

/// What every new store begins with: the units and currencies that other records name.
enum Founding {
  /// Common codes of UN/ECE Recommendation 20 and how many decimals a quantity in them may have.
  static let units: [(code: String, decimals: Int64)] = [
    ("EA", 0), ("C62", 0), ("PR", 0), ("DZN", 0), ("SET", 0), ("BX", 0), ("CS", 0), ("PK", 0), ("BO", 0),
    ("KGM", 3), ("GRM", 0), ("TNE", 3), ("LBR", 3), ("ONZ", 3), ("LTR", 3), ("MLT", 0), ("MTR", 3),
    ("CMT", 1),
    ("MMT", 0), ("MTK", 3), ("MTQ", 3), ("HUR", 2), ("DAY", 2),
  ]

  /// The currencies in use of ISO 4217, by the number of decimals of their minor unit.
  static let currencies: [(exponent: Int64, codes: String)] = [
    (
      0,
      """
      BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF
      """
    ),
    (
      2,
      """
      AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF \
      CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD \
      GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL \
      MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR \
      PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP \
      TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
      """
    ),
    (
      3,
      """
      BHD IQD JOD KWD LYD OMR TND
      """
    ),
    (
      4,
      """
      CLF UYW
      """
    ),
  ]

  static func form(epoch: RecordID) -> Filled<FoundStore> {
    Filled<FoundStore> { form in
      form.epoch = epoch
      form.units = units.map { unit in
        Filled<UnitEntry> {
          $0.code = unit.code
          $0.decimals = unit.decimals
        }
      }
      form.currencies = currencies.flatMap { group in
        group.codes.split(separator: " ").map { code in
          Filled<CurrencyEntry> {
            $0.code = String(code)
            $0.exponent = group.exponent
          }
        }
      }
    }
  }
}
