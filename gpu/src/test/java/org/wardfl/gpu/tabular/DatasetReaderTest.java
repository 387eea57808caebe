package org.wardfl.gpu.tabular;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.gpu.table.Table;

class DatasetReaderTest {

  private static final Map<String, Object> ARGUMENTS =
      Map.of("learning_rate", 0.1, "local_epochs", 1L);

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a,y,split\\n1,0,train\\nx,1,train     | line 3, column `a`: found something that is not a number
          a,y,split\\n1,0,train\\n,1,train      | line 3, column `a`: the cell is empty
          a,y,split\\n1,0,train\\n2,2,train     | line 3, column `y`: expected a class from 0 to 1
          a,y,split\\n1,0,train\\n2,,train      | line 3, column `y`: the label is missing
          a,z,split\\n1,0,train                 | has no column `y`; its header names a, z, split
          a,y\\n1,0                             | has no column `split`
          a,y,split\\n1,0,train\\n2,1           | line 3: 2 cells, expected 3
          a,a,y,split\\n1,1,0,train             | two columns `a`
          a,,y,split\\n1,1,0,train              | a column without a name
          a,y,split\\n1,0,test                  | has no training rows
          a,y,split                             | has no training rows
          ''                                    | is empty; expected a header
          a,y,split\\n"1,0,train                | line 2: a quotation mark is never closed
          a,y,split\\n1e999,0,train             | found something that is not a number
          a,y,split\\n5d,0,train                | line 2, column `a`: found something that is not a number
          a,y,split\\n0x1p3,0,train             | line 2, column `a`: found something that is not a number
          a,y,split\\n1,1f,train                | line 2, column `y`: expected a class from 0 to 1
          a,y,split\\n1,0,train\\n2,1,           | line 3, column `split`: the cell is empty
          """)
  void badDataIsRefusedWithItsPlaceAndWithoutItsContent(String text, String expected)
      throws Exception {
    var file = Files.writeString(folder.resolve("site-1.csv"), text.replace("\\n", "\n"));
    assertThatThrownBy(() -> read(file, ARGUMENTS))
        .isInstanceOf(AlgoException.SiteData.class)
        .hasMessageStartingWith("site-1.csv")
        .hasMessageContaining(expected);
  }

  @Test
  void columnsAreInTheOrderOfTheirNamesAndStandardizedByTrainingRows() throws Exception {
    var file =
        Files.writeString(
            folder.resolve("x.csv"),
            "b,y,a,split\n1,0,10,train\n3,1,10,train\n\n\"5\",1,20,test\r\n");
    var data = read(file, ARGUMENTS);
    assertThat(data.features()).containsExactly("a", "b");
    // b: mean 2, sample standard deviation sqrt(2); a never changes in training, so only its mean
    // goes.
    float root = (float) Math.sqrt(0.5);
    assertThat(data.train().values()).containsExactly(0f, -root, 0f, root);
    assertThat(data.evaluation().values()).containsExactly(10f, 3 * root);
    assertThat(data.evaluation().labels()).containsExactly(1);
  }

  @Test
  void aColumnThatNeverChangesInTrainingStaysHarmless() throws Exception {
    // The mean of 0.1, 0.1, 0.1 is not 0.1 in binary; the rounding must not become a deviation.
    var file =
        Files.writeString(
            folder.resolve("x.csv"),
            "a,y,split\n0.1,0,train\n0.1,1,train\n0.1,1,train\n0.2,1,test\n");
    var data = read(file, ARGUMENTS);
    assertThat(data.train().values()).containsExactly(0f, 0f, 0f);
    assertThat(data.evaluation().values()).containsExactly(0.1f);
  }

  @Test
  void missingCellsGetTheMedianOrTheMeanOfTrainingRowsOrTheRowGoes() throws Exception {
    var file =
        Files.writeString(
            folder.resolve("x.csv"),
            "a,y,split\n1,0,train\n2,0,train\n9,1,train\n?,1,train\nNA,0,test\n");
    var arguments = new HashMap<>(ARGUMENTS);
    arguments.put("standardization", "none");
    arguments.put("missing", "median");
    assertThat(read(file, arguments).train().values()).containsExactly(1f, 2f, 9f, 2f);
    arguments.put("missing", "mean");
    assertThat(read(file, arguments).evaluation().values()).containsExactly(4f);
    arguments.put("missing", "drop_row");
    assertThat(read(file, arguments).train().labels()).containsExactly(0, 0, 1);
    assertThat(read(file, arguments).evaluation().count()).isZero();
  }

  @Test
  void categoriesBecomeColumnsAndStrangersAreRefused() throws Exception {
    var file =
        Files.writeString(
            folder.resolve("x.csv"), "a,sex,y,split\n1,f,0,train\n2,m,1,train\n3,m,1,test\n");
    var arguments = new HashMap<>(ARGUMENTS);
    arguments.put("categories", Map.of("sex", List.of("f", "m")));
    arguments.put("standardization", "none");
    var data = read(file, arguments);
    assertThat(data.features()).containsExactly("a", "sex=f", "sex=m");
    assertThat(data.train().values()).containsExactly(1f, 1f, 0f, 2f, 0f, 1f);
    arguments.put("categories", Map.of("sex", List.of("f")));
    assertThatThrownBy(() -> read(file, arguments))
        .hasMessageContaining("line 3, column `sex`: not one of the job's categories f");
  }

  @Test
  void givenStatisticsMustCoverEveryColumn() throws Exception {
    var file = Files.writeString(folder.resolve("x.csv"), "a,b,y,split\n4,1,0,train\n");
    var statistics =
        Files.writeString(folder.resolve("statistics.csv"), "feature,mean,sd\na,2,2\n");
    var arguments = new HashMap<>(ARGUMENTS);
    arguments.put("standardization", "given");
    arguments.put("statistics", "statistics.csv");
    assertThatThrownBy(() -> read(file, arguments, Statistics.read(statistics)))
        .isInstanceOf(AlgoException.Configuration.class)
        .hasMessageContaining("nothing on the columns b of x.csv");
    Files.writeString(folder.resolve("negative.csv"), "feature,mean,sd\na,2,-2\n");
    assertThatThrownBy(() -> Statistics.read(folder.resolve("negative.csv")))
        .hasMessageContaining("negative.csv, line 2, column `sd`: expected a number of at least 0");
    Files.writeString(folder.resolve("twice.csv"), "feature,mean,sd\na,2,2\na,3,2\n");
    assertThatThrownBy(() -> Statistics.read(folder.resolve("twice.csv")))
        .hasMessageContaining("twice.csv, line 3, column `feature`: `a` stands there twice");
    arguments.put("features", List.of("a"));
    assertThat(read(file, arguments, Statistics.read(statistics)).train().values())
        .containsExactly(1f);
  }

  @Test
  void argumentsAreCheckedBeforeAnythingRuns() {
    refused(Map.of("learning_rate", 0.1), "expected one of the two");
    refused(Map.of("local_epochs", 1L), "argument `learning_rate` is missing");
    refused(with("momentum", 1.5), "argument `momentum`: found 1.5");
    refused(with("layers", List.of(0L)), "argument `layers`: found 0");
    refused(with("optimizer", "lion"), "expected sgd or adam");
    refused(with("learningrate", 1L), "unknown argument `learningrate`");
    refused(with("standardization", "given"), "argument `statistics`");
  }

  @Test
  void scoresAreThoseOfTheTextbook() throws Exception {
    // Scores -1, 0, 0, 2 for classes 0, 1, 0, 1: of 4 pairs 3 in order and 1 tied.
    var metrics = new Score(new float[] {-1, 0, 0, 2}, new int[] {0, 1, 0, 1}, 1).metrics();
    assertThat(metrics.values()).containsEntry("auc", 0.875).containsEntry("accuracy", 0.75);
    double loss = (Math.log1p(Math.exp(-1)) + 2 * Math.log(2) + Math.log1p(Math.exp(-2))) / 4;
    assertThat(metrics.values().get("loss")).isCloseTo(loss, within(1e-12));
    assertThatThrownBy(() -> new Score(new float[] {Float.NaN}, new int[] {0}, 1).metrics())
        .isInstanceOf(AlgoException.NonFinite.class);
  }

  private void refused(Map<String, Object> arguments, String expected) {
    var label = new Arguments(Map.of("label", "y"));
    assertThatThrownBy(() -> new TorchTabularFactory().check(new Arguments(arguments), label))
        .isInstanceOf(AlgoException.Configuration.class)
        .hasMessageContaining(expected);
  }

  private static Map<String, Object> with(String key, Object value) {
    var arguments = new HashMap<>(ARGUMENTS);
    arguments.put(key, value);
    return arguments;
  }

  private static Dataset read(Path file, Map<String, Object> arguments, Statistics... given)
      throws AlgoException {
    var options = TabularOptions.of(new Arguments(arguments), new Arguments(Map.of("label", "y")));
    return new DatasetReader(options, Table.read(file))
        .read(given.length == 0 ? Optional.empty() : Optional.of(given[0]));
  }
}
