import Glibc

/// The program of the centre: it serves, and it does what an administrator asks.
@main
enum Main {
  static func main() {
    Manners.apply()
    exit(Program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }
}
