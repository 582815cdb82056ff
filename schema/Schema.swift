/// The SQL files of this folder, compiled into both programs.
public enum Schema {}
