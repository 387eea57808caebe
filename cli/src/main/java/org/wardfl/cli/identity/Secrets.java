package org.wardfl.cli.identity;

import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.Passphrase;
import org.wardfl.certs.PrivateFile;
import org.wardfl.provisioning.KitException;

/// Reads passphrases: from a file that only its owner can read, or from the terminal.
final class Secrets {

  private static final int MAX_BYTES = 4096;
  private static final int MIN_NEW = 12;

  private Secrets() {}

  /// A passphrase that exists.
  ///
  /// @param file from the command line, if it was given
  /// @param option what the option is called, for messages
  /// @param what opens what, for the terminal
  static Passphrase read(@Nullable Path file, String option, String what)
      throws IOException, KitException, IdentityException {
    if (file != null) {
      return readFile(file);
    }
    return new Passphrase(new String(ask(terminal(option), what + ": ")));
  }

  /// A passphrase that is chosen now: long enough, and typed twice on a terminal.
  static Passphrase choose(@Nullable Path file, String option, String what)
      throws IOException, KitException, IdentityException {
    var chosen =
        file == null ? new Passphrase(new String(twice(terminal(option), what))) : readFile(file);
    if (chosen.reveal().length < MIN_NEW) {
      throw new KitException(
          "a new passphrase of "
              + chosen.reveal().length
              + " characters, expected at least "
              + MIN_NEW
              + "; it is all that protects the keys");
    }
    return chosen;
  }

  private static char[] twice(Console console, String what) throws KitException {
    var first = ask(console, "New " + what + ": ");
    if (!Arrays.equals(first, ask(console, "The same again: "))) {
      throw new KitException("the two passphrases differ; nothing was done");
    }
    return first;
  }

  private static Passphrase readFile(Path file)
      throws IOException, KitException, IdentityException {
    InputFile.require(file, "a file with a passphrase in its first line");
    // A pipe, as of a shell's <(...), belongs to one process only.
    if (Files.isRegularFile(file)) {
      PrivateFile.requireOwnerOnly(file.toRealPath());
    }
    return readCredential(file);
  }

  /// A passphrase from a file whose permissions somebody else answers for: systemd gives a service
  /// read access by an access control list, which looks like permissions for a group.
  static Passphrase readCredential(Path file) throws IOException, KitException {
    byte[] bytes;
    try (var input = Files.newInputStream(file)) {
      bytes = input.readNBytes(MAX_BYTES);
    }
    var text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.indexOf('\n');
    var first = (end < 0 ? text : text.substring(0, end)).stripTrailing();
    if (first.isEmpty()) {
      throw new KitException(file + ": the first line is empty, expected the passphrase");
    }
    return new Passphrase(first);
  }

  private static Console terminal(String option) throws KitException {
    return Optional.ofNullable(System.console())
        .filter(Console::isTerminal)
        .orElseThrow(() ->
            new KitException(
                "there is no terminal to ask for the passphrase on; give " + option + " FILE"));
  }

  private static char[] ask(Console console, String prompt) throws KitException {
    var typed = console.readPassword("%s", prompt);
    if (typed == null || typed.length == 0) {
      throw new KitException("no passphrase was typed; nothing was done");
    }
    return typed;
  }
}
