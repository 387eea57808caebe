package org.wardfl.algo.conformance;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.fixture.QuadraticAlgo;

/// Algorithms that break one of the [RepeatRules] each.
final class WrongRepeats {

  private WrongRepeats() {}

  /// Trains with a seed of its own making.
  abstract static class OwnSeed extends QuadraticAlgo {
    abstract long seed(TaskContext task);

    @Override
    public TrainSummary train(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      return super.train(global, OtherTask.seeded(task, seed(task)));
    }
  }

  /// Draws differently each time.
  static final class Unseeded extends OwnSeed {
    @Override
    long seed(TaskContext task) {
      return new Random().nextLong();
    }
  }

  /// Draws the same at each site and in each round.
  static final class FixedSeed extends OwnSeed {
    @Override
    long seed(TaskContext task) {
      return 1;
    }
  }

  /// Depends on the default language.
  static final class DefaultLocale extends OwnSeed {
    @Override
    @SuppressWarnings("StringCaseLocaleUsage")
    long seed(TaskContext task) {
      return task.seed("noise") + "size".toUpperCase(Locale.getDefault()).hashCode();
    }
  }

  /// Depends on the default character set.
  static final class DefaultCharset extends OwnSeed {
    @Override
    long seed(TaskContext task) {
      return task.seed("noise") + "Universitätsklinikum".getBytes(Charset.defaultCharset()).length;
    }
  }

  /// Depends on the time zone.
  static final class DefaultZone extends OwnSeed {
    @Override
    long seed(TaskContext task) {
      return task.seed("noise") + ZoneId.systemDefault().hashCode();
    }
  }

  /// Gives the initial model a hint of the site.
  static final class SiteInInitial extends QuadraticAlgo {
    private String site = "";

    @Override
    public void initialize(AlgoContext context) throws AlgoException, InterruptedException {
      super.initialize(context);
      site = context.site().value();
    }

    @Override
    public ModelPayload getWeights(WeightsRequest request, TaskContext task)
        throws AlgoException, InterruptedException {
      return request instanceof WeightsRequest.Initial
          ? super.getWeights(request, OtherTask.seeded(task, site.hashCode()))
          : super.getWeights(request, task);
    }
  }

  /// Goes on with its momentum and does not say that it keeps any.
  static final class HiddenMomentum extends QuadraticAlgo {
    private final double[] velocity = new double[16];

    @Override
    protected double change(int element, double pull) {
      velocity[element] = 0.5 * velocity[element] + pull;
      return velocity[element];
    }
  }

  /// Keeps its result for all instances.
  static final class Shared extends QuadraticAlgo {
    private static final Map<String, ModelPayload> LAST = new ConcurrentHashMap<>();

    @Override
    public TrainSummary train(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      var summary = super.train(global, task);
      LAST.put("", super.getWeights(new WeightsRequest.Current(WeightType.FULL), task));
      return summary;
    }

    @Override
    public ModelPayload getWeights(WeightsRequest request, TaskContext task)
        throws AlgoException, InterruptedException {
      var good = super.getWeights(request, task);
      return request instanceof WeightsRequest.Current ? LAST.getOrDefault("", good) : good;
    }
  }

  /// Writes beside its scratch folder.
  static final class WritesBesideScratch extends QuadraticAlgo {
    @Override
    public void initialize(AlgoContext context) throws AlgoException, InterruptedException {
      super.initialize(context);
      write(context.scratch().resolveSibling("cache.bin"));
    }
  }

  /// Writes to the machine's folder for temporary files.
  static final class WritesToTemp extends QuadraticAlgo {
    static final String NAME = "ward-conformance-stray.bin";

    @Override
    public void initialize(AlgoContext context) throws AlgoException, InterruptedException {
      super.initialize(context);
      write(Path.of(System.getProperty("java.io.tmpdir"), NAME));
    }
  }

  private static void write(Path file) throws AlgoException {
    try {
      Files.writeString(file, "cached");
    } catch (IOException e) {
      throw new AlgoException.Failure("the cache cannot be written", e);
    }
  }
}
