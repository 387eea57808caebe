package org.wardfl.cli.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.proto.json.Json;
import org.wardfl.provisioning.audit.AuditCheckpoint;
import org.wardfl.provisioning.audit.AuditVerdict;
import org.wardfl.provisioning.audit.AuditVerification;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward audit verify FILE`.
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Look whether an audit log is as it was written, and name the first record that is not, or"
          + " the records that are missing.",
      "The log alone shows what was changed within it. That its end was cut off, or that all of it"
          + " was written anew, only the checkpoints show that others keep: name their logs with"
          + " --witness. Exit code 0 if nothing is wrong, 1 if anything is."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  ward audit verify hospital-a/data/audit.jsonl",
      "  ward audit verify server/data/audit.jsonl --witness hospital-a.jsonl hospital-b.jsonl"
    })
final class VerifyCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description =
          "The audit log; all of them if its owner has had several, for instance on several"
              + " machines.")
  private List<Path> files;

  @Option(
      names = "--witness",
      paramLabel = "FILE",
      arity = "1..*",
      description = "The audit log of somebody who kept this one's checkpoints.")
  private List<Path> witnesses = List.of();

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  VerifyCommand() {}

  @Override
  public Integer call() {
    Stream.concat(files.stream(), witnesses.stream()).forEach(VerifyCommand::require);
    try {
      var found = AuditVerification.of(files, witnesses);
      var out = spec.commandLine().getOut();
      if (common.json()) {
        out.print(Json.document(json(found)));
      } else {
        lines(found).forEach(out::println);
      }
      out.flush();
      return (found.isGood() ? ExitCode.DONE : ExitCode.FAILED).code();
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.WRONG_INPUT, "an audit log cannot be read: " + e.getMessage(), e);
    }
  }

  private static void require(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new CommandException(
          ExitCode.WRONG_INPUT,
          "there is no file "
              + file
              + "; expected an audit log, audit.jsonl in the data folder of a server or client");
    }
  }

  private List<String> lines(AuditVerification found) {
    var lines = new ArrayList<String>();
    found.logs().forEach(log -> lines.add(log.file() + ": " + sentence(log)));
    found.lost().stream().map(VerifyCommand::sentence).forEach(lines::add);
    lines.addAll(found.complaints());
    return lines;
  }

  private String sentence(AuditVerification.Log log) {
    return switch (log.verdict()) {
      case AuditVerdict.Whole(var records, var head, var torn) ->
          "whole, "
              + records
              + " records up to "
              + head
              + "; agrees with "
              + counted(log.own(), "checkpoint")
              + " of its own and "
              + log.witnessed()
              + " that others keep; "
              + since(log, records)
              + (torn == 0
                  ? ""
                  : "; then "
                      + torn
                      + " bytes of a record that was not finished, as a crash leaves them")
              + (witnesses.isEmpty()
                  ? "; without a --witness nobody can tell whether records are missing at its end"
                  : "");
      case AuditVerdict.Broken(var line, var what) ->
          "changed: the first record that does not fit is in line " + line + ": " + what;
      case AuditVerdict.Rewritten(var after, var until, var time, var keeper) ->
          "written anew: not all of the records "
              + (after + 1)
              + " to "
              + until
              + " are those that its owner signed at "
              + time
              + "; the checkpoint is in "
              + keeper;
      case AuditVerdict.Missing(var records, var witnessed, var time, var keeper) ->
          "cut off: records "
              + (records + 1)
              + " to "
              + witnessed
              + " are missing; its owner signed at "
              + time
              + " that they are there; the checkpoint is in "
              + keeper;
    };
  }

  /// What nobody would miss.
  private String since(AuditVerification.Log log, long records) {
    return witnesses.isEmpty()
        ? counted(records - log.signed(), "record")
            + " since the last of them, signed by nobody yet"
        : counted(records - log.covered(), "record")
            + " since the last of those, covered by nobody else yet";
  }

  private static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private static String sentence(AuditCheckpoint lost) {
    return "a log is missing: "
        + lost.owner()
        + " had another one, with "
        + lost.records()
        + " records at "
        + lost.time()
        + ", beginning with "
        + lost.begins()
        + "; if it was put away, name that file, too";
  }

  private static Map<String, Object> json(AuditVerification found) {
    var json = new LinkedHashMap<String, Object>();
    json.put("good", found.isGood());
    json.put("logs", found.logs().stream().map(VerifyCommand::json).toList());
    json.put("lost", found.lost().stream().map(VerifyCommand::json).toList());
    json.put("complaints", found.complaints());
    return json;
  }

  private static Map<String, Object> json(AuditCheckpoint lost) {
    var json = new LinkedHashMap<String, Object>();
    json.put("owner", lost.owner());
    json.put("begins", lost.begins());
    json.put("records", lost.records());
    json.put("time", lost.time());
    return json;
  }

  private static Map<String, Object> json(AuditVerification.Log log) {
    var json = new LinkedHashMap<String, Object>();
    json.put("file", log.file());
    json.put("owner", log.owner());
    switch (log.verdict()) {
      case AuditVerdict.Whole(var records, var head, var torn) -> {
        json.put("status", "whole");
        json.put("records", records);
        json.put("head", head);
        json.put("torn", torn);
        json.put("unsigned", records - log.signed());
        json.put("uncovered", records - log.covered());
      }
      case AuditVerdict.Broken(var line, var what) -> {
        json.put("status", "changed");
        json.put("line", line);
        json.put("found", what);
      }
      case AuditVerdict.Rewritten(var after, var until, var time, var keeper) -> {
        json.put("status", "rewritten");
        json.put("after", after);
        json.put("until", until);
        json.put("signed", time);
        json.put("witness", keeper);
      }
      case AuditVerdict.Missing(var records, var witnessed, var time, var keeper) -> {
        json.put("status", "missing");
        json.put("records", records);
        json.put("witnessed", witnessed);
        json.put("signed", time);
        json.put("witness", keeper);
      }
    }
    json.put("own", log.own());
    json.put("others", log.witnessed());
    return json;
  }
}
