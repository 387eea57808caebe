package org.wardfl.cli.model;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelFileException;
import org.wardfl.algo.tensor.TensorSpec;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.ExitCode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `ward model`.
@Command(
    name = "model",
    mixinStandardHelpOptions = true,
    description = "Look into model files (safetensors), and convert them.",
    subcommands = {ShowCommand.class, DiffCommand.class, ConvertCommand.class},
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = "  ward model show model.safetensors")
public final class ModelCommand implements Runnable {

  @Spec private CommandSpec spec;

  /// For picocli, which sets the specification.
  @SuppressWarnings("NullAway.Init")
  public ModelCommand() {}

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
  }

  /// Opens a model file, or ends the command with what is wrong about it.
  static ModelFile open(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new CommandException(
          ExitCode.WRONG_INPUT, "there is no file " + file + "; expected a safetensors file");
    }
    try {
      return ModelFile.open(file);
    } catch (ModelFileException e) {
      throw new CommandException(
          ExitCode.WRONG_INPUT, file + " is no safetensors file: " + e.getMessage(), e);
    } catch (IOException e) {
      throw unreadable(file.toString(), e);
    }
  }

  /// What cannot be read.
  static CommandException unreadable(String what, IOException e) {
    var reason = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
    return new CommandException(
        ExitCode.FAILED, what + " cannot be read" + (reason == null ? "" : ": " + reason), e);
  }

  static String role(TensorSpec spec) {
    return spec.role().toString().toLowerCase(Locale.ROOT);
  }

  static Map<String, Object> json(TensorSpec spec) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", spec.name());
    json.put("dtype", spec.dtype().toString());
    json.put("shape", spec.shape().toString());
    json.put("role", role(spec));
    return json;
  }

  /// A number for JSON, which has no NaN and no infinity.
  static Object finite(double value) {
    return Double.isFinite(value) ? (Object) value : Double.toString(value);
  }
}
