package org.wardfl.gpu.bundle;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.bundle.BundleException;
import org.wardfl.algo.bundle.BundleFiles;
import org.wardfl.algo.bundle.BundleOverrides;
import org.wardfl.algo.bundle.BundleWeights;
import org.wardfl.algo.bundle.Config;
import org.wardfl.algo.bundle.Node;
import org.wardfl.algo.bundle.plan.PlanReader;
import org.wardfl.algo.bundle.plan.TrainingPlan;
import org.wardfl.gpu.option.Settings;
import org.wardfl.gpu.training.MethodOptions;
import org.wardfl.gpu.training.TrainingOptions;

/// A bundle and the arguments of a job that runs it natively, checked.
///
/// @param bundle the folder or ZIP file
/// @param plan what it asks for
/// @param train its training configuration, with all overrides
/// @param evaluation its configuration for scoring, if it has one
/// @param training how a task trains
/// @param fromWeights whether the first model is the bundle's own
/// @param cacheBytes how much prepared cases may take up
record BundleOptions(
    Path bundle,
    TrainingPlan plan,
    Config train,
    Optional<Config> evaluation,
    TrainingOptions training,
    boolean fromWeights,
    long cacheBytes) {

  private static final String BUNDLE = "bundle";

  static void checkArguments(Arguments arguments, Arguments data)
      throws AlgoException.Configuration {
    arguments.only(BUNDLE, "overrides", "local_epochs", "optimizer_state", "start", "cache");
    data.only();
    new Settings(arguments).word("start", "untrained", List.of("untrained", "weights"));
  }

  static BundleOptions of(Path jobFolder, Arguments arguments, Arguments data)
      throws AlgoException.Configuration {
    return of(jobFolder, arguments, data, Map.of(), BundleOverrides.NONE);
  }

  /// @param site where the site has its folders, by id
  /// @param own what the site lays over everything else
  static BundleOptions of(
      Path jobFolder,
      Arguments arguments,
      Arguments data,
      Map<String, Node> site,
      BundleOverrides own)
      throws AlgoException.Configuration {
    checkArguments(arguments, data);
    var settings = new Settings(arguments);
    var path = jobFolder.resolve(arguments.string(BUNDLE)).normalize();
    if (!path.startsWith(jobFolder.normalize())) {
      throw new AlgoException.Configuration("argument `bundle`: it is outside the job folder");
    }
    boolean fromWeights = arguments.string("start", "untrained").equals("weights");
    try (var files = BundleFiles.open(path)) {
      var overrides = new LinkedHashMap<String, Node>();
      var given = arguments.nested("overrides").orElseGet(Arguments::none);
      overrides.putAll(BundleOverrides.nodes(given.values()));
      overrides.putAll(site);
      var names =
          BundleOverrides.configurations(files, "train")
              .orElseThrow(() ->
                  new BundleException("it has no configs/train.json, so it cannot be trained"));
      var train = laidOver(files, names, overrides, own);
      Optional<Config> evaluation = Optional.empty();
      var both = BundleOverrides.configurations(files, "train", "evaluate");
      if (both.isPresent()) {
        evaluation = Optional.of(laidOver(files, both.get(), overrides, own));
      }
      if (fromWeights && !files.has(BundleWeights.FILE)) {
        throw new AlgoException.Configuration(
            "argument `start`: the bundle has no " + BundleWeights.FILE + "; expected untrained");
      }
      var plan = plan(train, evaluation);
      return new BundleOptions(
          path,
          plan,
          train,
          evaluation,
          training(plan, settings),
          fromWeights,
          new Settings(
                  own.cache().isPresent()
                      ? new Arguments(Map.of("cache", own.cache().get()))
                      : arguments)
              .bytes("cache", "1GiB"));
    } catch (BundleException e) {
      throw new AlgoException.Configuration("the bundle cannot be used: " + e.getMessage());
    } catch (IOException e) {
      throw new AlgoException.Configuration(
          "the bundle cannot be read: " + e.getClass().getSimpleName());
    }
  }

  private static Config laidOver(
      BundleFiles files, List<String> names, Map<String, Node> overrides, BundleOverrides own)
      throws IOException, BundleException {
    var all = new LinkedHashMap<>(overrides);
    all.putAll(BundleOverrides.nodes(own.over(Config.read(files, names, overrides))));
    return Config.read(files, names, all);
  }

  private static TrainingPlan plan(Config train, Optional<Config> evaluation)
      throws AlgoException.Configuration {
    var recognized = PlanReader.read(train, evaluation);
    if (recognized.plan().isEmpty()) {
      throw new AlgoException.Configuration(
          "the native engine lacks "
              + String.join("; ", recognized.missing())
              + "; run the bundle with engine: monai");
    }
    return recognized.plan().get();
  }

  private static TrainingOptions training(TrainingPlan plan, Settings settings)
      throws AlgoException.Configuration {
    var optimizer = plan.optimizer();
    return new TrainingOptions(
        optimizer.rate(),
        optimizer.momentum(),
        optimizer.decay(),
        optimizer.adam(),
        new TrainingOptions.Epochs(settings.whole("local_epochs", 1, 1, 1_000_000)),
        plan.batchSize(),
        plan.shuffle(),
        settings.word("optimizer_state", "keep", List.of("keep", "reset")).equals("keep"),
        MethodOptions.of(Arguments.none()));
  }
}
