import Foundation
import Testing

/// A small company as files, one of each kind there is, in the order in which they are read.
private let files: [(kind: String, text: String)] = [
  ("warehouses", "code,name,country\nMAD,Madrid,ES\nLIS,Lisboa,PT\n"),
  ("categories", "code,parent,name\nDRINKS,,Drinks\nTEA,DRINKS,Tea\n"),
  (
    "products",
    """
    sku,name,category,base_unit,gtin,hs_code,origin,weight_g,status,description,tax_class
    CHAI-1KG,Chai,TEA,EA,4006381333931,090230,IN,1000,active,"Black, strong",STANDARD
    MATE,Maté,TEA,EA,,090300,AR,500,archived,,REDUCED
    RICE,=Arroz,,KGM,,,,1000,active,,REDUCED

    """
  ),
  ("packs", "sku,code,factor,unit\nCHAI-1KG,BOX12,12,CT\n"),
  ("translations", "sku,locale,name,description\nCHAI-1KG,es,Té chai,Té negro\nMATE,fr,Maté à l'eau,\n"),
  ("attributes", "sku,name,value\nCHAI-1KG,colour,black\n"),
  ("barcodes", "code,sku,pack\nINT-77,MATE,\n14006381333938,CHAI-1KG,BOX12\n"),
  ("rates", "from,to,rate,as_of,source\nUSD,EUR,0.92,2026-07-01T00:00:00Z,ECB\n"),
  ("taxes", "class,jurisdiction,rate,from\nSTANDARD,ES,21,2020-01-01\nREDUCED,ES,10,\n"),
  (
    "prices",
    """
    sku,list,currency,amount,min_qty,from,pack,tax_included
    CHAI-1KG,EU,EUR,12.50,0,2026-01-01,,
    CHAI-1KG,EU,EUR,11.00,0,2026-01-01,BOX12,
    MATE,EU,EUR,3.3333,10,2026-01-01,,
    CHAI-1KG,SHOP,EUR,15.13,0,2026-01-01,,yes

    """
  ),
  (
    "customers",
    """
    code,name,country,currency,tax_id,phone,email,address,status,agent,territory,price_list,warehouse
    C-1,Cafetería Ñandú,ES,EUR,B1,+34 1,a@b.example,"Calle 1, Madrid",active,ANA,IB,,MAD
    C-2,Tienda,ES,EUR,,,,,blocked,BEN,,SHOP,

    """
  ),
  ("suppliers", "code,name,country,currency,status\nTEA-CO,Tea & Co,GB,GBP,\nRICE-CO,Rice,IT,EUR,blocked\n"),
  (
    "stock",
    """
    warehouse,sku,qty,bin,lot,expiry,minimum
    MAD,CHAI-1KG,100,A-01,,,20
    MAD,MATE,10,A-02,L1,2027-01-31,
    LIS,RICE,12.5,B-01,,,

    """
  ),
  (
    "orders",
    """
    number,customer,state,agent,warehouse,currency,ordered_at,line,sku,qty,unit_price,pack
    OLD-1,C-1,closed,,MAD,EUR,2026-07-01T10:00:00Z,1,CHAI-1KG,24,12.0000,BOX12
    OLD-1,C-1,closed,,MAD,EUR,2026-07-01T10:00:00Z,2,RICE,2.5,2.1000,
    OLD-2,C-2,accepted,,LIS,EUR,2026-08-01T10:00:00Z,1,CHAI-1KG,2,15.1300,

    """
  ),
  (
    "payments",
    """
    reference,order,method,amount,currency,at
    TX-1,OLD-1,bank,100.00,EUR,2026-07-20T10:00:00Z
    TX-2,OLD-2,card,30.00,USD,2026-08-20T10:00:00Z

    """
  ),
]

@Suite("Every kind of file goes in, once, and comes out as it can go in elsewhere")
struct RoundTripTests {
  @Test(
    "imported, imported again without change, exported, imported back without change, imported by another company, exported the same",
    .timeLimit(.minutes(5)))
  func everyKind() async throws {
    let (one, other) = (try Company(), try Company())
    for (kind, text) in files {
      let file = one.path("\(kind).csv")
      try Data(text.utf8).write(to: URL(filePath: file))
      let first = try await one.atCentre("import", kind, file)
      let changed = (first["create"].number ?? 0) + (first["update"].number ?? 0)
      #expect(first["reject"].number == 0 && changed > 0, "\(kind): \(first)")
      let second = try await one.atCentre("import", kind, file)
      #expect(second["create"].number == 0 && second["update"].number == 0, "\(kind): \(second)")
      #expect(second["unchanged"].number == changed, "\(kind): \(second)")
    }
    for (kind, _) in files {
      let exported = try await export(kind, of: one)
      let file = other.path("\(kind).csv")
      try Data(exported.utf8).write(to: URL(filePath: file))
      let taken = try await other.atCentre("import", kind, file)
      #expect(taken["reject"].number == 0, "\(kind): \(taken)")
      let back = try await one.atCentre("import", kind, file)
      let changes = ["create", "update", "reject"].map { back[$0].number }
      #expect(changes == [0, 0, 0], "\(kind): \(back)")
    }
    for (kind, text) in files {
      let exported = try await export(kind, of: one)
      #expect(try await export(kind, of: other) == exported, "\(kind)")
      #expect(exported.split(separator: "\r\n").count >= text.split(separator: "\n").count, "\(kind)")
    }
    try await other.expectVerified([])
  }

  private func export(_ kind: String, of company: Company) async throws -> String {
    let outcome = try await Programs.run(
      Programs.server, ["export", kind, "--data", company.path("centre")], within: 60)
    try #require(outcome.status == 0, "\(outcome)")
    return outcome.output
  }
}
