package org.wardfl.algo.bundle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;

/// What a site lays over the configuration of a bundle, whatever job brings it: words for what it
/// may set, and for each configuration the ids that they mean there. The bundle stays as it is.
///
/// Trainer and evaluator are found where MONAI's `MonaiAlgo` finds them, `train#trainer` and
/// `validate#evaluator`; loader, dataset and handlers by what these refer to.
///
/// @param batchSize cases in a step of training
/// @param workers processes that read cases, of loaders and datasets
/// @param cacheRate which part of the cases a `CacheDataset` keeps in memory, 0 to 1
/// @param cache how much prepared cases may take up, such as `512MiB`; for the native engine
/// @param disabledHandlers handlers by their class, such as `TensorBoardStatsHandler`
public record BundleOverrides(
    Optional<Long> batchSize,
    Optional<Long> workers,
    Optional<Double> cacheRate,
    Optional<String> cache,
    List<String> disabledHandlers) {

  /// Nothing.
  public static final BundleOverrides NONE =
      new BundleOverrides(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of());

  private static final String BATCH_SIZE = "batch_size";
  private static final String WORKERS = "workers";
  private static final String CACHE_RATE = "cache_rate";
  private static final String CACHE = "cache";
  private static final String DISABLED_HANDLERS = "disabled_handlers";
  private static final String WORKERS_ID = "num_workers";
  private static final String TARGET = "_target_";
  private static final int MOST_REFERENCES = 10;

  /// Copies.
  public BundleOverrides {
    disabledHandlers = List.copyOf(disabledHandlers);
  }

  /// Reads the settings of a site.
  ///
  /// @throws AlgoException.Configuration on a key that is not among them, or another type
  public static BundleOverrides of(Arguments settings) throws AlgoException.Configuration {
    settings.only(BATCH_SIZE, WORKERS, CACHE_RATE, CACHE, DISABLED_HANDLERS);
    return new BundleOverrides(
        settings.has(BATCH_SIZE) ? Optional.of(settings.integer(BATCH_SIZE)) : Optional.empty(),
        settings.has(WORKERS) ? Optional.of(settings.integer(WORKERS)) : Optional.empty(),
        settings.has(CACHE_RATE) ? Optional.of(settings.number(CACHE_RATE)) : Optional.empty(),
        settings.has(CACHE) ? Optional.of(settings.string(CACHE)) : Optional.empty(),
        settings.strings(DISABLED_HANDLERS, List.of()));
  }

  /// The values to be laid over a configuration, by id.
  ///
  /// @param config of the training, or of training and scoring together
  /// @throws BundleException if its trainer has no data loader that a batch size could be set of
  public Map<String, Object> over(Config config) throws BundleException {
    var ids = new LinkedHashMap<String, Object>();
    var loader = component(config, "train#trainer", "train_data_loader");
    if (batchSize.isPresent() && config.get("train#trainer").isPresent()) {
      ids.put(
          loader.orElseThrow(() ->
              new BundleException(
                  "this site sets a batch size, and train#trainer names no data loader that is"
                      + " written as a component"))
              + "#batch_size",
          batchSize.get());
    }
    readers(config, loader, ids);
    readers(config, component(config, "validate#evaluator", "val_data_loader"), ids);
    disable(config, component(config, "train#trainer", "train_handlers"), ids);
    disable(config, component(config, "validate#evaluator", "val_handlers"), ids);
    return ids;
  }

  private void readers(Config config, Optional<String> loader, Map<String, Object> ids) {
    if (loader.isEmpty()) {
      return;
    }
    workers.ifPresent(count -> ids.put(loader.get() + "#" + WORKERS_ID, count));
    var dataset = component(config, loader.get(), "dataset");
    if (dataset.isPresent() && target(config, dataset.get()).equals("CacheDataset")) {
      cacheRate.ifPresent(rate -> ids.put(dataset.get() + "#cache_rate", rate));
      workers
          .filter(_ -> config.get(dataset.get() + "#" + WORKERS_ID).isPresent())
          .ifPresent(count -> ids.put(dataset.get() + "#" + WORKERS_ID, count));
    }
  }

  private void disable(Config config, Optional<String> handlers, Map<String, Object> ids) {
    if (handlers.isPresent()
        && config.get(handlers.get()).orElseThrow() instanceof Node.Items(var elements)) {
      for (int i = 0; i < elements.size(); i++) {
        var handler = resolved(config, handlers.get() + "#" + i);
        if (handler.isPresent() && disabledHandlers.contains(target(config, handler.get()))) {
          ids.put(handler.get() + "#_disabled_", true);
        }
      }
    }
  }

  private static Optional<String> component(Config config, String of, String argument) {
    return resolved(config, of).flatMap(id -> resolved(config, id + "#" + argument));
  }

  /// The id of what is written there, references followed.
  private static Optional<String> resolved(Config config, String id) {
    var place = id;
    for (int i = 0; i < MOST_REFERENCES; i++) {
      switch (config.get(place).orElse(null)) {
        case Node.Text(var text) when Config.isReference(text) ->
            place = text.substring(1).replace("::", "#");
        case Node.Mapping _, Node.Items _ -> {
          return Optional.of(place);
        }
        case null -> {
          return Optional.empty();
        }
        case Node.Text _, Node.Whole _, Node.Real _, Node.Truth _, Node.Nothing _ -> {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /// The class of a component, without its modules.
  private static String target(Config config, String id) {
    return config.get(id + "#" + TARGET).orElse(null) instanceof Node.Text(var name)
        ? name.substring(name.lastIndexOf('.') + 1)
        : "";
  }

  /// The files of a bundle that make its configuration for training, or for training and scoring;
  /// empty if it has no such file.
  ///
  /// @param stems `train`, or `train` and `evaluate`
  public static Optional<List<String>> configurations(BundleFiles files, String... stems) {
    var names = new ArrayList<String>();
    for (var stem : stems) {
      var name =
          List.of("json", "yaml", "yml").stream()
              .map(end -> "configs/" + stem + "." + end)
              .filter(files::has)
              .findFirst();
      if (name.isEmpty()) {
        return Optional.empty();
      }
      names.add(name.get());
    }
    return Optional.of(names);
  }

  /// Settings by id as values of a configuration.
  public static Map<String, Node> nodes(Map<String, Object> settings) {
    var nodes = new LinkedHashMap<String, Node>();
    settings.forEach((id, value) -> nodes.put(id, node(value)));
    return nodes;
  }

  private static Node node(Object value) {
    return switch (value) {
      case String text -> new Node.Text(text);
      case Long number -> new Node.Whole(number);
      case Double number -> new Node.Real(number);
      case Boolean truth -> new Node.Truth(truth);
      case List<?> list -> {
        var elements = new ArrayList<Node>();
        list.forEach(element -> elements.add(node(element)));
        yield new Node.Items(elements);
      }
      case Map<?, ?> map -> {
        var members = new LinkedHashMap<String, Node>();
        map.forEach((name, member) -> members.put(String.valueOf(name), node(member)));
        yield new Node.Mapping(members);
      }
      default -> throw new IllegalArgumentException(value.getClass().getName());
    };
  }
}
