import Testing

@testable import TradeRules

@Suite("Languages by BCP 47, and where to look when one is not there")
struct LanguageTests {
  @Test(
    "a tag is read in any case and kept in one",
    arguments: [
      ("ES-mx", "es-MX"), ("zh-hant-tw", "zh-Hant-TW"), ("es-419", "es-419"), ("en_GB", "en-GB"),
      ("sl-ROZAJ-biske", "sl-rozaj-biske"), ("de-ch-1996", "de-CH-1996"), ("zh-CHT", "zh-Hant"),
      ("iw", "he"), ("de-de-U-CO-phonebk", "de-DE-u-co-phonebk"), ("en-x-OurOwn", "en-x-ourown"),
    ])
  func canonical(text: String, tag: String) {
    #expect(LanguageTag(text)?.text == tag)
  }

  @Test(
    "what is no tag is refused",
    arguments: [
      "", "e", "-", "es-", "-es", "es--MX", "es-MX-419", "es-MX-MX", "es MX", "español", "es-u", "es-x",
      "123", "a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q-r-s-t", "zh-Hant-Hans", "en-\u{130}N",
    ])
  func malformed(text: String) { #expect(LanguageTag(text) == nil) }

  /// Expected by RFC 4647, 3.4, and the `parentLocales` of CLDR 45, read by hand.
  @Test(
    "the lookup goes to the nearest audience, and never to another script",
    arguments: [
      ("es-MX", "es-MX es-419 es"), ("es-ES", "es-ES es"), ("pt-AO", "pt-AO pt-PT pt"), ("pt-BR", "pt-BR pt"),
      ("zh-Hant", "zh-Hant"), ("zh-TW", "zh-TW zh-Hant-TW zh-Hant"), ("zh-CN", "zh-CN zh"),
      ("zh-MO", "zh-MO zh-Hant-MO zh-Hant-HK zh-Hant"), ("zh-Hans-SG", "zh-Hans-SG zh-Hans zh"),
      ("en-AU", "en-AU en-001 en"), ("en-CH", "en-CH en-150 en-001 en"), ("en-US", "en-US en"),
      ("sr-Latn-RS", "sr-Latn-RS sr-Latn"), ("sr-RS", "sr-RS sr"), ("nb-NO", "nb-NO nb no"),
      ("es-MX-u-co-trad", "es-MX-u-co-trad es-MX-u-co es-MX es-419 es"),
    ])
  func lookup(tag: String, chain: String) {
    #expect(LanguageTag(tag)?.lookup.map(\.text).joined(separator: " ") == chain)
  }

  @Test("every lookup ends, whatever the tag")
  func ends() {
    for parent in LocaleParents.named.values.sorted() + LocaleParents.named.keys.sorted() {
      guard let tag = LanguageTag(parent) else {
        #expect(parent == LocaleParents.root)
        continue
      }
      #expect(tag.text == parent, "the table has canonical tags")
      #expect(tag.lookup.count <= 5, "\(parent)")
    }
  }

  @Test("name and description are found apart, and each says where")
  func texts() {
    var product = Product()
    (product.name, product.description) = ("Chai", "Black tea with spices")
    func translation(_ locale: String, _ name: String, _ description: String) -> Translation {
      var translation = Translation()
      (translation.locale, translation.name, translation.description) = (locale, name, description)
      return translation
    }
    let translations = [
      translation("es", "Té chai", "Té negro con especias"), translation("es-419", "Chai masala", ""),
      translation("zh", "印度奶茶", ""),
    ]
    let mexican = LocalTexts(of: product, translations, in: LanguageTag("es-MX"))
    #expect((mexican.name, mexican.nameLocale?.text) == ("Chai masala", "es-419"))
    #expect((mexican.description, mexican.descriptionLocale?.text) == ("Té negro con especias", "es"))
    let taiwanese = LocalTexts(of: product, translations, in: LanguageTag("zh-TW"))
    #expect((taiwanese.name, taiwanese.nameLocale) == ("Chai", nil))
    let nobody = LocalTexts(of: product, translations, in: nil)
    #expect((nobody.description, nobody.descriptionLocale) == ("Black tea with spices", nil))
  }
}
