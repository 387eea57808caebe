package org.wardfl.gpu.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.SiteName;
import org.wardfl.gpu.network.Weights;
import org.wardfl.gpu.torch.Torch;

/// What the problem makes of pictures, lists and arguments that cannot be used.
class ClassificationTest {

  @TempDir private Path folder;

  @Test
  void theFirstLossIsThatOfGuessing() throws Exception {
    Stripes.write(folder, 16, 0);
    var problem = problem();
    try (var torch = Torch.open(1, List.of());
        var manager = torch.manager().newSubManager();
        var weights =
            new Weights(
                problem.architecture(), Weights.initial(problem.architecture(), 1), torch)) {
      Torch.withoutGradients();
      var all = new int[problem.samples()];
      java.util.Arrays.setAll(all, i -> i);
      // ln 2, give or take what the untrained network leans to.
      assertThat(problem.loss(weights, manager, all, new Random(1)).getFloat())
          .isBetween(0.55f, 0.95f);
    }
  }

  @Test
  void picturesThatCannotBeUsedAreNamedByTheirLine() throws Exception {
    Stripes.write(folder, 2, 0);
    list("0.png,2,train");
    refuse("images.csv, line 2, column `label`: expected a whole number from 0 to 1");
    list("0.png,,train");
    refuse("images.csv, line 2, column `label`: expected a whole number from 0 to 1");
    list("9.png,1,train");
    refuse("images.csv, line 2, column `image`: there is no such file");
    Files.writeString(folder.resolve("0.png"), "no picture");
    list("0.png,1,train");
    refuse("images.csv, line 2, column `image`: neither a PNG nor a JPEG picture");
    list("0.png,1,test");
    assertThatThrownBy(() -> problem().samples())
        .isInstanceOf(AlgoException.SiteData.class)
        .hasMessage("images.csv lists no image whose column `split` says train");
  }

  @Test
  void argumentsThatCannotBeUsedAreRefused() {
    refuseArgument(
        "size",
        List.of(4L, 16L),
        "argument `size`: found [4, 16], expected 2 numbers from 8 to 4096");
    refuseArgument(
        "network",
        Map.of("channels", List.of(6L), "groups", 4L),
        "argument `network`: channels [6] in 4 groups, expected multiples of the groups");
    refuseArgument(
        "network", Map.of("type", "resnet"), "`network.type`: found resnet, expected cnn");
    refuseArgument("classes", 1L, "argument `classes`: found 1, expected 2 to 1000");
    refuseArgument("patch", List.of(1L), "unknown argument `patch`");
  }

  private static void refuseArgument(String key, Object value, String message) {
    var changed = new HashMap<>(Stripes.arguments());
    changed.put(key, value);
    assertThatThrownBy(() -> ClassificationOptions.of(new Arguments(changed), Arguments.none()))
        .isInstanceOf(AlgoException.Configuration.class)
        .hasMessageContaining(message);
  }

  private void list(String row) throws Exception {
    Files.write(folder.resolve("images.csv"), List.of("image,label,split", row));
  }

  private org.wardfl.gpu.network.Problem problem() throws AlgoException.Configuration {
    return Classification.read(
        new AlgoContext(
            new SiteName("site-1"),
            new Arguments(Stripes.arguments()),
            new AlgoContext.DataBinding("pictures", Optional.of(folder), Arguments.none()),
            folder,
            folder,
            List.of(),
            1));
  }

  private void refuse(String message) throws Exception {
    var problem = problem();
    try (var torch = Torch.open(1, List.of());
        var manager = torch.manager().newSubManager();
        var weights =
            new Weights(
                problem.architecture(), Weights.initial(problem.architecture(), 1), torch)) {
      assertThatThrownBy(() -> problem.loss(weights, manager, new int[] {0}, new Random(1)))
          .isInstanceOf(AlgoException.SiteData.class)
          .hasMessageContaining(message)
          .message()
          .doesNotContain(folder.toString(), "9.png");
    }
  }
}
