import Glibc

/// The program of a replica: commands for people and scripts, and the sync.
@main
enum Main {
  static func main() {
    Manners.apply()
    exit(Program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }
}
