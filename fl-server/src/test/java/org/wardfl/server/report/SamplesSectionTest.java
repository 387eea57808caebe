package org.wardfl.server.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.sample.Sample;
import org.wardfl.proto.sample.SampleSet;

class SamplesSectionTest {

  private static final String ATTACK = "\"><script>alert(1)</script><img src=x";

  @Test
  void showsImageTruthAndPredictionSideBySide() {
    var html =
        html(
            "site-2",
            new Sample.Segmented(2, 5, "y", 7, 38, Optional.of(0.8765), List.of("brain")));
    assertThat(html)
        .contains("<h2>Prediction and truth</h2>", "<h3 class=\"site\">site-2</h3>")
        .contains("alt=\"site-2: Volume 2 of 5, slice 7 of 38 along y\"")
        .contains("alt=\"site-2: Volume 2 of 5, slice 7 of 38 along y: true outline of brain\"")
        .contains("slice 7 of 38 along y: predicted outline of brain\"")
        .contains("<b>Dice 0.8765</b>", "<span class=\"key o0\"></span>brain")
        .contains("; img-src data:; base-uri");
    assertThat(html.split("src=\"data:image/png;base64,AAEC\"", -1)).hasSize(4);
  }

  @Test
  void showsWhatAPictureWasTakenFor() {
    assertThat(html("site-1", new Sample.Classified(1, 9, "human", "macaque", 0.625)))
        .contains("<span class=\"tag failed\">wrong</span>")
        .contains("<dd>human</dd>", "<dd>macaque, 62.5 %</dd>", "Picture 1 of 9");
    assertThat(html("site-1", new Sample.Classified(1, 9, "human", "human", 0.625)))
        .contains("<span class=\"tag together\">right</span>");
  }

  @Test
  void whatSitesSayIsText() {
    var html = html("site-1", new Sample.Classified(1, 9, ATTACK, ATTACK, 1));
    assertThat(html)
        .doesNotContain("<script>alert", "<img src=x")
        .contains("&quot;&gt;&lt;script&gt;alert(1)");
    var samples = new TreeMap<SiteName, SiteSamples>();
    samples.put(new SiteName("site-1"), new SiteSamples.Refused(ATTACK));
    assertThat(Report.html(run(), new SamplesSection(3, samples)))
        .contains("None is shown: &quot;&gt;&lt;script")
        .doesNotContain("<script>alert", "<img", "img-src");
  }

  @Test
  void withoutPicturesAReportLoadsNone() {
    assertThat(Report.html(run(), SamplesSection.NONE))
        .doesNotContain("Prediction and truth", "img-src");
    assertThat(Report.html(run(), new SamplesSection(3, new TreeMap<>())))
        .contains("Pictures of patients never leave a hospital", "3 samples")
        .doesNotContain("<img", "img-src");
  }

  @Test
  void aReportHoldsSoManyPicturesAndNoMore() {
    var cases = Collections.nCopies(12, (Sample) new Sample.Classified(1, 9, "a", "a", 1));
    var samples = new TreeMap<SiteName, SiteSamples>();
    for (int i = 0; i < 10; i++) {
      samples.put(new SiteName("site-" + i), new SiteSamples.Shown(set(cases, new byte[3])));
    }
    var html = Report.html(run(), new SamplesSection(12, samples));
    assertThat(html.split("<img", -1)).hasSize(97);
    assertThat(html).contains("24 further samples: in the folder samples beside this report.");
    samples.clear();
    samples.put(new SiteName("site-1"), new SiteSamples.Shown(set(cases, new byte[1 << 20])));
    html = Report.html(run(), new SamplesSection(12, samples));
    assertThat(html.split("<img", -1)).hasSize(7);
    assertThat(html).contains("6 further samples").hasSizeLessThan(10 << 20);
  }

  private static String html(String site, Sample sample) {
    var samples = new TreeMap<SiteName, SiteSamples>();
    samples.put(
        new SiteName(site), new SiteSamples.Shown(set(List.of(sample), new byte[] {0, 1, 2})));
    return Report.html(run(), new SamplesSection(3, samples));
  }

  private static SampleSet set(List<Sample> samples, byte[] picture) {
    var files = new TreeMap<String, byte[]>();
    var all = new ArrayList<>(samples);
    for (int i = 0; i < all.size(); i++) {
      for (var name : all.get(i).pictures()) {
        files.put(i + 1 + "-" + name + ".png", picture);
      }
    }
    return new SampleSet(all, files);
  }

  private static RunReport run() {
    return new SampleRun(2, 2).make();
  }
}
