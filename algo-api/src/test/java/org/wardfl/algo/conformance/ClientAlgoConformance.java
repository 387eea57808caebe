package org.wardfl.algo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.AbortCause;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.StatefulAlgo;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.run.AlgoRunner;
import org.wardfl.algo.run.Grace;
import org.wardfl.algo.run.TaskRequest;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.algo.run.UpdateTransform;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Shape;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.algo.tensor.TensorSpec;

/// What every [ClientAlgo] must do, as tests: extend this class, say how an instance is made and
/// what it works on, and run it.
///
/// Two contexts are needed, [#context] for `site-1` and for `site-2`; both may use the same data.
/// An algorithm that cannot make a first model overrides [#initialModel].
public abstract class ClientAlgoConformance {

  private static final Duration ABORT_LIMIT = Duration.ofSeconds(5);

  /// Deleted after each test.
  @TempDir protected Path folder;

  /// For subclasses.
  protected ClientAlgoConformance() {}

  /// A new instance that has not been used.
  protected abstract ClientAlgo create();

  /// The job's `algorithm.args`.
  protected Map<String, Object> arguments() {
    return Map.of();
  }

  /// Where the dataset lies, if the algorithm reads one.
  protected Optional<Path> data() {
    return Optional.empty();
  }

  /// The other keys of the job's `data`.
  protected Map<String, Object> dataSettings() {
    return Map.of();
  }

  /// The job's files.
  protected Path jobFolder() throws IOException {
    return Files.createDirectories(folder.resolve("job"));
  }

  /// The model to begin with.
  protected TensorMap initialModel() throws Exception {
    try (var life = life("site-1")) {
      return life.initial();
    }
  }

  /// What an instance at a site is told.
  protected final AlgoContext context(String site) throws IOException {
    return new AlgoContext(
        new SiteName(site),
        new Arguments(arguments()),
        new AlgoContext.DataBinding(
            data().isPresent() ? "conformance" : "", data(), new Arguments(dataSettings())),
        jobFolder(),
        Files.createTempDirectory(Files.createDirectories(folder.resolve("scratch")), "s"),
        List.of(),
        1);
  }

  private Life life(String site) throws Exception {
    return new Life(create(), context(site));
  }

  @Test
  void initialModelIsTheSameAtEverySite() throws Exception {
    try (var one = life("site-1");
        var two = life("site-2")) {
      assertSame(one.initial(), two.initial());
    }
  }

  @Test
  void initialModelIsAFullModelOfFiniteValues() throws Exception {
    try (var life = life("site-1")) {
      var payload = life.algo().getWeights(new WeightsRequest.Initial(), life.task(0));
      assertThat(payload.type()).isEqualTo(WeightType.FULL);
      assertFinite(life.copy(payload));
    }
  }

  @Test
  void updateHasTensorsOfTheModelOnly() throws Exception {
    var model = initialModel();
    try (var life = life("site-1")) {
      var update = life.round(1, model);
      assertFinite(update);
      for (var spec : update.specs()) {
        var expected = model.spec(spec.name());
        assertThat(expected).as(spec.name()).isPresent();
        assertThat(spec.shape()).as(spec.name()).isEqualTo(expected.get().shape());
        assertThat(spec.dtype()).as(spec.name()).isEqualTo(expected.get().dtype());
      }
    }
  }

  @Test
  void sameSeedGivesTheSameBytes() throws Exception {
    var model = initialModel();
    assertSame(once(model), once(model));
  }

  @Test
  void evaluationChangesNothing() throws Exception {
    var model = initialModel();
    try (var life = life("site-1")) {
      var payload = new ModelPayload(model, WeightType.FULL);
      var first = life.algo().evaluate(payload, life.task(1));
      assertThat(life.algo().evaluate(payload, life.task(1))).isEqualTo(first);
      life.algo().train(payload, life.task(1));
      var trained = life.full(model);
      life.algo().evaluate(payload, life.task(1));
      assertSame(life.full(model), trained);
      assertSame(trained, once(model));
    }
  }

  @Test
  void returnedWeightsAreASnapshot() throws Exception {
    var model = initialModel();
    try (var life = life("site-1")) {
      var payload = new ModelPayload(model, WeightType.FULL);
      life.algo().train(payload, life.task(1));
      var returned =
          life.algo().getWeights(new WeightsRequest.Current(WeightType.FULL), life.task(1));
      var before = life.copy(returned);
      life.algo().train(new ModelPayload(before, WeightType.FULL), life.task(2));
      assertSame(life.copy(returned), before);
    }
  }

  @Test
  void receivedModelIsNotChanged() throws Exception {
    var model = initialModel();
    try (var life = life("site-1")) {
      var before = life.copy(new ModelPayload(model, WeightType.FULL));
      life.round(1, model);
      assertSame(model, before);
    }
  }

  @Test
  void differenceAndWeightsAgree() throws Exception {
    var model = initialModel();
    try (var life = life("site-1")) {
      life.algo().train(new ModelPayload(model, WeightType.FULL), life.task(1));
      var full = life.full(model);
      var difference =
          life.algo().getWeights(new WeightsRequest.Current(WeightType.DIFF), life.task(1));
      if (difference.type() == WeightType.FULL) {
        // The platform takes the difference itself.
        assertSame(life.copy(difference), full);
        return;
      }
      var deltas = life.copy(difference);
      for (var spec : full.specs()) {
        var weights = full.tensor(spec.name()).toDoubles();
        var received = model.tensor(spec.name()).toDoubles();
        var delta = deltas.tensor(spec.name()).toDoubles();
        for (int i = 0; i < weights.length; i++) {
          double unit =
              spec.dtype() == DType.F32
                  ? Math.ulp((float) Math.max(Math.abs(weights[i]), Math.abs(received[i])))
                  : Math.ulp(Math.max(Math.abs(weights[i]), Math.abs(received[i])));
          assertThat(Math.abs(received[i] + delta[i] - weights[i]))
              .as(spec.name() + "[" + i + "]")
              .isLessThanOrEqualTo(unit);
        }
      }
    }
  }

  @Test
  void thereAreNoWeightsBeforeATraining() throws Exception {
    try (var life = life("site-1")) {
      assertThatThrownBy(() ->
              life.algo().getWeights(new WeightsRequest.Current(WeightType.FULL), life.task(1)))
          .isInstanceOf(AlgoException.class);
    }
  }

  @Test
  void instancesDoNotDisturbEachOther() throws Exception {
    var model = initialModel();
    var alone = once(model);
    try (var one = life("site-1");
        var two = life("site-2")) {
      var payload = new ModelPayload(model, WeightType.FULL);
      one.algo().evaluate(payload, one.task(1));
      two.algo().evaluate(payload, two.task(1));
      one.algo().train(payload, one.task(1));
      two.algo().train(payload, two.task(1));
      assertSame(one.full(model), alone);
    }
  }

  @Test
  void aModelWithNaNNeverBecomesAnUpdate() throws Exception {
    assertNoUpdate(damaged(initialModel(), Double.NaN));
  }

  @Test
  void aModelWithInfinityNeverBecomesAnUpdate() throws Exception {
    assertNoUpdate(damaged(initialModel(), Double.POSITIVE_INFINITY));
  }

  @Test
  void aMissingTensorIsRefused() throws Exception {
    var model = initialModel();
    var builder = TensorMap.builder();
    model.specs().stream().skip(1).forEach(spec -> builder.add(model.tensor(spec.name())));
    if (model.size() == 1) {
      // A model of nothing at all is no model file.
      builder.add(Tensor.floats("conformance.filler", new float[] {0}, 1));
    }
    assertNoUpdate(builder.build());
  }

  @Test
  void anUnknownTensorIsRefused() throws Exception {
    var model = initialModel();
    var builder = TensorMap.builder();
    model.specs().forEach(spec -> builder.add(model.tensor(spec.name())));
    builder.add(Tensor.floats("conformance.unknown", new float[] {1}, 1));
    assertNoUpdate(builder.build());
  }

  @Test
  void anotherShapeIsRefused() throws Exception {
    var model = initialModel();
    var largest =
        model.specs().stream()
            .max(java.util.Comparator.comparingLong(TensorSpec::sizeBytes))
            .orElseThrow();
    assertNoUpdate(
        replaced(
            model,
            largest,
            _ -> {
              int count = Math.toIntExact(largest.shape().elements()) + 1;
              return largest.dtype() == DType.F64
                  ? Tensor.doubles(largest.name(), new double[count], count)
                  : Tensor.floats(largest.name(), new float[count], count);
            }));
  }

  @Test
  void anAbortedTrainingDoesNotReturn() throws Exception {
    var model = initialModel();
    try (var life = life("site-1")) {
      life.signalAbort();
      assertThatThrownBy(
              () -> life.algo().train(new ModelPayload(model, WeightType.FULL), life.task(1)))
          .isInstanceOfAny(AlgoException.Aborted.class, InterruptedException.class);
    }
  }

  @Test
  void abortEndsARunningTaskInTime() throws Exception {
    var model = save(initialModel());
    var started = new CountDownLatch(1);
    var result = new AtomicReference<Optional<TaskResult>>(Optional.empty());
    try (var runner = new AlgoRunner(create(), context("site-1"), Grace.DEFAULT)) {
      var request = request(model, (_, _) -> started.countDown());
      var thread = Thread.ofPlatform().start(() -> result.set(Optional.of(runner.run(request))));
      // A training that reports no progress is aborted wherever it is.
      var _ = started.await(200, TimeUnit.MILLISECONDS);
      runner.abort(AbortCause.REQUESTED);
      assertThat(thread.join(ABORT_LIMIT)).as("ended within " + ABORT_LIMIT).isTrue();
      // It may have been quicker than the abort.
      assertThat(result.get().orElseThrow())
          .isInstanceOfAny(TaskResult.Aborted.class, TaskResult.Trained.class);
    }
  }

  @Test
  void abortReturnsAtOnceAndMayBeRepeated() throws Exception {
    try (var life = life("site-1")) {
      var abort =
          Thread.ofPlatform()
              .start(() -> {
                life.algo().abort(AbortCause.REQUESTED);
                life.algo().abort(AbortCause.SHUTDOWN);
              });
      assertThat(abort.join(Duration.ofSeconds(1))).as("returned within a second").isTrue();
    }
  }

  @Test
  void shutdownWorksWithoutATask() throws Exception {
    var life = life("site-1");
    assertThatCode(life::close).doesNotThrowAnyException();
  }

  @Test
  void nothingIsWrittenOutsideTheScratchFolder() throws Exception {
    var model = initialModel();
    var watched = new ArrayList<>(List.of(jobFolder(), Path.of("").toAbsolutePath()));
    data().map(Path::toAbsolutePath).map(Path::getParent).ifPresent(watched::add);
    var before = listing(watched);
    once(model);
    assertThat(listing(watched)).isEqualTo(before);
  }

  @Test
  void languageAndTimeZoneOfTheMachineDoNotMatter() throws Exception {
    var model = initialModel();
    var expected = once(model);
    var locale = Locale.getDefault();
    var zone = TimeZone.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr-TR"));
      TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
      assertSame(once(model), expected);
    } finally {
      Locale.setDefault(locale);
      TimeZone.setDefault(zone);
    }
  }

  @Test
  void restoredStateGoesOnWhereItStopped() throws Exception {
    assumeThat(create()).as("an algorithm that keeps a state").isInstanceOf(StatefulAlgo.class);
    var model = initialModel();
    var state = folder.resolve("state");
    TensorMap second;
    try (var life = life("site-1")) {
      var first = life.round(1, model);
      ((StatefulAlgo) life.algo()).saveState(state);
      second = life.round(2, first);
      try (var fresh = life("site-1")) {
        if (Files.exists(state)) {
          ((StatefulAlgo) fresh.algo()).restoreState(state);
        }
        assertSame(fresh.round(2, first), second);
      }
    }
  }

  private TensorMap once(TensorMap model) throws Exception {
    try (var life = life("site-1")) {
      return life.round(1, model);
    }
  }

  private Path save(TensorMap model) throws IOException {
    var file = Files.createTempFile(folder, "model", "");
    Files.delete(file);
    ModelWriter.write(model, file);
    return file;
  }

  private void assertNoUpdate(TensorMap model) throws Exception {
    try (var runner = new AlgoRunner(create(), context("site-1"), Grace.DEFAULT)) {
      var result = runner.run(request(save(model), (_, _) -> {}));
      assertThat(result).isInstanceOf(TaskResult.Failed.class);
    }
  }

  private TaskRequest request(Path model, TaskRequest.ProgressListener progress)
      throws IOException {
    var out = Files.createTempDirectory(folder, "out");
    return new TaskRequest(
        TaskKind.TRAIN,
        1,
        3,
        11,
        "site-1",
        Optional.of(model),
        WeightType.DIFF,
        _ -> false,
        Optional.empty(),
        out.resolve("update"),
        out.resolve("state"),
        UpdateTransform.none(),
        progress);
  }

  private static TensorMap damaged(TensorMap model, double value) {
    var floating =
        model.specs().stream()
            .filter(spec -> spec.dtype() == DType.F32 || spec.dtype() == DType.F64)
            .filter(spec -> spec.shape().elements() > 0)
            .findFirst();
    assumeThat(floating).as("a float32 or float64 tensor").isPresent();
    return replaced(
        model,
        floating.get(),
        tensor -> {
          var extents = floating.get().shape();
          if (tensor.spec().dtype() == DType.F64) {
            var values = tensor.toDoubles();
            values[0] = value;
            return Tensor.doubles(tensor.spec().name(), values, extents(extents));
          }
          var values = tensor.toFloats();
          values[0] = (float) value;
          return Tensor.floats(tensor.spec(), values);
        });
  }

  private static long[] extents(Shape shape) {
    return shape.extents().stream().mapToLong(Long::longValue).toArray();
  }

  private static TensorMap replaced(
      TensorMap model, TensorSpec which, UnaryOperator<Tensor> change) {
    var builder = TensorMap.builder();
    for (var spec : model.specs()) {
      var tensor = model.tensor(spec.name());
      builder.add(spec.equals(which) ? change.apply(tensor) : tensor);
    }
    return builder.build();
  }

  private static void assertFinite(TensorMap model) {
    for (var spec : model.specs()) {
      if (spec.dtype().isFloating()) {
        assertThat(model.tensor(spec.name()).toDoubles())
            .as(spec.name())
            .satisfies(values -> {
              for (double value : values) {
                assertThat(value).isFinite();
              }
            });
      }
    }
  }

  private static void assertSame(TensorMap found, TensorMap expected) {
    assertThat(found.specs()).containsExactlyElementsOf(expected.specs());
    for (var spec : expected.specs()) {
      assertThat(found.tensor(spec.name()).data().mismatch(expected.tensor(spec.name()).data()))
          .as("first byte of " + spec.name() + " that differs")
          .isEqualTo(-1);
    }
  }

  private static SortedMap<String, Long> listing(List<Path> folders) throws IOException {
    var files = new TreeMap<String, Long>();
    for (var folder : folders) {
      try (var entries = Files.list(folder)) {
        for (var entry : entries.toList()) {
          files.put(
              entry.toString(),
              Files.isRegularFile(entry) ? Files.getLastModifiedTime(entry).toMillis() : 0L);
        }
      }
    }
    return files;
  }
}
