package org.wardfl.cli.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.wardfl.algo.convert.Conversion;
import org.wardfl.algo.convert.WeightsException;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward model convert IN OUT`.
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description = {
      "Write a file of weights in another format; every bit of every value is kept.",
      "Read: safetensors, PyTorch state dicts and checkpoints (.pt), TorchScript archives (.ts), NumPy"
          + " archives (.npz). Written, by the end of OUT's name: .safetensors, .pt, .pth, .npz.",
      "A pickle in a file is read as data: nothing of it is ever run."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward model convert models/model.pt initial.safetensors")
public final class ConvertCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "IN", description = "The file to read.")
  private Path in;

  @Parameters(index = "1", paramLabel = "OUT", description = "The file to write.")
  private Path out;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      defaultValue = "",
      description = "Where in a checkpoint the state dict is, such as model or ema.model.")
  private String key;

  @Option(
      names = "--control-variates",
      description =
          "Add a zero control variate for every parameter, for a job that trains by SCAFFOLD.")
  private boolean controlVariates;

  @Option(names = "--force", description = "Replace OUT if it exists.")
  private boolean force;

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  /// For picocli, which sets the fields.
  @SuppressWarnings("NullAway.Init")
  public ConvertCommand() {}

  @Override
  public Integer call() {
    checkPaths();
    try {
      var conversion = Conversion.convert(in, key, controlVariates, out);
      var answer = spec.commandLine().getOut();
      answer.print(common.json() ? Json.document(json(conversion)) : text(conversion));
      answer.flush();
      return ExitCode.DONE.code();
    } catch (WeightsException e) {
      throw new CommandException(ExitCode.WRONG_INPUT, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      var reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new CommandException(
          ExitCode.FAILED, in + " was not converted to " + out + ": " + reason, e);
    }
  }

  private void checkPaths() {
    if (!Files.isRegularFile(in)) {
      throw wrong("there is no file " + in + "; expected a file of weights");
    }
    var folder = out.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw wrong("there is no folder " + folder + " to write " + out.getFileName() + " to");
    }
    if (Files.exists(out) && (!force || !Files.isRegularFile(out))) {
      throw wrong(
          out
              + (Files.isRegularFile(out)
                  ? " exists; choose another name or replace it with --force"
                  : " is a folder, expected the name of a file"));
    }
  }

  private static CommandException wrong(String message) {
    return new CommandException(ExitCode.WRONG_INPUT, message);
  }

  private String text(Conversion conversion) {
    var text = new StringBuilder();
    text.append(
        "%s: %s%s, %d tensors%n"
            .formatted(
                in,
                conversion.from().title(),
                conversion.key().isEmpty() ? "" : " at '" + conversion.key() + "'",
                conversion.tensors()));
    conversion.notes().forEach(note -> text.append("note: " + note + System.lineSeparator()));
    text.append(
        "%s: %s, %d bytes%nsha256 %s%n"
            .formatted(
                out, conversion.to().title(), conversion.fileBytes(), conversion.hash().hex()));
    return text.toString();
  }

  private static Map<String, Object> json(Conversion conversion) {
    var json = new LinkedHashMap<String, Object>();
    json.put("from", conversion.from().toString());
    json.put("key", conversion.key());
    json.put("to", conversion.to().toString());
    json.put("tensors", conversion.tensors());
    json.put("bytes", conversion.fileBytes());
    json.put("sha256", conversion.hash().hex());
    json.put("notes", conversion.notes());
    return json;
  }
}
