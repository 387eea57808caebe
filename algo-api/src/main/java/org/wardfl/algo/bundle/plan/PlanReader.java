package org.wardfl.algo.bundle.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.wardfl.algo.bundle.Config;
import org.wardfl.algo.bundle.Resolution;
import org.wardfl.algo.bundle.expression.SiteFiles;
import org.wardfl.algo.bundle.expression.Value;
import org.wardfl.algo.bundle.plan.TrainingPlan.Cases;
import org.wardfl.algo.bundle.plan.TrainingPlan.LossPiece;
import org.wardfl.algo.bundle.plan.TrainingPlan.OptimizerPiece;
import org.wardfl.algo.bundle.plan.TrainingPlan.UNetPiece;
import org.wardfl.algo.bundle.plan.TrainingPlan.Validation;

/// Recognizes the pieces of a bundle's configuration.
///
/// What drives a training in MONAI (loaders, handlers that log or save) has its place in Ward; a
/// handler that changes the training, such as a schedule of the learning rate, is a piece that is
/// missing.
public final class PlanReader {

  /// Files of no site: as many as a list of cases may be cut from.
  private static final int SAMPLE = 1000;

  private static final Set<String> HANDLERS =
      Set.of(
          "StatsHandler",
          "TensorBoardStatsHandler",
          "TensorBoardImageHandler",
          "ValidationHandler",
          "CheckpointSaver",
          "CheckpointLoader");

  private final List<String> missing = new ArrayList<>();

  private PlanReader() {}

  /// What was recognized.
  ///
  /// @param plan empty if a piece is missing
  /// @param missing each piece that only MONAI has: its id, then what is there
  public record Recognized(Optional<TrainingPlan> plan, List<String> missing) {
    /// Copies.
    public Recognized {
      missing = List.copyOf(missing);
    }
  }

  /// Reads the configurations of a bundle, as merged with what a job and a site lay over them.
  ///
  /// @param train of the training
  /// @param evaluation of the scoring, if the bundle has one
  public static Recognized read(Config train, Optional<Config> evaluation) {
    return new PlanReader().recognized(train, evaluation);
  }

  private interface Piece<T> {
    T read() throws NotNativeException;
  }

  private <T> Optional<T> piece(Piece<T> piece) {
    try {
      return Optional.of(piece.read());
    } catch (NotNativeException e) {
      missing.add(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private Recognized recognized(Config train, Optional<Config> evaluation) {
    var lookup = lookup(train);
    var trainer = piece(() -> trainer(lookup));
    if (trainer.isEmpty()) {
      return new Recognized(Optional.empty(), missing);
    }
    var engine = trainer.get();
    var network = piece(() -> network(engine, lookup));
    var loss = piece(() -> loss(Component.at(lookup, engine.inner("loss_function"))));
    var optimizer = piece(() -> optimizer(engine, lookup));
    var loader = piece(() -> loader(Component.at(lookup, engine.inner("train_data_loader"))));
    var cases = loader.flatMap(own -> piece(() -> cases(lookup, own.inner("dataset"))));
    piece(() -> handlers(engine, "train_handlers"));
    piece(() -> plainInferer(engine, lookup));
    Optional<Validation> validation = Optional.empty();
    if (evaluation.isPresent() && evaluation.get().get("validate::evaluator").isPresent()) {
      validation = piece(() -> validation(lookup(evaluation.get())));
    }
    if (!missing.isEmpty()) {
      return new Recognized(Optional.empty(), missing);
    }
    var batch = piece(() -> Math.max(1, loader.orElseThrow().whole("batch_size", 1)));
    var shuffle = piece(() -> loader.orElseThrow().truth("shuffle", false));
    return new Recognized(
        missing.isEmpty()
            ? Optional.of(
                new TrainingPlan(
                    network.orElseThrow(),
                    loss.orElseThrow(),
                    optimizer.orElseThrow(),
                    cases.orElseThrow(),
                    batch.orElseThrow(),
                    shuffle.orElseThrow(),
                    validation))
            : Optional.empty(),
        missing);
  }

  private static Lookup lookup(Config config) {
    SiteFiles some =
        pattern -> {
          var names = new ArrayList<String>();
          for (int i = 0; i < SAMPLE; i++) {
            names.add(pattern.replace("*", "%04d".formatted(i)));
          }
          return names;
        };
    return new Lookup(config, new Resolution(config, some));
  }

  private static Component trainer(Lookup lookup) throws NotNativeException {
    var trainer = Component.at(lookup, "train::trainer").of("SupervisedTrainer");
    trainer.only(
        "max_epochs",
        "device",
        "train_data_loader",
        "network",
        "optimizer",
        "loss_function",
        "inferer",
        "postprocessing",
        "key_train_metric",
        "additional_metrics",
        "train_handlers",
        "amp",
        "non_blocking",
        "decollate");
    return trainer;
  }

  private static UNetPiece network(Component trainer, Lookup lookup) throws NotNativeException {
    var unet = Component.at(lookup, trainer.inner("network")).of("UNet");
    unet.only(
        "spatial_dims",
        "in_channels",
        "out_channels",
        "channels",
        "strides",
        "num_res_units",
        "norm",
        "act",
        "dropout",
        "bias",
        "kernel_size",
        "up_kernel_size",
        "adn_ordering");
    unet.usual("spatial_dims", new Value.Whole(3));
    unet.usual("in_channels", new Value.Whole(1));
    unet.usual("kernel_size", new Value.Whole(3));
    unet.usual("up_kernel_size", new Value.Whole(3));
    unet.usual("bias", new Value.Truth(true));
    unet.usual("adn_ordering", new Value.Text("NDA"));
    word(unet, "norm", "instance", "instance");
    word(unet, "act", "prelu", "prelu");
    if (unet.number("dropout", 0) != 0) {
      throw unet.wrong("UNet with dropout");
    }
    var channels = positive(unet, "channels");
    var strides = positive(unet, "strides");
    int classes = unet.whole("out_channels", 0);
    if (channels.size() < 2 || strides.size() != channels.size() - 1 || classes < 2) {
      throw unet.wrong(
          "UNet of channels " + channels + ", strides " + strides + " and " + classes + " classes");
    }
    return new UNetPiece(1, classes, channels, strides, unet.whole("num_res_units", 0));
  }

  private static void word(Component of, String argument, String usual, String wanted)
      throws NotNativeException {
    var found = of.has(argument) ? of.value(argument) : new Value.Text(usual);
    if (!(found instanceof Value.Text(var text) && text.equalsIgnoreCase(wanted))) {
      var shown = found instanceof Value.Text(var text) ? text : found.type();
      throw of.wrong(of.target() + " with " + argument + " " + shown);
    }
  }

  private static List<Integer> positive(Component of, String argument) throws NotNativeException {
    var numbers = of.has(argument) ? of.wholes(argument) : List.<Integer>of();
    if (numbers.stream().anyMatch(number -> number < 1 || number > 1 << 12)) {
      throw of.wrong(argument + " " + numbers + ", expected 1 to 4096");
    }
    return numbers;
  }

  private static LossPiece loss(Component loss) throws NotNativeException {
    boolean both = loss.of("DiceCELoss", "DiceLoss").target().equals("DiceCELoss");
    loss.only(
        "include_background",
        "to_onehot_y",
        "softmax",
        "squared_pred",
        "batch",
        "smooth_nr",
        "smooth_dr",
        "reduction",
        "jaccard",
        "sigmoid",
        both ? "lambda_dice" : "softmax",
        both ? "lambda_ce" : "softmax");
    loss.usual("reduction", new Value.Text("mean"));
    loss.usual("jaccard", new Value.Truth(false));
    loss.usual("sigmoid", new Value.Truth(false));
    if (!loss.truth("to_onehot_y", false) || !loss.truth("softmax", false)) {
      throw loss.wrong(loss.target() + " without softmax or without to_onehot_y");
    }
    return new LossPiece(
        loss.truth("include_background", true),
        loss.truth("squared_pred", false),
        loss.truth("batch", false),
        loss.number("smooth_nr", 1e-5),
        loss.number("smooth_dr", 1e-5),
        both ? loss.number("lambda_dice", 1) : 1,
        both ? loss.number("lambda_ce", 1) : 0);
  }

  private static OptimizerPiece optimizer(Component trainer, Lookup lookup)
      throws NotNativeException {
    var optimizer = Component.at(lookup, trainer.inner("optimizer")).of("Adam", "SGD");
    boolean adam = optimizer.target().equals("Adam");
    optimizer.only("params", "lr", "weight_decay", adam ? "lr" : "momentum");
    var learned = lookup.parametersOf(optimizer.inner("params"));
    if (!learned.equals(lookup.object(trainer.inner("network")))) {
      throw optimizer.wrong("it changes the parameters of another network than the trainer's");
    }
    double rate = optimizer.number("lr", adam ? 1e-3 : 0);
    double momentum = optimizer.number("momentum", 0);
    double decay = optimizer.number("weight_decay", 0);
    if (!(rate > 0 && momentum >= 0 && momentum < 1 && decay >= 0)) {
      throw optimizer.wrong("lr " + rate + ", momentum " + momentum + ", weight_decay " + decay);
    }
    return new OptimizerPiece(adam, rate, momentum, decay);
  }

  private static Component loader(Component loader) throws NotNativeException {
    loader.of("DataLoader");
    loader.only(
        "dataset",
        "batch_size",
        "shuffle",
        "num_workers",
        "pin_memory",
        "persistent_workers",
        "drop_last");
    loader.usual("drop_last", new Value.Truth(false));
    return loader;
  }

  private static Cases cases(Lookup lookup, String id) throws NotNativeException {
    var dataset = Component.at(lookup, id).of("Dataset", "CacheDataset");
    dataset.only("data", "transform", "cache_rate", "cache_num", "num_workers", "runtime_cache");
    if (!(dataset.value("data") instanceof Value.Items(var cases))) {
      throw dataset.wrong("data, expected a list of cases");
    }
    for (var one : cases) {
      requireCase(dataset, one);
    }
    return new Cases(
        dataset.inner("data"),
        StepReader.IMAGE,
        StepReader.LABEL,
        StepReader.read(Component.at(lookup, dataset.inner("transform"))));
  }

  private static void requireCase(Component dataset, Value one) throws NotNativeException {
    if (!(one instanceof Value.Mapping(var files))
        || !(files.get(new Value.Text(StepReader.IMAGE)) instanceof Value.Text)
        || !(files.get(new Value.Text(StepReader.LABEL)) instanceof Value.Text)) {
      throw dataset.wrong("data, expected cases with the names of an image and a label");
    }
  }

  private static boolean handlers(Component engine, String argument) throws NotNativeException {
    if (!engine.has(argument)) {
      return false;
    }
    for (var handler : engine.objects(argument)) {
      if (!HANDLERS.contains(handler.target())) {
        throw handler.wrong(handler.target() + "; a site or a job may disable it");
      }
    }
    return true;
  }

  private static boolean plainInferer(Component trainer, Lookup lookup) throws NotNativeException {
    return !trainer.has("inferer")
        || Component.at(lookup, trainer.inner("inferer")).of("SimpleInferer").target().isEmpty();
  }

  private static Validation validation(Lookup lookup) throws NotNativeException {
    var evaluator = Component.at(lookup, "validate::evaluator").of("SupervisedEvaluator");
    evaluator.only(
        "device",
        "val_data_loader",
        "network",
        "inferer",
        "postprocessing",
        "key_val_metric",
        "additional_metrics",
        "val_handlers",
        "amp",
        "non_blocking",
        "decollate");
    var loader = loader(Component.at(lookup, evaluator.inner("val_data_loader")));
    var cases = cases(lookup, loader.inner("dataset"));
    if (cases.steps().stream().anyMatch(Step::isRandom)) {
      throw loader.wrong("random transforms of cases that models are scored on");
    }
    handlers(evaluator, "val_handlers");
    postprocessing(evaluator, lookup);
    if (!(evaluator.value("key_val_metric") instanceof Value.Mapping(var metrics))
        || metrics.size() != 1
        || !(metrics.keySet().iterator().next() instanceof Value.Text(var name))) {
      throw evaluator.wrong("key_val_metric, expected one metric by its name");
    }
    if (!(metrics.values().iterator().next() instanceof Value.Made(var place))) {
      throw evaluator.wrong("key_val_metric, expected an object");
    }
    var metric = Component.at(lookup, place).of("MeanDice");
    metric.only("include_background", "output_transform", "reduction");
    metric.usual("reduction", new Value.Text("mean"));
    return inferer(
        Component.at(lookup, evaluator.inner("inferer")),
        cases,
        name,
        metric.truth("include_background", true));
  }

  /// Softmax and the class of the highest score: what the engine does anyway.
  private static void postprocessing(Component evaluator, Lookup lookup) throws NotNativeException {
    if (!evaluator.has("postprocessing")) {
      throw evaluator.wrong("no postprocessing that makes classes of scores");
    }
    var compose = Component.at(lookup, evaluator.inner("postprocessing")).of("Compose");
    boolean classes = false;
    for (var step : compose.objects("transforms")) {
      if (step.of("Activationsd", "AsDiscreted", "EnsureTyped").target().equals("AsDiscreted")) {
        step.only("keys", "argmax", "to_onehot");
        classes |= step.has("argmax");
      }
    }
    if (!classes) {
      throw compose.wrong("no AsDiscreted with argmax");
    }
  }

  private static Validation inferer(
      Component inferer, Cases cases, String metric, boolean background) throws NotNativeException {
    if (inferer.of("SlidingWindowInferer", "SimpleInferer").target().equals("SimpleInferer")) {
      inferer.only();
      return new Validation(cases, List.of(), 0, false, 1, metric, background);
    }
    inferer.only("roi_size", "sw_batch_size", "overlap", "mode");
    double overlap = inferer.number("overlap", 0.25);
    var mode = inferer.text("mode", "constant");
    if (!(overlap >= 0 && overlap <= 0.95) || !Set.of("constant", "gaussian").contains(mode)) {
      throw inferer.wrong("overlap " + overlap + " and mode " + mode);
    }
    return new Validation(
        cases,
        inferer.extents("roi_size"),
        overlap,
        mode.equals("gaussian"),
        Math.max(1, inferer.whole("sw_batch_size", 1)),
        metric,
        background);
  }
}
