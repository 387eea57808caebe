package org.wardfl.gpu.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.convert.ScriptArchive;
import org.wardfl.algo.convert.WeightsException;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSpec;
import org.wardfl.gpu.torch.Torch;

/// A network that a job brings as a TorchScript archive: code that libtorch interprets, with
/// weights.
///
/// Tensors: the parameters and buffers of the script, by their names in torch's state dict. A
/// tensor that has several names there is one tensor with aliases. The first model is the archive's
/// own.
final class Script implements NetworkDefinition {

  private final Path file;
  private final Path scratch;
  private final Predictions predictions;
  private @Nullable Prepared prepared;

  /// A network that is read when it is needed.
  ///
  /// @param scratch an empty folder of the task's own
  Script(Path file, Path scratch, Predictions predictions) {
    this.file = file;
    this.scratch = scratch;
    this.predictions = predictions;
  }

  /// What libtorch loads, and what is known of its tensors.
  ///
  /// @param copy of the archive, with its buffers exposed
  /// @param specs of its tensors, aliases not among them
  /// @param aliases alias to name
  record Prepared(Path copy, List<TensorSpec> specs, Map<String, String> aliases) {

    /// Every name, aliases too, with what it stands for.
    Map<String, TensorSpec> names() {
      var names = new TreeMap<String, TensorSpec>();
      specs.forEach(spec -> names.put(spec.name(), spec));
      aliases.forEach((alias, name) -> names.put(alias, names.get(name)));
      return names;
    }
  }

  /// Refuses a file that is no network to be trained; nothing of it is run.
  ///
  /// @throws AlgoException.Configuration if it is none
  static void check(Path file) throws AlgoException.Configuration {
    var _ = weights(file);
  }

  private static TensorMap weights(Path file) throws AlgoException.Configuration {
    if (!Files.isRegularFile(file)) {
      throw new AlgoException.Configuration(
          "argument `network`: there is no file " + file.getFileName() + " in the job folder");
    }
    try {
      return ScriptArchive.weights(file);
    } catch (WeightsException e) {
      throw new AlgoException.Configuration("argument `network`: " + e.getMessage());
    } catch (IOException e) {
      throw new AlgoException.Configuration(
          "argument `network`: "
              + file.getFileName()
              + " cannot be read: "
              + e.getClass().getSimpleName());
    }
  }

  @Override
  public ModelPayload initial(long seed) throws AlgoException {
    return new ModelPayload(weights(file), WeightType.FULL);
  }

  @Override
  public Network open(ModelPayload model, Torch torch) throws AlgoException {
    return new ScriptNetwork(prepared(), predictions, model, torch);
  }

  private Prepared prepared() throws AlgoException {
    var known = prepared;
    if (known == null) {
      var weights = weights(file);
      var copy = scratch.resolve("script.ts");
      try {
        ScriptArchive.exposeBuffers(file, copy);
      } catch (IOException | WeightsException e) {
        throw new AlgoException.Failure("the script cannot be copied", e);
      }
      known = new Prepared(copy, weights.specs(), weights.aliases());
      prepared = known;
    }
    return known;
  }
}
