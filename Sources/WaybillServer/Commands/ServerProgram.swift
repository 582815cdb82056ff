import ArgumentParser

/// The root of all commands.
struct ServerProgram: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "waybill-server",
    abstract: "The centre: keeps a company's catalog, stock and orders, and syncs them with its devices.",
    discussion: """
      Examples:
        waybill-server import products catalogue.csv          fill the catalog
        waybill-server invite --name Mira --role agent        a code for a new device
        waybill-server serve --listen 127.0.0.1:8420          let devices sync
        waybill-server status
        waybill-server verify --deep
        waybill-server backup create

      All commands work the same whether or not the server is running.
      """,
    version: Program.version,
    subcommands: [
      Serve.self, Invite.self, Import.self, Export.self, Status.self, DeviceCommands.self,
      QuarantineCommands.self, QuotaCommands.self, ConflictCommands.self, SettingCommands.self, Log.self,
      History.self, Verify.self, Report.self, BackupCommands.self, Restore.self,
    ])
}
