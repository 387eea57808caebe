package org.wardfl.server.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.wardfl.aggregator.statistics.Pooled;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.statistics.Bins;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.FeatureValues;
import org.wardfl.algo.statistics.Histogram;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.server.result.JobStatistics;

class StatisticsSectionTest {

  private static final SiteName A = new SiteName("a");
  private static final SiteName B = new SiteName("b");

  @Test
  void eachSiteHasACurveARowAndItsRemarks() {
    var page = page("age", "");
    assertThat(page).containsOnlyOnce(">age</h3>");
    // One for each site, one for all; 0 to .5 of the range holds three of four values.
    assertThat(page.split("<polyline", -1)).hasSize(3);
    assertThat(page).contains("line mean", "line c0").contains(">all sites<");
    assertThat(page).contains("<td>0.7500</td>".replace("0.7500", "1.500"));
    assertThat(page).contains("b: fewer than 10 values", "together means a");
  }

  @Test
  void whatIsNotToldIsNeverZero() {
    var page = page("age", "");
    int row = page.indexOf(">b</th>");
    var cells = page.substring(row, page.indexOf("</tr>", row));
    assertThat(cells.split("not told", -1)).hasSize(8);
    assertThat(cells).doesNotContain(">0<");
  }

  @Test
  void hostileNamesStayText() {
    assertThat(page("<script>alert(1)</script>", "ill=<b>"))
        .doesNotContain("<script>alert", "<b>")
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;, ill=&lt;b&gt;");
  }

  private static String page(String feature, String group) {
    var told =
        FeatureValues.describe(
            feature, group, new double[] {0, 1, 1, 4}, Optional.of(new Bins(0, 4, 2)));
    var sites = new TreeMap<SiteName, FeatureStatistics>();
    sites.put(A, told);
    sites.put(B, FeatureStatistics.withheld(feature, group, "fewer than 10 values"));
    var histograms = new TreeMap<SiteName, Histogram>();
    histograms.put(A, told.histogram().orElseThrow());
    var asked =
        new WorkflowDefinition.Statistics(
            new TreeSet<>(EnumSet.allOf(Statistic.class)),
            List.of(),
            false,
            2,
            new TreeMap<>(),
            List.of(0.5),
            Duration.ofHours(1));
    var statistics =
        new JobStatistics(
            asked,
            "patients",
            List.of(
                new JobStatistics.Feature(
                    feature,
                    group,
                    sites,
                    Pooled.of(sites, histograms),
                    List.of("all sites together means a"))));
    var page = new Markup().open("main");
    new StatisticsSection(statistics, site -> site.equals(A) ? 0 : 1).write(page);
    return page.close().finish();
  }
}
