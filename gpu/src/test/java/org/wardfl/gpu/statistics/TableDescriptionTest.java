package org.wardfl.gpu.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.statistics.Bins;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.Moments;
import org.wardfl.algo.statistics.Remark;
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.gpu.table.Table;

class TableDescriptionTest {

  private static final String PATIENTS =
      """
      split,dose,age,name,ill
      train,0.5,50,Ann,0
      test,NA,60,Ben,1
      train,1.5,,Cay,1.0
      train,-1,70,Dee,
      """;

  @TempDir private Path folder;

  @Test
  void columnsOfNumbersAreDescribedInTheOrderOfTheirNames() throws Exception {
    var told = describe(StatisticsRequest.all());
    assertThat(told)
        .extracting(FeatureStatistics::feature)
        .containsExactly("age", "dose", "ill", "name");
    var age = told.getFirst();
    assertThat(age.count()).hasValue(3);
    assertThat(age.missing()).hasValue(1);
    assertThat(age.moments()).hasValue(new Moments(3, 180, 200));
    assertThat(told.get(1).moments()).hasValue(Moments.of(0.5, 1.5, -1));
  }

  @Test
  void aTextColumnIsSaidToBeOne() throws Exception {
    var name = describe(new StatisticsRequest(List.of("name"), false, new TreeMap<>()));
    assertThat(name)
        .containsExactly(
            FeatureStatistics.withheld(
                "name", "", "it is text, not numbers: line 2 of the table holds no number"));
  }

  @Test
  void anAbsentFeatureIsSaidToBeSo() throws Exception {
    var told = describe(new StatisticsRequest(List.of("weight", "age"), false, new TreeMap<>()));
    assertThat(told.getFirst().remarks())
        .containsExactly(Remark.nothing("the data has no such feature"));
    assertThat(told.getLast().count()).hasValue(3);
  }

  @Test
  void classesAreDescribedByThemselves() throws Exception {
    var bins = new TreeMap<>(Map.of("age", new Bins(50, 70, 2)));
    var told = describe(new StatisticsRequest(List.of("age", "ill"), true, bins));
    assertThat(told)
        .extracting(
            FeatureStatistics::feature,
            FeatureStatistics::group,
            known -> known.count().getAsLong(),
            known -> known.histogram().map(histogram -> histogram.counts()))
        .containsExactly(
            tuple("age", "", 3L, Optional.of(List.of(1L, 2L))),
            tuple("age", "ill=0", 1L, Optional.of(List.of(1L, 0L))),
            tuple("age", "ill=1", 1L, Optional.of(List.of(0L, 1L))),
            tuple("age", "ill=missing", 1L, Optional.of(List.of(0L, 1L))),
            tuple("ill", "", 3L, Optional.empty()));
  }

  @Test
  void someRowsOnly() throws Exception {
    var table = Table.read(Files.writeString(folder.resolve("p.csv"), PATIENTS));
    var told =
        new TableDescription(table, Optional.empty(), "split", Optional.of("train"))
            .describe(StatisticsRequest.all());
    assertThat(told.samples()).isEqualTo(3);
    assertThat(told.features().getFirst().moments()).hasValue(Moments.of(50, 70));
  }

  @Test
  void classesNeedALabel() throws Exception {
    var table = Table.read(Files.writeString(folder.resolve("p.csv"), PATIENTS));
    var description = new TableDescription(table, Optional.empty(), "split", Optional.empty());
    var request = new StatisticsRequest(List.of(), true, Collections.emptySortedMap());
    assertThatThrownBy(() -> description.describe(request))
        .isInstanceOf(AlgoException.Configuration.class)
        .hasMessage(
            "by_class: the job's `data` names no `label`, so there are no classes; expected the"
                + " column with the class, such as `label: ill`");
  }

  @Test
  void aLabelOfManyValuesMakesNoClasses() throws Exception {
    var rows = new StringBuilder("age,id\n");
    for (int i = 0; i < 30; i++) {
      rows.append(i).append(',').append(i).append('\n');
    }
    var table = Table.read(Files.writeString(folder.resolve("p.csv"), rows));
    var told =
        new TableDescription(table, Optional.of("id"), "split", Optional.empty())
            .describe(new StatisticsRequest(List.of("age"), true, Collections.emptySortedMap()))
            .features();
    assertThat(told)
        .contains(
            FeatureStatistics.withheld(
                "id", "id=", "it has more than 20 values, too many for classes"));
    assertThat(told).extracting(FeatureStatistics::group).doesNotContain("id=3");
  }

  private List<FeatureStatistics> describe(StatisticsRequest request) throws Exception {
    var table = Table.read(Files.writeString(folder.resolve("patients.csv"), PATIENTS));
    return new TableDescription(table, Optional.of("ill"), "split", Optional.empty())
        .describe(request)
        .features();
  }
}
