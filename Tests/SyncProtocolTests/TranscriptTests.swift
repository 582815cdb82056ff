import SyncProtocol
import Testing
import TradeRules

@Suite("What is signed is what was said")
struct TranscriptTests {
  @Test("changing anything in a challenge or hello changes what the device signs")
  func everyFieldOfHelloIsSigned() {
    let challenge = Samples.challenge
    let signed = Transcript.hello(challenge, Samples.hello)
    var variants: [Hello] = []
    func vary(_ change: (inout Hello) -> Void) {
      var hello = Samples.hello
      change(&hello)
      variants.append(hello)
    }
    vary { $0.protocolVersion = 2 }
    vary { $0.schemaVersion = 2 }
    vary { $0.device = "A8" }
    vary { $0.nonce[31] ^= 1 }
    vary { $0.incarnation = .none }
    vary { $0.epoch = .none }
    vary { $0.checkpointVersion += 1 }
    vary { $0.buckets.removeLast() }
    vary { $0.holdsEverything = true }
    vary { $0.loadCursor = nil }
    vary { $0.firstUnsent += 1 }
    vary { $0.lastRecorded += 1 }
    vary { $0.chainNumber -= 1 }
    vary { $0.chainHash[0] ^= 1 }
    vary { $0.clock.wall = Instant(milliseconds: 0) }
    vary { $0.clock.bootID = .none }
    vary { $0.clock.bootTimeMilliseconds += 1 }
    vary { $0.acceptsZstd = false }
    vary { $0.appVersion = "1.0.1" }
    vary { $0.knownHead = nil }
    vary { $0.knownHead?.version += 1 }
    let all = variants.map { Transcript.hello(challenge, $0) } + [signed]
    #expect(Set(all).count == all.count)
    #expect(Mirror(reflecting: Samples.hello).children.count == 19, "a new field has to be signed, too")
    var other = challenge
    other.nonce[0] ^= 1
    #expect(Transcript.hello(other, Samples.hello) != signed)
    other = challenge
    other.protocolVersions = [1, 2]
    #expect(Transcript.hello(other, Samples.hello) != signed)
  }

  @Test("the centre signs its welcome, and the hello it answers")
  func everyFieldOfWelcomeIsSigned() {
    let signed = Transcript.welcome(Samples.challenge, Samples.hello, Samples.welcome)
    var variants: [Welcome] = []
    func vary(_ change: (inout Welcome) -> Void) {
      var welcome = Samples.welcome
      change(&welcome)
      variants.append(welcome)
    }
    vary { $0.epoch = .none }
    vary { $0.centreTime = Instant(milliseconds: 0) }
    vary { $0.incarnation = .none }
    vary { $0.grants = .nothing }
    vary { $0.grants = Grants(exact: $0.grants.exact, prefixes: $0.grants.prefixes, everything: true) }
    vary { $0.limits.batchBytes -= 1 }
    vary { $0.limits.creditBytes -= 1 }
    vary { $0.limits.batchOperations -= 1 }
    vary { $0.appliedThrough += 1 }
    vary { $0.headVersion += 1 }
    vary { $0.headHash[5] ^= 1 }
    vary { $0.wholeBuckets = [] }
    vary { $0.loadContinues = false }
    var all = variants.map { Transcript.welcome(Samples.challenge, Samples.hello, $0) } + [signed]
    var hello = Samples.hello
    hello.signature[0] ^= 1
    all.append(Transcript.welcome(Samples.challenge, hello, Samples.welcome))
    #expect(Set(all).count == all.count)
    #expect(Mirror(reflecting: Samples.welcome).children.count == 11, "a new field has to be signed, too")
  }

  @Test("both sides of an enrolment sign the code, the key and the answer")
  func enrolmentIsSigned() {
    let signed = Transcript.enrol(Samples.challenge, Samples.enrol)
    var stolen = Samples.enrol
    stolen.publicKey[0] ^= 1
    var guessed = Samples.enrol
    guessed.secret[0] ^= 1
    #expect(Transcript.enrol(Samples.challenge, stolen) != signed)
    #expect(Transcript.enrol(Samples.challenge, guessed) != signed)
    var raised = Samples.enrolled
    raised.role = .admin
    let answer = Transcript.enrolled(Samples.challenge, Samples.enrol, Samples.enrolled)
    #expect(Transcript.enrolled(Samples.challenge, Samples.enrol, raised) != answer)
    #expect(Transcript.enrolled(Samples.challenge, stolen, Samples.enrolled) != answer)
  }

  @Test("a wipe is signed for one connection and one state of the work, and its confirmation for that wipe")
  func wipeIsSigned() {
    let wipe = Wipe(through: 44, signature: Samples.bytes(64, from: 43))
    let signed = Transcript.wipe(Samples.challenge, Samples.hello, wipe)
    var hello = Samples.hello
    hello.nonce[0] ^= 1
    #expect(Transcript.wipe(Samples.challenge, hello, wipe) != signed)
    #expect(Transcript.wipe(Samples.challenge, Samples.hello, Wipe(through: 45)) != signed)
    let done = Transcript.wiped(Samples.challenge, Samples.hello, wipe)
    #expect(done != signed)
    var other = wipe
    other.signature[0] ^= 1
    #expect(Transcript.wiped(Samples.challenge, Samples.hello, other) != done)
  }

  @Test("moving a letter from one field to the next makes other bytes")
  func fieldsDoNotRunIntoEachOther() {
    let one = Transcript.link(previous: [1, 2], operation: [3], commitments: [])
    let other = Transcript.link(previous: [1], operation: [2, 3], commitments: [])
    let third = Transcript.link(previous: [1], operation: [2], commitments: [[3]])
    #expect(Set([one, other, third]).count == 3)
    let salt = [UInt8](repeating: 0, count: 16)
    let anna = Transcript.commitment(PersonalNote(salt: salt, text: "Anna"))
    #expect(anna != Transcript.commitment(PersonalNote(salt: salt + Array("A".utf8), text: "nna")))
  }

  @Test("a push's signature says who, in which history, and up to where")
  func pushTranscript() {
    let hash = Samples.bytes(32, from: 5)
    let signed = Transcript.push(device: "A7", epoch: .none, lastNumber: 9, chainHash: hash)
    // A purpose of 15 bytes, then fields, each behind a length of 4 bytes.
    let expected: [UInt8] =
      [0, 0, 0, 15] + Array("waybill/push/v1".utf8) + [0, 0, 0, 2] + Array("A7".utf8)
      + [0, 0, 0, 16] + [UInt8](repeating: 0, count: 16) + [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 9]
      + [0, 0, 0, 32] + hash
    #expect(signed == expected)
  }
}
