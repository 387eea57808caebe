package org.wardfl.gpu.statistics;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.ClientAlgoFactory;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.gpu.option.Settings;
import org.wardfl.gpu.table.Table;

/// Makes `table-statistics`, which describes a CSV file. Arguments: `rows`, such as `train`, the
/// value of the column `split` in the rows that are described (default: all). Of the job's `data`
/// it reads what `torch-tabular` reads, with `label` optional.
public final class TableStatisticsFactory implements ClientAlgoFactory {

  /// For the service loader.
  public TableStatisticsFactory() {}

  @Override
  public String id() {
    return "table-statistics";
  }

  @Override
  public Set<TaskKind> supports() {
    return Set.of(TaskKind.DATA_STATS);
  }

  @Override
  public boolean needsOwnProcess() {
    return false;
  }

  @Override
  public void check(Arguments arguments, Arguments dataSettings)
      throws AlgoException.Configuration {
    arguments.only("rows");
    optional(arguments, "rows");
    optional(dataSettings, "label");
    dataSettings.only("format", "label", "split", "evaluate");
    new Settings(dataSettings).word("format", "csv", List.of("csv"));
  }

  @Override
  public void check(StatisticsRequest request, Arguments dataSettings)
      throws AlgoException.Configuration {
    if (request.byClass() && optional(dataSettings, "label").isEmpty()) {
      throw TableDescription.noClasses();
    }
  }

  @Override
  public ClientAlgo create() {
    return new DescribingAlgo(id(), this::describe);
  }

  private DataStats describe(AlgoContext context, StatisticsRequest request, TaskContext task)
      throws AlgoException {
    var settings = context.data().settings();
    check(context.arguments(), settings);
    return new TableDescription(
            Table.read(context.data().location().orElseThrow()),
            optional(settings, "label"),
            settings.string("split", "split"),
            optional(context.arguments(), "rows"))
        .describe(request);
  }

  private static Optional<String> optional(Arguments settings, String key)
      throws AlgoException.Configuration {
    return settings.has(key) ? Optional.of(settings.string(key)) : Optional.empty();
  }
}
